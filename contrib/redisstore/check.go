package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Check returns what is wrong with the fields of s, and with the Redis that they lead to: that it cannot be reached, that it may
// throw sessions away before they end (its maxmemory-policy), that it has fewer replicas than Replicas. A program that shall not
// start then says
//
//	app.OnStart(store.Check)
func (s *Store) Check(ctx context.Context) error {
	b, err := s.use()
	if err != nil {
		return err
	}
	var (
		mu       sync.Mutex
		problems []error
	)
	look := func(ctx context.Context, node *redis.Client) error {
		err := b.checkNode(ctx, node, s.Replicas)
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, err)
		return nil
	}
	if b.route.cluster == nil {
		_ = look(ctx, b.route.single)
	} else if err := b.route.cluster.ForEachMaster(ctx, look); err != nil {
		problems = append(problems, b.failure("find the nodes of the cluster", err))
	}
	return errors.Join(problems...)
}

func (b *base) checkNode(ctx context.Context, node *redis.Client, replicas int) error {
	if err := node.Ping(ctx).Err(); err != nil {
		return b.failure("reach "+node.Options().Addr, err)
	}
	memory, _ := node.Info(ctx, "memory").Result() // a user of few rights may not ask
	if policy := fact(memory, "maxmemory_policy"); policy != "" && policy != "noeviction" && policy != "volatile-ttl" {
		return fmt.Errorf("redisstore: %s has the maxmemory-policy %s, which throws away sessions that have not ended; set it to noeviction, or to volatile-ttl, which takes those that end soonest", node.Options().Addr, policy)
	}
	replication, _ := node.Info(ctx, "replication").Result()
	if linked, err := strconv.Atoi(fact(replication, "connected_slaves")); err == nil && linked < replicas {
		return fmt.Errorf("redisstore: %s has %d replicas, but Store.Replicas is %d; start replicas, or lower it", node.Options().Addr, linked, replicas)
	}
	return nil
}

// fact returns the value of a name in what INFO has answered, or "".
func fact(info, name string) string {
	_, rest, _ := strings.Cut(info, "\n"+name+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}
