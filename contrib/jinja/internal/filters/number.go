package filters

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// isTypeError tells whether Python would raise a TypeError.
func isTypeError(err error) bool { return isKind(err, "TypeError") }

func isKind(err error, kinds ...string) bool {
	var e *value.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, kind := range kinds {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// isDigit is what \d takes.
func isDigit(r rune) bool { return unicode.Is(unicode.Nd, r) }

// abs is abs(x).
func abs(rt *value.Runtime, args []any) (any, error) {
	if d, ok := args[0].(time.Duration); ok {
		return max(d, -d), nil
	}
	if !isNumber(args[0]) {
		return nil, fail("TypeError", "bad operand type for abs(): '%s'", value.TypeName(args[0]))
	}
	if f, ok := realFloat(args[0]); ok {
		return math.Abs(f), nil
	}
	negative, err := value.Compare(rt, "<", args[0], 0)
	if err != nil {
		return nil, err
	}
	if negative {
		return value.Unary(rt, "-", args[0])
	}
	return value.Unary(rt, "+", args[0])
}

// isNumber tells int, bool and float.
func isNumber(v any) bool {
	if _, ok := v.(*big.Int); ok {
		return true
	}
	if _, ok := value.AsInt(v); ok {
		return true
	}
	_, ok := value.AsFloat(v)
	return ok
}

// realFloat is v if it is a float, and no int.
func realFloat(v any) (float64, bool) {
	if _, ok := v.(*big.Int); ok {
		return 0, false
	}
	if _, ok := value.AsInt(v); ok {
		return 0, false
	}
	return value.AsFloat(v)
}

// asBig is v if it is an int or a bool.
func asBig(v any) (*big.Int, bool) {
	if n, ok := v.(*big.Int); ok {
		return n, true
	}
	n, ok := value.AsInt(v)
	return big.NewInt(int64(n)), ok
}

// integer is int(v), or the default where v is no number. Text such as "42.23" is a number too.
func integer(rt *value.Runtime, args []any) (any, error) {
	n, err := toInt(rt, args[0], args[2])
	if !isKind(err, "TypeError", "ValueError") {
		return n, err
	}
	f, err := toFloat(rt, args[0])
	if err == nil {
		n, err = truncated(f)
	}
	if isKind(err, "TypeError", "ValueError", "OverflowError") {
		return args[1], nil
	}
	return n, err
}

// toInt is int(v), or int(v, base) for text.
func toInt(rt *value.Runtime, v, base any) (any, error) {
	if s, ok := value.AsString(v); ok {
		n, err := asInt(base)
		if err != nil {
			return nil, err
		}
		if err := rt.Spend(len(s)); err != nil {
			return nil, err
		}
		i, ok := value.ParseInt(s, n)
		if !ok {
			return nil, fail("ValueError", "invalid literal for int() with base %d", n)
		}
		return i, nil
	}
	switch v := v.(type) {
	case *value.Undefined:
		return nil, v.Err()
	case []byte:
		return toInt(rt, string(v), 10)
	}
	if f, ok := realFloat(v); ok {
		return truncated(f)
	}
	if n, ok := asBig(v); ok {
		return normal(n), nil
	}
	return nil, fail("TypeError", "int() argument must be a string, a bytes-like object or a real number, not '%s'", value.TypeName(v))
}

// truncated is int(f).
func truncated(f float64) (any, error) {
	if math.IsNaN(f) {
		return nil, fail("ValueError", "cannot convert float NaN to integer")
	}
	if math.IsInf(f, 0) {
		return nil, fail("OverflowError", "cannot convert float infinity to integer")
	}
	n, _ := big.NewFloat(f).Int(nil)
	return normal(n), nil
}

// float is float(v), or the default where v is no number.
func float(rt *value.Runtime, args []any) (any, error) {
	f, err := toFloat(rt, args[0])
	if isKind(err, "TypeError", "ValueError") {
		return args[1], nil
	}
	return f, err
}

// toFloat is float(v).
func toFloat(rt *value.Runtime, v any) (float64, error) {
	if s, ok := value.AsString(v); ok {
		if err := rt.Spend(len(s)); err != nil {
			return 0, err
		}
		return parseFloat(s)
	}
	switch v := v.(type) {
	case *value.Undefined:
		return 0, v.Err()
	case []byte:
		return parseFloat(string(v))
	}
	if n, ok := asBig(v); ok {
		return bigFloat(n)
	}
	if f, ok := value.AsFloat(v); ok {
		return f, nil
	}
	return 0, fail("TypeError", "float() argument must be a string or a real number, not '%s'", value.TypeName(v))
}

func bigFloat(n *big.Int) (float64, error) {
	f, _ := new(big.Float).SetInt(n).Float64()
	if math.IsInf(f, 0) {
		return 0, fail("OverflowError", "int too large to convert to float")
	}
	return f, nil
}

// parseFloat is float(s).
func parseFloat(s string) (float64, error) {
	f, ok := value.ParseFloat(s)
	if !ok {
		return 0, fail("ValueError", "could not convert string to float")
	}
	return f, nil
}

// filesizeformat writes a number of bytes for people.
func filesizeformat(rt *value.Runtime, args []any) (any, error) {
	n, err := toFloat(rt, args[0])
	if err != nil {
		return nil, err
	}
	binary, err := value.Truth(args[1])
	if err != nil {
		return nil, err
	}
	base, prefixes := 1000.0, [...]string{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}
	if binary {
		base, prefixes = 1024, [...]string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}
	}
	if n == 1 {
		return "1 Byte", nil
	}
	if n < base {
		whole, err := truncated(n)
		if err != nil {
			return nil, err
		}
		s, err := value.Str(rt, whole)
		return s + " Bytes", err
	}
	unit := big.NewInt(int64(base))
	last := len(prefixes) - 1
	for i, prefix := range prefixes {
		unit.Mul(unit, big.NewInt(int64(base)))
		if i == last || isBelow(n, unit) {
			size, _ := new(big.Float).SetInt(unit).Float64()
			return oneDigit(base*n/size) + " " + prefix, nil
		}
	}
	return nil, nil
}

// isBelow is f < n, exactly. NaN is below nothing.
func isBelow(f float64, n *big.Int) bool {
	return !math.IsNaN(f) && big.NewFloat(f).Cmp(new(big.Float).SetInt(n)) < 0
}

// oneDigit is "%.1f" % f.
func oneDigit(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	}
	return strconv.FormatFloat(f, 'f', 1, 64)
}
