package machine

import (
	"slices"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

const (
	maxBases = 20  // classes that a class names as its bases
	maxOrder = 200 // classes that a class inherits from
)

// class is a class of the file, or an object of one.
type class struct {
	inert
	name     string
	attrs    starlark.StringDict // nil for object and exceptions
	order    []*class            // itself and all it inherits from, in the order they are asked
	instance bool
}

// method is a function of a class.
type method struct {
	inert
	function  starlark.Callable
	decorator string
}

// String returns a fixed text: attributes may be secret.
func (m *method) String() string { return "method" }

// Type returns the name of the type.
func (m *method) Type() string { return "function" }

// String returns the name of the class.
func (c *class) String() string { return c.name }

// Type returns the name of the type.
func (c *class) Type() string { return "type" }

// Hash makes a class fit for a key.
func (c *class) Hash() (uint32, error) { return starlark.String(c.name).Hash() }

// Name returns the name of the class.
func (c *class) Name() string { return c.name }

// newClass makes a class from its name and bases.
func newClass(args starlark.Tuple) (starlark.Value, error) {
	c := &class{name: string(args[0].(starlark.String)), attrs: starlark.StringDict{}}
	list := args[1].(*starlark.List)
	if list.Len() > maxBases {
		return nil, fault.New("a class has more than %d bases", maxBases)
	}
	var bases []*class
	for base := range starlark.Elements(list) {
		if known, ok := base.(refused); ok {
			return nil, known.err()
		}
		b, ok := base.(*class)
		if !ok || b.instance {
			return nil, fault.New("a base class is %s", typeName(base))
		}
		bases = append(bases, b)
	}
	order, ok := linearize(bases)
	if !ok {
		return nil, fault.New("the base classes have no consistent order; name the derived ones first")
	}
	if len(order) >= maxOrder {
		return nil, fault.New("a class inherits from more than %d classes", maxOrder)
	}
	c.order = append([]*class{c}, order...)
	return c, nil
}

// linearize merges the orders of the bases as Python does (C3).
func linearize(bases []*class) ([]*class, bool) {
	var queues [][]*class
	for _, b := range bases {
		queues = append(queues, slices.Clone(b.order))
	}
	queues = append(queues, slices.Clone(bases))
	var order []*class
	for {
		queues = slices.DeleteFunc(queues, func(q []*class) bool { return len(q) == 0 })
		if len(queues) == 0 {
			return order, true
		}
		next := candidate(queues)
		if next == nil {
			return nil, false
		}
		order = append(order, next)
		for i, q := range queues {
			if q[0] == next {
				queues[i] = q[1:]
			}
		}
	}
}

// candidate returns the first head that stands in no tail.
func candidate(queues [][]*class) *class {
	for _, q := range queues {
		inTail := func(other []*class) bool { return slices.Contains(other[1:], q[0]) }
		if !slices.ContainsFunc(queues, inTail) {
			return q[0]
		}
	}
	return nil
}

func newMethod(args starlark.Tuple) (starlark.Value, error) {
	return &method{function: args[0].(starlark.Callable), decorator: string(args[1].(starlark.String))}, nil
}

// SetField sets an attribute.
func (c *class) SetField(name string, v starlark.Value) error {
	if c.attrs == nil {
		return fault.New("attributes of %s cannot be set", c.name)
	}
	c.attrs[name] = v
	return nil
}

// Attr returns an attribute. What is not there is nil.
func (c *class) Attr(name string) (starlark.Value, error) {
	if name == "__name__" {
		return starlark.String(c.name), nil
	}
	for _, base := range c.order {
		if v, ok := base.attrs[name]; ok {
			return c.bound(v), nil
		}
	}
	return nil, nil
}

// AttrNames returns nothing: the names are not listed to files.
func (c *class) AttrNames() []string { return nil }

// bound gives a method the class or object it is called on.
func (c *class) bound(v starlark.Value) starlark.Value {
	m, ok := v.(*method)
	if !ok {
		return v
	}
	if m.decorator == "staticmethod" || m.decorator == "" && !c.instance {
		return m.function
	}
	return starlark.NewBuiltin(m.function.Name(),
		func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.Call(thread, m.function, append(starlark.Tuple{c}, args...), kwargs)
		})
}

// CallInternal makes an object of the class.
func (c *class) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if init, _ := c.Attr("__init__"); init != nil || len(args) > 0 || len(kwargs) > 0 || c.instance {
		return nil, fault.New("objects with arguments are not available; write the attributes in the class")
	}
	object := &class{name: c.name, attrs: starlark.StringDict{}, instance: true}
	object.order = append([]*class{object}, c.order...)
	return object, nil
}

// all returns the attributes with the inherited ones.
func (c *class) all() starlark.StringDict {
	attrs := starlark.StringDict{}
	for _, base := range slices.Backward(c.order) {
		for name, v := range base.attrs {
			attrs[name] = v
		}
	}
	return attrs
}
