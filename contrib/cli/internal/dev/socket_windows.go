package dev

import (
	"net"
	"os/exec"
	"time"
)

// A socket is an address that one after the other listens on: Windows passes no sockets on.
type socket struct{ at net.Addr }

// passes says that connections are refused while nobody accepts.
const passes = false

// executable is how the names of programs end.
const executable = ".exe"

// busy is how long the address may take to become free after a program has ended.
const busy = 5 * time.Second

// openSocket sees to it that addr can be listened on, and picks a port if it has none.
func openSocket(addr string) (*socket, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return &socket{l.Addr()}, nil
}

// addr is where programs listen.
func (s *socket) addr() net.Addr { return s.at }

// listener listens for this program.
func (s *socket) listener() (l net.Listener, err error) {
	for began := time.Now(); time.Since(began) < busy; time.Sleep(20 * time.Millisecond) {
		if l, err = net.Listen("tcp", s.at.String()); err == nil {
			return l, nil
		}
	}
	return nil, err
}

// give lets a program that is to be started know where it listens, once nobody else does.
func (s *socket) give(cmd *exec.Cmd) {
	if l, err := s.listener(); err == nil {
		_ = l.Close()
	}
	host, port, _ := net.SplitHostPort(s.at.String())
	cmd.Env = append(cmd.Env, "FLASK_RUN_HOST="+host, "FLASK_RUN_PORT="+port)
}

func (s *socket) close() {}
