//go:build unix

package stores

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/internal/servers"
)

// TestRedisCostsLessThanSCS compares requests whose sessions are in one Redis: time and round trips of one client, and CPU of many
// at once, as of a server that has work to do. With one client most of the CPU is the system's, for two packets a round trip, which
// are the same for both.
func TestRedisCostsLessThanSCS(t *testing.T) {
	const many = 16
	url := servers.RedisURL(t)
	ours, ourTrips := countingClient(t, url)
	theirs, theirTrips := countingClient(t, url)
	dewar, scs := withDewar(t, &redisstore.Store{Client: ours}), withSCS(goredisstore.New(theirs))
	for _, tt := range []struct {
		path  string
		trips int64
	}{{"/untouched", 0}, {"/read", 1}, {"/write", 2}} {
		a, b := newCrowd(t, many, dewar, tt.path), newCrowd(t, many, scs, tt.path)
		a[0].send() // the script is known from now on
		trips, scsTrips := countTrips(ourTrips, a[0]), countTrips(theirTrips, b[0])
		if trips != tt.trips {
			t.Errorf("%s: %d round trips, want %d", tt.path, trips, tt.trips)
		}
		one := compare(t, rounds(), 500, a[:1], b[:1])
		all := compare(t, rounds(), 500*many, a, b)
		time, cpu := float64(one[0].elapsed)/float64(one[1].elapsed), float64(all[0].cpu)/float64(all[1].cpu)
		t.Logf("%-10s dewar %v (CPU %v, of many %v), %d round trips; scs %v (CPU %v, of many %v), %d round trips: time %.2f, CPU of many %.2f of that of scs",
			tt.path, one[0].elapsed, one[0].cpu, all[0].cpu, trips, one[1].elapsed, one[1].cpu, all[1].cpu, scsTrips, time, cpu)
		if full() && time > 1.25 {
			t.Errorf("%s: time %.2f of that of scs, want 1.25 at most", tt.path, time)
		}
		if full() && cpu > 0.5 {
			t.Errorf("%s: CPU %.2f of that of scs, want 0.5 at most", tt.path, cpu)
		}
	}
}

func newCrowd(t testing.TB, n int, h http.Handler, path string) (clients crowd) {
	t.Helper()
	for range n {
		clients = append(clients, newClient(t, h, path))
	}
	return clients
}

// countTrips returns how many round trips a request takes.
func countTrips(trips *atomic.Int64, c *client) int64 {
	before := trips.Load()
	c.send()
	return trips.Load() - before
}

// countingClient returns a client, and how often it has written to its sockets: once for each round trip of a caller who is
// alone.
func countingClient(t testing.TB, url string) (*redis.Client, *atomic.Int64) {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	trips := &atomic.Int64{}
	options.ContextTimeoutEnabled = true
	options.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return &countingConn{conn, trips}, err
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client, trips
}

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c *countingConn) Write(p []byte) (int, error) { c.writes.Add(1); return c.Conn.Write(p) }
