package binding

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"
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
	if s == "" || len(s) > 15 || strings.Trim(s, "0123456789.-") != "" {
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
