package router

import (
	"math"
	"net/http"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"
)

// table has the routes of one method.
type table struct {
	static   map[string]*entry // rules without variables, by their text
	tree     *chi.Mux          // rules that chi can express
	patterns map[string]*entry // the same by chi's pattern
	complex  *index            // rules that it cannot
	all      *index            // both
	contexts sync.Pool         // of *chi.Context
}

// newTable makes a table of entries, which are in their order.
func newTable(entries []*entry) *table {
	t := &table{
		static:   map[string]*entry{},
		tree:     chi.NewMux(),
		patterns: map[string]*entry{},
		complex:  newIndex(),
		all:      newIndex(),
		contexts: sync.Pool{New: func() any { return chi.NewRouteContext() }},
	}
	var variable []*entry
	for _, e := range entries {
		if len(e.rule.Variables()) == 0 {
			t.static[e.rule.Prefix()] = e
			continue
		}
		variable = append(variable, e)
		t.all.add(e)
	}
	plan(variable)
	for _, e := range variable {
		t.insert(e)
	}
	return t
}

// insert puts e where it is looked for: in chi's tree or among the complex rules. Every method is GET to chi, which
// knows but a few names, and for the whole program.
func (t *table) insert(e *entry) {
	if e.pattern == "" {
		t.complex.add(e)
		return
	}
	t.patterns[e.pattern] = e
	t.tree.Get(e.pattern, http.NotFound)
}

// find returns the first entry that matches path, and buf with the values of its variables. Without redirects it passes
// over the entries that redirect. A nil table finds nothing.
func (t *table) find(path string, buf []any, redirects bool) (*entry, []any) {
	if t == nil {
		return nil, buf
	}
	if e := t.static[path]; e != nil && (redirects || !e.redirect) {
		return e, buf
	}
	s := search{path: path, buf: buf, redirects: redirects}
	if strings.Contains(path, "//") {
		return t.all.find(s, -1, math.MaxInt) // chi takes an empty segment for a value
	}
	hit := t.propose(path)
	if hit == nil {
		return t.complex.find(s, -1, math.MaxInt)
	}
	if e, values := t.complex.find(s, -1, hit.rank); e != nil {
		return e, values
	}
	if values, ok := s.try(hit); ok {
		return hit, values
	}
	return t.all.find(s, hit.rank, math.MaxInt)
}

// propose returns the first entry in chi's tree that may match path. None before it in the tree does.
func (t *table) propose(path string) *entry {
	if len(t.patterns) == 0 {
		return nil
	}
	ctx := t.contexts.Get().(*chi.Context)
	pattern := t.tree.Find(ctx, http.MethodGet, path)
	ctx.Reset()
	t.contexts.Put(ctx)
	return t.patterns[pattern]
}

// search is what entries are tried with.
type search struct {
	path      string
	buf       []any
	redirects bool
}

// try returns the values if e matches.
func (s *search) try(e *entry) ([]any, bool) {
	if e.redirect && !s.redirects {
		return s.buf, false
	}
	return e.match(s.path, s.buf)
}
