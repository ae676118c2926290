package value

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"sort"
	"unicode/utf8"
)

// Len is len(v).
func Len(rt *Runtime, v any) (int, error) {
	n, ok, err := length(rt, canon(v))
	if err == nil && !ok {
		err = typeErrorf("object of type '%s' has no len()", TypeName(v))
	}
	return n, err
}

// length is Len of what is canonical; ok is false where there is none.
func length(rt *Runtime, v any) (n int, ok bool, err error) {
	switch v := v.(type) {
	case nil:
		return 0, false, nil
	case string:
		return utf8.RuneCountInString(v), true, spend(rt, len(v)/64)
	case Markup:
		return utf8.RuneCountInString(v.Text), true, spend(rt, len(v.Text)/64)
	case []any:
		return len(v), true, nil
	case *List:
		return len(v.Items), true, nil
	case Tuple:
		return len(v), true, nil
	case NamedTuple:
		return len(v.Tuple), true, nil
	case *Dict:
		return v.Len(), true, nil
	case map[string]any:
		return len(v), true, nil
	case Range:
		return v.Len(), true, nil
	case []byte:
		return len(v), true, nil
	case *Undefined:
		return 0, true, v.strict()
	case Sized:
		return v.Len(), true, nil
	case Mapping:
		return len(v.Keys()), true, nil
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return rv.Len(), true, nil
	}
	return 0, false, nil
}

// Items is list(v): a slice that is the caller's. It spends one step for each item.
func Items(rt *Runtime, v any) ([]any, error) {
	if items, ok := itemsOf(v); ok {
		if err := spend(rt, len(items)); err != nil {
			return nil, err
		}
		return slices.Clone(items), nil
	}
	it, err := Iterate(rt, v)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	if err := spend(rt, max(it.Len(), 0)); err != nil {
		return nil, err
	}
	items := make([]any, 0, max(it.Len(), 0))
	for {
		item, ok, err := it.Next()
		if !ok || err != nil {
			return items, err
		}
		if len(items) == cap(items) {
			more := max(len(items), 8)
			if err := spend(rt, more*priceOf(len(items))); err != nil {
				return nil, err
			}
			items = slices.Grow(items, more)
		}
		items = append(items, item)
	}
}

// itemsOf is the slice behind a list or tuple, which must not be changed.
func itemsOf(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case *List:
		if v != nil {
			return v.Items, true
		}
	case Tuple:
		return v, true
	}
	return nil, false
}

// priceOf is what an item of an iterator costs behind the first n. One that seems to have no end becomes dear, because its items take longer than
// others to come by.
func priceOf(n int) int {
	if n < manyItems {
		return 1
	}
	return dearItem
}

const (
	manyItems = 10_000 // where items of an iterator become dear
	dearItem  = 20     // steps
)

// Pairs goes through keys and values of a mapping: a dict in its order, a Go map in the order of its keys. It is an error for anything else.
func Pairs(rt *Runtime, v any) (iter.Seq2[any, any], error) {
	switch v := canon(v).(type) {
	case *Dict:
		return v.All(), spend(rt, v.Len())
	case map[string]any:
		return pairsOfStrings(v), spend(rt, len(v))
	case Mapping:
		return pairsOfMapping(v), spend(rt, len(v.Keys()))
	case *Undefined:
		return nil, v.Err()
	case nil:
	default:
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Map {
			return pairsOfMap(rv), spend(rt, rv.Len())
		}
	}
	return nil, typeErrorf("'%s' object is not a mapping", TypeName(v))
}

func pairsOfStrings(m map[string]any) iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		for _, k := range sortedStrings(m) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

func sortedStrings(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func pairsOfMapping(m Mapping) iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		for _, k := range m.Keys() {
			if v, ok := m.Lookup(k); ok && !yield(k, v) {
				return
			}
		}
	}
}

func pairsOfMap(m reflect.Value) iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		for _, k := range sortedKeys(m) {
			v := m.MapIndex(k)
			if v.IsValid() && !yield(k.Interface(), v.Interface()) {
				return
			}
		}
	}
}

// sortedKeys are the keys of a Go map, in order: numbers by size, texts by bytes, others by how they show.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	sort.SliceStable(keys, func(i, j int) bool { return keyLess(keys[i], keys[j]) })
	return keys
}

func keyLess(a, b reflect.Value) bool {
	x, y := canon(a.Interface()), canon(b.Interface())
	switch {
	case isNumber(x) && isNumber(y):
		order, _ := compareNumbers(x, y)
		return order < 0
	case isNumber(x) != isNumber(y):
		return isNumber(x)
	}
	s, xok := AsString(x)
	t, yok := AsString(y)
	if xok && yok {
		return s < t
	}
	return fmt.Sprint(x) < fmt.Sprint(y)
}

// IsMapping reports whether v is a dict: a Dict, a Go map or a Mapping.
func IsMapping(v any) bool {
	switch v := v.(type) {
	case *Dict:
		return v != nil
	case map[string]any, Mapping:
		return true
	case nil, string, Markup, int, bool, float64, *List, Tuple, []any, *Undefined:
		return false
	}
	return reflect.ValueOf(canon(v)).Kind() == reflect.Map
}

// IsSequence reports, as Jinja's test, whether v has a length and items. A dict is one, and so is an Undefined that is not strict.
func IsSequence(v any) bool {
	c := canon(v)
	if u, ok := c.(*Undefined); ok {
		return u.Mode != Strict
	}
	if _, ok := c.(Object); ok {
		_, sized := c.(Sized)
		_, items := c.(Itemer)
		return sized && items || IsMapping(c)
	}
	_, ok, err := length(nil, c)
	return ok && err == nil
}
