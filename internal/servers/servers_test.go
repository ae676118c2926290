package servers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/servers"
)

// database is a server with one key and one value, whatever language it speaks.
type database struct {
	*servers.Server
	ask func(ctx context.Context, question string, args ...any) (string, error)

	set, get, time string
}

// kinds are the servers of which one is enough.
var kinds = []struct {
	name  string
	start func(t testing.TB, clock bool) *database
}{
	{"redis", startRedis},
	{"postgres", startPostgres},
	{"mariadb", startMariaDB},
}

func startRedis(t testing.TB, clock bool) *database {
	t.Helper()
	node := servers.Redis{AppendFsync: "always", Clock: clock}.Start(t)
	return &database{
		Server: node.Server,
		set:    "SET k %d",
		get:    "GET k",
		time:   "TIME",
		ask: func(ctx context.Context, question string, args ...any) (string, error) {
			answer, err := patiently(ctx, func() (any, error) {
				return node.Try(strings.Fields(fmt.Sprintf(question, args...))...)
			})
			if items, ok := answer.([]any); ok {
				answer = items[0]
			}
			return fmt.Sprint(answer), err
		},
	}
}

// patiently returns what ask does unless ctx ends before.
func patiently(ctx context.Context, ask func() (any, error)) (any, error) {
	type outcome struct {
		answer any
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		answer, err := ask()
		done <- outcome{answer, err}
	}()
	select {
	case o := <-done:
		return o.answer, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func startPostgres(t testing.TB, clock bool) *database {
	t.Helper()
	s := servers.Postgres{Clock: clock}.Start(t)
	d := &database{
		Server: s,
		set:    "INSERT INTO kept VALUES (1, %[1]d) ON CONFLICT (k) DO UPDATE SET v = %[1]d",
		get:    "SELECT v FROM kept",
		time:   "SELECT extract(epoch FROM clock_timestamp())",
		ask: func(ctx context.Context, question string, args ...any) (string, error) {
			return run(ctx, "psql", s.URL(), "-XAtqc", fmt.Sprintf(question, args...))
		},
	}
	d.mustAsk(t, "CREATE TABLE kept (k int PRIMARY KEY, v int)")
	return d
}

func startMariaDB(t testing.TB, clock bool) *database {
	t.Helper()
	s := servers.MariaDB{Clock: clock}.Start(t)
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	d := &database{
		Server: s,
		set:    "INSERT INTO kept VALUES (1, %[1]d) ON DUPLICATE KEY UPDATE v = %[1]d",
		get:    "SELECT v FROM kept",
		time:   "SELECT UNIX_TIMESTAMP()",
		ask: func(ctx context.Context, question string, args ...any) (string, error) {
			return run(ctx, "mariadb", "--no-defaults", "--skip-ssl", "-h", host, "-P", port, "-u", "dewar", "-NB",
				"-e", fmt.Sprintf(question, args...), "dewar")
		},
	}
	d.mustAsk(t, "CREATE TABLE kept (k int PRIMARY KEY, v int)")
	return d
}

func run(ctx context.Context, program string, args ...string) (string, error) {
	var output, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = &output, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", program, errors.Join(err, ctx.Err()), errs.String())
	}
	return strings.TrimSpace(output.String()), nil
}

func (d *database) mustAsk(t testing.TB, question string, args ...any) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	answer, err := d.ask(ctx, question, args...)
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return answer
}

func (d *database) wants(t testing.TB, value string) {
	t.Helper()
	if got := d.mustAsk(t, d.get); got != value {
		t.Errorf("got value %q, want %q", got, value)
	}
}

// each runs a test with a server of every kind.
func each(t *testing.T, clock bool, test func(t *testing.T, d *database)) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			test(t, kind.start(t, clock))
		})
	}
}

func TestServerKeepsDataAndPort(t *testing.T) {
	each(t, false, func(t *testing.T, d *database) {
		addr := d.Addr()
		for i, stop := range []func(){d.Kill, d.Stop, func() { d.Pause(); d.Kill() }, func() { d.Pause(); d.Stop() }} {
			d.mustAsk(t, d.set, i)
			pid := d.PID()
			stop()
			if d.Running() || d.PID() != 0 {
				t.Error("it still runs")
			}
			if conn, err := net.Dial("tcp", addr); err == nil {
				conn.Close()
				t.Error("its port is still open")
			}
			d.Start()
			if d.PID() == pid || !d.Running() {
				t.Errorf("got pid %d, want a new one, not %d", d.PID(), pid)
			}
			d.wants(t, strconv.Itoa(i))
		}
		pid := d.PID()
		d.Start()
		if d.PID() != pid {
			t.Error("Start started a server that runs once more")
		}
		d.Restart()
		d.wants(t, "3")
		if d.PID() == pid || d.Addr() != addr {
			t.Errorf("got pid %d on %s, want not %d on %s", d.PID(), d.Addr(), pid, addr)
		}
	})
}

func TestServerSaysNothingWhilePaused(t *testing.T) {
	each(t, false, func(t *testing.T, d *database) {
		d.mustAsk(t, d.set, 1)
		d.Pause()
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		if got, err := d.ask(ctx, d.get); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %q and error %v of a paused server, want a timeout", got, err)
		}
		if !d.Running() {
			t.Error("a paused server does not run")
		}
		d.Resume()
		d.wants(t, "1")
	})
}

func TestServerCannotWriteToFullDisk(t *testing.T) {
	each(t, false, func(t *testing.T, d *database) {
		d.mustAsk(t, d.set, 1)
		d.LimitFiles(0)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if _, err := d.ask(ctx, d.set, 2); err == nil {
			t.Error("a write was acknowledged that no disk has")
		}
		if got := d.roomFor(t, d.get); got != "1" && got != "2" {
			t.Errorf("got value %q, want what was acknowledged, or the write that was not", got)
		}
		d.roomFor(t, d.set, 3)
		if got := d.roomFor(t, d.get); got != "3" {
			t.Errorf("got value %q, want 3, which was acknowledged", got)
		}
	})
}

// roomFor has room on the disk again, and asks until it is answered. A server that could not write may end, also a little
// later, and is started again.
func (d *database) roomFor(t *testing.T, question string, args ...any) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		d.LimitFiles(servers.Unlimited)
		d.Start()
		got, err := d.ask(ctx, question, args...)
		if err == nil {
			return got
		}
		if ctx.Err() != nil {
			t.Fatalf("nothing is answered though there is room: %v", err)
		}
	}
}

func TestServerHasAnotherClock(t *testing.T) {
	each(t, true, func(t *testing.T, d *database) {
		for _, ahead := range []time.Duration{0, time.Hour, -48 * time.Hour, 30 * time.Second} {
			d.MoveClock(ahead)
			text := d.mustAsk(t, d.time)
			seconds, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			if got := seconds - float64(time.Now().Unix()); math.Abs(got-ahead.Seconds()) > 10 {
				t.Errorf("the clock is %v s ahead, want %v", got, ahead)
			}
		}
		d.Restart()
		d.mustAsk(t, d.set, 1)
		d.wants(t, "1")
	})
}

func TestServerBehindProxy(t *testing.T) {
	t.Parallel()
	node := servers.Redis{Password: "secret"}.Start(t)
	proxy := servers.NewProxy(t, node.Addr())
	if got, want := node.Through(proxy), "redis://:secret@"+proxy.Addr()+"/0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
