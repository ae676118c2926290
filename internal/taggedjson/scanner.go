package taggedjson

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A scanner checks the syntax of a document and finds its parts without decoding them.
type scanner struct {
	data    string
	pos     int
	tagLike bool // a key has been read that begins with a space, or may when it is unescaped
	python  bool // read what Python's json writes beside JSON
}

// A span is the inside of a scanned string.
type span struct {
	start, end int
	escaped    bool
	broken     bool // holds half of a surrogate pair
}

func (s *scanner) fail(reason string) error {
	return &Error{Reason: fmt.Sprintf("malformed JSON at byte %d: %s", s.pos, reason)}
}

// peek returns the next byte, or 0, which is part of no document, at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scanner) accept(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// space reads white space, of which canonical documents have none.
func (s *scanner) space() {
	if s.pos < len(s.data) && s.data[s.pos] <= ' ' {
		s.someSpace()
	}
}

func (s *scanner) someSpace() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// end reads the white space behind the document.
func (s *scanner) end() error {
	s.space()
	if s.pos < len(s.data) {
		return s.fail("data after the end of the value")
	}
	return nil
}

// begin reads the first character of an object or array, which ends with end, and reports whether it holds something.
func (s *scanner) begin(end byte) bool {
	s.pos++
	s.space()
	return !s.accept(end)
}

// next reads what follows something in an object or array, a comma or its end, and reports whether there is more.
func (s *scanner) next(end byte) (bool, error) {
	s.space()
	if s.accept(end) {
		return false, nil
	}
	if !s.accept(',') {
		return false, s.fail("a comma or " + string(end) + " is missing")
	}
	s.space()
	return true, nil
}

// object reads an object inside depth others and calls member behind each key and colon, to read the
// value.
func (s *scanner) object(depth int, member func(key span) error) error {
	if depth >= MaxDepth {
		return tooDeep()
	}
	for more := s.begin('}'); more; {
		key, err := s.key()
		if err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
		if more, err = s.next('}'); err != nil {
			return err
		}
	}
	return nil
}

// key reads a key, the colon, and the white space around it.
func (s *scanner) key() (span, error) {
	key, err := s.text()
	if err != nil {
		return key, err
	}
	if key.broken {
		return key, s.fail("a key with half of a surrogate pair")
	}
	if key.escaped || s.data[key.start] == ' ' {
		s.tagLike = true
	}
	s.space()
	if !s.accept(':') {
		return key, s.fail("a colon is missing")
	}
	s.space()
	return key, nil
}

// array reads an array inside depth other values and calls element to read each of its values.
func (s *scanner) array(depth int, element func() error) (err error) {
	if depth >= MaxDepth {
		return tooDeep()
	}
	for more := s.begin(']'); more; {
		if err := element(); err != nil {
			return err
		}
		if more, err = s.next(']'); err != nil {
			return err
		}
	}
	return nil
}

// skip reads a value inside depth others.
func (s *scanner) skip(depth int) (err error) {
	switch s.peek() {
	case '"':
		_, err = s.text()
	case '{':
		err = s.object(depth, func(span) error { return s.skip(depth + 1) })
	case '[':
		err = s.array(depth, func() error { return s.skip(depth + 1) })
	case 't':
		err = s.literal("true")
	case 'f':
		err = s.literal("false")
	case 'n':
		err = s.literal("null")
	default:
		err = s.skipNumber()
	}
	return err
}

// skipNumber reads a number, which must be one that can be decoded.
func (s *scanner) skipNumber() error {
	n, err := s.number()
	switch {
	case err != nil:
	case !n.integer:
		_, err = n.float()
	case tooLong(n.text):
		err = tooManyDigits()
	}
	return err
}

func (s *scanner) literal(want string) error {
	end := s.pos + len(want)
	if end > len(s.data) || s.data[s.pos:end] != want {
		return s.fail("a value is missing")
	}
	s.pos = end
	return nil
}

// text reads a string.
func (s *scanner) text() (span, error) {
	if !s.accept('"') {
		return span{}, s.fail("a string is missing")
	}
	start, end := s.pos, plainEnd(s.data, s.pos)
	if end < len(s.data) && s.data[end] == '"' {
		s.pos = end + 1
		return span{start: start, end: end}, nil
	}
	s.pos = end
	return s.textFrom(start)
}

// textFrom reads the rest of a string that is not all plain.
func (s *scanner) textFrom(start int) (span, error) {
	found := span{start: start}
	for s.pos < len(s.data) {
		if s.accept('"') {
			found.end = s.pos - 1
			return found, nil
		}
		n := charLen(s.data[s.pos:])
		if n == 0 && s.python && isSurrogate(s.data[s.pos:]) {
			n, found.broken = hexEscape, true
		}
		if n == 0 {
			return span{}, s.fail("a character that no string may hold")
		}
		found.escaped = found.escaped || s.data[s.pos] == '\\'
		s.pos += n
	}
	return span{}, s.fail("the end of a string is missing")
}

// charLen returns the length of the escape or character at the beginning of text, or 0 if it is wrong.
func charLen(text string) int {
	if text[0] == '\\' {
		_, n := readEscape(text)
		return n
	}
	if text[0] < ' ' {
		return 0
	}
	r, n := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && n == 1 {
		return 0
	}
	return n
}

// number reads a number as RFC 8259 has it.
func (s *scanner) number() (number, error) {
	start := s.pos
	if word := s.notFinite(); word != "" {
		s.pos += len(word)
		return number{text: word}, nil
	}
	s.accept('-')
	if !s.accept('0') && !s.digits() {
		return number{}, s.fail("a value is missing")
	}
	whole := s.pos
	if s.accept('.') && !s.digits() {
		return number{}, s.fail("a digit is missing")
	}
	if s.accept('e') || s.accept('E') {
		if !s.accept('-') {
			s.accept('+')
		}
		if !s.digits() {
			return number{}, s.fail("a digit is missing")
		}
	}
	return number{text: s.data[start:s.pos], integer: s.pos == whole}, nil
}

// notFinite returns the word for a float that is no number, if one follows and Python's are read.
func (s *scanner) notFinite() string {
	if !s.python {
		return ""
	}
	for _, word := range [...]string{"NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(s.data[s.pos:], word) {
			return word
		}
	}
	return ""
}

// digits reads digits and reports whether there was one.
func (s *scanner) digits() bool {
	start := s.pos
	i := start
	for i < len(s.data) && '0' <= s.data[i] && s.data[i] <= '9' {
		i++
	}
	s.pos = i
	return i > start
}

// string returns the text of a scanned string.
func (s *scanner) string(t span) string {
	if t.escaped {
		return unescape(s.data[t.start:t.end])
	}
	return s.data[t.start:t.end]
}
