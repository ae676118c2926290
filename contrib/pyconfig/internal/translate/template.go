package translate

import "strings"

// maxTemplates bounds f-strings in one another.
const maxTemplates = 10

// template reads an f-string to its closing quote.
func (s *scanner) template(q quoted) []piece {
	first := s.line
	if s.strings++; s.strings > maxTemplates {
		s.fail("more than %d f-strings in one another", maxTemplates)
		return nil
	}
	pieces := s.pieces(q, false)
	s.strings--
	if s.err == nil && !s.at(q.quote) {
		s.line = first
		s.fail("text is not closed; add the closing quote")
		return nil
	}
	s.off += len(q.quote)
	return pieces
}

// pieces reads text and expressions up to the closing quote or, in a format, up to the closing brace.
func (s *scanner) pieces(q quoted, format bool) []piece {
	var pieces []piece
	for s.err == nil && s.off < len(s.src) && !s.at(q.quote) {
		switch c := s.peek(0); {
		case c == '{' && (s.peek(1) != '{' || format):
			pieces = append(pieces, s.expression(q))
		case c == '}' && format:
			return pieces
		case c == '}' && s.peek(1) != '}':
			s.fail("a single \"}\" in an f-string; write }}")
		default:
			plain, ok := s.templateText(q, format)
			if !ok {
				return pieces
			}
			pieces = append(pieces, piece{plain: plain})
		}
	}
	return pieces
}

// templateText reads the text up to the next brace or quote, with doubled braces made single.
func (s *scanner) templateText(q quoted, format bool) (string, bool) {
	first := s.line
	var raw strings.Builder
	for s.off < len(s.src) && !s.at(q.quote) {
		c, start := s.peek(0), s.off
		if brace := c == '{' || c == '}'; brace && (format || s.peek(1) != c) {
			break
		} else if brace {
			s.off++
			start++
		}
		if c == '\\' && (s.peek(1) == '{' || s.peek(1) == '}') {
			raw.WriteString(`\`)
			s.off++
			continue
		}
		if !s.step(q) {
			return "", false
		}
		raw.WriteString(s.src[start:s.off])
	}
	return s.decode(raw.String(), q, first), true
}

// expression reads {expression!conversion:format}.
func (s *scanner) expression(q quoted) piece {
	tokens, brackets, opened := s.tokens, s.brackets, s.line
	s.tokens, s.brackets = nil, []bracket{{'{', s.line}}
	s.off++
	for s.err == nil && s.off < len(s.src) && !s.expressionEnds() {
		s.next()
	}
	p := piece{expression: s.tokens}
	s.tokens, s.brackets = tokens, brackets
	switch {
	case s.err != nil:
		return p
	case len(p.expression) == 0:
		s.fail("an f-string has empty braces; put an expression in them")
		return p
	}
	p.expression = append(p.expression, token{kind: end, line: s.line, col: s.col()})
	p.conversion = s.conversion()
	if s.peek(0) == ':' {
		s.off++
		if s.strings++; s.strings > maxTemplates {
			s.fail("more than %d f-strings in one another", maxTemplates)
			return p
		}
		p.format = s.pieces(q, true)
		s.strings--
	}
	if s.err == nil && s.peek(0) != '}' {
		s.line = opened
		s.fail("a \"{\" in an f-string is not closed; add \"}\", or write {{ for the character")
	}
	s.off++
	return p
}

// expressionEnds reports whether the scanner stands at the end of an expression in braces.
func (s *scanner) expressionEnds() bool {
	if len(s.brackets) != 1 {
		return false
	}
	switch s.peek(0) {
	case '}', ':':
		return true
	case '!':
		return s.peek(1) != '='
	}
	return false
}

func (s *scanner) conversion() string {
	if s.peek(0) != '!' {
		return ""
	}
	s.off++
	c := s.peek(0)
	if c != 'r' && c != 's' && c != 'a' {
		s.fail("a conversion in an f-string must be !r, !s or !a")
		return ""
	}
	s.off++
	return string(c)
}
