package dewar_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/securecookie"

	"github.com/dewar-go/dewar"
)

// configured returns an App with configuration on top of that of newApp.
func configured(t testing.TB, config dewar.Map) *dewar.App {
	t.Helper()
	app := newApp(t)
	if err := app.Config.FromMapping(config); err != nil {
		t.Fatal(err)
	}
	return app
}

func TestLargeSessionIsCompressedWhenThatHelps(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("so much to say ", 200)
	for _, tt := range []struct {
		name    string
		config  dewar.Map
		value   string
		shorter bool
	}{
		{"repetitive", nil, large, true},
		{"random", nil, incompressible(1500), false},
		{"short", nil, large[:900], false},
		{"encrypted: its length would tell of its content", dewar.Map{"SESSION_COOKIE_ENCRYPT": true, "MAX_COOKIE_SIZE": 0}, large, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := configured(t, tt.config)
			app.Get("/read", func(c *dewar.Context) error { return c.Text(c.Session().String("v")) })
			jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("v", tt.value) })
			if got := len(jar["session"]) < len(tt.value); got != tt.shorter {
				t.Errorf("%d bytes became a cookie of %d", len(tt.value), len(jar["session"]))
			}
			if got := visitBody(t, app, "/read", jar); got != tt.value {
				t.Errorf("got %d bytes back, want %d", len(got), len(tt.value))
			}
		})
	}
}

// foreignTexts are in other letters than those of ASCII, or have characters that JSON writes as escapes.
var foreignTexts = map[string]string{
	"German": "Zoë Müller", "Cyrillic": "Привет, мир", "Japanese": "こんにちは世界", "emoji": "😀👩‍👩‍👧‍👦", "Arabic": "مرحبا بالعالم",
	"HTML": "<b>&</b>", "quotes": `"quoted" \ 'text'`, "controls": "\x00\x01\t\r\n\b\f\x1f\x7f", "separators": "a\u2028b\u2029c",
	"what looks like an escape": `\u00e9 \\u00e9 %C3%A9`, "accents": "e\u0301\ufeff\ufffd", "one letter": "é", "mixed": "<é>\x00\"\u2028😀\\",
}

// TestCookieIsNoLongerThanSecurecookiesOwn leaves out []byte, time.Time, Tuple and UUID: JSON alone keeps them as
// something else, and that they come back as what they were takes a tag, which has its length.
func TestCookieIsNoLongerThanSecurecookiesOwn(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	bare := securecookie.New(make([]byte, 32), nil).SetSerializer(securecookie.JSONEncoder{})
	rows := map[string]dewar.Map{
		"a number":      {"a": 1},
		"a login":       {"user_id": 42, "name": "ann", "csrf": "c5b0b8d1c2f04e7ab4e0a1d2c3b4a596"},
		"nested":        {"_permanent": true, "cart": dewar.Map{"apple": 2, "pear": []any{1, 2.5, nil}}},
		"long":          {"text": strings.Repeat("hello ", 300)},
		"large numbers": {"max": int64(1<<63 - 1), "float": 1e21, "small": 1e-7, "minus": -0.5},
	}
	for name, text := range foreignTexts {
		rows[name+" alone"] = dewar.Map{"t": text}
		rows[name+" as a key"] = dewar.Map{text: 1}
		rows[name+" in a map"] = dewar.Map{"user": dewar.Map{"name": text, text: text}, "n": 1}
		rows[name+" in a list"] = dewar.Map{"names": []any{text, "ann", []any{text}}, "m": dewar.Map{"l": []string{text, text}}}
		rows[name+" many times"] = dewar.Map{"t": strings.Repeat(text, 40)}
	}
	for name, values := range rows {
		jar := sessionJar(t, app, func(s *dewar.Session) {
			for key, value := range values {
				s.Set(key, value)
			}
		})
		want, err := bare.Encode("session", values)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(jar["session"]); got == 0 || got > len(want) {
			t.Errorf("%s: %d bytes, securecookie with JSON needs %d", name, got, len(want))
		}
	}
}

// TestForeignTextComesBack keeps text of every kind in cookies of every kind, and compares the encoding of the session
// before and after: what is written again must be what was read.
func TestForeignTextComesBack(t *testing.T) {
	t.Parallel()
	values := dewar.Map{}
	for name, text := range foreignTexts {
		values[name] = text
		values["in "+text] = dewar.Map{text: []any{text, dewar.Tuple{text}}, "n": int64(1)}
	}
	for name, config := range map[string]dewar.Map{
		"signed":                    {},
		"encrypted":                 {"SESSION_COOKIE_ENCRYPT": true},
		"with a beginning":          {"SESSION_ABSOLUTE_LIFETIME": "1h"},
		"encrypted, with beginning": {"SESSION_COOKIE_ENCRYPT": true, "SESSION_ABSOLUTE_LIFETIME": "1h"},
	} {
		for _, size := range []struct {
			name   string
			values dewar.Map
		}{
			{"short", dewar.Map{"user": "Zoë Müller", "é": "<&>"}},
			{"compressed where that is allowed", values},
		} {
			t.Run(name+", "+size.name, func(t *testing.T) {
				t.Parallel()
				app := configured(t, config)
				set(t, app, "MAX_COOKIE_SIZE", 0)
				comesBack(t, app, size.values)
			})
		}
	}
}

// comesBack checks that a session with the values has them, and the very encoding it was saved with, in the next request.
func comesBack(t *testing.T, app *dewar.App, values dewar.Map) {
	t.Helper()
	encoding := func(s *dewar.Session) string {
		encoded, err := dewar.Stored(s).MarshalBinary()
		if err != nil {
			t.Error(err)
		}
		return string(encoded)
	}
	var before, after string
	app.Get("/", func(c *dewar.Context) error {
		for key, want := range values {
			if got := c.Session().Get(key); !reflect.DeepEqual(got, want) {
				t.Errorf("%q: got %#v back, want %#v", key, got, want)
			}
		}
		after = encoding(c.Session())
		return c.Text("")
	})
	jar := sessionJar(t, app, func(s *dewar.Session) {
		for key, value := range values {
			s.Set(key, value)
		}
		before = encoding(s)
	})
	if res := visit(t, app, "/", jar); res.StatusCode != 200 || len(res.Header["Set-Cookie"]) > 0 {
		t.Errorf("got %d with cookies %q, want 200 and none, because nothing has changed", res.StatusCode, res.Header["Set-Cookie"])
	}
	if before == "" || after != before {
		t.Errorf("the session was encoded as %q, and in the next request as %q", before, after)
	}
}

func TestAbsoluteLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := configured(t, dewar.Map{"SESSION_ABSOLUTE_LIFETIME": "3h", "PERMANENT_SESSION_LIFETIME": "2h"})
		app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
		app.Get("/renew", func(c *dewar.Context) error { c.Session().Renew(); return c.Text("") })
		app.Get("/login", func(c *dewar.Context) error {
			c.Session().Clear()
			c.Session().Set("user", "bob")
			c.Session().SetPermanent(true)
			return c.Text("")
		})
		jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann"); s.SetPermanent(true) })
		began := time.Now()
		for range 2 { // each visit refreshes the cookie
			time.Sleep(time.Hour)
			if got := visitBody(t, app, "/who", jar); got != "ann" {
				t.Fatalf("after %s: got %q, want ann", time.Since(began), got)
			}
			visit(t, app, "/renew", jar)
		}
		res := visit(t, app, "/who", jar)
		if got := res.Cookies()[0].Expires; !got.Equal(began.Add(3 * time.Hour)) {
			t.Errorf("the cookie expires %s after its beginning, want 3h", got.Sub(began))
		}
		time.Sleep(time.Hour + time.Second)
		if got := visitBody(t, app, "/who", jar); got != "" {
			t.Errorf("after the absolute lifetime: got %q, want no session", got)
		}
		visit(t, app, "/login", jar)
		time.Sleep(90 * time.Minute)
		if got := visitBody(t, app, "/who", jar); got != "bob" {
			t.Errorf("a login that clears begins anew: got %q, want bob", got)
		}
	})
}

func TestClearBeginsTheAbsoluteLifetimeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := configured(t, dewar.Map{"SESSION_ABSOLUTE_LIFETIME": "3h", "PERMANENT_SESSION_LIFETIME": "3h"})
		app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
		app.Get("/login", func(c *dewar.Context) error {
			c.Session().Clear()
			c.Session().Set("user", "bob")
			return c.Text("")
		})
		jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })
		time.Sleep(2 * time.Hour)
		visit(t, app, "/login", jar)
		time.Sleep(2 * time.Hour)
		if got := visitBody(t, app, "/who", jar); got != "bob" {
			t.Errorf("two hours after the login: got %q, want bob", got)
		}
	})
}

func TestSetSessionCookieAfterTheHeaderIsAnError(t *testing.T) {
	t.Parallel()
	app := configured(t, dewar.Map{})
	var before, after error
	app.Get("/", func(c *dewar.Context) error {
		before = dewar.SetSessionCookie(c, dewar.NewSession(), "a")
		if err := c.Response.FlushError(); err != nil {
			return err
		}
		after = dewar.SetSessionCookie(c, dewar.NewSession(), "b")
		return nil
	})
	w := get(app, "/")
	if lines := w.Header()["Set-Cookie"]; before != nil || after == nil || len(lines) != 1 || !strings.HasPrefix(lines[0], "session=a;") {
		t.Errorf("got %v before the header, %v after it and %q, want an error after it alone", before, after, lines)
	}
}

func TestAbsoluteLifetimeOfSessionsFromBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := sessionJar(t, newApp(t), func(s *dewar.Session) { s.Set("user", "ann") })
		plain := jar["session"]
		app := configured(t, dewar.Map{"SESSION_ABSOLUTE_LIFETIME": "1h"})
		app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
		if visit(t, app, "/who", jar); jar["session"] == plain {
			t.Fatal("a session without a beginning was not given one")
		}
		if got := visitBody(t, app, "/who", jar); got != "ann" {
			t.Errorf("got %q, want ann", got)
		}
		time.Sleep(time.Hour + time.Second)
		if got := visitBody(t, app, "/who", jar); got != "" {
			t.Errorf("an hour later: got %q, want no session", got)
		}
	})
}

func TestExpiresAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := configured(t, dewar.Map{"PERMANENT_SESSION_LIFETIME": "2h"})
		var before, after time.Time
		app.Get("/", func(c *dewar.Context) error { before = c.Session().ExpiresAt(); return c.Text("") })
		app.Get("/set", func(c *dewar.Context) error { c.Session().Set("a", 2); return c.Text("") })
		app.RequestFinished.Connect(func(c *dewar.Context) { after = c.Session().ExpiresAt() })
		visit(t, app, "/", nil)
		if !before.IsZero() {
			t.Errorf("a new session expires at %s, want the zero time", before)
		}
		jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("a", 1) })
		end := time.Now().Add(2 * time.Hour)
		time.Sleep(time.Hour)
		if visit(t, app, "/", jar); !before.Equal(end) {
			t.Errorf("a session expires at %s, want %s", before, end)
		}
		if visit(t, app, "/set", jar); !after.Equal(end.Add(time.Hour)) {
			t.Errorf("a saved session expires at %s, want %s", after, end.Add(time.Hour))
		}
	})
}

func TestEpochLogsOutEverywhere(t *testing.T) {
	t.Parallel()
	epochs, broken := map[string]int64{"ann": 3}, error(nil)
	app := newApp(t)
	app.SessionInterface = &dewar.SecureCookieSessionInterface{
		Epoch: func(_ *dewar.Context, s *dewar.Session) (int64, error) { return epochs[s.String("user")], broken },
	}
	app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
	app.Get("/login", func(c *dewar.Context) error { c.Session().Renew(); c.Session().Set("user", "ann"); return c.Text("") })
	app.Get("/slow", func(c *dewar.Context) error {
		c.Session().Set("page", 1)
		epochs["ann"]++ // she logs out everywhere while this request runs
		return c.Text("")
	})
	laptop, phone := map[string]string{}, sessionJar(t, app, func(s *dewar.Session) { s.Set("theme", "dark") })
	visit(t, app, "/login", laptop)
	visit(t, app, "/login", phone)
	for name, jar := range map[string]map[string]string{"laptop": laptop, "phone": phone} {
		if got := visitBody(t, app, "/who", jar); got != "ann" {
			t.Errorf("%s after the login: got %q, want ann", name, got)
		}
	}
	visit(t, app, "/slow", laptop)
	for name, jar := range map[string]map[string]string{"laptop": laptop, "phone": phone} {
		if got := visitBody(t, app, "/who", jar); got != "" {
			t.Errorf("%s after the logout: got %q, want no session", name, got)
		}
	}
	visit(t, app, "/login", phone)
	if got := visitBody(t, app, "/who", phone); got != "ann" {
		t.Errorf("after another login: got %q, want ann", got)
	}
	broken = errors.New("no database")
	if res := visit(t, app, "/who", phone); res.StatusCode != 503 {
		t.Errorf("when the epoch cannot be had: got %d, want 503", res.StatusCode)
	}
}

// TestRenewDoesNotOutliveALogoutElsewhere has a session revoked by another request while its own runs.
func TestRenewDoesNotOutliveALogoutElsewhere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		user   string                 // whose session the request has
		finish func(s *dewar.Session) // after the logout
		want   string                 // who asks after that
	}{
		{"renewed", "ann", func(s *dewar.Session) { s.Renew() }, ""},
		{"renewed and changed", "ann", func(s *dewar.Session) { s.Set("page", 1); s.Renew() }, ""},
		{"renewed twice", "ann", func(s *dewar.Session) { s.Renew(); s.Renew() }, ""},
		{"with the user set again", "ann", func(s *dewar.Session) { s.Set("user", "ann"); s.Renew() }, ""},
		{"taken over by another user", "ann", func(s *dewar.Session) { s.Set("user", "bob"); s.Renew() }, ""},
		{"begun anew", "ann", func(s *dewar.Session) { s.Clear(); s.Set("user", "ann") }, "ann"},
		{"ended and begun anew", "ann", func(s *dewar.Session) { s.Destroy(); s.Set("user", "ann") }, "ann"},
		{"renewed, of somebody else", "bob", func(s *dewar.Session) { s.Renew() }, "bob"},
		{"a login without a user before", "", func(s *dewar.Session) { s.Set("user", "ann"); s.Renew() }, "ann"},
		{"another user's login", "bob", func(s *dewar.Session) { s.Set("user", "ann"); s.Renew() }, "ann"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			epochs := map[string]int64{"ann": 3, "bob": 7}
			app := newApp(t)
			app.SessionInterface = &dewar.SecureCookieSessionInterface{
				Epoch: func(_ *dewar.Context, s *dewar.Session) (int64, error) { return epochs[s.String("user")], nil },
			}
			app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
			app.Get("/login/{user}", func(c *dewar.Context) error {
				c.Session().Clear()
				c.Session().Set("user", c.Params().String("user"))
				return c.Text("")
			})
			app.Get("/slow", func(c *dewar.Context) error {
				s := c.Session()
				epochs["ann"]++
				tt.finish(s)
				return c.Text("")
			})
			jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("theme", "dark") })
			if tt.user != "" {
				visit(t, app, "/login/"+tt.user, jar)
			}
			visit(t, app, "/slow", jar)
			if got := visitBody(t, app, "/who", jar); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLoginThatForgetsToRenewIsLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	app.SessionInterface = &dewar.SecureCookieSessionInterface{
		Epoch: func(_ *dewar.Context, s *dewar.Session) (int64, error) {
			return map[string]int64{"ann": 3}[s.String("user")], nil
		},
	}
	app.Get("/login", func(c *dewar.Context) error { c.Session().Set("user", "ann"); return c.Text("") })
	app.Get("/renew", func(c *dewar.Context) error { c.Session().Set("user", "ann"); c.Session().Renew(); return c.Text("") })
	visitor := func() map[string]string {
		return sessionJar(t, app, func(s *dewar.Session) { s.Set("theme", "dark") })
	}
	visit(t, app, "/renew", visitor())
	if log.Len() > 0 {
		t.Errorf("a login that renews logged %q", log.String())
	}
	visit(t, app, "/login", visitor())
	if got := log.String(); !strings.Contains(got, "level=ERROR") || !strings.Contains(got, "call c.Session().Renew()") {
		t.Errorf("a login that does not logged %q, want the cure", got)
	}
}

func TestSameSiteNoneWithoutSecureIsLogged(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		var log strings.Builder
		app := configured(t, dewar.Map{"SESSION_COOKIE_SAMESITE": "None", "SESSION_COOKIE_SECURE": secure})
		app.Logger = textLogger(&log)
		if err := app.Build(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(log.String(), "SESSION_COOKIE_SAMESITE None needs SESSION_COOKIE_SECURE"); got == secure {
			t.Errorf("SESSION_COOKIE_SECURE %t: logged %q", secure, log.String())
		}
	}
}

func TestCookieNamesWithPrefix(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config dewar.Map
		want   string // part of the error of Build; "" for none
	}{
		{"__Host-", dewar.Map{"SESSION_COOKIE_NAME": "__Host-session", "SESSION_COOKIE_SECURE": true}, ""},
		{"__Host-, partitioned", dewar.Map{"SESSION_COOKIE_NAME": "__Host-session", "SESSION_COOKIE_PARTITIONED": true}, ""},
		{"__Host- without Secure", dewar.Map{"SESSION_COOKIE_NAME": "__Host-session"}, "needs SESSION_COOKIE_SECURE"},
		{"__HOST- is the same", dewar.Map{"SESSION_COOKIE_NAME": "__HOST-session"}, "needs SESSION_COOKIE_SECURE"},
		{"__Host- with Domain", dewar.Map{"SESSION_COOKIE_NAME": "__Host-s", "SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_DOMAIN": "example.com"}, "allows no SESSION_COOKIE_DOMAIN"},
		{"__Host- below a path", dewar.Map{"SESSION_COOKIE_NAME": "__Host-s", "SESSION_COOKIE_SECURE": true, "APPLICATION_ROOT": "/app"}, `set SESSION_COOKIE_PATH to "/"`},
		{"__Host- at the root", dewar.Map{"SESSION_COOKIE_NAME": "__Host-s", "SESSION_COOKIE_SECURE": true, "APPLICATION_ROOT": "/app", "SESSION_COOKIE_PATH": "/"}, ""},
		{"__Secure-", dewar.Map{"SESSION_COOKIE_NAME": "__Secure-s", "SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_DOMAIN": "example.com"}, ""},
		{"__Host- with several mistakes", dewar.Map{"SESSION_COOKIE_NAME": "__Host-s", "SESSION_COOKIE_DOMAIN": "example.com", "SESSION_COOKIE_PATH": "/x"}, `set SESSION_COOKIE_PATH to "/"`},
		{"a path that no cookie may have", dewar.Map{"APPLICATION_ROOT": "/é"}, "see SESSION_COOKIE_DOMAIN, SESSION_COOKIE_PATH and APPLICATION_ROOT"},
		{"__Secure- without Secure", dewar.Map{"SESSION_COOKIE_NAME": "__Secure-s"}, "needs SESSION_COOKIE_SECURE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := configured(t, tt.config).Build()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// TestCookieIsFoundAsNetHTTPFindsIt compares what dewar takes for the session's cookie with what net/http does, which
// passes over one with characters that no cookie may have.
func TestCookieIsFoundAsNetHTTPFindsIt(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"session", "session=", "=", ";", "; ", " ", "\t", `"`, "a", "V1", "x=1", "__Host-", "Session=", ",", `\`, "\x7f", "é", "$Version=1,", "session=abc", "%", "\x00"}
	for range rounds(5_000, 100_000) {
		r := httptest.NewRequest("GET", "/", nil)
		for range 1 + random.IntN(2) {
			var line strings.Builder
			for range random.IntN(12) {
				line.WriteString(pieces[random.IntN(len(pieces))])
			}
			r.Header["Cookie"] = append(r.Header["Cookie"], line.String())
		}
		want := ""
		if cookie, err := r.Cookie("session"); err == nil {
			want = cookie.Value
		}
		if firstIsMalformed(r.Header["Cookie"]) {
			want = ""
		}
		if got := firstCookieOf(t, app, r); got != want {
			t.Fatalf("%q: got %q, net/http has %q", r.Header["Cookie"], got, want)
		}
	}
}

// firstIsMalformed reports whether the first cookie of the name session has a value that net/http would not read.
func firstIsMalformed(lines []string) bool {
	for part := range strings.SplitSeq(strings.Join(lines, ";"), ";") {
		name, value, _ := strings.Cut(strings.Trim(part, " \t"), "=")
		if strings.Trim(name, " \t") != "session" {
			continue
		}
		r := http.Request{Header: http.Header{"Cookie": {"session=" + value}}}
		_, err := r.Cookie("session")
		return err != nil
	}
	return false
}

func firstCookieOf(t testing.TB, app *dewar.App, r *http.Request) string {
	t.Helper()
	c, _, err := app.NewContext(httptest.NewRecorder(), r)
	if err != nil {
		t.Fatal(err)
	}
	return dewar.SessionCookieValue(c)
}

// A celsius is a type that sessions only keep with a tag.
type celsius float64

var celsiusTag = dewar.SessionTag{
	Key:    " c",
	Check:  func(v any) bool { _, ok := v.(celsius); return ok },
	Encode: func(v any) (any, error) { return float64(v.(celsius)), nil },
	Decode: func(v any) (any, error) {
		degrees, ok := v.(float64)
		if !ok {
			return nil, errors.New("want a number")
		}
		return celsius(degrees), nil
	},
}

func TestCustomTag(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{celsiusTag}}
	app.Get("/", func(c *dewar.Context) error {
		if got := c.Session().Get("room"); got != celsius(21.5) {
			t.Errorf("got %T %v, want celsius 21.5", got, got)
		}
		if got := c.Session().Get("list"); !reflect.DeepEqual(got, []any{celsius(1), dewar.Tuple{celsius(2)}}) {
			t.Errorf("got %#v inside a list", got)
		}
		return c.Text("")
	})
	jar := sessionJar(t, app, func(s *dewar.Session) {
		s.Set("room", celsius(21.5))
		s.Set("list", []any{celsius(1), dewar.Tuple{celsius(2)}})
	})
	if res := visit(t, app, "/", jar); len(res.Header["Set-Cookie"]) > 0 {
		t.Error("reading tagged values counts as a change")
	}
}

func TestDuplicateTagAndOtherMistakes(t *testing.T) {
	t.Parallel()
	with := func(change func(*dewar.SessionTag)) []dewar.SessionTag {
		tag := celsiusTag
		change(&tag)
		return []dewar.SessionTag{tag}
	}
	for name, tt := range map[string]struct {
		tags []dewar.SessionTag
		want string
	}{
		"twice":           {[]dewar.SessionTag{celsiusTag, celsiusTag}, `" c" is already registered`},
		"one of Flask's":  {with(func(t *dewar.SessionTag) { t.Key = " t" }), `" t" is already registered`},
		"without a space": {with(func(t *dewar.SessionTag) { t.Key = "c" }), `must begin with a space, as in " c"`},
		"no function":     {with(func(t *dewar.SessionTag) { t.Decode = nil }), "needs Check, Encode and Decode"},
		"escape":          {with(func(t *dewar.SessionTag) { t.Key = " c__" }), "must not end in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: tt.tags}
			if err := app.Build(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Build gave %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestTagsAreTriedInTheirOrder(t *testing.T) {
	t.Parallel()
	all := func(key string) dewar.SessionTag {
		return dewar.SessionTag{Key: key,
			Check:  func(v any) bool { _, ok := v.(celsius); return ok },
			Encode: func(v any) (any, error) { return fmt.Sprint(v), nil },
			Decode: func(v any) (any, error) { return key + v.(string), nil }}
	}
	for _, tt := range []struct{ first, second, want string }{{" 1", " 2", " 15"}, {" 2", " 1", " 25"}} {
		app := newApp(t)
		app.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{all(tt.first), all(tt.second)}}
		app.Get("/", func(c *dewar.Context) error { return c.JSON(c.Session().Get("v")) })
		jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("v", celsius(5)) })
		var got string
		if err := json.Unmarshal([]byte(visitBody(t, app, "/", jar)), &got); err != nil || got != tt.want {
			t.Errorf("%q before %q: got %q, %v, want %q", tt.first, tt.second, got, err, tt.want)
		}
	}
}

func TestTagThatRefusesIsNoSession(t *testing.T) {
	t.Parallel()
	writer, reader := newApp(t), newApp(t)
	strange := celsiusTag
	strange.Encode = func(any) (any, error) { return "cold", nil }
	writer.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{strange}}
	reader.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{celsiusTag}}
	reader.Get("/", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Len())) })
	jar := sessionJar(t, writer, func(s *dewar.Session) { s.Set("a", 1); s.Set("room", celsius(1)) })
	if got := visitBody(t, reader, "/", jar); got != "0" {
		t.Errorf("got %s values, want no session", got)
	}
}

// A sessionCookie is how the cookie of a session is configured.
type sessionCookie struct {
	domain, path, sameSite        string
	secure, httpOnly, partitioned bool
}

// sessionCookies returns all the ways to switch each attribute on and off, at two paths.
func sessionCookies() []sessionCookie {
	var all []sessionCookie
	for i := range 1 << 6 {
		k := sessionCookie{path: "/", secure: i&1 > 0, httpOnly: i&2 > 0, partitioned: i&4 > 0}
		if i&8 > 0 {
			k.domain = "example.com"
		}
		if i&16 > 0 {
			k.sameSite = "Strict"
		}
		if i&32 > 0 {
			k.path = "/p"
		}
		all = append(all, k)
	}
	return all
}

// config returns the keys of the configuration that ask for k.
func (k sessionCookie) config() dewar.Map {
	config := dewar.Map{
		"SESSION_COOKIE_SECURE": k.secure, "SESSION_COOKIE_HTTPONLY": k.httpOnly, "SESSION_COOKIE_PARTITIONED": k.partitioned,
		"SESSION_COOKIE_SAMESITE": k.sameSite,
	}
	if k.domain != "" {
		config["SESSION_COOKIE_DOMAIN"] = k.domain
	}
	if k.path != "/" {
		config["SESSION_COOKIE_PATH"] = k.path
	}
	return config
}

// line returns the Set-Cookie line for a value; end says when browsers drop it.
func (k sessionCookie) line(value, end string) string {
	line := "session=" + value + "; Path=" + k.path
	for _, attribute := range []struct {
		is   bool
		text string
	}{
		{k.domain != "", "; Domain=" + k.domain},
		{true, end},
		{k.httpOnly, "; HttpOnly"},
		{k.secure || k.partitioned, "; Secure"},
		{k.sameSite != "", "; SameSite=" + k.sameSite},
		{k.partitioned, "; Partitioned"},
	} {
		if attribute.is {
			line += attribute.text
		}
	}
	return line
}

// In the bubble of a test it is the beginning of the year 2000, and a session lives for 31 days.
const (
	atOnce     = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"
	inFebruary = "; Expires=Tue, 01 Feb 2000 00:00:00 GMT"
)

// TestSessionCookieAttributes compares the whole line that sets a cookie, also one that outlives the browser, with the
// one that deletes it: browsers delete the cookie with the same name, domain and path, and refuse to do so, or keep
// another one, where the other attributes are missing.
func TestSessionCookieAttributes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, k := range sessionCookies() {
			app := configured(t, k.config())
			app.Get("/set", func(c *dewar.Context) error { c.Session().Set("user", "ann"); return c.Text("") })
			app.Get("/stay", func(c *dewar.Context) error { c.Session().SetPermanent(true); return c.Text("") })
			app.Get("/clear", func(c *dewar.Context) error { c.Session().Clear(); return c.Text("") })
			tellUser(app)
			jar := map[string]string{}
			for _, tt := range []struct{ path, end string }{{"/set", ""}, {"/stay", inFebruary}, {"/clear", atOnce}} {
				lines := visit(t, app, tt.path, jar).Header["Set-Cookie"]
				if want := k.line(jar["session"], tt.end); len(lines) != 1 || lines[0] != want {
					t.Errorf("%s with %+v:\ngot  %q\nwant %q", tt.path, k, lines, want)
				}
				if who := visitBody(t, app, "/who", jar); tt.end != atOnce && who != "ann" {
					t.Errorf("%s with %+v: the cookie gives %q, want ann", tt.path, k, who)
				}
			}
		}
	})
}

func TestSessionCookieAttributesFollowTheConfiguration(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config dewar.Map
		want   string // with %s between name and attributes
	}{
		{"the defaults", nil, "session=%s; Path=/%s; HttpOnly; SameSite=Lax"},
		{"a path from APPLICATION_ROOT", dewar.Map{"APPLICATION_ROOT": "/app/"}, "session=%s; Path=/app%s; HttpOnly; SameSite=Lax"},
		{"a path of its own", dewar.Map{"APPLICATION_ROOT": "/app", "SESSION_COOKIE_PATH": "/p"}, "session=%s; Path=/p%s; HttpOnly; SameSite=Lax"},
		{"a domain with a dot", dewar.Map{"SESSION_COOKIE_DOMAIN": ".example.com"}, "session=%s; Path=/; Domain=example.com%s; HttpOnly; SameSite=Lax"},
		{"no domain from SERVER_NAME", dewar.Map{"SERVER_NAME": "example.com:8080"}, "session=%s; Path=/%s; HttpOnly; SameSite=Lax"},
		{"SameSite in lower case", dewar.Map{"SESSION_COOKIE_SAMESITE": "strict"}, "session=%s; Path=/%s; HttpOnly; SameSite=Strict"},
		{"SameSite None", dewar.Map{"SESSION_COOKIE_SAMESITE": "None", "SESSION_COOKIE_SECURE": true}, "session=%s; Path=/%s; HttpOnly; Secure; SameSite=None"},
		{"SameSite unset", dewar.Map{"SESSION_COOKIE_SAMESITE": nil}, "session=%s; Path=/%s; HttpOnly"},
		{"another name", dewar.Map{"SESSION_COOKIE_NAME": "sid"}, "sid=%s; Path=/%s; HttpOnly; SameSite=Lax"},
		{"__Host-", dewar.Map{"SESSION_COOKIE_NAME": "__Host-session", "SESSION_COOKIE_SECURE": true},
			"__Host-session=%s; Path=/%s; HttpOnly; Secure; SameSite=Lax"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := configured(t, tt.config)
			app.Get("/set", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("") })
			app.Get("/clear", func(c *dewar.Context) error { c.Session().Clear(); return c.Text("") })
			set := visit(t, app, "/set", nil)
			value := set.Cookies()[0].Value
			if got, want := set.Header.Get("Set-Cookie"), fmt.Sprintf(tt.want, value, ""); value == "" || got != want {
				t.Errorf("set: got %q, want %q", got, want)
			}
			if got, want := visit(t, app, "/clear", nil).Header.Get("Set-Cookie"), fmt.Sprintf(tt.want, "", atOnce); got != want {
				t.Errorf("deletion: got %q, want %q", got, want)
			}
		})
	}
}

// TestSessionThatCannotBeReadIsKept has sessions that this App has signed and cannot read.
func TestSessionThatCannotBeReadIsKept(t *testing.T) {
	t.Parallel()
	strange := celsiusTag
	strange.Encode = func(any) (any, error) { return "cold", nil }
	unreadable := map[string]struct {
		jar    map[string]string
		reason string
	}{}
	unlimited := configured(t, dewar.Map{"MAX_COOKIE_SIZE": 0})
	unreadable["too large"] = struct {
		jar    map[string]string
		reason string
	}{sessionJar(t, unlimited, func(s *dewar.Session) { s.Set("v", incompressible(6000)) }), "MAX_COOKIE_SIZE is 4093"}
	writer := newApp(t)
	writer.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{strange}}
	unreadable["a tag that refuses"] = struct {
		jar    map[string]string
		reason string
	}{sessionJar(t, writer, func(s *dewar.Session) { s.Set("room", celsius(1)) }), `Decode of tag`}
	for name, tt := range unreadable {
		for _, step := range []struct {
			name   string
			do     func(s *dewar.Session)
			status int
			kept   bool
		}{
			{"untouched", nil, 200, true},
			{"read", func(s *dewar.Session) { s.Get("a"); s.Pop("a"); s.Delete("b") }, 200, true},
			{"changed", func(s *dewar.Session) { s.Set("a", 1) }, 503, true},
			{"renewed", func(s *dewar.Session) { s.Renew() }, 503, true},
			{"permanent", func(s *dewar.Session) { s.SetPermanent(true) }, 503, true},
			{"cleared", func(s *dewar.Session) { s.Clear() }, 200, false},
			{"destroyed", func(s *dewar.Session) { s.Destroy() }, 200, false},
			{"a login that clears", func(s *dewar.Session) { s.Clear(); s.Renew(); s.Set("user", "ann") }, 200, false},
		} {
			t.Run(name+", "+step.name, func(t *testing.T) {
				t.Parallel()
				var log strings.Builder
				app := newApp(t)
				app.Logger = textLogger(&log)
				app.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{celsiusTag}}
				app.Get("/", func(c *dewar.Context) error {
					if step.do != nil {
						if !c.Session().IsNew() || c.Session().Len() != 0 {
							t.Errorf("got %v, want none", c.Session())
						}
						step.do(c.Session())
					}
					return c.Text("")
				})
				jar := maps.Clone(tt.jar)
				if res := visit(t, app, "/", jar); res.StatusCode != step.status {
					t.Errorf("got %d, want %d", res.StatusCode, step.status)
				}
				if kept := jar["session"] == tt.jar["session"]; kept != step.kept {
					t.Errorf("kept %t, want %t", kept, step.kept)
				}
				if told := strings.Contains(log.String(), "session cannot be read") && strings.Contains(log.String(), tt.reason); told != (step.do != nil) {
					t.Errorf("logged %q, want the reason %q if it was opened", log.String(), tt.reason)
				}
			})
		}
	}
}

func TestRefusedCookiesAreNotLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("") })
	good := sessionJar(t, newApp(t), func(s *dewar.Session) { s.Set("v", 1) })["session"]
	for name, value := range map[string]string{"garbage": "x", "cut": good[:len(good)-4], "long": strings.Repeat("A", 20_000), "another spelling": good + "="} {
		jar := map[string]string{"session": value}
		if res := visit(t, app, "/", jar); res.StatusCode != 200 || jar["session"] == value {
			t.Errorf("%s: got %d, want a new session", name, res.StatusCode)
		}
	}
	if log.Len() > 0 {
		t.Errorf("logged %q: a visitor can send anything", log.String())
	}
}

func TestLargeSessionThatCompresses(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/{n:int}", func(c *dewar.Context) error {
		c.Session().Set("text", strings.Repeat("all work ", c.Params().Int("n")/9))
		return c.Text("")
	})
	app.Get("/", func(c *dewar.Context) error { return c.Text(fmt.Sprint(len(c.Session().String("text")))) })
	jar := map[string]string{}
	visit(t, app, "/200000", jar)
	if got := visitBody(t, app, "/", jar); got != "199998" {
		t.Errorf("got %s bytes back, want 199998", got)
	}
	if res := visit(t, app, "/300000", jar); res.StatusCode != 500 {
		t.Errorf("got %d for more than 256 kB, want an error", res.StatusCode)
	}
	if got := visitBody(t, app, "/", jar); got != "199998" {
		t.Errorf("got %s bytes back after the error, want the session before", got)
	}
}
