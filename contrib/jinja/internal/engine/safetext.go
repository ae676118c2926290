package engine

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// safeTexts are the names that templates give safe text that they have made: set blocks, texts of macros, what filters make. Such text is
// escaped again in a title and in an attribute, where plain values come out as Jinja writes them.
type safeTexts struct {
	names  map[string]bool
	makers map[string]bool            // macros, modules
	params map[string][]*syntax.Macro // macros by name
	before int                        // how many names the last round found
}

// safeTextsOf finds the names of all templates. A name of one stands for that name in all, since includes and parents share them.
func safeTextsOf(all []*Template) *safeTexts {
	s := &safeTexts{names: map[string]bool{}, makers: map[string]bool{"caller": true, "super": true, "self": true}, params: map[string][]*syntax.Macro{}}
	for _, t := range all {
		walkAll(t.tree.Body, func(n syntax.Node) bool { s.maker(n); return true })
	}
	for s.before = -1; s.before < len(s.names); {
		s.before = len(s.names)
		for _, t := range all {
			walkAll(t.tree.Body, func(n syntax.Node) bool { s.take(n); return true })
		}
	}
	return s
}

// maker notes what gives safe text when it is called.
func (s *safeTexts) maker(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Macro:
		s.makers[n.Name] = true
		s.params[n.Name] = append(s.params[n.Name], n)
	case *syntax.Import:
		s.makers[n.Target] = true
	case *syntax.FromImport:
		for _, name := range n.Names {
			s.makers[name.Alias] = true
		}
	}
}

// take notes the names to which a node gives safe text.
func (s *safeTexts) take(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.AssignBlock:
		s.set(n.Target)
	case *syntax.Assign:
		s.give(n.Target, n.Value)
	case *syntax.For:
		s.give(n.Target, n.Iter)
	case *syntax.With:
		for i, target := range n.Targets {
			s.give(target, n.Values[i])
		}
	case *syntax.Call:
		s.call(n)
	}
}

func (s *safeTexts) set(target syntax.Expr) {
	targets(target, func(t syntax.Expr) {
		switch t := t.(type) {
		case *syntax.Name:
			s.names[t.Name] = true
		case *syntax.NSRef:
			s.names[t.Name] = true
		}
	})
}

func (s *safeTexts) give(target, v syntax.Expr) {
	if s.mayBe(v) {
		s.set(target)
	}
}

// call gives the arguments of a macro to its parameters.
func (s *safeTexts) call(call *syntax.Call) {
	name := targetName(call.Func)
	if attr, ok := call.Func.(*syntax.Getattr); ok {
		name = attr.Name
	}
	for _, m := range s.params[name] {
		for i, arg := range call.Positional {
			if i < len(m.Params) {
				s.give(m.Params[i], arg)
			}
		}
		for _, arg := range call.Named {
			if s.mayBe(arg.Value) {
				s.names[arg.Name] = true
			}
		}
	}
}

// mayBe reports whether an expression may have safe text for which the application does not vouch.
func (s *safeTexts) mayBe(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Name:
		return s.names[e.Name]
	case *syntax.Filter:
		return s.filtered(e)
	case *syntax.Call:
		return s.called(e)
	case *syntax.Test, *syntax.Compare, *syntax.Const:
		return false
	}
	found := false
	children(e, func(n syntax.Node, _ use) {
		if below, ok := n.(syntax.Expr); ok {
			found = found || s.mayBe(below)
		}
	})
	return found
}

func (s *safeTexts) filtered(e *syntax.Filter) bool {
	switch e.Name {
	case "urlize", "xmlattr", "tojson":
		return true
	case "safe", "striptags", "e", "escape", "forceescape", "length", "count":
		return false
	}
	found := e.Value != nil && s.mayBe(e.Value)
	for _, arg := range e.Positional {
		found = found || s.mayBe(arg)
	}
	return found
}

// called reports whether a call may give safe text: of a macro, or of what has safe text.
func (s *safeTexts) called(e *syntax.Call) bool {
	switch f := e.Func.(type) {
	case *syntax.Name:
		return s.makers[f.Name]
	case *syntax.Getattr:
		return s.makers[targetName(f.Value)] || s.mayBe(f.Value)
	}
	return s.mayBe(e.Func)
}
