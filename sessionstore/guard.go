package sessionstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The breaker of a node opens after tripAfter failures in a row. Then one call in probeEvery is made, and answers within
// probeLimit, or half its deadline if that is longer, or fails; the rest is refused at once.
const (
	tripAfter  = 5
	probeEvery = 250 * time.Millisecond
	probeLimit = 500 * time.Millisecond
)

// errSlow is why the context of a call has ended when its deadline has.
var errSlow = fmt.Errorf("%w: it has not answered in time", ErrUnavailable)

// A guard stands between a SessionInterface and its store: a deadline for each call, and for each node a breaker and a
// bound on how many calls wait. The zero value is ready.
type guard struct{ nodes sync.Map } // of *node by name

// A call is one that is made of the store.
type call struct {
	name, node string
	limit      time.Duration
	waiting    int64 // at most
	observe    func(Event)
}

// do makes a call. ctx is not the deadline of the store but of who asks.
func (g *guard) do(ctx context.Context, c call, f func(ctx context.Context) error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	n := g.node(c.node)
	probe, err := n.admit(c.waiting)
	if err != nil {
		c.tell(Event{Name: "refused", Node: c.node, Err: err})
		return err
	}
	limit := c.limit
	if probe {
		limit = min(limit, max(probeLimit, limit/2))
	}
	begin, health := time.Now(), unknown // if f panics
	var change string
	func() {
		defer func() { change = n.done(probe, health, begin) }()
		inner, cancel := context.WithTimeoutCause(ctx, limit, errSlow)
		defer cancel()
		err = f(inner)
		if err != nil && context.Cause(inner) == errSlow && !errors.Is(err, errSlow) {
			err = fmt.Errorf("%w: %w", errSlow, err)
		}
		health = verdictOf(ctx, err)
	}()
	c.tell(Event{Name: c.name, Node: c.node, Took: time.Since(begin), Err: err})
	if change != "" {
		c.tell(Event{Name: change, Node: c.node, Err: err})
	}
	return err
}

func (c call) tell(e Event) {
	if c.observe != nil {
		c.observe(e)
	}
}

func (g *guard) node(name string) *node {
	if n, ok := g.nodes.Load(name); ok {
		return n.(*node)
	}
	n, _ := g.nodes.LoadOrStore(name, &node{born: time.Now()})
	return n.(*node)
}

// A verdict says what a call tells of the health of its node.
type verdict int

const (
	healthy verdict = iota
	failing
	unknown // the caller has gone away, or the store has panicked
)

func verdictOf(ctx context.Context, err error) verdict {
	switch {
	case err == nil:
		return healthy
	case ctx.Err() != nil && context.Cause(ctx) != errSlow:
		return unknown
	case isDown(err):
		return failing
	}
	return healthy // a missing or refused value is an answer
}

// isDown reports whether an error is of the connection or the server, not of what was asked.
func isDown(err error) bool {
	var network net.Error
	switch {
	case errors.Is(err, ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return true
	}
	return errors.As(err, &network)
}

// A node is what is known of the health of one.
type node struct {
	born     time.Time
	answered atomic.Int64 // when it did so last, since born
	waiting  atomic.Int64
	failures atomic.Int32 // in a row
	isOpen   atomic.Bool  // the breaker is

	mu      sync.Mutex
	probing bool
	probeAt time.Time
}

// admit says whether a call may be made, and whether it is a probe.
func (n *node) admit(most int64) (probe bool, err error) {
	if n.isOpen.Load() {
		if probe, err = n.mayProbe(); err != nil {
			return false, err
		}
	}
	if n.waiting.Add(1) > most && !probe {
		n.waiting.Add(-1)
		return false, fmt.Errorf("%w: %d calls wait for it already", ErrUnavailable, most)
	}
	return probe, nil
}

func (n *node) mayProbe() (bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case !n.isOpen.Load():
		return false, nil
	case n.probing || time.Now().Before(n.probeAt):
		return false, fmt.Errorf("%w: it has failed %d times in a row and is tried again every %s", ErrUnavailable, n.failures.Load(), probeEvery)
	}
	n.probing = true
	return true, nil
}

// done takes note of how a call ended. It returns the name of an event if the breaker opens or closes.
func (n *node) done(probe bool, v verdict, begin time.Time) (event string) {
	n.waiting.Add(-1)
	if v == healthy {
		n.answered.Store(int64(time.Since(n.born)))
	}
	switch {
	case probe:
	case v == healthy && n.failures.Load() == 0:
		return ""
	case v == failing && int64(begin.Sub(n.born)) < n.answered.Load(): // it has recovered since the call was made
		return ""
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if probe {
		n.probing, n.probeAt = false, time.Now().Add(probeEvery)
	}
	switch {
	case v == failing:
		if n.failures.Add(1) >= tripAfter && !n.isOpen.Swap(true) {
			n.probeAt = time.Now().Add(probeEvery)
			return "opened"
		}
	case v == healthy:
		n.failures.Store(0)
		if n.isOpen.Swap(false) {
			return "closed"
		}
	}
	return ""
}
