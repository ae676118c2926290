package engine

import "github.com/dewar-go/dewar/contrib/jinja/internal/syntax"

// A FoundCall is a place where a template calls a global function.
type FoundCall struct {
	Template  string
	Line      int
	Arguments []FoundArgument
	More      bool // * or ** hide arguments
}

// A FoundArgument is an argument of a FoundCall.
type FoundArgument struct {
	Name   string // "" for a positional one
	Values []any  // the constants that it may be: several of an inline if, none where it is computed
}

// Calls returns where templates call the global function name, in the order of the templates and of the places, also in
// templates that can be read and do not compile. It is nil when any template gives the name a value of its own, which may reach others.
func (e *Engine) Calls(name string) []FoundCall {
	var all []FoundCall
	global := e.eachNode(name, func(t *Template, n syntax.Node) bool {
		call, ok := n.(*syntax.Call)
		if ok && targetName(call.Func) == name {
			all = append(all, found(t.name, call))
		}
		return true
	})
	if !global {
		return nil
	}
	return all
}

// eachNode walks all templates in the order of their names. It stops and returns false where one gives name a value of its own.
func (e *Engine) eachNode(name string, visit func(*Template, syntax.Node) bool) bool {
	for _, template := range e.names() {
		t, _ := e.load(template) // Check has the error
		if t == nil {
			continue
		}
		if (&checker{engine: e, template: t}).assigned()[name] > 0 {
			return false
		}
		walkAll(t.tree.Body, func(n syntax.Node) bool { return visit(t, n) })
	}
	return true
}

// A FoundAttribute is a place where a template reads an attribute of a global.
type FoundAttribute struct {
	Template string
	Line     int
	Name     string
	Guarded  bool // the template only asks whether it is true, or compares it, which a missing one may be unless Undefined is strict
}

// Attributes returns where templates read attributes of the global name, in the order of Calls, and nil where that returns nil. What
// asks whether there is such an attribute, by the test defined or the filter default, is left out.
func (e *Engine) Attributes(name string) []FoundAttribute {
	var all []FoundAttribute
	asked, guarded := map[syntax.Node]bool{}, map[syntax.Node]bool{}
	global := e.eachNode(name, func(t *Template, n syntax.Node) bool {
		for _, e := range guardedBy(n) {
			guarded[e] = true
		}
		switch n := n.(type) {
		case *syntax.Test:
			asked[n.Value] = n.Name == "defined" || n.Name == "undefined"
		case *syntax.Filter:
			asked[n.Value] = n.Name == "default" || n.Name == "d"
		case *syntax.Getattr:
			if targetName(n.Value) == name && !asked[n] {
				all = append(all, FoundAttribute{t.name, n.Line, n.Name, guarded[n]})
			}
		}
		return true
	})
	if !global {
		return nil
	}
	return all
}

// guardedBy returns the expressions below n of which n wants the truth, or whether they are equal to another.
func guardedBy(n syntax.Node) []syntax.Expr {
	switch n := n.(type) {
	case *syntax.If:
		tests := make([]syntax.Expr, len(n.Branches))
		for i, b := range n.Branches {
			tests[i] = b.Test
		}
		return tests
	case *syntax.For:
		return []syntax.Expr{n.Test}
	case *syntax.Cond:
		return []syntax.Expr{n.Test}
	case *syntax.Test:
		return []syntax.Expr{n.Value}
	case *syntax.Unary:
		if n.Op == "not" {
			return []syntax.Expr{n.Expr}
		}
	case *syntax.Binary:
		if n.Op == "and" || n.Op == "or" {
			return []syntax.Expr{n.Left, n.Right}
		}
	case *syntax.Compare:
		return compared(n)
	}
	return nil
}

// compared returns the operands of a comparison that orders none.
func compared(n *syntax.Compare) []syntax.Expr {
	all := []syntax.Expr{n.Expr}
	for _, o := range n.Ops {
		switch o.Op {
		case "<", "<=", ">", ">=":
			return nil
		}
		all = append(all, o.Expr)
	}
	return all
}

func found(template string, call *syntax.Call) FoundCall {
	f := FoundCall{Template: template, Line: call.Line, More: call.Star != nil || call.StarStar != nil}
	for _, arg := range call.Positional {
		f.Arguments = append(f.Arguments, FoundArgument{Values: constants(arg)})
	}
	for _, k := range call.Named {
		f.Arguments = append(f.Arguments, FoundArgument{k.Name, constants(k.Value)})
	}
	return f
}

// constants returns the values that e may have, none where not all are constants.
func constants(e syntax.Expr) []any {
	switch e := e.(type) {
	case *syntax.Const:
		return []any{e.Value}
	case *syntax.Cond:
		then, other := constants(e.Then), constants(e.Else)
		if then != nil && other != nil {
			return append(then, other...)
		}
	}
	return nil
}

// Parts returns the names of the templates that others name: that they extend, include or import, as far as those names are constants.
func (e *Engine) Parts() map[string]bool {
	parts := map[string]bool{}
	for _, name := range e.names() {
		t, _ := e.load(name)
		if t == nil {
			continue
		}
		walkAll(t.tree.Body, func(n syntax.Node) bool {
			for _, expr := range templateNames(n) {
				if name, ok := constantName(expr); ok {
					parts[name] = true
				}
			}
			return true
		})
	}
	return parts
}

// templateNames returns the expressions by which a statement names templates.
func templateNames(n syntax.Node) []syntax.Expr {
	var named syntax.Expr
	switch n := n.(type) {
	case *syntax.Extends:
		named = n.Template
	case *syntax.Include:
		named = n.Template
	case *syntax.Import:
		named = n.Template
	case *syntax.FromImport:
		named = n.Template
	}
	switch e := named.(type) {
	case nil:
		return nil
	case *syntax.List:
		return e.Items
	case *syntax.Tuple:
		return e.Items
	case *syntax.Cond:
		return []syntax.Expr{e.Then, e.Else}
	}
	return []syntax.Expr{named}
}

// compiled returns all templates that compile, in the order of their names.
func (e *Engine) compiled() []*Template {
	var all []*Template
	for _, name := range e.names() {
		if t, err := e.Template(name); err == nil {
			all = append(all, t)
		}
	}
	return all
}
