package main

import (
	"net/http"
	"strconv"

	"github.com/gin-contrib/sessions"
	"github.com/gin-contrib/sessions/cookie"
	"github.com/gin-contrib/sessions/memstore"
	"github.com/gin-gonic/gin"
)

func newGin(work string, _ place) (server, error) {
	engine := quietGin()
	switch work {
	case "text":
		engine.GET("/hello", func(c *gin.Context) { c.String(http.StatusOK, "Hello, World!") })
	case "json":
		engine.GET("/users/:id", func(c *gin.Context) {
			id, err := strconv.Atoi(c.Param("id"))
			if err != nil {
				c.Status(http.StatusNotFound)
				return
			}
			c.JSON(http.StatusOK, user{id, "ann"})
		})
	case "github":
		for _, r := range githubRoutes() {
			engine.Handle(r.method, r.colons(), func(c *gin.Context) { c.String(http.StatusOK, "") })
		}
	case "page":
		t, err := templates()
		if err != nil {
			return server{}, err
		}
		engine.SetHTMLTemplate(t)
		data := pageData{"Rows", rows()}
		engine.GET("/rows", func(c *gin.Context) { c.HTML(http.StatusOK, pageName, data) })
	default:
		return server{}, unknown(work)
	}
	return server{std: engine}, nil
}

func quietGin() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	return gin.New()
}

// newGinSessions has gin's sessions, in a cookie or in memory.
func newGinSessions(work string, _ place) (server, error) {
	var store sessions.Store
	switch work {
	case "read", "write":
		store = cookie.NewStore([]byte(secret))
	case "memory-read", "memory-write":
		store = memstore.NewStore([]byte(secret))
	default:
		return server{}, unknown(work)
	}
	engine := quietGin()
	engine.Use(sessions.Sessions("session", store))
	save := func(c *gin.Context, s sessions.Session) {
		if err := s.Save(); err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.String(http.StatusOK, "ok")
	}
	engine.GET("/set", func(c *gin.Context) {
		s := sessions.Default(c)
		s.Set("user_id", 42)
		s.Set("name", "ann")
		s.Set("csrf", token)
		save(c, s)
	})
	engine.GET("/read", func(c *gin.Context) {
		if sessions.Default(c).Get("user_id") != 42 {
			c.Status(http.StatusForbidden)
			return
		}
		c.String(http.StatusOK, "ok")
	})
	engine.GET("/write", func(c *gin.Context) {
		s := sessions.Default(c)
		visits, _ := s.Get("visits").(int)
		s.Set("visits", visits+1)
		save(c, s)
	})
	engine.GET("/visits", func(c *gin.Context) { c.String(http.StatusOK, "%d", sessions.Default(c).Get("visits")) })
	return server{std: engine}, nil
}
