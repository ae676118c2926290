package coerce

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cast"
)

const (
	wantBool = "true or false"
	wantText = "text"
)

// Bool converts v to a bool. It takes booleans, the words true, t, yes, y, on and false, f, no, n, off in any case,
// and the numbers 0 and 1. Missing (nil), empty and any other value is an error.
func Bool(v any) (bool, error) {
	switch b := basic(v).(type) {
	case bool:
		return b, nil
	case string:
		return parseBool(b)
	}
	w, reason := wholeOf(v)
	if reason == "" && (w.abs > 1 || w.neg && w.abs != 0) {
		reason = "neither 0 nor 1"
	}
	if reason != "" {
		return false, refuse(wantBool, reason)
	}
	return w.abs == 1, nil
}

func parseBool(s string) (bool, error) {
	switch strings.ToLower(trim(s)) {
	case "true", "t", "yes", "y", "on", "1":
		return true, nil
	case "false", "f", "no", "n", "off", "0":
		return false, nil
	case "":
		return false, refuse(wantBool, empty)
	default:
		return false, refuse(wantBool, malformed)
	}
}

// String converts v to text. It takes strings, byte slices, booleans, numbers, times (RFC 3339) and every
// [fmt.Stringer]. Floats are written plainly below 1e21 and with an exponent from there. Empty text is a value like
// any other; missing (nil) is an error, as are errors, lists, maps and structs.
func String(v any) (string, error) {
	s, reason := textOf(v)
	if reason != "" {
		return "", refuse(wantText, reason)
	}
	return s, nil
}

// textOf returns v as text, or the reason why it is none.
func textOf(v any) (string, string) {
	switch s := v.(type) {
	case string:
		return s, ""
	case nil:
		return "", missing
	case time.Time:
		return s.Format(time.RFC3339Nano), ""
	case error:
		return "", "an error"
	case fmt.Stringer:
		return stringerText(s)
	}
	return plainText(v)
}

// stringerText asks s for its text. A nil one is missing: its method would panic, or print "<nil>".
func stringerText(s fmt.Stringer) (string, string) {
	switch rv := reflect.ValueOf(s); rv.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if rv.IsNil() {
			return "", missing
		}
	}
	if t, ok := s.(*time.Time); ok {
		return textOf(*t)
	}
	return s.String(), ""
}

// plainText converts what has no String method: the basic kinds, byte slices, and pointers to what textOf knows.
func plainText(v any) (string, string) {
	rv := reflect.ValueOf(v)
	switch {
	case rv.Kind() == reflect.Pointer && rv.IsNil():
		return "", missing
	case rv.Kind() == reflect.Pointer:
		return textOf(rv.Elem().Interface())
	case rv.CanFloat():
		return formatFloat(rv.Float(), rv.Type().Bits()), ""
	case isBytes(rv.Type()):
		return string(rv.Bytes()), ""
	case !isBasicKind(rv.Kind()):
		return "", kindOf(v)
	}
	s, err := cast.ToStringE(v)
	if err != nil {
		return "", kindOf(v)
	}
	return s, ""
}

// formatFloat writes f as a person would, without an exponent, up to the size where JSON and JavaScript begin one.
func formatFloat(f float64, bits int) string {
	if math.Abs(f) < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, bits)
	}
	return strconv.FormatFloat(f, 'e', -1, bits)
}

func isBytes(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

// isBasicKind reports whether values of kind k are booleans, numbers or strings.
func isBasicKind(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Float64 && k != reflect.Uintptr || k == reflect.String
}
