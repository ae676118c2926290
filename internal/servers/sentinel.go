package servers

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Sentinel is a Redis primary with replicas, and three sentinels that replace it when it fails. The zero value has one
// replica.
type Sentinel struct {
	Redis     Redis         // how each node is; ReplicaOf is not used
	Replicas  int           // the default is 1
	DownAfter time.Duration // after which a silent primary is replaced; the default is 2 s, as less takes a busy machine for a failure
}

// SentinelSet is a primary, its replicas and its sentinels that were started for a test. It is safe for concurrent use.
type SentinelSet struct {
	Master    string  // the name of the primary for clients
	Nodes     []*Node // the primary it was started with comes first
	Sentinels []*Node // they ask for no password

	t testing.TB
}

const sentinels = 3

// Start starts all and waits until replicas follow and the sentinels know each other and them.
func (s Sentinel) Start(t testing.TB) *SentinelSet {
	t.Helper()
	s.Redis.ReplicaOf = nil
	if s.Redis.TLS {
		s.Redis.certificate = newCertificate(t)
	}
	set := &SentinelSet{t: t, Master: "mymaster"}
	primary := s.Redis.launch(t, reserve(t))
	set.Nodes = append(set.Nodes, primary)
	for range cmp.Or(s.Replicas, 1) {
		replica := s.Redis
		replica.ReplicaOf = primary
		set.Nodes = append(set.Nodes, replica.launch(t, reserve(t)))
	}
	for _, node := range set.Nodes {
		node.Ready()
	}
	s.watch(set)
	set.Ready()
	return set
}

// watch starts the sentinels.
func (s Sentinel) watch(set *SentinelSet) {
	set.t.Helper()
	seats := make([]seat, sentinels)
	for i := range seats {
		seats[i] = seat{id: nodeID(), port: reserve(set.t)}
	}
	plain := Redis{TLS: s.Redis.TLS, certificate: s.Redis.certificate}
	for i, seat := range seats {
		lines := append(plain.listen(seat.port), s.lines(set, seats, i)...)
		set.Sentinels = append(set.Sentinels, plain.run(set.t, seat.port, lines, []string{"--sentinel"}))
	}
	for _, sentinel := range set.Sentinels {
		sentinel.Ready()
		sentinel.hurry()
	}
}

// lines returns what sentinel i is told. It is told of the others and of the replicas as well, whom it would find by
// itself within seconds.
func (s Sentinel) lines(set *SentinelSet, seats []seat, i int) []string {
	name := " " + set.Master + " "
	lines := []string{
		"sentinel myid " + seats[i].id,
		"sentinel monitor" + name + hostPort(set.Nodes[0]) + " 2",
		fmt.Sprintf("sentinel down-after-milliseconds%s%d", name, cmp.Or(s.DownAfter, 2*time.Second).Milliseconds()),
		"sentinel failover-timeout" + name + "3000",
		"sentinel parallel-syncs" + name + "8",
	}
	if s.Redis.User != "" {
		lines = append(lines, "sentinel auth-user"+name+s.Redis.User)
	}
	if s.Redis.Password != "" {
		lines = append(lines, "sentinel auth-pass"+name+s.Redis.Password)
	}
	for _, replica := range set.Nodes[1:] {
		lines = append(lines, "sentinel known-replica"+name+hostPort(replica))
	}
	for j, other := range seats {
		if j != i {
			lines = append(lines, "sentinel known-sentinel"+name+"127.0.0.1 "+strconv.Itoa(other.port)+" "+other.id)
		}
	}
	return lines
}

// hostPort returns the address of a node as a configuration has it.
func hostPort(n *Node) string { return strings.Replace(n.Addr(), ":", " ", 1) }

// hurry has a sentinel notice within a second what it looks at every ten by itself. Redis before 7 cannot, which makes
// tests slower and no less right.
func (n *Node) hurry() {
	_, _ = n.Try("SENTINEL", "DEBUG", "info-period", "500", "publish-period", "200", "slave-reconf-timeout", "1000")
}

// Addrs returns the addresses of the sentinels.
func (s *SentinelSet) Addrs() []string { return addrs(s.Sentinels) }

// Primary returns the node that the sentinels send clients to, as soon as those that serve agree. One that was killed or
// paused is the primary until another node has taken its place.
func (s *SentinelSet) Primary() *Node {
	s.t.Helper()
	var primary *Node
	eventually(s.t, "the sentinels to agree", func() (err error) {
		primary, err = s.primary()
		return err
	})
	return primary
}

// Replicas returns the other nodes that serve.
func (s *SentinelSet) Replicas() []*Node {
	s.t.Helper()
	primary := s.Primary()
	return slices.DeleteFunc(slices.Clone(s.Nodes), func(n *Node) bool { return n == primary || !n.serving() })
}

// Failover has the sentinels put a replica in the place of the primary, and waits until all follow it. Writes of that
// moment are lost. When the primary was killed or paused, wait for [SentinelSet.Promoted].
func (s *SentinelSet) Failover() {
	s.t.Helper()
	old := s.Primary()
	eventually(s.t, "a sentinel to begin a failover", func() error {
		_, err := s.Sentinels[0].Try("SENTINEL", "FAILOVER", s.Master)
		return err
	})
	s.Promoted(old)
	s.Ready()
}

// Promoted waits until the sentinels send clients to another node than the one given, and that is a primary. It returns
// that node.
func (s *SentinelSet) Promoted(old *Node) *Node {
	s.t.Helper()
	var promoted *Node
	eventually(s.t, "a new primary in the place of "+old.Addr(), func() error {
		primary, err := s.primary()
		switch {
		case err != nil:
			return err
		case primary == old || !primary.isPrimary():
			return errors.New("the old one is still named")
		}
		promoted = primary
		return nil
	})
	return promoted
}

// Ready waits until the sentinels that serve agree on a primary that serves, every other node that serves follows it, and
// the sentinels know them.
func (s *SentinelSet) Ready() {
	s.t.Helper()
	eventually(s.t, "the sentinels", s.healthy)
}

// healthy returns what is not in order.
func (s *SentinelSet) healthy() error {
	primary, err := s.primary()
	if err != nil {
		return err
	}
	if !primary.isPrimary() {
		return fmt.Errorf("%s is named as primary and is none", primary.Addr())
	}
	replicas := 0
	for _, node := range s.Nodes {
		if node == primary || !node.serving() {
			continue
		}
		replicas++
		if err := node.follows(primary); err != nil {
			return err
		}
	}
	for _, sentinel := range s.serving() {
		if err := sentinel.watches(s.Master, replicas); err != nil {
			return err
		}
	}
	return nil
}

// watches returns an error unless the sentinel finds nobody missing.
func (n *Node) watches(master string, replicas int) error {
	answer, err := n.Try("SENTINEL", "MASTER", master)
	if err != nil {
		return err
	}
	if fields := pairs(answer); fields["flags"] != "master" || fields["num-other-sentinels"] != strconv.Itoa(sentinels-1) {
		return fmt.Errorf("sentinel %s sees a primary with flags %q and %s other sentinels", n.Addr(), fields["flags"], fields["num-other-sentinels"])
	}
	if answer, err = n.Try("SENTINEL", "REPLICAS", master); err != nil {
		return err
	}
	items, _ := answer.([]any)
	seen := 0
	for _, item := range items {
		if fields := pairs(item); fields["flags"] == "slave" && fields["master-link-status"] == "ok" {
			seen++
		}
	}
	if seen != replicas {
		return fmt.Errorf("sentinel %s sees %d replicas of %d", n.Addr(), seen, replicas)
	}
	_, err = n.Try("SENTINEL", "CKQUORUM", master)
	return err
}

// pairs returns the fields of a reply that has names and values in turn.
func pairs(answer any) map[string]string {
	items, _ := answer.([]any)
	fields := map[string]string{}
	for i := 0; i+1 < len(items); i += 2 {
		name, _ := items[i].(string)
		fields[name], _ = items[i+1].(string)
	}
	return fields
}

// primary returns the node that all sentinels which serve name.
func (s *SentinelSet) primary() (*Node, error) {
	named := ""
	for _, sentinel := range s.serving() {
		answer, err := sentinel.Try("SENTINEL", "GET-MASTER-ADDR-BY-NAME", s.Master)
		if err != nil {
			return nil, err
		}
		parts, _ := answer.([]any)
		if len(parts) != 2 {
			return nil, fmt.Errorf("sentinel %s names no primary", sentinel.Addr())
		}
		addr := fmt.Sprintf("%v:%v", parts...)
		if named != "" && addr != named {
			return nil, fmt.Errorf("sentinels name both %s and %s", named, addr)
		}
		named = addr
	}
	if named == "" {
		return nil, errors.New("no sentinel serves")
	}
	return nodeAt(s.t, s.Nodes, named), nil
}

func (s *SentinelSet) serving() []*Node {
	return slices.DeleteFunc(slices.Clone(s.Sentinels), func(n *Node) bool { return !n.serving() })
}
