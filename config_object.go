package dewar

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"

	"github.com/dewar-go/dewar/internal/callsite"
)

// FromObject takes the exported fields of a struct, or of what a pointer to one points to: SecretKey is
// SECRET_KEY, OAuth2ClientID is OAUTH2_CLIENT_ID, and the tag config:"NAME" gives another name, which must be
// upper-case. A field tagged config:"-" is left out, one tagged config:",omitzero" when it has its zero value;
// any other zero value counts. Fields of embedded structs count as well, unless the outer struct has the key.
//
// A struct inside becomes a mapping by the same rules, so that DB.Host is HOST in DB; one that reads itself from
// text, as time.Time does, or has unexported fields stays what it is. A pointer to a plain value is followed and
// a nil one leaves its key alone; a pointer to a struct is taken as it is.
//
// If one value is wrong nothing is taken, and the error names them all.
func (c *Config) FromObject(obj any) error {
	v := reflect.ValueOf(obj)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return objectError(obj)
	}
	m, err := mappingOf(v)
	if err != nil {
		return fmt.Errorf("dewar: config from %T: %w", obj, err)
	}
	if key := lowerKey(m); key != "" {
		return fmt.Errorf("dewar: config from %T: the key %q is not upper-case; change its tag", obj, key)
	}
	return c.fromMapping(m, upper, callsite.Site())
}

func objectError(obj any) error {
	switch reflect.ValueOf(obj).Kind() {
	case reflect.Map:
		return fmt.Errorf("dewar: config from %T: want a struct; pass a mapping to FromMapping", obj)
	case reflect.String:
		return errors.New("dewar: config from a string: want a struct; pass the struct itself, or read a file with FromFile")
	}
	return fmt.Errorf("dewar: config from %T: want a struct or a pointer to one that is not nil", obj)
}

func lowerKey(m Map) string {
	for _, key := range sortedKeys(m) {
		if !upper(key) {
			return key
		}
	}
	return ""
}

// mappingOf returns the fields of a struct by their keys.
func mappingOf(v reflect.Value) (Map, error) {
	fields, err := configFields(v.Type())
	if err != nil {
		return nil, err
	}
	m := Map{}
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
