package value

import (
	"html"
	"strings"
)

// Unescape is Markup.unescape: text instead of its entities.
func Unescape(s string) string { return html.UnescapeString(s) }

// StripTags is Markup.striptags: without comments and tags, with white space collapsed and entities as their characters.
func StripTags(s string) string {
	s = cutOut(s, "<!--", "-->")
	s = cutOut(s, "<", ">")
	return Unescape(strings.Join(strings.FieldsFunc(s, isSpace), " "))
}

// cutOut removes what stands from start to end, as often as there is both.
func cutOut(s, start, end string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, start)
		if i < 0 {
			break
		}
		j := strings.Index(s[i:], end)
		if j < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i+j+len(end):]
	}
	b.WriteString(s)
	return b.String()
}
