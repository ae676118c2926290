package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// errDuplicate means that there is a row, or a table, of that name already.
var errDuplicate = errors.New("it exists already")

// How often a statement is made again after its connection broke: a read may be, a write may have happened.
const (
	rereads  = 3
	rewrites = 0
)

// read makes a query that returns one row. It returns sql.ErrNoRows if there is none, and ErrUnreadable if it has values of
// other types.
func (s *Store) read(ctx context.Context, q query, into ...any) error {
	return s.again(ctx, rereads, func() error { return s.first(ctx, q, into) })
}

func (s *Store) first(ctx context.Context, q query, into []any) error {
	rows, err := s.DB.QueryContext(ctx, q.text, q.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	if err := rows.Scan(into...); err != nil {
		return fmt.Errorf("%w: %w", sessionstore.ErrUnreadable, err)
	}
	return rows.Close()
}

// write makes a statement and returns how many rows it has changed.
func (s *Store) write(ctx context.Context, q query) (n int64, err error) {
	if s.writer != nil {
		select {
		case s.writer <- struct{}{}:
			defer func() { <-s.writer }()
		case <-ctx.Done():
			return 0, failed(ctx, down, context.Cause(ctx))
		}
	}
	err = s.again(ctx, rewrites, func() error {
		result, err := s.DB.ExecContext(ctx, q.text, q.args...)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	return n, err
}

// again makes a statement until it is done, has failed for good, or the context has ended.
func (s *Store) again(ctx context.Context, reconnects int, statement func() error) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := statement()
		if err == nil || errors.Is(err, sql.ErrNoRows) || errors.Is(err, sessionstore.ErrUnreadable) {
			return err
		}
		f := s.Dialect.failureOf(err)
		if f == down {
			reconnects--
		}
		if f != busy && (f != down || reconnects < 0) || !sleep(ctx, pause) {
			return failed(ctx, f, err)
		}
	}
}

// sleep waits for about a time, and reports whether the context is still there.
func sleep(ctx context.Context, about time.Duration) bool {
	timer := time.NewTimer(about/2 + rand.N(about))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// failed returns an error as callers get it.
func failed(ctx context.Context, f failure, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case f == down, f == busy, ctx.Err() != nil:
		return fmt.Errorf("%w: %w", sessionstore.ErrUnavailable, err)
	case f == missing:
		return fmt.Errorf("a table is missing: call Store.CreateSchema once, or run the SQL that Store.Schema returns: %w", err)
	case f == duplicate:
		return fmt.Errorf("%w: %w", errDuplicate, err)
	case f == tooLarge:
		return fmt.Errorf("%w: %w", sessionstore.ErrTooLarge, err)
	}
	return err
}
