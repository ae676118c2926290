//go:build !unix

package cli

import (
	"os"
	"os/exec"
)

// become runs another program in the place of this one, and returns when it ends. Its exit code is that of the error.
func become(file string, args, environ []string) error {
	cmd := exec.Command(file, args[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = environ, os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
