package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

const (
	// deadline is how long a call may take, and tolerance how much longer it takes on a busy machine.
	deadline  = time.Second
	tolerance = 200 * time.Millisecond
)

// A harm is what is done to a server while sessions are used.
type harm struct {
	name string
	do   func(t *testing.T, s *servers.Server, p *servers.Proxy, db *sql.DB)
	// spares means that nothing may fail.
	spares bool
}

func TestPostgreSQLIsHarmed(t *testing.T) {
	s := servers.Postgres{Config: []string{"max_connections=40"}}.Start(t)
	withEach(t, s, database{sqlstore.PostgreSQL, "?sslmode=disable&connect_timeout=1"}, []harm{
		{name: "nothing happens", do: func(*testing.T, *servers.Server, *servers.Proxy, *sql.DB) { time.Sleep(300 * time.Millisecond) }, spares: true},
		{name: "backends are terminated", do: terminateBackends},
		{name: "a table is locked for 5 s", do: lockTable("BEGIN; LOCK TABLE siege IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(5); COMMIT")},
		{name: "all connections are taken", do: takeConnections},
		{name: "it becomes read-only", do: postgresReadOnly},
	})
}

func TestMariaDBIsHarmed(t *testing.T) {
	s := servers.MariaDB{Config: []string{"max-connections=40"}}.Start(t)
	withEach(t, s, database{sqlstore.MySQL, "?interpolateParams=true&timeout=1s"}, []harm{
		{name: "nothing happens", do: func(*testing.T, *servers.Server, *servers.Proxy, *sql.DB) { time.Sleep(300 * time.Millisecond) }, spares: true},
		{name: "connections are killed", do: killConnections},
		{name: "connections run out", do: mariaDBConnectionsRunOut},
		{name: "a table is locked for 5 s", do: lockTable("LOCK TABLES siege WRITE, siege_marks WRITE; SELECT SLEEP(5); UNLOCK TABLES")},
	})
}

func TestTheClockOfTheServerDoesNotMatter(t *testing.T) {
	for _, tt := range []struct {
		name  string
		start func(t *testing.T) (*servers.Server, database)
	}{
		{"PostgreSQL", func(t *testing.T) (*servers.Server, database) {
			s := servers.Postgres{Clock: true}.Start(t)
			return s, database{sqlstore.PostgreSQL, s.URL()}
		}},
		{"MariaDB", func(t *testing.T) (*servers.Server, database) {
			s := servers.MariaDB{Clock: true}.Start(t)
			return s, database{sqlstore.MySQL, s.URL()}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, d := tt.start(t)
			s := d.store(t)
			h := newSession(t, s) // for an hour
			for _, ahead := range []time.Duration{48 * time.Hour, -48 * time.Hour} {
				server.MoveClock(ahead)
				if err := s.Update(soon(t), h, sessionstore.Delta{At: time.Now(), Set: map[string]string{"n": "1"}}); err != nil {
					t.Errorf("%v ahead: %v", ahead, err)
				}
				if n, err := s.Sweep(soon(t), time.Now(), 10); n != 0 || err != nil {
					t.Errorf("%v ahead: swept %d (error %v), want 0", ahead, n, err)
				}
			}
			if err := s.Update(soon(t), h, sessionstore.Delta{At: time.Now().Add(2 * time.Hour)}); !errors.Is(err, sessionstore.ErrNotFound) {
				t.Errorf("after two hours: %v, want ErrNotFound", err)
			}
		})
	}
}

// harms are those that any server survives.
func harms() []harm {
	return []harm{
		{name: "it is paused", do: func(_ *testing.T, s *servers.Server, _ *servers.Proxy, _ *sql.DB) {
			s.Pause()
			time.Sleep(2500 * time.Millisecond)
			s.Resume()
		}},
		{name: "it is stopped and started", do: func(_ *testing.T, s *servers.Server, _ *servers.Proxy, _ *sql.DB) {
			s.Stop()
			time.Sleep(500 * time.Millisecond)
			s.Start()
		}},
		{name: "it is killed and started", do: func(_ *testing.T, s *servers.Server, _ *servers.Proxy, _ *sql.DB) {
			s.Kill()
			time.Sleep(500 * time.Millisecond)
			s.Start()
		}},
		{name: "the network drops everything", do: func(_ *testing.T, _ *servers.Server, p *servers.Proxy, _ *sql.DB) {
			p.Set(servers.Blackhole)
			time.Sleep(2500 * time.Millisecond)
			p.Set(servers.Pass)
		}},
		{name: "the network is cut and refuses", do: func(_ *testing.T, _ *servers.Server, p *servers.Proxy, _ *sql.DB) {
			p.Set(servers.Refuse)
			time.Sleep(1500 * time.Millisecond)
			p.Set(servers.Pass)
		}},
		{name: "replies are cut off", do: func(_ *testing.T, _ *servers.Server, p *servers.Proxy, _ *sql.DB) {
			for n := range 10 {
				p.Set(servers.CutAfter(int64(n * 7)))
				time.Sleep(100 * time.Millisecond)
			}
			p.Set(servers.Pass)
		}},
		{name: "replies take 5 s", do: func(_ *testing.T, _ *servers.Server, p *servers.Proxy, _ *sql.DB) {
			p.Set(servers.Delay(5 * time.Second))
			time.Sleep(2500 * time.Millisecond)
			p.Set(servers.Pass)
		}},
		{name: "its disk is full", do: func(_ *testing.T, s *servers.Server, _ *servers.Proxy, _ *sql.DB) {
			s.LimitFiles(0)
			time.Sleep(1500 * time.Millisecond)
			s.Restart() // PostgreSQL ends when it cannot write its log
		}},
	}
}

func withEach(t *testing.T, s *servers.Server, d database, own []harm) {
	for _, h := range append(own, harms()...) {
		t.Run(h.name, func(t *testing.T) {
			p := servers.NewProxy(t, s.Addr())
			direct := s.URL()
			through := database{d.dialect, strings.Split(s.Through(p), "?")[0] + d.dsn}
			s.Start()
			besiege(t, through, h, func() { h.do(t, s, p, database{d.dialect, direct}.open(t)) })
		})
	}
}

// A writer has a session of its own, in which it counts.
type writer struct {
	store    *sqlstore.Store
	h        sessionstore.Handle
	acked    int
	tried    int
	slowest  time.Duration
	failures int
	strange  []error // errors that should have been another
}

// besiege has sessions used by two stores while harm is done, and after that until all is well again.
func besiege(t *testing.T, d database, h harm, do func()) {
	const table = "siege"
	stores := []*sqlstore.Store{d.storeNamed(t, table), d.storeNamed(t, table)}
	for _, s := range stores {
		s.DB.SetMaxOpenConns(3) // so that some wait, and database/sql opens connections without a deadline
	}
	writers := make([]*writer, 12)
	for n := range writers {
		writers[n] = &writer{store: stores[n%2], h: newHandle()}
		r := sessionstore.Record{Values: map[string]string{"n": "0"}, Secret: hashOf("x"), Created: start, Seen: time.Now(), Idle: time.Hour}
		if err := stores[0].Create(soon(t), writers[n].h, r); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var all sync.WaitGroup
	for _, w := range writers {
		all.Go(func() { w.count(ctx) })
	}
	do()
	recovered := recovery(t, d, stores)
	stop()
	all.Wait()
	report(t, h, writers, recovered)
	for _, w := range writers {
		r, err := stores[1].Load(soon(t), w.h)
		if n, _ := strconv.Atoi(r.Values["n"]); err != nil || n < w.acked || n > w.tried {
			t.Errorf("a session has %d (error %v), want at least the %d that was acknowledged and at most the %d that was tried", n, err, w.acked, w.tried)
		}
	}
}

// count sets n to 1, 2, 3 and so on, each within the deadline.
func (w *writer) count(ctx context.Context) {
	for ctx.Err() == nil {
		w.tried++
		err := w.timed(func(ctx context.Context) error {
			return w.store.Update(ctx, w.h, sessionstore.Delta{At: time.Now(), Set: map[string]string{"n": strconv.Itoa(w.tried)}})
		})
		if err == nil {
			w.acked = w.tried
		}
		if err = errors.Join(err, w.timed(func(ctx context.Context) error { _, err := w.store.Load(ctx, w.h); return err })); err != nil {
			time.Sleep(5 * time.Millisecond) // as the breaker does
		}
	}
}

func (w *writer) timed(call func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	begin := time.Now()
	err := call(ctx)
	w.slowest = max(w.slowest, time.Since(begin))
	if err != nil {
		w.failures++
		if !errors.Is(err, sessionstore.ErrUnavailable) {
			w.strange = append(w.strange, err)
		}
	}
	return err
}

// recovery returns how long after a fresh client is served both stores take until they serve ten calls in a row.
func recovery(t *testing.T, d database, stores []*sqlstore.Store) time.Duration {
	fresh := d.open(t)
	until := time.Now().Add(30 * time.Second)
	for fresh.PingContext(soon(t)) != nil {
		if time.Now().After(until) {
			t.Fatal("no fresh client is served after 30 s")
		}
		time.Sleep(5 * time.Millisecond)
	}
	begin := time.Now()
	well := begin // when the row of calls began
	for inARow := 0; inARow < 10; {
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		h := newHandle()
		r := sessionstore.Record{Values: map[string]string{"n": "0"}, Secret: hashOf("x"), Created: start, Seen: time.Now(), Idle: time.Hour}
		inARow++
		if err := errors.Join(stores[inARow%2].Create(ctx, h, r), stores[(inARow+1)%2].Delete(ctx, h)); err != nil {
			t.Logf("not yet well after %v: %v", time.Since(begin), err)
			inARow, well = 0, time.Now()
		}
		cancel()
		if time.Now().After(until) {
			t.Fatal("the store does not recover within 30 s")
		}
	}
	return well.Sub(begin)
}

func report(t *testing.T, h harm, writers []*writer, recovered time.Duration) {
	t.Helper()
	var slowest time.Duration
	acked, failures := 0, 0
	kinds := map[string]int{}
	for _, w := range writers {
		slowest, acked, failures = max(slowest, w.slowest), acked+w.acked, failures+w.failures
		for _, err := range w.strange {
			kinds[fmt.Sprint(err)]++
		}
	}
	t.Logf("acknowledged %d, failed %d, slowest %v, well again after %v", acked, failures, slowest, recovered)
	if slowest > deadline+tolerance {
		t.Errorf("a call took %v, want at most %v", slowest, deadline+tolerance)
	}
	if recovered > time.Second {
		t.Errorf("well again after %v, want 1 s", recovered)
	}
	for kind, n := range kinds {
		t.Errorf("%d errors are not ErrUnavailable: %s", n, kind)
	}
	if h.spares && failures > 0 {
		t.Errorf("%d calls failed", failures)
	}
}

func terminateBackends(t *testing.T, _ *servers.Server, _ *servers.Proxy, db *sql.DB) {
	for range 40 {
		if _, err := db.ExecContext(soon(t), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"); err != nil {
			t.Error(err)
		}
		time.Sleep(25 * time.Millisecond)
	}
}

func killConnections(t *testing.T, _ *servers.Server, _ *servers.Proxy, db *sql.DB) {
	for range 40 {
		rows, err := db.QueryContext(soon(t), "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'dewar'")
		if err != nil {
			t.Fatal(err)
		}
		var ids []int
		for rows.Next() {
			var id int
			_ = rows.Scan(&id)
			ids = append(ids, id)
		}
		rows.Close()
		for _, id := range ids {
			_, _ = db.ExecContext(soon(t), "KILL "+strconv.Itoa(id)) // it may be gone
		}
		time.Sleep(25 * time.Millisecond)
	}
}

// lockTable runs statements on one connection.
func lockTable(statements string) func(*testing.T, *servers.Server, *servers.Proxy, *sql.DB) {
	return func(t *testing.T, _ *servers.Server, _ *servers.Proxy, db *sql.DB) {
		conn, err := db.Conn(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, statement := range strings.Split(statements, "; ") {
			if _, err := conn.ExecContext(soon(t), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
}

// takeConnections takes nearly every connection of the server, those of the stores too, for a while.
func takeConnections(t *testing.T, _ *servers.Server, _ *servers.Proxy, db *sql.DB) {
	db.SetMaxOpenConns(60)
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Second)
	defer stop()
	var all sync.WaitGroup
	var taken atomic.Int32
	for range 36 {
		all.Go(func() {
			conn, err := db.Conn(ctx)
			for ; err != nil && ctx.Err() == nil; conn, err = db.Conn(ctx) {
				time.Sleep(5 * time.Millisecond)
			}
			if err != nil {
				return
			}
			defer conn.Close()
			taken.Add(1)
			_, _ = conn.ExecContext(ctx, "SET application_name = 'taker'")
			for ctx.Err() == nil {
				_, _ = conn.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> 'taker' AND backend_type = 'client backend' AND backend_start < now() - interval '50 ms'")
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
	all.Wait()
	if n := taken.Load(); n < 30 {
		t.Errorf("took %d connections, want 30 of 40", n)
	}
}

func mariaDBConnectionsRunOut(t *testing.T, s *servers.Server, p *servers.Proxy, db *sql.DB) {
	exec := func(statement string) {
		if _, err := db.ExecContext(soon(t), statement); err != nil {
			t.Fatal(err)
		}
	}
	exec("SET GLOBAL max_connections = 10")
	killConnections(t, s, p, db)
	exec("SET GLOBAL max_connections = 100")
}

func postgresReadOnly(t *testing.T, _ *servers.Server, _ *servers.Proxy, db *sql.DB) {
	for _, statement := range []string{"ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()", "SELECT pg_sleep(1)"} {
		if _, err := db.ExecContext(soon(t), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{"SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"} {
		for _, one := range strings.Split(statement, "; ") {
			if _, err := db.ExecContext(soon(t), one); err != nil {
				t.Fatal(err)
			}
		}
	}
	time.Sleep(200 * time.Millisecond)
}
