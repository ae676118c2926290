package dewar_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// A record keeps what was logged and calls back on a message.
type record struct {
	mu    sync.Mutex
	text  bytes.Buffer
	calls map[string]func()
}

func (r *record) logger() *slog.Logger { return slog.New(slog.NewTextHandler(r, nil)) }

func (r *record) onMessage(message string, call func()) {
	r.calls = map[string]func(){message: call}
}

func (r *record) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for message, call := range r.calls {
		if bytes.Contains(line, []byte("msg="+message)) {
			call()
		}
	}
	return r.text.Write(line)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// A listenerAt has any address one likes and no connections.
type listenerAt struct {
	*pipes
	addr string
}

func (l listenerAt) Addr() net.Addr {
	if strings.HasPrefix(l.addr, "/") {
		return &net.UnixAddr{Name: l.addr, Net: "unix"}
	}
	addr, err := net.ResolveTCPAddr("tcp", l.addr)
	if err != nil {
		panic(err)
	}
	return addr
}

const (
	publicV4 = "192.0.2.1:80"
	publicV6 = "[2001:db8::1]:80"
	anywhere = "0.0.0.0:80"
	local    = "127.0.0.1:80"
	strong   = "4f9a1c7be2d80365af19c6d42e70b853"
)

func TestExposure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, addr string
		config     dewar.Map
		refused    string // in the error, or ""
		warned     string // in the log, or ""
	}{
		{"DEBUG on a public address", publicV4, dewar.Map{"DEBUG": true}, "DEBUG is on (", ""},
		{"DEBUG on a public IPv6 address", publicV6, dewar.Map{"DEBUG": true}, "unset FLASK_DEBUG or serve 127.0.0.1", ""},
		{"DEBUG on every address", anywhere, dewar.Map{"DEBUG": true}, "other machines can reach 0.0.0.0:80", ""},
		{"DEBUG on the IPv4 form of every address", "[::]:80", dewar.Map{"DEBUG": true}, "DEBUG is on", ""},
		{"DEBUG and TESTING on a public address", publicV4, dewar.Map{"DEBUG": true, "TESTING": true}, "", ""},
		{"DEBUG on loopback", "127.0.0.53:80", dewar.Map{"DEBUG": true}, "", ""},
		{"DEBUG on IPv6 loopback", "[::1]:80", dewar.Map{"DEBUG": true}, "", ""},
		{"DEBUG on a Unix socket", "/run/app.sock", dewar.Map{"DEBUG": true}, "", ""},

		{"no key", publicV4, dewar.Map{"SECRET_KEY": nil}, "", "SECRET_KEY is not set"},
		{"a strong key", publicV4, dewar.Map{"SECRET_KEY": strong}, "", ""},
		{"a short key", publicV4, dewar.Map{"SECRET_KEY": "x7Gq2pLm9RzT4w"}, "has 14 bytes, at least 16 are needed; set it to a long random text such as openssl rand -hex 32 prints", ""},
		{"a key of 15 bytes", anywhere, dewar.Map{"SECRET_KEY": strong[:15]}, "has 15 bytes, at least 16 are needed", ""},
		{"a key of 16 bytes", anywhere, dewar.Map{"SECRET_KEY": strong[:16]}, "", "has 16 bytes, 32 are better"},
		{"a key from the tutorial", publicV4, dewar.Map{"SECRET_KEY": "dev"}, "is an example that everybody knows", ""},
		{"a placeholder in another spelling", publicV4, dewar.Map{"SECRET_KEY": "Your-Secret-Key-Here!!"}, "is an example that everybody knows", ""},
		{"one character repeated", publicV4, dewar.Map{"SECRET_KEY": strings.Repeat("k", 64)}, "repeats the same few characters", ""},
		{"one letter of two bytes repeated", publicV4, dewar.Map{"SECRET_KEY": strings.Repeat("é", 32)}, "repeats the same few characters", ""},
		{"a weak fallback", publicV4, dewar.Map{"SECRET_KEY": strong, "SECRET_KEY_FALLBACKS": []string{strong + "2", "changeme"}}, "SECRET_KEY_FALLBACKS[1] from ", ""},
		{"a weak key on loopback", local, dewar.Map{"SECRET_KEY": "x7Gq2pLm9RzT4w"}, "", "openssl rand -hex 32"},
		{"a weak key with TESTING", publicV4, dewar.Map{"SECRET_KEY": "x7Gq2pLm9RzT4w", "TESTING": true}, "", "at least 16 are needed"},
		{"a strong key on loopback", local, dewar.Map{"SECRET_KEY": strong}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, log := loggedApp(t)
			if err := errors.Join(app.Config.Set("SECRET_KEY", strong), app.Config.FromMapping(tt.config)); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			stop()
			err := app.Serve(ctx, listenerAt{newPipes(), tt.addr})
			switch {
			case tt.refused != "":
				wantError(t, err, tt.refused)
				wantError(t, err, "exposure_test.go:") // where the setting comes from
			case err != nil:
				t.Errorf("got error %v, want it served", err)
			}
			if warned := strings.Contains(log.String(), "level=WARN"); warned != (tt.warned != "") || !strings.Contains(log.String(), tt.warned) {
				t.Errorf("logged %q, want a warning with %q, or none", log.String(), tt.warned)
			}
			if key, ok := tt.config["SECRET_KEY"].(string); ok && key != "dev" {
				said := log.String()
				if err != nil {
					said += err.Error()
				}
				if strings.Contains(said, key) {
					t.Errorf("the key stands in %q", said)
				}
			}
		})
	}
}
