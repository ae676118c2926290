package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// programEnv has the binary of the tests be the program itself, so that the one command is what is tested, and with the race
// detector if the tests are.
const programEnv = "DEWAR_TEST_CLUSTER"

func TestMain(m *testing.M) {
	if os.Getenv(programEnv) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A live is a site that the command has started.
type live struct {
	*site
	t   *testing.T
	cmd *exec.Cmd
}

// startLive starts the command and waits until the site answers.
func startLive(t *testing.T) *live {
	t.Helper()
	needPrograms(t)
	l := &live{&site{port: freePort(t)}, t, nil}
	var err error
	if l.programs, err = findPrograms(); err != nil {
		t.Fatal(err)
	}
	l.cmd = exec.Command(os.Args[0], "-port", strconv.Itoa(l.port))
	l.cmd.Env = append(os.Environ(), programEnv+"=1", "FLASK_PASSWORD_METHOD=scrypt:16:8:1", "FLASK_SECRET_KEY=of a test, which nobody guesses at all", "TMPDIR="+t.TempDir())
	var output strings.Builder
	l.cmd.Stdout, l.cmd.Stderr = &output, &output
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			l.logNodes()
		}
		l.stop()
		if t.Failed() {
			said := output.String()
			t.Logf("the site said last:\n%s", said[max(0, len(said)-4000):])
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := answers(ctx, l.port); err != nil {
		t.Fatal(err)
	}
	return l
}

// logNodes logs what the nodes of the cluster have said last: who has become a master when, and who has lost whom.
func (l *live) logNodes() {
	files, _ := filepath.Glob(filepath.Join(l.tempDir(), "dewar-cluster-*", "redis-*", "redis.log"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		l.t.Logf("%s said last (%v):\n%s", filepath.Base(filepath.Dir(file)), err, text[max(0, len(text)-3000):])
	}
}

// stop ends the command as Ctrl-C does, unless it has ended, and waits for it.
func (l *live) stop() {
	if l.cmd.ProcessState != nil {
		return
	}
	_ = l.cmd.Process.Signal(syscall.SIGTERM)
	if err := l.cmd.Wait(); err != nil {
		l.t.Errorf("the command ended with %v", err)
	}
}

// gone waits until nothing of the site runs any more.
func (l *live) gone() {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, port := range l.ports() {
		err := poll(ctx, func(context.Context) error {
			if conn, err := net.Dial("tcp", addr(port)); err == nil {
				conn.Close()
				return fmt.Errorf("port %d is still served", port)
			}
			return nil
		})
		if err != nil {
			l.t.Error(err)
		}
	}
}

// needPrograms skips the test, loudly, where it cannot run.
func needPrograms(t *testing.T) {
	t.Helper()
	_, err := findPrograms()
	if runtime.GOOS != "linux" {
		err = errors.New("the test ends processes as Linux does")
	}
	switch {
	case err == nil:
	case os.Getenv("DEWAR_STORES") == "required":
		t.Fatalf("the site cannot be tested: %v", err)
	default:
		t.Skipf("SKIPPED: the site cannot be tested: %v", err)
	}
}

// place counts the places that were tried, from anywhere: tests that run side by side have different ones.
var place atomic.Int64

func init() { place.Store(rand.Int64N(600)) }

// freePort returns a port that has all others free which the site counts from it. They are below those that outgoing
// connections get.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		s := &site{port: 10100 + 20*int(place.Add(1)%600)}
		if s.checkPorts() == nil {
			return s.port
		}
	}
	t.Fatal("no free ports")
	return 0
}

// The command ends everything that it has started, when it is told to and when it is killed.
func TestEnds(t *testing.T) {
	for name, end := range map[string]func(l *live){
		"told to": func(l *live) { l.stop() },
		"killed":  func(l *live) { _ = l.cmd.Process.Kill(); _ = l.cmd.Wait() },
	} {
		t.Run(name, func(t *testing.T) {
			l := startLive(t)
			end(l)
			l.gone()
			if left, _ := os.ReadDir(l.tempDir()); name == "told to" && len(left) > 0 {
				t.Errorf("%s is left", left[0].Name())
			}
		})
	}
}

// tempDir returns where the site has its folder.
func (l *live) tempDir() string {
	for _, variable := range l.cmd.Env {
		if dir, ok := strings.CutPrefix(variable, "TMPDIR="); ok && dir != os.Getenv("TMPDIR") {
			return dir
		}
	}
	return ""
}

func TestSaysWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", "/nowhere")
	_, err := findPrograms()
	if err == nil || !strings.Contains(err.Error(), "apt-get install redis-server nginx") {
		t.Errorf("without redis-server: got %v, want a text that says how to install it", err)
	}
}

func TestSaysWhichPortIsTaken(t *testing.T) {
	t.Parallel()
	s := &site{port: freePort(t)}
	l, err := net.Listen("tcp", addr(s.appPort(1)))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = s.checkPorts()
	if err == nil || !strings.Contains(err.Error(), strconv.Itoa(s.appPort(1))) || !strings.Contains(err.Error(), "-port") {
		t.Errorf("with a port taken: got %v, want one that names %d and -port", err, s.appPort(1))
	}
	for _, port := range []int{0, -1, 60000} {
		if err := (&site{port: port}).checkPorts(); err == nil {
			t.Errorf("port %d: got no error", port)
		}
	}
}

func TestDeviceOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ agent, want string }{
		{"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge on Windows"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome on macOS"},
		{"curl/8.5.0", "curl"},
		{strings.Repeat("x", 100), strings.Repeat("x", 64)},
		{"", "unknown device"},
	} {
		if got := deviceOf(tt.agent); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.agent, got, tt.want)
		}
	}
}

// pid returns the process that answers on a port of the application.
func (l *live) pid(ctx context.Context, port int) (int, error) {
	c := &client{base: "http://" + addr(port)}
	seen, err := c.state(ctx, http.MethodGet, "/", "")
	return seen.Process, err
}
