package storesiege

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

// A backend is what keeps sessions.
type backend struct {
	name string
	// settle starts its servers for a test.
	settle func(t testing.TB) *ground
	// loses says that a write which was acknowledged may be lost when a server dies. It is measured then.
	loses bool
}

// A ground is a backend that runs, with what can be done to it.
type ground struct {
	plan      plan
	processes int
	canaries  []string // secrets of the servers
	faults    []fault
}

var backends = []backend{
	{name: "memory", settle: memory},
	{name: "redis", settle: redisWith("everysec"), loses: true},
	{name: "redis-always", settle: redisWith("always")},
	{name: "redis-snapshots", settle: redisWith(""), loses: true},
	{name: "sentinel", settle: sentinelWith(0), loses: true},
	{name: "sentinel-replicas", settle: sentinelWith(1)},
	{name: "cluster", settle: clusterWith(0), loses: true},
	{name: "cluster-replicas", settle: clusterWith(1)},
	{name: "postgres", settle: postgres},
	{name: "mariadb", settle: mariadb},
	{name: "sqlite", settle: sqlite},
}

func memory(testing.TB) *ground {
	return &ground{plan: plan{Store: "memory", Listeners: 2}, processes: 1, faults: ofClocks()}
}

// redisWith returns one server with an append-only file that is synced so often, or with snapshots only.
func redisWith(fsync string) func(t testing.TB) *ground {
	return func(t testing.TB) *ground {
		t.Helper()
		password := canary("password")
		server := servers.Redis{AppendFsync: fsync, Password: password, Clock: true}
		if fsync == "" {
			server.Save = "1 1"
		}
		node := server.Start(t)
		proxy := servers.NewProxy(t, node.Addr())
		g := &ground{plan: plan{Store: "redis", URL: node.Through(proxy), Listeners: 1}, processes: 2, canaries: []string{password}}
		g.faults = slices.Concat(ofServer(node.Server, g.serves), ofProxy(proxy), ofRedis(node), ofClocks())
		return g
	}
}

func sentinelWith(replicas int) func(t testing.TB) *ground {
	return func(t testing.TB) *ground {
		t.Helper()
		set := servers.Sentinel{}.Start(t)
		url := "redis://" + set.Addrs()[0] + "/0?master_name=" + set.Master + "&addr=" + strings.Join(set.Addrs()[1:], "&addr=")
		return &ground{plan: plan{Store: "redis", URL: url, Replicas: replicas, Listeners: 1}, processes: 2, faults: ofSentinel(set)}
	}
}

func clusterWith(replicas int) func(t testing.TB) *ground {
	return func(t testing.TB) *ground {
		t.Helper()
		set := servers.Cluster{NodeTimeout: time.Second}.Start(t)
		detours := map[string]string{}
		var proxies []*servers.Proxy
		for _, node := range set.Nodes {
			proxy := servers.NewProxy(t, node.Addr())
			proxies = append(proxies, proxy)
			detours[node.Addr()] = proxy.Addr()
		}
		addrs := set.Addrs()
		url := "redis://" + addrs[0] + "?addr=" + strings.Join(addrs[1:], "&addr=")
		return &ground{
			plan:      plan{Store: "redis", URL: url, Detours: detours, Replicas: replicas, Listeners: 1},
			processes: 2, faults: ofCluster(set, proxies),
		}
	}
}

func postgres(t testing.TB) *ground {
	t.Helper()
	server := servers.Postgres{Clock: true}.Start(t)
	return onDatabase(t, server, "postgres", "pgx", func(p *servers.Proxy) string { return server.Through(p) })
}

func mariadb(t testing.TB) *ground {
	t.Helper()
	server := servers.MariaDB{Clock: true}.Start(t)
	return onDatabase(t, server, "mysql", "mysql", func(p *servers.Proxy) string { return server.Through(p) + "?interpolateParams=true" })
}

func onDatabase(t testing.TB, server *servers.Server, store, driver string, url func(*servers.Proxy) string) *ground {
	t.Helper()
	proxy := servers.NewProxy(t, server.Addr())
	g := &ground{plan: plan{Store: store, URL: url(proxy), Listeners: 1}, processes: 2}
	g.createSchema(t)
	g.faults = slices.Concat(ofServer(server, g.serves), ofProxy(proxy), ofTables(t, driver, g.plan.URL), ofClocks())
	return g
}

func sqlite(t testing.TB) *ground {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sessions.db")
	g := &ground{
		plan: plan{
			Store: "sqlite", Listeners: 1,
			URL: "file:" + file + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(1000)",
		},
		processes: 2,
	}
	g.createSchema(t)
	g.faults = slices.Concat(ofTables(t, "sqlite", g.plan.URL), ofFile(t, g.plan.URL), ofClocks())
	return g
}

func (g *ground) createSchema(t testing.TB) {
	t.Helper()
	store, closeStore, err := g.plan.store()
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := store.(interface{ CreateSchema(context.Context) error }).CreateSchema(ctx); err != nil {
		t.Fatal(err)
	}
}

// fleet starts the application on the ground.
func (g *ground) fleet(t testing.TB, deadline time.Duration) *fleet {
	t.Helper()
	g.plan.Deadline = deadline
	g.plan.SecretKey = canary("key")
	g.canaries = append(g.canaries, g.plan.SecretKey)
	return startFleet(t, g.plan, g.processes)
}

// canary returns a secret that can be found wherever it gets out.
func canary(what string) string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return "canary-" + what + "-" + hex.EncodeToString(random[:])
}

// shards is how many sessions are tried to see that all of a backend serves: enough to meet each master of a cluster.
const shards = 12

// serves makes new connections and keeps, reads and removes sessions by them.
func (g *ground) serves(ctx context.Context) error {
	store, closeStore, err := g.plan.store()
	if err != nil {
		return err
	}
	defer closeStore()
	now := time.Now().UTC().Truncate(time.Millisecond)
	for range shards {
		var h sessionstore.Handle
		_, _ = rand.Read(h[:]) // never fails
		r := sessionstore.Record{Values: map[string]string{"fresh": "1"}, Created: now, Seen: now, Idle: time.Minute}
		if err := store.Create(ctx, h, r); err != nil {
			return err
		}
		if _, err := store.Load(ctx, h); err != nil {
			return err
		}
		if err := store.Delete(ctx, h); err != nil {
			return err
		}
	}
	return nil
}
