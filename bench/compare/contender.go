package main

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/valyala/fasthttp"
)

// A contender is a library, or several together, that can do some works.
type contender struct {
	name    string
	modules []string // whose versions are told
	works   []string
	// make returns what serves one of the works and nothing else.
	make func(work string, at place) (server, error)
}

// A place is what servers find there.
type place struct {
	redis string // the URL of a Redis; "" for none
}

// A server is a handler: of net/http, or of fasthttp for what stands on that.
type server struct {
	std  http.Handler
	fast fasthttp.RequestHandler
}

var (
	pages        = []string{"text", "json", "github", "page"}
	inCookie     = []string{"read", "write"}
	inMemory     = []string{"memory-read", "memory-write"}
	inRedis      = []string{"redis-read", "redis-write"}
	ownName      = "dewar"
	flaskName    = "Flask under gunicorn"
	byHand       = "securecookie by hand"
	chiModule    = "github.com/go-chi/chi/v5"
	cookieModule = "github.com/gorilla/securecookie"
)

// contenders returns all that run in this program, in the order of the tables.
func contenders() []contender {
	return []contender{
		{ownName, nil, slices.Concat(pages, inCookie, inMemory, inRedis), newDewar},
		{"net/http", nil, pages, newNetHTTP},
		{"chi", []string{chiModule}, pages, newChi},
		{"gin", []string{"github.com/gin-gonic/gin"}, pages, newGin},
		{"echo", []string{"github.com/labstack/echo/v4"}, pages, newEcho},
		{"fiber", []string{"github.com/gofiber/fiber/v3", "github.com/valyala/fasthttp"}, slices.Concat(pages, inMemory), newFiber},
		{"flamego", []string{"github.com/flamego/flamego"}, pages, newFlamego},
		{byHand, []string{cookieModule}, inCookie, newByHand},
		{"gorilla/sessions", []string{"github.com/gorilla/sessions"}, inCookie, newGorilla},
		{"gin-contrib/sessions", []string{"github.com/gin-contrib/sessions"}, slices.Concat(inCookie, inMemory), newGinSessions},
		{"scs", []string{"github.com/alexedwards/scs/v2"}, slices.Concat(inMemory, inRedis), newSCS},
	}
}

// doing returns the contenders that do a work.
func doing(work string) []contender {
	return slices.DeleteFunc(contenders(), func(c contender) bool { return !slices.Contains(c.works, work) })
}

// contenderNamed returns the one of that name.
func contenderNamed(name string) (contender, error) {
	all := contenders()
	i := slices.IndexFunc(all, func(c contender) bool { return c.name == name })
	if i < 0 {
		return contender{}, fmt.Errorf("there is no contender %q", name)
	}
	return all[i], nil
}

// unknown is the error of a contender that is asked for what it does not do.
func unknown(work string) error { return fmt.Errorf("no work %q here", work) }
