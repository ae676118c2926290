package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar/sessionstore"
)

const defaultPrefix = "dewar:session:"

// A base is a Store whose fields have been looked at.
type base struct {
	client      redis.UniversalClient
	cluster     *redis.ClusterClient // the client, if it is one
	prefix      string
	replicas    int
	readTimeout time.Duration
	lane *lane
	never       context.Context // has ended: with it nothing is waited for
}

// use returns the base of s, or what is wrong with its fields.
func (s *Store) use() (*base, error) {
	s.once.Do(func() { s.base, s.wrong = newBase(s) })
	return s.base, s.wrong
}

func newBase(s *Store) (*base, error) {
	b := &base{client: s.Client, prefix: s.Prefix, replicas: s.Replicas}
	if b.prefix == "" {
		b.prefix = defaultPrefix
	}
	never, cancel := context.WithCancel(context.Background())
	cancel()
	b.never = never
	var problems []error
	if strings.ContainsAny(b.prefix, "{}") {
		problems = append(problems, fmt.Errorf("redisstore: Store.Prefix is %q; leave out the braces, which put all sessions in one slot of a cluster", b.prefix))
	}
	if b.replicas < 0 {
		problems = append(problems, fmt.Errorf("redisstore: Store.Replicas is %d; set it to how many replicas must have a write, or 0", b.replicas))
	}
	problems = append(problems, b.inspect())
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return b, nil
}

// inspect looks at the options of the client.
func (b *base) inspect() error {
	switch c := b.client.(type) {
	case nil:
		return errors.New("redisstore: Store has no Client; use redisstore.Open, or set one")
	case *redis.Client:
		b.readTimeout = c.Options().ReadTimeout
		b.lane = &lane{node: c}
		return bounded(c.Options().ContextTimeoutEnabled)
	case *redis.ClusterClient:
		b.cluster, b.readTimeout = c, c.Options().ReadTimeout
		if c.Options().ReadOnly {
			return errors.New("redisstore: the Client reads from replicas, which may not have a session yet; leave out ReadOnly, RouteByLatency and RouteRandomly")
		}
		return bounded(c.Options().ContextTimeoutEnabled)
	case *redis.Ring:
		if b.replicas > 0 {
			return errors.New("redisstore: Store.Replicas does not work with a redis.Ring; use a redis.ClusterClient, or set it to 0")
		}
		return bounded(c.Options().ContextTimeoutEnabled)
	}
	return nil
}

func bounded(contextTimeoutEnabled bool) error {
	if contextTimeoutEnabled {
		return nil
	}
	return errors.New("redisstore: the Client does not keep the deadlines of its callers; set ContextTimeoutEnabled in its options, or use redisstore.Open")
}

func (b *base) key(h sessionstore.Handle) string { return b.prefix + h.String() }

func (b *base) ownerKey(owner string) string { return b.prefix + "owner:" + owner }

// Node returns the address of the master that has a session in a cluster, as far as is known by now, and otherwise "".
func (s *Store) Node(h sessionstore.Handle) string {
	if b, err := s.use(); err == nil && b.cluster != nil {
		return b.node(b.key(h))
	}
	return ""
}

// OwnerNode returns the address of the master that has what is known of an owner, like Node.
func (s *Store) OwnerNode(owner string) string {
	if b, err := s.use(); err == nil && b.cluster != nil {
		return b.node(b.ownerKey(owner))
	}
	return ""
}

func (b *base) node(key string) string {
	master, err := b.cluster.MasterForKey(b.never, key)
	if err != nil {
		return ""
	}
	return master.Options().Addr
}
