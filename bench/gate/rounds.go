package main

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// A stopwatch takes the time of one turn of a row's benchmark in one of its programs, in seconds for each operation.
type stopwatch func(ctx context.Context, p *program, name string) (float64, error)

// Turns are short, and of several the fastest counts: it is the one that was disturbed least. A longer one is never undisturbed on a
// machine that does other things too.
const (
	shortTurn  = "500us"
	shortTurns = 20
)

// fastest is the stopwatch of real programs.
func fastest(ctx context.Context, p *program, name string) (float64, error) {
	results, err := p.run(ctx, turn{pattern: exactly(name), lasts: shortTurn, count: shortTurns})
	if err != nil {
		return 0, err
	}
	best := results[0].seconds
	for _, r := range results {
		best = min(best, r.seconds)
	}
	return best, nil
}

// A plan is how often and how long it is measured.
type plan struct {
	rounds, again int           // of all rows, and of those that look slower
	lasts         time.Duration // in all; what is not measured by then is not told
	least         float64       // the ratio from which on a row counts as slower
}

const (
	// atFirst is the confidence with which a row is let go, inTheEnd that with which one fails.
	atFirst, inTheEnd = 0.9, 0.99
	// enough are the rounds that inTheEnd takes.
	enough = 8
)

// measure takes the times of all rows, and again of those that are not found even, the slowest of them first, as many as there is time
// for. Rounds that made a row suspect do not count against it.
func (p plan) measure(ctx context.Context, rows []*row, watch stopwatch, say func(format string, args ...any)) error {
	began := time.Now()
	say("taking their times in %d rounds, as far as %v are enough", p.rounds, p.lasts)
	done, err := measureRounds(ctx, rows, p.rounds, began.Add(p.lasts*6/10), watch)
	if err != nil || len(rows) == 0 {
		return err
	}
	turn := time.Since(began) / time.Duration(done*len(rows))
	for _, r := range rows {
		r.estimate = judge(r.times, atFirst, p.least)
	}
	doubtful := suspects(rows)
	room := int((p.lasts - time.Since(began)) / max(enough*turn, 1))
	doubtful = doubtful[:min(len(doubtful), max(room, 1))]
	if len(doubtful) == 0 {
		return nil
	}
	say("taking the times of %d that look slower again, in up to %d rounds", len(doubtful), p.again)
	for _, r := range doubtful {
		r.times = times{}
	}
	_, err = measureRounds(ctx, doubtful, p.again, began.Add(p.lasts), watch)
	for _, r := range rows {
		r.again = slices.Contains(doubtful, r)
	}
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
	for done < rounds && (done == 0 || time.Now().Before(until)) {
		for i := range rows {
			if err := rows[(i+done)%len(rows)].turns(ctx, watch); err != nil {
				return done, err
			}
		}
		done++
	}
	return done, nil
}

// turns is a round of one row.
func (r *row) turns(ctx context.Context, watch stopwatch) error {
	var took [3]float64
	for i, p := range []*program{r.base, r.head, r.base} {
		var err error
		if took[i], err = watch(ctx, p, r.name); err != nil {
			return err
		}
	}
	t := &r.times
	t.first, t.head, t.second = append(t.first, took[0]), append(t.head, took[1]), append(t.second, took[2])
	return nil
}
