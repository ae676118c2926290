package main

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/session"
)

func newFiber(work string, _ place) (server, error) {
	app := fiber.New()
	switch work {
	case "text":
		app.Get("/hello", func(c fiber.Ctx) error { return c.SendString("Hello, World!") })
	case "json":
		app.Get("/users/:id", func(c fiber.Ctx) error {
			id, err := strconv.Atoi(c.Params("id"))
			if err != nil {
				return fiber.ErrNotFound
			}
			return c.JSON(user{id, "ann"})
		})
	case "github":
		for _, r := range githubRoutes() {
			app.Add([]string{r.method}, r.colons(), func(c fiber.Ctx) error { return c.SendString("") })
		}
	case "page":
		t, err := templates()
		if err != nil {
			return server{}, err
		}
		data := pageData{"Rows", rows()}
		app.Get("/rows", func(c fiber.Ctx) error {
			var page bytes.Buffer
			if err := t.ExecuteTemplate(&page, pageName, data); err != nil {
				return err
			}
			return c.Type("html", "utf-8").Send(page.Bytes())
		})
	case "memory-read", "memory-write":
		fiberSessions(app)
	default:
		return server{}, unknown(work)
	}
	return server{fast: app.Handler()}, nil
}

func fiberSessions(app *fiber.App) {
	app.Use(session.New())
	app.Get("/set", func(c fiber.Ctx) error {
		s := session.FromContext(c)
		s.Set("user_id", 42)
		s.Set("name", "ann")
		s.Set("csrf", token)
		return c.SendString("ok")
	})
	app.Get("/read", func(c fiber.Ctx) error {
		if session.FromContext(c).Get("user_id") != 42 {
			return fiber.ErrForbidden
		}
		return c.SendString("ok")
	})
	app.Get("/write", func(c fiber.Ctx) error {
		s := session.FromContext(c)
		visits, _ := s.Get("visits").(int)
		s.Set("visits", visits+1)
		return c.SendString("ok")
	})
	app.Get("/visits", func(c fiber.Ctx) error { return c.SendString(fmt.Sprint(session.FromContext(c).Get("visits"))) })
}
