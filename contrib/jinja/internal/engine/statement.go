package engine

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// statement compiles one statement. It reports whether what follows never runs.
func (c *compiler) statement(s syntax.Stmt, pl place) (_ exec, last bool) {
	switch s := s.(type) {
	case *syntax.Text:
		return c.guard(c.text(s), pl), false
	case *syntax.Output:
		return c.guard(c.output(s, pl), pl), false
	case *syntax.Trans:
		return c.guard(c.trans(s, pl), pl), false
	case *syntax.If:
		return c.ifs(s, pl), false
	case *syntax.For:
		return c.loop(s, pl), false
	case *syntax.Assign:
		return c.assign(s, pl), false
	case *syntax.AssignBlock:
		return c.assignBlock(s, pl), false
	case *syntax.With:
		return c.with(s, pl), false
	case *syntax.Autoescape:
		return c.autoescape(s, pl), false
	case *syntax.FilterBlock:
		return c.filterBlock(s, pl), false
	case *syntax.Macro:
		return c.macro(s, pl), false
	case *syntax.CallBlock:
		return c.callBlock(s, pl), false
	case *syntax.Block:
		return c.callsBlock(s, pl), false
	case *syntax.Extends:
		return c.extend(s, pl)
	case *syntax.Include:
		return c.include(s, pl), false
	case *syntax.Import:
		return c.imports(s, pl), false
	case *syntax.FromImport:
		return c.fromImport(s, pl), false
	case *syntax.Do:
		return c.do(s, pl), false
	case *syntax.Break:
		return c.jump(s.Pos, "break", errBreak, pl), true
	case *syntax.Continue:
		return c.jump(s.Pos, "continue", errContinue, pl), true
	}
	c.fail(s.Position(), "unknown statement %T", s)
	return nil, false
}

// guard leaves a statement out where the template has extended another.
func (c *compiler) guard(e exec, pl place) exec {
	if !pl.guarded || e == nil {
		return e
	}
	if c.extended {
		return nil
	}
	return func(st *state, f *frame) error {
		if f.root().parent != nil {
			return nil
		}
		return e(st, f)
	}
}

func (c *compiler) ifs(s *syntax.If, pl place) exec {
	pl = pl.softly()
	tests := make([]condition, len(s.Branches))
	bodies := make([]exec, len(s.Branches))
	for i, b := range s.Branches {
		inside := pl
		inside.guess = pl.guess || asksForFilters(b.Test)
		tests[i] = c.condition(b.Test, inside)
		bodies[i] = c.sequence(b.Body, inside)
	}
	rest := c.sequence(s.Else, pl)
	if len(tests) == 1 {
		test, body := tests[0], bodies[0]
		return func(st *state, f *frame) error {
			yes, err := test(st, f)
			if err != nil {
				return err
			}
			if yes {
				return body(st, f)
			}
			return rest(st, f)
		}
	}
	return func(st *state, f *frame) error {
		for i, test := range tests {
			yes, err := test(st, f)
			if err != nil {
				return err
			}
			if yes {
				return bodies[i](st, f)
			}
		}
		return rest(st, f)
	}
}

// asksForFilters reports whether a condition asks whether a filter or a test exists.
func asksForFilters(test syntax.Expr) bool {
	asks := false
	walk(test, func(n syntax.Node) bool {
		if t, ok := n.(*syntax.Test); ok && (t.Name == "filter" || t.Name == "test") {
			asks = true
		}
		return !asks
	})
	return asks
}

func (c *compiler) with(s *syntax.With, pl place) exec {
	inner := pl.inner()
	for _, t := range s.Targets {
		inner.scope.params(t)
	}
	inner.scope.visitAll(s.Body)
	all := c.enter(inner.scope)
	for i, t := range s.Targets {
		value, store := c.expression(s.Values[i], pl), c.target(t, inner)
		all = append(all, func(st *state, f *frame) error {
			v, err := value(st, f)
			if err != nil {
				return err
			}
			return store(st, f, v)
		})
	}
	return sequence(append(all, c.body(s.Body, inner)...))
}

func (c *compiler) autoescape(s *syntax.Autoescape, pl place) exec {
	inner := pl.inner()
	inner.scope.visit(s.Value, read)
	inner.scope.visitAll(s.Body)
	enter := sequence(c.enter(inner.scope))
	value, constant := c.folded(s.Value, inner)
	inner.escape = escapeVolatile
	if constant != nil {
		on, err := truth(*constant)
		if err != nil {
			c.fail(s.Pos, "%s", message(err))
		}
		inner.escape = escapeMode(on)
	}
	body, at := c.sequence(s.Body, inner), c.at(s.Pos)
	return func(st *state, f *frame) error {
		if err := enter(st, f); err != nil {
			return err
		}
		v, err := value(st, f)
		if err != nil {
			return err
		}
		on, err := truth(v)
		if err != nil {
			return at.wrap(err)
		}
		escape := f.page.escape
		before := escape.on
		escape.on, st.Autoescape = on, on
		err = body(st, f)
		escape.on, st.Autoescape = before, before
		return err
	}
}

func (c *compiler) filterBlock(s *syntax.FilterBlock, pl place) exec {
	inner := pl.inner()
	inner.scope.visitAll(s.Body)
	inner.scope.visit(s.Filter, read)
	enter := sequence(c.enter(inner.scope))
	body := c.sequence(s.Body, inner)
	filter := c.filtered(s.Filter, inner)
	mode, at := inner.escape, c.at(s.Pos)
	return func(st *state, f *frame) error {
		if err := enter(st, f); err != nil {
			return err
		}
		text, err := st.capture(f, body)
		if err != nil {
			return at.wrap(err)
		}
		v, err := filter(st, f, text.value(mode.escapes(f)))
		if err != nil {
			return err
		}
		// Jinja writes what the filter returns without escaping it: here what is no Markup was made of escaped text.
		return at.wrap(st.writeFiltered(v, mode.escapes(f)))
	}
}

// capture runs body into a buffer.
func (st *state) capture(f *frame, body exec) (capture, error) {
	outer := st.begin()
	if err := body(st, f); err != nil {
		st.drop(outer)
		return capture{}, err
	}
	return st.end(outer)
}

// escapes reports whether outputs are escaped now.
func (m mode) escapes(f *frame) bool { return m == escapeOn || m == escapeVolatile && f.page.escape.on }

func (c *compiler) do(s *syntax.Do, pl place) exec {
	e := c.expression(s.Expr, pl)
	return func(st *state, f *frame) error {
		_, err := e(st, f)
		return err
	}
}

func (c *compiler) jump(pos syntax.Pos, name string, signal error, pl place) exec {
	if !pl.loop {
		c.fail(pos, "'%s' outside of a loop", name)
	}
	return func(*state, *frame) error { return signal }
}
