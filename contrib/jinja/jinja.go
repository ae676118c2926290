// Package jinja renders the templates of a Flask project: the template language of Jinja 3.1, in Go.
//
//	app.Renderer = &jinja.Renderer{}
//
// The files in templates/ of the App and of its blueprints are Jinja templates then, found, reloaded and overridden as dewar
// does with its own. They see what Flask gives: url_for, get_flashed_messages, request, session, g and config, what the context
// processors add, and the functions of App.TemplateFunc.
//
// # What Build finds
//
// App.Build compiles every template. A template, block, filter, test or macro that does not exist, and a url_for whose endpoint
// is unknown or lacks a value, or an attribute that request does not have, is an error with file and line and the nearest name; all of them come at once.
//
// # Escaping
//
// As in Flask, values are escaped in templates whose names end in .html, .htm, .xhtml, .xml and .svg, and in strings. Jinja
// escapes for the text of a page wherever a value stands. Here the place counts: a URL cannot be javascript:, a value in a
// script is a JavaScript value, an attribute without quotes is not left. Most pages come out as Jinja writes them, and
// [Renderer.Differences] names every place that does not; Parity has all pages come out so.
//
// Text that the application made safe stands as it is everywhere: [template.HTML], and a value that |safe is written behind. What
// tojson, urlize, xmlattr, macros, caller() and set blocks make is safe in the language it is made in, and escaped elsewhere, as are
// the fields of package forms and what else has a method TemplateHTML, TemplateCall or TemplateAttr; |safe behind a call of those
// that are Jinja's changes nothing.
//
// # Go values
//
// {{ post.title }} is the field Title of a struct, the one with the json tag title, its method Title, or the key of a map; a
// field AuthorID is author_id. Methods are called, {{ post.excerpt(80) }}, or read when they want nothing, {{ post.url }}; one
// that returns an error as well ends the rendering with it. A struct shows as <Post object> unless it has a String or Error
// method: fields come out by name alone. Slices, maps, iterators, big numbers and time.Time behave as their twins in Python; a
// sql.NullString is its text or None. [Dict], [Tuple] and [Date] are what Go has none of.
//
// # Bounds
//
// A rendering ends with an error when it takes more than MaxSteps steps, calls deeper than MaxDepth, writes more than MaxOutput
// bytes, or when the request ends.
package jinja

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A Renderer is a [dewar.TemplateEngine] for Jinja's language. The zero value is Flask's environment with Jinja's extensions do,
// loopcontrols and i18n. Set its fields before the App is built and leave them alone then; it serves one App, and many requests
// at once.
type Renderer struct {
	// Parity writes what Jinja does, byte for byte: values are escaped for the text of a page wherever they stand. The default
	// is to escape for the place where a value stands.
	Parity bool

	// Undefined says what a variable that nobody has given does.
	Undefined Undefined

	// Autoescape says by the name of a template whether its values are escaped; a string has the name "". Nil escapes where the
	// answer is HTML or XML: .html, .htm, .xhtml, .xml, .svg, those before .j2, .jinja or .tmpl, names without an extension, and
	// strings.
	Autoescape func(name string) bool

	// Delimiters are what statements, expressions and comments are written between, where it is not Jinja's.
	Delimiters Delimiters

	// TrimBlocks removes the line break behind a statement, LstripBlocks the spaces before one that stands first in its line.
	TrimBlocks, LstripBlocks bool

	// KeepTrailingNewline keeps the line break at the end of a template, which is removed otherwise.
	KeepTrailingNewline bool

	// Globals are variables and functions of all templates, also of those that are imported without context. What the view and
	// context processors give goes before. One named as Flask's or Jinja's takes its place.
	Globals map[string]any

	// Filters and Tests are Go functions by name. The first argument is the value: a func(s string, n int) string called cut is
	// written {{ title|cut(20) }}. As with App.TemplateFunc a *dewar.Context before it is filled in, and an error beside the
	// result ends the rendering. Behind the others may stand a map[string]any, for named arguments. One named as Jinja's takes
	// its place. Flask has template_filter and template_test.
	//
	// A function of App.TemplateFunc is a global; it is a filter too, and a test if it returns a bool, unless Jinja or these maps
	// have one of its name.
	Filters, Tests map[string]any

	// Ignore are patterns of [path.Match] for the names of files in templates/ that nobody renders, such as "old/*": Build does not
	// check them. One that is rendered all the same is compiled then.
	Ignore []string

	// Finalize changes each value that is about to be shown. Nil leaves them.
	Finalize func(value any) (any, error)

	// Translations are what trans, _, gettext, ngettext, pgettext and npgettext ask, whatever functions of those names
	// the App has; texts.Catalogs() of contrib/i18n. Nil shows texts as they stand.
	Translations Translations

	// Policies are settings of filters.
	Policies Policies

	// MaxSteps bounds the work of one rendering: the default is 10 million steps, each the work of one tag, operation or element.
	// A bound below 0 is an error of Build.
	MaxSteps int64

	// MaxDepth bounds how deep calls, includes and recursive loops go: the default is 200.
	MaxDepth int

	// MaxOutput bounds the bytes of a page: the default is 64 MB.
	MaxOutput int64

	site atomic.Pointer[site]
}

// Undefined says what a variable does that nobody has given. {{ x is defined }} and {{ x|default("y") }} may always ask.
type Undefined uint8

// The four of Jinja.
const (
	UndefinedDefault   = Undefined(value.Default)   // shows as nothing and is false and empty; an attribute of it is an error
	UndefinedStrict    = Undefined(value.Strict)    // is an error
	UndefinedChainable = Undefined(value.Chainable) // as UndefinedDefault, and its attributes are undefined too
	UndefinedDebug     = Undefined(value.Debug)     // as UndefinedDefault, and shows its name
)

// Delimiters are how templates are written. What is empty is Jinja's.
type Delimiters struct {
	BlockStart, BlockEnd       string // {% and %}
	VariableStart, VariableEnd string // {{ and }}
	CommentStart, CommentEnd   string // {# and #}
	LineStatementPrefix        string // none
	LineCommentPrefix          string // none
}

// Policies are settings of filters, Jinja's policies. The zero value is Jinja's default.
type Policies struct {
	URLizeRel           string   // rel of the links that urlize makes, "-" for none; the default is noopener
	URLizeTarget        string   // target of the links that urlize makes
	URLizeExtraSchemes  []string // schemes that urlize takes beside http, https and mailto, with their colon
	TruncateLeeway      int      // how much longer than its limit truncate leaves a text; the default is 5, below 0 none
	JSONKeepOrder       bool     // tojson keeps the order of keys; the default is to sort them
	TrimmedTranslations bool     // trans is trimmed without the word
}

// An Error is what went wrong in a template: which one, the line and the column, from 1, and what had included or called it.
// Unwrap gives the cause: a *dewar.HTTPError that a function returned keeps its status.
type Error = engine.Error

// A site is the templates of one App, compiled.
type site struct {
	templates             *dewar.Templates
	engine                *engine.Engine
	ownURLFor, ownRequest bool // the application's have taken the place of Flask's
}

// LoadTemplates compiles and checks the templates of an App; App.Build calls it. A Renderer that has the templates of one App
// refuses those of another.
func (r *Renderer) LoadTemplates(t *dewar.Templates) error {
	if s := r.site.Load(); s != nil && s.templates.App() != t.App() {
		return fmt.Errorf("jinja: the Renderer of app %q is given to app %q too; make one for each", s.templates.App().Name(), t.App().Name())
	}
	options, err := r.options(t)
	if err := errors.Join(r.checkBounds(), r.checkDelimiters(), r.checkIgnore(), err); err != nil {
		return err
	}
	_, own := r.Globals["url_for"]
	if !own {
		options.Links = []string{"url_for"}
	}
	s := &site{templates: t, engine: engine.New(options), ownURLFor: own, ownRequest: r.Globals["request"] != nil || t.Funcs()["request"] != nil}
	if err := errors.Join(s.checkTemplates(), s.checkURLs(), s.checkRequest(r.Undefined == UndefinedStrict), s.checkCalls()); err != nil {
		return err
	}
	r.site.Store(s)
	if t.App().Config.Bool("DEBUG") {
		s.tellDifferences(r)
	}
	return nil
}

// checkBounds refuses bounds that no page would keep.
func (r *Renderer) checkBounds() error {
	var problems []error
	for _, bound := range []struct {
		name  string
		value int64
	}{{"MaxSteps", r.MaxSteps}, {"MaxDepth", int64(r.MaxDepth)}, {"MaxOutput", r.MaxOutput}} {
		if bound.value < 0 {
			problems = append(problems, fmt.Errorf("jinja: %s is %d; leave it out for the default", bound.name, bound.value))
		}
	}
	return errors.Join(problems...)
}

// checkDelimiters refuses those that cannot be told apart.
func (r *Renderer) checkDelimiters() error {
	if err := r.syntax().Check(); err != nil {
		return fmt.Errorf("jinja: Renderer.Delimiters: %w", err)
	}
	return nil
}

// checkIgnore refuses patterns that match nothing.
func (r *Renderer) checkIgnore() error {
	for _, pattern := range r.Ignore {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("jinja: Renderer.Ignore: %q: %w", pattern, err)
		}
	}
	return nil
}

// names returns the names of the templates that count. What cannot be read is said when it is read.
func (r *Renderer) names(t *dewar.Templates) []string {
	names, _ := t.Names()
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(r.Ignore, func(pattern string) bool { ignored, _ := path.Match(pattern, name); return ignored })
	})
}

// register says how templates get a filter or a test.
func register(kind, name string) string {
	if kind == "test" {
		return fmt.Sprintf("give it to Tests of the Renderer, as in Tests: map[string]any{%q: f}", name)
	}
	return fmt.Sprintf("give it to Filters of the Renderer, as in Filters: map[string]any{%q: f}, or to app.TemplateFunc", name)
}

// options returns what the engine of the App's templates is made of.
func (r *Renderer) options(t *dewar.Templates) (engine.Options, error) {
	o := engine.Options{
		Syntax:     r.syntax(),
		Load:       t.Read,
		Names:      func() []string { return r.names(t) },
		Register:   register,
		Undefined:  value.UndefinedMode(r.Undefined),
		Debug:      t.App().Config.Bool("DEBUG"),
		Autoescape: r.Autoescape,
		Finalize:   r.Finalize,
		Policies:   r.Policies.values(),
		MaxSteps:   r.MaxSteps, MaxDepth: r.MaxDepth, MaxOutput: r.MaxOutput,
	}
	escaped := func(name string) bool { return name == "" || t.Escaped(name) }
	if o.Autoescape == nil {
		o.Autoescape = escaped
	}
	if !r.Parity {
		o.Contextual = escaped
	}
	if t.Reload() {
		o.Version = func(name string) any { return t.Version(name) }
	}
	if r.Translations != nil {
		o.Translations = translations{r.Translations}
	}
	err := r.addFunctions(&o, t)
	return o, err
}

func (r *Renderer) syntax() syntax.Options {
	d := r.Delimiters
	return syntax.Options{
		BlockStart: d.BlockStart, BlockEnd: d.BlockEnd,
		VariableStart: d.VariableStart, VariableEnd: d.VariableEnd,
		CommentStart: d.CommentStart, CommentEnd: d.CommentEnd,
		LineStatementPrefix: d.LineStatementPrefix, LineCommentPrefix: d.LineCommentPrefix,
		TrimBlocks: r.TrimBlocks, LstripBlocks: r.LstripBlocks, KeepTrailingNewline: r.KeepTrailingNewline,
		TrimTranslations: r.Policies.TrimmedTranslations,
	}
}

func (p Policies) values() *value.Policies {
	return &value.Policies{
		URLizeRel:          strings.TrimPrefix(cmp.Or(p.URLizeRel, "noopener"), "-"),
		URLizeTarget:       p.URLizeTarget,
		URLizeExtraSchemes: p.URLizeExtraSchemes,
		TruncateLeeway:     max(cmp.Or(p.TruncateLeeway, 5), 0),
		JSONSortKeys:       !p.JSONKeepOrder,
	}
}

// Render writes a template. Context.Render and Context.RenderString call it; what they add is said there.
func (r *Renderer) Render(c *dewar.Context, w io.Writer, name string, data dewar.Map) error {
	s, err := r.built()
	if err != nil {
		return err
	}
	return s.cure(name, data, s.engine.Render(engine.Request{Context: c, Host: c, Name: name, Data: data}, w))
}

// RenderString returns what a template gives that stands in Go: source is one, as in a file without a name, and data what the
// view gives. Context processors add to it, and values are escaped. A source must not come from outside: it could ask for
// everything that templates can. Flask has render_template_string.
func (r *Renderer) RenderString(c *dewar.Context, source string, data dewar.Map) (string, error) {
	s, err := r.built()
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = s.templates.Render(c, "<template>", data, func(data dewar.Map) error {
		return s.cure("", data, s.engine.RenderString(engine.Request{Context: c, Host: c, Data: data}, source, &text))
	})
	if err != nil {
		return "", err
	}
	return text.String(), nil
}

func (r *Renderer) built() (*site, error) {
	if s := r.site.Load(); s != nil {
		return s, nil
	}
	return nil, errors.New("jinja: the Renderer has no templates; set app.Renderer to it before the App is built")
}

// cure adds to an error of rendering name what the App knows.
func (s *site) cure(name string, data dewar.Map, err error) error {
	var missing *engine.NotFound
	var e *Error
	switch {
	case !errors.As(err, &e):
	case e.Line == 0 && errors.As(err, &missing):
		return s.templates.Missing(name)
	case e.Message == "'csrf_token' is undefined":
		e.Message += "; leave it out, requests from other sites are refused without a token (CROSS_ORIGIN_PROTECTION), or call csrf.Protect(app) of contrib/csrf where Flask serves a part of the site"
	default:
		e.Message += s.near(e, data)
	}
	return err
}

// near names the variable or attribute that one may have been meant for which is undefined.
func (s *site) near(e *Error, data dewar.Map) string {
	cause, ok := errors.AsType[*value.Error](e.Err)
	if !ok || cause.Undefined == nil || e.Message != cause.Message || strings.Contains(e.Message, "; ") {
		return ""
	}
	name, ok := value.AsString(cause.Undefined.Name)
	if !ok || cause.Undefined.Hint != "" {
		return ""
	}
	if _, variable := cause.Undefined.Object.(value.Missing); !variable {
		return nearest.DidYouMean(name, value.AttrNames(cause.Undefined.Object))
	}
	known := slices.Concat(slices.Collect(maps.Keys(data)), s.engine.GlobalNames(), s.engine.LocalNames(e.Template))
	slices.Sort(known)
	return nearest.DidYouMean(name, known)
}

// Format prints the type alone, for every verb: globals may hold what is secret.
func (r *Renderer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "jinja.Renderer") }

// String returns what Format prints, for templates, which look for it.
func (r *Renderer) String() string { return fmt.Sprint(r) }

// LogValue returns what Format prints.
func (r *Renderer) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }
