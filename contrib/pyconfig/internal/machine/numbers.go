package machine

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// maxDigits bounds the digits of a number in text, as in Python.
const maxDigits = 4300

// toInt implements int(x) and int(text, base).
func (m *Machine) toInt(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value = starlark.MakeInt(0)
	var given starlark.Value = starlark.None
	if err := unpack("int", args, kwargs, "x?", &x, "base?", &given); err != nil {
		return nil, err
	}
	base := 10
	if given != starlark.None {
		var err error
		if base, err = starlark.AsInt32(unbool(given)); err != nil || x.Type() != "string" {
			return nil, fault.New("int() with a base needs text and a whole number, not %s and %s", typeName(x), typeName(given))
		}
	}
	x = unmember(x)
	switch v := unbool(x).(type) {
	case starlark.Int:
		return v, nil
	case starlark.Float:
		i, err := starlark.NumberToInt(v)
		if err != nil {
			return nil, fault.Raise("OverflowError", "int() needs a finite number")
		}
		return i, nil
	case starlark.String:
		return parseInt(string(v), base)
	}
	return nil, needsNumber(x, "int() needs text or a number, not %s%s", typeName(x), noneHint(x))
}

func parseInt(s string, base int) (starlark.Value, error) {
	digits := strings.TrimSpace(s)
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	if base != 0 && (base < 2 || base > 36) {
		return nil, fault.New("the base of int() must be 0 or 2 to 36")
	}
	digits, base = cutBase(digits, base)
	plain := strings.ReplaceAll(digits, "_", "")
	misplaced := strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__")
	if len(plain) > maxDigits || plain == "" || plain[0] == '-' || plain[0] == '+' || misplaced {
		return nil, errNotInt()
	}
	i, ok := new(big.Int).SetString(plain, base)
	if !ok {
		return nil, errNotInt()
	}
	if negative {
		i.Neg(i)
	}
	return starlark.MakeBigInt(i), nil
}

// cutBase cuts a prefix such as 0x that fits the base.
func cutBase(digits string, base int) (string, int) {
	if len(digits) > 2 && digits[0] == '0' {
		named := map[byte]int{'x': 16, 'o': 8, 'b': 2}[digits[1]|0x20]
		if named != 0 && (base == named || base == 0) {
			return strings.TrimPrefix(digits[2:], "_"), named
		}
	}
	if base == 0 {
		if strings.HasPrefix(digits, "0") && strings.Trim(digits, "0_") != "" {
			return "", 10
		}
		return digits, 10
	}
	return digits, base
}

func errNotInt() error {
	return fault.Raise("ValueError", "int() needs text that is a whole number; check the variable it comes from")
}

// toFloat implements float(x).
func (m *Machine) toFloat(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value = starlark.Float(0)
	if err := unpack("float", args, kwargs, "x?", &x); err != nil {
		return nil, err
	}
	x = unmember(x)
	switch v := unbool(x).(type) {
	case starlark.Float:
		return v, nil
	case starlark.Int:
		f := v.Float()
		if math.IsInf(float64(f), 0) {
			return nil, fault.New("the number is too large for a float")
		}
		return f, nil
	case starlark.String:
		return parseFloat(string(v))
	}
	return nil, needsNumber(x, "float() needs text or a number, not %s%s", typeName(x), noneHint(x))
}

func parseFloat(s string) (starlark.Value, error) {
	digits := strings.ToLower(strings.TrimSpace(s))
	switch strings.TrimLeft(digits, "+-") {
	case "inf", "infinity", "nan":
	default:
		if strings.ContainsAny(digits, "xpin_") { // Go knows more forms than Python
			return nil, fault.Raise("ValueError", "float() needs text that is a number; check the variable it comes from")
		}
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil && !math.IsInf(f, 0) {
		return nil, fault.Raise("ValueError", "float() needs text that is a number; check the variable it comes from")
	}
	return starlark.Float(f), nil
}

func (m *Machine) abs(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("abs", args, kwargs)
	if err != nil {
		return nil, err
	}
	switch v := unbool(v).(type) {
	case starlark.Float:
		return starlark.Float(math.Abs(float64(v))), nil
	case starlark.Int:
		return starlark.MakeBigInt(new(big.Int).Abs(v.BigInt())), nil
	case timedelta:
		if v.days < 0 {
			return v.Unary(syntax.MINUS)
		}
		return v, nil
	}
	return nil, fault.New("abs() needs a number, not %s", typeName(v))
}

func (m *Machine) pow(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var base, exponent starlark.Value
	if err := unpack("pow", args, kwargs, "base", &base, "exp", &exponent); err != nil {
		return nil, err
	}
	return m.binary("**", base, exponent)
}

func (m *Machine) divmod(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y starlark.Value
	if err := unpack("divmod", args, kwargs, "x", &x, "y", &y); err != nil {
		return nil, err
	}
	if _, text := x.(starlark.String); text {
		return nil, unsupported("//", x, y, nil)
	}
	quotient, err := m.binary("//", x, y)
	if err != nil {
		return nil, err
	}
	rest, err := m.binary("%", x, y)
	if err != nil {
		return nil, err
	}
	return starlark.Tuple{quotient, rest}, nil
}

// round implements round(x) and round(x, digits): halves go to the even neighbour.
func (m *Machine) round(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var digits starlark.Value = starlark.None
	if err := unpack("round", args, kwargs, "number", &x, "ndigits?", &digits); err != nil {
		return nil, err
	}
	f, isFloat := x.(starlark.Float)
	n, err := bound(digits, 0)
	switch {
	case err != nil || n < 0:
		return nil, fault.New("round() takes 0 or more digits here")
	case isFloat && digits == starlark.None:
		i, err := starlark.NumberToInt(starlark.Float(math.RoundToEven(float64(f))))
		if err != nil {
			return nil, fault.New("round() needs a finite number")
		}
		return i, nil
	case isFloat:
		rounded, _ := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'f', min(n, 400), 64), 64)
		return starlark.Float(rounded), nil
	}
	if i, ok := unbool(x).(starlark.Int); ok {
		return i, nil
	}
	return nil, fault.New("round() needs a number, not %s", typeName(x))
}

// inBase is bin, oct or hex.
func (m *Machine) inBase(format string) native {
	return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := one("hex", args, kwargs)
		if err != nil {
			return nil, err
		}
		if _, ok := unbool(v).(starlark.Int); !ok {
			return nil, fault.New("a whole number is needed, not %s", typeName(v))
		}
		return m.formatted(starlark.Tuple{unbool(v), starlark.String(""), starlark.String(format)})
	}
}

func (m *Machine) chr(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("chr", args, kwargs)
	if err != nil {
		return nil, err
	}
	i, ok := unbool(v).(starlark.Int)
	if !ok {
		return nil, fault.New("chr() needs a whole number, not %s", typeName(v))
	}
	s, err := layout{fill: " ", sign: '-', precision: -1}.writeCharacter(i)
	return starlark.String(s), err
}

func (m *Machine) ord(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("ord", args, kwargs)
	if err != nil {
		return nil, err
	}
	s, ok := v.(starlark.String)
	if !ok || utf8.RuneCountInString(string(s)) != 1 {
		return nil, fault.New("ord() needs one character")
	}
	r, _ := utf8.DecodeRuneInString(string(s))
	return starlark.MakeInt(int(r)), nil
}

// needsNumber is the TypeError for a value that is no number.
func needsNumber(x starlark.Value, format string, args ...any) error {
	if r, ok := x.(refused); ok {
		return r.err()
	}
	if c, ok := x.(*class); ok && c.instance {
		return fault.New("objects cannot be made numbers here")
	}
	return fault.Raise("TypeError", format, args...)
}
