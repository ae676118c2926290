package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// asDict returns the dict that a value is or holds.
func asDict(v starlark.Value) (*starlark.Dict, bool) {
	switch v := v.(type) {
	case *starlark.Dict:
		return v, true
	case *mapping:
		return v.dict, true
	case *namespace:
		return v.dict(), true
	case *class:
		if v.payload != nil {
			return asDict(v.payload)
		}
	}
	return nil, false
}

// setKey sets an entry, under the key that is there already if it is equal in Python.
func setKey(d *starlark.Dict, key, v starlark.Value) error {
	key = unmember(key)
	if twin := twinOf(key); twin != nil {
		if _, found, _ := d.Get(twin); found {
			key = twin
		}
	}
	if err := d.SetKey(key, v); err != nil {
		return fault.Raise("TypeError", "%s cannot be the key of a dict", typeName(key))
	}
	return nil
}

// setElement sets an element of a list, a dict or the environment.
func (m *Machine) setElement(x, key, v starlark.Value) error {
	if c, ok := x.(*class); ok && c.instance {
		if fn := c.order[1].raw("__setitem__"); fn != nil {
			_, err := m.call(fn, starlark.Tuple{c, key, v}, nil)
			return err
		}
		if c.payload != nil {
			return m.setElement(c.payload, key, v)
		}
	}
	switch x := x.(type) {
	case *namespace:
		return x.setKey(key, v)
	case *sectionProxy:
		option, err := asText("a section", key)
		if err != nil {
			return err
		}
		return x.parser.setOption(x.section, option, v)
	}
	if d, ok := asDict(x); ok {
		return setKey(d, key, v)
	}
	switch x := x.(type) {
	case environ:
		return m.setVariable(key, v)
	case *starlark.List:
		i, err := position(key, x.Len())
		if err != nil {
			return err
		}
		return x.SetIndex(i, v)
	case refused:
		return x.err()
	}
	return fault.Raise("TypeError", "elements of this value cannot be set")
}

// deleteElement executes "del x[key]".
func (m *Machine) deleteElement(x, key starlark.Value) (starlark.Value, error) {
	if c, ok := x.(*class); ok && c.instance {
		if fn := c.order[1].raw("__delitem__"); fn != nil {
			return m.call(fn, starlark.Tuple{c, key}, nil)
		}
		if c.payload != nil {
			return m.deleteElement(c.payload, key)
		}
	}
	if n, ok := x.(*namespace); ok {
		return starlark.None, n.deleteKey(key)
	}
	key = unmember(key)
	if d, ok := asDict(x); ok {
		v, err := get(d, key)
		if err == nil && v == nil {
			err = errNoKey()
		}
		if err != nil {
			return nil, err
		}
		if _, found, _ := d.Delete(key); !found {
			d.Delete(twinOf(key))
		}
		return starlark.None, nil
	}
	switch x := x.(type) {
	case environ:
		_, err := m.popVariable(starlark.Tuple{key}, nil)
		return starlark.None, err
	case *starlark.List:
		_, err := m.call(m.inherited(x, "pop", size(x)), starlark.Tuple{key}, nil)
		return starlark.None, err
	}
	return nil, fault.Raise("TypeError", "elements of this value cannot be deleted")
}

func errNoKey() error {
	return fault.Raise("KeyError", "the dict has no such key; use .get with a default")
}
