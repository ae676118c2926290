package redisstore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// abreast is how many flights of one lane may be under way at once, and longest how many commands one has.
	abreast = 2
	longest = 256
	// leaving is how little time a passenger may have left and not be taken along.
	leaving = 50 * time.Millisecond
)

// A lane takes commands to one node. While few are under way each goes by itself. Those that come meanwhile go together in one
// pipeline, a flight, which costs a fraction of what they would cost alone: a system call less for each, and fewer connections.
// If replicas are to have what is written, one WAIT at the end of a flight asks for all of it.
type lane struct {
	node     *redis.Client
	replicas int
	timeout  time.Duration // of the connection, for an answer

	mu      sync.Mutex
	flights int // under way
	waiting []*passenger
}

// A passenger is a command that waits for its flight to come back.
type passenger struct {
	ctx  context.Context
	cmd  redis.Cmder
	err  error
	done chan struct{}
}

// do sends cmd and returns when it was answered, or when ctx has ended: then cmd is still in use, and may be done or not.
func (l *lane) do(ctx context.Context, cmd redis.Cmder) error {
	l.mu.Lock()
	if l.flights < abreast {
		l.flights++
		l.mu.Unlock()
		err := l.alone(ctx, cmd)
		if batch := l.next(); batch != nil {
			go l.fly(batch)
		}
		return err
	}
	p := &passenger{ctx: ctx, cmd: cmd, done: make(chan struct{})}
	l.waiting = append(l.waiting, p)
	l.mu.Unlock()
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// alone sends a command by itself, after what must come first on its connection.
func (l *lane) alone(ctx context.Context, cmd redis.Cmder, first ...redis.Cmder) error {
	if l.replicas == 0 && len(first) == 0 {
		return l.node.Process(ctx, cmd)
	}
	p := &passenger{ctx: ctx, cmd: cmd}
	l.send(ctx, []*passenger{p}, first...)
	return p.err
}

// next returns those who fly next. If nobody waits it ends the flight and returns nil.
func (l *lane) next() []*passenger {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.waiting), longest)
	if n == 0 {
		l.flights--
		l.waiting = nil
		return nil
	}
	batch := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	return batch
}

// fly sends those who wait, until nobody does.
func (l *lane) fly(batch []*passenger) {
	for ; batch != nil; batch = l.next() {
		batch = present(batch)
		if len(batch) == 0 {
			continue
		}
		ctx, cancel := patience(batch)
		l.send(ctx, batch)
		cancel()
		for _, p := range batch {
			close(p.done)
		}
	}
}

// present leaves out those who have gone, or are about to go.
func present(batch []*passenger) []*passenger {
	here, soon := batch[:0], time.Now().Add(leaving)
	for _, p := range batch {
		if end, ok := p.ctx.Deadline(); p.ctx.Err() == nil && (!ok || end.After(soon)) {
			here = append(here, p)
		}
	}
	return here
}

// patience returns a context that ends with that of the first of them: nothing is sent for one who was told that it has
// failed, and has perhaps tried again since.
func patience(batch []*passenger) (context.Context, context.CancelFunc) {
	var first time.Time
	for _, p := range batch {
		if end, ok := p.ctx.Deadline(); ok && (first.IsZero() || end.Before(first)) {
			first = end
		}
	}
	if first.IsZero() {
		return context.Background(), func() {}
	}
	return context.WithDeadline(context.Background(), first)
}

// send sends a flight on one connection, and sets the error of each passenger.
func (l *lane) send(ctx context.Context, batch []*passenger, first ...redis.Cmder) {
	pipe := l.node.Pipeline()
	for _, cmd := range first {
		_ = pipe.Process(ctx, cmd)
	}
	for _, p := range batch {
		_ = pipe.Process(ctx, p.cmd)
	}
	kept, limit := once{}, l.replicasMay(ctx)
	if l.replicas > 0 {
		kept = newOnce(ctx, "wait", l.replicas, limit.Milliseconds())
		_ = pipe.Process(ctx, kept)
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	for _, p := range batch {
		if p.err = p.cmd.Err(); p.err == nil && l.replicas > 0 {
			p.err = l.enough(kept)
		}
	}
}

// replicasMay returns how long the replicas may take: less than the connection waits for an answer, and than the callers do. It
// is never 0, which would be for ever.
func (l *lane) replicasMay(ctx context.Context) time.Duration {
	limit := l.timeout
	if end, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(end))
	}
	return max(limit*4/5, time.Millisecond)
}

// enough returns an error if too few replicas have what was written before.
func (l *lane) enough(kept once) error {
	switch {
	case kept.Err() != nil:
		return unaskedError{kept.Err()}
	case kept.Val() < int64(l.replicas):
		return tooFewError{kept.Val(), l.replicas}
	}
	return nil
}

// An unaskedError is a write that stands on the master, whose replicas could not be asked for it. It does not wrap what was
// answered to that: taken for the answer to the write, it could have that sent again.
type unaskedError struct{ answer error }

func (e unaskedError) Error() string {
	return fmt.Sprintf("the write stands, but whether replicas have it is not known: %v", e.answer)
}

// A tooFewError is a write that stands on the master but has reached too few replicas.
type tooFewError struct {
	kept  int64
	asked int
}

func (e tooFewError) Error() string {
	return fmt.Sprintf("%d of %d replicas have the write; start those that are missing, or lower Store.Replicas", e.kept, e.asked)
}
