package dewar_test

import (
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func TestUppercaseRule(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]bool{
		"A": true, "A1": true, "_A": true, "A_B": true, "A-B": true, "123A": true, "__A__": true, "É": true, "A B": true,
		"a": false, "Ab": false, "A.b": false, "1": false, "_": false, "": false, "ß": false, "Aß": false, "ǅ": false, "Aª": false,
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			c, dir := newConfig(t)
			must(t, c.FromMapping(dewar.Map{key: 1}))
			if got := c.Has(key); got != want {
				t.Errorf("FromMapping: got %v, want %v", got, want)
			}
			content, err := json.Marshal(dewar.Map{key: 1})
			must(t, err)
			writeFile(t, dir, "config.json", string(content))
			c, _ = newConfig(t)
			must(t, c.FromFile(filepath.Join(dir, "config.json"), json.Unmarshal))
			if got := c.Has(key); got != want {
				t.Errorf("FromFile: got %v, want %v", got, want)
			}
			c, _ = newConfig(t)
			must(t, c.Update(dewar.Map{key: 1}))
			must(t, c.Set(key+"x", 1))
			if !c.Has(key) || !c.Has(key+"x") {
				t.Error("Update and Set left a key out, want all taken")
			}
		})
	}
}

func TestUppercaseRuleIsForTheTopAlone(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.FromMapping(dewar.Map{"DB": dewar.Map{"host": "a", "Port": 1}}))
	wantValue(t, c, "DB", dewar.Map{"host": "a", "Port": 1})
}

func TestTheLastLoadWinsAndReplacesWhole(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	must(t, c.FromMapping(dewar.Map{"DB": dewar.Map{"HOST": "a", "PORT": 1}, "TITLE": "mapping"}))
	writeFile(t, dir, "config.json", `{"DB": {"HOST": "b"}}`)
	must(t, c.FromFile("config.json", json.Unmarshal))
	wantValue(t, c, "DB", dewar.Map{"HOST": "b"})
	wantValue(t, c, "TITLE", "mapping")
	must(t, c.Set("TITLE", nil))
	if c.Has("TITLE") || c.Source("TITLE") == "" {
		t.Errorf("got %v from %q, want an unset key that knows its source", c.Get("TITLE"), c.Source("TITLE"))
	}
}

func TestFromFileKeepsLargeIntegers(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	writeFile(t, dir, "config.json", `{"A": 9007199254740993, "B": [-9223372036854775808], "C": {"d": 12345678901234567890123, "e": 1.5, "f": 1e3}}`)
	must(t, c.FromFile("config.json", json.Unmarshal))
	wantValue(t, c, "A", int64(9007199254740993))
	wantValue(t, c, "B", []any{int64(-9223372036854775808)})
	wantValue(t, c, "C", dewar.Map{"d": json.Number("12345678901234567890123"), "e": 1.5, "f": 1000.0})
}

func TestFromFileTellsTheUnmarshallerItsName(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	writeFile(t, dir, "config.x", "content")
	var name any
	must(t, c.FromFile("config.x", func(data []byte, v any) error {
		name = reflect.ValueOf(v).Elem().MapIndex(reflect.ValueOf("__file__")).Interface()
		return nil
	}))
	if want := filepath.Join(dir, "config.x"); name != want {
		t.Errorf("got %v, want %q", name, want)
	}
	if c.Has("__file__") {
		t.Error("__file__ became a key")
	}
}

func TestFromFileMakesPlainMaps(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	writeFile(t, dir, "config.x", "")
	must(t, c.FromFile("config.x", func(data []byte, v any) error {
		document := reflect.ValueOf(v).Elem()
		inner := reflect.MakeMap(document.Type()) // as yaml makes them
		inner.SetMapIndex(reflect.ValueOf("HOST"), reflect.ValueOf(map[any]any{"a": []any{map[any]any{1: 2}}}))
		document.SetMapIndex(reflect.ValueOf("DB"), inner)
		return nil
	}))
	wantValue(t, c, "DB", dewar.Map{"HOST": dewar.Map{"a": []any{map[any]any{1: 2}}}})
}

func TestFromFileWantsAMapping(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	for _, content := range []string{`[1]`, `"text"`, `null`, `1`, ``} {
		writeFile(t, dir, "config.json", content)
		if err := c.FromFile("config.json", json.Unmarshal); err == nil && content != "null" {
			t.Errorf("%q: got no error", content)
		}
	}
	writeFile(t, dir, "config.json", `[]`)
	wantError(t, c.FromFile("config.json", json.Unmarshal), "config.json", `want a JSON object at the top, as in {"DEBUG": true}`)
}

func TestSourceSaysWhereAValueCameFrom(t *testing.T) {
	t.Setenv("FLASK_FROM_ENV", "1")
	t.Setenv("FLASK_DB__PORT", "2")
	t.Setenv("FLASK_DB__HOST", "h")
	t.Setenv("FLASK_DEBUG", "1")
	c, dir := newConfig(t)
	wantSource := func(key, want string) {
		t.Helper()
		if got := c.Source(key); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	wantSource("DEBUG", "environment FLASK_DEBUG")
	wantSource("TESTING", "default")
	wantSource("UNKNOWN", "")
	writeFile(t, dir, "config.json", `{"FROM_FILE": 1, "DB": {"PORT": 1}}`)
	writeFile(t, dir, ".env", "# variables\n\nFLASK_FROM_DOTENV=1\nFLASK_FROM_ENV=9\n")
	must(t, c.FromFile("config.json", json.Unmarshal))
	must(t, c.FromDotenv(".env"))
	wantSource("FROM_ENV", "environment FLASK_FROM_ENV")
	must(t, c.FromPrefixedEnv())
	must(t, c.Declare("OWN", 1, "a key"))
	must(t, c.FromMapping(dewar.Map{"FROM_MAPPING": 1}))
	must(t, c.FromObject(struct{ FromObject int }{1}))
	must(t, c.Set("FROM_SET", 1))
	wantSource("FROM_FILE", "config.json")
	wantSource("FROM_DOTENV", ".env:3")
	wantSource("DB", "config.json, environment FLASK_DB__HOST, environment FLASK_DB__PORT")
	wantSource("OWN", "default")
	for _, key := range []string{"FROM_MAPPING", "FROM_OBJECT", "FROM_SET"} {
		file, line, _ := strings.Cut(c.Source(key), ":")
		if _, err := strconv.Atoi(line); err != nil || !strings.HasSuffix(file, "config_test.go") {
			t.Errorf("%s: got %q, want this file and line", key, c.Source(key))
		}
	}
	must(t, c.FromPrefixedEnv())
	wantSource("DB", "config.json, environment FLASK_DB__HOST, environment FLASK_DB__PORT")
}

func TestValuesAreCopiedInAndOut(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	inner := dewar.Map{"HOST": "a"}
	given := dewar.Map{"INNER": inner, "LIST": []any{inner, []string{"x"}}, "BYTES": []byte("b"), "NIL": nil}
	must(t, c.Set("DB", given))
	must(t, c.Declare("NAMES", []string{"a"}, "names"))
	want := dewar.Map{"INNER": dewar.Map{"HOST": "a"}, "LIST": []any{dewar.Map{"HOST": "a"}, []string{"x"}}, "BYTES": []byte("b"), "NIL": nil}

	inner["HOST"] = "changed"
	given["NEW"] = 1
	wantValue(t, c, "DB", want)
	c.Map("DB")["NEW"] = 1
	c.Map("DB")["INNER"].(dewar.Map)["HOST"] = "changed"
	c.Get("DB").(dewar.Map)["LIST"].([]any)[0] = 1
	dewar.ValueOr(c, "DB", dewar.Map{})["NEW"] = 1
	c.Get("NAMES").([]string)[0] = "changed"
	c.Namespace("D", dewar.KeepCase())["B"].(dewar.Map)["NEW"] = 1
	for s := range c.All() {
		if m, ok := s.Value().(dewar.Map); ok {
			m["NEW"] = 1
		}
	}
	wantValue(t, c, "DB", want)
	wantValue(t, c, "NAMES", []string{"a"})
}

func TestDeclare(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.FromMapping(dewar.Map{"PORT": "8080", "BAD": "x"}))
	must(t, c.Declare("PORT", 80, "port of the service"))
	wantValue(t, c, "PORT", 8080)
	must(t, c.Declare("WAIT", time.Second, "how long"))
	wantValue(t, c, "WAIT", time.Second)
	must(t, c.Declare("ANY", nil, "anything"))
	must(t, c.Set("WAIT", "2m"))
	wantValue(t, c, "WAIT", 2*time.Minute)
	wantError(t, c.Set("WAIT", "soon"), "WAIT", "a duration such as 30s", "config_test.go")
	wantValue(t, c, "WAIT", 2*time.Minute)

	wantError(t, c.Declare("BAD", 1, "a number"), "BAD", "an integer", "config_test.go")
	wantValue(t, c, "BAD", "x")
	must(t, c.Declare("BAD", "", "text after all"))
	wantError(t, c.Declare("BAD", "", "twice"), "BAD is declared already: text after all")
	wantError(t, c.Declare("DEBUG", false, "mine"), "DEBUG is declared already")
	wantError(t, c.Declare("lower", 1, "no key"), `"lower"`, `"LOWER"`)
	wantError(t, c.Declare("STRUCT", struct{}{}, "no type"), "STRUCT", "struct {}", "time.Duration")
}

func TestDeclareKeepsTheTextOfTheEnvironment(t *testing.T) {
	t.Setenv("FLASK_NUMBER", "007")
	t.Setenv("FLASK_DIGITS", "12345")
	t.Setenv("FLASK_FLOAT", "1e3")
	t.Setenv("FLASK_QUOTED", `"1e3"`)
	t.Setenv("FLASK_HOSTS", "5")
	c, _ := newConfig(t)
	must(t, c.FromPrefixedEnv())
	for _, key := range []string{"NUMBER", "DIGITS", "FLOAT", "QUOTED"} {
		must(t, c.Declare(key, "", "text"))
	}
	must(t, c.Declare("HOSTS", []string{}, "a list"))
	wantValue(t, c, "NUMBER", "007")
	wantValue(t, c, "DIGITS", "12345")
	wantValue(t, c, "FLOAT", "1e3")
	wantValue(t, c, "QUOTED", "1e3")
	wantValue(t, c, "HOSTS", []string{"5"})
}

func TestBuildReportsWhatSetRefused(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	_ = app.Config.Set("MAX_FORM_PARTS", "many")
	_ = app.Config.Set("SESSION_COOKIE_SAMESITE", "Sometimes")
	wantError(t, app.Build(), "MAX_FORM_PARTS", "an integer", "SESSION_COOKIE_SAMESITE", `"Lax", "Strict" or "None"`, "config_test.go")
	must(t, app.Config.Set("MAX_FORM_PARTS", 5))
	must(t, app.Config.FromMapping(dewar.Map{"SESSION_COOKIE_SAMESITE": "None"}))
	must(t, app.Build())
}

func TestBuildReportsKeysThatAreNearlyRight(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"debug": "DEBUG", "Debug": "DEBUG", "Secret_Key": "SECRET_KEY", "SECRET-KEY": "SECRET_KEY", "own_key": "OWN_KEY",
		"SESSION_COOKIE_NAM": "SESSION_COOKIE_NAME", "SESSION_COOKIE_SAME_SITE": "SESSION_COOKIE_SAMESITE",
		"SESSION_COOKIE_MAXIMUM_AGE_IN_SECONDS": "one of SESSION_COOKIE_DOMAIN", "session_cookie_secur": "SESSION_COOKIE_SECURE",
		"SECERT_KEY": "SECRET_KEY", "SECRETKEY": "SECRET_KEY", "SECRET_KEY_FALLBACK": "SECRET_KEY_FALLBACKS",
		"TRUSTED_HOST": "TRUSTED_HOSTS", "MAX_CONTENT_LENGHT": "MAX_CONTENT_LENGTH",
		"PERMANENT_SESION_LIFETIM": "PERMANENT_SESSION_LIFETIME",

		"DATABASE": "", "DATABASE_URL": "", "TITLE": "", "APP": "", "ENV": "", "RUN_PORT": "", "TEST": "", "TESTS": "", "TESTIN": "", "DEBUGS": "",
		"SENDER_NAME": "", "SERVICE_NAME": "", "USER_NAME": "", "MIN_CONTENT_LENGTH": "", "MIN_FORM_MEMORY_SIZE": "", "SECRET_KEY2": "",
		"MAX_JOIN_SIZE": "", "SESSION_TYPE": "", "SESSION_REDIS": "", "APPLICATION_NAME": "", "MAIL_USE_TLS": "", "lower": "", "": "",
		"SQLALCHEMY_DATABASE_URI": "", "SECURITY_PASSWORD_SALT": "", "JWT_SECRET_KEY": "", "TEMPLATES": "", "OWN_KEYS": "",
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			must(t, app.Config.Declare("OWN_KEY", "", "a key of the test"))
			must(t, app.Config.Update(dewar.Map{key: "value of it"}))
			err := app.Build()
			if want == "" {
				must(t, err)
				return
			}
			wantError(t, err, key, "did you mean "+want, "config_test.go", "app.Config.Declare")
			if err != nil && strings.Contains(err.Error(), "value of it") {
				t.Errorf("got %q, want no value in it", err)
			}
		})
	}
}

func TestBuildTakesADeclaredKeyHoweverItLooks(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Declare("SESSION_COOKIE_COLOUR", "blue", "of the cookie"))
	must(t, app.Build())
}

func TestASlipInTheEnvironmentIsKeptAndReported(t *testing.T) {
	t.Setenv("FLASK_debug", "true")
	app := newApp(t)
	must(t, app.Config.FromPrefixedEnv())
	wantValue(t, app.Config, "debug", true)
	wantValue(t, app.Config, "DEBUG", false)
	wantError(t, app.Build(), "debug from environment FLASK_debug", "did you mean DEBUG")
}

func TestARequestSeesOneState(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Update(dewar.Map{"A": 0, "B": 0}))
	var writer sync.WaitGroup
	done := make(chan struct{})
	writer.Go(func() {
		for i := 1; ; i++ {
			select {
			case <-done:
				return
			default:
				if err := app.Config.Update(dewar.Map{"A": i, "B": i}); err != nil {
					t.Error(err)
				}
			}
		}
	})
	app.Get("/", func(c *dewar.Context) error {
		config := c.Config()
		first := config.Int("A")
		for range 100 {
			if a, b := config.Int("A"), c.Config().Int("B"); a != first || b != first {
				t.Errorf("got A %d and B %d, want %d", a, b, first)
			}
		}
		if err := app.Config.Set("C", first); err != nil {
			t.Error(err)
		}
		if config.Has("C") {
			t.Error("a change shows in the request that made it")
		}
		return c.NoContent()
	}, dewar.Endpoint("index"))
	for range 100 {
		app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		must(t, app.Config.Set("C", nil))
	}
	close(done)
	writer.Wait()
}

func TestReadingATypedKeyDoesNotAllocate(t *testing.T) {
	app := newApp(t)
	must(t, app.Config.Declare("PORT", 8080, "a port"))
	must(t, app.Config.Declare("RATE", 0.5, "a rate"))
	reads := map[string]func(c *dewar.Context){
		"String":          func(c *dewar.Context) { _ = c.Config().String("SESSION_COOKIE_NAME") },
		"Bool":            func(c *dewar.Context) { _ = c.Config().Bool("DEBUG") },
		"Int":             func(c *dewar.Context) { _ = c.Config().Int("PORT") },
		"Int64":           func(c *dewar.Context) { _ = c.Config().Int64("MAX_CONTENT_LENGTH") },
		"Float64":         func(c *dewar.Context) { _ = c.Config().Float64("RATE") },
		"Duration":        func(c *dewar.Context) { _ = c.Config().Duration("PERMANENT_SESSION_LIFETIME") },
		"Has":             func(c *dewar.Context) { _ = c.Config().Has("SECRET_KEY") },
		"Get":             func(c *dewar.Context) { _ = c.Config().Get("PORT") },
		"App.Config.Int":  func(c *dewar.Context) { _ = c.App.Config.Int("PORT") },
		"App.Config.Bool": func(c *dewar.Context) { _ = c.App.Config.Bool("DEBUG") },
	}
	got := map[string]float64{}
	app.Get("/", func(c *dewar.Context) error {
		for name, read := range reads {
			got[name] = testing.AllocsPerRun(100, func() { read(c) })
		}
		return c.NoContent()
	}, dewar.Endpoint("index"))
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	for name := range reads {
		if n, ran := got[name]; n != 0 || !ran {
			t.Errorf("%s: got %v allocations, want 0", name, n)
		}
	}
}

func TestGettersOfAKnownKeyCannotFail(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.FromMapping(dewar.Map{
		"MAX_CONTENT_LENGTH": "1000", "DEBUG": "yes", "PERMANENT_SESSION_LIFETIME": 3600.5, "SECRET_KEY": []byte("bytes"),
		"TRUSTED_HOSTS": "a.example, .b.example", "MAX_FORM_PARTS": 3.0, "SESSION_COOKIE_DOMAIN": "",
	}))
	wantValue(t, c, "MAX_CONTENT_LENGTH", int64(1000))
	wantValue(t, c, "DEBUG", true)
	wantValue(t, c, "PERMANENT_SESSION_LIFETIME", 3600*time.Second+500*time.Millisecond)
	wantValue(t, c, "SECRET_KEY", "bytes")
	wantValue(t, c, "TRUSTED_HOSTS", []string{"a.example", ".b.example"})
	wantValue(t, c, "MAX_FORM_PARTS", 3)
	wantValue(t, c, "SESSION_COOKIE_DOMAIN", nil)
}
