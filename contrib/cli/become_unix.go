//go:build unix

package cli

import (
	"fmt"
	"syscall"
)

// become puts another program in the place of this one, so that signals reach it. It returns only when that fails.
func become(file string, args, environ []string) error {
	return fmt.Errorf("start %s: %w", file, syscall.Exec(file, args, environ))
}
