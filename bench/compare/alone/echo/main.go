// Command echo is echo alone, see package alone.
package main

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/dewar-go/dewar/bench/compare/alone"
)

func main() {
	e := echo.New()
	e.GET("/hello", func(c echo.Context) error { return c.String(http.StatusOK, "Hello, World!") })
	e.GET("/users/:id", func(c echo.Context) error {
		id, err := strconv.Atoi(c.Param("id"))
		if err != nil {
			return echo.ErrNotFound
		}
		return c.JSON(http.StatusOK, alone.User{ID: id, Name: "ann"})
	})
	alone.ServeHTTP(e)
}
