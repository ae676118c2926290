package engine

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A condition is an expression of which only the truth is asked.
type condition func(st *state, f *frame) (bool, error)

// condition compiles an expression as a condition.
func (c *compiler) condition(e syntax.Expr, pl place) condition {
	switch e := e.(type) {
	case *syntax.Unary:
		if e.Op == "not" {
			is := c.condition(e.Expr, pl)
			return func(st *state, f *frame) (bool, error) {
				yes, err := is(st, f)
				return !yes, err
			}
		}
	case *syntax.Binary:
		if e.Op == "and" || e.Op == "or" {
			left, right, and := c.condition(e.Left, pl), c.condition(e.Right, pl), e.Op == "and"
			return func(st *state, f *frame) (bool, error) {
				yes, err := left(st, f)
				if err != nil || yes != and {
					return yes, err
				}
				return right(st, f)
			}
		}
	}
	run, at := c.expression(e, pl), c.at(e.Position())
	return func(st *state, f *frame) (bool, error) {
		v, err := run(st, f)
		if err != nil {
			return false, err
		}
		yes, err := truth(v)
		if err != nil {
			return false, at.wrap(err)
		}
		return yes, nil
	}
}

// truth is bool(v).
func truth(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case nil:
		return false, nil
	case string:
		return v != "", nil
	}
	return value.Truth(v)
}

func (c *compiler) binary(e *syntax.Binary, pl place) eval {
	left, right, op := c.expression(e.Left, pl), c.expression(e.Right, pl), e.Op
	if op == "and" || op == "or" {
		return c.choice(e, left, right)
	}
	at := c.at(e.Pos)
	return func(st *state, f *frame) (any, error) {
		x, err := left(st, f)
		if err != nil {
			return nil, err
		}
		y, err := right(st, f)
		if err != nil {
			return nil, err
		}
		v, err := value.Binary(&st.Runtime, op, x, y)
		if err != nil {
			return nil, at.wrap(err)
		}
		return v, nil
	}
}

// choice is and, or: the value of the operand that decides.
func (c *compiler) choice(e *syntax.Binary, left, right eval) eval {
	and, at := e.Op == "and", c.at(e.Pos)
	return func(st *state, f *frame) (any, error) {
		v, err := left(st, f)
		if err != nil {
			return nil, err
		}
		yes, err := truth(v)
		if err != nil {
			return nil, at.wrap(err)
		}
		if yes != and {
			return v, nil
		}
		return right(st, f)
	}
}

func (c *compiler) unary(e *syntax.Unary, pl place) eval {
	if e.Op == "not" {
		is := c.condition(e, pl)
		return func(st *state, f *frame) (any, error) { return is(st, f) }
	}
	operand, op, at := c.expression(e.Expr, pl), e.Op, c.at(e.Pos)
	return func(st *state, f *frame) (any, error) {
		v, err := operand(st, f)
		if err != nil {
			return nil, err
		}
		v, err = value.Unary(&st.Runtime, op, v)
		return v, at.wrap(err)
	}
}

// concat compiles a ~ b. Where the template does not escape, the result is always a plain string.
func (c *compiler) concat(e *syntax.Concat, pl place) eval {
	items, at := c.expressions(e.Items, pl), c.at(e.Pos)
	safe := pl.escape == escapeOn && !c.foldsInJinja(e.Items...)
	return func(st *state, f *frame) (any, error) {
		all, err := evalAll(st, f, items)
		if err != nil {
			return nil, err
		}
		if !safe {
			s, err := join(st, all)
			return s, at.wrap(err)
		}
		v, err := value.Concat(&st.Runtime, all)
		return v, at.wrap(err)
	}
}

func join(st *state, items []any) (string, error) {
	var b strings.Builder
	for _, item := range items {
		s, err := value.Str(&st.Runtime, item)
		if err != nil {
			return "", err
		}
		if err := st.Spend(1 + len(s)/keptPerStep); err != nil {
			return "", err
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

// compare compiles a chain of comparisons: each operand is computed once, and none behind a false comparison.
func (c *compiler) compare(e *syntax.Compare, pl place) eval {
	first, at := c.expression(e.Expr, pl), c.at(e.Pos)
	ops, operands := make([]string, len(e.Ops)), make([]eval, len(e.Ops))
	for i, o := range e.Ops {
		ops[i], operands[i] = o.Op, c.expression(o.Expr, pl)
	}
	return func(st *state, f *frame) (any, error) {
		x, err := first(st, f)
		if err != nil {
			return nil, err
		}
		for i, operand := range operands {
			y, err := operand(st, f)
			if err != nil {
				return nil, err
			}
			yes, known := compareSimple(ops[i], x, y)
			if !known {
				if yes, err = value.Compare(&st.Runtime, ops[i], x, y); err != nil {
					return nil, at.wrap(err)
				}
			}
			if !yes {
				return false, nil
			}
			x = y
		}
		return true, nil
	}
}

// compareSimple compares two ints or two texts, which most comparisons are about.
func compareSimple(op string, x, y any) (yes, known bool) {
	switch x := x.(type) {
	case int:
		if y, ok := y.(int); ok {
			return ordered(op, cmp.Compare(x, y))
		}
	case string:
		if y, ok := y.(string); ok {
			if op == "==" || op == "!=" {
				return (x == y) == (op == "=="), true
			}
			return ordered(op, cmp.Compare(x, y))
		}
	}
	return false, false
}

func ordered(op string, c int) (yes, known bool) {
	switch op {
	case "==":
		return c == 0, true
	case "!=":
		return c != 0, true
	case "<":
		return c < 0, true
	case "<=":
		return c <= 0, true
	case ">":
		return c > 0, true
	case ">=":
		return c >= 0, true
	}
	return false, false
}

// position is where something stands, for Jinja's messages.
func (c *compiler) position(pos syntax.Pos) string {
	if c.template.name == "" {
		return fmt.Sprintf("line %d", pos.Line)
	}
	return fmt.Sprintf("line %d in %s", pos.Line, quote(c.template.name))
}
