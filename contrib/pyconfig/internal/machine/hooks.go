package machine

import (
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// hooks returns the functions that stand for operators, displays and the like.
func (m *Machine) hooks() starlark.StringDict {
	hooks := starlark.StringDict{}
	add := func(name string, f func(args starlark.Tuple) (starlark.Value, error)) {
		hooks[name] = builtin(name, func(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) { return f(args) })
	}
	for op := range strings.SplitSeq("+ - * / // % ** & | ^ << >>", " ") {
		add(op, func(args starlark.Tuple) (starlark.Value, error) { return m.binary(op, args[0], args[1]) })
		add(op+"=", func(args starlark.Tuple) (starlark.Value, error) { return m.inPlace(op, args[0], args[1]) })
	}
	for op := range strings.SplitSeq("==,!=,<,<=,>,>=,in,not in,is,is not", ",") {
		add(op, func(args starlark.Tuple) (starlark.Value, error) { return m.compared(op, args[0], args[1]) })
	}
	add(translate.Chain, m.chain)
	add(translate.Negative, func(args starlark.Tuple) (starlark.Value, error) { return unary("-", args[0]) })
	add(translate.Positive, func(args starlark.Tuple) (starlark.Value, error) { return unary("+", args[0]) })
	add(translate.Invert, func(args starlark.Tuple) (starlark.Value, error) { return unary("~", args[0]) })
	add(translate.Attr, func(args starlark.Tuple) (starlark.Value, error) {
		return m.attr(args[0], string(args[1].(starlark.String)))
	})
	add(translate.Index, func(args starlark.Tuple) (starlark.Value, error) { return m.index(args[0], args[1]) })
	add(translate.Slice, func(args starlark.Tuple) (starlark.Value, error) { return m.slice(args[0], args[1], args[2], args[3]) })
	add(translate.Augment, m.augment)
	add(translate.List, m.concatenate)
	add(translate.Tuple, func(args starlark.Tuple) (starlark.Value, error) { return m.toTuple(args[0]) })
	add(translate.Set, func(args starlark.Tuple) (starlark.Value, error) { return m.toSet(args[0]) })
	add(translate.Dict, m.dict)
	add(translate.Merge, m.merge)
	add(translate.Iterate, func(args starlark.Tuple) (starlark.Value, error) { return m.iterable(args[0]) })
	add(translate.Spread, func(args starlark.Tuple) (starlark.Value, error) { return m.toTuple(args[0]) })
	add(translate.Template, m.template)
	add(translate.Format, m.formatted)
	add(translate.Import, m.imported)
	add(translate.Class, newClass)
	add(translate.Method, newMethod)
	add(translate.Name, m.classOrOuter)
	add(translate.Refuse, func(args starlark.Tuple) (starlark.Value, error) {
		return nil, fault.New("%s", string(args[0].(starlark.String)))
	})
	add(translate.Weigh, func(args starlark.Tuple) (starlark.Value, error) { return starlark.None, m.weigh(args[0]) })
	add(translate.WeighThen, func(args starlark.Tuple) (starlark.Value, error) { return args[1], m.weigh(args[0]) })
	return hooks
}

// chain evaluates "a < b < c".
func (m *Machine) chain(args starlark.Tuple) (starlark.Value, error) {
	operators, operands := args[0].(*starlark.List), args[1].(*starlark.List)
	for i := range operators.Len() {
		op := string(operators.Index(i).(starlark.String))
		v, err := m.compared(op, operands.Index(i), operands.Index(i+1))
		if err != nil || !bool(v.Truth()) {
			return v, err
		}
	}
	return starlark.True, nil
}

// augment evaluates "x.y += z" and "x[y] += z".
func (m *Machine) augment(args starlark.Tuple) (starlark.Value, error) {
	x, key, op := args[0], args[1], strings.TrimSuffix(string(args[2].(starlark.String)), "=")
	get := m.index
	if attribute := args[4].(starlark.String) == translate.Attr; attribute {
		get = func(x, key starlark.Value) (starlark.Value, error) { return m.attr(x, string(key.(starlark.String))) }
	}
	old, err := get(x, key)
	if err != nil {
		return nil, err
	}
	changed, err := m.inPlace(op, old, args[3])
	if err != nil {
		return nil, err
	}
	return starlark.None, setElement(x, key, changed)
}

// setElement sets an attribute of a class or an element of a list or dict.
func setElement(x, key, v starlark.Value) error {
	switch x := x.(type) {
	case *class:
		return x.SetField(string(key.(starlark.String)), v)
	case *starlark.Dict:
		return x.SetKey(key, v)
	case *starlark.List:
		i, err := position(key, x.Len())
		if err != nil {
			return err
		}
		return x.SetIndex(i, v)
	}
	return fault.New("elements of %s cannot be set", typeName(x))
}

// concatenate makes a list of the elements of all parts.
func (m *Machine) concatenate(args starlark.Tuple) (starlark.Value, error) {
	var all []starlark.Value
	for part := range starlark.Elements(args[0].(*starlark.List)) {
		elems, err := m.elements(part)
		if err != nil {
			return nil, err
		}
		all = append(all, elems...)
	}
	return starlark.NewList(all), nil
}

// dict makes a dict of keys and values in turn.
func (m *Machine) dict(args starlark.Tuple) (starlark.Value, error) {
	pairs := args[0].(*starlark.List)
	d := starlark.NewDict(pairs.Len() / 2)
	for i := 0; i < pairs.Len(); i += 2 {
		if err := setKey(d, pairs.Index(i), pairs.Index(i+1)); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// setKey sets an entry, under the key that is there already if it is equal in Python.
func setKey(d *starlark.Dict, key, v starlark.Value) error {
	if twin := twinOf(key); twin != nil {
		if _, found, _ := d.Get(twin); found {
			key = twin
		}
	}
	if err := d.SetKey(key, v); err != nil {
		return fault.New("%s cannot be the key of a dict", typeName(key))
	}
	return nil
}

// merge makes a dict of all dicts. With names besides, it makes the named arguments of a call, where no name may
// come twice.
func (m *Machine) merge(args starlark.Tuple) (starlark.Value, error) {
	all, taken := new(starlark.Dict), new(starlark.Dict)
	if len(args) > 1 {
		for name := range starlark.Elements(args[1].(*starlark.List)) {
			if err := setKey(taken, name, starlark.None); err != nil {
				return nil, err
			}
		}
	}
	for part := range starlark.Elements(args[0].(*starlark.List)) {
		d, ok := part.(*starlark.Dict)
		if !ok {
			return nil, fault.New("\"**\" needs a dict, not %s", typeName(part))
		}
		if err := m.charge(size(d)); err != nil {
			return nil, err
		}
		for _, item := range d.Items() {
			if err := setKey(all, item[0], item[1]); err != nil {
				return nil, err
			}
			if _, twice, _ := taken.Get(item[0]); twice {
				return nil, fault.New("an argument of a call is given twice")
			}
			if len(args) > 1 {
				taken.SetKey(item[0], starlark.None)
			}
		}
	}
	return all, nil
}

// classOrOuter looks a name up in the body of a class.
func (m *Machine) classOrOuter(args starlark.Tuple) (starlark.Value, error) {
	c := args[0].(*class)
	if v, ok := c.attrs[string(args[1].(starlark.String))]; ok {
		return c.bound(v), nil
	}
	return starlark.Call(m.thread, args[2], nil, nil)
}
