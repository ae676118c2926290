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
