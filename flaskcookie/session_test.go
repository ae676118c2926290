package flaskcookie_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

func quiet() *slog.Logger { return textLogger(io.Discard) }

func textLogger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// ask sends a request with a session cookie, if it is not empty.
func ask(app *dewar.App, path, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: cookie})
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return rec
}

func TestSessionsAreFlasksCookies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(signedAt))
		for _, g := range golden {
			app := sharingApp(t, dewar.Map{"SECRET_KEY": g.key})
			app.Get("/rewrite", func(c *dewar.Context) error { c.Session().MarkModified(); return c.Text("") })
			rec := ask(app, "/rewrite", g.cookie)
			cookies := rec.Result().Cookies()
			if len(cookies) != 1 {
				t.Errorf("%s: got %d and cookies %v", g.name, rec.Code, cookies)
				continue
			}
			if g.same && cookies[0].Value != g.cookie {
				t.Errorf("%s: written again\n got %s\nwant %s", g.name, cookies[0].Value, g.cookie)
			}
			if again, first := ask(app, "/get", cookies[0].Value).Body.String(), ask(app, "/get", g.cookie).Body.String(); again != first || first == "{}" {
				t.Errorf("%s: got %s, then %s", g.name, first, again)
			}
		}
	})
}

func TestSaveDecisionsAreDewars(t *testing.T) {
	t.Parallel()
	app := sharingApp(t, nil)
	app.Get("/one", func(c *dewar.Context) error { c.Session().Set("user", "ann"); return c.Text("") })
	app.Get("/nothing", func(c *dewar.Context) error { return c.Text("") })
	cookie := ask(app, "/one", "").Result().Cookies()[0]
	if !cookie.HttpOnly || cookie.Path != "/" || cookie.SameSite != http.SameSiteLaxMode || !cookie.Expires.IsZero() {
		t.Errorf("got cookie %v, want the attributes of the configuration", cookie)
	}
	for _, tt := range []struct{ path, setCookie, vary, cacheControl string }{
		{"/nothing", "", "", ""},
		{"/get", "", "Cookie", "private"},
		{"/one", "session=", "Cookie", "no-store"},
		{"/clear", "session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; SameSite=Lax", "Cookie", "no-store"},
	} {
		h := ask(app, tt.path, cookie.Value).Header()
		if got := h.Get("Set-Cookie"); !strings.HasPrefix(got, tt.setCookie) || (got == "") != (tt.setCookie == "") {
			t.Errorf("%s: got Set-Cookie %q, want %q", tt.path, got, tt.setCookie)
		}
		if h.Get("Vary") != tt.vary || h.Get("Cache-Control") != tt.cacheControl {
			t.Errorf("%s: got Vary %q and Cache-Control %q, want %q and %q", tt.path, h.Get("Vary"), h.Get("Cache-Control"), tt.vary, tt.cacheControl)
		}
	}
}

func TestSettingsOfTheSignature(t *testing.T) {
	t.Parallel()
	app := sharingApp(t, nil)
	app.SessionInterface = &flaskcookie.SessionInterface{Salt: "my-salt", KeyDerivation: "django-concat", Digest: sha256.New}
	c := newCodec(t, flaskcookie.Options{Salt: "my-salt", KeyDerivation: "django-concat", Digest: sha256.New}, oldKey)
	cookie, err := c.Encode([]byte(`{"user":"ann"}`), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(app, "/get", cookie).Body.String(); got != `{"user":"ann"}` {
		t.Errorf("got %s, want what the codec with the same settings signed", got)
	}
}

func TestKeysFollowTheConfiguration(t *testing.T) {
	t.Parallel()
	app := sharingApp(t, nil)
	app.Get("/set", func(c *dewar.Context) error { c.Session().Set("user", "ann"); return c.Text("") })
	cookie := ask(app, "/set", "").Result().Cookies()[0].Value
	for _, tt := range []struct {
		config dewar.Map
		want   string
	}{
		{nil, `{"user":"ann"}`},
		{dewar.Map{"SECRET_KEY": newKey}, "{}"},
		{dewar.Map{"SECRET_KEY_FALLBACKS": []string{oldKey}}, `{"user":"ann"}`},
		{dewar.Map{"SECRET_KEY": nil}, "{}"},
	} {
		if err := app.Config.FromMapping(tt.config); err != nil {
			t.Fatal(err)
		}
		if got := ask(app, "/get", cookie).Body.String(); got != tt.want {
			t.Errorf("with %v: got %s, want %s", tt.config, got, tt.want)
		}
	}
}

func TestFallbackKeysAreSignedAnewOnUse(t *testing.T) {
	t.Parallel()
	payload := `{"user":"ann"}`
	current := newCodec(t, flaskcookie.Options{}, newKey)
	app := sharingApp(t, dewar.Map{"SECRET_KEY": newKey, "SECRET_KEY_FALLBACKS": []string{"another", oldKey}})
	app.Get("/nothing", func(c *dewar.Context) error { return c.Text("") })
	for _, tt := range []struct {
		name, key, path string
		anew            bool
	}{
		{"used", oldKey, "/get", true},
		{"used, under the first fallback", "another", "/get", true},
		{"not used", oldKey, "/nothing", false},
		{"under the key itself", newKey, "/get", false},
	} {
		cookie, err := newCodec(t, flaskcookie.Options{}, tt.key).Encode([]byte(payload), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		rec := ask(app, tt.path, cookie)
		cookies := rec.Result().Cookies()
		if tt.path == "/get" && rec.Body.String() != payload || len(cookies) == 1 != tt.anew {
			t.Errorf("%s: got %s and cookies %v, want a new one %t", tt.name, rec.Body, cookies, tt.anew)
			continue
		}
		if !tt.anew {
			continue
		}
		if got, _, err := current.Decode(cookies[0].Value, time.Now(), lifetime); err != nil || string(got) != payload {
			t.Errorf("%s: got %s, %v under the current key, want %s", tt.name, got, err, payload)
		}
	}
}

func TestWhatCannotBeHadFailsAtBuild(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		config   dewar.Map
		sessions *flaskcookie.SessionInterface
		want     string
	}{
		{dewar.Map{"SESSION_COOKIE_ENCRYPT": true}, &flaskcookie.SessionInterface{}, "unset SESSION_COOKIE_ENCRYPT"},
		{dewar.Map{"SESSION_ABSOLUTE_LIFETIME": "1h"}, &flaskcookie.SessionInterface{}, "unset SESSION_ABSOLUTE_LIFETIME"},
		{nil, &flaskcookie.SessionInterface{KeyDerivation: "md5"}, `unknown key derivation "md5"`},
	} {
		app := sharingApp(t, tt.config)
		app.SessionInterface = tt.sessions
		if err := app.Build(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Build gave %v, want an error with %q", err, tt.want)
		}
	}
}

func TestSessionExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := sharingApp(t, dewar.Map{"PERMANENT_SESSION_LIFETIME": "1h"})
		var expires time.Time
		app.Get("/set", func(c *dewar.Context) error { c.Session().Set("user", "ann"); return c.Text("") })
		app.Get("/expires", func(c *dewar.Context) error { expires = c.Session().ExpiresAt(); return c.Text("") })
		cookie := ask(app, "/set", "").Result().Cookies()[0].Value
		end := time.Now().Add(time.Hour)
		time.Sleep(time.Hour)
		if ask(app, "/expires", cookie); !expires.Equal(end) {
			t.Errorf("got ExpiresAt %s, want %s", expires, end)
		}
		time.Sleep(time.Second)
		if got := ask(app, "/get", cookie).Body.String(); got != "{}" {
			t.Errorf("got %s of an expired session", got)
		}
	})
}

func ExampleSessionInterface() {
	app := dewar.New("shop")
	app.SessionInterface = &flaskcookie.SessionInterface{}
	if err := app.Config.Set("SECRET_KEY", "the key that the Flask application has too"); err != nil {
		panic(err)
	}
}

// A colour is kept by a tag, as a JSONTag of the Flask application does it.
type colour struct{ R, G, B uint8 }

var colourTag = dewar.SessionTag{
	Key:    " rgb",
	Check:  func(v any) bool { _, ok := v.(colour); return ok },
	Encode: func(v any) (any, error) { c := v.(colour); return []any{c.R, c.G, c.B}, nil },
	Decode: func(v any) (any, error) {
		list, ok := v.([]any)
		if !ok || len(list) != 3 {
			return nil, errors.New("want three numbers")
		}
		var c [3]uint8
		for i, n := range list {
			n, _ := n.(int64)
			c[i] = uint8(n)
		}
		return colour{c[0], c[1], c[2]}, nil
	},
}

func TestSessionTags(t *testing.T) {
	t.Parallel()
	app := sharingApp(t, nil)
	app.SessionInterface = &flaskcookie.SessionInterface{Tags: []dewar.SessionTag{colourTag}}
	app.Get("/paint", func(c *dewar.Context) error {
		c.Session().Set("v", []any{colour{1, 2, 3}, template.HTML("<b>")})
		return c.Text("")
	})
	app.Get("/look", func(c *dewar.Context) error { return c.Text(fmt.Sprintf("%#v", c.Session().Get("v"))) })
	cookie := ask(app, "/paint", "").Result().Cookies()[0].Value
	if got, want := ask(app, "/get", cookie).Body.String(), `{"v":[{" rgb":[1,2,3]},{" m":"<b>"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := ask(app, "/look", cookie).Body.String(), `[]interface {}{flaskcookie_test.colour{R:0x1, G:0x2, B:0x3}, "<b>"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	bad := sharingApp(t, nil)
	bad.SessionInterface = &flaskcookie.SessionInterface{Tags: []dewar.SessionTag{{Key: "x"}}}
	if err := bad.Build(); err == nil || !strings.Contains(err.Error(), "must begin with a space") {
		t.Errorf("got %v for a tag without a space", err)
	}
}

func TestSessionThatCannotBeReadIsKept(t *testing.T) {
	t.Parallel()
	for name, payload := range map[string]string{
		"more than 256 kB": `{"a":"` + strings.Repeat("b", 300_000) + `"}`, "too deep": `{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`,
		"a tag of 5": `{"a":{" t":5}}`, "no JSON": `hello`,
	} {
		cookie, err := newCodec(t, flaskcookie.Options{MaxPayload: 64 << 20}, oldKey).Encode([]byte(payload), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		app := sharingApp(t, nil)
		app.Logger = slog.New(slog.NewTextHandler(&log, nil))
		app.Get("/write", func(c *dewar.Context) error { c.Session().Set("b", 1); return c.Text("") })
		app.Get("/again", func(c *dewar.Context) error { c.Session().Clear(); c.Session().Set("b", 1); return c.Text("") })
		for _, tt := range []struct {
			path            string
			status, cookies int
		}{{"/get", 200, 0}, {"/write", 503, 0}, {"/clear", 200, 1}, {"/again", 200, 1}} {
			log.Reset()
			res := ask(app, tt.path, cookie)
			if res.Code != tt.status || len(res.Result().Cookies()) != tt.cookies {
				t.Errorf("%s: %s: got %d with %d cookies, want %d with %d", name, tt.path, res.Code, len(res.Result().Cookies()), tt.status, tt.cookies)
			}
			if !strings.Contains(log.String(), "session cannot be read") {
				t.Errorf("%s: %s: logged %q, want the reason", name, tt.path, log.String())
			}
		}
	}
}

func TestFlaskSessionThatCompressesWell(t *testing.T) {
	t.Parallel()
	payload := `{"v":"` + strings.Repeat("x", 200_000) + `"}`
	cookie, err := newCodec(t, flaskcookie.Options{}, oldKey).Encode([]byte(payload), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(sharingApp(t, nil), "/get", cookie).Body.String(); got != payload {
		t.Errorf("got %d bytes of a session of %d, which is a cookie of %d", len(got), len(payload), len(cookie))
	}
}

// What nobody has signed, or what has expired, is no session: it is written over, and no visitor can fill the log with it.
func TestForgedAndExpiredSessionsAreWrittenOver(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, flaskcookie.Options{}, oldKey)
	genuine, err := codec.Encode([]byte(`{"a":1}`), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	expired, err := codec.Encode([]byte(`{"a":1}`), time.Now().Add(-100*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := newCodec(t, flaskcookie.Options{}, "another key that is long enough").Encode([]byte(`{"a":1}`), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	app := sharingApp(t, nil)
	app.Logger = slog.New(slog.NewTextHandler(&log, nil))
	app.Get("/write", func(c *dewar.Context) error { c.Session().Set("b", 1); return c.Text("") })
	for name, cookie := range map[string]string{"forged": genuine[:len(genuine)-2] + "xx", "expired": expired, "foreign": foreign, "no cookie of Flask": "a.b.c"} {
		if res := ask(app, "/write", cookie); res.Code != 200 || len(res.Result().Cookies()) != 1 || log.Len() > 0 {
			t.Errorf("%s: got %d with %d cookies, logged %q", name, res.Code, len(res.Result().Cookies()), log.String())
		}
		log.Reset()
	}
}
