package machine

import (
	"slices"

	"go.starlark.net/starlark"
)

// dataclass returns the class, or the one it inherits from, that is a dataclass. It may be nil.
func (c *class) dataclass() *class {
	for _, base := range c.order {
		if base.data {
			return base
		}
	}
	return nil
}

// fields returns the annotated names of a dataclass and those it inherits from, in order.
func (c *class) fields() []string {
	var fields []string
	for _, base := range slices.Backward(c.order) {
		if !base.data {
			continue
		}
		for _, name := range base.annotated {
			if !slices.Contains(fields, name) {
				fields = append(fields, name)
			}
		}
	}
	return fields
}

// fillFields sets the fields of an object of a dataclass.
func (m *Machine) fillFields(object, c *class, args starlark.Tuple, kwargs []starlark.Tuple) error {
	fields := c.fields()
	given := starlark.StringDict{}
	for i, v := range args {
		if i >= len(fields) {
			return errArguments()
		}
		given[fields[i]] = v
	}
	for _, pair := range kwargs {
		name := string(pair[0].(starlark.String))
		if _, twice := given[name]; twice || !slices.Contains(fields, name) {
			return errArguments()
		}
		given[name] = pair[1]
	}
	for _, name := range fields {
		v, ok := given[name]
		if !ok {
			v = c.raw(name)
		}
		if factory, ok := v.(*field); ok {
			var err error
			if v, err = factory.make(m); err != nil {
				return err
			}
		}
		if v == nil {
			return errArguments()
		}
		object.attrs[name] = v
		object.note(name, v)
	}
	if after := c.raw("__post_init__"); after != nil {
		_, err := m.call(after, starlark.Tuple{object}, nil)
		return err
	}
	return nil
}

// field is what dataclasses.field returns.
type field struct {
	inert
	value, factory starlark.Value
}

// String returns a fixed text.
func (*field) String() string { return "field" }

// Type returns the name of the type.
func (*field) Type() string { return "field" }

// make returns the default, nil if there is none.
func (f *field) make(m *Machine) (starlark.Value, error) {
	if f.factory != nil {
		return m.call(f.factory, nil, nil)
	}
	return f.value, nil
}

// dataclasses is the module dataclasses.
func (m *Machine) dataclasses() *module {
	mark := func(v starlark.Value) (starlark.Value, error) {
		c, ok := v.(*class)
		if !ok || c.instance {
			return nil, errNotCallable()
		}
		c.data = true
		for name, attr := range c.attrs { // the class keeps a plain default, and none that a factory makes
			if f, ok := attr.(*field); ok && f.factory == nil && f.value != nil {
				c.attrs[name] = f.value
			}
		}
		return c, nil
	}
	return newModuleOf("dataclasses", map[string]native{
		"dataclass": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if len(args) == 1 {
				return mark(args[0])
			}
			return builtin("dataclass", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				v, err := one("dataclass", args, kwargs)
				if err != nil {
					return nil, err
				}
				return mark(v)
			}), nil
		},
		"field": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			f := new(field)
			var rest [6]starlark.Value
			err := unpack("field", args, kwargs, "default?", &f.value, "default_factory?", &f.factory, "init?", &rest[0],
				"repr?", &rest[1], "hash?", &rest[2], "compare?", &rest[3], "metadata?", &rest[4], "kw_only?", &rest[5])
			return f, err
		},
	})
}
