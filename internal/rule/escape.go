package rule

import "strings"

// What stands for itself in a part of a URL, beside letters and digits: what Flask leaves as it is, but for two characters
// that net/url refuses, the semicolon of a query and the percent sign of a fragment.
const (
	inPath     = "-._~!$&'()*+,/:;=@"
	inQuery    = "-._~!$'()*,/:?@"
	inFragment = "-._~!#$&'()*+,/:;=?@"
)

// EscapeQuery returns a name or value for a query. A space is a plus.
func EscapeQuery(text string) string {
	return strings.ReplaceAll(escaped(text, inQuery+" "), " ", "+")
}

// EscapeFragment returns what stands behind the # of a URL.
func EscapeFragment(text string) string { return escaped(text, inFragment) }

// escaped returns text with everything percent-encoded but ASCII's letters, digits and what safe lists.
func escaped(text, safe string) string {
	if !strings.ContainsFunc(text, func(c rune) bool { return c >= 0x80 || !plain(byte(c), safe) }) {
		return text
	}
	var b strings.Builder
	escape(&b, text, safe)
	return b.String()
}

func escape(b *strings.Builder, text, safe string) {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		if c := text[i]; plain(c, safe) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
}

func plain(c byte, safe string) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte(safe, c) >= 0
}
