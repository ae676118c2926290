package filters

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// mapped is the filter map: what another filter makes of each item, or an attribute of each.
func mapped(rt *value.Runtime, args []any) (any, error) {
	return each(rt, args[0], func() (func(any) (any, bool, error), error) {
		positional, named := rest(args)
		get, err := mapping(rt, positional, named)
		return func(item any) (any, bool, error) {
			v, err := get(item)
			return v, true, err
		}, err
	})
}

// mapping is what map does to an item.
func mapping(rt *value.Runtime, positional []any, named []value.Named) (func(any) (any, error), error) {
	if len(positional) > 0 {
		return applied(rt, findFilter, positional, named), nil
	}
	var p path
	var otherwise any
	found, unexpected := false, ""
	for _, arg := range named {
		var err error
		switch arg.Name {
		case "attribute":
			found = true
			p, err = newPath(arg.Value)
		case "default":
			otherwise = arg.Value
		default:
			if unexpected == "" {
				unexpected = arg.Name
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, fail("FilterArgumentError", "map requires a filter argument")
	}
	if unexpected != "" {
		return nil, fail("FilterArgumentError", "Unexpected keyword argument '%s'", unexpected)
	}
	p.otherwise = otherwise
	return func(item any) (any, error) { return p.get(rt, item) }, nil
}

// selected is select, reject, selectattr and rejectattr: the items for which a test, or their truth, is as wanted.
func selected(wanted, byAttribute bool) call {
	return func(rt *value.Runtime, args []any) (any, error) {
		return each(rt, args[0], func() (func(any) (any, bool, error), error) {
			positional, named := rest(args)
			var p path
			if byAttribute {
				if len(positional) == 0 {
					return nil, fail("FilterArgumentError", "Missing parameter for attribute name")
				}
				var err error
				if p, err = newPath(positional[0]); err != nil {
					return nil, err
				}
				positional = positional[1:]
			}
			holds := condition(rt, positional, named)
			return func(item any) (any, bool, error) {
				v, err := p.get(rt, item)
				if err != nil {
					return nil, false, err
				}
				held, err := holds(v)
				return item, held == wanted, err
			}, nil
		})
	}
}

// condition is the test that select applies: truth where none is named.
func condition(rt *value.Runtime, positional []any, named []value.Named) func(any) (bool, error) {
	if len(positional) == 0 {
		return value.Truth
	}
	test := applied(rt, findTest, positional, named)
	return func(v any) (bool, error) {
		result, err := test(v)
		if err != nil {
			return false, err
		}
		return value.Truth(result)
	}
}

// rest are the arguments that a variadic filter got beyond its value.
func rest(args []any) (positional []any, named []value.Named) {
	positional, _ = args[1].(value.Tuple)
	if d, ok := args[2].(*value.Dict); ok && d != nil {
		for name, v := range d.All() {
			s, _ := value.AsString(name)
			named = append(named, value.Named{Name: s, Value: v})
		}
	}
	return positional, named
}

func findFilter(rt *value.Runtime, name any) (*value.Function, error) {
	s, _ := value.AsString(name)
	if f, ok := rt.Filter(s); ok {
		return f, nil
	}
	return nil, fail("TemplateRuntimeError", "No filter named %s.", quoted(rt, name))
}

func findTest(rt *value.Runtime, name any) (*value.Function, error) {
	s, _ := value.AsString(name)
	if f, ok := rt.Test(s); ok {
		return f, nil
	}
	return nil, fail("TemplateRuntimeError", "No test named %s.", quoted(rt, name))
}

func quoted(rt *value.Runtime, v any) string {
	s, err := value.Repr(rt, v)
	if err != nil {
		return value.TypeName(v)
	}
	return s
}

// applied calls the filter or the test that the first argument names, with the others. It looks for it at the first value.
func applied(rt *value.Runtime, find func(*value.Runtime, any) (*value.Function, error), positional []any, named []value.Named) func(any) (any, error) {
	var f *value.Function
	return func(v any) (any, error) {
		if f == nil {
			var err error
			if f, err = find(rt, positional[0]); err != nil {
				return nil, err
			}
		}
		args, err := f.Bind(value.Args{Positional: append([]any{v}, positional[1:]...), Named: named})
		if err != nil {
			return nil, err
		}
		return f.Call(rt, args)
	}
}

// unique yields the items whose attributes were not there before.
func unique(rt *value.Runtime, args []any) (any, error) {
	var p path
	seen := new(value.Dict)
	return lazily(rt, args[0], func() (it *value.Iterator, err error) {
		if p, err = foldedPath(args[2], args[1]); err != nil {
			return nil, err
		}
		return value.Iterate(rt, args[0])
	}, func(item any) (any, bool, error) {
		key, err := p.get(rt, item)
		if err != nil {
			return nil, false, err
		}
		before := seen.Len()
		err = seen.Set(key, true)
		return item, seen.Len() > before, err
	})
}
