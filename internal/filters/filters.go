// Package filters has the filters of Jinja as functions of Go's templates, with the same names, arguments and results.
// The value comes last, so that it is piped in: {{.title | truncate 20}}. Arguments stand in Jinja's order and the rest may
// be left out. Nil, which a name that nobody has given is, counts as Jinja's undefined: no text, an empty list.
package filters

import (
	"fmt"
	"html/template"
	"reflect"
	"slices"
	"strings"
)

// Funcs returns every filter by its name.
func Funcs() map[string]any {
	return map[string]any{
		// texts
		"upper": upper, "lower": lower, "title": title, "capitalize": capitalize, "trim": trim, "replace": replace,
		"truncate": truncate, "wordcount": wordcount, "indent": indent, "center": center, "striptags": striptags, "urlencode": urlencode,
		"string": text,
		// HTML
		"safe": safe, "urlize": urlize, "nl2br": nl2br,
		// lists
		"length": length, "count": length, "first": first, "last": last, "join": join, "reverse": reverse, "sort": sorted,
		"unique": unique, "batch": batch, "map": mapped, "selectattr": selectattr, "rejectattr": rejectattr, "groupby": groupby,
		"sum": sum, "min": smallest, "max": largest,
		// numbers and times
		"round": round, "int": integer, "float": float, "abs": absolute, "filesizeformat": filesizeformat, "date": date,
		// anything
		"default": otherwise,
	}
}

// otherwise is the filter default: value, or instead when it is nil; with true between them also when it is false, 0 or
// empty.
func otherwise(instead any, rest ...any) (any, error) {
	switch len(rest) {
	case 1:
		if rest[0] == nil {
			return instead, nil
		}
		return rest[0], nil
	case 2:
		if yes, _ := template.IsTrue(rest[1]); rest[0] == true && !yes {
			return instead, nil
		}
		return otherwise(instead, rest[1])
	}
	return nil, wrongCount("default", `default "none"`)
}

// arguments takes the value, which is last, from the arguments of a filter, and fills in the rest from defaults. Each
// argument has the type of its default; whole numbers of all types fit an int.
func arguments(name, example string, args []any, defaults ...any) ([]any, any, error) {
	if len(args) == 0 || len(args) > len(defaults)+1 {
		return nil, nil, wrongCount(name, example)
	}
	value, given := args[len(args)-1], args[:len(args)-1]
	filled := slices.Clone(defaults)
	for i, arg := range given {
		want := reflect.TypeOf(defaults[i])
		got := reflect.ValueOf(arg)
		switch {
		case got.IsValid() && got.Type() == want:
			filled[i] = arg
		case got.IsValid() && (got.CanInt() || got.CanUint()) && want.Kind() == reflect.Int,
			got.IsValid() && got.Kind() == want.Kind():
			filled[i] = got.Convert(want).Interface()
		default:
			return nil, nil, fmt.Errorf("%s: argument %d is a %s; want a %s, as in {{.x | %s}}", name, i+1, kindOf(arg), want, example)
		}
	}
	return filled, value, nil
}

func wrongCount(name, example string) error {
	return fmt.Errorf("%s has too few or too many arguments; write {{.x | %s}}", name, example)
}

// kindOf says what a value is, without the value.
func kindOf(value any) string {
	if value == nil {
		return "nil"
	}
	return reflect.TypeOf(value).String()
}

// text returns what a template shows of a value: no text for nil, and what a pointer points to.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case fmt.Stringer, error:
		return fmt.Sprint(v)
	}
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() == reflect.Pointer {
		return ""
	}
	return fmt.Sprint(v.Interface())
}

// like returns result, of a filter that keeps what is HTML as it is, as the type that value has: HTML stays HTML.
func like(value any, result string) any {
	if _, ok := value.(template.HTML); ok {
		return template.HTML(result)
	}
	return result
}

// list returns the items of a list, nil for nil. A text is a list of its letters, a mapping one of its keys in order.
func list(name string, value any) ([]reflect.Value, error) {
	v := reflect.ValueOf(value)
	for (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Invalid:
		return nil, nil
	case reflect.Slice, reflect.Array:
		items := make([]reflect.Value, v.Len())
		for i := range items {
			items[i] = v.Index(i)
		}
		return items, nil
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		return keys, nil
	case reflect.String:
		var items []reflect.Value
		for _, r := range v.String() {
			items = append(items, reflect.ValueOf(string(r)))
		}
		return items, nil
	}
	return nil, fmt.Errorf("%s: a %s is no list; give the page a slice", name, kindOf(value))
}

// plain returns the items of a list as values.
func plain(items []reflect.Value) []any {
	values := make([]any, len(items))
	for i, item := range items {
		values[i] = item.Interface()
	}
	return values
}
