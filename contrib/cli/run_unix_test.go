//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/cli"
)

// A process is the program shop, as a process of its own.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan error

	mu  sync.Mutex
	log bytes.Buffer
}

func (p *process) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(data)
}

func (p *process) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// start starts the shop in a folder of its own, with variables of the environment, and ends it with the test.
func start(t *testing.T, variables []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0], args...), done: make(chan error, 1)}
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = append([]string{"SHOP_PROGRAM=1", "PATH=" + os.Getenv("PATH")}, variables...)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			t.Error("the process does not end")
		}
	})
	return p
}

var servedURL = regexp.MustCompile(`url=(\S+)`)

// url waits until the shop serves, and returns where.
func (p *process) url() string {
	p.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if found := servedURL.FindStringSubmatch(p.String()); found != nil {
			return found[1]
		}
	}
	p.t.Fatalf("the shop does not serve:\n%s", p)
	return ""
}

// code waits for the end of the process and returns its exit code.
func (p *process) code() int {
	p.t.Helper()
	select {
	case err := <-p.done:
		p.done <- err
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return exit.ExitCode()
		} else if err != nil {
			p.t.Fatal(err)
		}
		return 0
	case <-time.After(20 * time.Second):
		p.t.Fatalf("the shop does not end:\n%s", p)
		return 0
	}
}

// get returns the status and the text of an answer.
func get(t *testing.T, url string) string {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, DisableKeepAlives: true,
	}}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Status + " " + string(body)
}

func TestRunServesUntilItIsToldToStop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		variables []string
		args      string
		want      string
	}{
		{"an option", nil, "run --port 0", "200 OK HTTP/1.1 http index\n"},
		{"the environment", []string{"FLASK_RUN_PORT=0", "FLASK_RUN_HOST=localhost"}, "run", "200 OK HTTP/1.1 http index\n"},
		{"an option before the environment", []string{"FLASK_RUN_PORT=1"}, "run -p 0 --no-debug", "200 OK HTTP/1.1 http index\n"},
		{"no arguments below dewar dev", []string{"FLASK_RUN_PORT=0", "DEWAR_RELOAD=token"}, "", "200 OK HTTP/1.1 http index\n"},
		{"reload below dewar dev", []string{"FLASK_RUN_PORT=0", "DEWAR_RELOAD=token"}, "run --reload", "200 OK HTTP/1.1 http index\n"},
		{"TLS, by a certificate for this run", nil, "run --port 0 --cert adhoc", "200 OK HTTP/2.0 https index\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, tt.variables, strings.Fields(tt.args)...)
			if got := get(t, p.url()+"/"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if code := p.code(); code != cli.OK {
				t.Errorf("got exit code %d, want 0:\n%s", code, p)
			}
		})
	}
}

func TestRunDebug(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "run", "--debug", "--host", "0.0.0.0", "--port", "0")
	if code := p.code(); code != cli.Failed || !strings.Contains(p.String(), "Error: DEBUG is on (--debug) and other machines can reach") {
		t.Errorf("got exit code %d and\n%s\nwant a refusal that names the option", code, p)
	}
	p = start(t, []string{"FLASK_DEBUG=1"}, "run", "--no-debug", "--port", "0")
	p.url()
}

func TestRunWithFilesOfACertificate(t *testing.T) {
	t.Parallel()
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	out, err := exec.Command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
		"-subj", "/CN=localhost", "-keyout", key, "-out", cert).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("openssl is not installed")
	} else if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p := start(t, nil, "run", "--port", "0", "--cert", cert, "--key", key)
	if got := get(t, p.url()+"/posts/7"); got != "200 OK HTTP/2.0 https post\n" {
		t.Errorf("got %q", got)
	}
	p = start(t, nil, "run", "--port", "0", "--cert", cert, "--key", cert)
	if code := p.code(); code != cli.Failed || !strings.Contains(p.String(), "the certificate cannot be used, see that") {
		t.Errorf("got exit code %d and\n%s", code, p)
	}
}

func TestRunIsCalledWrongly(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, args, want string }{
		{"a port that is none", "run --port web", `--port "web": want a number from 0 to 65535`},
		{"a port too large", "run --port 65536", `--port "65536": want a number`},
		{"a host with a port", "run --host localhost:80", `--host "localhost:80": want a host alone, such as 127.0.0.1, and the port in --port`},
		{"a certificate without a key", "run --cert a.pem", "--cert needs --key"},
		{"a key without a certificate", "run --key a.pem", "--key needs --cert"},
		{"a key for adhoc", "run --cert adhoc --key a.pem", "--cert adhoc makes its own key"},
		{"debug on and off", "run --debug --no-debug", "[debug no-debug]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			shop(t, strings.Fields(tt.args)...).Want(cli.Misused, tt.want, "Try \"shop run --help\".")
		})
	}
}

func TestRunOnAPortInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	r := shop(t, "run", "--port", port).Want(cli.Failed)
	if want := "Error: port " + port + " is in use; end the program that listens there, or choose another with --port, 0 for any that is free\n"; r.Stderr != want {
		t.Errorf("got %q, want %q", r.Stderr, want)
	}
}

func TestRunReloadIsTheToolDewar(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	shop(t, "run", "--reload").Want(cli.Failed, "--reload needs the tool dewar, which is not on PATH; install it with: go install github.com/dewar-go/dewar/contrib/cli/cmd/dewar")
	if err := os.WriteFile(filepath.Join(dir, "dewar"), []byte("#!/bin/sh\necho \"dewar is called with: $*\"\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := start(t, []string{"FLASK_RUN_PORT=8000"}, "run", "--reload", "--debug")
	if code := p.code(); code != 3 || p.String() != "dewar is called with: dev -- run --debug=true --port=8000\n" {
		t.Errorf("got exit code %d and %q, want those of dewar dev", code, p)
	}
}

func TestACommandEndsAtASignal(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "wait")
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(p.String(), "waiting"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("got %q, want it to wait", p)
		}
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := p.code(); code != cli.Failed || !strings.Contains(p.String(), "Error: "+context.Canceled.Error()) {
		t.Errorf("got exit code %d and %q, want the end of the context", code, p)
	}
}

func TestTheProgramIsNamedAsItWasCalled(t *testing.T) {
	t.Parallel()
	p := start(t, []string{"FLASK_SKIP_DOTENV=1"}, "rout")
	name := filepath.Base(os.Args[0])
	if code := p.code(); code != cli.Misused || !strings.Contains(p.String(), "Try \""+name+" --help\".") {
		t.Errorf("got exit code %d and %q, want the name of the program", code, p)
	}
}

// TestRotateTheKeyOfAProgramThatLoadsItsDotenv is the whole way: a .env, two rotations by the program itself, and sessions that stay.
func TestRotateTheKeyOfAProgramThatLoadsItsDotenv(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("FLASK_SECRET_KEY="+strong+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) string {
		cmd := exec.Command(os.Args[0], args...)
		cmd.Dir, cmd.Env = dir, []string{"SHOP_PROGRAM=1"}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	for range 2 {
		if got := command("secret", "--rotate"); !strings.HasPrefix(got, ".env has a new FLASK_SECRET_KEY and ") {
			t.Errorf("got %q", got)
		}
	}
	if got := command("config", "--changed"); !strings.Contains(got, "SECRET_KEY_FALLBACKS  [redacted]  environment FLASK_SECRET_KEY_FALLBACKS") {
		t.Errorf("got\n%s\nwant the fallbacks, hidden", got)
	}
	if got := command("check", "--strict"); got != "ok: 0 problems, 0 warnings\n" {
		t.Errorf("got %q", got)
	}
}
