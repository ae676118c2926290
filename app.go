package dewar

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/dewar-go/dewar/internal/binding"
	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/graceful"
	"github.com/dewar-go/dewar/internal/jsontext"
	"github.com/dewar-go/dewar/internal/safelog"
)

// App is an application: it owns the configuration, the routes, the blueprints and the session interface,
// and it is an [http.Handler]. Make one with [New].
//
// Everything is registered first; the first request, or [App.Build], freezes the App. Registering later
// panics and says so. After that an App may be used by any number of goroutines.
type App struct {
	scaffold

	// Config is the configuration. It may be changed at any time; a request sees one state throughout.
	Config *Config
	// SessionInterface opens and saves sessions. The default is [SecureCookieSessionInterface]. It is read at Build.
	SessionInterface SessionInterface
	// Logger receives what the App has to say. Nil means [slog.Default]. What its handler panics on goes to standard
	// error.
	Logger *slog.Logger
	// JSON encodes and decodes JSON. The default writes what encoding/json does, indented in DEBUG. It is read when used.
	JSON JSONProvider
	// Renderer renders templates for [Context.Render]. Nil means html/template over the App's templates. It
	// is read at Build.
	Renderer Renderer
	// Observer watches the stations of every request. The default, nil, watches nothing. It is read at Build.
	Observer Observer
	// Validator checks what [Context.Bind] has filled. The default, nil, checks nothing. It is read at Build.
	Validator Validator
	// Translator translates what [Context.Bind] and package forms say to people. The default, nil, leaves them in English. It is
	// read when used. Package i18n of contrib sets it.
	Translator Translator
	// HiddenFields returns hidden inputs that every form of package forms has beside its own, such as the token of contrib/csrf,
	// which sets it. The default, nil, is none. It is read when used.
	HiddenFields func(c *Context) (template.HTML, error)

	// Signals, as in Flask. They may be connected to at any time.
	RequestStarted      Signal[*Context]
	RequestFinished     Signal[*Context]
	RequestTearingDown  Signal[*Context]
	GotRequestException Signal[RequestException]
	TemplateRendered    Signal[Rendering]
	BeforeRender        Signal[Rendering]
	MessageFlashed      Signal[FlashMessage]
	// RequestLogged tells of each line that [Context.Logger] writes, for a Logger that was first asked for while somebody was
	// connected. A receiver logs by [LogRecord.Logger], never by the same Logger, and may be called by several goroutines at
	// once. Flask has no such signal.
	RequestLogged Signal[LogRecord]

	rootPath, instancePath string

	options    appOptions
	routes     []*boundRoute
	shapes     map[string][]*boundRoute // by what they match, to find duplicates
	endpoints  map[string][]*boundRoute // by name, to build URLs
	blueprints []*instance
	converters converterSet
	middleware []func(http.Handler) http.Handler
	fallback   *boundRoute // without a rule; nil for none

	urlErrorHandlers []URLBuildErrorHandler
	checks           []func() error // of OnBuild

	building    sync.Mutex
	prepared    atomic.Pointer[runtime] // nil until it is built
	runtime     atomic.Pointer[runtime] // prepared, once it may serve
	buildOnce   sync.Once
	life        *graceful.Life
	bindPlans   binding.Plans
	jsonDecoder jsontext.Decoder
	jsonEncoder jsontext.Encoder
}

// RequestException is what the receivers of [App.GotRequestException] get: an unhandled error.
type RequestException struct {
	Context *Context
	Err     error
}

// Logger returns the Logger of the request.
func (e RequestException) Logger() *slog.Logger { return e.Context.Logger() }

type appOptions struct {
	routing
	instanceRelative bool
	accessLog        bool
}

// Option is an attribute that [New] must know.
type Option interface{ applyApp(*App) }

type appOption func(*App)

func (o appOption) applyApp(app *App) { o(app) }

// RootPath sets the folder that relative file names refer to. The default is the working directory. A
// relative dir is made absolute.
func RootPath(dir string) Option {
	return appOption(func(app *App) { app.rootPath = dir })
}

// InstancePath sets the instance folder. New panics if dir is not absolute.
func InstancePath(dir string) Option {
	if !filepath.IsAbs(dir) {
		panic(fmt.Sprintf("dewar: InstancePath(%q): the path must be absolute; make it so with filepath.Abs", dir))
	}
	return appOption(func(app *App) { app.instancePath = dir })
}

// InstanceRelativeConfig makes relative names of configuration files refer to the instance folder.
func InstanceRelativeConfig() Option {
	return appOption(func(app *App) { app.options.instanceRelative = true })
}

// SharedOption is an attribute of an App or of a Blueprint.
type SharedOption interface {
	Option
	BlueprintOption
}

// FS sets the files of an App or Blueprint: its templates are in the folder templates, its static files in static,
// unless [TemplateFolder] and [StaticFolder] say otherwise. For an App the default is those folders below RootPath; in
// DEBUG they go before fsys where they exist, so that edits show at once. For a Blueprint the default is none.
func FS(fsys fs.FS) SharedOption { return folderOption(func(f *folders) { f.fsys = fsys }) }

// New returns an App with default configuration. The name appears in the log. DEBUG is taken from the
// environment variable FLASK_DEBUG.
func New(name string, opts ...Option) *App {
	app := &App{shapes: map[string][]*boundRoute{}, endpoints: map[string][]*boundRoute{}}
	app.life = graceful.New()
	app.scaffold = scaffold{name: name, app: app}
	for _, opt := range opts {
		opt.applyApp(app)
	}
	app.rootPath = absolute(app.rootPath)
	if app.instancePath == "" {
		app.instancePath = filepath.Join(app.rootPath, "instance")
	}
	base := app.rootPath
	if app.options.instanceRelative {
		base = app.instancePath
	}
	app.Config = newConfig(base)
	app.Config.store.Tell(func(text string) { app.logger().Warn(text) })
	app.JSON = standardJSON{app}
	app.SessionInterface = &SecureCookieSessionInterface{}
	app.converters = builtinConverters()
	app.addStaticRoute()
	return app
}

func absolute(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		panic(fmt.Sprintf("dewar: the working directory cannot be found (%v); pass dewar.RootPath", err))
	}
	return abs
}

// Name returns the name given to [New].
func (app *App) Name() string { return app.scaffold.name }

// Format prints the name, for every verb: an App holds too much, and secrets, to be printed.
func (app *App) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "App(%q)", app.Name()) }

// String returns what Format prints, for templates, which look for it.
func (app *App) String() string { return fmt.Sprint(app) }

// LogValue returns the name.
func (app *App) LogValue() slog.Value { return slog.StringValue(app.Name()) }

// MarshalJSON returns the name.
func (app *App) MarshalJSON() ([]byte, error) { return json.Marshal(app.Name()) }

// Use adds net/http middleware around the whole App. It sees every request, also those that match no route;
// the first one added is the outermost. Code that needs the Context belongs in a hook.
//
// A panic in middleware is logged and, if nothing has been sent, answered by the error handlers, without hooks;
// otherwise the connection breaks off. [http.ErrAbortHandler] and, with PROPAGATE_EXCEPTIONS, every panic goes on to
// the server.
func (app *App) Use(middleware ...func(http.Handler) http.Handler) {
	app.setup("Use")
	callsite.NoNil("Use", middleware...)
	app.middleware = append(app.middleware, middleware...)
}

// OnBuild adds checks of what other packages have made of the App's routes and settings. Build calls them, in order of registration,
// when it has looked at everything else, and again if it is called again; their errors are among its own. They must register
// nothing. Flask has no such hooks.
func (app *App) OnBuild(checks ...func() error) {
	app.setup("OnBuild")
	callsite.NoNil("OnBuild", checks...)
	app.checks = append(app.checks, checks...)
}

// Build checks everything that can be known before the first request and freezes the App. It reports all
// problems at once; after an error they can be mended and Build called again. Run, the test client and the
// first request call it. It may be called by several goroutines.
//
// A SECRET_KEY that can be guessed is a problem too, unless DEBUG, TESTING or ALLOW_WEAK_SECRET_KEY is on: nobody knows
// who reaches a plain handler. [App.Run] and [App.Serve] know their address, and warn of it where only this machine can
// connect.
func (app *App) Build() error {
	if app.runtime.Load() != nil {
		return nil
	}
	rt, err := app.prepare(app.checkHandlerKeys)
	if err != nil {
		return err
	}
	app.runtime.Store(rt)
	return nil
}

// prepare makes the frozen form of the App, unless that is done, which may not serve yet: Build or serve let it. more is
// one more check, which logs nothing while there is a problem.
func (app *App) prepare(more func(problems error) error) (*runtime, error) {
	app.building.Lock()
	defer app.building.Unlock()
	rt, err := app.prepared.Load(), error(nil)
	if rt == nil {
		rt, err = app.assemble()
	}
	if more != nil {
		err = more(err)
	}
	if err != nil {
		return nil, fmt.Errorf("dewar: app %q cannot be built:\n%w", app.Name(), err)
	}
	if app.prepared.CompareAndSwap(nil, rt) {
		app.Config.warn(app.logger())
		app.freeze()
	}
	return rt, nil
}

func (app *App) freeze() {
	app.frozen.Store(true)
	for _, in := range app.blueprints {
		in.bp.frozen.Store(true)
	}
}

// ServeHTTP serves one request. If the App cannot be built, every request is answered with a plain 500, or in DEBUG, for
// the developer, with a page that says what is wrong, and the report is logged once.
func (app *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rt := app.runtime.Load()
	if rt == nil {
		if err := app.Build(); err != nil {
			app.buildOnce.Do(func() { app.tellUnbuilt(r, err) })
			app.answerUnbuilt(w, r, err)
			return
		}
		rt = app.runtime.Load()
	}
	rt.entry.ServeHTTP(w, locate(r))
}

// logger returns the App's logger, whose handler may panic without harm.
func (app *App) logger() *slog.Logger {
	logger := app.Logger
	if logger == nil {
		logger = slog.Default()
	}
	return slog.New(safelog.New(logger.Handler(), os.Stderr))
}

// A runtime is the frozen form of an App.
type runtime struct {
	app       *App
	entry     http.Handler
	router    *routeTable
	appChain  *chain
	sessions  SessionInterface
	renderer  Renderer
	templates *Templates // of the renderer; nil for one that is no TemplateEngine
	observe   Observer
	reload    *reloader              // nil unless dewar dev runs the program
	host      atomic.Pointer[string] // the first valid Host that was seen

	validator Validator
}

// assemble checks the App and makes its frozen form.
func (app *App) assemble() (*runtime, error) {
	rt := &runtime{
		app: app, sessions: app.SessionInterface, renderer: app.Renderer, observe: app.Observer,
		validator: app.Validator,
	}
	var problems []error
	if err := app.Config.check(); err != nil {
		problems = append(problems, err)
	}
	if rt.sessions == nil {
		problems = append(problems, errors.New("app.SessionInterface is nil; leave it alone or set it to an implementation"))
	}
	if sessions, ok := rt.sessions.(SessionConfigChecker); ok {
		if err := sessions.CheckConfig(app.Config.values()); err != nil {
			problems = append(problems, err)
		}
	}
	rt.appChain = app.chainOf(nil)
	app.addPages()
	var err error
	if rt.router, err = app.buildRoutes(rt); err != nil {
		problems = append(problems, err)
	}
	if err := rt.loadTemplates(); err != nil {
		problems = append(problems, err)
	}
	for _, check := range app.checks {
		if err := check(); err != nil {
			problems = append(problems, err)
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	rt.entry = http.HandlerFunc(rt.serve)
	for i := len(app.middleware) - 1; i >= 0; i-- {
		if rt.entry = app.middleware[i](rt.entry); rt.entry == nil {
			return nil, fmt.Errorf("middleware %d of app.Use returned nil; return the handler that it was given, or one that calls it", i+1)
		}
	}
	if len(app.middleware) > 0 {
		rt.entry = rt.atDoor(rt.shielded(rt.entry))
	}
	if rt.reload = newReloader(app); rt.reload != nil {
		rt.entry = rt.reloading(rt.entry)
	}
	return rt, nil
}

// RootPath returns the folder that relative file names refer to: the working directory, or what the option
// [RootPath] says. It is absolute. Flask has root_path.
func (app *App) RootPath() string { return app.rootPath }

// InstancePath returns the folder for files that do not belong in version control: instance below RootPath, or
// what the option [InstancePath] says. It is absolute, and never created by dewar. Flask has instance_path.
func (app *App) InstancePath() string { return app.instancePath }

// OpenInstanceFile opens a file of the instance folder for reading; the name is relative to InstancePath and may
// not lead out of it, also not by a symbolic link. Flask calls it open_instance_resource.
func (app *App) OpenInstanceFile(name string) (*os.File, error) {
	return openIn("instance", app.instancePath, name)
}

// CreateInstanceFile opens a file of the instance folder for reading and writing. It makes the file, which only its
// owner may read, and empties one that is there. The folder itself is never made: a missing folder is an error.
func (app *App) CreateInstanceFile(name string) (*os.File, error) {
	root, err := os.OpenRoot(app.instancePath)
	if err != nil {
		return nil, fmt.Errorf("dewar: instance folder: %w; make it, or pass dewar.InstancePath", err)
	}
	defer root.Close()
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("dewar: instance file: %w", err)
	}
	return f, nil
}

// OpenResource opens a file below RootPath for reading; the name is relative to it and may not lead out of it, also
// not by a symbolic link. Flask calls it open_resource.
func (app *App) OpenResource(name string) (*os.File, error) {
	return openIn("resource", app.rootPath, name)
}

func openIn(what, dir, name string) (*os.File, error) {
	f, err := os.OpenInRoot(dir, name)
	if err != nil {
		return nil, fmt.Errorf("dewar: %s file %q in %s: %w", what, name, dir, err)
	}
	return f, nil
}
