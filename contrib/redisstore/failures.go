package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar/sessionstore"
)

// cures are what Redis answers when it cannot serve, and what helps.
var cures = []struct {
	code, cure string
	refused    bool // it has done nothing, and may be asked again at once
}{
	{"LOADING", "it loads its data and serves when that is done", true},
	{"READONLY", "this node is a replica; name the master, or have Sentinel find it: redis://sentinel:26379?master_name=mymaster", true},
	{"MASTERDOWN", "this replica has lost its master; a failover or the master's return ends that", true},
	{"CLUSTERDOWN", "slots of the cluster have no master; see CLUSTER INFO", true},
	{"TRYAGAIN", "the slot is being moved", true},
	{"ERR max number of clients reached", "raise maxclients, or lower the size of the pools", true},
	{"BUSY", "a script runs too long in it; see SCRIPT KILL", true},
	{"MOVED", "this is a cluster; name two of its nodes: redis://node1:6379?addr=node2:6379", false},
	{"ASK", "this is a cluster; name two of its nodes: redis://node1:6379?addr=node2:6379", false},
	{"NOREPLICAS", "it has fewer replicas than its min-replicas-to-write; start them", false},
	{"OOM", "its maxmemory is used up; raise it, or set maxmemory-policy to volatile-ttl", false},
	{"MISCONF", "it cannot write to its disk; see its log", false},
	{"NOAUTH", "it wants a password; put user and password into the URL", false},
	{"WRONGPASS", "user or password are wrong; correct the URL", false},
	{"NOPERM", "the user may not do that; allow it what the README of redisstore lists", false},
}

// failure says what went wrong and what helps, and classifies it for the caller. It never holds a password.
func (b *base) failure(doing string, err error) error {
	var answer redis.Error
	switch {
	case err == nil, errors.Is(err, redis.Nil):
		return err
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("redisstore: %s: %w", doing, err)
	case errors.As(err, &answer):
		return b.refusal(doing, answer)
	}
	b.route.doubt()
	return fmt.Errorf("redisstore: %s: %w: %w", doing, sessionstore.ErrUnavailable, err)
}

// refusal is the failure for what Redis itself has answered.
func (b *base) refusal(doing string, answer error) error {
	text := answer.Error()
	if strings.Contains(text, "WRONGTYPE") {
		return fmt.Errorf("redisstore: %s: %w: something else has the key in Redis; set Store.Prefix to one of your own", doing, sessionstore.ErrUnreadable)
	}
	for _, c := range cures {
		if strings.HasPrefix(text, c.code) || strings.Contains(text, ": -"+c.code) {
			return fmt.Errorf("redisstore: %s: %w: %s: %w", doing, sessionstore.ErrUnavailable, c.cure, answer)
		}
	}
	return fmt.Errorf("redisstore: %s: %w", doing, answer)
}

// passing reports whether what was asked for in vain may be had at once: from a new connection, or a server that has refused
// it.
func passing(err error) bool {
	var answer redis.Error
	if errors.As(err, &answer) {
		return refused(err)
	}
	return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// refused reports whether a write was certainly not done, so that it may be sent again.
func refused(err error) bool {
	var dial *net.OpError
	if errors.Is(err, errAstray) || errors.As(err, &dial) && dial.Op == "dial" {
		return true
	}
	for _, c := range cures {
		if c.refused && redis.HasErrorPrefix(err, c.code) {
			return true
		}
	}
	return false
}
