package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/debugtoolbar"
)

// An Order is what a customer wants.
type Order struct {
	ID    int
	Total int
	Lines []string
}

// errNoOrder is what an order that is not there gives.
var errNoOrder = errors.New("there is no such order")

// orders are views that fail in the ways that programs do, and one that does much.
type orders struct {
	db     *database
	client *http.Client
}

func ordersBlueprint(db *database) *dewar.Blueprint {
	o := &orders{db, &http.Client{Transport: debugtoolbar.Transport(nil), Timeout: time.Minute}}
	bp := dewar.NewBlueprint("orders", dewar.URLPrefix("/orders"))
	bp.Get("/{id:int}", o.show)
	bp.Get("/{id:int}/invoice", o.invoice)
	bp.Get("/{id:int}/receipt", o.receipt)
	bp.Post("/import", o.load)
	bp.Route("/busy", o.busy, dewar.Methods("GET", "POST"))
	bp.Get("/search", o.search)
	return bp
}

// find reads an order from a table that nobody has made.
func (o *orders) find(ctx context.Context, id int) (*Order, error) {
	order := &Order{ID: id}
	err := o.db.QueryRowContext(ctx, "SELECT total FROM orders WHERE id = ?", id).Scan(&order.Total)
	if err != nil {
		return nil, fmt.Errorf("find order %d: %w", id, errors.Join(errNoOrder, err))
	}
	return order, nil
}

// show fails with an error that wraps others.
func (o *orders) show(c *dewar.Context) error {
	order, err := o.find(c, c.Params().Int("id"))
	if err != nil {
		return fmt.Errorf("show the order: %w", err)
	}
	return c.JSON(order)
}

// invoice panics, two calls below.
func (o *orders) invoice(c *dewar.Context) error {
	order := &Order{ID: c.Params().Int("id")}
	return c.Text(firstLine(order))
}

// firstLine returns what was ordered first.
func firstLine(order *Order) string {
	return order.Lines[0]
}

// receipt renders a template with a slip.
func (o *orders) receipt(c *dewar.Context) error {
	return c.Render("orders/receipt.html", dewar.Map{"order": &Order{ID: c.Params().Int("id"), Total: 12}})
}

func (o *orders) load(c *dewar.Context) error {
	return c.Text("loaded " + c.Form().String("file"))
}

// search wants a number and gets a text.
func (o *orders) search(c *dewar.Context) error {
	var q struct {
		Page  int    `query:"page"`
		Words string `query:"words" required:"true"`
	}
	if err := c.Bind(&q); err != nil {
		return err
	}
	return c.JSON(q)
}

// busy does a little of everything that the debug toolbar shows.
func (o *orders) busy(c *dewar.Context) error {
	for id := range 3 {
		var name string
		_ = o.db.QueryRowContext(c, "SELECT name FROM users WHERE id = ?", id).Scan(&name) // nobody has such an ID
	}
	c.Logger().Info("looking for the price", "attempt", 1)
	price, err := o.price(c)
	if err != nil {
		return err
	}
	c.Logger().Warn("the price is old", "price", price)
	c.Session().Set("visits", c.Session().Int("visits")+1)
	c.Flash("The price is " + price + ".")
	return c.Render("orders/busy.html", dewar.Map{"visits": c.Session().Int("visits"), "sent": c.Form().String("coupon")})
}

// price asks another service, which is this one.
func (o *orders) price(c *dewar.Context) (string, error) {
	r, err := http.NewRequestWithContext(c, http.MethodGet, "http://"+c.Request.Host+"/healthz", nil)
	if err != nil {
		return "", err
	}
	answer, err := o.client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return fmt.Sprint(len(body)), err
}
