// Command dewar is dewar alone, see package alone.
package main

import (
	"fmt"
	"os"

	"github.com/dewar-go/dewar"

	"github.com/dewar-go/dewar/bench/compare/alone"
)

func main() {
	app := dewar.New("alone", dewar.RootPath(os.TempDir()))
	app.Get("/hello", func(c *dewar.Context) error { return c.Text("Hello, World!") })
	app.Get("/users/{id:int}", func(c *dewar.Context) error { return c.JSON(alone.User{ID: c.Params().Int("id"), Name: "ann"}) })
	if err := app.Build(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	alone.ServeHTTP(app)
}
