//go:build unix

package dewar_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A supervisor starts programs as systemd does: it has opened their sockets, and they tell it how they are.
type supervisor struct {
	t    *testing.T
	told *net.UnixConn
	path string
}

func newSupervisor(t *testing.T) *supervisor {
	t.Helper()
	dir, err := os.MkdirTemp("", "dewar") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "notify")
	told, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = told.Close() })
	return &supervisor{t, told, path}
}

// start starts TestProgram with sockets and variables. LISTEN_PID has to be the process itself, so a shell sets it.
func (s *supervisor) start(sockets []*os.File, mode string, env ...string) *program {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "/bin/sh", "-c", `LISTEN_PID=$$ exec "$0" -test.run='^TestProgram$'`, os.Args[0])
	if mode == "edited" {
		mode = "finish"
		cmd = exec.CommandContext(s.t.Context(), os.Args[0], "-test.run=^TestProgram$")
	}
	cmd.ExtraFiles = sockets
	cmd.Env = append(os.Environ(), modeVariable+"="+mode, "FLASK_DEBUG=1", "NOTIFY_SOCKET="+s.path)
	cmd.Env = append(cmd.Env, env...)
	return started(s.t, cmd)
}

// hears waits for the next message of a program.
func (s *supervisor) hears() string {
	s.t.Helper()
	if err := s.told.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		s.t.Fatal(err)
	}
	message := make([]byte, 4096)
	n, err := s.told.Read(message)
	if err != nil {
		s.t.Fatalf("the program told nothing: %v", err)
	}
	return string(message[:n])
}

// socketOf returns what a child gets of a socket, and the socket.
func socketOf(t *testing.T, l net.Listener) *os.File {
	t.Helper()
	file, err := l.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close(); _ = l.Close() })
	return file
}

func TestRunTakesTheSocketOfASupervisor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, mode string
		env        []string
		ready, end string
	}{
		{"of systemd", "finish", []string{"LISTEN_FDS=1", "LISTEN_FDNAMES=web"}, "READY=1", ""},
		{"of dewar dev", "edited", []string{"LISTEN_FDS=1", "DEWAR_RELOAD=token"}, "READY=1\nX_DEWAR_LIVE=", "\nX_DEWAR_SCHEME=http"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, l := newSupervisor(t), listenHere(t)
			p := s.start([]*os.File{socketOf(t, l)}, tt.mode, tt.env...)
			answer := make(chan string, 1)
			go func() { // it may come before the program accepts
				res, err := http.Get("http://" + l.Addr().String())
				if err != nil {
					answer <- err.Error()
					return
				}
				defer res.Body.Close()
				body, _ := io.ReadAll(res.Body)
				answer <- string(body)
			}()
			if got := p.lines("msg=serving", "request")[0]; !strings.Contains(got, l.Addr().String()) {
				t.Errorf("the program serves another address than %s: %s", l.Addr(), got)
			}
			if got := s.hears(); !strings.HasPrefix(got, tt.ready) || !strings.HasSuffix(got, tt.end) {
				t.Errorf("the supervisor was told %q, want %q and %q", got, tt.ready, tt.end)
			}
			p.signal(syscall.SIGTERM)
			if got := s.hears(); got != "STOPPING=1" {
				t.Errorf("the supervisor was told %q, want STOPPING=1", got)
			}
			if got := <-answer; got != "finished" {
				t.Errorf("the request got %q, want it finished", got)
			}
			p.line("returned <nil>")
			if conn, err := net.Dial("tcp", l.Addr().String()); err != nil {
				t.Errorf("a connection was refused between two programs: %v", err)
			} else {
				_ = conn.Close()
			}
		})
	}
}

func TestRunTakesAUnixSocketOfASupervisor(t *testing.T) {
	t.Parallel()
	s := newSupervisor(t)
	path := s.path + "-http"
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	p := s.start([]*os.File{socketOf(t, l)}, "finish", "LISTEN_FDS=1")
	p.line("msg=serving")
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	p.signal(syscall.SIGTERM)
	p.line("returned <nil>")
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the program has removed the socket of the supervisor: %v", err)
	}
}

func TestRunRefusesSocketsThatItCannotServe(t *testing.T) {
	t.Parallel()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	datagrams, err := udp.(*net.UDPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	defer datagrams.Close()
	one, two := socketOf(t, listenHere(t)), socketOf(t, listenHere(t))
	for _, tt := range []struct {
		name, fds string
		sockets   []*os.File
		want      string
	}{
		{"several", "2", []*os.File{one, two}, "leave one ListenStream="},
		{"datagrams", "1", []*os.File{datagrams}, "no TCP or Unix socket that listens"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newSupervisor(t).start(tt.sockets, "finish", "LISTEN_FDS="+tt.fds)
			if got := p.line("returned"); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestRunOpensItsOwnSocketBesideOneOfAnotherProcess(t *testing.T) {
	t.Parallel()
	l := listenHere(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProgram$")
	cmd.ExtraFiles = []*os.File{socketOf(t, l)}
	cmd.Env = append(os.Environ(), modeVariable+"=finish", "LISTEN_FDS=1", "LISTEN_PID=1", "FLASK_DEBUG=")
	p := started(t, cmd)
	if got := p.line("msg=serving"); strings.Contains(got, l.Addr().String()) {
		t.Errorf("the program serves the socket of another process: %s", got)
	}
	p.signal(syscall.SIGTERM)
}

func TestRunFeedsTheWatchdog(t *testing.T) {
	t.Parallel()
	s := newSupervisor(t)
	p := s.start(nil, "finish", "WATCHDOG_USEC=20000")
	beats := 0
	for beats < 3 {
		if s.hears() == "WATCHDOG=1" {
			beats++
		}
	}
	p.signal(syscall.SIGTERM)
	p.line("returned <nil>")
}

// TestRunTakesTheSocketOfSystemdItself has systemd's own tool pass the socket, where there is one.
func TestRunTakesTheSocketOfSystemdItself(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("systemd-socket-activate")
	if err != nil {
		t.Skip("*** SKIPPED, SYSTEMD WAS NOT ASKED: systemd-socket-activate is not installed; Debian has it in the package systemd ***")
	}
	s := newSupervisor(t)
	addr := fmt.Sprintf("127.%d.%d.1:8000", 1+os.Getpid()%250, 1+os.Getpid()/250%250) // nobody else listens there
	cmd := exec.CommandContext(t.Context(), tool, "--listen="+addr, "--fdname=web", "-E", modeVariable+"=finish", "-E", "FLASK_DEBUG=1",
		"-E", "NOTIFY_SOCKET="+s.path, "-E", "WATCHDOG_USEC=20000", os.Args[0], "-test.run=^TestProgram$")
	p := started(t, cmd)
	answer := make(chan string, 1)
	go func() {
		for t.Context().Err() == nil {
			res, err := http.Get("http://" + addr)
			if err != nil { // the tool does not listen yet
				time.Sleep(5 * time.Millisecond)
				continue
			}
			body, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			answer <- string(body)
			return
		}
	}()
	if got := p.lines("msg=serving", "request")[0]; !strings.Contains(got, addr) {
		t.Errorf("the program serves another address than %s: %s", addr, got)
	}
	heard := map[string]bool{}
	for !heard["READY=1"] || !heard["WATCHDOG=1"] {
		heard[s.hears()] = true
	}
	p.signal(syscall.SIGTERM)
	for !heard["STOPPING=1"] {
		heard[s.hears()] = true
	}
	if got := <-answer; got != "finished" {
		t.Errorf("the request got %q, want it finished", got)
	}
	p.line("returned <nil>")
}

// TestRunListensWhereDewarDevSays is about systems that pass no sockets on.
func TestRunListensWhereDewarDevSays(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProgram$")
	cmd.Env = append(os.Environ(), modeVariable+"=finish", "DEWAR_RELOAD=token", "FLASK_RUN_PORT=70000", "FLASK_DEBUG=1")
	if got := started(t, cmd).line("returned"); !strings.Contains(got, `FLASK_RUN_PORT is "70000"`) {
		t.Errorf("the program listens at its own address: %s", got)
	}
}
