package value

import (
	"fmt"
	"html/template"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"time"
)

func decimal(n int) string { return strconv.Itoa(n) }

// convert is v as a Go value of type t, for a func of the application.
func convert(v any, t reflect.Type, depth int) (reflect.Value, error) {
	if depth > deepest {
		return reflect.Value{}, failf("RecursionError", "a value is nested too deep")
	}
	if t == anyType {
		return convertAny(v, depth)
	}
	if v != nil && reflect.TypeOf(v).AssignableTo(t) {
		return reflect.ValueOf(v), nil
	}
	c := canon(v)
	if u, ok := c.(*Undefined); ok {
		return convertUndefined(u, t)
	}
	if c == nil {
		return convertNone(t)
	}
	if reflect.TypeOf(c).AssignableTo(t) {
		return reflect.ValueOf(c), nil
	}
	if t == htmlType || t.PkgPath() == "html/template" {
		return convertSafe(c, t)
	}
	return convertKind(c, t, depth)
}

var htmlType = reflect.TypeFor[template.HTML]()

func wrongType(v any, t reflect.Type) error {
	return typeErrorf("%s cannot be used as %s", TypeName(v), t)
}

// convertAny is what a Go func sees that takes anything: plain Go data instead of this package's.
func convertAny(v any, depth int) (reflect.Value, error) {
	p, err := plain(v, depth)
	if err != nil || p == nil {
		return reflect.Zero(anyType), err
	}
	return reflect.ValueOf(p), nil
}

func convertNone(t reflect.Type) (reflect.Value, error) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return reflect.Zero(t), nil
	}
	return reflect.Value{}, typeErrorf("None cannot be used as %s; %s", t, cureOfNone(t))
}

// convertUndefined gives nil to what may be nil, as None does, unless u is strict.
func convertUndefined(u *Undefined, t reflect.Type) (reflect.Value, error) {
	switch {
	case u.Mode == Strict:
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface:
		return reflect.Zero(t), nil
	default:
		return reflect.Value{}, failf("UndefinedError", "%s; %s", u.message(), cureOfNone(t))
	}
	return reflect.Value{}, u.Err()
}

// cureOfNone is what to type where a value may be missing.
func cureOfNone(t reflect.Type) string {
	empty := ""
	switch t.Kind() {
	case reflect.String:
		empty = "''"
	case reflect.Bool:
		empty = "false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		empty = "0"
	default:
		return fmt.Sprintf("let the function take a *%s, which is nil then", t)
	}
	return fmt.Sprintf("give it x|default(%s, true), or let the function take a *%s, which is nil then", empty, t)
}

// convertSafe makes the types of html/template, for which only Markup vouches. Plain text becomes HTML by escaping it.
func convertSafe(v any, t reflect.Type) (reflect.Value, error) {
	if m, ok := v.(Markup); ok && t == htmlType {
		return reflect.ValueOf(template.HTML(m.Text)), nil
	}
	if s, ok := v.(string); ok && t == htmlType {
		return reflect.ValueOf(template.HTML(escapeText(s))), nil
	}
	return reflect.Value{}, wrongType(v, t)
}

func convertKind(v any, t reflect.Type, depth int) (reflect.Value, error) {
	made := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		if s, ok := AsString(v); ok {
			made.SetString(s)
			return made, nil
		}
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			made.SetBool(b)
			return made, nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if n, ok := AsInt(v); ok {
			return convertInt(made, n)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if n, ok := asBig(v); ok {
			return convertUint(made, n)
		}
	case reflect.Float32, reflect.Float64:
		if f, ok := AsFloat(v); ok {
			made.SetFloat(f)
			return made, nil
		}
	case reflect.Slice, reflect.Array:
		return convertSlice(v, made, depth)
	case reflect.Map:
		return convertMap(v, made, depth)
	case reflect.Pointer:
		return convertPointer(v, t, depth)
	case reflect.Struct:
		if converted, ok := convertStruct(v, t); ok {
			return converted, nil
		}
	}
	if big, ok := v.(*big.Int); ok {
		return reflect.Value{}, failf("OverflowError", "%d bits are too many for %s", big.BitLen(), t)
	}
	return reflect.Value{}, wrongType(v, t)
}

// convertStruct takes a struct from behind a pointer, and makes a time of a date.
func convertStruct(v any, t reflect.Type) (reflect.Value, bool) {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && !rv.IsNil() && rv.Type().Elem() == t {
		return rv.Elem(), true
	}
	if d, ok := v.(Date); ok && t == reflect.TypeFor[time.Time]() {
		return reflect.ValueOf(d.Time()), true
	}
	return reflect.Value{}, false
}

func convertInt(made reflect.Value, n int) (reflect.Value, error) {
	if made.OverflowInt(int64(n)) {
		return made, failf("OverflowError", "%d is too large for %s", n, made.Type())
	}
	made.SetInt(int64(n))
	return made, nil
}

func convertUint(made reflect.Value, n *big.Int) (reflect.Value, error) {
	if !n.IsUint64() || made.OverflowUint(n.Uint64()) {
		return made, failf("OverflowError", "the number does not fit %s", made.Type())
	}
	made.SetUint(n.Uint64())
	return made, nil
}

func convertSlice(v any, made reflect.Value, depth int) (reflect.Value, error) {
	if !isTuple(v) && !isList(v) {
		return made, wrongType(v, made.Type())
	}
	items := sequence(v)
	if made.Kind() == reflect.Slice {
		made.Set(reflect.MakeSlice(made.Type(), len(items), len(items)))
	}
	if made.Len() != len(items) {
		return made, valueErrorf("%d items are needed, not %d", made.Len(), len(items))
	}
	for i, item := range items {
		converted, err := convert(item, made.Type().Elem(), depth+1)
		if err != nil {
			return made, err
		}
		made.Index(i).Set(converted)
	}
	return made, nil
}

func convertMap(v any, made reflect.Value, depth int) (reflect.Value, error) {
	if !IsMapping(v) {
		return made, wrongType(v, made.Type())
	}
	pairs, err := Pairs(nil, v)
	if err != nil {
		return made, err
	}
	made.Set(reflect.MakeMap(made.Type()))
	for k, v := range pairs {
		key, err := convert(k, made.Type().Key(), depth+1)
		if err != nil {
			return made, err
		}
		item, err := convert(v, made.Type().Elem(), depth+1)
		if err != nil {
			return made, err
		}
		made.SetMapIndex(key, item)
	}
	return made, nil
}

// convertPointer makes a pointer to a number or text of its own, or takes the address of a copy of a struct.
func convertPointer(v any, t reflect.Type, depth int) (reflect.Value, error) {
	inner, err := convert(v, t.Elem(), depth+1)
	if err != nil {
		return inner, wrongType(v, t)
	}
	p := reflect.New(t.Elem())
	p.Elem().Set(inner)
	return p, nil
}

// plain is v as Go data: a list as []any, a dict as map[string]any (map[any]any unless all keys are texts), Markup as template.HTML. Undefined is
// nil unless it is strict.
func plain(v any, depth int) (any, error) {
	if depth > deepest {
		return nil, failf("RecursionError", "a value is nested too deep")
	}
	switch v := v.(type) {
	case Markup:
		if v.Language == Application || v.Language == HTML {
			return template.HTML(v.Text), nil
		}
		return v.Text, nil
	case *List:
		return plainItems(v.Items, depth)
	case Tuple:
		return plainItems(v, depth)
	case NamedTuple:
		return plainItems(v.Tuple, depth)
	case Range:
		items, err := Items(nil, v)
		return items, err
	case *Dict:
		return plainDict(v, depth)
	case *Undefined:
		return nil, v.strict()
	}
	return v, nil
}

func plainItems(items []any, depth int) (any, error) {
	made := make([]any, len(items))
	for i, v := range items {
		p, err := plain(v, depth+1)
		if err != nil {
			return nil, err
		}
		made[i] = p
	}
	return made, nil
}

func plainDict(d *Dict, depth int) (any, error) {
	texts, others := map[string]any{}, map[any]any{}
	for k, v := range d.All() {
		p, err := plain(v, depth+1)
		if err != nil {
			return nil, err
		}
		if s, ok := AsString(k); ok {
			texts[s] = p
			others[s] = p
			continue
		}
		if key := canon(k); reflect.ValueOf(key).Comparable() || key == nil {
			others[key] = p
		}
	}
	if len(texts) == d.Len() {
		return texts, nil
	}
	return others, nil
}

// wholeFloat is f as a whole number, as int(f) makes it.
func wholeFloat(f float64) (any, error) {
	switch {
	case math.IsNaN(f):
		return nil, valueErrorf("cannot convert float NaN to integer")
	case math.IsInf(f, 0):
		return nil, failf("OverflowError", "cannot convert float infinity to integer")
	}
	b, _ := big.NewFloat(math.Trunc(f)).Int(nil)
	return shrink(b), nil
}
