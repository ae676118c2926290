package main

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/dewar-go/dewar"
)

//go:embed migrations
var migrations embed.FS

// A database gives each request a transaction.
type database struct{ pool *sql.DB }

// open returns the database in a file. Each connection checks foreign keys, and waits for another that writes.
func open(file string) (*database, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	if path = filepath.ToSlash(path); !strings.HasPrefix(path, "/") { // C:/...
		path = "/" + path
	}
	options := url.Values{"_pragma": {"foreign_keys(1)", "busy_timeout(5000)", "journal_mode(WAL)"}, "_txlock": {"immediate"}}
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}
	pool, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(8)
	return &database{pool}, nil
}

// migrate brings the tables up to date. Each migration is a file and a transaction; which have run is in the database.
func (db *database) migrate(ctx context.Context) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.pool, folder)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

var transaction = dewar.NewKey[*sql.Tx]("transaction")

// tx returns the transaction of the request, which begins when it is first asked for. One of a GET only reads, so that it waits for nobody.
func (db *database) tx(c *dewar.Context) (*sql.Tx, error) {
	if tx, ok := transaction.Lookup(c); ok {
		return tx, nil
	}
	tx, err := db.pool.BeginTx(c, &sql.TxOptions{ReadOnly: c.Request.Method == "GET" || c.Request.Method == "HEAD"})
	if err == nil {
		transaction.Set(c, tx)
	}
	return tx, err
}

// commit is a hook after the view. It runs before the answer leaves: who has a good one finds the change with the next request, and a
// commit that fails makes it a bad one. What failed is not committed.
func (db *database) commit(c *dewar.Context) error {
	tx, ok := transaction.Lookup(c)
	if !ok || c.Response.StatusCode() >= 400 {
		return nil
	}
	transaction.Delete(c)
	return tx.Commit()
}

// rollback runs at the very end, after a panic too, and takes back what was not committed.
func (db *database) rollback(c *dewar.Context, _ error) {
	if tx, ok := transaction.Lookup(c); ok {
		if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
			c.Logger().Error("roll back", "err", err)
		}
	}
}
