package engine

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// expression compiles an expression.
func (c *compiler) expression(e syntax.Expr, pl place) eval {
	run, _ := c.folded(e, pl)
	return run
}

// folded compiles an expression, and returns its value too if it is always the same.
func (c *compiler) folded(e syntax.Expr, pl place) (eval, *any) {
	if v, ok := c.constant(e); ok {
		return func(*state, *frame) (any, error) { return v, nil }, &v
	}
	return c.computed(e, pl), nil
}

func (c *compiler) computed(e syntax.Expr, pl place) eval {
	switch e := e.(type) {
	case *syntax.Const:
		v := e.Value
		return func(*state, *frame) (any, error) { return v, nil }
	case *syntax.Name:
		return c.variable(e.Name, pl)
	case *syntax.NSRef:
		return c.attribute(&syntax.Getattr{Pos: e.Pos, Value: &syntax.Name{Pos: e.Pos, Name: e.Name}, Name: e.Attr}, pl)
	case *syntax.Tuple:
		items := c.expressions(e.Items, pl)
		return func(st *state, f *frame) (any, error) {
			all, err := evalAll(st, f, items)
			return value.Tuple(all), err
		}
	case *syntax.List:
		items := c.expressions(e.Items, pl)
		return func(st *state, f *frame) (any, error) {
			all, err := evalAll(st, f, items)
			return &value.List{Items: all}, err
		}
	case *syntax.Dict:
		return c.dict(e, pl)
	case *syntax.Binary:
		return c.binary(e, pl)
	case *syntax.Unary:
		return c.unary(e, pl)
	case *syntax.Concat:
		return c.concat(e, pl)
	case *syntax.Compare:
		return c.compare(e, pl)
	case *syntax.Cond:
		return c.cond(e, pl)
	case *syntax.Getattr:
		return c.attribute(e, pl)
	case *syntax.Getitem:
		return c.item(e, pl)
	case *syntax.Slice:
		return c.tuple(pl, e.Start, e.Stop, e.Step)
	case *syntax.Filter:
		return c.filter(e, pl)
	case *syntax.Test:
		return c.test(e, pl)
	case *syntax.Call:
		return c.call(e, pl)
	}
	c.fail(e.Position(), "unknown expression %T", e)
	return nothing
}

func nothing(*state, *frame) (any, error) { return nil, nil }

func (c *compiler) expressions(items []syntax.Expr, pl place) []eval {
	all := make([]eval, len(items))
	for i, item := range items {
		all[i] = c.expression(item, pl)
	}
	return all
}

func evalAll(st *state, f *frame, items []eval) ([]any, error) {
	if len(items) == 0 {
		return nil, nil
	}
	all := make([]any, len(items))
	for i, item := range items {
		v, err := item(st, f)
		if err != nil {
			return nil, err
		}
		all[i] = v
	}
	return all, nil
}

// variable compiles reading a name.
func (c *compiler) variable(name string, pl place) eval {
	v := pl.scope.find(name)
	if v == nil || v.slot < 0 {
		// Jinja's analysis does not look there: it is a variable of the page.
		return func(st *state, f *frame) (any, error) {
			v, err := f.page.lookup(st, name)
			if err != nil {
				return nil, err
			}
			return st.defined(v, name)
		}
	}
	hops, slot := pl.fn.hops(v.owner), v.slot
	if hops == 0 {
		return func(st *state, f *frame) (any, error) {
			v := f.slots[slot]
			if _, none := v.(missing); none {
				return undefinedName(name, st.Undefined), nil
			}
			return v, nil
		}
	}
	return func(st *state, f *frame) (any, error) { return st.defined(f.get(hops, slot), name) }
}

func (st *state) defined(v any, name string) (any, error) {
	if _, none := v.(missing); none {
		return undefinedName(name, st.Undefined), nil
	}
	return v, nil
}

// tuple compiles a tuple of expressions of which some may be left out.
func (c *compiler) tuple(pl place, items ...syntax.Expr) eval {
	all := make([]eval, len(items))
	for i, item := range items {
		all[i] = c.optional(item, pl)
	}
	return func(st *state, f *frame) (any, error) {
		vs, err := evalAll(st, f, all)
		return value.Tuple(vs), err
	}
}

// optional compiles an expression that may be left out, which is None.
func (c *compiler) optional(e syntax.Expr, pl place) eval {
	if e == nil {
		return nothing
	}
	return c.expression(e, pl)
}

func (c *compiler) dict(e *syntax.Dict, pl place) eval {
	keys, values := make([]eval, len(e.Items)), make([]eval, len(e.Items))
	for i, p := range e.Items {
		keys[i], values[i] = c.expression(p.Key, pl), c.expression(p.Value, pl)
	}
	at := c.at(e.Pos)
	return func(st *state, f *frame) (any, error) {
		d := &value.Dict{}
		for i, key := range keys {
			k, err := key(st, f)
			if err != nil {
				return nil, err
			}
			v, err := values[i](st, f)
			if err != nil {
				return nil, err
			}
			if err := d.Set(k, v); err != nil {
				return nil, at.wrap(err)
			}
		}
		return d, nil
	}
}

func (c *compiler) attribute(e *syntax.Getattr, pl place) eval {
	object, name, at := c.expression(e.Value, pl), e.Name, c.at(e.Pos)
	return func(st *state, f *frame) (any, error) {
		v, err := object(st, f)
		if err != nil {
			return nil, err
		}
		if l, ok := v.(*loopState); ok {
			if v, ok, err = l.get(name); ok {
				return v, at.wrap(err)
			}
			v = l
		}
		if v, err = value.Attr(&st.Runtime, v, name); err != nil {
			return nil, at.wrap(err)
		}
		return v, nil
	}
}

func (c *compiler) item(e *syntax.Getitem, pl place) eval {
	object, at := c.expression(e.Value, pl), c.at(e.Pos)
	if s, ok := e.Key.(*syntax.Slice); ok {
		start, stop, step := c.optional(s.Start, pl), c.optional(s.Stop, pl), c.optional(s.Step, pl)
		folds := c.foldsInJinja(e) // where what cannot be sliced is undefined
		return func(st *state, f *frame) (any, error) {
			vs, err := evalAll(st, f, []eval{object, start, stop, step})
			if err != nil {
				return nil, err
			}
			v, err := value.Slice(&st.Runtime, vs[0], vs[1], vs[2], vs[3])
			if wrong, ok := err.(*value.Error); ok && folds && wrong.Kind == "TypeError" {
				return value.NewUndefined(&st.Runtime, vs[0], nil), nil
			}
			return v, at.wrap(err)
		}
	}
	key := c.expression(e.Key, pl)
	return func(st *state, f *frame) (any, error) {
		v, err := object(st, f)
		if err != nil {
			return nil, err
		}
		k, err := key(st, f)
		if err != nil {
			return nil, err
		}
		if v, err = value.Item(&st.Runtime, v, k); err != nil {
			return nil, at.wrap(err)
		}
		return v, nil
	}
}

// cond compiles then if test else else.
func (c *compiler) cond(e *syntax.Cond, pl place) eval {
	pl = pl.softly()
	inside := pl
	inside.guess = pl.guess || asksForFilters(e.Test)
	test, then := c.condition(e.Test, inside), c.expression(e.Then, inside)
	var rest eval
	if e.Else != nil {
		rest = c.expression(e.Else, pl)
	} else {
		hint := "the inline if-expression on " + c.position(e.Pos) + " evaluated to false and no else section was defined."
		rest = func(*state, *frame) (any, error) { return &value.Undefined{Hint: hint}, nil }
	}
	return func(st *state, f *frame) (any, error) {
		yes, err := test(st, f)
		if err != nil {
			return nil, err
		}
		if yes {
			return then(st, f)
		}
		return rest(st, f)
	}
}
