//go:build unix

package main

import (
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestStartLeavesTheSocketAsItIsForOthers(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := socketOf(l.(*net.TCPListener))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	cmd := exec.Command("/bin/sh", "-c", "exit 0")
	cmd.ExtraFiles = []*os.File{socket}
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	// Nobody connects. Accept has to wait where Close ends it, and not in the system.
	accepted := make(chan error, 1)
	go func() { _, err := l.Accept(); accepted <- err }()
	time.Sleep(50 * time.Millisecond)
	closed := make(chan error, 1)
	go func() { closed <- l.Close() }()
	select {
	case <-accepted:
	case <-time.After(10 * time.Second):
		t.Error("a listener whose socket was given to another process hangs in Accept after Close")
	}
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("its Close hangs too")
	}
}
