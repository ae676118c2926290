package rule

import "strings"

// Span is where in a path the text of a variable lies.
type Span struct{ Start, End int }

// Match reports whether the rule matches path, which is decoded and begins with a slash. It appends the values of the
// variables to values, in the order of [Rule.Variables]; without a match it returns values as it was. Text in the
// values is part of path, not copied. No converter is asked before the form of the whole path is found to fit.
func (r *Rule) Match(path string, values []any) ([]any, bool) {
	var room [8]Span
	spans, ok := r.find(path, room[:0])
	if !ok {
		return values, false
	}
	return r.convert(path, spans, values)
}

// Late reports whether all converters are built in. They tell by the text of a value whether they can convert it, so that
// [Rule.Locate] is enough for a match, and a value may be made when somebody asks for it.
func (r *Rule) Late() bool { return r.late }

// Locate is [Rule.Match] for a rule that is [Rule.Late]. It converts nothing and allocates nothing: it appends where the texts of
// the variables lie to spans.
func (r *Rule) Locate(path string, spans []Span) ([]Span, bool) {
	found, ok := r.find(path, spans)
	if !ok {
		return spans, false
	}
	for i, v := range r.variables {
		at := found[len(spans)+i]
		if at.Start == at.End || !v.plain && !v.late.fits(path[at.Start:at.End]) { // a plain one is a whole segment, or checked with it
			return spans, false
		}
	}
	return found, true
}

// Value converts the text of the i-th variable, which Locate has found.
func (r *Rule) Value(i int, text string) any {
	value, _ := r.variables[i].conv.Parse(text)
	return value
}

// find appends where the texts of the variables lie to spans.
func (r *Rule) find(path string, spans []Span) ([]Span, bool) {
	if r.mixed {
		return r.walk(path, spans)
	}
	return r.cut(path, spans)
}

// cut finds the variables of a rule without Mixed segments: each is one whole segment, or all that is left.
func (r *Rule) cut(path string, spans []Span) ([]Span, bool) {
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
		spans = append(spans, Span{pos, end})
		pos = end
	}
	return spans, pos == len(path)
}

// walk finds the variables of any rule, segment by segment.
func (r *Rule) walk(path string, spans []Span) ([]Span, bool) {
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
		if spans, ok = s.match(path, Span{start, end}, spans); !ok {
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

// convert appends the values of the texts at spans to values.
func (r *Rule) convert(path string, spans []Span, values []any) ([]any, bool) {
	all := values
	for i, v := range r.variables {
		value, ok := v.parse(path[spans[i].Start:spans[i].End])
		if !ok {
			return values, false
		}
		all = append(all, value)
	}
	return all, true
}
