package vet

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/cfg"
)

// TwoAnswers reports a handler that answers twice on one path, where the second answer replaces the first. A function that
// returns the result of an answering method counts as an answer too: its nil means that it has answered, so that
//
//	if err := requireLogin(c); err != nil {
//		return err
//	}
//	return c.Render("secret.html", nil)
//
// shows the page to everyone when requireLogin returns c.RedirectTo("login"). Make it a hook (dewar.Before), or have it
// return an error such as dewar.Abort(401).
//
// A second answer where the first one failed is none, nor is one after c.Response.Reset or behind a question to
// c.Response.Started. A first answer whose result is dropped is reported by [UnusedAnswer] alone.
var TwoAnswers = &analysis.Analyzer{
	Name:     "twoanswers",
	Doc:      "report handlers that answer twice on one path",
	URL:      "https://pkg.go.dev/github.com/dewar-go/dewar/contrib/vet#TwoAnswers",
	Run:      findTwice,
	Requires: []*analysis.Analyzer{inspect.Analyzer, ctrlflow.Analyzer, answering},
}

func findTwice(pass *analysis.Pass) (any, error) {
	t := twice{pass, pass.ResultOf[answering].(answerers), map[*ast.CallExpr]bool{}}
	for g := range graphs(pass) {
		eachNode(g, t.look)
	}
	return nil, nil
}

type twice struct {
	pass     *analysis.Pass
	answers  answerers
	reported map[*ast.CallExpr]bool
}

// look follows each answer of a node to the next one.
func (t twice) look(b *cfg.Block, i int, n ast.Node) {
	info := t.pass.TypesInfo
	if _, ok := discarded(n); ok {
		return
	}
	for first := range calls(n) {
		c := contextOf(info, first)
		if c == nil || !t.answers.answers(info, first) {
			continue
		}
		w := walk{info: info, begin: first, visit: func(call *ast.CallExpr) bool {
			if endsAnswer(callee(info, call)) {
				return true
			}
			if !t.answers.answers(info, call) || contextOf(info, call) != c {
				return false
			}
			t.report(first, call)
			return true
		}}
		w.follow(b, i)
	}
}

// endsAnswer reports whether f makes room for another answer, or asks whether there is one.
func endsAnswer(f *types.Func) bool {
	return isMethod(f, dewar, "Response") && (f.Name() == "Reset" || f.Name() == "Started" || f.Name() == "Committed")
}

func (t twice) report(first, second *ast.CallExpr) {
	if t.reported[second] {
		return
	}
	t.reported[second] = true
	if first == second {
		t.pass.ReportRangef(second, "%s answers again in every round of the loop; return its result, or use c.Stream", text(second))
		return
	}
	has := "has answered"
	if !isMethod(callee(t.pass.TypesInfo, first), dewar, "Context") {
		has = "may have answered, and then its error is nil"
	}
	t.pass.ReportRangef(second, "%s is a second answer: %s in line %d %s; return its result",
		text(second), text(first), t.pass.Fset.Position(first.Pos()).Line, has)
}
