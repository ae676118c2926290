package value

import (
	"math/big"
	"reflect"
	"time"
)

// TypeName returns the name of v's class as Python has it: str, int, dict, list, NoneType; that of the Go type for structs.
func TypeName(v any) string {
	switch v := canon(v).(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int, *big.Int:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case Markup:
		return "Markup"
	case *List, []any:
		return "list"
	case Tuple:
		return "tuple"
	case NamedTuple:
		return v.class()
	case *Dict, map[string]any:
		return "dict"
	case Range:
		return "range"
	case []byte:
		return "bytes"
	case time.Time:
		return "datetime"
	case Date:
		return "date"
	case Clock:
		return "time"
	case time.Duration:
		return "timedelta"
	case *Undefined:
		return v.class()
	case *Generator:
		return "generator"
	case *Function:
		return "function"
	case Typer:
		return v.TypeName()
	default:
		return goTypeName(reflect.TypeOf(v))
	}
}

func goTypeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return goTypeName(t.Elem())
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Map:
		return "dict"
	case reflect.Func:
		if isSeq(t) {
			return "generator"
		}
		return "function"
	}
	if t.Name() == "" {
		return "object"
	}
	return t.Name()
}

// qualified is TypeName with the module where Jinja shows it.
func qualified(v any) string {
	switch canon(v).(type) {
	case time.Time, Date, Clock, time.Duration:
		return "datetime." + TypeName(v)
	case Markup:
		return "markupsafe.Markup"
	case *Undefined:
		return "jinja2.runtime." + TypeName(v)
	}
	return TypeName(v)
}
