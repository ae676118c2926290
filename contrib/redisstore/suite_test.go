package redisstore_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

// suite runs the suite of stores on one that open makes; each of its stores is a process of its own on the same keys.
func suite(t *testing.T, open func(t testing.TB) *redisstore.Store) {
	t.Helper()
	prefix := fmt.Sprintf("suite:%x:", rand.Uint64())
	dewartest.TestStore(t, func(t testing.TB) sessionstore.Store {
		s := open(t)
		s.Prefix = prefix
		t.Cleanup(func() { _ = s.Close() })
		return s
	})
}

// clusterURL names the nodes of a cluster as Open wants them.
func clusterURL(c *servers.ClusterSet) string {
	addrs := c.Addrs()
	return "redis://" + addrs[0] + "?addr=" + strings.Join(addrs[1:], "&addr=")
}

func sentinelURL(set *servers.SentinelSet) string {
	addrs := set.Addrs()
	return "redis://" + addrs[0] + "/0?master_name=" + url.QueryEscape(set.Master) + "&addr=" + strings.Join(addrs[1:], "&addr=")
}

// patient lets a busy machine take its time, where it is not the time that is tested.
func patient(address string) string {
	if strings.Contains(address, "?") {
		return address + "&read_timeout=5s"
	}
	return address + "?read_timeout=5s"
}

// by opens a store by its URL, with so many replicas.
func by(url string, replicas int) func(t testing.TB) *redisstore.Store {
	return func(t testing.TB) *redisstore.Store {
		s := opened(t, patient(url))
		s.Replicas = replicas
		return s
	}
}

func TestStoreOnOneNode(t *testing.T) {
	suite(t, by(servers.RedisURL(t), 0))
}

func TestStoreWithReplica(t *testing.T) {
	primary := servers.Redis{}.Start(t)
	servers.Redis{ReplicaOf: primary}.Start(t)
	suite(t, by(primary.URL(), 1))
}

func TestStoreInCluster(t *testing.T) {
	c := servers.Cluster{}.Start(t)
	for _, replicas := range []int{0, 1} {
		t.Run(fmt.Sprintf("%d replicas", replicas), func(t *testing.T) { suite(t, by(clusterURL(c), replicas)) })
	}
}

func TestStoreBehindSentinel(t *testing.T) {
	set := servers.Sentinel{Replicas: 1}.Start(t)
	for _, replicas := range []int{0, 1} {
		t.Run(fmt.Sprintf("%d replicas", replicas), func(t *testing.T) { suite(t, by(sentinelURL(set), replicas)) })
	}
}

// The certificate is one that only the test trusts, so the client is made by hand.
func TestStoreWithTLSAndUser(t *testing.T) {
	r := servers.Redis{TLS: true, User: "app", Password: "p/w:d@#"}.Start(t)
	suite(t, func(t testing.TB) *redisstore.Store {
		o, err := redis.ParseURL(r.URL())
		if err != nil {
			t.Fatal(err)
		}
		o.TLSConfig, o.ContextTimeoutEnabled = r.TLS(), true
		return &redisstore.Store{Client: redis.NewClient(o)}
	})
}

// A user that may do no more than the README lists.
func TestStoreWithLeastRights(t *testing.T) {
	r := servers.Redis{}.Start(t)
	r.Do("ACL", "SETUSER", "least", "on", ">p", "resetkeys", "~suite:*", "resetchannels", "-@all", "+hgetall", "+hget", "+hmget", "+hset", "+hdel",
		"+hrandfield", "+exists", "+del", "+pttl", "+pexpire", "+eval", "+evalsha", "+wait")
	suite(t, by(strings.Replace(r.URL(), "redis://", "redis://least:p@", 1), 0))
}
