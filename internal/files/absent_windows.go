package files

import "syscall"

// invalidName is ERROR_INVALID_NAME: no file can have this name.
const invalidName = syscall.Errno(123)
