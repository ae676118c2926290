//go:build unix

package dewar_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/dewar-go/dewar"
)

// modeVariable makes this test binary the program that TestRun starts.
const modeVariable = "DEWAR_TEST_PROGRAM"

// TestProgram is a program with Run in it. It does nothing unless TestRun starts it.
func TestProgram(t *testing.T) {
	mode := os.Getenv(modeVariable)
	if mode == "" {
		return
	}
	app := dewar.New("program")
	app.Logger = slog.New(slog.NewTextHandler(os.Stdout, nil))
	var stopping context.Context
	app.OnStart(func(ctx context.Context) error { stopping = ctx; return nil })
	app.Get("/", func(c *dewar.Context) error {
		fmt.Println("request")
		if mode == "stuck" {
			<-c.Done()
		}
		<-stopping.Done()
		return c.Text("finished")
	})
	addr := "127.0.0.1:0"
	if mode == "anywhere" {
		addr = "" // FLASK_RUN_HOST and FLASK_RUN_PORT say where
	}
	err := app.Run(addr)
	fmt.Println("returned", err)
	if mode == "linger" {
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
	if err != nil {
		os.Exit(3)
	}
	os.Exit(0)
}

// A program is a running TestProgram.
type program struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Scanner
}

func startProgram(t *testing.T, mode string) *program {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProgram$")
	cmd.Env = append(os.Environ(), modeVariable+"="+mode, "FLASK_RUN_HOST=0.0.0.0", "FLASK_RUN_PORT=0", "FLASK_DEBUG=")
	return started(t, cmd)
}

// started starts a command that is a TestProgram.
func started(t *testing.T, cmd *exec.Cmd) *program {
	t.Helper()
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &program{t, cmd, bufio.NewScanner(out)}
}

// line waits for a line with text in it.
func (p *program) line(text string) string {
	p.t.Helper()
	return p.lines(text)[0]
}

// lines waits for a line with each of the texts in it, in whatever order they come.
func (p *program) lines(texts ...string) []string {
	p.t.Helper()
	found := make([]string, len(texts))
	for left := len(texts); left > 0; {
		if !p.out.Scan() {
			p.t.Fatalf("the program ended, and of lines with %q there were %q", texts, found)
		}
		for i, text := range texts {
			if found[i] == "" && strings.Contains(p.out.Text(), text) {
				found[i] = p.out.Text()
				left--
			}
		}
	}
	return found
}

func (p *program) signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
}

// ask sends a request and returns when the program has got it; its answer comes later.
func (p *program) ask() <-chan string {
	p.t.Helper()
	_, url, _ := strings.Cut(p.line("msg=serving"), "url=")
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get(url + "/")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	p.line("request")
	return answer
}

func TestRun(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		signal os.Signal
	}{
		{"SIGTERM", syscall.SIGTERM},
		{"SIGINT", os.Interrupt},
	} {
		t.Run(tt.name+" finishes the request and ends well", func(t *testing.T) {
			t.Parallel()
			p := startProgram(t, "finish")
			answer := p.ask()
			p.signal(tt.signal)
			p.line("returned <nil>")
			if got := <-answer; got != "finished" {
				t.Errorf("the request got %q, want it finished", got)
			}
			if err := p.cmd.Wait(); err != nil {
				t.Errorf("the program ended with %v, want exit status 0", err)
			}
		})
	}
	t.Run("the environment says where, and the log has a URL for this machine", func(t *testing.T) {
		t.Parallel()
		p := startProgram(t, "anywhere")
		if line := p.line("msg=serving"); !strings.Contains(line, "url=http://localhost:") || strings.HasSuffix(line, ":0") {
			t.Errorf("logged %q, want a URL of localhost with the real port", line)
		}
		p.signal(os.Kill)
		_ = p.cmd.Wait()
	})
	t.Run("a second signal ends at once", func(t *testing.T) {
		t.Parallel()
		p := startProgram(t, "stuck")
		p.ask()
		p.signal(syscall.SIGTERM)
		p.line("msg=stopping")
		p.signal(os.Interrupt)
		p.line("ended at once by a second signal")
		var exit *exec.ExitError
		if err := p.cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 3 {
			t.Errorf("the program ended with %v, want the exit status of an error", err)
		}
	})
	t.Run("signals act as usual after Run has returned", func(t *testing.T) {
		t.Parallel()
		p := startProgram(t, "linger")
		p.line("msg=serving")
		p.signal(syscall.SIGTERM)
		p.line("returned <nil>")
		p.signal(syscall.SIGTERM)
		var exit *exec.ExitError
		if err := p.cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
			t.Errorf("the program ended with %v, want it killed by SIGTERM", err)
		}
	})
}
