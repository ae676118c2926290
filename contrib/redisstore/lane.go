package redisstore

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// abreast is how many pipelines are under way to a node at once, and longest how many commands one has.
	abreast = 4
	longest = 128
)

// A lane sends commands to one node. While few are under way each goes by itself; those that come meanwhile go together in one
// pipeline, which costs all of them less than the connections and system calls of each.
type lane struct {
	node *redis.Client

	mu      sync.Mutex
	flying  int // pipelines
	waiting []*passenger
}

// A passenger is a command that waits for its pipeline to come back.
type passenger struct {
	ctx  context.Context
	cmd  redis.Cmder
	done chan struct{}
}

// do sends cmd and returns when it was answered, or when ctx has ended, after which cmd must not be touched.
func (l *lane) do(ctx context.Context, cmd redis.Cmder) error {
	l.mu.Lock()
	if l.flying < abreast {
		l.flying++
		l.mu.Unlock()
		err := l.node.Process(ctx, cmd)
		if l.board() {
			go l.fly()
		}
		return err
	}
	p := &passenger{ctx, cmd, make(chan struct{})}
	l.waiting = append(l.waiting, p)
	l.mu.Unlock()
	select {
	case <-p.done:
		return cmd.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// board ends a flight unless somebody waits for the next.
func (l *lane) board() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.flying--
		return false
	}
	return true
}

// fly sends pipelines until nobody waits.
func (l *lane) fly() {
	for {
		l.mu.Lock()
		if len(l.waiting) == 0 {
			l.flying--
			l.mu.Unlock()
			return
		}
		n := min(len(l.waiting), longest)
		batch := l.waiting[:n:n]
		l.waiting = l.waiting[n:]
		if len(l.waiting) == 0 {
			l.waiting = nil
		}
		l.mu.Unlock()
		l.send(batch)
	}
}

func (l *lane) send(batch []*passenger) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	pipe := l.node.Pipeline()
	for _, p := range batch {
		_ = pipe.Process(ctx, p.cmd)
	}
	_, _ = pipe.Exec(ctx)
	for _, p := range batch {
		close(p.done)
	}
}
