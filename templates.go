package dewar

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/files"
	"github.com/dewar-go/dewar/internal/filters"
	"github.com/dewar-go/dewar/internal/intake"
	"github.com/dewar-go/dewar/internal/pages"
	"github.com/dewar-go/dewar/internal/respbuf"
)

// Renderer renders templates for [Context.Render]. Set App.Renderer to use another template language. It must
// be safe for concurrent use. A [TemplateEngine] is one that gets the App's templates and what they can ask for.
type Renderer interface {
	// Render writes the template called name to w. data is what the view gave together with what the context
	// processors added, and must not be changed. Nothing of w is sent when it returns an error, but by
	// [Context.StreamTemplate], to which what is written by pieces goes as it comes.
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

// Logger returns the Logger of the request.
func (r Rendering) Logger() *slog.Logger { return r.Context.Logger() }

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
// A name that nobody has given shows as nothing, and an attribute of it, .user.name without a user, is an error, as in Jinja.
// In DEBUG it is an error to show the name too, or an unset name of g or config, or to hand it on, unless by and, or, not,
// default, dict, merge and list; {{with .title}}{{.}}{{end}} is for one that may be missing.
//
// Templates can call these functions, and those of [App.TemplateFunc]:
//
//   - url_for "blog.show" "id" .ID builds URLs as [Context.URLFor] does; the options are written as in Flask:
//     "_external" true, "_anchor" "top", "_scheme" "https", "_method" "POST";
//   - get_flashed_messages returns what [Context.FlashedMessages] does, each with its .Category and its .Message, which
//     is escaped unless it was flashed as template.HTML;
//   - dict makes a mapping of keys and values in turn, list a list, merge a copy of a mapping with more in it:
//     {{template "card.html" dict "title" .Title}}, {{template "nav.html" merge . "active" "blog"}};
//   - request is a [TemplateRequest];
//   - session, g and config are maps for reading: {{session.user_id}}, {{g.user.Name}}, {{config.DEBUG}}. g
//     has the names of typed keys and of [Context.Set]; config leaves out what is secret, by declaration or by name,
//     and redacts it inside values;
//   - the filters of Jinja, with its names, arguments and results, the value last: {{.title | truncate 20 | upper}}. They
//     are default, upper lower title capitalize trim replace truncate wordcount indent center striptags urlencode string, length
//     (count) first last join reverse sort unique batch map selectattr rejectattr groupby sum min max, round int float abs
//     filesizeformat, tojson, safe, urlize, and nl2br and date, which take a text and a layout of package time. An
//     [App.TemplateFunc] of the same name goes before one.
//
// The error of a template that is not there is [fs.ErrNotExist], so that a view can render another one in its place.
func (c *Context) Render(name string, data Map) error {
	body := respbuf.Get()
	defer respbuf.Put(body)
	if err := c.execute(body, name, data); err != nil {
		return err
	}
	return c.Blob(templateType(name), body.Bytes())
}

// StreamTemplate answers with a template as [Context.Render] does, but sends what does not fit into RESPONSE_BUFFER_SIZE
// while the rest is still rendered, so that a page of any length takes little memory. Flask has stream_template.
//
// While nothing has been sent, an error leaves nothing of the page behind, as with Render. A later one cuts the connection,
// so that no browser takes half a page for a whole one, and what the template then does to the session, such as taking
// out flashed messages, is too late. html/template writes by pieces; so should an App.Renderer that serves long pages.
// contrib/jinja renders a page to its end first.
func (c *Context) StreamTemplate(name string, data Map) error {
	if err := c.startAnswer(); err != nil {
		return err
	}
	c.setContentType(templateType(name))
	w := bufio.NewWriterSize(streamWriter{&c.response}, streamPiece)
	if err := c.execute(w, name, data); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	c.response.answered()
	return nil
}

// streamPiece is how much of a streamed template is written at a time: a template writes every word by itself.
const streamPiece = 8 << 10

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

// execute has the App's Renderer write a template.
func (c *Context) execute(w io.Writer, name string, data Map) error {
	return c.rendering(name, data, func(data Map) error { return c.runtime().renderer.Render(c, w, name, data) })
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

// templateRenderer is the [TemplateEngine] of an App whose Renderer is nil.
type templateRenderer struct {
	library *pages.Library[*Context]
}

func (r *templateRenderer) LoadTemplates(t *Templates) error {
	debug := t.app.Config.Bool("DEBUG")
	var warn func(string)
	if debug {
		warn = func(text string) { t.app.logger().Warn(text) }
	}
	library, err := pages.New(pages.Options[*Context]{
		Layers:  t.layers,
		Folder:  t.folder,
		Funcs:   t.funcs,
		Bind:    requestFunctions,
		Filters: templateFilters(),
		Cure:    functionCure,

		FieldCure: fieldCure,
		Mappings:  []string{"g", "config", "session"},
		Required:  requiredIn(debug),
		Warn:      warn,
		Reload:    t.Reload(),
	})
	if err != nil {
		return err
	}
	r.library = library
	return t.checkCalls(library.FuncCalls("url_for"))
}

// checkCalls finds the calls of url_for in templates that can never succeed.
func (t *Templates) checkCalls(calls []pages.FuncCall) error {
	var problems []error
	for _, call := range calls {
		if len(call.Args) == 0 {
			continue
		}
		endpoint, literal := call.Args[0].(string)
		if !literal {
			continue
		}
		if err := t.CheckURLFor(endpoint, call.Args[1:]...); err != nil {
			problems = append(problems, fmt.Errorf("template %s: url_for: %w", call.Site, err))
		}
	}
	return errors.Join(problems...)
}

func (r *templateRenderer) Render(c *Context, w io.Writer, name string, data Map) error {
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

// TemplateNamespace puts name and a slash in front of the names of a Blueprint's templates: with TemplateNamespace("blog") the
// file templates/show.html of the blueprint is the template blog/show.html, for c.Render and in {{template}}. So
// blueprints that know nothing of each other can all have an index.html; without it the first one's is every blueprint's, and
// Build logs a warning where they differ and the App has none in front of them. The App's own templates/blog/show.html
// still goes before it. It panics if name is not one element of a path.
func TemplateNamespace(name string) BlueprintOption {
	if !files.Servable(name) || strings.Contains(name, "/") {
		panic(fmt.Sprintf("dewar: %s: TemplateNamespace(%q): pass one name, such as that of the blueprint", callsite.Site(), name))
	}
	return blueprintOption(func(bp *Blueprint) { bp.folders.namespace, bp.folders.given = name, true })
}

// A templateSource is where templates come from: a blueprint, or the App when owner is "".
type templateSource struct {
	owner  string
	layers pages.Layers
}

// templateSources returns the folders of templates, the first to look into first.
func (app *App) templateSources() []templateSource {
	sources := []templateSource{{layers: app.templateFolders(nil, app.folders.templates.or("templates"))}}
	for _, bp := range app.blueprintsOnce() {
		f := bp.folders
		if f.fsys == nil && !f.templates.given {
			continue
		}
		layers := app.templateFolders(f.fsys, f.templates.or("templates"))
		if f.namespace != "" {
			for i, layer := range layers {
				layers[i] = files.Below(f.namespace, layer)
			}
		}
		sources = append(sources, templateSource{bp.name, layers})
	}
	return sources
}

// ambiguous tells which templates two blueprints have under one name, with different texts, so that the one that is
// registered later shows a page of the other's, as in Flask. Where the App has one of that name, it goes before both.
func ambiguous(sources []templateSource) (doubts []string) {
	first := map[string]templateSource{}
	for _, source := range sources {
		names, _ := source.layers.Names() // the error is told when they are read
		for _, name := range names {
			other, taken := first[name]
			if !taken {
				first[name] = source
				continue
			}
			if other.owner == "" {
				continue
			}
			one, _ := other.layers.Read(name)
			if two, _ := source.layers.Read(name); one != two {
				doubts = append(doubts, fmt.Sprintf("template %q of blueprint %q is never used, blueprint %q has one before it; give %q dewar.TemplateNamespace(%q) and write %q",
					name, source.owner, other.owner, source.owner, source.owner, source.owner+"/"+name))
			}
		}
	}
	return doubts
}

// templateFolders returns the folder called name of own, or where the App has its files when that is nil.
func (app *App) templateFolders(own fs.FS, name string) []fs.FS {
	switch {
	case name == "":
		return nil
	case own != nil:
		return present(files.Sub(own, name))
	}
	var onDisk fs.FS
	if app.folders.fsys == nil || app.Config.Bool("DEBUG") {
		onDisk = files.Disk(filepath.Join(app.RootPath(), filepath.FromSlash(name)))
	}
	return present(onDisk, files.Sub(app.folders.fsys, name))
}

// present leaves out folders that there are not.
func present(layers ...fs.FS) []fs.FS {
	return slices.DeleteFunc(layers, func(layer fs.FS) bool { return layer == nil })
}

// explainTemplates logs every template file, in the order of the folders; the first of a name counts.
func (app *App) explainTemplates(layers pages.Layers) {
	for _, f := range layers.Find() {
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

// A TemplateGlobal is, given to [App.TemplateFunc], a value of templates in place of a function: one that depends on the
// request, and is worked out when a template asks for it. html/template writes {{current_user.Name}}, as it does for any
// function without arguments; a [TemplateEngine] for another language may evaluate it whenever the name stands in the
// template. An error ends the rendering.
type TemplateGlobal func(c *Context) (any, error)

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
	globals := func() TemplateGlobals { return TemplateGlobals{*c} }
	return map[string]any{
		"url_for": func(endpoint string, pairs ...any) (string, error) { return globals().URLFor(endpoint, pairs...) },
		"get_flashed_messages": func(categories ...string) ([]shownFlash, error) {
			flashes, err := globals().FlashedMessages(categories...)
			return shownFlashes(flashes), err
		},
		"request": func() (TemplateRequest, error) { return globals().Request() },
		"session": func() (Map, error) { return globals().Session() },
		"g":       func() Map { return globals().G() },
		"config":  func() Map { return globals().Config() },
		"dict":    pages.Dict,
		"list":    pages.List,
	}
}

// templateFilters returns the functions that Jinja has as filters. Those of [App.TemplateFunc] go before them.
func templateFilters() map[string]any {
	all := filters.Funcs()
	all["tojson"], all["merge"] = toJSON, pages.Merge
	return all
}

// toJSON returns a value as JSON of the App, which means the same in a script and in an attribute: what HTML would
// understand is escaped as JSON has it.
func toJSON(c *Context, value any) (template.JS, error) {
	text, err := c.App.JSON.Marshal(value)
	return template.JS(jsonInHTML.Replace(string(text))), err
}

var jsonInHTML = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`, "\u2028", `\u2028`, "\u2029", `\u2029`)

// functionCure says what to do about an unknown function in a template.
func functionCure(name, near string) string {
	switch {
	case name == "csrf_token":
		return "; leave it out, requests from other sites are refused without a token (CROSS_ORIGIN_PROTECTION), or call csrf.Protect(app) of contrib/csrf where Flask serves a part of the site"
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
