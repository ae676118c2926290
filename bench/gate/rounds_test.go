package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRoundsAreInterleaved has head between two turns of base in each round, and each round begin with another benchmark.
func TestRoundsAreInterleaved(t *testing.T) {
	t.Parallel()
	base, head := new(program), new(program)
	var rows []*row
	for _, name := range []string{"A/x", "B", "A/y"} {
		rows = append(rows, &row{name: name, base: base, head: head})
	}
	var got []string
	watch := func(_ context.Context, p *program, names []string) (map[string]float64, error) {
		text := strings.Join(names, ",")
		if p == head {
			text = "head of " + text
		}
		got = append(got, text)
		took := map[string]float64{}
		for i, name := range names {
			took[name] = float64(len(got) + 100*i)
		}
		return took, nil
	}
	done, err := measureRounds(t.Context(), rows, 2, time.Now().Add(time.Hour), watch)
	want := []string{"A/x,A/y", "head of A/x,A/y", "A/x,A/y", "B", "head of B", "B", "B", "head of B", "B", "A/x,A/y", "head of A/x,A/y", "A/x,A/y"}
	if err != nil || done != 2 || !slices.Equal(got, want) {
		t.Errorf("got %d rounds with %q and error %v, want %q", done, got, err, want)
	}
	for i, want := range []times{{[]float64{1, 10}, []float64{2, 11}, []float64{3, 12}}, {[]float64{4, 7}, []float64{5, 8}, []float64{6, 9}}, {[]float64{101, 110}, []float64{102, 111}, []float64{103, 112}}} {
		if got := rows[i].times; !slices.Equal(got.first, want.first) || !slices.Equal(got.head, want.head) || !slices.Equal(got.second, want.second) {
			t.Errorf("%s: got the times %v, want %v", rows[i].name, got, want)
		}
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
	late := plan{rounds: 6, again: 48, lasts: time.Nanosecond, least: 1.1}
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
	watch := func(ctx context.Context, p *program, names []string) (map[string]float64, error) {
		if m.turns == 3*quick.rounds {
			m.slow[rows[0].head] = 1
		}
		return m.time(ctx, p, names)
	}
	if err := quick.measure(t.Context(), rows, watch, quiet); err != nil || !rows[0].again || rows[0].final() != even {
		t.Errorf("got %q, measured again: %v, error %v; want %q", rows[0].final(), rows[0].again, err, even)
	}
}

// TestAFailingBenchmarkIsAnError ends the measurement.
func TestAFailingBenchmarkIsAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("it fails")
	watch := func(context.Context, *program, []string) (map[string]float64, error) { return nil, broken }
	if err := quick.measure(t.Context(), rowsOn(newMachine(1, 0, 0), 1, 1), watch, quiet); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}
