//go:build !linux

package servers

import (
	"errors"
	"io"
	"os/exec"
	"syscall"
)

// Nothing is started here, so that nothing below is reached.
const (
	signalPause  = syscall.Signal(0)
	signalResume = syscall.Signal(0)
)

// canStart tells whether servers can be started on this system.
const canStart = false

func command(_ *account, args ...string) *exec.Cmd { return exec.Command(args[0], args[1:]...) }

func send(int, syscall.Signal) error { return errors.ErrUnsupported }

func alive(int) bool { return false }

func family(pid int) []int { return []int{pid} }

func claim(int) (io.Closer, error) { return io.NopCloser(nil), nil }

func lockFile(string) (io.Closer, error) { return nil, errors.ErrUnsupported }
