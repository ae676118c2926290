package dewar_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
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
	must(t, errors.Join(c.Set("TITLE", nil), c.Set("SERVER_NAME", nil)))
	if c.Has("TITLE") || c.Source("TITLE") != "" {
		t.Errorf("got %v from %q, want a key that nobody knows", c.Get("TITLE"), c.Source("TITLE"))
	}
	if c.Has("SERVER_NAME") || !strings.Contains(c.Source("SERVER_NAME"), "/config_test.go:") {
		t.Errorf("got %v from %q, want an unset key that knows its source", c.Get("SERVER_NAME"), c.Source("SERVER_NAME"))
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

		"DATABASE": "", "DATABASE_URL": "", "TITLE": "", "APP": "", "ENV": "", "RUN_RELOAD": "", "RUN_CERT": "", "TEST": "", "TESTS": "", "TESTIN": "", "DEBUGS": "",
		"SENDER_NAME": "", "SERVICE_NAME": "", "USER_NAME": "", "MIN_CONTENT_LENGTH": "", "MIN_FORM_MEMORY_SIZE": "", "SECRET_KEY2": "",
		"MAX_JOIN_SIZE": "", "SESSION_TYPE": "", "SESSION_REDIS": "", "APPLICATION_NAME": "", "MAIL_USE_TLS": "", "lower": "", "": "",
		"SQLALCHEMY_DATABASE_URI": "", "SECURITY_PASSWORD_SALT": "", "JWT_SECRET_KEY": "", "TEMPLATES": "", "OWN_KEYS": "",
		"OWNKEY": "OWN_KEY", "OWN__KEY": "OWN_KEY", "SecretKey": "SECRET_KEY", "RUNHOST": "RUN_HOST",
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

// wrongText fits no built-in key but SECRET_KEY, which takes any text.
const wrongText = "canary wrong"

// A source is a way into the configuration, for a key with a wrong value among good ones.
type configSource struct {
	name   string
	text   bool // carries text alone
	source string
	load   func(t *testing.T, c *dewar.Config, dir, key string, wrong any) error
}

var configSources = []configSource{
	{"Set", false, "config_test.go:", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		return c.Set(key, wrong)
	}},
	{"FromMapping", false, "config_test.go:", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		return c.FromMapping(amongGood(key, wrong))
	}},
	{"Update", false, "config_test.go:", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		return c.Update(amongGood(key, wrong))
	}},
	{"FromObject", false, "config_test.go:", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		fields := []reflect.StructField{
			{Name: "AAA", Type: reflect.TypeFor[int]()},
			{Name: "Wrong", Type: reflect.TypeOf(wrong), Tag: reflect.StructTag(fmt.Sprintf("config:%q", key))},
			{Name: "ZZZ", Type: reflect.TypeFor[int]()},
		}
		object := reflect.New(reflect.StructOf(fields))
		object.Elem().Field(1).Set(reflect.ValueOf(wrong))
		return c.FromObject(object.Interface())
	}},
	{"FromFile", false, "settings.json", func(t *testing.T, c *dewar.Config, dir, key string, wrong any) error {
		writeJSON(t, dir, amongGood(key, wrong))
		return c.FromFile("settings.json", json.Unmarshal)
	}},
	{"FromEnvVar", false, "settings.json", func(t *testing.T, c *dewar.Config, dir, key string, wrong any) error {
		writeJSON(t, dir, amongGood(key, wrong))
		t.Setenv("SETTINGS_OF_THE_TEST", "settings.json")
		return c.FromEnvVar("SETTINGS_OF_THE_TEST", json.Unmarshal)
	}},
	{"FromPrefixedEnv", true, "environment WRONG_", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		t.Setenv("WRONG_AAA", "1")
		t.Setenv("WRONG_"+key, wrong.(string))
		t.Setenv("WRONG_ZZZ", "1")
		return c.FromPrefixedEnv(dewar.EnvPrefix("WRONG"))
	}},
	{"FromDotenv", true, "local.env:2", func(t *testing.T, c *dewar.Config, dir, key string, wrong any) error {
		writeFile(t, dir, "local.env", fmt.Sprintf("DOT_AAA=1\nDOT_%s='%s'\nDOT_ZZZ=1\n", key, wrong))
		return c.FromDotenv("local.env", dewar.EnvPrefix("DOT"))
	}},
}

func amongGood(key string, wrong any) dewar.Map { return dewar.Map{"AAA": 1, key: wrong, "ZZZ": 1} }

func writeJSON(t *testing.T, dir string, v any) {
	t.Helper()
	content, err := json.Marshal(v)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "settings.json"), content, 0o600))
}

func TestAWrongValueOfABuiltinKeyIsRefusedFromEverySource(t *testing.T) {
	for _, source := range configSources {
		t.Run(source.name, func(t *testing.T) {
			c, dir := newConfig(t)
			before := slices.Collect(c.All())
			for _, s := range before {
				for _, wrong := range wrongValues(s.Key, source.text) {
					err := source.load(t, c, dir, s.Key, wrong)
					wantError(t, err, "config key "+s.Key+" from ", "want ", source.source)
					if err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "1234567")) {
						t.Errorf("%s: got %q, want no value in it", s.Key, err)
					}
					if after := slices.Collect(c.All()); !reflect.DeepEqual(after, before) {
						t.Fatalf("%s: something was loaded: %v", s.Key, after)
					}
					os.Unsetenv("WRONG_" + s.Key)
				}
			}
		})
	}
}

// wrongValues returns values that do not fit key.
func wrongValues(key string, text bool) []any {
	switch {
	case text && key == "SECRET_KEY":
		return nil
	case text:
		return []any{wrongText, "{\"canary\": 1234567}"}
	case key == "SECRET_KEY":
		return []any{1234567, 1234567.5, true, []any{wrongText}, dewar.Map{"canary": 1234567}}
	}
	return []any{wrongText, dewar.Map{"canary": 1234567}, []any{dewar.Map{"canary": 1234567}}}
}

func TestAllWrongValuesAreReportedTogether(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	err := c.FromMapping(dewar.Map{"DEBUG": "maybe", "MAX_FORM_PARTS": -1, "TRUSTED_HOSTS": []any{"ok.example", 5}, "MAX_JSON_SIZE": 1.5})
	wantError(t, err, "config key DEBUG", "config key MAX_FORM_PARTS", "want 0 or more", "config key TRUSTED_HOSTS", "item 1: want text", "config key MAX_JSON_SIZE", "not a whole number")
}

func TestTextIsNotMadeOfNumbers(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	for _, value := range []any{1, int64(1), 1.5, true, json.Number("1e3"), new(5)} {
		wantError(t, c.Set("SECRET_KEY", value), "SECRET_KEY", "want text; put the value in quotes")
	}
}

func TestVariablesThatContradictEachOtherChangeNothing(t *testing.T) {
	for _, tt := range []struct {
		name      string
		variables map[string]string
		want      []string
	}{
		{"number and nested", map[string]string{"X_A": "5", "X_A__y": "1"}, []string{"X_A__y", "environment X_A and is no mapping", "remove one of the two"}},
		{"list and nested", map[string]string{"X_A": "[1]", "X_A__y": "1"}, []string{"X_A__y", "environment X_A and"}},
		{"null and nested", map[string]string{"X_A": "null", "X_A__y__z": "1"}, []string{"X_A__y__z", "environment X_A and"}},
		{"text and deeply nested", map[string]string{"X_A": "abc", "X_A__y__z": "1"}, []string{"X_A__y__z", "environment X_A and"}},
		{"inside JSON", map[string]string{"X_A": `{"b": 5}`, "X_A__b__c": "1"}, []string{"X_A__b__c", "A__b is set from environment X_A and"}},
		{"below a typed key", map[string]string{"X_DEBUG__x": "1"}, []string{"X_DEBUG__x", "DEBUG takes true or false"}},
		{"below a secret", map[string]string{"X_SECRET_KEY__x": "1"}, []string{"X_SECRET_KEY__x", "SECRET_KEY takes text"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("X_0", "1")
			t.Setenv("X_Z", "1")
			for name, text := range tt.variables {
				t.Setenv(name, text)
			}
			c, _ := newConfig(t)
			before := slices.Collect(c.All())
			wantError(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")), tt.want...)
			if after := slices.Collect(c.All()); !reflect.DeepEqual(after, before) {
				t.Errorf("something was loaded: %v", after)
			}
		})
	}
}

func TestALoadThatFailsLeavesNestedValuesAlone(t *testing.T) {
	setenv(t, map[string]string{"X_DB__HOST": "changed", "X_DB__POOL__SIZE": "9", "X_Z": "1", "X_Z__y": "1"})
	c, _ := newConfig(t)
	before := dewar.Map{"HOST": "a", "POOL": dewar.Map{"SIZE": 5}}
	must(t, c.Set("DB", before))
	wantError(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")), "X_Z__y")
	wantValue(t, c, "DB", before)
}

// settingOf returns one key of c.
func settingOf(t testing.TB, c *dewar.Config, key string) dewar.Setting {
	t.Helper()
	for s := range c.All() {
		if s.Key == key {
			return s
		}
	}
	t.Fatalf("%s is not among all keys", key)
	return dewar.Setting{}
}

func TestAllYieldsEveryKeyInOrder(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.Declare("OWN_SALT", "s", "a secret of the test", dewar.Secret()))
	must(t, c.Update(dewar.Map{"ZEBRA": 1, "ALPHA": dewar.Map{"a": 1}, "DB_PASSWORD": "p"}))
	var keys []string
	for s := range c.All() {
		keys = append(keys, s.Key)
	}
	if !slices.IsSorted(keys) || !slices.Contains(keys, "SERVER_NAME") || keys[0] != "ALLOW_WEAK_SECRET_KEY" || keys[len(keys)-1] != "ZEBRA" {
		t.Errorf("got %q, want all keys in order, unset ones too", keys)
	}
	for range c.All() {
		break
	}
	for _, tt := range []struct {
		key    string
		value  any
		secret bool
		doc    string
	}{
		{"OWN_SALT", "s", true, "a secret of the test"},
		{"DB_PASSWORD", "p", true, ""},
		{"SERVER_NAME", nil, false, "host, and port, of whole URLs, and of a request that names none"},
		{"ZEBRA", 1, false, ""},
	} {
		s := settingOf(t, c, tt.key)
		if s.Value() != tt.value || s.Secret != tt.secret || s.Doc != tt.doc || s.Source != c.Source(tt.key) {
			t.Errorf("got %+v with %v, want %+v", s, s.Value(), tt)
		}
	}
	if (dewar.Setting{}).Value() != nil {
		t.Error("the zero Setting has a value")
	}
}

func TestSettingsInPrint(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		value any
		text  string
		json  string
	}{
		{"unset", nil, "(unset)", "null"},
		{"text", "a b", "a b", `"a b"`},
		{"empty text", "", `""`, `""`},
		{"spaces at the ends", " a ", `" a "`, `" a "`},
		{"control characters", "a\x1b[31m\n", `"a\x1b[31m\n"`, `"a\u001b[31m\n"`},
		{"quotes", `a"b`, `a"b`, `"a\"b"`},
		{"bool", true, "true", "true"},
		{"integer", 5, "5", "5"},
		{"float", 0.5, "0.5", "0.5"},
		{"duration", time.Minute, "1m0s", "60000000000"},
		{"time", time.Unix(0, 0).UTC(), "1970-01-01T00:00:00Z", `"1970-01-01T00:00:00Z"`},
		{"large integer", json.Number("12345678901234567890123"), "12345678901234567890123", `"12345678901234567890123"`},
		{"list", []string{"a", "<b>"}, `["a","<b>"]`, `["a","\u003cb\u003e"]`},
		{"mapping", dewar.Map{"b": []any{1, nil}, "a_token": "x"}, `{"a_token":"[redacted]","b":[1,null]}`, `{"a_token":"[redacted]","b":[1,null]}`},
		{"not finite", dewar.Map{"a": math.Inf(1)}, "(map[string]interface {})", `"map[a:+Inf]"`},
		{"bytes", []byte("x"), "([]uint8)", `"([]uint8)"`},
		{"an object", errors.New("x"), "(*errors.errorString)", `"(*errors.errorString)"`},
		{"a struct", struct{ A int }{1}, "(struct { A int })", `"(struct { A int })"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newConfig(t)
			must(t, errors.Join(c.Declare("VALUE", nil, ""), c.Set("VALUE", tt.value)))
			s := settingOf(t, c, "VALUE")
			want := fmt.Sprintf("VALUE=%s (%s)", tt.text, c.Source("VALUE"))
			if got := s.String(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			encoded, err := json.Marshal(s)
			must(t, err)
			if want := fmt.Sprintf(`{"key":"VALUE","value":%s,"source":%q}`, tt.json, c.Source("VALUE")); string(encoded) != want {
				t.Errorf("got %s, want %s", encoded, want)
			}
			encoded, err = json.Marshal(c)
			must(t, err)
			if want := `"VALUE":` + tt.json; !strings.Contains(string(encoded), want) {
				t.Errorf("got %s, want %s in it", encoded, want)
			}
			if got := fmt.Sprint(c); !strings.Contains(got, " VALUE:"+tt.text) {
				t.Errorf("got %s, want %s in it", got, tt.text)
			}
		})
	}
}

func TestWriteTable(t *testing.T) {
	t.Setenv("FLASK_A\nB", "1")
	c, _ := newConfig(t)
	must(t, c.FromPrefixedEnv())
	must(t, c.Update(dewar.Map{"SECRET_KEY": "hidden", "TITLE": "dewar"}))
	var b bytes.Buffer
	must(t, c.WriteTable(&b))
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	column := strings.Index(lines[0], "VALUE")
	for _, want := range []string{
		"KEY VALUE SOURCE", `"A\nB" 1 "environment FLASK_A\nB"`, "APPLICATION_ROOT / default", "SERVER_NAME (unset) default",
		"SECRET_KEY [redacted] " + c.Source("SECRET_KEY"), "TITLE dewar " + c.Source("TITLE"),
		"PERMANENT_SESSION_LIFETIME 744h0m0s default",
	} {
		i := slices.IndexFunc(lines, func(line string) bool { return strings.Join(strings.Fields(line), " ") == want })
		if i < 0 {
			t.Errorf("got\n%s\nwant the line %q", b.String(), want)
		} else if lines[i][column-1] != ' ' || lines[i][column] == ' ' {
			t.Errorf("the line %q is out of line", lines[i])
		}
	}
	wantError(t, c.WriteTable(brokenWriter{}), "broken")
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestConfigInTheLog(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Set("TITLE", "dewar"))
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "config", app.Config, "app", app)
	for _, want := range []string{"config.TITLE=dewar", "config.SECRET_KEY=[redacted]", "app=test"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("got %s, want %s in it", b.String(), want)
		}
	}
	if encoded, err := json.Marshal(app); err != nil || string(encoded) != `"test"` || fmt.Sprintf("%+v", app) != `App("test")` {
		t.Errorf("got %s, %v, %+v", encoded, err, app)
	}
}

func TestValuesInPrintShowTheirKeysAlone(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/{id:int}", func(c *dewar.Context) error {
		c.Session().Set("user", "hidden")
		return c.Text(fmt.Sprintf("%v %+v %s", c.Params(), c.Query(), c.Session()))
	}, dewar.Endpoint("show"))
	if got, want := get(app, "/5?password=hidden&a=b").Body.String(), `Values["id"] Values["password" "a"] Values["user"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestDocsNameTestsThatExist keeps the table of what differs from Flask honest.
func TestDocsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("docs/config.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, pattern := range []string{"*_test.go", "internal/*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: found %d files of tests, err %v", pattern, len(files), err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(source)
		}
	}
	for _, name := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(content), -1) {
		if !strings.Contains(tests.String(), "func "+name[1]+"(") {
			t.Errorf("%s names %s, which does not exist", "docs/config.md", name[1])
		}
	}
}

// TestGettersAreDeclaredWhereTheyAreLookedFor keeps go doc dewar.Config.Bool answering: an embedded Values would hide
// its getters, and one that is new could be forgotten.
func TestGettersAreDeclaredWhereTheyAreLookedFor(t *testing.T) {
	t.Parallel()
	declared := declaredMethods(t)
	getters := reflect.TypeFor[*dewar.Values]()
	for _, bag := range []reflect.Type{reflect.TypeFor[*dewar.Config](), reflect.TypeFor[*dewar.Session]()} {
		name := bag.Elem().Name()
		for i := range getters.NumMethod() {
			want := getters.Method(i)
			got, ok := bag.MethodByName(want.Name)
			if !ok || strings.Replace(got.Type.String(), name, "Values", 1) != want.Type.String() {
				t.Errorf("%s lacks the method %s of Values; declare it", name, want.Name)
			}
			if field, _ := bag.Elem().FieldByName("Values"); !field.Anonymous && !declared[name+"."+want.Name] {
				t.Errorf("go doc does not find %s.%s; declare it on %s itself", name, want.Name, name)
			}
		}
	}
	if field, _ := reflect.TypeFor[dewar.Config]().FieldByName("Values"); field.Anonymous {
		t.Error("Config embeds Values, which hides its getters from go doc")
	}
}

// declaredMethods returns the methods that the files of the root declare, as "Config.Bool".
func declaredMethods(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	must(t, err)
	declared := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		must(t, err)
		for _, decl := range file.Decls {
			method, ok := decl.(*ast.FuncDecl)
			if !ok || method.Recv == nil {
				continue
			}
			if pointer, ok := method.Recv.List[0].Type.(*ast.StarExpr); ok {
				declared[fmt.Sprint(pointer.X)+"."+method.Name.Name] = true
			}
		}
	}
	return declared
}

func TestSetFromNamesTheOrigin(t *testing.T) {
	t.Parallel()
	app := dewar.New("test")
	must(t, app.Config.SetFrom("--debug", "DEBUG", true))
	if got := app.Config.Source("DEBUG"); got != "--debug" || !app.Config.Bool("DEBUG") {
		t.Errorf("got source %q, want that of the flag", got)
	}
	if err := app.Config.SetFrom("--debug", "DEBUG", "maybe"); err == nil || !strings.Contains(err.Error(), "from --debug") {
		t.Errorf("got error %v, want one that names the flag", err)
	}
}

func TestTextOfASettingHidesSecrets(t *testing.T) {
	t.Parallel()
	app := dewar.New("test")
	must(t, app.Config.Update(dewar.Map{"SECRET_KEY": "canary", "TITLE": " x", "DB": dewar.Map{"PASSWORD": "canary", "HOST": "h"}}))
	want := map[string]string{"SECRET_KEY": "[redacted]", "TITLE": `" x"`, "SERVER_NAME": "(unset)", "DB": `{"HOST":"h","PASSWORD":"[redacted]"}`}
	for s := range app.Config.All() {
		if text, ok := want[s.Key]; ok && s.Text() != text {
			t.Errorf("%s: got %q, want %q", s.Key, s.Text(), text)
		}
	}
}
