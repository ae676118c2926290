//go:build !windows

package machine

import "syscall"

const nonBlocking = syscall.O_NONBLOCK
