package machine

import (
	"sort"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// attr evaluates x.name.
func (m *Machine) attr(x starlark.Value, name string) (starlark.Value, error) {
	v, err := m.findAttr(x, name)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, fault.New("%s has no attribute %q here%s", typeName(x), name, noneHint(x))
	}
	return v, nil
}

// findAttr returns an attribute, nil if there is none.
func (m *Machine) findAttr(x starlark.Value, name string) (starlark.Value, error) {
	switch x := x.(type) {
	case starlark.String:
		return asValue(m.textMethod(string(x), name)), nil
	case starlark.Bytes:
		return asValue(m.bytesMethod(string(x), name)), nil
	case *starlark.List:
		return asValue(m.listMethod(x, name)), nil
	case *starlark.Dict:
		return asValue(m.dictMethod(x, name)), nil
	case *starlark.Set:
		return asValue(m.setMethod(x, name)), nil
	case starlark.Tuple:
		return asValue(m.tupleMethod(x, name)), nil
	case purePath:
		return m.pathAttr(x, name)
	case timedelta:
		return x.attr(name), nil
	case environ:
		return asValue(m.environMethod(name)), nil
	case refused:
		return nil, x.err()
	case starlark.HasAttrs: // a module or a class
		return x.Attr(name)
	}
	return nil, nil
}

// asValue keeps a missing builtin from becoming a value that is not nil.
func asValue(b *starlark.Builtin) starlark.Value {
	if b == nil {
		return nil
	}
	return b
}

// inherited wraps a method that Starlark has. It costs the size of the receiver and of the result.
func (m *Machine) inherited(x starlark.HasAttrs, name string, cost int) *starlark.Builtin {
	v, err := x.Attr(name)
	if v == nil || err != nil {
		return nil
	}
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := m.charge(cost); err != nil {
			return nil, err
		}
		v, err := v.(starlark.Callable).CallInternal(m.thread, args, kwargs)
		if err != nil {
			return nil, safe(name, err)
		}
		return v, m.admit(v)
	})
}

// admit charges for the result of a method.
func (m *Machine) admit(v starlark.Value) error {
	if list, ok := v.(*starlark.List); ok {
		for elem := range starlark.Elements(list) {
			if err := m.weigh(elem); err != nil {
				return err
			}
		}
		return nil
	}
	if err := m.weigh(v); err != nil {
		return err
	}
	return m.charge(size(v))
}

func (m *Machine) listMethod(l *starlark.List, name string) *starlark.Builtin {
	switch name {
	case "append":
		return m.inherited(l, name, 1)
	case "insert", "pop", "clear":
		return m.inherited(l, name, size(l))
	case "index":
		return m.indexing(l)
	case "remove":
		return m.removing(l)
	case "extend":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var more starlark.Value
			if err := unpack(name, args, kwargs, "iterable", &more); err != nil {
				return nil, err
			}
			_, err := m.inPlace("+", l, more)
			return starlark.None, err
		})
	case "copy":
		return m.plain(name, func() (starlark.Value, error) { return m.toList(l) })
	case "reverse":
		return m.plain(name, func() (starlark.Value, error) {
			elems, err := m.reversedElements(l)
			if err != nil {
				return nil, err
			}
			return starlark.None, refillList(l, starlark.NewList(elems))
		})
	case "sort":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			sorted, err := m.sorted(append(starlark.Tuple{l}, args...), kwargs)
			if err != nil {
				return nil, err
			}
			return starlark.None, refillList(l, sorted.(*starlark.List))
		})
	case "count":
		return m.counting(l)
	}
	return nil
}

func (m *Machine) tupleMethod(t starlark.Tuple, name string) *starlark.Builtin {
	switch name {
	case "count":
		return m.counting(t)
	case "index":
		return m.indexing(t)
	}
	return nil
}

// counting is the method that counts equal elements.
func (m *Machine) counting(x starlark.Iterable) *starlark.Builtin {
	return builtin("count", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var wanted starlark.Value
		if err := unpack("count", args, kwargs, "value", &wanted); err != nil {
			return nil, err
		}
		n := 0
		for elem := range starlark.Elements(x) {
			equal, err := m.equal(elem, wanted, 0)
			if err != nil {
				return nil, err
			}
			if equal {
				n++
			}
		}
		return starlark.MakeInt(n), nil
	})
}

// find returns the place of the first equal element.
func (m *Machine) find(name string, x starlark.Indexable, args starlark.Tuple, kwargs []starlark.Tuple) (int, error) {
	var wanted starlark.Value
	if err := unpack(name, args, kwargs, "value", &wanted); err != nil {
		return 0, err
	}
	for i := range x.Len() {
		if equal, err := m.equal(x.Index(i), wanted, 0); equal || err != nil {
			return i, err
		}
	}
	return 0, fault.New("%s() finds nothing", name)
}

func (m *Machine) indexing(x starlark.Indexable) *starlark.Builtin {
	return builtin("index", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		i, err := m.find("index", x, args, kwargs)
		return starlark.MakeInt(i), err
	})
}

func (m *Machine) removing(l *starlark.List) *starlark.Builtin {
	return builtin("remove", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		i, err := m.find("remove", l, args, kwargs)
		if err != nil {
			return nil, err
		}
		_, err = starlark.Call(m.thread, m.inherited(l, "pop", size(l)), starlark.Tuple{starlark.MakeInt(i)}, nil)
		return starlark.None, err
	})
}

// plain is a method without arguments.
func (m *Machine) plain(name string, f func() (starlark.Value, error)) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := unpack(name, args, kwargs); err != nil {
			return nil, err
		}
		return f()
	})
}

func (m *Machine) dictMethod(d *starlark.Dict, name string) *starlark.Builtin {
	switch name {
	case "get":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var key, absent starlark.Value = nil, starlark.None
			if err := unpack(name, args, kwargs, "key", &key, "default?", &absent); err != nil {
				return nil, err
			}
			v, err := get(d, key)
			if v == nil {
				v = absent
			}
			return v, err
		})
	case "pop", "setdefault":
		return m.inherited(d, name, 1)
	case "keys", "values", "items", "clear":
		return m.inherited(d, name, size(d)*2)
	case "copy":
		return m.plain(name, func() (starlark.Value, error) { return m.merge(starlark.Tuple{starlark.NewList([]starlark.Value{d})}) })
	case "update":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			more, err := m.toDict(args, kwargs)
			if err != nil {
				return nil, err
			}
			return starlark.None, refillDict(d, more.(*starlark.Dict))
		})
	}
	return nil
}

func (m *Machine) setMethod(s *starlark.Set, name string) *starlark.Builtin {
	switch name {
	case "add", "discard", "remove":
		return m.inherited(s, name, 1)
	case "clear", "difference", "intersection", "issubset", "issuperset", "symmetric_difference", "union", "update":
		return m.ofIterables(m.inherited(s, name, size(s)))
	case "copy":
		return m.plain(name, func() (starlark.Value, error) { return m.toSet(s) })
	}
	return nil
}

// ofIterables is a method that takes anything to loop over, text too.
func (m *Machine) ofIterables(method *starlark.Builtin) *starlark.Builtin {
	return builtin(method.Name(), func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		lists := make(starlark.Tuple, len(args))
		for i, arg := range args {
			elems, err := m.elements(arg)
			if err != nil {
				return nil, err
			}
			lists[i] = starlark.NewList(elems)
		}
		return starlark.Call(m.thread, method, lists, kwargs)
	})
}

// sorted implements sorted(iterable, key=None, reverse=False).
func (m *Machine) sorted(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list, key starlark.Value = nil, starlark.None
	var reverse bool
	if err := unpack("sorted", args, kwargs, "iterable", &list, "key?", &key, "reverse?", &reverse); err != nil {
		return nil, err
	}
	elems, err := m.elements(list)
	if err != nil {
		return nil, err
	}
	keys, err := m.keysOf(elems, key)
	if err != nil {
		return nil, err
	}
	rank := make([]int, len(elems))
	for i := range rank {
		rank[i] = i
	}
	sort.SliceStable(rank, func(i, j int) bool {
		a, b := keys[rank[i]], keys[rank[j]]
		if reverse {
			a, b = b, a
		}
		less, failed := m.ordered("<", a, b, 0)
		if failed != nil {
			err = failed
		}
		return less
	})
	sorted := make([]starlark.Value, len(elems))
	for i, from := range rank {
		sorted[i] = elems[from]
	}
	return starlark.NewList(sorted), err
}

// keysOf calls a key function on every element.
func (m *Machine) keysOf(elems []starlark.Value, key starlark.Value) ([]starlark.Value, error) {
	if key == starlark.None {
		return elems, nil
	}
	keys := make([]starlark.Value, len(elems))
	for i, elem := range elems {
		v, err := starlark.Call(m.thread, key, starlark.Tuple{elem}, nil)
		if err != nil {
			return nil, err
		}
		keys[i] = v
	}
	return keys, nil
}
