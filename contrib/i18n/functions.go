package i18n

import (
	"fmt"
	"reflect"

	"github.com/dewar-go/dewar"
)

// addFunctions gives html/template the functions.
func (t *Translations) addFunctions() {
	t.app.TemplateFunc("_", t.translate)
	t.app.TemplateFunc("gettext", t.Gettext)
	t.app.TemplateFunc("pgettext", t.PGettext)
	t.app.TemplateFunc("ngettext", func(c *dewar.Context, singular, plural string, n any, pairs ...any) (string, error) {
		count, err := number(n)
		return t.NGettext(c, singular, plural, count, pairs...), err
	})
	t.app.TemplateFunc("npgettext", func(c *dewar.Context, context, singular, plural string, n any, pairs ...any) (string, error) {
		count, err := number(n)
		return t.NPGettext(c, context, singular, plural, count, pairs...), err
	})
}

// translate is _ of a message or a Text.
func (t *Translations) translate(c *dewar.Context, message any, pairs ...any) (string, error) {
	switch m := message.(type) {
	case Text:
		m.pairs = append(m.pairs[:len(m.pairs):len(m.pairs)], pairs...)
		return t.Text(c, m), nil
	case string:
		return t.Gettext(c, m, pairs...), nil
	case fmt.Stringer:
		return t.Gettext(c, m.String(), pairs...), nil
	}
	return "", fmt.Errorf("_ translates a text, not a %T", message)
}

// number makes an int of any integer.
func number(n any) (int, error) {
	v := reflect.ValueOf(n)
	switch {
	case v.CanInt():
		return int(v.Int()), nil
	case v.CanUint():
		return int(v.Uint()), nil
	}
	return 0, fmt.Errorf("the number of a text must be an integer, not a %T; write len for a list", n)
}
