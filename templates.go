package dewar

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/files"
	"github.com/dewar-go/dewar/internal/intake"
	"github.com/dewar-go/dewar/internal/pages"
	"github.com/dewar-go/dewar/internal/respbuf"
)

// Renderer renders templates for [Context.Render]. Set App.Renderer to use another template language. It must
// be safe for concurrent use.
type Renderer interface {
	// Render writes the template called name to w. data is what the view gave together with what the context
	// processors added, and must not be changed. Nothing of w is sent when it returns an error.
	Render(c *Context, w io.Writer, name string, data Map) error
}

// ContextProcessor returns values that every template gets beside those its view gives. It may return nil. Outside
// a request it gets the Context of [App.RenderString].
type ContextProcessor func(c *Context) Map

// Rendering is what the receivers of [App.BeforeRender] and [App.TemplateRendered] get: a template and the values it
// gets. Receivers may look at Data but not change it.
type Rendering struct {
	Context *Context
	Name    string
	Data    Map
}

// Format prints the name of the template and those of the values, for every verb.
func (r Rendering) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "Rendering(%q, %q)", r.Name, slices.Sorted(maps.Keys(r.Data)))
}

// LogValue returns what Format prints.
func (r Rendering) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// MarshalJSON returns what Format prints.
func (r Rendering) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(r)) }

// Render answers with a template, executed with data. data may be nil; values of context processors are added, and
// those in data win. The status is 200 unless [Context.Status] set another. The template is rendered completely before
// any of it becomes the answer, so that an error, which Render returns, leaves nothing of a half-finished page behind.
// A name that is no template is such an error; it names the nearest one, and a name from outside can do no harm.
//
// Without an App.Renderer the templates are the files below templates/ of [FS], then those of the blueprints in
// order of registration; in DEBUG those below RootPath/templates come first. [TemplateFolder] names another. A
// template's name is its path below that folder. Its extension says how it is written:
//
//   - .html, .htm, .xhtml, .xml, .svg and names without one belong to html/template, which escapes every
//     value as its place in the page needs it;
//   - all others, such as .txt, .json and .js, belong to text/template, which escapes nothing, and are never
//     served as HTML.
//
// It decides on the Content-Type too. An extension .tmpl, .gotmpl, .tpl, .j2 or .jinja behind it does not
// count, and .gohtml is .html.
//
// A page calls its layout and fills the layout's blocks:
//
//	{{template "base.html" .}}
//	{{define "title"}}Posts{{end}}
//
// where base.html has {{block "title" .}}dewar{{end}}. Every page is a set of its own together with what it
// calls, so the definitions of one page do not meet those of another. Build checks all templates. They are
// parsed once, or, with TEMPLATES_AUTO_RELOAD or in DEBUG, again when their file has changed.
//
// A name that nobody has given shows as nothing. In DEBUG it is an error to show it, or an unset name of g or config,
// or to hand it on, unless by and, or, not, dict and list; {{with .title}}{{.}}{{end}} is for one that may be missing.
//
// Templates can call these functions, and those of [App.TemplateFunc]:
//
//   - url_for "blog.show" "id" .ID builds URLs as [Context.URLFor] does; the options are written as in Flask:
//     "_external" true, "_anchor" "top", "_scheme" "https", "_method" "POST";
//   - get_flashed_messages returns what [Context.FlashedMessages] does, each with its .Category and its .Message, which
//     is escaped unless it was flashed as template.HTML;
//   - dict makes a mapping of keys and values in turn, list a list: {{template "card" dict "title" .Title}};
//   - request is a [TemplateRequest];
//   - session, g and config are maps for reading: {{session.user_id}}, {{g.user.Name}}, {{config.DEBUG}}. g
//     has the names of typed keys and of [Context.Set]; config leaves out what is secret, by declaration or by name,
//     and redacts it inside values.
func (c *Context) Render(name string, data Map) error {
	body := respbuf.Get()
	defer respbuf.Put(body)
	if err := c.execute(body, name, data); err != nil {
		return err
	}
	return c.Blob(templateType(name), body.Bytes())
}

// RenderString returns what [Context.Render] would answer with, for a mail or a part of a page, and leaves the
// response alone. Flask's render_template returns text too.
func (c *Context) RenderString(name string, data Map) (string, error) {
	body := respbuf.Get()
	defer respbuf.Put(body)
	if err := c.execute(body, name, data); err != nil {
		return "", err
	}
	return body.String(), nil
}

// RenderString renders a template outside a request, for mails and jobs, as [Context.RenderString] does. It
// builds the App. Of the template functions, url_for gives what [App.URLFor] does; request, session and
// get_flashed_messages are errors. The App's context processors and functions with a Context get one for a
// made-up GET of /, whose Host is SERVER_NAME, that carries ctx: its Value and Done are those of ctx. Flask calls
// render_template within app.app_context().
func (app *App) RenderString(ctx context.Context, name string, data Map) (string, error) {
	rt, err := app.prepare(nil)
	if err != nil {
		return "", err
	}
	c := rt.outside(ctx)
	defer c.dropSession()
	return c.RenderString(name, data)
}

// execute is the one place where a template is executed.
func (c *Context) execute(w io.Writer, name string, data Map) error {
	event := Rendering{c, name, c.templateData(data)}
	c.App.BeforeRender.send(event)
	if err := c.render(w, name, event.Data); err != nil {
		return err
	}
	c.App.TemplateRendered.send(event)
	return nil
}

func (c *Context) render(w io.Writer, name string, data Map) error {
	if c.rt.observe == nil {
		return c.rt.renderer.Render(c, w, name, data)
	}
	return c.observed(AtRender, name, func(*Context) error { return c.rt.renderer.Render(c, w, name, data) })
}

// templateType returns the Content-Type of a rendered template. What is not escaped is never HTML.
func templateType(name string) string {
	if t := files.TypeOfExtension(pages.Extension(name)); t != "" {
		return t
	}
	if pages.Escaped(name) {
		return files.TypeOfExtension(".html")
	}
	return files.TypeOfExtension(".txt")
}

// templateData adds what the context processors say: those of the app, then those of the route's blueprints
// from the outermost in. Later ones win, and given wins over all.
func (c *Context) templateData(given Map) Map {
	data := Map{}
	for _, f := range c.App.contextProcessors {
		maps.Copy(data, f(c))
	}
	for _, in := range c.chain().instances {
		for _, f := range in.bp.contextProcessors {
			maps.Copy(data, f(c))
		}
	}
	maps.Copy(data, given)
	return data
}

// ContextProcessor adds functions whose values every template gets: all templates from those of an App, and
// from those of a Blueprint the ones that its views render.
func (s *scaffold) ContextProcessor(processors ...ContextProcessor) {
	s.setup("ContextProcessor")
	callsite.NoNil("ContextProcessor", processors...)
	s.contextProcessors = append(s.contextProcessors, processors...)
}

// templateRenderer is the Renderer of an App that sets none.
type templateRenderer struct {
	library *pages.Library[*Context]
}

func newTemplateRenderer(app *App) (Renderer, error) {
	layers := app.templateLayers()
	if app.Config.Bool("EXPLAIN_TEMPLATE_LOADING") {
		app.explainTemplates(layers)
	}
	funcs, problem := app.templateFunctions()
	library, err := pages.New(pages.Options[*Context]{
		Layers: layers,
		Folder: cmp.Or(app.folders.templates.or("templates"), "templates"),
		Funcs:  funcs,
		Bind:   requestFunctions,
		Cure:   functionCure,

		FieldCure: fieldCure,
		Required:  requiredIn(app.Config.Bool("DEBUG")),
		Reload:    ValueOr(app.Config, "TEMPLATES_AUTO_RELOAD", app.Config.Bool("DEBUG")),
	})
	if err := errors.Join(problem, err); err != nil {
		return nil, err
	}
	if err := app.checkURLs(library.FuncCalls("url_for")); err != nil {
		return nil, err
	}
	return templateRenderer{library}, nil
}

func (r templateRenderer) Render(c *Context, w io.Writer, name string, data Map) error {
	if err := r.library.Execute(w, name, data, c); err != nil {
		return fmt.Errorf("dewar: %w", err)
	}
	return nil
}

// TemplateFolder sets the folder of the templates of an App or Blueprint, below its [FS]; the default is templates.
// Without an FS it is below RootPath. A Blueprint without an FS has templates only if it is given a TemplateFolder,
// which is looked for where the App's files are. "." is all of the files, "" means none. It panics if dir is absolute
// or leads out with "..". Flask has template_folder.
func TemplateFolder(dir string) SharedOption {
	name := givenFolder("TemplateFolder", dir)
	return folderOption(func(f *folders) { f.templates = name })
}

// templateLayers returns the folders of templates, the first to look into first.
func (app *App) templateLayers() []fs.FS {
	layers := app.templateFolders(nil, app.folders.templates.or("templates"))
	for _, bp := range app.blueprintsOnce() {
		if f := bp.folders; f.fsys != nil || f.templates.given {
			layers = append(layers, app.templateFolders(f.fsys, f.templates.or("templates"))...)
		}
	}
	return slices.DeleteFunc(layers, func(layer fs.FS) bool { return layer == nil })
}

// templateFolders returns the folder called name of own, or where the App has its files when that is nil.
func (app *App) templateFolders(own fs.FS, name string) []fs.FS {
	switch {
	case name == "":
		return nil
	case own != nil:
		return []fs.FS{files.Sub(own, name)}
	}
	var onDisk fs.FS
	if app.folders.fsys == nil || app.Config.Bool("DEBUG") {
		onDisk = files.Disk(filepath.Join(app.RootPath(), filepath.FromSlash(name)))
	}
	return []fs.FS{onDisk, files.Sub(app.folders.fsys, name)}
}

// explainTemplates logs every template file, in the order of the folders; the first of a name counts.
func (app *App) explainTemplates(layers []fs.FS) {
	for _, f := range pages.Find(layers) {
		app.logger().Info("template found", "name", f.Name, "folder", f.Layer+1, "used", f.Used)
	}
}

// blueprintsOnce returns every blueprint once, however often it is registered.
func (app *App) blueprintsOnce() []*Blueprint {
	var list []*Blueprint
	for _, in := range app.blueprints {
		if !slices.Contains(list, in.bp) {
			list = append(list, in.bp)
		}
	}
	return list
}

// A templateFunc is a function given to TemplateFunc, and where.
type templateFunc struct {
	fn   any
	site string
}

// TemplateFunc makes fn a function of all templates, called name. fn returns one value, or one value and an error,
// which ends the rendering. A first parameter of type *Context is filled in with the Context of the request: {{name
// "key"}} calls a func(c *dewar.Context, key string) string. fn must be safe for concurrent use. TemplateFunc panics if
// fn is not such a function, and if name cannot be written in a template or is taken; _ is a name. Flask has
// template_filter and template_global.
func (s *scaffold) TemplateFunc(name string, fn any) {
	s.setup("TemplateFunc")
	if problem := s.refuseFunc(name, fn); problem != "" {
		panic(fmt.Sprintf("dewar: %s: TemplateFunc(%q): %s", callsite.Site(), name, problem))
	}
	if s.templateFuncs == nil {
		s.templateFuncs = map[string]templateFunc{}
	}
	s.templateFuncs[name] = templateFunc{fn, callsite.Site()}
}

// refuseFunc says why fn cannot be a function called name, or "".
func (s *scaffold) refuseFunc(name string, fn any) string {
	if _, builtin := requestFunctions(new(*Context))[name]; builtin {
		return "the name is taken by templates themselves; choose another"
	}
	if taken, ok := s.templateFuncs[name]; ok {
		return fmt.Sprintf("the name is taken at %s; choose another", taken.site)
	}
	return pages.RefuseFunc(name, fn)
}

// templateFunctions returns the functions of the app and of all blueprints.
func (app *App) templateFunctions() (map[string]any, error) {
	scaffolds := []*scaffold{&app.scaffold}
	for _, bp := range app.blueprintsOnce() {
		scaffolds = append(scaffolds, &bp.scaffold)
	}
	funcs, sites := map[string]any{}, map[string]string{}
	var problems []error
	for _, s := range scaffolds {
		for _, name := range slices.Sorted(maps.Keys(s.templateFuncs)) {
			f := s.templateFuncs[name]
			if first, taken := sites[name]; taken {
				problems = append(problems, fmt.Errorf("template function %q is added at %s and %s; rename one of them", name, first, f.site))
			}
			funcs[name], sites[name] = f.fn, f.site
		}
	}
	return funcs, errors.Join(problems...)
}

// requestFunctions returns the functions that depend on the request that *c points to when they are called.
func requestFunctions(c **Context) map[string]any {
	return map[string]any{
		"url_for": func(endpoint string, pairs ...any) (string, error) { return (*c).templateURL(endpoint, pairs) },
		"get_flashed_messages": func(categories ...string) ([]shownFlash, error) {
			return inRequest(*c, func() []shownFlash { return shownFlashes((*c).FlashedMessages(categories...)) })
		},
		"request": func() (TemplateRequest, error) {
			return inRequest(*c, func() TemplateRequest { return TemplateRequest{*c} })
		},
		"session": func() (Map, error) { return inRequest(*c, (*c).sessionValues) },
		"g":       func() Map { return (*c).globals() },
		"config":  func() Map { return (*c).shownConfig() },
		"dict":    pages.Dict,
		"list":    pages.List,
	}
}

// inRequest returns what get does, or an error when c has no request.
func inRequest[T any](c *Context, get func() T) (value T, err error) {
	if c.outside() {
		return value, errors.New("dewar: there is no request; give the template the value as data, or render it with Context.RenderString")
	}
	return get(), nil
}

// functionCure says what to do about an unknown function in a template.
func functionCure(name, near string) string {
	switch {
	case name == "csrf_token":
		return "; leave it out, requests from other sites are refused without a token (CROSS_ORIGIN_PROTECTION)"
	case near != "":
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Sprintf("; add it with app.TemplateFunc(%q, f), or write .%s for a value that the view gives", name, name)
}

// fieldCure says what a template writes for a field that a type of this package lacks, or "".
func fieldCure(typ, before, field string) string {
	switch strings.TrimPrefix(typ, "*") {
	case "dewar.Values", "dewar.Config", "dewar.Session":
		return fmt.Sprintf("write {{%s.String %q}}", before, field)
	case "dewar.TemplateRequest":
		if cure := requestCures[strings.ToLower(field)]; cure != "" {
			return "write {{" + before + "." + cure + "}}"
		}
	case "dewar.shownFlash":
		return "write {{" + before + ".Message}} or {{" + before + ".Category}}"
	}
	return ""
}

// requestCures are the attributes of Flask's request that a [TemplateRequest] has under other names.
var requestCures = map[string]string{
	"args": `Query.String "name"`, "values": `Query.String "name"`, "view_args": `Params.String "name"`, "form": `Form.String "name"`,
	"cookies": `Cookie "name"`, "headers": `Header "Name"`, "path": "Path", "url": "URL", "base_url": "BaseURL", "url_root": "BaseURL", "host_url": "BaseURL",
}

// requiredIn returns the functions whose values must be there when they are shown, and nil when nothing must.
func requiredIn(debug bool) []string {
	if debug {
		return []string{"g", "config"}
	}
	return nil
}

// templateURL is url_for. Options, which are Go values elsewhere, are pairs here, named as in Flask.
func (c *Context) templateURL(endpoint string, pairs []any) (string, error) {
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
	return c.URLFor(endpoint, args...)
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

// sessionValues returns what templates see as session.
func (c *Context) sessionValues() Map {
	s := c.Session()
	values := make(Map, s.Len())
	for key, value := range s.All() {
		values[key] = value
	}
	return values
}

// shownConfig returns what templates see as config: every key that has a value and is not secret.
func (c *Context) shownConfig() Map { return c.settings.snapshot.Visible() }

// TemplateRequest is what templates see of the request, as request: {{request.Path}}, {{request.Endpoint}},
// {{request.Form.String "title"}}. Its methods are those of the Context under Flask's names where they differ.
type TemplateRequest struct{ c *Context }

// Format prints what the [Context] does.
func (r TemplateRequest) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, r.c) }

// LogValue returns what that of the [Context] does.
func (r TemplateRequest) LogValue() slog.Value { return slog.AnyValue(r.c) }

// Method returns the HTTP method.
func (r TemplateRequest) Method() string { return r.c.Request.Method }

// Path returns the path of the URL, decoded, without the prefix of the App.
func (r TemplateRequest) Path() string { return r.c.path() }

// URL returns the whole URL. See [Context.URL].
func (r TemplateRequest) URL() string { return r.c.URL() }

// BaseURL returns scheme, host and prefix. See [Context.BaseURL].
func (r TemplateRequest) BaseURL() string { return r.c.BaseURL() }

// Host returns the host that the client asked for. See [Context.Host].
func (r TemplateRequest) Host() string { return r.c.Host() }

// Scheme returns "https" or "http". See [Context.Scheme].
func (r TemplateRequest) Scheme() string { return r.c.Scheme() }

// Endpoint returns the endpoint that matched, or "".
func (r TemplateRequest) Endpoint() string { return r.c.Endpoint() }

// Blueprint returns the dotted name of the route's blueprint, or "".
func (r TemplateRequest) Blueprint() string { return r.c.Blueprint() }

// Params returns the values of the matched rule. Flask calls them view_args.
func (r TemplateRequest) Params() *Values { return r.c.Params() }

// Query returns the values of the URL's query. Flask calls them args.
func (r TemplateRequest) Query() *Values { return r.c.Query() }

// Form returns the values of a form in the body. See [Context.Form].
func (r TemplateRequest) Form() *Values { return r.c.Form() }

// Cookie returns the value of a cookie, or "".
func (r TemplateRequest) Cookie(name string) string { return r.c.Cookie(name) }

// Header returns the first value of a header field, or "".
func (r TemplateRequest) Header(name string) string { return intake.Text(r.c.Request.Header.Get(name)) }

// checkURLs finds the calls of url_for in templates whose endpoint is written as text and can never be built:
// there is no such endpoint, or a value is missing. With a [URLBuildErrorHandler] there is nothing to find.
func (app *App) checkURLs(calls []pages.FuncCall) error {
	if len(app.urlErrorHandlers) > 0 {
		return nil
	}
	var problems []error
	for _, call := range calls {
		if err := app.checkURL(call.Args); err != nil {
			problems = append(problems, fmt.Errorf("template %s: url_for: %s", call.Site, strings.TrimPrefix(err.Error(), "dewar: ")))
		}
	}
	return errors.Join(problems...)
}

// checkURL looks at the arguments of one call; those that are not written as text are nil.
func (app *App) checkURL(args []any) error {
	if len(args) == 0 {
		return nil
	}
	endpoint, literal := args[0].(string)
	switch {
	case !literal:
		return nil
	case strings.HasPrefix(endpoint, "."):
		return app.checkRelative(endpoint)
	case len(app.endpoints[endpoint]) == 0:
		return app.unknownEndpoint(endpoint)
	}
	return app.checkValues(endpoint, args[1:])
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
	return fmt.Errorf("URL for %q: no value for %s; write \"%s\" and the value", endpoint, strings.Join(least, ", "), least[0])
}

func (app *App) hasURLDefaults(in *instance) bool {
	if len(app.urlDefaults) > 0 {
		return true
	}
	return slices.ContainsFunc(in.lineage(), func(i *instance) bool { return len(i.bp.urlDefaults) > 0 })
}
