package escape

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// appendJS appends a value in JavaScript: in code a JavaScript value, in strings and regular expressions a part of their content, and
// nothing in comments.
func (s *State) appendJS(b []byte, text string) []byte {
	from := len(b)
	switch s.mode {
	case jsLine, jsBlock:
		return b
	case jsCode:
		b = s.appendJSValue(b, text)
	case jsRegex, jsClass:
		b = s.appendRegex(b, text)
	default:
		b = s.appendJSString(b, text)
	}
	if s.url == urlScript && s.place == inValue {
		b = percentTail(b, from, func(c byte) bool { return c <= ' ' || c == '"' || c == '#' || c >= 0x7f })
	}
	return b
}

// appendJSValue appends a string as JSON. Numbers and words that are values stay as they are, and so do letters and digits that go on with
// a name: chart_{{ id }}. There nothing else can stand.
func (s *State) appendJSValue(b []byte, text string) []byte {
	switch {
	case s.goesOn():
		if text != "" && !isName(text) {
			text = blockedName
		}
		for i := range len(text) {
			s.jsWord(text[i])
		}
		s.set(mixed)
		return append(b, text...)
	case isNumber(text), isConstant(text), s.attr == exprAttr && s.place == inValue && isPath(text):
		if text[0] == '-' && (s.last == '-' || s.step != stepNone) || s.step == stepMinus {
			b = append(b, ' ')
		}
		b = append(b, text...)
	default:
		b = appendJSON(b, text)
	}
	s.endOperand()
	s.end = 0
	return b
}

// goesOn reports whether a value goes on with a name: behind chart_ it does, behind return it does not.
func (s *State) goesOn() bool {
	return s.has(inWord) && (s.last == '_' || s.last == '$' || s.has(mixed))
}

// isName reports whether text is letters and digits.
func isName(text string) bool {
	for i := range len(text) {
		if c := text[i]; !letter(c) && !digit(c) && c != '_' {
			return false
		}
	}
	return text != ""
}

// isPath reports whether text is names with single dots and hyphens between.
func isPath(text string) bool {
	before := byte('.')
	for i := range len(text) {
		c := text[i]
		between := c == '.' || c == '-'
		if !letter(c) && !digit(c) && c != '_' && !between || between && (before == '.' || before == '-') {
			return false
		}
		before = c
	}
	return text != "" && letter(text[0]) && before != '.' && before != '-'
}

// isNumber reports whether text is a number in JSON.
func isNumber(text string) bool {
	if text == "" || len(text) > 64 || !digit(text[0]) && text[0] != '-' {
		return false
	}
	return json.Valid([]byte(text))
}

// isConstant reports whether text is one of the words that are values.
func isConstant(text string) bool {
	switch text {
	case "true", "false", "null", "undefined", "NaN", "Infinity":
		return true
	}
	return false
}

// isJSON reports whether text is one JavaScript value as tojson writes it.
func isJSON(text string) bool {
	if json.Valid([]byte(text)) {
		return !strings.Contains(text, "</") && !strings.Contains(text, "<!")
	}
	if !strings.Contains(text, "NaN") && !strings.Contains(text, "Infinity") || strings.IndexByte(text, '<') >= 0 {
		return false
	}
	return json.Valid([]byte(strings.NewReplacer("-Infinity", "0", "Infinity", "0", "NaN", "0").Replace(text)))
}

// appendJSON appends text as tojson does.
func appendJSON(b []byte, text string) []byte {
	b = append(b, '"')
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(text[i:])
			b = appendUnicode(b, r)
			i += n
			continue
		}
		i++
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		case '<', '>', '&', '\'', '%', 0x7f:
			b = appendUnicode(b, rune(c))
		default:
			if c < ' ' {
				b = appendUnicode(b, rune(c))
				continue
			}
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// appendUnicode appends \u and the number of a character, two of them for those beyond.
func appendUnicode(b []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		b = appendUnicode(b, 0xd800+r>>10)
		r = 0xdc00 + r&0x3ff
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// appendJSString appends content of a string, of any of the three kinds.
func (s *State) appendJSString(b []byte, text string) []byte {
	first := s.waits() || s.url == urlScript && s.place == inValue
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case i == 0 && first, !s.calm(r), r == utf8.RuneError && n == 1:
			b = appendUnicode(b, r)
		default:
			b = append(b, text[i:i+n]...)
		}
		i += n
	}
	s.wrote(text)
	return b
}

// calm reports whether a character stands for itself in a string of JavaScript, and in the HTML around.
func (s *State) calm(r rune) bool {
	switch r {
	case '"', '\'', '`', '\\', '<', '>', '&', '%', 0x7f, '\u0085', '\u2028', '\u2029':
		return false
	case '$', '{':
		return s.mode != jsTemplate
	case '-':
		return s.raw == 0
	case ']':
		return s.place != inCDATA
	}
	return r >= ' '
}

// wrote notes that a value follows what text has begun.
func (s *State) wrote(text string) {
	if text == "" {
		return
	}
	s.step, s.last = stepNone, 'x'
	s.clear(escaped)
	if s.place == inScript || s.place == inCDATA || s.url == urlScript {
		s.end = 0
	}
}

// appendRegex appends text that a regular expression matches.
func (s *State) appendRegex(b []byte, text string) []byte {
	if text == "" {
		if s.last == '/' {
			s.last = ')'
			return append(b, "(?:)"...) // since // is a comment
		}
		return b
	}
	first := s.waits()
	for i, r := range text {
		if calm := r == ' ' || r == '_' || r >= 0x80 && r != utf8.RuneError && s.calm(r) || r < 0x80 && (letter(byte(r)) || digit(byte(r))); calm && (i > 0 || !first) {
			b = utf8.AppendRune(b, r)
			continue
		}
		b = appendUnicode(b, r)
	}
	s.wrote(text)
	return b
}
