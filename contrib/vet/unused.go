package vet

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// UnusedAnswer reports calls whose result nobody uses: of dewar.Abort and Abortf, which do nothing by themselves; of
// answering methods and of functions that return their results, because the code after them runs on; of handlers that
// are called as values; and of URLFor. An assignment to _ says that it is meant.
var UnusedAnswer = &analysis.Analyzer{
	Name:     "unusedanswer",
	Doc:      "report results of Abort, answering methods and URLFor that are not used",
	URL:      "https://pkg.go.dev/github.com/dewar-go/dewar/contrib/vet#UnusedAnswer",
	Run:      findUnused,
	Requires: []*analysis.Analyzer{inspect.Analyzer, answering},
}

func findUnused(pass *analysis.Pass) (any, error) {
	a := pass.ResultOf[answering].(answerers)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.Preorder([]ast.Node{(*ast.ExprStmt)(nil), (*ast.DeferStmt)(nil), (*ast.GoStmt)(nil)}, func(n ast.Node) {
		call, ok := discarded(n)
		if !ok {
			return
		}
		if what := uselessness(pass.TypesInfo, a, call); what != "" {
			pass.ReportRangef(call, "result of %s is not used: %s", text(call), what)
		}
	})
	return nil, nil
}

// discarded returns the call whose results a statement drops.
func discarded(n ast.Node) (call *ast.CallExpr, ok bool) {
	switch n := n.(type) {
	case *ast.ExprStmt:
		call, ok = ast.Unparen(n.X).(*ast.CallExpr)
	case *ast.DeferStmt:
		call, ok = n.Call, true
	case *ast.GoStmt:
		call, ok = n.Call, true
	}
	return call, ok
}

// uselessness says what is wrong when the results of call are dropped, or "".
func uselessness(info *types.Info, a answerers, call *ast.CallExpr) string {
	f := callee(info, call)
	switch {
	case isFunction(f, "Abort") || isFunction(f, "Abortf"):
		return "it makes an error and does not end the handler; return it"
	case a.answers(info, call):
		return "it answers and the handler runs on; return it"
	case f != nil && f.Name() == "URLFor" && (isMethod(f, dewar, "Context") || isMethod(f, dewar, "App")):
		return "it builds a URL and does nothing else"
	case isHandler(info.TypeOf(call.Fun)):
		return "it is the error of a handler; return it"
	}
	return ""
}

// isHandler reports whether t is dewar's Handler or ErrorHandler.
func isHandler(t types.Type) bool {
	return t != nil && (isNamed(t, dewar, "Handler") || isNamed(t, dewar, "ErrorHandler"))
}
