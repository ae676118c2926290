package pages

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/dewar-go/dewar/internal/suggest"
)

// RefuseFunc says why templates cannot call fn under name, or "".
func RefuseFunc(name string, fn any) string {
	typ := reflect.TypeOf(fn)
	switch {
	case !identifier(name):
		return "a name is made of letters, digits and underscores and does not begin with a digit"
	case reserved(name):
		return "the name is taken by templates themselves; choose another"
	case typ == nil || typ.Kind() != reflect.Func || reflect.ValueOf(fn).IsNil():
		return fmt.Sprintf("a value of type %T cannot be called; pass a function", fn)
	case typ.NumOut() != 1 && (typ.NumOut() != 2 || typ.Out(1) != reflect.TypeFor[error]()):
		return fmt.Sprintf("a %s cannot be called by templates; return one value, or one value and an error", typ)
	}
	return ""
}

func identifier(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}

// builtins are the functions that Go's templates have.
var builtins = []string{
	"and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print", "printf",
	"println", "slice", "urlquery",
}

// keywords are the words of the template language that a function could not be called by.
var keywords = []string{
	"block", "break", "continue", "define", "else", "end", "false", "if", "nil", "range", "template", "true", "with",
}

// reserved reports whether name means something in Go's templates, or to html/template and this package themselves.
func reserved(name string) bool {
	return slices.Contains(builtins, name) || slices.Contains(keywords, name) ||
		strings.HasPrefix(name, "_html_template_") || name == "_eval_args_" || name == declarationFunc || name == requireFunc || name == shownFunc
}

// sortFuncs puts the functions that get the value of the execution apart from those that do not.
func (l *Library[T]) sortFuncs() {
	l.known = map[string]any{declarationFunc: declaration}
	l.wanting = map[string]reflect.Value{}
	all := maps.Clone(l.Filters)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, l.Funcs)
	for name, fn := range all {
		v := reflect.ValueOf(fn)
		if t := v.Type(); t.NumIn() > 0 && t.In(0) == reflect.TypeFor[T]() {
			l.wanting[name] = v
			continue
		}
		l.known[name] = fn
	}
	var none T
	maps.Copy(l.known, l.bind(&none))
}

// isFilter reports whether name is that of a filter, which nobody has replaced.
func (l *Library[T]) isFilter(name string) bool {
	return l.Filters[name] != nil && l.Funcs[name] == nil
}

// bind returns the functions that see the value which current points to when they are called.
func (l *Library[T]) bind(current *T) map[string]any {
	funcs := map[string]any{}
	if l.Bind != nil {
		funcs = l.Bind(current)
	}
	for name, fn := range l.wanting {
		funcs[name] = fill(fn, current)
	}
	return funcs
}

// fill returns fn without its first parameter, which is what current points to when it is called. The other types
// stay, so that templates convert and check arguments as for any function.
func fill[T any](fn reflect.Value, current *T) any {
	t := fn.Type()
	var in, out []reflect.Type
	for i := 1; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	call := fn.Call
	if t.IsVariadic() {
		call = fn.CallSlice
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, t.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		return call(slices.Insert(args, 0, reflect.ValueOf(current).Elem()))
	}).Interface()
}

// funcCure says what to write in place of an unknown function.
func (l *Library[T]) funcCure(name string) string {
	if cure := filterCures[name]; cure != "" {
		return "; " + cure
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(l.known)), func(s string) bool { return s == declarationFunc })
	near := suggest.Within((len(name)+1)/3, name, append(names, builtins...)) // _ is no g, None no ne
	if l.Cure != nil {
		return l.Cure(name, near)
	}
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", near)
}
