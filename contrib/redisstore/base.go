package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar/sessionstore"
)

const defaultPrefix = "dewar:session:"

// A base is a Store whose fields have been looked at.
type base struct {
	prefix string
	route  *route
}

// use returns the base of s, or what is wrong with its fields.
func (s *Store) use() (*base, error) {
	s.once.Do(func() { s.base, s.wrong = newBase(s) })
	return s.base, s.wrong
}

func newBase(s *Store) (*base, error) {
	b := &base{prefix: s.Prefix}
	if b.prefix == "" {
		b.prefix = defaultPrefix
	}
	var problems []error
	if strings.ContainsAny(b.prefix, "{}") {
		problems = append(problems, fmt.Errorf("redisstore: Store.Prefix is %q; leave out the braces, which put all sessions in one slot of a cluster", b.prefix))
	}
	if s.Replicas < 0 {
		problems = append(problems, fmt.Errorf("redisstore: Store.Replicas is %d; set it to how many replicas must have a write, or 0", s.Replicas))
	}
	switch c := s.Client.(type) {
	case nil:
		problems = append(problems, errors.New("redisstore: Store has no Client; use redisstore.Open, or set one"))
	case *redis.Client:
		problems = append(problems, bounded(c.Options().ContextTimeoutEnabled))
		b.route = newRoute(c, nil, s.Replicas)
	case *redis.ClusterClient:
		problems = append(problems, bounded(c.Options().ContextTimeoutEnabled))
		if c.Options().ReadOnly {
			problems = append(problems, errors.New("redisstore: the Client reads from replicas, which may not have a session yet; leave out ReadOnly, RouteByLatency and RouteRandomly"))
		}
		b.route = newRoute(nil, c, s.Replicas)
	default:
		problems = append(problems, fmt.Errorf("redisstore: the Client is a %T; use a *redis.Client, one from redis.NewFailoverClient, or a *redis.ClusterClient", c))
	}
	return b, errors.Join(problems...)
}

func bounded(contextTimeoutEnabled bool) error {
	if contextTimeoutEnabled {
		return nil
	}
	return errors.New("redisstore: the Client does not keep the deadlines of its callers; set ContextTimeoutEnabled in its options, or use redisstore.Open")
}

func (b *base) key(h sessionstore.Handle) string { return b.prefix + h.String() }

func (b *base) ownerKey(owner string) string { return b.prefix + "owner:" + owner }

// tries is how often a command is sent at most, and pause how long is waited before the next time.
const (
	tries = 2
	pause = 10 * time.Millisecond
)

// read sends a command that changes nothing, made anew for each time it is sent.
func read[C redis.Cmder](ctx context.Context, b *base, doing, key string, make func(key string) C) (cmd C, err error) {
	for try := 1; ; try++ {
		cmd = make(key)
		err = b.route.do(ctx, b.route.reads, key, cmd)
		if err == nil || errors.Is(err, redis.Nil) || try == tries || !passing(err) || !sleep(ctx, pause) {
			return cmd, b.failure(doing, err)
		}
	}
}

// sleep reports whether d has passed before ctx has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
