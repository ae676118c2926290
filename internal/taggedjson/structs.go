package taggedjson

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// structure writes a struct, which is addressable, as encoding/json does, once nothing inside it would be
// refused there or changed without a word.
func (e *encoder) structure(v reflect.Value) error {
	if err := e.inspect(v); err != nil {
		return err
	}
	if hidesAll(v.Type()) {
		return &Error{Reason: fmt.Sprintf("a %s has no exported fields; give it a MarshalJSON", v.Type())}
	}
	return e.marshaled(v.Addr().Interface(), v.Type())
}

// hidesAll reports whether t has fields and encoding/json sees none of them.
func hidesAll(t reflect.Type) bool {
	for _, f := range reflect.VisibleFields(t) {
		if f.IsExported() {
			return false
		}
	}
	return t.NumField() > 0
}

// marshaled writes what encoding/json gives for v, a t, in canonical form.
func (e *encoder) marshaled(v any, t reflect.Type) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return &Error{Reason: fmt.Sprintf("encoding/json cannot write a %s", t), Cause: err}
	}
	if e.plain {
		e.out = append(e.out, raw...)
		return nil
	}
	content, err := decode(string(raw), nil)
	if err != nil {
		return &Error{Reason: fmt.Sprintf("the JSON of a %s: %v", t, err)}
	}
	tags := e.tags
	e.tags = nil // the content has no types to tag
	err = e.value(content)
	e.tags = tags
	return err
}

// inspect finds what encoding/json would refuse in v, or would change, and says where it is.
func (e *encoder) inspect(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Interface:
		return e.inspect(v.Elem())
	case reflect.Pointer:
		return e.inspectPointer(v)
	}
	if marshals(v.Type()) || v.CanAddr() && marshals(reflect.PointerTo(v.Type())) {
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return badUTF8()
		}
	case reflect.Float32, reflect.Float64:
		if !isFinite(v.Float()) {
			return notFinite()
		}
	case reflect.Complex64, reflect.Complex128, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return noForm(v.Type())
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
		return e.inspectInside(v)
	}
	return nil
}

func (e *encoder) inspectPointer(v reflect.Value) error {
	if v.IsNil() || marshals(v.Type()) {
		return nil
	}
	if err := e.follow(v); err != nil {
		return err
	}
	defer e.unfollow()
	return e.inspect(v.Elem())
}

func (e *encoder) inspectInside(v reflect.Value) error {
	if v.Kind() == reflect.Struct {
		return e.inspectFields(v)
	}
	if v.Kind() != reflect.Array {
		if err := e.follow(v); err != nil {
			return err
		}
		defer e.unfollow()
	}
	if v.Kind() == reflect.Map {
		return e.inspectMap(v)
	}
	if isBytes(v.Type()) {
		return nil
	}
	for i := range v.Len() {
		if err := e.inspect(v.Index(i)); err != nil {
			return under(err, indexStep(i))
		}
	}
	return nil
}

func (e *encoder) inspectMap(m reflect.Value) error {
	for iter := m.MapRange(); iter.Next(); {
		key, err := keyText(iter.Key())
		if err != nil {
			return err
		}
		if !utf8.ValidString(key) {
			return under(badUTF8(), keyStep(key))
		}
		if err := e.inspect(iter.Value()); err != nil {
			return under(err, keyStep(key))
		}
	}
	return nil
}

func (e *encoder) inspectFields(v reflect.Value) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag := field.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		hidden := tag == "-" || !field.IsExported() && !embedsStruct(field)
		if hidden || strings.Contains(options, "omitzero") && v.Field(i).IsZero() {
			continue
		}
		if err := e.inspect(v.Field(i)); err != nil {
			return under(err, fieldStep(field, name))
		}
	}
	return nil
}

func embedsStruct(field reflect.StructField) bool {
	t := field.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return field.Anonymous && t.Kind() == reflect.Struct
}

func fieldStep(field reflect.StructField, name string) string {
	if name == "" {
		name = field.Name
	}
	return keyStep(name)
}
