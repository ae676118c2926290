package main

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/password"
)

//go:embed templates static
var files embed.FS

// CreateApp returns the blog, ready to run. Its database is made when there is none; one that is broken is an
// error that says what to do. With a testConfig neither the config file nor the environment is read, so that
// tests find the same settings everywhere.
func CreateApp(testConfig dewar.Map) (*dewar.App, error) {
	app, _, err := createApp(testConfig)
	return app, err
}

// createApp is CreateApp for those who also want the database. It is closed when the application stops.
func createApp(testConfig dewar.Map) (*dewar.App, *sql.DB, error) {
	app, err := configure(testConfig)
	if err != nil {
		return nil, nil, err
	}
	passwords := &password.Hasher{Method: app.Config.String("PASSWORD_METHOD")}
	if err := passwords.Validate(); err != nil {
		return nil, nil, fmt.Errorf("config key PASSWORD_METHOD: %w", err)
	}
	path, err := databasePath(app)
	if err != nil {
		return nil, nil, err
	}
	db, err := openDatabase(path)
	if err != nil {
		return nil, nil, err
	}
	app.OnShutdown(func(context.Context) error { return db.Close() })
	app.Get("/hello", hello)
	app.RegisterBlueprint(authBlueprint(db, passwords))
	app.RegisterBlueprint(blogBlueprint(db))
	return app, db, nil
}

// hello is a page without a database or a template.
func hello(c *dewar.Context) error {
	return c.HTML("Hello, World!")
}

// configure returns the bare application with its settings: defaults, then those of the config file in the
// instance folder and of the environment, or those of a test.
func configure(testConfig dewar.Map) (*dewar.App, error) {
	app := dewar.New("flaskr", dewar.FS(files), dewar.InstanceRelativeConfig(), dewar.AccessLog())
	defaults := dewar.Map{
		"SECRET_KEY":      "dev", // for a try at home only
		"DATABASE":        filepath.Join(app.InstancePath(), "flaskr.sqlite"),
		"PASSWORD_METHOD": password.DefaultMethod,
	}
	if err := app.Config.FromMapping(defaults); err != nil {
		return nil, err
	}
	if testConfig != nil {
		return app, app.Config.FromMapping(testConfig)
	}
	return app, errors.Join(
		app.Config.FromFile("config.json", json.Unmarshal, dewar.Optional()),
		app.Config.FromPrefixedEnv(),
	)
}

// databasePath returns the file of the database, and makes the instance folder if that is where it belongs.
// Only its owner may look into the folder: hashes of passwords are in there.
func databasePath(app *dewar.App) (string, error) {
	path := app.Config.String("DATABASE")
	if path == "" {
		return "", fmt.Errorf("config key DATABASE, set by %s, must name a file", app.Config.Source("DATABASE"))
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if filepath.Dir(path) != filepath.Clean(app.InstancePath()) {
		return path, nil
	}
	if err := os.MkdirAll(app.InstancePath(), 0o700); err != nil {
		return "", fmt.Errorf("%w; make the folder, or name another file in FLASK_DATABASE", err)
	}
	return path, nil
}
