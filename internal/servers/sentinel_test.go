package servers_test

import (
	"testing"

	"github.com/dewar-go/dewar/internal/servers"
)

func TestSentinelFailsOver(t *testing.T) {
	t.Parallel()
	set := servers.Sentinel{Replicas: 2}.Start(t)
	if got := len(set.Addrs()); got != 3 {
		t.Errorf("got %d sentinels, want 3", got)
	}
	old := set.Primary()
	if got := set.Replicas(); old != set.Nodes[0] || len(got) != 2 {
		t.Errorf("got primary %s with %d replicas, want %s with 2", old.Addr(), len(got), set.Nodes[0].Addr())
	}
	old.Do("SET", "a", "kept")
	for _, replica := range set.Replicas() {
		awaitValue(t, replica, "kept")
	}

	set.Failover()
	next := set.Primary()
	if got := next.Do("GET", "a"); next == old || got != "kept" {
		t.Errorf("after Failover primary %s has %v, want another than %s with the value", next.Addr(), got, old.Addr())
	}

	next.Kill()
	last := set.Promoted(next)
	if got := last.Do("GET", "a"); last == next || got != "kept" {
		t.Errorf("after Kill primary %s has %v, want another than %s with the value", last.Addr(), got, next.Addr())
	}
	next.Start()
	set.Ready()
	if got := len(set.Replicas()); got != 2 {
		t.Errorf("after Start there are %d replicas, want 2", got)
	}
}

func TestSentinelReplacesPausedPrimary(t *testing.T) {
	t.Parallel()
	set := servers.Sentinel{Redis: servers.Redis{User: "app", Password: "secret", TLS: true}}.Start(t)
	old := set.Primary()
	old.Pause()
	promoted := set.Promoted(old)
	promoted.Do("SET", "a", "new")
	old.Resume()
	set.Ready()
	if got := old.Do("GET", "a"); got != "new" {
		t.Errorf("the old primary has %v after it follows, want the value", got)
	}
}
