package engine

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A source gives the items of a loop.
type source interface {
	Next() (any, bool, error)
	Len() int // what is left, -1 if only going on tells
}

// A loopBody is a compiled for.
type loopBody struct {
	at        site
	filter    *loopFilter
	enter     exec // once per round
	target    store
	plain     int // the slot of a target that is one name, or -1
	body      exec
	rest      exec // else; nil without
	special   int  // the slot of loop, or -1 where nothing uses it
	fn        *function
	recursive bool
	escape    mode
}

// A loopFilter is the if of a for.
type loopFilter struct {
	enter  exec
	target store
	test   condition
}

// loop compiles a for.
func (c *compiler) loop(s *syntax.For, pl place) exec {
	iter, at := c.expression(s.Iter, pl), c.at(s.Pos)
	outside := pl
	if s.Recursive {
		pl = pl.function()
		pl.scope.outer = outside.scope
	}
	b := &loopBody{at: at, recursive: s.Recursive, escape: pl.escape, plain: -1, special: -1, fn: pl.fn}
	c.checkLoopVariable(s)
	if s.Test != nil {
		b.filter = c.loopFilter(s, pl)
	}
	c.loopBody(b, s, pl)
	if len(s.Else) > 0 {
		rest := pl.inner()
		rest.scope.visitAll(s.Else)
		enter := c.enter(rest.scope)
		b.rest = sequence(append(enter, c.body(s.Else, rest)...))
	}
	if s.Recursive {
		return c.recursiveLoop(b, iter)
	}
	return func(st *state, f *frame) error {
		v, err := iter(st, f)
		if err != nil {
			return err
		}
		return b.run(st, f, v, nil, 0)
	}
}

// loopBody compiles what runs in each round.
func (c *compiler) loopBody(b *loopBody, s *syntax.For, pl place) {
	inner := pl.inner()
	inner.loop = true
	var special *variable
	if s.Recursive || undeclared(s.Body, "loop")["loop"] || hasScopedBlock(s.Body) {
		special = inner.scope.param("loop")
	}
	inner.scope.params(s.Target)
	inner.scope.visitAll(s.Body)
	enter := c.enter(inner.scope)
	if len(enter) > 0 {
		b.enter = sequence(enter)
	}
	if special != nil {
		b.special = inner.scope.names["loop"].slot
	}
	b.target = c.target(s.Target, inner)
	if name, ok := s.Target.(*syntax.Name); ok {
		b.plain = inner.scope.names[name.Name].slot
	}
	b.body = c.sequence(s.Body, inner)
}

func (c *compiler) loopFilter(s *syntax.For, pl place) *loopFilter {
	inner := pl.inner()
	inner.scope.params(s.Target)
	inner.scope.visit(s.Test, read)
	return &loopFilter{enter: sequence(c.enter(inner.scope)), target: c.target(s.Target, inner), test: c.condition(s.Test, inner)}
}

// checkLoopVariable reports assignments to loop inside a for.
func (c *compiler) checkLoopVariable(s *syntax.For) {
	check := func(target syntax.Expr) {
		targets(target, func(t syntax.Expr) {
			if name, ok := t.(*syntax.Name); ok && name.Name == "loop" {
				c.fail(name.Pos, "Can't assign to special loop variable in for-loop target")
			}
		})
	}
	walk(s, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.For:
			check(n.Target)
			return n == s
		case *syntax.Assign:
			check(n.Target)
		case *syntax.AssignBlock:
			check(n.Target)
		}
		return true
	})
}

func hasScopedBlock(body []syntax.Stmt) bool {
	found := false
	walkAll(body, func(n syntax.Node) bool {
		if b, ok := n.(*syntax.Block); ok && b.Scoped {
			found = true
		}
		return !found
	})
	return found
}

// recursiveLoop compiles a for whose loop(...) runs it again with other items.
func (c *compiler) recursiveLoop(b *loopBody, iter eval) exec {
	return func(st *state, f *frame) error {
		v, err := iter(st, f)
		if err != nil {
			return err
		}
		return b.again(st, f, v, 0)
	}
}

// again runs a recursive loop in a frame of its own.
func (b *loopBody) again(st *state, outer *frame, items any, depth int) error {
	if err := st.deeper(); err != nil {
		return err
	}
	defer st.shallower()
	f := st.frame(b.fn, outer, outer.page)
	defer st.leave(b.fn, f)
	return b.run(st, f, items, outer, depth)
}

// run runs the loop over items.
func (b *loopBody) run(st *state, f *frame, items any, outer *frame, depth int) error {
	it, err := value.Iterate(&st.Runtime, items)
	if err != nil {
		return b.at.wrap(err)
	}
	defer it.Close()
	var src source = it
	if b.filter != nil {
		if err := b.filter.enter(st, f); err != nil {
			return err
		}
		src = &filteredSource{st: st, f: f, it: it, filter: b.filter}
	}
	if b.special >= 0 {
		return b.runSpecial(st, f, src, outer, depth)
	}
	empty := true
	for {
		v, ok, err := src.Next()
		if err != nil {
			return b.at.wrap(err)
		}
		if !ok {
			break
		}
		err = b.round(st, f, v)
		switch err {
		case nil:
			empty = false
		case errContinue:
		case errBreak:
			return b.otherwise(st, f, empty)
		default:
			return err
		}
	}
	return b.otherwise(st, f, empty)
}

// runSpecial runs a loop in which something uses loop.
func (b *loopBody) runSpecial(st *state, f *frame, src source, outer *frame, depth int) error {
	l := &loopState{st: st, src: src, index0: -1, depth0: depth, body: b, outer: outer}
	l.total = src.Len()
	if b.recursive {
		l.recurse = b
	}
	empty := true
	for {
		v, ok, err := l.next()
		if err != nil {
			return b.at.wrap(err)
		}
		if !ok {
			break
		}
		f.slots[b.special] = l
		if err = b.round(st, f, v); l.failed != nil {
			return b.at.wrap(l.failed)
		}
		if err == errBreak {
			break
		}
		if err == nil {
			empty = false
		} else if err != errContinue {
			return err
		}
	}
	f.slots[b.special] = missing{}
	return b.otherwise(st, f, empty)
}

// round runs the body with one item.
func (b *loopBody) round(st *state, f *frame, v any) error {
	if err := st.Spend(1); err != nil {
		return b.at.wrap(err)
	}
	if b.plain >= 0 {
		f.slots[b.plain] = v
	} else if err := b.target(st, f, v); err != nil {
		return b.at.wrap(err)
	}
	if b.enter != nil {
		if err := b.enter(st, f); err != nil {
			return err
		}
	}
	return b.body(st, f)
}

// otherwise runs else, if no round came to its end.
func (b *loopBody) otherwise(st *state, f *frame, empty bool) error {
	if !empty || b.rest == nil {
		return nil
	}
	return b.rest(st, f)
}

// A filteredSource is the items that pass the if of a for.
type filteredSource struct {
	st     *state
	f      *frame
	it     source
	filter *loopFilter
}

func (s *filteredSource) Next() (any, bool, error) {
	for {
		v, ok, err := s.it.Next()
		if !ok || err != nil {
			return nil, false, err
		}
		if err := s.st.Spend(1); err != nil {
			return nil, false, err
		}
		if err := s.filter.target(s.st, s.f, v); err != nil {
			return nil, false, err
		}
		pass, err := s.filter.test(s.st, s.f)
		if err != nil {
			return nil, false, err
		}
		if pass {
			return v, true, nil
		}
	}
}

func (s *filteredSource) Len() int { return -1 }
