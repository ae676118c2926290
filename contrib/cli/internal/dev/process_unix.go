//go:build unix

package dev

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup keeps the Ctrl-C of the terminal from a program that is to be started: this one tells it when to end.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// askToEnd tells a program to stop.
func askToEnd(process *os.Process) error { return process.Signal(syscall.SIGTERM) }

// killGroup ends a program and those that it has started.
func killGroup(process *os.Process) error { return syscall.Kill(-process.Pid, syscall.SIGKILL) }

// askGroup tells those to stop that a program has left behind.
func askGroup(process *os.Process) { _ = syscall.Kill(-process.Pid, syscall.SIGTERM) }
