package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"sync"
)

// manyNames is the number of names of an object from which on they are looked up, and not compared one by one.
const manyNames = 16

// errMalformed says that a text is no JSON; encoding/json says where.
var errMalformed = errors.New("the text is no JSON")

// A scanner goes over a text once. It finds its objects and lists and the names that are there twice, and checks that it is JSON.
type scanner struct {
	*Doc
	open  []container
	names [][]byte // of the open objects, outermost first
}

// scanners are ready for another text.
var scanners = sync.Pool{New: func() any { return &scanner{open: make([]container, 0, 8), names: make([][]byte, 0, manyNames)} }}

// free takes back the scanner of a text, of which it keeps nothing.
func (s *scanner) free() {
	if cap(s.names) > 64*manyNames {
		return
	}
	clear(s.open[:cap(s.open)])
	clear(s.names[:cap(s.names)])
	s.Doc, s.open, s.names = nil, s.open[:0], s.names[:0]
	scanners.Put(s)
}

// A container is an object or list that has begun.
type container struct {
	span   int
	names  int // where its names begin
	object bool
	known  map[string]bool
}

// peek returns the byte at a place, 0 behind the end. JSON has that byte nowhere.
func (s *scanner) peek(at int) byte {
	if at < len(s.text) {
		return s.text[at]
	}
	return 0
}

// space returns where the white space at a place ends.
func (s *scanner) space(at int) int {
	for c := s.peek(at); c == ' ' || c == '\n' || c == '\r' || c == '\t'; c = s.peek(at) {
		at++
	}
	return at
}

// scan goes from value to value: each begins where the turn of the loop does.
func (s *scanner) scan() error {
	at := s.space(0)
	for {
		end := -1
		switch c := s.peek(at); c {
		case '{', '[':
			if len(s.open) == MaxDepth {
				return ErrTooDeep
			}
			var empty bool
			if at, empty = s.begin(at, c == '{'); !empty {
				if at < 0 {
					return errMalformed
				}
				continue
			}
			end = at
		case '"':
			end = s.quoted(at)
		default:
			end = s.scalar(at, c)
		}
		if end < 0 {
			return errMalformed
		}
		if at = s.after(end); at < 0 {
			return errMalformed
		}
		if len(s.open) == 0 {
			return nil
		}
	}
}

// begin enters an object or list. It returns where its first value begins, or the place of its end if it is empty, or -1.
func (s *scanner) begin(at int, object bool) (first int, empty bool) {
	s.open = append(s.open, container{span: len(s.spans), names: len(s.names), object: object})
	s.spans = append(s.spans, span{})
	at = s.space(at + 1)
	switch c := s.peek(at); {
	case object && c == '}', !object && c == ']':
		return at, true
	case object:
		return s.name(at), false
	}
	return at, false
}

// after goes from behind a value, or from the end of an empty container, to where the next value begins. Behind the last one it
// returns the length of the text, and -1 where no JSON goes on.
func (s *scanner) after(at int) int {
	for len(s.open) > 0 {
		at = s.space(at)
		top := &s.open[len(s.open)-1]
		switch c := s.peek(at); {
		case c == ',' && top.object:
			return s.name(s.space(at + 1))
		case c == ',':
			return s.space(at + 1)
		case c == '}' && top.object, c == ']' && !top.object:
			at++
			s.close(at)
		default:
			return -1
		}
	}
	if at = s.space(at); at < len(s.text) {
		return -1
	}
	return at
}

// close ends the innermost container.
func (s *scanner) close(end int) {
	top := s.open[len(s.open)-1]
	s.spans[top.span] = span{end, len(s.spans)}
	s.names = s.names[:top.names]
	s.open = s.open[:len(s.open)-1]
}

// name takes the name of a member, and returns where its value begins, or -1.
func (s *scanner) name(at int) int {
	end := -1
	if s.peek(at) == '"' {
		end = s.quoted(at)
	}
	if end < 0 {
		return -1
	}
	colon := s.space(end)
	if s.peek(colon) != ':' {
		return -1
	}
	top := &s.open[len(s.open)-1]
	name := unquote(s.text[at:end])
	if top.has(name, s.names[top.names:]) {
		s.twice = append(s.twice, at)
	} else {
		s.names = append(s.names, name)
		if top.known != nil {
			top.known[string(name)] = true
		}
	}
	return s.space(colon + 1)
}

// has reports whether an object has a name among those that came before.
func (o *container) has(name []byte, names [][]byte) bool {
	if len(names) == manyNames && o.known == nil {
		o.known = make(map[string]bool, 2*manyNames)
		for _, n := range names {
			o.known[string(n)] = true
		}
	}
	if o.known != nil {
		return o.known[string(name)]
	}
	return slices.ContainsFunc(names, func(n []byte) bool { return bytes.Equal(n, name) })
}

// quoted returns where the string that begins at a place ends, or -1.
func (s *scanner) quoted(at int) int {
	for at++; at < len(s.text); at++ {
		switch c := s.text[at]; {
		case c == '"':
			return at + 1
		case c < ' ':
			return -1
		case c == '\\':
			if at = s.escape(at + 1); at < 0 {
				return -1
			}
		}
	}
	return -1
}

// escape returns the last place of an escape whose backslash stands in front of a place, or -1.
func (s *scanner) escape(at int) int {
	switch s.peek(at) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at
	case 'u':
		for i := 1; i <= 4; i++ {
			if !isHex(s.peek(at + i)) {
				return -1
			}
		}
		return at + 4
	}
	return -1
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// scalar returns where a value that is no string and has none inside ends, or -1.
func (s *scanner) scalar(at int, first byte) int {
	word := ""
	switch first {
	case 't':
		word = "true"
	case 'f':
		word = "false"
	case 'n':
		word = "null"
	default:
		return s.number(at)
	}
	if end := at + len(word); end <= len(s.text) && string(s.text[at:end]) == word {
		return end
	}
	return -1
}

func (s *scanner) number(at int) int {
	if s.peek(at) == '-' {
		at++
	}
	if s.peek(at) == '0' {
		at++
	} else if at = s.digits(at); at < 0 {
		return -1
	}
	if s.peek(at) == '.' {
		if at = s.digits(at + 1); at < 0 {
			return -1
		}
	}
	if s.peek(at)|0x20 != 'e' {
		return at
	}
	at++
	if c := s.peek(at); c == '+' || c == '-' {
		at++
	}
	return s.digits(at)
}

// digits returns where the digits at a place end, or -1 if there is none.
func (s *scanner) digits(at int) int {
	first := at
	for isDigit(s.peek(at)) {
		at++
	}
	if at == first {
		return -1
	}
	return at
}

// unquote returns the text of a JSON string.
func unquote(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // it is known to be JSON
	return []byte(text)
}
