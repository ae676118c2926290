package dewar

import (
	"fmt"
	"reflect"

	"github.com/dewar-go/dewar/internal/binding"
)

// A BoundField is a field that [Context.Bind] sets, as [FieldsOf] describes it. It must not be changed.
type BoundField struct {
	// Name is its name in Go, Index the way to it for [reflect.Value.FieldByIndex].
	Name  string
	Index []int
	Type  reflect.Type
	// Tag has all its tags, for what else a package may want to read there.
	Tag reflect.StructTag
	// Path, Query, Header, Cookie, Form and JSON are its names in the parts of a request, "" where it has none.
	Path, Query, Header, Cookie, Form, JSON string
	// Required says that it must be there. Default is what it gets when it is not, if HasDefault.
	Required, HasDefault bool
	Default              string
	// Rules are its constraints, in the order of the table of Bind; eqfield is the last. Those of a list are about its items,
	// but for minitems, maxitems and unique.
	Rules []Rule
}

// A Rule is a constraint on a field: the tag, such as maxlength, and its text.
type Rule struct{ Name, Limit string }

// FieldsOf returns what [Context.Bind] sets in v, in the order of the source text: those of embedded structs too, and not those of
// structs inside JSON, which are asked for by their own types. v is a struct, a pointer to one, or the [reflect.Type] of either. The
// error is a mistake in the struct or its tags, as Bind reports it. It is meant for packages that describe what an App takes; it makes its
// answer anew each time.
func FieldsOf(v any) ([]BoundField, error) {
	t, ok := v.(reflect.Type)
	if !ok {
		t = reflect.TypeOf(v)
	}
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("dewar: FieldsOf(%v): pass a struct or its type", t)
	}
	plan, err := new(binding.Plans).Of(t)
	if err != nil {
		return nil, fmt.Errorf("dewar: FieldsOf: %w", err)
	}
	var fields []BoundField
	for f := range plan.Fields() {
		fields = append(fields, boundField(f))
	}
	return fields, nil
}

func boundField(f binding.Field) BoundField {
	b := BoundField{
		Name: f.GoName, Index: f.Index, Type: f.Type, Tag: f.Tag,
		Path: f.Names[binding.Path], Query: f.Names[binding.Query], Header: f.Names[binding.Header],
		Cookie: f.Names[binding.Cookie], Form: f.Names[binding.Form], JSON: f.Names[binding.JSON],
		Required: f.Required, HasDefault: f.HasDefault, Default: f.Default,
	}
	for _, rule := range f.Rules {
		b.Rules = append(b.Rules, Rule(rule))
	}
	return b
}
