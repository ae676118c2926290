package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// A bank is the example as it runs.
type bank struct {
	t    *testing.T
	url  string
	stop func() error
}

// newBank serves the database in a file. More routes may be added.
func newBank(t *testing.T, file string, add func(app *dewar.App)) *bank {
	t.Helper()
	app, err := newApp(dewar.Map{"DATABASE": file, "TESTING": true})
	if err != nil {
		t.Fatal(err)
	}
	app.Logger = slog.New(slog.DiscardHandler)
	if add != nil {
		add(app)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	stop := sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { _ = stop() })
	return &bank{t, "http://" + l.Addr().String(), stop}
}

func (b *bank) balances() (balances map[string]int64) {
	b.t.Helper()
	res, err := http.Get(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&balances); err != nil {
		b.t.Fatal(err)
	}
	return balances
}

// post sends a form and returns the status.
func (b *bank) post(path string, pairs ...string) int {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	res, err := http.PostForm(b.url+path, form)
	if err != nil {
		b.t.Error(err)
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

// count opens the file beside the program and counts the rows of a table.
func count(t *testing.T, file, table string) (n int) {
	t.Helper()
	db, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.pool.Close()
	if err := db.pool.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTransfer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, from, to, amount string
		status                 int
		ann, bob               int64
	}{
		{"some", "ann", "bob", "30", 204, 70, 130},
		{"all", "bob", "ann", "100", 204, 200, 0},
		{"more than there is", "ann", "bob", "101", 409, 100, 100},
		{"to nobody", "ann", "carl", "10", 404, 100, 100},
		{"from nobody", "carl", "bob", "10", 404, 100, 100},
		{"a negative amount", "ann", "bob", "-10", 400, 100, 100},
		{"no number", "ann", "bob", "ten", 400, 100, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "bank.sqlite")
			b := newBank(t, file, nil)
			if got := b.post("/transfer", "from", tt.from, "to", tt.to, "amount", tt.amount); got != tt.status {
				t.Errorf("got %d, want %d", got, tt.status)
			}
			if got := b.balances(); got["ann"] != tt.ann || got["bob"] != tt.bob || len(got) != 2 {
				t.Errorf("got %v, want ann %d and bob %d", got, tt.ann, tt.bob)
			}
			if got, want := count(t, file, "transfer"), map[bool]int{true: 1}[tt.status == 204]; got != want {
				t.Errorf("got %d transfers, want %d", got, want)
			}
		})
	}
}

// TestTransaction_IsTakenBack: views that change the database and then fail, in every way. There are more of them than connections,
// so that one that was not given back would be missed.
func TestTransaction_IsTakenBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		end    func(c *dewar.Context) error
		status int
		ann    int64
	}{
		{"no failure", func(c *dewar.Context) error { return c.Text("ok") }, 200, 110},
		{"an error", func(*dewar.Context) error { return errors.New("broken") }, 500, 100},
		{"a panic", func(*dewar.Context) error { panic("broken") }, 500, 100},
		{"an abort", func(*dewar.Context) error { return dewar.Abort(404) }, 404, 100},
		{"a bad status", func(c *dewar.Context) error { return c.Status(422).Text("no") }, 422, 100},
		{"a commit that fails", func(c *dewar.Context) error { return errors.Join(transaction.Get(c).Rollback(), c.Text("ok")) }, 500, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t, filepath.Join(t.TempDir(), "bank.sqlite"), func(app *dewar.App) {
				db, err := open(app.Config.String("DATABASE"))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.pool.Close() })
				app.Post("/change", func(c *dewar.Context) error {
					tx, err := db.tx(c)
					if err != nil {
						return err
					}
					if _, err := tx.ExecContext(c, "UPDATE account SET balance = 110 WHERE name = 'ann'"); err != nil {
						return err
					}
					return tt.end(c)
				})
			})
			for range 20 {
				if got := b.post("/change"); got != tt.status {
					t.Fatalf("got %d, want %d", got, tt.status)
				}
			}
			if got := b.balances()["ann"]; got != tt.ann {
				t.Errorf("got %d, want %d", got, tt.ann)
			}
		})
	}
}

func TestTransfer_AtOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "bank.sqlite")
	b := newBank(t, file, nil)
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for n := range 10 {
				from, to := "ann", "bob"
				if (client+n)%2 == 0 {
					from, to = to, from
				}
				if got := b.post("/transfer", "from", from, "to", to, "amount", strconv.Itoa(1+client%2)); got != 204 {
					t.Errorf("got %d, want 204", got)
				}
			}
		})
	}
	clients.Wait()
	if got := b.balances(); got["ann"] != 100 || got["bob"] != 100 { // as much went there as back
		t.Errorf("got %v, want 100 each", got)
	}
	if got := count(t, file, "transfer"); got != 80 {
		t.Errorf("got %d transfers, want 80", got)
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "bank.sqlite")
	first := newBank(t, file, nil)
	first.post("/transfer", "from", "ann", "to", "bob", "amount", "1")
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	db, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	// The file as the version of the program before the second migration left it.
	_, err = db.pool.Exec("DROP TABLE transfer; DELETE FROM goose_db_version WHERE version_id = 2")
	if err := errors.Join(err, db.pool.Close()); err != nil {
		t.Fatal(err)
	}
	second := newBank(t, file, nil)
	if got := second.balances(); got["ann"] != 99 || got["bob"] != 101 {
		t.Errorf("after the migration: got %v, want what was there", got)
	}
	if got := second.post("/transfer", "from", "bob", "to", "ann", "amount", "1"); got != 204 || count(t, file, "transfer") != 1 {
		t.Errorf("after the migration: got %d and %d transfers, want 204 and 1", got, count(t, file, "transfer"))
	}
}

func TestMigrate_FailsBeforeAnythingIsServed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "bank.sqlite")
	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	app, err := newApp(dewar.Map{"DATABASE": file, "TESTING": true})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "migrate the database") {
		t.Errorf("got %v, want an error of the migration", err)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	b := newBank(t, filepath.Join(t.TempDir(), "bank.sqlite"), nil)
	res, err := http.Get(b.url + "/ready")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode >= 300 {
		t.Errorf("got %d, want the database to be there", res.StatusCode)
	}
}
