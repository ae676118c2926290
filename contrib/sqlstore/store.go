package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// Store keeps sessions in a database. DB and Dialect must be set; the tables are made by [Store.CreateSchema]. Its methods may be
// called by several goroutines, and several processes may use one database; its fields must not be changed once it is
// used.
type Store struct {
	// DB is the database. The driver is the application's to import, and the database its to close; the README says what
	// its data source name should have in it.
	DB *sql.DB
	// Dialect is the SQL that it speaks.
	Dialect Dialect
	// Table is the name of the table of sessions, with its schema in front if it has one: letters, digits and underscores
	// only. The default is sessions. The marks of owners are in another table, which is called as this one and _marks.
	Table string
	// Observe, if set, is told of each sweep: an Event named swept.
	Observe func(sessionstore.Event)
	// Logger gets what goes wrong in SweepEvery. The default is slog.Default().
	Logger *slog.Logger

	once     sync.Once
	names    tables
	unusable error         // what is wrong with the fields
	writer   chan struct{} // of SQLite, which has one writer at a time; nil elsewhere
}

var (
	_ sessionstore.Store      = (*Store)(nil)
	_ sessionstore.OwnerMarks = (*Store)(nil)
	_ sessionstore.OwnerIndex = (*Store)(nil)
	_ sessionstore.Sweeper    = (*Store)(nil)
	_ sessionstore.Counter    = (*Store)(nil)

	_ sessionstore.ExpiredCounter = (*Store)(nil)
)

// tables returns the names of the tables, or what is wrong with the fields.
func (s *Store) tables() (tables, error) {
	s.once.Do(func() {
		s.names, s.unusable = tablesNamed(cmp.Or(s.Table, defaultTable), s.Dialect)
		if s.DB == nil {
			s.unusable = errors.New("sqlstore: Store has no DB; set it to what sql.Open returned")
		}
		if s.Dialect == SQLite {
			s.writer = make(chan struct{}, 1)
		}
	})
	return s.names, s.unusable
}

// Load returns the record of a handle. It may have expired.
func (s *Store) Load(ctx context.Context, h sessionstore.Handle) (sessionstore.Record, error) {
	t, err := s.tables()
	if err != nil {
		return sessionstore.Record{}, err
	}
	var r row
	q := s.query("SELECT "+columns+" FROM "+t.sessions+" WHERE handle = ?", h.String())
	switch err := s.read(ctx, q, r.destinations()...); {
	case errors.Is(err, sql.ErrNoRows):
		return sessionstore.Record{}, sessionstore.ErrNotFound
	case err != nil:
		return sessionstore.Record{}, fmt.Errorf("sqlstore: load: %w", err)
	}
	return r.record()
}

// Create keeps a record under a handle that has none which is alive.
func (s *Store) Create(ctx context.Context, h sessionstore.Handle, r sessionstore.Record) error {
	t, err := s.tables()
	if err != nil {
		return err
	}
	insert := s.query("INSERT INTO "+t.sessions+" (handle, expires, "+columns+") VALUES ("+s.Dialect.places()+")", s.Dialect.insertion(h, r)...)
	_, err = s.write(ctx, insert)
	if errors.Is(err, errDuplicate) { // by a row that has expired, perhaps
		if _, err = s.write(ctx, s.query("DELETE FROM "+t.sessions+" WHERE handle = ? AND expires <= ?", h.String(), r.Created.UnixMilli())); err == nil {
			_, err = s.write(ctx, insert)
		}
	}
	switch {
	case errors.Is(err, errDuplicate):
		return sessionstore.ErrExists
	case err != nil:
		return fmt.Errorf("sqlstore: create: %w", err)
	}
	return nil
}

// Update does to the record of a handle what [sessionstore.Record.Apply] does, in one statement. Why one has changed nothing is
// found out afterwards, from the record as it is then.
func (s *Store) Update(ctx context.Context, h sessionstore.Handle, d sessionstore.Delta) error {
	t, err := s.tables()
	if err != nil {
		return err
	}
	for {
		n, err := s.write(ctx, s.update(t, h, d))
		if err != nil {
			return fmt.Errorf("sqlstore: update: %w", err)
		}
		if n > 0 {
			return nil
		}
		r, err := s.Load(ctx, h)
		if err != nil {
			return err
		}
		if err := r.Apply(d); err != nil {
			return err
		}
	}
}

// Delete removes the record of a handle.
func (s *Store) Delete(ctx context.Context, h sessionstore.Handle) error {
	t, err := s.tables()
	if err != nil {
		return err
	}
	if _, err := s.write(ctx, s.query("DELETE FROM "+t.sessions+" WHERE handle = ?", h.String())); err != nil {
		return fmt.Errorf("sqlstore: delete: %w", err)
	}
	return nil
}

// Count returns how many rows there are, expired ones included. The database counts them one by one.
func (s *Store) Count(ctx context.Context) (int, error) { return s.count(ctx, "") }

// CountExpired returns how many rows had expired at now, which Sweep would remove.
func (s *Store) CountExpired(ctx context.Context, now time.Time) (int, error) {
	return s.count(ctx, " WHERE expires <= ?", now.UnixMilli())
}

func (s *Store) count(ctx context.Context, condition string, args ...any) (int, error) {
	t, err := s.tables()
	if err != nil {
		return 0, err
	}
	var n int
	if err := s.read(ctx, s.query("SELECT count(*) FROM "+t.sessions+condition, args...), &n); err != nil {
		return 0, fmt.Errorf("sqlstore: count: %w", err)
	}
	return n, nil
}
