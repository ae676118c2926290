package router

import (
	"math"
	"strings"

	"github.com/dewar-go/dewar/internal/rule"
)

// table has the routes of one method.
type table struct {
	static  map[string]*entry // rules without variables, by their text
	lengths []bool            // which lengths those texts have
	index   *index            // all others
	tree    *tree             // those of large groups
}

// newTable makes a table of entries, which are in their order.
func newTable(entries []*entry) *table {
	t := &table{static: map[string]*entry{}}
	var variable, large []*entry
	for _, e := range entries {
		if len(e.rule.Variables()) == 0 {
			t.static[e.rule.Prefix()] = e
			t.lengths = withLength(t.lengths, len(e.rule.Prefix()))
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

// find returns the first entry that matches, and room with where its variables are, or their values. A nil table finds nothing.
//
// The room is no part of the search, nor are both results one: what is in either would move to the heap with the other.
func (t *table) find(s *search, room []rule.Span) (*entry, []rule.Span, []any) {
	if t == nil {
		return nil, nil, nil
	}
	if e := t.staticOf(s.path); e != nil && (s.redirects || !e.redirect) {
		return e, room, s.values
	}
	for g := t.index.longestOf(s.path); g != nil; g = g.shorter {
		if e, spans, values := t.findIn(g, s, room); e != nil {
			return e, spans, values
		}
	}
	return nil, nil, nil
}

// staticOf returns the entry without variables that path is the text of, nil if there is none.
func (t *table) staticOf(path string) *entry {
	if len(path) >= len(t.lengths) || !t.lengths[len(path)] {
		return nil
	}
	return t.static[path]
}

// findIn returns the first entry of g that matches.
func (t *table) findIn(g *group, s *search, room []rule.Span) (*entry, []rule.Span, []any) {
	if !g.large() || strings.Contains(s.path, "//") {
		return s.first(g.entries, math.MaxInt, room)
	}
	hit := t.tree.propose(s.path)
	if hit == nil || hit.group != g {
		if hit == nil || hit.rank > g.last() {
			return s.first(g.complex, math.MaxInt, room)
		}
		return s.first(g.entries, math.MaxInt, room) // it is of a longer text, and refused
	}
	if e, spans, values := s.first(g.complex, hit.rank, room); e != nil {
		return e, spans, values
	}
	return s.first(g.entries[hit.place:], math.MaxInt, room)
}

// search is what entries are tried with.
type search struct {
	path      string
	values    []any            // room for them
	late      bool             // they are not converted where that can wait
	redirects bool             // entries that redirect are not passed over
	repeated  bool             // several tables are asked, and values do not count
	known     map[verdict]bool // what was found out then
}

// verdict is what entries share that match the same paths.
type verdict struct {
	shape string
	other bool
}

// first returns the first of entries that matches and ranks before the given rank.
func (s *search) first(entries []*entry, before int, room []rule.Span) (*entry, []rule.Span, []any) {
	for _, e := range entries {
		if e.rank >= before {
			break
		}
		if e.redirect && !s.redirects {
			continue
		}
		if spans, values, ok := s.try(e, room); ok {
			return e, spans, values
		}
	}
	return nil, nil, nil
}

// try matches e, an expensive one only once.
func (s *search) try(e *entry, room []rule.Span) (spans []rule.Span, values []any, ok bool) {
	switch {
	case s.late && e.rule.Late():
		spans, ok = e.locate(s.path, room)
		return spans, s.values, ok
	case s.repeated && e.rule.Searches():
		return room, s.values, s.know(e)
	}
	values, ok = e.match(s.path, s.values)
	return room, values, ok
}

// know is try for an expensive rule in several tables.
func (s *search) know(e *entry) bool {
	key := verdict{e.rule.Shape(), e.other}
	ok, tried := s.known[key]
	if !tried {
		if s.known == nil {
			s.known = map[verdict]bool{}
		}
		_, ok = e.match(s.path, s.values)
		s.known[key] = ok
	}
	return ok
}
