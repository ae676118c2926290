package rule

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// Slip says what to write for a rule that means its text, but most likely was not meant to: what other routers write
// for variables, what belongs to a URL and not to its path, and what is escaped. It returns nil for others.
func Slip(rule string) error {
	text := literals(rule)
	switch {
	case bracketName.MatchString(text):
		name := bracketName.FindStringSubmatch(text)
		return slip(rule, "a variable is written in braces; write {%s} for %s", name[2], name[1])
	case starName.MatchString(text):
		name := starName.FindStringSubmatch(text)
		return slip(rule, "a variable that takes slashes is written in braces; write {%s:path} for %s", cmp.Or(name[2], "path"), name[1])
	case strings.Contains(text, "?"):
		return slip(rule, "a rule has no query; leave it out and read it with c.Query()")
	case strings.Contains(text, "#"):
		return slip(rule, "a rule has no fragment, which browsers do not send; leave it out")
	case percent.MatchString(text):
		return slip(rule, "a rule is not escaped; write %q", percent.ReplaceAllStringFunc(rule, unescaped))
	}
	return nil
}

func slip(rule, format string, args ...any) error {
	return fmt.Errorf("rule %q: "+format, append([]any{rule}, args...)...)
}

// What other routers write for a variable, with and without slashes, and what URLs write for a byte.
var (
	bracketName = lazyregexp.New(`/(\[([A-Za-z_]\w*)\])`)
	starName    = lazyregexp.New(`/(\*+([A-Za-z_]\w*)?)`)
	percent     = lazyregexp.New(`%[0-9A-Fa-f]{2}`)
)

// unescaped returns the byte that is written as %41.
func unescaped(text string) string {
	n, _ := strconv.ParseUint(text[1:], 16, 8)
	return string([]byte{byte(n)})
}

// literals returns rule with {} for each variable.
func literals(rule string) string {
	var b strings.Builder
	for {
		literal, after, found := strings.Cut(rule, "{")
		b.WriteString(literal)
		end := closing(after)
		if !found || end < 0 {
			return b.String()
		}
		b.WriteString("{}")
		rule = after[end+1:]
	}
}
