//go:build !linux

package servers

import (
	"errors"
	"io"
	"net"
	"os/exec"
	"syscall"
)

// Nothing is started here, so that all but claim is never reached.
const (
	signalPause  = syscall.Signal(0)
	signalResume = syscall.Signal(0)
)

// canStart tells whether servers can be started on this system.
const canStart = false

func command(_ *account, args ...string) *exec.Cmd { return exec.Command(args[0], args[1:]...) }

func send(int, syscall.Signal) error { return errors.ErrUnsupported }

func alive(int) bool { return false }

func stopped(int) bool { return true }

func family(pid int) []int { return []int{pid} }

// claim tries whether the port is free.
func claim(port int) (io.Closer, error) {
	listener, err := net.Listen("tcp", local(port))
	if err != nil {
		return nil, err
	}
	return io.NopCloser(nil), listener.Close()
}

func lockFile(string) (io.Closer, error) { return nil, errors.ErrUnsupported }
