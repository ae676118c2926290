package app

import (
	"net/http"

	"github.com/dewar-go/dewar"
)

// A Seen is what an answer says of the visitor that the session knows, after what the request has changed.
type Seen struct {
	Name   string `json:"name"`
	Secret string `json:"secret"`
	Count  int64  `json:"count"`
	Note   string `json:"note"`
}

// visits adds the routes that read and change sessions.
func visits(app *dewar.App) {
	app.Post("/enter", enter)
	app.Get("/me", me)
	app.Post("/add", add)
	app.Post("/note", note)
	app.Post("/leave", leave)
	app.Get("/page", page)
	app.Get("/private", private)
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error {
		return err // by dewar's own answer, which must be able to pass through a handler
	})
}

func seen(c *dewar.Context) Seen {
	s := c.Session()
	return Seen{s.String("name"), s.String("secret"), s.Int64("count"), s.String("note")}
}

// enter begins a session for the name and the secret of the form.
func enter(c *dewar.Context) error {
	s, form := c.Session(), c.Form()
	s.Clear()
	s.Renew()
	s.Set("name", form.String("name"))
	s.Set("secret", form.String("secret"))
	return c.JSON(seen(c))
}

// me tells what the session holds.
func me(c *dewar.Context) error { return c.JSON(seen(c)) }

// add adds one to the counter of the session.
func add(c *dewar.Context) error {
	c.Session().Change("count", func(old any) any {
		n, _ := old.(int64)
		return n + 1
	})
	return c.JSON(seen(c))
}

// note keeps the text of the JSON body.
func note(c *dewar.Context) error {
	var body struct {
		Text string `json:"text"`
	}
	if err := c.BindJSON(&body); err != nil {
		return err
	}
	c.Session().Set("note", body.Text)
	return c.JSON(seen(c))
}

// leave ends the session.
func leave(c *dewar.Context) error {
	was := seen(c)
	c.Session().Destroy()
	return c.JSON(was)
}

// page is HTML that names the visitor.
func page(c *dewar.Context) error {
	return c.Render("page.html", dewar.Map{"seen": seen(c)})
}

// private shows the secret of who has entered, and nothing to anybody else.
func private(c *dewar.Context) error {
	if c.Session().String("name") == "" {
		return dewar.Abort(http.StatusForbidden)
	}
	return c.Text(c.Session().String("secret"))
}
