package redact

import (
	"strings"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

var (
	loginInText  = lazyregexp.New(`\S*:\S*@\S*`)
	headerInText = lazyregexp.New(`(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-csrf-?token)(["']?:\s*)[^\r\n]+`)
	bearer       = lazyregexp.New(`(?i)\b(bearer\s+)[\w.~+/=-]{8,}`)
	// assigned is a name with its value as programs print them: name=value, Name:value of %+v, "name": value of JSON. A
	// colon and a space behind a name without quotes is prose.
	assigned = lazyregexp.New(`([A-Za-z_][\w-]*)(=|:|\\?["']\s*:\s*)` +
		`("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\\"[^\\]*\\?"?|(?:map)?\[[^\]]*\]?|\{[^}]*\}?|[^\s&;,})\]]+)`)
	// wellKnown are secrets that can be told by their form.
	wellKnown = lazyregexp.New(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|$)` +
		`|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\b[sr]k_(?:live|test)_\w{8,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}` +
		`|\bxox[abeprs]-[\w-]{10,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\bsk-[\w-]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}` +
		`|\bhttps://hooks\.slack\.com/services/\S+`)
)

// Message hides in a message, which people have written, what is a secret by its form: the login in a URL or a data source,
// the value of a name that [Named] knows, tokens, keys and headers that log somebody in. It leaves prose alone and so
// finds less than [Text], which is for values.
func Message(text string) string {
	text = wellKnown.ReplaceAllString(text, Mark)
	text = loginInText.ReplaceAllStringFunc(text, Text)
	text = headerInText.ReplaceAllString(text, "${1}${2}"+Mark)
	text = bearer.ReplaceAllString(text, "${1}"+Mark)
	return assigned.ReplaceAllStringFunc(text, func(found string) string {
		parts := assigned.FindStringSubmatch(found)
		if !Named(parts[1]) || strings.Contains(parts[3], Mark) {
			return found
		}
		return parts[1] + parts[2] + Mark
	})
}

// WellKnown reports whether text holds a secret that can be told by its form, such as a private key or a token of a
// service.
func WellKnown(text string) bool { return wellKnown.MatchString(text) }
