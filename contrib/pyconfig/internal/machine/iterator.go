package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// iterator gives its elements once: a generator, or what iter, map, zip and the like return.
type iterator struct {
	inert
	next func() (v starlark.Value, more bool, err error)
}

// newIterator returns an iterator over elements.
func newIterator(elems []starlark.Value) *iterator {
	return &iterator{next: func() (starlark.Value, bool, error) {
		if len(elems) == 0 {
			return nil, false, nil
		}
		v := elems[0]
		elems = elems[1:]
		return v, true, nil
	}}
}

// String returns a fixed text.
func (*iterator) String() string { return "iterator" }

// Type returns the name of the type.
func (*iterator) Type() string { return "iterator" }

// Hash makes an iterator fit for a key.
func (*iterator) Hash() (uint32, error) { return 1, nil }

// drain returns the elements that are left.
func (m *Machine) drain(it *iterator) ([]starlark.Value, error) {
	var elems []starlark.Value
	for {
		if err := m.charge(entrySize); err != nil {
			return nil, err
		}
		v, more, err := it.next()
		if err != nil || !more {
			return elems, err
		}
		elems = append(elems, v)
	}
}

// each calls f for the elements of a value until f says no or fails. A list may grow meanwhile, as in Python.
func (m *Machine) each(v starlark.Value, f func(starlark.Value) (bool, error)) error {
	switch v := v.(type) {
	case *iterator:
		return m.eachNext(v, f)
	case *starlark.List:
		for i := 0; i < v.Len(); i++ {
			if on, err := f(v.Index(i)); err != nil || !on {
				return err
			}
		}
		return nil
	case *starlark.Dict, *starlark.Set:
		return m.eachOfChanging(v.(starlark.Sequence), f)
	}
	r, ok := v.(starlark.Tuple)
	if numbers, isRange := v.(starlark.Indexable); isRange && v.Type() == "range" {
		return m.eachIndex(numbers, f)
	}
	if !ok {
		elems, err := m.elements(v)
		if err != nil {
			return err
		}
		r = elems
	}
	return m.eachIndex(r, f)
}

func (m *Machine) eachIndex(r starlark.Indexable, f func(starlark.Value) (bool, error)) error {
	for i := range r.Len() {
		if on, err := f(r.Index(i)); err != nil || !on {
			return err
		}
	}
	return nil
}

func (m *Machine) eachNext(it *iterator, f func(starlark.Value) (bool, error)) error {
	for {
		if err := m.step(); err != nil {
			return err
		}
		v, more, err := it.next()
		if err != nil || !more {
			return err
		}
		if on, err := f(v); err != nil || !on {
			return err
		}
	}
}

// eachOfChanging goes over a dict or set, which must keep its size meanwhile.
func (m *Machine) eachOfChanging(v starlark.Sequence, f func(starlark.Value) (bool, error)) error {
	elems, err := m.elements(v)
	if err != nil {
		return err
	}
	for _, elem := range elems {
		if on, err := f(elem); err != nil || !on {
			return err
		}
		if v.Len() != len(elems) {
			return fault.Raise("RuntimeError", "a dict or set is changed while it is looped over; loop over a copy")
		}
	}
	return nil
}

// iter implements iter(x).
func (m *Machine) iter(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("iter", args, kwargs)
	if err != nil {
		return nil, err
	}
	if it, ok := v.(*iterator); ok {
		return it, nil
	}
	elems, err := m.elements(v)
	return newIterator(elems), err
}

// nextOf implements next(iterator, default).
func (m *Machine) nextOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, absent starlark.Value
	if err := unpack("next", args, kwargs, "iterator", &v, "default?", &absent); err != nil {
		return nil, err
	}
	it, ok := v.(*iterator)
	if !ok {
		return nil, fault.Raise("TypeError", "next() needs an iterator, not %s", typeName(v))
	}
	first, more, err := it.next()
	switch {
	case err != nil || more:
		return first, err
	case absent != nil:
		return absent, nil
	}
	return nil, fault.Raise("StopIteration", "the iterator of next() is at its end; give next() a default")
}
