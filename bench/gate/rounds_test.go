package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// TestRoundsAreInterleaved has head between two turns of base in each round, and each round begin with another row.
func TestRoundsAreInterleaved(t *testing.T) {
	t.Parallel()
	rows := []*row{{name: "a", base: new(program), head: new(program)}, {name: "b", base: new(program), head: new(program)}}
	var got []string
	watch := func(_ context.Context, p *program, name string) (float64, error) {
		if p == rows[0].head || p == rows[1].head {
			name = "head of " + name
		}
		got = append(got, name)
		return float64(len(got)), nil
	}
	done, err := measureRounds(t.Context(), rows, 2, time.Now().Add(time.Hour), watch)
	want := []string{"a", "head of a", "a", "b", "head of b", "b", "b", "head of b", "b", "a", "head of a", "a"}
	if err != nil || done != 2 || !slices.Equal(got, want) {
		t.Errorf("got %d rounds with %q and error %v, want %q", done, got, err, want)
	}
	if a := rows[0].times; !slices.Equal(a.first, []float64{1, 10}) || !slices.Equal(a.head, []float64{2, 11}) || !slices.Equal(a.second, []float64{3, 12}) {
		t.Errorf("got the times %v of a", a)
	}
}

// TestRoundsEndInTime measures at least once, and not again when the time is over.
func TestRoundsEndInTime(t *testing.T) {
	t.Parallel()
	m := newMachine(1, 0, 0)
	rows := rowsOn(m, 3, 1)
	if done, err := measureRounds(t.Context(), rows, 100, time.Now().Add(-time.Second), m.time); err != nil || done != 1 || m.turns != 9 {
		t.Errorf("got %d rounds and %d turns, error %v, want one round of 9", done, m.turns, err)
	}
	late := plan{rounds: 6, again: 40, lasts: time.Nanosecond, least: 1.1}
	rows = rowsOn(m, 3, 2)
	if err := late.measure(t.Context(), rows, m.time, quiet); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.final() != cannotTell {
			t.Errorf("got %q without time, want %q", r.final(), cannotTell)
		}
	}
}

// TestOnlyWhatLooksSlowerIsMeasuredAgain leaves alone what is found even, and begins with the slowest.
func TestOnlyWhatLooksSlowerIsMeasuredAgain(t *testing.T) {
	t.Parallel()
	m := newMachine(1, 0.01, 0)
	rows := rowsOn(m, 4, 1)
	m.slow[rows[1].head], m.slow[rows[3].head] = 1.3, 2
	if err := quick.measure(t.Context(), rows, m.time, quiet); err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		rounds, verdict := quick.rounds, even
		if i%2 == 1 {
			rounds, verdict = quick.again, slower
		}
		if len(r.times.head) != rounds || r.final() != verdict {
			t.Errorf("row %d: got %d rounds and %q, want %d and %q", i, len(r.times.head), r.final(), rounds, verdict)
		}
	}
	if got := suspects(rows); len(got) != 2 || got[0] != rows[3] {
		t.Errorf("got %d suspects, the first of them %.2f times as slow", len(got), got[0].estimate.ratio.Center)
	}
}

// TestWhatLookedSlowerByChancePasses counts the later rounds alone.
func TestWhatLookedSlowerByChancePasses(t *testing.T) {
	t.Parallel()
	m := newMachine(1, 0.01, 0)
	rows := rowsOn(m, 1, 1.5)
	watch := func(ctx context.Context, p *program, name string) (float64, error) {
		if m.turns == 3*quick.rounds {
			m.slow[rows[0].head] = 1
		}
		return m.time(ctx, p, name)
	}
	if err := quick.measure(t.Context(), rows, watch, quiet); err != nil || !rows[0].again || rows[0].final() != even {
		t.Errorf("got %q, measured again: %v, error %v; want %q", rows[0].final(), rows[0].again, err, even)
	}
}

// TestAFailingBenchmarkIsAnError ends the measurement.
func TestAFailingBenchmarkIsAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("it fails")
	watch := func(context.Context, *program, string) (float64, error) { return 0, broken }
	if err := quick.measure(t.Context(), rowsOn(newMachine(1, 0, 0), 1, 1), watch, quiet); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}
