package browser_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// workshop is the folder of the programs that are built for the tests.
var workshop = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "dewar-browser-")
	if err != nil {
		panic(err)
	}
	return dir
})

// built returns what builds a program once, for the first test that asks for it.
func built(name, module, pkg string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		path := filepath.Join(workshop(), "bin", name)
		if runtime.GOOS == "windows" {
			path += ".exe"
		}
		return path, goes(module, "go", "build", "-o", path, pkg)
	})
}

// The programs of this repository that are looked at.
var (
	dewarTool = built("dewar", filepath.Join("..", "..", "contrib", "cli"), "./cmd/dewar")
	flaskr    = built("flaskr", filepath.Join("..", "..", "_examples"), "./flaskr")
)

// goes runs a command that must succeed.
func goes(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, environment()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return nil
}

// environment is that of the test without the settings of whoever runs it.
func environment(more ...string) []string {
	all := slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "FLASK_") || strings.HasPrefix(pair, "CI=") || strings.HasPrefix(pair, "PWD=")
	})
	return append(append(all, "GOWORK=off", "CGO_ENABLED=0"), more...)
}

// wrote returns what has dewar new write a program once.
func wrote(name string, args ...string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		tool, err := dewarTool()
		if err != nil {
			return "", err
		}
		return filepath.Join(workshop(), name), goes(workshop(), tool, append([]string{"new", name}, args...)...)
	})
}

// must returns what a test cannot do without.
func must(t *testing.T) func(string, error) string {
	return func(value string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// A program runs while a test does.
type program struct {
	t    *testing.T
	site string

	mu   sync.Mutex
	said bytes.Buffer
}

// Write keeps what the program says.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

func (p *program) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// announced finds where a program serves, in its log or in what dewar dev says.
var announced = regexp.MustCompile(`(?:url=| at )(http://127\.0\.0\.1:\d+)`)

// run starts a program on a free port and waits until it says where it serves.
func run(t *testing.T, dir string, settings []string, path string, args ...string) *program {
	t.Helper()
	p := &program{t: t}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = dir, environment(append(settings, "FLASK_RUN_PORT=0")...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = p, p, 20*time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { p.stop(cmd.Process, ended) })
	poll, deadline := time.NewTicker(10*time.Millisecond), time.After(patience)
	defer poll.Stop()
	for {
		if match := announced.FindStringSubmatch(p.output()); match != nil {
			p.site = match[1]
			return p
		}
		select {
		case <-poll.C:
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", path, err, p.output())
		case <-deadline:
			t.Fatalf("%s does not serve:\n%s", path, p.output())
		}
	}
}

// stop ends the program as Ctrl-C does, where that can be sent.
func (p *program) stop(process *os.Process, ended chan error) {
	if process.Signal(syscall.SIGTERM) != nil {
		_ = process.Kill()
	}
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		_ = process.Kill()
		p.t.Errorf("the program does not end:\n%s", p.output())
	}
	if p.t.Failed() {
		p.t.Logf("the program said:\n%.6000s", p.output())
	}
}
