package i18n

import (
	"slices"

	"github.com/dewar-go/dewar"
)

// First returns a selector for [Options.Locale] that asks others in turn, until one gives a locale.
func First(selectors ...func(c *dewar.Context) string) func(c *dewar.Context) string {
	if slices.ContainsFunc(selectors, func(s func(c *dewar.Context) string) bool { return s == nil }) {
		panic("i18n: First with a nil selector; leave it out")
	}
	return func(c *dewar.Context) string {
		for _, choose := range selectors {
			if locale := choose(c); locale != "" {
				return locale
			}
		}
		return ""
	}
}

// FromSession returns a selector that reads the session: what c.Session().Set("lang", "de") has set for key.
func FromSession(key string) func(c *dewar.Context) string {
	return func(c *dewar.Context) string { return c.Session().String(key) }
}

// FromUser returns a selector that asks the user who is logged in: FromUser(users.Current, (*User).Lang), where users is the Manager
// of contrib/login. The zero User is nobody, and has no locale. An error of current is logged, and gives none either.
func FromUser[User comparable](current func(c *dewar.Context) (User, error), locale func(User) string) func(c *dewar.Context) string {
	return func(c *dewar.Context) string {
		user, err := current(c)
		if err != nil {
			c.Logger().Warn("i18n: the locale of the user is not known", "err", err)
			return ""
		}
		if user == *new(User) {
			return ""
		}
		return locale(user)
	}
}

// FromAcceptLanguage returns a selector that picks the locale which the browser likes best, by the quality values of
// Accept-Language; of equal ones the first in locales. pt-BR gets pt where there is no pt_BR, and pt gets pt_BR where there is no pt. It is "" when
// none fits; one that is named exactly goes before one that is only of a kind, whatever their quality, as in Flask. Without locales they are all that have a catalog, after the default locale. The answer gets Vary: Accept-Language, so that
// caches keep the languages apart. Flask has request.accept_languages.best_match.
//
// It must be asked by [Options.Locale].
func FromAcceptLanguage(locales ...string) func(c *dewar.Context) string {
	return func(c *dewar.Context) string {
		vary(c.Response.Header(), "Accept-Language")
		offers := locales
		if t := translations.Get(c); len(offers) == 0 && t != nil {
			offers = append([]string{t.origin}, t.of(c).catalogs.locales...)
		}
		return bestLanguage(c.Request.Header.Values("Accept-Language"), offers)
	}
}
