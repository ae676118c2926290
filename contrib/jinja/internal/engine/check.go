package engine

import (
	"cmp"
	"errors"
	"slices"

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
		found := e.checkTemplate(name)
		slices.SortStableFunc(found, func(a, b error) int { return cmp.Compare(lineOf(a), lineOf(b)) })
		all = append(all, found...)
	}
	return errors.Join(all...)
}

// checkTemplate returns what is wrong with one template.
func (e *Engine) checkTemplate(name string) []error {
	t, err := e.load(name)
	var found []error
	if err != nil {
		found = flat(name, err)
	}
	if t == nil {
		return found
	}
	c := &checker{engine: e, template: t}
	c.checkAll()
	return slices.Concat(found, t.problems, c.errs)
}

func lineOf(err error) int {
	if placed, ok := err.(*Error); ok {
		return placed.Line
	}
	return 0
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
		case *syntax.Filter:
			c.literalNames(n)
		}
		return true
	})
	c.itself()
	c.blocks()
	c.calls()
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
	none := &NotFound{all: c.engine.names}
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

// itself reports a template that includes itself whatever happens.
func (c *checker) itself() {
	for _, s := range c.template.tree.Body {
		if i, ok := s.(*syntax.Include); ok {
			if name, ok := constantName(i.Template); ok && name == c.template.name {
				c.fail(i.Pos, failure("RecursionError", "the template includes itself"))
			}
		}
	}
}

// literalNames looks up the filters and tests that map, select and their like get as texts.
func (c *checker) literalNames(f *syntax.Filter) {
	kind, known, at := "test", c.engine.tests, 0
	switch f.Name {
	case "map":
		kind, known = "filter", c.engine.filters
	case "select", "reject":
	case "selectattr", "rejectattr":
		at = 1
	default:
		return
	}
	if len(f.Positional) <= at {
		return
	}
	name, ok := constantName(f.Positional[at])
	if ok && known[name] == nil {
		c.fail(f.Positional[at].Position(), failure("TemplateAssertionError", "%s", c.engine.noneNamed(kind, known, name)))
	}
}
