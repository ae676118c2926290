package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// options are what the flags say.
type options struct {
	requests, connections int
	over                  time.Duration
	seed                  uint64
	attacks               []attack
	json, chart           string
	program               string
}

// errBroken is what a siege ends with that has found something.
var errBroken = errors.New("a promise of SECURITY.md does not hold")

// besiege starts the sites, lets visitors and attacks at them, and writes the score card.
func besiege(ctx context.Context, o options, out io.Writer) error {
	if o.program == "" {
		program, err := os.Executable()
		if err != nil {
			return err
		}
		o.program = program
	}
	folder, err := os.MkdirTemp("", "siege-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	f, err := newField(o.program, folder, o.seed)
	if err != nil {
		return err
	}
	defer f.close()
	if err := f.start(ctx); err != nil {
		return err
	}
	if err := f.siege(ctx, o); err != nil {
		return err
	}
	if err := f.close(); err != nil {
		f.broken(nothingDropped, "%v", err)
	}
	return f.report(o, out)
}

// siege lets visitors and attacks at the sites until the requests are made and each attack had its turn.
func (f *field) siege(ctx context.Context, o options) error {
	c := &crowd{field: f, connections: o.connections, requests: o.requests, over: o.over}
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		defer close(done)
		c.run(ctx)
	})
	defer all.Wait()
	return f.attack(ctx, o, done)
}

// attack makes the attacks in turn, again and again until the crowd is done, but each of them once.
func (f *field) attack(ctx context.Context, o options, done <-chan struct{}) error {
	slot := 10 * time.Second
	if n := len(o.attacks); n > 0 && o.over > 0 {
		slot = o.over * 8 / 10 / time.Duration(n)
	}
	for round := 0; len(o.attacks) > 0; round++ {
		for _, a := range o.attacks {
			if round > 0 && isDone(done) {
				return nil
			}
			if err := f.once(ctx, a, slot); err != nil {
				return err
			}
		}
	}
	return nil
}

func isDone(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// once makes an attack that may take so long.
func (f *field) once(ctx context.Context, a attack, slot time.Duration) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, slot)
	defer cancel()
	if a.refuses {
		f.refuses.Add(1)
		defer time.AfterFunc(2*time.Second, func() { f.refuses.Add(-1) }) // breakers of stores close a little later
	}
	if err := a.run(limited, f); err != nil && limited.Err() == nil {
		return fmt.Errorf("attack %s: %w", a.name, err)
	}
	return nil
}
