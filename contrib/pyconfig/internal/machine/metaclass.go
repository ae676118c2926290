package machine

import (
	"slices"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// makeByMeta calls __new__ of the metaclass of a class whose body has run, if there is one. What it gives to
// super().__new__ becomes the attributes of the class.
func (m *Machine) makeByMeta(c *class, bases starlark.Tuple) error {
	if c.meta == nil || c.meta.raw("__new__") == nil {
		return nil
	}
	fn := c.meta.raw("__new__")
	if static, ok := fn.(*staticMethod); ok {
		fn = static.callable
	}
	namespace := new(starlark.Dict)
	namespace.SetKey(starlark.String("__module__"), starlark.String("config"))
	namespace.SetKey(starlark.String("__qualname__"), starlark.String(c.name))
	if doc, ok := c.attrs["__doc__"]; ok {
		namespace.SetKey(starlark.String("__doc__"), doc)
	}
	for _, name := range c.names {
		if v, ok := c.attrs[name]; ok {
			namespace.SetKey(starlark.String(name), v)
		}
	}
	before := m.making
	m.making = &making{class: c, bases: bases}
	defer func() { m.making = before }()
	v, err := m.call(fn, starlark.Tuple{c.meta, starlark.String(c.name), bases, namespace}, nil)
	if err != nil {
		return err
	}
	if v != starlark.Value(c) {
		return fault.New("a metaclass that makes another class is not available; write the attributes out")
	}
	return m.charge(size(namespace))
}

// making is the class that a metaclass makes.
type making struct {
	class *class
	bases starlark.Tuple
}

// newByMeta implements super().__new__(cls, name, bases, attributes) in a metaclass.
func (m *Machine) newByMeta(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if m.making == nil || len(args) != 4 || len(kwargs) > 0 {
		return nil, fault.New("super().__new__() of a metaclass is available with the class, its name, bases and attributes only")
	}
	c := m.making.class
	name, ok1 := args[1].(starlark.String)
	bases, ok2 := args[2].(starlark.Tuple)
	attrs, ok3 := asDict(args[3])
	if !ok1 || !ok2 || !ok3 || string(name) != c.name || !slices.Equal(bases, m.making.bases) {
		return nil, fault.New("a metaclass that changes the name or bases of a class is not available; write the attributes out")
	}
	clear(c.attrs)
	c.names, c.noted = nil, nil
	for key, v := range attrs.Entries() {
		attr, ok := key.(starlark.String)
		if !ok {
			return nil, fault.New("the attributes of a class must have text as names")
		}
		c.attrs[string(attr)] = v
		c.note(string(attr), v)
	}
	return c, nil
}
