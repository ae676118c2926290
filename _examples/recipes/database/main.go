// Database keeps accounts in SQLite. The tables are made and changed by migrations when the program starts, with
// github.com/pressly/goose, and each request that asks for the database has a transaction, which is committed before the answer leaves.
//
// Run it in the folder _examples/recipes/database:
//
//	go run .
//	curl http://127.0.0.1:5000/
//	curl http://127.0.0.1:5000/transfer -d from=ann -d to=bob -d amount=30
//	curl http://127.0.0.1:5000/transfer -d from=ann -d to=bob -d amount=3000   # 409, and nothing has changed
//
// The file is bank.sqlite, or the one that FLASK_DATABASE names. With PostgreSQL it is another driver, github.com/jackc/pgx/v5/stdlib,
// goose.DialectPostgres, and goose.WithSessionLocker where several processes start at once.
package main

import (
	"context"
	"errors"
	"log"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dewar-go/dewar"
)

func main() {
	app, err := newApp(nil)
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		log.Fatal(err)
	}
}

// newApp returns the bank. The settings are over those of the environment.
func newApp(settings dewar.Map) (*dewar.App, error) {
	app := dewar.New("database")
	if err := errors.Join(app.Config.Set("DATABASE", "bank.sqlite"), app.Config.FromPrefixedEnv(), app.Config.FromMapping(settings)); err != nil {
		return nil, err
	}
	db, err := open(app.Config.String("DATABASE"))
	if err != nil {
		return nil, err
	}
	app.OnStart(db.migrate)
	app.OnShutdown(func(context.Context) error { return db.pool.Close() })
	app.AfterRequest(db.commit) // the first hook that is registered is the last that runs
	app.TeardownRequest(db.rollback)
	app.Get("/", db.balances)
	app.Post("/transfer", db.transfer)
	app.Get("/ready", dewar.Ready(db.pool.PingContext))
	return app, nil
}

func (db *database) balances(c *dewar.Context) error {
	tx, err := db.tx(c)
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(c, "SELECT name, balance FROM account") // c is the context of the request
	if err != nil {
		return err
	}
	defer rows.Close()
	balances := map[string]int64{}
	for rows.Next() {
		var name string
		var balance int64
		if err := rows.Scan(&name, &balance); err != nil {
			return err
		}
		balances[name] = balance
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return c.JSON(balances)
}

// transfer changes three rows or none: whatever it returns an error after is rolled back.
func (db *database) transfer(c *dewar.Context) error {
	var in struct {
		From   string `form:"from" required:"true"`
		To     string `form:"to" required:"true"`
		Amount int64  `form:"amount" required:"true" min:"1"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	tx, err := db.tx(c)
	if err != nil {
		return err
	}
	for _, change := range []struct {
		query string
		args  []any
	}{
		{"UPDATE account SET balance = balance + ? WHERE name = ?", []any{in.Amount, in.To}},
		{"UPDATE account SET balance = balance - ? WHERE name = ?", []any{in.Amount, in.From}},
		{"INSERT INTO transfer (sender, receiver, amount) VALUES (?, ?, ?)", []any{in.From, in.To, in.Amount}},
	} {
		if _, err := tx.ExecContext(c, change.query, change.args...); err != nil {
			return explain(err)
		}
	}
	return c.NoContent()
}

// explain makes of a broken rule of the database what the client has done wrong.
func explain(err error) error {
	failed, ok := errors.AsType[*sqlite.Error](err)
	switch {
	case ok && failed.Code() == sqlite3.SQLITE_CONSTRAINT_CHECK:
		return dewar.Abortf(409, "There is not enough money in that account.")
	case ok && failed.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return dewar.Abortf(404, "There is no such account.")
	}
	return err
}
