package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/sessionstore"
)

// Sessions in a file of SQLite. Another database needs another driver, data source name, and Dialect.
func ExampleStore() {
	dir, err := os.MkdirTemp("", "sqlstore")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "app.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(1000)")
	if err != nil {
		panic(err)
	}
	defer db.Close()
	store := &sqlstore.Store{DB: db, Dialect: sqlstore.SQLite}

	app := dewar.New("shop")
	app.Config.Set("SECRET_KEY", "never-write-a-real-one-into-code-1")
	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
	app.OnStart(store.CreateSchema, func(ctx context.Context) error {
		go store.SweepEvery(ctx, time.Minute)
		return nil
	})
	app.Post("/visit", func(c *dewar.Context) error {
		c.Session().Set("visits", dewar.ValueOr(c.Session(), "visits", 0)+1)
		return c.Text(fmt.Sprint(c.Session().Int64("visits")))
	})

	if err := store.CreateSchema(context.Background()); err != nil { // Run calls the start hooks; here nothing does
		panic(err)
	}
	var cookie string
	for range 2 {
		r := httptest.NewRequest(http.MethodPost, "/visit", nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if set := w.Result().Cookies(); len(set) > 0 {
			cookie = set[0].Name + "=" + set[0].Value
		}
		fmt.Println(w.Body)
	}
	// Output:
	// 1
	// 2
}

// The SQL for those who keep their migrations themselves.
func ExampleSchema() {
	first, _, _ := strings.Cut(sqlstore.Schema(sqlstore.PostgreSQL), "\n")
	fmt.Println(first)
	// Output: CREATE TABLE IF NOT EXISTS "sessions" (
}

func ExampleDialect() {
	fmt.Println(sqlstore.PostgreSQL, sqlstore.SQLite, sqlstore.MySQL)
	// Output: PostgreSQL SQLite MySQL
}
