package dewar_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

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
	if !slices.IsSorted(keys) || !slices.Contains(keys, "SERVER_NAME") || keys[0] != "ALPHA" || keys[len(keys)-1] != "ZEBRA" {
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
		{"SERVER_NAME", nil, false, "host, and port, of URLs built outside a request"},
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
			must(t, c.Set("VALUE", tt.value))
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
	if got, want := get(app, "/5?password=hidden&a=b").Body.String(), `Values["id"] Values["a" "password"] Values["user"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
