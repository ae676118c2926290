package main

import (
	"log/slog"
	"net/http"
	"os"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/sessionstore"
)

func newDewar(work string, at place) (server, error) {
	app := dewar.New("compare", dewar.RootPath(os.TempDir()), dewar.FS(templateFiles))
	app.Logger = slog.New(slog.DiscardHandler)
	if err := app.Config.Set("SECRET_KEY", secret); err != nil {
		return server{}, err
	}
	switch work {
	case "text":
		app.Get("/hello", func(c *dewar.Context) error { return c.Text("Hello, World!") })
	case "json":
		app.Get("/users/{id:int}", func(c *dewar.Context) error { return c.JSON(user{c.Params().Int("id"), "ann"}) })
	case "github":
		for _, r := range githubRoutes() {
			app.Route(r.rule, func(c *dewar.Context) error { return c.Text("") }, dewar.Methods(r.method), dewar.Endpoint(r.endpoint()))
		}
	case "page":
		list := rows()
		app.Get("/rows", func(c *dewar.Context) error { return c.Render(pageName, dewar.Map{"Title": "Rows", "Rows": list}) })
	case "read", "write":
		dewarSessions(app)
	case "memory-read", "memory-write":
		app.SessionInterface = &sessionstore.SessionInterface{Store: &sessionstore.Memory{}}
		dewarSessions(app)
	case "redis-read", "redis-write":
		store, err := redisstore.Open(at.redis)
		if err != nil {
			return server{}, err
		}
		app.SessionInterface = &sessionstore.SessionInterface{Store: store}
		dewarSessions(app)
	default:
		return server{}, unknown(work)
	}
	return server{std: app}, app.Build()
}

func dewarSessions(app *dewar.App) {
	app.Get("/set", func(c *dewar.Context) error {
		s := c.Session()
		s.Set("user_id", 42)
		s.Set("name", "ann")
		s.Set("csrf", token)
		return c.Text("ok")
	})
	app.Get("/read", func(c *dewar.Context) error {
		if c.Session().Int("user_id") != 42 {
			return dewar.Abort(http.StatusForbidden)
		}
		return c.Text("ok")
	})
	app.Get("/write", func(c *dewar.Context) error {
		s := c.Session()
		s.Set("visits", s.Int("visits")+1)
		return c.Text("ok")
	})
	app.Get("/visits", func(c *dewar.Context) error { return c.Text(c.Session().String("visits")) })
}
