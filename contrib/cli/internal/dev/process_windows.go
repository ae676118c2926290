package dev

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup keeps the Ctrl-C of the terminal from a program that is to be started: this one ends it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// askToEnd ends a program: Windows has no signal that asks for it.
func askToEnd(process *os.Process) error { return process.Kill() }

// killGroup ends a program.
func killGroup(process *os.Process) error { return process.Kill() }

// askGroup does nothing: Windows does not know what a program has left behind.
func askGroup(*os.Process) {}
