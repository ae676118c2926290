package redisstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar/sessionstore"
)

// The hash of an owner has a field for each claim, named by the handle's bytes, with two times; and his mark.
const markField = "mark"

// Claim notes that a session is about to become owner's. Owners are in slots of their own in a cluster.
func (s *Store) Claim(ctx context.Context, owner string, h sessionstore.Handle, at, until time.Time) error {
	b, err := s.use()
	if err != nil {
		return err
	}
	w := newWrite(claimScript, b.ownerKey(owner), 3)
	w.args = append(w.args, string(h[:]), appendTime(appendTime(nil, at), until), life(at, until))
	_, err = b.write(ctx, "claim a session", w)
	return err
}

// Release forgets a claim.
func (s *Store) Release(ctx context.Context, owner string, h sessionstore.Handle) error {
	b, err := s.use()
	if err != nil {
		return err
	}
	_, err = b.write(ctx, "release a session", command("hdel", b.ownerKey(owner), string(h[:])))
	return err
}

// Claims returns the sessions that were claimed for an owner.
func (s *Store) Claims(ctx context.Context, owner string) ([]sessionstore.Claim, error) {
	b, err := s.use()
	if err != nil {
		return nil, err
	}
	cmd, err := read(ctx, b, "read the sessions of a user", b.ownerKey(owner), func(key string) *redis.MapStringStringCmd {
		return redis.NewMapStringStringCmd(ctx, "hgetall", key)
	})
	if err != nil {
		return nil, err
	}
	fields := cmd.Val()
	claims := make([]sessionstore.Claim, 0, len(fields))
	for field, times := range fields {
		claim := sessionstore.Claim{}
		if copy(claim.Handle[:], field) != len(field) || len(field) != len(claim.Handle) {
			continue
		}
		if len(times) == 2*8 {
			claim.At = timeAt(times)
		}
		claims = append(claims, claim)
	}
	return claims, nil
}

// Mark returns the mark of an owner.
func (s *Store) Mark(ctx context.Context, owner string) (int64, error) {
	b, err := s.use()
	if err != nil {
		return 0, err
	}
	cmd, err := read(ctx, b, "read the mark of a user", b.ownerKey(owner), func(key string) *redis.StringCmd {
		return redis.NewStringCmd(ctx, "hget", key, markField)
	})
	switch {
	case errors.Is(err, redis.Nil):
		return 0, nil
	case err != nil:
		return 0, err
	}
	mark, err := cmd.Int64()
	if err != nil {
		return 0, fmt.Errorf("redisstore: read the mark of a user: %w: it is no number", sessionstore.ErrUnreadable)
	}
	return mark, nil
}

// RaiseMark raises the mark of an owner to the time in milliseconds.
func (s *Store) RaiseMark(ctx context.Context, owner string, until time.Time) (int64, error) {
	b, err := s.use()
	if err != nil {
		return 0, err
	}
	now := time.Now()
	w := newWrite(raiseScript, b.ownerKey(owner), 2)
	w.args = append(w.args, now.UnixMilli(), life(now, until))
	return b.write(ctx, "raise the mark of a user", w)
}
