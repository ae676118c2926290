package debugtoolbar

import (
	"database/sql/driver"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// literal matches what in a statement is a comment, a value or a name, the longest first: a value in single quotes
// with the ways of escaping one, a value in dollar quotes, a number, a name in quotes, a word or a parameter.
var literal = lazyregexp.New(`--[^\n]*|/\*(?s:.*?)\*/|'(?:[^'\\]|\\(?s:.)|'')*(?:'|$)|\$\$(?s:.*?)(?:\$\$|$)|\$[A-Za-z_]\w*\$(?s:.*)` +
	"|\"[^\"]*\"|`[^`]*`" + `|[$:@?]\w+|[\pL_][\pL\w$]*|\d[\w.]*`)

var space = lazyregexp.New(`\s+`)

// withoutValues returns a statement without comments and with a … for each value that is written into it. What stands in
// double quotes counts as a name.
func withoutValues(query string) string {
	if len(query) > 16*maxText {
		query = query[:16*maxText]
	}
	masked := literal.ReplaceAllStringFunc(query, func(s string) string {
		switch {
		case strings.HasPrefix(s, "--") || strings.HasPrefix(s, "/*"):
			return " "
		case s[0] == '\'' || s[0] == '$' && strings.Count(s, "$") > 1 || s[0] >= '0' && s[0] <= '9':
			return "…"
		}
		return s
	})
	return short(strings.TrimSpace(space.ReplaceAllString(masked, " ")))
}

// arguments returns what may be seen of the arguments of a statement.
func (t *toolbar) arguments(args []driver.NamedValue) []line {
	lines := make([]line, 0, len(args))
	for i, arg := range args {
		if i == 20 {
			return append(lines, line{"and", count(len(args)-i, "more argument")})
		}
		name := arg.Name
		if name == "" {
			name = strconv.Itoa(arg.Ordinal)
		}
		lines = append(lines, line{name, t.value("sql", name, arg.Value)})
	}
	return lines
}
