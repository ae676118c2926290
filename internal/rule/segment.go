package rule

import "strings"

// Slashes reports whether the segment is all that is left of a path, slashes and all.
func (s *Segment) Slashes() bool { return s.weight.rest }

// Affixes returns the text before the first variable of s and that after its last one.
func (s *Segment) Affixes() (before, after string) { return s.before, s.after }

// Match appends to spans where the variables of s lie within the part of path at, if that has the form of s and the converters
// that are built in take the texts. The others are asked by [Rule.Convert], once the form of the whole path fits.
func (s *Segment) Match(path string, at Span, spans []Span) ([]Span, bool) {
	if s.Kind == Single || s.Kind == Rest {
		if v := s.variables[0]; v.late != nil && !v.accepts(path[at.Start:at.End]) {
			return spans, false
		}
		return append(spans, at), true
	}
	found, ok := s.match(path, at, spans)
	if !ok {
		return spans, false
	}
	for i, v := range s.variables {
		text := found[len(spans)+i]
		if v.late != nil && !v.accepts(path[text.Start:text.End]) {
			return spans, false
		}
	}
	return found, true
}

// match appends to spans where the variables of s lie within the part of path at.
func (s *Segment) match(path string, at Span, spans []Span) ([]Span, bool) {
	switch {
	case s.Kind == Text:
		return spans, path[at.Start:at.End] == s.Shape
	case s.Kind != Mixed:
		return append(spans, at), true
	case at.End-at.Start <= len(s.before)+len(s.after):
		return nil, false
	case !strings.HasPrefix(path[at.Start:], s.before) || !strings.HasSuffix(path[:at.End], s.after):
		return nil, false
	case s.expr != nil:
		return s.search(path, at, spans)
	}
	text := Span{at.Start + len(s.before), at.End - len(s.after)}
	return append(spans, text), s.variables[0].fits(path, text)
}

// maxSearched is how many bytes of a path are searched for several variables in one segment, which costs a fair part of
// a millisecond; a longer segment matches no such rule.
const maxSearched = 4 << 10

// search is match with the regular expression of s.
func (s *Segment) search(path string, at Span, spans []Span) ([]Span, bool) {
	if at.End-at.Start > maxSearched {
		return nil, false
	}
	found := s.expr.FindStringSubmatchIndex(path[at.Start:at.End])
	if found == nil {
		return nil, false
	}
	for i, g := range s.groups {
		text := Span{at.Start + found[2*g], at.Start + found[2*g+1]}
		if !s.variables[i].fits(path, text) {
			return nil, false
		}
		spans = append(spans, text)
	}
	return spans, true
}

// fits reports whether the slashes in and after the part of path at are where the variable allows them. One that takes
// slashes leaves none at its end to a branch, which the router redirects instead.
func (v *variable) fits(path string, at Span) bool {
	if !v.slashes {
		return strings.IndexByte(path[at.Start:at.End], '/') < 0
	}
	return at.End+1 != len(path) || path[at.End] != '/' || path[at.End-1] != '/'
}
