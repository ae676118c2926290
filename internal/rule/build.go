package rule

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dewar-go/dewar/internal/headers"
)

// Build returns the percent-encoded path of the rule with the values that get knows. The names of variables that get
// does not know, or knows as nil, are returned as missing; the path is then empty. An error names the variable whose
// value its converter refuses, or makes a path that leads elsewhere ([ErrAstray]), and never the value.
func (r *Rule) Build(get func(name string) (any, bool)) (path string, missing []string, err error) {
	values := make(map[string]any, len(r.names))
	for _, name := range r.names {
		value, ok := get(name)
		if !ok || value == nil {
			missing = append(missing, name)
		}
		values[name] = value
	}
	if missing != nil {
		return "", missing, nil
	}
	var b strings.Builder
	var room [8]int
	ends := room[:0] // of the parts in b
	for _, p := range r.parts {
		text := p.text
		if p.variable != nil {
			text, err = p.variable.format(values[p.variable.name])
		}
		if err != nil {
			return "", nil, fmt.Errorf("rule %q: %w", r.text, err)
		}
		b.WriteString(text)
		ends = append(ends, b.Len())
	}
	if at := astray(b.String()); at >= 0 {
		return "", nil, fmt.Errorf("rule %q: %w", r.text, r.leadsAstray(at, ends))
	}
	return headers.Escape(b.String(), inPath), nil, nil
}

// ErrAstray is wrapped by the error for a value with which a path would lead off the site or to another place than it
// says.
var ErrAstray = errors.New("a path has no second slash at its beginning and no segment of dots alone")

// astray returns where a decoded path leads a browser elsewhere than it says: at a second slash at its beginning, or a
// segment that is dots. It is -1 if the path does not.
func astray(path string) int {
	if strings.HasPrefix(path, "//") {
		return 1
	}
	start := 0
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return start
		}
		start += len(segment) + 1
	}
	return -1
}

// leadsAstray returns the error for the variable that has the byte at of the path; ends are those of the parts.
func (r *Rule) leadsAstray(at int, ends []int) error {
	for i, p := range r.parts {
		if p.variable != nil && ends[i] > at {
			return p.variable.unfit(" leads to another place than it says: %w; give another value", ErrAstray)
		}
	}
	return ErrAstray
}
