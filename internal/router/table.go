package router

import "github.com/dewar-go/dewar/internal/rule"

// table has the routes of one method, or of several with the same.
type table struct {
	static  map[string]*entry // rules without variables, by their text
	lengths []uint64          // by the length of such texts: which last bytes they have, of each the lowest six bits
	root    *fork             // all others
	tree    *tree             // the same, nil if it does not pay
	entries []*entry          // all, in their order
	methods []string          // their names
	late    bool              // all converters are built in
	most    int               // how many variables one has, and one place more for chi
}

// newTable makes a table of entries, which are in their order, with a tree where pays says so.
func newTable(entries []*entry, pays func([]*entry, *fork) bool) *table {
	t := &table{static: map[string]*entry{}, entries: entries, late: true}
	var variable []*entry
	for _, e := range entries {
		t.late = t.late && e.rule.Late()
		if len(e.rule.Variables()) == 0 {
			t.addStatic(e.rule.Prefix(), e)
		} else {
			variable = append(variable, e)
			t.most = max(t.most, len(e.rule.Variables())+1)
		}
	}
	t.root = newFork(variable)
	if pays(variable, t.root) {
		t.tree = newTree(variable, t.root)
	}
	t.root.finish()
	return t
}

// addStatic adds e, whose rule is text.
func (t *table) addStatic(text string, e *entry) {
	t.static[text] = e
	for len(t.lengths) <= len(text) {
		t.lengths = append(t.lengths, 0)
	}
	t.lengths[len(text)] |= lastBit(text)
}

// lastBit returns a bit for the last byte of text.
func lastBit(text string) uint64 { return 1 << (text[len(text)-1] & 63) }

// find returns the first entry that answers, and room with where its variables are. A nil table finds nothing.
func (t *table) find(s *search, room []rule.Span) (*entry, []rule.Span) {
	if t == nil {
		return nil, nil
	}
	if e := t.staticOf(s.path); e != nil && (s.redirects || !e.redirect) {
		return e, nil
	}
	return t.findVariable(s, room)
}

// findVariable is find for rules with variables.
func (t *table) findVariable(s *search, room []rule.Span) (*entry, []rule.Span) {
	if s.after = -1; t.most > cap(room) {
		room = make([]rule.Span, t.most)
	}
	room = room[:cap(room)]
	if t.tree != nil {
		e, n := t.findInTree(s, room)
		return e, room[:n]
	}
	e, n := s.behind(t.root, 0, room, 0)
	return e, room[:n]
}

// findInTree is find for what has variables. chi's answer is the first that comes into question; if it is refused, those after it
// are tried.
func (t *table) findInTree(s *search, room []rule.Span) (*entry, int) {
	s.finds++
	l, n := t.tree.find(s.path, room)
	switch {
	case l == nil:
		return nil, 0
	case l.entry == nil:
		if rest := n - 1; l.begins(s.path, room) {
			if e, n := s.within(l.fork, room[rest].Start, room, rest); e != nil {
				return e, n
			}
		}
		s.after = l.fork.last
	default:
		s.steps++
		if s.accepts(l, room[:n]) {
			return l.entry, n
		}
		s.after = l.entry.rank
	}
	if l.final {
		return nil, 0
	}
	return s.behind(t.root, 0, room, 0)
}

// staticOf returns the entry without variables that path is the text of, nil if there is none.
func (t *table) staticOf(path string) *entry {
	if len(path) >= len(t.lengths) || t.lengths[len(path)]&lastBit(path) == 0 {
		return nil
	}
	return t.static[path]
}
