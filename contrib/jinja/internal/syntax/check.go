package syntax

import "fmt"

// A checker finds what is wrong in a whole template although each tag by itself is right.
type checker struct {
	blocks map[string]*Block
}

// check ends parsing with an error if the parts of t do not fit together.
func check(t *Template) {
	c := checker{blocks: map[string]*Block{}}
	c.body(t.Body, scope{top: true})
}

// A scope is where a statement stands.
type scope struct {
	top  bool // outside of all but if
	loop bool // where break and continue leave or go on with a loop
	in   bool // anywhere inside a for tag, where loop cannot be set
}

// failAt ends parsing with an error at pos.
func failAt(pos Pos, format string, args ...any) {
	panic(&Error{Pos: pos, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) body(body []Stmt, s scope) {
	for _, statement := range body {
		c.statement(statement, s)
	}
}

// statement checks a statement and what is in it.
func (c *checker) statement(statement Stmt, s scope) {
	inner := scope{loop: s.loop, in: s.in}
	function := scope{in: s.in}
	switch n := statement.(type) {
	case *For:
		c.target(n.Target, true)
		c.body(n.Body, scope{loop: true, in: true})
		c.body(n.Else, scope{loop: s.loop, in: true})
	case *If:
		for _, b := range n.Branches {
			c.body(b.Body, s)
		}
		c.body(n.Else, s)
	case *Block:
		c.block(n)
		c.body(n.Body, function)
	case *Macro:
		c.body(n.Body, function)
	case *CallBlock:
		c.body(n.Body, function)
	case *FilterBlock:
		c.body(n.Body, inner)
	case *With:
		c.body(n.Body, inner)
	case *Autoescape:
		c.body(n.Body, inner)
	case *Assign:
		c.target(n.Target, s.in)
	case *AssignBlock:
		c.target(n.Target, s.in)
		c.body(n.Body, inner)
	case *Extends:
		if !s.top {
			failAt(n.Pos, "cannot use extends from a non top-level scope: put it at the beginning of the template, or into an if that stands there")
		}
	case *Break:
		c.leaves("break", n.Pos, s)
	case *Continue:
		c.leaves("continue", n.Pos, s)
	}
}

// block checks that the name of a block is new.
func (c *checker) block(b *Block) {
	if other := c.blocks[b.Name]; other != nil {
		failAt(b.Pos, "block '%s' defined twice, here and in %s; to show it again, write {{ self.%s() }}", b.Name, other.place(), b.Name)
	}
	c.blocks[b.Name] = b
}

// target checks that a target inside a for tag is not loop.
func (c *checker) target(target Expr, in bool) {
	switch t := target.(type) {
	case *Name:
		if in && t.Name == "loop" {
			failAt(t.Pos, "Can't assign to special loop variable inside a for-loop; take another name")
		}
	case *Tuple:
		for _, item := range t.Items {
			c.target(item, in)
		}
	}
}

// leaves checks that a break or continue is in a loop.
func (c *checker) leaves(tag string, pos Pos, s scope) {
	if !s.loop {
		failAt(pos, "'%s' outside of a loop: it must stand in the body of a for, and not in a block, macro or call block inside of it", tag)
	}
}
