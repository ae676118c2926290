// Package app is the application that is besieged: an ordinary dewar App with sessions, pages, forms, uploads, streams, events,
// websockets and static files. It is configured as any other, by environment variables that begin with SIEGE_.
package app

import (
	"crypto/tls"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/dewar-go/dewar"
)

// Files are the templates and static files of the application. They must be on the disk, in the folder that SIEGE_ROOT names.
//
//go:embed templates static
var Files embed.FS

// settings are the keys of the application's own, beside those of dewar.
var settings = []struct {
	key, def, doc string
	options       []dewar.KeyOption
}{
	{"ROOT", "", "the folder of templates, static and uploads", nil},
	{"SESSIONS", "cookie", "what keeps sessions: cookie, memory, sqlite:FILE, or the URL of a Redis", nil},
	{"PASSWORD", "", "a password that must show nowhere", []dewar.KeyOption{dewar.Secret()}},
	{"CERTIFICATE", "", "a file with a certificate and its key, to serve HTTPS", nil},
}

// New returns the application as the environment has it, with what closes its store.
func New() (app *dewar.App, close func() error, err error) {
	root := os.Getenv("SIEGE_ROOT")
	if root == "" {
		return nil, nil, errors.New("SIEGE_ROOT is not set; set it to a folder with the files of the application")
	}
	app = dewar.New("siege", dewar.RootPath(root), dewar.AccessLog())
	app.Logger = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	for _, s := range settings {
		if err := app.Config.Declare(s.key, s.def, s.doc, s.options...); err != nil {
			return nil, nil, err
		}
	}
	if err := app.Config.FromMapping(limits); err != nil {
		return nil, nil, err
	}
	if err := app.Config.FromPrefixedEnv(dewar.EnvPrefix("SIEGE")); err != nil {
		return nil, nil, err
	}
	kept, err := openSessions(app.Config.String("SESSIONS"))
	if err != nil {
		return nil, nil, err
	}
	if kept.sessions != nil {
		app.SessionInterface = kept.sessions
	}
	visits(app)
	answers(app)
	insides(app, kept)
	targets(app)
	return app, kept.close, nil
}

// Run serves the application on the socket that it was passed until it is told to stop.
func Run() error {
	app, closeStore, err := New()
	if err != nil {
		return err
	}
	if file := app.Config.String("CERTIFICATE"); file != "" {
		pair, err := tls.LoadX509KeyPair(file, file)
		if err != nil {
			return fmt.Errorf("SIEGE_CERTIFICATE: %w", err)
		}
		err = app.RunTLS("127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
		return errors.Join(err, closeStore())
	}
	return errors.Join(app.Run("127.0.0.1:0"), closeStore())
}
