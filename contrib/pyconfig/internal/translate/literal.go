package translate

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// quoted is what stands before the text of a literal.
type quoted struct {
	quote                string // ', ", ''' or """
	raw, bytes, template bool
}

// quoteAhead returns the length of the prefix of the literal that begins here, -1 where none begins.
func (s *scanner) quoteAhead() int {
	for n := 0; n <= 2; n++ {
		switch c := s.peek(n); {
		case c == '"' || c == '\'':
			return s.validPrefix(n)
		case c == 0 || strings.IndexByte("rRbBfFuU", c) < 0:
			return -1
		}
	}
	return -1
}

func (s *scanner) validPrefix(n int) int {
	switch strings.ToLower(s.src[s.off : s.off+n]) {
	case "", "r", "b", "f", "u", "rb", "br", "rf", "fr":
		return n
	}
	return -1
}

// literal reads a text, bytes or f-string literal with a prefix of n letters.
func (s *scanner) literal(n int) {
	prefix := strings.ToLower(s.src[s.off : s.off+n])
	t := token{kind: text, line: s.line, col: s.col()}
	q := quoted{
		raw:      strings.Contains(prefix, "r"),
		bytes:    strings.Contains(prefix, "b"),
		template: strings.Contains(prefix, "f"),
	}
	s.off += n
	q.quote = s.src[s.off : s.off+1]
	if triple := strings.Repeat(q.quote, 3); s.at(triple) {
		q.quote = triple
	}
	s.off += len(q.quote)
	switch {
	case q.template:
		t.kind, t.value = formatted, s.template(q)
	case q.bytes:
		t.kind, t.value = octets, s.plain(q)
	default:
		t.value = s.plain(q)
	}
	if s.err != nil && s.err.Unavailable {
		t.kind, t.word, s.err = unavailable, s.err.Text, nil
	}
	s.push(t)
}

// plain reads to the closing quote and returns the decoded text.
func (s *scanner) plain(q quoted) string {
	first, start := s.line, s.off
	for !s.at(q.quote) {
		if !s.step(q) {
			s.line = first
			s.fail("text is not closed; add the closing quote")
			return ""
		}
	}
	body := s.src[start:s.off]
	s.off += len(q.quote)
	return s.decode(body, q, first)
}

// step moves over one character of a literal, an escaped one with its backslash. It reports whether there was one.
func (s *scanner) step(q quoted) bool {
	if s.peek(0) == '\\' && s.off+1 < len(s.src) {
		s.off++
	} else if s.off >= len(s.src) || s.src[s.off] == '\n' && len(q.quote) == 1 {
		return false
	}
	if s.src[s.off] == '\n' {
		s.newLine()
		return true
	}
	s.off++
	return true
}

// decode replaces the escapes of a literal.
func (s *scanner) decode(body string, q quoted, line int32) string {
	if q.bytes && strings.ContainsFunc(body, func(r rune) bool { return r >= utf8.RuneSelf }) {
		s.failAt(line, fault.New("a bytes literal holds only ASCII; write other bytes as \\x.."))
		return ""
	}
	if q.raw || !strings.Contains(body, `\`) {
		return body
	}
	var b strings.Builder
	for len(body) > 0 {
		i := strings.IndexByte(body, '\\')
		if i < 0 {
			break
		}
		b.WriteString(body[:i])
		n, err := escape(&b, body[i+1:], q.bytes)
		if err != nil {
			s.failAt(line, err)
			return ""
		}
		body = body[i+1+n:]
	}
	return b.String() + body
}

func (s *scanner) failAt(line int32, err *fault.Error) {
	if s.err == nil {
		err.Line = int(line)
		s.err = err
	}
}

// escape writes what an escape stands for, given what follows the backslash, and returns how much it used.
// A sequence that means nothing keeps its backslash.
func escape(b *strings.Builder, rest string, bytes bool) (int, *fault.Error) {
	if rest == "" {
		b.WriteByte('\\')
		return 0, nil
	}
	if i := strings.IndexByte(`\'"abfnrtv`, rest[0]); i >= 0 {
		b.WriteByte("\\'\"\a\b\f\n\r\t\v"[i])
		return 1, nil
	}
	switch c := rest[0]; {
	case c == '\n':
		return 1, nil
	case '0' <= c && c <= '7':
		return octal(b, rest, bytes), nil
	case c == 'x':
		return hexadecimal(b, rest, 2, bytes)
	case bytes:
	case c == 'u':
		return hexadecimal(b, rest, 4, false)
	case c == 'U':
		return hexadecimal(b, rest, 8, false)
	case c == 'N':
		err := fault.New(`\N{...} is not available; write the character itself, or \u with its number`)
		err.Unavailable = true
		return 0, err
	}
	b.WriteByte('\\')
	return 0, nil
}

func octal(b *strings.Builder, rest string, bytes bool) int {
	value, n := rune(0), 0
	for n < 3 && n < len(rest) && '0' <= rest[n] && rest[n] <= '7' {
		value = value*8 + rune(rest[n]-'0')
		n++
	}
	writeCode(b, value, bytes)
	return n
}

func hexadecimal(b *strings.Builder, rest string, digits int, bytes bool) (int, *fault.Error) {
	if len(rest) < 1+digits {
		return 0, fault.New(`a \%c escape needs %d hexadecimal digits`, rest[0], digits)
	}
	code, err := strconv.ParseUint(rest[1:1+digits], 16, 32)
	if err != nil {
		return 0, fault.New(`a \%c escape needs %d hexadecimal digits`, rest[0], digits)
	}
	value := rune(min(code, utf8.MaxRune+1))
	if !bytes && !utf8.ValidRune(value) {
		return 0, fault.New(`a \%c escape stands for no character`, rest[0])
	}
	writeCode(b, value, bytes)
	return 1 + digits, nil
}

func writeCode(b *strings.Builder, value rune, bytes bool) {
	if bytes {
		b.WriteByte(byte(value))
		return
	}
	b.WriteRune(value)
}
