package machine

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// typeClass returns the class that stands for a built-in type, so that a class of the file can derive from it.
// The maker makes the value that its objects are underneath.
func (m *Machine) typeClass(name string, maker starlark.Value) *class {
	if c, ok := m.types[name]; ok {
		return c
	}
	c := &class{machine: m, name: name, maker: maker}
	c.order = []*class{c, m.names["object"].(*class)}
	m.types[name] = c
	return c
}

// builtinBase returns the class for a base that is a built-in type, nil if the value is none.
func (m *Machine) builtinBase(base starlark.Value) *class {
	switch b := base.(type) {
	case *starlark.Builtin:
		if isTypeName(b.Name()) || isIn(b.Name(), "collections.OrderedDict collections.defaultdict") {
			return m.typeClass(b.Name(), b)
		}
	case *recordType: // each named tuple is a type of its own
		c := &class{machine: m, name: b.Name(), maker: b}
		c.order = []*class{c, m.names["object"].(*class)}
		return c
	}
	return nil
}

// payloadMaker returns what makes the values that the objects of a class are underneath, nil if they are plain objects.
func (c *class) payloadMaker() starlark.Value {
	for _, base := range c.order {
		if base.maker != nil {
			return base.maker
		}
	}
	return nil
}

// newPayload makes the value of a new object. One that changes begins empty: its __init__ fills it.
func (m *Machine) newPayload(object *class, maker starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if b, ok := maker.(*starlark.Builtin); ok && isIn(b.Name(), "dict list set collections.OrderedDict collections.defaultdict") {
		args, kwargs = nil, nil
	}
	v, err := m.call(maker, args, kwargs)
	object.payload = v
	return err
}

// fillPayload is __init__ of the built-in type that an object derives from.
func (m *Machine) fillPayload(object *class, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if !isChanging(object.payload) {
		return nil
	}
	v, err := m.call(object.payloadMaker(), args, kwargs)
	if err != nil {
		return err
	}
	switch x := object.payload.(type) {
	case *starlark.List:
		x.Clear()
		return refillList(x, v.(*starlark.List))
	case *starlark.Set:
		return refillSet(x, v.(*starlark.Set))
	case *starlark.Dict:
		return refillDict(x, v.(*starlark.Dict))
	case *mapping:
		x.factory = v.(*mapping).factory
		return refillDict(x.dict, v.(*mapping).dict)
	}
	return nil
}

// isChanging reports whether a value can change.
func isChanging(v starlark.Value) bool {
	switch v.(type) {
	case *starlark.List, *starlark.Set, *starlark.Dict, *mapping:
		return true
	}
	return false
}

// isPlainObject reports whether a value is an object that is nothing else underneath.
func isPlainObject(v starlark.Value) bool {
	c, ok := v.(*class)
	return ok && c.instance && unmember(c) == starlark.Value(c)
}

// boundable is a method of a built-in type as an attribute: in a class it becomes a method of the objects.
type boundable struct{ *starlark.Builtin }

// special returns a method with underscores of a built-in value, nil if it is not offered.
func (m *Machine) special(x starlark.Value, name string) starlark.Value {
	unary := func(f func() (starlark.Value, error)) starlark.Value { return m.plain(name, f) }
	binary := func(f func(y starlark.Value) (starlark.Value, error)) starlark.Value {
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			y, err := one(name, args, kwargs)
			if err != nil {
				return nil, err
			}
			return f(y)
		})
	}
	switch name {
	case "__getitem__":
		return binary(func(key starlark.Value) (starlark.Value, error) { return m.index(x, key) })
	case "__delitem__":
		return binary(func(key starlark.Value) (starlark.Value, error) { return m.deleteElement(x, key) })
	case "__contains__":
		return binary(func(key starlark.Value) (starlark.Value, error) {
			found, err := m.contains(x, key)
			return starlark.Bool(found), err
		})
	case "__eq__":
		return binary(func(y starlark.Value) (starlark.Value, error) { return m.compared("==", x, y) })
	case "__len__":
		return unary(func() (starlark.Value, error) { return m.length(starlark.Tuple{x}, nil) })
	case "__iter__":
		return unary(func() (starlark.Value, error) { return m.iter(starlark.Tuple{x}, nil) })
	case "__str__":
		return unary(func() (starlark.Value, error) { return m.strOf(starlark.Tuple{x}, nil) })
	case "__repr__":
		return unary(func() (starlark.Value, error) { return m.reprOf(starlark.Tuple{x}, nil) })
	case "__setitem__":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var key, v starlark.Value
			if err := unpack(name, args, kwargs, "key", &key, "value", &v); err != nil {
				return nil, err
			}
			return starlark.None, m.setElement(x, key, v)
		})
	}
	if op := operatorOf(name); op != "" {
		return binary(func(y starlark.Value) (starlark.Value, error) { return m.binary(op, x, y) })
	}
	return nil
}

// operatorMethods lists the operators with the methods that classes give them.
const operatorMethods = "+ __add__ - __sub__ * __mul__ / __truediv__ // __floordiv__ % __mod__ ** __pow__ & __and__ | __or__ ^ __xor__ << __lshift__ >> __rshift__"

func operatorOf(method string) string { return neighbour(method, -1) }
func methodOf(op string) string       { return neighbour(op, 1) }

// neighbour returns the word before or after another in operatorMethods, "" if that is none.
func neighbour(word string, by int) string {
	words := strings.Fields(operatorMethods)
	i := slices.Index(words, word)
	if i < 0 || (by < 0) != (i%2 == 1) {
		return ""
	}
	return words[i+by]
}

// isObject reports whether a value is an object of a class of the file.
func isObject(v starlark.Value) bool {
	c, ok := v.(*class)
	return ok && c.instance
}

// operated evaluates an operator by the method of an object, if one of the two is an object that has it.
func (m *Machine) operated(op string, x, y starlark.Value) (starlark.Value, bool, error) {
	if !isObject(x) && !isObject(y) {
		return nil, false, nil
	}
	method := methodOf(op)
	for _, try := range []struct {
		object, other starlark.Value
		name          string
	}{{x, y, method}, {y, x, "__r" + method[2:]}} {
		c, ok := try.object.(*class)
		if !ok || !c.instance {
			continue
		}
		if fn := c.order[1].raw(try.name); fn != nil {
			v, err := m.call(fn, starlark.Tuple{c, try.other}, nil)
			return v, true, err
		}
	}
	return nil, false, nil
}

// rootAttr returns a method that every class has from object, nil if it is not offered.
func (m *Machine) rootAttr(name string) starlark.Value {
	switch name {
	case "__new__":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			c, ok := first(args).(*class)
			if !ok || c.instance || c.attrs == nil {
				return nil, fault.New("__new__() needs a class of the file")
			}
			return m.bareObject(c, args[1:], kwargs)
		})
	case "__init__", "__init_subclass__":
		return builtin(name, ignored)
	case "__setattr__":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var x, v starlark.Value
			var attr string
			if err := unpack(name, args, kwargs, "self", &x, "name", &attr, "value", &v); err != nil {
				return nil, err
			}
			return starlark.None, m.setOwn(x, attr, v)
		})
	case "__getattribute__":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var x starlark.Value
			var attr string
			if err := unpack(name, args, kwargs, "self", &x, "name", &attr); err != nil {
				return nil, err
			}
			return m.plainAttr(x, attr)
		})
	}
	return nil
}

// plainAttr returns an attribute without __getattr__.
func (m *Machine) plainAttr(x starlark.Value, name string) (starlark.Value, error) {
	c, ok := x.(*class)
	if !ok {
		return m.attr(x, name)
	}
	v, err := c.own(name)
	if v == nil && err == nil {
		return nil, fault.Raise("AttributeError", "an object has no attribute %q here", name)
	}
	return v, err
}

// first returns the first argument, None where there is none.
func first(args starlark.Tuple) starlark.Value {
	if len(args) == 0 {
		return starlark.None
	}
	return args[0]
}
