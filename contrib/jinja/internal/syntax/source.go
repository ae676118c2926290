package syntax

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A source is the text of a template, where all newlines are "\n".
type source struct {
	text  string
	lines []int // where each line begins
}

// newSource makes newlines "\n", and drops the last one unless it is kept.
func newSource(text string, keepTrailingNewline bool) *source {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	if !keepTrailingNewline {
		text = strings.TrimSuffix(text, "\n")
	}
	s := &source{text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// pos returns the line and column of an offset.
func (s *source) pos(offset int) Pos {
	line := sort.SearchInts(s.lines, offset+1)
	return Pos{Line: line, Col: offset - s.lines[line-1] + 1}
}

// fail ends parsing with an error at an offset.
func (s *source) fail(offset int, format string, args ...any) {
	panic(&Error{Pos: s.pos(offset), Message: fmt.Sprintf(format, args...)})
}

// isSpace reports whether Python calls r a space.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// skipSpace returns the offset of the first character from offset on that is no space.
func (s *source) skipSpace(offset int) int {
	return len(s.text) - len(strings.TrimLeftFunc(s.text[offset:], isSpace))
}

// has reports whether prefix stands at offset.
func (s *source) has(offset int, prefix string) bool {
	return strings.HasPrefix(s.text[offset:], prefix)
}

// startsLine reports whether offset is where a line begins.
func (s *source) startsLine(offset int) bool { return offset == 0 || s.text[offset-1] == '\n' }

// find returns where the next what from offset on begins, or the length of the text.
func (s *source) find(offset int, what string) int {
	if i := strings.Index(s.text[offset:], what); i >= 0 {
		return offset + i
	}
	return len(s.text)
}

// name returns the end of the name that begins at offset, which is offset if there is none. Names are Python's.
func (s *source) name(offset int) int {
	for i := offset; i < len(s.text); {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		if !isNameStart(r) && (i == offset || !isNamePart(r)) {
			return i
		}
		i += size
	}
	return len(s.text)
}

func isNameStart(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.In(r, unicode.L, unicode.Nl, unicode.Other_ID_Start)
}

// isNamePart reports whether r may stand in a name behind its beginning, beside what may begin one.
func isNamePart(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9'
	}
	return unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc, unicode.Other_ID_Continue)
}

// lastRune is the last character of text.
func lastRune(text string) rune {
	r, _ := utf8.DecodeLastRuneInString(text)
	return r
}
