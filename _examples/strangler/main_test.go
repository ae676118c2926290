package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestCommand starts the site as its README says, stops it, and goes on at another stage, there and back. What was begun at one
// stage is ended at the next: a login, a form that stands open, a message that nobody has seen.
func TestCommand(t *testing.T) {
	needPython(t)
	settings(t)
	program := buildCommand(t)
	port := freePorts(t)
	b := newBrowser(only(half{"the site", addr(port), false}))
	var open *form
	for n, stage := range []int{0, 1, 2, 3, 4, 1, 4, 0} {
		t.Run(fmt.Sprint("stage ", stage), func(t *testing.T) {
			stop := start(t, port, exec.Command(program, "-stage", strconv.Itoa(stage), "-port", strconv.Itoa(port)))
			if err := attempt(func() { open = b.goOn(n, open) }); err != nil {
				t.Error(err)
			}
			if err := stop(); err != nil {
				t.Error("the command ended with", err)
			}
		})
		if t.Failed() {
			return
		}
	}
}

// goOn is what one visitor does at a stage: it ends what it has begun at the one before, and returns a form that is to be sent
// at the next.
func (b *browser) goOn(n int, open *form) *form {
	if open == nil {
		b.register("ann")
		b.get("/auth/login").submit("username", "ann", "password", "pw", "remember", "y").flashed("You are logged in.")
	} else {
		b.follow().want(200, fmt.Sprint("Draft ", n-1), ">ann</a>").flashed("Your post is published.")
		b.post(open.set("title", fmt.Sprint("Kept ", n-1))).follow().want(200, ">ann</a>").flashed("Your post is published.")
	}
	b.get("/auth/account").want(200, ">ann</a>").flashed()
	b.get("/api/posts").want(200)
	b.restart() // remembered
	open = b.get("/posts/new").want(200, ">ann</a>").form("")
	b.get("/posts/new").post(b.form("").set("title", fmt.Sprint("Draft ", n)))
	return open
}

// TestMakeStartsTheSite runs the one command that the README names first.
func TestMakeStartsTheSite(t *testing.T) {
	maker, err := exec.LookPath("make")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no make")
	}
	settings(t)
	port := freePorts(t)
	stop := start(t, port, exec.Command(maker, "-C", filepath.Join("..", ".."), "strangler", "STAGE=4", "PORT="+strconv.Itoa(port)))
	b := newBrowser(only(half{"the site", addr(port), false}))
	if err := attempt(func() { b.get("/").want(200, "Nobody has written anything yet.") }); err != nil {
		t.Error(err)
	}
	_ = stop() // make says that it was told to
}

func TestCommandRefuses(t *testing.T) {
	program := buildCommand(t)
	settings(t)
	for _, tt := range []struct {
		name, stage, python, want string
	}{
		{"a stage that there is not", "5", "", "there is no stage 5; pass -stage 0 to 4"},
		{"Flask alone without Python", "0", "/nowhere/python3", "DEWAR_PYTHON"},
		{"Flask behind Go without Python", "2", "/nowhere/python3", "DEWAR_PYTHON"},
		{"Flask that does not start", "2", notPython(t), "the Flask process has ended"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, program, "-stage", tt.stage, "-port", strconv.Itoa(freePorts(t)))
			cmd.Env = append(os.Environ(), "DEWAR_PYTHON="+tt.python)
			said, err := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); err == nil || code != 1 || !strings.Contains(string(said), tt.want) {
				t.Errorf("got status %d and %q, want 1 and %q", code, said, tt.want)
			}
		})
	}
}

// notPython returns a program that ends at once.
func notPython(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("false")
	if err != nil {
		t.Skip("there is no program that only fails")
	}
	return path
}

// buildCommand returns the program of this folder.
func buildCommand(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "strangler.exe")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// start runs a command that serves the site, and waits until it answers. What it returns tells the command to end, as Ctrl+C does,
// and fails the test if it does not, or leaves Python behind.
func start(t *testing.T, port int, cmd *exec.Cmd) (stop func() error) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no signal ends a program there")
	}
	var log output
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.WaitDelay = 20 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceValue(func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait() // which also waits for what has its output
		late.Stop()
		for _, p := range []int{port, port + 1} {
			if l, err := net.Listen("tcp", addr(p)); err != nil {
				t.Errorf("something still listens: %v", err)
			} else {
				l.Close()
			}
		}
		return err
	})
	t.Cleanup(func() {
		_ = stop()
		log.show(t, "the command")
	})
	waitFor(t, half{"the command", addr(port), false})
	return stop
}

// freePorts returns a port that is free, and the next one too.
func freePorts(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := freePort(t)
		if l, err := net.Listen("tcp", addr(port+1)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no two free ports beside each other")
	return 0
}
