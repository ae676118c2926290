package value

import (
	"html/template"
	"iter"
	"reflect"
)

// An Attributed is Go data that says itself what a template gets by a name: a form gives its fields. What it does not have is looked for in
// the struct.
type Attributed interface {
	// TemplateAttr returns what a template gets by a name, and whether there is something.
	TemplateAttr(name string) (any, bool)
}

// A Called is Go data that can be called. Named arguments come as names and values in turn, behind the others.
type Called interface {
	// TemplateCall calls it.
	TemplateCall(args ...any) (template.HTML, error)
}

// A Shown is Go data that shows as HTML, what has __html__ in Python.
type Shown interface {
	// TemplateHTML returns it as HTML.
	TemplateHTML() template.HTML
}

// makesHTML reports whether v is Go data that makes HTML, in which is what users have typed.
func makesHTML(v any) bool {
	switch v.(type) {
	case Attributed, Called, Shown:
		return true
	}
	return false
}

// asHTML gives HTML that such data has made the language that it was made for: it is escaped again in a script or an attribute.
func asHTML(v any) any {
	if text, ok := v.(template.HTML); ok {
		return Markup{Text: string(text), Language: HTML}
	}
	return v
}

// A maker is a method of Go data that makes HTML.
type maker struct {
	name   string
	method any
}

// Call calls it.
func (m maker) Call(rt *Runtime, args Args) (any, error) {
	v, err := callGo(rt, m.name, m.method, args)
	return asHTML(v), err
}

var attributedInterface = reflect.TypeFor[Attributed]()

// seqOfAll returns what the method All of Go data gives, as an iterator of any kind, or nil.
func seqOfAll(v any) iter.Seq[any] {
	if v == nil || isNilPointer(v) {
		return nil
	}
	m := reflect.ValueOf(v).MethodByName("All")
	if !m.IsValid() || m.Type().NumIn() != 0 || m.Type().NumOut() != 1 || m.Type().Out(0).Kind() != reflect.Func || !m.Type().Out(0).CanSeq() {
		return nil
	}
	return func(yield func(any) bool) { // which calls it where a panic is recovered
		for item := range m.Call(nil)[0].Seq() {
			if !yield(item.Interface()) {
				return
			}
		}
	}
}

func isNilPointer(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}

// inTurn appends named arguments as names and values.
func inTurn(positional []any, named []Named) ([]any, error) {
	all := positional[:len(positional):len(positional)]
	for _, n := range named {
		v, err := plain(n.Value, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, n.Name, v)
	}
	return all, nil
}
