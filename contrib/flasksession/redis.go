package flasksession

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// A link is the way of one request to Redis, open until its context ends.
type link struct {
	ctx    context.Context
	client redis.UniversalClient
}

// A stored is a blob as Redis has it.
type stored struct {
	data []byte // nil without one
	left time.Duration
}

// load returns the blob of key, and how long it will live, in one round trip.
func (l link) load(key string) (stored, error) {
	return within(l.ctx, func() (stored, error) {
		var get *redis.StringCmd
		var left *redis.DurationCmd
		_, err := l.client.Pipelined(l.ctx, func(p redis.Pipeliner) error {
			get, left = p.Get(l.ctx, key), p.PTTL(l.ctx, key)
			return nil
		})
		if err != nil && !errors.Is(err, redis.Nil) {
			return stored{}, err
		}
		data, _ := get.Bytes()
		return stored{data, left.Val()}, nil
	})
}

// set makes data the blob of a new key.
func (l link) set(key string, data []byte, life time.Duration) error {
	return l.do(func() error { return l.client.Set(l.ctx, key, data, life).Err() })
}

// expire lets key live for so long from now on.
func (l link) expire(key string, life time.Duration) error {
	return l.do(func() error { return l.client.Expire(l.ctx, key, life).Err() })
}

// del removes key.
func (l link) del(key string) error {
	return l.do(func() error { return l.client.Del(l.ctx, key).Err() })
}

func (l link) do(f func() error) error {
	_, err := within(l.ctx, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

// swapScript puts ARGV[2], for ARGV[3] seconds, in the place of ARGV[1], or nothing if it is empty. It returns 1, or what is
// there instead of ARGV[1].
const swapScript = `
local now = redis.call('GET', KEYS[1])
if now ~= ARGV[1] then return now end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
return 1`

// swap puts next in the place of before, if that is what key has. Otherwise it returns what key has, nil for nothing. An
// empty next removes the key.
func (l link) swap(key string, before, next []byte, life time.Duration) (now []byte, swapped bool, err error) {
	reply, err := within(l.ctx, func() (any, error) {
		return redis.NewScript(swapScript).Run(l.ctx, l.client, []string{key}, before, next, int64(life/time.Second)).Result()
	})
	if text, ok := reply.(string); ok {
		return []byte(text), false, nil
	}
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	return nil, err == nil, err
}

// within returns what f does, or the error of ctx if that comes first. A client of go-redis does not heed the deadline of
// ctx unless its ContextTimeoutEnabled is set; f ends when the client's own limits end it.
func within[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		if r.err != nil && !errors.Is(r.err, redis.Nil) {
			r.err = fmt.Errorf("flasksession: %w", r.err)
		}
		return r.value, r.err
	case <-ctx.Done():
		var zero T
		return zero, fmt.Errorf("flasksession: no answer from Redis in time: %w", ctx.Err())
	}
}
