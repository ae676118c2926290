// Package pages finds, parses and executes templates that are kept in folders.
//
// # Files
//
// Every file of the layers is a template, named by its path with slashes. The name's extension says what it is:
// those of HTML and XML, and names without one, are escaped by html/template; all others are executed by
// text/template as they are.
//
// # Layouts
//
// Every file is also a page: a set of its own that holds the file and all that it calls with {{template}}, directly
// or not. A definition counts in place of one with the same name in a called file, so a page calls its layout and
// fills the layout's blocks by defining them. Other pages see nothing of it.
//
// # Functions
//
// Functions that depend on who executes a template read the current execution's value from a variable of their set.
// Since a set can serve one execution at a time, a page keeps a pool of them; nothing is parsed, cloned or escaped
// for an execution as long as the pool has one.
package pages

import (
	"io"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Options says where the templates of a [Library] are and what they can call.
type Options[T any] struct {
	// Layers are the folders.
	Layers Layers
	// Folder is what errors call the place of the templates.
	Folder string
	// Funcs are functions that are the same in every execution, but that a first parameter of type T is filled in
	// with its value.
	Funcs map[string]any
	// Filters are like Funcs, which may replace them. They want at least one argument, so that a name of theirs that stands
	// alone is taken for a value of the page.
	Filters map[string]any
	// Bind returns functions that find the value of the execution they are called in where current points to.
	Bind func(current *T) map[string]any
	// Cure says, for the error of an unknown function, what to do about it; near is a function of a similar name, or "".
	// Nil says only the latter.
	Cure func(name, near string) string
	// FieldCure says, for the error of a field that a type lacks, what to write instead, or ""; before is what the
	// template writes before the field. Nil says nothing.
	FieldCure func(typ, before, field string) string
	// Mappings are functions that return one. An attribute of what is not in it is an error.
	Mappings []string
	// Required makes it an error to show a value that a page is not given, and one that is not in the mapping that one of
	// these functions, which are among Mappings, returns. Nil shows nothing in its place.
	Required []string
	// Warn is told once of each thing that may be meant as it is. It may be nil.
	Warn func(text string)
	// Reload makes the library read the files of a page again, before it is executed, when one of them has changed.
	Reload bool
}

// Library holds templates. The value of an execution, which bound functions can see, has type T. A Library may be
// used by several goroutines.
type Library[T any] struct {
	Options[T]
	known   map[string]any           // every function, to parse with
	wanting map[string]reflect.Value // those of Funcs whose first parameter is filled in

	refreshing sync.Mutex
	warned     map[string]bool // while refreshing, or nobody else has the Library yet
	current    atomic.Pointer[collection[T]]
}

// A collection is what a library found when it last looked. It is never changed.
type collection[T any] struct {
	pages    map[string]*page[T]
	problems []error
	failed   error // why there may be more files than were found
}

// New reads every template. The error joins all that is wrong with them.
func New[T any](o Options[T]) (*Library[T], error) {
	l := &Library[T]{Options: o, warned: map[string]bool{}}
	l.sortFuncs()
	c := l.collect()
	if len(c.problems) > 0 {
		return nil, Problems(c.problems)
	}
	l.current.Store(c)
	return l, nil
}

// Problems are the errors of several templates.
type Problems []error

// Error returns one line for each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, err := range p {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the errors.
func (p Problems) Unwrap() []error { return p }

// Execute writes the page called name, executed with data. Bound functions see value. When it fails, a part of the
// page may have been written.
func (l *Library[T]) Execute(w io.Writer, name string, data any, value T) error {
	p, err := l.page(name)
	if err != nil {
		return err
	}
	b, err := l.take(p)
	if err != nil {
		return err
	}
	b.current, b.data = value, data
	defer p.give(b)
	if err := b.set.ExecuteTemplate(w, name, data); err != nil {
		return l.explainExecution(p, data, err)
	}
	return nil
}

// page finds a page, as it is on disk now if the library reloads.
func (l *Library[T]) page(name string) (*page[T], error) {
	c := l.current.Load()
	if l.Reload && l.stale(c, name) {
		c = l.refresh(name)
	}
	if p := c.pages[name]; p != nil {
		return p, p.err
	}
	return nil, l.unknown(c, name)
}

func (l *Library[T]) unknown(c *collection[T], name string) error {
	if c.failed != nil {
		return c.failed
	}
	return Missing(name, l.Folder, slices.Sorted(maps.Keys(c.pages)))
}

// stale reports whether the files of a page are not what c was made of.
func (l *Library[T]) stale(c *collection[T], name string) bool {
	p := c.pages[name]
	if p == nil || p.err != nil {
		return true
	}
	return slices.ContainsFunc(p.files, func(f *file) bool { return l.Layers.Stamp(f.name) != f.stamp })
}

// refresh reads everything again, unless another goroutine has just done so.
func (l *Library[T]) refresh(name string) *collection[T] {
	l.refreshing.Lock()
	defer l.refreshing.Unlock()
	if c := l.current.Load(); !l.stale(c, name) {
		return c
	}
	c := l.collect()
	l.current.Store(c)
	return c
}

// warn tells of what has not been told.
func (l *Library[T]) warn(doubts []error) {
	for _, doubt := range doubts {
		if text := doubt.Error(); l.Warn != nil && !l.warned[text] {
			l.warned[text] = true
			l.Warn(text)
		}
	}
}

// collect reads all files and makes their pages.
func (l *Library[T]) collect() *collection[T] {
	files, err := l.readAll()
	c := l.link(files)
	if err != nil {
		c.failed = err
		c.problems = append(c.problems, err)
	}
	return c
}

// Extension returns the extension that says what a template is, in lower case: that of its name, or what stands
// before it when it only says that the file is a template, as in page.html.tmpl. It may be "".
func Extension(name string) string {
	ext := strings.ToLower(path.Ext(name))
	switch ext {
	case ".tmpl", ".gotmpl", ".tpl", ".jinja", ".j2":
		return Extension(name[:len(name)-len(ext)])
	case ".gohtml":
		return ".html"
	}
	return ext
}

// Escaped reports whether the template called name is escaped as HTML or XML.
func Escaped(name string) bool {
	switch Extension(name) {
	case "", ".html", ".htm", ".xhtml", ".xml", ".svg":
		return true
	}
	return false
}
