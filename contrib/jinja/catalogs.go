package jinja

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja/internal/gettext"
)

// Catalogs are [Translations] from the files of GNU gettext, in the folders that Flask-Babel has: de/LC_MESSAGES/messages.mo, or
// messages.po where there is no other. They do not change once they are read.
type Catalogs struct {
	locale   func(c *dewar.Context) string
	byLocale map[string]*gettext.Catalog // in lower case, with an underscore
	locales  []string
}

// NewCatalogs reads the catalogs of all locales in fsys: os.DirFS("translations"), or an embedded folder by [fs.Sub]. locale says
// which one a Context gets, such as de or de_AT, as Flask-Babel's locale_selector; a dash is an underscore, and case does not
// count. What de_AT does not translate is asked of de. A locale without a catalog shows texts as they stand. The error joins what
// is wrong with files; a folder without any catalog is one.
func NewCatalogs(fsys fs.FS, locale func(c *dewar.Context) string) (*Catalogs, error) {
	if locale == nil {
		return nil, errors.New("jinja: NewCatalogs without a function that picks the locale; pass one that returns such as \"de\"")
	}
	s := &Catalogs{locale: locale, byLocale: map[string]*gettext.Catalog{}}
	var problems []error
	for _, ext := range []string{".po", ".mo"} { // of both the second counts, which is what Flask-Babel reads
		names, err := fs.Glob(fsys, "*/LC_MESSAGES/messages"+ext)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			problems = append(problems, s.read(fsys, name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("jinja: translations: %w", err)
	}
	if len(s.byLocale) == 0 {
		return nil, errors.New("jinja: there is no catalog; NewCatalogs wants the folder that has de/LC_MESSAGES/messages.po in it")
	}
	s.fallBack()
	return s, nil
}

func (s *Catalogs) read(fsys fs.FS, name string) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	catalog, err := gettext.Parse(name, data)
	if err != nil {
		return err
	}
	locale := path.Dir(path.Dir(name))
	s.byLocale[localeKey(locale)] = catalog
	if !slices.Contains(s.locales, locale) {
		s.locales = append(s.locales, locale)
	}
	return nil
}

// fallBack lets each locale ask the one that it is a kind of.
func (s *Catalogs) fallBack() {
	slices.Sort(s.locales)
	for _, key := range slices.Sorted(maps.Keys(s.byLocale)) { // de is before de_at
		if wider := s.find(parent(key)); wider != nil {
			s.byLocale[key] = s.byLocale[key].WithFallback(wider)
		}
	}
}

// find returns the catalog of a locale, or of the nearest that it is a kind of; nil when there is none.
func (s *Catalogs) find(key string) *gettext.Catalog {
	for ; key != ""; key = parent(key) {
		if catalog := s.byLocale[key]; catalog != nil {
			return catalog
		}
	}
	return nil
}

func localeKey(locale string) string {
	return strings.ToLower(strings.ReplaceAll(locale, "-", "_"))
}

// parent returns the locale that key is a kind of, "" for none.
func parent(key string) string { return key[:max(strings.LastIndexByte(key, '_'), 0)] }

// Locales returns the locales that have a catalog, in order.
func (s *Catalogs) Locales() []string { return slices.Clone(s.locales) }

func (s *Catalogs) of(c *dewar.Context) *gettext.Catalog { return s.find(localeKey(s.locale(c))) }

// Gettext is that of [Translations].
func (s *Catalogs) Gettext(c *dewar.Context, message string) string {
	return s.of(c).Gettext(message)
}

// NGettext is that of [Translations]. The catalog says which numbers have which form.
func (s *Catalogs) NGettext(c *dewar.Context, singular, plural string, n int) string {
	return s.of(c).NGettext(singular, plural, n)
}

// PGettext is that of [Translations].
func (s *Catalogs) PGettext(c *dewar.Context, context, message string) string {
	return s.of(c).PGettext(context, message)
}

// NPGettext is that of [Translations].
func (s *Catalogs) NPGettext(c *dewar.Context, context, singular, plural string, n int) string {
	return s.of(c).NPGettext(context, singular, plural, n)
}
