package i18n

import (
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/i18n/internal/gettext"
)

// Catalogs look texts up and put no values into them: what contrib/jinja wants, whose templates put them in themselves.
//
//	app.Renderer = &jinja.Renderer{Translations: texts.Catalogs()}
//
// They are safe for concurrent use.
type Catalogs struct{ t *Translations }

// Catalogs returns those of t, which go on with it.
func (t *Translations) Catalogs() Catalogs { return Catalogs{t} }

// Gettext returns the translation of a message, and the message if there is none.
func (s Catalogs) Gettext(c *dewar.Context, message string) string {
	return s.fit(c, s.t.catalog(c).Gettext(message), message, "", 1)
}

// NGettext returns that of a message for n things: without a translation singular for 1, and plural otherwise.
func (s Catalogs) NGettext(c *dewar.Context, singular, plural string, n int) string {
	return s.fit(c, s.t.catalog(c).NGettext(singular, plural, n), singular, plural, n)
}

// PGettext returns that of a message in a context.
func (s Catalogs) PGettext(c *dewar.Context, context, message string) string {
	return s.fit(c, s.t.catalog(c).PGettext(context, message), message, "", 1)
}

// NPGettext returns that of a message in a context for n things.
func (s Catalogs) NPGettext(c *dewar.Context, context, singular, plural string, n int) string {
	return s.fit(c, s.t.catalog(c).NPGettext(context, singular, plural, n), singular, plural, n)
}

// fit returns a translation that can be formatted, which Jinja does with every text, and the message in the place of
// another, which the log names once.
func (s Catalogs) fit(c *dewar.Context, text, singular, plural string, n int) string {
	if !strings.Contains(text, "%") || text == singular || text == plural {
		return text
	}
	err := gettext.CheckFormatted(singular, plural, text)
	if err == nil {
		return text
	}
	if s.t.firstTime(singular, text) {
		c.Logger().Warn("translation left out", "locale", s.t.Locale(c), "err", err)
	}
	return (*gettext.Catalog)(nil).NGettext(singular, plural, n)
}

// firstTime reports whether the translation of a message has not been complained of yet. Both are from a catalog.
func (t *Translations) firstTime(message, translation string) bool {
	_, known := t.said.LoadOrStore([2]string{message, translation}, nil)
	return !known
}
