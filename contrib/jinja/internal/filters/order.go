package filters

import (
	"slices"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// keyed is an item with the keys that it is sorted by.
type keyed struct {
	item any
	keys []any
}

// sortKeyed sorts as Python's sorted does: stably, in reverse too, and with no other operator than before's. The first error ends it.
func sortKeyed(rt *value.Runtime, list []keyed, reverse bool, before func(x, y []any) (bool, error)) error {
	var failed error
	slices.SortStableFunc(list, func(x, y keyed) int {
		if failed != nil {
			return 0
		}
		if reverse {
			x, y = y, x
		}
		less := false
		if failed = rt.Spend(1); failed == nil {
			less, failed = before(x.keys, y.keys)
		}
		if less {
			return -1
		}
		return 0
	})
	return failed
}

// keysOf are the items of v, each with what it has at the paths.
func keysOf(rt *value.Runtime, v any, paths []path) ([]keyed, error) {
	items, err := value.Items(rt, v)
	if err != nil {
		return nil, err
	}
	list := make([]keyed, len(items))
	keys := make([]any, len(items)*len(paths))
	for i, item := range items {
		own := keys[i*len(paths) : (i+1)*len(paths)]
		for j, p := range paths {
			if own[j], err = p.get(rt, item); err != nil {
				return nil, err
			}
		}
		list[i] = keyed{item, own}
	}
	return list, nil
}

func itemsOf(list []keyed) *value.List {
	items := make([]any, len(list))
	for i, k := range list {
		items[i] = k.item
	}
	return &value.List{Items: items}
}

// sorted is the filter sort. Python compares lists of keys: equal ones are skipped, so that two None are no error.
func sorted(rt *value.Runtime, args []any) (any, error) {
	reverse, sensitive, err := truths(args[1], args[2])
	if err != nil {
		return nil, err
	}
	paths, err := newPaths(args[3], !sensitive)
	if err != nil {
		return nil, err
	}
	list, err := keysOf(rt, args[0], paths)
	if err != nil {
		return nil, err
	}
	err = sortKeyed(rt, list, reverse, func(x, y []any) (bool, error) {
		for i := range x {
			same, err := value.Compare(rt, "==", x[i], y[i])
			if err != nil {
				return false, err
			}
			if !same {
				return value.Compare(rt, "<", x[i], y[i])
			}
		}
		return false, nil
	})
	return itemsOf(list), err
}

// dictsort is the filter dictsort: pairs in the order of their keys or values.
func dictsort(rt *value.Runtime, args []any) (any, error) {
	sensitive, reverse, err := truths(args[1], args[3])
	if err != nil {
		return nil, err
	}
	position := 0
	switch by, _ := value.AsString(args[2]); by {
	case "key":
	case "value":
		position = 1
	default:
		return nil, fail("FilterArgumentError", `You can only sort by either "key" or "value"`)
	}
	pairs, err := pairsOf(rt, args[0])
	if err != nil {
		return nil, err
	}
	list, err := keysOf(rt, pairs, []path{{keys: []any{position}, fold: !sensitive}})
	if err != nil {
		return nil, err
	}
	err = sortKeyed(rt, list, reverse, func(x, y []any) (bool, error) { return value.Compare(rt, "<", x[0], y[0]) })
	return itemsOf(list), err
}

// groupby is the filter groupby: a list of pairs with the attributes grouper and list.
func groupby(rt *value.Runtime, args []any) (any, error) {
	sensitive, err := value.Truth(args[3])
	if err != nil {
		return nil, err
	}
	shown, err := newPath(args[1])
	if err != nil {
		return nil, err
	}
	shown.otherwise = args[2]
	by := shown
	by.fold = !sensitive
	list, err := keysOf(rt, args[0], []path{by})
	if err != nil {
		return nil, err
	}
	if err := sortKeyed(rt, list, false, func(x, y []any) (bool, error) { return value.Compare(rt, "<", x[0], y[0]) }); err != nil {
		return nil, err
	}
	groups := &value.List{}
	for start := 0; start < len(list); {
		end := start + 1
		for ; end < len(list); end++ {
			same, err := value.Compare(rt, "==", list[start].keys[0], list[end].keys[0])
			if err != nil {
				return nil, err
			}
			if !same {
				break
			}
		}
		grouper, err := shown.get(rt, list[start].item)
		if err != nil {
			return nil, err
		}
		groups.Items = append(groups.Items, group(grouper, itemsOf(list[start:end])))
		start = end
	}
	return groups, nil
}

func group(grouper any, list *value.List) any {
	return value.NamedTuple{Tuple: value.Tuple{grouper, list}, Names: []string{"grouper", "list"}}
}

// extreme is the filter min where op is "<", and max where it is ">": the first item than which none is more so.
func extreme(op string) call {
	return func(rt *value.Runtime, args []any) (any, error) {
		p, err := foldedPath(args[2], args[1])
		if err != nil {
			return nil, err
		}
		list, err := keysOf(rt, args[0], []path{p})
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return missing(rt, "No aggregated item, sequence was empty."), nil
		}
		best := list[0]
		for _, k := range list[1:] {
			more, err := value.Compare(rt, op, k.keys[0], best.keys[0])
			if err != nil {
				return nil, err
			}
			if more {
				best = k
			}
		}
		return best.item, nil
	}
}

// foldedPath is an attribute to compare by.
func foldedPath(attribute, sensitive any) (path, error) {
	exact, err := value.Truth(sensitive)
	if err != nil {
		return path{}, err
	}
	p, err := newPath(attribute)
	p.fold = !exact
	return p, err
}

func truths(x, y any) (bool, bool, error) {
	a, err := value.Truth(x)
	if err != nil {
		return false, false, err
	}
	b, err := value.Truth(y)
	return a, b, err
}
