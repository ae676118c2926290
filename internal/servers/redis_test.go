package servers_test

import (
	"crypto/tls"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/servers"
)

func TestRedisHasOptions(t *testing.T) {
	t.Parallel()
	node := servers.Redis{
		AppendFsync: "everysec",
		Save:        "3600 1",
		MaxMemory:   "20mb",
		Policy:      "volatile-lru",
		Config:      []string{"timeout 7"},
	}.Start(t)
	for name, want := range map[string]string{
		"appendonly":       "yes",
		"appendfsync":      "everysec",
		"save":             "3600 1",
		"maxmemory":        "20971520",
		"maxmemory-policy": "volatile-lru",
		"timeout":          "7",
	} {
		if got := setting(node, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestRedisKeepsNothingByDefault(t *testing.T) {
	t.Parallel()
	node := servers.Redis{}.Start(t)
	if appendonly, save := setting(node, "appendonly"), setting(node, "save"); appendonly != "no" || save != "" {
		t.Errorf("appendonly is %q and save %q, want no and nothing", appendonly, save)
	}
	node.Do("SET", "a", "x")
	node.Restart()
	if got := node.Do("GET", "a"); got != nil {
		t.Errorf("after a restart the value is %v, want none", got)
	}
}

func setting(n *servers.Node, name string) string {
	pair, _ := n.Do("CONFIG", "GET", name).([]any)
	if len(pair) != 2 {
		return "missing"
	}
	value, _ := pair[1].(string)
	return value
}

func TestRedisAsksForPassword(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config servers.Redis
		user   string
	}{
		{"of everybody", servers.Redis{Password: "secret"}, ""},
		{"of a user", servers.Redis{User: "app", Password: "secret"}, "app"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			node := tt.config.Start(t)
			u, err := url.Parse(node.URL())
			if err != nil {
				t.Fatal(err)
			}
			if password, _ := u.User.Password(); u.User.Username() != tt.user || password != "secret" {
				t.Errorf("the URL has user %q and password %q", u.User.Username(), password)
			}
			c := call(t, node.Addr())
			c.send("PING\r\n")
			if got, err := c.read(wait); err != nil || !strings.HasPrefix(got, "-NOAUTH") {
				t.Errorf("a stranger got %q and error %v, want NOAUTH", got, err)
			}
			if _, err := node.Try("ACL", "WHOAMI"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRedisSpeaksTLS(t *testing.T) {
	t.Parallel()
	node := servers.Redis{TLS: true}.Start(t)
	if !strings.HasPrefix(node.URL(), "rediss://127.0.0.1:") {
		t.Errorf("got URL %s, want rediss", node.URL())
	}
	conn, err := tls.Dial("tcp", node.Addr(), node.TLS())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if _, err := tls.Dial("tcp", node.Addr(), &tls.Config{ServerName: "127.0.0.1"}); err == nil {
		t.Error("the certificate is trusted by those who were not told of it")
	}
	if plain := (servers.Redis{}).Start(t); plain.TLS() != nil {
		t.Error("a server without TLS has a certificate")
	}
}

func TestRedisReplicaFollows(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]servers.Redis{
		"plain":                           {},
		"with a user, a password and TLS": {User: "app", Password: "secret", TLS: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primary := config.Start(t)
			primary.Do("SET", "a", "early")
			replica := servers.Redis{ReplicaOf: primary}.Start(t)
			if got := replica.Do("GET", "a"); got != "early" {
				t.Errorf("the replica has %v when it is ready, want the value", got)
			}
			primary.Do("SET", "a", "late")
			awaitValue(t, replica, "late")
			_, err := replica.Try("SET", "a", "x")
			if refused := servers.ReplyError(""); !errors.As(err, &refused) || !strings.HasPrefix(refused.Error(), "READONLY") {
				t.Errorf("a write to the replica got %v, want READONLY", err)
			}
		})
	}
}

// awaitValue waits until a replica has the value of the key a.
func awaitValue(t *testing.T, n *servers.Node, want string) {
	t.Helper()
	for deadline := time.Now().Add(wait); n.Do("GET", "a") != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s has %v after %v, want %q", n.Addr(), n.Do("GET", "a"), wait, want)
		}
	}
}

func TestRedisReplies(t *testing.T) {
	t.Parallel()
	node := servers.Redis{}.Start(t)
	for _, tt := range []struct {
		script string
		want   any
	}{
		{"return redis.status_reply('fine')", "fine"},
		{"return 'line\\r\\nfeed'", "line\r\nfeed"},
		{"return -7", int64(-7)},
		{"return false", nil},
		{"return ''", ""},
	} {
		if got := node.Do("EVAL", tt.script, "0"); got != tt.want {
			t.Errorf("%s: got %#v, want %#v", tt.script, got, tt.want)
		}
	}
	items, _ := node.Do("EVAL", "return {1, 'b', {}, redis.error_reply('BAD it is')}", "0").([]any)
	if len(items) != 4 || items[0] != int64(1) || items[1] != "b" || items[3] != servers.ReplyError("BAD it is") {
		t.Errorf("got %#v, want a number, a string, an empty list and an error", items)
	}
}
