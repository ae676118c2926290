package engine

import "github.com/dewar-go/dewar/contrib/jinja/internal/syntax"

// A use says what a node is to its parent.
type use uint8

const (
	read use = iota // an expression that is evaluated, or a statement
	set             // a target that is assigned to
)

// A visitor is called for each node below another.
type visitor func(syntax.Node, use)

// children calls visit for each node directly below n, in the order in which Jinja looks at them.
func children(n syntax.Node, visit visitor) {
	switch n := n.(type) {
	case syntax.Stmt:
		visit.statement(n)
	case syntax.Expr:
		visit.expression(n)
	}
}

// statement visits what is directly below a statement.
func (visit visitor) statement(n syntax.Stmt) {
	switch n := n.(type) {
	case *syntax.Output:
		visit.reads(n.Expr)
	case *syntax.If:
		for _, b := range n.Branches {
			visit.reads(b.Test)
			visit.body(b.Body)
		}
		visit.body(n.Else)
	case *syntax.For:
		visit.sets(n.Target)
		visit.reads(n.Iter)
		visit.body(n.Body)
		visit.body(n.Else)
		visit.reads(n.Test)
	case *syntax.Extends:
		visit.reads(n.Template)
	case *syntax.Include:
		visit.reads(n.Template)
	case *syntax.Import:
		visit.reads(n.Template)
	case *syntax.FromImport:
		visit.reads(n.Template)
	case *syntax.Assign:
		visit.reads(n.Value)
		visit.sets(n.Target)
	case *syntax.Do:
		visit.reads(n.Expr)
	case *syntax.Trans:
		for _, v := range n.Variables {
			visit.reads(v.Value)
		}
	default:
		visit.block(n)
	}
}

// block visits what is directly below a statement with a body.
func (visit visitor) block(n syntax.Stmt) {
	switch n := n.(type) {
	case *syntax.Macro:
		visit.signature(n.Signature)
		visit.body(n.Body)
	case *syntax.CallBlock:
		visit(n.Call, read)
		visit.signature(n.Signature)
		visit.body(n.Body)
	case *syntax.FilterBlock:
		visit.body(n.Body)
		visit.filter(n.Filter)
	case *syntax.With:
		visit.sets(n.Targets...)
		visit.reads(n.Values...)
		visit.body(n.Body)
	case *syntax.Block:
		visit.body(n.Body)
	case *syntax.AssignBlock:
		visit.sets(n.Target)
		visit.filter(n.Filter)
		visit.body(n.Body)
	case *syntax.Autoescape:
		visit.reads(n.Value)
		visit.body(n.Body)
	}
}

// expression visits what is directly below an expression.
func (visit visitor) expression(n syntax.Expr) {
	switch n := n.(type) {
	case *syntax.Tuple:
		visit.reads(n.Items...)
	case *syntax.List:
		visit.reads(n.Items...)
	case *syntax.Dict:
		for _, p := range n.Items {
			visit.reads(p.Key, p.Value)
		}
	case *syntax.Binary:
		visit.reads(n.Left, n.Right)
	case *syntax.Unary:
		visit.reads(n.Expr)
	case *syntax.Concat:
		visit.reads(n.Items...)
	case *syntax.Compare:
		visit.reads(n.Expr)
		for _, o := range n.Ops {
			visit.reads(o.Expr)
		}
	case *syntax.Cond:
		visit.reads(n.Test, n.Then, n.Else)
	case *syntax.Filter:
		visit.reads(n.Value)
		visit.args(n.Args)
	case *syntax.Test:
		visit.reads(n.Value)
		visit.args(n.Args)
	case *syntax.Call:
		visit.reads(n.Func)
		visit.args(n.Args)
	case *syntax.Getattr:
		visit.reads(n.Value)
	case *syntax.Getitem:
		visit.reads(n.Value, n.Key)
	case *syntax.Slice:
		visit.reads(n.Start, n.Stop, n.Step)
	}
}

// reads visits expressions that are evaluated; those that are left out are nil.
func (visit visitor) reads(items ...syntax.Expr) {
	for _, e := range items {
		if e != nil {
			visit(e, read)
		}
	}
}

func (visit visitor) sets(items ...syntax.Expr) {
	for _, e := range items {
		visit(e, set)
	}
}

func (visit visitor) body(stmts []syntax.Stmt) {
	for _, s := range stmts {
		visit(s, read)
	}
}

func (visit visitor) args(a syntax.Args) {
	visit.reads(a.Positional...)
	for _, k := range a.Named {
		visit.reads(k.Value)
	}
	visit.reads(a.Star, a.StarStar)
}

func (visit visitor) signature(s syntax.Signature) {
	for _, p := range s.Params {
		visit(p, set)
	}
	visit.reads(s.Defaults...)
}

func (visit visitor) filter(f *syntax.Filter) {
	if f != nil {
		visit(f, read)
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
