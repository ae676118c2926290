package coerce

import (
	"reflect"
	"slices"
)

// A Field is a field of a struct, or of a struct embedded in it.
type Field struct {
	reflect.StructField        // its Index is the way from the outermost struct
	Key                 string // the name it goes by
	Path                string // its Go name, behind those of the structs it is in: Base.Name
	Twin                string // the Path of the first field with its Key on its level, if that is another one
}

// Fields returns the fields of the struct type t, level by level: its own, then those of the structs embedded in it,
// then theirs. A field hides those further in that have its key, as in Go; of those with one key on one level all
// are returned, and all but the first have a Twin.
//
// What a field is, read says: the key that it goes by, which is empty for one that is left out, or that it is an
// embedded struct whose own fields count instead. That must be an anonymous field of a struct type or of a pointer to one.
func Fields(t reflect.Type, read func(reflect.StructField) (key string, inside bool)) []Field {
	w := walk{read: read, taken: map[string]int{}, entered: map[reflect.Type]bool{}}
	for level := []Field{{StructField: reflect.StructField{Type: t}}}; len(level) > 0; {
		level = w.enter(level)
	}
	return w.fields
}

type walk struct {
	read    func(reflect.StructField) (string, bool)
	fields  []Field
	taken   map[string]int // the position of the first field by its key
	entered map[reflect.Type]bool
}

// enter collects the fields of the structs on one level and returns the structs embedded in them. A type is entered on
// one level only, for it may embed a pointer to itself; further in, its fields would be hidden.
func (w *walk) enter(level []Field) (next []Field) {
	first := len(w.fields)
	for _, outer := range level {
		t := pointee(outer.Type)
		w.entered[t] = true
		for i := range t.NumField() {
			f := Field{StructField: t.Field(i)}
			f.Path = outer.Path + f.Name
			f.Index = append(slices.Clone(outer.Index), i)
			key, inside := w.read(f.StructField)
			switch {
			case inside && !w.entered[pointee(f.Type)]:
				f.Path += "."
				next = append(next, f)
			case !inside && key != "":
				f.Key = key
				w.add(f, first)
			}
		}
	}
	return next
}

func (w *walk) add(f Field, first int) {
	at, taken := w.taken[f.Key]
	switch {
	case !taken:
		w.taken[f.Key] = len(w.fields)
	case at < first:
		return
	default:
		f.Twin = w.fields[at].Path
	}
	w.fields = append(w.fields, f)
}

// CanFlatten reports whether f is an embedded struct whose fields can be set as those of the struct around it, which
// those of an embedded pointer to an unexported type cannot.
func CanFlatten(f reflect.StructField) bool {
	return f.Anonymous && pointee(f.Type).Kind() == reflect.Struct && (f.IsExported() || f.Type.Kind() != reflect.Pointer)
}

// FieldAt returns the field of v at index, allocating embedded pointers on the way.
func FieldAt(v reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

func pointee(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}
