package debugtoolbar_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/debugtoolbar"
	"github.com/dewar-go/dewar/dewartest"
)

// A fakeConnector opens connections that remember what they were asked. Its old form is a driver from before contexts,
// its skipping form one that has every statement prepared.
type fakeConnector struct {
	kind
	mu    sync.Mutex
	asked []string
}

type kind struct{ old, skipping, converting bool }

func (f *fakeConnector) Connect(context.Context) (driver.Conn, error) { return f.Open("") }
func (f *fakeConnector) Driver() driver.Driver                        { return f }

func (f *fakeConnector) Open(string) (driver.Conn, error) {
	if f.old {
		return &oldConn{f}, nil
	}
	return &fakeConn{oldConn{f}}, nil
}

func (f *fakeConnector) note(query string, args any) {
	f.asked = append(f.asked, fmt.Sprintf("%s %v", query, args))
}

type oldConn struct{ f *fakeConnector }

func (c *oldConn) Prepare(query string) (driver.Stmt, error) {
	if strings.Contains(query, "syntax error") {
		return nil, errors.New("syntax error at " + canary)
	}
	s := &fakeStmt{c.f, query}
	if c.f.converting {
		return convertingStmt{s}, nil
	}
	return s, nil
}
func (c *oldConn) Close() error              { return nil }
func (c *oldConn) Begin() (driver.Tx, error) { c.f.note("begin", ""); return fakeTx{c.f}, nil }

type fakeConn struct{ oldConn }

func (c *fakeConn) ExecContext(_ context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.f.skipping {
		return nil, driver.ErrSkip
	}
	c.f.note(query, args)
	return driver.RowsAffected(1), nil
}

func (c *fakeConn) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.f.skipping {
		return nil, driver.ErrSkip
	}
	c.f.note(query, args)
	return &fakeRows{}, nil
}

func (c *fakeConn) CheckNamedValue(v *driver.NamedValue) error {
	if _, odd := v.Value.(struct{}); odd {
		v.Value = "odd"
		return nil
	}
	return driver.ErrSkip
}

type fakeTx struct{ f *fakeConnector }

func (t fakeTx) Commit() error   { t.f.note("commit", ""); return nil }
func (t fakeTx) Rollback() error { t.f.note("rollback", ""); return nil }

type fakeStmt struct {
	f     *fakeConnector
	query string
}

func (s *fakeStmt) Close() error  { return nil }
func (s *fakeStmt) NumInput() int { return strings.Count(s.query, "?") }
func (s *fakeStmt) Exec(args []driver.Value) (driver.Result, error) {
	s.f.note(s.query, args)
	return driver.RowsAffected(1), nil
}
func (s *fakeStmt) Query(args []driver.Value) (driver.Rows, error) {
	s.f.note(s.query, args)
	return &fakeRows{}, nil
}

type convertingStmt struct{ *fakeStmt }

func (convertingStmt) ColumnConverter(int) driver.ValueConverter { return driver.String }

type fakeRows struct{ read bool }

func (*fakeRows) Columns() []string { return []string{"name"} }
func (*fakeRows) Close() error      { return nil }
func (r *fakeRows) Next(dest []driver.Value) error {
	if r.read {
		return io.EOF
	}
	dest[0], r.read = "cup", true
	return nil
}

// TestDriverDoesWhatItWraps runs the same with and without the wrapper, on drivers of several kinds.
func TestDriverDoesWhatItWraps(t *testing.T) {
	t.Parallel()
	for _, kind := range []kind{{}, {old: true}, {skipping: true}, {old: true, converting: true}, {skipping: true, converting: true}} {
		t.Run(fmt.Sprintf("old %t, skipping %t, converting %t", kind.old, kind.skipping, kind.converting), func(t *testing.T) {
			t.Parallel()
			bare, watched := &fakeConnector{kind: kind}, &fakeConnector{kind: kind}
			want := useDatabase(t, sql.OpenDB(bare))
			got := useDatabase(t, sql.OpenDB(debugtoolbar.Connector(watched)))
			if !slices.Equal(got, want) {
				t.Errorf("results: got %q, want %q", got, want)
			}
			if !slices.Equal(watched.asked, bare.asked) {
				t.Errorf("the driver was asked\n%q, want\n%q", watched.asked, bare.asked)
			}
		})
	}
}

func useDatabase(t *testing.T, db *sql.DB) (results []string) {
	t.Helper()
	defer db.Close()
	note := func(v any, err error) {
		if result, ok := v.(sql.Result); ok && err == nil {
			v, err = result.RowsAffected()
		}
		results = append(results, fmt.Sprint(v, err))
	}
	ctx := t.Context()
	note(nil, db.PingContext(ctx))
	note(db.ExecContext(ctx, "INSERT ?", 1))
	note(db.ExecContext(ctx, "INSERT odd ?", struct{}{}))
	note(db.ExecContext(ctx, "INSERT :a", sql.Named("a", 1)))
	note(db.ExecContext(ctx, "syntax error"))
	var name string
	note(name, db.QueryRowContext(ctx, "SELECT ?", "x").Scan(&name))
	s, err := db.PrepareContext(ctx, "SELECT prepared ?")
	note(nil, err)
	if err == nil {
		note(name, s.QueryRowContext(ctx, 7).Scan(&name))
		note(s.ExecContext(ctx, 7))
		note(s.ExecContext(ctx))
		_ = s.Close()
	}
	for _, opts := range []*sql.TxOptions{nil, {ReadOnly: true}, {Isolation: sql.LevelSerializable}} {
		tx, err := db.BeginTx(ctx, opts)
		note(nil, err)
		if err == nil {
			note(tx.ExecContext(ctx, "UPDATE ?", true))
			note(nil, tx.Commit())
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	note(db.ExecContext(gone, "INSERT late ?", 1))
	return results
}

func TestStatementsOfATransaction(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	db := sql.OpenDB(debugtoolbar.Connector(&fakeConnector{kind: kind{skipping: true}}))
	t.Cleanup(func() { _ = db.Close() })
	app.Get("/", func(c *dewar.Context) error {
		tx, err := db.BeginTx(c, nil)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(c, `UPDATE "carts" SET a = 12, b = $1 -- a note`, 1); err == nil {
			return errors.New("the driver took too many arguments")
		}
		if _, err := tx.ExecContext(c, "UPDATE carts SET b = ?", []byte("abc")); err != nil {
			return err
		}
		if _, err := tx.ExecContext(c, "syntax error"); err == nil {
			return errors.New("the driver took a statement that is none")
		}
		return c.Text(fmt.Sprint(tx.Rollback()))
	})
	client := dewartest.New(t, app)
	client.Get("/").Want(200, "<nil>")
	page := latest(t, client)
	wants(t, "the page", page, "BEGIN", "ROLLBACK", "CONNECT", "PREPARE UPDATE carts SET b = ?", "1: 3 bytes",
		"PREPARE UPDATE &#34;carts&#34; SET a = …, b = $1<", "PREPARE syntax error", "*errors.errorString, text,")
}

func TestStatementsWithoutTheirValues(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	db := sql.OpenDB(debugtoolbar.Connector(&fakeConnector{}))
	t.Cleanup(func() { _ = db.Close() })
	app.Post("/", func(c *dewar.Context) error {
		_, err := db.ExecContext(c, c.Form().String("sql"))
		return errors.Join(err, c.NoContent())
	})
	client := dewartest.New(t, app)
	for _, tt := range []struct{ name, query, want string }{
		{"text", "SELECT 'a secret'", "SELECT …"},
		{"doubled quotes", "SELECT 'a''b secret', c", "SELECT …, c"},
		{"escaped quote", `SELECT 'a\' secret', c`, "SELECT …, c"},
		{"not closed", "SELECT 'a secret", "SELECT …"},
		{"number", "SELECT a1 FROM t2 LIMIT 4711", "SELECT a1 FROM t2 LIMIT …"},
		{"hexadecimal", "SELECT 0xdeadbeef, x'c0ffee'", "SELECT …, x…"},
		{"dollar quotes", "SELECT $$a secret$$, $1", "SELECT …, $1"},
		{"tagged dollar quotes", "SELECT $x$a secret$x$", "SELECT …"},
		{"comments", "SELECT a -- it's secret\nFROM b /* it's\nsecret */ WHERE c = 'd'", "SELECT a FROM b WHERE c = …"},
		{"names", `SELECT "a", b.c_1 FROM t WHERE d = :name AND e = @p1`, `SELECT &#34;a&#34;, b.c_1 FROM t WHERE d = :name AND e = @p1`},
		{"lines", "SELECT\n\ta,\n\tb", "SELECT a, b"},
	} {
		client.Post("/", dewartest.Form("sql", tt.query)).Want(204)
		if page := latest(t, client); !strings.Contains(page, "<code>"+tt.want+"</code>") || strings.Contains(page, "secret") {
			_, page, _ = strings.Cut(page, "<tbody>")
			t.Errorf("%s: want %q in\n%s", tt.name, tt.want, page)
		}
	}
}

func TestConnectionBehindTheWrapper(t *testing.T) {
	t.Parallel()
	db := sql.OpenDB(debugtoolbar.Connector(&fakeConnector{}))
	defer db.Close()
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.Raw(func(raw any) error {
		if inner, ok := raw.(interface{ Unwrap() driver.Conn }); !ok || fmt.Sprintf("%T", inner.Unwrap()) != "*debugtoolbar_test.fakeConn" {
			t.Errorf("the connection is a %T", raw)
		}
		return nil
	})
}
