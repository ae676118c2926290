package dewar_test

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// A documentedKey is a row of the table of built-in keys in docs/config.md.
type documentedKey struct {
	name, kind string
	optional   bool // can be unset
}

func documentedKeys(t testing.TB) []documentedKey {
	t.Helper()
	content, err := os.ReadFile("docs/config.md")
	must(t, err)
	_, table, _ := strings.Cut(string(content), "<!-- keys:")
	table, _, _ = strings.Cut(table, "<!-- end of keys -->")
	var keys []documentedKey
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.Contains(cells[1], "`") {
			continue
		}
		kind, _, _ := strings.Cut(strings.TrimSpace(cells[2]), " such")
		keys = append(keys, documentedKey{strings.Trim(cells[1], " `"), kind, strings.Contains(cells[3]+cells[4], "unset")})
	}
	if len(keys) < 40 {
		t.Fatalf("docs/config.md lists %d keys, want all of them", len(keys))
	}
	return keys
}

// nothings are the values that Python calls false, as they are written in JSON and in a variable.
var nothings = []struct {
	text  string
	value any
}{{"null", nil}, {"false", false}, {"0", 0}, {`""`, ""}, {"", ""}, {"[]", []any{}}, {"{}", dewar.Map{}}}

// isNothing reports whether a built-in key is unset by what Python calls false: by everything that is no value of its
// type. Text from a variable is a key as it stands, and empty text is a key that Build complains of.
func isNothing(key documentedKey, text string, fromText bool) bool {
	switch {
	case key.name == "SECRET_KEY" && (fromText || text == "" || text == `""`):
		return false
	case key.kind == "text":
		return true
	case key.kind == "a list of strings":
		return text != "[]"
	}
	return text != "false" && text != "0"
}

// TestWhatPythonCallsFalseUnsetsAKey walks over all keys, all such values and all loaders.
func TestWhatPythonCallsFalseUnsetsAKey(t *testing.T) {
	keys, each := documentedKeys(t), rounds(3, 1)
	for s, source := range configSources {
		t.Run(source.name, func(t *testing.T) {
			c, dir := newConfig(t)
			fresh, _ := newConfig(t)
			for i, key := range keys {
				if (i+s)%each != 0 {
					continue
				}
				for _, nothing := range nothings {
					if !isNothing(key, nothing.text, source.text) {
						continue
					}
					value := nothing.value
					if source.text {
						value = nothing.text
					}
					if value == nil && source.name == "FromObject" {
						continue // a nil field leaves its key alone
					}
					name := fmt.Sprintf("%s=%s", key.name, nothing.text)
					if err := source.load(t, c, dir, key.name, value); err != nil {
						t.Errorf("%s: got %v, want it unset", name, err)
					}
					var want any
					if !key.optional {
						want = fresh.Get(key.name)
					}
					if got := c.Get(key.name); !reflect.DeepEqual(got, want) {
						t.Errorf("%s: got %#v, want %#v", name, got, want)
					}
					wantAgreement(t, name, c, key.name)
					os.Unsetenv("WRONG_" + key.name)
				}
			}
		})
	}
}

// wantAgreement checks that every way of asking whether key has a value says the same.
func wantAgreement(t *testing.T, name string, c *dewar.Config, key string) {
	t.Helper()
	has := c.Has(key)
	value, found := c.Lookup(key)
	_, err := dewar.Require[any](c, key)
	for what, got := range map[string]bool{
		"Lookup": found, "Get": c.Get(key) != nil, "the value of Lookup": value != nil, "Keys": slices.Contains(c.Keys(), key),
		"Require": err == nil, "ValueOr": dewar.ValueOr[any](c, key, "otherwise") != "otherwise",
	} {
		if got != has {
			t.Errorf("%s: %s says %v, Has says %v", name, what, got, has)
		}
	}
	listed := false
	for s := range c.All() {
		if s.Key == key {
			listed = true
			if (s.Value() != nil) != has || s.Source != c.Source(key) || s.Source == "" {
				t.Errorf("%s: All yields a value %v from %q; Has says %v, Source %q", name, s.Value() != nil, s.Source, has, c.Source(key))
			}
		}
	}
	inSpace, inNamespace := c.Namespace("", dewar.KeepCase())[key]
	if listed != (c.Source(key) != "") || listed != inNamespace || (inSpace != nil) != has || has && !listed {
		t.Errorf("%s: All lists it: %v, Namespace: %v; Has says %v, Source %q", name, listed, inNamespace, has, c.Source(key))
	}
}

func TestNoneForAnUndeclaredKeyIsAsIfItWereNotThere(t *testing.T) {
	for _, source := range configSources {
		t.Run(source.name, func(t *testing.T) {
			c, dir := newConfig(t)
			must(t, c.Set("OWN", "before"))
			value := any("null")
			if !source.text {
				value = nil
			}
			if source.name == "FromObject" {
				return
			}
			must(t, source.load(t, c, dir, "OWN", value))
			wantAgreement(t, "OWN", c, "OWN")
			if c.Has("OWN") || c.Source("OWN") != "" {
				t.Errorf("got %v from %q, want nothing", c.Get("OWN"), c.Source("OWN"))
			}
			into := struct {
				Own string `default:"otherwise"`
			}{}
			must(t, c.Decode(&into))
			if into.Own != "otherwise" {
				t.Errorf("Decode: got %q, want the default", into.Own)
			}
		})
	}
}

func TestNoneForADeclaredKeyIsItsDefault(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	defaults := dewar.Map{"TEXT": "text", "BOOL": true, "INT": 5, "INT64": int64(6), "FLOAT": 1.5, "LIST": []string{"a"}}
	for key, def := range defaults {
		must(t, errors.Join(c.Declare(key, def, "a key of the test"), c.Set(key, nil)))
		wantValue(t, c, key, def)
		wantAgreement(t, key, c, key)
	}
	for _, key := range []string{"BOOL", "INT", "INT64", "FLOAT"} {
		must(t, c.Set(key, ""))
		wantValue(t, c, key, defaults[key])
	}
	must(t, errors.Join(c.Set("TEXT", ""), c.Set("LIST", "")))
	wantValue(t, c, "TEXT", "")
	wantValue(t, c, "LIST", []string{})
	must(t, errors.Join(c.FromMapping(dewar.Map{"EARLY": nil}), c.Declare("EARLY", "default", "declared after it was loaded")))
	wantValue(t, c, "EARLY", "default")
	wantError(t, c.Set("TEXT", false), "TEXT", "want text")
}

func TestTextOfADeclaredKeyIsKeptHoweverItLooks(t *testing.T) {
	setenv(t, map[string]string{"X_PIN": "0", "X_FLAG": "false", "X_NONE": "null", "X_LIST": "[]"})
	c, _ := newConfig(t)
	for key, text := range map[string]string{"PIN": "0", "FLAG": "false", "NONE": "null", "LIST": "[]"} {
		must(t, errors.Join(c.Declare(key, "default", "text"), c.FromPrefixedEnv(dewar.EnvPrefix("X"))))
		wantValue(t, c, key, text)
	}
}

func TestWordsThatAreNoDomainAreRefused(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"SESSION_COOKIE_DOMAIN", "SERVER_NAME"} {
		for _, word := range []string{"False", "None", "none", "nil", "null", "no", "off", "true", "True"} {
			c, _ := newConfig(t)
			wantError(t, c.Set(key, word), "config key "+key, "want ", "example.com", "false, without quotes")
		}
		c, _ := newConfig(t)
		wantError(t, c.Set(key, true), "config key "+key, "want ", "example.com")
		for _, name := range []string{"example.com", "localhost", "none.example", "127.0.0.1"} {
			must(t, c.Set(key, name))
			wantValue(t, c, key, name)
		}
	}
}

// TestACookieWithoutADomain looks at the wire: every way of saying none means none.
func TestACookieWithoutADomain(t *testing.T) {
	t.Parallel()
	for _, none := range []any{nil, false, 0, "", []any{}, dewar.Map{}} {
		app, _, log := newLogged(t)
		must(t, app.Config.FromMapping(dewar.Map{
			"SECRET_KEY": "0123456789abcdef0123456789abcdeF", "SESSION_COOKIE_DOMAIN": none, "APPLICATION_ROOT": none, "SERVER_NAME": none,
			"SESSION_COOKIE_PATH": none, "SESSION_COOKIE_NAME": none, "SESSION_COOKIE_SAMESITE": none, "PREFERRED_URL_SCHEME": none,
		}))
		app.Get("/", func(c *dewar.Context) error {
			c.Session().Set("a", 1)
			url, err := c.URLFor("home")
			must(t, err)
			return c.Text(url)
		}, dewar.Endpoint("home"))
		res := dewartest.New(t, app).Get("/")
		cookie := res.Header.Get("Set-Cookie")
		if res.StatusCode != 200 || string(res.Body) != "/" || !strings.HasPrefix(cookie, "session=") || !strings.HasSuffix(cookie, "; Path=/; HttpOnly") {
			t.Errorf("%#v: got %d and %q, want no Domain and Path=/; log %s", none, res.StatusCode, cookie, log)
		}
	}
}
