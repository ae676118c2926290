package machine

import (
	"go.starlark.net/starlark"
)

// staticMethod is what staticmethod makes of a function.
type staticMethod struct {
	inert
	machine  *Machine
	callable starlark.Value
}

// String returns a fixed text.
func (*staticMethod) String() string { return "staticmethod" }

// Type returns the name of the type.
func (*staticMethod) Type() string { return "function" }

// Name returns the name.
func (*staticMethod) Name() string { return "staticmethod" }

// CallInternal calls the function.
func (s *staticMethod) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return s.machine.call(s.callable, args, kwargs)
}

// Attr returns __func__, the function.
func (s *staticMethod) Attr(name string) (starlark.Value, error) { return unwrapped(s.callable, name) }

// AttrNames returns nothing: the names are not listed to files.
func (*staticMethod) AttrNames() []string { return nil }

// classMethod is what classmethod makes of a function.
type classMethod struct {
	inert
	callable starlark.Value
}

// String returns a fixed text.
func (*classMethod) String() string { return "classmethod" }

// Type returns the name of the type.
func (*classMethod) Type() string { return "function" }

// Attr returns __func__, the function.
func (c *classMethod) Attr(name string) (starlark.Value, error) { return unwrapped(c.callable, name) }

// AttrNames returns nothing: the names are not listed to files.
func (*classMethod) AttrNames() []string { return nil }

func unwrapped(callable starlark.Value, name string) (starlark.Value, error) {
	if name == "__func__" || name == "__wrapped__" {
		return callable, nil
	}
	return nil, nil
}

// property is what property makes of a function. Its value is asked of objects; of a class it is code.
type property struct {
	inert
	get, set starlark.Value // set is nil for one that cannot be set
}

// String returns a fixed text.
func (*property) String() string { return "property" }

// Type returns the name of the type.
func (*property) Type() string { return "property" }

// Attr returns fget, and the decorators that make a property with one function more.
func (p *property) Attr(name string) (starlark.Value, error) {
	with := func(change func(p *property, fn starlark.Value)) (starlark.Value, error) {
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			fn, err := one(name, args, kwargs)
			changed := *p
			change(&changed, fn)
			return &changed, err
		}), nil
	}
	switch name {
	case "fget":
		return p.get, nil
	case "setter":
		return with(func(p *property, fn starlark.Value) { p.set = fn })
	case "getter":
		return with(func(p *property, fn starlark.Value) { p.get = fn })
	case "deleter":
		return with(func(*property, starlark.Value) {})
	}
	return nil, nil
}

// AttrNames returns nothing: the names are not listed to files.
func (*property) AttrNames() []string { return nil }

func newProperty(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	p := new(property)
	var unset, doc starlark.Value
	err := unpack("property", args, kwargs, "fget", &p.get, "fset?", &p.set, "fdel?", &unset, "doc?", &doc)
	if p.set == starlark.None {
		p.set = nil
	}
	return p, err
}

func (m *Machine) newStatic(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("staticmethod", args, kwargs)
	return &staticMethod{machine: m, callable: v}, err
}

func newClassMethod(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("classmethod", args, kwargs)
	return &classMethod{callable: v}, err
}
