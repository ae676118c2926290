package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/pages"
)

// TemplateEngine is a [Renderer] of the App's own templates. It gets what the default renderer gets, which is one too.
// contrib/jinja is another.
//
// An error of Render or LoadTemplates that says "template blog/post.html:7: " of a template makes the debug page show
// that line.
type TemplateEngine interface {
	Renderer

	// LoadTemplates gives the engine its templates. [App.Build], and whatever else builds the App, calls it when all else
	// is set up, and before Render. It reads and checks every template and returns, joined, all that is wrong with them,
	// which ends Build; when that is tried again LoadTemplates is called again. An engine that serves one App alone says so
	// when it gets the templates of a second.
	LoadTemplates(t *Templates) error
}

// Templates are the template files of an App and what templates can ask for, as a [TemplateEngine] gets them. It may be
// used by several goroutines.
type Templates struct {
	app    *App
	layers pages.Layers
	folder string
	funcs  map[string]any
}

// templates describes the templates of the app. The error says what is wrong with its functions.
func (app *App) templates() (*Templates, error) {
	sources := app.templateSources()
	t := &Templates{app: app, folder: cmp.Or(app.folders.templates.or("templates"), "templates")}
	for _, source := range sources {
		t.layers = append(t.layers, source.layers...)
	}
	if app.Config.Bool("EXPLAIN_TEMPLATE_LOADING") {
		app.explainTemplates(t.layers)
	}
	var err error
	t.funcs, err = app.templateFunctions()
	if err == nil {
		app.warnAll(ambiguous(sources))
	}
	return t, err
}

// loadTemplates gives the renderer the templates of the app, unless it has its own.
func (rt *runtime) loadTemplates() error {
	if rt.renderer == nil {
		rt.renderer = &templateRenderer{}
	}
	engine, ok := rt.renderer.(TemplateEngine)
	if !ok {
		return nil
	}
	t, err := rt.app.templates()
	rt.templates = t
	return errors.Join(err, engine.LoadTemplates(t))
}

// Format prints the name of the App, for every verb.
func (t *Templates) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "Templates(%q)", t.app.Name()) }

// String returns what Format prints, for templates, which look for it.
func (t *Templates) String() string { return fmt.Sprint(t) }

// LogValue returns what Format prints.
func (t *Templates) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(t)) }

// App returns the App that the templates belong to.
func (t *Templates) App() *App { return t.app }

// Names returns the names of all templates, in order: the paths of the files in the App's folder and in those of its
// blueprints, without those of editors (.x, x~). The error, of a folder that cannot be read, says why there may be more.
func (t *Templates) Names() ([]string, error) { return t.layers.Names() }

// Read returns the text of a template as it is now, from the first folder that has the file: what comes first is said at
// [Context.Render]. Without one it is an error that is [fs.ErrNotExist]; [Templates.Missing] is the one for people.
func (t *Templates) Read(name string) (string, error) { return t.layers.Read(name) }

// Missing returns the error of a template that does not exist. It names the nearest one.
func (t *Templates) Missing(name string) error {
	names, err := t.layers.Names()
	if err != nil {
		return err
	}
	return missingTemplate{pages.Missing(name, t.folder, names)}
}

// A missingTemplate is the error of a template that does not exist.
type missingTemplate struct{ error }

func (missingTemplate) Unwrap() error { return fs.ErrNotExist }

// TemplateVersion is the state of a template file. It changes when the file changes, comes, goes, or is hidden by one of
// another folder; compare it with ==.
type TemplateVersion struct{ stamp pages.Stamp }

// Version returns that of a template as it is now. To miss no change, ask for it before Read.
func (t *Templates) Version(name string) TemplateVersion {
	return TemplateVersion{t.layers.Stamp(name)}
}

// Reload reports whether changes of files must show without a restart: TEMPLATES_AUTO_RELOAD, whose default is DEBUG.
func (t *Templates) Reload() bool {
	return ValueOr(t.app.Config, "TEMPLATES_AUTO_RELOAD", t.app.Config.Bool("DEBUG"))
}

// Escaped reports whether the answer of a template is HTML or XML by its name, so that values must be escaped: the
// extension is .html, .htm, .xhtml, .xml or .svg, before .tmpl, .j2 and the like, or there is none.
func (t *Templates) Escaped(name string) bool { return pages.Escaped(name) }

// Funcs returns a copy of the functions of [App.TemplateFunc], those of blueprints too, by name. The first parameter of
// one may be a *Context.
func (t *Templates) Funcs() map[string]any { return maps.Clone(t.funcs) }

// CheckURLFor returns the error of a call of url_for that can never succeed: there is no such endpoint, or a value is
// missing. pairs are names and values, as for [Context.URLFor], but nil where the template computes one; with a name that
// is nil there may be any. A value that is missing is a [*URLError]. Where a [URLBuildErrorHandler] may answer, nothing is wrong.
func (t *Templates) CheckURLFor(endpoint string, pairs ...any) error {
	app := t.app
	switch {
	case len(app.urlErrorHandlers) > 0:
		return nil
	case strings.HasPrefix(endpoint, "."):
		return app.checkRelative(endpoint)
	case len(app.endpoints[endpoint]) == 0:
		return errors.New(app.noEndpoint(endpoint))
	}
	return app.checkValues(endpoint, pairs)
}

// checkRelative refuses an endpoint such as ".show" that no blueprint has.
func (app *App) checkRelative(endpoint string) error {
	for name := range app.endpoints {
		if name == endpoint[1:] || strings.HasSuffix(name, endpoint) {
			return nil
		}
	}
	return fmt.Errorf("no blueprint has an endpoint %q; known are %s", endpoint[1:], strings.Join(slices.Sorted(maps.Keys(app.endpoints)), ", "))
}

// A urlMistake is a URLError as Build tells it: behind the place in a template, without the name of the package.
type urlMistake struct{ *URLError }

func (m urlMistake) Error() string { return m.text }

func (m urlMistake) Unwrap() error { return m.URLError }

// checkValues refuses pairs that lack a variable of every route of the endpoint, unless a name is computed or
// URLDefaults may add one.
func (app *App) checkValues(endpoint string, pairs []any) error {
	var given []string
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil
		}
		given = append(given, name)
	}
	routes := app.endpoints[endpoint]
	if app.hasURLDefaults(routes[0].in) {
		return nil
	}
	var least []string
	for _, r := range routes {
		var missing []string
		for _, name := range r.names {
			if _, fixed := r.defaults[name]; !fixed && !slices.Contains(given, name) {
				missing = append(missing, name)
			}
		}
		if len(missing) == 0 {
			return nil
		}
		if least == nil || len(missing) < len(least) {
			least = missing
		}
	}
	text := fmt.Sprintf("URL for %q: no value for %s; write \"%s\" and the value", endpoint, strings.Join(least, ", "), least[0])
	return urlMistake{&URLError{Endpoint: endpoint, Missing: least, text: text}}
}

func (app *App) hasURLDefaults(in *instance) bool {
	if len(app.urlDefaults) > 0 {
		return true
	}
	return slices.ContainsFunc(in.lineage(), func(i *instance) bool { return len(i.bp.urlDefaults) > 0 })
}

// HasContextProcessors reports whether templates may get values that neither a view nor a template function gives: from context
// processors of the App or of a blueprint, or from a receiver of [App.BeforeRender].
func (t *Templates) HasContextProcessors() bool {
	app := t.app
	if len(app.contextProcessors) > 0 || app.BeforeRender.connected() {
		return true
	}
	for _, routes := range app.endpoints {
		for _, r := range routes {
			if slices.ContainsFunc(r.in.lineage(), func(i *instance) bool { return len(i.bp.contextProcessors) > 0 }) {
				return true
			}
		}
	}
	return false
}

// Render does what [Context.Render] does around its Renderer, for a template that has no file: it calls render with data
// and what the context processors add, between [App.BeforeRender] and [App.TemplateRendered], which see name.
func (t *Templates) Render(c *Context, name string, data Map, render func(data Map) error) error {
	return c.rendering(name, data, render)
}

// rendering is the one place where a template is executed.
func (c *Context) rendering(name string, data Map, render func(data Map) error) error {
	taken := c.hasFlashes()
	event := Rendering{c, name, c.templateData(data)}
	c.App.BeforeRender.Send(event)
	if err := c.observedRender(name, event.Data, render); err != nil {
		if !taken {
			c.returnFlashes()
		}
		return err
	}
	c.App.TemplateRendered.Send(event)
	return nil
}

func (c *Context) observedRender(name string, data Map, render func(data Map) error) error {
	if c.runtime().observe == nil {
		return render(data)
	}
	return c.observed(AtRender, name, func(*Context) error { return render(data) })
}

// Globals returns what the templates that c renders can ask for.
func (t *Templates) Globals(c *Context) TemplateGlobals { return TemplateGlobals{c} }

// TemplateGlobals are what every template can ask for, whatever its view gives it: Flask's global variables of
// templates. It belongs to one [Context]. Outside a request, in [App.RenderString], those that need one are errors.
type TemplateGlobals struct{ c *Context }

// Format prints what the [Context] does.
func (g TemplateGlobals) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, g.c) }

// LogValue returns what that of the [Context] does.
func (g TemplateGlobals) LogValue() slog.Value { return slog.AnyValue(g.c) }

// URLFor is url_for: [Context.URLFor], with its options as pairs that are named as in Flask: "_external", true,
// "_anchor", "top", "_scheme", "https", "_method", "POST". An unknown option and one of another type is an error.
func (g TemplateGlobals) URLFor(endpoint string, pairs ...any) (string, error) {
	if !slices.ContainsFunc(pairs, isTemplateOption) {
		return g.c.URLFor(endpoint, pairs...)
	}
	args := make([]any, 0, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		if i+1 == len(pairs) || !strings.HasPrefix(name, "_") {
			args = append(args, pairs[i:min(i+2, len(pairs))]...)
			continue
		}
		opt, err := templateURLOption(name, pairs[i+1])
		if err != nil {
			return "", fmt.Errorf("URL for %q: %w", endpoint, err)
		}
		args = append(args, opt)
	}
	return g.c.URLFor(endpoint, args...)
}

// isTemplateOption reports whether an argument of url_for may be the name of an option.
func isTemplateOption(arg any) bool {
	name, ok := arg.(string)
	return ok && strings.HasPrefix(name, "_")
}

func templateURLOption(name string, value any) (URLOption, error) {
	text, isText := value.(string)
	on, isBool := value.(bool)
	switch {
	case name == "_external" && isBool:
		if on {
			return External(), nil
		}
		return Relative(), nil
	case name == "_external":
		return nil, fmt.Errorf("%q wants true or false, not a %T", name, value)
	case name != "_anchor" && name != "_scheme" && name != "_method":
		return nil, fmt.Errorf("no option %q; known are _anchor, _external, _method and _scheme", name)
	case !isText:
		return nil, fmt.Errorf("%q wants text, not a %T", name, value)
	case name == "_anchor":
		return Anchor(text), nil
	case name == "_scheme":
		return Scheme(text), nil
	}
	return ForMethod(text), nil
}

// FlashedMessages is get_flashed_messages: [Context.FlashedMessages].
func (g TemplateGlobals) FlashedMessages(categories ...string) ([]Flash, error) {
	return inRequest(g.c, func() []Flash { return g.c.FlashedMessages(categories...) })
}

// Request is request.
func (g TemplateGlobals) Request() (TemplateRequest, error) {
	return inRequest(g.c, func() TemplateRequest { return TemplateRequest(g) })
}

// Session is session: a new map of the values of the session.
func (g TemplateGlobals) Session() (Map, error) {
	return inRequest(g.c, func() Map {
		s := g.c.Session()
		values := make(Map, s.Len())
		for key, value := range s.All() {
			values[key] = value
		}
		return values
	})
}

// G is g: a new map of the values of the Context, by the names of typed keys and of [Context.Set].
func (g TemplateGlobals) G() Map { return g.c.globals() }

// PopG is g.pop: it takes the value of that name away for the rest of the request, and returns it and whether there was one.
func (g TemplateGlobals) PopG(name string) (value any, ok bool) { return g.c.popNamed(name) }

// Config is config: a new map of the keys that have a value and are not secret, by declaration or by name. What is secret
// inside a value is redacted.
func (g TemplateGlobals) Config() Map { return g.c.settings.snapshot.Visible() }

// inRequest returns what get does, or an error when c has no request.
func inRequest[T any](c *Context, get func() T) (value T, err error) {
	if c.outside() {
		return value, errors.New("dewar: there is no request; give the template the value as data, or render it with Context.RenderString")
	}
	return get(), nil
}
