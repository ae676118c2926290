package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// A runner is a contender at a work in process.
type runner struct {
	name  string
	asks  int
	calls caller
	turns int // how often all is asked in a round, so that it takes as long as it should
}

// runners makes all contenders of a work and warms them up. They must answer as they should.
func runners(w work, at place, lasts time.Duration) ([]*runner, error) {
	var list []*runner
	for _, c := range doing(w.name) {
		s, err := c.make(w.name, at)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", c.name, w.name, err)
		}
		calls, err := newCaller(w, s)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", c.name, w.name, err)
		}
		for i, a := range w.asks {
			if err := a.want.differs(calls.answer(i)); err != nil {
				return nil, fmt.Errorf("%s, %s %s: %w", c.name, a.method, a.path, err)
			}
		}
		r := &runner{name: c.name, asks: len(w.asks), calls: calls, turns: 1}
		r.calibrate(lasts)
		list = append(list, r)
	}
	return list, nil
}

// calibrate finds how many turns last that long.
func (r *runner) calibrate(lasts time.Duration) {
	for took := r.run(); took < lasts; took = r.run() {
		r.turns = max(r.turns+1, min(10*r.turns, int(1.1*float64(r.turns)*float64(lasts)/float64(took+1))))
	}
}

// run asks everything as often as it should.
func (r *runner) run() time.Duration {
	began := time.Now()
	for range r.turns {
		for i := range r.asks {
			r.calls.call(i)
		}
	}
	return time.Since(began)
}

// measure returns what one request takes: nanoseconds, allocations and their bytes.
func (r *runner) measure() (ns, allocations, size float64) {
	runtime.GC() // what others have left behind is not this one's to clean up
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	took := r.run()
	runtime.ReadMemStats(&after)
	n := float64(r.turns * r.asks)
	return float64(took) / n, float64(after.Mallocs-before.Mallocs) / n, float64(after.TotalAlloc-before.TotalAlloc) / n
}

// inProcess measures one work: each round all contenders in turn, beginning with another one each time.
func inProcess(ctx context.Context, w work, at place, rounds int, lasts time.Duration) (map[string]*Called, error) {
	list, err := runners(w, at, lasts)
	if err != nil {
		return nil, err
	}
	result := map[string]*Called{}
	for _, r := range list {
		result[r.name] = &Called{}
	}
	for round := range rounds {
		for i := range list {
			if ctx.Err() != nil {
				return nil, errors.New("interrupted")
			}
			r := list[(i+round)%len(list)]
			ns, allocations, size := r.measure()
			c := result[r.name]
			c.NS = append(c.NS, rounded(ns))
			c.Allocations, c.Bytes = least(c.Allocations, allocations, round), least(c.Bytes, size, round)
		}
	}
	return result, nil
}

// least keeps the smaller of a figure and those of earlier rounds: what the runtime itself allocates now and then is not the
// contender's.
func least(before, now float64, round int) float64 {
	if round == 0 {
		return rounded(now)
	}
	return min(before, rounded(now))
}
