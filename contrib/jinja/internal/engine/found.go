package engine

import "github.com/dewar-go/dewar/contrib/jinja/internal/syntax"

// A FoundCall is a place where a template calls a global function.
type FoundCall struct {
	Template   string
	Line       int
	Positional []any    // constants; nil where an argument is computed
	Named      []string // names of the named arguments
	More       bool     // * or ** hide arguments
}

// Calls returns where templates call the global function name, in the order of the templates and of the places. Templates that do not
// compile are left out: Check reports them.
func (e *Engine) Calls(name string) []FoundCall {
	var all []FoundCall
	for _, t := range e.compiled() {
		walkAll(t.tree.Body, func(n syntax.Node) bool {
			call, ok := n.(*syntax.Call)
			if !ok {
				return true
			}
			if f, ok := call.Func.(*syntax.Name); ok && f.Name == name {
				all = append(all, found(t.name, call))
			}
			return true
		})
	}
	return all
}

func found(template string, call *syntax.Call) FoundCall {
	f := FoundCall{Template: template, Line: call.Line, More: call.Star != nil || call.StarStar != nil}
	for _, arg := range call.Positional {
		var v any
		if c, ok := arg.(*syntax.Const); ok {
			v = c.Value
		}
		f.Positional = append(f.Positional, v)
	}
	for _, k := range call.Named {
		f.Named = append(f.Named, k.Name)
	}
	return f
}

// compiled returns all templates that compile, in the order of their names.
func (e *Engine) compiled() []*Template {
	var all []*Template
	for _, name := range e.names() {
		if t, err := e.Template(name); err == nil {
			all = append(all, t)
		}
	}
	return all
}
