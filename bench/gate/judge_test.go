package main

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A machine is a stopwatch on which all programs but the slow one take the same time, and that is disturbed.
type machine struct {
	random *rand.Rand
	slow   map[*program]float64 // how many times the time it takes
	// spread is the standard deviation of the logarithm of a turn's time.
	spread float64
	// disturbed is the share of turns in which something else has the machine, for a few turns and as much of it as it likes.
	disturbed float64
	left      int     // turns of such a time
	speed     float64 // which wanders
	turns     int
}

func newMachine(seed uint64, spread, disturbed float64) *machine {
	return &machine{random: rand.New(rand.NewPCG(seed, 1)), slow: map[*program]float64{}, spread: spread, disturbed: disturbed, speed: 1}
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
	m.speed *= math.Exp(m.spread * m.random.NormFloat64() / 10)
	took := 1e-7 * m.speed * math.Exp(m.spread*m.random.NormFloat64())
	const lasts = 2 // turns, as a rule
	if m.left == 0 && m.random.Float64() < m.disturbed/lasts/(1-m.disturbed*(lasts-1)/lasts) {
		m.left = 1 + m.random.IntN(2*lasts-1)
	}
	if m.left > 0 {
		m.left--
		took *= 1 + 0.6*m.random.ExpFloat64()
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

var quick = plan{rounds: 8, again: 48, lasts: time.Minute, least: 1.1}

func quiet(string, ...any) {}

// TestVerdicts measures many rows on machines that only seem to be ones, as many as in some thirty runs of the gate.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	const rows = 2000
	for _, tt := range []struct {
		name              string
		spread, disturbed float64
		factor            float64
		slower, untold    [2]float64 // the shares of rows, at least and at most
	}{
		{"equal on a quiet machine", 0.015, 0, 1, [2]float64{0, 0}, [2]float64{0, 0}},
		{"equal on a busy machine", 0.015, 0.35, 1, [2]float64{0, 0}, [2]float64{0, 0.05}},
		{"equal under heavy noise", 0.1, 0.7, 1, [2]float64{0, 0.0005}, [2]float64{0, 1}},
		{"equal under wild noise", 1, 0.7, 1, [2]float64{0, 0.0005}, [2]float64{0.9, 1}},
		{"5 % slower, which is less than what counts", 0.015, 0, 1.05, [2]float64{0, 0}, [2]float64{0, 0.01}},
		{"20 % slower on a busy machine", 0.015, 0.35, 1.2, [2]float64{0.9, 1}, [2]float64{0, 0.1}},
		{"30 % slower on a quiet machine", 0.015, 0, 1.3, [2]float64{1, 1}, [2]float64{0, 0}},
		{"30 % slower on a busy machine", 0.015, 0.35, 1.3, [2]float64{0.95, 1}, [2]float64{0, 0.05}},
		{"twice as slow under heavy noise", 0.1, 0.7, 2, [2]float64{0.7, 1}, [2]float64{0, 0.3}},
		{"30 % slower under wild noise", 1, 0.7, 1.3, [2]float64{0, 0.002}, [2]float64{0.9, 1}},
		{"30 % faster", 0.015, 0, 1 / 1.3, [2]float64{0, 0}, [2]float64{0, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(16, tt.spread, tt.disturbed)
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

// TestFoldedTakesTheFastestOfNeighbours leaves few rounds as they are.
func TestFoldedTakesTheFastestOfNeighbours(t *testing.T) {
	t.Parallel()
	for rounds, want := range map[int]int{1: 1, 8: 8, 23: 23, 24: 12, 25: 13, 48: 12} {
		var some times
		for i := range rounds {
			some.first, some.head, some.second = append(some.first, float64(i%2)), append(some.head, float64(2+i%2)), append(some.second, 9)
		}
		got := some.folded()
		if len(got.first) != want || len(got.head) != want || len(got.second) != want {
			t.Errorf("%d rounds become %d, want %d", rounds, len(got.head), want)
		}
		if want < rounds && (slices.Max(got.first) > 0 || slices.Max(got.head) > 2) {
			t.Errorf("%d rounds become %v, want the fastest", rounds, got)
		}
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
