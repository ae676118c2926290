package escape

import (
	"strings"
	"unicode/utf8"
)

// appendHTML appends text escaped as Jinja does.
func appendHTML(b []byte, text string) []byte {
	from := 0
	for i := range len(text) {
		var ref string
		switch text[i] {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			ref = "&#34;"
		case '\'':
			ref = "&#39;"
		default:
			continue
		}
		b = append(b, text[from:i]...)
		b = append(b, ref...)
		from = i + 1
	}
	return append(b, text[from:]...)
}

func appendHTMLByte(b []byte, c byte) []byte {
	one := [1]byte{c}
	switch c {
	case '&', '<', '>', '"', '\'':
		return appendHTML(b, string(one[:]))
	}
	return append(b, c)
}

// appendNumber appends a character by its number.
func appendNumber(b []byte, r rune) []byte {
	b = append(b, "&#"...)
	b = appendDecimal(b, int(r))
	return append(b, ';')
}

func appendDecimal(b []byte, n int) []byte {
	if n >= 10 {
		b = appendDecimal(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

// escapeAt escapes the character that stands at a place, by its number.
func escapeAt(b []byte, at int) []byte {
	rest := string(b[at:])
	r, n := utf8.DecodeRuneInString(rest)
	b = appendNumber(b[:at], r)
	return append(b, rest[n:]...)
}

// escapeTail escapes what was appended from there on for an attribute with that quote, or with none. open tells that the text before may be
// part of a reference, which must not go on.
func escapeTail(b []byte, from int, quote byte, open bool) []byte {
	clean := true
	for i, c := range b[from:] {
		if endsBare(c) && quote == 0 || needsReference(c) || i == 0 && open && continuesReference(c) {
			clean = false
			break
		}
	}
	if clean {
		return b
	}
	text := string(b[from:])
	b = b[:from]
	for i := range len(text) {
		switch c := text[i]; {
		case needsReference(c):
			b = appendHTMLByte(b, c)
		case quote == 0 && endsBare(c), i == 0 && open && continuesReference(c):
			b = appendNumber(b, rune(c))
		default:
			b = append(b, c)
		}
	}
	return b
}

func needsReference(c byte) bool { return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' }

// endsBare reports whether c must not stand in a value without quotes as it is.
func endsBare(c byte) bool { return c <= ' ' || c == '=' || c == '`' || c == 0x7f }

// normalize appends markup in a quoted attribute: its references stay.
func normalize(b []byte, text string) []byte {
	for i := range len(text) {
		if text[i] == '&' {
			b = append(b, '&')
			continue
		}
		b = appendHTMLByte(b, text[i])
	}
	return b
}

// stripTags returns markup without its tags and comments.
func stripTags(text string) string {
	if strings.IndexByte(text, '<') < 0 {
		return text
	}
	var b strings.Builder
	for text != "" {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		text = text[i:]
		n := tagLength(text)
		if n == 0 {
			b.WriteByte('<')
			n = 1
		}
		text = text[n:]
	}
	b.WriteString(text)
	return b.String()
}

// tagLength returns how much of text its tag or comment takes, 0 if it begins with none.
func tagLength(text string) int {
	s := State{place: inTagOpen}
	for i := 1; i < len(text); {
		n, err := s.next(text[i:])
		if err != nil {
			return len(text)
		}
		i += n
		switch {
		case s.outer == scriptOfText, s.place == inScript, s.place == inStyle, s.place == inRCDATA, s.place == inRaw:
			return i
		case s.place == inText && s.outer == noOuter:
			if i == 1 {
				return 0
			}
			return i
		}
	}
	return len(text)
}
