// Package engine compiles templates to closures and renders them.
//
// A template is compiled once: each name becomes a slot of a frame, as Jinja's symbol analysis says, each statement and expression a
// closure. Rendering runs the closures; nothing in a compiled template changes, so that many goroutines may render it at once.
package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/jinja/internal/filters"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// Options are what an Engine is made of. The zero value finds no templates, escapes nothing and has Jinja's filters, tests and globals.
type Options struct {
	Syntax syntax.Options
	// Load returns the source of a template, or fs.ErrNotExist.
	Load func(name string) (string, error)
	// Names returns the names of all templates: for Check, and for what a misspelt name may have meant.
	Names func() []string
	// Globals are variables of all templates. A value.Lazy is called each time that one is read.
	Globals map[string]any
	// Filters and Tests are in addition to the standard ones and instead of those of the same name.
	Filters, Tests map[string]*value.Function
	// Register says how templates get a "filter" or "test" that there is not, for errors.
	Register  func(kind, name string) string
	Undefined value.UndefinedMode
	// Links are the global functions that return URLs of the site. Differences leaves them out where such a URL stands as it is.
	Links []string
	// Debug makes an error of what a template asks of a Go type that does not show it, such as an unexported field.
	Debug bool
	// Autoescape tells by a template's name whether its outputs are escaped; nil never. A string has the name "".
	Autoescape func(name string) bool
	// Contextual tells by the name of the template that is asked for whether its outputs are escaped by the place where they land; nil never.
	Contextual func(name string) bool
	// Finalize changes each value before it is written.
	Finalize func(any) (any, error)
	// Translations are what trans, gettext and its kin use; nil leaves texts as they are.
	Translations Translations
	// Policies are settings of filters; nil are Jinja's.
	Policies  *value.Policies
	MaxSteps  int64 // of a rendering; default 10 million
	MaxOutput int64 // bytes of a rendering; default 64 MB
	MaxDepth  int   // of calls, includes and recursion; default 200
	// Version returns something comparable that changes when the template called name changes; nil: templates are loaded once.
	Version func(name string) any
}

// An Engine renders the templates of one application. It may be used by many goroutines.
type Engine struct {
	o         Options
	filters   map[string]*value.Function
	tests     map[string]*value.Function
	tojson    *value.Function // Jinja's own
	globals   *layer
	mu        sync.RWMutex
	templates map[string]*Template
	strings   map[namedSource]*Template // that RenderString was given
	states    sync.Pool
}

// A namedSource is what RenderString is given.
type namedSource struct{ name, source string }

// New makes an Engine. Options and the maps in it must not change afterwards.
func New(o Options) *Engine {
	if o.MaxSteps == 0 {
		o.MaxSteps = 10_000_000
	}
	if o.MaxOutput == 0 {
		o.MaxOutput = 64 << 20
	}
	if o.MaxDepth == 0 {
		o.MaxDepth = 200
	}
	if o.Policies == nil {
		o.Policies = &value.Policies{URLizeRel: "noopener", TruncateLeeway: 5, JSONSortKeys: true, NewlineSequence: o.Syntax.NewlineSequence}
	}
	e := &Engine{o: o, filters: filters.Filters(), tests: filters.Tests(), templates: map[string]*Template{}, strings: map[namedSource]*Template{}}
	e.tojson = e.filters["tojson"]
	for name, f := range o.Filters {
		e.filters[name] = f
	}
	for name, f := range o.Tests {
		e.tests[name] = f
	}
	globals := filters.Globals()
	for name, f := range translators(o.Translations) {
		globals[name] = f
	}
	for name, v := range o.Globals {
		globals[name] = v
	}
	e.globals = &layer{vars: globals}
	e.states.New = func() any { return newState(e) }
	return e
}

// GlobalNames returns the names of the variables of all templates, in no order.
func (e *Engine) GlobalNames() []string { return slices.Collect(maps.Keys(e.globals.vars)) }

// A Template is a compiled template. Templates may be given to other templates as variables, to include, extend or import.
type Template struct {
	name       string
	version    any
	engine     *Engine
	tree       *syntax.Template
	root       *function
	blocks     *blocks
	autoescape bool
	pure       bool                   // its top level only makes macros and constants: one module serves all renderings
	shared     atomic.Pointer[Module] // of a pure template
	problems   []error                // what Check reports beyond errors
}

// Attr returns the attribute name.
func (t *Template) Attr(_ *value.Runtime, name string) (any, bool) {
	if name == "name" {
		return t.name, true
	}
	return nil, false
}

// String is what Python shows of a template.
func (t *Template) String() string { return fmt.Sprintf("<Template %s>", quote(t.name)) }

// Template returns the template called name, compiled. The error is a *NotFound if there is none.
func (e *Engine) Template(name string) (*Template, error) {
	t, err := e.load(name)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// load is Template. Of a template that does not compile but can be read it returns what there is of it, too.
func (e *Engine) load(name string) (*Template, error) {
	e.mu.RLock()
	t := e.templates[name]
	e.mu.RUnlock()
	var version any
	if e.o.Version != nil {
		version = e.o.Version(name)
	}
	if t != nil && t.version == version {
		return t, nil
	}
	if e.o.Load == nil {
		return nil, e.notFound(name)
	}
	source, err := e.o.Load(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, e.notFound(name)
	}
	if err != nil {
		return nil, err
	}
	if !utf8.ValidString(source) {
		return nil, notUTF8(name, source)
	}
	if t, err = e.compile(name, source); err != nil {
		return t, err
	}
	t.version = version
	e.mu.Lock()
	e.templates[name] = t
	e.mu.Unlock()
	return t, nil
}

// Strings that are rendered again are compiled once: so many of them, none longer than that.
const maxStrings, maxStringBytes = 64, 64 << 10

// compileString compiles the source of a template that has no file.
func (e *Engine) compileString(name, source string) (*Template, error) {
	key := namedSource{name, source}
	e.mu.RLock()
	t := e.strings[key]
	e.mu.RUnlock()
	if t != nil {
		return t, nil
	}
	t, err := e.compile(name, source)
	if err != nil || len(source) > maxStringBytes {
		return t, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.strings) >= maxStrings {
		clear(e.strings)
	}
	e.strings[key] = t
	return t, nil
}

// choose returns the first of the templates that exists.
func (e *Engine) choose(names []any) (*Template, error) {
	if len(names) == 0 {
		return nil, failure("TemplatesNotFound", "Tried to select from an empty list of templates")
	}
	none := &NotFound{all: e.names}
	for _, n := range names {
		t, err := e.resolve(n)
		var missing *NotFound
		if !errors.As(err, &missing) {
			return t, err
		}
		none.Names = append(none.Names, missing.Names...)
	}
	return nil, none
}

// resolve returns what a value that names a template means: a name, a template or an undefined value.
func (e *Engine) resolve(v any) (*Template, error) {
	switch v := v.(type) {
	case string:
		return e.Template(v)
	case *Template:
		return v, nil
	case *value.Undefined:
		return nil, v.Err()
	}
	if s, ok := value.AsString(v); ok {
		return e.Template(s)
	}
	return nil, failure("TypeError", "no template can have %s as its name", value.TypeName(v))
}

// resolveAny is resolve, for a list of names too.
func (e *Engine) resolveAny(st *state, v any) (*Template, error) {
	switch v.(type) {
	case string, *Template, *value.Undefined, value.Markup:
		return e.resolve(v)
	}
	if _, ok := value.AsString(v); ok {
		return e.resolve(v)
	}
	names, err := value.Items(&st.Runtime, v)
	if err != nil {
		return nil, err
	}
	return e.choose(names)
}

func (e *Engine) notFound(name string) error {
	return &NotFound{Names: []string{name}, all: e.names}
}
