package engine

import (
	"sync/atomic"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// text compiles text outside tags.
func (c *compiler) text(s *syntax.Text) exec {
	if s.Data == "" {
		return nil
	}
	t, at := &text{data: s.Data}, c.at(s.Pos)
	return func(st *state, f *frame) error {
		if err := t.write(st.out); err != nil {
			return at.wrap(err)
		}
		return nil
	}
}

// A text is text of a template. It keeps where it led to the last time.
type text struct {
	data string
	last atomic.Pointer[step]
}

// A step is a way through a page that text has taken.
type step struct{ from, to escape.State }

// write appends the text.
func (t *text) write(o *output) error {
	if o.contextual {
		o.b, o.place = o.place.Reopen(o.b, t.data)
		s := t.last.Load()
		if s == nil || s.from != o.place {
			to, err := o.place.Text(t.data)
			if err != nil {
				return err
			}
			s = &step{from: o.place, to: to}
			t.last.Store(s)
		}
		o.place = s.to
	}
	o.b = append(o.b, t.data...)
	return o.full()
}

// output compiles {{ expr }}.
func (c *compiler) output(s *syntax.Output, pl place) exec {
	finalize := c.engine.o.Finalize
	if call, safe := outputCall(s.Expr); call != nil && finalize == nil && !(safe && c.engine.o.Filters["safe"] != nil) {
		return c.outputOfCall(call, safe, pl)
	}
	if cond, ok := s.Expr.(*syntax.Cond); ok && finalize == nil && c.literals(cond) {
		return c.outputOfCond(cond, s, pl)
	}
	run, constant := c.folded(s.Expr, pl)
	at, mode := c.at(s.Pos), pl.escape
	if constant != nil && finalize == nil {
		if literal := c.literal(*constant, at, mode); literal != nil {
			return literal
		}
	}
	return func(st *state, f *frame) error {
		v, err := run(st, f)
		if err != nil {
			return err
		}
		if finalize != nil {
			if v, err = finalize(v); err != nil {
				return at.wrap(err)
			}
		}
		if err := st.write(v, mode.escapes(f)); err != nil {
			return at.wrap(err)
		}
		return nil
	}
}

// literals reports whether an inline if only chooses between constant texts.
func (c *compiler) literals(e syntax.Expr) bool {
	switch e := e.(type) {
	case nil:
		return c.engine.o.Undefined == value.Default
	case *syntax.Cond:
		return c.literals(e.Then) && c.literals(e.Else)
	case *syntax.Const:
		_, ok := e.Value.(string)
		return ok
	}
	return false
}

// outputOfCond compiles {{ 'a' if x else 'b' }} as if it were {% if x %}{{ 'a' }}{% else %}{{ 'b' }}{% endif %}.
func (c *compiler) outputOfCond(e *syntax.Cond, s *syntax.Output, pl place) exec {
	part := func(e syntax.Expr) []syntax.Stmt {
		if e == nil {
			return nil
		}
		return []syntax.Stmt{&syntax.Output{Pos: s.Pos, Source: s.Source, Expr: e}}
	}
	return c.ifs(&syntax.If{Pos: s.Pos, Branches: []syntax.Branch{{Pos: e.Pos, Test: e.Test, Body: part(e.Then)}}, Else: part(e.Else)}, pl)
}

// literal compiles the output of a constant text: it is part of the template and not data.
func (c *compiler) literal(v any, at site, mode mode) exec {
	s, ok := v.(string)
	if !ok {
		return nil
	}
	escaped := string(value.AppendEscaped(nil, s))
	return func(st *state, f *frame) (err error) {
		o := st.out
		switch {
		case !mode.escapes(f):
			o.b = append(o.b, s...)
		case o.contextual:
			if o.b, o.place, err = o.place.AppendLiteral(o.b, s); err != nil {
				return at.wrap(err)
			}
		default:
			o.b = append(o.b, escaped...)
		}
		return at.wrap(o.full())
	}
}
