package conf

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// FromObject takes the fields of a struct.
func (c *Store) FromObject(obj any, site string) error {
	v := reflect.ValueOf(obj)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return objectError(obj)
	}
	m, err := mappingOf(v)
	if err != nil {
		return fmt.Errorf("config from %T: %w", obj, err)
	}
	if key := lowerKey(m); key != "" {
		return fmt.Errorf("config from %T: the key %q is not upper-case; change its tag", obj, key)
	}
	return c.take(m, upper, site)
}

func objectError(obj any) error {
	switch reflect.ValueOf(obj).Kind() {
	case reflect.Map:
		return fmt.Errorf("config from %T: want a struct; pass a mapping to FromMapping", obj)
	case reflect.String:
		return errors.New("config from a string: want a struct; pass the struct itself, or read a file with FromFile")
	}
	return fmt.Errorf("config from %T: want a struct or a pointer to one that is not nil", obj)
}

func lowerKey(m map[string]any) string {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !upper(key) {
			return key
		}
	}
	return ""
}

// mappingOf returns the fields of a struct by their keys.
func mappingOf(v reflect.Value) (map[string]any, error) {
	fields, err := fieldsOf(v.Type())
	if err != nil {
		return nil, err
	}
	m := map[string]any{}
	for _, f := range fields {
		field, err := v.FieldByIndexErr(f.index)
		if err != nil || f.omitZero && field.IsZero() { // the error is an embedded nil pointer
			continue
		}
		value, ok, err := valueOf(field)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if ok {
			m[f.key] = value
		}
	}
	return m, nil
}

// valueOf returns what a field stands for; ok is false for a nil pointer.
func valueOf(field reflect.Value) (value any, ok bool, err error) {
	if field.Kind() == reflect.Pointer {
		if field.IsNil() {
			return nil, false, nil
		}
		if field.Type().Elem().Kind() != reflect.Struct {
			return valueOf(field.Elem())
		}
	}
	if isSection(field.Type()) {
		m, err := mappingOf(field)
		return m, true, err
	}
	return field.Interface(), true, nil
}

// isSection reports whether t is a struct that stands for a mapping, not for a value of its own.
func isSection(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || t.NumField() == 0 || readsItself(t) {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); !f.IsExported() && !f.Anonymous {
			return false
		}
	}
	return true
}

// readsItself reports whether values of type t, such as times and URLs, are read as a whole.
func readsItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) ||
		p.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]())
}
