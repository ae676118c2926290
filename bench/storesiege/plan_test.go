package storesiege

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/redis/go-redis/v9"
	_ "modernc.org/sqlite"

	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/sessionstore"
)

// A plan says how a process of the application is set up.
type plan struct {
	Store     string            // memory, redis, postgres, mysql, sqlite, or a flaw
	URL       string            // of its server, as the store or the driver reads it
	Detours   map[string]string // proxies, by the addresses that they stand before, for a cluster
	Replicas  int               // that must have a write
	Listeners int               // of this process
	Deadline  time.Duration
	SecretKey string
}

// planVariable holds the plan of a process that is an application and no test.
const planVariable = "DEWAR_SIEGE_PLAN"

func TestMain(m *testing.M) {
	text := os.Getenv(planVariable)
	if text == "" {
		redis.SetLogger(silence{}) // of clients that are to find servers dead
		os.Exit(m.Run())
	}
	var p plan
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		err = serve(p)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "siege:", err)
		os.Exit(1)
	}
}

// silence is a logger of go-redis that says nothing.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// store returns a store with connections of its own, and what closes them.
func (p plan) store() (sessionstore.Store, func(), error) {
	switch p.Store {
	case "memory":
		return sessionstore.NewMemory(), func() {}, nil
	case "redis":
		return p.redis()
	case "postgres":
		return p.sql("pgx", sqlstore.PostgreSQL)
	case "mysql":
		return p.sql("mysql", sqlstore.MySQL)
	case "sqlite":
		return p.sql("sqlite", sqlstore.SQLite)
	}
	return newFlawedStore(p.Store), func() {}, nil
}

func (p plan) redis() (sessionstore.Store, func(), error) {
	store, err := redisstore.Open(p.URL)
	if err != nil {
		return nil, nil, err
	}
	store.Replicas = p.Replicas
	if cluster, ok := store.Client.(*redis.ClusterClient); ok { // which has not connected yet
		cluster.Options().Dialer = p.dial
	}
	return store, func() { _ = store.Close() }, nil
}

// dial connects to an address, or to the proxy before it.
func (p plan) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: time.Second}
	return d.DialContext(ctx, network, cmp.Or(p.Detours[addr], addr))
}

func (p plan) sql(driver string, dialect sqlstore.Dialect) (sessionstore.Store, func(), error) {
	db, err := sql.Open(driver, p.URL)
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	return &sqlstore.Store{DB: db, Dialect: dialect}, func() { _ = db.Close() }, nil
}
