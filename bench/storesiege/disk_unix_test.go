//go:build unix

package storesiege

import (
	"os/signal"
	"syscall"
)

// ignoreFullDisks has a write beyond RLIMIT_FSIZE fail, as one to a full disk does.
func ignoreFullDisks() { signal.Ignore(syscall.SIGXFSZ) }
