package filters

import (
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// escape is markupsafe's escape: what is safe stays.
func escape(rt *value.Runtime, args []any) (any, error) {
	m, err := value.Escape(rt, args[0])
	if err != nil {
		return nil, err
	}
	return m, rt.Spend(len(m.Text))
}

// forceescape escapes what is safe as well.
func forceescape(rt *value.Runtime, args []any) (any, error) {
	s, _, err := html(rt, args[0])
	if err != nil {
		return nil, err
	}
	return value.Escape(rt, s)
}

// safe is Markup that the application vouches for.
func safe(rt *value.Runtime, args []any) (any, error) {
	s, _, err := html(rt, args[0])
	return value.Markup{Text: s, Language: value.Application}, err
}

// soften is text, and Markup stays Markup.
func soften(rt *value.Runtime, args []any) (any, error) { return soft(rt, args[0]) }

// xmlattr writes a mapping as attributes. Values that are None or undefined are left out.
func xmlattr(rt *value.Runtime, args []any) (any, error) {
	pairs, err := pairsOf(rt, args[0])
	if err != nil {
		return nil, err
	}
	space, err := value.Truth(args[1])
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, pair := range pairs.Items {
		key, v := pair.(value.Tuple)[0], pair.(value.Tuple)[1]
		if value.IsNone(v) || isMissing(v) {
			continue
		}
		if space || b.Len() > 0 {
			b.WriteByte(' ')
		}
		if err := writeAttribute(rt, &b, key, v); err != nil {
			return nil, err
		}
	}
	if rt.Autoescape {
		return value.Markup{Text: b.String(), Language: value.Attributes}, nil
	}
	return b.String(), nil
}

func writeAttribute(rt *value.Runtime, b *strings.Builder, key, v any) error {
	name, err := asText(key)
	if err != nil {
		return err
	}
	if strings.ContainsAny(name, " \t\n\r\f\v/>=") {
		return fail("ValueError", "Invalid character in attribute name: %s", quoted(rt, name))
	}
	for i, part := range []any{key, v} {
		m, err := value.Escape(rt, part)
		if err != nil {
			return err
		}
		if err := rt.Spend(len(m.Text)); err != nil {
			return err
		}
		b.WriteString(m.Text)
		if i == 0 {
			b.WriteString(`="`)
		}
	}
	b.WriteByte('"')
	return nil
}

// striptags takes comments and tags away, makes one space of white space, and characters of entities.
func striptags(rt *value.Runtime, args []any) (any, error) {
	s, _, err := html(rt, args[0])
	if err != nil {
		return nil, err
	}
	return value.StripTags(s), nil
}
