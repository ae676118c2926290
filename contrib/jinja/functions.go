package jinja

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
	"github.com/dewar-go/dewar/contrib/jinja/internal/filters"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// addFunctions gives the engine Flask's globals and what the application adds. The error joins what is wrong with that.
func (r *Renderer) addFunctions(o *engine.Options, t *dewar.Templates) error {
	given := t.Funcs()
	if r.Translations != nil { // they go before what stands for them in html/template, which takes values as pairs
		for _, name := range []string{"_", "gettext", "ngettext", "pgettext", "npgettext"} {
			delete(given, name)
		}
	}
	o.Globals = flaskGlobals(t)
	for name, fn := range given {
		o.Globals[name] = fn
		if global, ok := fn.(dewar.TemplateGlobal); ok {
			o.Globals[name] = value.Lazy(func(rt *value.Runtime) (any, error) { return global(contextOf(rt)) })
			delete(given, name) // it is no function
		}
	}
	maps.Copy(o.Globals, r.Globals)
	var problems [2]error
	o.Filters, problems[0] = functions("Filters", r.Filters)
	o.Tests, problems[1] = functions("Tests", r.Tests)
	lend(o.Filters, filters.Filters(), given, func(reflect.Type) bool { return true })
	lend(o.Tests, filters.Tests(), given, func(t reflect.Type) bool { return t.Out(0).Kind() == reflect.Bool })
	return errors.Join(problems[:]...)
}

// functions makes the functions of one of the maps of a Renderer.
func functions(field string, given map[string]any) (map[string]*value.Function, error) {
	made := make(map[string]*value.Function, len(given))
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(given)) {
		f, err := function(name, given[name])
		if err != nil {
			problems = append(problems, fmt.Errorf("jinja: %s[%q]: %w", field, name, err))
			continue
		}
		made[name] = f
	}
	return made, errors.Join(problems...)
}

// lend adds functions of templates that can take a value to those that are written behind it, but none that is there already.
func lend(to, standard map[string]*value.Function, given map[string]any, fits func(reflect.Type) bool) {
	for name, fn := range given {
		if to[name] != nil || standard[name] != nil || !fits(reflect.TypeOf(fn)) {
			continue
		}
		if f, err := function(name, fn); err == nil {
			to[name] = f
		}
	}
}

// function makes a filter or a test of a Go function.
func function(name string, fn any) (*value.Function, error) {
	typ := reflect.TypeOf(fn)
	switch {
	case typ == nil || typ.Kind() != reflect.Func || reflect.ValueOf(fn).IsNil():
		return nil, fmt.Errorf("a %T cannot be called; give it a function", fn)
	case typ.NumOut() != 1 && (typ.NumOut() != 2 || typ.Out(1) != reflect.TypeFor[error]()):
		return nil, fmt.Errorf("a %s does not fit; return one value, or one value and an error", typ)
	}
	f := &value.Function{Name: name, Rest: typ.IsVariadic()}
	first, last := 0, typ.NumIn()
	if last > 0 && filledIn(typ.In(0)) {
		first = 1
	}
	switch {
	case f.Rest:
		last--
	case last > first && typ.In(last-1).Kind() == reflect.Map && typ.In(last-1).ConvertibleTo(reflect.TypeFor[map[string]any]()) && last-1 > first:
		f.Named = true
		last--
	}
	for i := first; i < last; i++ {
		f.Params = append(f.Params, value.Param{Name: paramName(i - first), Required: true})
	}
	if len(f.Params) == 0 && !f.Rest {
		return nil, fmt.Errorf("a %s takes no value; give it a parameter for the value it is written behind", typ)
	}
	call := value.FromGo(name, fn).Call
	f.Call = func(rt *value.Runtime, frame []any) (any, error) { return call(rt, arguments(f, frame)) }
	return f, nil
}

// filledIn reports whether a first parameter is no argument.
func filledIn(t reflect.Type) bool {
	return t == reflect.TypeFor[*dewar.Context]() || t == reflect.TypeFor[context.Context]()
}

// paramName is what an error calls a parameter, which has no name in Go.
func paramName(i int) string {
	if i == 0 {
		return "value"
	}
	return fmt.Sprintf("argument %d", i)
}

// arguments makes of the frame of f that of a function which takes any arguments.
func arguments(f *value.Function, frame []any) []any {
	n := len(f.Params)
	positional, named := value.Tuple(slices.Clone(frame[:n])), &value.Dict{}
	if f.Rest {
		positional = append(positional, frame[n].(value.Tuple)...)
		n++
	}
	if f.Named {
		named = frame[n].(*value.Dict)
	}
	return []any{positional, named}
}
