package dewar

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/dewar-go/dewar/internal/callsite"
)

// Blueprint is a part of an application that is registered as one: routes with their own name space for
// endpoints, hooks, error handlers, templates and static files. Make one with [NewBlueprint] and register
// it, as often as needed, with RegisterBlueprint. Adding to a Blueprint after that panics.
type Blueprint struct {
	scaffold
	routing
	prefix   string
	children []registration
	recorded []func(SetupState)
}

// Format prints the name, for every verb.
func (bp *Blueprint) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "Blueprint(%q)", bp.name) }

// String returns what Format prints, for templates, which look for it.
func (bp *Blueprint) String() string { return fmt.Sprint(bp) }

// LogValue returns the name.
func (bp *Blueprint) LogValue() slog.Value { return slog.StringValue(bp.name) }

// MarshalJSON returns the name.
func (bp *Blueprint) MarshalJSON() ([]byte, error) { return json.Marshal(bp.name) }

// A registration is one RegisterBlueprint call.
type registration struct {
	bp      *Blueprint
	routing routing
	name    string
	prefix  string
	site    string
}

// An instance is a blueprint as it stands in an App, under its full name and prefix.
type instance struct {
	bp      *Blueprint
	routing routing
	name    string
	prefix  string
	parent  *instance
	site    string
}

// rule returns a rule of the blueprint with the prefix in front. The rule "" is the prefix itself.
func (in *instance) rule(text string) string {
	if in.prefix == "" {
		return text
	}
	return joinPrefix(in.prefix, text)
}

// BlueprintOption is an attribute of a Blueprint, for [NewBlueprint] or RegisterBlueprint.
type BlueprintOption interface{ applyBlueprint(*Blueprint) }

type blueprintOption func(*Blueprint)

func (o blueprintOption) applyBlueprint(bp *Blueprint) { o(bp) }

// URLPrefix sets the path put before every rule of a blueprint. The default is none. A prefix given to
// RegisterBlueprint replaces one given to NewBlueprint. It panics if path does not begin with a slash.
func URLPrefix(path string) BlueprintOption {
	if !strings.HasPrefix(path, "/") {
		panic(fmt.Sprintf("dewar: %s: URLPrefix(%q): the prefix must begin with a slash", callsite.Site(), path))
	}
	return blueprintOption(func(bp *Blueprint) { bp.prefix = path })
}

// Name registers a blueprint under a different name, so that it can be registered twice.
func Name(name string) BlueprintOption {
	checkBlueprintName(name)
	return blueprintOption(func(bp *Blueprint) { bp.scaffold.name = name })
}

// NewBlueprint returns an empty blueprint. Its name is put before the names of its endpoints, blog.show. It
// panics if name is empty or contains a dot.
func NewBlueprint(name string, opts ...BlueprintOption) *Blueprint {
	checkBlueprintName(name)
	bp := &Blueprint{scaffold: scaffold{name: name}}
	for _, opt := range opts {
		opt.applyBlueprint(bp)
	}
	return bp
}

func checkBlueprintName(name string) {
	if name == "" || strings.Contains(name, ".") {
		panic(fmt.Sprintf("dewar: %s: blueprint name %q must not be empty or contain a dot; nested blueprints get their dots by themselves", callsite.Site(), name))
	}
}

// Name returns the name given to [NewBlueprint].
func (bp *Blueprint) Name() string { return bp.scaffold.name }

// RegisterBlueprint nests child: its prefix and its name are put behind those of bp. It panics on a name
// that is taken and on a blueprint inside itself.
func (bp *Blueprint) RegisterBlueprint(child *Blueprint, opts ...BlueprintOption) {
	bp.setup("RegisterBlueprint")
	if child == bp {
		panic(fmt.Sprintf("dewar: %s: blueprint %q cannot be registered on itself", callsite.Site(), bp.Name()))
	}
	reg := newRegistration(child, opts)
	for _, other := range bp.children {
		if other.name == reg.name {
			panicNameTaken(reg.name, other.site, reg.site)
		}
	}
	bp.children = append(bp.children, reg)
	child.frozen.Store(true)
}

// RegisterBlueprint adds everything in bp to the app. Options replace what was given to [NewBlueprint], except
// that [Defaults] are put together and a nested blueprint's prefix and subdomain are joined to its parent's. It
// panics on a name that is taken, naming both places, and on what [App.Route] panics on.
func (app *App) RegisterBlueprint(bp *Blueprint, opts ...BlueprintOption) {
	app.setup("RegisterBlueprint")
	app.register(newRegistration(bp, opts), nil)
}

// newRegistration applies the options of a RegisterBlueprint call to a copy of what the blueprint says.
func newRegistration(bp *Blueprint, opts []BlueprintOption) registration {
	callsite.NoNil("RegisterBlueprint", bp)
	said := &Blueprint{scaffold: scaffold{name: bp.Name()}, routing: bp.routing, prefix: bp.prefix}
	for _, opt := range opts {
		opt.applyBlueprint(said)
	}
	if said.folders.given {
		panic(fmt.Sprintf("dewar: %s: RegisterBlueprint(%q): where a blueprint has its files is told to dewar.NewBlueprint", callsite.Site(), bp.Name()))
	}
	return registration{bp: bp, routing: said.routing, name: said.Name(), prefix: said.prefix, site: callsite.Site()}
}

func panicNameTaken(name, first, second string) {
	panic(fmt.Sprintf("dewar: blueprint name %q is registered at %s and %s; pass dewar.Name to one of them", name, first, second))
}

// register adds one blueprint and its children to the app.
func (app *App) register(reg registration, parent *instance) {
	in := &instance{bp: reg.bp, name: reg.name, prefix: joinPrefix("", reg.prefix), parent: parent, site: reg.site}
	in.routing = reg.routing.within(app.options.routing)
	if parent != nil {
		in.name = parent.name + "." + reg.name
		in.prefix = joinPrefix(parent.prefix, reg.prefix)
		in.routing = reg.routing.nested(parent.routing)
	}
	for p := parent; p != nil; p = p.parent {
		if p.bp == reg.bp {
			panic(fmt.Sprintf("dewar: blueprint %q is nested inside itself, registered at %s", reg.name, reg.site))
		}
	}
	if i := slices.IndexFunc(app.blueprints, func(other *instance) bool { return other.name == in.name }); i >= 0 {
		panicNameTaken(in.name, app.blueprints[i].site, in.site)
	}
	app.runRecorded(in)
	app.blueprints = append(app.blueprints, in)
	reg.bp.frozen.Store(true)
	for _, spec := range reg.bp.rules {
		app.attach(spec, in)
	}
	app.addBlueprintStatic(in)
	for _, child := range reg.bp.children {
		app.register(child, in)
	}
}

// joinPrefix puts two parts of a path together with one slash between them.
func joinPrefix(prefix, rest string) string {
	if rest == "" {
		return prefix
	}
	return strings.TrimRight(prefix, "/") + "/" + strings.TrimLeft(rest, "/")
}

// SetupState tells the functions given to [Blueprint.Record] how a blueprint is being registered.
type SetupState struct {
	// App is where the blueprint is registered. It may still be added to.
	App *App
	// Blueprint is the blueprint.
	Blueprint *Blueprint
	// Name is the name it gets, with those of the blueprints it is nested in: api.v1.
	Name string
	// URLPrefix is its whole prefix, or "".
	URLPrefix string
	// First tells whether it is the first registration of the blueprint in this App.
	First bool
}

// Record makes f run each time the blueprint is registered, before its routes are added: to add converters
// that they use, error handlers for the whole App, settings or anything else that needs the App. What a
// blueprint that is registered twice must do once, f does if s.First.
func (bp *Blueprint) Record(f func(s SetupState)) {
	bp.setup("Record")
	callsite.NoNil("Record", f)
	bp.recorded = append(bp.recorded, f)
}

// runRecorded calls what the blueprint of in has recorded.
func (app *App) runRecorded(in *instance) {
	first := !slices.ContainsFunc(app.blueprints, func(other *instance) bool { return other.bp == in.bp })
	state := SetupState{App: app, Blueprint: in.bp, Name: in.name, URLPrefix: in.prefix, First: first}
	for _, f := range in.bp.recorded {
		f(state)
	}
}

// once records f for the first registration. What a blueprint adds to the whole app so takes its place among
// what the app itself adds, in order of registration.
func (bp *Blueprint) once(what string, f func(app *App)) {
	bp.setup(what)
	bp.recorded = append(bp.recorded, func(s SetupState) {
		if s.First {
			f(s.App)
		}
	})
}

// BeforeAppRequest adds hooks that run before each request to the app, not only to the blueprint's views. See
// [App.BeforeRequest].
func (bp *Blueprint) BeforeAppRequest(hooks ...Handler) {
	callsite.NoNil("BeforeAppRequest", hooks...)
	bp.once("BeforeAppRequest", func(app *App) { app.BeforeRequest(hooks...) })
}

// AfterAppRequest adds hooks that run after each request to the app. See [App.AfterRequest].
func (bp *Blueprint) AfterAppRequest(hooks ...Handler) {
	callsite.NoNil("AfterAppRequest", hooks...)
	bp.once("AfterAppRequest", func(app *App) { app.AfterRequest(hooks...) })
}

// TeardownAppRequest adds functions that run at the end of each request to the app. See [App.TeardownRequest].
func (bp *Blueprint) TeardownAppRequest(funcs ...TeardownFunc) {
	callsite.NoNil("TeardownAppRequest", funcs...)
	bp.once("TeardownAppRequest", func(app *App) { app.TeardownRequest(funcs...) })
}

// AppErrorHandler lets h answer errors of the status code for the whole app. Of several for one code the one
// registered last counts, the app's own among them. See [App.ErrorHandler].
func (bp *Blueprint) AppErrorHandler(code int, h ErrorHandler) {
	if code < 400 || code > 599 {
		panic(fmt.Sprintf("dewar: %s: AppErrorHandler(%d): no error status; pass 400 to 599, or use dewar.HandleAppError for a Go type", callsite.Site(), code))
	}
	callsite.NoNil("AppErrorHandler", h)
	bp.once("AppErrorHandler", func(app *App) { app.ErrorHandler(code, h) })
}

// HandleAppError lets h answer errors of type E for the whole app, as [Blueprint.AppErrorHandler] does by status. See
// [HandleError].
func HandleAppError[E error](bp *Blueprint, h func(c *Context, err E) error) {
	callsite.NoNil("HandleAppError", h)
	bp.once("HandleAppError", func(app *App) { HandleError(app, h) })
}

// AppContextProcessor adds functions whose values the templates of the whole app get. See [App.ContextProcessor].
func (bp *Blueprint) AppContextProcessor(processors ...ContextProcessor) {
	callsite.NoNil("AppContextProcessor", processors...)
	bp.once("AppContextProcessor", func(app *App) { app.ContextProcessor(processors...) })
}

// AppURLDefaults adds functions that complete the values given to URLFor for every endpoint. See [App.URLDefaults].
func (bp *Blueprint) AppURLDefaults(funcs ...URLDefaultsFunc) {
	callsite.NoNil("AppURLDefaults", funcs...)
	bp.once("AppURLDefaults", func(app *App) { app.URLDefaults(funcs...) })
}

// AppURLValuePreprocessor adds functions that see the values of every matched rule. See [App.URLValuePreprocessor].
func (bp *Blueprint) AppURLValuePreprocessor(funcs ...URLValuePreprocessor) {
	callsite.NoNil("AppURLValuePreprocessor", funcs...)
	bp.once("AppURLValuePreprocessor", func(app *App) { app.URLValuePreprocessor(funcs...) })
}

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

// TeardownFunc is called when a request is over. err is the unhandled error that it ended with, or nil.
type TeardownFunc func(c *Context, err error)

// URLValuePreprocessor may look at and change the values of the matched rule before any hook runs. values is
// nil when no rule matched.
type URLValuePreprocessor func(c *Context, values Map) error

// URLDefaultsFunc may add values for URLFor to those given. endpoint is the one a URL is built to; c is the
// request it is built in, nil outside of one.
type URLDefaultsFunc func(c *Context, endpoint string, values Map)

// Registrar is an [*App] or a [*Blueprint].
type Registrar interface{ registrar() *scaffold }

func (s *scaffold) registrar() *scaffold { return s }

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

// BeforeRequest adds hooks that run before each request to the app or to the blueprint's views. The first
// that answers or fails ends the list, and the view is not called.
func (s *scaffold) BeforeRequest(hooks ...Handler) {
	s.setup("BeforeRequest")
	callsite.NoNil("BeforeRequest", hooks...)
	s.before = append(s.before, hooks...)
}

// AfterRequest adds hooks that run after each request to the app or to the blueprint's views, the last added
// first, before the session is saved and anything is sent. When one fails the error handlers answer instead.
func (s *scaffold) AfterRequest(hooks ...Handler) {
	s.setup("AfterRequest")
	callsite.NoNil("AfterRequest", hooks...)
	s.after = append(s.after, hooks...)
}

// TeardownRequest adds functions that run at the very end of each request, the last added first, also after
// a panic. They cannot change the response.
func (s *scaffold) TeardownRequest(funcs ...TeardownFunc) {
	s.setup("TeardownRequest")
	callsite.NoNil("TeardownRequest", funcs...)
	s.teardowns = append(s.teardowns, funcs...)
}

// URLValuePreprocessor adds functions that see the values of the matched rule before any hook.
func (s *scaffold) URLValuePreprocessor(funcs ...URLValuePreprocessor) {
	s.setup("URLValuePreprocessor")
	callsite.NoNil("URLValuePreprocessor", funcs...)
	s.preprocessors = append(s.preprocessors, funcs...)
}

// URLDefaults adds functions that complete the values given to URLFor: those of an App for every endpoint,
// those of a Blueprint for its own.
func (s *scaffold) URLDefaults(funcs ...URLDefaultsFunc) {
	s.setup("URLDefaults")
	callsite.NoNil("URLDefaults", funcs...)
	s.urlDefaults = append(s.urlDefaults, funcs...)
}

// ErrorHandler lets h answer errors of the status code. Of several for one code the one registered last counts. A
// handler for 500 also gets the errors that no other handler handles, as an [*HTTPError] whose Err is the cause. It
// panics if code is not 400 to 599. Flask has errorhandler.
func (s *scaffold) ErrorHandler(code int, h ErrorHandler) {
	s.setup("ErrorHandler")
	if code < 400 || code > 599 {
		panic(fmt.Sprintf("dewar: %s: ErrorHandler(%d): no error status; pass 400 to 599, or use dewar.HandleError for a Go type", callsite.Site(), code))
	}
	callsite.NoNil("ErrorHandler", h)
	s.errors.setCode(code, h)
}

// HandleError lets h answer errors of type E: those that are an E or wrap one. Handlers for a status go first. E may be
// an interface; at each error in the tree its own type goes before interfaces. Of several for one type the one
// registered last counts. r is an [*App] or a [*Blueprint]. Flask has errorhandler.
func HandleError[E error](r Registrar, h func(c *Context, err E) error) {
	s := r.registrar()
	s.setup("HandleError")
	callsite.NoNil("HandleError", h)
	s.errors.setType(reflect.TypeFor[E](), func(c *Context, err error) error { return h(c, err.(E)) })
}
