package main

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"
)

// budgets are what a request to dewar allocates in each work, at most. Lower a line as soon as less is needed, which the log of
// TestWhatARequestAllocates tells (go test -v -run Allocates ./compare); raise one only together with the reason for it.
var budgets = map[string]allocated{
	"text":         {1, 176}, // the Context
	"json":         {2, 200}, // and the struct
	"github":       {1, 176},
	"page":         {695, 15704}, // 8 more than html/template by hand, and fewer bytes
	"read":         {3, 768},
	"write":        {4, 1024},
	"memory-read":  {8, 1280},
	"memory-write": {13, 1824},
	"redis-read":   {44, 3288},
	"redis-write":  {71, 4904}, // in some runs 8 bytes fewer
}

// TestWhatARequestAllocates holds every work of dewar to its budget. No time is asserted here, for times are noise where tests run:
// command gate compares them.
func TestWhatARequestAllocates(t *testing.T) {
	countsAllocations(t)
	at := place{redis: redisFor(t)}
	for _, w := range doneBy(t, ownName) {
		budget, ok := budgets[w.name]
		if !ok {
			t.Errorf("%s has no budget; add a line to budgets: %q: {allocations, bytes}", w.name, w.name)
			continue
		}
		if at.redis == "" && needsRedis(w) {
			t.Logf("SKIPPED: %s: there is no redis-server", w.name)
			continue
		}
		got := cost(t, ownName, w, at)
		if got.Allocations > budget.Allocations || got.Bytes > budget.Bytes {
			t.Errorf("%s: got %v for a request, want %v at most; if that is meant, change its line in budgets to %q: {%v, %v} and say why",
				w.name, got, budget, w.name, got.Allocations, got.Bytes)
		} else if got != budget {
			t.Logf("%s: got %v for a request: lower its line in budgets to %q: {%v, %v}", w.name, got, w.name, got.Allocations, got.Bytes)
		}
	}
}

// TestAPageAllocatesLittleMoreThanHTMLTemplate compares the page with html/template by hand, whose cost depends on the version of Go.
func TestAPageAllocatesLittleMoreThanHTMLTemplate(t *testing.T) {
	countsAllocations(t)
	page, err := workNamed("page")
	if err != nil {
		t.Fatal(err)
	}
	got, byHand := cost(t, ownName, page, place{}), cost(t, "net/http", page, place{})
	if got.Allocations > byHand.Allocations+8 || got.Bytes > byHand.Bytes {
		t.Errorf("got %v, want 8 allocations more than by hand and no more bytes: that takes %v", got, byHand)
	}
}

// TestEveryBudgetIsOfAWork finds budgets that hold nothing.
func TestEveryBudgetIsOfAWork(t *testing.T) {
	t.Parallel()
	for name := range budgets {
		if !slices.ContainsFunc(doneBy(t, ownName), func(w work) bool { return w.name == name }) {
			t.Errorf("budgets has %q, which is no work of %s; remove it", name, ownName)
		}
	}
}

// TestCostIsExact finds every allocation, and no more of them than there are.
func TestCostIsExact(t *testing.T) {
	countsAllocations(t)
	for _, tt := range []struct {
		name string
		each int // a request allocates one object for each so many
		want allocated
	}{
		{"none", 0, allocated{0, 0}},
		{"one for each request", 1, allocated{1, 224}},
		{"one for every third request", 3, allocated{1. / 3, 224. / 3}},
	} {
		got := costOf(&runner{asks: 3, calls: &wastefulCaller{each: tt.each}, turns: 500})
		if got != tt.want.rounded() {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want.rounded())
		}
	}
}

// A wastefulCaller allocates as a Context does, and in the beginning what is never needed again.
type wastefulCaller struct {
	each, calls int
	first       []byte
	last        *[224]byte
}

func (c *wastefulCaller) call(int) {
	if c.first == nil {
		c.first = make([]byte, 1<<20)
	}
	if c.calls++; c.each > 0 && c.calls%c.each == 0 {
		c.last = new([224]byte)
	}
}

func (c *wastefulCaller) answer(int) answer { return answer{} }

// An allocated is what a request allocates.
type allocated struct{ Allocations, Bytes float64 }

func (a allocated) String() string {
	return fmt.Sprintf("%v allocations of %v bytes", a.Allocations, a.Bytes)
}

// rounded leaves tenths of allocations and whole bytes.
func (a allocated) rounded() allocated {
	return allocated{math.Round(10*a.Allocations) / 10, math.Round(a.Bytes)}
}

// countsAllocations keeps what is none of the requests' from being counted with them: other goroutines, and the refilling of pools
// that the garbage collector has emptied. It skips the test under the race detector, which has pools forget at random.
func countsAllocations(t *testing.T) {
	t.Helper()
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("SKIPPED: the race detector allocates too; run it without -race")
	}
	cores, percent := runtime.GOMAXPROCS(1), debug.SetGCPercent(-1)
	t.Cleanup(func() {
		runtime.GOMAXPROCS(cores)
		debug.SetGCPercent(percent)
	})
}

// doneBy returns the works that a contender does.
func doneBy(t testing.TB, name string) []work {
	t.Helper()
	c, err := contenderNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(works(), func(w work) bool { return !slices.Contains(c.works, w.name) })
}

// cost returns what a request to a contender allocates.
func cost(t *testing.T, name string, w work, at place) allocated {
	t.Helper()
	return costOf(&runner{name: name, asks: len(w.asks), calls: calling(t, name, w, at), turns: 300/len(w.asks) + 1})
}

// calling returns a caller of a contender at a work.
func calling(t testing.TB, name string, w work, at place) caller {
	t.Helper()
	c, err := contenderNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.make(w.name, at)
	if err != nil {
		t.Fatal(err)
	}
	calls, err := newCaller(w, s)
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

// costOf asks once and three times as often and takes the difference, in which nothing is left of what is allocated once. What a
// goroutine of the runtime allocates now and then is in few of the rounds, and the middle one counts.
func costOf(r *runner) allocated {
	turns := r.turns
	total := func(turns int) allocated {
		r.turns = turns
		_, allocations, size := r.measure()
		n := float64(turns * r.asks)
		return allocated{allocations * n, size * n}
	}
	total(turns) // numbers below 256 cost nothing, so that the first visits are cheaper
	var allocations, size []float64
	for range 5 {
		few, many := total(turns), total(3*turns)
		n := float64(2 * turns * r.asks)
		allocations, size = append(allocations, (many.Allocations-few.Allocations)/n), append(size, (many.Bytes-few.Bytes)/n)
	}
	return allocated{spread(allocations).Mid, spread(size).Mid}.rounded()
}

// BenchmarkDewar is a request of each work in this process, for command gate.
func BenchmarkDewar(b *testing.B) {
	for _, w := range doneBy(b, ownName) {
		if needsRedis(w) {
			continue // another process has its share in what that takes
		}
		calls := calling(b, ownName, w, place{})
		b.Run(w.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				calls.call(i % len(w.asks))
			}
		})
	}
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
