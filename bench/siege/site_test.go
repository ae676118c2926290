//go:build unix

package main

import (
	"context"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// startField starts all sites, with this binary as the application.
func startField(t *testing.T) *field {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f, err := newField(options{program: program, seed: 1}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.close)
	if err := f.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

// problems returns all that was told of broken promises.
func (f *field) problems() (list []string) {
	f.ledger.mu.Lock()
	defer f.ledger.mu.Unlock()
	for _, t := range f.ledger.promises {
		list = append(list, t.Problems...)
	}
	return list
}

func TestSocketIsServedWhileProcessesChange(t *testing.T) {
	t.Parallel()
	f := startField(t)
	for _, s := range []*site{f.app, f.stored, f.secure} {
		var stop atomic.Bool
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				v := f.visitor(s)
				defer v.close()
				for !stop.Load() {
					v.act(time.Now())
				}
			})
		}
		before := s.current().cmd.Process.Pid
		for name, change := range map[string]func(context.Context) error{"hand over": s.handOver, "restart": s.restart} {
			if err := change(t.Context()); err != nil {
				t.Errorf("%s %s: %v", name, s.name, err)
			}
		}
		stop.Store(true)
		all.Wait()
		if after, err := s.insides(t.Context(), false); err != nil || after.PID == before || after.PID != s.current().cmd.Process.Pid {
			t.Errorf("%s: process %d answers, with error %v, want the newest", s.name, after.PID, err)
		}
	}
	if list := f.problems(); len(list) > 0 {
		t.Errorf("broken promises:\n%s", strings.Join(list, "\n"))
	}
	if f.ledger.requests() == 0 {
		t.Error("nobody asked for anything")
	}
}

func TestProcessThatEndsByItselfIsToldAndStartedAgain(t *testing.T) {
	t.Parallel()
	f := startField(t)
	first := f.app.current()
	_ = first.cmd.Process.Signal(syscall.SIGKILL)
	<-first.ended
	for end := time.Now().Add(20 * time.Second); f.app.current() == first || f.app.current() == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no process was started after the first")
		}
	}
	w, err := f.client().Get(f.url("/me"))
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Body.Close()
	if list := f.problems(); w.StatusCode != http.StatusOK || len(list) != 1 || !strings.Contains(list[0], "has ended by itself: signal: killed") {
		t.Errorf("got status %d and problems %q", w.StatusCode, list)
	}
	if err := f.app.kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list := f.problems(); len(list) != 1 {
		t.Errorf("a process that was killed on purpose is told too: %q", list)
	}
}

func TestApplicationThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	f := startField(t)
	if _, err := f.app.start(t.Context(), "SIEGE_SESSIONS=ftp://nowhere"); err == nil || !strings.Contains(err.Error(), "SIEGE_SESSIONS") {
		t.Errorf("got %v, want an error that names SIEGE_SESSIONS", err)
	}
}
