package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// CallInternal makes an object of the class.
func (c *class) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m := c.machine
	switch {
	case c.attrs == nil && c.name == "type":
		return m.typeOf(args, kwargs)
	case c.enum:
		return m.callEnum(c, args, kwargs)
	case c.is(m.names["type"].(*class)):
		return nil, fault.New("a metaclass is not available as a function; write the class out")
	}
	create := c.raw("__new__")
	if create == nil {
		object, err := m.bareObject(c, args, kwargs)
		if err != nil {
			return nil, err
		}
		return object, m.initialize(object, c, args, kwargs)
	}
	if static, ok := create.(*staticMethod); ok {
		create = static.callable
	}
	v, err := m.call(create, append(starlark.Tuple{c}, args...), kwargs)
	if err != nil {
		return nil, err
	}
	if object, ok := v.(*class); ok && object.instance && object.is(c) {
		return object, m.initialize(object, c, args, kwargs)
	}
	return v, nil
}

// bareObject makes an object before its __init__ runs.
func (m *Machine) bareObject(c *class, args starlark.Tuple, kwargs []starlark.Tuple) (*class, error) {
	if err := m.charge(objectWork + len(c.order)*entrySize); err != nil {
		return nil, err
	}
	object := &class{machine: m, name: c.name, attrs: starlark.StringDict{}, drawn: map[string]bool{}, instance: true}
	object.order = append([]*class{object}, c.order...)
	if c.is(m.exceptionClass("BaseException")) {
		object.attrs["args"] = args
	}
	if maker := c.payloadMaker(); maker != nil {
		return object, m.newPayload(object, maker, args, kwargs)
	}
	return object, nil
}

// initialize runs __init__ of a new object, or what stands for it.
func (m *Machine) initialize(object, c *class, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if c.is(m.settings) {
		return m.fillSettings(object, c, args, kwargs)
	}
	if c.is(m.settings.order[1]) && c.raw("__init__") == nil {
		return m.fillModel(object, c, args, kwargs)
	}
	switch init := c.raw("__init__"); {
	case init == nil && c.dataclass() != nil:
		return m.fillFields(object, c.dataclass(), args, kwargs)
	case init != nil:
		_, err := m.call(init, append(starlark.Tuple{object}, args...), kwargs)
		return err
	case object.payload != nil:
		return m.fillPayload(object, args, kwargs)
	case c.raw("__new__") != nil, c.is(m.exceptionClass("BaseException")):
		return nil
	case len(args) > 0 || len(kwargs) > 0:
		return errArguments()
	}
	return nil
}

// announce tells the classes above, and the attributes, of a new class: __init_subclass__ and __set_name__.
func (m *Machine) announce(c *class, kwargs []starlark.Tuple) error {
	for _, name := range c.names {
		v, ok := c.attrs[name].(*class)
		if !ok || !v.instance {
			continue
		}
		if fn := v.order[1].raw("__set_name__"); fn != nil {
			if _, err := m.call(fn, starlark.Tuple{v, c, starlark.String(name)}, nil); err != nil {
				return err
			}
		}
	}
	for _, base := range c.order[1:] {
		fn, ok := base.attrs["__init_subclass__"]
		if !ok {
			continue
		}
		if method, ok := fn.(*classMethod); ok {
			fn = method.callable
		}
		_, err := m.call(fn, starlark.Tuple{c}, kwargs)
		return err
	}
	if len(kwargs) > 0 {
		return fault.New("this argument of a class is not available; write the attributes out")
	}
	return nil
}
