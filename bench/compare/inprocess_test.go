package main

import (
	"math"
	"runtime"
	"testing"
	"time"
)

// TestWhatARequestAllocates holds what a request to dewar allocates to what it may: no time is asserted, for times are noise where
// tests run. Raise a budget only together with the reason for it.
func TestWhatARequestAllocates(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for name, budget := range map[string]struct{ allocations, bytes float64 }{
		"text":         {1, 224}, // the Context
		"json":         {2, 248}, // and the struct
		"github":       {1, 224},
		"read":         {4, 1400},
		"write":        {11, 2050},
		"memory-read":  {8, 1900},
		"memory-write": {16, 2550},
	} {
		allocations, size := cost(t, ownName, name)
		t.Logf("%s: %.2f allocations, %.0f bytes", name, allocations, size)
		if math.Round(allocations) > budget.allocations {
			t.Errorf("%s: %.2f allocations for each request, want %v at most", name, allocations, budget.allocations)
		}
		if size > budget.bytes+8 { // a pool that was emptied is filled again
			t.Errorf("%s: %.0f bytes for each request, want %v at most", name, size, budget.bytes)
		}
	}
	allocations, size := cost(t, ownName, "page")
	byHand, sizeByHand := cost(t, "net/http", "page")
	if allocations > byHand+8 || size > sizeByHand {
		t.Errorf("page: %.0f allocations and %.0f bytes, want 8 more than the %.0f of net/http and no more than its %.0f", allocations, size, byHand, sizeByHand)
	}
}

// cost returns what a request to a contender allocates.
func cost(t *testing.T, name, work string) (allocations, size float64) {
	t.Helper()
	w, err := workNamed(work)
	if err != nil {
		t.Fatal(err)
	}
	c, err := contenderNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.make(work, place{})
	if err != nil {
		t.Fatal(err)
	}
	calls, err := newCaller(w, s)
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{name: name, asks: len(w.asks), calls: calls, turns: 500/len(w.asks) + 1}
	allocations, size = math.Inf(1), math.Inf(1)
	for range 5 { // what the runtime allocates now and then is not the contender's
		_, a, b := r.measure()
		allocations, size = min(allocations, a), min(size, b)
	}
	return allocations, size
}

// TestTurnsLastAsLongAsTheyShould has a contender asked more often until it takes the time of a turn.
func TestTurnsLastAsLongAsTheyShould(t *testing.T) {
	t.Parallel()
	var asked int
	r := &runner{asks: 3, calls: countingCaller{&asked}, turns: 1}
	r.calibrate(2 * time.Millisecond)
	before := asked
	r.run()
	if n := asked - before; n != 3*r.turns || r.turns < 2 {
		t.Errorf("a turn asks %d times, in %d turns of 3", n, r.turns)
	}
}

type countingCaller struct{ asked *int }

func (c countingCaller) call(int)          { *c.asked++ }
func (c countingCaller) answer(int) answer { return answer{} }
