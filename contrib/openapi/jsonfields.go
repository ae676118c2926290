package openapi

import (
	"reflect"
	"slices"
	"strings"
)

// A jsonField is a member of the JSON object that encoding/json makes of a struct.
type jsonField struct {
	reflect.StructField
	name          string
	tagged        bool
	omitted       bool // when it is empty
	quoted        bool // numbers and booleans as text
	behindPointer bool // in an embedded struct that may not be there
}

// jsonFields returns the members in the order of the source text. Of those of one name the least deep counts, of those of one depth the one
// with a tag; if there are several none does.
func jsonFields(t reflect.Type) []jsonField {
	var all []jsonField
	collectJSON(t, nil, false, map[reflect.Type]bool{}, &all)
	var fields []jsonField
	for _, f := range all {
		if dominates(f, all) {
			fields = append(fields, f)
		}
	}
	return fields
}

func dominates(f jsonField, all []jsonField) bool {
	return !slices.ContainsFunc(all, func(o jsonField) bool {
		if o.name != f.name || slices.Equal(o.Index, f.Index) {
			return false
		}
		if len(o.Index) != len(f.Index) {
			return len(o.Index) < len(f.Index)
		}
		return o.tagged || !f.tagged
	})
}

func collectJSON(t reflect.Type, index []int, behind bool, inside map[reflect.Type]bool, all *[]jsonField) {
	if inside[t] {
		return
	}
	inside[t] = true
	defer delete(inside, t)
	for i := range t.NumField() {
		f := t.Field(i)
		f.Index = append(slices.Clone(index), i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		embedded := f.Type
		if f.Anonymous && embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		switch {
		case tag == "-", !f.IsExported() && (!f.Anonymous || embedded.Kind() != reflect.Struct):
		case f.Anonymous && name == "" && embedded.Kind() == reflect.Struct:
			collectJSON(embedded, f.Index, behind || embedded != f.Type, inside, all)
		case f.IsExported():
			*all = append(*all, newJSONField(f, name, strings.Split(options, ","), behind))
		}
	}
}

func newJSONField(f reflect.StructField, name string, options []string, behind bool) jsonField {
	field := jsonField{StructField: f, name: name, tagged: name != "", behindPointer: behind}
	if name == "" {
		field.name = f.Name
	}
	kind := f.Type.Kind()
	if kind == reflect.Pointer {
		kind = f.Type.Elem().Kind()
	}
	plain := reflect.Bool <= kind && kind <= reflect.Float64 || kind == reflect.String
	field.quoted = plain && slices.Contains(options, "string")
	emptiable := f.Type.Kind() != reflect.Struct && (f.Type.Kind() != reflect.Array || f.Type.Len() == 0)
	field.omitted = slices.Contains(options, "omitzero") || emptiable && slices.Contains(options, "omitempty")
	return field
}
