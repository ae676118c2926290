package servers

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Cluster is a Redis Cluster. The zero value has three masters with one replica each.
type Cluster struct {
	Redis       Redis         // how each node is; ReplicaOf is not used
	Masters     int           // the default is 3
	Replicas    int           // of each master; the default is 1
	NodeTimeout time.Duration // after which a silent master is replaced; the default is 2 s, as less takes a busy machine for a failure
}

// ClusterSet is a Redis Cluster that was started for a test. It is safe for concurrent use.
type ClusterSet struct {
	Nodes []*Node // the masters it was started with come first

	t      testing.TB
	shards [][]*Node // nodes that hold the same slots; replicas do not move to another shard
}

// seat is what a node of a cluster is known by before it runs.
type seat struct {
	id        string
	port, bus int
	master    int // index of the seat that is followed, or -1
	slots     string
}

// Start starts the nodes and waits until each can reach all, and replicas have their data.
func (c Cluster) Start(t testing.TB) *ClusterSet {
	t.Helper()
	c.Masters, c.Replicas = cmp.Or(c.Masters, 3), cmp.Or(c.Replicas, 1)
	c.NodeTimeout = cmp.Or(c.NodeTimeout, 2*time.Second)
	c.Redis.ReplicaOf = nil
	if c.Redis.TLS {
		c.Redis.certificate = newCertificate(t)
	}
	set := &ClusterSet{t: t, shards: make([][]*Node, c.Masters)}
	seats := c.seats(t)
	for i, s := range seats {
		config := c.Redis
		config.Config = append(c.lines(s), config.Config...)
		node := config.launch(t, s.port, file{"nodes.conf", nodesConf(seats, i)})
		set.Nodes = append(set.Nodes, node)
		set.shards[i%c.Masters] = append(set.shards[i%c.Masters], node)
	}
	set.Ready()
	return set
}

// seats places masters first, and the replicas of each at the same distance.
func (c Cluster) seats(t testing.TB) []seat {
	t.Helper()
	seats := make([]seat, c.Masters*(1+c.Replicas))
	for i := range seats {
		seats[i] = seat{id: nodeID(), port: reserve(t), bus: reserve(t), master: i % c.Masters}
		if i < c.Masters {
			seats[i].master = -1
			seats[i].slots = fmt.Sprintf(" %d-%d", i*16384/c.Masters, (i+1)*16384/c.Masters-1)
		}
	}
	return seats
}

// nodeID returns an id as Redis makes them.
func nodeID() string {
	id := make([]byte, 20)
	rand.Read(id) // it never fails
	return hex.EncodeToString(id)
}

func (c Cluster) lines(s seat) []string {
	return []string{
		"cluster-enabled yes",
		"cluster-config-file nodes.conf",
		"cluster-port " + strconv.Itoa(s.bus),
		fmt.Sprintf("cluster-node-timeout %d", c.NodeTimeout.Milliseconds()),
		"cluster-allow-replica-migration no",
	}
}

// nodesConf returns the file in which node i remembers its cluster. With it the nodes need not be introduced to each other,
// which takes them seconds.
func nodesConf(seats []seat, i int) string {
	var lines strings.Builder
	for j, s := range seats {
		role, follows, epoch := "master", "-", j+1
		if s.master >= 0 {
			role, follows, epoch = "slave", seats[s.master].id, s.master+1
		}
		if i == j {
			role = "myself," + role
		}
		fmt.Fprintf(&lines, "%s 127.0.0.1:%d@%d %s %s 0 0 %d connected%s\n", s.id, s.port, s.bus, role, follows, epoch, s.slots)
	}
	fmt.Fprintf(&lines, "vars currentEpoch %d lastVoteEpoch 0\n", len(seats))
	return lines.String()
}

// Addrs returns the addresses of all nodes.
func (c *ClusterSet) Addrs() []string { return addrs(c.Nodes) }

// Masters returns the nodes that have slots, as soon as all nodes that serve agree. One that was killed or paused is a
// master until another node has taken its place.
func (c *ClusterSet) Masters() []*Node {
	c.t.Helper()
	var masters []*Node
	for _, m := range c.agreed() {
		masters = append(masters, c.node(m.addr))
	}
	return masters
}

// MasterOf returns the node that has the slot of the key, as [ClusterSet.Masters] does.
func (c *ClusterSet) MasterOf(key string) *Node {
	c.t.Helper()
	members := c.agreed()
	slot, _ := c.serving()[0].Do("CLUSTER", "KEYSLOT", key).(int64)
	for _, m := range members {
		if m.has(int(slot)) {
			return c.node(m.addr)
		}
	}
	c.t.Fatalf("servers: no node of the cluster has slot %d", slot)
	return nil
}

// ReplicaOf returns a replica of the node that serves.
func (c *ClusterSet) ReplicaOf(master *Node) *Node {
	c.t.Helper()
	for _, node := range c.shard(master) {
		if node != master && node.serving() && !node.isPrimary() {
			return node
		}
	}
	c.t.Fatalf("servers: no replica of %s serves; start one before", master.Addr())
	return nil
}

// Failover has a replica take the place of the master without a loss, and waits until all nodes know and the old master
// follows. For one that loses, kill or pause the master and wait for [ClusterSet.Promoted].
func (c *ClusterSet) Failover(master *Node) {
	c.t.Helper()
	replica := c.ReplicaOf(master)
	var asked time.Time
	eventually(c.t, "a failover of "+master.Addr(), func() error {
		if replica.isPrimary() {
			return nil
		}
		// Redis gives a failover up after five seconds.
		if time.Since(asked) > 6*time.Second {
			if _, err := replica.Try("CLUSTER", "FAILOVER"); err != nil {
				return err
			}
			asked = time.Now()
		}
		return errors.New("its replica is no master yet")
	})
	c.Ready()
}

// Promoted waits until another node has the slots of the master, which was killed or paused, and all nodes that serve
// know it. It returns that node.
func (c *ClusterSet) Promoted(master *Node) *Node {
	c.t.Helper()
	var promoted *Node
	eventually(c.t, "a new master in the place of "+master.Addr(), func() error {
		members, err := c.view()
		if err != nil {
			return err
		}
		for _, m := range members {
			if node := c.node(m.addr); node != master && slices.Contains(c.shard(master), node) {
				promoted = node
				return c.healthy()
			}
		}
		return errors.New("it still has the slots")
	})
	return promoted
}

// Ready waits until all nodes that run and are not paused find the cluster in order and agree on it, and their replicas
// follow.
func (c *ClusterSet) Ready() {
	c.t.Helper()
	for _, node := range c.serving() {
		node.Ready()
	}
	eventually(c.t, "the cluster", c.healthy)
}

// healthy returns what is not in order.
func (c *ClusterSet) healthy() error {
	if _, err := c.view(); err != nil {
		return err
	}
	for _, node := range c.serving() {
		answer, err := node.Try("CLUSTER", "INFO")
		if err != nil {
			return err
		}
		if text, _ := answer.(string); !strings.Contains(text, "cluster_state:ok") {
			return fmt.Errorf("%s finds the cluster broken", node.Addr())
		}
		if node.info("replication")["role"] != "slave" {
			continue
		}
		following := func(n *Node) bool { return n != node && node.follows(n) == nil }
		if !slices.ContainsFunc(c.shard(node), following) {
			return fmt.Errorf("replica %s has no link to its master", node.Addr())
		}
	}
	return nil
}

// agreed waits until all nodes that serve agree on who has slots.
func (c *ClusterSet) agreed() []member {
	c.t.Helper()
	var members []member
	eventually(c.t, "the cluster to agree", func() (err error) {
		members, err = c.view()
		return err
	})
	return members
}

// view returns the members that have slots, or an error when the nodes that serve do not agree.
func (c *ClusterSet) view() ([]member, error) {
	var agreed []member
	for i, node := range c.serving() {
		members, err := node.members()
		if err != nil {
			return nil, err
		}
		if i > 0 && !slices.Equal(members, agreed) {
			return nil, fmt.Errorf("%s knows other masters: %v and %v", node.Addr(), members, agreed)
		}
		agreed = members
	}
	if agreed == nil {
		return nil, errors.New("no node serves")
	}
	return agreed, nil
}

func (c *ClusterSet) serving() []*Node {
	return slices.DeleteFunc(slices.Clone(c.Nodes), func(n *Node) bool { return !n.serving() })
}

func (c *ClusterSet) node(addr string) *Node { return nodeAt(c.t, c.Nodes, addr) }

func (c *ClusterSet) shard(of *Node) []*Node {
	for _, shard := range c.shards {
		if slices.Contains(shard, of) {
			return shard
		}
	}
	return nil
}

// member is a node that has slots, as another one knows it.
type member struct{ addr, slots string }

// members returns the nodes of the cluster that have slots, in the order of their addresses, as the node knows them.
func (n *Node) members() ([]member, error) {
	answer, err := n.Try("CLUSTER", "NODES")
	if err != nil {
		return nil, err
	}
	text, _ := answer.(string)
	var members []member
	for line := range strings.Lines(text) {
		// id ip:port@bus flags master ping pong epoch state slot...
		if fields := strings.Fields(line); len(fields) > 8 {
			addr, _, _ := strings.Cut(fields[1], "@")
			members = append(members, member{addr, strings.Join(fields[8:], " ")})
		}
	}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.addr, b.addr) })
	return members, nil
}

func (m member) has(slot int) bool {
	for of := range strings.FieldsSeq(m.slots) {
		first, last, ok := strings.Cut(of, "-")
		if !ok {
			last = first
		}
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err1 == nil && err2 == nil && from <= slot && slot <= to {
			return true
		}
	}
	return false
}

func addrs(nodes []*Node) []string {
	all := make([]string, len(nodes))
	for i, node := range nodes {
		all[i] = node.Addr()
	}
	return all
}

func nodeAt(t testing.TB, nodes []*Node, addr string) *Node {
	t.Helper()
	for _, node := range nodes {
		if node.Addr() == addr {
			return node
		}
	}
	t.Fatalf("servers: there is no node on %s", addr)
	return nil
}
