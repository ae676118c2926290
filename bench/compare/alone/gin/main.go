// Command gin is gin alone, see package alone.
package main

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/dewar-go/dewar/bench/compare/alone"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/hello", func(c *gin.Context) { c.String(http.StatusOK, "Hello, World!") })
	engine.GET("/users/:id", func(c *gin.Context) {
		id, err := strconv.Atoi(c.Param("id"))
		if err != nil {
			c.Status(http.StatusNotFound)
			return
		}
		c.JSON(http.StatusOK, alone.User{ID: id, Name: "ann"})
	})
	alone.ServeHTTP(engine)
}
