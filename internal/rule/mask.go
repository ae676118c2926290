package rule

import (
	"slices"
	"strings"
)

// Mask returns path with {name} in place of the text of each variable whose name is one of names. It looks at the form of
// the path alone and asks no converter: ok is false if the path has not the form of the rule.
func (r *Rule) Mask(path string, names []string) (masked string, ok bool) {
	var spans []Span
	if r.mixed {
		spans, ok = r.walk(path, nil)
	} else {
		spans, ok = r.cut(path, nil)
	}
	if !ok {
		return "", false
	}
	var b strings.Builder
	end := 0
	for i, name := range r.names {
		if at := spans[i]; slices.Contains(names, name) && at.Start < at.End {
			b.WriteString(path[end:at.Start] + "{" + name + "}")
			end = at.End
		}
	}
	return b.String() + path[end:], true
}
