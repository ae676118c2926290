package engine

import (
	"errors"
	"fmt"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// An exec runs a statement, an eval computes an expression.
type (
	exec func(st *state, f *frame) error
	eval func(st *state, f *frame) (any, error)
)

// A mode is what is known at compile time about escaping.
type mode uint8

const (
	escapeOff mode = iota
	escapeOn
	escapeVolatile // {% autoescape x %}: only the rendering knows
)

func escapeMode(on bool) mode {
	if on {
		return escapeOn
	}
	return escapeOff
}

// A compiler compiles one template.
type compiler struct {
	template *Template
	engine   *Engine
	errs     []error
	extends  int      // extends statements so far
	extended bool     // by one that certainly runs: what follows at the top level is not written
	declared []*block // in their order
}

// A place is where in a template the compiler is: what a statement may do depends on it. Places are values.
type place struct {
	scope    *scope
	fn       *function
	escape   mode
	toplevel bool // what is set is a variable of the page
	root     bool // toplevel and not inside an if
	soft     bool // inside an if: a filter that does not exist is an error only when it is called
	guarded  bool // outputs are left out once the template has extended another
	guess    bool // inside an if that asks which filters or tests there are
	loop     bool // break and continue have a loop
}

// inner returns a place inside of pl with a scope of its own.
func (pl place) inner() place {
	pl.scope = newScope(pl.scope, pl.fn)
	pl.toplevel, pl.root, pl.soft = false, false, false
	return pl
}

// softly returns pl inside an if.
func (pl place) softly() place {
	pl.root, pl.soft = false, true
	return pl
}

// function returns a place for the body of a function inside of pl.
func (pl place) function() place {
	pl.fn = &function{outer: pl.fn}
	pl = pl.inner()
	pl.loop = false
	for fn := pl.fn.outer; fn != nil; fn = fn.outer {
		fn.kept = true
	}
	return pl
}

// compile reads and compiles a template. All its errors are reported.
func (e *Engine) compile(name, source string) (*Template, error) {
	tree, err := syntax.Parse(name, source, e.o.Syntax)
	if err != nil {
		var s *syntax.Error
		if errors.As(err, &s) {
			return nil, &Error{Template: name, Line: s.Line, Col: s.Col, Message: s.Message, Err: err}
		}
		return nil, err
	}
	t := &Template{name: name, engine: e, tree: tree}
	t.autoescape = e.o.Autoescape != nil && e.o.Autoescape(name)
	t.blocks = &blocks{byName: map[string][]*block{}}
	c := &compiler{template: t, engine: e}
	c.compileTemplate(tree)
	if len(c.errs) > 0 {
		return t, errors.Join(c.errs...)
	}
	return t, nil
}

func (c *compiler) compileTemplate(tree *syntax.Template) {
	hasExtends := false
	walkAll(tree.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Extends:
			hasExtends = true
		case *syntax.Block:
			c.declareBlock(n)
		}
		return true
	})
	fn := &function{}
	pl := place{scope: newScope(nil, fn), fn: fn, escape: escapeMode(c.template.autoescape), toplevel: true, root: true, guarded: hasExtends}
	var self *variable
	if undeclared(tree.Body, "self")["self"] {
		self = pl.scope.param("self")
	}
	pl.scope.visitAll(tree.Body)
	enter := c.enter(pl.scope)
	if self != nil {
		enter = append(enter, c.setSelf(pl.scope.names["self"]))
	}
	body := c.body(tree.Body, pl)
	fn.body = append(enter, body...)
	c.template.root = fn
	c.template.pure = pure(tree.Body)
	for _, b := range c.declared {
		c.compileBlock(b)
	}
}

// enter gives each variable of a scope a slot and returns what fills the slots when the scope is entered.
func (c *compiler) enter(s *scope) []exec {
	var fill []exec
	for _, name := range s.order {
		v := s.names[name]
		v.slot = s.owner.newSlot()
		if e := c.fill(v, s.owner); e != nil {
			fill = append(fill, e)
		}
	}
	return fill
}

// fill returns what gives a variable its first value.
func (c *compiler) fill(v *variable, fn *function) exec {
	slot := v.slot
	switch v.load {
	case loadNothing:
		return func(_ *state, f *frame) error { f.slots[slot] = missing{}; return nil }
	case loadContext:
		name := v.name
		return func(st *state, f *frame) (err error) {
			f.slots[slot], err = f.page.lookup(st, name)
			return err
		}
	case loadOuter:
		hops, from := fn.hops(v.outer.owner), v.outer.slot
		return func(_ *state, f *frame) error { f.slots[slot] = f.get(hops, from); return nil }
	}
	return nil
}

// body compiles statements. An error in one does not keep the others from being looked at.
func (c *compiler) body(stmts []syntax.Stmt, pl place) []exec {
	var all []exec
	for _, s := range stmts {
		e, last := c.statement(s, pl)
		if e != nil {
			all = append(all, e)
		}
		if last {
			break
		}
	}
	return all
}

// sequence compiles statements as one.
func (c *compiler) sequence(stmts []syntax.Stmt, pl place) exec { return sequence(c.body(stmts, pl)) }

func sequence(all []exec) exec {
	switch len(all) {
	case 0:
		return func(*state, *frame) error { return nil }
	case 1:
		return all[0]
	case 2:
		a, b := all[0], all[1]
		return func(st *state, f *frame) error {
			if err := a(st, f); err != nil {
				return err
			}
			return b(st, f)
		}
	}
	return func(st *state, f *frame) error { return run(st, f, all) }
}

// fail reports an error of the template.
func (c *compiler) fail(pos syntax.Pos, format string, args ...any) {
	c.errs = append(c.errs, &Error{Template: c.template.name, Line: pos.Line, Col: pos.Col, Message: fmt.Sprintf(format, args...)})
}

func (c *compiler) at(pos syntax.Pos) site { return site{template: c.template, pos: pos} }

// locals are the variables that an include or a scoped block gets at pl.
func (c *compiler) locals(pl place) []local {
	var all []local
	for _, v := range pl.scope.stored() {
		all = append(all, local{name: v.name, hops: pl.fn.hops(v.owner), slot: v.slot})
	}
	return all
}
