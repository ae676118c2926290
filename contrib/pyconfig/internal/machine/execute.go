package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// way is how the execution goes on after a statement.
type way uint8

const (
	onward way = iota
	broken
	continued
	returned
)

// block executes statements up to the first that leads elsewhere.
func (m *Machine) block(f *frame, stmts []translate.Stmt) (way, error) {
	for _, stmt := range stmts {
		err := m.step()
		if err == nil {
			var to way
			if to, err = m.execute(f, stmt); err == nil {
				if to != onward {
					return to, nil
				}
				continue
			}
		}
		return onward, m.located(f, stmt.At(), err)
	}
	return onward, nil
}

// execute runs one statement.
func (m *Machine) execute(f *frame, stmt translate.Stmt) (way, error) {
	switch s := stmt.(type) {
	case *translate.If:
		holds, err := m.holds(f, s.Cond)
		if err != nil {
			return onward, err
		}
		if holds {
			return m.block(f, s.Then)
		}
		return m.block(f, s.Else)
	case *translate.For:
		return m.forLoop(f, s)
	case *translate.While:
		return m.whileLoop(f, s)
	case *translate.Return:
		v, err := m.eval(f, s.X)
		f.result = v
		return returned, err
	case *translate.Leave:
		return map[string]way{"pass": onward, "break": broken, "continue": continued}[s.Word], nil
	case *translate.Try:
		return m.try(f, s)
	case *translate.With:
		return m.with(f, s, 0)
	case *translate.Match:
		return m.match(f, s)
	}
	return onward, m.simple(f, stmt)
}

// simple executes a statement that leads nowhere else.
func (m *Machine) simple(f *frame, stmt translate.Stmt) error {
	switch s := stmt.(type) {
	case *translate.Evaluate:
		_, err := m.eval(f, s.X)
		return err
	case *translate.Assign:
		return m.assignAll(f, s.Targets, s.Value)
	case *translate.Annotate:
		return m.annotate(f, s)
	case *translate.Augment:
		return m.augment(f, s)
	case *translate.Define:
		return m.define(f, s)
	case *translate.Class:
		return m.defineClass(f, s)
	case *translate.Raise:
		return m.raise(f, s)
	case *translate.Assert:
		return m.assert(f, s)
	case *translate.Delete:
		return m.deleteAll(f, s.Targets)
	case *translate.Import:
		return m.importModule(f, s)
	case *translate.ImportFrom:
		return m.importFrom(f, s)
	}
	return fault.New("the line cannot be evaluated")
}

func (m *Machine) forLoop(f *frame, s *translate.For) (way, error) {
	over, err := m.eval(f, s.Over)
	if err != nil {
		return onward, err
	}
	to := onward
	err = m.each(over, func(v starlark.Value) (bool, error) {
		if err := m.assign(f, s.Target, v); err != nil {
			return false, err
		}
		var err error
		to, err = m.block(f, s.Body)
		return to != broken && to != returned, err
	})
	switch {
	case err != nil || to == returned:
		return to, err
	case to == broken:
		return onward, nil
	}
	return m.block(f, s.Else)
}

func (m *Machine) whileLoop(f *frame, s *translate.While) (way, error) {
	for {
		holds, err := m.holds(f, s.Cond)
		if err != nil {
			return onward, err
		}
		if !holds {
			return m.block(f, s.Else)
		}
		switch to, err := m.block(f, s.Body); {
		case err != nil || to == returned:
			return to, err
		case to == broken:
			return onward, nil
		}
	}
}

// assignAll evaluates a value and assigns it to all targets. It notes whether the value comes from chance.
func (m *Machine) assignAll(f *frame, targets []translate.Expr, value translate.Expr) error {
	before := m.drawn
	m.drawn = false
	defer func() { m.drawn = m.drawn || before }()
	v, err := m.eval(f, value)
	if err != nil {
		return err
	}
	for _, target := range targets {
		if err := m.assign(f, target, v); err != nil {
			return err
		}
	}
	return nil
}

// annotate assigns like assignAll. A class remembers what it annotates, for dataclasses.
func (m *Machine) annotate(f *frame, s *translate.Annotate) error {
	if id, ok := s.Target.(*translate.Name); ok && f.class != nil {
		f.class.annotated = append(f.class.annotated, id.Name)
		f.class.hints[id.Name] = typeHintOf(s.Hint)
	}
	if s.Value == nil {
		return nil
	}
	return m.assignAll(f, []translate.Expr{s.Target}, s.Value)
}

// assign sets a target to a value.
func (m *Machine) assign(f *frame, target translate.Expr, v starlark.Value) error {
	switch t := target.(type) {
	case *translate.Name:
		m.set(f, t.Name, v)
		return nil
	case *translate.Several:
		return m.unpackTo(f, t.Elems, v)
	case *translate.Attribute:
		x, err := m.eval(f, t.X)
		if err != nil {
			return err
		}
		return m.locatedIf(f, t.At(), m.setAttr(x, t.Name, v))
	case *translate.Element:
		_, err := m.pair(f, t.X, t.Key, func(x, key starlark.Value) (starlark.Value, error) {
			return starlark.None, m.setElement(x, key, v)
		})
		return err
	case *translate.Hook:
		_, err := m.eval(f, t)
		return err
	}
	return fault.New("a part of a list cannot be assigned to here; write the list anew")
}

// locatedIf is located for an error that may be nil.
func (m *Machine) locatedIf(f *frame, line int, err error) error {
	if err == nil {
		return nil
	}
	return m.located(f, line, err)
}

// unpackTo takes a value apart into several targets.
func (m *Machine) unpackTo(f *frame, targets []translate.Expr, v starlark.Value) error {
	elems, err := m.elements(v)
	if err != nil {
		return fault.Raise("TypeError", "a value cannot be taken apart into several names")
	}
	star := -1
	for i, target := range targets {
		if _, ok := target.(*translate.Star); ok {
			star = i
		}
	}
	spare := len(elems) - len(targets)
	if star >= 0 {
		spare++
	}
	if spare < 0 || star < 0 && spare > 0 {
		return fault.Raise("ValueError", "the number of names and of values differ")
	}
	for i, target := range targets {
		if i == star {
			rest := starlark.NewList(append([]starlark.Value(nil), elems[:spare]...))
			if err := m.assign(f, target.(*translate.Star).X, rest); err != nil {
				return err
			}
			elems = elems[spare:]
			continue
		}
		if err := m.assign(f, target, elems[0]); err != nil {
			return err
		}
		elems = elems[1:]
	}
	return nil
}

// augment executes "target += value".
func (m *Machine) augment(f *frame, s *translate.Augment) error {
	before := m.drawn
	m.drawn = false
	defer func() { m.drawn = m.drawn || before }()
	change := func(old starlark.Value) (starlark.Value, error) {
		v, err := m.eval(f, s.Value)
		if err != nil {
			return nil, err
		}
		return m.inPlace(s.Op, old, v)
	}
	switch t := s.Target.(type) {
	case *translate.Attribute:
		x, err := m.eval(f, t.X)
		if err != nil {
			return err
		}
		return m.changed(func() (starlark.Value, error) { return m.attr(x, t.Name) }, change,
			func(v starlark.Value) error { return m.setAttr(x, t.Name, v) })
	case *translate.Element:
		_, err := m.pair(f, t.X, t.Key, func(x, key starlark.Value) (starlark.Value, error) {
			return starlark.None, m.changed(func() (starlark.Value, error) { return m.index(x, key) }, change,
				func(v starlark.Value) error { return m.setElement(x, key, v) })
		})
		return err
	}
	return m.changed(func() (starlark.Value, error) { return m.eval(f, s.Target) }, change,
		func(v starlark.Value) error { return m.assign(f, s.Target, v) })
}

// changed reads a value, changes it and writes it back.
func (m *Machine) changed(get func() (starlark.Value, error), change func(starlark.Value) (starlark.Value, error), set func(starlark.Value) error) error {
	old, err := get()
	if err != nil {
		return err
	}
	v, err := change(old)
	if err != nil {
		return err
	}
	return set(v)
}

func (m *Machine) deleteAll(f *frame, targets []translate.Expr) error {
	for _, target := range targets {
		var err error
		switch t := target.(type) {
		case *translate.Name:
			err = f.unset(t.Name)
		case *translate.Several:
			err = m.deleteAll(f, t.Elems)
		case *translate.Element:
			_, err = m.pair(f, t.X, t.Key, m.deleteElement)
		case *translate.Attribute:
			var x starlark.Value
			if x, err = m.eval(f, t.X); err == nil {
				err = m.deleteAttr(x, t.Name)
			}
		default:
			err = fault.New("a part of a list cannot be deleted here; write the list anew")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
