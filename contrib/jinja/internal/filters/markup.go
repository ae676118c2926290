package filters

import (
	htmlpkg "html"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// escape is markupsafe's escape: what is safe stays.
func escape(rt *value.Runtime, args []any) (any, error) {
	m, err := value.Escape(rt, args[0])
	if err != nil {
		return nil, err
	}
	return m, rt.Spend(len(m.Text))
}

// forceescape escapes what is safe as well.
func forceescape(rt *value.Runtime, args []any) (any, error) {
	s, _, err := html(rt, args[0])
	if err != nil {
		return nil, err
	}
	return value.Escape(rt, s)
}

// safe is Markup that the application vouches for.
func safe(rt *value.Runtime, args []any) (any, error) {
	s, _, err := html(rt, args[0])
	return value.Markup{Text: s, Language: value.Application}, err
}

// soften is text, and Markup stays Markup.
func soften(rt *value.Runtime, args []any) (any, error) { return soft(rt, args[0]) }

// xmlattr writes a mapping as attributes. Values that are None or undefined are left out.
func xmlattr(rt *value.Runtime, args []any) (any, error) {
	pairs, err := pairsOf(rt, args[0])
	if err != nil {
		return nil, err
	}
	space, err := value.Truth(args[1])
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, pair := range pairs.Items {
		key, v := pair.(value.Tuple)[0], pair.(value.Tuple)[1]
		if value.IsNone(v) || isMissing(v) {
			continue
		}
		if space || b.Len() > 0 {
			b.WriteByte(' ')
		}
		if err := writeAttribute(rt, &b, key, v); err != nil {
			return nil, err
		}
	}
	if rt.Autoescape {
		return value.Markup{Text: b.String(), Language: value.Attributes}, nil
	}
	return b.String(), nil
}

func writeAttribute(rt *value.Runtime, b *strings.Builder, key, v any) error {
	name, err := asText(key)
	if err != nil {
		return err
	}
	if strings.ContainsAny(name, " \t\n\r\f\v/>=") {
		return fail("ValueError", "Invalid character in attribute name: %s", quoted(rt, name))
	}
	for i, part := range []any{key, v} {
		m, err := value.Escape(rt, part)
		if err != nil {
			return err
		}
		if err := rt.Spend(len(m.Text)); err != nil {
			return err
		}
		b.WriteString(m.Text)
		if i == 0 {
			b.WriteString(`="`)
		}
	}
	b.WriteByte('"')
	return nil
}

// striptags takes comments and tags away, makes one space of white space, and characters of entities.
func striptags(rt *value.Runtime, args []any) (any, error) {
	s, _, err := html(rt, args[0])
	if err != nil {
		return nil, err
	}
	return unescape(strings.Join(strings.FieldsFunc(withoutTags(withoutComments(s)), isSpace), " ")), nil
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
		if s[i-1] != '-' || !strings.HasSuffix(string(out[max(0, len(out)-4):]), "<!--") {
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

// unescape is Python's html.unescape.
func unescape(s string) string {
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
			b.WriteString(htmlpkg.UnescapeString(s[:end]))
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
		return htmlpkg.UnescapeString("&#" + strconv.Itoa(int(n)) + ";"), size
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
