package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/servers"
)

// newDatabase makes an empty database on the server, and returns its URL and a connection to it.
func newDatabase(t *testing.T, server string) (string, *pgx.Conn) {
	t.Helper()
	connect := func(address string) *pgx.Conn {
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close(context.Background()) })
		return conn
	}
	admin, name := connect(server), "jobs_"+strings.ToLower(rand.Text())
	if _, err := admin.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), server)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	address.Path = "/" + name
	return address.String(), connect(address.String())
}

// A counter is where receipts are delivered.
type counter struct {
	receipts chan string
	fail     atomic.Int32 // how many deliveries fail from now on
	closed   sync.Mutex   // whoever holds it makes deliveries wait
}

func newCounter() *counter { return &counter{receipts: make(chan string, 100)} }

func (c *counter) deliver(_ context.Context, receipt string) error {
	c.receipts <- "got " + receipt
	c.closed.Lock()
	defer c.closed.Unlock()
	if c.fail.Add(-1) >= 0 {
		return errors.New("the printer is out of paper")
	}
	return nil
}

// want waits for a receipt.
func (c *counter) want(t *testing.T, text string) {
	t.Helper()
	select {
	case got := <-c.receipts:
		if !strings.Contains(got, text) {
			t.Errorf("got %q, want %q in it", got, text)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("no receipt with %q has come", text)
	}
}

func configured(t *testing.T, database string, deliver func(ctx context.Context, receipt string) error) *dewar.App {
	t.Helper()
	app, err := newApp(dewar.Map{"DATABASE_URL": database, "TESTING": true}, deliver)
	if err != nil {
		t.Fatal(err)
	}
	app.Logger = slog.New(slog.DiscardHandler)
	return app
}

// serve runs a shop and returns its URL, and what stops it.
func serve(t *testing.T, app *dewar.App) (site string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String(), stop
}

// order sends an order and returns the status, and where the order is.
func order(t *testing.T, site, item string) (status int, location string) {
	t.Helper()
	res, err := http.PostForm(site+"/orders", url.Values{"item": {item}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode, res.Header.Get("Location")
}

// delivered reports whether an order has its receipt.
func delivered(t *testing.T, address string) bool {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct{ Delivered bool }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Delivered
}

// count returns the number that a query selects.
func count(t *testing.T, db *pgx.Conn, query string) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestJobs(t *testing.T) {
	t.Parallel()
	server := servers.PostgresURL(t)
	for name, test := range map[string]func(t *testing.T, address string, db *pgx.Conn){
		"an order gets its receipt":              receiptOfAnOrder,
		"an order that fails leaves no job":      failedOrder,
		"a job that fails is tried again":        triedAgain,
		"a job that runs when the program stops": stopped,
		"a job that waits while nobody works":    waiting,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, db := newDatabase(t, server)
			test(t, address, db)
		})
	}
}

func receiptOfAnOrder(t *testing.T, address string, db *pgx.Conn) {
	receipts := newCounter()
	site, stop := serve(t, configured(t, address, receipts.deliver))
	status, location := order(t, site, "lamp")
	if status != 202 || location != "/orders/1" {
		t.Fatalf("got %d %q, want 202 and where the order is", status, location)
	}
	receipts.want(t, "Receipt for order 1: one lamp.")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if got := count(t, db, "SELECT count(*) FROM purchase WHERE delivered IS NOT NULL"); got != 1 || len(receipts.receipts) != 0 {
		t.Errorf("got %d orders delivered and %d more receipts, want 1 and 0", got, len(receipts.receipts))
	}
}

func failedOrder(t *testing.T, address string, db *pgx.Conn) {
	receipts := newCounter()
	site, stop := serve(t, configured(t, address, receipts.deliver))
	for _, tt := range []struct {
		item   string
		status int
	}{{"chair", 202}, {"chair", 409}, {"unicorn", 409}} {
		if got, _ := order(t, site, tt.item); got != tt.status {
			t.Errorf("%s: got %d, want %d", tt.item, got, tt.status)
		}
	}
	receipts.want(t, "one chair")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	orders, jobs := count(t, db, "SELECT count(*) FROM purchase"), count(t, db, "SELECT count(*) FROM river_job WHERE kind = 'receipt'")
	if orders != 1 || jobs != 1 || len(receipts.receipts) != 0 {
		t.Errorf("got %d orders, %d jobs and %d more receipts, want 1, 1 and 0", orders, jobs, len(receipts.receipts))
	}
}

func triedAgain(t *testing.T, address string, _ *pgx.Conn) {
	receipts := newCounter()
	receipts.fail.Store(1)
	site, _ := serve(t, configured(t, address, receipts.deliver))
	_, location := order(t, site, "lamp")
	receipts.want(t, "one lamp") // which failed
	receipts.want(t, "one lamp")
	for deadline := time.Now().Add(10 * time.Second); !delivered(t, site+location); {
		if time.Now().After(deadline) {
			t.Fatal("the order is not marked")
		}
	}
}

func stopped(t *testing.T, address string, db *pgx.Conn) {
	receipts := newCounter()
	site, stop := serve(t, configured(t, address, receipts.deliver))
	receipts.closed.Lock()
	order(t, site, "lamp")
	receipts.want(t, "one lamp") // it runs now
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	for { // until it has begun to stop: nobody answers any more
		conn, err := net.Dial("tcp", strings.TrimPrefix(site, "http://"))
		if err != nil {
			break
		}
		conn.Close()
	}
	receipts.closed.Unlock()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := count(t, db, "SELECT count(*) FROM purchase WHERE delivered IS NOT NULL"); got != 1 {
		t.Errorf("got %d orders delivered, want the one whose job ran", got)
	}
}

// waiting has a process that only answers, as a site may have beside those that work.
func waiting(t *testing.T, address string, _ *pgx.Conn) {
	receipts := newCounter()
	site, stop := serve(t, configured(t, address, receipts.deliver)) // which makes the tables before it answers
	if res, err := http.Get(site + "/orders/1"); err != nil || res.Body.Close() != nil || res.StatusCode != 404 {
		t.Fatalf("got %v, %v, want 404", res, err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	answering := httptest.NewServer(configured(t, address, nil)) // without the hooks of OnStart
	defer answering.Close()
	status, location := order(t, answering.URL, "lamp")
	if status != 202 || delivered(t, answering.URL+location) {
		t.Fatalf("got %d, want an order that waits", status)
	}
	serve(t, configured(t, address, receipts.deliver))
	receipts.want(t, "one lamp")
}
