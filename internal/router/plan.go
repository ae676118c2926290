package router

import (
	"fmt"
	"strings"

	"github.com/dewar-go/dewar/internal/rule"
)

// maxExpressions is how many regular expressions may stand in one place of chi's tree: it sorts them, and more than a
// dozen lose their order.
const maxExpressions = 8

// plan gives a pattern to the entries that chi can express. They are in their order.
func plan(entries []*entry) { planFrom(entries, 0, "") }

// planFrom gives patterns to entries whose first segments, depth of them, are the same and have the pattern prefix.
func planFrom(entries []*entry, depth int, prefix string) {
	var siblings []*sibling
	byShape := map[string]*sibling{}
	for _, e := range entries {
		segments := e.rule.Segments()
		if len(segments) == depth {
			e.pattern = prefix
			continue
		}
		segment := segments[depth]
		s := byShape[segment.Shape]
		if s == nil {
			s = &sibling{segment: segment}
			byShape[segment.Shape] = s
			siblings = append(siblings, s)
		}
		s.entries = append(s.entries, e)
	}
	p := newPlace(siblings, depth)
	for _, s := range siblings {
		if pattern, ok := p.pattern(s.segment); ok {
			planFrom(s.entries, depth+1, prefix+"/"+pattern)
		}
	}
}

// sibling is the entries that have the same segment in the same place.
type sibling struct {
	segment rule.Segment
	entries []*entry
}

// place is where chi's tree branches: what may follow the same beginning of a pattern.
type place struct {
	name     string // of the variable
	siblings int    // whole variables
	singles  int    // those of them that do not take slashes and have no pattern yet
	rest     bool   // a variable that takes slashes has its pattern
	used     map[string]bool
}

// newPlace makes the place of siblings.
func newPlace(siblings []*sibling, depth int) *place {
	p := &place{name: fmt.Sprint(depth), used: map[string]bool{}}
	for _, s := range siblings {
		switch s.segment.Kind {
		case rule.Single:
			p.siblings++
			p.singles++
		case rule.Rest:
			p.siblings++
		}
	}
	return p
}

// pattern returns chi's pattern for s, which is the next of the segments of the place.
func (p *place) pattern(s rule.Segment) (string, bool) {
	switch s.Kind {
	case rule.Text:
		return s.Shape, !strings.ContainsAny(s.Shape, "{}*")
	case rule.Single:
		return p.single(s)
	case rule.Rest:
		first := !p.rest
		p.rest = true
		return "*", first
	}
	return "", false
}

// single returns the pattern of one whole variable. Alone, or as any text after all others, it is a plain one, which is
// faster: its converter decides later. Otherwise it is a regular expression, which chi tries before plain ones and
// those before the one that takes slashes, whatever the order of the rules.
func (p *place) single(s rule.Segment) (string, bool) {
	p.singles--
	if p.rest {
		return "", false
	}
	if p.siblings == 1 || p.singles == 0 && s.Shape == "{string}" {
		return "{" + p.name + "}", true
	}
	if len(p.used) == maxExpressions || p.used[s.Pattern] || !balanced(s.Pattern) {
		return "", false
	}
	p.used[s.Pattern] = true
	return "{" + p.name + ":(?:" + s.Pattern + ")}", true
}

// balanced reports whether the braces of pattern come in pairs, by which chi finds its end.
func balanced(pattern string) bool {
	depth := 0
	for i := range len(pattern) {
		switch pattern[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}
