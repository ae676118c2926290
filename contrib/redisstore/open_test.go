package redisstore_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ url, want string }{
		{"redis://localhost", "*redis.Client localhost:6379 user= db=0 tls=false"},
		{"redis://app:p%2Fw@10.0.0.1:7000/3", "*redis.Client 10.0.0.1:7000 user=app db=3 tls=false"},
		{"rediss://app:pw@redis.example:6380", "*redis.Client redis.example:6380 user=app db=0 tls=true"},
		{"unix:///run/redis.sock?db=2", "*redis.Client /run/redis.sock user= db=2 tls=false"},
		{"redis://a:1?addr=b:2&addr=c:3", "*redis.ClusterClient [a:1 b:2 c:3] user= tls=false"},
		{"rediss://app:pw@a:1?addr=a:1", "*redis.ClusterClient [a:1 a:1] user=app tls=true"},
		{"redis://s1:26379/1?master_name=mymaster&addr=s2:26379&username=app&password=pw", "*redis.Client FailoverClient user=app db=1 tls=false"},
	} {
		s, err := redisstore.Open(tt.url)
		if err != nil {
			t.Errorf("Open(%q): %v", tt.url, err)
			continue
		}
		var got string
		switch c := s.Client.(type) {
		case *redis.Client:
			o := c.Options()
			got = fmt.Sprintf("%T %s user=%s db=%d tls=%t", c, o.Addr, o.Username, o.DB, o.TLSConfig != nil)
			if !o.ContextTimeoutEnabled || o.ReadTimeout > time.Second || o.DialTimeout > time.Second {
				t.Errorf("Open(%q) does not keep a deadline of a second", tt.url)
			}
		case *redis.ClusterClient:
			o := c.Options()
			got = fmt.Sprintf("%T %s user=%s tls=%t", c, o.Addrs, o.Username, o.TLSConfig != nil)
			if !o.ContextTimeoutEnabled || o.ReadTimeout > time.Second || o.DialTimeout > time.Second {
				t.Errorf("Open(%q) does not keep a deadline of a second", tt.url)
			}
		}
		if got != tt.want {
			t.Errorf("Open(%q) is %s, want %s", tt.url, got, tt.want)
		}
		_ = s.Close()
	}
}

// The text of an address may hold a password, wherever it is wrong.
func TestOpenShowsNoPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "localhost:6379", "http://app:verysecret@host", "redis://app:very/secret@host:6379/0", "redis://app:12/verysecret@host", "redis://app:12?verysecret@host:1",
		"redis://app:verysecret@host:port", "redis://app:verysecret@host/x", "redis://app:verysecret@host?unheard_of=verysecret", "redis://app:very secret@host",
		"redis://h:1?addr=verysecret", "redis://h:1/verysecret?master_name=m", "redis://app:verysecret%zz@host",
	} {
		s, err := redisstore.Open(url)
		if err == nil {
			t.Errorf("Open(%q) is %v, want an error", url, s.Client)
			continue
		}
		if strings.Contains(err.Error(), "secret@") || strings.Contains(err.Error(), "verysecret") || !strings.Contains(err.Error(), "redis://user:password@host:6379/0") {
			t.Errorf("Open(%q) returned %v, want how an address is written", url, err)
		}
	}
}

func TestStoreFieldsThatAreWrong(t *testing.T) {
	t.Parallel()
	careful := &redis.Options{Addr: "127.0.0.1:1", ContextTimeoutEnabled: true}
	for _, tt := range []struct {
		store *redisstore.Store
		cure  string
	}{
		{&redisstore.Store{}, "use redisstore.Open"},
		{&redisstore.Store{Client: redis.NewClient(&redis.Options{})}, "set ContextTimeoutEnabled"},
		{&redisstore.Store{Client: redis.NewClusterClient(&redis.ClusterOptions{ContextTimeoutEnabled: true, RouteRandomly: true})}, "leave out ReadOnly"},
		{&redisstore.Store{Client: redis.NewRing(&redis.RingOptions{})}, "use a *redis.Client"},
		{&redisstore.Store{Client: redis.NewClient(careful), Prefix: "{app}:"}, "leave out the braces"},
		{&redisstore.Store{Client: redis.NewClient(careful), Prefix: "app{:"}, "leave out the braces"},
		{&redisstore.Store{Client: redis.NewClient(careful), Replicas: -1}, "Replicas is -1"},
	} {
		failed := calls(tt.store, t.Context())
		failed["Check"] = tt.store.Check(t.Context())
		for call, err := range failed {
			if !strings.Contains(fmt.Sprint(err), tt.cure) || errors.Is(err, sessionstore.ErrUnavailable) {
				t.Errorf("%s returned %v, want an error that says %q", call, err, tt.cure)
			}
		}
		tt.store.Node(handle())
		tt.store.OwnerNode("ann")
		_ = tt.store.Close()
	}
}

func TestCheck(t *testing.T) {
	r := servers.Redis{}.Start(t)
	s := opened(t, r.URL())
	for policy, cure := range map[string]string{"noeviction": "<nil>", "volatile-ttl": "<nil>", "allkeys-lru": "noeviction", "volatile-lru": "noeviction"} {
		r.Do("CONFIG", "SET", "maxmemory-policy", policy)
		if err := s.Check(t.Context()); !strings.Contains(fmt.Sprint(err), cure) {
			t.Errorf("Check with %s returned %v, want %s", policy, err, cure)
		}
	}
	r.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
	lonely := opened(t, r.URL())
	lonely.Replicas = 1
	if err := lonely.Check(t.Context()); !strings.Contains(fmt.Sprint(err), "has 0 replicas") {
		t.Errorf("Check without replicas returned %v", err)
	}
	r.Do("ACL", "SETUSER", "least", "on", ">p", "~*", "-@all", "+ping")
	if err := opened(t, strings.Replace(r.URL(), "redis://", "redis://least:p@", 1)).Check(t.Context()); err != nil {
		t.Errorf("Check of a user who may not ask returned %v, want nil", err)
	}
	if err := opened(t, strings.Replace(r.URL(), "redis://", "redis://least:verysecret@", 1)).Check(t.Context()); !strings.Contains(fmt.Sprint(err), "correct the URL") || strings.Contains(fmt.Sprint(err), "verysecret") {
		t.Errorf("Check with a wrong password returned %v", err)
	}
	r.Stop()
	if err := s.Check(t.Context()); !errors.Is(err, sessionstore.ErrUnavailable) {
		t.Errorf("Check of a server that is down returned %v, want ErrUnavailable", err)
	}
}

func TestCheckOfACluster(t *testing.T) {
	c := servers.Cluster{}.Start(t)
	s := opened(t, clusterURL(c))
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	c.Masters()[2].Do("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
	if err := s.Check(t.Context()); !strings.Contains(fmt.Sprint(err), c.Masters()[2].Addr()) {
		t.Errorf("Check returned %v, want one that names the node", err)
	}
}

// Round trips, counted at the socket: none for a session that is not touched, one to read it, two to change it.
func TestRoundTrips(t *testing.T) {
	proxy := servers.NewProxy(t, servers.Redis{}.Start(t).Addr())
	store := opened(t, "redis://"+proxy.Addr())
	app := dewar.New("trips")
	app.Config.Set("SECRET_KEY", "it-is-only-for-this-test-and-long-enough")
	app.Config.Set("TESTING", true)
	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
	app.Route("/untouched", func(c *dewar.Context) error { return c.Text("hello") })
	app.Route("/read", func(c *dewar.Context) error { return c.Text(c.Session().String("name")) })
	app.Route("/write", func(c *dewar.Context) error {
		c.Session().Set("name", c.Session().String("name")+"x")
		return c.Text(c.Session().String("name"))
	})
	client := dewartest.New(t, app)
	client.Get("/write").Want(http.StatusOK)
	client.Get("/write").Want(http.StatusOK)
	for _, tt := range []struct {
		path string
		want int64
	}{{"/untouched", 0}, {"/read", 1}, {"/write", 2}, {"/read", 1}} {
		before := proxy.Counts()
		client.Get(tt.path)
		if got := proxy.Counts().Since(before).RoundTrips; got != tt.want {
			t.Errorf("%s took %d round trips, want %d", tt.path, got, tt.want)
		}
	}
	stranger := dewartest.New(t, app)
	before := proxy.Counts()
	stranger.Get("/read")
	if got := proxy.Counts().Since(before).RoundTrips; got != 0 {
		t.Errorf("a visitor without a session took %d round trips, want 0", got)
	}
}
