package engine

import (
	"context"
	"math/big"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// constant returns the value of an expression that is the same in every rendering and has no errors. Lists and dicts are made anew each
// time, and filters depend on the page.
func (c *compiler) constant(e syntax.Expr) (any, bool) {
	switch e := e.(type) {
	case *syntax.Const:
		return e.Value, true
	case *syntax.Tuple:
		all, ok := c.constants(e.Items)
		return value.Tuple(all), ok
	case *syntax.Unary:
		return c.constantUnary(e)
	case *syntax.Binary:
		return c.constantBinary(e)
	case *syntax.Concat:
		all, ok := c.constants(e.Items)
		if !ok {
			return nil, false
		}
		s, err := join(c.folding(), all)
		return s, err == nil
	}
	return nil, false
}

func (c *compiler) constants(items []syntax.Expr) ([]any, bool) {
	all := make([]any, len(items))
	for i, item := range items {
		v, ok := c.constant(item)
		if !ok {
			return nil, false
		}
		all[i] = v
	}
	return all, true
}

func (c *compiler) constantUnary(e *syntax.Unary) (any, bool) {
	v, ok := c.constant(e.Expr)
	if !ok {
		return nil, false
	}
	if e.Op == "not" {
		yes, err := truth(v)
		return !yes, err == nil
	}
	v, err := value.Unary(&c.folding().Runtime, e.Op, v)
	return v, err == nil
}

func (c *compiler) constantBinary(e *syntax.Binary) (any, bool) {
	x, ok := c.constant(e.Left)
	if !ok {
		return nil, false
	}
	y, ok := c.constant(e.Right)
	if !ok {
		return nil, false
	}
	if e.Op == "and" || e.Op == "or" {
		yes, err := truth(x)
		if yes == (e.Op == "and") {
			return y, err == nil
		}
		return x, err == nil
	}
	v, err := value.Binary(&c.folding().Runtime, e.Op, x, y)
	return v, err == nil && small(v)
}

// small reports whether a constant is worth keeping.
func small(v any) bool {
	switch v := v.(type) {
	case string:
		return len(v) < 1<<10
	case *big.Int:
		return v.BitLen() < 1<<10
	}
	return true
}

// folding is a state for computing constants: with few steps, so that "x" * 1000000 waits until it is rendered.
func (c *compiler) folding() *state {
	st := &state{engine: c.engine}
	st.Context = context.Background()
	st.Budget.Steps = 10_000
	return st
}

// foldsInJinja reports whether Jinja computes the expressions when it compiles them, constants and filters of constants: ~ makes a plain
// text of such, though one of them is safe.
func (c *compiler) foldsInJinja(items ...syntax.Expr) bool {
	for _, e := range items {
		if e != nil && !c.foldInJinja(e) {
			return false
		}
	}
	return true
}

func (c *compiler) foldInJinja(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Name, *syntax.NSRef, *syntax.Call:
		return false
	case *syntax.Filter:
		switch e.Name {
		case "map", "select", "reject", "selectattr", "rejectattr", "random":
			return false
		}
		if c.engine.o.Filters[e.Name] != nil {
			return false
		}
	case *syntax.Test:
		if c.engine.o.Tests[e.Name] != nil {
			return false
		}
	}
	folds := true
	children(e, func(n syntax.Node, _ use) {
		if below, ok := n.(syntax.Expr); ok {
			folds = folds && c.foldInJinja(below)
		}
	})
	return folds
}

// quote writes a name as Python's repr does.
func quote(s string) string {
	q := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = `"`
	}
	r := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	s = r.Replace(s)
	if q == "'" {
		s = strings.ReplaceAll(s, "'", `\'`)
	}
	return q + s + q
}

// undefinedName is a variable that is not there.
func undefinedName(name string, mode value.UndefinedMode) *value.Undefined {
	return &value.Undefined{Object: value.Missing{}, Name: name, Mode: mode}
}
