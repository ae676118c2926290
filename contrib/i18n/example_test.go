package i18n_test

import (
	"fmt"
	"io/fs"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/i18n"
)

func ExampleNew() {
	app := dewar.New("blog")
	app.Config.Set("SECRET_KEY", "XqU3c0M6Zr8sVn1bTy5LwK9eHd2PgJ4f")
	texts, err := i18n.New(app, i18n.Options{ // without Files it is the folder translations/
		Files: []fs.FS{fstest.MapFS{"de/LC_MESSAGES/messages.po": {Data: []byte(`
msgid "Hello, %(name)s!"
msgstr "Hallo, %(name)s!"
`)}}},
		Locale: i18n.First(i18n.FromSession("lang"), i18n.FromAcceptLanguage("en", "de")),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	app.Get("/", func(c *dewar.Context) error {
		return c.Text(texts.Gettext(c, "Hello, %(name)s!", "name", "Ada"))
	})
	fmt.Println(get(app, "/").Body)
	fmt.Println(get(app, "/", "Accept-Language", "fr, de;q=0.9, en;q=0.5").Body)
	// Output:
	// Hello, Ada!
	// Hallo, Ada!
}

func ExampleLazy() {
	title := i18n.Lazy("Title") // a variable of a package; {{_ .Title}} shows it in the language of the reader
	fmt.Println(title)
	// Output: Title
}

func ExampleTranslations_ForceLocale() {
	app := dewar.New("blog")
	texts, err := i18n.New(app, i18n.Options{Files: []fs.FS{catalogFiles()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	app.Get("/", func(c *dewar.Context) error {
		return texts.ForceLocale(c, "de", func() error { return c.Text(texts.Gettext(c, "Home")) })
	})
	fmt.Println(get(app, "/").Body)
	// Output: Start
}

func ExampleCatalogs() {
	app := dewar.New("blog")
	texts, err := i18n.New(app, i18n.Options{Default: "de", Files: []fs.FS{catalogFiles()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	translations := texts.Catalogs() // app.Renderer = &jinja.Renderer{Translations: translations}
	app.Get("/", func(c *dewar.Context) error { return c.Text(translations.Gettext(c, "Hello, %(name)s!")) })
	fmt.Println(get(app, "/").Body)
	// Output: Hallo, %(name)s!
}

// The user's language goes before that of the browser. users is a Manager of contrib/login, or anything else that knows who is there.
func ExampleFromUser() {
	app := dewar.New("blog")
	var users reader
	texts, err := i18n.New(app, i18n.Options{
		Files:  []fs.FS{catalogFiles()},
		Locale: i18n.First(i18n.FromUser(users.Current, (*member).Lang), i18n.FromAcceptLanguage("en", "de")),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	app.Get("/", func(c *dewar.Context) error { return c.Text(texts.Gettext(c, "Home")) })
	fmt.Println(get(app, "/?user=kasia").Body)
	fmt.Println(get(app, "/", "Accept-Language", "de").Body)
	// Output:
	// Start
	// Start
}

type member struct{ lang string }

func (m *member) Lang() string { return m.lang }

// A reader finds users by the query.
type reader struct{}

func (reader) Current(c *dewar.Context) (*member, error) {
	if c.Query().Has("user") {
		return &member{"de"}, nil
	}
	return nil, nil
}

func ExampleTranslations() {
	app := dewar.New("blog")
	texts, err := i18n.New(app, i18n.Options{Default: "de", Files: []fs.FS{catalogFiles()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	app.Get("/", func(c *dewar.Context) error {
		return c.Text(texts.NGettext(c, "%(num)s post", "%(num)s posts", 3) + ", " + texts.PGettext(c, "month", "May"))
	})
	fmt.Println(get(app, "/").Body)
	// Output: 3 Beiträge, Mai
}

func ExampleOptions() {
	app := dewar.New("blog")
	_, err := i18n.New(app, i18n.Options{Domain: "shop", Files: []fs.FS{fstest.MapFS{}}})
	fmt.Println(err)
	// Output: i18n: there is no catalog; Options.Files wants the folders that have files such as de/LC_MESSAGES/shop.po
}

func ExampleText() {
	labels := map[string]i18n.Text{ // of a package; each reader sees them in his language
		"title": i18n.Lazy("Title"), "posts": i18n.LazyN("%(num)s post", "%(num)s posts", 2),
	}
	app := dewar.New("blog")
	texts, err := i18n.New(app, i18n.Options{Default: "de", Files: []fs.FS{catalogFiles()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	app.Get("/", func(c *dewar.Context) error { return c.Text(texts.Text(c, labels["posts"])) }) // {{_ .posts}}, in Jinja {{ _(posts) }}
	fmt.Println(get(app, "/").Body)
	// Output: 2 Beiträge
}
