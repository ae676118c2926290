package value

import (
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"
)

// Repr is repr(v), as Python writes it, also of what is nested.
func Repr(rt *Runtime, v any) (string, error) {
	r := shower{rt: rt}
	b, err := r.append(nil, v, 0)
	return string(b), err
}

// A shower writes values that may be nested in themselves.
type shower struct {
	rt     *Runtime
	inside []any // the lists and dicts that are being written
}

func (r *shower) append(b []byte, v any, depth int) ([]byte, error) {
	if depth > deepest {
		return b, failf("RecursionError", "a value is nested too deep to be shown")
	}
	if err := spend(r.rt, 1); err != nil {
		return b, err
	}
	switch v := canon(v).(type) {
	case nil:
		return append(b, "None"...), nil
	case bool:
		if v {
			return append(b, "True"...), nil
		}
		return append(b, "False"...), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case *big.Int:
		return appendBig(b, v)
	case float64:
		return appendFloat(b, v), nil
	case string:
		if err := spend(r.rt, len(v)); err != nil {
			return b, err
		}
		return appendQuoted(b, v), nil
	case Markup:
		b = appendQuoted(append(b, "Markup("...), v.Text)
		return append(b, ')'), spend(r.rt, len(v.Text))
	case []byte:
		return appendBytes(b, v), spend(r.rt, len(v))
	case Range:
		return v.appendRepr(b), nil
	case Tuple:
		return r.tuple(b, v, depth)
	case NamedTuple:
		return r.tuple(b, v.Tuple, depth)
	case []any:
		return r.list(b, v, depth)
	case *List:
		if r.enters(v) {
			return append(b, "[...]"...), nil
		}
		b, err := r.list(b, v.Items, depth)
		r.leaves()
		return b, err
	case *Dict:
		if r.enters(v) {
			return append(b, "{...}"...), nil
		}
		b, err := r.dict(b, v, depth)
		r.leaves()
		return b, err
	case time.Time, Date, Clock, time.Duration:
		return append(b, reprMoment(v)...), nil
	case *Undefined:
		return append(b, "Undefined"...), nil
	case *Function:
		return append(append(append(b, "<function "...), v.Name...), '>'), nil
	case *Generator:
		return append(b, "<generator object>"...), nil
	default:
		return r.goValue(b, v, depth)
	}
}

// enters remembers v, and reports whether it was being written already.
func (r *shower) enters(v any) bool {
	for _, outer := range r.inside {
		if outer == v {
			return true
		}
	}
	r.inside = append(r.inside, v)
	return false
}

func (r *shower) leaves() { r.inside = r.inside[:len(r.inside)-1] }

func (r *shower) list(b []byte, items []any, depth int) ([]byte, error) {
	b, err := r.items(append(b, '['), items, depth)
	return append(b, ']'), err
}

func (r *shower) tuple(b []byte, items []any, depth int) ([]byte, error) {
	b, err := r.items(append(b, '('), items, depth)
	if len(items) == 1 {
		b = append(b, ',')
	}
	return append(b, ')'), err
}

func (r *shower) items(b []byte, items []any, depth int) ([]byte, error) {
	var err error
	for i, v := range items {
		if i > 0 {
			b = append(b, ", "...)
		}
		if b, err = r.append(b, v, depth+1); err != nil {
			return b, err
		}
	}
	return b, nil
}

// dict writes any mapping.
func (r *shower) dict(b []byte, v any, depth int) ([]byte, error) {
	pairs, err := Pairs(r.rt, v)
	if err != nil {
		return b, err
	}
	b = append(b, '{')
	first := true
	for key, v := range pairs {
		if !first {
			b = append(b, ", "...)
		}
		first = false
		if b, err = r.append(b, key, depth+1); err != nil {
			return b, err
		}
		if b, err = r.append(append(b, ": "...), v, depth+1); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func (r *shower) goValue(b []byte, v any, depth int) ([]byte, error) {
	if o, ok := v.(Reprer); ok {
		s, err := o.Repr(r.rt)
		return append(b, s...), err
	}
	if s, ok, err := speaks(v); ok {
		return append(b, s...), err
	}
	if v, ok := v.(*view); ok {
		b, err := r.list(append(append(b, v.class...), '('), v.items, depth)
		return append(b, ')'), err
	}
	if IsMapping(v) {
		return r.dict(b, v, depth)
	}
	switch reflect.ValueOf(v).Kind() {
	case reflect.Slice, reflect.Array:
		items, err := Items(r.rt, v)
		if err != nil {
			return b, err
		}
		return r.list(b, items, depth)
	}
	if s, ok, err := speaksByPointer(v); ok {
		return append(b, s...), err
	}
	return fmt.Appendf(b, "<%s object>", TypeName(v)), nil
}

func (r Range) appendRepr(b []byte) []byte {
	b = fmt.Appendf(b, "range(%d, %d", r.Start, r.Stop)
	if r.Step != 1 {
		b = fmt.Appendf(b, ", %d", r.Step)
	}
	return append(b, ')')
}

// longestInt is how many digits Python is willing to write.
const longestInt = 4300

func appendBig(b []byte, v *big.Int) ([]byte, error) {
	if v.BitLen() > longestInt*3321/1000+64 {
		return b, tooManyDigits()
	}
	s := v.String()
	if len(s) > longestInt && (s[0] != '-' || len(s) > longestInt+1) {
		return b, tooManyDigits()
	}
	return append(b, s...), nil
}

func tooManyDigits() error {
	return valueErrorf("Exceeds the limit (%d digits) for integer string conversion", longestInt)
}

func quote(s string) string { return string(appendQuoted(nil, s)) }

// appendQuoted writes s as Python does: in single quotes unless it has some and no double ones.
func appendQuoted(b []byte, s string) []byte {
	q := quoteFor(s)
	b = append(b, q)
	for i, c := range s {
		switch {
		case c == rune(q) || c == '\\':
			b = append(b, '\\', byte(c))
		case c == utf8.RuneError:
			_, size := utf8.DecodeRuneInString(s[i:])
			b = append(b, s[i:i+size]...)
		case c >= ' ' && c < 0x7f:
			b = append(b, byte(c))
		default:
			b = appendEscapedRune(b, c)
		}
	}
	return append(b, q)
}

func quoteFor[T string | []byte](s T) byte {
	single, double := false, false
	for i := 0; i < len(s); i++ {
		single = single || s[i] == '\''
		double = double || s[i] == '"'
	}
	if single && !double {
		return '"'
	}
	return '\''
}

func appendEscapedRune(b []byte, c rune) []byte {
	switch {
	case c == '\n':
		return append(b, `\n`...)
	case c == '\r':
		return append(b, `\r`...)
	case c == '\t':
		return append(b, `\t`...)
	case unicode.IsPrint(c):
		return utf8.AppendRune(b, c)
	case c < 0x100:
		return fmt.Appendf(b, `\x%02x`, c)
	case c < 0x10000:
		return fmt.Appendf(b, `\u%04x`, c)
	}
	return fmt.Appendf(b, `\U%08x`, c)
}
