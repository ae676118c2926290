package engine

import (
	"cmp"
	"slices"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A Difference is an output that is escaped by its place in the page where Jinja would only escape HTML.
type Difference struct {
	Template  string
	Line, Col int
	Source    string // the expression as it is written
	Place     string // where in the page it stands
	What      string // what becomes of it there
}

// Differences goes through the pages that are escaped by place and returns the outputs for which that makes a difference, by template
// and line. It follows branches, loops, static parents, static includes and macros; what only a rendering knows is left out. The
// error is that of templates that do not compile.
func (e *Engine) Differences() ([]Difference, error) {
	if e.o.Contextual == nil {
		return nil, nil
	}
	w := &walker{engine: e, found: map[Difference]bool{}}
	parts := map[string]bool{}
	for _, t := range e.compiled() {
		walkAll(t.tree.Body, func(n syntax.Node) bool {
			if i, ok := n.(*syntax.Include); ok {
				if name, ok := constantName(i.Template); ok {
					parts[name] = true
				}
			}
			return true
		})
	}
	for _, t := range e.compiled() {
		if e.o.Contextual(t.name) && !parts[t.name] {
			w.page(t)
		}
	}
	all := make([]Difference, 0, len(w.found))
	for d := range w.found {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Template, b.Template), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Place, b.Place))
	})
	return all, nil
}

// places are where in a page the walk may be: few, for branches mostly end where they began.
type places map[escape.State]bool

// maxPlaces bounds the places that are followed at once.
const maxPlaces = 16

func (p places) add(others places) {
	for s := range others {
		if len(p) < maxPlaces {
			p[s] = true
		}
	}
}

func text0() places { return places{escape.State{}: true} }

// A walker goes through pages without rendering them.
type walker struct {
	engine *Engine
	found  map[Difference]bool
	depth  int
}

// A walking is what is known while a template is gone through.
type walking struct {
	template *Template
	blocks   *blocks
	macros   map[string]target // what names call
	modules  map[string]*Template
	escaped  bool
	extended bool
	block    *block
	caller   []syntax.Stmt
}

// A target is a macro and the template that it stands in.
type target struct {
	macro *syntax.Macro
	in    *Template
}

// page goes through a page: a template, and what it extends.
func (w *walker) page(t *Template) {
	all := t.blocks
	at := text0()
	for range maxTrail {
		k := &walking{template: t, blocks: all, escaped: t.autoescape}
		k.learn(w.engine)
		parent := w.parent(t)
		at = w.body(k, t.tree.Body, at)
		if parent == nil {
			return
		}
		t, all = parent, all.extend(parent)
	}
}

// parent returns the static parent of a template.
func (w *walker) parent(t *Template) *Template {
	for _, s := range t.tree.Body {
		if e, ok := s.(*syntax.Extends); ok {
			if name, ok := constantName(e.Template); ok {
				parent, _ := w.engine.Template(name)
				return parent
			}
		}
	}
	return nil
}

// learn finds the macros and modules that a template's names mean.
func (k *walking) learn(e *Engine) {
	k.macros, k.modules = map[string]target{}, map[string]*Template{}
	walkAll(k.template.tree.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Macro:
			k.macros[n.Name] = target{n, k.template}
		case *syntax.Import:
			if name, ok := constantName(n.Template); ok {
				k.modules[n.Target], _ = e.Template(name)
			}
		case *syntax.FromImport:
			if name, ok := constantName(n.Template); ok {
				if t, _ := e.Template(name); t != nil {
					for _, i := range n.Names {
						k.macros[i.Alias] = target{macroNamed(t, i.Name), t}
					}
				}
			}
		}
		return true
	})
}

func macroNamed(t *Template, name string) (found *syntax.Macro) {
	walkAll(t.tree.Body, func(n syntax.Node) bool {
		if m, ok := n.(*syntax.Macro); ok && m.Name == name {
			found = m
		}
		return true
	})
	return found
}

// body goes through statements from the places at and returns where they end.
func (w *walker) body(k *walking, body []syntax.Stmt, at places) places {
	if w.depth > 50 {
		return at
	}
	w.depth++
	defer func() { w.depth-- }()
	for _, s := range body {
		at = w.statement(k, s, at)
	}
	return at
}

func (w *walker) statement(k *walking, s syntax.Stmt, at places) places {
	switch s := s.(type) {
	case *syntax.Text:
		if k.extended {
			return at
		}
		return each(at, func(p escape.State) (escape.State, error) { return p.Text(s.Data) })
	case *syntax.Output:
		return w.output(k, s, at)
	case *syntax.Trans:
		w.note(k, s.Pos, s.Singular, at)
		return each(at, func(p escape.State) (escape.State, error) {
			_, next, err := p.AppendMarkup(nil, value.Markup{Text: s.Singular, Language: value.HTML})
			return next, err
		})
	case *syntax.If:
		return w.branches(k, s, at)
	case *syntax.For:
		return w.loop(k, s, at)
	case *syntax.With:
		return w.body(k, s.Body, at)
	case *syntax.Autoescape:
		inner := *k
		if c, ok := s.Value.(*syntax.Const); ok {
			inner.escaped, _ = truth(c.Value)
		}
		return w.body(&inner, s.Body, at)
	case *syntax.FilterBlock:
		w.body(k, s.Body, text0())
	case *syntax.AssignBlock:
		inner := *k
		inner.extended = false
		w.body(&inner, s.Body, text0())
	case *syntax.Macro:
		inner := *k
		inner.extended = false
		w.body(&inner, s.Body, text0())
	case *syntax.CallBlock:
		return w.callBlock(k, s, at)
	case *syntax.Block:
		return w.block(k, s, at)
	case *syntax.Extends:
		k.extended = true
	case *syntax.Include:
		return w.include(k, s, at)
	}
	return at
}

// each moves all places.
func each(at places, move func(escape.State) (escape.State, error)) places {
	next := places{}
	for p := range at {
		if to, err := move(p); err == nil {
			next[to] = true
		}
	}
	return next
}

func (w *walker) branches(k *walking, s *syntax.If, at places) places {
	next := places{}
	for _, b := range s.Branches {
		inner := *k
		next.add(w.body(&inner, b.Body, at))
	}
	inner := *k
	next.add(w.body(&inner, s.Else, at))
	return next
}

// loop goes through the body until nothing new comes of it.
func (w *walker) loop(k *walking, s *syntax.For, at places) places {
	all := places{}
	all.add(at)
	for range 4 {
		before := len(all)
		all.add(w.body(k, s.Body, all))
		if len(all) == before {
			break
		}
	}
	all.add(w.body(k, s.Else, at))
	return all
}

func (w *walker) output(k *walking, s *syntax.Output, at places) places {
	if k.extended {
		return at
	}
	if call, _ := outputCall(s.Expr); call != nil {
		if next, ok := w.call(k, call, at); ok {
			return next
		}
	}
	if !k.escaped {
		return at
	}
	if text, ok := constantName(s.Expr); ok {
		return each(at, func(p escape.State) (escape.State, error) {
			_, next, err := p.AppendLiteral(nil, text)
			return next, err
		})
	}
	w.note(k, s.Pos, s.Source, at)
	return each(at, func(p escape.State) (escape.State, error) {
		_, next, err := p.Append(nil, "x")
		return next, err
	})
}

// note remembers an output that a place changes.
func (w *walker) note(k *walking, pos syntax.Pos, source string, at places) {
	if k.extended || !k.escaped {
		return
	}
	for p := range at {
		if what := p.Differs(); what != "" {
			w.found[Difference{Template: k.template.name, Line: pos.Line, Col: pos.Col, Source: source, Place: p.String(), What: what}] = true
		}
	}
}

// call goes through what a call writes in place: a macro, a block or caller().
func (w *walker) call(k *walking, call *syntax.Call, at places) (places, bool) {
	switch f := call.Func.(type) {
	case *syntax.Name:
		if f.Name == "super" && k.block != nil {
			return w.below(k, at), true
		}
		if f.Name == "caller" && k.caller != nil {
			return w.body(k, k.caller, at), true
		}
		return w.macro(k, k.macros[f.Name], nil, at)
	case *syntax.Getattr:
		name, ok := f.Value.(*syntax.Name)
		if !ok {
			return nil, false
		}
		if stack := k.blocks.byName[f.Name]; name.Name == "self" && len(stack) > 0 {
			return w.blockBody(k, stack[0], at), true
		}
		if t := k.modules[name.Name]; t != nil {
			return w.macro(k, target{macroNamed(t, f.Name), t}, nil, at)
		}
	}
	return nil, false
}

// macro goes through a macro from the place of its call.
func (w *walker) macro(k *walking, m target, caller []syntax.Stmt, at places) (places, bool) {
	if m.macro == nil || w.depth > 20 {
		return nil, false
	}
	inner := &walking{template: m.in, blocks: k.blocks, escaped: m.in.autoescape, caller: caller}
	inner.learn(w.engine)
	return w.body(inner, m.macro.Body, at), true
}

func (w *walker) callBlock(k *walking, s *syntax.CallBlock, at places) places {
	var m target
	switch f := s.Call.Func.(type) {
	case *syntax.Name:
		m = k.macros[f.Name]
	case *syntax.Getattr:
		if name, ok := f.Value.(*syntax.Name); ok && k.modules[name.Name] != nil {
			t := k.modules[name.Name]
			m = target{macroNamed(t, f.Name), t}
		}
	}
	if next, ok := w.macro(k, m, s.Body, at); ok {
		return next
	}
	w.body(k, s.Body, text0())
	return at
}

// block goes through the block that the page has under this name.
func (w *walker) block(k *walking, s *syntax.Block, at places) places {
	stack := k.blocks.byName[s.Name]
	if k.extended || len(stack) == 0 {
		return at
	}
	return w.blockBody(k, stack[0], at)
}

func (w *walker) blockBody(k *walking, b *block, at places) places {
	t := b.at.template
	inner := &walking{template: t, blocks: k.blocks, escaped: t.autoescape, block: b}
	inner.learn(w.engine)
	return w.body(inner, b.node.Body, at)
}

// below goes through the block that super() means.
func (w *walker) below(k *walking, at places) places {
	stack := k.blocks.byName[k.block.name]
	if i := slices.Index(stack, k.block); i >= 0 && i+1 < len(stack) {
		return w.blockBody(k, stack[i+1], at)
	}
	return at
}

func (w *walker) include(k *walking, s *syntax.Include, at places) places {
	name, ok := constantName(s.Template)
	if !ok {
		return at
	}
	t, err := w.engine.Template(name)
	if err != nil || w.depth > 20 {
		return at
	}
	inner := &walking{template: t, blocks: t.blocks, escaped: t.autoescape}
	inner.learn(w.engine)
	return w.body(inner, t.tree.Body, at)
}
