package dewar_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// setenv sets variables for the time of a test.
func setenv(t *testing.T, variables map[string]string) {
	t.Helper()
	for name, text := range variables {
		t.Setenv(name, text)
	}
}

func TestFromPrefixedEnvDecodesJSON(t *testing.T) {
	for _, tt := range []struct {
		text string
		want any
	}{
		{"1", int64(1)}, {"-0", int64(0)}, {" 5 ", int64(5)}, {"12345678901234567890123", json.Number("12345678901234567890123")},
		{"1.0", 1.0}, {"1e3", 1000.0}, {"true", true}, {"false", false}, {"null", nil},
		{"True", "True"}, {"yes", "yes"}, {"0123", "0123"}, {"", ""}, {`"quoted"`, "quoted"},
		{"[1,2]", []any{int64(1), int64(2)}}, {`{"a":1}`, dewar.Map{"a": int64(1)}},
		{"1 2", "1 2"}, {"{", "{"}, {"\"\xff\"", "\"\xff\""}, {" text ", " text "},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Setenv("FLASK_A", tt.text)
			c, _ := newConfig(t)
			must(t, c.FromPrefixedEnv())
			wantValue(t, c, "A", tt.want)
		})
	}
}

func TestFromPrefixedEnvNamesKeys(t *testing.T) {
	for _, tt := range []struct {
		name      string
		variables map[string]string
		key       string
		want      any
	}{
		{"nothing after the prefix", map[string]string{"X_": "1"}, "", int64(1)},
		{"nothing before the underscores", map[string]string{"X___A": "1"}, "", dewar.Map{"A": int64(1)}},
		{"nothing after the underscores", map[string]string{"X_A__": "1"}, "A", dewar.Map{"": int64(1)}},
		{"three underscores", map[string]string{"X_A___b": "1"}, "A", dewar.Map{"_b": int64(1)}},
		{"four underscores", map[string]string{"X_A____b": "1"}, "A", dewar.Map{"": dewar.Map{"b": int64(1)}}},
		{"two below one", map[string]string{"X_A__b__c": "1", "X_A__b__d": "2"}, "A", dewar.Map{"b": dewar.Map{"c": int64(1), "d": int64(2)}}},
		{"merged into JSON", map[string]string{"X_A": `{"x":1}`, "X_A__y": "2"}, "A", dewar.Map{"x": int64(1), "y": int64(2)}},
		{"the child wins", map[string]string{"X_A": `{"b":9}`, "X_A__b": "1"}, "A", dewar.Map{"b": int64(1)}},
		{"lower case is kept", map[string]string{"X_a_b": "1"}, "a_b", int64(1)},
		{"the prefix goes once", map[string]string{"X_X_A": "1"}, "X_A", int64(1)},
		{"another case of the prefix", map[string]string{"x_A": "1"}, "A", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			setenv(t, tt.variables)
			c, _ := newConfig(t)
			must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
			wantValue(t, c, tt.key, tt.want)
		})
	}
}

func TestFromPrefixedEnvWithAnEmptyPrefix(t *testing.T) {
	t.Setenv("_A_OF_THE_TEST", "1")
	t.Setenv("B_OF_THE_TEST", "1")
	c, _ := newConfig(t)
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("")))
	wantValue(t, c, "A_OF_THE_TEST", int64(1))
	if c.Has("B_OF_THE_TEST") {
		t.Error("a variable without an underscore in front was taken")
	}
}

func TestFromPrefixedEnvWithAnotherDecoder(t *testing.T) {
	setenv(t, map[string]string{"X_A": "abc", "X_B": "refused", "X_SECRET_KEY": "a key that is text whatever the decoder"})
	c, _ := newConfig(t)
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X"), dewar.EnvDecoder(func(text string) (any, error) {
		if text == "refused" {
			return nil, errors.New("no")
		}
		return []any{text}, nil
	})))
	wantValue(t, c, "A", []any{"abc"})
	wantValue(t, c, "B", "refused")
	wantValue(t, c, "SECRET_KEY", "a key that is text whatever the decoder")
}

func TestFromPrefixedEnvConvertsTypedKeys(t *testing.T) {
	setenv(t, map[string]string{
		"X_DEBUG": "True", "X_TESTING": "on", "X_PERMANENT_SESSION_LIFETIME": "3600", "X_SHUTDOWN_TIMEOUT": "1m30s",
		"X_TRUSTED_HOSTS": "a.example,.b.example", "X_TRUSTED_PROXIES": `["10.0.0.0/8"]`, "X_SERVER_NAME": "null",
		"X_MAX_CONTENT_LENGTH": "null", "X_MAX_FORM_PARTS": `"5"`, "X_SESSION_COOKIE_NAME": "123", "X_SESSION_COOKIE_PATH": "",
		"X_SESSION_COOKIE_SAMESITE": "None",
	})
	c, _ := newConfig(t)
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
	wantValue(t, c, "DEBUG", true)
	wantValue(t, c, "TESTING", true)
	wantValue(t, c, "PERMANENT_SESSION_LIFETIME", time.Hour)
	wantValue(t, c, "SHUTDOWN_TIMEOUT", 90*time.Second)
	wantValue(t, c, "TRUSTED_HOSTS", []string{"a.example", ".b.example"})
	wantValue(t, c, "TRUSTED_PROXIES", []string{"10.0.0.0/8"})
	wantValue(t, c, "SERVER_NAME", nil)
	wantValue(t, c, "MAX_CONTENT_LENGTH", nil)
	wantValue(t, c, "MAX_FORM_PARTS", 5)
	wantValue(t, c, "SESSION_COOKIE_NAME", "123")
	wantValue(t, c, "SESSION_COOKIE_PATH", nil)
	wantValue(t, c, "SESSION_COOKIE_SAMESITE", "None")
}

func TestSecretKeyFromTheEnvironmentIsText(t *testing.T) {
	for text, want := range map[string]string{
		"12345": "12345", "007": "007", "1e3": "1e3", "-0": "-0", "1.0": "1.0", "true": "true", "null": "null", "[1]": "[1]", `{"a":1}`: `{"a":1}`,
		`"quoted"`: "quoted", `"a\nb"`: "a\nb", ` "spaced" `: "spaced", `"open`: `"open`, " spaces ": " spaces ", "": "", "\xff\xfe": "\xff\xfe",
		"12345678901234567890123": "12345678901234567890123",
	} {
		t.Run(text, func(t *testing.T) {
			t.Setenv("FLASK_SECRET_KEY", text)
			c, _ := newConfig(t)
			must(t, c.FromPrefixedEnv())
			wantValue(t, c, "SECRET_KEY", want)
		})
	}
}

func TestSecretKeyFallbacksMustBeAList(t *testing.T) {
	const cure = `want a list of strings, as in ["older-key"]`
	t.Run("environment", func(t *testing.T) {
		c, _ := newConfig(t)
		t.Setenv("FLASK_SECRET_KEY_FALLBACKS", "old-secret,older-secret")
		wantError(t, c.FromPrefixedEnv(), "SECRET_KEY_FALLBACKS", cure)
		t.Setenv("FLASK_SECRET_KEY_FALLBACKS", `["old", "a,b"]`)
		must(t, c.FromPrefixedEnv())
		wantValue(t, c, "SECRET_KEY_FALLBACKS", []string{"old", "a,b"})
		t.Setenv("FLASK_SECRET_KEY_FALLBACKS", `[12345]`)
		wantError(t, c.FromPrefixedEnv(), "item 0", "put the value in quotes")
	})
	c, dir := newConfig(t)
	writeFile(t, dir, "config.json", `{"SECRET_KEY_FALLBACKS": "old-secret"}`)
	writeFile(t, dir, ".env", `FLASK_SECRET_KEY_FALLBACKS=old-secret`)
	for name, err := range map[string]error{
		"JSON":    c.FromFile("config.json", json.Unmarshal),
		".env":    c.FromDotenv(".env"),
		"struct":  c.FromObject(struct{ SecretKeyFallbacks string }{"old-secret"}),
		"mapping": c.FromMapping(dewar.Map{"SECRET_KEY_FALLBACKS": "old-secret"}),
		"bytes":   c.Set("SECRET_KEY_FALLBACKS", []byte("old-secret")),
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, err, "SECRET_KEY_FALLBACKS", cure)
			if strings.Contains(err.Error(), "old-secret") {
				t.Errorf("got %q, want no value in it", err)
			}
		})
	}
	wantError(t, c.Set("SECRET_KEY_FALLBACKS", make([]string, 10_000)), "has 10000 keys, at most 16")
	wantError(t, c.Set("SECRET_KEY_FALLBACKS", []string{""}), "has an empty key")
	must(t, c.Set("SECRET_KEY_FALLBACKS", []any{"old"}))
}

func TestSecretsFromFiles(t *testing.T) {
	c, dir := newConfig(t)
	must(t, c.Declare("API_TOKEN", "", "a token", dewar.Secret()))
	must(t, c.Declare("PUBLIC", "", "no secret"))
	exact := " 12345\xff\r\n\n"
	writeFile(t, dir, "key", exact)
	writeFile(t, dir, "fallbacks", `["one", "two"]`)
	writeFile(t, dir, "token", "tok")
	setenv(t, map[string]string{
		"X_SECRET_KEY_FILE": filepath.Join(dir, "key"), "X_SECRET_KEY_FALLBACKS_FILE": "fallbacks", "X_API_TOKEN_FILE": "token",
		"X_PUBLIC_FILE": "token", "X_OTHER_FILE": "5",
	})
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
	wantValue(t, c, "SECRET_KEY", exact)
	wantValue(t, c, "SECRET_KEY_FALLBACKS", []string{"one", "two"})
	wantValue(t, c, "API_TOKEN", "tok")
	wantValue(t, c, "PUBLIC", "")
	wantValue(t, c, "PUBLIC_FILE", "token")
	wantValue(t, c, "OTHER_FILE", int64(5))
	if got, want := c.Source("SECRET_KEY"), "environment X_SECRET_KEY_FILE"; got != want {
		t.Errorf("got source %q, want %q", got, want)
	}
}

func TestASecretFileThatIsNoGoodChangesNothing(t *testing.T) {
	c, dir := newConfig(t)
	writeFile(t, dir, "empty", "")
	writeFile(t, dir, "large", strings.Repeat("x", 1<<20+1))
	writeFile(t, dir, "text", "canary-fallback")
	must(t, os.Mkdir(filepath.Join(dir, "canary-folder"), 0o755))
	for _, tt := range []struct {
		name      string
		variables map[string]string
		want      []string
	}{
		{"missing", map[string]string{"X_SECRET_KEY_FILE": "canary-is-the-key-itself"}, []string{"SECRET_KEY", "environment X_SECRET_KEY_FILE", "cannot be read", "no such file"}},
		{"empty", map[string]string{"X_SECRET_KEY_FILE": "empty"}, []string{"the file it names is empty"}},
		{"no name", map[string]string{"X_SECRET_KEY_FILE": ""}, []string{"cannot be read"}},
		{"too large", map[string]string{"X_SECRET_KEY_FILE": "large"}, []string{"more than 1048576 bytes"}},
		{"folder", map[string]string{"X_SECRET_KEY_FILE": "canary-folder"}, []string{"cannot be read"}},
		{"no list", map[string]string{"X_SECRET_KEY_FALLBACKS_FILE": "text"}, []string{"SECRET_KEY_FALLBACKS", "want a list of strings"}},
		{"both", map[string]string{"X_SECRET_KEY_FILE": "text", "X_SECRET_KEY": "canary"}, []string{"environment X_SECRET_KEY and by environment X_SECRET_KEY_FILE", "remove one of the two"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			setenv(t, tt.variables)
			t.Setenv("X_A", "1")
			err := c.FromPrefixedEnv(dewar.EnvPrefix("X"))
			wantError(t, err, tt.want...)
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("got %q, want no value in it", err)
			}
			if c.Has("A") || c.Has("SECRET_KEY") {
				t.Error("something was loaded")
			}
		})
	}
}

func TestASecretThatIsDeclaredTooLateIsReported(t *testing.T) {
	t.Setenv("X_API_TOKEN_FILE", "token")
	c, _ := newConfig(t)
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
	wantError(t, c.Declare("API_TOKEN", "", "a token", dewar.Secret()), "API_TOKEN", "environment X_API_TOKEN_FILE", "declare secret keys first")
	must(t, c.Declare("API_TOKEN", "", "no secret"))
}

func TestFromDotenvTakesTheRealEnvironmentFirst(t *testing.T) {
	setenv(t, map[string]string{"FLASK_BOTH": "environment", "FLASK_ONLY_ENVIRONMENT": "1"})
	c, dir := newConfig(t)
	writeFile(t, dir, ".env", "FLASK_BOTH=file\nFLASK_DB__HOST=h\nFLASK_NUMBER=5\nOTHER=1\nexport FLASK_SECRET_KEY=007\n")
	must(t, c.FromDotenv(".env"))
	wantValue(t, c, "BOTH", "environment")
	wantValue(t, c, "DB", dewar.Map{"HOST": "h"})
	wantValue(t, c, "NUMBER", int64(5))
	wantValue(t, c, "SECRET_KEY", "007")
	if c.Has("OTHER") || c.Has("ONLY_ENVIRONMENT") || os.Getenv("FLASK_NUMBER") != "" {
		t.Errorf("got %q, want what the file names, and the environment as it was", c.Keys())
	}
	must(t, c.FromDotenv(".env", dewar.EnvPrefix("OTHER_PREFIX")))
	must(t, c.FromDotenv("missing.env", dewar.Optional(), dewar.EnvPrefix("X")))
	wantError(t, c.FromDotenv("missing.env"), "missing.env", "dewar.Optional()")
}

func TestFromDotenvReportsTheLine(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	writeFile(t, dir, ".env", "FLASK_A=1\n\nFLASK_SECRET_KEY='canary\n")
	err := c.FromDotenv(".env")
	wantError(t, err, ".env: line 3: FLASK_SECRET_KEY: the quote ' is not closed")
	if c.Has("A") || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v and keys %q", err, c.Keys())
	}
}

func TestRelativeNamesAreBelowTheRootOrTheInstanceFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, "config.json", `{"WHERE": "root"}`)
	writeFile(t, dir, "instance/config.json", `{"WHERE": "instance"}`)
	writeFile(t, dir, "instance/.env", `FLASK_DOT=instance`)
	writeFile(t, dir, "elsewhere/config.json", `{"WHERE": "elsewhere"}`)
	for _, tt := range []struct {
		opts []dewar.Option
		want string
	}{
		{nil, "root"},
		{[]dewar.Option{dewar.InstanceRelativeConfig()}, "instance"},
		{[]dewar.Option{dewar.InstanceRelativeConfig(), dewar.InstancePath(filepath.Join(dir, "elsewhere"))}, "elsewhere"},
		{[]dewar.Option{dewar.InstancePath(filepath.Join(dir, "elsewhere"))}, "root"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			c := dewar.New("test", append(tt.opts, dewar.RootPath(dir))...).Config
			must(t, c.FromFile("config.json", json.Unmarshal))
			wantValue(t, c, "WHERE", tt.want)
			must(t, c.FromFile(filepath.Join(dir, "config.json"), json.Unmarshal))
			wantValue(t, c, "WHERE", "root")
			must(t, c.FromDotenv(".env", dewar.Optional()))
			if got := c.Has("DOT"); got != (tt.want == "instance") {
				t.Errorf("found .env: %v", got)
			}
		})
	}
}

func TestInstanceFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	app := dewar.New("test", dewar.RootPath(dir))
	if want := filepath.Join(dir, "instance"); app.InstancePath() != want {
		t.Errorf("got %q, want %q", app.InstancePath(), want)
	}
	_, err := app.CreateInstanceFile("data.txt")
	wantError(t, err, "instance", "dewar.InstancePath")
	if _, err := os.Stat(app.InstancePath()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
	must(t, os.Mkdir(app.InstancePath(), 0o755))
	f, err := app.CreateInstanceFile("data.txt")
	must(t, err)
	_, err = f.WriteString("content")
	must(t, errors.Join(err, f.Close()))

	writeFile(t, dir, "schema.sql", "create")
	for _, tt := range []struct {
		name string
		open func(string) (*os.File, error)
		file string
		want string
	}{
		{"instance", app.OpenInstanceFile, "data.txt", "content"},
		{"instance, missing", app.OpenInstanceFile, "missing.txt", ""},
		{"instance, outside", app.OpenInstanceFile, "../schema.sql", ""},
		{"instance, absolute", app.OpenInstanceFile, filepath.Join(dir, "schema.sql"), ""},
		{"resource", app.OpenResource, "schema.sql", "create"},
		{"resource below", app.OpenResource, "instance/data.txt", "content"},
		{"resource, outside", app.OpenResource, "../x", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := tt.open(tt.file)
			if tt.want == "" {
				wantError(t, err, tt.file)
				return
			}
			must(t, err)
			defer f.Close()
			content := make([]byte, 100)
			n, _ := f.Read(content)
			if got := string(content[:n]); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if _, err := f.WriteString("x"); err == nil {
				t.Error("the file can be written")
			}
		})
	}
}

func TestRootPathIsAbsolute(t *testing.T) {
	t.Parallel()
	wd, err := os.Getwd()
	must(t, err)
	for given, want := range map[string]string{"": wd, "internal": filepath.Join(wd, "internal")} {
		if got := dewar.New("test", dewar.RootPath(given)).RootPath(); got != want {
			t.Errorf("RootPath(%q): got %q, want %q", given, got, want)
		}
	}
}

func TestEnvironmentIsTakenWhole(t *testing.T) {
	setenv(t, map[string]string{"X_A": "1", "X_DEBUG": "maybe", "X_MAX_FORM_PARTS": "x", "X_Z": "1"})
	c, _ := newConfig(t)
	var before []dewar.Setting
	for s := range c.All() {
		before = append(before, s)
	}
	wantError(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")), "environment X_DEBUG", "environment X_MAX_FORM_PARTS")
	var after []dewar.Setting
	for s := range c.All() {
		after = append(after, s)
	}
	if !reflect.DeepEqual(after, before) {
		t.Errorf("got %v, want nothing loaded", after)
	}
}

type databaseSection struct {
	Host string
	Port int `config:"port"`
}

type closed struct{ Open, hidden int }

func TestFromObject(t *testing.T) {
	t.Parallel()
	moment := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	client := &http.Client{}
	number, text := 5, "x"
	for _, tt := range []struct {
		name   string
		object any
		want   dewar.Map
	}{
		{"names", struct {
			Title, OAuth2ClientID, HTTPPort, UseXSendfile string
		}{"a", "b", "c", "1"}, dewar.Map{"TITLE": "a", "OAUTH2_CLIENT_ID": "b", "HTTP_PORT": "c", "USE_X_SENDFILE": true}},
		{"tag", struct {
			Title string `config:"NAME_OF_SITE"`
		}{"a"}, dewar.Map{"NAME_OF_SITE": "a", "TITLE": nil}},
		{"left out", struct {
			Title string `config:"-"`
			lower string
		}{"a", "b"}, dewar.Map{"TITLE": nil, "LOWER": nil}},
		{"zero values count", struct{ Debug, Zero bool }{}, dewar.Map{"ZERO": false}},
		{"zero values that do not", struct {
			Zero string `config:",omitzero"`
			One  string `config:"ONE,omitzero"`
		}{One: "1"}, dewar.Map{"ZERO": nil, "ONE": "1"}},
		{"pointers", struct {
			Number *int
			Text   **string
			Unset  *int
		}{Number: &number, Text: new(&text)}, dewar.Map{"NUMBER": 5, "TEXT": "x", "UNSET": nil}},
		{"struct inside", struct{ DB databaseSection }{databaseSection{"h", 1}}, dewar.Map{"DB": dewar.Map{"HOST": "h", "port": 1}}},
		{"values of their own", struct {
			When    time.Time
			Address netip.Addr
			URL     url.URL
			Wait    time.Duration
			Client  *http.Client
			Closed  closed
		}{moment, netip.IPv6Loopback(), url.URL{Host: "h"}, time.Second, client, closed{1, 2}},
			dewar.Map{"WHEN": moment, "ADDRESS": netip.IPv6Loopback(), "URL": url.URL{Host: "h"}, "WAIT": time.Second, "CLIENT": client,
				"CLOSED": closed{1, 2}}},
		{"lists and maps", struct {
			List []string
			Map  map[string]int
		}{[]string{"a"}, map[string]int{"a": 1}}, dewar.Map{"LIST": []string{"a"}, "MAP": map[string]int{"a": 1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newConfig(t)
			must(t, c.FromObject(tt.object))
			for key, want := range tt.want {
				wantValue(t, c, key, want)
			}
		})
	}
}

func TestFromObjectTakesEmbeddedStructs(t *testing.T) {
	t.Parallel()
	type Base struct{ Title, Inherited string }
	type Deep struct{ Base }
	type Extra struct{ More string }
	type optional struct{ Quiet string }
	type Production struct {
		Deep
		*Extra
		optional
		Title string
	}
	c, _ := newConfig(t)
	must(t, c.FromObject(&Production{Deep: Deep{Base{"base", "inherited"}}, optional: optional{"q"}, Title: "production"}))
	wantValue(t, c, "TITLE", "production")
	wantValue(t, c, "INHERITED", "inherited")
	wantValue(t, c, "QUIET", "q")
	wantValue(t, c, "MORE", nil)
	must(t, c.FromObject(Production{Extra: &Extra{"more"}}))
	wantValue(t, c, "MORE", "more")
	type named struct {
		Base `config:"BASE"`
	}
	must(t, c.FromObject(named{Base{"b", "i"}}))
	wantValue(t, c, "BASE", dewar.Map{"TITLE": "b", "INHERITED": "i"})
}

func TestFromObjectRefuses(t *testing.T) {
	t.Parallel()
	type A struct{ Title string }
	type B struct{ Title string }
	for _, tt := range []struct {
		name   string
		object any
		want   []string
	}{
		{"a mapping", dewar.Map{"TITLE": 1}, []string{"map[string]interface {}", "FromMapping"}},
		{"a name", "config.ProductionConfig", []string{"pass the struct itself"}},
		{"nil", nil, []string{"want a struct"}},
		{"a nil pointer", (*A)(nil), []string{"*dewar_test.A", "not nil"}},
		{"a list", []int{1}, []string{"[]int"}},
		{"a tag in lower case", struct {
			A int `config:"lower"`
		}{}, []string{`"lower" is not upper-case`}},
		{"an unknown option", struct {
			A int `config:"A,omitempty"`
		}{}, []string{"field A", `"omitempty"`, "omitzero and required"}},
		{"one key twice", struct {
			Title string
			Name  string `config:"TITLE"`
		}{}, []string{"the fields Title and Name are both TITLE"}},
		{"one key twice by embedding", struct {
			A
			B
		}{}, []string{"the fields A.Title and B.Title are both TITLE"}},
		{"one key twice inside", struct {
			DB struct {
				A
				B
			}
		}{}, []string{"DB: the fields A.Title"}},
		{"a wrong value", struct{ Debug string }{"canary"}, []string{"config key DEBUG from ", "config_load_test.go", "want true or false"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newConfig(t)
			err := c.FromObject(tt.object)
			wantError(t, err, tt.want...)
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("got %q, want no value in it", err)
			}
		})
	}
}

type serverSection struct {
	Name  string `config:",required"`
	Ports []int
}

type siteSettings struct {
	Title    string `config:",required"`
	Debug    bool
	Timeout  time.Duration `default:"30s"`
	Hosts    []string      `default:"a.example,b.example"`
	Rate     float32       `default:"0.5"`
	Level    *int
	Token    string
	DB       databaseSection
	Cache    *databaseSection
	Servers  []serverSection
	ByRegion map[string]*serverSection
	Limits   map[string]int
	Started  time.Time
	Any      any
	Kept     string
	hidden   int
}

func TestDecode(t *testing.T) {
	t.Setenv("X_TOKEN", "1e3")
	t.Setenv("X_DB__HOST", "from environment")
	c, dir := newConfig(t)
	writeFile(t, dir, "config.json", `{"TITLE": "dewar", "LEVEL": 3, "DB": {"host": "from file", "PORT": "5432"}, "TIMEOUT": 1.5,
		"SERVERS": [{"NAME": "one", "ports": [1, "2"]}, {"name": "two"}], "BY_REGION": {"eu": {"Name": "three"}},
		"LIMITS": {"a": 1}, "STARTED": "2024-02-29", "ANY": [1], "DEBUG": true}`)
	must(t, c.FromFile("config.json", json.Unmarshal))
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
	level := 7
	got := siteSettings{Kept: "kept", Level: &level, hidden: 5}
	must(t, c.Decode(&got))
	three := 3
	want := siteSettings{
		Title: "dewar", Debug: true, Timeout: 1500 * time.Millisecond, Hosts: []string{"a.example", "b.example"}, Rate: 0.5, Level: &three,
		Token: "1e3", DB: databaseSection{"from environment", 5432},
		Servers:  []serverSection{{"one", []int{1, 2}}, {Name: "two"}},
		ByRegion: map[string]*serverSection{"eu": {Name: "three"}}, Limits: map[string]int{"a": 1},
		Started: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), Any: []any{int64(1)}, Kept: "kept", hidden: 5,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if level != 7 {
		t.Error("what a pointer led to was changed")
	}
}

func TestDecodeFillsASectionThatIsMissing(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	var got struct {
		DB struct {
			Host string `default:"localhost"`
			Pool struct {
				Size int `default:"5"`
			}
		}
		Cache *struct {
			Host string `config:",required"`
		}
	}
	must(t, c.Decode(&got))
	if got.DB.Host != "localhost" || got.DB.Pool.Size != 5 || got.Cache != nil {
		t.Errorf("got %+v, want the defaults inside and no cache", got)
	}
}

func TestDecodeReportsEverythingAtOnce(t *testing.T) {
	t.Setenv("X_DB__PORT", "canary")
	c, dir := newConfig(t)
	writeFile(t, dir, "config.json", `{"TIMEOUT": "canary", "SERVERS": [{"NAME": "one"}, {"PORTS": ["canary"]}], "CACHE": "canary", "BY_REGION": {"eu": 5},
		"LEVEL": 1.5, "TITLE": "", "LIMITS": [1]}`)
	must(t, c.FromFile("config.json", json.Unmarshal))
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
	level := 7
	got := siteSettings{Title: "as before", Level: &level}
	err := c.Decode(&got)
	wantError(t, err,
		"*dewar_test.siteSettings",
		"config key TITLE from config.json: is required, but the value is empty",
		"config key TIMEOUT from config.json: want a duration",
		"config key DB__port from environment X_DB__PORT: want an integer",
		"config key SERVERS[1]__NAME: is required but not set",
		"config key SERVERS[1]__PORTS from config.json: [0]: want an integer",
		"config key CACHE from config.json: want a map",
		"config key BY_REGION__eu from config.json: want a map",
		"config key LEVEL from config.json: want an integer, but the value is not a whole number",
		"config key LIMITS from config.json: want a map",
	)
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("got %q, want no value in it", err)
	}
	if !reflect.DeepEqual(got, siteSettings{Title: "as before", Level: &level}) || level != 7 {
		t.Errorf("got %+v, want it as it was", got)
	}
}

func TestDecodeNamesTheVariableOfAMissingKey(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	var settings struct {
		SecretKey string `config:",required"`
		DB        struct {
			Host string `config:",required"`
		}
	}
	wantError(t, c.Decode(&settings), "config key SECRET_KEY: is required but not set; set it, for example in the environment as FLASK_SECRET_KEY",
		"config key DB__HOST: is required but not set; set it, for example in the environment as FLASK_DB__HOST")
}

type ports struct{ First, Last int }

func (p *ports) Validate() error {
	if p.First > p.Last {
		return errors.New("FIRST must not be above LAST")
	}
	return nil
}

func TestDecodeValidates(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.FromMapping(dewar.Map{"FIRST": 2, "LAST": 1, "PORTS": dewar.Map{"FIRST": 5, "LAST": 4}}))
	var top ports
	wantError(t, c.Decode(&top), "FIRST must not be above LAST")
	var inside struct{ Ports ports }
	wantError(t, c.Decode(&inside), "config key PORTS from ", "config_load_test.go", "FIRST must not be above LAST")
	must(t, c.Set("LAST", 3))
	must(t, c.Decode(&top))
	if top != (ports{2, 3}) {
		t.Errorf("got %v", top)
	}
}

func TestDecodeRefusesWhatIsNoStruct(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	for _, dst := range []any{nil, siteSettings{}, (*siteSettings)(nil), new(int), dewar.Map{}} {
		wantError(t, c.Decode(dst), "want a pointer to a struct")
	}
	var bad struct {
		A int `default:"many"`
		B int `config:"B,omitempty"`
	}
	wantError(t, c.Decode(&bad), "field B", `"omitempty"`)
	var wrong struct {
		A int `default:"many"`
	}
	wantError(t, c.Decode(&wrong), "field A: its default tag: want an integer")
}

func TestDecodeAndFromObjectGoRound(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	given := siteSettings{
		Title: "t", Timeout: time.Minute, Hosts: []string{"h"}, Rate: 1.5, Token: "x", DB: databaseSection{"h", 1},
		Cache: &databaseSection{"c", 2}, Servers: []serverSection{{Name: "n", Ports: []int{1}}}, Limits: map[string]int{"a": 1},
		ByRegion: map[string]*serverSection{"eu": {Name: "e"}}, Started: time.Unix(0, 0).UTC(), Any: "any", Kept: "k",
	}
	must(t, c.FromObject(given))
	var got siteSettings
	must(t, c.Decode(&got))
	if !reflect.DeepEqual(got, given) {
		t.Errorf("got  %+v\nwant %+v", got, given)
	}
}

func TestALoadOptionThatSaysNothingToALoaderIsRefused(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	writeFile(t, dir, "a.json", `{"A": 1}`)
	decoder := dewar.EnvDecoder(func(text string) (any, error) { return text, nil })
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"a prefix of a file", c.FromFile("a.json", json.Unmarshal, dewar.EnvPrefix("X")),
			"dewar: FromFile does not take dewar.EnvPrefix, which is for FromPrefixedEnv, FromDotenv; leave it out"},
		{"a decoder of a file", c.FromFile("a.json", json.Unmarshal, dewar.Optional(), decoder),
			"dewar: FromFile does not take dewar.EnvDecoder, which is for FromPrefixedEnv, FromDotenv; leave it out"},
		{"a prefix of a file that a variable names", c.FromEnvVar("NONE", json.Unmarshal, dewar.Optional(), dewar.EnvPrefix("X")),
			"dewar: FromEnvVar does not take dewar.EnvPrefix, which is for FromPrefixedEnv, FromDotenv; leave it out"},
		{"an environment that may be missing", c.FromPrefixedEnv(dewar.Optional()),
			"dewar: FromPrefixedEnv does not take dewar.Optional, which is for FromFile, FromEnvVar, FromDotenv; leave it out"},
	} {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %q", tt.name, tt.err, tt.want)
		}
	}
	if c.Has("A") {
		t.Error("something was loaded")
	}
	must(t, c.FromDotenv("missing.env", dewar.Optional(), dewar.EnvPrefix("X"), decoder))
}

// FuzzFromPrefixedEnv serves a request with every variable that loads: its value must not break the settings.
func FuzzFromPrefixedEnv(f *testing.F) {
	f.Add("SECRET_KEY", "007")
	f.Add("TRUSTED_HOSTS", `["a", 5]`)
	f.Add("TRUSTED_PROXIES", `["::/0", "1.2.3.4"]`)
	f.Add("PERMANENT_SESSION_LIFETIME", "1e300")
	f.Add("MAX_CONTENT_LENGTH", "-1")
	f.Add("SERVER_NAME", "example.com:80")
	f.Add("SESSION_COOKIE_DOMAIN", "{}")
	f.Fuzz(func(t *testing.T, name, text string) {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(text, "\x00") || strings.HasSuffix(name, "_FILE") {
			return // no variable, or one for which a file is opened by chance
		}
		app := dewar.New("fuzz", dewar.RootPath(t.TempDir()))
		app.Logger = textLogger(io.Discard)
		app.Get("/", func(c *dewar.Context) error { return c.Text("ok") })
		t.Setenv("FLASK_"+name, text)
		if app.Config.FromPrefixedEnv() != nil || app.Build() != nil {
			return
		}
		send(app, "GET", "/")
	})
}

// Editors of Windows put a byte order mark in front of a text.
func TestFilesMayBeginWithAByteOrderMark(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "config.json")
	must(t, os.WriteFile(name, []byte("\ufeff{\"TITLE\": \"\ufeffhello\", \"N\": 7}"), 0o600))
	t.Setenv("CONFIG", name)
	for road, load := range map[string]func(c *dewar.Config) error{
		"FromFile":   func(c *dewar.Config) error { return c.FromFile(name, json.Unmarshal) },
		"FromEnvVar": func(c *dewar.Config) error { return c.FromEnvVar("CONFIG", json.Unmarshal) },
		"a parser of one's own": func(c *dewar.Config) error {
			return c.FromFile(name, func(data []byte, v any) error {
				if data[0] != '{' {
					return errors.New("no brace at the beginning")
				}
				return json.Unmarshal(data, v)
			})
		},
	} {
		c := newApp(t).Config
		must(t, load(c))
		if c.String("TITLE") != "\ufeffhello" || c.Get("N") != int64(7) {
			t.Errorf("%s: got %q and %v", road, c.String("TITLE"), c.Get("N"))
		}
	}
}
