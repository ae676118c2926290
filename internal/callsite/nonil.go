package callsite

import (
	"fmt"
	"reflect"
)

// NoNil panics when something to register is nil, naming the line and the method what.
func NoNil[T any](what string, values ...T) {
	for _, value := range values {
		v := reflect.ValueOf(value)
		if !v.IsValid() || (v.Kind() == reflect.Func || v.Kind() == reflect.Pointer) && v.IsNil() {
			panic(fmt.Sprintf("dewar: %s: %s(nil): pass %s", Site(), what, wanted(reflect.TypeFor[T]())))
		}
	}
}

// wanted says what to pass in place of nil.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Func:
		return "a function"
	case reflect.Pointer:
		return "a " + t.Elem().Name()
	}
	return "a value of type " + t.String()
}
