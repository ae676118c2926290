package rule

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// assemble makes the rule called text of its parts, the first of which begins with a slash.
func assemble(text string, parts []part) (*Rule, error) {
	r := &Rule{text: text, parts: parts, prefix: parts[0].text, suffix: parts[len(parts)-1].text, late: true}
	for _, p := range parts {
		if p.variable != nil {
			r.names, r.variables = append(r.names, p.variable.name), append(r.variables, p.variable)
			r.late = r.late && p.variable.late != nil
			r.searches = r.searches || p.variable.whole != nil
		}
	}
	for _, pieces := range split(parts) {
		s, err := newSegment(pieces)
		if err != nil {
			return nil, err
		}
		r.segments = append(r.segments, s)
		r.shape += "/" + s.Shape
		r.mixed, r.searches = r.mixed || s.Kind == Mixed, r.searches || s.expr != nil
	}
	return r, nil
}

// mustAssemble is assemble for parts that made a rule before.
func mustAssemble(text string, parts []part) *Rule {
	r, err := assemble(text, parts)
	if err != nil {
		panic(fmt.Sprintf("rule: %q: %v", text, err))
	}
	return r
}

// split returns the parts of each segment.
func split(parts []part) [][]part {
	var segments [][]part
	var current []part
	rest := false
	for i, p := range parts {
		if p.variable != nil || rest {
			rest = rest || p.variable.slashes
			current = append(current, p)
			continue
		}
		text := p.text
		if i == 0 {
			text = text[1:]
		}
		for j, piece := range strings.Split(text, "/") {
			if j > 0 {
				segments = append(segments, current)
				current = nil
			}
			if piece != "" {
				current = append(current, part{text: piece})
			}
		}
	}
	return append(segments, current)
}

// newSegment makes a segment of parts.
func newSegment(parts []part) (Segment, error) {
	var s Segment
	for _, p := range parts {
		if p.variable == nil {
			s.Shape += p.text
			continue
		}
		s.Shape += p.variable.shape
		s.variables = append(s.variables, p.variable)
	}
	s.weight = newWeight(parts)
	switch {
	case len(s.variables) == 0:
		s.Kind = Text
	case len(parts) > 1:
		s.Kind, s.before, s.after = Mixed, parts[0].text, parts[len(parts)-1].text
		return s, s.compile(parts)
	case s.variables[0].slashes:
		s.Kind = Rest
	default:
		s.Kind = Single
	}
	return s, nil
}

// compile makes the regular expression of a Mixed segment, with a group for each variable. One variable needs none: it
// is what the text around it leaves.
func (s *Segment) compile(parts []part) error {
	if len(s.variables) == 1 {
		return nil
	}
	var b strings.Builder
	b.WriteString(`\A`)
	group := 1
	for _, p := range parts {
		if p.variable == nil {
			b.WriteString(regexp.QuoteMeta(p.text))
			continue
		}
		b.WriteString("(" + p.variable.pattern + ")")
		s.groups = append(s.groups, group)
		group += 1 + p.variable.groups
	}
	b.WriteString(`\z`)
	expr, err := regexp.Compile(b.String())
	if err != nil {
		return fmt.Errorf("the variables beside each other make no regular expression together; use fewer or simpler ones: %w", err)
	}
	s.expr = expr
	return nil
}

// newWeight weighs a segment for [Compare].
func newWeight(parts []part) weight {
	w := weight{static: true, parts: len(parts)}
	for i, p := range parts {
		if p.variable == nil {
			w.addText(p.text)
			w.textFirst = w.textFirst || i == 0
			continue
		}
		w.static = false
		w.variables = append(w.variables, p.variable.weight)
		w.rest = w.rest || p.variable.slashes
		if p.variable.plain {
			w.plain++
		}
	}
	return w
}

// addText counts the characters of each piece of text between slashes.
func (w *weight) addText(text string) {
	for piece := range strings.SplitSeq(text, "/") {
		if piece != "" {
			w.texts = append(w.texts, utf8.RuneCountInString(piece))
		}
	}
}
