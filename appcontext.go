package dewar

import (
	"context"
	"net/http"
	"net/url"
	"sync"
)

// AppContext makes a Context that has no request, for commands and jobs: typed keys, [Context.Set], Config, Logger,
// URLFor, RenderString and functions that want a Context work with it. It builds the App, but takes a weak SECRET_KEY,
// for nobody is served. It carries ctx: its Value and Done are those of ctx. Flask has app.app_context().
//
// The caller calls end, once, with the error that the work ended with, or nil. It waits for the work of [Context.Go],
// then calls the App's teardown functions with that error; those of blueprints belong to their requests. A teardown
// function that panics is logged. No hook runs and no signal is sent.
//
// Request is a made-up GET of / whose Host is SERVER_NAME, what is written to Response goes nowhere, and writing to the
// session is an error that [Session.Err] returns.
func (app *App) AppContext(ctx context.Context) (c *Context, end func(err error), err error) {
	rt, err := app.prepare(nil)
	if err != nil {
		return nil, nil, err
	}
	c = rt.outside(ctx)
	c.advance(handling)
	return c, c.endOutside, nil
}

// outside makes a Context without a request.
func (rt *runtime) outside(ctx context.Context) *Context {
	r := &http.Request{
		Method: http.MethodGet, URL: &url.URL{Path: "/"}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Host: rt.app.Config.settings().serverName,
	}
	c := newContext(rt, &nowhere{header: http.Header{}}, r.WithContext(ctx))
	c.bare = true
	return c
}

// endOutside ends a Context of AppContext.
func (c *Context) endOutside(err error) {
	if n, ok := c.nowhere(); ok {
		n.work.Wait()
	}
	c.dropSession()
	c.advance(over)
	for _, f := range c.chain().teardown {
		c.guard(func() { f(c, err) })
	}
	c.response.release()
}

// nowhere is the ResponseWriter of a Context that has no request.
type nowhere struct {
	header http.Header
	work   sync.WaitGroup // of Context.Go
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(int)             {}

// nowhere returns what a Context writes to that has no request.
func (c *Context) nowhere() (*nowhere, bool) {
	n, ok := c.response.w.(*nowhere)
	return n, ok
}

// outside reports whether c has no request.
func (c *Context) outside() bool {
	_, ok := c.nowhere()
	return ok
}
