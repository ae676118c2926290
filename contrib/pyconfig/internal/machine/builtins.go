package machine

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// predeclared returns every name that a file finds without assigning it.
func (m *Machine) predeclared() starlark.StringDict {
	names := starlark.StringDict{"__debug__": starlark.True}
	for name, c := range m.exceptions {
		if !strings.Contains(hiddenExceptions, " "+name+" ") {
			names[name] = c
		}
	}
	for name, f := range m.functions() {
		names[name] = builtin(name, f)
	}
	for _, name := range []string{"eval", "exec", "compile", "input", "__import__", "globals", "locals",
		"id", "hash", "memoryview", "bytearray", "complex", "breakpoint", "exit", "quit"} {
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
		"iter": m.iter, "next": m.nextOf, "property": newProperty, "staticmethod": m.newStatic, "classmethod": newClassMethod,
		"super": superCall, "setattr": m.setattr, "issubclass": m.issubclass, "open": m.openFile,
		"set": m.collection("set", m.toSet), "sorted": m.sorted, "str": m.strOf, "sum": m.sum,
		"tuple": m.collection("tuple", m.toTuple), "zip": m.zip, "vars": m.varsOf, "dir": m.dir, "delattr": m.delattr,
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
	if c, ok := v.(*class); ok && c.instance {
		if fn := c.order[1].raw("__len__"); fn != nil {
			return m.call(fn, starlark.Tuple{c}, nil)
		}
		v = unmember(v)
	}
	if c, ok := v.(*class); ok && c.enum && !c.instance {
		return starlark.MakeInt(len(c.members)), nil
	}
	switch x := v.(type) {
	case *namespace:
		return starlark.MakeInt(len(x.keys())), m.charge(len(x.names()) * entrySize)
	case *sectionProxy:
		options := x.options()
		return starlark.MakeInt(len(options)), m.charge(len(options) * entrySize)
	}
	if s, ok := v.(starlark.String); ok {
		return starlark.MakeInt(utf8.RuneCountInString(string(s))), m.charge(len(s))
	}
	n := starlark.Len(v)
	if m, ok := v.(*mapping); ok {
		n = m.Len()
	}
	if r, ok := v.(refused); ok {
		return nil, r.err()
	}
	if r, ok := v.(*record); ok && r.tuple {
		n = len(r.values)
	}
	if n < 0 {
		return nil, fault.Raise("TypeError", "%s has no length%s", typeName(v), noneHint(v))
	}
	return starlark.MakeInt(n), nil
}

func (m *Machine) toBool(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value = starlark.False
	if err := unpack("bool", args, kwargs, "x?", &v); err != nil {
		return nil, err
	}
	holds, err := m.truth(v)
	return starlark.Bool(holds), err
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
			return nil, fault.Raise("ValueError", "a byte must be an int from 0 to 255")
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
	if _, ok := from.(environ); ok {
		all, err := m.environment()
		if err != nil {
			return err
		}
		from = all
	}
	if proxy, ok := from.(*sectionProxy); ok {
		all, err := proxy.dict()
		if err != nil {
			return err
		}
		from = all
	}
	if other, ok := asDict(from); ok {
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
			return fault.Raise("ValueError", "dict() needs pairs of a key and a value")
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
		return nil, fault.Raise("AttributeError", "%s has no such attribute; give getattr a default", typeName(x))
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

func (m *Machine) setattr(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, v starlark.Value
	var name string
	if err := unpack("setattr", args, kwargs, "object", &x, "name", &name, "value", &v); err != nil {
		return nil, err
	}
	return starlark.None, m.setAttr(x, name, v)
}

func (m *Machine) delattr(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var name string
	if err := unpack("delattr", args, kwargs, "object", &x, "name", &name); err != nil {
		return nil, err
	}
	return starlark.None, m.deleteAttr(x, name)
}

func (m *Machine) callable(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("callable", args, kwargs)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case refused:
		return nil, v.err()
	case *class:
		return starlark.Bool(!v.instance || v.order[1].raw("__call__") != nil), nil
	}
	_, ok := v.(starlark.Callable)
	return starlark.Bool(ok), nil
}

// isinstance implements isinstance for the built-in types and the classes of the file.
func (m *Machine) isinstance(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, types starlark.Value
	if err := unpack("isinstance", args, kwargs, "object", &v, "type", &types); err != nil {
		return nil, err
	}
	if r, ok := v.(refused); ok {
		return nil, r.err()
	}
	wanted, ok := types.(starlark.Tuple)
	if !ok {
		wanted = starlark.Tuple{types}
	}
	for _, t := range wanted {
		is, err := m.isOf(v, t)
		if err != nil || is {
			return starlark.Bool(is), err
		}
	}
	return starlark.False, nil
}

// isOf reports whether a value is of a type.
func (m *Machine) isOf(v, t starlark.Value) (bool, error) {
	switch t := t.(type) {
	case *class:
		c, ok := v.(*class)
		switch {
		case t.name == "object" && t.attrs == nil:
			return true, nil
		case !ok:
			return t.name == "type" && t.attrs == nil && isType(v), nil
		case !c.instance:
			return t == m.names["type"] || c.meta != nil && c.meta.is(t), nil
		}
		return c.is(t), nil
	case *recordType:
		r, ok := unmember(v).(*record)
		return ok && r.of == t, nil
	case *starlark.Builtin:
		if isTypeName(t.Name()) {
			return isA(unmember(v), t.Name()), nil
		}
		if t.Name() == "datetime.timedelta" {
			_, ok := v.(timedelta)
			return ok, nil
		}
	case pathType:
		_, ok := v.(purePath)
		return ok, nil
	}
	return false, fault.New("isinstance() knows the built-in types and the classes of the file only")
}

// issubclass implements issubclass for the classes of the file.
func (m *Machine) issubclass(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, of starlark.Value
	if err := unpack("issubclass", args, kwargs, "cls", &v, "type", &of); err != nil {
		return nil, err
	}
	c, ok1 := v.(*class)
	base, ok2 := of.(*class)
	if !ok1 || !ok2 || c.instance || base.instance {
		return nil, fault.New("issubclass() knows the classes of the file only")
	}
	return starlark.Bool(c.is(base)), nil
}

// isTypeName reports whether a built-in function is a type.
func isTypeName(name string) bool {
	return strings.Contains(" str int float bool bytes list tuple dict set frozenset ", " "+name+" ")
}

// isType reports whether a value is a type.
func isType(v starlark.Value) bool {
	b, ok := v.(*starlark.Builtin)
	return ok && isTypeName(b.Name())
}

func isA(v starlark.Value, name string) bool {
	if _, ok := v.(starlark.Bool); ok && name == "int" {
		return true
	}
	if r, ok := v.(*record); ok && r.tuple && name == "tuple" {
		return true
	}
	if _, ok := asDict(v); ok && name == "dict" {
		return v.Type() != "ChainMap"
	}
	return typeName(v) == name
}
