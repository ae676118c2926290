package escape

import "strings"

// A Span is the bytes of a text that a value has given.
type Span struct{ From, To int }

// Attributes returns text as it stands in a tag, as attributes of which the template gives the names, and values are only values or
// parts of them: without quotes where none is needed. It returns "" for text that has no value without quotes, which needs no such care, and
// for text that is something else. The spans are those of values, in their order.
func Attributes(text string, values []Span) string {
	rest, given := holes(text, values)
	if strings.IndexByte(rest, '=') < 0 || strings.ContainsAny(rest, "<>") || strings.Count(rest, hole) != len(values) {
		return ""
	}
	var b strings.Builder
	bare := false
	for {
		trimmed := strings.TrimLeft(rest, " \n\t\r\f")
		b.WriteString(rest[:len(rest)-len(trimmed)])
		if trimmed == "" {
			break
		}
		var p pair
		p, rest = nextPair(trimmed)
		n := strings.Count(p.text, hole)
		filled, ok := p.filled(given[:n])
		if !ok {
			return ""
		}
		b.WriteString(filled)
		bare, given = bare || p.has && !p.quoted(), given[n:]
	}
	if !bare {
		return ""
	}
	return b.String()
}

// A hole stands for a value.
const hole = "\x00"

// holes returns text with holes in place of the values, and the values.
func holes(text string, values []Span) (string, []string) {
	var b strings.Builder
	given, last := make([]string, len(values)), 0
	for i, v := range values {
		b.WriteString(text[last:v.From])
		b.WriteString(hole)
		given[i], last = text[v.From:v.To], v.To
	}
	b.WriteString(text[last:])
	return b.String(), given
}

// filled returns the pair with values in its holes: between quotes where it has none and a value needs some. It reports false where a value is in
// the name, or would end the quotes.
func (p pair) filled(values []string) (string, bool) {
	name, value, _ := strings.Cut(p.text, "=")
	if strings.Contains(name, hole) {
		return "", false
	}
	quote := byte('"')
	if p.quoted() {
		quote = strings.TrimLeft(value, " \n\t\r\f")[0]
	}
	for _, v := range values {
		if strings.IndexByte(v, quote) >= 0 {
			return "", false
		}
		value = strings.Replace(value, hole, v, 1)
	}
	switch {
	case !p.has:
		return p.text, true
	case p.quoted(), bareValue(value):
		return name + "=" + value, true
	case len(values) == 0 && value != "":
		return p.text, true // it is the template's, who may have meant it
	}
	return name + `="` + value + `"`, true
}

// bareValue reports whether a value needs no quotes.
func bareValue(text string) bool { return text != "" && !strings.ContainsAny(text, " \n\t\r\f\"'=<>`") }
