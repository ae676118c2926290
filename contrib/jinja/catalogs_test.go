package jinja_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
)

const germanCatalog = `msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Home"
msgstr "Start"

msgid "Hello, %(name)s!"
msgstr "Hallo, %(name)s!"

msgid "%(n)s post"
msgid_plural "%(n)s posts"
msgstr[0] "%(n)s Beitrag"
msgstr[1] "%(n)s Beiträge"

msgctxt "month"
msgid "May"
msgstr "Mai"

msgid "January"
msgstr "Januar"
`

const austrianCatalog = `msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\n"

msgid "January"
msgstr "Jänner"
`

const polishCatalog = `msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

msgid "%(n)s post"
msgid_plural "%(n)s posts"
msgstr[0] "%(n)s wpis"
msgstr[1] "%(n)s wpisy"
msgstr[2] "%(n)s wpisów"
`

var catalogFiles = fstest.MapFS{
	"de/LC_MESSAGES/messages.po":    {Data: []byte(germanCatalog)},
	"de_AT/LC_MESSAGES/messages.po": {Data: []byte(austrianCatalog)},
	"pl/LC_MESSAGES/messages.po":    {Data: []byte(polishCatalog)},
}

// byQuery picks the locale that the query names.
func byQuery(c *dewar.Context) string { return c.Query().String("lang") }

func TestCatalogs(t *testing.T) {
	t.Parallel()
	catalogs, err := jinja.NewCatalogs(catalogFiles, byQuery)
	if err != nil {
		t.Fatal(err)
	}
	if got := catalogs.Locales(); !slices.Equal(got, []string{"de", "de_AT", "pl"}) {
		t.Errorf("locales are %q", got)
	}
	app := newApp(t, &jinja.Renderer{Translations: catalogs}, "page.html", `{{ _("Home") }} {{ _("January") }} {% trans name="<b>" %}Hello, {{ name }}!{% endtrans %} `+
		`{% for n in [1, 2, 5] %}{% trans n=n %}{{ n }} post{% pluralize %}{{ n }} posts{% endtrans %} {% endfor %}{{ pgettext("month", "May") }} {{ _("May") }}`)
	for _, tt := range []struct{ lang, want string }{
		{"de", "Start Januar Hallo, &lt;b&gt;! 1 Beitrag 2 Beiträge 5 Beiträge Mai May"},
		{"de-at", "Start Jänner Hallo, &lt;b&gt;! 1 Beitrag 2 Beiträge 5 Beiträge Mai May"},
		{"de_CH", "Start Januar Hallo, &lt;b&gt;! 1 Beitrag 2 Beiträge 5 Beiträge Mai May"},
		{"pl", "Home January Hello, &lt;b&gt;! 1 wpis 2 wpisy 5 wpisów May May"},
		{"fr", "Home January Hello, &lt;b&gt;! 1 post 2 posts 5 posts May May"},
		{"", "Home January Hello, &lt;b&gt;! 1 post 2 posts 5 posts May May"},
	} {
		if got := get(app, "/page.html?lang="+tt.lang).Body.String(); got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.lang, got, tt.want)
		}
	}
}

func TestCatalogsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"none", fstest.MapFS{"messages.po": {Data: []byte(germanCatalog)}}, "wants the folder that has de/LC_MESSAGES/messages.po in it"},
		{"broken", fstest.MapFS{"de/LC_MESSAGES/messages.po": {Data: []byte("msgid \"a\nmsgstr \"b\"")}}, "de/LC_MESSAGES/messages.po:1: "},
	} {
		if _, err := jinja.NewCatalogs(tt.files, byQuery); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
	if _, err := jinja.NewCatalogs(catalogFiles, nil); err == nil {
		t.Error("a nil locale is taken")
	}
}

func ExampleCatalogs() {
	// A program has os.DirFS("translations") here, with de/LC_MESSAGES/messages.po in it.
	catalogs, err := jinja.NewCatalogs(catalogFiles, func(c *dewar.Context) string {
		if lang := c.Session().String("lang"); lang != "" {
			return lang
		}
		return c.Query().String("lang")
	})
	if err != nil {
		fmt.Println(err)
	}
	app := dewar.New("blog", dewar.FS(fstest.MapFS{
		"templates/index.html": {Data: []byte(`{{ _("Home") }}: {% trans n=posts|length %}{{ n }} post{% pluralize %}{{ n }} posts{% endtrans %}`)},
	}))
	app.Config.Set("SECRET_KEY", "XqU3c0M6Zr8sVn1bTy5LwK9eHd2PgJ4f")
	app.Renderer = &jinja.Renderer{Translations: catalogs}
	app.Get("/", func(c *dewar.Context) error {
		return c.Render("index.html", dewar.Map{"posts": []string{"one", "two"}})
	})
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/?lang=de", nil))
	fmt.Println(w.Body)
	// Output: Start: 2 Beiträge
}
