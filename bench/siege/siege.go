package main

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// options are what the flags say.
type options struct {
	requests, connections int
	over, quiet           time.Duration
	seed                  uint64
	attacks               []attack
	json, chart, docs     string
	program               string
	redis                 string // URL of one for a site more
}

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
	f, err := newField(o, folder)
	if err != nil {
		return err
	}
	defer f.close()
	if err := f.start(ctx); err != nil {
		return err
	}
	w, err := newWatch(ctx, f)
	if err != nil {
		return err
	}
	f.ledger.begins()
	f.siege(ctx, o, w)
	took := time.Since(f.ledger.began)
	w.finish(context.WithoutCancel(ctx), o.quiet)
	f.close()
	f.leftovers()
	f.count(tooBusy, int(f.pulse.spells.Load()))
	card := f.ledger.scoreCard(o, took, w.held)
	card.print(out)
	verdict := card.verdict(ctx)
	return errors.Join(verdict, card.save(o, verdict == nil))
}

// siege lets visitors and attacks at the sites until the requests are made and each attack had its turn.
func (f *field) siege(ctx context.Context, o options, w *watch) {
	watching, stop := context.WithCancel(ctx)
	var watchers sync.WaitGroup
	watchers.Go(func() { w.look(watching) })
	watchers.Go(func() { f.pulse.beat(watching) })
	watchers.Go(func() { f.ledger.progress(watching, os.Stderr, w) })
	defer watchers.Wait()
	defer stop()
	c := &crowd{field: f, connections: o.connections, requests: o.requests, over: o.over}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run(ctx)
	}()
	f.attack(ctx, o, done)
	<-done
}

// attack makes the attacks in turn, again and again until the crowd is done, but each of them once.
func (f *field) attack(ctx context.Context, o options, done <-chan struct{}) {
	slot := 10 * time.Second
	if n := len(o.attacks); n > 0 && o.over > 0 {
		slot = o.over * 9 / 10 / time.Duration(n)
	}
	for round := 0; len(o.attacks) > 0; round++ {
		for _, a := range o.attacks {
			if ctx.Err() != nil || round > 0 && isDone(done) {
				return
			}
			f.make(ctx, a, max(slot, a.takes))
		}
	}
}

func isDone(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// make makes an attack that may take so long.
func (f *field) make(ctx context.Context, a attack, slot time.Duration) {
	limited, cancel := context.WithTimeout(ctx, slot)
	defer cancel()
	if a.refuses {
		f.refuses.Add(1)
		defer time.AfterFunc(aftermath, func() { f.refuses.Add(-1) })
	}
	end := f.ledger.begin(a.name)
	err := a.run(limited, f)
	if limited.Err() != nil {
		err = nil
	}
	end(err)
}

// aftermath is how long visitors may still be refused when an attack has ended: breakers of stores close a little later.
const aftermath = 2 * time.Second
