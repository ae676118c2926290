package vet

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/cfg"
)

// graphs yields the control flow of every function of a package.
func graphs(pass *analysis.Pass) iter.Seq[*cfg.CFG] {
	flows := pass.ResultOf[ctrlflow.Analyzer].(*ctrlflow.CFGs)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	return func(yield func(*cfg.CFG) bool) {
		for n := range in.PreorderSeq((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
			var g *cfg.CFG
			switch f := n.(type) {
			case *ast.FuncDecl:
				g = flows.FuncDecl(f)
			case *ast.FuncLit:
				g = flows.FuncLit(f)
			}
			if g != nil && !yield(g) {
				return
			}
		}
	}
}

// eachNode gives look every node of a function that can be reached, with its place.
func eachNode(g *cfg.CFG, look func(b *cfg.Block, i int, n ast.Node)) {
	for _, b := range g.Blocks {
		for i, n := range b.Nodes {
			if b.Live {
				look(b, i, n)
			}
		}
	}
}

// calls yields the calls that a node makes itself, in the order of the code: not those of functions inside it, nor those
// that are deferred or go their own way.
func calls(n ast.Node) iter.Seq[*ast.CallExpr] {
	return func(yield func(*ast.CallExpr) bool) {
		more := true
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
				return false
			case *ast.CallExpr:
				more = more && yield(n)
			}
			return more
		})
	}
}

// A walk follows the paths that begin behind a call, on those branches only where the call did not fail.
type walk struct {
	info  *types.Info
	begin *ast.CallExpr
	// visit is called with each call on the way. What it returns ends this path.
	visit func(call *ast.CallExpr) (end bool)
	seen  map[step]bool
}

// step is where a walk is, and the variable that holds the error of its first call.
type step struct {
	block *cfg.Block
	err   types.Object
}

// follow walks from the node at index i of a block, in which the call is.
func (w *walk) follow(b *cfg.Block, i int) {
	w.seen = map[step]bool{}
	err := assigned(w.info, b.Nodes[i], w.begin)
	w.along(step{b, err}, i+1)
}

// along walks the rest of a block and what comes after it.
func (w *walk) along(s step, i int) {
	for _, n := range s.block.Nodes[i:] {
		for call := range calls(n) {
			if w.visit(call) {
				return
			}
		}
		if s.err != nil && assigns(w.info, n, s.err) {
			s.err = nil
		}
	}
	for branch, next := range s.block.Succs {
		to := step{next, s.err}
		if w.seen[to] || len(s.block.Succs) == 2 && w.failed(s, branch == 0) {
			continue
		}
		w.seen[to] = true
		w.along(to, 0)
	}
}

// failed reports whether a branch is taken only when the first call returned an error.
func (w *walk) failed(s step, taken bool) bool {
	switch cond := condition(s.block).(type) {
	case *ast.BinaryExpr:
		if !w.isResult(cond.X, s.err) && !w.isResult(cond.Y, s.err) {
			return false
		}
		return cond.Op == token.NEQ && taken || cond.Op == token.EQL && !taken
	case *ast.CallExpr: // errors.Is(err, target), errors.As(err, &target)
		return taken && len(cond.Args) > 0 && w.isResult(cond.Args[0], s.err)
	}
	return false
}

// condition returns what a block with two branches asks, or nil for the head of a loop that ranges.
func condition(b *cfg.Block) ast.Expr {
	if len(b.Nodes) == 0 {
		return nil
	}
	cond, ok := b.Nodes[len(b.Nodes)-1].(ast.Expr)
	if !ok {
		return nil
	}
	return ast.Unparen(cond)
}

// isResult reports whether e is the error of the first call: the variable, or the call itself.
func (w *walk) isResult(e ast.Expr, err types.Object) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		return e == w.begin
	case *ast.Ident:
		return err != nil && w.info.ObjectOf(e) == err
	}
	return false
}

// assigned returns the variable that a node keeps the result of call in, or nil.
func assigned(info *types.Info, n ast.Node, call *ast.CallExpr) types.Object {
	var name ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) == 1 && len(n.Rhs) == 1 && ast.Unparen(n.Rhs[0]) == call {
			name = n.Lhs[0]
		}
	case *ast.ValueSpec:
		if len(n.Names) == 1 && len(n.Values) == 1 && ast.Unparen(n.Values[0]) == call {
			name = n.Names[0]
		}
	}
	if id, ok := name.(*ast.Ident); ok {
		return info.ObjectOf(id)
	}
	return nil
}

// assigns reports whether a node gives a variable another value.
func assigns(info *types.Info, n ast.Node, variable types.Object) bool {
	assign, ok := n.(*ast.AssignStmt)
	if !ok {
		return false
	}
	for _, left := range assign.Lhs {
		if id, ok := left.(*ast.Ident); ok && info.ObjectOf(id) == variable {
			return true
		}
	}
	return false
}
