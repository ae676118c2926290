package coerce

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/spf13/cast"
)

const (
	wantList = "a list"
	wantMap  = "a map"
)

// Strings converts v to a list of text, which is never nil and never shared with v. Text is split on commas, spaces
// around the items are trimmed and empty items dropped, so "" is an empty list; text that holds a JSON array is not
// parsed. The elements of slices and arrays are converted by [String]; a single number, boolean or [fmt.Stringer] is a
// list of one. Missing (nil) is an error, as are errors, maps and structs.
func Strings(v any) ([]string, error) {
	switch s := deref(v).(type) {
	case nil:
		return nil, refuse(wantList, missing)
	case string:
		return splitList(s), nil
	case []string:
		return append([]string{}, s...), nil
	}
	_, isStringer := v.(fmt.Stringer)
	if rv := reflect.ValueOf(deref(v)); isListKind(rv.Kind()) && !isBytes(rv.Type()) && !isStringer {
		return textOfEach(rv)
	}
	s, reason := textOf(v)
	if reason != "" {
		return nil, refuse(wantList, reason)
	}
	if isStringer {
		return []string{s}, nil
	}
	return splitList(s), nil
}

func textOfEach(list reflect.Value) ([]string, error) {
	items := make([]string, list.Len())
	for i := range items {
		s, err := String(list.Index(i).Interface())
		if err != nil {
			return nil, together(under(indexStep(i), err))
		}
		items[i] = s
	}
	return items, nil
}

// splitList returns the items of comma-separated text.
func splitList(s string) []string {
	items := []string{}
	for item := range strings.SplitSeq(s, ",") {
		if item = trim(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func isListKind(k reflect.Kind) bool { return k == reflect.Slice || k == reflect.Array }

func indexStep(i int) string { return "[" + strconv.Itoa(i) + "]" }

// Map converts v to a map. A map[string]any is returned itself, so that a change to it is a change to v; other maps
// whose keys are text, also those of type any, are copied one level deep. A nil map gives an empty one. Missing (nil)
// and any other value is an error, text among them: it is not parsed as JSON.
func Map(v any) (map[string]any, error) {
	switch m := deref(v).(type) {
	case map[string]any:
		if m == nil {
			return map[string]any{}, nil
		}
		return m, nil
	case map[any]any:
		return mapOfAny(m)
	case string:
		if trim(m) == "" {
			return nil, refuse(wantMap, empty)
		}
		return nil, refuse(wantMap, kindOf(v))
	default:
		return mapOfKind(m)
	}
}

// mapOfAny leaves the copy to cast, once it is known that no key would be lost.
func mapOfAny(m map[any]any) (map[string]any, error) {
	for key := range m {
		if _, ok := key.(string); !ok {
			return nil, refuse("a map whose keys are text", "a map with other keys")
		}
	}
	copied, err := cast.ToStringMapE(m)
	if err != nil {
		return nil, refuse(wantMap, malformed)
	}
	return copied, nil
}

func mapOfKind(v any) (map[string]any, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Map {
		return nil, refuse(wantMap, kindOf(v))
	}
	if rv.Type().Key().Kind() != reflect.String {
		return nil, refuse("a map whose keys are text", "a map with other keys")
	}
	copied := make(map[string]any, rv.Len())
	for entry := rv.MapRange(); entry.Next(); {
		copied[entry.Key().String()] = entry.Value().Interface()
	}
	return copied, nil
}
