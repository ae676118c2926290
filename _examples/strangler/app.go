package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/csrf"
	"github.com/dewar-go/dewar/contrib/i18n"
	"github.com/dewar-go/dewar/contrib/jinja"
	"github.com/dewar-go/dewar/contrib/login"
	"github.com/dewar-go/dewar/contrib/password"
	"github.com/dewar-go/dewar/contrib/pyconfig"
	"github.com/dewar-go/dewar/flaskcookie"
)

// A blog is what the views share.
type blog struct {
	config    *dewar.Config
	db        *sql.DB
	users     *login.Manager[*User]
	texts     *i18n.Translations
	passwords *password.Hasher
}

// createApp returns the Go half of the site. It serves what has moved by that stage, and asks the Flask application at the URL
// python for the rest. Settings, sessions, templates, texts and data are those of the Flask application.
func createApp(stage int, python string) (*dewar.App, error) {
	app := dewar.New("blog", dewar.RootPath("blog"))
	if err := app.Config.FromFile("../config.py", pyconfig.Unmarshal); err != nil {
		return nil, err
	}
	app.SessionInterface = &flaskcookie.SessionInterface{}
	app.JSON = dewar.ASCIIJSON(app.JSON)
	csrf.Protect(app)
	b := &blog{config: app.Config, passwords: &password.Hasher{Method: app.Config.String("PASSWORD_METHOD")}}
	if err := b.speak(app); err != nil {
		return nil, err
	}
	if err := b.open(app); err != nil {
		return nil, err
	}
	b.users = b.manager()
	b.users.Init(app)
	dewar.HandleError(app, showError)
	b.divide(app, stage, python)
	return app, nil
}

// speak gives the app its languages.
func (b *blog) speak(app *dewar.App) (err error) {
	b.texts, err = i18n.New(app, i18n.Options{Locale: i18n.First(
		i18n.FromSession("language"),
		i18n.FromAcceptLanguage(app.Config.Strings("LANGUAGES")...),
	)})
	app.Renderer = &jinja.Renderer{Translations: b.texts.Catalogs()}
	app.ContextProcessor(func(c *dewar.Context) dewar.Map {
		return dewar.Map{"language": b.texts.Locale(c)}
	})
	return err
}

// open opens the data that both halves use.
func (b *blog) open(app *dewar.App) (err error) {
	if err = os.MkdirAll(app.Config.String("UPLOAD_FOLDER"), 0o700); err != nil {
		return err
	}
	if b.db, err = openDatabase(app.Config.String("DATABASE")); err != nil {
		return fmt.Errorf("database %s: %w", app.Config.String("DATABASE"), err)
	}
	app.OnShutdown(func(context.Context) error { return b.db.Close() })
	return nil
}

func showError(c *dewar.Context, err *dewar.HTTPError) error {
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		return c.JSON(dewar.Map{"error": err.Name()})
	}
	return c.Render("error.html", dewar.Map{"error": err})
}
