// Package errtree walks the tree of an error.
package errtree

import (
	"errors"
	"iter"
	"reflect"
)

// All yields err and the errors inside it, the outer before the inner and those of a list in their order, as errors.As
// looks at them. An error that a struct embeds is inside it too, and before what the struct wraps: the promoted Unwrap
// of what is embedded would pass it over. Nil and pointers that are nil are left out, because
// their methods may panic.
func All(err error) iter.Seq[error] {
	return func(yield func(error) bool) { walk(err, yield) }
}

// walk reports whether yield wants more.
func walk(err error, yield func(error) bool) bool {
	if IsNil(err) {
		return true
	}
	if !yield(err) {
		return false
	}
	embedded := embeddedIn(reflect.ValueOf(err))
	for _, e := range embedded {
		if !walk(e, yield) {
			return false
		}
	}
	for _, e := range Wrapped(err) {
		if !promoted(e, embedded) && !walk(e, yield) {
			return false
		}
	}
	return true
}

// IsNil reports whether err is nil, or a pointer that is.
func IsNil(err error) bool {
	v := reflect.ValueOf(err)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// Wrapped returns what err unwraps to.
func Wrapped(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return []error{inner}
		}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}

// Has reports whether target is err or inside it, as errors.Is does. Errors that cannot be compared, on which that
// panics, are the same when all in them is.
func Has(err, target error) bool {
	if reflect.ValueOf(target).Comparable() {
		return errors.Is(err, target)
	}
	for e := range All(err) {
		if reflect.DeepEqual(e, target) {
			return true
		}
	}
	return false
}

// promoted reports whether an embedded error wraps e, so that it has been seen.
func promoted(e error, embedded []error) bool {
	for _, outer := range embedded {
		for _, inner := range Wrapped(outer) {
			if reflect.TypeOf(inner) == reflect.TypeOf(e) && reflect.ValueOf(e).Comparable() && inner == e {
				return true
			}
		}
	}
	return false
}

// embeddedIn returns the errors that a struct, or what a pointer points to, embeds.
func embeddedIn(v reflect.Value) (found []error) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	if !v.CanAddr() {
		kept := reflect.New(v.Type()).Elem()
		kept.Set(v)
		v = kept
	}
	for i := range v.NumField() {
		if !v.Type().Field(i).Anonymous {
			continue
		}
		if err := asError(v.Field(i)); !IsNil(err) {
			found = append(found, err)
		}
	}
	return found
}

// asError returns a field, or a pointer to it, as an error; nil if it is none. The methods of an embedded error are
// promoted, whatever its name, so its type being unexported hides nothing.
func asError(field reflect.Value) error {
	p := reflect.NewAt(field.Type(), field.Addr().UnsafePointer())
	if err, ok := p.Elem().Interface().(error); ok {
		return err
	}
	err, _ := p.Interface().(error)
	return err
}
