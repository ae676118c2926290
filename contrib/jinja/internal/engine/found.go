package engine

import "github.com/dewar-go/dewar/contrib/jinja/internal/syntax"

// A FoundCall is a place where a template calls a global function.
type FoundCall struct {
	Template  string
	Line      int
	Arguments []FoundArgument
	More      bool // * or ** hide arguments
}

// A FoundArgument is an argument of a FoundCall.
type FoundArgument struct {
	Name   string // "" for a positional one
	Values []any  // the constants that it may be: several of an inline if, none where it is computed
}

// Calls returns where templates call the global function name, in the order of the templates and of the places, also in
// templates that can be read and do not compile. It is nil when any template gives the name a value of its own, which may reach others.
func (e *Engine) Calls(name string) []FoundCall {
	var all []FoundCall
	for _, template := range e.names() {
		t, _ := e.load(template) // Check has the error
		if t == nil {
			continue
		}
		if (&checker{engine: e, template: t}).assigned()[name] > 0 {
			return nil
		}
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
		f.Arguments = append(f.Arguments, FoundArgument{Values: constants(arg)})
	}
	for _, k := range call.Named {
		f.Arguments = append(f.Arguments, FoundArgument{k.Name, constants(k.Value)})
	}
	return f
}

// constants returns the values that e may have, none where not all are constants.
func constants(e syntax.Expr) []any {
	switch e := e.(type) {
	case *syntax.Const:
		return []any{e.Value}
	case *syntax.Cond:
		then, other := constants(e.Then), constants(e.Else)
		if then != nil && other != nil {
			return append(then, other...)
		}
	}
	return nil
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
