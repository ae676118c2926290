package flasktest_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// The behaviours of Flask's own tests of its configuration, one test each. docs/config.md says which is which.

// newConfig returns the configuration of an app in a folder of its own, and that folder.
func newConfig(t testing.TB, opts ...dewar.Option) (*dewar.Config, string) {
	t.Helper()
	dir := t.TempDir()
	return dewar.New("test", append([]dewar.Option{dewar.RootPath(dir)}, opts...)...).Config, dir
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantError checks that err mentions every one of the texts.
func wantError(t testing.TB, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("got no error, want one that says %q", texts)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("got error %q, want %q in it", err, text)
		}
	}
}

func wantValue(t testing.TB, c *dewar.Config, key string, want any) {
	t.Helper()
	if got := c.Get(key); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %#v, want %#v", key, got, want)
	}
}

// wantCommon checks the keys that most of Flask's tests load.
func wantCommon(t testing.TB, c *dewar.Config) {
	t.Helper()
	wantValue(t, c, "SECRET_KEY", "config")
	wantValue(t, c, "TEST_KEY", "foo")
	if c.Has("TestConfig") || c.Has("lower") {
		t.Errorf("keys that are not upper-case were taken: %q", c.Keys())
	}
}

type testConfig struct {
	TestKey   string
	SecretKey string
	lower     string
}

func TestFlaskConfigFromObject(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.FromObject(&testConfig{TestKey: "foo", SecretKey: "config", lower: "ignored"}))
	wantCommon(t, c)
}

func TestFlaskConfigFromFileJSON(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	writeFile(t, dir, "config.json", `{"SECRET_KEY": "config", "TEST_KEY": "foo", "lower": 1}`)
	must(t, c.FromFile("config.json", json.Unmarshal))
	wantCommon(t, c)
}

func TestFlaskConfigFromMapping(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.FromMapping(dewar.Map{"SECRET_KEY": "config", "TEST_KEY": "foo", "lower": 1, "TestConfig": 2}))
	wantCommon(t, c)
}

func TestFlaskConfigFromClass(t *testing.T) {
	t.Parallel()
	type Base struct{ TestKey string }
	type Test struct {
		Base
		SecretKey string
	}
	c, _ := newConfig(t)
	must(t, c.FromObject(Test{Base{"foo"}, "config"}))
	wantCommon(t, c)
}

func TestFlaskFromPrefixedEnv(t *testing.T) {
	for name, text := range map[string]string{
		"FLASK_STRING": "value", "FLASK_BOOL": "true", "FLASK_INT": "1", "FLASK_FLOAT": "1.2", "FLASK_LIST": "[1, 2]",
		"FLASK_DICT": `{"k": "v"}`, "NOT_FLASK_OTHER": "other",
	} {
		t.Setenv(name, text)
	}
	c, _ := newConfig(t)
	must(t, c.FromPrefixedEnv())
	wantValue(t, c, "STRING", "value")
	wantValue(t, c, "BOOL", true)
	wantValue(t, c, "INT", int64(1))
	wantValue(t, c, "FLOAT", 1.2)
	wantValue(t, c, "LIST", []any{int64(1), int64(2)})
	wantValue(t, c, "DICT", dewar.Map{"k": "v"})
	if c.Has("OTHER") {
		t.Error("a variable without the prefix was taken")
	}
}

func TestFlaskFromPrefixedEnvCustomPrefix(t *testing.T) {
	t.Setenv("FLASK_A", "a")
	t.Setenv("NOT_FLASK_A", "b")
	c, _ := newConfig(t)
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("NOT_FLASK")))
	wantValue(t, c, "A", "b")
}

func TestFlaskFromPrefixedEnvNested(t *testing.T) {
	for name, text := range map[string]string{
		"FLASK_EXIST__ok": "other", "FLASK_EXIST__inner__ik": "2", "FLASK_EXIST__new__more": `{"k": false}`,
		"FLASK_NEW__K": "v",
	} {
		t.Setenv(name, text)
	}
	c, _ := newConfig(t)
	must(t, c.Set("EXIST", dewar.Map{"ok": "value", "flag": true, "inner": dewar.Map{"ik": 1}}))
	must(t, c.FromPrefixedEnv())
	wantValue(t, c, "EXIST", dewar.Map{
		"ok": "other", "flag": true, "inner": dewar.Map{"ik": int64(2)}, "new": dewar.Map{"more": dewar.Map{"k": false}},
	})
	wantValue(t, c, "NEW", dewar.Map{"K": "v"})
}

func TestFlaskConfigFromEnvVar(t *testing.T) {
	c, dir := newConfig(t)
	err := c.FromEnvVar("FOO_SETTINGS", json.Unmarshal)
	wantError(t, err, "FOO_SETTINGS", "is not set", "dewar.Optional()")
	must(t, c.FromEnvVar("FOO_SETTINGS", json.Unmarshal, dewar.Optional()))
	t.Setenv("FOO_SETTINGS", "")
	wantError(t, c.FromEnvVar("FOO_SETTINGS", json.Unmarshal), "FOO_SETTINGS")

	writeFile(t, dir, "config.json", `{"SECRET_KEY": "config", "TEST_KEY": "foo"}`)
	t.Setenv("FOO_SETTINGS", filepath.Join(dir, "config.json"))
	must(t, c.FromEnvVar("FOO_SETTINGS", json.Unmarshal))
	wantCommon(t, c)

	t.Setenv("FOO_SETTINGS", "config.json")
	must(t, c.FromEnvVar("FOO_SETTINGS", json.Unmarshal))
}

func TestFlaskConfigFromEnvVarMissing(t *testing.T) {
	c, _ := newConfig(t)
	t.Setenv("FOO_SETTINGS", "missing.json")
	err := c.FromEnvVar("FOO_SETTINGS", json.Unmarshal)
	wantError(t, err, "missing.json", "no such file")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want an fs.ErrNotExist", err)
	}
	must(t, c.FromEnvVar("FOO_SETTINGS", json.Unmarshal, dewar.Optional()))
}

func TestFlaskConfigMissing(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	err := c.FromFile("missing.json", json.Unmarshal)
	wantError(t, err, filepath.Join(dir, "missing.json"), "no such file", "dewar.Optional()")
	must(t, c.FromFile("missing.json", json.Unmarshal, dewar.Optional()))
}

func TestFlaskConfigMissingFile(t *testing.T) {
	t.Parallel()
	c, dir := newConfig(t)
	err := c.FromFile(filepath.Join(dir, "absolute.json"), json.Unmarshal)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want an fs.ErrNotExist", err)
	}
	must(t, os.Mkdir(filepath.Join(dir, "folder"), 0o755))
	if err := c.FromFile("folder", json.Unmarshal, dewar.Optional()); err == nil {
		t.Error("Optional forgave a folder, want it to forgive a missing file alone")
	}
	writeFile(t, dir, "file", "")
	if err := c.FromFile("file/x.json", json.Unmarshal, dewar.Optional()); err == nil {
		t.Error("Optional forgave a file where a folder should be")
	}
	writeFile(t, dir, "broken.json", `{"A": 1`)
	wantError(t, c.FromFile("broken.json", json.Unmarshal, dewar.Optional()), "broken.json")
}

func TestFlaskSessionLifetime(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.Set("PERMANENT_SESSION_LIFETIME", 42))
	if got := c.Duration("PERMANENT_SESSION_LIFETIME"); got != 42*time.Second {
		t.Errorf("got %v, want 42s", got)
	}
}

func TestFlaskGetNamespace(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.Update(dewar.Map{
		"FOO_OPTION_1": "foo option 1", "FOO_OPTION_2": "foo option 2", "BAR_STUFF_1": "bar stuff 1", "BAR_STUFF_2": "bar stuff 2",
		"EQUAL_": 1, "foo_lower": 2,
	}))
	for _, tt := range []struct {
		name, prefix string
		opts         []dewar.NamespaceOption
		want         dewar.Map
	}{
		{"lower-case and trimmed", "FOO_", nil, dewar.Map{"option_1": "foo option 1", "option_2": "foo option 2"}},
		{"case kept", "BAR_", []dewar.NamespaceOption{dewar.KeepCase()}, dewar.Map{"STUFF_1": "bar stuff 1", "STUFF_2": "bar stuff 2"}},
		{"prefix kept", "FOO_", []dewar.NamespaceOption{dewar.KeepPrefix()}, dewar.Map{"foo_option_1": "foo option 1", "foo_option_2": "foo option 2"}},
		{"both kept", "BAR_", []dewar.NamespaceOption{dewar.KeepCase(), dewar.KeepPrefix()}, dewar.Map{"BAR_STUFF_1": "bar stuff 1", "BAR_STUFF_2": "bar stuff 2"}},
		{"a key that is the prefix", "EQUAL_", nil, dewar.Map{"": 1}},
		{"case of the prefix counts", "foo_", nil, dewar.Map{"lower": 2}},
		{"nothing", "NONE_", nil, dewar.Map{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := c.Namespace(tt.prefix, tt.opts...); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if all := c.Namespace("", dewar.KeepCase()); all["DEBUG"] != false || all["FOO_OPTION_1"] == nil {
		t.Errorf("the empty prefix gives %v, want everything", all)
	}
	if cookie := c.Namespace("SESSION_COOKIE_"); cookie["name"] != "session" || cookie["path"] != nil || len(cookie) < 8 {
		t.Errorf("got %v, want unset keys with nil", cookie)
	}
}

func TestFlaskExplicitInstancePaths(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	app := dewar.New("test", dewar.InstancePath(dir))
	if app.InstancePath() != dir {
		t.Errorf("got %q, want %q", app.InstancePath(), dir)
	}
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "must be absolute") || !strings.Contains(text, "filepath.Abs") {
			t.Errorf("got panic %q, want the cure for a relative path", text)
		}
	}()
	dewar.New("test", dewar.InstancePath("instance"))
}

func TestFlaskDebugFlag(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"", false}, {"0", false}, {"False", false}, {"No", false}, {"True", true}, {"1", true}, {"yes", true},
	} {
		t.Run("FLASK_DEBUG="+tt.text, func(t *testing.T) {
			t.Setenv("FLASK_DEBUG", tt.text)
			c, _ := newConfig(t)
			if got := c.Bool("DEBUG"); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
