package engine

import (
	"slices"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// blocks checks what the template does with blocks: its own, those of what it extends, super() and self.
func (c *checker) blocks() {
	all, certain := c.ancestors()
	c.superOutside(c.template.tree.Body)
	walkAll(c.template.tree.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Block:
			if certain {
				c.super(n, all)
			}
		case *syntax.Call:
			c.selfCall(n)
		}
		return true
	})
	if certain && len(all) > 0 {
		c.orphans(c.template.tree.Body, all)
		c.unfilled(all)
	}
}

// extendsOf returns the extends statements of a template.
func extendsOf(t *Template) []*syntax.Extends {
	var all []*syntax.Extends
	walkAll(t.tree.Body, func(n syntax.Node) bool {
		if e, ok := n.(*syntax.Extends); ok {
			all = append(all, e)
		}
		return true
	})
	return all
}

// ancestors returns what a template extends, nearest first, and whether those are all: a computed parent could be anything. It reports
// templates that extend each other in a circle.
func (c *checker) ancestors() (all []*Template, certain bool) {
	way := []string{c.template.name}
	for t := c.template; ; {
		parents := extendsOf(t)
		if len(parents) == 0 {
			return all, true
		}
		name, ok := constantName(parents[0].Template)
		if !ok || len(parents) > 1 {
			return all, false
		}
		circle := slices.Contains(way, name)
		if way = append(way, name); circle {
			if name == c.template.name {
				c.fail(extendsOf(c.template)[0].Pos, failure("RecursionError", "the template extends itself: %s", strings.Join(way, ", then ")))
			}
			return all, false
		}
		parent, err := c.engine.Template(name)
		if err != nil {
			return all, false
		}
		t, all = parent, append(all, parent)
	}
}

// super checks that a block that calls super() has one below it.
func (c *checker) super(b *syntax.Block, all []*Template) {
	if !undeclared(b.Body, "super")["super"] || c.superCall(b.Body) == nil {
		return
	}
	for _, t := range all {
		if t.blocks.byName[b.Name] != nil {
			return
		}
	}
	c.fail(b.Pos, failure("UndefinedError", "there is no parent block called %s, which super() asks for%s", quote(b.Name), c.near(b.Name, all)))
}

// superOutside reports super() that stands in no block.
func (c *checker) superOutside(body []syntax.Stmt) {
	if !undeclared(body, "super")["super"] {
		return
	}
	if call := c.superCall(body); call != nil {
		c.fail(call.Pos, failure("UndefinedError", "super() stands outside of a block"))
	}
}

// superCall returns a call of super that body has outside of the blocks in it.
func (c *checker) superCall(body []syntax.Stmt) (found *syntax.Call) {
	walkAll(body, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.Call); ok {
			if name, ok := call.Func.(*syntax.Name); ok && name.Name == "super" {
				found = call
			}
		}
		_, block := n.(*syntax.Block)
		return found == nil && !block
	})
	return found
}

// selfCall checks that self.name() names a block of any template: one that extends this may have it.
func (c *checker) selfCall(call *syntax.Call) {
	attr, ok := call.Func.(*syntax.Getattr)
	if !ok {
		return
	}
	if name, ok := attr.Value.(*syntax.Name); !ok || name.Name != "self" {
		return
	}
	all := c.engine.compiled()
	for _, t := range append(all, c.template) {
		if t.blocks.byName[attr.Name] != nil {
			return
		}
	}
	c.fail(attr.Pos, failure("UndefinedError", "there is no block called %s%s", quote(attr.Name), c.near(attr.Name, append(all, c.template))))
}

// near names the block of the templates that name may have meant.
func (c *checker) near(name string, all []*Template) string {
	known := map[string]bool{}
	for _, t := range all {
		for name := range t.blocks.byName {
			known[name] = true
		}
	}
	return nearest.DidYouMean(name, sortedKeys(known))
}

// orphans reports blocks that nothing shows: no template that this one extends has them. Blocks inside of others are shown by those.
func (c *checker) orphans(body []syntax.Stmt, all []*Template) {
	for _, s := range body {
		switch s := s.(type) {
		case *syntax.If:
			for _, b := range s.Branches {
				c.orphans(b.Body, all)
			}
			c.orphans(s.Else, all)
		case *syntax.Block:
			c.orphan(s, all)
		}
	}
}

func (c *checker) orphan(b *syntax.Block, all []*Template) {
	for _, t := range all {
		if t.blocks.byName[b.Name] != nil {
			return
		}
	}
	if c.superCall(b.Body) != nil || c.asked(b.Name) {
		return
	}
	c.fail(b.Pos, failure("UndefinedError", "no template that this one extends has a block called %s, so it is never shown%s", quote(b.Name), c.near(b.Name, all)))
}

// asked reports whether the template asks for a block of its own as an attribute of self.
func (c *checker) asked(name string) bool {
	asked := false
	walkAll(c.template.tree.Body, func(n syntax.Node) bool {
		attr, ok := n.(*syntax.Getattr)
		asked = asked || ok && attr.Name == name
		return !asked
	})
	return asked
}

// unfilled reports required blocks that neither the template nor what it extends fills, unless another template may.
func (c *checker) unfilled(all []*Template) {
	for _, t := range c.engine.compiled() {
		for _, e := range extendsOf(t) {
			if name, ok := constantName(e.Template); !ok || name == c.template.name {
				return
			}
		}
	}
	stack := c.template.blocks
	for _, t := range all {
		stack = stack.extend(t)
	}
	for _, name := range sortedKeys(keys(stack.byName)) {
		if b := stack.byName[name][0]; b.node.Required {
			c.fail(extendsOf(c.template)[0].Pos, failure("TemplateRuntimeError", "Required block %s of %s is not filled", quote(name), b.at.template.name))
		}
	}
}

func keys[V any](m map[string]V) map[string]bool {
	all := make(map[string]bool, len(m))
	for name := range m {
		all[name] = true
	}
	return all
}
