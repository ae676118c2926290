package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// Claim does nothing: the column owner is the index, and changes with the record.
func (s *Store) Claim(context.Context, string, sessionstore.Handle, time.Time, time.Time) error {
	return nil
}

// Release does nothing; see Claim.
func (s *Store) Release(context.Context, string, sessionstore.Handle) error { return nil }

// Claims returns the sessions of an owner, those which have expired but were not swept included.
func (s *Store) Claims(ctx context.Context, owner string) ([]sessionstore.Claim, error) {
	t, err := s.tables()
	if err != nil {
		return nil, err
	}
	q := s.query("SELECT handle FROM "+t.sessions+" WHERE owner = ? AND owner <> ''", escape(owner))
	var claims []sessionstore.Claim
	err = s.again(ctx, rereads, func() (err error) {
		claims, err = s.handles(ctx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sqlstore: sessions of an owner: %w", err)
	}
	return claims, nil
}

func (s *Store) handles(ctx context.Context, q query) (claims []sessionstore.Claim, err error) {
	rows, err := s.DB.QueryContext(ctx, q.text, q.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		if h, err := sessionstore.ParseHandle(text); err == nil { // another is none of ours
			claims = append(claims, sessionstore.Claim{Handle: h})
		}
	}
	return claims, rows.Err()
}

// Mark returns the number of an owner.
func (s *Store) Mark(ctx context.Context, owner string) (int64, error) {
	t, err := s.tables()
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.read(ctx, s.query("SELECT mark FROM "+t.marks+" WHERE owner = ?", digest(owner)), &n)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("sqlstore: mark of an owner: %w", err)
	}
	return n, nil
}

// RaiseMark raises the number of an owner. The first is the time until which it is kept, so that it is above those which were
// forgotten.
func (s *Store) RaiseMark(ctx context.Context, owner string, until time.Time) (int64, error) {
	t, err := s.tables()
	if err != nil {
		return 0, err
	}
	for {
		mark, err := s.Mark(ctx, owner)
		if err != nil {
			return 0, err
		}
		next := max(mark+1, until.UnixMilli())
		raised, err := s.raise(ctx, t, owner, mark, next, until.UnixMilli())
		if err != nil {
			return 0, fmt.Errorf("sqlstore: raise the mark of an owner: %w", err)
		}
		if raised {
			return next, nil
		}
	}
}

// raise replaces one number by the next, and reports whether it was still that.
func (s *Store) raise(ctx context.Context, t tables, owner string, mark, next, until int64) (bool, error) {
	if mark > 0 {
		n, err := s.write(ctx, s.query("UPDATE "+t.marks+" SET mark = ?, until = CASE WHEN until < ? THEN ? ELSE until END WHERE owner = ? AND mark = ?",
			next, until, until, digest(owner), mark))
		return n > 0, err
	}
	_, err := s.write(ctx, s.query("INSERT INTO "+t.marks+" (owner, mark, until) VALUES (?, ?, ?)", digest(owner), next, until))
	if errors.Is(err, errDuplicate) {
		return false, nil
	}
	return err == nil, err
}
