package filters

import (
	"math/rand/v2"
	"slices"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// length is len(v).
func length(rt *value.Runtime, args []any) (any, error) {
	n, err := value.Len(rt, args[0])
	return n, err
}

// list is list(v).
func list(rt *value.Runtime, args []any) (any, error) {
	items, err := value.Items(rt, args[0])
	if err != nil {
		return nil, err
	}
	return &value.List{Items: slices.Clone(items)}, nil
}

// first is the first item, undefined where there is none.
func first(rt *value.Runtime, args []any) (any, error) {
	it, err := value.Iterate(rt, args[0])
	if err != nil {
		return nil, err
	}
	item, ok, err := it.Next()
	if err != nil || ok {
		return item, err
	}
	return missing(rt, "No first item, sequence was empty."), nil
}

// last is the last item of what can be gone through backwards.
func last(rt *value.Runtime, args []any) (any, error) {
	if r, ok := args[0].(value.Range); ok && r.Step != 0 {
		args = []any{reversedRange(r)}
		if item, err := first(rt, args); !isMissing(item) {
			return item, err
		}
		return missing(rt, "No last item, sequence was empty."), nil
	}
	items, err := reversible(rt, args[0])
	if err != nil {
		return nil, err
	}
	if s, ok := value.AsString(args[0]); ok && s != "" {
		_, size := utf8.DecodeLastRuneInString(s)
		return cut(args[0], s[len(s)-size:]), nil
	}
	if len(items) == 0 {
		return missing(rt, "No last item, sequence was empty."), nil
	}
	return items[len(items)-1], nil
}

func isMissing(v any) bool {
	_, missing := v.(*value.Undefined)
	return missing
}

// reversible are the items of v in their order, if Python's reversed takes it.
func reversible(rt *value.Runtime, v any) ([]any, error) {
	switch v := v.(type) {
	case *value.Generator:
		return nil, fail("TypeError", "'generator' object is not reversible")
	case *value.List:
		return v.Items, nil
	case *value.Undefined:
		_, err := value.Len(rt, v)
		return nil, err
	}
	_, text := value.AsString(v)
	if !text && !value.IsSequence(v) && !value.IsMapping(v) {
		return nil, fail("TypeError", "'%s' object is not reversible", value.TypeName(v))
	}
	return value.Items(rt, v)
}

// reverse is text backwards, or an iterator that goes through the items backwards.
func reverse(rt *value.Runtime, args []any) (any, error) {
	v := args[0]
	if s, ok := value.AsString(v); ok {
		return cut(v, backwards(s)), rt.Spend(len(s))
	}
	if r, ok := v.(value.Range); ok && r.Step != 0 {
		return reversedRange(r), nil
	}
	items, err := reversible(rt, v)
	if err == nil {
		at := len(items)
		return &value.Generator{Next: func() (any, bool, error) {
			if at == 0 {
				return nil, false, nil
			}
			at--
			return items[at], true, nil
		}}, nil
	}
	if items, err = value.Items(rt, v); isTypeError(err) {
		return nil, fail("FilterArgumentError", "argument must be iterable")
	}
	if err != nil {
		return nil, err
	}
	items = slices.Clone(items)
	slices.Reverse(items)
	return &value.List{Items: items}, nil
}

// reversedRange goes through r from its end.
func reversedRange(r value.Range) *value.Generator {
	n := rangeLen(r.Start, r.Stop, r.Step)
	return &value.Generator{Next: func() (any, bool, error) {
		if n == 0 {
			return nil, false, nil
		}
		n--
		return r.Start + int(n)*r.Step, true, nil
	}}
}

func backwards(s string) string {
	b := make([]byte, len(s))
	at := len(b)
	for i := 0; i < len(s); {
		_, size := utf8.DecodeRuneInString(s[i:])
		at -= size
		copy(b[at:], s[i:i+size])
		i += size
	}
	return string(b)
}

// random is an item by chance.
func random(rt *value.Runtime, args []any) (any, error) {
	n, err := value.Len(rt, args[0])
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return missing(rt, "No random item, sequence was empty."), nil
	}
	return value.Item(rt, args[0], chance(rt, n))
}

// chance is a number below n.
func chance(rt *value.Runtime, n int) int {
	if rt.Random != nil {
		return rt.Random(n)
	}
	return rand.IntN(n)
}

// batch yields lists of linecount items, the last filled up. As in Jinja a count of 0 gives an empty list and then one with everything, and
// one below 0 everything at once.
func batch(rt *value.Runtime, args []any) (any, error) {
	count, counted := value.AsFloat(args[1])
	var it *value.Iterator
	var kept []any // of the next list
	return generator(args[0], func() (_ any, _ bool, err error) {
		if it == nil {
			if it, err = value.Iterate(rt, args[0]); err != nil {
				return nil, false, err
			}
		}
		for {
			item, ok, err := it.Next()
			if err != nil {
				return nil, false, err
			}
			if !ok {
				row := &value.List{Items: kept}
				kept = nil
				return row, len(row.Items) > 0, fill(rt, row, args[1], args[2])
			}
			if err := rt.Spend(1); err != nil {
				return nil, false, err
			}
			if counted && float64(len(kept)) == count {
				row := &value.List{Items: kept}
				kept = []any{item}
				return row, true, nil
			}
			kept = append(kept, item)
		}
	})
}

// fill makes the last batch as long as the others.
func fill(rt *value.Runtime, row *value.List, count, filling any) error {
	if value.IsNone(filling) || len(row.Items) == 0 {
		return nil
	}
	if short, err := value.Compare(rt, "<", len(row.Items), count); err != nil || !short {
		return err
	}
	n, err := asInt(count)
	if err != nil {
		return err
	}
	if err := rt.Spend(n - len(row.Items)); err != nil {
		return err
	}
	for len(row.Items) < n {
		row.Items = append(row.Items, filling)
	}
	return nil
}

// slice yields so many lists, of items that are next to each other; those that are one shorter are filled up.
func slice(rt *value.Runtime, args []any) (any, error) {
	var items []any
	var slices, number, offset int
	started := false
	return generator(args[0], func() (any, bool, error) {
		if !started {
			var err error
			if items, err = value.Items(rt, args[0]); err != nil {
				return nil, false, err
			}
			if slices, err = asInt(args[1]); err != nil {
				return nil, false, err
			}
			if slices == 0 {
				return nil, false, fail("ZeroDivisionError", "integer division or modulo by zero")
			}
			started = true
		}
		if number >= slices {
			return nil, false, nil
		}
		size, longer := len(items)/slices, number < len(items)%slices
		if longer {
			size++
		}
		if err := rt.Spend(size + 1); err != nil {
			return nil, false, err
		}
		row := append([]any(nil), items[offset:offset+size]...)
		if !value.IsNone(args[2]) && !longer {
			row = append(row, args[2])
		}
		offset += size
		number++
		return &value.List{Items: row}, true, nil
	})
}

// items yields the pairs of a mapping, none of what is undefined.
func items(rt *value.Runtime, args []any) (any, error) {
	return lazily(rt, args[0], func() (*value.Iterator, error) {
		if isMissing(args[0]) {
			return value.Iterate(rt, value.Tuple{})
		}
		if !value.IsMapping(args[0]) {
			return nil, fail("TypeError", "Can only get item pairs from a mapping.")
		}
		pairs, err := pairsOf(rt, args[0])
		if err != nil {
			return nil, err
		}
		return value.Iterate(rt, pairs)
	}, nil)
}

// pairsOf are the pairs of a mapping.
func pairsOf(rt *value.Runtime, v any) (*value.List, error) {
	if u, ok := v.(*value.Undefined); ok {
		return nil, u.Err()
	}
	if !value.IsMapping(v) {
		return nil, fail("AttributeError", "'%s' object has no attribute 'items'", value.TypeName(v))
	}
	pairs, err := value.Pairs(rt, v)
	if err != nil {
		return nil, err
	}
	list := &value.List{}
	for key, v := range pairs {
		if err := rt.Spend(1); err != nil {
			return nil, err
		}
		list.Items = append(list.Items, value.Tuple{key, v})
	}
	return list, nil
}

// sum adds items, or their attributes, to start.
func sum(rt *value.Runtime, args []any) (any, error) {
	total := args[2]
	p, err := newPath(args[1])
	if err != nil {
		return nil, err
	}
	it, err := value.Iterate(rt, args[0])
	if err != nil {
		return nil, err
	}
	if _, ok := value.AsString(total); ok {
		return nil, fail("TypeError", "sum() can't sum strings [use ''.join(seq) instead]")
	}
	for {
		item, ok, err := it.Next()
		if err != nil || !ok {
			return total, err
		}
		if err := rt.Spend(1); err != nil {
			return nil, err
		}
		if item, err = p.get(rt, item); err != nil {
			return nil, err
		}
		if total, err = value.Binary(rt, "+", total, item); err != nil {
			return nil, err
		}
	}
}

// defaulted is the value, or the other one where it is undefined (or, if boolean, not true).
func defaulted(_ *value.Runtime, args []any) (any, error) {
	if isMissing(args[0]) {
		return args[1], nil
	}
	boolean, err := value.Truth(args[2])
	if err != nil || !boolean {
		return args[0], err
	}
	full, err := value.Truth(args[0])
	if err != nil || full {
		return args[0], err
	}
	return args[1], nil
}
