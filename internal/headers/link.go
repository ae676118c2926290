package headers

import (
	"strings"
	"unicode/utf8"
)

// Link returns the value of a header Link, RFC 8288. attrs are names and values in turn. fault says what is wrong, or is "".
func Link(target, rel string, attrs []string) (value, fault string) {
	location, ok := Location(target)
	switch {
	case !ok:
		return "", "its target has a host that is no name"
	case !IsValue(target):
		return "", "its target has a control character in it, such as a line break"
	case len(attrs)%2 != 0:
		return "", "its last attribute has no value; attributes are names and values in turn"
	}
	var b strings.Builder
	b.WriteString("<" + location + ">")
	for i := -2; i < len(attrs); i += 2 {
		name, text := "rel", rel
		if i >= 0 {
			name, text = attrs[i], attrs[i+1]
		}
		if fault := Fault(name, text); fault != "" || strings.ContainsAny(name, "*'%") {
			return "", "its attribute " + strings.ToValidUTF8(name, "") + " is none: a name has letters, digits and dashes, and a value no control characters"
		}
		b.WriteString("; " + attribute(name, text))
	}
	return b.String(), ""
}

// attribute writes a parameter of a link: as a token, in quotes, or as RFC 8187 has it for text that is not ASCII.
func attribute(name, text string) string {
	switch {
	case text == "":
		return name
	case isToken(text):
		return name + "=" + text
	case strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }):
		return name + "*=UTF-8''" + Escape(strings.ToValidUTF8(text, "\ufffd"), "!#$&+^`|")
	}
	return name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
