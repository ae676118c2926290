package coerce

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/spf13/cast"
)

const wantFloat = "a number"

// Int converts v to an int. It takes integers of every width, floats and [json.Number] without a fraction, and text
// in decimal digits with an optional sign: "010" is 10. Spaces around text are ignored. Missing (nil), empty, out of
// range and any other value is an error, booleans and durations among them.
func Int(v any) (int, error) {
	if n, ok := v.(int); ok {
		return n, nil
	}
	n, err := signed(v, strconv.IntSize)
	return int(n), err
}

// Int64 converts v to an int64, by the rules of [Int].
func Int64(v any) (int64, error) { return signed(v, 64) }

// Uint64 converts v to a uint64, by the rules of [Int]. A negative number is an error.
func Uint64(v any) (uint64, error) { return unsigned(v, 64) }

// Float64 converts v to a float64. It takes numbers of every type, and decimal text such as "2.5" or "1e6"; integers
// beyond 2^53 are rounded. Missing (nil), empty, out of range and any other value is an error, "NaN" and "Inf" among
// them, though a float64 that is one is returned as it is.
func Float64(v any) (float64, error) { return floating(v, 64) }

// signed converts v to an integer that fits into bits.
func signed(v any, bits int) (int64, error) {
	w, reason := wholeOf(v)
	if reason != "" {
		return 0, refuse(wantSigned(bits), reason)
	}
	n, ok := w.int64()
	if !ok || n<<(64-bits)>>(64-bits) != n {
		return 0, refuse(wantSigned(bits), outOfRange)
	}
	return n, nil
}

// unsigned converts v to an integer of 0 or more that fits into bits.
func unsigned(v any, bits int) (uint64, error) {
	w, reason := wholeOf(v)
	switch {
	case reason != "":
	case w.neg && w.abs != 0:
		reason = negative
	case w.abs<<(64-bits)>>(64-bits) != w.abs:
		reason = outOfRange
	}
	if reason != "" {
		return 0, refuse(wantUnsigned(bits), reason)
	}
	return w.abs, nil
}

func wantSigned(bits int) string {
	if bits == 64 {
		return "an integer"
	}
	limit := int64(1) << (bits - 1)
	return fmt.Sprintf("an integer from %d to %d", -limit, limit-1)
}

func wantUnsigned(bits int) string {
	if bits == 64 {
		return "an integer of 0 or more"
	}
	return fmt.Sprintf("an integer from 0 to %d", uint64(1)<<bits-1)
}

// floating converts v to a float that fits into bits.
func floating(v any, bits int) (float64, error) {
	var f float64
	reason := ""
	switch n := basic(v).(type) {
	case float64:
		f = n
	case float32, int64, uint64:
		f, _ = cast.ToFloat64E(n)
	case string:
		f, reason = parseFloat(n)
	case json.Number:
		f, reason = parseFloat(string(n))
	default:
		reason = kindOf(v)
	}
	if reason == "" && bits == 32 && reflect.TypeFor[float32]().OverflowFloat(f) {
		reason = outOfRange
	}
	if reason != "" {
		return 0, refuse(wantFloat, reason)
	}
	return f, nil
}

// parseFloat reads decimal text. cast alone would also take hexadecimal, NaN and Inf.
func parseFloat(s string) (float64, string) {
	s = trim(s)
	if s == "" {
		return 0, empty
	}
	if _, ok := parseDecimal(s); !ok {
		return 0, malformed
	}
	f, err := cast.ToFloat64E(s)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, outOfRange
	case err != nil:
		return 0, malformed
	}
	return f, ""
}

// whole is an integer as sign and magnitude, wide enough for both int64 and uint64.
type whole struct {
	neg bool
	abs uint64
}

func (w whole) int64() (int64, bool) {
	if w.neg {
		return -int64(w.abs), w.abs <= 1<<63
	}
	return int64(w.abs), w.abs <= math.MaxInt64
}

func (w whole) decimal() decimal {
	return decimal{neg: w.neg, digits: strconv.FormatUint(w.abs, 10)}
}

// wholeOf returns the integer in v, or the reason why there is none.
func wholeOf(v any) (whole, string) {
	if n, ok := v.(int); ok {
		return wholeInt(int64(n)), ""
	}
	switch n := basic(v).(type) {
	case int64:
		return wholeInt(n), ""
	case uint64:
		return whole{abs: n}, ""
	case float64:
		return wholeFloat(n)
	case float32:
		return wholeFloat(float64(n))
	case string:
		return parseWhole(n)
	case json.Number:
		return wholeNumber(string(n))
	default:
		return whole{}, kindOf(v)
	}
}

func wholeInt(n int64) whole {
	if n < 0 {
		return whole{neg: true, abs: -uint64(n)}
	}
	return whole{abs: uint64(n)}
}

func wholeFloat(f float64) (whole, string) {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return whole{}, notANumber
	case math.IsInf(f, 0):
		return whole{}, infinite
	case math.Trunc(f) != f:
		return whole{}, fraction
	case abs >= 1<<64:
		return whole{}, outOfRange
	default:
		return whole{neg: f < 0, abs: uint64(abs)}, ""
	}
}

// parseWhole reads text: decimal digits with an optional sign, and nothing else.
func parseWhole(s string) (whole, string) {
	s = trim(s)
	neg, digits := cutSign(s)
	if s == "" {
		return whole{}, empty
	}
	if !isDigits(digits) {
		return whole{}, malformed
	}
	abs, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return whole{}, outOfRange
	}
	return whole{neg: neg, abs: abs}, ""
}

// wholeNumber reads a JSON number, whose fraction may be .0 and which may have an exponent.
func wholeNumber(s string) (whole, string) {
	s = trim(s)
	if s == "" {
		return whole{}, empty
	}
	d, ok := parseDecimal(s)
	if !ok {
		return whole{}, malformed
	}
	return d.whole()
}
