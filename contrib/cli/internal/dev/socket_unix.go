//go:build unix

package dev

import (
	"net"
	"os"
	"os/exec"
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
	file, err := master.(*net.TCPListener).File()
	if err != nil {
		_ = master.Close()
		return nil, err
	}
	return &socket{master, file}, nil
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
