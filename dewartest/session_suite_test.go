package dewartest_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

// A counted store counts what it is asked, and fails when it is told to.
type counted struct {
	*model
	asked   atomic.Int64
	failing atomic.Bool
}

func (s *counted) ask() error {
	s.asked.Add(1)
	if s.failing.Load() {
		return fmt.Errorf("%w: as it was told", sessionstore.ErrUnavailable)
	}
	return nil
}

func (s *counted) Load(ctx context.Context, h sessionstore.Handle) (sessionstore.Record, error) {
	if err := s.ask(); err != nil {
		return sessionstore.Record{}, err
	}
	return s.model.Load(ctx, h)
}

func (s *counted) Create(ctx context.Context, h sessionstore.Handle, r sessionstore.Record) error {
	if err := s.ask(); err != nil {
		return err
	}
	return s.model.Create(ctx, h, r)
}

func (s *counted) Update(ctx context.Context, h sessionstore.Handle, d sessionstore.Delta) error {
	if err := s.ask(); err != nil {
		return err
	}
	return s.model.Update(ctx, h, d)
}

func (s *counted) Delete(ctx context.Context, h sessionstore.Handle) error {
	if err := s.ask(); err != nil {
		return err
	}
	return s.model.Delete(ctx, h)
}

// newBackend returns all that the suite can know of a sessionstore.SessionInterface.
func newBackend(alter func(i *sessionstore.SessionInterface)) dewartest.SessionBackend {
	store := &counted{model: newModel()}
	var ahead atomic.Int64
	return dewartest.SessionBackend{
		Open: func(testing.TB) dewar.SessionInterface {
			i := &sessionstore.SessionInterface{Store: store, Clock: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }}
			alter(i)
			return i
		},
		Sessions: func() int { n, _ := store.Count(context.Background()); return n },
		Asked:    func() int { return int(store.asked.Load()) },
		Advance:  func(d time.Duration) { ahead.Add(int64(d)) },
		Absolute: true,
		Damage: func(id, key string) {
			h, _ := sessionstore.ParseHandle(id)
			_ = store.apply(h, sessionstore.Delta{At: time.Now(), Set: map[string]string{key: "{damaged"}})
		},
		Fail: store.failing.Store,
	}
}

func TestSessionSuitePassesSessionstore(t *testing.T) {
	t.Parallel()
	dewartest.TestSessionInterface(t, newBackend(func(*sessionstore.SessionInterface) {}))
}
