package filters

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// length counts the items of a list or mapping, and the letters of a text.
func length(value any) (int, error) {
	if s, ok := value.(string); ok {
		return utf8.RuneCountInString(s), nil
	}
	items, err := list("length", value)
	return len(items), err
}

// first returns the first item, nil of none.
func first(value any) (any, error) {
	items, err := list("first", value)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	return items[0].Interface(), nil
}

// last returns the last item, nil of none.
func last(value any) (any, error) {
	items, err := list("last", value)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	return items[len(items)-1].Interface(), nil
}

// join writes the items of a list, or an attribute of each, one behind the other.
func join(args ...any) (string, error) {
	a, value, err := arguments("join", `join ", "`, args, "", "")
	if err != nil {
		return "", err
	}
	items, err := attributes("join", a[1].(string), value)
	if err != nil {
		return "", err
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = text(item.Interface())
	}
	return strings.Join(texts, a[0].(string)), nil
}

// reverse turns a list or a text round.
func reverse(value any) (any, error) {
	items, err := list("reverse", value)
	if err != nil {
		return nil, err
	}
	slices.Reverse(items)
	if _, isText := value.(string); isText {
		var b strings.Builder
		for _, item := range items {
			b.WriteString(item.String())
		}
		return b.String(), nil
	}
	return plain(items), nil
}

// sorted orders a list by its items, or by an attribute of each; capitals count as small letters, and with true in front
// the largest is first.
func sorted(args ...any) ([]any, error) {
	descending := false
	if len(args) > 1 {
		if is, ok := args[0].(bool); ok {
			descending, args = is, args[1:]
		}
	}
	a, value, err := arguments("sort", `sort "Name"`, args, "")
	if err != nil {
		return nil, err
	}
	items, err := list("sort", value)
	if err != nil {
		return nil, err
	}
	keys, err := attributes("sort", a[0].(string), value)
	if err != nil {
		return nil, err
	}
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		c, failure := compare(keys[i], keys[j])
		err = cmp.Or(err, failure)
		if descending {
			return -c
		}
		return c
	})
	result := make([]any, len(items))
	for i, at := range order {
		result[i] = items[at].Interface()
	}
	return result, err
}

// unique leaves out what has been there before; capitals count as small letters.
func unique(value any) ([]any, error) {
	items, err := list("unique", value)
	if err != nil {
		return nil, err
	}
	var result []any
	seen := map[any]bool{}
	for _, item := range items {
		item = solid(item)
		if !item.IsValid() || !item.Comparable() {
			return nil, errors.New("unique: these items cannot be compared; take an attribute of them first, as in {{.x | map \"Name\" | unique}}")
		}
		key := item.Interface()
		if s, ok := key.(string); ok {
			key = strings.ToLower(s)
		}
		if !seen[key] {
			seen[key] = true
			result = append(result, item.Interface())
		}
	}
	return result, nil
}

// batch cuts a list into lists of a size, the last of which is filled up if there is something to fill it with.
func batch(args ...any) ([][]any, error) {
	if len(args) < 2 || len(args) > 3 {
		return nil, wrongCount("batch", "batch 3")
	}
	size, ok := args[0].(int)
	if !ok || size < 1 || size > 10_000 {
		return nil, errors.New("batch: want a size from 1 to 10000, as in {{.x | batch 3}}")
	}
	items, err := list("batch", args[len(args)-1])
	if err != nil {
		return nil, err
	}
	var result [][]any
	for chunk := range slices.Chunk(plain(items), size) {
		for len(args) == 3 && args[1] != nil && len(chunk) < size {
			chunk = append(chunk[:len(chunk):len(chunk)], args[1])
		}
		result = append(result, chunk)
	}
	return result, nil
}

// mapped is the filter map: an attribute of each item.
func mapped(attribute string, value any) ([]any, error) {
	items, err := attributes("map", attribute, value)
	return plain(items), err
}

// selectattr returns the items that have an attribute that is true.
func selectattr(attribute string, value any) ([]any, error) {
	return selected("selectattr", attribute, value, true)
}

// rejectattr returns the other ones.
func rejectattr(attribute string, value any) ([]any, error) {
	return selected("rejectattr", attribute, value, false)
}

func selected(name, attribute string, value any, want bool) ([]any, error) {
	items, err := list(name, value)
	if err != nil {
		return nil, err
	}
	keys, err := attributes(name, attribute, value)
	if err != nil {
		return nil, err
	}
	var result []any
	for i, key := range keys {
		if is, _ := template.IsTrue(key.Interface()); is == want {
			result = append(result, items[i].Interface())
		}
	}
	return result, nil
}

// A group is what groupby makes: items that have an attribute in common.
type group struct {
	Grouper any
	List    []any
}

// groupby sorts a list by an attribute and cuts it where that is another.
func groupby(attribute string, value any) ([]group, error) {
	items, err := sorted(attribute, value)
	if err != nil {
		return nil, err
	}
	keys, err := attributes("groupby", attribute, items)
	if err != nil {
		return nil, err
	}
	var groups []group
	for i, item := range items {
		if i > 0 {
			if c, err := compare(keys[i-1], keys[i]); err == nil && c == 0 {
				groups[len(groups)-1].List = append(groups[len(groups)-1].List, item)
				continue
			}
		}
		groups = append(groups, group{keys[i].Interface(), []any{item}})
	}
	return groups, nil
}

// attributes returns an attribute of each item, with dots for deeper ones, or the items when it is "".
func attributes(name, attribute string, value any) ([]reflect.Value, error) {
	items, err := list(name, value)
	if err != nil || attribute == "" {
		return items, err
	}
	for i, item := range items {
		for part := range strings.SplitSeq(attribute, ".") {
			if item, err = attributeOf(name, item, part); err != nil {
				return nil, err
			}
		}
		items[i] = item
	}
	return items, nil
}

var nothing = reflect.ValueOf(new(any)).Elem()

// attributeOf returns a field, the result of a method without arguments, or the value of a key.
func attributeOf(name string, item reflect.Value, attribute string) (reflect.Value, error) {
	for item.Kind() == reflect.Interface {
		item = item.Elem()
	}
	if !item.IsValid() {
		return nothing, fmt.Errorf("%s: %s of nil; leave such items out", name, attribute)
	}
	if m := item.MethodByName(attribute); m.IsValid() {
		return called(name, attribute, m)
	}
	switch v := solid(item); v.Kind() {
	case reflect.Map:
		if key := reflect.ValueOf(attribute); key.Type().ConvertibleTo(v.Type().Key()) {
			if found := v.MapIndex(key.Convert(v.Type().Key())); found.IsValid() {
				return found, nil
			}
			return nothing, nil
		}
	case reflect.Struct:
		if f, ok := v.Type().FieldByName(attribute); ok && f.IsExported() {
			if field, err := v.FieldByIndexErr(f.Index); err == nil {
				return field, nil
			}
		}
	}
	return nothing, fmt.Errorf("%s: a value of type %s has no field or method %s", name, item.Type(), attribute)
}

// called calls a method that wants nothing and returns a value, or that and an error.
func called(name, attribute string, m reflect.Value) (reflect.Value, error) {
	t := m.Type()
	if t.NumIn() != 0 || t.NumOut() < 1 || t.NumOut() > 2 || t.NumOut() == 2 && t.Out(1) != reflect.TypeFor[error]() {
		return nothing, fmt.Errorf("%s: the method %s wants arguments, or returns no value; write a range instead", name, attribute)
	}
	out := m.Call(nil)
	if len(out) == 2 && !out[1].IsNil() {
		return nothing, out[1].Interface().(error)
	}
	return out[0], nil
}

// solid follows interfaces and pointers.
func solid(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return v
}

// compare orders two numbers, texts or times.
func compare(a, b reflect.Value) (int, error) {
	a, b = solid(a), solid(b)
	if x, ok := real(a); ok {
		if y, ok := real(b); ok {
			return cmp.Compare(x, y), nil
		}
	}
	switch {
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return cmp.Compare(strings.ToLower(a.String()), strings.ToLower(b.String())), nil
	case a.IsValid() && b.IsValid() && a.Type() == timeType && b.Type() == timeType:
		return timeOf(a).Compare(timeOf(b)), nil
	}
	return 0, errors.New("these items cannot be put in order; sort numbers, texts or times, or by an attribute, as in {{.x | sort \"Name\"}}")
}

// smallest is the filter min, nil of no items.
func smallest(value any) (any, error) { return extreme("min", value, -1) }

// largest is the filter max, nil of no items.
func largest(value any) (any, error) { return extreme("max", value, 1) }

func extreme(name string, value any, sign int) (any, error) {
	items, err := list(name, value)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	best := items[0]
	for _, item := range items[1:] {
		c, err := compare(item, best)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if c*sign > 0 {
			best = item
		}
	}
	return best.Interface(), nil
}
