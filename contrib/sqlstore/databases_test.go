package sqlstore_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

// TestMain has the driver of MySQL keep to itself that connections were cut, which tests do all the time.
func TestMain(m *testing.M) {
	_ = mysql.SetLogger(log.New(io.Discard, "", 0))
	os.Exit(m.Run())
}

// A database is one that a test runs on.
type database struct {
	dialect sqlstore.Dialect
	dsn     string
}

// onEach runs a test on every database that is there.
func onEach(t *testing.T, test func(t *testing.T, d database)) {
	t.Run("PostgreSQL", func(t *testing.T) { test(t, database{sqlstore.PostgreSQL, servers.PostgresURL(t)}) })
	t.Run("MariaDB", func(t *testing.T) {
		test(t, database{sqlstore.MySQL, with(servers.MySQLURL(t), "interpolateParams=true")})
	})
	t.Run("SQLite", func(t *testing.T) {
		test(t, database{sqlstore.SQLite, sqliteDSN(filepath.Join(t.TempDir(), "app.db"))})
	})
}

// with returns a data source name with further parameters.
func with(dsn, parameters string) string {
	if strings.Contains(dsn, "?") {
		return dsn + "&" + parameters
	}
	return dsn + "?" + parameters
}

// sqliteDSN is what the README advises.
func sqliteDSN(file string) string {
	return "file:" + file + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(1000)"
}

// open connects to the database, for as long as the test takes.
func (d database) open(t testing.TB) *sql.DB {
	t.Helper()
	driver := map[sqlstore.Dialect]string{sqlstore.PostgreSQL: "pgx", sqlstore.SQLite: "sqlite", sqlstore.MySQL: "mysql"}[d.dialect]
	db, err := sql.Open(driver, d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// store returns a store with a table of its own, which is there.
func (d database) store(t testing.TB) *sqlstore.Store {
	t.Helper()
	return d.storeNamed(t, freshName())
}

func (d database) storeNamed(t testing.TB, table string) *sqlstore.Store {
	t.Helper()
	db := d.open(t)
	s := &sqlstore.Store{DB: db, Dialect: d.dialect, Table: table}
	if err := s.CreateSchema(soon(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_, _ = db.ExecContext(ctx, "DROP TABLE "+table)
		_, _ = db.ExecContext(ctx, "DROP TABLE "+table+"_marks")
	})
	return s
}

func freshName() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return "t_" + hex.EncodeToString(b[:])
}

// soon is the context of a call that must not take long.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// full reports whether tests take the time for their long rounds.
func full() bool { return os.Getenv("DEWAR_ROUNDS") == "full" }

func newHandle() (h sessionstore.Handle) {
	_, _ = rand.Read(h[:])
	return h
}

func hashOf(text string) (h sessionstore.Hash) {
	copy(h[:], text+strings.Repeat(".", len(h)))
	return h
}
