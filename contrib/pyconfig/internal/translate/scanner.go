package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

const (
	maxIndent = 100 // blocks in one another, as in Python
	tabWidth  = 8
)

// scanner cuts Python source into tokens. The first error stops it.
type scanner struct {
	src       string
	off       int
	line      int32
	lineStart int
	brackets  []bracket // those that are open; inside them line ends mean nothing
	indents   []margin
	strings   int // f-strings in one another
	tokens    []token
	err       *fault.Error
}

// bracket is an open bracket.
type bracket struct {
	char byte
	line int32
}

// margin is the white space that begins a line, measured with wide and with narrow tabs.
type margin struct{ wide, narrow int }

// scan returns the tokens of a source. The last one has the kind end.
func scan(src string) ([]token, *fault.Error) {
	s := &scanner{src: src, line: 1, indents: []margin{{}}}
	s.indentation()
	for s.err == nil && s.off < len(s.src) {
		s.next()
	}
	if n := len(s.brackets); n > 0 && s.err == nil {
		s.line = s.brackets[n-1].line
		s.fail("\"%c\" is never closed", s.brackets[n-1].char)
	}
	if s.err != nil {
		return nil, s.err
	}
	s.endOfLine()
	for range s.indents[1:] {
		s.emit(dedent, "")
	}
	s.emit(end, "")
	return s.tokens, nil
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fault.At(int(s.line), format, args...)
	}
}

func (s *scanner) emit(k kind, word string) {
	s.push(token{kind: k, word: word, line: s.line, col: s.col()})
}

func (s *scanner) push(t token) { s.tokens = append(s.tokens, t) }

func (s *scanner) col() int32 { return int32(s.off-s.lineStart) + 1 }

// at reports whether the rest of the source begins with prefix.
func (s *scanner) at(prefix string) bool { return strings.HasPrefix(s.src[s.off:], prefix) }

// peek returns the byte n places ahead, 0 at the end of the source.
func (s *scanner) peek(n int) byte {
	if s.off+n >= len(s.src) {
		return 0
	}
	return s.src[s.off+n]
}

// endOfLine ends a logical line that has tokens.
func (s *scanner) endOfLine() {
	if len(s.tokens) == 0 {
		return
	}
	switch s.tokens[len(s.tokens)-1].kind {
	case newline, indent, dedent:
	default:
		s.emit(newline, "")
	}
}

// newLine steps over a line end.
func (s *scanner) newLine() {
	s.off++
	s.line++
	s.lineStart = s.off
}

// next reads one token, or white space.
func (s *scanner) next() {
	c := s.src[s.off]
	switch {
	case c == '\n':
		s.lineEnd()
	case c == ' ' || c == '\t' || c == '\f':
		s.off++
	case c == '#':
		s.comment()
	case c == '\\':
		s.continuation()
	case isDigit(c) || c == '.' && isDigit(s.peek(1)):
		s.number()
	case s.quoteAhead() >= 0:
		s.literal(s.quoteAhead())
	case c == '_' || c >= utf8.RuneSelf || isLetter(c):
		s.word()
	default:
		s.operator()
	}
}

func (s *scanner) lineEnd() {
	if len(s.brackets) > 0 {
		s.newLine()
		return
	}
	s.endOfLine()
	s.newLine()
	s.indentation()
}

func (s *scanner) comment() {
	if i := strings.IndexByte(s.src[s.off:], '\n'); i >= 0 {
		s.off += i
		return
	}
	s.off = len(s.src)
}

func (s *scanner) continuation() {
	if s.peek(1) != '\n' {
		s.fail("a backslash must be the last character of its line")
		return
	}
	s.off++
	s.newLine()
}

// indentation reads the white space before a line and says how the block structure changes.
// Empty lines and lines with only a comment do not count.
func (s *scanner) indentation() {
	for s.err == nil {
		m := s.margin()
		switch s.peek(0) {
		case '\n':
			s.newLine()
		case '#':
			s.comment()
		case 0:
			return
		default:
			s.align(m)
			return
		}
	}
}

func (s *scanner) margin() margin {
	var m margin
	for ; ; s.off++ {
		switch s.peek(0) {
		case ' ':
			m.wide, m.narrow = m.wide+1, m.narrow+1
		case '\t':
			m.wide, m.narrow = (m.wide/tabWidth+1)*tabWidth, m.narrow+1
		case '\f':
			m = margin{}
		default:
			return m
		}
	}
}

func (s *scanner) align(m margin) {
	top := s.indents[len(s.indents)-1]
	switch {
	case m.wide > top.wide && m.narrow > top.narrow:
		s.indents = append(s.indents, m)
		s.emit(indent, "")
		if len(s.indents) > maxIndent {
			s.fail("more than %d blocks in one another", maxIndent)
		}
		return
	case (m.wide > top.wide) != (m.narrow > top.narrow):
		s.fail("tabs and spaces are mixed; indent with spaces")
		return
	}
	for m.wide < s.indents[len(s.indents)-1].wide {
		s.indents = s.indents[:len(s.indents)-1]
		s.emit(dedent, "")
	}
	switch at := s.indents[len(s.indents)-1]; {
	case m.wide != at.wide:
		s.fail("the indentation fits no block above it")
	case m.narrow != at.narrow:
		s.fail("tabs and spaces are mixed; indent with spaces")
	}
}

// word reads a name or a keyword.
func (s *scanner) word() {
	start, at := s.off, s.col()
	for s.off < len(s.src) {
		r, size := utf8.DecodeRuneInString(s.src[s.off:])
		if r != '_' && !unicode.IsLetter(r) && (s.off == start || !unicode.IsDigit(r) && !unicode.IsMark(r)) {
			break
		}
		s.off += size
	}
	if s.off == start {
		s.fail("this character is not allowed outside quotes")
		return
	}
	t := token{kind: name, word: s.src[start:s.off], line: s.line, col: at}
	if isKeyword(t.word) {
		t.kind = keyword
	}
	s.push(t)
}

// operators lists the operators, the long ones first.
const operators = "**= //= >>= <<= ... != -> ** += -= *= /= // %= @= &= |= ^= >> << <= >= == := + - * / % @ & | ^ ~ < > ( ) [ ] { } , : . ; ="

func (s *scanner) operator() {
	for op := range strings.SplitSeq(operators, " ") {
		if !s.at(op) {
			continue
		}
		s.emit(operator, op)
		s.off += len(op)
		s.bracket(op)
		return
	}
	s.fail("this character is not allowed outside quotes")
}

// bracket keeps the stack of open brackets.
func (s *scanner) bracket(op string) {
	switch op {
	case "(", "[", "{":
		s.brackets = append(s.brackets, bracket{op[0], s.line})
	case ")", "]", "}":
		last := len(s.brackets) - 1
		if last < 0 || !pairs(s.brackets[last].char, op[0]) {
			s.fail("%q closes nothing", op)
			return
		}
		s.brackets = s.brackets[:last]
	}
}

func pairs(open, closing byte) bool {
	return open == '(' && closing == ')' || open == '[' && closing == ']' || open == '{' && closing == '}'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
