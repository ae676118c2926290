package servers_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/dewar-go/dewar/internal/servers"
)

func TestClusterFailsOver(t *testing.T) {
	t.Parallel()
	c := servers.Cluster{}.Start(t)
	if got := len(c.Addrs()); got != 6 {
		t.Errorf("got %d nodes, want 6", got)
	}
	if got := c.Masters(); len(got) != 3 {
		t.Errorf("got %d masters, want 3", len(got))
	}
	old := c.MasterOf("a")
	old.Do("SET", "a", "kept")
	replica := c.ReplicaOf(old)
	c.Failover(old) // loses nothing
	if got := c.MasterOf("a"); got != replica {
		t.Errorf("after Failover %s has the slot, want the replica %s", got.Addr(), replica.Addr())
	}
	if got := replica.Do("GET", "a"); got != "kept" {
		t.Errorf("after Failover the value is %v", got)
	}

	replica.Kill()
	if got := c.Promoted(replica); got != old {
		t.Errorf("after Kill %s was promoted, want %s", got.Addr(), old.Addr())
	}
	if got := old.Do("GET", "a"); got != "kept" {
		t.Errorf("after Kill the value is %v", got)
	}
	replica.Start()
	c.Ready()
	if slices.Contains(c.Masters(), replica) {
		t.Error("a node that was replaced is a master again")
	}
}

func TestClusterReplacesPausedMaster(t *testing.T) {
	t.Parallel()
	c := servers.Cluster{Redis: servers.Redis{AppendFsync: "always", User: "app", Password: "secret", TLS: true}}.Start(t)
	master := c.MasterOf("a")
	master.Pause()
	promoted := c.Promoted(master)
	promoted.Do("SET", "a", "new")
	master.Resume()
	c.Ready()
	if got := c.MasterOf("a"); got != promoted {
		t.Errorf("%s has the slot, want %s", got.Addr(), promoted.Addr())
	}
}

func TestClusterKnowsTheMasterOfKeys(t *testing.T) {
	t.Parallel()
	c := servers.Cluster{}.Start(t)
	used := map[*servers.Node]bool{}
	for i := range 30 {
		key := fmt.Sprint("key", i)
		master := c.MasterOf(key)
		master.Do("SET", key, "x") // any other node would refuse it
		used[master] = true
	}
	if len(used) != 3 {
		t.Errorf("30 keys are on %d masters, want 3", len(used))
	}
}
