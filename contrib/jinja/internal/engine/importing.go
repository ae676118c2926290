package engine

import (
	"errors"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// finder compiles an expression that names a template, or several of which the first that exists is meant.
func (c *compiler) finder(e syntax.Expr, several bool, pl place) func(st *state, f *frame) (*Template, error) {
	run, constant := c.folded(e, pl)
	if constant != nil {
		if name, ok := (*constant).(string); ok {
			return func(st *state, _ *frame) (*Template, error) { return st.engine.Template(name) }
		}
	}
	_, isTuple := e.(*syntax.Tuple)
	_, isList := e.(*syntax.List)
	return func(st *state, f *frame) (*Template, error) {
		v, err := run(st, f)
		if err != nil {
			return nil, err
		}
		if !several {
			return st.engine.resolve(v)
		}
		if isTuple || isList {
			names, err := value.Items(&st.Runtime, v)
			if err != nil {
				return nil, err
			}
			return st.engine.choose(names)
		}
		return st.engine.resolveAny(st, v)
	}
}

// include compiles {% include %}. The template writes where the include stands.
func (c *compiler) include(s *syntax.Include, pl place) exec {
	find, at := c.finder(s.Template, true, pl), c.at(s.Pos)
	var locals []local
	if s.WithContext {
		locals = c.locals(pl)
	}
	return func(st *state, f *frame) error {
		t, err := find(st, f)
		if err != nil {
			var none *NotFound
			if s.IgnoreMissing && errors.As(err, &none) {
				return nil
			}
			return at.through(at.wrap(err), "include")
		}
		given := st.engine.globals
		if s.WithContext {
			given = f.page.below(f, locals)
		}
		if err := st.deeper(); err != nil {
			return at.wrap(err)
		}
		err = t.run(st, newPage(t, given))
		st.shallower()
		return at.through(err, "include")
	}
}

// module compiles what an import imports.
func (c *compiler) module(template syntax.Expr, withContext bool, pos syntax.Pos, pl place) func(st *state, f *frame) (*Module, error) {
	find, at := c.finder(template, false, pl), c.at(pos)
	var locals []local
	if withContext {
		locals = c.locals(pl)
	}
	return func(st *state, f *frame) (*Module, error) {
		t, err := find(st, f)
		if err != nil {
			return nil, at.wrap(err)
		}
		var m *Module
		if withContext {
			m, err = t.makeModule(st, f.page.below(f, locals))
		} else {
			m, err = t.sharedModule(st)
		}
		if err != nil {
			return nil, at.through(err, "import")
		}
		return m, nil
	}
}

// imports compiles {% import %}.
func (c *compiler) imports(s *syntax.Import, pl place) exec {
	module := c.module(s.Template, s.WithContext, s.Pos, pl)
	store, name, toplevel := c.nameTarget(s.Target, pl), s.Target, pl.toplevel
	return func(st *state, f *frame) error {
		m, err := module(st, f)
		if err != nil {
			return err
		}
		if toplevel {
			f.page.setImported(name, m)
		}
		return store(st, f, m)
	}
}

// fromImport compiles {% from import %}.
func (c *compiler) fromImport(s *syntax.FromImport, pl place) exec {
	module := c.module(s.Template, s.WithContext, s.Pos, pl)
	stores := make([]store, len(s.Names))
	for i, n := range s.Names {
		stores[i] = c.nameTarget(n.Alias, pl)
	}
	position := c.position(s.Pos)
	return func(st *state, f *frame) error {
		m, err := module(st, f)
		if err != nil {
			return err
		}
		for i, n := range s.Names {
			v, ok := m.Attr(&st.Runtime, n.Name)
			if !ok {
				v = &value.Undefined{Name: n.Name, Mode: st.Undefined, Hint: "the template " + quote(m.template.name) + " (imported on " + position +
					") does not export the requested name " + quote(n.Name)}
			}
			if err := stores[i](st, f, v); err != nil {
				return err
			}
			if pl.toplevel {
				f.page.setImported(n.Alias, v)
			}
		}
		return nil
	}
}

// A Module is an imported template: what it exports, and its text.
type Module struct {
	template *Template
	vars     map[string]any
	text     string
}

// makeModule runs the template in a page of its own and returns what it exports.
func (t *Template) makeModule(st *state, given *layer) (*Module, error) {
	if err := st.deeper(); err != nil {
		return nil, err
	}
	defer st.shallower()
	p := newPage(t, given)
	outer := st.begin()
	if err := t.run(st, p); err != nil {
		st.drop(outer)
		return nil, err
	}
	text, err := st.end(outer)
	m := &Module{template: t, text: text.text, vars: make(map[string]any, len(p.exported))}
	for name := range p.exported {
		m.vars[name] = p.vars[name]
	}
	return m, err
}

// sharedModule returns the module that imports without context share: all renderings the same one if it has nothing but macros and
// constants, else the imports of one rendering, since what one rendering changes must not be seen by another.
func (t *Template) sharedModule(st *state) (*Module, error) {
	if t.pure {
		if m := t.shared.Load(); m != nil {
			return m, nil
		}
	} else if m := st.modules[t]; m != nil {
		return m, nil
	}
	m, err := t.makeModule(st, st.engine.globals)
	if err != nil {
		return nil, err
	}
	if t.pure {
		t.shared.Store(m)
		return m, nil
	}
	if st.modules == nil {
		st.modules = map[*Template]*Module{}
	}
	st.modules[t] = m
	return m, nil
}

// pure reports whether a template's top level has nothing but text, macros and constants, and no macro changes whether the page escapes.
func pure(body []syntax.Stmt) bool {
	for _, s := range body {
		if turnsEscaping(s) {
			return false
		}
		switch s := s.(type) {
		case *syntax.Text, *syntax.Macro:
		case *syntax.Assign:
			_, name := s.Target.(*syntax.Name)
			_, constant := s.Value.(*syntax.Const)
			if !name || !constant {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func turnsEscaping(s syntax.Stmt) bool {
	turns := false
	walk(s, func(n syntax.Node) bool {
		_, autoescape := n.(*syntax.Autoescape)
		turns = turns || autoescape
		return !turns
	})
	return turns
}

// Attr returns what the template exports.
func (m *Module) Attr(_ *value.Runtime, name string) (any, bool) {
	v, ok := m.vars[name]
	return v, ok
}

// String is the text of the template.
func (m *Module) String() string { return m.text }

// Markup is the text of the template as a page writes it.
func (m *Module) Markup() value.Markup { return value.Markup{Text: m.text, Language: value.HTML} }
