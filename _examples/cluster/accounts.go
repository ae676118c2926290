package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar"
)

var errNameTaken = errors.New("the name is taken")

// accounts are the users, in the cluster that has the sessions too: under account: and the name, the hash of the password.
type accounts struct{ cluster *redis.ClusterClient }

// replicaWait is how many milliseconds a replica may take to have a new account.
const replicaWait = 500

// add keeps a new user, or returns errNameTaken. Redis decides on that, so that of two who want a name at the same moment one gets
// it. The account counts when a replica has it, as sessions do.
func (a accounts) add(ctx context.Context, name, hash string) error {
	key := accountKey(name)
	master, err := a.cluster.MasterForKey(ctx, key)
	if err != nil {
		return unavailable(err)
	}
	pipe := master.Pipeline() // WAIT asks about its own connection alone
	added := pipe.SetNX(ctx, key, hash, 0)
	copied := pipe.Do(ctx, "wait", 1, replicaWait)
	if _, err := pipe.Exec(ctx); err != nil {
		a.cluster.ReloadState(ctx) // the key may be on another node by now
		return unavailable(err)
	}
	if !added.Val() {
		return errNameTaken
	}
	if n, err := copied.Int64(); err != nil || n < 1 {
		return unavailable(errors.New("no replica has the new account"))
	}
	return nil
}

// hash returns the hash of a user's password, and "" if there is no such user.
func (a accounts) hash(ctx context.Context, name string) (string, error) {
	hash, err := a.cluster.Get(ctx, accountKey(name)).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", unavailable(err)
	}
	return hash, nil
}

func accountKey(name string) string { return "account:" + name }

// unavailable is the answer while the node is not there that has an account.
func unavailable(err error) error {
	return &dewar.HTTPError{Code: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"1"}}, Err: fmt.Errorf("accounts: %w", err)}
}
