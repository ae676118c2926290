package vet

import (
	"go/ast"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// mayAnswer is a fact about a function: it returns what an answering method returned, so it may have answered when its
// error is nil.
type mayAnswer struct{}

func (*mayAnswer) AFact() {}

func (*mayAnswer) String() string { return "answers" }

// answering finds the functions that answer, for the analyzers that look at calls of them.
var answering = &analysis.Analyzer{
	Name:       "answering",
	Doc:        "find functions that may answer a request",
	Run:        findAnswering,
	Requires:   []*analysis.Analyzer{inspect.Analyzer},
	FactTypes:  []analysis.Fact{new(mayAnswer)},
	ResultType: reflect.TypeFor[answerers](),
}

// answerers tells of a call whether it answers.
type answerers struct {
	known func(f *types.Func) bool
}

// answers reports whether call is one of an answering method or of a function that may answer.
func (a answerers) answers(info *types.Info, call *ast.CallExpr) bool {
	f := callee(info, call)
	return f != nil && (isMethod(f, dewar, "Context") && answers(f.Name()) || a.known(f.Origin()))
}

func findAnswering(pass *analysis.Pass) (any, error) {
	known := func(f *types.Func) bool { return f.Pkg() != nil && pass.ImportObjectFact(f, new(mayAnswer)) }
	a := answerers{known}
	if pass.Pkg.Path() == dewar {
		return answerers{func(*types.Func) bool { return false }}, nil // the answering methods call each other
	}
	var functions []*ast.FuncDecl
	for f := range inspector.All[*ast.FuncDecl](pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)) {
		if f.Body != nil {
			functions = append(functions, f)
		}
	}
	for found := true; found; { // until nothing new is found, because they call each other
		found = false
		for _, decl := range functions {
			f, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func)
			if ok && returnsError(f) && !known(f) && returnsAnswer(pass.TypesInfo, a, decl.Body) {
				pass.ExportObjectFact(f, new(mayAnswer))
				found = true
			}
		}
	}
	return a, nil
}

// returnsError reports whether f returns an error and nothing else, as a handler does.
func returnsError(f *types.Func) bool {
	results := f.Signature().Results()
	return results.Len() == 1 && types.Identical(results.At(0).Type(), types.Universe.Lookup("error").Type())
}

// returnsAnswer reports whether a body has a return of a call that answers. Functions inside it return for themselves.
func returnsAnswer(info *types.Info, a answerers, body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for _, result := range n.Results {
				call, ok := ast.Unparen(result).(*ast.CallExpr)
				found = found || ok && a.answers(info, call)
			}
		}
		return !found
	})
	return found
}
