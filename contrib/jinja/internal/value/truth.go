package value

import (
	"math/big"
	"reflect"
	"time"
)

// Truth is bool(v): false for None, zero and what is empty. It is an error for a strict Undefined.
func Truth(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case nil:
		return false, nil
	case string:
		return v != "", nil
	case int:
		return v != 0, nil
	}
	switch v := canon(v).(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case string:
		return v != "", nil
	case Markup:
		return v.Text != "", nil
	case int:
		return v != 0, nil
	case float64:
		return v != 0, nil
	case *big.Int:
		return v.Sign() != 0, nil
	case *List:
		return len(v.Items) > 0, nil
	case Tuple:
		return len(v) > 0, nil
	case NamedTuple:
		return len(v.Tuple) > 0, nil
	case *Dict:
		return v.Len() > 0, nil
	case []any:
		return len(v) > 0, nil
	case map[string]any:
		return len(v) > 0, nil
	case []byte:
		return len(v) > 0, nil
	case Range:
		return v.Len() > 0, nil
	case time.Duration:
		return v != 0, nil
	case *Undefined:
		return false, v.strict()
	case *Function, *Generator, time.Time, Date, Clock:
		return true, nil
	case Truther:
		return v.Truth(), nil
	case Sized:
		return v.Len() > 0, nil
	case Mapping:
		return len(v.Keys()) > 0, nil
	default:
		return truthGo(reflect.ValueOf(v)), nil
	}
}

func truthGo(rv reflect.Value) bool {
	switch rv.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return rv.Len() > 0
	case reflect.Func, reflect.Chan:
		return !rv.IsNil()
	}
	return true
}
