package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// iterable returns what a loop can go over. Text becomes a list of its characters.
func (m *Machine) iterable(v starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case starlark.String:
		elems, err := m.characters(string(v))
		return starlark.NewList(elems), err
	case starlark.Bytes:
		elems, err := m.octets(string(v))
		return starlark.NewList(elems), err
	case *starlark.Dict: // values may be set meanwhile, so Starlark must not see the loop
		return starlark.NewList(v.Keys()), m.charge(size(v))
	case *class:
		if v.enum && !v.instance {
			elems := make([]starlark.Value, len(v.members))
			for i, member := range v.members {
				elems[i] = member
			}
			return starlark.NewList(elems), m.charge(len(elems) * entrySize)
		}
		if over, err := m.iterableObject(v); over != nil || err != nil {
			return over, err
		}
	case *sectionProxy:
		options := v.options()
		return listOf(options), m.charge(len(options) * entrySize)
	case *namespace:
		return starlark.NewList(v.keys()), m.charge(len(v.names()) * entrySize)
	case environ:
		all, err := m.environment()
		if err != nil {
			return nil, err
		}
		return m.iterable(all)
	case *iterator:
		elems, err := m.drain(v)
		return starlark.NewList(elems), err
	case refused:
		return nil, v.err()
	case *record:
		if v.tuple {
			return starlark.Tuple(v.values), nil
		}
	case *textFile:
		elems, err := v.lines()
		return starlark.NewList(elems), err
	case starlark.Iterable:
		return v, nil
	}
	if d, ok := asDict(v); ok {
		return m.iterable(d)
	}
	return nil, fault.Raise("TypeError", "%s cannot be looped over%s", typeName(v), noneHint(v))
}

// iterableObject returns what a loop over an object goes over, nil if there is nothing.
func (m *Machine) iterableObject(c *class) (starlark.Value, error) {
	if !c.instance {
		return nil, nil
	}
	if fn := c.order[1].raw("__iter__"); fn != nil {
		v, err := m.call(fn, starlark.Tuple{c}, nil)
		if err != nil {
			return nil, err
		}
		if isPlainObject(v) {
			return nil, fault.New("an iterator of the file's own is not available; write __iter__ with yield")
		}
		return m.iterable(v)
	}
	if c.payload != nil {
		return m.iterable(c.payload)
	}
	return nil, nil
}

// elements returns all elements of a value.
func (m *Machine) elements(v starlark.Value) ([]starlark.Value, error) {
	v, err := m.iterable(v)
	if err != nil {
		return nil, err
	}
	if err := m.charge(size(v)); err != nil {
		return nil, err
	}
	var elems []starlark.Value
	for elem := range starlark.Elements(v.(starlark.Iterable)) {
		elems = append(elems, elem)
	}
	return elems, nil
}

func (m *Machine) characters(s string) ([]starlark.Value, error) {
	if err := m.charge(len(s) * entrySize); err != nil {
		return nil, err
	}
	var elems []starlark.Value
	for _, r := range s {
		elems = append(elems, starlark.String(r))
	}
	return elems, nil
}

func (m *Machine) octets(s string) ([]starlark.Value, error) {
	if err := m.charge(len(s) * entrySize); err != nil {
		return nil, err
	}
	var elems []starlark.Value
	for i := range len(s) {
		elems = append(elems, starlark.MakeInt(int(s[i])))
	}
	return elems, nil
}

func (m *Machine) toList(v starlark.Value) (starlark.Value, error) {
	elems, err := m.elements(v)
	return starlark.NewList(elems), err
}

func (m *Machine) toTuple(v starlark.Value) (starlark.Value, error) {
	elems, err := m.elements(v)
	if err != nil {
		return nil, err
	}
	return m.tuple(elems)
}

func (m *Machine) toSet(v starlark.Value) (starlark.Value, error) {
	elems, err := m.elements(v)
	if err != nil {
		return nil, err
	}
	return m.setOf(elems)
}

// setOf makes a set of elements.
func (m *Machine) setOf(elems []starlark.Value) (starlark.Value, error) {
	set := starlark.NewSet(len(elems))
	for _, elem := range elems {
		elem = unmember(elem)
		if twin := twinOf(elem); twin != nil {
			if found, _ := set.Has(twin); found {
				continue
			}
		}
		if err := set.Insert(elem); err != nil {
			return nil, fault.Raise("TypeError", "%s cannot be in a set", typeName(elem))
		}
	}
	return set, m.charge(len(elems))
}
