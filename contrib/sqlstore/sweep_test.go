package sqlstore_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/sessionstore"
)

// fill inserts n sessions by hand: nine of ten have expired.
func fill(t *testing.T, s *sqlstore.Store, n int) (alive []sessionstore.Handle) {
	t.Helper()
	now := time.Now().UnixMilli()
	for begin := 0; begin < n; begin += 500 {
		var b strings.Builder
		for i := begin; i < min(begin+500, n); i++ {
			h, seen := newHandle(), now-3_600_000-int64(i)
			if i%10 == 0 {
				seen = now
				alive = append(alive, h)
			}
			if b.Len() > 0 {
				b.WriteString(", ")
			}
			b.WriteString("('" + h.String() + "', '{\"n\":\"0\"}', '" + strings.Repeat("s", 32) + "', " + strconv.FormatInt(seen, 10) + ", " + strconv.FormatInt(seen, 10) +
				", 1800000, " + strconv.FormatInt(seen+1_800_000, 10) + ", '', 0)")
		}
		if _, err := s.DB.ExecContext(t.Context(), "INSERT INTO "+s.Table+" (handle, data, secret, created, seen, idle, expires, owner, mark) VALUES "+b.String()); err != nil {
			t.Fatal(err)
		}
	}
	return alive
}

func TestSweepRemovesWhatHasExpired(t *testing.T) {
	rows := 20_000
	if full() {
		rows = 1_000_000
	}
	onEach(t, func(t *testing.T, d database) {
		table := freshName()
		stores := []*sqlstore.Store{d.storeNamed(t, table), d.storeNamed(t, table)}
		alive := fill(t, stores[0], rows)
		if n, err := stores[0].CountExpired(t.Context(), time.Now()); err != nil || n != rows-len(alive) {
			t.Errorf("counted %d expired rows, error %v, want %d", n, err, rows-len(alive))
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var users, sweepers sync.WaitGroup
		var calls atomic.Int64
		var slowest atomic.Int64
		for n := range 4 { // who use what is alive meanwhile
			users.Go(func() {
				for i := n; ctx.Err() == nil; i += 4 {
					h, begin := alive[i%len(alive)], time.Now()
					if err := stores[n%2].Update(soon(t), h, sessionstore.Delta{At: begin, Set: map[string]string{"n": strconv.Itoa(i)}}); err != nil {
						t.Errorf("an update of a live session: %v", err)
						return
					}
					slowest.Store(max(slowest.Load(), int64(time.Since(begin))))
					calls.Add(1)
					time.Sleep(time.Millisecond)
				}
			})
		}
		var swept, largest, empty atomic.Int64
		begin := time.Now()
		for _, s := range stores {
			sweepers.Go(func() {
				for ctx.Err() == nil && swept.Load() < int64(rows-len(alive)) {
					n, err := s.Sweep(ctx, time.Now(), 1000)
					if err != nil {
						t.Errorf("sweep: %v", err)
						return
					}
					swept.Add(int64(n))
					largest.Store(max(largest.Load(), int64(n)))
					if n == 0 {
						empty.Add(1)
						time.Sleep(time.Millisecond)
					}
				}
			})
		}
		sweepers.Wait()
		took := time.Since(begin)
		stop()
		users.Wait()
		t.Logf("%d of %d rows swept in %v (%.0f/s), %d sweeps found another at work; %d updates meanwhile, the slowest %v", swept.Load(), rows, took,
			float64(swept.Load())/took.Seconds(), empty.Load(), calls.Load(), time.Duration(slowest.Load()))
		if n, err := stores[0].Count(soon(t)); err != nil || n != len(alive) {
			t.Errorf("%d rows are left (error %v), want the %d that are alive", n, err, len(alive))
		}
		if largest.Load() > 1000 {
			t.Errorf("one sweep removed %d rows, want at most 1000", largest.Load())
		}
		if calls.Load() == 0 {
			t.Error("no session was used meanwhile")
		}
	})
}

func TestSweepEverySweepsAgainAndAgain(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		var events atomic.Int64
		s.Observe = func(e sessionstore.Event) {
			if e.Name == "swept" && e.Err == nil {
				events.Add(int64(e.Count))
			}
		}
		alive := fill(t, s, 3000)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		done := make(chan struct{})
		go func() { defer close(done); s.SweepEvery(ctx, 20*time.Millisecond) }()
		await(t, "the first rows to be swept", func() bool { return countOf(t, s) == len(alive) })
		fill(t, s, 100)
		await(t, "later ones to be swept", func() bool { return countOf(t, s) == len(alive)+10 })
		await(t, "events that tell of 2790 rows", func() bool { return events.Load() == 2790 })
		stop()
		<-done
	})
}

// A row that has expired within the last minute may be alive by the clock of another process.
func TestSweepEverySparesWhatHasJustExpired(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		now := time.Now()
		fresh, old := newHandle(), newHandle()
		for h, seen := range map[sessionstore.Handle]time.Time{fresh: now.Add(-20 * time.Second), old: now.Add(-2 * time.Minute)} {
			if err := s.Create(soon(t), h, sessionstore.Record{Secret: hashOf("x"), Created: seen, Seen: seen, Idle: time.Second}); err != nil {
				t.Fatal(err)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go s.SweepEvery(ctx, 10*time.Millisecond)
		await(t, "the old row to be swept", func() bool { _, err := s.Load(soon(t), old); return errors.Is(err, sessionstore.ErrNotFound) })
		if _, err := s.Load(soon(t), fresh); err != nil {
			t.Errorf("the row that has just expired: %v", err)
		}
	})
}

func TestSweepEveryLogsWhatGoesWrong(t *testing.T) {
	d := database{sqlstore.SQLite, sqliteDSN(t.TempDir() + "/app.db")}
	var log lockedBuilder
	s := &sqlstore.Store{DB: d.open(t), Dialect: d.dialect, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go s.SweepEvery(ctx, time.Millisecond)
	await(t, "an error in the log", func() bool { return strings.Contains(log.String(), "CreateSchema") })
}

func countOf(t *testing.T, s *sqlstore.Store) int {
	t.Helper()
	n, err := s.Count(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// await waits until something is so.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("waited 20 s for %s", what)
		}
	}
}

type lockedBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuilder) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuilder) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
