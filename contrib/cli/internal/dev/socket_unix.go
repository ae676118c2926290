//go:build unix

package dev

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"syscall"
)

// A socket is the listening socket that is passed from one program to the next. Nobody accepts on it while it is not
// given to somebody.
type socket struct {
	master net.Listener
	file   *os.File
}

// passes says that connections wait while nobody accepts.
const passes = true

// executable is how the names of programs end.
const executable = ""

// openSocket listens on addr.
func openSocket(addr string) (*socket, error) {
	master, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	file, err := fileOf(master.(*net.TCPListener))
	if err != nil {
		_ = master.Close()
		return nil, err
	}
	return &socket{master, file}, nil
}

// fileOf returns the socket of l as a file to start programs with. Each start would make that of l.File blocking, and by that for the
// program before too, which would not stop then until somebody connects.
func fileOf(l *net.TCPListener) (*os.File, error) {
	raw, err := l.SyscallConn()
	if err != nil {
		return nil, err
	}
	var fd int
	var failed error
	syscall.ForkLock.RLock() // no other program is started with fd by chance
	defer syscall.ForkLock.RUnlock()
	if err := raw.Control(func(of uintptr) { fd, failed = syscall.Dup(int(of)) }); err != nil || failed != nil {
		return nil, errors.Join(err, failed)
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "socket"), nil
}

// addr is where it listens.
func (s *socket) addr() net.Addr { return s.master.Addr() }

// listener returns the socket for this program. Closing it leaves the socket open.
func (s *socket) listener() (net.Listener, error) { return net.FileListener(s.file) }

// give lets a program that is to be started have the socket.
func (s *socket) give(cmd *exec.Cmd) {
	cmd.ExtraFiles = []*os.File{s.file}
	cmd.Env = append(cmd.Env, "LISTEN_FDS=1")
}

func (s *socket) close() {
	_ = s.file.Close()
	_ = s.master.Close()
}
