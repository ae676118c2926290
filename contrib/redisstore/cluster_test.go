package redisstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

// While a slot moves, its keys are on the one node or the other.
func TestSlotMoves(t *testing.T) {
	c := servers.Cluster{}.Start(t)
	for replicas := range 2 {
		s := opened(t, patient(clusterURL(c)))
		s.Replicas = replicas
		stays, comes := handle(), handle()
		if err := s.Create(t.Context(), stays, record(nil)); err != nil {
			t.Fatal(err)
		}
		for s.Node(comes) != s.Node(stays) { // any node of which one slot moves
			comes = handle()
		}
		key := s.Prefix + comes.String()
		from := c.MasterOf(key)
		to := c.Masters()[0]
		if to == from {
			to = c.Masters()[1]
		}
		slot := from.Do("CLUSTER", "KEYSLOT", key)
		fromID, toID := from.Do("CLUSTER", "MYID"), to.Do("CLUSTER", "MYID")
		to.Do("CLUSTER", "SETSLOT", fmt.Sprint(slot), "IMPORTING", fmt.Sprint(fromID))
		from.Do("CLUSTER", "SETSLOT", fmt.Sprint(slot), "MIGRATING", fmt.Sprint(toID))

		// It is not there, so the source sends everybody on.
		if err := s.Create(t.Context(), comes, record(map[string]string{"a": "1"})); err != nil {
			t.Fatalf("Create in a slot under way, with %d replicas: %v", replicas, err)
		}
		if err := s.Update(t.Context(), comes, sessionstore.Delta{At: at(), Set: map[string]string{"b": "2"}}); err != nil {
			t.Fatal(err)
		}
		for _, node := range []*servers.Node{to, from} {
			node.Do("CLUSTER", "SETSLOT", fmt.Sprint(slot), "NODE", fmt.Sprint(toID))
		}
		r, err := s.Load(t.Context(), comes)
		if err != nil || len(r.Values) != 2 {
			t.Fatalf("Load from a slot that has moved returned %v, %v, want 2 values", r, err)
		}
		if err := s.Update(t.Context(), comes, sessionstore.Delta{At: at(), Set: map[string]string{"c": "3"}}); err != nil {
			t.Fatalf("Update in a slot that has moved, with %d replicas: %v", replicas, err)
		}
		for deadline := time.Now().Add(15 * time.Second); s.Node(comes) != to.Addr(); time.Sleep(10 * time.Millisecond) { // not every node has heard of it yet
			if time.Now().After(deadline) {
				t.Fatalf("Node returns %q long after the move, want %q", s.Node(comes), to.Addr())
			}
		}
		use(t, s, 3)
	}
}

func TestOneAddressOfACluster(t *testing.T) {
	c := servers.Cluster{}.Start(t)
	s := opened(t, "redis://"+c.Addrs()[0])
	var err error
	for range 20 {
		if err = s.Delete(t.Context(), handle()); err != nil {
			break
		}
	}
	if !strings.Contains(fmt.Sprint(err), "addr=") {
		t.Errorf("a cluster opened as one node returned %v, want how its URL is written", err)
	}
	s = opened(t, "redis://"+c.Addrs()[0]+"?addr="+c.Addrs()[0])
	use(t, s, 1)
}

// The breakers of SessionInterface ask for the node at each call.
func TestNodeIsCheap(t *testing.T) {
	c := servers.Cluster{}.Start(t)
	s := opened(t, clusterURL(c))
	if node := s.Node(handle()); node != "" {
		t.Errorf("Node returned %q before anything was asked of the cluster, want none", node)
	}
	use(t, s, 1)
	nodes := map[string]int{}
	for range 300 {
		nodes[s.Node(handle())]++
	}
	if len(nodes) != 3 || nodes[""] > 0 {
		t.Errorf("300 sessions are on %v, want three nodes", nodes)
	}
	h, best := handle(), time.Hour
	for range 200 { // a busy machine may disturb most of them
		begin := time.Now()
		for range 20 {
			s.Node(h)
		}
		best = min(best, time.Since(begin)/20)
	}
	if t.Logf("Node takes %s", best); best > 20*time.Microsecond {
		t.Errorf("Node took %s, want about a microsecond", best)
	}
}
