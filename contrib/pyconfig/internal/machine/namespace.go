package machine

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// namespace is the names of a class, an object or the file as a dict: __dict__, vars() and globals().
// What is set in it is set there.
type namespace struct {
	inert
	machine *Machine
	of      *class // nil for the file
	frame   *frame // of the file
}

func namespaceOf(c *class) *namespace { return &namespace{machine: c.machine, of: c} }

// String returns a fixed text: the names may be secrets.
func (*namespace) String() string { return "namespace" }

// Type returns the name of the type.
func (*namespace) Type() string { return "dict" }

// Truth is false for an object without attributes.
func (n *namespace) Truth() starlark.Bool {
	isSet := func(name string) bool { _, ok := n.lookup(name); return ok }
	return starlark.Bool(slices.ContainsFunc(n.names(), isSet))
}

// keys returns the names in the order in which they were set.
func (n *namespace) keys() []starlark.Value {
	var keys []starlark.Value
	names := n.names()
	for _, name := range names {
		if _, ok := n.lookup(name); ok {
			keys = append(keys, starlark.String(name))
		}
	}
	return keys
}

func (n *namespace) names() []string {
	switch {
	case n.of == nil:
		return append([]string{"__name__", "__doc__", "__file__"}, n.frame.names...)
	case n.of.instance:
		return n.of.names
	}
	return append(append([]string{"__module__"}, n.of.names...), "__dict__", "__weakref__", "__doc__")
}

// lookup returns the value of a name as it was set.
func (n *namespace) lookup(name string) (starlark.Value, bool) {
	if n.of == nil {
		v, ok := n.frame.vars[name]
		n.machine.drawn = n.machine.drawn || n.frame.drawn[name]
		return v, ok
	}
	if v, ok := n.of.attrs[name]; ok || n.of.instance {
		return v, ok
	}
	switch name {
	case "__module__":
		return starlark.String("config"), true
	case "__doc__":
		return starlark.None, true
	case "__dict__", "__weakref__":
		return new(property), true
	}
	return nil, false
}

// dict returns a copy. Where the account is empty the next charge fails.
func (n *namespace) dict() *starlark.Dict {
	d := new(starlark.Dict)
	if n.machine.charge(4*entrySize*len(n.names())) != nil {
		return d
	}
	for _, key := range n.keys() {
		v, _ := n.lookup(string(key.(starlark.String)))
		d.SetKey(key, v)
	}
	return d
}

func (n *namespace) index(key starlark.Value) (starlark.Value, error) {
	if name, ok := unmember(key).(starlark.String); ok {
		if v, ok := n.lookup(string(name)); ok {
			return v, nil
		}
	}
	return nil, errNoKey()
}

// has reports whether there is such a name.
func (n *namespace) has(key starlark.Value) bool {
	_, err := n.index(key)
	return err == nil
}

func (n *namespace) setKey(key, v starlark.Value) error {
	name, ok := unmember(key).(starlark.String)
	switch {
	case !ok:
		return fault.New("a name must be text, not %s", typeName(key))
	case n.of == nil:
		n.machine.set(n.frame, string(name), v)
		return nil
	case n.of.instance:
		n.of.attrs[string(name)] = v
		n.of.drawn[string(name)] = n.machine.drawn && !n.machine.isVariableValue(v)
		n.of.note(string(name), v)
		return nil
	}
	return fault.Raise("TypeError", "the attributes of a class are not set this way; use setattr")
}

func (n *namespace) deleteKey(key starlark.Value) error {
	name, ok := unmember(key).(starlark.String)
	if _, found := n.lookup(string(name)); !ok || !found {
		return errNoKey()
	}
	switch {
	case n.of == nil:
		return n.frame.unset(string(name))
	case n.of.instance:
		delete(n.of.attrs, string(name))
		return nil
	}
	return fault.Raise("TypeError", "the attributes of a class are not deleted this way; use del")
}

// AttrNames returns nothing: the names are not listed to files.
func (*namespace) AttrNames() []string { return nil }

// Attr returns a method of a dict. What is not there is nil.
func (n *namespace) Attr(name string) (starlark.Value, error) {
	m := n.machine
	switch name {
	case "update":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			more, err := m.toDict(args, kwargs)
			if err != nil {
				return nil, err
			}
			for _, item := range more.(*starlark.Dict).Items() {
				if err := n.setKey(item[0], item[1]); err != nil {
					return nil, err
				}
			}
			return starlark.None, nil
		}), nil
	case "pop", "setdefault":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			d := n.dict()
			before := d.Len()
			v, err := m.call(asValue(m.dictMethod(d, name)), args, kwargs)
			switch {
			case err != nil || d.Len() == before:
			case name == "pop":
				err = n.deleteKey(first(args))
			default:
				err = n.setKey(first(args), v)
			}
			return v, err
		}), nil
	case "get", "items", "keys", "values", "copy":
		d := n.dict()
		return asValue(m.dictMethod(d, name)), m.charge(size(d))
	case "clear", "popitem":
		return nil, fault.New("%s of a namespace is not available; delete the names", name)
	}
	return m.special(n, name), nil
}

// scope evaluates globals(), locals(), vars() and dir() without arguments. It reports whether the name is one of them.
func (m *Machine) scope(f *frame, call *translate.Call) (starlark.Value, bool, error) {
	id, ok := call.Fn.(*translate.Name)
	if !ok || len(call.Args) > 0 || !isIn(id.Name, "globals locals vars dir") {
		return nil, false, nil
	}
	if v, err := m.resolve(f, id.Name); err != nil || v != m.names[id.Name] {
		return nil, false, nil
	}
	var n *namespace
	switch {
	case id.Name == "globals" || f.program != nil:
		n = &namespace{machine: m, frame: f.module}
	case f.class != nil:
		n = &namespace{machine: m, of: f.class}
	case f.called != nil && id.Name != "dir":
		d := new(starlark.Dict)
		for _, name := range f.vars.Keys() {
			d.SetKey(starlark.String(name), f.vars[name])
		}
		return d, true, m.charge(size(d))
	default:
		return nil, true, fault.New("%s() is not available here; name the variables", id.Name)
	}
	if id.Name == "dir" {
		v, err := m.sorted(starlark.Tuple{starlark.NewList(n.keys())}, nil)
		return v, true, err
	}
	return n, true, m.charge(len(n.names()) * entrySize)
}

// varsOf implements vars(x).
func (m *Machine) varsOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("vars", args, kwargs)
	if err != nil {
		return nil, err
	}
	return m.attr(v, "__dict__")
}

// rootNames are the names that every object has in Python.
const rootNames = "__class__ __delattr__ __dict__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ __getstate__ __gt__ __hash__ " +
	"__init__ __init_subclass__ __le__ __lt__ __module__ __ne__ __new__ __reduce__ __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__ " +
	"__subclasshook__ __weakref__"

// dir implements dir(x) for classes, objects and modules of the file.
func (m *Machine) dir(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("dir", args, kwargs)
	if err != nil {
		return nil, err
	}
	var names []string
	switch v := v.(type) {
	case refused:
		return nil, v.err()
	case *module:
		if !v.file {
			return nil, fault.New("dir() of the module %s is not available; name what you need", v.name)
		}
		names = v.attrs.Keys()
	case *class:
		if v.enum || v.payloadMaker() != nil {
			return nil, fault.New("dir() of such a class is not available; name what you need")
		}
		names = strings.Fields(rootNames)
		for _, base := range v.order {
			names = append(names, base.attrs.Keys()...)
		}
	default:
		return nil, fault.New("dir() of %s is not available; name what you need", typeName(v))
	}
	slices.Sort(names)
	return listOf(slices.Compact(names)), m.charge(len(names) * entrySize)
}

// simpleNamespace is the class types.SimpleNamespace.
func (m *Machine) simpleNamespace() *class {
	c := m.offeredClass("SimpleNamespace")
	c.attrs["__init__"] = boundable{builtin("SimpleNamespace", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) != 1 {
			return nil, errArguments()
		}
		for _, pair := range kwargs {
			if err := m.setOwn(args[0], string(pair[0].(starlark.String)), pair[1]); err != nil {
				return nil, err
			}
		}
		return starlark.None, nil
	})}
	c.attrs["__eq__"] = boundable{builtin("__eq__", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var x, y starlark.Value
		if err := unpack("__eq__", args, kwargs, "x", &x, "y", &y); err != nil {
			return nil, err
		}
		a, ok1 := x.(*class)
		b, ok2 := y.(*class)
		if !ok1 || !ok2 || !b.is(c) {
			return starlark.False, nil
		}
		return m.compared("==", namespaceOf(a).dict(), namespaceOf(b).dict())
	})}
	return c
}
