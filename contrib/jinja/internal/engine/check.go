package engine

import (
	"errors"
	"slices"

	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// names returns the names of all templates in order.
func (e *Engine) names() []string {
	if e.o.Names == nil {
		return nil
	}
	return slices.Sorted(slices.Values(e.o.Names()))
}

// Check compiles all templates and looks up everything they name: templates, filters, tests, blocks and macros. It returns all that is
// wrong, joined; each is an *Error.
func (e *Engine) Check() error {
	var all []error
	for _, name := range e.names() {
		t, err := e.Template(name)
		if err != nil {
			all = append(all, flat(name, err)...)
			continue
		}
		all = append(all, t.problems...)
		c := &checker{engine: e, template: t}
		c.checkAll()
		all = append(all, c.errs...)
	}
	return errors.Join(all...)
}

// flat returns the errors that err joins.
func flat(name string, err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{placed(name, err)}
}

// A checker checks one template that compiles.
type checker struct {
	engine   *Engine
	template *Template
	errs     []error
}

func (c *checker) checkAll() {
	walkAll(c.template.tree.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Extends:
			c.named(n.Template)
		case *syntax.Include:
			c.included(n)
		case *syntax.Import:
			c.named(n.Template)
		case *syntax.FromImport:
			c.imported(n)
		case *syntax.Block:
			c.super(n)
		case *syntax.Call:
			c.selfCall(n)
		}
		return true
	})
	c.moduleCalls()
}

func (c *checker) fail(pos syntax.Pos, err error) {
	c.errs = append(c.errs, site{c.template, pos}.wrap(err))
}

// named looks up the template that a constant names. It returns nil if there is none, or e is not constant.
func (c *checker) named(e syntax.Expr) *Template {
	name, ok := constantName(e)
	if !ok {
		return nil
	}
	t, err := c.engine.Template(name)
	if _, none := err.(*NotFound); none {
		c.fail(e.Position(), err)
	}
	return t
}

func constantName(e syntax.Expr) (string, bool) {
	c, ok := e.(*syntax.Const)
	if !ok {
		return "", false
	}
	name, ok := c.Value.(string)
	return name, ok
}

// included looks up the templates of an include. Of several, one must exist.
func (c *checker) included(n *syntax.Include) {
	if n.IgnoreMissing {
		return
	}
	var items []syntax.Expr
	switch e := n.Template.(type) {
	case *syntax.List:
		items = e.Items
	case *syntax.Tuple:
		items = e.Items
	default:
		c.named(e)
		return
	}
	none := &NotFound{}
	for _, item := range items {
		name, ok := constantName(item)
		if !ok {
			return
		}
		if _, err := c.engine.Template(name); !isNotFound(err) {
			return
		}
		none.Names = append(none.Names, name)
	}
	if len(none.Names) > 0 {
		c.fail(n.Pos, none)
	}
}

func isNotFound(err error) bool {
	_, none := err.(*NotFound)
	return none
}

// imported checks that a template exports what is imported from it.
func (c *checker) imported(n *syntax.FromImport) {
	t := c.named(n.Template)
	if t == nil {
		return
	}
	for _, name := range n.Names {
		c.exports(t, name.Name, name.Pos)
	}
}

func (c *checker) exports(t *Template, name string, pos syntax.Pos) {
	exported, all := exports(t.tree.Body)
	if !all || exported[name] {
		return
	}
	near := nearest.DidYouMean(name, sortedKeys(exported))
	c.fail(pos, failure("UndefinedError", "the template %s does not export %s%s", quote(t.name), quote(name), near))
}

func sortedKeys(m map[string]bool) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// exports returns the names that a template exports, and whether they are all: a parent exports too.
func exports(body []syntax.Stmt) (map[string]bool, bool) {
	exported, all := map[string]bool{}, true
	add := func(name string) {
		if name != "" && name[0] != '_' {
			exported[name] = true
		}
	}
	var visit func([]syntax.Stmt)
	visit = func(body []syntax.Stmt) {
		for _, s := range body {
			switch s := s.(type) {
			case *syntax.Macro:
				add(s.Name)
			case *syntax.Assign:
				targets(s.Target, func(t syntax.Expr) { add(targetName(t)) })
			case *syntax.AssignBlock:
				targets(s.Target, func(t syntax.Expr) { add(targetName(t)) })
			case *syntax.If:
				for _, b := range s.Branches {
					visit(b.Body)
				}
				visit(s.Else)
			case *syntax.Extends:
				all = false
			}
		}
	}
	visit(body)
	return exported, all
}

func targetName(t syntax.Expr) string {
	if name, ok := t.(*syntax.Name); ok {
		return name.Name
	}
	return ""
}

// moduleCalls checks calls of macros of modules that the template imports under a name that nothing else has.
func (c *checker) moduleCalls() {
	modules, times := map[string]*Template{}, map[string]int{}
	walkAll(c.template.tree.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Import:
			times[n.Target]++
			if name, ok := constantName(n.Template); ok {
				modules[n.Target], _ = c.engine.Template(name)
			}
		case *syntax.Macro:
			times[n.Name] += 2
		}
		children(n, func(child syntax.Node, u use) {
			if e, ok := child.(syntax.Expr); ok && u == set {
				targets(e, func(t syntax.Expr) { times[targetName(t)] += 2 })
			}
		})
		return true
	})
	walkAll(c.template.tree.Body, func(n syntax.Node) bool {
		call, ok := n.(*syntax.Call)
		if !ok {
			return true
		}
		if attr, ok := call.Func.(*syntax.Getattr); ok {
			if name, ok := attr.Value.(*syntax.Name); ok && times[name.Name] == 1 && modules[name.Name] != nil {
				c.exports(modules[name.Name], attr.Name, attr.Pos)
			}
		}
		return true
	})
}

// ancestors returns what a template extends, nearest first, and whether those are all: a computed parent could be anything.
func (c *checker) ancestors() ([]*Template, bool) {
	var all []*Template
	for t := c.template; len(all) < 100; {
		var parents []*syntax.Extends
		walkAll(t.tree.Body, func(n syntax.Node) bool {
			if e, ok := n.(*syntax.Extends); ok {
				parents = append(parents, e)
			}
			return true
		})
		if len(parents) == 0 {
			return all, true
		}
		name, ok := constantName(parents[0].Template)
		if !ok || len(parents) > 1 {
			return all, false
		}
		parent, err := c.engine.Template(name)
		if err != nil {
			return all, false
		}
		t, all = parent, append(all, parent)
	}
	return all, false
}

// super checks that a block that calls super() has one.
func (c *checker) super(b *syntax.Block) {
	if !undeclared(b.Body, "super")["super"] {
		return
	}
	all, certain := c.ancestors()
	for _, t := range all {
		if t.blocks.byName[b.Name] != nil {
			return
		}
	}
	if certain && callsSuper(b.Body) {
		c.fail(b.Pos, failure("UndefinedError", "there is no parent block called %s, which super() asks for", quote(b.Name)))
	}
}

func callsSuper(body []syntax.Stmt) bool {
	calls := false
	walkAll(body, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.Call); ok {
			name, ok := call.Func.(*syntax.Name)
			calls = calls || ok && name.Name == "super"
		}
		return !calls
	})
	return calls
}

// selfCall checks that self.name() names a block of the template or of what it extends. Templates that others extend may mean a block of theirs.
func (c *checker) selfCall(call *syntax.Call) {
	attr, ok := call.Func.(*syntax.Getattr)
	if !ok {
		return
	}
	if name, ok := attr.Value.(*syntax.Name); !ok || name.Name != "self" {
		return
	}
	all, certain := c.ancestors()
	if !certain || len(all) == 0 && len(c.template.blocks.byName) == 0 {
		return
	}
	var known []string
	for _, t := range append(all, c.template) {
		for name := range t.blocks.byName {
			known = append(known, name)
		}
	}
	if slices.Contains(known, attr.Name) {
		return
	}
	slices.Sort(known)
	if near := nearest.DidYouMean(attr.Name, known); near != "" {
		c.fail(attr.Pos, failure("UndefinedError", "there is no block called %s%s", quote(attr.Name), near))
	}
}
