package main

import "syscall"

// tied has a process end with the site, even with one that was killed, and not hear the terminal's Ctrl-C before its turn. SIGTERM
// and not SIGKILL, so that nginx ends its worker too.
func tied() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
}
