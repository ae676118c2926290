package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	goruntime "runtime"
)

// An Observer watches the stations of a request, for tools such as a profiler or a debug toolbar. It is called before
// each station with the place and the name of what runs there: the function of a hook or view, the name of a template,
// "open" or "save" for the session. What it returns, unless that is nil, is called after the station with the error
// that the station ended with; after a panic that error says so. An Observer is called on the goroutine of the request
// and must be safe for concurrent requests. Set App.Observer before Build.
type Observer func(c *Context, at Station, name string) (done func(err error))

// A Station is a kind of place on the way of a request.
type Station string

// The stations at which an [Observer] is called.
const (
	AtHook    Station = "hook"    // a hook before or after the view
	AtView    Station = "view"    // the view, or what answers in its place
	AtRender  Station = "render"  // a template
	AtSession Station = "session" // the SessionInterface, opening or saving
)

// call runs a hook or a view.
func (c *Context) call(at Station, h Handler) error {
	if c.runtime().observe == nil {
		return h(c)
	}
	return c.observed(at, nameOf(h), h)
}

// callView calls the view of a route.
func (c *Context) callView(r *boundRoute) error {
	if c.runtime().observe == nil {
		return r.handler(c)
	}
	return c.observed(AtView, cmp.Or(r.spec.inner, nameOf(r.handler)), r.handler)
}

// callOpen calls OpenSession.
func (c *Context) callOpen() (*Session, error) {
	if c.runtime().observe == nil {
		return c.runtime().sessions.OpenSession(c)
	}
	var s *Session
	err := c.observed(AtSession, "open", func(*Context) (err error) { s, err = c.runtime().sessions.OpenSession(c); return err })
	if s != nil && c.settings.debug {
		s.bag.Remember()
	}
	return s, err
}

// callSave calls SaveSession.
func (c *Context) callSave(s *Session) error {
	if c.runtime().observe == nil {
		return c.runtime().sessions.SaveSession(c, s)
	}
	return c.observed(AtSession, "save", func(*Context) error { return c.runtime().sessions.SaveSession(c, s) })
}

// observed runs f with the Observer around it, which must be there.
func (c *Context) observed(at Station, name string, f func(*Context) error) (err error) {
	done := c.runtime().observe(c, at, name)
	if done == nil {
		return f(c)
	}
	err = errInterrupted
	defer func() { done(err) }()
	return f(c)
}

// errInterrupted is the error of a station that did not return.
var errInterrupted = errors.New("dewar: the station panicked or ended its goroutine")

// innerName returns the name of a net/http handler: of its function, or of its type.
func innerName(h http.Handler) string {
	if f, ok := h.(http.HandlerFunc); ok {
		return nameOf(f)
	}
	return fmt.Sprintf("%T", h)
}

// nameOf returns the full name of a function.
func nameOf(h any) string {
	if f := goruntime.FuncForPC(reflect.ValueOf(h).Pointer()); f != nil {
		return f.Name()
	}
	return ""
}
