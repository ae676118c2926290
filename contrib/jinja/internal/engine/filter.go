package engine

import (
	"fmt"
	"maps"
	"slices"

	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// An apply calls a filter or a test with the value it stands behind.
type apply func(st *state, f *frame, v any) (any, error)

// filter compiles value|name(args).
func (c *compiler) filter(e *syntax.Filter, pl place) eval {
	if e.Value == nil {
		c.fail(e.Pos, "filter %s has no value", e.Name)
		return nothing
	}
	operand := c.expression(e.Value, pl)
	return piped(operand, c.apply("filter", c.engine.filters, e.Name, e.Args, e.Pos, pl))
}

// test compiles value is name(args).
func (c *compiler) test(e *syntax.Test, pl place) eval {
	operand := c.expression(e.Value, pl)
	return piped(operand, c.apply("test", c.engine.tests, e.Name, e.Args, e.Pos, pl))
}

func piped(operand eval, apply apply) eval {
	return func(st *state, f *frame) (any, error) {
		v, err := operand(st, f)
		if err != nil {
			return nil, err
		}
		return apply(st, f, v)
	}
}

// filtered compiles the filters of a block, whose innermost one has no value.
func (c *compiler) filtered(e *syntax.Filter, pl place) apply {
	outer := c.apply("filter", c.engine.filters, e.Name, e.Args, e.Pos, pl)
	below, ok := e.Value.(*syntax.Filter)
	if !ok {
		return outer
	}
	inner := c.filtered(below, pl)
	return func(st *state, f *frame, v any) (any, error) {
		v, err := inner(st, f, v)
		if err != nil {
			return nil, err
		}
		return outer(st, f, v)
	}
}

// apply compiles the call of a filter or test. One that does not exist is an error now, or when it is called if it stands inside an if.
func (c *compiler) apply(kind string, known map[string]*value.Function, name string, args syntax.Args, pos syntax.Pos, pl place) apply {
	fn, at := known[name], c.at(pos)
	if fn == nil {
		return c.unknown(kind, known, name, pos, pl)
	}
	if args.Star != nil || args.StarStar != nil {
		return c.applyBound(fn, c.arguments(args, pos, pl), at)
	}
	names := make([]string, len(args.Named))
	for i, k := range args.Named {
		names[i] = k.Name
	}
	if err := fn.Check(1+len(args.Positional), names); err != nil {
		c.remark(at.wrap(err))
		return c.applyBound(fn, c.arguments(args, pos, pl), at)
	}
	all, ok := c.argumentFrame(fn, args, pl)
	if !ok {
		return c.applyBound(fn, c.arguments(args, pos, pl), at)
	}
	return func(st *state, f *frame, v any) (any, error) {
		return st.apply(f, fn, v, all, at)
	}
}

// apply calls a filter or test with a value and an argument for each other parameter.
func (st *state) apply(f *frame, fn *value.Function, v any, all []eval, at site) (any, error) {
	before, lent := st.args, st.lent
	n := len(before)
	if n+len(all)+1 > cap(before) {
		st.args = make([]any, 0, 64+len(all))
		n = 0
	}
	st.args = st.args[:n+len(all)+1]
	args := st.args[n:]
	args[0] = v
	var err error
	for i, arg := range all {
		if args[i+1], err = arg(st, f); err != nil {
			return nil, err
		}
	}
	if v, err = fn.Call(&st.Runtime, args); err != nil {
		return nil, at.wrap(err)
	}
	if _, lazy := v.(*value.Generator); lazy {
		st.lent++ // it reads its arguments later
	}
	if st.lent == lent {
		clear(args)
		if st.args = before; cap(before) == 0 {
			st.args = args[:0]
		}
	}
	return v, nil
}

// argumentFrame compiles an argument for each parameter of fn but the first, in their order. It cannot for a function that takes any others.
func (c *compiler) argumentFrame(fn *value.Function, args syntax.Args, pl place) ([]eval, bool) {
	if fn.Rest || fn.Named || len(fn.Params) == 0 {
		return nil, false
	}
	all := make([]eval, len(fn.Params)-1)
	for i, arg := range args.Positional {
		all[i] = c.expression(arg, pl)
	}
	for _, k := range args.Named {
		i := parameter(fn, k.Name)
		if i < 1 || all[i-1] != nil {
			return nil, false
		}
		all[i-1] = c.expression(k.Value, pl)
	}
	for i, p := range fn.Params[1:] {
		if all[i] == nil {
			v := p.Default
			all[i] = func(*state, *frame) (any, error) { return v, nil }
		}
	}
	return all, true
}

func parameter(fn *value.Function, name string) int {
	for i, p := range fn.Params {
		if p.Name == name {
			return i
		}
	}
	return -1
}

// applyBound calls fn with arguments that are only sorted out when they are known.
func (c *compiler) applyBound(fn *value.Function, args *arguments, at site) apply {
	return func(st *state, f *frame, v any) (any, error) {
		values, err := args.eval(st, f)
		if err != nil {
			return nil, err
		}
		values.Positional = append([]any{v}, values.Positional...)
		frame, err := fn.Bind(values)
		if err != nil {
			return nil, at.wrap(err)
		}
		v, err = fn.Call(&st.Runtime, frame)
		if err != nil {
			return nil, at.wrap(err)
		}
		return v, nil
	}
}

// noneNamed says that there is no filter or test of a name: which one is near, or else how to get it.
func (e *Engine) noneNamed(kind string, known map[string]*value.Function, name string) string {
	msg := fmt.Sprintf("No %s named %s", kind, quote(name))
	if near := nearest.DidYouMean(name, slices.Sorted(maps.Keys(known))); near != "" || e.o.Register == nil {
		return msg + near
	}
	return msg + "; " + e.o.Register(kind, name)
}

// unknown reports a filter or test that does not exist.
func (c *compiler) unknown(kind string, known map[string]*value.Function, name string, pos syntax.Pos, pl place) apply {
	msg, at := c.engine.noneNamed(kind, known, name), c.at(pos)
	if !pl.soft {
		c.errs = append(c.errs, at.wrap(failure("TemplateAssertionError", "%s", msg)))
	} else if !pl.guess {
		c.remark(at.wrap(failure("TemplateAssertionError", "%s", msg)))
	}
	return func(*state, *frame, any) (any, error) {
		return nil, at.wrap(failure("TemplateRuntimeError", "No %s named %s found.", kind, quote(name)))
	}
}

// remark notes what Check reports though the template renders as long as the place is not reached.
func (c *compiler) remark(err error) { c.template.problems = append(c.template.problems, err) }
