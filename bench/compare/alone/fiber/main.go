// Command fiber is fiber alone, see package alone.
package main

import (
	"strconv"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	"github.com/dewar-go/dewar/bench/compare/alone"
)

func main() {
	app := fiber.New()
	app.Get("/hello", func(c fiber.Ctx) error { return c.SendString("Hello, World!") })
	app.Get("/users/:id", func(c fiber.Ctx) error {
		id, err := strconv.Atoi(c.Params("id"))
		if err != nil {
			return fiber.ErrNotFound
		}
		return c.JSON(alone.User{ID: id, Name: "ann"})
	})
	alone.Serve((&fasthttp.Server{Handler: app.Handler()}).Serve)
}
