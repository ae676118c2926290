package engine

import "github.com/dewar-go/dewar/contrib/jinja/internal/syntax"

// A load says where a variable gets its value from when its scope is entered.
type load uint8

const (
	loadNothing load = iota // it is missing until it is set
	loadParam               // whoever enters the scope sets it
	loadContext             // the variable of that name of the template's context
	loadOuter               // the variable of that name of an outer scope
)

// A variable is a name in one scope, and the slot of the frame that holds it.
type variable struct {
	name  string
	owner *function
	slot  int
	load  load
	outer *variable // of loadOuter
	set   bool      // assigned to in its scope, not only read
}

// A scope knows the variables of one part of a template, as Jinja's symbol analysis finds them: all names of a part are known
// before any of its statements is compiled.
type scope struct {
	outer *scope
	owner *function
	names map[string]*variable
	order []string
}

func newScope(outer *scope, owner *function) *scope {
	return &scope{outer: outer, owner: owner, names: map[string]*variable{}}
}

// find returns the variable that name means here, or nil if no scope knows it.
func (s *scope) find(name string) *variable {
	for ; s != nil; s = s.outer {
		if v := s.names[name]; v != nil {
			return v
		}
	}
	return nil
}

func (s *scope) define(name string, l load, outer *variable) *variable {
	v := s.names[name]
	if v == nil {
		s.order = append(s.order, name)
	}
	v = &variable{name: name, owner: s.owner, slot: -1, load: l, outer: outer}
	s.names[name] = v
	return v
}

// param makes name a variable that is set by whoever enters the scope.
func (s *scope) param(name string) *variable {
	v := s.define(name, loadParam, nil)
	v.set = true
	return v
}

// store notes that name is assigned to.
func (s *scope) store(name string) {
	v := s.names[name]
	if v == nil {
		if outer := s.outer.find(name); outer != nil {
			v = s.define(name, loadOuter, outer)
		} else {
			v = s.define(name, loadNothing, nil)
		}
	}
	v.set = true
}

// read notes that name is read.
func (s *scope) read(name string) {
	if s.find(name) == nil {
		s.define(name, loadContext, nil)
	}
}

// branch returns a copy that analyses one branch of an if.
func (s *scope) branch() *scope {
	b := newScope(s.outer, s.owner)
	for _, name := range s.order {
		v := *s.names[name]
		b.names[name] = &v
	}
	b.order = append(b.order, s.order...)
	return b
}

// join takes over what the branches of an if found. A name that only a branch assigns to has the value of outside before it.
func (s *scope) join(branches []*scope) {
	for _, b := range branches {
		for _, name := range b.order {
			v := b.names[name]
			before := s.names[name]
			if before != nil && before.set {
				continue
			}
			if !v.set {
				if before == nil {
					s.define(name, v.load, v.outer)
				}
				continue
			}
			if outer := s.outer.find(name); outer != nil {
				s.define(name, loadOuter, outer).set = true
			} else {
				s.define(name, loadContext, nil).set = true
			}
		}
	}
}

// visit analyses a node that stands in the scope. It stops where another scope begins.
func (s *scope) visit(n syntax.Node, u use) {
	switch n := n.(type) {
	case *syntax.Name:
		if u == set {
			s.store(n.Name)
		} else {
			s.read(n.Name)
		}
	case *syntax.NSRef:
		s.read(n.Name)
	case *syntax.Tuple:
		for _, item := range n.Items {
			s.visit(item, u)
		}
	case *syntax.If:
		s.visitIf(n)
	case *syntax.Macro:
		s.store(n.Name)
	case *syntax.Import:
		s.visit(n.Template, read)
		s.store(n.Target)
	case *syntax.FromImport:
		s.visit(n.Template, read)
		for _, name := range n.Names {
			s.store(name.Alias)
		}
	case *syntax.For:
		s.visit(n.Iter, read)
	case *syntax.CallBlock:
		s.visit(n.Call, read)
	case *syntax.FilterBlock:
		s.visit(n.Filter, read)
	case *syntax.With:
		for _, v := range n.Values {
			s.visit(v, read)
		}
	case *syntax.AssignBlock:
		s.visit(n.Target, set)
	case *syntax.Trans:
		s.read(gettextName(n))
		children(n, s.visit)
	case *syntax.Autoescape, *syntax.Block:
	default:
		children(n, s.visit)
	}
}

// visitIf analyses each part of an if as if it stood alone. As in Jinja, all elif belong to one branch, each inside the one before.
func (s *scope) visitIf(n *syntax.If) {
	if len(n.Branches) == 0 {
		s.visitAll(n.Else)
		return
	}
	s.visit(n.Branches[0].Test, read)
	body, elifs, rest := s.branch(), s.branch(), s.branch()
	body.visitAll(n.Branches[0].Body)
	for _, b := range n.Branches[1:] {
		elifs.visitIf(&syntax.If{Branches: []syntax.Branch{b}})
	}
	rest.visitAll(n.Else)
	s.join([]*scope{body, elifs, rest})
}

func (s *scope) visitAll(body []syntax.Stmt) {
	for _, stmt := range body {
		s.visit(stmt, read)
	}
}

// params makes each name of a target a parameter; attributes of namespaces are read.
func (s *scope) params(target syntax.Expr) {
	targets(target, func(t syntax.Expr) {
		switch t := t.(type) {
		case *syntax.Name:
			s.param(t.Name)
		case *syntax.NSRef:
			s.read(t.Name)
		}
	})
}

// stored returns the variables that here and outside are assigned to, innermost first: what an include and a scoped block get.
func (s *scope) stored() []*variable {
	var all []*variable
	seen := map[string]bool{}
	for ; s != nil; s = s.outer {
		for _, name := range s.order {
			if v := s.names[name]; v.set && !seen[name] {
				seen[name] = true
				all = append(all, v)
			}
		}
	}
	return all
}
