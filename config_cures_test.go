package dewar_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// newLogged returns an App below an empty folder, and what it logs.
func newLogged(t *testing.T) (*dewar.App, string, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	dir := t.TempDir()
	app := dewar.New("test", dewar.RootPath(dir))
	app.Logger = slog.New(slog.NewTextHandler(&log, nil))
	return app, dir, &log
}

func wantLog(t *testing.T, log *bytes.Buffer, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(strings.ReplaceAll(log.String(), `\"`, `"`), text) {
			t.Errorf("got log %q, want %q in it", log, text)
		}
	}
}

// folder returns the name of the folder of these tests, which stands before a file name in messages.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	must(t, err)
	return filepath.Base(dir)
}

func TestAKnownKeyInLowerCaseIsReportedWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		load func(dir string, c *dewar.Config) error
		want string
	}{
		{"a mapping", func(_ string, c *dewar.Config) error { return c.FromMapping(dewar.Map{"secret_key": "canary"}) },
			"secret_key from " + folder(t) + "/config_cures_test.go:"},
		{"a file", func(dir string, c *dewar.Config) error {
			writeFile(t, dir, "config.json", `{"secret_key": "canary", "debug": true}`)
			return c.FromFile("config.json", json.Unmarshal)
		}, "secret_key from config.json was left out, because keys are upper-case: write SECRET_KEY"},
		{"mixed case", func(dir string, c *dewar.Config) error { return c.FromMapping(dewar.Map{"Secret_Key": "canary"}) },
			"was left out, because keys are upper-case: write SECRET_KEY"},
		{"the key is declared later", func(_ string, c *dewar.Config) error {
			return errors.Join(c.FromMapping(dewar.Map{"secret_key": 1, "page_size": 5}), c.Declare("PAGE_SIZE", 20, "posts on a page"))
		}, "config key page_size from " + folder(t) + "/config_cures_test.go:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, dir, log := newLogged(t)
			must(t, tt.load(dir, app.Config))
			app.Get("/", func(c *dewar.Context) error {
				c.Session().Set("a", 1)
				return c.Session().Err()
			})
			dewartest.New(t, app).Get("/")
			wantLog(t, log, tt.want, "the session cannot be written because SECRET_KEY is not set; ", "was left out, because keys are upper-case: write SECRET_KEY")
			if strings.Contains(log.String(), "canary") {
				t.Errorf("got %q, want no value in it", log)
			}
		})
	}
}

func TestKeysInLowerCaseThatMeanNothingAreNotReported(t *testing.T) {
	t.Parallel()
	app, _, log := newLogged(t)
	must(t, app.Config.FromMapping(dewar.Map{"basedir": "/srv", "testing": true, "TESTING": true, "__file__": "x", "ß": 1}))
	must(t, app.Build())
	if log.Len() > 0 {
		t.Errorf("got %q, want nothing", log)
	}
}

func TestAnErrorInAJSONFileHasItsPlaceAndCure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, want string }{
		{"a trailing comma", "{\n  \"A\": 1,\n  \"B\": [1],  \n}\n", "line 3, column 11: invalid character '}' looking for beginning of object key string; remove the comma before it"},
		{"a trailing comma in a list", "{\"A\": [1, 2,]}", "line 1, column 12: invalid character ']' looking for beginning of value; remove the comma before it"},
		{"single quotes", "{\n'A': 1}", "line 2, column 1: invalid character '\\'' looking for beginning of object key string; write text in double quotes"},
		{"a comment", "{\n  # canary\n  \"A\": 1\n}", "line 2, column 3: invalid character '#' looking for beginning of object key string; JSON has no comments, remove it"},
		{"another comment", "{\n  \"A\": 1 // canary\n}", "line 2, column 10: invalid character '/' after object key:value pair; JSON has no comments, remove it"},
		{"Python's True", "{\"DEBUG\": True}", "line 1, column 11: invalid character 'T' looking for beginning of value; write true, false or null in small letters"},
		{"a missing comma", "{\n\"A\": 1\n\"B\": 2}", "line 3, column 1: invalid character '\"' after object key:value pair"},
		{"CRLF", "{\r\n\"A\": 1,\r\n}\r\n", "line 2, column 7: invalid character '}' looking for beginning of object key string; remove the comma before it"},
		{"the end is missing", "{\n\"A\": 1", "line 2, column 6: unexpected end of JSON input"},
		{"nothing at all", "", "line 1, column 0: unexpected end of JSON input"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, dir := newConfig(t)
			writeFile(t, dir, "config.json", tt.file)
			err := c.FromFile("config.json", json.Unmarshal)
			wantError(t, err, "config.json: "+tt.want)
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("got %q, want no part of the file", err)
			}
		})
	}
}

func TestAnOptionalFileWithNearlyTheRightNameIsReported(t *testing.T) {
	t.Parallel()
	app, dir, log := newLogged(t)
	writeFile(t, dir, "config.json", `{}`)
	writeFile(t, dir, "instance/settings.json", `{}`)
	writeFile(t, dir, ".env", "")
	writeFile(t, dir, ".envrc", "")
	must(t, errors.Join(
		app.Config.FromFile("confg.json", json.Unmarshal, dewar.Optional()),
		app.Config.FromFile("Config.json", json.Unmarshal, dewar.Optional()),
		app.Config.FromFile("instance/setings.json", json.Unmarshal, dewar.Optional()),
		app.Config.FromFile("nowhere/config.json", json.Unmarshal, dewar.Optional()),
		app.Config.FromFile("production.json", json.Unmarshal, dewar.Optional()),
		app.Config.FromDotenv(".evn", dewar.Optional()),
		app.Build(),
	))
	wantLog(t, log, "the optional file confg.json is not there; did you mean config.json?", "instance/setings.json is not there; did you mean settings.json?",
		".evn is not there; did you mean .env?")
	if strings.Contains(log.String(), "production.json") || strings.Contains(log.String(), "nowhere") {
		t.Errorf("got %q, want no word about files that are nowhere", log)
	}
}

func TestMustPanicsForAKeyThatIsMissingOrUnfit(t *testing.T) {
	t.Parallel()
	app, _, log := newLogged(t)
	must(t, errors.Join(app.Config.Declare("POSTS_PER_PAGE", 20, "posts on a page"), app.Config.Set("TITLE", "dewar")))
	if got := dewar.Must[int](app.Config, "POSTS_PER_PAGE"); got != 20 {
		t.Errorf("got %d, want 20", got)
	}
	app.Get("/slip", func(c *dewar.Context) error { return c.JSON(dewar.Must[int](c.Config(), "POST_PER_PAGE")) })
	app.Get("/unfit", func(c *dewar.Context) error { return c.JSON(dewar.Must[int](c.Config(), "TITLE")) })
	app.Get("/unset", func(c *dewar.Context) error { return c.JSON(dewar.Must[string](c.Config(), "SERVER_NAME")) })
	app.Get("/own", func(c *dewar.Context) error { return c.JSON(dewar.Must[string](c.Config(), "ZEBRA")) })
	client := dewartest.New(t, app)
	for path, want := range map[string]string{
		"/slip":  "config key POST_PER_PAGE is missing; did you mean POSTS_PER_PAGE?",
		"/unfit": "config key TITLE from " + folder(t) + "/config_cures_test.go:",
		"/unset": "config key SERVER_NAME from default is missing; set it, for example in the environment as FLASK_SERVER_NAME",
		"/own":   "config key ZEBRA is missing; set it, or give it a default with app.Config.Declare",
	} {
		if res := client.Get(path); res.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: got status %d, want 500", path, res.StatusCode)
		}
		wantLog(t, log, want)
	}
	_, err := dewar.Require[int](app.Config, "POST_PER_PAGE")
	wantError(t, err, "did you mean POSTS_PER_PAGE?")
}

func TestAKeyThatIsReadInVainIsReportedInDebug(t *testing.T) {
	t.Parallel()
	app, _, log := newLogged(t)
	must(t, errors.Join(app.Config.Declare("POSTS_PER_PAGE", 20, "posts on a page"), app.Config.FromMapping(dewar.Map{"title": "x", "NAME": "maybe"})))
	read := func(c *dewar.Values) {
		c.Int("POSTS_PER_PAEG")
		c.Int("POSTS_PER_PAEG")
		c.String("TITLE")
		c.Strings("ZEBRA")
		c.Bool("NAME")
		c.String("SERVER_NAME")
		c.Has("HAS")
		c.Lookup("LOOKUP")
		dewar.ValueOr(c, "VALUE_OR", 1)
	}
	app.Get("/", func(c *dewar.Context) error { read(c.Config()); return c.Text("ok") })
	client := dewartest.New(t, app)
	client.Get("/")
	app.Config.Int("POSTS_PER_PAEG")
	if log.Len() > 0 {
		t.Errorf("without DEBUG: got %q, want nothing", log)
	}
	must(t, app.Config.Set("DEBUG", true))
	client.Get("/")
	app.Config.Int("POSTS_PER_PAEG")
	app.Config.Float64("ZEBRAS")
	wantLog(t, log, "config key POSTS_PER_PAEG was read but is not set; did you mean POSTS_PER_PAGE?",
		"config key TITLE was read but is not set; title from "+folder(t)+"/config_cures_test.go:",
		"config key ZEBRA was read but is not set; set it, or give it a default with app.Config.Declare", "config key ZEBRAS",
		"config key NAME from "+folder(t)+"/config_cures_test.go:", "want true or false, but the value is malformed, so the getter returned its zero value; ask with dewar.Require or dewar.Must for an error")
	for _, text := range []string{"SERVER_NAME", "HAS", "LOOKUP", "VALUE_OR"} {
		if strings.Contains(log.String(), text) {
			t.Errorf("got %q, want no word about %s", log, text)
		}
	}
	if n := strings.Count(log.String(), "POSTS_PER_PAEG"); n != 1 {
		t.Errorf("got %d lines about one key, want 1:\n%s", n, log)
	}
}
