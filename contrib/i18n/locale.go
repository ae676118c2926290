package i18n

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/i18n/internal/gettext"
)

// A state is what a request has to do with languages.
type state struct {
	mu       sync.Mutex // over all of it, and over the headers that it sets; never held while others are called
	catalogs *catalogs
	chosen   string // by the selector; "" before it was asked
	forced   []string
	said     string // the Content-Language that was set
}

// contextKey is what WithLocale keeps the locale under.
type contextKey struct{}

// WithLocale returns a context in which texts are those of locale, for what is rendered outside a request:
//
//	app.RenderString(i18n.WithLocale(ctx, user.Locale), "mail/welcome.txt", data)
func WithLocale(ctx context.Context, locale string) context.Context {
	return context.WithValue(ctx, contextKey{}, locale)
}

// of returns the state of a request.
func (t *Translations) of(c *dewar.Context) *state {
	s := t.state.Get(c)
	if s == nil {
		s = &state{catalogs: t.fresh()}
		t.state.Set(c, s)
		translations.Set(c, t)
	}
	return s
}

// translations are those that a request is asking, for selectors.
var translations = dewar.NewKey[*Translations]("i18n translations")

// Locale returns the locale of a request, as the selector or [Translations.ForceLocale] said it, with an underscore: de, pt_BR.
// It is the default locale when nobody said one, or what cannot be one, and that of [WithLocale] goes before the selector. Flask-Babel has get_locale.
func (t *Translations) Locale(c *dewar.Context) string {
	s := t.of(c)
	if locale, _, ok := s.known(); ok {
		return locale
	}
	locale := canonical(first(fromContext(c), t.locale(c), t.origin))
	if !sound(locale) {
		locale = t.origin
	}
	return s.choose(locale)
}

// known returns the locale that was forced or chosen, with the catalogs of the request, and whether there is one.
func (s *state) known() (locale string, read *catalogs, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.forced); n > 0 {
		return s.forced[n-1], s.catalogs, true
	}
	return s.chosen, s.catalogs, s.chosen != ""
}

// choose makes locale that of the request, unless there is one by now.
func (s *state) choose(locale string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chosen = first(s.chosen, locale)
	return s.chosen
}

func fromContext(c *dewar.Context) string {
	locale, _ := c.Value(contextKey{}).(string)
	return locale
}

func canonical(locale string) string { return strings.ReplaceAll(locale, "-", "_") }

// sound reports whether a locale that somebody said is one: letters, digits, -, _, @ and dots.
func sound(locale string) bool {
	return len(locale) <= 64 && !strings.ContainsFunc(locale, func(r rune) bool {
		return r >= 0x80 || !strings.ContainsRune("-_@.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", r)
	})
}

// Locales returns the locales that have a catalog, in order.
func (t *Translations) Locales() []string { return slices.Clone(t.current.Load().locales) }

// Refresh has the selector asked again, after the locale was changed in the session or of the user, so that the same request
// answers in the new language. Flask-Babel has refresh.
func (t *Translations) Refresh(c *dewar.Context) {
	s, read := t.of(c), t.fresh()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chosen, s.catalogs = "", read
}

// ForceLocale calls f, within which texts are those of locale, whoever visits, and returns its error: for a mail to another user. The
// answer's Content-Language is not changed by it. It holds for all goroutines of the request until f
// returns. Flask-Babel has force_locale.
func (t *Translations) ForceLocale(c *dewar.Context, locale string, f func() error) error {
	s := t.of(c)
	s.force(canonical(locale))
	defer s.relent()
	return f()
}

func (s *state) force(locale string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forced = append(s.forced, locale)
}

func (s *state) relent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forced = s.forced[:len(s.forced)-1]
}

// catalog returns the catalog of a request, and tells the client which language it is.
func (t *Translations) catalog(c *dewar.Context) *gettext.Catalog {
	s, locale := t.of(c), t.Locale(c)
	_, read, _ := s.known()
	catalog := read.of(localeKey(locale))
	if catalog != nil || localeKey(locale) == localeKey(t.origin) {
		s.say(c, strings.ReplaceAll(locale, "_", "-"))
	}
	return catalog
}

// say sets Content-Language, unless the application has, or a locale is forced.
func (s *state) say(c *dewar.Context, language string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.forced) > 0 {
		return
	}
	header := c.Response.Header()
	if given := header.Get("Content-Language"); given == "" || given == s.said {
		header.Set("Content-Language", language)
		s.said = language
	}
}

// vary adds a header of the request to Vary: the answer depends on it.
func vary(header http.Header, name string) {
	for _, line := range header.Values("Vary") {
		for given := range strings.SplitSeq(line, ",") {
			if given = strings.TrimSpace(given); given == "*" || strings.EqualFold(given, name) {
				return
			}
		}
	}
	header.Add("Vary", name)
}
