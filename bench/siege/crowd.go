package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A crowd is the load: visitors on as many connections, until so many requests were made or the time is over.
type crowd struct {
	field       *field
	connections int
	requests    int
	over        time.Duration // in which all requests are made at a constant rate; 0 for as fast as they are answered
	begun       atomic.Int64
}

// run visits until all requests are made, or ctx ends.
func (c *crowd) run(ctx context.Context) {
	var all sync.WaitGroup
	began := time.Now()
	for i := range c.connections {
		all.Go(func() { c.visit(ctx, began, i) })
	}
	all.Wait()
}

// visit is one connection's part. At a constant rate a request counts from the moment when its turn was, even if the answers
// before it were late: so an App that stops for a second is not asked less in that second.
func (c *crowd) visit(ctx context.Context, began time.Time, i int) {
	sites := c.field.sites
	v := c.field.visitor(sites[i%len(sites)])
	defer v.close()
	for ctx.Err() == nil {
		n := c.begun.Add(1) - 1
		if n >= int64(c.requests) {
			return
		}
		wanted := time.Now()
		if c.over > 0 {
			wanted = began.Add(time.Duration(float64(c.over) * float64(n) / float64(c.requests)))
			if !sleepUntil(ctx, wanted) {
				return
			}
			c.field.pulse.late(time.Since(wanted))
		}
		v.act(wanted)
	}
}

// sleepUntil waits until a moment, or reports false when ctx ends before.
func sleepUntil(ctx context.Context, moment time.Time) bool {
	d := time.Until(moment)
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
