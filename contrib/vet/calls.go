package vet

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// dewar is the package whose calls are looked at.
const dewar = "github.com/dewar-go/dewar"

// answers reports whether a method of Context answers the request.
func answers(method string) bool {
	switch method {
	case "Blob", "Events", "HTML", "JSON", "Negotiate", "NoContent", "Redirect", "RedirectTo", "Render", "SendBytes", "SendFile", "SendFromFS",
		"SendReader", "Stream", "StreamTemplate", "Text":
		return true
	}
	return false
}

// changesHeader reports whether a method of Context changes what is sent before the body.
func changesHeader(method string) bool {
	switch method {
	case "AfterThisRequest", "DeleteCookie", "Flash", "Header", "Link", "SetCookie", "Status":
		return true
	}
	return false
}

// changesSession reports whether a method of Session changes it.
func changesSession(method string) bool {
	switch method {
	case "Change", "Clear", "Delete", "Destroy", "MarkModified", "Pop", "Renew", "Set", "SetDefault", "SetPermanent",
		"Update":
		return true
	}
	return false
}

// callee returns the function or method that call names, or nil for a value of a function type.
func callee(info *types.Info, call *ast.CallExpr) *types.Func {
	f := typeutil.StaticCallee(info, call)
	if f == nil {
		if selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok { // a method of an interface
			f, _ = info.Uses[selector.Sel].(*types.Func)
		}
	}
	return f
}

// isMethod reports whether f is a method of the type name of the package path.
func isMethod(f *types.Func, path, name string) bool {
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != path {
		return false
	}
	recv := f.Signature().Recv()
	return recv != nil && isNamed(recv.Type(), path, name)
}

// isFunction reports whether f is the function name of dewar.
func isFunction(f *types.Func, name string) bool {
	return f != nil && f.Pkg() != nil && f.Pkg().Path() == dewar && f.Name() == name && f.Signature().Recv() == nil
}

// isNamed reports whether t is the type name of the package path, or a pointer to it.
func isNamed(t types.Type, path, name string) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path
}

// contextOf returns the variable that holds the Context of a call: c of c.Text("x"), and of show(c). It is nil when the
// Context is no plain variable.
func contextOf(info *types.Info, call *ast.CallExpr) types.Object {
	candidates := call.Args
	if selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		candidates = append([]ast.Expr{selector.X}, candidates...)
	}
	for _, e := range candidates {
		if id := root(e); id != nil && info.TypeOf(id) != nil && isNamed(info.TypeOf(id), dewar, "Context") {
			return info.ObjectOf(id)
		}
	}
	return nil
}

// root returns the variable that an expression begins with: c of c.Response.Flush and of c.Session().Set.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.CallExpr:
			e = x.Fun
		default:
			return nil
		}
	}
}

// text prints the function of a call as the code has it, such as c.Text or m.show.
func text(call *ast.CallExpr) string { return types.ExprString(call.Fun) }
