//go:build unix

package files

import "syscall"

// noWait has a pipe open at once, though nobody writes to it. It means nothing for regular files.
const noWait = syscall.O_NONBLOCK
