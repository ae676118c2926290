package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"strconv"
	"strings"
)

// inGo are the functions of Go that have a message.
func inGo() map[string]shape {
	return map[string]shape{
		"Gettext": {-1, 1, -1}, "NGettext": {-1, 1, 2}, "PGettext": {1, 2, -1}, "NPGettext": {1, 2, 3},
		"Lazy": {-1, 0, -1}, "LazyN": {-1, 0, 1}, "LazyP": {0, 1, -1}, "N_": {-1, 0, -1},
	}
}

// keyword adds a function of the program: flash:2 is one whose second argument is the text.
func (m *messages) keyword(text string) error {
	name, places, given := strings.Cut(text, ":")
	if !given {
		places = "1"
	}
	s := shape{-1, -1, -1}
	for i, place := range strings.Split(places, ",") {
		n, err := strconv.Atoi(place)
		if err != nil || n < 1 || i > 1 || name == "" {
			return errors.New("write the name of the function and the number of the argument, such as flash:2, or flash:2,3 where the third is the plural")
		}
		if i == 0 {
			s.id = n - 1
		} else {
			s.plural = n - 1
		}
	}
	m.functions[name] = s
	return nil
}

// source reads a Go file.
func (m *messages) source(name, text string) error {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	functions := m.functions
	if hasForms(file) {
		functions = maps.Clone(functions)
		functions["Fail"] = shape{-1, 1, -1}
		m.tags(set, name, file)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			m.call(fmt.Sprintf("%s:%d", name, set.Position(call.Pos()).Line), functions, call)
		}
		return true
	})
	return nil
}

// call makes a message of a call, if it is one of functions.
func (m *messages) call(place string, functions map[string]shape, call *ast.CallExpr) {
	function := called(call)
	s, ok := functions[function]
	if !ok || len(call.Args) <= s.id {
		return
	}
	args := make([]*string, len(call.Args))
	for i, arg := range call.Args {
		args[i] = constantText(arg)
	}
	m.arguments(place, function, s, args)
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
