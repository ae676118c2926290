package main

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// A machine is a stopwatch on which all programs but the slow one take the same time, and that is disturbed.
type machine struct {
	random *rand.Rand
	slow   map[*program]float64 // how many times the time it takes
	// spread is the standard deviation of the logarithm of a turn's time.
	spread float64
	// bursts is how often something else has the machine for a while, in which everything takes three times as long.
	bursts float64
	busy   int // turns that are left of one
	speed  float64
	turns  int
}

func newMachine(seed uint64, spread, bursts float64) *machine {
	return &machine{random: rand.New(rand.NewPCG(seed, 1)), slow: map[*program]float64{}, spread: spread, bursts: bursts, speed: 1}
}

func (m *machine) time(_ context.Context, p *program, names []string) (map[string]float64, error) {
	took := map[string]float64{}
	for _, name := range names {
		took[name] = m.turn(p)
	}
	return took, nil
}

func (m *machine) turn(p *program) float64 {
	m.turns++
	if m.busy > 0 {
		m.busy--
	} else if m.random.Float64() < m.bursts {
		m.busy = m.random.IntN(5)
	}
	m.speed *= math.Exp(m.spread * m.random.NormFloat64() / 10) // it wanders
	took := 1e-7 * m.speed * math.Exp(m.spread*m.random.NormFloat64())
	if m.busy > 0 {
		took *= 3
	}
	if factor, ok := m.slow[p]; ok {
		took *= factor
	}
	return took
}

// rowsOn returns rows of which head takes some times as long as base.
func rowsOn(m *machine, n int, factor float64) []*row {
	var rows []*row
	for range n {
		r := &row{base: new(program), head: new(program)}
		m.slow[r.head] = factor
		rows = append(rows, r)
	}
	return rows
}

var quick = plan{rounds: 8, again: 40, lasts: time.Minute, least: 1.1}

func quiet(string, ...any) {}

// TestVerdicts measures many rows on machines that only seem to be ones, as many as in a hundred runs of the gate.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	const rows = 5000
	for _, tt := range []struct {
		name           string
		spread, bursts float64
		factor         float64
		slower, untold [2]float64 // the shares of rows, at least and at most
	}{
		{"equal on a quiet machine", 0.02, 0, 1, [2]float64{0, 0}, [2]float64{0, 0}},
		{"equal on a busy machine", 0.1, 0.02, 1, [2]float64{0, 0}, [2]float64{0, 0.3}},
		{"equal under heavy noise", 0.4, 0.1, 1, [2]float64{0, 0.0005}, [2]float64{0, 1}},
		{"equal under wild noise", 1, 0.2, 1, [2]float64{0, 0.0005}, [2]float64{0.6, 1}},
		{"5 % slower, which is less than what counts", 0.02, 0, 1.05, [2]float64{0, 0}, [2]float64{0, 0.05}},
		{"30 % slower on a quiet machine", 0.02, 0, 1.3, [2]float64{1, 1}, [2]float64{0, 0}},
		{"30 % slower on a busy machine", 0.1, 0.02, 1.3, [2]float64{0.95, 1}, [2]float64{0, 0.05}},
		{"twice as slow on a busy machine", 0.1, 0.02, 2, [2]float64{0.99, 1}, [2]float64{0, 0.01}},
		{"30 % slower under wild noise", 1, 0.2, 1.3, [2]float64{0, 0.002}, [2]float64{0.6, 1}},
		{"30 % faster", 0.02, 0, 1 / 1.3, [2]float64{0, 0}, [2]float64{0, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(16, tt.spread, tt.bursts)
			list := rowsOn(m, rows, tt.factor)
			for batch := range 100 {
				if err := quick.measure(t.Context(), list[batch*rows/100:(batch+1)*rows/100], m.time, quiet); err != nil {
					t.Fatal(err)
				}
			}
			count := map[verdict]int{}
			for _, r := range list {
				count[r.final()]++
			}
			t.Log(count)
			share := func(v verdict) float64 { return float64(count[v]) / rows }
			if got := share(slower); got < tt.slower[0] || got > tt.slower[1] {
				t.Errorf("a share of %.4f is slower, want %v", got, tt.slower)
			}
			if got := share(cannotTell); got < tt.untold[0] || got > tt.untold[1] {
				t.Errorf("a share of %.4f is not told, want %v", got, tt.untold)
			}
			if tt.factor < 0.8 && share(faster) < 0.99 {
				t.Errorf("a share of %.4f is faster, want all", share(faster))
			}
		})
	}
}

// TestTooFewRoundsTellNothing has no interval where there cannot be one.
func TestTooFewRoundsTellNothing(t *testing.T) {
	t.Parallel()
	var few times
	for n := 1; n < enough; n++ {
		few.first, few.head, few.second = append(few.first, 1), append(few.head, 9), append(few.second, 1)
		if e := judge(few, inTheEnd, 1.1); e.verdict != cannotTell {
			t.Errorf("%d rounds: got %q, want %q", n, e.verdict, cannotTell)
		}
	}
	few.first, few.head, few.second = append(few.first, 1), append(few.head, 9), append(few.second, 1)
	if e := judge(few, inTheEnd, 1.1); e.verdict != slower || e.String() != "9.00 [9.00 9.00]" || e.spread() != "1.00" {
		t.Errorf("%d rounds: got %q, %v, noise %s", enough, e.verdict, e, e.spread())
	}
}

// TestGrowthOfAllocations counts what each request needs, and not what is needed once.
func TestGrowthOfAllocations(t *testing.T) {
	t.Parallel()
	always := func(allocations, size float64) []result {
		var list []result
		for range memoryAgain {
			list = append(list, result{allocations: allocations, bytes: size})
		}
		return list
	}
	varied := func(seed uint64, allocations, size float64) []result {
		random := rand.New(rand.NewPCG(seed, 2))
		list := always(allocations, size)
		for i := range list {
			list[i].allocations += float64(random.IntN(10))
			list[i].bytes += float64(random.IntN(1000))
		}
		return list
	}
	once := always(1, 224)
	once[0] = result{allocations: 9, bytes: 4000}
	for _, tt := range []struct {
		name          string
		base, head    []result
		suspect, grew bool
	}{
		{"the same", always(1, 224), always(1, 224), false, false},
		{"one object more", always(1, 224), always(2, 224), true, true},
		{"eight bytes more", always(1, 224), always(1, 232), true, true},
		{"less than any object has", always(1, 224), always(1, 231), false, false},
		{"less", always(2, 240), always(1, 224), false, false},
		{"fewer of more bytes", always(2, 224), always(1, 240), true, true},
		{"something that is needed once", always(1, 224), once, false, false},
		{"something that was needed once", once, always(1, 224), false, false},
		{"one object more than what is needed once", once, always(2, 240), true, true},
		{"other random numbers", varied(1, 90, 8000), varied(2, 90, 8000), true, false},
		{"more than what differs from run to run", varied(1, 90, 8000), varied(2, 100, 8000), true, true},
	} {
		g := growth{tt.base, tt.head}
		if tt.name != "other random numbers" && g.suspect() != tt.suspect {
			t.Errorf("%s: suspect is %v, want %v", tt.name, g.suspect(), tt.suspect)
		}
		if g.grew() != tt.grew {
			t.Errorf("%s: grew is %v, want %v", tt.name, g.grew(), tt.grew)
		}
	}
}
