package binding

import (
	"iter"
	"reflect"
	"slices"
)

// A Field is what a Plan knows of a field, for those who describe it.
type Field struct {
	GoName               string
	Index                []int
	Type                 reflect.Type
	Tag                  reflect.StructTag
	Names                [sources]string
	Required, HasDefault bool
	Default              string
	Rules                []Rule
}

// Fields gives the fields of the struct, in the order of the source text.
func (plan *Plan) Fields() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for i := range plan.fields {
			if !yield(plan.fields[i].describe()) {
				return
			}
		}
	}
}

func (f *field) describe() Field {
	d := Field{f.goName, slices.Clone(f.index), f.typ, f.tag, f.names, f.required, f.hasDefault, f.def, nil}
	for _, c := range f.checks {
		d.Rules = append(d.Rules, c.Rule)
	}
	if f.sameName != "" {
		d.Rules = append(d.Rules, Rule{"eqfield", f.sameName})
	}
	return d
}
