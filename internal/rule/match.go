package rule

import "strings"

// span is where in the path a variable's text lies.
type span struct{ start, end int }

// Match reports whether the rule matches path, which is decoded and begins with a slash. It appends the values of the
// variables to values, in the order of [Rule.Variables]; without a match it returns values as it was. Text in the
// values is part of path, not copied. No converter is asked before the form of the whole path is found to fit.
func (r *Rule) Match(path string, values []any) ([]any, bool) {
	var room [8]span
	spans, ok := room[:0], false
	if r.mixed {
		spans, ok = r.walk(path, spans)
	} else {
		spans, ok = r.cut(path, spans)
	}
	if !ok {
		return values, false
	}
	return r.convert(path, spans, values)
}

// cut finds the variables of a rule without Mixed segments: each is one whole segment, or all that is left.
func (r *Rule) cut(path string, spans []span) ([]span, bool) {
	pos := 0
	for _, p := range r.parts {
		if p.variable == nil {
			if !strings.HasPrefix(path[pos:], p.text) {
				return nil, false
			}
			pos += len(p.text)
			continue
		}
		end := len(path)
		if !p.variable.slashes {
			end = segmentEnd(path, pos)
		}
		spans = append(spans, span{pos, end})
		pos = end
	}
	return spans, pos == len(path)
}

// walk finds the variables of any rule, segment by segment.
func (r *Rule) walk(path string, spans []span) ([]span, bool) {
	if !strings.HasPrefix(path, r.prefix) || !strings.HasSuffix(path, r.suffix) {
		return nil, false
	}
	end := 0
	for i := range r.segments {
		s := &r.segments[i]
		if end == len(path) {
			return nil, false
		}
		start := end + 1
		end = len(path)
		if !s.weight.rest {
			end = segmentEnd(path, start)
		}
		var ok bool
		if spans, ok = s.match(path, span{start, end}, spans); !ok {
			return nil, false
		}
	}
	return spans, end == len(path)
}

// segmentEnd returns the index of the slash that ends the segment beginning at start.
func segmentEnd(path string, start int) int {
	if i := strings.IndexByte(path[start:], '/'); i >= 0 {
		return start + i
	}
	return len(path)
}

// match appends to spans where the variables of s lie within the part of path at.
func (s *Segment) match(path string, at span, spans []span) ([]span, bool) {
	switch {
	case s.Kind == Text:
		return spans, path[at.start:at.end] == s.Shape
	case s.Kind != Mixed:
		return append(spans, at), true
	case at.end-at.start <= len(s.before)+len(s.after):
		return nil, false
	case !strings.HasPrefix(path[at.start:], s.before) || !strings.HasSuffix(path[:at.end], s.after):
		return nil, false
	case s.expr != nil:
		return s.search(path, at, spans)
	}
	text := span{at.start + len(s.before), at.end - len(s.after)}
	return append(spans, text), s.variables[0].fits(path, text)
}

// maxSearched is how many bytes of a path are searched for several variables in one segment, which costs a fair part of
// a millisecond; a longer segment matches no such rule.
const maxSearched = 4 << 10

// search is match with the regular expression of s.
func (s *Segment) search(path string, at span, spans []span) ([]span, bool) {
	if at.end-at.start > maxSearched {
		return nil, false
	}
	found := s.expr.FindStringSubmatchIndex(path[at.start:at.end])
	if found == nil {
		return nil, false
	}
	for i, g := range s.groups {
		text := span{at.start + found[2*g], at.start + found[2*g+1]}
		if !s.variables[i].fits(path, text) {
			return nil, false
		}
		spans = append(spans, text)
	}
	return spans, true
}

// fits reports whether the slashes in and after the part of path at are where the variable allows them. One that takes
// slashes leaves none at its end to a branch, which the router redirects instead.
func (v *variable) fits(path string, at span) bool {
	if !v.slashes {
		return strings.IndexByte(path[at.start:at.end], '/') < 0
	}
	return at.end+1 != len(path) || path[at.end] != '/' || path[at.end-1] != '/'
}

// convert appends the values of the texts at spans to values.
func (r *Rule) convert(path string, spans []span, values []any) ([]any, bool) {
	all, i := values, 0
	for _, p := range r.parts {
		if p.variable == nil {
			continue
		}
		value, ok := p.variable.parse(path[spans[i].start:spans[i].end])
		if !ok {
			return values, false
		}
		all = append(all, value)
		i++
	}
	return all, true
}
