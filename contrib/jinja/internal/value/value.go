// Package value is Python's values as templates see them: operators, attributes, methods and texts of any Go value.
//
// # Kinds
//
// A value is an any. What templates make is canonical: nil (None), bool, int, *big.Int (only where int is too small), float64, string,
// [Markup], *[List], [Tuple], [NamedTuple], *[Dict], [Range], *[Undefined], *[Function], time.Time (datetime), [Date], [Clock],
// time.Duration (timedelta), []byte and *[Generator]. Every function of this package takes any Go value besides: all number kinds, named
// types, pointers, structs, maps, slices, arrays, iter.Seq and iter.Seq2, funcs, template.HTML, and what implements [Object]. A nil pointer
// or interface is None; a nil map or slice is empty.
//
// # Safety
//
// Names that begin with an underscore are no attributes. Methods of templates never change Go data of the application: only a [List], a
// [Dict] and their like, which templates made, can be changed. What a value costs is asked of the [Budget] before it is made.
//
// # Concurrency
//
// Functions may be called by many goroutines, each with a [Runtime] of its own. Values are as safe as the Go data behind them.
package value

import (
	"html/template"
	"math/big"
	"reflect"
	"strconv"
	"time"
)

// canon returns v in its canonical kind: numbers, texts and named types of them, and what simple pointers point at. All else stays as it is.
func canon(v any) any {
	switch v := v.(type) {
	case nil, bool, int, float64, string, Markup, Tuple, NamedTuple, Range, time.Time, Date, Clock, time.Duration, []byte, []any, map[string]any:
		return v
	case *List:
		return noNil(v, v == nil)
	case *Dict:
		return noNil(v, v == nil)
	case *Undefined:
		return noNil(v, v == nil)
	case *Function:
		return noNil(v, v == nil)
	case *Generator:
		return noNil(v, v == nil)
	case *big.Int:
		if v == nil {
			return nil
		}
		return shrink(v)
	case big.Int:
		return shrink(&v)
	case template.HTML:
		return Markup{Text: string(v)}
	case int64:
		return int(v)
	case List:
		return &v
	case Dict:
		return &v
	case Undefined:
		return &v
	}
	return canonGo(reflect.ValueOf(v), v)
}

func noNil(v any, isNil bool) any {
	if isNil {
		return nil
	}
	return v
}

// canonGo is canon for the kinds that only reflection knows.
func canonGo(rv reflect.Value, v any) any {
	switch rv.Kind() {
	case reflect.Bool:
		return rv.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return int(rv.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return fromUint(rv.Uint())
	case reflect.Float32:
		return widen(float32(rv.Float()))
	case reflect.Float64:
		return rv.Float()
	case reflect.String:
		return rv.String()
	case reflect.Slice:
		if rv.Type().Elem().Kind() == reflect.Uint8 {
			return rv.Bytes()
		}
	case reflect.Pointer:
		return canonPointer(rv, v)
	case reflect.Struct:
		if held, ok := ofDatabase(rv, v); ok {
			return canonHeld(v, held)
		}
	}
	return v
}

// canonHeld is canon for what a database has, unless v holds itself.
func canonHeld(v, held any) any {
	if reflect.TypeOf(held) == reflect.TypeOf(v) {
		return v
	}
	return canon(held)
}

// canonPointer goes through pointers, but leaves a pointer to a struct and what is an Object or callable itself.
func canonPointer(rv reflect.Value, v any) any {
	if rv.IsNil() {
		return nil
	}
	if t, ok := v.(*time.Time); ok {
		return *t
	}
	switch v.(type) {
	case Object, Callable, Iterable:
		return v
	}
	if rv.Elem().Kind() == reflect.Struct {
		if m, ok := v.(*Markup); ok {
			return *m
		}
		if held, ok := ofDatabase(rv, v); ok {
			return canonHeld(v, held)
		}
		return v
	}
	if !rv.Elem().CanInterface() {
		return v
	}
	return canon(rv.Elem().Interface())
}

// widen makes a float64 of f that shows as f does: 0.1, not 0.10000000149011612.
func widen(f float32) float64 {
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil {
		return float64(f)
	}
	return wide
}

func fromUint(u uint64) any {
	if u <= 1<<63-1 {
		return int(u)
	}
	return new(big.Int).SetUint64(u)
}

// Canon returns v in its canonical kind, what the package comment says: a named string as a string, NULL of a database as nil. All that is no
// such kind stays as it is.
func Canon(v any) any { return canon(v) }

// IsNone reports whether v is None: nil, or a nil pointer.
func IsNone(v any) bool { return canon(v) == nil }
