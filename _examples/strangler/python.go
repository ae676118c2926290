package main

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
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
