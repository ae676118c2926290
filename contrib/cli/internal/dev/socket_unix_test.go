//go:build unix

package dev

import (
	"os/exec"
	"testing"
	"time"
)

func TestStartsLeaveTheSocketAsItIs(t *testing.T) {
	t.Parallel()
	s, err := openSocket("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.file.Close()
	cmd := exec.Command("/bin/sh", "-c", "exit 0")
	s.give(cmd)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan bool)
	go func() {
		go func() { time.Sleep(50 * time.Millisecond); _ = s.master.Close() }()
		_, _ = s.master.Accept() // nobody connects
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("a program that serves the socket while another one is started hangs in Accept when it is told to stop")
	}
}
