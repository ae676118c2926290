// Package coerce converts loosely typed values (from configuration files, the environment, sessions, queries and
// forms) to the types a program asks for. It is github.com/spf13/cast with manners: cast does the conversions it does
// well, and this package stands before and after it where a wrong value would otherwise pass in silence. It is the
// only package that imports cast.
//
// Every function returns the zero value and an [*Error] when it cannot convert. All functions are pure and safe for
// concurrent use, as long as nobody changes the value meanwhile.
//
// # Traps of cast, and what is done instead
//
// Numbers:
//   - "010" is 8 and "08" an error: integers are decimal here, so they are 10 and 8. "0x10" and "1_000" are refused.
//   - 1.5, 1.9 and "1.5" become 1: a fraction is refused. 2.0 is 2, as a float or a json.Number.
//   - 300 becomes the int8 44, the largest uint64 becomes -1: each width is range-checked.
//   - json.Number("1e3") is an error: here it is 1000, and every json.Number is read exactly, to the last of 64 bits.
//   - NaN and infinity become arbitrary integers: they are refused, and as text they are no floats either.
//   - true is the integer 1, a [time.Duration] its nanoseconds: both are refused as numbers.
//   - "" is 0, and nil is 0, false, "" or the zero time: here nil is "missing" and empty text is "empty", both errors.
//     (Empty text is a good string and an empty list.)
//
// Booleans:
//   - "yes" and "on" are errors: true, t, yes, y, on, 1 and their opposites are read in any case.
//   - Every number but 0 is true: only 0 and 1 are booleans.
//
// Durations and times:
//   - 30 and "30" are nanoseconds: a bare number is seconds, and checked for overflow.
//   - "3:04PM" is a time in the year 0, and a zone such as PST is read as UTC: only RFC 3339 and its relatives, which
//     begin with year-month-day, and the dates of HTTP are times.
//   - A number is a time in the local zone, and milliseconds are a date in the year 55840: the result is UTC, and
//     the year must be one of 1 to 9999.
//
// Text and collections:
//   - Errors are text, and 1e300 is a 1 with 300 zeros: errors are refused, and exponents begin at 1e21.
//   - A [time.Time] prints its monotonic clock, which no parser reads: it is written in RFC 3339.
//   - "a,b c" is the list "a,b", "c": lists split on commas only.
//   - ToStringSliceE hands out the caller's own slice: [Strings] copies.
//   - ToStringMapE turns keys that are no text into text (or into "", losing entries) and parses text as JSON: keys
//     must be text, and text is not a map.
//
// Errors:
//   - cast prints the value with %#v, strconv quotes it: neither error is passed on or wrapped, because values may be
//     secrets. No error of this package contains the value or a part of it, and the keys of a map count as parts.
//   - The forms without E return 0 for everything they do not know: they are never called.
package coerce

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/spf13/cast"
)

// basic reduces v to the basic type behind it: pointers are followed (a nil one becomes nil), integers of every width
// become int64 or uint64, and named types lose their name. Anything else is returned as it is.
func basic(v any) any {
	v = deref(v)
	switch v.(type) {
	case nil, bool, string, json.Number, int64, uint64, float32, float64, time.Duration, time.Time:
		return v
	}
	if b, err := unnamed(v); err == nil {
		return b
	}
	return v
}

// unnamed has cast turn a value whose kind is basic into the basic type. It asks for nothing that cast would have to
// refuse: its errors print the value, however large.
func unnamed(v any) (any, error) {
	switch rv := reflect.ValueOf(v); {
	case rv.Kind() == reflect.String:
		return rv.String(), nil
	case rv.Kind() == reflect.Bool:
		return cast.ToBoolE(v)
	case rv.CanInt():
		return cast.ToInt64E(v)
	case rv.CanUint():
		return cast.ToUint64E(v)
	case rv.Kind() == reflect.Float32:
		return cast.ToFloat32E(v)
	case rv.Kind() == reflect.Float64:
		return cast.ToFloat64E(v)
	default:
		return v, nil
	}
}

// deref follows pointers to the value they point to; a nil pointer is nil.
func deref(v any) any {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer {
		return v
	}
	for rv.Kind() == reflect.Pointer {
		rv = rv.Elem()
	}
	if !rv.IsValid() {
		return nil
	}
	return rv.Interface()
}

// kindOf says in plain words what v is, for the reason of an error.
func kindOf(v any) string {
	switch b := basic(v).(type) {
	case nil:
		return missing
	case bool:
		return "a boolean"
	case string:
		return "text"
	case json.Number, int64, uint64, float32, float64:
		return "a number"
	case time.Duration:
		return "a duration"
	case time.Time:
		return "a time"
	default:
		return compositeKind(reflect.TypeOf(b).Kind())
	}
}

func compositeKind(k reflect.Kind) string {
	switch k {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map:
		return "a map"
	case reflect.Struct:
		return "a struct"
	default:
		return "of a type that cannot be converted"
	}
}

// trim removes ASCII white space from both ends of s.
func trim(s string) string { return strings.Trim(s, " \t\r\n\v\f") }
