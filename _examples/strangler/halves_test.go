package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// halfHeader is where a switchboard writes which half has answered.
const halfHeader = "X-Half"

// A half is a server that knows every page of the site.
type half struct {
	name, addr string
	python     bool
}

// A switchboard hands each request to the half that pick names. It stands for the load balancer of a site that is switched
// between the halves while people visit it.
type switchboard struct {
	halves   []half
	pick     func() int
	last     *half
	switches int // between Python and Go
}

func (s *switchboard) RoundTrip(r *http.Request) (*http.Response, error) {
	h := &s.halves[s.pick()]
	if s.last != nil && s.last.python != h.python {
		s.switches++
	}
	s.last = h
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	r.URL.Host = h.addr
	resp, err := connections.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.name, err)
	}
	resp.Header.Set(halfHeader, h.name)
	return resp, nil
}

// connections are kept open for the requests to come.
var connections = &http.Transport{MaxIdleConnsPerHost: 16}

// only is a switchboard with one half.
func only(h half) *switchboard {
	return &switchboard{halves: []half{h}, pick: func() int { return 0 }}
}

// settings has Python and Go share an instance folder and a key, with passwords that are quick to check.
func settings(t *testing.T) {
	t.Helper()
	t.Setenv("BLOG_INSTANCE", t.TempDir())
	t.Setenv("BLOG_SECRET_KEY", "of a test, which nobody guesses at all")
	t.Setenv("BLOG_PASSWORD_METHOD", "pbkdf2:sha256:1000")
	t.Setenv("PYTHONDONTWRITEBYTECODE", "1")
}

// needPython skips the test, loudly, where Python lacks what the blog imports.
func needPython(t *testing.T) {
	t.Helper()
	out, err := exec.Command(pythonProgram(), "-c", "import flask, flask_login, flask_wtf, flask_babel, flask_httpauth").CombinedOutput()
	if err == nil {
		return
	}
	message := fmt.Sprintf("NOTHING IS COMPARED WITH FLASK: %s: %v: %s", pythonProgram(), err, out)
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
}

// startPythonHalf serves the Flask application until the test ends.
func startPythonHalf(t *testing.T) half {
	t.Helper()
	port := freePort(t)
	ctx, cancel := context.WithCancel(context.Background())
	var log output
	cmd := pythonServer(ctx, port)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		log.show(t, "Python")
	})
	return waitFor(t, half{"python", addr(port), true})
}

// waitFor returns the half when it answers.
func waitFor(t *testing.T, h half) half {
	t.Helper()
	var err error
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var resp *http.Response
		if resp, err = http.Get("http://" + h.addr + "/about"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return h
			}
			err = fmt.Errorf("/about: %s", resp.Status)
		}
	}
	t.Fatalf("%s does not answer: %v", h.name, err)
	return h
}

func addr(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// output is what a server says, shown when the test has failed.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) show(t *testing.T, who string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if said := o.text.String(); t.Failed() {
		t.Logf("%s said last:\n%s", who, said[max(0, len(said)-3000):])
	}
}

func TestGermanIsCompiled(t *testing.T) {
	msgfmt, err := exec.LookPath("msgfmt")
	if err != nil {
		t.Skip("msgfmt is not installed (apt-get install gettext)")
	}
	folder := filepath.Join("blog", "translations", "de", "LC_MESSAGES")
	got, err := exec.Command(msgfmt, "-o", "-", filepath.Join(folder, "messages.po")).Output()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(folder, "messages.mo"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("messages.mo is not what messages.po says; run msgfmt messages.po -o messages.mo")
	}
}
