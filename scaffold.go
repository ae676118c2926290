package dewar

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"

	"github.com/dewar-go/dewar/internal/callsite"
)

// A scaffold is what an App and a Blueprint share: routes, hooks, error handlers, template functions.
type scaffold struct {
	name    string
	app     *App // set on an App's own scaffold only
	rules   []*routeSpec
	folders folders
	errors  errorTable

	before, after     []Handler
	preprocessors     []URLValuePreprocessor
	teardowns         []TeardownFunc
	urlDefaults       []URLDefaultsFunc
	contextProcessors []ContextProcessor
	templateFuncs     map[string]templateFunc

	frozen atomic.Bool
}

// TeardownFunc is called when a request is over. err is the error that no handler wanted, or nil.
type TeardownFunc func(c *Context, err error)

// URLValuePreprocessor may look at and change the values of the matched rule before any hook runs. values is
// nil when no rule matched.
type URLValuePreprocessor func(c *Context, values Map) error

// URLDefaultsFunc may add values for URLFor to those given. endpoint is the one a URL is built to.
type URLDefaultsFunc func(endpoint string, values Map)

// Registrar is an [*App] or a [*Blueprint].
type Registrar interface{ registrar() *scaffold }

func (s *scaffold) registrar() *scaffold { return s }

// noNil panics when one of the functions to register is nil.
func noNil[F any](what string, funcs []F) {
	for _, f := range funcs {
		if reflect.ValueOf(f).IsNil() {
			panic(fmt.Sprintf("dewar: %s: %s(nil): pass a function", callsite.Site(), what))
		}
	}
}

// setup panics when it is too late to register something.
func (s *scaffold) setup(what string) {
	if !s.frozen.Load() {
		return
	}
	if s.app != nil {
		panic(fmt.Sprintf("dewar: %s: %s comes too late, app %q is built and frozen; call it before Run, Build and the first request",
			callsite.Site(), what, s.name))
	}
	panic(fmt.Sprintf("dewar: %s: %s comes too late, blueprint %q has been registered; call it before RegisterBlueprint",
		callsite.Site(), what, s.name))
}

// Route registers h for the URLs that match rule. The method is GET, and with it HEAD and OPTIONS, unless
// [Methods] names others. A rule begins with a slash; {name} matches one segment and {name:int} one that
// converter int takes. The endpoint, by which [Context.URLFor] builds URLs, is the name of the function h
// unless [Endpoint] gives another; a closure has none.
//
// Route panics on a rule that cannot be read, on a second route for the same rule and method, and on an
// endpoint that two different functions claim. Flask's route does the same.
func (s *scaffold) Route(rule string, h Handler, opts ...RouteOption) { s.addRoute(rule, h, opts) }

// Get registers h for GET and HEAD requests. See [App.Route].
func (s *scaffold) Get(rule string, h Handler, opts ...RouteOption) {
	s.addShortcut(rule, h, opts, http.MethodGet)
}

// Post registers h for POST requests. See [App.Route].
func (s *scaffold) Post(rule string, h Handler, opts ...RouteOption) {
	s.addShortcut(rule, h, opts, http.MethodPost)
}

// Put registers h for PUT requests. See [App.Route].
func (s *scaffold) Put(rule string, h Handler, opts ...RouteOption) {
	s.addShortcut(rule, h, opts, http.MethodPut)
}

// Patch registers h for PATCH requests. See [App.Route].
func (s *scaffold) Patch(rule string, h Handler, opts ...RouteOption) {
	s.addShortcut(rule, h, opts, http.MethodPatch)
}

// Delete registers h for DELETE requests. See [App.Route].
func (s *scaffold) Delete(rule string, h Handler, opts ...RouteOption) {
	s.addShortcut(rule, h, opts, http.MethodDelete)
}

// Handle registers a net/http handler for rule and all methods, unless [Methods] names some. Inside it
// r.PathValue, r.Pattern and [FromContext] work.
func (s *scaffold) Handle(rule string, h http.Handler, opts ...RouteOption) {
	s.addWrapped(rule, h, opts)
}

// Mount hands everything below prefix to h, with the prefix taken off the request's path. The prefix itself
// is redirected to prefix/. It panics if prefix does not begin with a slash, or ends with one.
func (s *scaffold) Mount(prefix string, h http.Handler, opts ...RouteOption) {
	if !strings.HasPrefix(prefix, "/") || strings.HasSuffix(prefix, "/") {
		panic(fmt.Sprintf("dewar: %s: Mount(%q): the prefix must begin with a slash and not end with one", callsite.Site(), prefix))
	}
	stripped := stripPrefix(h)
	s.addWrapped(prefix+"/", stripped, opts)
	s.addWrapped(prefix+"/{path:path}", stripped, opts)
}

// BeforeRequest adds hooks that run before each request to the app or to the blueprint's views. The first
// that answers or fails ends the list, and the view is not called.
func (s *scaffold) BeforeRequest(hooks ...Handler) {
	s.setup("BeforeRequest")
	noNil("BeforeRequest", hooks)
	s.before = append(s.before, hooks...)
}

// AfterRequest adds hooks that run after each request to the app or to the blueprint's views, the last added
// first, before the session is saved and anything is sent. One that fails replaces the response.
func (s *scaffold) AfterRequest(hooks ...Handler) {
	s.setup("AfterRequest")
	noNil("AfterRequest", hooks)
	s.after = append(s.after, hooks...)
}

// TeardownRequest adds functions that run at the very end of each request, the last added first, also after
// a panic. They cannot change the response.
func (s *scaffold) TeardownRequest(funcs ...TeardownFunc) {
	s.setup("TeardownRequest")
	noNil("TeardownRequest", funcs)
	s.teardowns = append(s.teardowns, funcs...)
}

// URLValuePreprocessor adds functions that see the values of the matched rule before any hook.
func (s *scaffold) URLValuePreprocessor(funcs ...URLValuePreprocessor) {
	s.setup("URLValuePreprocessor")
	noNil("URLValuePreprocessor", funcs)
	s.preprocessors = append(s.preprocessors, funcs...)
}

// URLDefaults adds functions that complete the values given to URLFor: those of an App for every endpoint,
// those of a Blueprint for its own.
func (s *scaffold) URLDefaults(funcs ...URLDefaultsFunc) {
	s.setup("URLDefaults")
	noNil("URLDefaults", funcs)
	s.urlDefaults = append(s.urlDefaults, funcs...)
}

// ErrorHandler lets h answer errors of the status code. A handler for 500 also gets the errors that no other
// handler wanted, as an [*HTTPError] whose Err is the cause. It panics if code is not 400 to 599.
func (s *scaffold) ErrorHandler(code int, h ErrorHandler) {
	s.setup("ErrorHandler")
	if code < 400 || code > 599 {
		panic(fmt.Sprintf("dewar: %s: ErrorHandler(%d): no error status; pass 400 to 599, or use dewar.HandleError for a Go type", callsite.Site(), code))
	}
	s.errors.setCode(code, h)
}

// HandleError lets h answer errors of type E: those that are an E or wrap one. E may be an interface; at
// each error in the tree its own type goes before interfaces. r is an [*App] or a [*Blueprint].
func HandleError[E error](r Registrar, h func(c *Context, err E) error) {
	s := r.registrar()
	s.setup("HandleError")
	s.errors.setType(reflect.TypeFor[E](), func(c *Context, err error) error { return h(c, err.(E)) })
}
