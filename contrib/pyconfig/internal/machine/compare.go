package machine

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// compared evaluates a comparison.
func (m *Machine) compared(op string, x, y starlark.Value) (starlark.Value, error) {
	var holds bool
	var err error
	switch op {
	case "==", "!=":
		holds, err = m.equal(x, y, 0)
	case "in", "not in":
		holds, err = m.contains(y, x)
	case "is", "is not":
		holds, err = m.same(x, y)
	default:
		holds, err = m.ordered(op, x, y, 0)
	}
	if op == "!=" || op == "not in" || op == "is not" {
		holds = !holds
	}
	return starlark.Bool(holds), err
}

// same reports whether two values are one. Numbers and texts are if they are equal and of one type.
func (m *Machine) same(x, y starlark.Value) (bool, error) {
	switch x := x.(type) {
	case starlark.Tuple:
		return m.equal(x, y, 0)
	case refused:
		if !x.module {
			return false, x.err()
		}
	}
	if _, ok := y.(starlark.Tuple); ok || x.Type() != y.Type() {
		return false, nil
	}
	return x == y, nil
}

// equal reports whether two values are equal as in Python: True is 1, and 1 is 1.0.
func (m *Machine) equal(x, y starlark.Value, depth int) (bool, error) {
	if depth > maxDepth {
		return false, errDeep()
	}
	if err := m.charge(entrySize / 2); err != nil {
		return false, err
	}
	for _, v := range []starlark.Value{x, y} {
		if r, ok := v.(refused); ok {
			return false, r.err()
		}
	}
	if equal, known, err := m.equalObjects(x, y, depth); known || err != nil {
		return equal, err
	}
	x, y = plain(x), plain(y)
	switch a := x.(type) {
	case *starlark.List:
		b, ok := y.(*starlark.List)
		if !ok || a == b {
			return ok, nil
		}
		return m.equalElements(a, b, depth)
	case starlark.Tuple:
		b, ok := y.(starlark.Tuple)
		if !ok {
			return false, nil
		}
		return m.equalElements(a, b, depth)
	case *starlark.Dict:
		b, ok := y.(*starlark.Dict)
		if !ok || a == b {
			return ok, nil
		}
		return m.equalEntries(a, b, depth)
	}
	if err := m.charge(size(x)); err != nil {
		return false, err
	}
	equal, err := starlark.Equal(x, y)
	return equal && err == nil, nil
}

// equalObjects compares objects by their __eq__, or field by field as dataclasses. It reports whether that decides.
func (m *Machine) equalObjects(x, y starlark.Value, depth int) (equal, known bool, err error) {
	if !isObject(x) && !isObject(y) {
		return false, false, nil
	}
	for _, pair := range [][2]starlark.Value{{x, y}, {y, x}} {
		c, ok := pair[0].(*class)
		if !ok || !c.instance {
			continue
		}
		if fn := c.order[1].raw("__eq__"); fn != nil {
			v, err := m.call(fn, starlark.Tuple{c, pair[1]}, nil)
			if err != nil {
				return false, true, err
			}
			equal, err := m.truth(v)
			return equal, true, err
		}
	}
	a, ok1 := x.(*class)
	b, ok2 := y.(*class)
	if !ok1 || !ok2 || !a.instance || !b.instance || a.order[1] != b.order[1] || a.dataclass() == nil {
		return false, false, nil
	}
	for _, name := range a.order[1].fields() {
		if equal, err := m.equal(orNone(a.attrs[name]), orNone(b.attrs[name]), depth+1); !equal || err != nil {
			return false, true, err
		}
	}
	return true, true, nil
}

// plain returns what a value is compared as.
func plain(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case *class:
		if inner := unmember(v); inner != starlark.Value(v) {
			return plain(inner)
		}
	case *mapping:
		return v.dict
	case *record:
		if v.tuple {
			return starlark.Tuple(v.values)
		}
	}
	return unbool(v)
}

func (m *Machine) equalElements(x, y starlark.Indexable, depth int) (bool, error) {
	if x.Len() != y.Len() {
		return false, nil
	}
	for i := range x.Len() {
		if equal, err := m.equal(x.Index(i), y.Index(i), depth+1); !equal || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (m *Machine) equalEntries(x, y *starlark.Dict, depth int) (bool, error) {
	if x.Len() != y.Len() {
		return false, nil
	}
	for key, v := range x.Entries() {
		other, found, err := y.Get(key)
		if err != nil || !found {
			return false, nil
		}
		if equal, err := m.equal(v, other, depth+1); !equal || err != nil {
			return false, err
		}
	}
	return true, nil
}

func orderToken(op string) syntax.Token {
	switch op {
	case "<":
		return syntax.LT
	case "<=":
		return syntax.LE
	case ">":
		return syntax.GT
	}
	return syntax.GE
}

// ordered evaluates < <= > >=.
func (m *Machine) ordered(op string, x, y starlark.Value, depth int) (bool, error) {
	if depth > maxDepth {
		return false, errDeep()
	}
	if holds, known, err := m.orderedObjects(op, x, y); known || err != nil {
		return holds, err
	}
	x, y = plain(x), plain(y)
	switch a := x.(type) {
	case *starlark.List:
		if b, ok := y.(*starlark.List); ok {
			return m.orderedElements(op, a, b, depth)
		}
	case starlark.Tuple:
		if b, ok := y.(starlark.Tuple); ok {
			return m.orderedElements(op, a, b, depth)
		}
	}
	if !isNumber(x) && x.Type() != y.Type() {
		return false, unsupported(op, x, y, nil)
	}
	if err := m.charge(1 + size(x)); err != nil {
		return false, err
	}
	holds, err := starlark.Compare(orderToken(op), x, y)
	if err != nil {
		return false, unsupported(op, x, y, nil)
	}
	return holds, nil
}

// orderedObjects compares objects by the methods of their classes. It reports whether there is one.
func (m *Machine) orderedObjects(op string, x, y starlark.Value) (holds, known bool, err error) {
	if !isObject(x) && !isObject(y) {
		return false, false, nil
	}
	methods := map[string][2]string{"<": {"__lt__", "__gt__"}, ">": {"__gt__", "__lt__"}, "<=": {"__le__", "__ge__"}, ">=": {"__ge__", "__le__"}}[op]
	for i, pair := range [][2]starlark.Value{{x, y}, {y, x}} {
		c, ok := pair[0].(*class)
		if !ok || !c.instance {
			continue
		}
		if fn := c.order[1].raw(methods[i]); fn != nil {
			v, err := m.call(fn, starlark.Tuple{c, pair[1]}, nil)
			if err != nil {
				return false, true, err
			}
			holds, err := m.truth(v)
			return holds, true, err
		}
	}
	return false, false, nil
}

// orderedElements compares the first elements that differ, or the lengths.
func (m *Machine) orderedElements(op string, x, y starlark.Indexable, depth int) (bool, error) {
	for i := range min(x.Len(), y.Len()) {
		equal, err := m.equal(x.Index(i), y.Index(i), depth+1)
		if err != nil {
			return false, err
		}
		if !equal {
			return m.ordered(op, x.Index(i), y.Index(i), depth+1)
		}
	}
	return m.ordered(op, starlark.MakeInt(x.Len()), starlark.MakeInt(y.Len()), depth+1)
}

// contains reports whether key is in x.
func (m *Machine) contains(x, key starlark.Value) (bool, error) {
	switch x := x.(type) {
	case starlark.String:
		part, ok := unmember(key).(starlark.String)
		if !ok {
			return false, fault.Raise("TypeError", "only text can be looked for in text, not %s%s", typeName(key), noneHint(key))
		}
		return strings.Contains(string(x), string(part)), m.charge(len(x))
	case *starlark.Dict:
		v, err := get(x, key)
		return v != nil, err
	case *starlark.Set:
		found, err := x.Has(key)
		if twin := twinOf(key); err == nil && !found && twin != nil {
			found, err = x.Has(twin)
		}
		return found, unhashable(key, err)
	case starlark.Bytes:
		return m.containsBytes(string(x), key)
	case environ:
		variable, err := asText("os.environ", key)
		if err != nil {
			return false, err
		}
		_, found := m.variableOf(variable)
		return found, nil
	case starlark.Iterable:
		if r, ok := x.(starlark.Container); ok && x.Type() == "range" {
			found, err := r.Has(key)
			return found && err == nil, nil
		}
		return m.containsElement(x, key)
	case *iterator:
		elems, err := m.drain(x)
		if err != nil {
			return false, err
		}
		return m.containsElement(starlark.Tuple(elems), key)
	case *mapping:
		return m.contains(x.dict, key)
	case *sectionProxy:
		return x.contains(key)
	case *namespace:
		return x.has(key), nil
	case *record:
		if x.tuple {
			return m.containsElement(starlark.Tuple(x.values), key)
		}
	case *class:
		return m.containsInObject(x, key)
	case refused:
		return false, x.err()
	}
	return false, fault.Raise("TypeError", "nothing can be looked for in %s%s", typeName(x), noneHint(x))
}

// containsInObject evaluates "key in object".
func (m *Machine) containsInObject(c *class, key starlark.Value) (bool, error) {
	if c.instance {
		if fn := c.order[1].raw("__contains__"); fn != nil {
			v, err := m.call(fn, starlark.Tuple{c, key}, nil)
			if err != nil {
				return false, err
			}
			return m.truth(v)
		}
		if v := unmember(c); v != starlark.Value(c) {
			return m.contains(v, key)
		}
	}
	over, err := m.iterable(c)
	if err != nil {
		return false, err
	}
	return m.contains(over, key)
}

func (m *Machine) containsBytes(s string, key starlark.Value) (bool, error) {
	if err := m.charge(len(s)); err != nil {
		return false, err
	}
	switch key := key.(type) {
	case starlark.Bytes:
		return strings.Contains(s, string(key)), nil
	case starlark.Int:
		c, err := starlark.AsInt32(key)
		if err == nil && 0 <= c && c <= 255 {
			return strings.IndexByte(s, byte(c)) >= 0, nil
		}
	}
	return false, fault.New("only bytes can be looked for in bytes, not %s", typeName(key))
}

// get returns the value of a key in a dict, nil if there is none.
func get(d *starlark.Dict, key starlark.Value) (starlark.Value, error) {
	key = unmember(key)
	v, found, err := d.Get(key)
	if twin := twinOf(key); !found && err == nil && twin != nil {
		v, found, err = d.Get(twin)
	}
	if !found {
		v = nil
	}
	return v, unhashable(key, err)
}

// twinOf returns the other key that is equal in Python and not in Starlark: 1 for True, False for 0. It may be nil.
func twinOf(key starlark.Value) starlark.Value {
	if _, ok := key.(starlark.Bool); ok {
		return unbool(key)
	}
	for _, b := range []starlark.Bool{false, true} {
		if equal, err := starlark.Equal(unbool(b), key); equal && err == nil {
			return b
		}
	}
	return nil
}

func unhashable(key starlark.Value, err error) error {
	if err != nil {
		return fault.Raise("TypeError", "%s cannot be a key", typeName(key))
	}
	return nil
}

func (m *Machine) containsElement(x starlark.Iterable, key starlark.Value) (bool, error) {
	for elem := range starlark.Elements(x) {
		if equal, err := m.equal(elem, key, 0); equal || err != nil {
			return equal, err
		}
	}
	return false, nil
}
