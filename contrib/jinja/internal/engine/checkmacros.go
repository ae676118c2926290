package engine

import (
	"slices"

	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

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

// calls checks the calls of macros that are known: those of the template and of what it imports, under names that nothing else has.
func (c *checker) calls() {
	w := &walker{engine: c.engine, known: map[*Template]*names{}}
	known, times, blocks := w.names(c.template), c.assigned(), map[*syntax.Call]bool{}
	walkAll(c.template.tree.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallBlock:
			blocks[n.Call] = true
		case *syntax.Call:
			c.call(known, times, n, blocks[n])
		}
		return true
	})
}

// assigned counts how often each name is given a value anywhere in the template.
func (c *checker) assigned() map[string]int {
	times := map[string]int{}
	walkAll(c.template.tree.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Import:
			times[n.Target]++
		case *syntax.FromImport:
			for _, name := range n.Names {
				times[name.Alias]++
			}
		case *syntax.Macro:
			times[n.Name]++
		}
		children(n, func(child syntax.Node, u use) {
			if e, ok := child.(syntax.Expr); ok && u == set {
				targets(e, func(t syntax.Expr) { times[targetName(t)]++ })
			}
		})
		return true
	})
	return times
}

// call checks one call.
func (c *checker) call(known *names, times map[string]int, call *syntax.Call, caller bool) {
	switch f := call.Func.(type) {
	case *syntax.Name:
		if m := known.macros[f.Name]; m.macro != nil && times[f.Name] == 1 {
			c.arguments(m.macro, call, caller)
		}
	case *syntax.Getattr:
		name, ok := f.Value.(*syntax.Name)
		if !ok || times[name.Name] != 1 || known.modules[name.Name] == nil {
			return
		}
		t := known.modules[name.Name]
		c.exports(t, f.Name, f.Pos)
		if m := macroNamed(t, f.Name); m != nil {
			c.arguments(m, call, caller)
		}
	}
}

// arguments checks that a macro takes the arguments of a call.
func (c *checker) arguments(m *syntax.Macro, call *syntax.Call, caller bool) {
	params := map[string]int{}
	for i, p := range m.Params {
		params[p.Name] = i
	}
	special := undeclared(m.Body, "caller", "kwargs", "varargs")
	_, hasCaller := params["caller"]
	if len(call.Positional) > len(m.Params) && !special["varargs"] {
		c.fail(call.Pos, failure("TypeError", "macro %s takes not more than %d argument(s)", quote(m.Name), len(m.Params)))
	}
	for _, k := range call.Named {
		i, known := params[k.Name]
		switch {
		case known && i >= len(call.Positional), special["kwargs"], k.Name == "caller" && special["caller"]:
		case known:
			c.fail(k.Pos, failure("TypeError", "macro %s got two values for %s", quote(m.Name), quote(k.Name)))
		default:
			near := nearest.DidYouMean(k.Name, sortedKeys(keys(params)))
			c.fail(k.Pos, failure("TypeError", "macro %s takes no keyword argument %s%s", quote(m.Name), quote(k.Name), near))
		}
	}
	if caller && !special["caller"] && !special["kwargs"] && !hasCaller {
		c.fail(call.Pos, failure("TypeError", "macro %s never calls caller(), so it takes no call block", quote(m.Name)))
	}
}
