package main

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed schema.sql
var schema string

// maxConnections is enough for reads side by side; writers of SQLite take turns anyway.
const maxConnections = 4

// errBroken is in the error for a file that no blog can be kept in as it is.
var errBroken = errors.New("the file is broken or not a database of this blog")

// openDatabase opens the database in the file at path. A file that is not there, or empty, gets the tables.
func openDatabase(path string) (*sql.DB, error) {
	db, err := connect(path)
	if err != nil {
		return nil, err
	}
	if err := transact(db, prepare); err != nil {
		return nil, errors.Join(explain(path, err), db.Close())
	}
	return db, nil
}

// resetDatabase leaves an empty database at path. A file that is broken, or the database of something else, is
// kept under another name, which is returned.
func resetDatabase(path string) (kept string, err error) {
	db, err := openDatabase(path)
	if errors.Is(err, errBroken) {
		if kept, err = setAside(path); err != nil {
			return "", err
		}
		db, err = openDatabase(path)
	}
	if err != nil {
		return kept, err
	}
	err = transact(db, createTables)
	if err != nil {
		err = explain(path, err)
	}
	return kept, errors.Join(err, db.Close())
}

// connect returns a pool of connections to the file. Every connection checks foreign keys, which SQLite leaves
// out unless asked, and waits up to five seconds for a writer on another one instead of failing at once.
//
// The journal is SQLite's default and not WAL. With WAL nobody would wait for a writer, but the data would be
// in three files, and on local disks only; a blog that writes a few times a day keeps one that can be copied.
func connect(path string) (*sql.DB, error) {
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") { // C:/...
		name = "/" + name
	}
	options := url.Values{"_pragma": {"foreign_keys(1)", "busy_timeout(5000)"}, "_txlock": {"immediate"}}
	dsn := url.URL{Scheme: "file", Path: name, RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	return db, nil
}

// transact runs f in a transaction that takes the writer's place at once: of two programs that start together
// the second finds what the first has made.
func transact(db *sql.DB, f func(context.Context, *sql.Tx) error) error {
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// prepare makes the tables if there are none, and makes sure of those there are.
func prepare(ctx context.Context, tx *sql.Tx) error {
	empty, err := inspect(ctx, tx)
	if err != nil || !empty {
		return err
	}
	return createTables(ctx, tx)
}

// createTables makes the tables, empty, also where they are already.
func createTables(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, schema)
	return err
}

// inspect looks for damage, and for the tables of the blog. A database without any table is empty.
func inspect(ctx context.Context, tx *sql.Tx) (empty bool, err error) {
	var verdict string
	if err := tx.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return false, err
	}
	if verdict != "ok" {
		return false, fmt.Errorf("%w: %s", errBroken, verdict)
	}
	var tables int
	err = tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").Scan(&tables)
	if err != nil || tables == 0 {
		return err == nil, err
	}
	for _, query := range []string{
		"SELECT id, username, password FROM user LIMIT 0",
		"SELECT id, author_id, created, title, body FROM post LIMIT 0",
	} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return false, err
		}
	}
	return false, nil
}

// explain says what to do about an error of the database at path.
func explain(path string, err error) error {
	if errors.Is(err, errBroken) || sqliteCode(err, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR) {
		return fmt.Errorf("database %s: %w; put a copy back that is whole, "+
			"or run it with init-db to begin with an empty one (go run ./flaskr init-db)", path, broken(err))
	}
	return fmt.Errorf("database %s: %w; make sure that its folder is there and that file and folder can be written to, "+
		"or name another file in FLASK_DATABASE", path, err)
}

func broken(err error) error {
	if errors.Is(err, errBroken) {
		return err
	}
	return fmt.Errorf("%w: %w", errBroken, err)
}

// sqliteCode reports whether err comes from SQLite and has one of the codes, or a finer one of the same kind.
func sqliteCode(err error, codes ...int) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	for _, code := range codes {
		if e.Code() == code || e.Code()&0xff == code {
			return true
		}
	}
	return false
}

// setAside gives the file at path, and the journal beside it, another name.
func setAside(path string) (kept string, err error) {
	for n := 1; ; n++ {
		kept = fmt.Sprintf("%s.broken-%d", path, n)
		if _, err := os.Lstat(kept); errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		err := os.Rename(path+suffix, kept+suffix)
		if err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
			return "", err
		}
	}
	return kept, nil
}
