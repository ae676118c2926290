package rule

import (
	"fmt"
	"strings"
)

// Build returns the percent-encoded path of the rule with the values that get knows. The names of variables that get
// does not know, or knows as nil, are returned as missing; the path is then empty. An error names the variable whose
// value its converter refuses, and never the value.
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
	for _, p := range r.parts {
		text := p.text
		if p.variable != nil {
			text, err = p.variable.format(values[p.variable.name])
		}
		if err != nil {
			return "", nil, fmt.Errorf("rule %q: %w", r.text, err)
		}
		escape(&b, text)
	}
	return b.String(), nil, nil
}

// escape writes text with everything percent-encoded that may not stand in a path as it is.
func escape(b *strings.Builder, text string) {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		if c := text[i]; pathByte(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
}

// pathByte reports whether c stands for itself in a path.
func pathByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("-._~!$&'()*+,/:;=@", c) >= 0
}
