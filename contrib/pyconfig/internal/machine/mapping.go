package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// mapping is a dict of another type: OrderedDict, defaultdict, Counter or ChainMap.
type mapping struct {
	inert
	kind    string
	dict    *starlark.Dict
	factory starlark.Value // of a defaultdict; nil for none
}

// String returns the name of the type.
func (d *mapping) String() string { return d.kind }

// Type returns the name of the type.
func (d *mapping) Type() string { return d.kind }

// Truth is false for an empty one.
func (d *mapping) Truth() starlark.Bool { return d.dict.Len() > 0 }

// Len returns the number of entries.
func (d *mapping) Len() int { return d.dict.Len() }

// missing returns the value for a key that is not there.
func (m *Machine) missing(d *mapping, key starlark.Value) (starlark.Value, error) {
	switch {
	case d.kind == "Counter":
		return starlark.MakeInt(0), nil
	case d.factory == nil || d.factory == starlark.None:
		return nil, errNoKey()
	}
	v, err := m.call(d.factory, nil, nil)
	if err != nil {
		return nil, err
	}
	return v, setKey(d.dict, key, v)
}

// collections is the module collections.
func (m *Machine) collections() *module {
	c := newModuleOf("collections", map[string]native{
		"OrderedDict": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			d, err := m.toDict(args, kwargs)
			if err != nil {
				return nil, err
			}
			return &mapping{kind: "OrderedDict", dict: d.(*starlark.Dict)}, nil
		},
		"defaultdict": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var factory starlark.Value
			if len(args) > 0 {
				factory, args = args[0], args[1:]
			}
			d, err := m.toDict(args, kwargs)
			if err != nil {
				return nil, err
			}
			return &mapping{kind: "defaultdict", dict: d.(*starlark.Dict), factory: factory}, nil
		},
		"Counter":    m.counter,
		"ChainMap":   m.chainMap,
		"deque":      m.deque,
		"namedtuple": m.namedTuple,
	})
	abc := newModuleOf("collections.abc", nil)
	abc.hints = true
	c.attrs["abc"] = abc
	return c
}

func (m *Machine) counter(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 1 {
		if _, ok := asDict(args[0]); !ok {
			return m.counted(args[0])
		}
	}
	d, err := m.toDict(args, kwargs)
	if err != nil {
		return nil, err
	}
	return &mapping{kind: "Counter", dict: d.(*starlark.Dict)}, nil
}

func (m *Machine) counted(v starlark.Value) (starlark.Value, error) {
	elems, err := m.elements(v)
	if err != nil {
		return nil, err
	}
	d := new(starlark.Dict)
	for _, elem := range elems {
		n, err := get(d, elem)
		if err != nil {
			return nil, err
		}
		if n == nil {
			n = starlark.MakeInt(0)
		}
		if n, err = m.binary("+", n, starlark.MakeInt(1)); err != nil {
			return nil, err
		}
		if err := setKey(d, elem, n); err != nil {
			return nil, err
		}
	}
	return &mapping{kind: "Counter", dict: d}, nil
}

// chainMap merges its dicts: the first that has a key wins. It does not follow their later changes.
func (m *Machine) chainMap(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, fault.Raise("TypeError", "ChainMap() takes no named arguments")
	}
	merged := new(starlark.Dict)
	for i := len(args) - 1; i >= 0; i-- {
		if err := m.pour(merged, args[i]); err != nil {
			return nil, err
		}
	}
	return &mapping{kind: "ChainMap", dict: merged}, nil
}

// deque is a list here, without a bound on its length.
func (m *Machine) deque(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return m.collection("deque", m.toList)(args, kwargs)
}
