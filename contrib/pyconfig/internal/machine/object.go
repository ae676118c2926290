package machine

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// setAttr sets an attribute of a class, an object or a function.
func (m *Machine) setAttr(x starlark.Value, name string, v starlark.Value) error {
	switch x := x.(type) {
	case *class:
		if x.attrs == nil {
			return fault.Raise("TypeError", "attributes of %s cannot be set", x.name)
		}
		if fn := x.setter(); fn != nil {
			_, err := m.call(fn, starlark.Tuple{x, starlark.String(name), v}, nil)
			return err
		}
		return m.setOwn(x, name, v)
	case *module:
		if x.frame != nil {
			m.set(x.frame, name, v)
			return nil
		}
		x.attrs[name] = v
		return nil
	case logger:
		return nil
	case *withAttrs:
		if strings.HasPrefix(x.Name(), "logging.") { // the log is that of the Go program
			return nil
		}
	case *function:
		x.attrs[name] = v
		return nil
	case refused:
		return x.err()
	}
	return fault.New("attributes of this value cannot be set")
}

// setter returns __setattr__ of an object, nil if its class has none.
func (c *class) setter() starlark.Value {
	if !c.instance {
		return nil
	}
	return c.order[1].raw("__setattr__")
}

// setOwn sets an attribute without __setattr__: by the property of that name, by a descriptor, or as it is.
func (m *Machine) setOwn(x starlark.Value, name string, v starlark.Value) error {
	c, ok := x.(*class)
	if !ok || c.attrs == nil {
		return fault.Raise("TypeError", "attributes of %s cannot be set", typeName(x))
	}
	if c.instance {
		switch d := c.order[1].raw(name).(type) {
		case *property:
			if d.set == nil {
				return fault.Raise("AttributeError", "a property without a setter is set; give it one")
			}
			_, err := m.call(d.set, starlark.Tuple{c, v}, nil)
			return err
		case *class:
			if d.instance {
				if fn := d.order[1].raw("__set__"); fn != nil {
					_, err := m.call(fn, starlark.Tuple{d, c, v}, nil)
					return err
				}
			}
		}
	}
	c.attrs[name] = v
	c.drawn[name] = m.drawn && !m.isVariableValue(v)
	c.note(name, v)
	return nil
}

func (m *Machine) deleteAttr(x starlark.Value, name string) error {
	c, ok := x.(*class)
	if !ok {
		return fault.New("attributes of this value cannot be deleted")
	}
	if c.instance {
		if fn := c.order[1].raw("__delattr__"); fn != nil {
			_, err := m.call(fn, starlark.Tuple{c, starlark.String(name)}, nil)
			return err
		}
	}
	if _, found := c.attrs[name]; !found {
		return fault.Raise("AttributeError", "del names an attribute that is not there")
	}
	delete(c.attrs, name)
	return nil
}

// super is what super() gives in a method: the attributes of the classes after its own.
type super struct {
	inert
	object *class // the class or object that the method was called on
	order  []*class
}

// String returns a fixed text.
func (*super) String() string { return "super" }

// Type returns the name of the type.
func (*super) Type() string { return "super" }

// Attr returns an attribute. What is not there is nil.
func (s *super) Attr(name string) (starlark.Value, error) {
	m := s.object.machine
	for _, base := range s.order {
		v, ok := base.attrs[name]
		switch {
		case ok && s.object.instance:
			return m.bind(v, s.object, s.object.order[1])
		case ok:
			return m.bind(v, nil, s.object)
		}
	}
	if name == "__new__" && s.object.is(m.names["type"].(*class)) {
		return builtin(name, m.newByMeta), nil
	}
	switch name {
	case "__init__":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.None, s.initialize(args, kwargs)
		}), nil
	case "__setattr__", "__getattribute__":
		return m.method(m.rootAttr(name), s.object), nil
	case "__new__", "__init_subclass__":
		return m.rootAttr(name), nil
	}
	if s.object.payload != nil {
		return s.object.inner(name)
	}
	return nil, nil
}

// initialize is __init__ of the built-in classes.
func (s *super) initialize(args starlark.Tuple, kwargs []starlark.Tuple) error {
	m := s.object.machine
	switch {
	case s.object.is(m.exceptionClass("BaseException")):
		s.object.attrs["args"] = args
	case s.object.payload != nil:
		return m.fillPayload(s.object, args, kwargs)
	}
	return nil
}

// AttrNames returns nothing: the names are not listed to files.
func (*super) AttrNames() []string { return nil }

// super evaluates super() in a method.
func (m *Machine) super(f *frame) (starlark.Value, error) {
	for f.isComprehension() && f.outer != nil {
		f = f.outer
	}
	if f.called == nil || f.called.owner == nil || len(f.called.code.Params) == 0 {
		return nil, fault.New("super() is available in methods only")
	}
	object, ok := f.vars[f.called.code.Params[0].Name].(*class)
	if !ok {
		return nil, fault.New("super() is available in methods only")
	}
	return superOf(f.called.owner, object)
}

// superCall implements super(Class, self).
func superCall(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var owner, object starlark.Value
	if err := unpack("super", args, kwargs, "type", &owner, "object", &object); err != nil {
		return nil, err
	}
	c, ok1 := owner.(*class)
	o, ok2 := object.(*class)
	if !ok1 || !ok2 {
		return nil, fault.New("super() needs a class and an object of it")
	}
	return superOf(c, o)
}

func superOf(owner, object *class) (starlark.Value, error) {
	i := slices.Index(object.order, owner)
	if i < 0 {
		return nil, fault.Raise("TypeError", "super() needs an object of its class")
	}
	return &super{object: object, order: object.order[i+1:]}, nil
}

// truthOf is the truth of a class or object.
func (m *Machine) truthOf(c *class) (bool, error) {
	if !c.instance {
		return true, nil
	}
	for _, name := range []string{"__bool__", "__len__"} {
		if fn := c.order[1].raw(name); fn != nil {
			v, err := m.call(fn, starlark.Tuple{c}, nil)
			return err == nil && bool(v.Truth()), err
		}
	}
	if v := unmember(c); v != starlark.Value(c) {
		return m.truth(v)
	}
	return true, nil
}

// typeOf implements type(x) and type(name, bases, dict).
func (m *Machine) typeOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 3 && len(kwargs) == 0 {
		return m.madeClass(args)
	}
	v, err := one("type", args, kwargs)
	if err != nil {
		return nil, err
	}
	if c, ok := v.(*class); ok {
		return c.Attr("__class__")
	}
	if r, ok := v.(refused); ok {
		return nil, r.err()
	}
	name := typeName(v)
	if t, ok := m.names[name].(*starlark.Builtin); ok && isTypeName(name) {
		return t, nil
	}
	return nil, fault.New("type() of %s is not available; write the value, or compute it in Go", name)
}

// madeClass implements type(name, bases, dict).
func (m *Machine) madeClass(args starlark.Tuple) (starlark.Value, error) {
	name, ok1 := args[0].(starlark.String)
	bases, ok2 := args[1].(starlark.Tuple)
	attrs, ok3 := asDict(args[2])
	if !ok1 || !ok2 || !ok3 {
		return nil, fault.Raise("TypeError", "type() needs a name, a tuple and a dict")
	}
	c, _, err := m.newClass(string(name), bases, nil)
	if err != nil {
		return nil, err
	}
	if c.inheritEnum(""); c.enum || c.is(m.settings.order[1]) || c.meta != nil && c.meta.raw("__new__") != nil {
		return nil, fault.New("type() with such a base is not available; write the class out")
	}
	for key, v := range attrs.Entries() {
		attr, ok := key.(starlark.String)
		if !ok {
			return nil, fault.New("the attributes for type() must have text as names")
		}
		c.attrs[string(attr)] = v
		c.note(string(attr), v)
	}
	return c, m.announce(c, nil)
}
