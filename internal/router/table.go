package router

import (
	"math"
	"strings"
)

// table has the routes of one method.
type table struct {
	static map[string]*entry // rules without variables, by their text
	index  *index            // all others
	tree   *tree             // those of large groups
}

// newTable makes a table of entries, which are in their order.
func newTable(entries []*entry) *table {
	t := &table{static: map[string]*entry{}}
	var variable, large []*entry
	for _, e := range entries {
		if len(e.rule.Variables()) == 0 {
			t.static[e.rule.Prefix()] = e
		} else {
			variable = append(variable, e)
		}
	}
	t.index = newIndex(variable)
	for _, e := range variable {
		if e.group.large() {
			large = append(large, e)
		}
	}
	t.tree = newTree(large)
	return t
}

// find returns the first entry that matches path, and buf with the values of its variables. Without redirects it passes
// over the entries that redirect. A nil table finds nothing.
func (t *table) find(path string, buf []any, redirects bool) (*entry, []any) {
	return t.findWith(&search{path: path, buf: buf, redirects: redirects})
}

func (t *table) findWith(s *search) (*entry, []any) {
	if t == nil {
		return nil, s.buf
	}
	if e := t.static[s.path]; e != nil && (s.redirects || !e.redirect) {
		return e, s.buf
	}
	for g := t.index.longestOf(s.path); g != nil; g = g.shorter {
		if e, values := t.findIn(g, s); e != nil {
			return e, values
		}
	}
	return nil, s.buf
}

// findIn returns the first entry of g that matches.
func (t *table) findIn(g *group, s *search) (*entry, []any) {
	if !g.large() || strings.Contains(s.path, "//") {
		return s.first(g.entries, math.MaxInt)
	}
	hit := t.tree.propose(s.path)
	switch {
	case hit == nil || hit.rank > g.last():
		return s.first(g.complex, math.MaxInt)
	case hit.group != g: // of a longer text, and refused
		return s.first(g.entries, math.MaxInt)
	}
	if e, values := s.first(g.complex, hit.rank); e != nil {
		return e, values
	}
	return s.first(g.entries[hit.place:], math.MaxInt)
}

// search is what entries are tried with.
type search struct {
	path      string
	buf       []any
	redirects bool
	repeated  bool             // several tables are asked, and values do not count
	known     map[verdict]bool // what was found out then
}

// verdict is what entries share that match the same paths.
type verdict struct {
	shape string
	other bool
}

// first returns the first of entries that matches and ranks before the given rank.
func (s *search) first(entries []*entry, before int) (*entry, []any) {
	for _, e := range entries {
		if e.rank >= before {
			break
		}
		if e.redirect && !s.redirects {
			continue
		}
		if values, ok := s.try(e); ok {
			return e, values
		}
	}
	return nil, s.buf
}

// try matches e, an expensive one only once.
func (s *search) try(e *entry) ([]any, bool) {
	if !s.repeated || !e.rule.Searches() {
		return e.match(s.path, s.buf)
	}
	key := verdict{e.rule.Shape(), e.other}
	ok, tried := s.known[key]
	if !tried {
		if s.known == nil {
			s.known = map[verdict]bool{}
		}
		_, ok = e.match(s.path, s.buf)
		s.known[key] = ok
	}
	return s.buf, ok
}
