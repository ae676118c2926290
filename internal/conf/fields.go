package conf

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/dewar-go/dewar/internal/coerce"
)

// A field is a field of a struct that stands for a key, for FromObject and Decode.
type field struct {
	name     string // in Go, with the embedded structs it is in
	key      string
	index    []int
	omitZero bool
	required bool
	def      string
	hasDef   bool
}

// fieldsOf returns the fields of t and of the structs embedded in it. A field hides those of embedded
// structs that have its key; the same key twice on one level is an error.
func fieldsOf(t reflect.Type) ([]field, error) {
	found := coerce.Fields(t, readField)
	fields := make([]field, len(found))
	for i, sf := range found {
		f, err := newField(sf)
		if err != nil {
			return nil, err
		}
		if sf.Twin != "" {
			return nil, fmt.Errorf("the fields %s and %s are both %s; give one of them another name with a config tag", sf.Twin, f.name, f.key)
		}
		fields[i] = f
	}
	return fields, nil
}

// readField says what a field is by its config tag: one that goes by its key, or an embedded struct whose fields count
// instead.
func readField(f reflect.StructField) (key string, inside bool) {
	tag, tagged := f.Tag.Lookup("config")
	switch {
	case !tagged && coerce.CanFlatten(f) && !readsItself(pointee(f.Type)):
		return "", true
	case !f.IsExported() || tag == "-":
		return "", false
	}
	if name, _, _ := strings.Cut(tag, ","); name != "" {
		return name, false
	}
	return strings.ToUpper(coerce.SnakeCase(f.Name)), false
}

func newField(sf coerce.Field) (field, error) {
	f := field{name: sf.Path, key: sf.Key, index: sf.Index}
	f.def, f.hasDef = sf.Tag.Lookup("default")
	_, options, _ := strings.Cut(sf.Tag.Get("config"), ",")
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "":
		case "omitzero":
			f.omitZero = true
		case "required":
			f.required = true
		default:
			return f, fmt.Errorf("field %s: the config tag has the unknown option %q; known are omitzero and required", f.name, option)
		}
	}
	return f, nil
}
