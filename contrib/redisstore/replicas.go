package redisstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// redirects is how often a write follows a key that has moved to another node of a cluster.
const redirects = 3

// sendAndWait sends a write to the master of its key and, on the same connection, waits until the replicas have it. A cluster
// client would send the second to any master.
func (b *base) sendAndWait(ctx context.Context, w write) (n int64, err error) {
	if b.cluster == nil {
		return b.pipe(ctx, b.client, w)
	}
	master, err := b.cluster.MasterForKey(ctx, w.key)
	for range redirects {
		if err != nil {
			return 0, err
		}
		n, err = b.pipe(ctx, master, w)
		if addr, asked := redis.IsAskError(err); asked {
			if master, err = b.masterAt(ctx, addr); err == nil {
				n, err = b.pipe(ctx, master, w, "asking")
			}
		}
		if _, moved := redis.IsMovedError(err); !moved {
			return n, err
		}
		master, err = b.masterAnew(ctx, w.key)
	}
	return n, err
}

// pipe sends first, a write, and WAIT on one connection. It returns an error if the write was done, but not by enough replicas.
func (b *base) pipe(ctx context.Context, node interface{ Pipeline() redis.Pipeliner }, w write, first ...any) (int64, error) {
	limit, err := b.patience(ctx)
	if err != nil {
		return 0, err
	}
	p := node.Pipeline()
	if len(first) > 0 {
		_ = p.Process(ctx, redis.NewStatusCmd(ctx, first...))
	}
	done, kept := newOnce(ctx, w.args...), newOnce(ctx, "wait", b.replicas, limit.Milliseconds())
	_, _ = p.Process(ctx, done), p.Process(ctx, kept)
	_, err = p.Exec(ctx)
	switch {
	case done.Err() != nil:
		return 0, done.Err()
	case err != nil:
		return 0, err
	case kept.Val() < int64(b.replicas):
		return 0, tooFewError{kept.Val(), b.replicas}
	}
	return done.Val(), nil
}

// patience returns how long the replicas may take: less than the connection waits for an answer, and than the caller does.
func (b *base) patience(ctx context.Context) (time.Duration, error) {
	limit := b.readTimeout
	if end, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(end))
	}
	if limit = limit * 4 / 5; limit < time.Millisecond {
		return 0, context.DeadlineExceeded // 0 would be for ever
	}
	return limit, nil
}

// A tooFewError is a write that stands on the master but has reached too few replicas.
type tooFewError struct {
	kept  int64
	asked int
}

func (e tooFewError) Error() string {
	return fmt.Sprintf("%d of %d replicas have the write; start those that are missing, or lower Store.Replicas", e.kept, e.asked)
}

// masterAnew asks the cluster which node has a key by now.
func (b *base) masterAnew(ctx context.Context, key string) (*redis.Client, error) {
	// It reads the slots anew before it calls anything.
	err := b.cluster.ForEachMaster(ctx, func(context.Context, *redis.Client) error { return nil })
	if err != nil {
		return nil, err
	}
	return b.cluster.MasterForKey(ctx, key)
}

// masterAt returns the node at an address, to which a slot is about to move.
func (b *base) masterAt(ctx context.Context, addr string) (*redis.Client, error) {
	var (
		mu    sync.Mutex
		found *redis.Client
	)
	err := b.cluster.ForEachMaster(ctx, func(_ context.Context, c *redis.Client) error {
		if c.Options().Addr == addr {
			mu.Lock()
			defer mu.Unlock()
			found = c
		}
		return nil
	})
	if err == nil && found == nil {
		err = errors.New("a slot moves to a node that the cluster does not name")
	}
	return found, err
}
