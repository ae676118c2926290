package engine

import (
	"maps"
	"reflect"
	"slices"

	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A StrangeCall is a place where a template calls what no template and no global gives, under nearly the name of something that can be
// called. Only a view or a context processor may give it.
type StrangeCall struct {
	Template   string
	Line       int
	Name, Near string
	Never      bool // the template is only imported without context: nobody can give it anything
}

// StrangeCalls returns them in the order of the templates and of the places. What a template asks for first is left out.
func (e *Engine) StrangeCalls() []StrangeCall {
	all := e.readable()
	given, alone := givenIn(all), libraries(all)
	var found []StrangeCall
	for _, t := range all {
		near := append(e.callables(), macrosOf(t)...)
		asked := askedIn(t)
		walkAll(t.tree.Body, func(n syntax.Node) bool {
			call, ok := n.(*syntax.Call)
			if !ok {
				return true
			}
			name := targetName(call.Func)
			if _, global := e.globals.vars[name]; name == "" || global || given[name] || asked[name] {
				return true
			}
			if meant := nearest.Name(name, near); meant != "" {
				found = append(found, StrangeCall{t.name, call.Line, name, meant, alone[t.name]})
			}
			return true
		})
	}
	return found
}

// LocalNames returns the names that a template gives values itself, in no order: none of a template that cannot be read.
func (e *Engine) LocalNames(template string) []string {
	t, _ := e.load(template)
	if t == nil {
		return nil
	}
	return slices.Collect(maps.Keys((&checker{template: t}).assigned()))
}

// readable returns the templates that parse, in the order of their names.
func (e *Engine) readable() []*Template {
	var all []*Template
	for _, name := range e.names() {
		if t, _ := e.load(name); t != nil {
			all = append(all, t)
		}
	}
	return all
}

// shortest is how long the name of a global is at least that a misspelt one may have meant.
const shortest = 5

// callables returns the names of the global functions that the application gives, in order: Jinja's own are short words that others are near to.
func (e *Engine) callables() []string {
	var all []string
	for name, v := range e.o.Globals {
		_, made := v.(*value.Function)
		if len(name) >= shortest && (made || reflect.ValueOf(v).Kind() == reflect.Func) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// macrosOf returns the names of the macros that a template has or imports.
func macrosOf(t *Template) []string {
	var all []string
	walkAll(t.tree.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Macro:
			all = append(all, n.Name)
		case *syntax.FromImport:
			for _, name := range n.Names {
				all = append(all, name.Alias)
			}
		}
		return true
	})
	return slices.DeleteFunc(all, func(name string) bool { return len(name) < shortest })
}

// givenIn returns the names that any template gives a value, and those that there are without.
func givenIn(all []*Template) map[string]bool {
	given := map[string]bool{"self": true, "super": true, "caller": true, "loop": true, "varargs": true, "kwargs": true}
	for _, t := range all {
		for name := range (&checker{template: t}).assigned() {
			given[name] = true
		}
	}
	return given
}

// askedIn returns the names of which a template asks whether they are there.
func askedIn(t *Template) map[string]bool {
	asked := map[string]bool{}
	walkAll(t.tree.Body, func(n syntax.Node) bool {
		for _, e := range guardedBy(n) {
			asked[targetName(e)] = true
		}
		if f, ok := n.(*syntax.Filter); ok && (f.Name == "default" || f.Name == "d") {
			asked[targetName(f.Value)] = true
		}
		return true
	})
	return asked
}

// libraries returns the templates of which it is certain that others only import them, without context: there is nothing but macros and
// constants in them, and no template gets another by a name that is computed.
func libraries(all []*Template) map[string]bool {
	alone := map[string]bool{}
	for _, t := range all {
		alone[t.name] = t.pure
	}
	for _, t := range all {
		walkAll(t.tree.Body, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Import:
				if !n.WithContext {
					return true
				}
			case *syntax.FromImport:
				if !n.WithContext {
					return true
				}
			}
			for _, e := range templateNames(n) {
				name, constant := constantName(e)
				if !constant {
					clear(alone)
				}
				delete(alone, name)
			}
			return true
		})
	}
	return alone
}
