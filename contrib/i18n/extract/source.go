package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
)

// inGo are the functions of Go that have a message.
func inGo(name string) (shape, bool) {
	s, ok := map[string]shape{
		"Gettext": {-1, 1, -1}, "NGettext": {-1, 1, 2}, "PGettext": {1, 2, -1}, "NPGettext": {1, 2, 3},
		"Lazy": {-1, 0, -1}, "LazyN": {-1, 0, 1}, "LazyP": {0, 1, -1}, "N_": {-1, 0, -1},
	}[name]
	return s, ok
}

// source reads a Go file.
func (m *messages) source(name, text string) error {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		function := called(call)
		if s, ok := inGo(function); ok && len(call.Args) > s.id {
			args := make([]*string, len(call.Args))
			for i, arg := range call.Args {
				args[i] = constantText(arg)
			}
			m.arguments(fmt.Sprintf("%s:%d", name, set.Position(call.Pos()).Line), function, s, args)
		}
		return true
	})
	return nil
}

// called returns the name of the function that is called.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// constantText returns the text of an expression of literals, "a" + "b", and nil for all others.
func constantText(e ast.Expr) *string {
	value, err := types.Eval(token.NewFileSet(), nil, token.NoPos, types.ExprString(e))
	if err != nil || value.Value == nil || value.Value.Kind() != constant.String {
		return nil
	}
	text := constant.StringVal(value.Value)
	return &text
}
