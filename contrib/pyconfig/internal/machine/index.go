package machine

import (
	"math"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// index evaluates x[key].
func (m *Machine) index(x, key starlark.Value) (starlark.Value, error) {
	switch x := x.(type) {
	case *starlark.Dict:
		v, err := get(x, key)
		if err == nil && v == nil {
			return nil, errNoKey()
		}
		return v, err
	case *mapping:
		v, err := get(x.dict, key)
		if err == nil && v == nil {
			return m.missing(x, key)
		}
		return v, err
	case *record:
		if x.tuple {
			return m.index(starlark.Tuple(x.values), key)
		}
	case hint:
		return x, nil
	case refused:
		return nil, x.err()
	case *starlark.Builtin:
		if isTypeName(x.Name()) { // list[str]
			return hint{name: x.Name()}, nil
		}
	case *class:
		return m.indexClass(x, key)
	case environ:
		return m.variable(key)
	case *namespace:
		return x.index(key)
	case loadedModules:
		return x.index(key)
	case *sectionProxy:
		return x.index(key)
	case starlark.String:
		return m.character(string(x), key)
	case starlark.Bytes:
		i, err := position(key, len(x))
		if err != nil {
			return nil, err
		}
		return starlark.MakeInt(int(x[i])), nil
	case starlark.Indexable:
		i, err := position(key, x.Len())
		if err != nil {
			return nil, err
		}
		return x.Index(i), nil
	}
	return nil, fault.Raise("TypeError", "%s has no elements to take%s", typeName(x), noneHint(x))
}

// position turns an index into one that counts from the start.
func position(key starlark.Value, n int) (int, error) {
	i, err := starlark.AsInt32(unbool(key))
	if err != nil {
		return 0, fault.Raise("TypeError", "an index must be an int, not %s", typeName(key))
	}
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		return 0, fault.Raise("IndexError", "the index is out of range")
	}
	return i, nil
}

// indexClass evaluates object[key] by the method of its class.
func (m *Machine) indexClass(x *class, key starlark.Value) (starlark.Value, error) {
	if x.instance {
		if fn := x.order[1].raw("__getitem__"); fn != nil {
			return m.call(fn, starlark.Tuple{x, key}, nil)
		}
		if x.payload != nil {
			return m.indexPayload(x, key)
		}
		return nil, fault.Raise("TypeError", "an object has no elements to take")
	}
	if name, ok := key.(starlark.String); ok && x.enum {
		if member, ok := x.attrs[string(name)].(*class); ok && member.instance {
			return member, nil
		}
		return nil, fault.Raise("KeyError", "%s has no member of this name", x.name)
	}
	return nil, fault.New("a class has no elements to take here")
}

// indexPayload evaluates object[key] of what the object is underneath, and asks __missing__ for what is not there.
func (m *Machine) indexPayload(x *class, key starlark.Value) (starlark.Value, error) {
	fn := x.order[1].raw("__missing__")
	if d, ok := asDict(x.payload); ok && fn != nil {
		if v, err := get(d, key); v != nil || err != nil {
			return v, err
		}
		return m.call(fn, starlark.Tuple{x, key}, nil)
	}
	return m.index(x.payload, key)
}

func (m *Machine) character(s string, key starlark.Value) (starlark.Value, error) {
	if err := m.charge(len(s)); err != nil {
		return nil, err
	}
	runes := []rune(s)
	i, err := position(key, len(runes))
	if err != nil {
		return nil, err
	}
	return starlark.String(runes[i]), nil
}

// slice evaluates x[low:high:step].
func (m *Machine) slice(x, low, high, step starlark.Value) (starlark.Value, error) {
	if isObject(x) && x.(*class).order[1].raw("__getitem__") != nil {
		return nil, fault.New("a part of an object with its own __getitem__ is not available; take the elements one by one")
	}
	if x = unmember(x); isTuple(x) {
		x = plain(x)
	}
	if err := m.charge(size(x)); err != nil {
		return nil, err
	}
	n := starlark.Len(x)
	if s, ok := x.(starlark.String); ok {
		n = utf8.RuneCountInString(string(s))
	}
	start, end, by, err := bounds(low, high, step, n)
	if err != nil {
		return nil, err
	}
	switch x := x.(type) {
	case starlark.String:
		return sliceText([]rune(string(x)), start, end, by), nil
	case starlark.Sliceable:
		v := x.Slice(start, end, by)
		return v, m.weigh(v)
	}
	return nil, fault.New("%s has no part to take%s", typeName(x), noneHint(x))
}

// isTuple reports whether a value is a named tuple.
func isTuple(v starlark.Value) bool {
	r, ok := v.(*record)
	return ok && r.tuple
}

func sliceText(runes []rune, start, end, step int) starlark.Value {
	var part []rune
	for i := start; step > 0 && i < end || step < 0 && i > end; i += step {
		part = append(part, runes[i])
	}
	return starlark.String(part)
}

// bounds turns the bounds of a slice into those that Starlark wants.
func bounds(low, high, step starlark.Value, n int) (start, end, by int, err error) {
	by, err = bound(step, 1)
	if err == nil && by == 0 {
		err = fault.New("the step of a slice is zero")
	}
	if err != nil {
		return 0, 0, 0, err
	}
	first, last := 0, n
	if by < 0 {
		first, last = n-1, -1
	}
	if start, err = clamped(low, first, by, n); err != nil {
		return 0, 0, 0, err
	}
	if end, err = clamped(high, last, by, n); err != nil {
		return 0, 0, 0, err
	}
	if by > 0 {
		end = max(start, end)
	} else {
		end = min(start, end)
	}
	return start, end, by, nil
}

// bound reads an index that may be None.
func bound(v starlark.Value, absent int) (int, error) {
	if v == starlark.None {
		return absent, nil
	}
	i, ok := unbool(v).(starlark.Int)
	if !ok {
		return 0, fault.New("the bounds of a slice must be ints, not %s", typeName(v))
	}
	n, ok := i.Int64()
	if ok && n > math.MinInt32 && n < math.MaxInt32 {
		return int(n), nil
	}
	return i.Sign() * math.MaxInt32, nil
}

// clamped reads a bound and keeps it within a sequence of n elements.
func clamped(v starlark.Value, absent, step, n int) (int, error) {
	if v == starlark.None {
		return absent, nil
	}
	i, err := bound(v, absent)
	if i < 0 {
		i += n
	}
	if step > 0 {
		return min(max(i, 0), n), err
	}
	return min(max(i, -1), n-1), err
}
