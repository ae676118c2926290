package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/dewar-go/dewar/sessionstore"
)

// A natsStore keeps sessions in a bucket of NATS JetStream, each as one value. It is a sessionstore.Store and an OwnerIndex.
// Compare-and-set makes an Update atomic: a value is written only if it still has the revision that was read. The bucket
// must have no replicas, which may lag: a session could be read for a moment after it has ended.
type natsStore struct{ kv jetstream.KeyValue }

func (s *natsStore) Load(ctx context.Context, h sessionstore.Handle) (sessionstore.Record, error) {
	r, _, err := s.get(ctx, h)
	return r, err
}

// get returns the record of a handle and its revision.
func (s *natsStore) get(ctx context.Context, h sessionstore.Handle) (r sessionstore.Record, revision uint64, err error) {
	entry, err := s.kv.Get(ctx, h.String())
	if err != nil {
		return r, 0, failed(err)
	}
	r, err = sessionstore.ParseRecord(string(entry.Value()))
	return r, entry.Revision(), err
}

func (s *natsStore) Create(ctx context.Context, h sessionstore.Handle, r sessionstore.Record) error {
	data, _ := r.MarshalBinary() // no error to expect
	for {
		_, err := s.kv.Create(ctx, h.String(), data)
		if !errors.Is(err, jetstream.ErrKeyExists) {
			return failed(err)
		}
		old, revision, err := s.get(ctx, h)
		switch {
		case errors.Is(err, sessionstore.ErrNotFound): // deleted meanwhile
			continue
		case err != nil:
			return err
		case !old.Expired(r.Created):
			return sessionstore.ErrExists
		}
		_, err = s.kv.Update(ctx, h.String(), data, revision)
		if !errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
			return failed(err)
		}
	}
}

func (s *natsStore) Update(ctx context.Context, h sessionstore.Handle, d sessionstore.Delta) error {
	for {
		r, revision, err := s.get(ctx, h)
		if err != nil {
			return err
		}
		if err := r.Apply(d); err != nil {
			return err
		}
		data, _ := r.MarshalBinary()
		_, err = s.kv.Update(ctx, h.String(), data, revision)
		if !errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
			return failed(err)
		}
	}
}

func (s *natsStore) Delete(ctx context.Context, h sessionstore.Handle) error {
	return failed(s.kv.Purge(ctx, h.String()))
}

func (s *natsStore) Claim(ctx context.Context, owner string, h sessionstore.Handle, _, _ time.Time) error {
	_, err := s.kv.Put(ctx, ownerKey(owner)+h.String(), nil)
	return failed(err)
}

func (s *natsStore) Release(ctx context.Context, owner string, h sessionstore.Handle) error {
	return failed(s.kv.Purge(ctx, ownerKey(owner)+h.String()))
}

func (s *natsStore) Claims(ctx context.Context, owner string) (claims []sessionstore.Claim, err error) {
	watcher, err := s.kv.Watch(ctx, ownerKey(owner)+"*", jetstream.IgnoreDeletes())
	if err != nil {
		return nil, failed(err)
	}
	defer watcher.Stop()
	for entry := range watcher.Updates() {
		if entry == nil { // these are all
			return claims, nil
		}
		if h, err := sessionstore.ParseHandle(strings.TrimPrefix(entry.Key(), ownerKey(owner))); err == nil {
			claims = append(claims, sessionstore.Claim{Handle: h, At: entry.Created()})
		}
	}
	return nil, sessionstore.ErrUnavailable // there may be more
}

// ownerKey returns what the keys of an owner begin with. A key may have few characters; the one of a session is its handle.
func ownerKey(owner string) string { return "owner." + hex.EncodeToString([]byte(owner)) + "." }

// failed returns an error in the words of sessionstore.
func failed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jetstream.ErrKeyNotFound): // ErrKeyDeleted too
		return sessionstore.ErrNotFound
	case errors.Is(err, nats.ErrMaxPayload):
		return sessionstore.ErrTooLarge
	}
	return fmt.Errorf("%w: %w", sessionstore.ErrUnavailable, err)
}
