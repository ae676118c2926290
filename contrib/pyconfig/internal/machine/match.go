package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// match executes a match statement.
func (m *Machine) match(f *frame, s *translate.Match) (way, error) {
	v, err := m.eval(f, s.X)
	if err != nil {
		return onward, err
	}
	for _, c := range s.Cases {
		fits, err := m.matchCase(f, c, v)
		if err != nil {
			return onward, m.located(f, c.At(), err)
		}
		if fits {
			return m.block(f, c.Body)
		}
	}
	return onward, nil
}

// matchCase reports whether a case is the one, and binds the names of its pattern if that fits.
func (m *Machine) matchCase(f *frame, c translate.Case, v starlark.Value) (bool, error) {
	found := &matching{machine: m, frame: f}
	fits, err := found.fits(c.Pattern, v)
	if err != nil || !fits {
		return false, err
	}
	for i, name := range found.names {
		m.set(f, name, found.values[i])
	}
	if c.Guard == nil {
		return true, nil
	}
	return m.holds(f, c.Guard)
}

// matching compares one value with one pattern.
type matching struct {
	machine *Machine
	frame   *frame
	names   []string // what the pattern binds
	values  []starlark.Value
}

func (x *matching) bind(name string, v starlark.Value) {
	if name != "" {
		x.names, x.values = append(x.names, name), append(x.values, v)
	}
}

func (x *matching) fits(p translate.Pattern, v starlark.Value) (bool, error) {
	if err := x.machine.step(); err != nil {
		return false, err
	}
	switch p := p.(type) {
	case *translate.NamedPattern:
		if p.Inner != nil {
			if fits, err := x.fits(p.Inner, v); err != nil || !fits {
				return false, err
			}
		}
		x.bind(p.Name, v)
		return true, nil
	case *translate.EitherPattern:
		return x.fitsEither(p, v)
	}
	if r, ok := v.(refused); ok {
		return false, r.err()
	}
	switch p := p.(type) {
	case *translate.ValuePattern:
		return x.fitsValue(p, v)
	case *translate.SequencePattern:
		return x.fitsSequence(p, v)
	case *translate.MappingPattern:
		return x.fitsMapping(p, v)
	case *translate.ClassPattern:
		return x.fitsClass(p, v)
	}
	return false, fault.New("the pattern cannot be compared with; use if and elif")
}

// fitsAll compares elements with patterns, one by one.
func (x *matching) fitsAll(patterns []translate.Pattern, elems []starlark.Value) (bool, error) {
	for i, p := range patterns {
		if fits, err := x.fits(p, elems[i]); err != nil || !fits {
			return false, err
		}
	}
	return true, nil
}

func (x *matching) fitsEither(p *translate.EitherPattern, v starlark.Value) (bool, error) {
	bound := len(x.names)
	for _, alternative := range p.Alternatives {
		fits, err := x.fits(alternative, v)
		if err != nil || fits {
			return fits, err
		}
		x.names, x.values = x.names[:bound], x.values[:bound]
	}
	return false, nil
}

// fitsValue compares with a literal or a constant: None, True and False by identity.
func (x *matching) fitsValue(p *translate.ValuePattern, v starlark.Value) (bool, error) {
	want, err := x.machine.eval(x.frame, p.X)
	if err != nil {
		return false, err
	}
	if _, literal := p.X.(*translate.Constant); literal {
		switch want {
		case starlark.None, starlark.True, starlark.False:
			return v == want, nil
		}
	}
	return x.machine.equal(v, want, 0)
}

// fitsSequence compares the elements of a list or tuple. Text is no sequence here.
func (x *matching) fitsSequence(p *translate.SequencePattern, v starlark.Value) (bool, error) {
	switch v := v.(type) {
	case *starlark.List, starlark.Tuple:
	case *record:
		if !v.tuple {
			return false, nil
		}
	default:
		return false, nil
	}
	elems, err := x.machine.elements(v)
	if err != nil {
		return false, err
	}
	for i, elem := range p.Elems {
		rest, ok := elem.(*translate.RestPattern)
		if !ok {
			continue
		}
		after := p.Elems[i+1:]
		if len(elems) < len(p.Elems)-1 {
			return false, nil
		}
		last := len(elems) - len(after)
		if fits, err := x.fitsAll(p.Elems[:i], elems); err != nil || !fits {
			return false, err
		}
		x.bind(rest.Name, starlark.NewList(append([]starlark.Value(nil), elems[i:last]...)))
		return x.fitsAll(after, elems[last:])
	}
	if len(elems) != len(p.Elems) {
		return false, nil
	}
	return x.fitsAll(p.Elems, elems)
}

// fitsMapping compares the values of the keys that the pattern names. A dict may have more.
func (x *matching) fitsMapping(p *translate.MappingPattern, v starlark.Value) (bool, error) {
	d, ok := asDict(v)
	if !ok {
		return false, nil
	}
	rest := new(starlark.Dict)
	if p.Rest != "" {
		if err := x.machine.pour(rest, d); err != nil {
			return false, err
		}
	}
	for i, keyExpr := range p.Keys {
		key, err := x.machine.eval(x.frame, keyExpr)
		if err != nil {
			return false, err
		}
		value, err := get(d, key)
		if err != nil || value == nil {
			return false, err
		}
		if fits, err := x.fits(p.Values[i], value); err != nil || !fits {
			return false, err
		}
		if p.Rest != "" {
			if _, err := x.machine.deleteElement(rest, key); err != nil {
				return false, err
			}
		}
	}
	x.bind(p.Rest, rest)
	return true, nil
}

// fitsClass compares the type, then attributes. A built-in type takes one pattern for the value itself.
func (x *matching) fitsClass(p *translate.ClassPattern, v starlark.Value) (bool, error) {
	of, err := x.machine.eval(x.frame, p.Class)
	if err != nil {
		return false, err
	}
	if r, ok := of.(refused); ok {
		return false, r.err()
	}
	is, err := x.machine.isOf(v, of)
	if err != nil || !is {
		return false, err
	}
	plain := len(p.Patterns) - len(p.Names)
	if isType(of) && plain == 1 {
		return x.fits(p.Patterns[0], v)
	}
	names, err := x.positions(of, plain)
	if err != nil {
		return false, err
	}
	for i, name := range append(names, p.Names...) {
		attr, err := x.machine.findAttr(v, name)
		if err != nil || attr == nil {
			return false, err
		}
		if fits, err := x.fits(p.Patterns[i], attr); err != nil || !fits {
			return false, err
		}
	}
	return true, nil
}

// positions returns the names of the first n attributes of a class: those of __match_args__, or the fields of a dataclass.
func (x *matching) positions(of starlark.Value, n int) ([]string, error) {
	var names []string
	if c, ok := of.(*class); ok {
		if listed, ok := c.raw("__match_args__").(starlark.Tuple); ok {
			for _, name := range listed {
				s, _ := name.(starlark.String)
				names = append(names, string(s))
			}
		} else if d := c.dataclass(); d != nil {
			names = d.fields()
		}
	}
	if n > len(names) {
		return nil, fault.Raise("TypeError", "a class pattern has more patterns without a name than the class takes")
	}
	return append([]string(nil), names[:n]...), nil
}
