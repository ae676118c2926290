package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// nodes is how many nodes the cluster has: three masters, and a replica of each.
const nodes = 6

// redisNode returns a node of the cluster. It keeps its data on disk too: a master that came back without it, before its replica
// has taken over, would have the replica forget the data as well.
func (s *site) redisNode(i int) (*process, error) {
	folder := filepath.Join(s.folder, fmt.Sprintf("redis-%d", i+1))
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	port := s.redisPort(i)
	return &process{
		name: fmt.Sprintf("Redis on port %d", port),
		args: []string{s.programs.redis, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", folder, "--logfile", "redis.log",
			"--save", "", "--appendonly", "yes", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1",
			"--cluster-enabled", "yes", "--cluster-node-timeout", "2000",
			"--cluster-require-full-coverage", "no", // a shard that is down takes no other with it
			"--cluster-allow-replica-migration", "no"},
		stop: syscall.SIGTERM,
		rest: func(ctx context.Context) { s.replaced(ctx, port) },
	}, nil
}

// replaced waits until no other node takes the one on a port for a master: so one that is killed is failed over, each time.
func (s *site) replaced(ctx context.Context, port int) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	poll(ctx, func(ctx context.Context) error {
		for i := range nodes {
			if s.redisPort(i) == port {
				continue
			}
			text, err := s.ask(ctx, s.redisPort(i), "cluster", "nodes")
			if err != nil {
				return err
			}
			if hasSlots(text, port) {
				return errors.New("it still has its slots")
			}
		}
		return nil
	})
}

// hasSlots reports whether the node on a port has slots, by the answer to CLUSTER NODES.
func hasSlots(text string, port int) bool {
	for line := range strings.Lines(text) {
		// id ip:port@bus flags master ping pong epoch state slot...
		if f := strings.Fields(line); len(f) > 8 && strings.Contains(f[1], fmt.Sprintf(":%d@", port)) {
			return true
		}
	}
	return false
}

// join makes a cluster of the nodes and waits until all know each other.
func (s *site) join(ctx context.Context) error {
	for i := range nodes {
		if err := poll(ctx, func(ctx context.Context) error { _, err := s.ask(ctx, s.redisPort(i), "ping"); return err }); err != nil {
			return fmt.Errorf("the Redis on port %d does not answer: %w", s.redisPort(i), err)
		}
	}
	args := append([]string{"--cluster", "create"}, s.redisAddrs()...)
	output, err := exec.CommandContext(ctx, s.programs.redisCLI, append(args, "--cluster-replicas", "1", "--cluster-yes")...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("redis-cli cannot make a cluster: %w\n%s", err, output)
	}
	if err := poll(ctx, s.healthy); err != nil {
		return fmt.Errorf("the cluster does not get ready: %w", err)
	}
	return nil
}

// healthy says what is not in order in the cluster.
func (s *site) healthy(ctx context.Context) error {
	masters := 0
	for i := range nodes {
		port := s.redisPort(i)
		state, err := s.ask(ctx, port, "cluster", "info")
		if err != nil {
			return err
		}
		replication, err := s.ask(ctx, port, "info", "replication")
		switch {
		case err != nil:
			return err
		case !strings.Contains(state, "cluster_state:ok") || !strings.Contains(state, "cluster_slots_pfail:0") || !strings.Contains(state, "cluster_slots_fail:0"):
			return fmt.Errorf("the node on port %d misses a part of the cluster", port)
		case strings.Contains(replication, "role:master"):
			masters++
			if !strings.Contains(replication, "state=online") || strings.Contains(replication, ",offset=0,") {
				return fmt.Errorf("the master on port %d has no replica, or has heard nothing of it yet", port)
			}
		case !strings.Contains(replication, "master_link_status:up"):
			return fmt.Errorf("the replica on port %d has no master", port)
		}
	}
	if masters != nodes/2 {
		return fmt.Errorf("the cluster has %d masters, not %d", masters, nodes/2)
	}
	return nil
}

// ask sends one command to the node on a port and returns its answer.
func (s *site) ask(ctx context.Context, port int, command ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	answer, err := exec.CommandContext(ctx, s.programs.redisCLI, append([]string{"-e", "-p", strconv.Itoa(port)}, command...)...).Output()
	if err != nil {
		return "", fmt.Errorf("redis-cli %s: %w", strings.Join(command, " "), err)
	}
	return string(answer), nil
}

// redisURL is how the application reaches the cluster: by any three nodes, of which two may be down.
func (s *site) redisURL() string {
	addrs := s.redisAddrs()
	return "redis://" + addrs[0] + "?addr=" + strings.Join(addrs[1:3], "&addr=")
}

func (s *site) redisAddrs() []string {
	return slices.Collect(func(yield func(string) bool) {
		for i := range nodes {
			if !yield(addr(s.redisPort(i))) {
				return
			}
		}
	})
}
