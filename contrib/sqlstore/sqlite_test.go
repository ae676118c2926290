package sqlstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/sessionstore"
)

// childEnv has the part that the test binary plays when a test starts it as another process: a database's dialect, DSN and table,
// and the handle of a session.
const childEnv = "SQLSTORE_TEST_CHILD"

// TestChild is no test: it is the other process of those below. It sets keys of its own in a session with eight goroutines and
// prints each that was acknowledged.
func TestChild(t *testing.T) {
	part := strings.Split(os.Getenv(childEnv), "|")
	if len(part) != 6 {
		t.Skip("other tests start this in a process of its own")
	}
	n, _ := strconv.Atoi(part[0])
	d := database{sqlstore.Dialect(n), part[1]}
	h, err := sessionstore.ParseHandle(part[3])
	if err != nil {
		t.Fatal(err)
	}
	times, _ := strconv.Atoi(part[5])
	s := &sqlstore.Store{DB: d.open(t), Dialect: d.dialect, Table: part[2]}
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range times {
				key := fmt.Sprintf("%s-%d-%d", part[4], worker, i)
				if err := s.Update(soon(t), h, sessionstore.Delta{At: time.Now(), Set: map[string]string{key: "1"}}); err != nil {
					t.Error(err)
					return
				}
				fmt.Printf("acknowledged %s\n", key)
			}
		})
	}
	all.Wait()
}

// child starts another process that uses a session.
func child(t *testing.T, d database, table string, h sessionstore.Handle, name string, times int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), childEnv+"="+strings.Join([]string{strconv.Itoa(int(d.dialect)), d.dsn, table, h.String(), name, strconv.Itoa(times)}, "|"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, bufio.NewScanner(out)
}

func newSession(t *testing.T, s *sqlstore.Store) sessionstore.Handle {
	t.Helper()
	h, now := newHandle(), time.Now()
	if err := s.Create(soon(t), h, sessionstore.Record{Secret: hashOf("x"), Created: now, Seen: now, Idle: time.Hour}); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestWritersOfTwoProcessesLoseNothing(t *testing.T) {
	times := 25
	if full() {
		times = 500
	}
	onEach(t, func(t *testing.T, d database) {
		table := freshName()
		s := d.storeNamed(t, table)
		h := newSession(t, s)
		var all sync.WaitGroup
		acked := make([]int, 2)
		for n := range acked {
			cmd, lines := child(t, d, table, h, fmt.Sprint("p", n), times)
			all.Go(func() {
				for lines.Scan() {
					if strings.HasPrefix(lines.Text(), "acknowledged ") {
						acked[n]++
					}
				}
				if err := cmd.Wait(); err != nil {
					t.Errorf("process %d: %v", n, err)
				}
			})
		}
		all.Wait()
		r, err := s.Load(soon(t), h)
		if err != nil || len(r.Values) != 2*8*times || acked[0]+acked[1] != 2*8*times {
			t.Errorf("%d keys are there and %d+%d were acknowledged (error %v), want %d", len(r.Values), acked[0], acked[1], err, 2*8*times)
		}
	})
}

func TestSQLiteSurvivesTheDeathOfAWriter(t *testing.T) {
	rounds := 3
	if full() {
		rounds = 50
	}
	d := database{sqlstore.SQLite, sqliteDSN(filepath.Join(t.TempDir(), "app.db"))}
	table := freshName()
	s := d.storeNamed(t, table)
	for round := range rounds {
		h := newSession(t, s)
		cmd, lines := child(t, d, table, h, "x", 100_000)
		acked := map[string]bool{}
		for n := 0; lines.Scan(); {
			if key, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
				if acked[key] = true; n == 40+round {
					_ = cmd.Process.Kill()
				}
				n++
			}
		}
		_ = cmd.Wait() // it was killed
		r, err := s.Load(soon(t), h)
		if err != nil {
			t.Fatal(err)
		}
		for key := range acked {
			if r.Values[key] == "" {
				t.Errorf("round %d: %s was acknowledged and is lost", round, key)
			}
		}
		if err := s.Update(soon(t), h, sessionstore.Delta{At: time.Now(), Set: map[string]string{"after": "1"}}); err != nil {
			t.Errorf("round %d: an update afterwards: %v", round, err)
		}
	}
	var verdict string
	if err := s.DB.QueryRowContext(soon(t), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check says %q (error %v)", verdict, err)
	}
}

// An application may hold the file for longer than busy_timeout.
func TestSQLiteWaitsForItsTurn(t *testing.T) {
	d := database{sqlstore.SQLite, "file:" + filepath.Join(t.TempDir(), "app.db") + "?_pragma=journal_mode(WAL)"} // no busy_timeout at all
	s, db := d.store(t), d.open(t)
	h := newSession(t, s)
	hold := func(hold time.Duration) {
		conn, err := db.Conn(soon(t))
		if err == nil {
			_, err = conn.ExecContext(soon(t), "BEGIN IMMEDIATE")
		}
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(hold, func() {
			_, _ = conn.ExecContext(context.Background(), "COMMIT")
			_ = conn.Close()
		})
	}
	update := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), deadline)
		defer cancel()
		return s.Update(ctx, h, sessionstore.Delta{At: time.Now(), Set: map[string]string{"a": "1"}})
	}

	hold(300 * time.Millisecond)
	if err := update(); err != nil {
		t.Errorf("held for 0.3 s: %v, want no error", err)
	}
	hold(2 * time.Second)
	begin := time.Now()
	if err := update(); !errors.Is(err, sessionstore.ErrUnavailable) {
		t.Errorf("held for 2 s: %v, want ErrUnavailable", err)
	}
	if took := time.Since(begin); took > deadline+tolerance {
		t.Errorf("held for 2 s: it took %v", took)
	}
	if _, err := s.Load(soon(t), h); err != nil {
		t.Errorf("reading while it is held: %v", err)
	}
	await(t, "the file to be free", func() bool { return update() == nil })
}

func TestSQLiteFailsAsUnavailable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.db")
	d := database{sqlstore.SQLite, sqliteDSN(file)}
	table := freshName()
	h := newSession(t, d.storeNamed(t, table))
	large := sessionstore.Delta{At: time.Now(), Set: map[string]string{"a": strings.Repeat("x", 1<<20)}}
	for _, tt := range []struct{ name, dsn string }{
		{"disk full", sqliteDSN(file) + "&_pragma=max_page_count(20)"},
		{"read-only", "file:" + file + "?mode=ro"},
		{"no such folder", sqliteDSN(filepath.Join(t.TempDir(), "missing", "app.db"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &sqlstore.Store{DB: database{sqlstore.SQLite, tt.dsn}.open(t), Dialect: sqlstore.SQLite, Table: table}
			if err := s.Update(soon(t), h, large); !errors.Is(err, sessionstore.ErrUnavailable) {
				t.Errorf("got %v, want ErrUnavailable", err)
			}
		})
	}
}
