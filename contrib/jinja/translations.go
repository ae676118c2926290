package jinja

import (
	"context"

	"github.com/dewar-go/dewar"
)

// Translations are the texts of an application in the languages of its visitors. A text that has no translation is returned as it
// is: for a plural, singular when n is 1 and plural otherwise. Texts may hold %(name)s, which the template fills in. The methods
// must be safe for concurrent use. contrib/i18n has them: texts.Catalogs().
//
// A value with a method Message() (context, singular, plural string, n int, pairs []any) is looked up by what that returns, "" for
// no context and no plural, and filled with pairs of names and values: {{ _(label) }} of an i18n.Text. The page escapes all of it.
type Translations interface {
	// Gettext translates a message: _("Home"), {% trans %}Home{% endtrans %}.
	Gettext(c *dewar.Context, message string) string
	// NGettext translates a message that has a number.
	NGettext(c *dewar.Context, singular, plural string, n int) string
	// PGettext translates a message that means one thing in this context.
	PGettext(c *dewar.Context, context, message string) string
	// NPGettext is both.
	NPGettext(c *dewar.Context, context, singular, plural string, n int) string
}

// translations are Translations as the engine asks for them: with the Context of the request as a context.
type translations struct{ Translations }

func (t translations) Gettext(ctx context.Context, message string) string {
	return t.Translations.Gettext(ctx.(*dewar.Context), message)
}

func (t translations) NGettext(ctx context.Context, singular, plural string, n int) string {
	return t.Translations.NGettext(ctx.(*dewar.Context), singular, plural, n)
}

func (t translations) PGettext(ctx context.Context, msgctxt, message string) string {
	return t.Translations.PGettext(ctx.(*dewar.Context), msgctxt, message)
}

func (t translations) NPGettext(ctx context.Context, msgctxt, singular, plural string, n int) string {
	return t.Translations.NPGettext(ctx.(*dewar.Context), msgctxt, singular, plural, n)
}
