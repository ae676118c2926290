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
	w := &walker{engine: e, found: map[Difference]bool{}, known: map[*Template]*names{}, safe: safeTextsOf(e.compiled())}
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

// states are where in a page the walk may be: few, for branches mostly end where they began.
type states map[escape.State]bool

// maxStates bounds the states that are followed at once.
const maxStates = 16

func (p states) add(others states) {
	for s := range others {
		if len(p) < maxStates {
			p[s] = true
		}
	}
}

// beginning is where the page begins, and what is captured of it.
func (w *walker) beginning() states { return states{w.start: true} }

// A walker goes through pages without rendering them.
type walker struct {
	engine *Engine
	found  map[Difference]bool
	known  map[*Template]*names
	safe   *safeTexts
	steps  int // what is left for a page
	depth  int
	start  escape.State
}

// maxWalk is how many statements are gone through for a page at most: macros may call each other without end.
const maxWalk = 100_000

// names are what a template calls its macros and modules.
type names struct {
	macros  map[string]callable
	modules map[string]*Template
}

// A reading is what is known while a template is gone through.
type reading struct {
	template *Template
	blocks   *blocks
	*names
	escaped  bool
	extended bool
	block    *block
	caller   []syntax.Stmt
}

// A callable is a macro and the template that it stands in.
type callable struct {
	macro *syntax.Macro
	in    *Template
}

// page goes through a page: a template, and what it extends.
func (w *walker) page(t *Template) {
	w.steps, w.start = maxWalk, escape.Page(t.name)
	all, at := t.blocks, w.beginning()
	for range maxTrail {
		k := &reading{template: t, names: w.names(t), blocks: all, escaped: t.autoescape}
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
			return w.constant(e.Template)
		}
	}
	return nil
}

// names finds the macros and modules that a template's names mean.
func (w *walker) names(t *Template) *names {
	if n := w.known[t]; n != nil {
		return n
	}
	all := &names{macros: map[string]callable{}, modules: map[string]*Template{}}
	w.known[t] = all
	walkAll(t.tree.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Macro:
			all.macros[n.Name] = callable{n, t}
		case *syntax.Import:
			if from := w.constant(n.Template); from != nil {
				all.modules[n.Target] = from
			}
		case *syntax.FromImport:
			if from := w.constant(n.Template); from != nil {
				for _, i := range n.Names {
					all.macros[i.Alias] = callable{macroNamed(from, i.Name), from}
				}
			}
		}
		return true
	})
	return all
}

// constant returns the template that a constant names, or nil.
func (w *walker) constant(e syntax.Expr) *Template {
	name, ok := constantName(e)
	if !ok {
		return nil
	}
	t, _ := w.engine.Template(name)
	return t
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

// body goes through statements from the states at and returns where they end.
func (w *walker) body(k *reading, body []syntax.Stmt, at states) states {
	if w.depth > 50 {
		return at
	}
	w.depth++
	defer func() { w.depth-- }()
	for _, s := range body {
		if w.steps--; w.steps < 0 {
			return at
		}
		at = w.statement(k, s, at)
	}
	return at
}

func (w *walker) statement(k *reading, s syntax.Stmt, at states) states {
	switch s := s.(type) {
	case *syntax.Text:
		if k.extended {
			return at
		}
		return each(at, func(p escape.State) (escape.State, error) { return p.Text(s.Data) })
	case *syntax.Output:
		return w.output(k, s, at)
	case *syntax.Trans:
		w.note(k, s.Pos, s.Singular, at, escape.State.Differs)
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
		w.body(k, s.Body, w.beginning())
	case *syntax.AssignBlock:
		inner := *k
		inner.extended = false
		w.body(&inner, s.Body, w.beginning())
	case *syntax.Macro:
		inner := *k
		inner.extended = false
		w.body(&inner, s.Body, w.beginning())
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

// each moves all states.
func each(at states, move func(escape.State) (escape.State, error)) states {
	next := states{}
	for p := range at {
		if to, err := move(p); err == nil {
			next[to] = true
		}
	}
	return next
}

func (w *walker) branches(k *reading, s *syntax.If, at states) states {
	next := states{}
	for _, b := range s.Branches {
		inner := *k
		next.add(w.body(&inner, b.Body, at))
	}
	inner := *k
	next.add(w.body(&inner, s.Else, at))
	return next
}

// loop goes through the body until nothing new comes of it.
func (w *walker) loop(k *reading, s *syntax.For, at states) states {
	all := states{}
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

func (w *walker) output(k *reading, s *syntax.Output, at states) states {
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
	differs := escape.State.Differs
	if w.safe.mayBe(s.Expr) {
		differs = escape.State.DiffersForMarkup
	}
	w.note(k, s.Pos, s.Source, differing(at, w.samples(k, s.Expr)), differs)
	return each(at, func(p escape.State) (escape.State, error) {
		_, next, err := p.Append(nil, "x")
		return next, err
	})
}

// note remembers an output that a place changes.
func (w *walker) note(k *reading, pos syntax.Pos, source string, at states, differs func(escape.State) string) {
	if k.extended || !k.escaped {
		return
	}
	for p := range at {
		if what := differs(p); what != "" {
			w.found[Difference{Template: k.template.name, Line: pos.Line, Col: pos.Col, Source: source, Place: p.String(), What: what}] = true
		}
	}
}

// samples returns values such as e has, where those are known: constants, what tojson writes, links of the site. It is nil for all
// other expressions.
func (w *walker) samples(k *reading, e syntax.Expr) []any {
	switch e := e.(type) {
	case *syntax.Filter:
		if e.Name == "tojson" && w.engine.filters["tojson"] == w.engine.tojson {
			return []any{value.Markup{Text: `{"a": ["b\u0027", 1, null]}`, Language: value.JavaScript}}
		}
	case *syntax.Call:
		name, ok := e.Func.(*syntax.Name)
		if ok && slices.Contains(w.engine.o.Links, name.Name) && (&checker{template: k.template}).assigned()[name.Name] == 0 {
			return []any{"/a/b%20c?d=e&f=/g:h,i#j", "https://example.com/a?b='(c)'"}
		}
	}
	return constants(e)
}

// differing returns the states in which one of samples is written otherwise than in the text of a page; all for no samples.
func differing(at states, samples []any) states {
	if samples == nil {
		return at
	}
	left := states{}
	for p := range at {
		if slices.ContainsFunc(samples, func(v any) bool { return differs(p, v) }) {
			left[p] = true
		}
	}
	return left
}

func differs(p escape.State, v any) bool {
	m, isMarkup := v.(value.Markup)
	if isMarkup {
		b, _, err := p.AppendMarkup(nil, m)
		return err != nil || string(b) != m.Text
	}
	text, err := value.Str(nil, v)
	if err != nil {
		return true
	}
	b, _, err := p.Append(nil, text)
	plain, _, _ := escape.State{}.Append(nil, text)
	return err != nil || string(b) != string(plain)
}

// call goes through what a call writes in place: a macro, a block or caller().
func (w *walker) call(k *reading, call *syntax.Call, at states) (states, bool) {
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
			return w.macro(k, callable{macroNamed(t, f.Name), t}, nil, at)
		}
	}
	return nil, false
}

// macro goes through a macro from the place of its call.
func (w *walker) macro(k *reading, m callable, caller []syntax.Stmt, at states) (states, bool) {
	if m.macro == nil || w.depth > 20 {
		return nil, false
	}
	inner := &reading{template: m.in, names: w.names(m.in), blocks: k.blocks, escaped: m.in.autoescape, caller: caller}
	return w.body(inner, m.macro.Body, at), true
}

func (w *walker) callBlock(k *reading, s *syntax.CallBlock, at states) states {
	var m callable
	switch f := s.Call.Func.(type) {
	case *syntax.Name:
		m = k.macros[f.Name]
	case *syntax.Getattr:
		if name, ok := f.Value.(*syntax.Name); ok && k.modules[name.Name] != nil {
			t := k.modules[name.Name]
			m = callable{macroNamed(t, f.Name), t}
		}
	}
	if next, ok := w.macro(k, m, s.Body, at); ok {
		return next
	}
	w.body(k, s.Body, w.beginning())
	return at
}

// block goes through the block that the page has under this name.
func (w *walker) block(k *reading, s *syntax.Block, at states) states {
	stack := k.blocks.byName[s.Name]
	if k.extended || len(stack) == 0 {
		return at
	}
	return w.blockBody(k, stack[0], at)
}

func (w *walker) blockBody(k *reading, b *block, at states) states {
	t := b.at.template
	inner := &reading{template: t, names: w.names(t), blocks: k.blocks, escaped: t.autoescape, block: b}
	return w.body(inner, b.node.Body, at)
}

// below goes through the block that super() means.
func (w *walker) below(k *reading, at states) states {
	stack := k.blocks.byName[k.block.name]
	if i := slices.Index(stack, k.block); i >= 0 && i+1 < len(stack) {
		return w.blockBody(k, stack[i+1], at)
	}
	return at
}

func (w *walker) include(k *reading, s *syntax.Include, at states) states {
	t := w.constant(s.Template)
	if t == nil || w.depth > 20 {
		return at
	}
	inner := &reading{template: t, names: w.names(t), blocks: t.blocks, escaped: t.autoescape}
	return w.body(inner, t.tree.Body, at)
}
