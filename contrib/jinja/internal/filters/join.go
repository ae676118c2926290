package filters

import (
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A part is an item of a join.
type part struct {
	text     string
	safe     bool
	language value.Language
}

func newPart(rt *value.Runtime, v any) (part, error) {
	if m, ok := value.AsMarkup(v); ok {
		return part{m.Text, true, m.Language}, rt.Spend(len(m.Text))
	}
	s, err := text(rt, v)
	return part{text: s}, err
}

// join puts items together with d between. With autoescaping it is safe if d or an item is, and escapes what is not.
func join(rt *value.Runtime, args []any) (any, error) {
	p, err := newPath(args[2])
	if err != nil {
		return nil, err
	}
	d, err := newPart(rt, args[1])
	if err != nil {
		return nil, err
	}
	it, err := value.Iterate(rt, args[0])
	if err != nil {
		return nil, err
	}
	var parts []part
	safe := d.safe
	for {
		item, ok, err := it.Next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if item, err = p.get(rt, item); err != nil {
			return nil, err
		}
		one, err := newPart(rt, item)
		if err != nil {
			return nil, err
		}
		if err := rt.Spend(1 + len(d.text)); err != nil {
			return nil, err
		}
		safe = safe || one.safe
		parts = append(parts, one)
	}
	if rt.Autoescape && safe {
		return joinSafe(rt, parts, d)
	}
	return joinPlain(parts, d.text), nil
}

func joinPlain(parts []part, d string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString(d)
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// joinSafe escapes what is not safe. What the whole is safe for is what value makes of its parts.
func joinSafe(rt *value.Runtime, parts []part, d part) (any, error) {
	items := make([]any, 0, 2*len(parts)+1)
	for i, p := range parts {
		if i > 0 {
			items = append(items, d.markup())
		}
		items = append(items, p.markup())
	}
	if len(items) == 0 {
		return value.Markup{Language: value.HTML}, nil
	}
	return value.Concat(rt, items)
}

// markup is p, escaped unless it is safe.
func (p part) markup() value.Markup {
	if p.safe {
		return value.Markup{Text: p.text, Language: p.language}
	}
	return value.Markup{Text: string(value.AppendEscaped(nil, p.text)), Language: value.HTML}
}
