package redisstore

import (
	"cmp"
	"errors"
	"net/url"
	"time"

	"github.com/redis/go-redis/v9"
)

// How long a part of a call may take, so that a session that a dead server has is known to be lost within a second. Whoever wants
// others says so in the URL.
const (
	dialTimeout = 500 * time.Millisecond
	ioTimeout   = 500 * time.Millisecond
	poolTimeout = 500 * time.Millisecond
)

var errURL = errors.New(`redisstore: the address is no URL that Redis can be reached by; it looks like
	redis://user:password@host:6379/0                      one server; rediss:// for TLS
	redis://host1:6379?addr=host2:6379&addr=host3:6379     a cluster: two of its nodes at least
	redis://sentinel1:26379/0?master_name=mymaster&addr=sentinel2:26379&username=user&password=password
and what is special in a password is percent-encoded, such as %2F for a slash`)

// Open returns a Store for a URL, without connecting yet:
//
//	redis://user:password@host:6379/0                      one server; rediss:// for TLS, unix:///path for a socket
//	redis://host1:6379?addr=host2:6379&addr=host3:6379     a cluster: two of its nodes at least, or one twice
//	redis://host1:26379/0?master_name=mymaster&addr=...    Sentinel; user and password are those of the sentinels, those of
//	                                                       Redis are ?username= and ?password=
//
// Other parameters are those of [redis.ParseURL], such as pool_size and read_timeout. Every call ends when its context does.
// Anything else, such as certificates of your own, is a Store with a Client of your own.
func Open(address string) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errURL // which, unlike err, has no password
	}
	var client redis.UniversalClient
	switch query := u.Query(); {
	case query.Has("master_name"):
		client, err = openFailover(address)
	case query.Has("addr"):
		client, err = openCluster(address)
	default:
		client, err = openSingle(address)
	}
	if err != nil {
		return nil, errURL
	}
	return &Store{Client: client}, nil
}

// setDefaults sets what a URL has left open, which the three kinds of options have alike.
func setDefaults(protocol *int, dial, pool, read, write *time.Duration) {
	*protocol = cmp.Or(*protocol, 2)
	*dial, *pool = cmp.Or(*dial, dialTimeout), cmp.Or(*pool, poolTimeout)
	*read, *write = cmp.Or(*read, ioTimeout), cmp.Or(*write, ioTimeout)
}

func openSingle(address string) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, err
	}
	setDefaults(&o.Protocol, &o.DialTimeout, &o.PoolTimeout, &o.ReadTimeout, &o.WriteTimeout)
	o.MaxRetries, o.DialerRetries = cmp.Or(o.MaxRetries, -1), cmp.Or(o.DialerRetries, 1)
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.Dialer = dialer(o.DialTimeout, o.TLSConfig)
	return redis.NewClient(o), nil
}

func openFailover(address string) (redis.UniversalClient, error) {
	o, err := redis.ParseFailoverURL(address)
	if err != nil {
		return nil, err
	}
	setDefaults(&o.Protocol, &o.DialTimeout, &o.PoolTimeout, &o.ReadTimeout, &o.WriteTimeout)
	o.MaxRetries, o.DialerRetries = cmp.Or(o.MaxRetries, -1), cmp.Or(o.DialerRetries, 1)
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.Dialer = dialer(o.DialTimeout, o.TLSConfig)
	return redis.NewFailoverClient(o), nil
}

func openCluster(address string) (redis.UniversalClient, error) {
	o, err := redis.ParseClusterURL(address)
	if err != nil {
		return nil, err
	}
	setDefaults(&o.Protocol, &o.DialTimeout, &o.PoolTimeout, &o.ReadTimeout, &o.WriteTimeout)
	o.MaxRedirects, o.DialerRetries = cmp.Or(o.MaxRedirects, 2), cmp.Or(o.DialerRetries, 1)
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.ClusterStateReloadInterval = cmp.Or(o.ClusterStateReloadInterval, 5*time.Second)
	o.Dialer = dialer(o.DialTimeout, o.TLSConfig)
	return redis.NewClusterClient(o), nil
}
