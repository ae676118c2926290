//go:build unix

package main

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// socketOf returns the socket of l as a file to start processes with. That of l.File would be made blocking by each start, and by
// that for the processes that serve it already: one that is told to stop would hang in accept until somebody connects.
func socketOf(l *net.TCPListener) (*os.File, error) {
	raw, err := l.SyscallConn()
	if err != nil {
		return nil, err
	}
	var socket int
	var dupErr error
	syscall.ForkLock.RLock() // no other process is started with it by chance
	defer syscall.ForkLock.RUnlock()
	if err := raw.Control(func(fd uintptr) { socket, dupErr = syscall.Dup(int(fd)) }); err != nil || dupErr != nil {
		return nil, errors.Join(err, dupErr)
	}
	syscall.CloseOnExec(socket)
	return os.NewFile(uintptr(socket), "socket"), nil
}
