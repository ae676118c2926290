package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/dewar-go/dewar"
	"go.yaml.in/yaml/v3"
)

// The same settings in both languages.
const (
	tomlText = `
TITLE = "My site"
SECRET_KEY = "a long and random text, as they say"
DEBUG = true
LARGEST = 9223372036854775807
NEGATIVE = -9007199254740993
RATIO = 0.5
WHEN = 2024-02-29T12:30:00Z
DAY = 2024-02-29
PERMANENT_SESSION_LIFETIME = 3600
TRUSTED_HOSTS = ["a.example", "b.example"]
lower = "not taken"
[DB]
HOST = "localhost"
[DB.POOL]
SIZE = 5
since = 2024-02-29
`
	yamlText = `
TITLE: My site
SECRET_KEY: a long and random text, as they say
DEBUG: true
LARGEST: 9223372036854775807
NEGATIVE: -9007199254740993
RATIO: 0.5
WHEN: 2024-02-29T12:30:00Z
DAY: 2024-02-29
PERMANENT_SESSION_LIFETIME: 3600
TRUSTED_HOSTS: [a.example, b.example]
lower: not taken
DB:
  HOST: localhost
  POOL:
    SIZE: 5
    since: 2024-02-29
`
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTypesAreKept(t *testing.T) {
	t.Parallel()
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, text string
		unmarshal  func(data []byte, v any) error
		integer    func(n int64) any // of the type that the parser makes
	}{
		{"config.toml", tomlText, toml.Unmarshal, func(n int64) any { return n }},
		{"config.yaml", yamlText, yaml.Unmarshal, func(n int64) any { return int(n) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("test", dewar.RootPath(t.TempDir()))
			write(t, app.RootPath(), tt.name, tt.text)
			if err := app.Config.FromFile(tt.name, tt.unmarshal); err != nil {
				t.Fatal(err)
			}
			for key, want := range map[string]any{
				"TITLE": "My site", "SECRET_KEY": "a long and random text, as they say", "DEBUG": true, "RATIO": 0.5,
				"LARGEST": tt.integer(9223372036854775807), "NEGATIVE": tt.integer(-9007199254740993),
				"PERMANENT_SESSION_LIFETIME": time.Hour, "TRUSTED_HOSTS": []string{"a.example", "b.example"},
				"lower": nil, "__file__": nil,
			} {
				if got := app.Config.Get(key); !reflect.DeepEqual(got, want) {
					t.Errorf("%s: got %#v, want %#v", key, got, want)
				}
			}
			if got, want := app.Config.Time("WHEN"), day.Add(12*time.Hour+30*time.Minute); !got.Equal(want) {
				t.Errorf("WHEN: got %v, want %v", got, want)
			}
			if _, isTime := app.Config.Get("DAY").(time.Time); !isTime {
				t.Errorf("DAY: got a %T, want a time", app.Config.Get("DAY"))
			}
			pool, ok := app.Config.Map("DB")["POOL"].(dewar.Map)
			if !ok || !reflect.DeepEqual(pool["SIZE"], tt.integer(5)) {
				t.Errorf("DB: got %#v, want a mapping with a mapping inside", app.Config.Get("DB"))
			}
			if since, isTime := pool["since"].(time.Time); !isTime || since.Day() != 29 {
				t.Errorf("since: got %#v, want a time", pool["since"])
			}
		})
	}
}

func TestErrorsNameTheFileAndNoSecret(t *testing.T) {
	t.Parallel()
	for i, tt := range []struct {
		name, text string
		unmarshal  func(data []byte, v any) error
	}{
		{"config.toml", "TITLE = \"x\"\nSECRET_KEY = kanarie\n", toml.Unmarshal},
		{"config.toml", "SECRET_KEY = \"kanarie\nTITLE = 1", toml.Unmarshal},
		{"config.toml", "DEBUG = \"kanarie\"", toml.Unmarshal},
		{"config.toml", "SECRET_KEY = 2024-02-29", toml.Unmarshal},
		{"config.yaml", "SECRET_KEY: *kanarie\n", yaml.Unmarshal},
		{"config.yaml", "SECRET_KEY: [kanarie\nTITLE: x", yaml.Unmarshal},
		{"config.yaml", "SECRET_KEY: 007\n", yaml.Unmarshal},
		{"config.yaml", "- kanarie\n", yaml.Unmarshal},
	} {
		t.Run(fmt.Sprint(i, " ", tt.name), func(t *testing.T) {
			t.Parallel()
			app := dewar.New("test", dewar.RootPath(t.TempDir()))
			write(t, app.RootPath(), tt.name, tt.text)
			err := app.Config.FromFile(tt.name, tt.unmarshal)
			if err == nil || !strings.Contains(err.Error(), tt.name) || strings.Contains(err.Error(), "kanarie") {
				t.Errorf("got %v, want an error that names %s and no secret", err, tt.name)
			}
		})
	}
}

func TestTheProgram(t *testing.T) {
	t.Setenv("FLASK_MAIL__PORT", "2525")
	t.Setenv("FLASK_API_TOKEN", "007")
	dir := t.TempDir()
	project, err := os.ReadFile("config.toml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "config.toml", string(project))
	write(t, dir, "config.yaml", "TITLE: This machine\n")
	write(t, dir, ".env", "FLASK_MAIL__SERVER=localhost\n")
	app, settings, err := newApp(dir)
	if err != nil {
		t.Fatal(err)
	}
	var want Settings
	want.Title, want.Mail.Server, want.Mail.Port, want.Mail.Timeout = "This machine", "localhost", 2525, 5*time.Second
	want.Founded = settings.Founded
	want.Servers = append(want.Servers, struct {
		Name string `config:",required"`
		Port int
	}{"one", 8001}, struct {
		Name string `config:",required"`
		Port int
	}{"two", 8002})
	if !reflect.DeepEqual(settings, want) || settings.Founded.Format(time.DateOnly) != "2024-02-29" {
		t.Errorf("got  %+v\nwant %+v", settings, want)
	}
	if got, want := app.Config.Source("MAIL"), "config.toml, .env:1, environment FLASK_MAIL__PORT"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var table strings.Builder
	if err := app.Config.WriteTable(&table); err != nil || strings.Contains(table.String(), "007") || !strings.Contains(table.String(), "This machine") {
		t.Errorf("got error %v and\n%s", err, &table)
	}
}
