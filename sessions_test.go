package dewar_test

import (
	crand "crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// visit sends a request to the app in process, with the cookies of jar, and keeps those that come back.
func visit(t testing.TB, app *dewar.App, path string, jar map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for name, value := range jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	res := rec.Result()
	for _, cookie := range res.Cookies() {
		if cookie.MaxAge < 0 {
			delete(jar, cookie.Name)
		} else if jar != nil {
			jar[cookie.Name] = cookie.Value
		}
	}
	return res
}

// sessionJar returns a jar with the cookie of a session that f has filled.
func sessionJar(t testing.TB, app *dewar.App, f func(s *dewar.Session)) map[string]string {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	rec := httptest.NewRecorder()
	c, end, err := app.NewContext(rec, r)
	if err != nil {
		t.Fatal(err)
	}
	f(c.Session())
	must(t, end())
	jar := map[string]string{}
	for _, cookie := range rec.Result().Cookies() {
		jar[cookie.Name] = cookie.Value
	}
	return jar
}

// kindOfCookie says what an answer does to the session's cookie, in the words of the table in docs/sessions.md.
func kindOfCookie(res *http.Response) string {
	switch cookies := res.Cookies(); {
	case len(cookies) == 0:
		return "none"
	case len(cookies) > 1:
		return fmt.Sprint(len(cookies), " cookies")
	case cookies[0].MaxAge < 0 && cookies[0].Value == "":
		return "deletes"
	case !cookies[0].Expires.IsZero():
		return "with Expires"
	}
	return "without Expires"
}

// TestSaveTable is the table of docs/sessions.md, row by row.
func TestSaveTable(t *testing.T) {
	t.Parallel()
	empty := func(*dewar.Session) {}
	full := func(s *dewar.Session) { s.Set("a", 1) }
	two := func(s *dewar.Session) { full(s); s.Set("b", 2) }
	permanent := func(s *dewar.Session) { s.Set("a", 1); s.SetPermanent(true) }
	onlyRead := func(c *dewar.Context) { c.Session().Get("a") }
	calmed := dewar.Map{"SESSION_REFRESH_EACH_REQUEST": false}
	rotated := dewar.Map{"SECRET_KEY": "the key of this year, long enough", "SECRET_KEY_FALLBACKS": []string{testKey}}
	lasting := dewar.Map{"SESSION_ABSOLUTE_LIFETIME": "1h"}
	const none, set, expires, deleted = "none", "without Expires", "with Expires", "deletes"
	for _, tt := range []struct {
		name    string
		config  dewar.Map
		start   func(*dewar.Session)
		do      func(*dewar.Context)
		cookie  string
		caching string // "" for no Cache-Control, and then for no Vary either
	}{
		{"not opened", nil, full, func(*dewar.Context) {}, none, ""},
		{"permanent but not opened", nil, permanent, func(*dewar.Context) {}, none, ""},
		{"opened", nil, full, func(c *dewar.Context) { c.Session() }, none, "private"},
		{"read", nil, full, onlyRead, none, "private"},
		{"read when empty", nil, empty, onlyRead, none, "private"},
		{"no flashed messages", nil, full, func(c *dewar.Context) { c.FlashedMessages() }, none, "private"},
		{"a message flashed", nil, empty, func(c *dewar.Context) { c.Flash("hello") }, set, "no-store"},
		{"set", nil, empty, func(c *dewar.Context) { c.Session().Set("b", 1) }, set, "no-store"},
		{"set to the same value", nil, full, func(c *dewar.Context) { c.Session().Set("a", 1) }, set, "no-store"},
		{"one of two deleted", nil, two, func(c *dewar.Context) { c.Session().Delete("b") }, set, "no-store"},
		{"a missing key deleted", nil, full, func(c *dewar.Context) { c.Session().Delete("zzz") }, none, "private"},
		{"a missing key popped", nil, full, func(c *dewar.Context) { c.Session().Pop("zzz") }, none, "private"},
		{"the last key popped", nil, full, func(c *dewar.Context) { c.Session().Pop("a") }, deleted, "no-store"},
		{"cleared", nil, full, func(c *dewar.Context) { c.Session().Clear() }, deleted, "no-store"},
		{"cleared when empty", nil, empty, func(c *dewar.Context) { c.Session().Clear() }, deleted, "no-store"},
		{"cleared and set", nil, full, func(c *dewar.Context) { c.Session().Clear(); c.Session().Set("b", 1) }, set, "no-store"},
		{"destroyed", nil, full, func(c *dewar.Context) { c.Session().Destroy() }, deleted, "no-store"},
		{"renewed", nil, full, func(c *dewar.Context) { c.Session().Renew() }, set, "no-store"},
		{"marked modified", nil, full, func(c *dewar.Context) { c.Session().MarkModified() }, set, "no-store"},
		{"permanent, opened", nil, permanent, func(c *dewar.Context) { c.Session() }, expires, "no-store"},
		{"permanent, opened, refresh off", calmed, permanent, onlyRead, none, "private"},
		{"permanent, set, refresh off", calmed, permanent, func(c *dewar.Context) { c.Session().Set("b", 1) }, expires, "no-store"},
		{"permanent switched off", nil, permanent, func(c *dewar.Context) { c.Session().SetPermanent(false) }, set, "no-store"},
		{"only permanent set", nil, empty, func(c *dewar.Context) { c.Session().SetPermanent(true) }, expires, "no-store"},
		{"permanent and cleared", nil, permanent, func(c *dewar.Context) { c.Session().Clear() }, deleted, "no-store"},
		{"signed with a fallback, not opened", rotated, full, func(*dewar.Context) {}, none, ""},
		{"signed with a fallback, opened", rotated, full, onlyRead, set, "no-store"},
		{"signed with a fallback, no visitor", rotated, empty, onlyRead, none, "private"},
		{"permanent, signed with a fallback, refresh off", dewar.Map{"SESSION_REFRESH_EACH_REQUEST": false, "SECRET_KEY": rotated["SECRET_KEY"],
			"SECRET_KEY_FALLBACKS": rotated["SECRET_KEY_FALLBACKS"]}, permanent, onlyRead, expires, "no-store"},
		{"from before the absolute lifetime", lasting, full, onlyRead, set, "no-store"},
		{"no visitor under an absolute lifetime", lasting, empty, onlyRead, none, "private"},
		{"changed after the header had left", nil, full, func(c *dewar.Context) {
			s := c.Session()
			c.Response.Flush()
			s.Set("b", 1)
		}, none, "private"},
		{"opened after the header had left", nil, full, func(c *dewar.Context) { c.Response.Flush(); onlyRead(c) }, none, "private"},
		{"opened after the header had left, no visitor", nil, empty, func(c *dewar.Context) { c.Response.Flush(); onlyRead(c) }, none, ""},
		{"the application's Cache-Control, and read", nil, full, func(c *dewar.Context) {
			c.Response.Header().Set("Cache-Control", "max-age=60")
			onlyRead(c)
		}, none, "max-age=60"},
		{"the application's Cache-Control, and set", nil, full, func(c *dewar.Context) {
			c.Session().Set("b", 1)
			c.Response.Header().Set("Cache-Control", "public, max-age=60")
		}, set, "public, max-age=60"},
		{"the application's Cache-Control, and cleared", nil, full, func(c *dewar.Context) {
			c.Response.Header().Set("Cache-Control", "private")
			c.Session().Clear()
		}, deleted, "private"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := configured(t, tt.config)
			app.Get("/view", func(c *dewar.Context) error {
				if tt.do(c); c.Response.Committed() {
					return nil
				}
				return c.Text("ok")
			})
			wantRow(t, app, startCookie(t, tt.start), 200, tt.cookie, tt.caching)
		})
	}
}

// startCookie returns the Cookie header of a session that f has filled, signed with testKey, or "" for an empty one.
func startCookie(t testing.TB, f func(*dewar.Session)) string {
	t.Helper()
	for name, value := range sessionJar(t, newApp(t), f) {
		return name + "=" + value
	}
	return ""
}

// wantRow sends the cookie to /view of the app and compares the answer with a row of the table.
func wantRow(t *testing.T, app *dewar.App, cookie string, status int, kind, caching string) {
	t.Helper()
	res := ask(t, serve(t, app), "GET", "/view", "Cookie", cookie)
	if res.err != nil || res.StatusCode != status {
		t.Fatalf("got %v, %v, want %d", res.Response, res.err, status)
	}
	if got := kindOfCookie(res.Response); got != kind {
		t.Errorf("%s (%q), want %s", got, res.Header["Set-Cookie"], kind)
	}
	got := res.Header["Cache-Control"]
	if want := caching; strings.Join(got, "\n") != want || len(got) > 1 {
		t.Errorf("Cache-Control %q, want %q", got, want)
	}
	if vary := res.Header["Vary"]; variesByCookie(res.Header) != (caching != "") || caching == "" && len(vary) > 0 {
		t.Errorf("Vary %q, want Cookie, once: %t", vary, caching != "")
	}
}

// TestSaveTableOfFailures are the rows of the table whose answer is an error.
func TestSaveTableOfFailures(t *testing.T) {
	t.Parallel()
	full := func(s *dewar.Session) { s.Set("a", 1) }
	for _, tt := range []struct {
		name    string
		config  dewar.Map
		view    dewar.Handler
		status  int
		cookie  string
		caching string
	}{
		{"an error", nil, func(c *dewar.Context) error { c.Session().Set("b", 1); return dewar.Abort(409) }, 409, "without Expires", "no-store"},
		{"an error after a read", nil, func(c *dewar.Context) error { c.Session().Get("a"); return errors.New("oh") }, 500, "none", "private"},
		{"a value that cannot be kept", nil, func(c *dewar.Context) error { c.Session().Set("f", func() {}); return c.Text("") }, 500, "none", "private"},
		{"a good value and one that cannot be kept", nil, func(c *dewar.Context) error {
			c.Session().Set("b", 1)
			c.Session().Set("f", func() {})
			return c.Text("")
		}, 500, "none", "private"},
		{"a value that cannot be kept any more", nil, func(c *dewar.Context) error {
			m := dewar.Map{}
			c.Session().Set("m", m)
			m["f"] = func() {}
			return c.Text("")
		}, 500, "none", "private"},
		{"too large", nil, func(c *dewar.Context) error { c.Session().Set("b", incompressible(5000)); return c.Text("") }, 500, "none", "private"},
		{"written without SECRET_KEY", dewar.Map{"SECRET_KEY": nil}, func(c *dewar.Context) error { c.Session().Set("b", 1); return c.Text("") }, 500, "none", ""},
		{"a panic", nil, func(c *dewar.Context) error { c.Session().Set("b", 1); panic("oh") }, 500, "none", "private"},
		{"a panic with SESSION_SAVE_ON_PANIC", dewar.Map{"SESSION_SAVE_ON_PANIC": true},
			func(c *dewar.Context) error { c.Session().Set("b", 1); panic("oh") }, 500, "without Expires", "no-store"},
		{"a panic after a read with SESSION_SAVE_ON_PANIC", dewar.Map{"SESSION_SAVE_ON_PANIC": true},
			func(c *dewar.Context) error { c.Session().Get("a"); panic("oh") }, 500, "none", "private"},
		{"a hook that fails afterwards", nil, func(c *dewar.Context) error {
			c.Session().Set("b", 1)
			c.AfterThisRequest(func(*dewar.Context) error { return errors.New("oh") })
			return c.Text("")
		}, 500, "without Expires", "no-store"},
		{"a panic without a session", nil, func(*dewar.Context) error { panic("oh") }, 500, "none", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := configured(t, tt.config)
			app.Get("/view", tt.view)
			app.ErrorHandler(409, func(c *dewar.Context, _ error) error { return c.Text("sorry") }) // dewar's own page varies by Accept
			app.ErrorHandler(500, func(c *dewar.Context, _ error) error { return c.Text("sorry") })
			wantRow(t, app, startCookie(t, full), tt.status, tt.cookie, tt.caching)
		})
	}
}

func TestSessionValuesComeBackWithTheirTypes(t *testing.T) {
	t.Parallel()
	moment := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	id, err := dewar.ParseUUID("12345678-1234-5678-1234-567812345678")
	if err != nil {
		t.Fatal(err)
	}
	values := dewar.Map{
		"int": int64(42), "min": int64(math.MinInt64), "max": int64(math.MaxInt64), "2^53+1": int64(1<<53 + 1),
		"float": 1.0, "small": 1e-7, "text": "hé😀<>&\"\\\n", "yes": true, "nothing": nil, "bytes": []byte{0, 1, 255},
		"time": moment, "uuid": id, "tuple": dewar.Tuple{int64(1), "two", []any{3.5}},
		"list": []any{int64(1), "x", nil}, "map": dewar.Map{"nested": dewar.Map{"deep": []any{}}}, "tag": dewar.Map{" t": int64(1)},
	}
	app := newApp(t)
	app.Get("/read", func(c *dewar.Context) error {
		for key, want := range values {
			if got, ok := c.Session().Lookup(key); !ok || !reflect.DeepEqual(got, want) {
				t.Errorf("%s came back as %T %v, want %T %v", key, got, got, want, want)
			}
		}
		if n := c.Session().Len(); n != len(values) {
			t.Errorf("Len() = %d, want %d", n, len(values))
		}
		return c.Text("ok")
	})
	jar := sessionJar(t, app, func(s *dewar.Session) {
		for key, value := range values {
			s.Set(key, value)
		}
	})
	visit(t, app, "/read", jar)
}

type cart struct {
	Items []string       `json:"items"`
	Count map[string]int `json:"count"`
	Owner *string        `json:"owner,omitempty"`
}

func TestStructsComeBackThroughDecodeAndValueOr(t *testing.T) {
	t.Parallel()
	owner := "ann"
	want := cart{Items: []string{"a", "b"}, Count: map[string]int{"a": 2}, Owner: &owner}
	app := newApp(t)
	app.Get("/read", func(c *dewar.Context) error {
		var got cart
		if err := c.Session().Decode("cart", &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Decode gave %+v, %v", got, err)
		}
		if got := dewar.ValueOr(c.Session(), "cart", cart{}); !reflect.DeepEqual(got, want) {
			t.Errorf("ValueOr gave %+v", got)
		}
		if got := dewar.ValueOr(c.Session(), "user_id", int64(0)); got != 7 {
			t.Errorf("user_id = %d, want 7", got)
		}
		if err := c.Session().Decode("missing", &got); err == nil || !strings.Contains(err.Error(), `"missing"`) {
			t.Errorf("Decode of a missing key: %v", err)
		}
		if _, err := dewar.Require[int](c.Session(), "cart"); err == nil {
			t.Error("a cart is no int, but Require gave no error")
		}
		return c.Text("ok")
	})
	visit(t, app, "/read", sessionJar(t, app, func(s *dewar.Session) { s.Set("cart", want); s.Set("user_id", 7) }))
}

func TestChangeInsideAValueIsSaved(t *testing.T) {
	t.Parallel()
	start := func(s *dewar.Session) {
		s.Set("map", dewar.Map{"a": dewar.Map{"b": 1}, "float": 1.0, "when": time.Unix(1e9, 0)})
		s.Set("list", []any{1, 2, dewar.Tuple{"x", 1}})
		s.Set("counts", map[string]int{"a": 1})
		s.Set("cart", cart{Items: []string{"a"}})
		s.Set("n", 1)
	}
	for _, tt := range []struct {
		name string
		do   func(s *dewar.Session)
		want func(s *dewar.Session) bool // nil: nothing is saved
	}{
		{"in a nested map", func(s *dewar.Session) { s.Map("map")["a"].(dewar.Map)["b"] = 2 },
			func(s *dewar.Session) bool { return s.Map("map")["a"].(dewar.Map)["b"] == int64(2) }},
		{"in a list", func(s *dewar.Session) { s.Get("list").([]any)[0] = 9 },
			func(s *dewar.Session) bool { return s.Get("list").([]any)[0] == int64(9) }},
		{"in a typed map", func(s *dewar.Session) { dewar.ValueOr(s, "counts", map[string]int{})["b"] = 2 },
			func(s *dewar.Session) bool { return dewar.ValueOr(s, "counts", map[string]int{})["b"] == 2 }},
		{"behind a pointer", func(s *dewar.Session) {
			c := dewar.ValueOr[*cart](s, "cart", nil)
			c.Items = append(c.Items, "b")
		}, func(s *dewar.Session) bool { return len(dewar.ValueOr(s, "cart", cart{}).Items) == 2 }},
		{"in a value that was set in this request", func(s *dewar.Session) {
			m := dewar.Map{"x": 1}
			s.Set("new", m)
			m["x"] = 2
		}, func(s *dewar.Session) bool { return s.Map("new")["x"] == int64(2) }},
		{"with MarkModified as well", func(s *dewar.Session) { s.Map("map")["c"] = 3; s.MarkModified() },
			func(s *dewar.Session) bool { return s.Map("map")["c"] == int64(3) }},
		{"reading changes nothing", func(s *dewar.Session) {
			_, _, _, _ = s.Map("map"), s.Get("list"), dewar.ValueOr(s, "counts", map[string]int{}), dewar.ValueOr[*cart](s, "cart", nil)
		}, nil},
		{"a struct by value is a copy", func(s *dewar.Session) { c := dewar.ValueOr(s, "cart", cart{}); c.Owner = new(string) }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/do", func(c *dewar.Context) error { tt.do(c.Session()); return c.Text("ok") })
			app.Get("/look", func(c *dewar.Context) error {
				if tt.want != nil && !tt.want(c.Session()) {
					t.Error("the change was not there in the next request")
				}
				return c.Text("ok")
			})
			jar := sessionJar(t, app, start)
			res := visit(t, app, "/do", jar)
			if saved := len(res.Header["Set-Cookie"]) > 0; saved != (tt.want != nil) {
				t.Errorf("saved %v, want %v", saved, tt.want != nil)
			}
			visit(t, app, "/look", jar)
		})
	}
}

func TestValueThatCannotBeKeptFailsTheRequest(t *testing.T) {
	t.Parallel()
	cycle := dewar.Map{}
	cycle["self"] = cycle
	for name, value := range map[string]any{
		"a function": func() {}, "a channel": make(chan int), "NaN": math.NaN(), "infinity": math.Inf(1),
		"invalid UTF-8": "\xff", "a cycle": cycle, "a complex number": 1i,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			var reported error
			app.ErrorHandler(500, func(c *dewar.Context, err error) error { reported = err; return c.Text("sorry") })
			app.Get("/", func(c *dewar.Context) error {
				c.Session().Set("good", 1)
				c.Session().Set("bad", value)
				return c.Text("the page")
			})
			res := visit(t, app, "/", nil)
			if res.StatusCode != 500 || len(res.Header["Set-Cookie"]) > 0 {
				t.Errorf("got %d with cookies %q, want 500 and none", res.StatusCode, res.Header["Set-Cookie"])
			}
			if reported == nil || !strings.Contains(reported.Error(), `"bad"`) {
				t.Errorf("reported %v, want an error that names the key", reported)
			}
		})
	}
}

func TestWithoutSecretKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		do     func(*dewar.Context)
		status int
	}{
		{"nothing", func(*dewar.Context) {}, 200},
		{"reading", func(c *dewar.Context) {
			s := c.Session()
			if s.Has("a") || s.Len() != 0 || s.Get("a") != nil || len(s.Keys()) != 0 || s.Permanent() || len(c.FlashedMessages()) != 0 {
				t.Error("the null session is not empty")
			}
			for range s.All() {
				t.Error("the null session yields values")
			}
		}, 200},
		{"Set", func(c *dewar.Context) { c.Session().Set("a", 1) }, 500},
		{"SetDefault", func(c *dewar.Context) { c.Session().SetDefault("a", 1) }, 500},
		{"Update", func(c *dewar.Context) { c.Session().Update(dewar.Map{"a": 1}) }, 500},
		{"Delete", func(c *dewar.Context) { c.Session().Delete("a") }, 500},
		{"Pop", func(c *dewar.Context) { c.Session().Pop("a") }, 500},
		{"Clear", func(c *dewar.Context) { c.Session().Clear() }, 500},
		{"SetPermanent", func(c *dewar.Context) { c.Session().SetPermanent(true) }, 500},
		{"MarkModified", func(c *dewar.Context) { c.Session().MarkModified() }, 200},
		{"Renew", func(c *dewar.Context) { c.Session().Renew() }, 500},
		{"Destroy", func(c *dewar.Context) { c.Session().Destroy() }, 500},
		{"Flash", func(c *dewar.Context) { c.Flash("hello") }, 500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			app := newApp(t)
			app.Logger = textLogger(&log)
			if err := app.Config.FromMapping(dewar.Map{"SECRET_KEY": nil, "SECRET_KEY_FALLBACKS": []string{"an older key of some length"}}); err != nil {
				t.Fatal(err)
			}
			app.Get("/", func(c *dewar.Context) error { tt.do(c); return c.Text("ok") })
			res := visit(t, app, "/", nil)
			if res.StatusCode != tt.status || len(res.Header["Set-Cookie"]) > 0 || res.Header.Get("Vary") == "Cookie" {
				t.Errorf("got %d %v, want %d, no cookie and no Vary: Cookie", res.StatusCode, res.Header, tt.status)
			}
			if cured := strings.Contains(log.String(), "FLASK_SECRET_KEY"); cured != (tt.status == 500) {
				t.Errorf("log %q", log.String())
			}
		})
	}
}

func TestSessionThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.SessionInterface = brokenStore{}
	app.Get("/touch", func(c *dewar.Context) error {
		if s := c.Session(); s == nil || s.Err() == nil || s.Len() != 0 {
			t.Errorf("session %v, want an empty one with its error", s)
		}
		return c.Text("SECRET PAGE")
	})
	app.Get("/leave", func(c *dewar.Context) error { return c.Text("fine") })
	app.AfterRequest(func(c *dewar.Context) error { c.Response.Header().Set("X-Hook", "ran"); return nil })
	res := visit(t, app, "/touch", nil)
	if res.StatusCode != 503 || res.Header.Get("X-Hook") != "ran" {
		t.Errorf("got %d %v, want 503 with the hook's header", res.StatusCode, res.Header)
	}
	if res := visit(t, app, "/leave", nil); res.StatusCode != 200 {
		t.Errorf("a route that leaves the session alone got %d", res.StatusCode)
	}
}

type brokenStore struct{}

func (brokenStore) OpenSession(*dewar.Context) (*dewar.Session, error) {
	return nil, errors.New("connection refused")
}
func (brokenStore) SaveSession(*dewar.Context, *dewar.Session) error { panic("must not be called") }

func TestTamperedCookieIsNoSession(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
	good := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })["session"]
	other := newApp(t)
	if err := other.Config.Set("SECRET_KEY", "another key that is long enough"); err != nil {
		t.Fatal(err)
	}
	foreign := sessionJar(t, other, func(s *dewar.Session) { s.Set("user", "ann") })["session"]
	anonymous := visit(t, app, "/who", nil)
	for name, value := range map[string]string{
		"garbage": "garbage", "a changed byte": "A" + good[1:], "cut short": good[:len(good)-4], "doubled": good + good,
		"signed with another key": foreign, "without padding": strings.TrimRight(good, "="), "unsigned JSON": "eyJ1c2VyIjoiYW5uIn0=",
		"an unsigned token": "eyJhbGciOiJub25lIn0.eyJ1c2VyIjoiYW5uIn0.",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := visit(t, app, "/who", map[string]string{"session": value})
			if res.StatusCode != 200 || !reflect.DeepEqual(res.Header, anonymous.Header) {
				t.Errorf("got %d %v, want the answer that a visitor without a cookie gets, %v", res.StatusCode, res.Header, anonymous.Header)
			}
		})
	}
	if got := visitBody(t, app, "/who", map[string]string{"session": good}); got != "ann" {
		t.Errorf("the untouched cookie gives %q, want ann", got)
	}
}

func visitBody(t testing.TB, app *dewar.App, path string, jar map[string]string) string {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for name, value := range jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return rec.Body.String()
}

func TestSessionLifetime(t *testing.T) {
	for _, tt := range []struct {
		name string
		age  time.Duration
		want string
	}{
		{"fresh", 0, "ann"},
		{"at its lifetime", time.Hour, "ann"},
		{"a second older", time.Hour + time.Second, ""},
		{"from a clock 60 s ahead", -60 * time.Second, "ann"},
		{"from a clock further ahead", -62 * time.Second, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t)
			if err := app.Config.Set("PERMANENT_SESSION_LIFETIME", time.Hour); err != nil {
				t.Fatal(err)
			}
			app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
			var jar map[string]string
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(1000*time.Hour + max(0, -tt.age))
				jar = sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })
			})
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(1000*time.Hour + max(0, tt.age))
				if got := visitBody(t, app, "/who", jar); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		})
	}
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	newKey := "the key of this year, long enough"
	old := newApp(t)
	jar := sessionJar(t, old, func(s *dewar.Session) { s.Set("user", "ann") })
	oldValue := jar["session"]
	app := newApp(t)
	if err := app.Config.FromMapping(dewar.Map{"SECRET_KEY": newKey, "SECRET_KEY_FALLBACKS": []string{testKey}}); err != nil {
		t.Fatal(err)
	}
	app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
	if got := visitBody(t, app, "/who", jar); got != "ann" {
		t.Fatalf("a fallback key gives %q, want ann", got)
	}
	visit(t, app, "/who", jar)
	if jar["session"] == oldValue {
		t.Fatal("a cookie signed with a fallback was not signed anew when it was used")
	}
	only := newApp(t)
	if err := only.Config.Set("SECRET_KEY", newKey); err != nil {
		t.Fatal(err)
	}
	only.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
	if got := visitBody(t, only, "/who", jar); got != "ann" {
		t.Errorf("the new cookie does not verify with the new key alone: %q", got)
	}
	if got := visitBody(t, only, "/who", map[string]string{"session": oldValue}); got != "" {
		t.Errorf("a dropped key is still accepted: %q", got)
	}
}

func TestTooLargeSessionFailsLoudly(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var log strings.Builder
	app.Logger = textLogger(&log)
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("small", 1)
		c.Session().Set("huge", incompressible(5000))
		return c.Text("page")
	})
	res := visit(t, app, "/", nil)
	if res.StatusCode != 500 || len(res.Header["Set-Cookie"]) > 0 {
		t.Errorf("got %d %q, want 500 and no cookie", res.StatusCode, res.Header["Set-Cookie"])
	}
	if !strings.Contains(log.String(), `\"huge\" with 5002 bytes`) || strings.Count(log.String(), "level=ERROR") != 1 {
		t.Errorf("log %q, want the largest key named, once", log.String())
	}
}

// incompressible returns n random letters.
func incompressible(n int) string {
	b := make([]byte, n)
	_, _ = crand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)[:n]
}

func TestOnlyTheFirstOfSeveralCookiesCounts(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
	ann := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })["session"]
	bob := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "bob") })["session"]
	for _, tt := range []struct{ name, header, want string }{
		{"good and good", "session=" + ann + "; session=" + bob, "ann"},
		{"bad and good", "session=bad; session=" + ann, ""},
		{"good and bad", "session=" + ann + "; session=bad", "ann"},
		{"another's name ends alike", "xsession=" + ann, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/who", nil)
			r.Header.Set("Cookie", tt.header)
			rec := httptest.NewRecorder()
			app.ServeHTTP(rec, r)
			if got := rec.Body.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSessionByManyGoroutinesOfOneRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				s := c.Session()
				s.Set(fmt.Sprint("key", i), i)
				_ = dewar.ValueOr(s, "key0", 0)
				s.Map("map")
				_ = s.Keys()
			})
		}
		wg.Wait()
		return c.Text("ok")
	})
	app.Get("/look", func(c *dewar.Context) error {
		if n := c.Session().Len(); n != 8 {
			t.Errorf("%d keys, want 8", n)
		}
		return c.Text("ok")
	})
	jar := map[string]string{}
	visit(t, app, "/", jar)
	visit(t, app, "/look", jar)
}

// TestCookieOverTheLimitIsNoSession signs cookies that are good in everything but their length.
func TestCookieOverTheLimitIsNoSession(t *testing.T) {
	t.Parallel()
	for _, encrypt := range []bool{false, true} {
		unlimited := configured(t, dewar.Map{"MAX_COOKIE_SIZE": 0, "SESSION_COOKIE_ENCRYPT": encrypt})
		jar := sessionJar(t, unlimited, func(s *dewar.Session) {
			s.Set("user", "ann")
			s.Set("v", incompressible(6000))
		})
		size := len(jar["session"])
		for _, tt := range []struct {
			name  string
			limit int
			want  string
		}{
			{"no limit", 0, "ann"}, {"above", size + 1, "ann"}, {"the very size", size, "ann"}, {"below", size - 1, ""}, {"the default", 4093, ""},
		} {
			app := configured(t, dewar.Map{"MAX_COOKIE_SIZE": tt.limit, "SESSION_COOKIE_ENCRYPT": encrypt})
			tellUser(app)
			if got := visitBody(t, app, "/who", jar); got != tt.want {
				t.Errorf("encrypted %t, limit %s: got %q, want %q", encrypt, tt.name, got, tt.want)
			}
		}
	}
}

// TestOldCookieStaysWhenTheNewOneIsTooLarge changes a session that is there to more than a cookie takes.
func TestOldCookieStaysWhenTheNewOneIsTooLarge(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/grow", func(c *dewar.Context) error {
		c.Session().Set("user", "nobody")
		c.Session().Set("huge", incompressible(5000))
		return c.Text("SECRET PAGE")
	})
	tellUser(app)
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })
	before := jar["session"]
	res := visit(t, app, "/grow", jar)
	if res.StatusCode != 500 || len(res.Header["Set-Cookie"]) > 0 || jar["session"] != before {
		t.Errorf("got %d with cookies %q, want 500 and none", res.StatusCode, res.Header["Set-Cookie"])
	}
	if got := visitBody(t, app, "/who", jar); got != "ann" {
		t.Errorf("the old cookie gives %q, want ann", got)
	}
}

// TestCookieIsAcceptedAgainAfterLogout pins what docs/sessions.md says of sessions in cookies: nothing of a logout is
// kept on the server.
func TestCookieIsAcceptedAgainAfterLogout(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tellUser(app)
	app.Get("/logout", func(c *dewar.Context) error { c.Session().Destroy(); return c.Text("bye") })
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })
	copied := map[string]string{"session": jar["session"]}
	visit(t, app, "/logout", jar)
	if len(jar) != 0 || visitBody(t, app, "/who", jar) != "" {
		t.Errorf("the browser still has %v after the logout", jar)
	}
	if got := visitBody(t, app, "/who", copied); got != "ann" {
		t.Errorf("the copied cookie gives %q, want ann until it expires", got)
	}
}

// TestOfTwoRequestsAtOnceTheLastAnswerCounts pins what docs/sessions.md says of sessions in cookies: both requests have
// read the session before either of them is answered.
func TestOfTwoRequestsAtOnceTheLastAnswerCounts(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var both sync.WaitGroup
	both.Add(2)
	app.Get("/set/{key}", func(c *dewar.Context) error {
		c.Session().Get("n")
		both.Done()
		both.Wait()
		c.Session().Set(c.Params().String("key"), 1)
		return c.Text("ok")
	})
	app.Get("/keys", func(c *dewar.Context) error { return c.Text(strings.Join(c.Session().Keys(), " ")) })
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("n", 1) })
	answers := map[string]string{}
	var mu sync.Mutex
	var requests sync.WaitGroup
	for _, key := range []string{"a", "b"} {
		requests.Go(func() {
			own := map[string]string{"session": jar["session"]}
			visit(t, app, "/set/"+key, own)
			mu.Lock()
			defer mu.Unlock()
			answers[key] = own["session"]
		})
	}
	requests.Wait()
	for key, last := range answers {
		if got, want := visitBody(t, app, "/keys", map[string]string{"session": last}), key+" n"; got != want {
			t.Errorf("when the answer with %s comes last: got %q, want %q", key, got, want)
		}
	}
}

// TestTooManyCookiesAreRefusedInsteadOfLost pins the number at which net/http would return none of the cookies.
func TestTooManyCookiesAreRefusedInsteadOfLost(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tellUser(app)
	ann := "session=" + sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })["session"]
	for _, tt := range []struct {
		name  string
		lines []string
		code  int
	}{
		{"3,000 in one line", []string{ann + strings.Repeat("; a=", 2999)}, 200},
		{"3,001 in one line", []string{ann + strings.Repeat("; a=", 3000)}, 400},
		{"3,000, the session last", []string{strings.Repeat("a=; ", 2999) + ann}, 200},
		{"3,000 in two lines", []string{strings.Repeat("a=; ", 1499) + "a=", ann + strings.Repeat("; a=", 1499)}, 200},
		{"3,001 in two lines", []string{strings.Repeat("a=; ", 1500) + "a=", ann + strings.Repeat("; a=", 1499)}, 400},
	} {
		r := httptest.NewRequest("GET", "/who", nil)
		r.Header["Cookie"] = tt.lines
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, r)
		if who := rec.Body.String(); rec.Code != tt.code || tt.code == 200 && who != "ann" {
			t.Errorf("%s: got %d %q, want %d, and ann if it is 200", tt.name, rec.Code, who, tt.code)
		}
		if _, err := r.Cookie("session"); (err == nil) != (tt.code == 200) {
			t.Errorf("%s: net/http reads the cookie: %t", tt.name, err == nil)
		}
	}
}

// TestSessionsOfManyRequestsAtOnceAreTheirOwn has many visitors at the same time, each of whom must find the own values.
func TestSessionsOfManyRequestsAtOnceAreTheirOwn(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tellUser(app)
	app.Get("/login/{user}", func(c *dewar.Context) error {
		c.Session().Set("user", c.Params().String("user"))
		return c.Text("")
	})
	var visitors sync.WaitGroup
	for i := range 32 {
		visitors.Go(func() {
			name := fmt.Sprint("visitor", i)
			jar := map[string]string{}
			for range 50 {
				visit(t, app, "/login/"+name, jar)
				if got := visitBody(t, app, "/who", jar); got != name {
					t.Errorf("%s got the session of %q", name, got)
				}
			}
		})
	}
	visitors.Wait()
}

func TestSessionDocsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	tests := namesOfTests(t)
	for _, line := range strings.Split(readDoc(t, "docs/sessions.md"), "\n") {
		elsewhere := strings.Contains(line, "in dewartest") || strings.Contains(line, "in flaskcookie")
		for _, name := range regexp.MustCompile(`\bTest\w+`).FindAllString(line, -1) {
			if !tests[name] && !elsewhere {
				t.Errorf("docs/sessions.md names %s, which does not exist", name)
			}
		}
	}
}

func TestSessionDocsShowTheBackendOfTheExample(t *testing.T) {
	t.Parallel()
	source := readDoc(t, "_examples/custom-session/mysession.go")
	code := source[strings.Index(source, "// MySessionInterface"):]
	if !strings.Contains(readDoc(t, "docs/sessions.md"), "```go\n"+code+"```\n") {
		t.Error("docs/sessions.md does not show _examples/custom-session/mysession.go as it is")
	}
	if lines := strings.Count(source, "\n"); lines >= 60 {
		t.Errorf("the backend has %d lines, want under 60", lines)
	}
}

// namesOfTests returns the tests of this folder and of those that compare with Flask.
func namesOfTests(t *testing.T) map[string]bool {
	t.Helper()
	names, pattern := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, folder := range []string{".", "internal/flasktest", "internal/sessiondata", "internal/cookiecodec"} {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: found %d files of tests, err %v", folder, len(files), err)
		}
		for _, file := range files {
			for _, found := range pattern.FindAllStringSubmatch(readDoc(t, file), -1) {
				names[found[1]] = true
			}
		}
	}
	return names
}

func readDoc(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestSessionIsSavedWhereverItIsOpened(t *testing.T) {
	t.Parallel()
	set := func(c *dewar.Context) error { c.Session().Set("a", 1); return nil }
	answer := func(c *dewar.Context) error { return c.Text("ok") }
	for _, tt := range []struct {
		name   string
		setup  func(app *dewar.App)
		status int
	}{
		{"in a before-request hook", func(app *dewar.App) { app.BeforeRequest(set); app.Get("/", answer) }, 200},
		{"in an after-request hook", func(app *dewar.App) { app.AfterRequest(set); app.Get("/", answer) }, 200},
		{"in a hook for this request", func(app *dewar.App) {
			app.Get("/", func(c *dewar.Context) error { c.AfterThisRequest(set); return answer(c) })
		}, 200},
		{"in an after-request hook of a flushed response", func(app *dewar.App) {
			app.AfterRequest(set)
			app.Get("/", func(c *dewar.Context) error { c.Response.Flush(); return nil })
		}, 200},
		{"in an error handler", func(app *dewar.App) {
			app.ErrorHandler(403, func(c *dewar.Context, _ error) error { c.Flash("no"); return c.Redirect("/login") })
			app.Get("/", func(*dewar.Context) error { return dewar.Abort(403) })
		}, 302},
		{"in the error handler of a failing after-request hook", func(app *dewar.App) {
			app.AfterRequest(func(*dewar.Context) error { return dewar.Abort(403) })
			app.ErrorHandler(403, func(c *dewar.Context, _ error) error { c.Flash("no"); return c.Text("no") })
			app.Get("/", answer)
		}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			tt.setup(app)
			res := ask(t, serve(t, app), "GET", "/")
			if res.err != nil || res.StatusCode != tt.status || len(res.Header["Set-Cookie"]) != 1 {
				t.Errorf("got %v %v, want %d and the session's cookie", res.Response, res.err, tt.status)
			}
		})
	}
}
