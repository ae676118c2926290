package filters

import (
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A mixture is text in the making of which parts may be safe.
type mixture struct {
	b        strings.Builder
	language value.Language
	parts    int
	mixed    bool // of several languages, or with text that was not safe
}

func (m *mixture) safe(text string, language value.Language) {
	if text == "" {
		return
	}
	if m.parts > 0 && m.language != language {
		m.mixed = true
	}
	m.language = language
	m.parts++
	m.b.WriteString(text)
}

func (m *mixture) unsafe(text string) {
	if text == "" {
		return
	}
	m.mixed = true
	m.b.Write(value.AppendEscaped(nil, text))
}

// markup is the whole: made for HTML, unless all parts were made for one other thing.
func (m *mixture) markup() value.Markup {
	if m.mixed || m.parts == 0 {
		return value.Markup{Text: m.b.String(), Language: value.HTML}
	}
	return value.Markup{Text: m.b.String(), Language: m.language}
}

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
		return joinSafe(parts, d), nil
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

func joinSafe(parts []part, d part) value.Markup {
	var m mixture
	for i, p := range parts {
		if i > 0 {
			m.add(d)
		}
		m.add(p)
	}
	return m.markup()
}

func (m *mixture) add(p part) {
	if p.safe {
		m.safe(p.text, p.language)
		return
	}
	m.unsafe(p.text)
}
