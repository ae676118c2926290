package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A stopwatch takes the times of one turn of several benchmarks of a program, in seconds for each operation.
type stopwatch func(ctx context.Context, p *program, names []string) (map[string]float64, error)

// Turns are short, and of several the fastest counts: it is the one that was disturbed least. A longer one is never undisturbed on a
// machine that does other things too.
const (
	shortTurn  = "500us"
	shortTurns = 14
)

// fastest is the stopwatch of real programs.
func fastest(ctx context.Context, p *program, names []string) (map[string]float64, error) {
	results, err := p.run(ctx, turn{pattern: exactly(names...), lasts: shortTurn, count: shortTurns})
	if err != nil {
		return nil, err
	}
	best := map[string]float64{}
	for _, name := range names {
		all := named(results, name)
		if len(all) == 0 {
			return nil, fmt.Errorf("%s: benchmark %s is there at one time and not at another", filepath.Base(p.file), name)
		}
		best[name] = slices.Min(figures(all, seconds))
	}
	return best, nil
}

// A plan is how often and how long it is measured.
type plan struct {
	rounds, again int           // of all rows, and of those that look slower
	lasts         time.Duration // of all rows, and half as long at least of those that look slower; what is not measured by then is not told
	least         float64       // the ratio from which on a row counts as slower
}

const (
	// atFirst is the confidence with which a row is let go, inTheEnd that with which one fails.
	atFirst, inTheEnd = 0.9, 0.99
	// enough are the rounds that inTheEnd takes.
	enough = 8
)

// measure takes the times of all rows, and again of those that are not found even, the slowest of them first, as many as there is time
// for. The rounds that made a row suspect do not count against it.
func (p plan) measure(ctx context.Context, rows []*row, watch stopwatch, say func(format string, args ...any)) error {
	if len(rows) == 0 {
		return nil
	}
	say("taking their times in %d rounds, or as many as %v are enough for", p.rounds, p.lasts)
	began := time.Now()
	done, err := measureRounds(ctx, rows, p.rounds, began.Add(p.lasts), watch)
	if err != nil {
		return err
	}
	each := time.Since(began) / time.Duration(done*len(rows))
	for _, r := range rows {
		r.estimate = judge(r.times, atFirst, p.least)
	}
	doubtful := suspects(rows)
	if len(doubtful) == 0 {
		return nil
	}
	end := began.Add(p.lasts * 3 / 2)
	room := time.Until(end) / max(2*enough*each, 1) // twice enough, for it may take longer now
	doubtful = doubtful[:min(len(doubtful), max(int(room), 1))]
	say("taking the times of %d that may be slower again, in %d rounds, or as many as %v are enough for", len(doubtful), p.again, time.Until(end).Round(time.Second))
	for _, r := range doubtful {
		r.times, r.again = times{}, true
	}
	_, err = measureRounds(ctx, doubtful, p.again, end, watch)
	for _, r := range doubtful {
		r.estimate = judge(r.times, inTheEnd, p.least)
	}
	return err
}

// suspects returns the rows that may be slower, those that look slowest first.
func suspects(rows []*row) []*row {
	var list []*row
	for _, r := range rows {
		if r.estimate.verdict == slower || r.estimate.verdict == cannotTell {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b *row) int { return cmp.Compare(b.estimate.ratio.Center, a.estimate.ratio.Center) })
	return list
}

// measureRounds runs rounds until it is time, one at least, and returns how many.
func measureRounds(ctx context.Context, rows []*row, rounds int, until time.Time, watch stopwatch) (done int, err error) {
	all := groups(rows)
	for done < rounds && (done == 0 || time.Now().Before(until)) {
		for i := range all {
			if err := all[(i+done)%len(all)].round(ctx, watch); err != nil {
				return done, err
			}
		}
		done++
	}
	return done, nil
}

// A group are rows that one run measures, those below the same benchmark, so that what that prepares is prepared once.
type group []*row

// groups puts rows into groups.
func groups(rows []*row) []group {
	var all []group
	for _, r := range rows {
		i := slices.IndexFunc(all, func(g group) bool { return g[0].head == r.head && above(g[0].name) == above(r.name) })
		if i < 0 {
			i, all = len(all), append(all, nil)
		}
		all[i] = append(all[i], r)
	}
	return all
}

// above returns the name of the benchmark function.
func above(name string) string {
	name, _, _ = strings.Cut(name, "/")
	return name
}

// round is a turn of head between two of base.
func (g group) round(ctx context.Context, watch stopwatch) error {
	var names []string
	for _, r := range g {
		names = append(names, r.name)
	}
	var took [3]map[string]float64
	for i, p := range []*program{g[0].base, g[0].head, g[0].base} {
		var err error
		if took[i], err = watch(ctx, p, names); err != nil {
			return err
		}
	}
	for _, r := range g {
		t := &r.times
		t.first, t.head, t.second = append(t.first, took[0][r.name]), append(t.head, took[1][r.name]), append(t.second, took[2][r.name])
	}
	return nil
}
