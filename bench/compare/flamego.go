package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/flamego/flamego"
)

func newFlamego(work string, _ place) (server, error) {
	f := flamego.NewWithLogger(io.Discard)
	switch work {
	case "text":
		f.Get("/hello", func(c flamego.Context) string {
			c.ResponseWriter().Header().Set("Content-Type", plainText)
			return "Hello, World!"
		})
	case "json":
		f.Get("/users/{id}", func(c flamego.Context) {
			id, err := strconv.Atoi(c.Param("id"))
			if err != nil {
				c.ResponseWriter().WriteHeader(http.StatusNotFound)
				return
			}
			c.ResponseWriter().Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(c.ResponseWriter()).Encode(user{id, "ann"})
		})
	case "github":
		for _, r := range githubRoutes() {
			f.Routes(r.rule, r.method, func(c flamego.Context) { nothing(c.ResponseWriter(), nil) })
		}
	case "page":
		show, err := showPage()
		if err != nil {
			return server{}, err
		}
		f.Get("/rows", func(c flamego.Context) { show(c.ResponseWriter(), c.Request().Request) })
	default:
		return server{}, unknown(work)
	}
	return server{std: f}, nil
}
