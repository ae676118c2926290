package engine

import (
	"sync/atomic"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A block is a compiled block of one template.
type block struct {
	name string
	at   site
	node *syntax.Block
	fn   *function
}

// blocks are the blocks of a page: by name, those of the child first. They are never changed; extending makes new ones.
type blocks struct {
	byName map[string][]*block
	last   atomic.Pointer[extension]
}

// An extension is blocks with those of a parent behind them.
type extension struct {
	parent *Template
	blocks *blocks
}

// extend returns b with the blocks of parent behind its own. What was asked for the last time is kept.
func (b *blocks) extend(parent *Template) *blocks {
	if last := b.last.Load(); last != nil && last.parent == parent {
		return last.blocks
	}
	all := &blocks{byName: make(map[string][]*block, len(b.byName))}
	for name, stack := range b.byName {
		all.byName[name] = stack
	}
	for name, stack := range parent.blocks.byName {
		mine := all.byName[name]
		all.byName[name] = append(mine[:len(mine):len(mine)], stack[0])
	}
	b.last.Store(&extension{parent: parent, blocks: all})
	return all
}

// declareBlock notes a block, before anything is compiled.
func (c *compiler) declareBlock(n *syntax.Block) {
	if c.template.blocks.byName[n.Name] != nil {
		c.fail(n.Pos, "block %s defined twice", quote(n.Name))
		return
	}
	b := &block{name: n.Name, at: c.at(n.Pos), node: n, fn: &function{}}
	c.template.blocks.byName[n.Name] = []*block{b}
	c.declared = append(c.declared, b)
}

// compileBlock compiles the body of a block: a function that knows the page, and nothing of what stands around it.
func (c *compiler) compileBlock(b *block) {
	pl := place{scope: newScope(nil, b.fn), fn: b.fn, escape: escapeMode(c.template.autoescape)}
	special := undeclared(b.node.Body, "self", "super")
	var self, super *variable
	if special["self"] {
		self = pl.scope.param("self")
	}
	if special["super"] {
		super = pl.scope.param("super")
	}
	pl.scope.visitAll(b.node.Body)
	enter := c.enter(pl.scope)
	if self != nil {
		enter = append(enter, c.setSelf(pl.scope.names["self"]))
	}
	if super != nil {
		enter = append(enter, b.setSuper(pl.scope.names["super"].slot))
	}
	b.fn.body = append(enter, c.body(b.node.Body, pl)...)
}

func (c *compiler) setSelf(v *variable) exec {
	slot := v.slot
	return func(_ *state, f *frame) error {
		f.slots[slot] = &selfReference{page: f.page}
		return nil
	}
}

func (b *block) setSuper(slot int) exec {
	return func(st *state, f *frame) error {
		stack := f.page.blocks.byName[b.name]
		for i, other := range stack {
			if other == b {
				f.slots[slot] = (&blockReference{page: f.page, name: b.name, stack: stack, depth: i}).super(st)
				return nil
			}
		}
		f.slots[slot] = noParent(st, b.name)
		return nil
	}
}

// callsBlock compiles the place where a block stands.
func (c *compiler) callsBlock(s *syntax.Block, pl place) exec {
	if pl.toplevel && c.extended {
		return nil
	}
	locals, name, at := c.locals(pl), s.Name, c.at(s.Pos)
	e := func(st *state, f *frame) error {
		p := f.page
		stack := p.blocks.byName[name]
		if s.Required && len(stack) <= 1 {
			return at.wrap(failure("TemplateRuntimeError", "Required block %s not found", quote(name)))
		}
		if s.Scoped {
			p = p.derived(f, locals)
		}
		return stack[0].run(st, p)
	}
	if pl.toplevel && c.extends > 0 {
		return func(st *state, f *frame) error {
			if f.root().parent != nil {
				return nil
			}
			return e(st, f)
		}
	}
	return e
}

// run writes the block.
func (b *block) run(st *state, p *page) error {
	if err := st.deeper(); err != nil {
		return b.at.wrap(err)
	}
	outer := st.page
	st.page, st.Autoescape = p, p.escape.on
	f := st.frame(b.fn, nil, p)
	err := run(st, f, b.fn.body)
	st.leave(b.fn, f)
	st.back(outer)
	st.shallower()
	return err
}

// extend compiles {% extends %}.
func (c *compiler) extend(s *syntax.Extends, pl place) (_ exec, last bool) {
	at := c.at(s.Pos)
	if !pl.toplevel {
		c.fail(s.Pos, "cannot use extend from a non top-level scope")
		return nil, false
	}
	twice := func(*state, *frame) error {
		return at.wrap(failure("TemplateRuntimeError", "extended multiple times"))
	}
	if c.extended {
		return twice, true
	}
	parent := c.expression(s.Template, pl)
	c.extends++
	c.extended = c.extended || pl.root
	return func(st *state, f *frame) error {
		if f.parent != nil {
			return twice(st, f)
		}
		v, err := parent(st, f)
		if err != nil {
			return err
		}
		t, err := st.engine.resolve(v)
		if err != nil {
			return at.through(at.wrap(err), "extends")
		}
		if err := st.deeper(); err != nil {
			return at.wrap(err)
		}
		f.parent = t
		f.page.blocks = f.page.blocks.extend(t)
		return nil
	}, false
}

// A selfReference is the variable self.
type selfReference struct{ page *page }

// Attr returns a block of the page.
func (s *selfReference) Attr(_ *value.Runtime, name string) (any, bool) {
	stack := s.page.blocks.byName[name]
	if len(stack) == 0 {
		return nil, false
	}
	return &blockReference{page: s.page, name: name, stack: stack}, true
}

// String is what Python shows of self.
func (s *selfReference) String() string {
	return "<TemplateReference " + quote(s.page.template.name) + ">"
}

// A blockReference is super, or an attribute of self.
type blockReference struct {
	page  *page
	name  string
	stack []*block
	depth int
}

func (b *blockReference) super(st *state) any {
	if b.depth+1 >= len(b.stack) {
		return noParent(st, b.name)
	}
	return &blockReference{page: b.page, name: b.name, stack: b.stack, depth: b.depth + 1}
}

func noParent(st *state, name string) any {
	return &value.Undefined{Hint: "there is no parent block called " + quote(name) + ".", Name: "super", Mode: st.Undefined}
}

// Attr returns super, the block below this one.
func (b *blockReference) Attr(rt *value.Runtime, name string) (any, bool) {
	if name != "super" {
		return nil, false
	}
	return b.super(rt.Owner.(*state)), true
}

// Call returns the text of the block.
func (b *blockReference) Call(rt *value.Runtime, args value.Args) (any, error) {
	st := rt.Owner.(*state)
	outer := st.begin()
	if err := b.run(st, args); err != nil {
		st.drop(outer)
		return nil, err
	}
	text, err := st.end(outer)
	return text.value(b.page.escape.on), err
}

// run writes the block.
func (b *blockReference) run(st *state, args value.Args) error {
	if len(args.Positional)+len(args.Named) > 0 {
		return failure("TypeError", "block %s takes no arguments", quote(b.name))
	}
	return b.stack[b.depth].run(st, b.page)
}
