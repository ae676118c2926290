package engine

import "github.com/dewar-go/dewar/contrib/jinja/internal/syntax"

// A use says what a node is to its parent.
type use uint8

const (
	read use = iota // an expression that is evaluated, or a statement
	set             // a target that is assigned to
)

// children calls visit for each node directly below n, in the order in which Jinja looks at them.
func children(n syntax.Node, visit func(syntax.Node, use)) {
	one := func(e syntax.Expr, u use) {
		if e != nil {
			visit(e, u)
		}
	}
	many := func(items []syntax.Expr) {
		for _, e := range items {
			one(e, read)
		}
	}
	body := func(stmts []syntax.Stmt) {
		for _, s := range stmts {
			visit(s, read)
		}
	}
	args := func(a syntax.Args) {
		many(a.Positional)
		for _, k := range a.Named {
			one(k.Value, read)
		}
		one(a.Star, read)
		one(a.StarStar, read)
	}
	signature := func(s syntax.Signature) {
		for _, p := range s.Params {
			visit(p, set)
		}
		many(s.Defaults)
	}
	filter := func(f *syntax.Filter) {
		if f != nil {
			visit(f, read)
		}
	}
	switch n := n.(type) {
	case *syntax.Output:
		one(n.Expr, read)
	case *syntax.For:
		one(n.Target, set)
		one(n.Iter, read)
		body(n.Body)
		body(n.Else)
		one(n.Test, read)
	case *syntax.If:
		for _, b := range n.Branches {
			one(b.Test, read)
			body(b.Body)
		}
		body(n.Else)
	case *syntax.Macro:
		signature(n.Signature)
		body(n.Body)
	case *syntax.CallBlock:
		visit(n.Call, read)
		signature(n.Signature)
		body(n.Body)
	case *syntax.FilterBlock:
		body(n.Body)
		filter(n.Filter)
	case *syntax.With:
		for _, t := range n.Targets {
			one(t, set)
		}
		many(n.Values)
		body(n.Body)
	case *syntax.Block:
		body(n.Body)
	case *syntax.Extends:
		one(n.Template, read)
	case *syntax.Include:
		one(n.Template, read)
	case *syntax.Import:
		one(n.Template, read)
	case *syntax.FromImport:
		one(n.Template, read)
	case *syntax.Assign:
		one(n.Value, read)
		one(n.Target, set)
	case *syntax.AssignBlock:
		one(n.Target, set)
		filter(n.Filter)
		body(n.Body)
	case *syntax.Autoescape:
		one(n.Value, read)
		body(n.Body)
	case *syntax.Do:
		one(n.Expr, read)
	case *syntax.Trans:
		for _, v := range n.Variables {
			one(v.Value, read)
		}
	case *syntax.Tuple:
		many(n.Items)
	case *syntax.List:
		many(n.Items)
	case *syntax.Dict:
		for _, p := range n.Items {
			one(p.Key, read)
			one(p.Value, read)
		}
	case *syntax.Binary:
		one(n.Left, read)
		one(n.Right, read)
	case *syntax.Unary:
		one(n.Expr, read)
	case *syntax.Concat:
		many(n.Items)
	case *syntax.Compare:
		one(n.Expr, read)
		for _, o := range n.Ops {
			one(o.Expr, read)
		}
	case *syntax.Cond:
		one(n.Test, read)
		one(n.Then, read)
		one(n.Else, read)
	case *syntax.Filter:
		one(n.Value, read)
		args(n.Args)
	case *syntax.Test:
		one(n.Value, read)
		args(n.Args)
	case *syntax.Call:
		one(n.Func, read)
		args(n.Args)
	case *syntax.Getattr:
		one(n.Value, read)
	case *syntax.Getitem:
		one(n.Value, read)
		one(n.Key, read)
	case *syntax.Slice:
		one(n.Start, read)
		one(n.Stop, read)
		one(n.Step, read)
	}
}

// targets calls visit for each name and attribute that target assigns to.
func targets(target syntax.Expr, visit func(syntax.Expr)) {
	switch t := target.(type) {
	case *syntax.Tuple:
		for _, item := range t.Items {
			targets(item, visit)
		}
	case *syntax.List:
		for _, item := range t.Items {
			targets(item, visit)
		}
	case nil:
	default:
		visit(t)
	}
}

// walk visits n and all below it, parents first. Where visit returns false, it does not go deeper.
func walk(n syntax.Node, visit func(syntax.Node) bool) {
	if !visit(n) {
		return
	}
	children(n, func(child syntax.Node, _ use) { walk(child, visit) })
}

func walkAll(body []syntax.Stmt, visit func(syntax.Node) bool) {
	for _, s := range body {
		walk(s, visit)
	}
}

// undeclared returns which of names the body reads before it has set them. Blocks are not looked into: they are functions of their own.
func undeclared(body []syntax.Stmt, names ...string) map[string]bool {
	wanted, found := map[string]bool{}, map[string]bool{}
	for _, n := range names {
		wanted[n] = true
	}
	var visit func(syntax.Node, use)
	visit = func(n syntax.Node, u use) {
		switch n := n.(type) {
		case *syntax.Block:
			return
		case *syntax.Name:
			if u == set {
				delete(wanted, n.Name)
			} else if wanted[n.Name] {
				found[n.Name] = true
			}
			return
		case *syntax.Tuple:
			for _, item := range n.Items {
				visit(item, u)
			}
			return
		}
		children(n, visit)
	}
	for _, s := range body {
		visit(s, read)
	}
	return found
}
