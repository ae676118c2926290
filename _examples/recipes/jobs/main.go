// Jobs is a shop that writes receipts in the background, with github.com/riverqueue/river and PostgreSQL. A job is put into the queue in the
// transaction of the order: there is no order without a receipt, and no receipt without an order, whatever fails in between. What fails is
// tried again, and what waits is still there when the program starts again.
//
// Run it in the folder _examples/recipes/jobs:
//
//	FLASK_DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres go run .
//	curl -i http://127.0.0.1:5000/orders -d item=lamp    # 202, and soon a receipt in the log
//	curl http://127.0.0.1:5000/orders/1
//	curl -i http://127.0.0.1:5000/orders -d item=unicorn # 409: none left, no order, no job
package main

import (
	"context"
	"embed"
	"errors"
	"log"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"github.com/dewar-go/dewar"
)

//go:embed templates schema.sql
var files embed.FS

func main() {
	app, err := newApp(nil, deliver)
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		log.Fatal(err)
	}
}

// deliver is where a real shop would send a mail.
func deliver(_ context.Context, receipt string) error {
	slog.Info("a receipt", "text", receipt)
	return nil
}

// newApp returns the shop. The settings are over those of the environment.
func newApp(settings dewar.Map, deliver func(ctx context.Context, receipt string) error) (*dewar.App, error) {
	app := dewar.New("jobs", dewar.FS(files))
	err := errors.Join(app.Config.Declare("DATABASE_URL", "", "the PostgreSQL of the shop", dewar.Secret()), app.Config.FromPrefixedEnv(), app.Config.FromMapping(settings))
	if err != nil {
		return nil, err
	}
	s, err := newShop(app, deliver)
	if err != nil {
		return nil, err
	}
	app.OnStart(s.migrate, s.work)
	app.OnShutdown(s.close, s.rest) // the last one first
	app.Post("/orders", s.order, dewar.Endpoint("order"))
	app.Get("/orders/{id:int}", s.show, dewar.Endpoint("show"))
	return app, nil
}

// order takes an order. The three changes and the job are one transaction.
func (s *shop) order(c *dewar.Context) error {
	item := c.Form().String("item")
	var id int64
	err := pgx.BeginFunc(c, s.pool, func(tx pgx.Tx) error { // c is the context of the request
		if err := tx.QueryRow(c, "INSERT INTO purchase (item) VALUES ($1) RETURNING id", item).Scan(&id); err != nil {
			return err
		}
		if _, err := s.queue.InsertTx(c, tx, receiptArgs{Order: id}, nil); err != nil {
			return err
		}
		taken, err := tx.Exec(c, "UPDATE stock SET left_over = left_over - 1 WHERE item = $1 AND left_over > 0", item)
		if err == nil && taken.RowsAffected() == 0 {
			err = dewar.Abortf(409, "There is none left.")
		}
		return err
	})
	if err != nil {
		return err
	}
	location, err := c.URLFor("show", "id", id)
	if err != nil {
		return err
	}
	return c.Status(202).Header("Location", location).JSON(dewar.Map{"id": id})
}

func (s *shop) show(c *dewar.Context) error {
	var item string
	var delivered bool
	err := s.pool.QueryRow(c, "SELECT item, delivered IS NOT NULL FROM purchase WHERE id = $1", c.Params().Int64("id")).Scan(&item, &delivered)
	if errors.Is(err, pgx.ErrNoRows) {
		return dewar.Abort(404)
	}
	if err != nil {
		return err
	}
	return c.JSON(dewar.Map{"item": item, "delivered": delivered})
}
