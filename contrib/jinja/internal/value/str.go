package value

import (
	"fmt"
	"html/template"
	"math/big"
	"reflect"
	"strconv"
	"time"
)

// Str is str(v): of Markup its text, of a fmt.Stringer or an error what it says of itself.
func Str(rt *Runtime, v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case Markup:
		return v.Text, nil
	case template.HTML:
		return string(v), nil
	case int:
		return strconv.Itoa(v), nil
	}
	b, err := AppendStr(nil, rt, v)
	return string(b), err
}

// AppendStr appends Str(v) to b. Where it fails, b has all that it had before.
func AppendStr(b []byte, rt *Runtime, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return append(b, v...), nil
	case Markup:
		return append(b, v.Text...), nil
	case template.HTML:
		return append(b, v...), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case nil:
		return append(b, "None"...), nil
	case float64:
		return appendFloat(b, v), nil
	case *Undefined:
		if v != nil {
			s, err := v.str()
			return append(b, s...), err
		}
	case time.Time:
		return append(b, isoMoment(v, " ", "auto")...), nil
	case Date:
		return append(b, v.iso()...), nil
	case Clock:
		return append(b, v.iso()...), nil
	case time.Duration:
		return append(b, showDuration(v)...), nil
	case Markuper:
		return append(b, v.Markup().Text...), nil
	case Shown:
		return append(b, v.TemplateHTML()...), nil
	}
	if s, ok, err := speaks(v); ok {
		return append(b, s...), err
	}
	c := canon(v)
	switch c := c.(type) {
	case string:
		return append(b, c...), nil
	case Markup:
		return append(b, c.Text...), nil
	case time.Time, *Undefined:
		return AppendStr(b, rt, c)
	}
	r := shower{rt: rt}
	return r.append(b, c, 0)
}

// speaks returns what a fmt.Stringer or an error says of itself.
func speaks(v any) (s string, ok bool, err error) {
	switch v.(type) {
	case bool, Tuple, *List, *Dict, Range, *Function, *Generator, *big.Int, big.Int, NamedTuple:
		return "", false, nil
	case fmt.Stringer, error:
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return "", false, nil
		}
	default:
		return "", false, nil
	}
	defer func() {
		if p := recover(); p != nil {
			ok, err = true, panicked("String of "+TypeName(v), p)
		}
	}()
	if e, isError := v.(error); isError {
		return e.Error(), true, nil
	}
	return v.(fmt.Stringer).String(), true, nil
}

// speaksByPointer is speaks for a struct whose pointer has the method, as url.URL.
func speaksByPointer(v any) (string, bool, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Struct || opaque(rv.Type()) {
		return "", false, nil
	}
	p := reflect.New(rv.Type())
	p.Elem().Set(rv)
	return speaks(p.Interface())
}

// AsString returns the text of string kinds and Markup; of nothing else.
func AsString(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case Markup:
		return v.Text, true
	case int, float64, bool, nil:
		return "", false
	}
	switch v := canon(v).(type) {
	case string:
		return v, true
	case Markup:
		return v.Text, true
	}
	return "", false
}
