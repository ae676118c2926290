package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// comprehension evaluates a comprehension. A generator is evaluated to its end at once.
func (m *Machine) comprehension(f *frame, x *translate.Comprehension) (starlark.Value, error) {
	over, err := m.eval(f, x.Clauses[0].Over) // the first one is evaluated outside
	if err != nil {
		return nil, err
	}
	g := &gatherer{machine: m, frame: f.inner(x.Locals), of: x, dict: new(starlark.Dict)}
	if err := g.loop(0, over); err != nil {
		return nil, err
	}
	switch x.Kind {
	case "{:}":
		return g.dict, nil
	case "{}":
		return m.setOf(g.elems)
	case "()":
		return newIterator(g.elems), nil
	}
	return starlark.NewList(g.elems), nil
}

// gatherer collects what a comprehension makes.
type gatherer struct {
	machine *Machine
	frame   *frame
	of      *translate.Comprehension
	elems   []starlark.Value
	dict    *starlark.Dict
}

// loop goes over the values of the clause n.
func (g *gatherer) loop(n int, over starlark.Value) error {
	return g.machine.each(over, func(v starlark.Value) (bool, error) {
		if err := g.machine.assign(g.frame, g.of.Clauses[n].Target, v); err != nil {
			return false, err
		}
		return true, g.clauses(n + 1)
	})
}

// clauses runs the clauses from n on.
func (g *gatherer) clauses(n int) error {
	if n == len(g.of.Clauses) {
		return g.gather()
	}
	clause := g.of.Clauses[n]
	if clause.Target == nil {
		holds, err := g.machine.holds(g.frame, clause.Cond)
		if err != nil || !holds {
			return err
		}
		return g.clauses(n + 1)
	}
	over, err := g.machine.eval(g.frame, clause.Over)
	if err != nil {
		return err
	}
	return g.loop(n, over)
}

// gather evaluates what is made once.
func (g *gatherer) gather() error {
	if err := g.machine.charge(entrySize); err != nil {
		return err
	}
	if g.of.Key == nil {
		v, err := g.machine.eval(g.frame, g.of.Value)
		g.elems = append(g.elems, v)
		return err
	}
	_, err := g.machine.pair(g.frame, g.of.Key, g.of.Value, func(k, v starlark.Value) (starlark.Value, error) {
		return starlark.None, setKey(g.dict, k, v)
	})
	return err
}
