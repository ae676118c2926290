//go:build unix

package dev

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script starts a shell script as a program, and waits until it has printed something.
func script(t *testing.T, text string) *program {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "program")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := openSocket("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	var p *program
	until(t, "the program is started", func() bool { // whoever starts a process at the same time may hold the file open
		p, err = launch{dir: dir, env: os.Environ(), out: &tail{}, socket: s, box: filepath.Join(dir, "box")}.start(file)
		return err == nil
	})
	until(t, "the program prints something", func() bool { return p.last.String() != "" })
	return p
}

// until waits for a condition.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	for began := time.Now(); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestAProgramThatIgnoresTheSignalIsKilled(t *testing.T) {
	t.Parallel()
	p := script(t, "trap '' TERM\necho here\nwhile :; do sleep 0.1; done\n")
	var said strings.Builder
	p.stop(func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) })
	if got := p.fate(); got != "with signal: killed" {
		t.Errorf("the program has ended %s", got)
	}
	for _, want := range []string{"still answers a request", "was killed"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("said %q, want %q in it", said.String(), want)
		}
	}
}

// TestAProgramLeavesNoOtherBehind has one that starts another and forgets it.
func TestAProgramLeavesNoOtherBehind(t *testing.T) {
	t.Parallel()
	p := script(t, "sleep 1000 &\necho $!\nwait\n")
	child, err := strconv.Atoi(strings.TrimSpace(p.last.String()))
	if err != nil {
		t.Fatal(err)
	}
	p.stop(func(string, ...any) {})
	until(t, "the other program ends", func() bool { return isGone(child) })
}

// isGone reports whether a process has ended. One that nobody has waited for counts as well.
func isGone(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(text), ") Z ")
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		message, live, scheme string
		ready                 bool
	}{
		{"READY=1", "", "http", true},
		{"READY=1\nX_DEWAR_LIVE=/a:/b\nX_DEWAR_SCHEME=https\n", "/a /b", "https", true},
		{"WATCHDOG=1", "", "http", false},
		{"READY=0", "", "http", false},
	} {
		said, ready := readiness(tt.message)
		if got := strings.Join(said.live, " "); got != tt.live || said.scheme != tt.scheme || ready != tt.ready {
			t.Errorf("%q: got %+v, %v", tt.message, said, ready)
		}
	}
}
