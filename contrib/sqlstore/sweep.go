package sqlstore

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"hash/fnv"
	"log/slog"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

const (
	// breath is about how long the database is left to others after a batch.
	breath = 20 * time.Millisecond
	// sweepLimit is how long SweepEvery waits for a batch.
	sweepLimit = 30 * time.Second
	// skew is how far the clocks of processes may be apart for SweepEvery to spare what is alive for one of them.
	skew = time.Minute
)

// SweepEvery removes the rows that expired more than a minute ago, about once in an interval, until ctx ends. What goes wrong is
// logged, and tried again the next time. Any number of processes may do so; one at a time removes rows. An interval of 0 is a
// minute. It belongs in a start hook:
//
//	app.OnStart(func(ctx context.Context) error { go store.SweepEvery(ctx, time.Minute); return nil })
func (s *Store) SweepEvery(ctx context.Context, interval time.Duration) {
	for sleep(ctx, cmp.Or(interval, time.Minute)) {
		if err := s.sweepAll(ctx, time.Now().Add(-skew)); err != nil && ctx.Err() == nil {
			cmp.Or(s.Logger, slog.Default()).Error("sessions were not swept", "err", err)
		}
	}
}

// sweepAll removes batches while they are full.
func (s *Store) sweepAll(ctx context.Context, now time.Time) error {
	for {
		inner, cancel := context.WithTimeout(ctx, sweepLimit)
		n, err := s.Sweep(inner, now, s.Dialect.batch())
		cancel()
		if err != nil || n < s.Dialect.batch() || !sleep(ctx, breath) {
			return err
		}
	}
}

// Sweep removes at most limit rows that had expired at now, and marks of owners that were kept until then. It returns how many
// sessions it has removed. While another process sweeps it does nothing. Each statement removes at most a thousand rows, and
// none that is alive.
func (s *Store) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	t, err := s.tables()
	if err != nil {
		return 0, err
	}
	begin, total, n, batch := time.Now(), 0, 0, s.Dialect.batch()
	for total < limit && err == nil {
		n, err = s.sweep(ctx, s.expired(t, now.UnixMilli(), min(batch, limit-total)), t)
		if total += n; n < batch || total < limit && !sleep(ctx, breath) {
			break
		}
	}
	if err == nil && n < batch {
		_, err = s.write(ctx, s.query("DELETE FROM "+t.marks+" WHERE until <= ?", now.UnixMilli()))
	}
	if err != nil {
		err = fmt.Errorf("sqlstore: sweep: %w", err)
	}
	if s.Observe != nil {
		s.Observe(sessionstore.Event{Name: "swept", Count: total, Took: time.Since(begin), Err: err})
	}
	return total, err
}

// batch is how many rows one statement removes at most, so that others do not wait for long: in SQLite all do.
func (d Dialect) batch() int {
	if d == SQLite {
		return 100
	}
	return 1000
}

// expired returns the statement that removes the rows which expired first. That of PostgreSQL leaves out rows which others
// have locked, and does nothing while another process sweeps.
func (s *Store) expired(t tables, now int64, limit int) query {
	switch s.Dialect {
	case PostgreSQL:
		return s.query("DELETE FROM "+t.sessions+" WHERE (SELECT pg_try_advisory_xact_lock(?)) AND expires <= ? AND handle = ANY(ARRAY("+
			"SELECT handle FROM "+t.sessions+" WHERE expires <= ? ORDER BY expires LIMIT ? FOR UPDATE SKIP LOCKED))", t.lock(), now, now, limit)
	case SQLite:
		return s.query("DELETE FROM "+t.sessions+" WHERE handle IN (SELECT handle FROM "+t.sessions+" WHERE expires <= ? ORDER BY expires LIMIT ?)", now, limit)
	default:
		return s.query("DELETE FROM "+t.sessions+" WHERE expires <= ? ORDER BY expires LIMIT ?", now, limit)
	}
}

// lock returns the number of the lock that the sweeper has.
func (t tables) lock() int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("dewar/sqlstore sweeps " + t.sessions))
	return int64(h.Sum64())
}

// sweep removes rows if nobody else does. SQLite has one writer at a time anyway.
func (s *Store) sweep(ctx context.Context, q query, t tables) (int, error) {
	if s.Dialect != MySQL {
		n, err := s.write(ctx, q)
		return int(n), err
	}
	var n int64
	err := s.again(ctx, rewrites, func() (err error) {
		n, err = s.sweepAlone(ctx, q, t)
		return err
	})
	return int(n), err
}

// sweepAlone removes rows under a lock of MySQL, which belongs to a connection.
func (s *Store) sweepAlone(ctx context.Context, q query, t tables) (int64, error) {
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	var locked *int64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK("+mysqlLock+", 0)", t.lock()).Scan(&locked); err != nil || locked == nil || *locked != 1 {
		return 0, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if _, err := conn.ExecContext(ctx, "DO RELEASE_LOCK("+mysqlLock+")", t.lock()); err != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // ends the connection, and with it the lock
		}
	}()
	result, err := conn.ExecContext(ctx, q.text, q.args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// mysqlLock is the name of the lock, of which a server has one for all of its databases.
const mysqlLock = "SHA1(CONCAT_WS('.', DATABASE(), ?))"
