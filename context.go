package dewar

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Handler is a view, a before-request hook or an after-request hook. A view answers through one of the Context's
// answering methods or writes to c.Response. A returned error goes to the error handlers; a view that returns nil
// without an answer is a 500 that names it in the log. An answer of 400 or more that was written to c.Response, by
// http.Error or a websocket library that refuses a handshake, stays if the error that comes with it has neither a status
// nor a handler.
type Handler func(c *Context) error

// Context is one request and what a handler can do with it. It is a [context.Context] that ends with the
// request. A Context belongs to the goroutine of its request; [Context.Session], [Context.Logger], the
// context.Context methods and the typed keys of [NewKey] may also be used by goroutines that the handler
// waits for. It is never reused for another request.
type Context struct {
	// App is the application that serves the request.
	App *App
	// Request is the request as the server or the innermost middleware passed it in. When it has a body, or a
	// time limit, it is a copy, whose body is limited. A hook may put another one in its place.
	Request *http.Request
	// Response collects the answer.
	Response *Response

	response Response
	settings *settings
	born     *http.Request // the request that came in, which net/http still owns; its body and forms are never replaced
	route    *boundRoute   // nil while nothing has matched
	asked    string        // the path that the route has matched
	places   [4]place      // where the values of its variables are in that; without asked they are in rare.values
	lazy     atomic.Pointer[rare]
	session  atomic.Pointer[requestSession] // nil until it is asked for or saved

	phase    phase
	outcome  outcome
	whole    bool   // the answer takes no more: what is written next is another one
	ran      bool   // every station was passed: no panic is on its way
	bare     bool   // made by NewContext: no hooks
	fromHere bool   // DEBUG is on, and the request came from this machine
	hook     uint16 // after-request hooks that were begun
}

// A rare is what few requests need. Context.rare makes it when it is first used.
type rare struct {
	answer   Handler // in place of the route's view: a redirect, an automatic answer, the fallback
	redirect string  // where that redirect leads, without the prefix of the App
	refused  error   // the routing error, which is raised after the before-request hooks
	values   []any   // the values of the route's variables that were converted at the match: those that have no place
	changed  Map     // what URL value preprocessors made of the values; nil when there are none

	query, form *Values
	queryErr    error // the query has too many values
	cookies     *Values
	body        bodyState
	limit       *timeLimit    // the time limit of the request; nil without one
	afterThis   []Handler     // hooks for this request only
	thisHook    int           // how many of them were begun
	flashes     *takenFlashes // nil until they are taken out of the session
	owned       ownership
	beyond      int64     // how much of the body of an answer to HEAD was counted and not kept
	relayed     int64     // how much of another application's answer is held back; 0 for one of the App's own
	policy      string    // the Content-Security-Policy of the debug page
	answerSite  string    // where the answer was given; in DEBUG and TESTING only
	began       time.Time // for the access log
	sent        int64     // how much of the body the writers below have taken

	err       error  // with the outcome
	headerErr error  // why a header of c.Header cannot be sent, until that is told
	writeErr  error  // what writing to the client failed with
	finalErr  error  // the first error while the response was finalized
	status    uint16 // that of the error whose handler answers; 0 for none
	finalized bool   // all that acts on the response has run, while the view goes on
	hijacked  bool
	again     bool // an error in finalizing had its turn with the error handlers
	crashed   bool // the handler of 500 had its turn

	ownDeadline bool // for writing, set by the handler
	early       bool // the header leaves before the view has returned, because the view wants it to
	guarded     bool // caches were told of a session that nobody had opened by then
	panicked    bool // the request has: what it did to the session is in doubt

	fileCaching string                   // the Cache-Control that dewar itself chose for a file
	handed      handedOver               // what another application did with the session
	taken       atomic.Pointer[takeover] // of a connection that was hijacked

	client   atomic.Pointer[origin] // worked out when asked for
	identity atomic.Pointer[identity]
	gMu      sync.Mutex
	g        []item
}

// rare returns what few requests need. Goroutines that ask at the same time get the same.
func (c *Context) rare() *rare {
	if x := c.lazy.Load(); x != nil {
		return x
	}
	c.lazy.CompareAndSwap(nil, new(rare))
	return c.lazy.Load()
}

// identity is what a request is known by in the log.
type identity struct {
	id     string
	logger *slog.Logger
	quiet  *slog.Logger // the same, but RequestLogged is not told
}

// runtime returns the frozen form of the App.
func (c *Context) runtime() *runtime { return c.App.prepared.Load() }

type contextKey struct{}

var _ context.Context = (*Context)(nil)

func newContext(rt *runtime, w http.ResponseWriter, r *http.Request) *Context {
	c := &Context{App: rt.app, Request: withPath(r), born: r, settings: rt.app.Config.settings()}
	c.Response = &c.response
	c.fromHere = c.settings.debug && isFromHere(r)
	c.response.begin(c, w)
	c.body()
	return c
}

// NewContext makes a Context for w and r without serving them: for adapters, and for unit tests of code that takes a
// Context. It builds the App and matches the route, but calls no view and no hook. The caller answers through the
// Context, or an empty 200 leaves, and then calls end, once, which saves the session, sends the response, removes temporary files and returns
// what went wrong on the way. Until then the response is held back, within the bounds of every response. Hooks of
// [Context.AfterThisRequest] do not run. NewContext fails if the App cannot be built or the
// host is not one of TRUSTED_HOSTS. Flask has test_request_context.
func (app *App) NewContext(w http.ResponseWriter, r *http.Request) (c *Context, end func() error, err error) {
	if err := app.Build(); err != nil {
		return nil, nil, err
	}
	c = newContext(app.runtime.Load(), w, locate(r))
	c.bare = true
	if err := c.checkHost(); err != nil {
		return nil, nil, err
	}
	c.match()
	c.advance(handling)
	return c, c.endBare, nil
}

// label is what c prints as.
func (c *Context) label() string {
	label := ""
	if c.born != nil {
		label = c.born.Method
	}
	if c.route != nil {
		label += " " + c.route.Rule
	}
	return label
}

// Format prints the method and the rule of the route, for every verb: a Context holds too much, and secrets, to be
// printed whole.
func (c *Context) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "Context(%q)", c.label()) }

// String returns what Format prints, for templates, which look for it.
func (c *Context) String() string { return fmt.Sprint(c) }

// LogValue returns the method and the rule of the route.
func (c *Context) LogValue() slog.Value { return slog.StringValue(c.label()) }

// MarshalJSON returns the method and the rule of the route.
func (c *Context) MarshalJSON() ([]byte, error) { return json.Marshal(c.label()) }

// FromContext returns the Context that ctx is or was derived from, or nil. Inside a wrapped net/http handler
// it finds the Context in the request's own: dewar.FromContext(r.Context()).
func FromContext(ctx context.Context) *Context {
	c, _ := ctx.Value(contextKey{}).(*Context)
	return c
}

// parent returns the context of c.Request. A request whose context was derived from c itself would make the
// Context its own ancestor; then the context it was born with counts.
func (c *Context) parent() context.Context {
	if x := c.lazy.Load(); x != nil {
		if t := x.taken.Load(); t != nil {
			return t.ctx
		}
	}
	if c.Request == c.born {
		return c.born.Context()
	}
	ctx := c.Request.Context()
	if FromContext(ctx) != c {
		return ctx
	}
	if x := c.lazy.Load(); x != nil && x.limit != nil {
		return x.limit.ctx
	}
	return c.born.Context()
}

// Deadline returns the deadline of the request, if it has one.
func (c *Context) Deadline() (time.Time, bool) { return c.parent().Deadline() }

// Done returns a channel that is closed when the request is over or its client has gone; once the connection was
// hijacked, when the request is over or the App stops.
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
func (c *Context) AfterThisRequest(h Handler) {
	x := c.rare()
	x.afterThis = append(x.afterThis, h)
}

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
	return c.route.copied(), c.hasRule()
}

// Config returns the configuration as it was when the request came in. A later change through App.Config
// does not show in it.
func (c *Context) Config() *Values { return &c.settings.view }

// RequestID returns the id of the request: that of the header X-Request-Id when a trusted proxy sent one, or
// a random one.
func (c *Context) RequestID() string { return c.known().id }

// Logger returns the App's logger with the request's id, method, route and endpoint; without a request as it is.
func (c *Context) Logger() *slog.Logger { return c.known().logger }

// known returns the identity of the request, made on first use.
func (c *Context) known() *identity {
	x := c.rare()
	if known := x.identity.Load(); known != nil {
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
	logger := c.App.logger()
	if !c.outside() {
		logger = logger.With("requestID", id, "method", c.born.Method, "route", rule)
	}
	if endpoint := c.Endpoint(); endpoint != "" {
		logger = logger.With("endpoint", endpoint)
	}
	quiet := logger
	if c.App.RequestLogged.connected() {
		logger = slog.New(loggedHandler{Handler: logger.Handler(), c: c})
	}
	x.identity.CompareAndSwap(nil, &identity{id, logger, quiet})
	return x.identity.Load()
}

// Key is a typed name for a value that belongs to one request; what Flask keeps on g. Keys compare by
// identity, so two packages never meet; the name is for templates, which find the value as g.name.
type Key[T any] struct {
	name string
}

// An item is one value kept on the Context.
type item struct {
	key   any // *Key[T], or nil for Context.Set
	name  string
	value any
}

// NewKey returns a new key. It is usually a package variable: var user = dewar.NewKey[*User]("user").
func NewKey[T any](name string) *Key[T] { return &Key[T]{name: name} }

// Set keeps value for the rest of the request.
func (k *Key[T]) Set(c *Context, value T) { c.setItem(k, k.name, value) }

// Get returns the value that was set in this request, or the zero value.
func (k *Key[T]) Get(c *Context) T {
	value, _ := k.Lookup(c)
	return value
}

// Lookup returns the value that was set in this request and whether there is one.
func (k *Key[T]) Lookup(c *Context) (T, bool) {
	var zero T
	x := c.lazy.Load()
	if x == nil {
		return zero, false
	}
	x.gMu.Lock()
	defer x.gMu.Unlock()
	for i := range x.g {
		if x.g[i].key == any(k) {
			value, ok := x.g[i].value.(T)
			return value, ok || x.g[i].value == nil
		}
	}
	return zero, false
}

// Delete takes the value away and reports whether one was set in this request. Flask has g.pop.
func (k *Key[T]) Delete(c *Context) bool {
	x := c.lazy.Load()
	if x == nil {
		return false
	}
	x.gMu.Lock()
	defer x.gMu.Unlock()
	before := len(x.g)
	x.g = slices.DeleteFunc(x.g, func(it item) bool { return it.key == any(k) })
	return len(x.g) < before
}

// Set keeps value under name for the rest of the request; [Context.Value] returns it, and templates find it
// as g.name. [NewKey] is the typed way.
func (c *Context) Set(name string, value any) { c.setItem(nil, name, value) }

func (c *Context) setItem(key any, name string, value any) {
	x := c.rare()
	x.gMu.Lock()
	defer x.gMu.Unlock()
	for i := range x.g {
		if x.g[i].key == key && x.g[i].name == name {
			x.g[i].value = value
			return
		}
	}
	x.g = append(x.g, item{key, name, value})
}

// popNamed takes the value of named away, and those that it stood before.
func (c *Context) popNamed(name string) (any, bool) {
	value, ok := c.named(name)
	if !ok {
		return nil, false
	}
	x := c.rare()
	x.gMu.Lock()
	defer x.gMu.Unlock()
	x.g = slices.DeleteFunc(x.g, func(it item) bool { return it.name == name })
	return value, true
}

// named finds a value by name: that of Set before those of typed keys.
func (c *Context) named(name string) (any, bool) {
	x := c.lazy.Load()
	if x == nil {
		return nil, false
	}
	x.gMu.Lock()
	defer x.gMu.Unlock()
	var typed *item
	for i := range x.g {
		if x.g[i].name != name {
			continue
		}
		if x.g[i].key == nil {
			return x.g[i].value, true
		}
		typed = &x.g[i]
	}
	if typed == nil {
		return nil, false
	}
	return typed.value, true
}

// globals returns what templates see as g.
func (c *Context) globals() Map {
	x := c.rare()
	x.gMu.Lock()
	defer x.gMu.Unlock()
	g := make(Map, len(x.g))
	for _, it := range x.g {
		if _, taken := g[it.name]; !taken || it.key == nil {
			g[it.name] = it.value
		}
	}
	return g
}
