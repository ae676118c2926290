package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/dewar-go/dewar"
)

// A shop is the database and the queue, which is in it.
type shop struct {
	app     *dewar.App
	pool    *pgxpool.Pool
	queue   *river.Client[pgx.Tx]
	deliver func(ctx context.Context, receipt string) error
}

func newShop(app *dewar.App, deliver func(ctx context.Context, receipt string) error) (*shop, error) {
	url, err := dewar.Require[string](app.Config, "DATABASE_URL")
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.New(context.Background(), url) // it connects when it is used
	if err != nil {
		return nil, err
	}
	s := &shop{app: app, pool: pool, deliver: deliver}
	workers := river.NewWorkers()
	river.AddWorker(workers, &receiptWorker{shop: s})
	s.queue, err = river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 10}},
		Workers: workers,
		Logger:  app.Logger,
	})
	return s, err
}

// migrate makes the tables of the shop and of the queue.
func (s *shop) migrate(ctx context.Context) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(s.pool), nil)
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	schema, err := files.ReadFile("schema.sql")
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, string(schema))
	return err
}

// work begins with the jobs. The context of OnStart ends when the App begins to stop, and would cancel them; rest lets them end.
func (s *shop) work(ctx context.Context) error {
	return s.queue.Start(context.WithoutCancel(ctx))
}

// rest takes no more jobs, and waits for those that run until SHUTDOWN_TIMEOUT. One that is left behind is taken up again later.
func (s *shop) rest(ctx context.Context) error { return s.queue.Stop(ctx) }

func (s *shop) close(context.Context) error {
	s.pool.Close()
	return nil
}

// receiptArgs is what a job has in the database. It names the order: what an order is may change until the job runs.
type receiptArgs struct {
	Order int64 `json:"order"`
}

// Kind names the jobs in the database.
func (receiptArgs) Kind() string { return "receipt" }

// A receiptWorker writes receipts.
type receiptWorker struct {
	river.WorkerDefaults[receiptArgs]
	shop *shop
}

// Work may run twice for one order, if the program ends in between: so it looks first, and marks the order last. An error has it tried
// again, after a second, then after longer and longer.
func (w *receiptWorker) Work(ctx context.Context, job *river.Job[receiptArgs]) error {
	var item string
	err := w.shop.pool.QueryRow(ctx, "SELECT item FROM purchase WHERE id = $1 AND delivered IS NULL", job.Args.Order).Scan(&item)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	receipt, err := w.shop.app.RenderString(ctx, "receipt.txt", dewar.Map{"order": job.Args.Order, "item": item})
	if err != nil {
		return err
	}
	if err := w.shop.deliver(ctx, receipt); err != nil {
		return err
	}
	_, err = w.shop.pool.Exec(ctx, "UPDATE purchase SET delivered = now() WHERE id = $1", job.Args.Order)
	return err
}
