package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/dewar-go/dewar/strangler"
)

// pythonProgram is the Python that has Flask and its extensions: DEWAR_PYTHON, or python3.
func pythonProgram() string {
	if name := os.Getenv("DEWAR_PYTHON"); name != "" {
		return name
	}
	return "python3"
}

// pythonServer is Flask's development server with the blog, on a port of this machine, until ctx ends.
func pythonServer(ctx context.Context, port int) *exec.Cmd {
	cmd := exec.CommandContext(ctx, pythonProgram(), "-m", "flask", "--app", "blog", "run", "--port", strconv.Itoa(port))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func startPython(python *exec.Cmd) error {
	if err := python.Start(); err != nil {
		return fmt.Errorf("%w; name a Python with Flask in DEWAR_PYTHON", err)
	}
	return nil
}

// awaitPython waits until Flask takes connections: whoever comes first shall not be told that half of the site is away. It ends
// early when the site is told to end, and fails when Python is no longer alive.
func awaitPython(ctx, alive context.Context, url string) error {
	python := strangler.Proxy(url)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		err := python.PingContext(ctx)
		switch {
		case err == nil || ctx.Err() != nil:
			return nil
		case alive.Err() != nil:
			return errors.New("the Flask process has ended, and says above why")
		case time.Now().After(deadline):
			return err
		}
	}
}
