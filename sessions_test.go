package dewar_test

import (
	crand "crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
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
	c, err := app.NewContext(rec, r)
	if err != nil {
		t.Fatal(err)
	}
	f(c.Session())
	c.Response.Flush()
	jar := map[string]string{}
	for _, cookie := range rec.Result().Cookies() {
		jar[cookie.Name] = cookie.Value
	}
	return jar
}

func TestSaveTable(t *testing.T) {
	t.Parallel()
	empty := func(*dewar.Session) {}
	full := func(s *dewar.Session) { s.Set("a", 1) }
	permanent := func(s *dewar.Session) { s.Set("a", 1); s.SetPermanent(true) }
	const none, set, expires, deleted = "no cookie", "cookie", "cookie with Expires", "deletion"
	for _, tt := range []struct {
		name    string
		start   func(*dewar.Session)
		refresh bool
		do      func(*dewar.Context)
		cookie  string
		vary    bool
	}{
		{"not opened", full, true, func(*dewar.Context) {}, none, false},
		{"permanent but not opened", permanent, true, func(*dewar.Context) {}, none, false},
		{"read", full, true, func(c *dewar.Context) { c.Session().Get("a") }, none, true},
		{"read when empty", empty, true, func(c *dewar.Context) { c.Session().Get("a") }, none, true},
		{"set", empty, true, func(c *dewar.Context) { c.Session().Set("b", 1) }, set, true},
		{"set to the same value", full, true, func(c *dewar.Context) { c.Session().Set("a", 1) }, set, true},
		{"one of two deleted", func(s *dewar.Session) { full(s); s.Set("b", 2) }, true, func(c *dewar.Context) { c.Session().Delete("b") }, set, true},
		{"a missing key deleted", full, true, func(c *dewar.Context) { c.Session().Delete("zzz") }, none, true},
		{"a missing key popped", full, true, func(c *dewar.Context) { c.Session().Pop("zzz") }, none, true},
		{"the last key popped", full, true, func(c *dewar.Context) { c.Session().Pop("a") }, deleted, true},
		{"cleared", full, true, func(c *dewar.Context) { c.Session().Clear() }, deleted, true},
		{"cleared when empty", empty, true, func(c *dewar.Context) { c.Session().Clear() }, deleted, true},
		{"cleared and set", full, true, func(c *dewar.Context) { c.Session().Clear(); c.Session().Set("b", 1) }, set, true},
		{"destroyed", full, true, func(c *dewar.Context) { c.Session().Destroy() }, deleted, true},
		{"renewed", full, true, func(c *dewar.Context) { c.Session().Renew() }, set, true},
		{"permanent, opened, refresh on", permanent, true, func(c *dewar.Context) { c.Session().Get("a") }, expires, true},
		{"permanent, opened, refresh off", permanent, false, func(c *dewar.Context) { c.Session().Get("a") }, none, true},
		{"permanent, set, refresh off", permanent, false, func(c *dewar.Context) { c.Session().Set("b", 1) }, expires, true},
		{"only permanent set", empty, true, func(c *dewar.Context) { c.Session().SetPermanent(true) }, expires, true},
		{"permanent cleared is no longer permanent", permanent, true, func(c *dewar.Context) { c.Session().Clear() }, deleted, true},
		{"marked modified", full, true, func(c *dewar.Context) { c.Session().MarkModified() }, set, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			if err := app.Config.FromMapping(dewar.Map{"SESSION_REFRESH_EACH_REQUEST": tt.refresh}); err != nil {
				t.Fatal(err)
			}
			app.Get("/view", func(c *dewar.Context) error { tt.do(c); return c.Text("ok") })
			cookie := ""
			for name, value := range sessionJar(t, app, tt.start) {
				cookie = name + "=" + value
			}
			res := ask(t, serve(t, app), "GET", "/view", "Cookie", cookie)
			if res.err != nil {
				t.Fatal(res.err)
			}
			got := none
			if cookies := res.Cookies(); len(cookies) == 1 {
				switch k := cookies[0]; {
				case k.MaxAge < 0 && k.Value == "":
					got = deleted
				case !k.Expires.IsZero():
					got = expires
				default:
					got = set
				}
			}
			if got != tt.cookie {
				t.Errorf("%s (%q), want %s", got, res.Header["Set-Cookie"], tt.cookie)
			}
			if vary := res.Header.Get("Vary") == "Cookie"; vary != tt.vary {
				t.Errorf("Vary %q, want Cookie: %v", res.Header["Vary"], tt.vary)
			}
		})
	}
}

func TestSessionCookieAttributes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config dewar.Map
		want   string // what follows the value
	}{
		{"the defaults", nil, "; Path=/; HttpOnly; SameSite=Lax"},
		{"a path from APPLICATION_ROOT", dewar.Map{"APPLICATION_ROOT": "/app"}, "; Path=/app; HttpOnly; SameSite=Lax"},
		{"a path of its own", dewar.Map{"APPLICATION_ROOT": "/app", "SESSION_COOKIE_PATH": "/p"}, "; Path=/p; HttpOnly; SameSite=Lax"},
		{"everything", dewar.Map{"SESSION_COOKIE_DOMAIN": ".example.com", "SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_SAMESITE": "strict",
			"SESSION_COOKIE_HTTPONLY": false}, "; Path=/; Domain=example.com; Secure; SameSite=Strict"},
		{"partitioned implies secure", dewar.Map{"SESSION_COOKIE_PARTITIONED": true, "SESSION_COOKIE_SAMESITE": "None"},
			"; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"},
		{"no SameSite", dewar.Map{"SESSION_COOKIE_SAMESITE": nil}, "; Path=/; HttpOnly"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			if err := app.Config.FromMapping(tt.config); err != nil {
				t.Fatal(err)
			}
			app.Get("/set", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("") })
			app.Get("/clear", func(c *dewar.Context) error { c.Session().Clear(); return c.Text("") })
			_, got, _ := strings.Cut(visit(t, app, "/set", nil).Header.Get("Set-Cookie"), ";")
			if got := ";" + got; got != tt.want {
				t.Errorf("set: %q, want %q", got, tt.want)
			}
			path, rest, _ := strings.Cut(tt.want, "; HttpOnly")
			_ = path
			cleared := visit(t, app, "/clear", nil).Header.Get("Set-Cookie")
			for _, attribute := range append(strings.Split(rest, "; "), "Max-Age=0", "Expires=Thu, 01 Jan 1970 00:00:00 GMT") {
				if !strings.Contains(cleared, attribute) {
					t.Errorf("deletion %q lacks %q", cleared, attribute)
				}
			}
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
		{"Delete", func(c *dewar.Context) { c.Session().Delete("a") }, 500},
		{"Pop", func(c *dewar.Context) { c.Session().Pop("a") }, 500},
		{"Clear", func(c *dewar.Context) { c.Session().Clear() }, 500},
		{"SetPermanent", func(c *dewar.Context) { c.Session().SetPermanent(true) }, 500},
		{"MarkModified", func(c *dewar.Context) { c.Session().MarkModified() }, 500},
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

func TestTooManyCookiesAreRefusedInsteadOfLost(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
	ann := sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })["session"]
	r := httptest.NewRequest("GET", "/who", nil)
	r.Header.Set("Cookie", "session="+ann+strings.Repeat("; a=", 3000))
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	if rec.Code != 400 {
		t.Errorf("got %d, want 400", rec.Code)
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

func TestFlashedMessages(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/flash", func(c *dewar.Context) error {
		c.Flash("saved")
		c.Flash("no such user", "error")
		return c.Text("ok")
	})
	app.Get("/show", func(c *dewar.Context) error {
		var all []string
		for _, m := range c.FlashedMessages() {
			all = append(all, m.Category+":"+m.Message)
		}
		for _, m := range c.FlashedMessages("error") {
			all = append(all, "only "+m.Message)
		}
		return c.JSON(all)
	})
	app.Get("/none", func(c *dewar.Context) error { c.FlashedMessages(); return c.Text("ok") })
	jar := map[string]string{}
	visit(t, app, "/flash", jar)
	var got []string
	if err := json.Unmarshal([]byte(visitBody(t, app, "/show", jar)), &got); err != nil {
		t.Fatal(err)
	}
	if want := []string{"message:saved", "error:no such user", "only no such user"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if res := visit(t, app, "/show", jar); len(jar) != 0 {
		t.Errorf("the messages were not taken out of the session: %v", res.Header)
	}
	if res := visit(t, app, "/none", map[string]string{}); len(res.Header["Set-Cookie"]) > 0 {
		t.Error("asking for messages when there are none sets a cookie")
	}
}
