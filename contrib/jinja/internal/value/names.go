package value

import (
	"cmp"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"
)

// A Namer is an Object that knows the names of its attributes, for errors that tell the nearest one.
type Namer interface {
	Object
	// AttrNames returns the names, in any order.
	AttrNames() []string
}

// maxNames is how many names are looked at: a large dict is nobody's record.
const maxNames = 1000

// AttrNames returns the names that v.name may have, as far as they are known: attributes, methods, keys that are text. Of those that differ in
// case the lower one comes first.
func AttrNames(v any) []string {
	c := canon(v)
	names := append(keyNames(c), methodNames(c)...)
	if n, ok := v.(Namer); ok {
		names = append(names, n.AttrNames()...)
	}
	if v != nil {
		s := shapeOf(reflect.TypeOf(v))
		for name := range s.fields {
			names = append(names, name)
		}
		for name := range s.methods {
			names = append(names, name)
		}
	}
	names = slices.DeleteFunc(names, private)
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(b, a))
	})
	return slices.Compact(names)
}

// keyNames returns the keys of a mapping that are text.
func keyNames(c any) []string {
	if !IsMapping(c) {
		return nil
	}
	pairs, err := Pairs(nil, c)
	if err != nil {
		return nil
	}
	var names []string
	for key := range pairs {
		if name, ok := AsString(key); ok {
			names = append(names, name)
		}
		if len(names) == maxNames {
			break
		}
	}
	return names
}

// methodNames returns the names of the methods that v, which is canonical, has in Python.
func methodNames(v any) []string {
	tables.once.Do(makeTables)
	var names []string
	for _, table := range tablesOf(v) {
		for name := range table {
			names = append(names, name)
		}
	}
	return names
}

// tablesOf returns the tables that methodOf looks into.
func tablesOf(v any) []methods {
	switch v := v.(type) {
	case string, Markup:
		return []methods{tables.text}
	case *List:
		return []methods{tables.list, tables.sequence}
	case []any, Tuple, NamedTuple:
		return []methods{tables.sequence}
	case *Dict:
		return []methods{tables.dict, tables.mapping}
	case map[string]any, Mapping:
		return []methods{tables.mapping}
	case Range:
		return []methods{tables.ranges}
	case int, bool, *big.Int:
		return []methods{tables.integer}
	case float64:
		return []methods{tables.float}
	case []byte:
		return []methods{tables.bytes}
	case time.Time:
		return []methods{tables.moment}
	case Date:
		return []methods{tables.date}
	case Clock:
		return []methods{tables.clock}
	case time.Duration:
		return []methods{tables.duration}
	case nil:
		return nil
	default:
		switch reflect.ValueOf(v).Kind() {
		case reflect.Map:
			return []methods{tables.mapping}
		case reflect.Slice, reflect.Array:
			return []methods{tables.sequence}
		}
	}
	return nil
}
