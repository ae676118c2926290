package machine

import (
	"encoding/hex"
	"sort"
	"strings"

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
		return nil, fault.Raise("AttributeError", "%s has no attribute %q here%s", typeName(x), name, noneHint(x))
	}
	return v, nil
}

// findAttr returns an attribute, nil if Python has none of that name. One that Python has and this package
// has not is an error.
func (m *Machine) findAttr(x starlark.Value, name string) (starlark.Value, error) {
	v, err := m.offeredAttr(x, name)
	if v == nil && err == nil && isPythonAttr(x, name) {
		return nil, fault.New("%s has no attribute %q here%s", typeName(x), name, noneHint(x))
	}
	return v, err
}

// offeredAttr returns an attribute, nil if there is none here.
func (m *Machine) offeredAttr(x starlark.Value, name string) (starlark.Value, error) {
	switch x := x.(type) {
	case starlark.String:
		return asValue(m.textMethod(string(x), name)), nil
	case starlark.Bytes:
		return asValue(m.bytesMethod(string(x), name)), nil
	case *starlark.List:
		return asValue(m.listMethod(x, name)), nil
	case *starlark.Dict:
		return asValue(m.dictMethod(x, name)), nil
	case *mapping:
		return m.mappingAttr(x, name)
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
	case *starlark.Builtin:
		return m.builtinAttr(x, name)
	case *function:
		return x.attr(name), nil
	case starlark.HasAttrs: // a module or a class
		return x.Attr(name)
	}
	return nil, nil
}

// builtinAttr returns an attribute of a built-in type: str.strip takes the text as its first argument.
func (m *Machine) builtinAttr(b *starlark.Builtin, name string) (starlark.Value, error) {
	switch {
	case name == "__name__":
		return starlark.String(b.Name()[strings.LastIndexByte(b.Name(), '.')+1:]), nil
	case b.Name() == "dict" && name == "fromkeys":
		return builtin(name, m.fromKeys), nil
	case b.Name() == "bytes" && name == "fromhex":
		return builtin(name, m.fromHex), nil
	case b.Name() == "datetime.timedelta":
		return timedeltaAttr(name), nil
	case isTypeName(b.Name()):
		return m.unbound(b.Name(), name), nil
	}
	return nil, nil
}

// unbound is a method of a built-in type that is called with its object.
func (m *Machine) unbound(kind, name string) starlark.Value {
	if name == "__new__" {
		return m.rootAttr(name)
	}
	return boundable{builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		object, x := first(args), unmember(first(args))
		if len(args) == 0 || !isA(x, kind) {
			return nil, fault.Raise("TypeError", "%s.%s() needs a %s first", kind, name, kind)
		}
		if c, ok := object.(*class); ok && name == "__init__" {
			return starlark.None, m.fillPayload(c, args[1:], kwargs)
		}
		fn := m.special(x, name)
		if fn == nil {
			var err error
			if fn, err = m.attr(x, name); err != nil {
				return nil, err
			}
		}
		return m.call(fn, args[1:], kwargs)
	})}
}

// fromKeys implements dict.fromkeys(keys, value).
func (m *Machine) fromKeys(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var keys, v starlark.Value = nil, starlark.None
	if err := unpack("fromkeys", args, kwargs, "iterable", &keys, "value?", &v); err != nil {
		return nil, err
	}
	elems, err := m.elements(keys)
	if err != nil {
		return nil, err
	}
	d := new(starlark.Dict)
	for _, key := range elems {
		if err := setKey(d, key, v); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// fromHex implements bytes.fromhex(text).
func (m *Machine) fromHex(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := unpack("fromhex", args, kwargs, "string", &s); err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		return nil, fault.Raise("ValueError", "fromhex() needs hexadecimal digits")
	}
	return starlark.Bytes(b), m.charge(len(s))
}

// attr returns an attribute of a function, nil if there is none.
func (fn *function) attr(name string) starlark.Value {
	if v, ok := fn.attrs[name]; ok {
		return v
	}
	switch name {
	case "__name__", "__qualname__":
		return starlark.String(fn.code.Name)
	case "__doc__":
		if fn.code.Doc == "" {
			return starlark.None
		}
		return starlark.String(fn.code.Doc)
	}
	return nil
}

// mappingAttr returns a method of a dict of another type.
func (m *Machine) mappingAttr(d *mapping, name string) (starlark.Value, error) {
	switch {
	case name == "copy":
		return m.plain(name, func() (starlark.Value, error) {
			v := new(starlark.Dict)
			return &mapping{kind: d.kind, dict: v, factory: d.factory}, m.pour(v, d)
		}), nil
	case d.kind == "Counter" && name == "update", name == "move_to_end", name == "most_common", name == "elements",
		name == "subtract", name == "maps", name == "new_child", name == "parents":
		return nil, fault.New("%s of a %s is not available; write the value", name, d.kind)
	case name == "default_factory" && d.kind == "defaultdict":
		if d.factory == nil {
			return starlark.None, nil
		}
		return d.factory, nil
	}
	return asValue(m.dictMethod(d.dict, name)), nil
}

// isPythonAttr reports whether Python may have an attribute, on a value that has none of that name here.
func isPythonAttr(x starlark.Value, name string) bool {
	if strings.HasPrefix(name, "__") {
		_, isClass := x.(*class)
		return !isClass
	}
	switch x.(type) {
	case starlark.String:
		return isIn(name, "expandtabs isprintable maketrans translate")
	case starlark.Bytes:
		return !isIn(name, "encode format items get keys isdecimal isnumeric read")
	case *starlark.List:
		return false
	case *starlark.Dict, *mapping:
		return isIn(name, "fromkeys popitem")
	case *starlark.Set:
		return isIn(name, "pop isdisjoint difference_update intersection_update symmetric_difference_update")
	case starlark.Tuple, starlark.NoneType:
		return false
	case starlark.Int, starlark.Bool:
		return isIn(name, "real imag numerator denominator bit_length bit_count to_bytes conjugate as_integer_ratio is_integer from_bytes")
	case starlark.Float:
		return isIn(name, "real imag is_integer hex as_integer_ratio conjugate fromhex")
	case *class, *module:
		return false
	}
	return true
}

func isIn(name, list string) bool { return strings.Contains(" "+list+" ", " "+name+" ") }

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
	return 0, fault.Raise("ValueError", "%s() finds nothing", name)
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
		_, err = m.call(m.inherited(l, "pop", size(l)), starlark.Tuple{starlark.MakeInt(i)}, nil)
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
	case "pop":
		return m.popping(d)
	case "setdefault":
		return m.settingDefault(d)
	case "keys", "values", "items", "clear":
		return m.inherited(d, name, size(d)*2)
	case "copy":
		return m.plain(name, func() (starlark.Value, error) { return m.toDict(starlark.Tuple{d}, nil) })
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

// popping is the method pop of a dict.
func (m *Machine) popping(d *starlark.Dict) *starlark.Builtin {
	return builtin("pop", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var key, absent starlark.Value
		if err := unpack("pop", args, kwargs, "key", &key, "default?", &absent); err != nil {
			return nil, err
		}
		v, err := get(d, key)
		switch {
		case err != nil:
			return nil, err
		case v != nil:
			_, err = m.deleteElement(d, key)
			return v, err
		case absent != nil:
			return absent, nil
		}
		return nil, errNoKey()
	})
}

// settingDefault is the method setdefault of a dict.
func (m *Machine) settingDefault(d *starlark.Dict) *starlark.Builtin {
	return builtin("setdefault", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var key, v starlark.Value = nil, starlark.None
		if err := unpack("setdefault", args, kwargs, "key", &key, "default?", &v); err != nil {
			return nil, err
		}
		if old, err := get(d, key); old != nil || err != nil {
			return old, err
		}
		return v, setKey(d, key, v)
	})
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
		return m.call(method, lists, kwargs)
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
		v, err := m.call(key, starlark.Tuple{elem}, nil)
		if err != nil {
			return nil, err
		}
		keys[i] = v
	}
	return keys, nil
}
