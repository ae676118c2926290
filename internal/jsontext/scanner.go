package jsontext

import (
	"encoding/json"
	"strings"
)

// manyNames is the number of names of an object from which on they are looked up, and not compared one by one.
const manyNames = 16

// A scanner finds the objects and lists of a text that is known to be JSON.
type scanner struct {
	*Doc
	source string // the text, whose parts cost nothing
	open   []container
	names  []string // of the open objects, outermost first
}

// A container is an object or list that has begun.
type container struct {
	span   int
	names  int // where its names begin
	object bool
	inName bool // a string is a name here
	known  map[string]bool
}

func (s *scanner) scan() error {
	for at := 0; at < len(s.source); at++ {
		switch c := s.source[at]; c {
		case '{', '[':
			if len(s.open) == MaxDepth {
				return ErrTooDeep
			}
			s.open = append(s.open, container{span: len(s.spans), names: len(s.names), object: c == '{', inName: c == '{'})
			s.spans = append(s.spans, span{})
		case '}', ']':
			s.close(at + 1)
		case ',':
			top := &s.open[len(s.open)-1]
			top.inName = top.object
		case '"':
			end := stringEnd(s.source, at)
			s.text(at, end)
			at = end - 1
		}
	}
	return nil
}

// close ends the innermost container.
func (s *scanner) close(end int) {
	top := s.open[len(s.open)-1]
	s.spans[top.span] = span{end, len(s.spans)}
	s.names = s.names[:top.names]
	s.open = s.open[:len(s.open)-1]
}

// text takes a string, which may be a name.
func (s *scanner) text(at, end int) {
	if len(s.open) == 0 || !s.open[len(s.open)-1].inName {
		return
	}
	top := &s.open[len(s.open)-1]
	top.inName = false
	name := unquote(s.source[at:end])
	if top.has(name, s.names[top.names:]) {
		s.twice = append(s.twice, at)
		return
	}
	s.names = append(s.names, name)
	if top.known != nil {
		top.known[name] = true
	}
}

// has reports whether an object has a name among those that came before.
func (o *container) has(name string, names []string) bool {
	if len(names) == manyNames && o.known == nil {
		o.known = make(map[string]bool, 2*manyNames)
		for _, n := range names {
			o.known[n] = true
		}
	}
	if o.known != nil {
		return o.known[name]
	}
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// unquote returns the text of a JSON string.
func unquote(quoted string) string {
	if !strings.Contains(quoted, `\`) {
		return quoted[1 : len(quoted)-1]
	}
	var text string
	_ = json.Unmarshal([]byte(quoted), &text) // it is known to be JSON
	return text
}
