package dewar

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

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

// ContextProcessor returns values that every template gets beside those its view gives. It may return nil.
type ContextProcessor func(c *Context) Map

// Rendering is what [App.BeforeRender] and [App.TemplateRendered] tell: a template and the values it gets.
// Receivers may look at Data but not change it.
type Rendering struct {
	Context *Context
	Name    string
	Data    Map
}

// Render answers with a template, executed with data. data may be nil; values of context processors are
// added, and those in data win. The status is 200 unless [Context.Status] set another. The template is
// rendered completely before any of it becomes the answer, so that an error, which Render returns, leaves
// nothing of a half-finished page behind. A name that is no template is such an error; it names the nearest
// one, and a name from outside can do no harm.
//
// Without an App.Renderer the templates are the files below templates/ of [FS], then those of the blueprints
// in order of registration; in DEBUG those below RootPath/templates come first. A template's name is its path
// below that folder. Its extension says how it is written:
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
// Templates can call these functions, and those of [App.TemplateFunc]:
//
//   - url_for "blog.show" "id" .ID builds URLs as [Context.URLFor] does; the options are written as in Flask:
//     "_external" true, "_anchor" "top", "_scheme" "https", "_method" "POST";
//   - get_flashed_messages returns what [Context.FlashedMessages] does, each with its .Category and .Message;
//   - request is a [TemplateRequest];
//   - session, g and config are maps for reading: {{session.user_id}}, {{g.user.Name}}, {{config.DEBUG}}. g
//     has the names of typed keys and of [Context.Set]; config leaves out what is secret.
func (c *Context) Render(name string, data Map) error {
	event := Rendering{c, name, c.templateData(data)}
	c.App.BeforeRender.send(event)
	body := respbuf.Get()
	defer respbuf.Put(body)
	if err := c.rt.renderer.Render(c, body, name, event.Data); err != nil {
		return err
	}
	c.App.TemplateRendered.send(event)
	return c.blob(templateType(name), body.Bytes())
}

// templateType returns the Content-Type of a rendered template. What is not escaped is never HTML.
func templateType(name string) string {
	if t := contentTypes[pages.Extension(name)]; t != "" {
		return t
	}
	if pages.Escaped(name) {
		return contentTypes[".html"]
	}
	return contentTypes[".txt"]
}

// templateData adds what the context processors say: those of the app, then those of the route's blueprints
// from the outermost in. Later ones win, and given wins over all.
func (c *Context) templateData(given Map) Map {
	data := Map{}
	for _, f := range c.App.contextProcessors {
		maps.Copy(data, f(c))
	}
	for _, in := range c.chain.instances {
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
	s.contextProcessors = append(s.contextProcessors, processors...)
}

// templateRenderer is the Renderer of an App that sets none.
type templateRenderer struct {
	library *pages.Library[*Context]
}

func newTemplateRenderer(app *App) (Renderer, error) {
	if app.Config.Bool("EXPLAIN_TEMPLATE_LOADING") {
		app.explainTemplates()
	}
	funcs, problem := app.templateFunctions()
	library, err := pages.New(pages.Options[*Context]{
		Layers: app.templateLayers(),
		Funcs:  funcs,
		Bind:   requestFunctions,
		Cure:   functionCure,
		Reload: ValueOr(app.Config, "TEMPLATES_AUTO_RELOAD", app.Config.Bool("DEBUG")),
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

// templateLayers returns the folders of templates, the first to look into first.
func (app *App) templateLayers() []fs.FS {
	var layers []fs.FS
	if app.fsys == nil || app.Config.Bool("DEBUG") {
		layers = append(layers, dirFS(filepath.Join(app.RootPath(), "templates")))
	}
	layers = append(layers, subFS(app.fsys, "templates"))
	for _, s := range app.blueprintsOnce() {
		layers = append(layers, subFS(s.fsys, "templates"))
	}
	return slices.DeleteFunc(layers, func(layer fs.FS) bool { return layer == nil })
}

// explainTemplates logs every template file, in the order of the folders; the first of a name counts.
func (app *App) explainTemplates() {
	found := map[string]bool{}
	for i, layer := range app.templateLayers() {
		_ = fs.WalkDir(layer, ".", func(name string, d fs.DirEntry, err error) error { // Build reports errors
			if err == nil && !d.IsDir() {
				app.logger().Info("template found", "name", name, "folder", i+1, "used", !found[name])
				found[name] = true
			}
			return nil
		})
	}
}

// dirFS returns the files of a folder on disk, or nil when there is none.
func dirFS(dir string) fs.FS {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return os.DirFS(dir)
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
