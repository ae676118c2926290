// Package i18n translates an application into the languages of its visitors: the catalogs of GNU gettext, in the folders and with
// the settings of Flask-Babel.
//
//	texts, err := i18n.New(app, i18n.Options{
//		Locale: i18n.First(i18n.FromSession("lang"), i18n.FromAcceptLanguage("de", "en")),
//	})
//
// The folder translations/ of the App has de/LC_MESSAGES/messages.mo or messages.po then. A view writes
//
//	c.Flash(texts.Gettext(c, "Welcome, %(name)s!", "name", user.Name))
//
// and templates have _, gettext, ngettext, pgettext and npgettext:
//
//	{{_ "Welcome, %(name)s!" "name" .User.Name}}                        html/template
//	{{ _("Welcome, %(name)s!", name=user.name) }} {% trans %}Home{% endtrans %}     contrib/jinja, with Translations: texts.Catalogs()
//
// # Texts with values
//
// A value is written %(name)s; the numbered functions have %(num)s as well. With values, and in every text of a Jinja template, a
// percent sign is %%. html/template escapes the whole text as its place needs it, and Jinja the values alone.
//
// # Mistakes of translators
//
// A translation that asks for a value which its message does not have, %(nam)s, is left out and said in the log, with file, line and
// the nearest name: a visitor sees the message as it stands. A catalog that cannot be read at all is an error of [New].
//
// # Settings
//
// They are Flask-Babel's: BABEL_DEFAULT_LOCALE (en), BABEL_DOMAIN (messages) and BABEL_TRANSLATION_DIRECTORIES (translations;
// several with semicolons between them, relative to the root path of the App). They are read by [New]; the fields of [Options] go before them.
package i18n

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dewar-go/dewar"
)

// Options say where the catalogs are and who gets which.
type Options struct {
	// Locale picks the locale of a request, such as de or pt_BR; a dash is an underscore, and case does not count. "" is
	// Default. It is asked once for a request, when the first text is translated, and must not translate itself. Nil gives everybody
	// Default. Flask-Babel has locale_selector; [First] tries several.
	Locale func(c *dewar.Context) string

	// Files are the folders of catalogs: os.DirFS("translations"), or an embedded one by fs.Sub. A later one goes before, as with
	// Flask-Babel: that of a blueprint changes single texts. Nil is BABEL_TRANSLATION_DIRECTORIES.
	Files []fs.FS

	// Default is the locale of those whom Locale gives none. "" is BABEL_DEFAULT_LOCALE, and that is en if it is not set.
	Default string

	// Domain is the name of the files: messages.po. "" is BABEL_DOMAIN, and that is messages if it is not set.
	Domain string
}

// Translations are the texts of one App in all its languages. They are safe for concurrent use. Goroutines that a
// view waits for may translate too, for the same request: ask [Translations.Locale] before they begin, because the selector reads
// the request, and leave the headers of the response alone meanwhile, because translating sets Content-Language.
type Translations struct {
	app     *dewar.App
	locale  func(c *dewar.Context) string
	folders []fs.FS
	origin  string // the default locale
	domain  string
	state   *dewar.Key[*state]
	said    sync.Map // messages and translations that cannot be formatted, which was logged

	current atomic.Pointer[catalogs]
	reading sync.Mutex
}

// New reads the catalogs of an App and gives its templates the functions _, gettext, ngettext, pgettext and npgettext. Call it after the configuration is loaded and before the App is built. The error joins what is wrong with catalogs; that there
// is no catalog at all is one. In DEBUG a changed file counts with the next request. A nil app panics.
func New(app *dewar.App, o Options) (*Translations, error) {
	if app == nil {
		panic("i18n: New without an App; write i18n.New(app, i18n.Options{})")
	}
	t := &Translations{
		app:     app,
		locale:  o.Locale,
		folders: o.Files,
		origin:  first(o.Default, app.Config.String("BABEL_DEFAULT_LOCALE"), "en"),
		domain:  first(o.Domain, app.Config.String("BABEL_DOMAIN"), "messages"),
		state:   dewar.NewKey[*state]("i18n"),
	}
	if t.locale == nil {
		t.locale = func(*dewar.Context) string { return "" }
	}
	if t.folders == nil {
		t.folders = configured(app)
	}
	read, err := t.read()
	if err != nil {
		return nil, err
	}
	if len(read.byLocale) == 0 {
		return nil, t.noCatalog(o.Files == nil)
	}
	t.current.Store(read)
	if app.Translator == nil {
		app.Translator = t
	}
	t.report(read.faults)
	t.addFunctions()
	return t, nil
}

func first(names ...string) string {
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}

// configured returns the folders that the configuration names.
func configured(app *dewar.App) []fs.FS {
	var folders []fs.FS
	for dir := range strings.SplitSeq(directories(app), ";") {
		if dir = strings.TrimSpace(dir); dir == "" {
			continue
		}
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(app.RootPath(), dir)
		}
		folders = append(folders, os.DirFS(dir))
	}
	return folders
}

func directories(app *dewar.App) string {
	return first(app.Config.String("BABEL_TRANSLATION_DIRECTORIES"), "translations")
}

// noCatalog says where a catalog was looked for.
func (t *Translations) noCatalog(onDisk bool) error {
	file := "de/LC_MESSAGES/" + t.domain + ".po"
	if onDisk {
		return fmt.Errorf("i18n: there is no catalog such as %s in BABEL_TRANSLATION_DIRECTORIES (%s) below %s; make one with pybabel init, or name another folder",
			file, directories(t.app), t.app.RootPath())
	}
	return errors.New("i18n: there is no catalog; Options.Files wants the folders that have files such as " + file)
}

// report logs the translations that were left out.
func (t *Translations) report(faults []error) {
	for _, fault := range faults {
		t.logger().Warn("translation left out", "err", fault)
	}
}

func (t *Translations) logger() *slog.Logger {
	if t.app.Logger != nil {
		return t.app.Logger
	}
	return slog.Default()
}

// Format prints the type and the locales, for every verb.
func (t *Translations) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "Translations("+strings.Join(t.Locales(), ", ")+")")
}

// String returns what Format prints, for templates, which look for it.
func (t *Translations) String() string { return fmt.Sprint(t) }

// LogValue returns what Format prints.
func (t *Translations) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(t)) }
