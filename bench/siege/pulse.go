package main

import (
	"context"
	"sync/atomic"
	"time"
)

// A pulse feels whether the machine keeps up. Where it does not, a store does not answer within its deadline, and clients do not
// say in time what they want of a process that stops: then it is no fault of the App that it refuses them. The zero pulse is well.
//
// An App that is slow itself makes its visitors late too. That excuses a 503, as its stores are slow then, but no request without
// an answer: for this the machine has to have stood still, which the sleeps of the siege tell.
type pulse struct {
	missed atomic.Int64 // when something was late for the last time, in nanoseconds since 1970
	slept  atomic.Int64 // when a short sleep was
	spells atomic.Int64 // how often it began to be late
}

// tooBusy is what the score card counts spells as.
const tooBusy = "times that the machine was too busy"

const (
	// lateness is how late the siege itself may be with what it wanted to do.
	lateness = 500 * time.Millisecond
	// recovery is how long things may go wrong after that.
	recovery = 10 * time.Second
)

// beat looks whether short sleeps become long ones, until ctx ends.
func (p *pulse) beat(ctx context.Context) {
	const rest = 20 * time.Millisecond
	for wanted := time.Now().Add(rest); sleepUntil(ctx, wanted); wanted = time.Now().Add(rest) {
		p.woke(time.Since(wanted))
	}
}

// woke says how late a short sleep ended.
func (p *pulse) woke(by time.Duration) {
	p.late(by)
	if by > lateness {
		p.slept.Store(time.Now().UnixNano())
	}
}

// late says how late something was.
func (p *pulse) late(by time.Duration) {
	if by <= lateness {
		return
	}
	if !p.busy() {
		p.spells.Add(1)
	}
	p.missed.Store(time.Now().UnixNano())
}

// busy reports whether something was late a short while ago.
func (p *pulse) busy() bool { return isRecent(p.missed.Load()) }

// stoodStill reports whether a short sleep was, which is nothing that the App has a part in.
func (p *pulse) stoodStill() bool { return isRecent(p.slept.Load()) }

func isRecent(missed int64) bool { return missed != 0 && time.Since(time.Unix(0, missed)) < recovery }
