package value

import (
	"slices"
	"sort"
)

// A List is Python's list, which templates can change. It is used by one goroutine.
type List struct{ Items []any }

// A Tuple is Python's tuple.
type Tuple []any

// A NamedTuple is a Tuple whose items have names too.
type NamedTuple struct {
	Tuple
	Class string // its name in Python, "tuple" if empty
	Names []string
}

func (t NamedTuple) class() string {
	if t.Class == "" {
		return "tuple"
	}
	return t.Class
}

// named returns the item called name.
func (t NamedTuple) named(name string) (any, bool) {
	i := slices.Index(t.Names, name)
	if i < 0 || i >= len(t.Tuple) {
		return nil, false
	}
	return t.Tuple[i], true
}

// sequenceMethods are those of lists, tuples and Go slices that change nothing. self is a []any.
func sequenceMethods() methods {
	return newMethods(
		def("index", "value, start=0, stop=None", func(rt *Runtime, self any, a []any) (any, error) {
			return indexOf(rt, self.([]any), a)
		}),
		def("count", "value", func(rt *Runtime, self any, a []any) (any, error) {
			n := 0
			for _, v := range self.([]any) {
				if Equal(v, a[0]) {
					n++
				}
			}
			return n, spend(rt, len(self.([]any)))
		}),
		def("copy", "", func(rt *Runtime, self any, _ []any) (any, error) {
			items, err := Items(rt, self)
			return &List{items}, err
		}),
	)
}

func indexOf(rt *Runtime, items []any, a []any) (any, error) {
	start, stop, _, err := bounds(len(items), a[1], a[2], nil)
	if err != nil {
		return nil, err
	}
	for i := start; i < stop; i++ {
		if Equal(items[i], a[0]) {
			return i, spend(rt, i)
		}
	}
	shown, err := Repr(rt, a[0])
	if err != nil {
		return nil, err
	}
	return nil, valueErrorf("%s is not in list", shown)
}

// listMethods are those that change a List.
func listMethods() methods {
	return newMethods(
		onList("append", "object", func(rt *Runtime, l *List, a []any) (any, error) {
			l.Items = append(l.Items, a[0])
			return nil, spend(rt, 1)
		}),
		onList("extend", "iterable", func(rt *Runtime, l *List, a []any) (any, error) {
			items, err := Items(rt, a[0])
			l.Items = append(l.Items, items...)
			return nil, err
		}),
		onList("insert", "index, object", func(rt *Runtime, l *List, a []any) (any, error) {
			i, err := index(a[0])
			if err != nil {
				return nil, err
			}
			l.Items = slices.Insert(l.Items, clamp(i, len(l.Items)), a[1])
			return nil, spend(rt, len(l.Items))
		}),
		onList("pop", "index=-1", popItem),
		onList("remove", "value", func(rt *Runtime, l *List, a []any) (any, error) {
			i := slices.IndexFunc(l.Items, func(v any) bool { return Equal(v, a[0]) })
			if i < 0 {
				return nil, valueErrorf("list.remove(x): x not in list")
			}
			l.Items = slices.Delete(l.Items, i, i+1)
			return nil, spend(rt, len(l.Items))
		}),
		onList("clear", "", func(_ *Runtime, l *List, _ []any) (any, error) {
			l.Items = nil
			return nil, nil
		}),
		onList("reverse", "", func(rt *Runtime, l *List, _ []any) (any, error) {
			slices.Reverse(l.Items)
			return nil, spend(rt, len(l.Items))
		}),
		onList("sort", "key=None, reverse=False", sortList),
	)
}

func onList(name, params string, do func(rt *Runtime, l *List, a []any) (any, error)) *method {
	return def(name, params, func(rt *Runtime, self any, a []any) (any, error) { return do(rt, self.(*List), a) })
}

func popItem(rt *Runtime, l *List, a []any) (any, error) {
	i, err := index(a[0])
	if err != nil {
		return nil, err
	}
	if len(l.Items) == 0 {
		return nil, failf("IndexError", "pop from empty list")
	}
	if i < 0 {
		i += len(l.Items)
	}
	if i < 0 || i >= len(l.Items) {
		return nil, failf("IndexError", "pop index out of range")
	}
	v := l.Items[i]
	l.Items = slices.Delete(l.Items, i, i+1)
	return v, spend(rt, len(l.Items)-i)
}

func sortList(rt *Runtime, l *List, a []any) (any, error) {
	reverse, err := Truth(a[1])
	if err != nil {
		return nil, err
	}
	items := l.Items
	keys := items
	if a[0] != nil {
		keys = make([]any, len(items))
		for i, v := range items {
			if keys[i], err = Call(rt, a[0], Args{Positional: []any{v}}); err != nil {
				return nil, err
			}
		}
	}
	sorted, err := Sorted(rt, items, keys, reverse)
	if err == nil {
		l.Items = sorted
	}
	return nil, err
}

// Sorted returns items in the order of keys, which has as many: stable, as Python sorts, also in reverse. Keys that cannot be compared
// are an error.
func Sorted(rt *Runtime, items, keys []any, reverse bool) ([]any, error) {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	var failed error
	sort.SliceStable(order, func(i, j int) bool {
		if failed != nil {
			return false
		}
		x, y := keys[order[i]], keys[order[j]]
		if reverse {
			x, y = y, x
		}
		less, err := Compare(rt, "<", x, y)
		if err == nil {
			err = spend(rt, 1)
		}
		failed = err
		return less
	})
	if failed != nil {
		return nil, failed
	}
	sorted := make([]any, len(items))
	for i, j := range order {
		sorted[i] = items[j]
	}
	return sorted, nil
}

// index is v as a position.
func index(v any) (int, error) {
	if n, ok := AsInt(v); ok {
		return n, nil
	}
	if err := undefinedIn(v); err != nil {
		return 0, err
	}
	if _, ok := asBig(canon(v)); ok {
		return 0, failf("IndexError", "cannot fit 'int' into an index-sized integer")
	}
	return 0, typeErrorf("'%s' object cannot be interpreted as an integer", TypeName(v))
}

// clamp is a position for inserting: negative ones count from the end, and none is outside.
func clamp(i, n int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}
