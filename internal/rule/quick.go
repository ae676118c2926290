package rule

import (
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/headers"
)

// BuildPairs does what Build does for values that are exactly those of the rule's variables, as names and values in turn,
// with one allocation for whole numbers and texts. ok is false where Build must say what is wrong.
func (r *Rule) BuildPairs(pairs []any) (path string, ok bool) {
	if len(pairs) != 2*len(r.names) {
		return "", false
	}
	var room [128]byte
	b := room[:0]
	for _, p := range r.parts {
		if p.variable == nil {
			b = append(b, p.text...)
			continue
		}
		if b, ok = p.variable.appendTo(b, valueIn(pairs, p.variable.name)); !ok {
			return "", false
		}
	}
	path = string(b)
	if astray(path) >= 0 {
		return "", false
	}
	return headers.Escape(path, inPath), true
}

// valueIn returns the value of a name, or nil.
func valueIn(pairs []any, name string) any {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1]
		}
	}
	return nil
}

// appendTo appends what format returns.
func (v *variable) appendTo(b []byte, value any) ([]byte, bool) {
	switch c := v.conv.(type) {
	case *intConverter:
		if n, ok := value.(int); ok && c.digits == 0 && n >= c.min && n <= c.max && (n >= 0 || c.signed) {
			return strconv.AppendInt(b, int64(n), 10), true
		}
	case stringConverter:
		if s, ok := value.(string); ok && v.plain && s != "" && strings.IndexByte(s, '/') < 0 {
			return append(b, s...), true
		}
	}
	if value == nil {
		return b, false
	}
	text, err := v.format(value)
	return append(b, text...), err == nil
}
