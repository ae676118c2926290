package machine

import (
	"slices"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

func (m *Machine) any(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return m.firstTrue("any", true, args, kwargs)
}

func (m *Machine) all(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return m.firstTrue("all", false, args, kwargs)
}

// firstTrue looks for an element of one truth: it gives that truth if there is one, and else the other.
func (m *Machine) firstTrue(name string, wanted bool, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	elems, err := m.only(name, args, kwargs)
	if err != nil {
		return nil, err
	}
	for _, elem := range elems {
		holds, err := m.truth(elem)
		if err != nil || holds == wanted {
			return starlark.Bool(holds), err
		}
	}
	return starlark.Bool(!wanted), nil
}

// only returns the elements of the only argument.
func (m *Machine) only(name string, args starlark.Tuple, kwargs []starlark.Tuple) ([]starlark.Value, error) {
	v, err := one(name, args, kwargs)
	if err != nil {
		return nil, err
	}
	return m.elements(v)
}

func (m *Machine) enumerate(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Value
	var start int
	if err := unpack("enumerate", args, kwargs, "iterable", &list, "start?", &start); err != nil {
		return nil, err
	}
	elems, err := m.elements(list)
	if err != nil {
		return nil, err
	}
	for i, elem := range elems {
		if elems[i], err = m.tuple([]starlark.Value{starlark.MakeInt(start + i), elem}); err != nil {
			return nil, err
		}
	}
	return newIterator(elems), nil
}

func (m *Machine) zip(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, fault.New("zip() takes no named arguments here")
	}
	rows, err := m.rows(args)
	if err != nil {
		return nil, err
	}
	elems := make([]starlark.Value, len(rows))
	for i, row := range rows {
		if elems[i], err = m.tuple(row); err != nil {
			return nil, err
		}
	}
	return newIterator(elems), nil
}

// rows returns the n-th elements of all lists side by side, up to the end of the shortest.
func (m *Machine) rows(lists []starlark.Value) ([]starlark.Tuple, error) {
	var rows []starlark.Tuple
	for i, list := range lists {
		elems, err := m.elements(list)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			rows = make([]starlark.Tuple, len(elems))
		}
		rows = rows[:min(len(rows), len(elems))]
		for j := range rows {
			rows[j] = append(rows[j], elems[j])
		}
		if err := m.charge(len(rows) * entrySize); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (m *Machine) reversedElements(v starlark.Value) ([]starlark.Value, error) {
	elems, err := m.elements(v)
	slices.Reverse(elems)
	return elems, err
}

func (m *Machine) reversed(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("reversed", args, kwargs)
	if err != nil {
		return nil, err
	}
	elems, err := m.reversedElements(v)
	return newIterator(elems), err
}

// mapOver implements map(function, iterable, ...).
func (m *Machine) mapOver(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) < 2 || len(kwargs) > 0 {
		return nil, fault.Raise("TypeError", "map() needs a function and something to loop over")
	}
	rows, err := m.rows(args[1:])
	if err != nil {
		return nil, err
	}
	mapped := make([]starlark.Value, len(rows))
	for i, row := range rows {
		if mapped[i], err = m.call(args[0], row, nil); err != nil {
			return nil, err
		}
	}
	return newIterator(mapped), nil
}

func (m *Machine) filter(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var f, list starlark.Value
	if err := unpack("filter", args, kwargs, "function", &f, "iterable", &list); err != nil {
		return nil, err
	}
	elems, err := m.elements(list)
	if err != nil {
		return nil, err
	}
	tests, err := m.keysOf(elems, f)
	if err != nil {
		return nil, err
	}
	var kept []starlark.Value
	for i, elem := range elems {
		holds, err := m.truth(tests[i])
		if err != nil {
			return nil, err
		}
		if holds {
			kept = append(kept, elem)
		}
	}
	return newIterator(kept), nil
}

// extreme is min or max.
func (m *Machine) extreme(name, op string) native {
	return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var key, absent starlark.Value = starlark.None, nil
		if err := unpack(name, nil, kwargs, "key?", &key, "default?", &absent); err != nil {
			return nil, err
		}
		elems := []starlark.Value(args)
		if len(args) == 1 {
			var err error
			if elems, err = m.elements(args[0]); err != nil {
				return nil, err
			}
		}
		if len(elems) == 0 {
			if absent == nil {
				return nil, fault.Raise("ValueError", "%s() has nothing to choose from; give it a default", name)
			}
			return absent, nil
		}
		return m.choose(op, elems, key)
	}
}

func (m *Machine) choose(op string, elems []starlark.Value, key starlark.Value) (starlark.Value, error) {
	keys, err := m.keysOf(elems, key)
	if err != nil {
		return nil, err
	}
	best := 0
	for i := 1; i < len(elems); i++ {
		better, err := m.ordered(op, keys[i], keys[best], 0)
		if err != nil {
			return nil, err
		}
		if better {
			best = i
		}
	}
	return elems[best], nil
}

func (m *Machine) sum(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Value
	var total starlark.Value = starlark.MakeInt(0)
	if err := unpack("sum", args, kwargs, "iterable", &list, "start?", &total); err != nil {
		return nil, err
	}
	elems, err := m.elements(list)
	for _, elem := range elems {
		if total, err = m.binary("+", total, elem); err != nil {
			return nil, err
		}
	}
	return total, err
}

// rangeOf uses Starlark's range, which holds only its bounds.
func (m *Machine) rangeOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	numbers := make(starlark.Tuple, len(args))
	for i, arg := range args {
		numbers[i] = unbool(arg)
	}
	v, err := starlark.Universe["range"].(*starlark.Builtin).CallInternal(m.thread, numbers, kwargs)
	if err != nil {
		return nil, fault.New("range() needs one to three whole numbers")
	}
	return v, nil
}
