package redisstore

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

// A Store is a [sessionstore.Store] in Redis 6.2 or later. Its fields must not be changed once it is used; its methods may be
// called by several goroutines.
type Store struct {
	// Client is the connection to Redis, as [Open] makes it or your own: a [redis.Client], one from [redis.NewFailoverClient], or
	// a [redis.ClusterClient]. It needs ContextTimeoutEnabled, and must read from masters alone. It must be set.
	Client redis.UniversalClient
	// Prefix is what the names of all keys begin with. The default is "dewar:session:". It must not have braces, which would
	// put all sessions in one slot of a cluster.
	Prefix string
	// Replicas is how many replicas must have a write before it counts; with fewer the request ends in 503, though the
	// write may stand. The default is 0. With 1, and one replica for each master, no write that was answered is lost when one
	// node is.
	Replicas int

	once  sync.Once
	base  *base
	wrong error
}

var (
	_ sessionstore.OwnerIndex = (*Store)(nil)
	_ sessionstore.OwnerMarks = (*Store)(nil)
	_ sessionstore.Store      = (*Store)(nil)
	_ sessionstore.Noder      = (*Store)(nil)

	_ dewar.SessionConfigChecker = (*Store)(nil)
)

// slack is how much longer a key lives in Redis than its session, whose end is looked for when it is read. The scripts have it too.
const slack = time.Minute

// life returns how many milliseconds a key lives that is needed until end, by the clock of the caller.
func life(now, end time.Time) int64 {
	return max(end.UnixMilli()-now.UnixMilli(), 0) + slack.Milliseconds()
}

// CheckConfig says which fields are wrong, for [dewar.App.Build]. It asks no server; see Check for that.
func (s *Store) CheckConfig(*dewar.Values) error {
	_, err := s.use()
	return err
}

// Close ends the connections of Client.
func (s *Store) Close() error {
	if s.Client == nil {
		return nil
	}
	return s.Client.Close()
}

// Load returns the session of a handle.
func (s *Store) Load(ctx context.Context, h sessionstore.Handle) (sessionstore.Record, error) {
	b, err := s.use()
	if err != nil {
		return sessionstore.Record{}, err
	}
	cmd, err := read(ctx, b, "read a session", b.key(h), func(key string) *redis.MapStringStringCmd {
		return redis.NewMapStringStringCmd(ctx, "hgetall", key)
	})
	if err != nil {
		return sessionstore.Record{}, err
	}
	fields := cmd.Val()
	if len(fields) == 0 {
		return sessionstore.Record{}, sessionstore.ErrNotFound
	}
	return decode(fields)
}

// Create keeps a new session.
func (s *Store) Create(ctx context.Context, h sessionstore.Handle, r sessionstore.Record) error {
	b, err := s.use()
	if err != nil {
		return err
	}
	w := newWrite(createScript, b.key(h), 1+2*len(r.Values)+2*metaFields)
	w.args = append(w.args, appendInt(appendTime(nil, r.Created), life(r.Created, r.Expires())))
	w.args = appendRecord(w.args, r)
	return b.verdict(ctx, "create a session", w)
}

// Update changes a session.
func (s *Store) Update(ctx context.Context, h sessionstore.Handle, d sessionstore.Delta) error {
	b, err := s.use()
	if err != nil {
		return err
	}
	w := newWrite(updateScript, b.key(h), 1+2*len(d.Set)+len(d.Delete)+2*len(d.Expect))
	w.args = appendDelta(w.args, d)
	return b.verdict(ctx, "update a session", w)
}

// Delete removes a session.
func (s *Store) Delete(ctx context.Context, h sessionstore.Handle) error {
	b, err := s.use()
	if err != nil {
		return err
	}
	_, err = b.write(ctx, "delete a session", command("del", b.key(h)))
	return err
}

// Node returns the address of the master that has a session in a cluster, as far as is known by now, and otherwise "".
func (s *Store) Node(h sessionstore.Handle) string {
	b, err := s.use()
	if err != nil {
		return ""
	}
	return b.route.node(b.key(h))
}

// OwnerNode returns the address of the master that has what is known of an owner, like Node.
func (s *Store) OwnerNode(owner string) string {
	b, err := s.use()
	if err != nil {
		return ""
	}
	return b.route.node(b.ownerKey(owner))
}
