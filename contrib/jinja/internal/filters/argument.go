package filters

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// fail is an error as Python raises it.
func fail(kind, message string, args ...any) error {
	return &value.Error{Kind: kind, Message: fmt.Sprintf(message, args...)}
}

// asInt is v where Python wants an index or a count: no float, no text.
func asInt(v any) (int, error) {
	if n, ok := value.AsInt(v); ok {
		return n, nil
	}
	if u, ok := v.(*value.Undefined); ok {
		return 0, u.Err()
	}
	if _, ok := v.(*big.Int); ok {
		return 0, fail("OverflowError", "Python int too large to convert to C ssize_t")
	}
	return 0, fail("TypeError", "'%s' object cannot be interpreted as an integer", value.TypeName(v))
}

// asText is v where Python wants a str: no number.
func asText(v any) (string, error) {
	if s, ok := value.AsString(v); ok {
		return s, nil
	}
	if u, ok := v.(*value.Undefined); ok {
		return "", u.Err()
	}
	return "", fail("TypeError", "expected a string, not '%s'", value.TypeName(v))
}

// soft is v as text that stays Markup if it is: markupsafe's soft_str.
func soft(rt *value.Runtime, v any) (any, error) {
	switch v := v.(type) {
	case string, value.Markup:
		return v, nil
	case *value.Undefined:
		return text(rt, v)
	}
	if m, ok := value.AsMarkup(v); ok {
		return m, nil
	}
	return text(rt, v)
}

// text is str(v), paid for.
func text(rt *value.Runtime, v any) (string, error) {
	s, err := value.Str(rt, v)
	if err != nil {
		return "", err
	}
	return s, rt.Spend(len(s))
}

// html is the text of v if it is safe, or else str(v), with what it was made for.
func html(rt *value.Runtime, v any) (string, bool, error) {
	if m, ok := value.AsMarkup(v); ok {
		return m.Text, true, rt.Spend(len(m.Text))
	}
	s, err := text(rt, v)
	return s, false, err
}

// cut is a part of v, as Markup if v is. A part of what was made for a script or a tag is made for neither.
func cut(v any, s string) any {
	m, ok := value.AsMarkup(v)
	if !ok {
		return s
	}
	if m.Language == value.JavaScript || m.Language == value.Attributes {
		m.Language = value.HTML
	}
	return value.Markup{Text: s, Language: m.Language}
}

// indention is text, or so many spaces.
func indention(rt *value.Runtime, width any) (string, error) {
	if s, ok := value.AsString(width); ok {
		return s, nil
	}
	n, err := asInt(width)
	if err != nil || n <= 0 {
		return "", err
	}
	if err := rt.Spend(n); err != nil {
		return "", err
	}
	return strings.Repeat(" ", n), nil
}

// missing is what a filter returns that found nothing.
func missing(rt *value.Runtime, hint string) *value.Undefined {
	return &value.Undefined{Hint: hint, Mode: rt.Undefined}
}
