package i18n_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/i18n"
)

const head = "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=utf-8\\nPlural-Forms: %s;\\n\"\n\n"

var (
	german = fmt.Sprintf(head, "nplurals=2; plural=(n != 1)") + `msgid "Home"
msgstr "Start"

msgid "Hello, %(name)s!"
msgstr "Hallo, %(name)s!"

msgid "%(num)s post"
msgid_plural "%(num)s posts"
msgstr[0] "%(num)s Beitrag"
msgstr[1] "%(num)s Beiträge"

msgctxt "month"
msgid "May"
msgstr "Mai"

msgctxt "file"
msgid "%(num)s sheet"
msgid_plural "%(num)s sheets"
msgstr[0] "%(num)s Blatt"
msgstr[1] "%(num)s Blätter"

msgid "January"
msgstr "Januar"

msgid "Bye, %(name)s"
msgstr "Tschau, %(nam)s"
`
	austrian = fmt.Sprintf(head, "nplurals=2; plural=(n != 1)") + "msgid \"January\"\nmsgstr \"Jänner\"\n"
	polish   = fmt.Sprintf(head, "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)") + `msgid "%(num)s post"
msgid_plural "%(num)s posts"
msgstr[0] "%(num)s wpis"
msgstr[1] "%(num)s wpisy"
msgstr[2] "%(num)s wpisów"
`
)

func catalogFiles() fstest.MapFS {
	return fstest.MapFS{
		"de/LC_MESSAGES/messages.po":    {Data: []byte(german)},
		"de_AT/LC_MESSAGES/messages.po": {Data: []byte(austrian)},
		"pl/LC_MESSAGES/messages.po":    {Data: []byte(polish)},
	}
}

// byQuery picks the locale that the query names.
func byQuery(c *dewar.Context) string { return c.Query().String("lang") }

// newApp returns an App whose templates are files, and what it logs.
func newApp(t testing.TB, templates map[string]string) (*dewar.App, *bytes.Buffer) {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range templates {
		files["templates/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	app := dewar.New("blog", dewar.FS(files), dewar.RootPath(t.TempDir()))
	app.Config.Set("SECRET_KEY", "XqU3c0M6Zr8sVn1bTy5LwK9eHd2PgJ4f")
	log := &bytes.Buffer{}
	app.Logger = slog.New(slog.NewTextHandler(log, nil))
	return app, log
}

func newTexts(t testing.TB, app *dewar.App, o i18n.Options) *i18n.Translations {
	t.Helper()
	if o.Files == nil {
		o.Files = []fs.FS{catalogFiles()}
	}
	texts, err := i18n.New(app, o)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func get(app *dewar.App, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

func TestTextsInGoAndInTemplates(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, map[string]string{"page.html": `{{_ "Home"}} {{gettext "January"}} {{_ "Hello, %(name)s!" "name" "<b>"}} {{range .N}}{{ngettext "%(num)s post" "%(num)s posts" .}} {{end}}{{pgettext "month" "May"}} {{npgettext "file" "%(num)s sheet" "%(num)s sheets" 2}}`})
	texts := newTexts(t, app, i18n.Options{Locale: byQuery})
	if got := texts.Locales(); !slices.Equal(got, []string{"de", "de_AT", "pl"}) {
		t.Errorf("locales are %q", got)
	}
	app.Get("/page", func(c *dewar.Context) error {
		return c.Render("page.html", dewar.Map{"N": []any{1, int64(2), uint8(5)}})
	})
	app.Get("/go", func(c *dewar.Context) error {
		return c.Text(strings.Join([]string{
			texts.Gettext(c, "Home"), texts.Gettext(c, "January"), texts.Gettext(c, "Hello, %(name)s!", "name", "<b>"),
			texts.NGettext(c, "%(num)s post", "%(num)s posts", 1), texts.NGettext(c, "%(num)s post", "%(num)s posts", 2), texts.NGettext(c, "%(num)s post", "%(num)s posts", 5),
			texts.PGettext(c, "month", "May"), texts.NPGettext(c, "file", "%(num)s sheet", "%(num)s sheets", 2),
		}, " "))
	})
	for _, tt := range []struct{ lang, want string }{
		{"de", "Start Januar Hallo, <b>! 1 Beitrag 2 Beiträge 5 Beiträge Mai 2 Blätter"},
		{"de-at", "Start Jänner Hallo, <b>! 1 Beitrag 2 Beiträge 5 Beiträge Mai 2 Blätter"},
		{"de_CH", "Start Januar Hallo, <b>! 1 Beitrag 2 Beiträge 5 Beiträge Mai 2 Blätter"},
		{"pl", "Home January Hello, <b>! 1 wpis 2 wpisy 5 wpisów May 2 sheets"},
		{"fr", "Home January Hello, <b>! 1 post 2 posts 5 posts May 2 sheets"},
		{"", "Home January Hello, <b>! 1 post 2 posts 5 posts May 2 sheets"},
		{"../../x", "Home January Hello, <b>! 1 post 2 posts 5 posts May 2 sheets"},
	} {
		if got := get(app, "/go?lang="+tt.lang).Body.String(); got != tt.want {
			t.Errorf("Go, %q gives %q, want %q", tt.lang, got, tt.want)
		}
		if got, want := get(app, "/page?lang="+tt.lang).Body.String(), strings.ReplaceAll(tt.want, "<b>", "&lt;b&gt;"); got != want {
			t.Errorf("html/template, %q gives %q, want %q", tt.lang, got, want)
		}
	}
}

func TestValuesOfTexts(t *testing.T) {
	t.Parallel()
	app, log := newApp(t, nil)
	texts := newTexts(t, app, i18n.Options{Default: "de"})
	var wants [][2]string
	for i, tt := range []struct {
		name, message string
		pairs         []any
		want, logged  string
	}{
		{"none", "100% and %(x)s", nil, "100% and %(x)s", ""},
		{"percent sign", "%(n)d%%", []any{"n", 7}, "7%", ""},
		{"left over", "Hi", []any{"n", 7}, "Hi", ""},
		{"missing", "Hello, %(name)s!", []any{"nam", 7}, "Hallo, %(name)s!", `there is no value for %(name)s`},
		{"odd", "Hello, %(name)s!", []any{"name"}, "Hallo, %(name)s!", "values are pairs of a name and a value"},
		{"no name", "Hi", []any{1, 2}, "Hi", "values are pairs of a name and a value"},
		{"another verb", "%(n).2f", []any{"n", 7}, "%(n).2f", "is no placeholder here; write %(n)s"},
		{"value with a placeholder", "%(a)s", []any{"a", "%(b)s", "b", "c"}, "%(b)s", ""},
		{"misspelt in the catalog", "Bye, %(name)s", []any{"name", "Ada"}, "Bye, Ada", ""},
		{"lone sign", "a %", []any{"b", 1}, "a %", ""},
		{"not closed", "a %(b", []any{"b", 1}, "a %(b", ""},
	} {
		wants = append(wants, [2]string{tt.want, tt.logged})
		app.Get(fmt.Sprint("/", i), func(c *dewar.Context) error { return c.Text(texts.Gettext(c, tt.message, tt.pairs...)) })
	}
	if !strings.Contains(log.String(), `de/LC_MESSAGES/messages.po:28: the translation of \"Bye, %(name)s\" asks for %(nam)s, which the message does not have; did you mean %(name)s?`) {
		t.Errorf("the misspelt placeholder is not in the log: %s", log)
	}
	for i, want := range wants {
		log.Reset()
		if got := get(app, fmt.Sprint("/", i)); got.Body.String() != want[0] || got.Code != 200 {
			t.Errorf("%d gives %d %q, want %q", i, got.Code, got.Body, want[0])
		}
		if (want[1] == "") != (log.Len() == 0) || !strings.Contains(strings.ReplaceAll(log.String(), `\"`, `"`), want[1]) {
			t.Errorf("%d logs %s, want %s", i, log, want[1])
		}
	}
}

func TestLaterFoldersGoBefore(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, nil)
	shop := fstest.MapFS{
		"de/LC_MESSAGES/messages.po": {Data: []byte("msgid \"Home\"\nmsgstr \"Laden\"\n")},
		"fr/LC_MESSAGES/messages.po": {Data: []byte("msgid \"Home\"\nmsgstr \"Magasin\"\n")},
	}
	texts := newTexts(t, app, i18n.Options{Locale: byQuery, Files: []fs.FS{catalogFiles(), shop}})
	app.Get("/", func(c *dewar.Context) error {
		return c.Text(texts.Gettext(c, "Home") + " " + texts.Gettext(c, "January"))
	})
	for _, tt := range []struct{ lang, want string }{{"de", "Laden Januar"}, {"de_AT", "Laden Jänner"}, {"fr", "Magasin January"}} {
		if got := get(app, "/?lang="+tt.lang).Body.String(); got != tt.want {
			t.Errorf("%s gives %q, want %q", tt.lang, got, tt.want)
		}
	}
}

// write puts catalogs below a folder.
func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSettingsAreFlaskBabels(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, nil)
	write(t, app.RootPath(), map[string]string{
		"a/de/LC_MESSAGES/shop.po":     german,
		"b/de/LC_MESSAGES/shop.po":     "msgid \"Home\"\nmsgstr \"Laden\"\n",
		"b/de/LC_MESSAGES/messages.po": "msgid \"Home\"\nmsgstr \"falsch\"\n",
	})
	app.Config.Set("BABEL_TRANSLATION_DIRECTORIES", "a; b")
	app.Config.Set("BABEL_DOMAIN", "shop")
	app.Config.Set("BABEL_DEFAULT_LOCALE", "de")
	texts, err := i18n.New(app, i18n.Options{})
	if err != nil {
		t.Fatal(err)
	}
	app.Get("/", func(c *dewar.Context) error {
		return c.Text(texts.Gettext(c, "Home") + " " + texts.Gettext(c, "January"))
	})
	if got := get(app, "/").Body.String(); got != "Laden Januar" {
		t.Errorf("got %q", got)
	}
}

func TestCatalogsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		o    i18n.Options
		want string
	}{
		{"none", i18n.Options{Files: []fs.FS{fstest.MapFS{"messages.po": {}}}}, "Options.Files wants the folders that have files such as de/LC_MESSAGES/messages.po"},
		{"no folder", i18n.Options{}, "in BABEL_TRANSLATION_DIRECTORIES (translations) below "},
		{"domain", i18n.Options{Domain: "["}, `the domain "[" cannot be the name of a file`},
		{"broken", i18n.Options{Files: []fs.FS{fstest.MapFS{
			"de/LC_MESSAGES/messages.po": {Data: []byte("msgid \"a\nmsgstr \"b\"")}, "fr/LC_MESSAGES/messages.po": {Data: []byte("x")},
		}}}, "fr/LC_MESSAGES/messages.po:1: "},
	} {
		app, _ := newApp(t, nil)
		if _, err := i18n.New(app, tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestChangedFilesCountInDebug(t *testing.T) {
	t.Parallel()
	for _, debug := range []bool{true, false} {
		app, log := newApp(t, nil)
		app.Config.Set("DEBUG", debug)
		dir := filepath.Join(app.RootPath(), "translations")
		write(t, dir, map[string]string{"de/LC_MESSAGES/messages.po": "msgid \"Home\"\nmsgstr \"Start\"\n"})
		texts, err := i18n.New(app, i18n.Options{Default: "de"})
		if err != nil {
			t.Fatal(err)
		}
		app.Get("/", func(c *dewar.Context) error { return c.Text(texts.Gettext(c, "Home")) })
		for _, step := range []struct{ text, want string }{
			{"msgid \"Home\"\nmsgstr \"Anfang\"\n", "Anfang"},
			{"msgid \"Home", "Anfang"},
			{"msgid \"Home\"\nmsgstr \"Zuhause\"\n", "Zuhause"},
		} {
			write(t, dir, map[string]string{"de/LC_MESSAGES/messages.po": step.text})
			if !debug {
				step.want = "Start"
			}
			for range 2 {
				if got := get(app, "/").Body.String(); got != step.want {
					t.Errorf("DEBUG=%v: after %q it is %q, want %q", debug, step.text, got, step.want)
				}
			}
		}
		if got := strings.Count(log.String(), "translations are not read again"); debug != (got == 1) {
			t.Errorf("DEBUG=%v: the broken file is said %d times", debug, got)
		}
	}
}

func TestPrintingSaysNoText(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, nil)
	texts := newTexts(t, app, i18n.Options{})
	if got := fmt.Sprintf("%v %+v %#v", texts, texts, texts); got != strings.TrimSpace(strings.Repeat("Translations(de, de_AT, pl) ", 3)) {
		t.Errorf("got %s", got)
	}
}
