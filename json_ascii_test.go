package dewar_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func TestJSONInASCII(t *testing.T) {
	t.Parallel()
	type created struct {
		Überschrift string
		At          time.Time
	}
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		value any
		want  string
	}{
		{"ASCII stays as it is", dewar.Map{"a": `b" \ /~`}, `{"a":"b\" \\ /~"}`},
		{"two bytes", "Grüße", `"Gr\u00fc\u00dfe"`},
		{"three bytes", "日本 €", `"\u65e5\u672c \u20ac"`},
		{"four bytes are a pair", "😀", `"\ud83d\ude00"`},
		{"the last character", "\U0010FFFF", `"\udbff\udfff"`},
		{"DEL", "\x7f", `"\u007f"`},
		{"keys", dewar.Map{"schön": "ä"}, `{"sch\u00f6n":"\u00e4"}`},
		{"fields", created{"ö", at}, `{"\u00dcberschrift":"\u00f6","At":"Mon, 06 May 2024 07:08:09 GMT"}`},
		{"what writes itself", json.RawMessage(`["ü"]`), `["\u00fc"]`},
		{"what is no UTF-8", "\xff", `"\ufffd"`},
		{"nothing", nil, `null`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t)
			app.JSON = dewar.ASCIIJSON(dewar.HTTPDates(app.JSON))
			app.Get("/", func(c *dewar.Context) error { return c.JSON(tt.value) })
			rec := get(app, "/")
			if got := strings.TrimSpace(rec.Body.String()); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if got := rec.Header().Get("Content-Type"); got != "application/json" {
				t.Errorf("Content-Type: got %q", got)
			}
			var again any
			must(t, json.Unmarshal(rec.Body.Bytes(), &again))
		})
	}
}

func TestJSONInASCIIElsewhere(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.JSON = dewar.ASCIIJSON(app.JSON)
	app.Get("/error", func(*dewar.Context) error { return dewar.Abortf(400, "Grüße") })
	app.Get("/fails", func(c *dewar.Context) error {
		if err := c.JSON(func() {}); err != nil {
			return c.Text("not encoded")
		}
		return errors.New("a function became JSON")
	})
	app.Post("/", func(c *dewar.Context) error {
		var v map[string]string
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.Text(v["a"] + v["b"])
	})
	if got := send(app, "GET", "/error", "Accept", "application/json").Body.String(); !strings.Contains(got, `"detail":"Gr\u00fc\u00dfe"`) {
		t.Errorf("an error: got %s", got)
	}
	if got := get(app, "/fails").Body.String(); got != "not encoded" {
		t.Errorf("what cannot be encoded: got %s", got)
	}
	if got := post(app, "/", jsonType, `{"a":"ü","b":"\u00fc"}`).Body.String(); got != "üü" {
		t.Errorf("reading: got %s", got)
	}
}

func TestJSONInASCIIIsIndentedInDebug(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.JSON = dewar.ASCIIJSON(app.JSON)
	must(t, app.Config.Set("DEBUG", true))
	app.Get("/", func(c *dewar.Context) error {
		return c.Header("Content-Type", "application/vnd.api+json").JSON(dewar.Map{"a": "ü"})
	})
	rec := get(app, "/")
	if got := rec.Header().Get("Content-Type"); got != "application/vnd.api+json" {
		t.Errorf("Content-Type: got %q, want that of the view", got)
	}
	if got, want := rec.Body.String(), "{\n  \"a\": \"\\u00fc\"\n}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func ExampleASCIIJSON() {
	app := dewar.New("api")
	app.JSON = dewar.ASCIIJSON(app.JSON)
	app.Get("/", func(c *dewar.Context) error { return c.JSON(dewar.Map{"city": "Zürich"}) })
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Print(w.Body)
	// Output: {"city":"Z\u00fcrich"}
}
