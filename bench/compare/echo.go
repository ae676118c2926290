package main

import (
	"html/template"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"
)

func newEcho(work string, _ place) (server, error) {
	e := echo.New()
	switch work {
	case "text":
		e.GET("/hello", func(c echo.Context) error { return c.String(http.StatusOK, "Hello, World!") })
	case "json":
		e.GET("/users/:id", func(c echo.Context) error {
			id, err := strconv.Atoi(c.Param("id"))
			if err != nil {
				return echo.ErrNotFound
			}
			return c.JSON(http.StatusOK, user{id, "ann"})
		})
	case "github":
		for _, r := range githubRoutes() {
			e.Add(r.method, r.colons(), func(c echo.Context) error { return c.String(http.StatusOK, "") })
		}
	case "page":
		t, err := templates()
		if err != nil {
			return server{}, err
		}
		e.Renderer = echoRenderer{t}
		data := pageData{"Rows", rows()}
		e.GET("/rows", func(c echo.Context) error { return c.Render(http.StatusOK, pageName, data) })
	default:
		return server{}, unknown(work)
	}
	return server{std: e}, nil
}

// An echoRenderer is html/template as echo's guide has it.
type echoRenderer struct{ templates *template.Template }

func (r echoRenderer) Render(w io.Writer, name string, data any, _ echo.Context) error {
	return r.templates.ExecuteTemplate(w, name, data)
}
