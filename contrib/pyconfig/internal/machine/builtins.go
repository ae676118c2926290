package machine

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// predeclared returns every name that a file finds without assigning it.
func (m *Machine) predeclared() starlark.StringDict {
	names := m.hooks()
	object := &class{name: "object"}
	object.order = []*class{object}
	names["object"] = object
	for _, name := range []string{"BaseException", "Exception", "ValueError", "TypeError", "KeyError", "LookupError",
		"RuntimeError", "OSError", "EnvironmentError", "ImportError", "AssertionError", "NotImplementedError"} {
		exception := &class{name: name}
		exception.order = []*class{exception, object}
		names[name] = exception
	}
	names["None"], names["True"], names["False"] = starlark.None, starlark.True, starlark.False
	names["__file__"], names["__name__"] = starlark.String(m.file), starlark.String("config")
	names["__doc__"] = starlark.None
	for name, f := range m.functions() {
		names[name] = builtin(name, f)
	}
	for _, name := range []string{"eval", "exec", "compile", "open", "input", "__import__", "globals", "locals",
		"vars", "dir", "type", "super", "iter", "next", "id", "hash", "delattr", "setattr", "property",
		"memoryview", "bytearray", "complex", "breakpoint", "exit", "quit"} {
		names[name] = refused{name: name + "()", cure: "write the value, or compute it in Go"}
	}
	return names
}

// functions returns the built-in functions.
func (m *Machine) functions() map[string]native {
	return map[string]native{
		"abs": m.abs, "all": m.all, "any": m.any, "ascii": m.asciiOf, "bin": m.inBase("#b"), "bool": m.toBool,
		"bytes": m.toBytes, "callable": m.callable, "chr": m.chr, "dict": m.toDict, "divmod": m.divmod,
		"enumerate": m.enumerate, "filter": m.filter, "float": m.toFloat, "format": m.formatOf,
		"frozenset": m.collection("frozenset", m.toSet), "getattr": m.getattr, "hasattr": m.hasattr,
		"hex": m.inBase("#x"), "int": m.toInt, "isinstance": m.isinstance, "len": m.length,
		"list": m.collection("list", m.toList), "map": m.mapOver, "max": m.extreme("max", ">"),
		"min": m.extreme("min", "<"), "oct": m.inBase("#o"), "ord": m.ord, "pow": m.pow, "print": m.print,
		"range": m.rangeOf, "repr": m.reprOf, "reversed": m.reversed, "round": m.round,
		"set": m.collection("set", m.toSet), "sorted": m.sorted, "str": m.strOf, "sum": m.sum,
		"tuple": m.collection("tuple", m.toTuple), "zip": m.zip,
	}
}

// print does nothing: a configuration has nothing to say.
func (m *Machine) print(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, nil
}

// collection is list, tuple, set or frozenset.
func (m *Machine) collection(name string, convert func(starlark.Value) (starlark.Value, error)) native {
	return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var from starlark.Value = starlark.Tuple{}
		if err := unpack(name, args, kwargs, "iterable?", &from); err != nil {
			return nil, err
		}
		return convert(from)
	}
}

// one reads the only argument of a function.
func one(name string, args starlark.Tuple, kwargs []starlark.Tuple) (v starlark.Value, err error) {
	err = unpack(name, args, kwargs, "x", &v)
	return v, err
}

func (m *Machine) length(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("len", args, kwargs)
	if err != nil {
		return nil, err
	}
	if s, ok := v.(starlark.String); ok {
		return starlark.MakeInt(utf8.RuneCountInString(string(s))), m.charge(len(s))
	}
	n := starlark.Len(v)
	if n < 0 {
		return nil, fault.New("%s has no length%s", typeName(v), noneHint(v))
	}
	return starlark.MakeInt(n), nil
}

func (m *Machine) toBool(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value = starlark.False
	if err := unpack("bool", args, kwargs, "x?", &v); err != nil {
		return nil, err
	}
	return v.Truth(), nil
}

func (m *Machine) strOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value = starlark.String("")
	if err := unpack("str", args, kwargs, "object?", &v); err != nil {
		return nil, err
	}
	s, err := m.str(v)
	if err != nil {
		return nil, err
	}
	return m.text(s)
}

func (m *Machine) reprOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("repr", args, kwargs)
	if err != nil {
		return nil, err
	}
	return m.formatted(starlark.Tuple{v, starlark.String("r"), starlark.String("")})
}

func (m *Machine) asciiOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("ascii", args, kwargs)
	if err != nil {
		return nil, err
	}
	return m.formatted(starlark.Tuple{v, starlark.String("a"), starlark.String("")})
}

func (m *Machine) formatOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	var format string
	if err := unpack("format", args, kwargs, "value", &v, "format_spec?", &format); err != nil {
		return nil, err
	}
	return m.formatted(starlark.Tuple{v, starlark.String(""), starlark.String(format)})
}

// toBytes implements bytes(text, encoding) and bytes(list).
func (m *Machine) toBytes(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		if s, ok := args[0].(starlark.String); ok && len(args)+len(kwargs) > 1 {
			return m.encode(string(s), args[1:], kwargs)
		}
	}
	var from starlark.Value = starlark.Tuple{}
	if err := unpack("bytes", args, kwargs, "source?", &from); err != nil {
		return nil, err
	}
	switch from.(type) {
	case starlark.String, starlark.Int:
		return nil, fault.New("bytes() needs an encoding or a list here; write a b\"...\" literal")
	}
	elems, err := m.elements(from)
	if err != nil {
		return nil, err
	}
	var b []byte
	for _, elem := range elems {
		n, err := starlark.AsInt32(elem)
		if err != nil || n < 0 || n > 255 {
			return nil, fault.New("a byte must be an int from 0 to 255")
		}
		b = append(b, byte(n))
	}
	return starlark.Bytes(b), nil
}

// toDict implements dict(mapping or pairs, **more).
func (m *Machine) toDict(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d := new(starlark.Dict)
	if len(args) > 1 {
		return nil, fault.New("dict() takes one dict or one list of pairs")
	}
	if len(args) == 1 {
		if err := m.fill(d, args[0]); err != nil {
			return nil, err
		}
	}
	for _, pair := range kwargs {
		if err := setKey(d, pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// fill puts a mapping, or pairs, into a dict.
func (m *Machine) fill(d *starlark.Dict, from starlark.Value) error {
	if other, ok := from.(*starlark.Dict); ok {
		for _, item := range other.Items() {
			if err := setKey(d, item[0], item[1]); err != nil {
				return err
			}
		}
		return m.charge(size(other))
	}
	pairs, err := m.elements(from)
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		kv, err := m.elements(pair)
		if err != nil {
			return err
		}
		if len(kv) != 2 {
			return fault.New("dict() needs pairs of a key and a value")
		}
		if err := setKey(d, kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) getattr(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, absent starlark.Value
	var name string
	if err := unpack("getattr", args, kwargs, "object", &x, "name", &name, "default?", &absent); err != nil {
		return nil, err
	}
	v, err := m.findAttr(x, name)
	if v != nil || err != nil {
		return v, err
	}
	if absent == nil {
		return nil, fault.New("%s has no such attribute; give getattr a default", typeName(x))
	}
	return absent, nil
}

func (m *Machine) hasattr(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var name string
	if err := unpack("hasattr", args, kwargs, "object", &x, "name", &name); err != nil {
		return nil, err
	}
	v, err := m.findAttr(x, name)
	return starlark.Bool(v != nil), err
}

func (m *Machine) callable(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("callable", args, kwargs)
	_, ok := v.(starlark.Callable)
	return starlark.Bool(ok), err
}

// isinstance implements isinstance for the built-in types.
func (m *Machine) isinstance(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, types starlark.Value
	if err := unpack("isinstance", args, kwargs, "object", &v, "type", &types); err != nil {
		return nil, err
	}
	wanted, ok := types.(starlark.Tuple)
	if !ok {
		wanted = starlark.Tuple{types}
	}
	for _, t := range wanted {
		b, ok := t.(*starlark.Builtin)
		if !ok || !strings.Contains(" str int float bool bytes list tuple dict set frozenset ", " "+b.Name()+" ") {
			return nil, fault.New("isinstance() knows the built-in types only")
		}
		if isA(v, b.Name()) {
			return starlark.True, nil
		}
	}
	return starlark.False, nil
}

func isA(v starlark.Value, name string) bool {
	if _, ok := v.(starlark.Bool); ok && name == "int" {
		return true
	}
	return typeName(v) == name
}
