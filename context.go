package dewar

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Handler is what a view, a before-request hook and an after-request hook are. A view answers through one
// of the Context's answering methods or writes to c.Response; a returned error goes to the error handlers.
type Handler func(c *Context) error

// Context is one request and what a handler can do with it. It is a [context.Context] that ends with the
// request. A Context belongs to the goroutine of its request; [Context.Session], [Context.Logger], the
// context.Context methods and the typed keys of [NewKey] may also be used by goroutines that the handler
// waits for. It is never reused for another request.
type Context struct {
	// App is the application that serves the request.
	App *App
	// Request is the request as the server or the innermost middleware passed it in.
	Request *http.Request
	// Response collects the answer.
	Response *Response

	response Response
	rt       *runtime
	snap     *snapshot
	settings *settings
	born     *http.Request              // Request as it came in
	client   atomic.Pointer[clientInfo] // worked out when asked for

	chain        *chain
	route        *boundRoute // nil while nothing has matched
	view         Handler
	routingError error
	params       paramSource
	paramValues  Values
	query        *Values
	form         *Values
	body         *bodyState // nil for a request without a body

	session      atomic.Pointer[Session] // nil until it is open
	opening      atomic.Bool             // somebody opens the session, or has done so
	sessionSaved atomic.Bool             // saveSession ran: later changes are late
	toldLate     atomic.Bool             // GotRequestException has been sent for one
	cookies      []string                // Set-Cookie of the session that was saved
	fileCaching  string                  // the Cache-Control that dewar itself chose for a file
	flashes      *[]Flash                // nil until they are taken out of the session

	gMu         sync.Mutex
	g           []item
	afterThis   []Handler
	identity    atomic.Pointer[identity]
	contentType [1]string  // backs the Content-Type header without an allocation
	unhandled   error      // what teardown functions are told
	limit       *timeLimit // the time limit of the request; nil without one

	sessionReported bool // an error of the session has become the answer
	autoOptions     bool // the view is the automatic answer to OPTIONS
	finalized       bool
	panicked        bool
	aborted         bool // http.ErrAbortHandler was raised
	cut             bool // failed after commit: the connection must not look whole
}

// identity is what a request is known by in the log.
type identity struct {
	id     string
	logger *slog.Logger
}

type contextKey struct{}

var _ context.Context = (*Context)(nil)

func newContext(rt *runtime, w http.ResponseWriter, r *http.Request) *Context {
	snap := rt.app.Config.snapshot()
	c := &Context{App: rt.app, Request: r, born: r, rt: rt, snap: snap, settings: snap.settings()}
	c.response.c, c.response.w = c, w
	c.Response = &c.response
	if header := w.Header(); len(header) > 0 {
		c.response.outer = header.Clone()
	}
	c.limitBody()
	return c
}

// NewContext makes a Context for w and r that is served by no route: for unit tests of code that takes a
// Context, and for adapters. It builds the App. No hooks run; the response is sent, and the session saved, by
// calling its Flush.
func (app *App) NewContext(w http.ResponseWriter, r *http.Request) (*Context, error) {
	if err := app.Build(); err != nil {
		return nil, err
	}
	rt := app.runtime.Load()
	c := newContext(rt, w, r)
	c.chain = rt.appChain
	if err := c.checkHost(); err != nil {
		return nil, err
	}
	c.match()
	c.chain = &chain{scopes: c.chain.scopes, instances: c.chain.instances}
	return c, nil
}

// FromContext returns the Context that ctx is or was derived from, or nil. Inside a wrapped net/http handler
// it finds the Context in the request's own: dewar.FromContext(r.Context()).
func FromContext(ctx context.Context) *Context {
	c, _ := ctx.Value(contextKey{}).(*Context)
	return c
}

// parent returns the context of c.Request. A request whose context was derived from c itself would make the
// Context its own ancestor; then the context it was born with counts.
func (c *Context) parent() context.Context {
	if c.Request == c.born {
		return c.born.Context()
	}
	ctx := c.Request.Context()
	switch {
	case FromContext(ctx) != c:
		return ctx
	case c.limit != nil:
		return c.limit.ctx
	}
	return c.born.Context()
}

// Deadline returns the deadline of the request, if it has one.
func (c *Context) Deadline() (time.Time, bool) { return c.parent().Deadline() }

// Done returns a channel that is closed when the request is over or its client has gone.
func (c *Context) Done() <-chan struct{} { return c.parent().Done() }

// Err tells why Done was closed; it is nil before.
func (c *Context) Err() error { return c.parent().Err() }

// Value returns what was set for key: with a string key the value of [Context.Set] or of a typed key of that
// name, otherwise the value of the request's context. It returns nil when there is none.
func (c *Context) Value(key any) any {
	switch k := key.(type) {
	case contextKey:
		return c
	case string:
		if v, ok := c.named(k); ok {
			return v
		}
	}
	return c.parent().Value(key)
}

// AfterThisRequest adds a hook that runs for this request only, before the other after-request hooks and in
// order of registration.
func (c *Context) AfterThisRequest(h Handler) { c.afterThis = append(c.afterThis, h) }

// Endpoint returns the endpoint that matched, with the names of its blueprints in front, or "" when none did.
func (c *Context) Endpoint() string {
	if c.route == nil {
		return ""
	}
	return c.route.Endpoint
}

// Blueprint returns the dotted name of the blueprint that the request's route belongs to, or "".
func (c *Context) Blueprint() string {
	if c.route == nil {
		return ""
	}
	return c.route.Blueprint
}

// Route returns the route that matched; ok is false when none did.
func (c *Context) Route() (route Route, ok bool) {
	if c.route == nil {
		return Route{}, false
	}
	return c.route.Route, c.hasRule()
}

// Config returns the configuration as it was when the request came in. A later change through App.Config
// does not show in it.
func (c *Context) Config() *Values { return &c.snap.view }

// RequestID returns the id of the request: that of the header X-Request-Id when a trusted proxy sent one, or
// a random one.
func (c *Context) RequestID() string { return c.known().id }

// Logger returns the App's logger with the request's id, method, route and endpoint.
func (c *Context) Logger() *slog.Logger { return c.known().logger }

// known returns the identity of the request, made on first use.
func (c *Context) known() *identity {
	if known := c.identity.Load(); known != nil {
		return known
	}
	id := c.forwardedRequestID()
	if id == "" {
		id = rand.Text()
	}
	rule := ""
	if c.route != nil {
		rule = c.route.Rule
	}
	logger := c.App.logger().With("requestID", id, "method", c.born.Method, "route", rule)
	if endpoint := c.Endpoint(); endpoint != "" {
		logger = logger.With("endpoint", endpoint)
	}
	c.identity.CompareAndSwap(nil, &identity{id, logger})
	return c.identity.Load()
}

// logFailure logs an error once. A client that has gone is no error.
func (c *Context) logFailure(err error) {
	if c.isGone(err) {
		c.Logger().Debug("client gone", "err", err)
		return
	}
	if p, ok := errors.AsType[*PanicError](err); ok {
		c.Logger().Error("request failed", "err", err, "stack", string(p.Stack))
		return
	}
	c.Logger().Error("request failed", "err", err)
}

// isGone reports whether err only says that the client closed the connection.
func (c *Context) isGone(err error) bool {
	if w := c.response.writeErr; w != nil && errors.Is(err, w) {
		return true
	}
	if !errors.Is(c.born.Context().Err(), context.Canceled) {
		return false
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, net.ErrClosed)
}

// Go runs f on a goroutine of its own that may outlive the request. The context f gets keeps the values of
// the request but does not end with it: when they stop, Run and Serve wait for f, and cancel the context
// when SHUTDOWN_TIMEOUT is over. A panic in f is logged. The Context itself must not be written to by f.
func (c *Context) Go(f func(ctx context.Context)) {
	ctx, cancel := c.App.backgroundContext(context.WithoutCancel(c.parent()))
	logger := c.Logger()
	c.App.background.Go(func() {
		defer cancel()
		defer func() {
			if value := recover(); value != nil {
				logger.Error("background work failed", "err", recovered(value))
			}
		}()
		f(ctx)
	})
}
