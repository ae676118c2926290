package value

import (
	"database/sql/driver"
	"reflect"
)

// ofDatabase returns what a struct holds that a database knows as one value: sql.NullString and its kin, and any other driver.Valuer. NULL is nil.
// ok is false for all else, and for one that fails or gives bytes, which have a form of their own, such as JSON.
func ofDatabase(rv reflect.Value, v any) (held any, ok bool) {
	valuer, is := v.(driver.Valuer)
	if !is || rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil, false
	}
	if rv = reflect.Indirect(rv); rv.Type().PkgPath() == "database/sql" && rv.NumField() == 2 {
		return ofNull(rv)
	}
	defer func() {
		if recover() != nil {
			held, ok = nil, false
		}
	}()
	held, err := valuer.Value()
	_, raw := held.([]byte)
	return held, err == nil && !raw
}

// ofNull reads a sql.Null[T] and its kin: the value, and whether it is valid.
func ofNull(rv reflect.Value) (any, bool) {
	if valid := rv.Field(1); valid.Kind() != reflect.Bool || !valid.Bool() {
		return nil, valid.Kind() == reflect.Bool
	}
	return rv.Field(0).Interface(), true
}
