package dewar

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar/internal/conf"
)

// canaries are secrets that must not show anywhere.
var canaries = []string{
	"kanarie-of-SECRET_KEY+/?&<>\"'", "kanarie-of-fallback-1", "kanarie-of-fallback-2", "kanarie-of-database@:", "kanarie-of-token",
	"kanarie-declared", "kanarie-nested", "kanarie-mysql", "kanarie-libpq",
}

// wantNoCanary checks that text holds none of the canaries, as they are or encoded.
func wantNoCanary(t *testing.T, what, text string) {
	t.Helper()
	for _, canary := range canaries {
		quoted := strconv.Quote(canary)
		encoded, _ := json.Marshal(canary)
		for how, secret := range map[string]string{
			"as it is": canary, "quoted": quoted[1 : len(quoted)-1], "in JSON": strings.Trim(string(encoded), `"`),
			"in base64": base64.StdEncoding.EncodeToString([]byte(canary))[:16], "in base64 for URLs": base64.URLEncoding.EncodeToString([]byte(canary))[:16],
			"in hex": hex.EncodeToString([]byte(canary)), "in HEX": strings.ToUpper(hex.EncodeToString([]byte(canary))),
			"escaped for a query": url.QueryEscape(canary), "escaped for a path": url.PathEscape(canary),
			"as bytes": strings.Trim(fmt.Sprint([]byte(canary)), "[]"),
		} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows %q %s:\n%s", what, canary, how, text)
			}
		}
	}
	if strings.Contains(text, "kanarie") {
		t.Errorf("%s shows a part of a secret:\n%s", what, text)
	}
}

// canaryApp returns an app full of secrets, and its log.
func canaryApp(t *testing.T) (*App, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	app := New("canary", RootPath(t.TempDir()))
	app.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	err := errors.Join(
		app.Config.Declare("DEFAULT", canaries[5], "declared to be secret", Secret()),
		app.Config.Declare("MAILGUN", "", "declared to be secret", Secret()),
		app.Config.Update(Map{
			"SECRET_KEY": canaries[0], "SECRET_KEY_FALLBACKS": []string{canaries[1], canaries[2]},
			"DATABASE_URL": "postgres://user:" + canaries[3] + "@db.example/app", "API_TOKEN": canaries[4], "MAILGUN": canaries[5],
			"REPLICAS": []any{"postgres://user:" + canaries[3] + "@one.example/app", Map{"password": canaries[6], "PORT": 5432}},
			"SETTINGS": Map{"THEME": "dark", "api_key": canaries[6], "deep": Map{"smtp_password": canaries[6]}},
			"MYSQL":    "root:" + canaries[7] + "@tcp(127.0.0.1:3306)/app", "LIBPQ": "host=db password='" + canaries[8] + "' dbname=app",
			"BYTES": []byte(canaries[4]), "CLIENT": struct{ Password string }{canaries[6]}, "PLAIN": "shown",
			"GITHUB": "https://" + canaries[4] + "@github.example/x", "PRIVATE_KEYS": map[string]string{"a": canaries[6]},
		}))
	if err != nil {
		t.Fatal(err)
	}
	return app, &log
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	app, log := canaryApp(t)
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	c, _, err := app.NewContext(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	settings := app.Config.settings()
	printed := map[string]any{
		"Config": app.Config, "App": app, "Values": c.Config(), "Values as a value": *c.Config(), "Values of Config": app.Config.values(),
		"snapshot": settings.snapshot, "settings": settings,
		"Config as a value": reflect.ValueOf(app.Config).Elem().Interface(), "App as a value": reflect.ValueOf(app).Elem().Interface(),
		"Context": c, "Response": c.Response, "Session": c.Session(), "around": struct {
			App    *App
			Config *Config
			hidden *Config
			snap   *conf.Snapshot
			values *Values
			c      *Context
		}{app, app.Config, app.Config, settings.snapshot, c.Config(), c},
		"list": []any{app.Config, app, c.Config()},
	}
	for s := range app.Config.All() {
		printed["Setting "+s.Key], printed["*Setting "+s.Key] = s, &s
	}
	for name, v := range printed {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%10v", "%p", "%w"} {
			wantNoCanary(t, name+" by "+verb, fmt.Sprintf(verb, v))
		}
		wantNoCanary(t, name+" by Sprint", fmt.Sprint(v)+fmt.Sprintln(v))
		if encoded, err := json.Marshal(v); err != nil {
			wantNoCanary(t, name+" in an error of JSON", err.Error())
		} else {
			wantNoCanary(t, name+" in JSON", string(encoded))
		}
		for _, handler := range []slog.Handler{slog.NewTextHandler(log, nil), slog.NewJSONHandler(log, nil)} {
			logger := slog.New(handler).With("with", v)
			logger.Info("value", "value", v, slog.Group("group", "value", v))
		}
		wantNoCanary(t, name+" in a panic", (&PanicError{Value: v}).Error())
	}
	wantNoCanary(t, "the log", log.String())

	var table bytes.Buffer
	if err := app.Config.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	wantNoCanary(t, "the table", table.String())
	for _, shown := range []string{"shown", "dark", "5432", "[redacted]", "postgres://[redacted]@db.example/app", "[redacted]@tcp(127.0.0.1:3306)/app", "host=db password=[redacted] dbname=app"} {
		if !strings.Contains(table.String(), shown) {
			t.Errorf("the table lacks %q:\n%s", shown, table.String())
		}
	}
}

func TestSecretsAreNotInErrors(t *testing.T) {
	t.Parallel()
	app, _ := canaryApp(t)
	c := app.Config
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	quoting := func(data []byte, v any) error { return fmt.Errorf("cannot parse %q near %s", data, data) }
	var wrong struct {
		SecretKey   int `config:",required"`
		APIToken    time.Duration
		DatabaseURL []int
		Settings    []string
		Replicas    []struct{ X int }
	}
	_, required := Require[int](c, "SECRET_KEY")
	_, missing := Require[string](c, "NONE")
	for name, err := range map[string]error{
		"Set":                 c.Set("DEBUG", canaries[0]),
		"FromMapping":         c.FromMapping(Map{"DEBUG": canaries[0], "SECRET_KEY_FALLBACKS": canaries[1], "SECRET_KEY": []string{canaries[0]}}),
		"FromObject":          c.FromObject(struct{ Debug, SecretKeyFallbacks string }{canaries[4], canaries[1]}),
		"FromFile":            c.FromFile(write("a.json", `{"DEBUG": "`+canaries[4]+`"}`), json.Unmarshal),
		"FromFile, malformed": c.FromFile(write("b.json", `{"SECRET_KEY": `+canaries[4]+`}`), json.Unmarshal),
		"a parser that quotes": c.FromFile(write("c.toml", "TITLE = \"x\"\nSECRET_KEY = \""+canaries[4]+"\"\nSECRET_KEY_FALLBACKS = [\n  \""+canaries[1]+"\",\n  '"+
			canaries[2]+"',\n]\nDATABASE_URL = 'postgres://u:kanarie-x@h'\n"), quoting),
		"FromDotenv":    c.FromDotenv(write("a.env", "FLASK_SECRET_KEY=\""+canaries[4])),
		"a reference":   c.FromDotenv(write("b.env", "FLASK_SECRET_KEY=x${kanarie}")),
		"environment":   c.store.FromEnv(conf.Env{Prefix: "FLASK", Decode: conf.DecodeJSON}, []string{"FLASK_DEBUG=" + canaries[0], "FLASK_API_TOKEN__x=" + canaries[4]}),
		"a file's name": c.store.FromEnv(conf.Env{Prefix: "FLASK", Decode: conf.DecodeJSON}, []string{"FLASK_SECRET_KEY_FILE=" + canaries[4]}),
		"Declare":       c.Declare("API_TOKEN", 5, "a number"),
		"Decode":        c.Decode(&wrong),
		"Require":       required,
		"Build":         app.Build(),
		"keys":          app.checkKeys(true, true),
	} {
		if err == nil {
			if name != "keys" {
				t.Errorf("%s: got no error", name)
			}
			continue
		}
		for ; err != nil; err = errors.Unwrap(err) {
			wantNoCanary(t, name, fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
		}
	}
	if missing == nil {
		t.Error("got no error for a missing key")
	}
}

func TestSecretsAreNotInTheLogOfARequest(t *testing.T) {
	t.Parallel()
	app, log := canaryApp(t)
	for path, view := range map[string]Handler{
		"/panic": func(c *Context) error { panic(fmt.Sprintf("%v %+v", c.App.Config, c.Config())) },
		"/value": func(c *Context) error { panic(c.App.Config) },
		"/error": func(c *Context) error { _, err := Require[int](c.Config(), "SECRET_KEY"); return err },
		"/log": func(c *Context) error {
			c.Logger().Info("config", "config", c.App.Config, "app", c.App)
			return c.JSON(c.App.Config)
		},
	} {
		app.Get(path, view, Endpoint(strings.Trim(path, "/")))
	}
	for _, path := range []string{"/panic", "/value", "/error", "/log"} {
		for _, accept := range []string{"text/html", "application/json", "text/plain"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Accept", accept)
			w := httptest.NewRecorder()
			app.ServeHTTP(w, r)
			wantNoCanary(t, "the answer to "+path, w.Body.String()+fmt.Sprint(w.Header()))
		}
	}
	wantNoCanary(t, "the log", log.String())
}

func TestSecretsAreNotInTemplates(t *testing.T) {
	t.Parallel()
	app, log := canaryApp(t)
	if err := app.Config.Update(Map{
		"STRIPE_API_KEY": canaries[4], "DB_PASSWORD": canaries[3], "MAIL_PASS": canaries[3], "STRUCT": struct{ User, Password string }{"ann", canaries[6]},
		"POINTER": &struct{ APIKey string }{canaries[6]}, "LIST": []struct{ Token string }{{canaries[6]}}, "STRINGS": []string{"redis://:" + canaries[4] + "@h"},
		"STRINGS_MAP": map[string]string{"secret": canaries[6], "shown": "light"}, "URL": &url.URL{Scheme: "x", User: url.UserPassword("u", canaries[4]), Host: "url.example"},
		"ERROR": errors.New(canaries[4]), "READER": strings.NewReader(canaries[4]),
	}); err != nil {
		t.Fatal(err)
	}
	const pages = `{{define "all"}}{{range $k, $v := config}}{{$k}}={{$v}} {{printf "%v %+v %#v %q %x %d" $v $v $v $v $v $v}}
{{end}}{{config}} {{printf "%+v %#v" config config}}{{end}}`
	fsys := fstest.MapFS{
		"templates/all.txt":  {Data: []byte(pages + `{{template "all" .}}`)},
		"templates/all.html": {Data: []byte(pages + `{{template "all" .}}<script>var all = {{config}}, one = {{config.SETTINGS}}, {{config.REPLICAS}}</script>`)},
		"templates/one.txt":  {Data: []byte(`{{config.SETTINGS.api_key}} {{config.STRUCT.Password}} {{config.STRUCT.User}} {{config.STRIPE_API_KEY}} {{config.SECRET_KEY}} {{index config "DB_PASSWORD"}}{{config.DATABASE_URL}}`)},
		"templates/made.txt": {Data: []byte(`{{request}} {{printf "%v %+v %#v" request request request}}`)},
	}
	app.folders.fsys = fsys
	var names []string
	for name := range fsys {
		names = append(names, strings.TrimPrefix(name, "templates/"))
	}
	app.Get("/{name}", func(c *Context) error { return c.Render(c.Params().String("name"), nil) })
	pageOf := func(name string) string {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/"+name, nil)
		r.Header.Set("Authorization", "Bearer "+canaries[4])
		r.AddCookie(&http.Cookie{Name: "session", Value: canaries[4]})
		app.ServeHTTP(w, r)
		if w.Code != 200 {
			t.Errorf("%s: got %d, log %s", name, w.Code, log)
		}
		return w.Body.String()
	}
	for _, name := range names {
		wantNoCanary(t, name, pageOf(name))
	}
	for _, want := range []string{"PLAIN=shown", "dark", "5432", "light", "ann", "postgres://[redacted]@db.example/app", "x://[redacted]@url.example", "SESSION_COOKIE_NAME=session"} {
		if all := pageOf("all.txt"); !strings.Contains(all, want) {
			t.Errorf("all.txt lacks %q:\n%s", want, all)
		}
	}
	wantNoCanary(t, "the log", log.String())
}

func TestBuildWarnsOfALineBreakAtTheEndOfASecret(t *testing.T) {
	t.Parallel()
	app, log := canaryApp(t)
	path := filepath.Join(app.RootPath(), "key")
	if err := os.WriteFile(path, []byte("kanarie kanarie kanarie kanarie\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := app.Config.store.FromEnv(conf.Env{Prefix: "FLASK", Decode: conf.DecodeJSON}, []string{"FLASK_SECRET_KEY_FILE=key"}); err != nil {
		t.Fatal(err)
	}
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"level=WARN", "SECRET_KEY from environment FLASK_SECRET_KEY_FILE ends in a line break", "printf %s"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("got log %q, want %q in it", log, want)
		}
	}
	wantNoCanary(t, "the log", log.String())
	if got := app.Config.String("SECRET_KEY"); got != "kanarie kanarie kanarie kanarie\n" {
		t.Errorf("got %q, want every byte of the file", got)
	}
}

func TestKeysAreCheckedBeforeServing(t *testing.T) {
	t.Parallel()
	const good = "6f1c0d8e2b7a4953b1f07c6a9e3d5842"
	for _, tt := range []struct {
		name string
		keys Map
		want string // in the error, or the warning
		weak bool   // an error, not only a warning
	}{
		{"good", Map{"SECRET_KEY": good}, "", false},
		{"good, with fallbacks", Map{"SECRET_KEY": good, "SECRET_KEY_FALLBACKS": []string{strings.ToUpper(good)}}, "", false},
		{"not set", Map{}, "SECRET_KEY is not set", false},
		{"empty", Map{"SECRET_KEY": ""}, "is empty", true},
		{"one byte", Map{"SECRET_KEY": "x"}, "has 1 bytes, at least 16", true},
		{"15 bytes", Map{"SECRET_KEY": good[:15]}, "has 15 bytes, at least 16", true},
		{"16 bytes", Map{"SECRET_KEY": good[:16]}, "has 16 bytes, 32 are better", false},
		{"31 bytes", Map{"SECRET_KEY": good[:31]}, "has 31 bytes, 32 are better", false},
		{"dev", Map{"SECRET_KEY": "dev"}, "everybody knows", true},
		{"changeme", Map{"SECRET_KEY": "please change me, I am the key of production"}, "everybody knows", true},
		{"of Flask's guide", Map{"SECRET_KEY": "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf"}, "everybody knows", true},
		{"of Flask's quickstart", Map{"SECRET_KEY": "_5#y2L\"F4Q8z\n\xec]/"}, "everybody knows", true},
		{"of Flask's quickstart, as it is written", Map{"SECRET_KEY": `_5#y2L"F4Q8z\n\xec]/`}, "everybody knows", true},
		{"of the tests", Map{"SECRET_KEY": "a test key that is long enough to be one"}, "everybody knows", true},
		{"one letter", Map{"SECRET_KEY": strings.Repeat("a", 64)}, "repeats", true},
		{"one word", Map{"SECRET_KEY": strings.Repeat("hunter2", 8)}, "repeats", true},
		{"few letters", Map{"SECRET_KEY": "abbabaabbaababbabaababbaabbabaab"}, "repeats", true},
		{"weak fallback", Map{"SECRET_KEY": good, "SECRET_KEY_FALLBACKS": []string{"dev"}}, "SECRET_KEY_FALLBACKS[0]", true},
		{"the key among the fallbacks", Map{"SECRET_KEY": good, "SECRET_KEY_FALLBACKS": []string{strings.ToUpper(good), good}}, "SECRET_KEY_FALLBACKS[1]", true},
	} {
		for _, where := range []struct {
			name           string
			strict, public bool
			config         Map
		}{
			{"public", true, true, Map{}}, {"loopback", false, false, Map{}}, {"a socket", true, false, Map{}},
			{"public, DEBUG", true, true, Map{"DEBUG": true}}, {"public, TESTING", true, true, Map{"TESTING": true}},
			{"public, allowed", true, true, Map{"ALLOW_WEAK_SECRET_KEY": true}},
		} {
			t.Run(tt.name+", "+where.name, func(t *testing.T) {
				t.Parallel()
				var log bytes.Buffer
				app := New("test")
				app.Logger = slog.New(slog.NewTextHandler(&log, nil))
				if err := errors.Join(app.Config.FromMapping(tt.keys), app.Config.FromMapping(where.config)); err != nil {
					t.Fatal(err)
				}
				err := app.checkKeys(where.strict, where.public)
				strict := where.strict && len(where.config) == 0
				if wantErr := strict && tt.weak; (err != nil) != wantErr || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got error %v, want one: %v, with %q", err, wantErr, tt.want)
				}
				warned := strings.Contains(log.String(), tt.want) && strings.Contains(log.String(), "level=WARN")
				bare := where.public && !app.Config.Bool("DEBUG") && !app.Config.Bool("TESTING")
				if wantWarning := err == nil && tt.want != "" && (bare || tt.name != "not set"); warned != wantWarning {
					t.Errorf("got log %q, want a warning: %v, with %q", &log, wantWarning, tt.want)
				}
			})
		}
	}
}

// TestHandlerWithAWeakKeyIsNotBuilt has every way in which an App is a plain handler.
func TestHandlerWithAWeakKeyIsNotBuilt(t *testing.T) {
	t.Parallel()
	const good = "6f1c0d8e2b7a4953b1f07c6a9e3d5842"
	for _, tt := range []struct {
		name   string
		config Map
		want   string // in the error, or the warning
		weak   bool
		warned bool
	}{
		{"a good key", Map{"SECRET_KEY": good}, "", false, false},
		{"no key", Map{}, "", false, false},
		{"a key that could be longer", Map{"SECRET_KEY": good[:20]}, "32 are better", false, true},
		{"dev", Map{"SECRET_KEY": "dev"}, "is an example that everybody knows; set it to a long random text", true, false},
		{"short", Map{"SECRET_KEY": good[:10]}, "at least 16", true, false},
		{"repeated", Map{"SECRET_KEY": strings.Repeat("a", 40)}, "repeats", true, false},
		{"empty", Map{"SECRET_KEY": ""}, "is empty", true, false},
		{"a sequence", Map{"SECRET_KEY": "abcdefghijklmnopqrstuvwx"}, "counts up or down", true, false},
		{"a fallback", Map{"SECRET_KEY": good, "SECRET_KEY_FALLBACKS": []string{"dev"}}, "SECRET_KEY_FALLBACKS[0] from ", true, false},
		{"with DEBUG", Map{"SECRET_KEY": "dev", "DEBUG": true}, "everybody knows", false, true},
		{"allowed", Map{"SECRET_KEY": "dev", "ALLOW_WEAK_SECRET_KEY": true}, "everybody knows", false, true},
		{"with TESTING", Map{"SECRET_KEY": "dev", "TESTING": true}, "", false, false},
	} {
		var log bytes.Buffer
		newApp := func() *App {
			log.Reset()
			app := New("test", FS(fstest.MapFS{"templates/a.txt": {Data: []byte("a")}}))
			app.Logger = slog.New(slog.NewTextHandler(&log, nil))
			if err := app.Config.FromMapping(tt.config); err != nil {
				t.Fatal(err)
			}
			app.Get("/", func(c *Context) error { return c.Text("served") })
			return app
		}
		app := newApp()
		err := app.Build()
		if (err != nil) != tt.weak || err != nil && (!strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "set DEBUG, TESTING or ALLOW_WEAK_SECRET_KEY")) {
			t.Errorf("%s: Build gave %v, want an error %t, with %q and what else can be set", tt.name, err, tt.weak, tt.want)
		}
		if warned := strings.Contains(log.String(), "level=WARN"); warned != tt.warned || warned && !strings.Contains(log.String(), tt.want) {
			t.Errorf("%s: Build logged %q, want a warning %t, with %q", tt.name, &log, tt.warned, tt.want)
		}
		if tt.weak { // the App is not frozen, and can be mended
			app.Get("/late", func(c *Context) error { return c.Text("late") })
			if err := errors.Join(app.Config.FromMapping(Map{"SECRET_KEY": good, "SECRET_KEY_FALLBACKS": []string{}}), app.Build()); err != nil {
				t.Errorf("%s: got %v after the key was mended", tt.name, err)
			}
		}
		app, w := newApp(), httptest.NewRecorder()
		for range 3 {
			w = httptest.NewRecorder()
			app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		}
		if served := w.Body.String() == "served"; served == tt.weak || strings.Count(log.String(), "app cannot be built") > 1 {
			t.Errorf("%s: got %d %q and log %q, want it served %t and told once", tt.name, w.Code, w.Body, &log, !tt.weak)
		}
		_, _, err = newApp().NewContext(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		if (err != nil) != tt.weak {
			t.Errorf("%s: NewContext gave %v, want an error %t", tt.name, err, tt.weak)
		}
		app = newApp()
		if text, err := app.RenderString(t.Context(), "a.txt", nil); text != "a" || err != nil {
			t.Errorf("%s: RenderString gave %q, %v, want a text without a word: it serves nobody", tt.name, text, err)
		}
		if err := app.Build(); (err != nil) != tt.weak {
			t.Errorf("%s: Build after RenderString gave %v, want an error %t", tt.name, err, tt.weak)
		}
	}
}
