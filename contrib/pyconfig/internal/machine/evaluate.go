package machine

import (
	"errors"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// step counts one step of the file.
func (m *Machine) step() error {
	if m.steps++; m.steps > maxSteps {
		return fault.New("the file takes more than 1,000,000 steps; compute the value in Go")
	}
	return nil
}

// located gives an error the line it has no line yet.
func (m *Machine) located(f *frame, line int, err error) error {
	var known *fault.Error
	if !errors.As(err, &known) {
		known = fault.New("the line cannot be evaluated")
	}
	if known.Line == 0 {
		known.Line = line
		known.File = f.module.program.File
	}
	return known
}

// eval evaluates an expression.
func (m *Machine) eval(f *frame, x translate.Expr) (starlark.Value, error) {
	err := m.step()
	if err == nil {
		var v starlark.Value
		if v, err = m.evaluate(f, x); err == nil {
			return v, nil
		}
	}
	return nil, m.located(f, x.At(), err)
}

func (m *Machine) evaluate(f *frame, x translate.Expr) (starlark.Value, error) {
	switch x := x.(type) {
	case *translate.Constant:
		return x.Value, nil
	case *translate.Name:
		return m.resolve(f, x.Name)
	case *translate.Hook:
		return m.hook(f, x)
	case *translate.Attribute:
		v, err := m.eval(f, x.X)
		if err != nil {
			return nil, err
		}
		return m.attr(v, x.Name)
	case *translate.Element:
		return m.pair(f, x.X, x.Key, m.index)
	case *translate.Part:
		return m.part(f, x)
	case *translate.Call:
		return m.evaluateCall(f, x)
	case *translate.Several:
		return m.several(f, x)
	case *translate.Dict:
		return m.dict(f, x)
	case *translate.Comprehension:
		return m.comprehension(f, x)
	case *translate.Lambda:
		return m.newFunction(f, x.Function)
	}
	return m.choice(f, x)
}

// choice evaluates what may leave an operand unevaluated, and the rest.
func (m *Machine) choice(f *frame, x translate.Expr) (starlark.Value, error) {
	switch x := x.(type) {
	case *translate.Logic:
		v, err := m.eval(f, x.X)
		if err != nil {
			return nil, err
		}
		holds, err := m.truth(v)
		if err != nil || holds != x.And {
			return v, err
		}
		return m.eval(f, x.Y)
	case *translate.Not:
		holds, err := m.holds(f, x.X)
		return starlark.Bool(!holds), err
	case *translate.Comparison:
		return m.comparison(f, x)
	case *translate.Condition:
		holds, err := m.holds(f, x.Cond)
		if err != nil {
			return nil, err
		}
		if holds {
			return m.eval(f, x.Then)
		}
		return m.eval(f, x.Else)
	case *translate.Walrus:
		return m.walrus(f, x)
	case *translate.Yield:
		return m.yield(f, x)
	}
	return nil, fault.New("\"*\" needs a list around it")
}

// holds evaluates a condition.
func (m *Machine) holds(f *frame, x translate.Expr) (bool, error) {
	v, err := m.eval(f, x)
	if err != nil {
		return false, err
	}
	return m.truth(v)
}

// truth returns the truth of a value. Of what an unavailable module has, nobody knows it.
func (m *Machine) truth(v starlark.Value) (bool, error) {
	switch v := v.(type) {
	case refused:
		if v.module {
			return true, nil
		}
		return false, v.err()
	case *class:
		return m.truthOf(v)
	}
	return bool(v.Truth()), nil
}

// pair evaluates two operands and joins them.
func (m *Machine) pair(f *frame, x, y translate.Expr, join func(x, y starlark.Value) (starlark.Value, error)) (starlark.Value, error) {
	a, err := m.eval(f, x)
	if err != nil {
		return nil, err
	}
	b, err := m.eval(f, y)
	if err != nil {
		return nil, err
	}
	return join(a, b)
}

func (m *Machine) hook(f *frame, x *translate.Hook) (starlark.Value, error) {
	switch x.Name {
	case translate.Refuse:
		return nil, fault.New("%s", string(x.Args[0].(*translate.Constant).Value.(starlark.String)))
	case translate.Ellipsis:
		return ellipsis(x.At()), nil
	case translate.Negative, translate.Positive, translate.Invert:
		v, err := m.eval(f, x.Args[0])
		if err != nil {
			return nil, err
		}
		return unary(x.Name[:1], v)
	case translate.Template:
		return m.template(f, x.Args)
	case translate.Format:
		return m.formattedField(f, x.Args)
	}
	return m.pair(f, x.Args[0], x.Args[1], func(a, b starlark.Value) (starlark.Value, error) { return m.binary(x.Name, a, b) })
}

// comparison evaluates "a < b < c".
func (m *Machine) comparison(f *frame, x *translate.Comparison) (starlark.Value, error) {
	left, err := m.eval(f, x.Operands[0])
	if err != nil {
		return nil, err
	}
	var holds starlark.Value = starlark.True
	for i, op := range x.Operators {
		right, err := m.eval(f, x.Operands[i+1])
		if err != nil {
			return nil, err
		}
		holds, err = m.compared(op, left, right)
		if err != nil || holds == starlark.False {
			return holds, err
		}
		left = right
	}
	return holds, nil
}

func (m *Machine) part(f *frame, x *translate.Part) (starlark.Value, error) {
	v, err := m.eval(f, x.X)
	if err != nil {
		return nil, err
	}
	bounds := [3]starlark.Value{starlark.None, starlark.None, starlark.None}
	for i, bound := range []translate.Expr{x.Low, x.High, x.Step} {
		if bound == nil {
			continue
		}
		if bounds[i], err = m.eval(f, bound); err != nil {
			return nil, err
		}
	}
	return m.slice(v, bounds[0], bounds[1], bounds[2])
}

// several evaluates a display of a tuple, list or set.
func (m *Machine) several(f *frame, x *translate.Several) (starlark.Value, error) {
	elems, err := m.evalAll(f, x.Elems)
	if err != nil {
		return nil, err
	}
	switch x.Kind {
	case "()":
		return m.tuple(elems)
	case "{}":
		return m.setOf(elems)
	}
	return starlark.NewList(elems), m.charge(len(elems) * entrySize)
}

// evalAll evaluates the elements of a display, with stars.
func (m *Machine) evalAll(f *frame, exprs []translate.Expr) ([]starlark.Value, error) {
	elems := make([]starlark.Value, 0, len(exprs))
	for _, x := range exprs {
		star, starred := x.(*translate.Star)
		if starred {
			x = star.X
		}
		v, err := m.eval(f, x)
		if err != nil {
			return nil, err
		}
		if !starred {
			elems = append(elems, v)
			continue
		}
		more, err := m.elements(v)
		if err != nil {
			return nil, err
		}
		elems = append(elems, more...)
	}
	return elems, nil
}

// dict evaluates a display of entries.
func (m *Machine) dict(f *frame, x *translate.Dict) (starlark.Value, error) {
	d := starlark.NewDict(len(x.Keys))
	for i, key := range x.Keys {
		if key == nil {
			v, err := m.eval(f, x.Values[i])
			if err != nil {
				return nil, err
			}
			if err := m.pour(d, v); err != nil {
				return nil, err
			}
			continue
		}
		_, err := m.pair(f, key, x.Values[i], func(k, v starlark.Value) (starlark.Value, error) {
			return starlark.None, setKey(d, k, v)
		})
		if err != nil {
			return nil, err
		}
	}
	return d, m.charge(size(d))
}

// pour puts the entries of a mapping into a dict.
func (m *Machine) pour(d *starlark.Dict, v starlark.Value) error {
	if _, ok := v.(environ); ok {
		return m.fill(d, v)
	}
	from, ok := asDict(v)
	if !ok {
		return fault.Raise("TypeError", "\"**\" needs a dict, not %s", typeName(v))
	}
	if err := m.charge(size(from)); err != nil {
		return err
	}
	for _, item := range from.Items() {
		if err := setKey(d, item[0], item[1]); err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) walrus(f *frame, x *translate.Walrus) (starlark.Value, error) {
	v, err := m.eval(f, x.Value)
	if err != nil {
		return nil, err
	}
	for f.isComprehension() && f.outer != nil {
		f = f.outer
	}
	m.set(f, x.Name, v)
	return v, nil
}

// yield keeps what a generator gives. A generator runs to its end when it is called.
func (m *Machine) yield(f *frame, x *translate.Yield) (starlark.Value, error) {
	v, err := m.eval(f, x.X)
	if err != nil {
		return nil, err
	}
	given := []starlark.Value{v}
	if x.From {
		if given, err = m.elements(v); err != nil {
			return nil, err
		}
	}
	for f.isComprehension() && f.outer != nil {
		f = f.outer
	}
	f.yielded = append(f.yielded, given...)
	return starlark.None, m.charge(len(given) * entrySize)
}
