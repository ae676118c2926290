package value

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// StripTags is Markup.striptags: without comments and tags, with white space collapsed and entities as their characters.
func StripTags(s string) string {
	return Unescape(strings.Join(strings.FieldsFunc(withoutTags(withoutComments(s)), isSpace), " "))
}

// withoutComments takes comments away, and those that appear when others are gone. It looks at each byte once.
func withoutComments(s string) string {
	if !strings.Contains(s, "<!--") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		out = append(out, s[i])
		i++
		if s[i-1] != '-' || !bytes.HasSuffix(out, []byte("<!--")) {
			continue
		}
		size := commentEnd(s[i:])
		if size < 0 {
			return string(out) + s[i:]
		}
		out = out[:len(out)-4]
		i += size
	}
	return string(out)
}

// commentEnd is how much of s, which stands behind "<!--", is of the comment; -1 where it does not end. Its hyphens may be those of the beginning.
func commentEnd(s string) int {
	if strings.HasPrefix(s, ">") {
		return 1
	}
	if strings.HasPrefix(s, "->") {
		return 2
	}
	if end := strings.Index(s, "-->"); end >= 0 {
		return end + 3
	}
	return -1
}

func withoutTags(s string) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(s, '<')
		if start < 0 {
			break
		}
		size := strings.IndexByte(s[start:], '>')
		if size < 0 {
			break
		}
		b.WriteString(s[:start])
		s = s[start+size+1:]
	}
	b.WriteString(s)
	return b.String()
}

// Unescape is Markup.unescape, Python's html.unescape: text instead of its entities.
func Unescape(s string) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(s, '&')
		if start < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:start])
		s = s[start:]
		if text, size := numericReference(s); size > 0 {
			b.WriteString(text)
			s = s[size:]
			continue
		}
		end := strings.IndexByte(s[1:], '&') + 1
		if end == 0 {
			end = len(s)
		}
		if strings.HasPrefix(s, "&#") {
			b.WriteString(s[:end])
		} else {
			b.WriteString(html.UnescapeString(s[:end]))
		}
		s = s[end:]
	}
}

// numericReference is the character of a reference such as &#65; or &#x41; that s begins with, and its size, 0 where there is none.
func numericReference(s string) (string, int) {
	base, start := 10, 2
	if !strings.HasPrefix(s, "&#") {
		return "", 0
	}
	if len(s) > 2 && (s[2] == 'x' || s[2] == 'X') {
		base, start = 16, 3
	}
	end := start
	for end < len(s) && isBaseDigit(s[end], base) {
		end++
	}
	if end == start {
		return "", 0
	}
	size := end
	if size < len(s) && s[size] == ';' {
		size++
	}
	n, err := strconv.ParseUint(s[start:end], base, 32)
	if err != nil || n > utf8.MaxRune || 0xd800 <= n && n < 0xe000 {
		return "\ufffd", size
	}
	switch {
	case n == 0 || 0x80 <= n && n < 0xa0:
		return html.UnescapeString("&#" + strconv.Itoa(int(n)) + ";"), size
	case n == '\t' || n == '\n' || n == '\f' || n == '\r':
		return string(rune(n)), size
	case n < ' ' || n == 0x7f || 0xfdd0 <= n && n < 0xfdf0 || n&0xfffe == 0xfffe:
		return "", size
	}
	return string(rune(n)), size
}

func isBaseDigit(c byte, base int) bool {
	return '0' <= c && c <= '9' || base == 16 && ('a' <= c|0x20 && c|0x20 <= 'f')
}
