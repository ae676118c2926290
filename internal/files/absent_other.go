//go:build !windows

package files

import "syscall"

// invalidName is what a name gives that no file can have.
const invalidName = syscall.EINVAL
