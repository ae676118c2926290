package router

import "strings"

// few is how many rules of a group are tried in order sooner than chi's tree is asked.
const few = 6

// index keeps entries in groups by the text before their first variable, up to its last slash.
type index struct {
	groups  map[string]*group
	lengths []bool // which lengths texts have, up to the longest: a path is hashed for no others
}

// group is the entries with the same text.
type group struct {
	entries []*entry // in order
	complex []*entry // those of them that chi cannot express
	shorter *group   // the group of the longest text that this one's begins with: it comes later in the order
}

// newIndex makes an index of entries, which are in their order.
func newIndex(entries []*entry) *index {
	x := &index{groups: map[string]*group{}}
	for _, e := range entries {
		x.add(e)
	}
	for text, g := range x.groups {
		g.shorter = x.longestOf(text[:len(text)-1])
	}
	return x
}

// add adds e to its group.
func (x *index) add(e *entry) {
	text := e.rule.Prefix()
	text = text[:strings.LastIndexByte(text, '/')+1]
	g := x.groups[text]
	if g == nil {
		g = &group{}
		x.groups[text] = g
	}
	e.group, e.place = g, len(g.entries)
	g.entries = append(g.entries, e)
	x.lengths = withLength(x.lengths, len(text))
}

// longestOf returns the group of the longest text that path begins with, nil if there is none. A rule of a longer text
// goes before those of shorter ones, as it has text where they have a variable.
func (x *index) longestOf(path string) *group {
	for end := min(len(path), len(x.lengths)-1); end > 0; end-- {
		end = strings.LastIndexByte(path[:end], '/') + 1
		if !x.lengths[end] {
			continue
		}
		if g := x.groups[path[:end]]; g != nil {
			return g
		}
	}
	return nil
}

// withLength notes that there is a text of that length.
func withLength(lengths []bool, n int) []bool {
	for len(lengths) <= n {
		lengths = append(lengths, false)
	}
	lengths[n] = true
	return lengths
}

// large reports whether the group is one for chi's tree.
func (g *group) large() bool { return len(g.entries) > few }

// last returns the rank of the last entry.
func (g *group) last() int { return g.entries[len(g.entries)-1].rank }
