package filters

import "github.com/dewar-go/dewar/contrib/jinja/internal/value"

// maxChain is how many generators a value may come through: a template that maps what it mapped before, over and over, ends with an error
// before the stack does.
const maxChain = 1000

// generator yields what next makes of the items of v.
func generator(v any, next func() (any, bool, error)) (*value.Generator, error) {
	g := &value.Generator{Next: next}
	if from, ok := v.(*value.Generator); ok {
		g.Depth = from.Depth + 1
	}
	if g.Depth > maxChain {
		return nil, fail("RecursionError", "maximum recursion depth exceeded: a filter goes through more than %d others; use |list between", maxChain)
	}
	return g, nil
}

// lazily yields what pick keeps of what open gives, and opens it when the first item is asked for. It comes from v. Without pick it yields all.
func lazily(rt *value.Runtime, v any, open func() (*value.Iterator, error), pick func(item any) (v any, keep bool, err error)) (any, error) {
	var it *value.Iterator
	return generator(v, func() (any, bool, error) {
		if it == nil {
			var err error
			if it, err = open(); err != nil {
				return nil, false, err
			}
		}
		for {
			item, ok, err := it.Next()
			if err != nil || !ok {
				return nil, false, err
			}
			if err := rt.Spend(1); err != nil {
				return nil, false, err
			}
			if pick == nil {
				return item, true, nil
			}
			v, keep, err := pick(item)
			if err != nil || keep {
				return v, err == nil, err
			}
		}
	})
}

// each yields what pick keeps of the items of v, where v is true. Prepare makes pick when the first item is asked for, so that an empty value
// needs no arguments.
func each(rt *value.Runtime, v any, prepare func() (func(any) (any, bool, error), error)) (any, error) {
	var pick func(any) (any, bool, error)
	return lazily(rt, v, func() (*value.Iterator, error) {
		full, err := value.Truth(v)
		if err != nil {
			return nil, err
		}
		if !full {
			return value.Iterate(rt, value.Tuple{})
		}
		if pick, err = prepare(); err != nil {
			return nil, err
		}
		return value.Iterate(rt, v)
	}, func(item any) (any, bool, error) { return pick(item) })
}
