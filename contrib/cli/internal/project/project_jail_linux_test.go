package project_test

import (
	"os/exec"
	"syscall"
)

// imprison has a command run as nobody, with root as the root of its files.
func imprison(cmd *exec.Cmd, root string) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
