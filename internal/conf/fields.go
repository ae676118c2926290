package conf

import (
	"fmt"
	"reflect"
	"slices"
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

// A fieldWalk collects the fields of a struct, then those of the structs embedded in it, level by level.
type fieldWalk struct {
	fields  []field
	taken   map[string]int // position in fields by key
	first   int            // position of the first field of this level
	next    []fieldLevel
	entered map[reflect.Type]bool
}

// A fieldLevel is a struct and the way to it from the outermost one.
type fieldLevel struct {
	typ   reflect.Type
	index []int
	path  string
}

// fieldsOf returns the fields of t and of the structs embedded in it. A field hides those of embedded
// structs that have its key; the same key twice on one level is an error.
func fieldsOf(t reflect.Type) ([]field, error) {
	w := &fieldWalk{taken: map[string]int{}, entered: map[reflect.Type]bool{}, next: []fieldLevel{{typ: t}}}
	for len(w.next) > 0 {
		levels := w.next
		w.next, w.first = nil, len(w.fields)
		for _, l := range levels {
			if err := w.enter(l); err != nil {
				return nil, err
			}
		}
	}
	return w.fields, nil
}

func (w *fieldWalk) enter(l fieldLevel) error {
	w.entered[l.typ] = true
	for i := range l.typ.NumField() {
		f := l.typ.Field(i)
		index := append(slices.Clone(l.index), i)
		if inner, ok := embedded(f); ok {
			if !w.entered[inner] {
				w.next = append(w.next, fieldLevel{inner, index, l.path + f.Name + "."})
			}
			continue
		}
		if !f.IsExported() || f.Tag.Get("config") == "-" {
			continue
		}
		if err := w.add(f, index, l.path); err != nil {
			return err
		}
	}
	return nil
}

// add takes a field unless its key is taken on a level further out.
func (w *fieldWalk) add(sf reflect.StructField, index []int, path string) error {
	f, err := newField(sf, index, path)
	if err != nil {
		return err
	}
	at, taken := w.taken[f.key]
	if taken && at >= w.first {
		return fmt.Errorf("the fields %s and %s are both %s; give one of them another name with a config tag", w.fields[at].name, f.name, f.key)
	}
	if !taken {
		w.taken[f.key] = len(w.fields)
		w.fields = append(w.fields, f)
	}
	return nil
}

// embedded returns the struct type whose fields count as those of the struct around it.
func embedded(f reflect.StructField) (reflect.Type, bool) {
	t := f.Type
	if t.Kind() == reflect.Pointer && f.IsExported() {
		t = t.Elem()
	}
	_, tagged := f.Tag.Lookup("config")
	return t, f.Anonymous && !tagged && t.Kind() == reflect.Struct && !readsItself(t)
}

func newField(sf reflect.StructField, index []int, path string) (field, error) {
	name, options, _ := strings.Cut(sf.Tag.Get("config"), ",")
	f := field{name: path + sf.Name, key: name, index: index}
	if name == "" {
		f.key = strings.ToUpper(coerce.SnakeCase(sf.Name))
	}
	f.def, f.hasDef = sf.Tag.Lookup("default")
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
