package main

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// TestMain lets the test program be the servers too, as the program itself is.
func TestMain(m *testing.M) {
	if child, err := serveChild(); child {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestMeasureShortly goes the whole way of a measurement with two works, for as short a time as it can.
func TestMeasureShortly(t *testing.T) {
	read, err := workNamed("read")
	if err != nil {
		t.Fatal(err)
	}
	text, err := workNamed("text")
	if err != nil {
		t.Fatal(err)
	}
	m, err := measure(t.Context(), []work{read, text}, 2, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []work{read, text} {
		for _, c := range doing(w.name) {
			if called := m.InProcess[w.name][c.name]; called == nil || len(called.NS) != 2 || spread(called.NS).Low <= 0 {
				t.Errorf("%s, %s in process: got %v, want two figures", w.name, c.name, called)
			}
			served := m.Socket[w.name][c.name]
			if served == nil || len(served.Rate) != 2 || spread(served.Rate).Low <= 0 {
				t.Errorf("%s, %s over a socket: got %v, want two figures", w.name, c.name, served)
			} else if runtime.GOOS == "linux" && (served.Memory < 1<<20 || spread(served.CPU).Low <= 0) {
				t.Errorf("%s, %s over a socket: got %v, want memory and CPU time", w.name, c.name, served)
			}
		}
	}
	if runtime.GOOS == "linux" {
		for _, p := range programs {
			if a := m.Alone[p.name]; a == nil || len(a.Loaded) != 2 || spread(a.Started).Low < 1<<20 || spread(a.Loaded).Low <= spread(a.Started).Low || spread(a.Idle).Low <= 0 {
				t.Errorf("%s alone: got %+v, want two figures of each kind, and more after the load", p.name, a)
			}
		}
	}
	if _, err := documents(m); err != nil {
		t.Errorf("what was measured gives no page: %v", err)
	}
	if m.Machine.Cores == 0 || m.Machine.CPU == "" {
		t.Errorf("got the machine %v", m.Machine)
	}
}
