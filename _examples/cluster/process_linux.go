package main

import "syscall"

// tied has a process end with the site, even one that was killed, and not hear the terminal's Ctrl-C before its turn.
func tied() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
