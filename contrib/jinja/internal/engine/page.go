package engine

import "github.com/dewar-go/dewar/contrib/jinja/internal/value"

// missing stands in a slot whose variable has no value.
type missing struct{}

// A layer is variables above other variables. Layers are never changed once something is built on them.
type layer struct {
	vars  map[string]any
	below *layer
}

func (l *layer) find(name string) (any, bool) {
	for ; l != nil; l = l.below {
		if v, ok := l.vars[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// A page is what Jinja calls a context: the variables that one rendering of a template was given and has set at its top level, the blocks
// of its inheritance, and whether it escapes. A template and its parents share one.
type page struct {
	template *Template // that was asked for
	given    *layer
	vars     map[string]any  // set at the top level
	exported map[string]bool // those of vars that an import sees
	blocks   *blocks
	escape   *escaping
}

// escaping is whether a page escapes, which {% autoescape %} changes while it lasts.
type escaping struct{ on bool }

func newPage(t *Template, given *layer) *page {
	return &page{template: t, given: given, blocks: t.blocks, escape: &escaping{on: t.autoescape}}
}

// lookup returns a variable of the page, or missing.
func (p *page) lookup(st *state, name string) (any, error) {
	v, ok := p.vars[name]
	if !ok {
		v, ok = p.given.find(name)
	}
	if !ok {
		return missing{}, nil
	}
	if lazy, is := v.(value.Lazy); is {
		return lazy(&st.Runtime)
	}
	return v, nil
}

// set sets a variable at the top level of a template. Names that begin with _ are not exported.
func (p *page) set(name string, v any) {
	if p.vars == nil {
		p.vars = map[string]any{}
	}
	p.vars[name] = v
	if name[0] == '_' {
		return
	}
	if p.exported == nil {
		p.exported = map[string]bool{}
	}
	p.exported[name] = true
}

// setImported sets a variable that an import made: it is seen by blocks and includes, and not exported again.
func (p *page) setImported(name string, v any) {
	p.set(name, v)
	delete(p.exported, name)
}

// all returns what p knows now as a layer, which later assignments do not change.
func (p *page) all() *layer {
	if len(p.vars) == 0 {
		return p.given
	}
	vars := make(map[string]any, len(p.vars))
	for name, v := range p.vars {
		vars[name] = v
	}
	return &layer{vars: vars, below: p.given}
}

// below returns the layer that a page made inside of p stands on: what p knows and the local variables of f that are set.
func (p *page) below(f *frame, locals []local) *layer {
	all := p.all()
	var vars map[string]any
	for _, l := range locals {
		v := f.get(l.hops, l.slot)
		if _, none := v.(missing); none {
			continue
		}
		if vars == nil {
			vars = make(map[string]any, len(locals))
		}
		vars[l.name] = v
	}
	if vars == nil {
		return all
	}
	return &layer{vars: vars, below: all}
}

// derived returns a page that sees local variables too: that of a scoped block.
func (p *page) derived(f *frame, locals []local) *page {
	return &page{template: p.template, given: p.below(f, locals), blocks: p.blocks, escape: p.escape}
}
