package machine

import (
	"math"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// functools is the module functools.
func (m *Machine) functools() *module {
	f := newModuleOf("functools", map[string]native{
		"partial": m.partial,
		"reduce":  m.reduce,
		"cache": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return one("cache", args, kwargs)
		},
		"cached_property": newProperty,
		"lru_cache": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if len(args) == 1 {
				if _, ok := args[0].(starlark.Callable); ok {
					return args[0], nil
				}
			}
			return identity("lru_cache"), nil
		},
		"wraps": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return identity("wraps"), nil
		},
	})
	return f
}

// identity is a decorator that changes nothing.
func identity(name string) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return one(name, args, kwargs)
	})
}

// partial implements functools.partial.
func (m *Machine) partial(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, errArguments()
	}
	if r, ok := args[0].(refused); ok {
		return refused{name: r.name, cure: r.cure}, nil
	}
	return builtin("partial", func(more starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
		all := new(starlark.Dict)
		for _, pair := range append(append([]starlark.Tuple(nil), kwargs...), named...) {
			if err := all.SetKey(pair[0], pair[1]); err != nil {
				return nil, err
			}
		}
		return m.call(args[0], append(append(starlark.Tuple(nil), args[1:]...), more...), all.Items())
	}), nil
}

// reduce implements functools.reduce.
func (m *Machine) reduce(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fn, list, total starlark.Value
	if err := unpack("reduce", args, kwargs, "function", &fn, "iterable", &list, "initial?", &total); err != nil {
		return nil, err
	}
	elems, err := m.elements(list)
	if err != nil {
		return nil, err
	}
	for _, elem := range elems {
		if total == nil {
			total = elem
			continue
		}
		if total, err = m.call(fn, starlark.Tuple{total, elem}, nil); err != nil {
			return nil, err
		}
	}
	if total == nil {
		return nil, fault.Raise("TypeError", "reduce() has nothing to begin with; give it a first value")
	}
	return total, nil
}

// itertools is the module itertools, with what ends.
func (m *Machine) itertools() *module {
	flatten := func(lists []starlark.Value) (starlark.Value, error) {
		var all []starlark.Value
		for _, list := range lists {
			elems, err := m.elements(list)
			if err != nil {
				return nil, err
			}
			all = append(all, elems...)
		}
		return newIterator(all), nil
	}
	from := builtin("from_iterable", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := one("from_iterable", args, kwargs)
		if err != nil {
			return nil, err
		}
		lists, err := m.elements(v)
		if err != nil {
			return nil, err
		}
		return flatten(lists)
	})
	chain := builtin("chain", func(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) { return flatten(args) })
	i := newModuleOf("itertools", map[string]native{"product": m.product})
	i.attrs["chain"] = &withAttrs{Builtin: chain, attrs: starlark.StringDict{"from_iterable": from}}
	return i
}

// withAttrs is a function with attributes.
type withAttrs struct {
	*starlark.Builtin
	attrs starlark.StringDict
}

// Attr returns an attribute. What is not there is nil.
func (w *withAttrs) Attr(name string) (starlark.Value, error) { return w.attrs[name], nil }

// AttrNames returns nothing: the names are not listed to files.
func (*withAttrs) AttrNames() []string { return nil }

// product implements itertools.product.
func (m *Machine) product(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, fault.New("product() takes no named arguments here")
	}
	rows := []starlark.Tuple{{}}
	for _, arg := range args {
		elems, err := m.elements(arg)
		if err != nil {
			return nil, err
		}
		if err := m.charge(len(rows) * len(elems) * entrySize * len(args)); err != nil {
			return nil, err
		}
		var longer []starlark.Tuple
		for _, row := range rows {
			for _, elem := range elems {
				longer = append(longer, append(append(starlark.Tuple(nil), row...), elem))
			}
		}
		rows = longer
	}
	elems := make([]starlark.Value, len(rows))
	for i, row := range rows {
		var err error
		if elems[i], err = m.tuple(row); err != nil {
			return nil, err
		}
	}
	return newIterator(elems), nil
}

// operators is the module operator.
func (m *Machine) operators() *module {
	o := newModuleOf("operator", map[string]native{
		"itemgetter": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			key, err := one("itemgetter", args, kwargs)
			return builtin("itemgetter", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				v, err := one("itemgetter", args, kwargs)
				if err != nil {
					return nil, err
				}
				return m.index(v, key)
			}), err
		},
		"attrgetter": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var name string
			err := unpack("attrgetter", args, kwargs, "attr", &name)
			return builtin("attrgetter", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				v, err := one("attrgetter", args, kwargs)
				if err != nil {
					return nil, err
				}
				return m.attr(v, name)
			}), err
		},
	})
	for name, op := range map[string]string{"add": "+", "sub": "-", "mul": "*", "or_": "|", "and_": "&", "xor": "^", "truediv": "/", "floordiv": "//", "mod": "%"} {
		o.attrs[name] = builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if len(args) != 2 || len(kwargs) > 0 {
				return nil, errArguments()
			}
			return m.binary(op, args[0], args[1])
		})
	}
	return o
}

// stringConstants is the module string.
func stringConstants() *module {
	const lower, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
	const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	upper := strings.ToUpper(lower)
	s := &module{name: "string", attrs: starlark.StringDict{}}
	for name, text := range map[string]string{"ascii_lowercase": lower, "ascii_uppercase": upper, "ascii_letters": lower + upper,
		"digits": digits, "hexdigits": digits + "abcdefABCDEF", "octdigits": "01234567", "punctuation": punctuation,
		"whitespace": " \t\n\r\v\f", "printable": digits + lower + upper + punctuation + " \t\n\r\v\f"} {
		s.attrs[name] = starlark.String(text)
	}
	return s
}

// mathematics is the module math, with what gives the same on every machine.
func (m *Machine) mathematics() *module {
	whole := func(name string, round func(float64) float64) native {
		return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := one(name, args, kwargs)
			if err != nil {
				return nil, err
			}
			if i, ok := unbool(v).(starlark.Int); ok {
				return i, nil
			}
			f, ok := v.(starlark.Float)
			if !ok {
				return nil, needsNumber(v, "%s() needs a number, not %s%s", name, typeName(v), noneHint(v))
			}
			return m.toInt(starlark.Tuple{starlark.Float(round(float64(f)))}, nil)
		}
	}
	c := newModuleOf("math", map[string]native{
		"floor": whole("floor", math.Floor), "ceil": whole("ceil", math.Ceil), "trunc": whole("trunc", math.Trunc),
		"sqrt": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := one("sqrt", args, kwargs)
			if err != nil {
				return nil, err
			}
			f, ok := starlark.AsFloat(unbool(v))
			if !ok || f < 0 || math.IsInf(f, 0) {
				return nil, fault.New("sqrt() needs a number that is not negative")
			}
			return starlark.Float(math.Sqrt(f)), nil
		},
	})
	c.attrs["pi"], c.attrs["e"], c.attrs["inf"], c.attrs["nan"] = starlark.Float(math.Pi), starlark.Float(math.E), starlark.Float(math.Inf(1)), starlark.Float(math.NaN())
	return c
}

// abc is the module abc.
func (m *Machine) abc() *module {
	meta := &class{machine: m, name: "ABCMeta", attrs: starlark.StringDict{}, drawn: map[string]bool{}}
	meta.order = append([]*class{meta}, m.exceptions["type"].(*class).order...)
	base := &class{machine: m, name: "ABC", attrs: starlark.StringDict{}, drawn: map[string]bool{}}
	base.order = append([]*class{base}, m.exceptions["object"].(*class).order...)
	a := newModuleOf("abc", map[string]native{"abstractmethod": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return one("abstractmethod", args, kwargs)
	}})
	a.attrs["ABC"], a.attrs["ABCMeta"] = base, meta
	return a
}

// shallowCopy implements copy.copy.
func (m *Machine) shallowCopy(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("copy", args, kwargs)
	if err != nil {
		return nil, err
	}
	switch v.(type) {
	case *starlark.List:
		return m.toList(v)
	case *starlark.Dict:
		return m.toDict(starlark.Tuple{v}, nil)
	case *starlark.Set:
		return m.toSet(v)
	case starlark.String, starlark.Bytes, starlark.Int, starlark.Float, starlark.Bool, starlark.NoneType, starlark.Tuple:
		return v, nil
	}
	return nil, fault.New("copy() of %s is not available; write the value", typeName(v))
}

// deepcopy implements copy.deepcopy.
func (m *Machine) deepcopy(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("deepcopy", args, kwargs)
	if err != nil {
		return nil, err
	}
	return m.deep(v, 0)
}

func (m *Machine) deep(v starlark.Value, depth int) (starlark.Value, error) {
	if depth > maxDepth {
		return nil, errDeep()
	}
	if err := m.charge(entrySize); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *starlark.List, starlark.Tuple:
		elems, err := m.elements(v)
		if err != nil {
			return nil, err
		}
		for i, elem := range elems {
			if elems[i], err = m.deep(elem, depth+1); err != nil {
				return nil, err
			}
		}
		if _, list := v.(*starlark.List); list {
			return starlark.NewList(elems), nil
		}
		return m.tuple(elems)
	case *starlark.Dict:
		d := new(starlark.Dict)
		for _, item := range v.Items() {
			elem, err := m.deep(item[1], depth+1)
			if err != nil {
				return nil, err
			}
			if err := setKey(d, item[0], elem); err != nil {
				return nil, err
			}
		}
		return d, nil
	case *class, *mapping, *record, *iterator, *textFile:
		return nil, fault.New("deepcopy() of %s is not available; write the value", typeName(v))
	case *starlark.Set:
		return m.toSet(v)
	}
	return v, nil
}

// literalEval implements ast.literal_eval: the text is one literal.
func (m *Machine) literalEval(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("literal_eval", args, kwargs)
	if err != nil {
		return nil, err
	}
	s, ok := v.(starlark.String)
	if !ok {
		return nil, needsText(v, "literal_eval() needs text, not %s%s", typeName(v), noneHint(v))
	}
	if err := m.charge(100 * len(s)); err != nil {
		return nil, err
	}
	return m.literal(string(s))
}

// needsText is the error for a value that is no text, which Python refuses in its own way.
func needsText(v starlark.Value, format string, args ...any) error {
	if r, ok := v.(refused); ok {
		return r.err()
	}
	return fault.Raise("ValueError", format, args...)
}
