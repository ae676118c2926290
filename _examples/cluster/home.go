package main

import (
	"os"
	"strings"

	"github.com/dewar-go/dewar"
)

// cartPrefix is what the values of the cart are named with. Each item is a value of its own, so that two requests which change two
// items at once keep both.
const cartPrefix = "cart:"

func homeBlueprint() *dewar.Blueprint {
	bp := dewar.NewBlueprint("home")
	bp.Get("/", index)
	bp.Post("/count", count, dewar.Before(loginRequired))
	bp.Post("/cart", putInCart, dewar.Before(loginRequired))
	return bp
}

// index shows the session, as a page or as JSON.
func index(c *dewar.Context) error {
	if wantsJSON(c) {
		return c.JSON(view(c))
	}
	return c.Render("index.html", view(c))
}

// view is what there is to see: the process that answers, and what is in the session.
func view(c *dewar.Context) dewar.Map {
	s := c.Session()
	cart := map[string]int{}
	for _, key := range s.Keys() {
		if item, ok := strings.CutPrefix(key, cartPrefix); ok {
			cart[item] = s.Int(key)
		}
	}
	return dewar.Map{"process": os.Getpid(), "user": s.String("user"), "device": s.String("device"), "count": s.Int("count"), "cart": cart}
}

// count adds one. Change has it count right when requests count at once.
func count(c *dewar.Context) error {
	c.Session().Change("count", func(old any) any {
		n, _ := old.(int64)
		return n + 1
	})
	return changed(c)
}

// putInCart sets how many there are of an item, which 0 takes out.
func putInCart(c *dewar.Context) error {
	var form struct {
		Item   string `form:"item" required:"true"`
		Amount int    `form:"amount" required:"true"`
	}
	if err := c.Bind(&form); err != nil {
		return err
	}
	item := strings.TrimSpace(form.Item)
	switch {
	case item == "" || len(item) > maxName || form.Amount < 0:
		return dewar.Abortf(400, "An item has 1 to %d characters, and there may be 0 of it or more.", maxName)
	case form.Amount == 0:
		c.Session().Delete(cartPrefix + item)
	default:
		c.Session().Set(cartPrefix+item, form.Amount)
	}
	return changed(c)
}

// changed answers after a change: a browser sees the page again.
func changed(c *dewar.Context) error {
	if wantsJSON(c) {
		return c.JSON(view(c))
	}
	return c.RedirectTo("home.index")
}
