package binding

import (
	"bytes"
	"math"
	"reflect"
	"strconv"
)

// quickText stores a text in v where that needs no thought: a text, and a number written plainly. It reports whether it did; what it
// leaves, the long way takes or refuses.
func quickText(s string, v reflect.Value) bool {
	if v.Kind() == reflect.String {
		v.SetString(s)
		return true
	}
	return quickNumber(s, v)
}

// quickJSON is quickText for a value of JSON that encoding/json reads.
func quickJSON(raw []byte, v reflect.Value) bool {
	switch k := v.Kind(); {
	case k == reflect.String:
		if raw[0] != '"' || bytes.IndexByte(raw, '\\') >= 0 {
			return false
		}
		v.SetString(string(raw[1 : len(raw)-1]))
		return true
	case k == reflect.Bool && raw[0] != '"':
		v.SetBool(raw[0] == 't')
		return raw[0] == 't' || raw[0] == 'f'
	default:
		return quickNumber(string(raw), v)
	}
}

func quickNumber(s string, v reflect.Value) bool {
	if s == "" || len(s) > 15 || !isPlainNumber(s) {
		return false
	}
	switch {
	case v.CanInt():
		n, err := strconv.ParseInt(s, 10, v.Type().Bits())
		if err == nil {
			v.SetInt(n)
		}
		return err == nil
	case v.CanUint():
		n, err := strconv.ParseUint(s, 10, v.Type().Bits())
		if err == nil {
			v.SetUint(n)
		}
		return err == nil
	case v.CanFloat():
		n, err := strconv.ParseFloat(s, v.Type().Bits())
		if err == nil {
			v.SetFloat(n)
		}
		return err == nil
	}
	return false
}

// isPlainNumber reports whether a text is made of what numbers are mostly written with.
func isPlainNumber(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || '9' < c) && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

// A plain is what a value of a plain kind of Go was.
type plain struct {
	text string
	bits uint64
}

func plainOf(v reflect.Value) (p plain) {
	switch {
	case v.Kind() == reflect.String:
		p.text = v.String()
	case v.Kind() == reflect.Bool && v.Bool():
		p.bits = 1
	case v.CanInt():
		p.bits = uint64(v.Int())
	case v.CanUint():
		p.bits = v.Uint()
	case v.CanFloat():
		p.bits = math.Float64bits(v.Float())
	}
	return p
}

// putBack has v be what it was.
func (p plain) putBack(v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		v.SetString(p.text)
	case v.Kind() == reflect.Bool:
		v.SetBool(p.bits == 1)
	case v.CanInt():
		v.SetInt(int64(p.bits))
	case v.CanUint():
		v.SetUint(p.bits)
	case v.CanFloat():
		v.SetFloat(math.Float64frombits(p.bits))
	}
}
