package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/pyconfig"
)

const configPy = `import os
from datetime import timedelta

basedir = os.path.dirname(__file__)

class Config:
    DEBUG = True
    secret_key = "ignored"
    DATABASE = os.path.join(basedir, "app.db")
    PERMANENT_SESSION_LIFETIME = timedelta(days=7)

class ProductionConfig(Config):
    DEBUG = False
    SECRET_KEY = os.environ["DEWAR_EXAMPLE_KEY"]
`

// TestConfigPy loads the config.py of a Flask project through Config.FromFile.
func TestConfigPy(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.py"), []byte(configPy), 0o600); err != nil {
		t.Fatal(err)
	}
	load := func() (*dewar.App, error) {
		app := dewar.New("python", dewar.RootPath(dir))
		return app, app.Config.FromFile("config.py", pyconfig.Class("ProductionConfig"))
	}
	_, err := load()
	if err == nil || !strings.Contains(err.Error(), `"DEWAR_EXAMPLE_KEY"`) {
		t.Errorf("without the variable: got %v, want an error that names it", err)
	}
	t.Setenv("DEWAR_EXAMPLE_KEY", "a long key of the production system")
	app, err := load()
	if err != nil {
		t.Fatal(err)
	}
	c := app.Config
	if c.Bool("DEBUG") || c.Duration("PERMANENT_SESSION_LIFETIME") != 7*24*time.Hour ||
		c.String("DATABASE") != filepath.Join(dir, "app.db") || c.Has("secret_key") {
		t.Errorf("got %v", c)
	}
	if got, want := c.Source("PERMANENT_SESSION_LIFETIME"), "config.py"; got != want {
		t.Errorf("source: got %q, want %q", got, want)
	}
}
