package rule

import "strings"

// Span is where in a path the text of a variable lies.
type Span struct{ Start, End int }

// Empty reports whether nothing lies there.
func (s Span) Empty() bool { return s.Start == s.End }

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

// Late reports whether all converters are built in. They tell by the text of a value whether they can convert it, so that a value
// may be made when somebody asks for it.
func (r *Rule) Late() bool { return r.late }

// Locate is [Rule.Match] for a rule that is [Rule.Late]. It converts nothing and allocates nothing: it appends where the texts of
// the variables lie to spans.
func (r *Rule) Locate(path string, spans []Span) ([]Span, bool) {
	found, ok := r.find(path, spans)
	if !ok || !r.Accepts(path, found[len(spans):]) {
		return spans, false
	}
	return found, true
}

// Accepts reports whether the converters that are built in take the texts at spans, of a path that has the form of the rule. It
// converts nothing and allocates nothing.
func (r *Rule) Accepts(path string, spans []Span) bool {
	for i, v := range r.variables {
		if at := spans[i]; v.late != nil && !v.accepts(path[at.Start:at.End]) {
			return false
		}
	}
	return true
}

// Convert returns the values of the texts at spans, of a path that has the form of the rule; nil if a converter refuses one.
func (r *Rule) Convert(path string, spans []Span) ([]any, bool) {
	values, ok := r.convert(path, spans, make([]any, 0, len(r.variables)))
	if !ok {
		return nil, false
	}
	return values, true
}

// Value converts the text of the i-th variable, which a converter has taken.
func (r *Rule) Value(i int, text string) any {
	value, _ := r.variables[i].conv.Parse(text)
	return value
}

// TextValue is Value for a converter whose values are the texts themselves, without putting one into an interface. It reports false for
// any other, and for a text that the converter does not take.
func (r *Rule) TextValue(i int, text string) (string, bool) {
	switch conv := r.variables[i].conv.(type) {
	case stringConverter:
		return text, conv.fits(text)
	case pathConverter:
		return text, conv.fits(text)
	case anyConverter:
		return text, conv.fits(text)
	}
	return "", false
}

// IntValue is Value for the converter int in the same way.
func (r *Rule) IntValue(i int, text string) (int, bool) {
	if conv, ok := r.variables[i].conv.(*intConverter); ok {
		return conv.number(text)
	}
	return 0, false
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
