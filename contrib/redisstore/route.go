package redisstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// redirects is how many nodes a command is sent to at most, because its key has moved to another one of the cluster.
const redirects = 4

// errAstray means that no node has taken a command, so that it was certainly not done.
var errAstray = errors.New("the nodes of the cluster send it to each other, as they do during a failover until all have heard of it; see CLUSTER NODES")

// A route finds the master that has a key.
type route struct {
	single  *redis.Client
	cluster *redis.ClusterClient // if it is one
	reads   *lanes
	writes  *lanes

	nodes     sync.Map      // of *redis.Client by address, as they were when a key had moved
	reloading chan struct{} // whoever has its only place may ask for them
	reloaded  time.Time     // when they were asked for
	never     context.Context
}

func newRoute(single *redis.Client, cluster *redis.ClusterClient, replicas int) *route {
	r := &route{single: single, cluster: cluster, reloading: make(chan struct{}, 1)}
	timeout := time.Duration(0)
	if cluster != nil {
		timeout = cluster.Options().ReadTimeout
	} else {
		timeout = single.Options().ReadTimeout
	}
	r.reads = &lanes{timeout: timeout}
	if r.writes = r.reads; replicas > 0 {
		r.writes = &lanes{replicas: replicas, timeout: timeout} // reads do not wait for replicas
	}
	never, cancel := context.WithCancel(context.Background())
	cancel()
	r.never = never
	return r
}

// lanes are those to the nodes, for one purpose.
type lanes struct {
	replicas int
	timeout  time.Duration
	byAddr   sync.Map // of *lane
}

func (l *lanes) to(node *redis.Client) *lane {
	addr := node.Options().Addr
	if known, ok := l.byAddr.Load(addr); ok && known.(*lane).node == node {
		return known.(*lane)
	}
	anew := &lane{node: node, replicas: l.replicas, timeout: l.timeout}
	if known, ok := l.byAddr.LoadOrStore(addr, anew); ok && known.(*lane).node == node {
		return known.(*lane)
	}
	l.byAddr.Store(addr, anew) // in place of that of a client that the cluster client has given up
	return anew
}

// do sends cmd to the master that has key, by one of lanes. Without an error some node has done it.
func (r *route) do(ctx context.Context, lanes *lanes, key string, cmd redis.Cmder) error {
	if r.cluster == nil {
		return lanes.to(r.single).do(ctx, cmd)
	}
	begin := time.Now()
	master, err := r.cluster.MasterForKey(ctx, key)
	for sent := 1; err == nil; sent++ {
		answer := lanes.to(master).do(ctx, cmd)
		if addr, asked := redis.IsAskError(answer); asked {
			return r.ask(ctx, lanes, addr, begin, cmd)
		}
		if !elsewhere(answer) {
			return answer
		}
		if sent == redirects {
			return fmt.Errorf("%w: %v", errAstray, answer)
		}
		addr, _ := redis.IsMovedError(answer)
		master, err = r.follow(ctx, key, addr, begin)
	}
	return err
}

// elsewhere reports whether a node has not done a command because it is for another one.
func elsewhere(answer error) bool {
	_, moved := redis.IsMovedError(answer)
	return moved || redis.IsReadOnlyError(answer) || errors.Is(answer, redis.ErrClosed)
}

// ask sends cmd to the node that a slot is about to move to.
func (r *route) ask(ctx context.Context, lanes *lanes, addr string, begin time.Time, cmd redis.Cmder) error {
	node, err := r.at(ctx, addr, begin)
	if err != nil {
		return err
	}
	return lanes.to(node).alone(ctx, cmd, redis.NewStatusCmd(ctx, "asking"))
}

// follow returns the node at an address, which has key by now. Which node that is the others may not have heard yet.
func (r *route) follow(ctx context.Context, key, addr string, begin time.Time) (*redis.Client, error) {
	r.doubt()
	if node, err := r.at(ctx, addr, begin); err == nil {
		return node, nil
	}
	return r.cluster.MasterForKey(ctx, key)
}

// at returns the node at an address. If none is known it asks the cluster, unless that has been done since begin. It may be one
// that others take for a replica: whoever has lost a slot to it knows better.
func (r *route) at(ctx context.Context, addr string, begin time.Time) (*redis.Client, error) {
	node, ok := r.nodes.Load(addr)
	if !ok {
		if err := r.reload(ctx, begin); err != nil {
			return nil, err
		}
		node, ok = r.nodes.Load(addr)
	}
	if !ok {
		return nil, fmt.Errorf("redis: the cluster knows no node at %q", addr)
	}
	return node.(*redis.Client), nil
}

// reload asks the cluster which nodes it has, one call at a time.
func (r *route) reload(ctx context.Context, since time.Time) error {
	select {
	case r.reloading <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.reloading }()
	if r.reloaded.After(since) {
		return nil
	}
	err := r.cluster.ForEachShard(ctx, func(_ context.Context, node *redis.Client) error { // it asks before it begins
		r.nodes.Store(node.Options().Addr, node)
		return nil
	})
	if err == nil {
		r.reloaded = time.Now()
	}
	return err
}

// node returns the address of the master that has key in a cluster, as far as is known by now, and "" otherwise.
func (r *route) node(key string) string {
	if r.cluster == nil {
		return ""
	}
	master, err := r.cluster.MasterForKey(r.never, key)
	if err != nil {
		return ""
	}
	return master.Options().Addr
}

// doubt has the slots read soon, because a node has failed and another one may have them by now. It waits for nothing.
func (r *route) doubt() {
	if r.cluster != nil {
		r.cluster.ReloadState(r.never)
	}
}
