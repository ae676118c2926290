package servers

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Redis is a single Redis server. The zero value keeps its data in memory alone.
type Redis struct {
	AppendFsync string   // turns the append-only file on: "always", "everysec" or "no"
	Save        string   // when snapshots are written, such as "60 1"
	MaxMemory   string   // such as "20mb"; the default is no bound
	Policy      string   // what is evicted then; the default is noeviction
	User        string   // of the ACL; the user default is turned off
	Password    string   // of User, or of everybody when there is none
	TLS         bool     // encrypted connections alone, with a certificate that [Node.TLS] trusts
	ReplicaOf   *Node    // the primary that is followed; its User, Password and TLS are taken over
	Clock       bool     // allows [Server.MoveClock]
	Config      []string // further lines of redis.conf

	certificate *certificate // shared by nodes that talk to each other
}

// Node is a Redis server that was started for a test.
type Node struct {
	*Server
	dial   redisDial
	config Redis
}

// RedisURL returns the redis:// URL of the server that DEWAR_REDIS names, or of one that is started for the test. The
// server may be used by others: keys need a prefix of their own.
func RedisURL(t testing.TB) string {
	t.Helper()
	if running := os.Getenv("DEWAR_REDIS"); running != "" {
		return running
	}
	return Redis{}.Start(t).URL()
}

// Start starts the server and waits until it answers, and a replica until it has the data of its primary.
func (r Redis) Start(t testing.TB) *Node {
	t.Helper()
	node := r.launch(t, reserve(t))
	node.Ready()
	if r.ReplicaOf != nil {
		node.linked()
	}
	return node
}

// launch starts the server on the port without waiting for it.
func (r Redis) launch(t testing.TB, port int, files ...file) *Node {
	t.Helper()
	if r.ReplicaOf != nil {
		of := r.ReplicaOf.config
		r.User, r.Password, r.TLS, r.certificate = of.User, of.Password, of.TLS, of.certificate
	}
	if r.TLS && r.certificate == nil {
		r.certificate = newCertificate(t)
	}
	return r.run(t, port, r.lines(port), nil, files...)
}

// run starts redis-server with the lines of its configuration.
func (r Redis) run(t testing.TB, port int, lines, flags []string, files ...file) *Node {
	t.Helper()
	program := find(t, "redis-server", "redis-server", "DEWAR_REDIS")
	dir := folder(t, "redis", nil)
	node := &Node{dial: redisDial{addr: local(port), user: r.User, password: r.Password}, config: r}
	if r.TLS {
		node.dial.tls = r.certificate.trust()
		files = append(files, r.certificate.files()...)
	}
	write(t, dir, append(files, file{"redis.conf", strings.Join(lines, "\n") + "\n"})...)
	node.Server = start(t, dir, local(port), r.Clock, plan{
		name:    "redis-server",
		args:    append([]string{program, filepath.Join(dir, "redis.conf")}, flags...),
		url:     r.url(local(port)),
		stop:    syscall.SIGTERM,
		answers: node.answers,
	})
	return node
}

// lines returns redis.conf.
func (r Redis) lines(port int) []string {
	lines := []string{
		fmt.Sprintf("save %q", r.Save),
		"repl-diskless-sync-delay 0",
		"repl-ping-replica-period 1",
	}
	lines = append(lines, r.listen(port)...)
	if r.AppendFsync != "" {
		lines = append(lines, "appendonly yes", "appendfsync "+r.AppendFsync)
	}
	if r.MaxMemory != "" {
		lines = append(lines, "maxmemory "+r.MaxMemory)
	}
	if r.Policy != "" {
		lines = append(lines, "maxmemory-policy "+r.Policy)
	}
	lines = append(lines, r.access()...)
	if r.ReplicaOf != nil {
		host, port, _ := net.SplitHostPort(r.ReplicaOf.Addr()) // made by local
		lines = append(lines, "replicaof "+host+" "+port)
	}
	return append(lines, r.Config...)
}

func (r Redis) listen(port int) []string {
	if !r.TLS {
		return []string{"bind 127.0.0.1", "port " + strconv.Itoa(port)}
	}
	return []string{"bind 127.0.0.1", "port 0", "tls-port " + strconv.Itoa(port), "tls-cert-file cert.pem", "tls-key-file key.pem",
		"tls-ca-cert-file cert.pem", "tls-auth-clients no", "tls-replication yes", "tls-cluster yes"}
}

func (r Redis) access() []string {
	switch {
	case r.Password == "":
		return nil
	case r.User == "":
		return []string{"requirepass " + r.Password, "masterauth " + r.Password}
	}
	return []string{"user default off", "user " + r.User + " on >" + r.Password + " ~* &* +@all",
		"masteruser " + r.User, "masterauth " + r.Password}
}

func (r Redis) url(addr string) string {
	u := url.URL{Scheme: "redis", Host: addr, Path: "/0"}
	if r.TLS {
		u.Scheme = "rediss"
	}
	if r.Password != "" {
		u.User = url.UserPassword(r.User, r.Password)
	}
	return u.String()
}

// TLS returns how a client trusts the server, or nil when it was started without TLS.
func (n *Node) TLS() *tls.Config { return n.dial.tls }

// Do sends a command and returns the reply: a string, an int64, nil, or []any of these. An error reply fails the test.
// Each command has a connection of its own, so that WAIT knows of no write before it.
func (n *Node) Do(args ...string) any {
	n.t.Helper()
	answer, err := n.Try(args...)
	if err != nil {
		n.t.Fatalf("servers: redis-server on %s: %s: %v", n.Addr(), args[0], err)
	}
	return answer
}

// Try is Do for commands that may fail. An error of the server is a [ReplyError].
func (n *Node) Try(args ...string) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return n.dial.do(ctx, args...)
}

func (n *Node) answers(ctx context.Context) error {
	_, err := n.dial.do(ctx, "PING")
	return err
}

// linked waits until a replica follows its primary.
func (n *Node) linked() {
	n.t.Helper()
	eventually(n.t, "the replica on "+n.Addr(), func() error { return n.follows(n.config.ReplicaOf) })
}

// follows returns an error unless both sides say that the node has all that the primary has: a primary counts a replica in
// WAIT a moment after the replica finds its link up.
func (n *Node) follows(primary *Node) error {
	info := n.info("replication")
	if info["role"] != "slave" || "127.0.0.1:"+info["master_port"] != primary.Addr() || info["master_link_status"] != "up" {
		return fmt.Errorf("%s does not follow %s", n.Addr(), primary.Addr())
	}
	_, port, _ := net.SplitHostPort(n.Addr()) // made by local
	for name, replica := range primary.info("replication") {
		acknowledged := strings.Contains(replica, ",port="+port+",state=online,") && !strings.Contains(replica, ",offset=0,")
		if acknowledged && strings.HasPrefix(name, "slave") {
			return nil
		}
	}
	return fmt.Errorf("%s has heard nothing of its replica %s", primary.Addr(), n.Addr())
}

// info returns a section of INFO. It is empty when the node does not answer.
func (n *Node) info(section string) map[string]string {
	fields := map[string]string{}
	answer, err := n.Try("INFO", section)
	text, ok := answer.(string)
	if err != nil || !ok {
		return fields
	}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[name] = value
		}
	}
	return fields
}

// isPrimary reports whether the node answers and says that it is no replica.
func (n *Node) isPrimary() bool { return n.serving() && n.info("replication")["role"] == "master" }

// file is a file in the folder of a server.
type file struct{ name, text string }

func write(t testing.TB, dir string, files ...file) {
	t.Helper()
	var errs []error
	for _, f := range files {
		errs = append(errs, os.WriteFile(filepath.Join(dir, f.name), []byte(f.text), 0o644))
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
