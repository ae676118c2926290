package app

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/sessionstore"
)

// kept is what keeps the sessions of the application, and what can be done to it.
type kept struct {
	sessions dewar.SessionInterface // nil for dewar's own cookies
	close    func() error
	hang     atomic.Int64 // for how long a call of the store waits before it does anything, a time.Duration
	ahead    atomic.Int64 // how far the clock of sessions is ahead, a time.Duration
}

// openSessions returns what a value of SIEGE_SESSIONS names.
func openSessions(where string) (*kept, error) {
	k := &kept{close: func() error { return nil }}
	if where == "cookie" {
		return k, nil
	}
	store, err := k.open(where)
	if err != nil {
		return nil, fmt.Errorf("SIEGE_SESSIONS: %w", err)
	}
	k.sessions = &sessionstore.SessionInterface{
		Store: hanging{store, k}, Deadline: StoreDeadline,
		Clock: func() time.Time { return time.Now().Add(time.Duration(k.ahead.Load())) },
	}
	return k, nil
}

func (k *kept) open(where string) (sessionstore.Store, error) {
	if where == "memory" {
		return sessionstore.NewMemory(), nil
	}
	file, ok := strings.CutPrefix(where, "sqlite:")
	if !ok {
		store, err := redisstore.Open(where)
		return store, err
	}
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(1000)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4) // SQLite keeps the files of a connection that was closed for as long as another one has a lock
	db.SetMaxIdleConns(4)
	store := &sqlstore.Store{DB: db, Dialect: sqlstore.SQLite}
	k.close = db.Close
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return store, store.CreateSchema(ctx)
}

// harm has the store hang, or the clock of sessions jump, until it is called again.
func (k *kept) harm(c *dewar.Context) error {
	k.hang.Store(int64(c.Query().Duration("hang")))
	k.ahead.Store(int64(c.Query().Duration("ahead")))
	return c.NoContent()
}

// A hanging store waits before each call, as a database does whose disk or network is stuck.
type hanging struct {
	store sessionstore.Store
	kept  *kept
}

func (h hanging) wait(ctx context.Context) error {
	d := time.Duration(h.kept.hang.Load())
	if d == 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", sessionstore.ErrUnavailable, ctx.Err())
	}
}

func (h hanging) Load(ctx context.Context, handle sessionstore.Handle) (sessionstore.Record, error) {
	if err := h.wait(ctx); err != nil {
		return sessionstore.Record{}, err
	}
	return h.store.Load(ctx, handle)
}

func (h hanging) Create(ctx context.Context, handle sessionstore.Handle, r sessionstore.Record) error {
	if err := h.wait(ctx); err != nil {
		return err
	}
	return h.store.Create(ctx, handle, r)
}

func (h hanging) Update(ctx context.Context, handle sessionstore.Handle, d sessionstore.Delta) error {
	if err := h.wait(ctx); err != nil {
		return err
	}
	return h.store.Update(ctx, handle, d)
}

func (h hanging) Delete(ctx context.Context, handle sessionstore.Handle) error {
	if err := h.wait(ctx); err != nil {
		return err
	}
	return h.store.Delete(ctx, handle)
}
