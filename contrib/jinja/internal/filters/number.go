package filters

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// maxDigits is how long a decimal number may be that Python makes an int of.
const maxDigits = 4300

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

func isASCIIDigit(c byte) bool { return '0' <= c && c <= '9' }

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
		i, err := parseInt(s, n)
		if err != nil {
			return nil, err
		}
		return normal(i), nil
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

// parseInt is int(s, base), with underscores, white space around it, and a prefix where base is 0 or fits it.
func parseInt(s string, base int) (*big.Int, error) {
	if base != 0 && (base < 2 || base > 36) {
		return nil, fail("ValueError", "int() base must be >= 2 and <= 36, or 0")
	}
	invalid := fail("ValueError", "invalid literal for int() with base %d", base)
	digits, negative := unsigned(asciiDigits(strings.TrimFunc(s, isSpace)))
	decimal := base == 0
	if len(digits) > 1 && digits[0] == '0' {
		if b := prefixBase(digits[1]); b != 0 && (base == 0 || base == b) {
			digits, base, decimal = strings.TrimPrefix(digits[2:], "_"), b, false
		}
	}
	if base == 0 {
		base = 10
	}
	plain, ok := withoutUnderscores(digits)
	if !ok || decimal && plain[0] == '0' && strings.Trim(plain, "0") != "" {
		return nil, invalid
	}
	if base&(base-1) != 0 && len(plain) > maxDigits {
		return nil, fail("ValueError", "Exceeds the limit (%d digits) for integer string conversion: value has %d digits", maxDigits, len(plain))
	}
	if len(plain) > 64*maxDigits {
		return nil, fail("ValueError", "a number of %d digits is too long", len(plain))
	}
	n, ok := new(big.Int).SetString(plain, base)
	if !ok || plain[0] == '-' || plain[0] == '+' {
		return nil, invalid
	}
	if negative {
		n.Neg(n)
	}
	return n, nil
}

func prefixBase(letter byte) int {
	switch letter | 0x20 {
	case 'b':
		return 2
	case 'o':
		return 8
	case 'x':
		return 16
	}
	return 0
}

func unsigned(s string) (string, bool) {
	if strings.HasPrefix(s, "-") {
		return s[1:], true
	}
	return strings.TrimPrefix(s, "+"), false
}

// asciiDigits is s with the digits of all scripts as 0 to 9.
func asciiDigits(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || !isDigit(r) {
			return r
		}
		return '0' + digitOf(r)
	}, s)
}

// digitOf is the value of a decimal digit: the digits of a script follow each other from 0, in tens.
func digitOf(r rune) rune {
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return (r - rune(block.Lo)) % 10
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return (r - rune(block.Lo)) % 10
		}
	}
	return 0
}

// withoutUnderscores takes single underscores between digits away. It is not ok where there is nothing, or underscores stand elsewhere.
func withoutUnderscores(s string) (string, bool) {
	if s == "" || s[0] == '_' || s[len(s)-1] == '_' || strings.Contains(s, "__") {
		return "", false
	}
	return strings.ReplaceAll(s, "_", ""), true
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
	invalid := fail("ValueError", "could not convert string to float")
	s = asciiDigits(strings.TrimFunc(s, isSpace))
	digits, negative := unsigned(s)
	switch strings.ToLower(digits) {
	case "inf", "infinity":
		if negative {
			return math.Inf(-1), nil
		}
		return math.Inf(1), nil
	case "nan":
		return math.NaN(), nil
	}
	for i := range len(s) {
		if c := s[i]; c == '_' && !(i > 0 && i+1 < len(s) && isASCIIDigit(s[i-1]) && isASCIIDigit(s[i+1])) ||
			c != '_' && !isASCIIDigit(c) && !strings.ContainsRune("+-.eE", rune(c)) {
			return 0, invalid
		}
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, invalid
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
