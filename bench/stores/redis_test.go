//go:build unix

package stores

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/internal/servers"
)

// TestRedisCostsLessThanSCS compares time, CPU and round trips of requests whose sessions are in one Redis.
func TestRedisCostsLessThanSCS(t *testing.T) {
	url := servers.RedisURL(t)
	ours, ourTrips := countingClient(t, url)
	theirs, theirTrips := countingClient(t, url)
	dewar, scs := withDewar(t, &redisstore.Store{Client: ours}), withSCS(goredisstore.New(theirs))
	for _, tt := range []struct {
		path  string
		trips int64
	}{{"/untouched", 0}, {"/read", 1}, {"/write", 2}} {
		a, b := newClient(t, dewar, tt.path), newClient(t, scs, tt.path)
		a.send() // the script is known from now on
		before := ourTrips.Load()
		a.send()
		if got := ourTrips.Load() - before; got != tt.trips {
			t.Errorf("%s: %d round trips, want %d", tt.path, got, tt.trips)
		}
		before = theirTrips.Load()
		b.send()
		scsTrips := theirTrips.Load() - before
		costs := compare(t, rounds(), 500, a, b)
		time, cpu := float64(costs[0].elapsed)/float64(costs[1].elapsed), float64(costs[0].cpu)/float64(costs[1].cpu)
		t.Logf("%-10s dewar %v, CPU %v, %d round trips; scs %v, CPU %v, %d round trips: time %.2f, CPU %.2f of that of scs",
			tt.path, costs[0].elapsed, costs[0].cpu, tt.trips, costs[1].elapsed, costs[1].cpu, scsTrips, time, cpu)
		if full() && time > 1.25 {
			t.Errorf("%s: time %.2f of that of scs, want 1.25 at most", tt.path, time)
		}
	}
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
