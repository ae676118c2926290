package vet

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/cfg"
)

// LateChange reports changes of the session, of flashes, cookies, headers and the status that come after the header has
// been sent and are lost: after Flush, after Stream and Events, inside the function given to Events, and inside the one
// given to Stream once it has written.
var LateChange = &analysis.Analyzer{
	Name:     "latechange",
	Doc:      "report changes of session and header after the header has been sent",
	URL:      "https://pkg.go.dev/github.com/dewar-go/dewar/contrib/vet#LateChange",
	Run:      findLate,
	Requires: []*analysis.Analyzer{inspect.Analyzer, ctrlflow.Analyzer},
}

func findLate(pass *analysis.Pass) (any, error) {
	l := late{pass, map[*ast.CallExpr]bool{}}
	for g := range graphs(pass) {
		eachNode(g, l.look)
	}
	return nil, nil
}

type late struct {
	pass     *analysis.Pass
	reported map[*ast.CallExpr]bool
}

// look follows each call of a node that sends the header to the changes behind it.
func (l late) look(b *cfg.Block, i int, n ast.Node) {
	for call := range calls(n) {
		l.insideStream(call)
		if l.sends(call) {
			l.follow(call, b, i)
		}
	}
}

// follow reports the changes behind a call that has sent the header.
func (l late) follow(sent *ast.CallExpr, b *cfg.Block, i int) {
	w := walk{info: l.pass.TypesInfo, begin: sent, visit: func(change *ast.CallExpr) bool {
		l.check(sent, change)
		return false
	}}
	w.follow(b, i)
}

// sends reports whether a call sends the header: Flush in each of its spellings, or a whole stream.
func (l late) sends(call *ast.CallExpr) bool {
	f := callee(l.pass.TypesInfo, call)
	if f == nil {
		return false
	}
	switch f.Name() {
	case "Flush":
		return isMethod(f, dewar, "Response") || isMethod(f, "net/http", "Flusher") || isMethod(f, "net/http", "ResponseController")
	case "FlushError":
		return isMethod(f, dewar, "Response")
	case "Stream", "Events":
		return isMethod(f, dewar, "Context")
	}
	return false
}

// insideStream looks into the function given to Stream or Events.
func (l late) insideStream(call *ast.CallExpr) {
	f := callee(l.pass.TypesInfo, call)
	if !isMethod(f, dewar, "Context") || len(call.Args) != 1 {
		return
	}
	body, ok := ast.Unparen(call.Args[0]).(*ast.FuncLit)
	if !ok {
		return
	}
	switch f.Name() {
	case "Events":
		for change := range calls(body.Body) {
			l.check(call, change)
		}
	case "Stream":
		l.afterWrite(body)
	}
}

// afterWrite follows each write of the function given to Stream to the changes behind it.
func (l late) afterWrite(body *ast.FuncLit) {
	writer := parameter(l.pass.TypesInfo, body)
	if writer == nil {
		return
	}
	g := l.pass.ResultOf[ctrlflow.Analyzer].(*ctrlflow.CFGs).FuncLit(body)
	eachNode(g, func(b *cfg.Block, i int, n ast.Node) {
		for write := range calls(n) {
			if writes(l.pass.TypesInfo, write, writer) {
				l.follow(write, b, i)
			}
		}
	})
}

// check reports change if it is one.
func (l late) check(sent, change *ast.CallExpr) {
	f := callee(l.pass.TypesInfo, change)
	if f == nil || l.reported[change] {
		return
	}
	if isMethod(f, dewar, "Session") && changesSession(f.Name()) || isMethod(f, dewar, "Context") && changesHeader(f.Name()) {
		l.reported[change] = true
		l.pass.ReportRangef(change, "%s comes too late: %s in line %d has sent the header; move it before",
			text(change), text(sent), l.pass.Fset.Position(sent.Pos()).Line)
	}
}

// parameter returns the first parameter of a function, or nil when it has no name.
func parameter(info *types.Info, f *ast.FuncLit) types.Object {
	if len(f.Type.Params.List) == 0 || len(f.Type.Params.List[0].Names) == 0 {
		return nil
	}
	return info.Defs[f.Type.Params.List[0].Names[0]]
}

// writes reports whether a call is one of the writer's methods or is given the writer, and does not only wrap it.
func writes(info *types.Info, call *ast.CallExpr, writer types.Object) bool {
	if f := callee(info, call); f == nil || strings.HasPrefix(f.Name(), "New") {
		return false
	}
	for _, e := range append([]ast.Expr{call.Fun}, call.Args...) {
		if id := root(e); id != nil && info.ObjectOf(id) == writer {
			return true
		}
	}
	return false
}
