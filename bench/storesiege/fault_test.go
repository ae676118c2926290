package storesiege

import (
	"context"
	"database/sql"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/servers"
)

// A fault is one thing that goes wrong.
type fault struct {
	name   string
	strike func(*fleet)
	heal   func(*fleet)
	hold   time.Duration // how long it lasts
	// failover says that another node takes the place of one: with Replicas no acknowledged write is lost by it.
	failover bool
	// fatal says that a server dies without having had the time to save anything.
	fatal bool
}

const (
	// moment is long enough for a fault to be met.
	moment = 500 * time.Millisecond
	// beyond is longer than the deadline and than what may come on top of it.
	beyond = deadline + tolerance + 200*time.Millisecond
)

// quiet makes a function of what takes no fleet.
func quiet(f func()) func(*fleet) { return func(*fleet) { f() } }

const (
	// deadline is that of the application, and tolerance what an answer may take on top of it.
	deadline  = time.Second
	tolerance = 200 * time.Millisecond
)

// ofServer are faults of a single server.
func ofServer(s *servers.Server, serves func(context.Context) error) []fault {
	full, room := quiet(func() { s.LimitFiles(0) }), quiet(func() { makeRoom(s, serves) })
	clock := func(ahead time.Duration) func(*fleet) { return quiet(func() { s.MoveClock(ahead) }) }
	return []fault{
		{name: "server stopped", strike: quiet(s.Stop), heal: quiet(s.Start), hold: moment},
		{name: "server killed", strike: quiet(s.Kill), heal: quiet(s.Start), hold: moment, fatal: true},
		{name: "server killed and back at once", strike: quiet(s.Kill), heal: quiet(s.Start), fatal: true},
		{name: "server paused", strike: quiet(s.Pause), heal: quiet(s.Resume), hold: beyond},
		{name: "server paused for a moment", strike: quiet(s.Pause), heal: quiet(s.Resume), hold: moment},
		{name: "disk full", strike: full, heal: room, hold: moment},
		{name: "clock of the server an hour ahead", strike: clock(time.Hour), heal: clock(0), hold: moment},
		{name: "clock of the server an hour back", strike: clock(-time.Hour), heal: clock(0), hold: moment},
	}
}

// makeRoom ends a full disk. Some servers end when they cannot write, also a little later, and are started again.
func makeRoom(s *servers.Server, serves func(context.Context) error) {
	for end := time.Now().Add(patience); s.Running() && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		s.LimitFiles(servers.Unlimited)
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		err := serves(ctx)
		cancel()
		if err == nil {
			return
		}
	}
	s.Start()
}

// ofClocks are faults of the application's own clock.
func ofClocks() []fault {
	ahead := func(d time.Duration) func(*fleet) { return func(f *fleet) { f.moveClocks(d) } }
	return []fault{
		{name: "clock of the application an hour ahead", strike: ahead(time.Hour), heal: ahead(0), hold: moment},
		{name: "clock of the application an hour back", strike: ahead(-time.Hour), heal: ahead(0), hold: moment},
	}
}

// ofProxy are faults of the way to a server, or to all of several.
func ofProxy(proxies ...*servers.Proxy) []fault {
	set := func(m servers.Mode) func(*fleet) {
		return quiet(func() {
			for _, p := range proxies {
				p.Set(m)
			}
		})
	}
	pass := set(servers.Pass)
	return []fault{
		{name: "slow by 5 s", strike: set(servers.Delay(5 * time.Second)), heal: pass, hold: beyond},
		{name: "slow by 100 ms", strike: set(servers.Delay(100 * time.Millisecond)), heal: pass, hold: moment},
		{name: "trickling", strike: set(servers.Throttle(20)), heal: pass, hold: beyond},
		{name: "cut mid-reply", strike: set(servers.CutAfter(3)), heal: pass, hold: moment},
		{name: "reset mid-reply", strike: set(servers.ResetAfter(3)), heal: pass, hold: moment},
		{name: "cut before the reply", strike: set(servers.CutAfter(0)), heal: pass, hold: moment},
		{name: "blackhole", strike: set(servers.Blackhole), heal: pass, hold: beyond},
		{name: "connections refused", strike: set(servers.Refuse), heal: pass, hold: moment},
		{name: "disconnected", strike: quiet(func() {
			for _, p := range proxies {
				p.Disconnect()
			}
		}), heal: pass},
	}
}

// ofRedis are faults that only Redis has.
func ofRedis(nodes ...*servers.Node) []fault {
	do := func(args ...string) func(*fleet) {
		return quiet(func() {
			for _, n := range nodes {
				_, _ = n.Try(args...) // a replica may refuse
			}
		})
	}
	nothing := quiet(func() {})
	return []fault{
		{name: "script cache flushed", strike: do("SCRIPT", "FLUSH"), heal: nothing, hold: moment},
		{name: "memory used up", strike: do("CONFIG", "SET", "maxmemory", "1"), heal: do("CONFIG", "SET", "maxmemory", "0"), hold: moment},
		{name: "clients ended by the server", strike: do("CLIENT", "KILL", "TYPE", "normal"), heal: nothing, hold: moment},
		{name: "writes held by the server", strike: do("CLIENT", "PAUSE", "60000", "WRITE"), heal: do("CLIENT", "UNPAUSE"), hold: beyond},
	}
}

// ofSentinel are faults of a primary that sentinels watch.
func ofSentinel(set *servers.SentinelSet) []fault {
	x := &failovers{
		master: set.Primary, replica: func() *servers.Node { return set.Replicas()[0] },
		promoted: func(n *servers.Node) { set.Promoted(n) }, ready: set.Ready,
	}
	faults := append(x.faults(), fault{name: "failed over", strike: quiet(set.Failover), heal: quiet(set.Ready), failover: true})
	return append(faults, ofRedis(set.Nodes...)...)
}

// ofCluster are faults of a cluster whose nodes are behind proxies.
func ofCluster(set *servers.ClusterSet, proxies []*servers.Proxy) []fault {
	master := func() *servers.Node { return set.MasterOf(canary("slot")) }
	x := &failovers{
		master: master, replica: func() *servers.Node { return set.ReplicaOf(master()) },
		promoted: func(n *servers.Node) { set.Promoted(n) }, ready: set.Ready,
	}
	faults := append(x.faults(), fault{name: "failed over", strike: quiet(func() { set.Failover(master()) }), heal: quiet(set.Ready), failover: true})
	faults = append(faults, ofProxy(proxies...)...)
	return append(faults, ofRedis(set.Nodes...)...)
}

// failovers are the faults of nodes of which another one takes the place.
type failovers struct {
	master, replica func() *servers.Node
	promoted        func(old *servers.Node) // waits until another node is in its place
	ready           func()
	hit             *servers.Node
}

func (x *failovers) faults() []fault {
	kill, stop, pause := (*servers.Node).Kill, (*servers.Node).Stop, (*servers.Node).Pause
	start, resume := (*servers.Node).Start, (*servers.Node).Resume
	return []fault{
		{name: "primary killed", strike: x.replaced(kill), heal: x.back(start), failover: true, fatal: true},
		{name: "primary stopped", strike: x.replaced(stop), heal: x.back(start), failover: true},
		{name: "primary paused", strike: x.replaced(pause), heal: x.back(resume), failover: true},
		{name: "primary paused for a moment", strike: x.at(x.master, pause), heal: x.back(resume), hold: moment / 2, failover: true},
		{name: "replica killed", strike: x.at(x.replica, kill), heal: x.back(start), hold: moment},
		{name: "replica paused", strike: x.at(x.replica, pause), heal: x.back(resume), hold: moment},
	}
}

func (x *failovers) at(node func() *servers.Node, harm func(*servers.Node)) func(*fleet) {
	return quiet(func() { x.hit = node(); harm(x.hit) })
}

func (x *failovers) replaced(harm func(*servers.Node)) func(*fleet) {
	return quiet(func() { x.hit = x.master(); harm(x.hit); x.promoted(x.hit) })
}

func (x *failovers) back(help func(*servers.Node)) func(*fleet) {
	return quiet(func() { help(x.hit); x.ready() })
}

// ofTables are faults of a database that are done by SQL.
func ofTables(t testing.TB, driver, dsn string) []fault {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	run := func(statement string) func(*fleet) {
		return quiet(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			if _, err := db.ExecContext(ctx, statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		})
	}
	return []fault{{
		name:   "schema missing",
		strike: run("ALTER TABLE sessions RENAME TO elsewhere"), heal: run("ALTER TABLE elsewhere RENAME TO sessions"),
		hold: moment,
	}}
}

// ofFile are faults of a SQLite file and of the processes that write to it.
func ofFile(t testing.TB, dsn string) []fault {
	t.Helper()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	run := func(statement string) func(*fleet) {
		return quiet(func() {
			if _, err := db.Exec(statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		})
	}
	disk := func(limit string) func(*fleet) {
		return func(f *fleet) {
			for _, m := range f.members {
				if out, err := exec.Command("prlimit", "--pid", strconv.Itoa(m.cmd.Process.Pid), "--fsize="+limit).CombinedOutput(); err != nil {
					t.Errorf("prlimit: %v %s", err, out)
				}
			}
		}
	}
	return []fault{
		{name: "locked by another process", strike: run("BEGIN IMMEDIATE"), heal: run("ROLLBACK"), hold: beyond},
		{name: "locked for a moment", strike: run("BEGIN IMMEDIATE"), heal: run("ROLLBACK"), hold: moment},
		{name: "disk full", strike: disk("0:unlimited"), heal: disk("unlimited:unlimited"), hold: moment},
	}
}
