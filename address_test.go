package dewar_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestRunRefusesAddressesWithACure(t *testing.T) {
	for _, tt := range []struct{ name, addr, host, port, want string }{
		{"no port", "127.0.0.1", "", "", `Run("127.0.0.1"): pass a host and a port, as in "127.0.0.1:5000"`},
		{"a port alone", "5000", "", "", `Run("5000"): pass a host and a port`},
		{"a port too large", "127.0.0.1:65536", "", "", `Run("127.0.0.1:65536"): pass a port from 0 to 65535`},
		{"an address of another machine", "192.0.2.1:5000", "", "", "check that the host is an address of this machine"},
		{"FLASK_RUN_PORT is text", "", "", "web page", `FLASK_RUN_PORT is "web page"; set it to a number from 0 to 65535`},
		{"FLASK_RUN_PORT is negative", "", "", "-1", `FLASK_RUN_PORT is "-1"; set it to a number`},
		{"FLASK_RUN_PORT is too large", "", "", "70000", `FLASK_RUN_PORT is "70000"; set it to a number`},
		{"FLASK_RUN_HOST has a port", "", "localhost:80", "", `FLASK_RUN_HOST is "localhost:80"; set it to a host alone`},
		{"FLASK_RUN_HOST is of another machine", "", "192.0.2.1", "0", "dewar: 192.0.2.1:0 cannot be served"},
		{"FLASK_RUN_HOST in brackets", "", "[2001:db8::1]", "0", "dewar: [2001:db8::1]:0 cannot be served"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("FLASK_RUN_HOST", tt.host)
			t.Setenv("FLASK_RUN_PORT", tt.port)
			wantError(t, newApp(t).Run(tt.addr), tt.want)
		})
	}
}

func TestRunOnAPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	_, port, _ := strings.Cut(addr, ":")

	err = newApp(t).Run(addr)
	wantError(t, err, "the port of "+addr+" is in use; end the program that listens there or choose another port: pass another one to Run")
	if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.Errno(10048)) {
		t.Errorf("got %v, want the error of the system in it", err)
	}
	t.Setenv("FLASK_RUN_HOST", "")
	t.Setenv("FLASK_RUN_PORT", port)
	wantError(t, newApp(t).Run(""), "the port of "+addr+" is in use; end the program that listens there or choose another port: set FLASK_RUN_PORT to another one")
}

func TestServeLogsTheAddress(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	app, log := loggedApp(t)
	ctx, stop := context.WithCancel(t.Context())
	log.onMessage("serving", stop)
	if err := app.Serve(ctx, l); err != nil {
		t.Fatal(err)
	}
	if want := "msg=serving app=test addr=" + l.Addr().String(); !strings.Contains(log.String(), want) {
		t.Errorf("logged %q, want %q in it", log.String(), want)
	}
}

func loggedApp(t testing.TB) (*dewar.App, *record) {
	t.Helper()
	app, log := newApp(t), &record{}
	app.Logger = log.logger()
	return app, log
}
