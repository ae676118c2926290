package flasktest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// The tests here and in session_flask_json_test.go and session_flask_client_test.go follow those of Flask's own suite step
// by step; docs/sessions.md has the table.

func TestSessionAccessedAndModified(t *testing.T) { // test_session_accessed
	t.Parallel()
	app := newApp(t)
	app.Get("/set", func(c *dewar.Context) error {
		s := c.Session()
		if !s.Accessed() || s.Modified() || !s.IsNew() {
			t.Errorf("opened: accessed %t, modified %t, new %t", s.Accessed(), s.Modified(), s.IsNew())
		}
		s.Set("value", "42")
		if !s.Accessed() || !s.Modified() {
			t.Errorf("set: accessed %t, modified %t", s.Accessed(), s.Modified())
		}
		return c.Text("value set")
	})
	app.Get("/get", func(c *dewar.Context) error {
		s := c.Session()
		v := s.String("value")
		if !s.Accessed() || s.Modified() || s.IsNew() {
			t.Errorf("read: accessed %t, modified %t, new %t", s.Accessed(), s.Modified(), s.IsNew())
		}
		return c.Text(v)
	})
	app.Get("/nothing", func(c *dewar.Context) error { return c.Text("") })
	jar := map[string]string{}
	visit(t, app, "/set", jar)
	if got := visitBody(t, app, "/get", jar); got != "42" {
		t.Errorf("got %q, want 42", got)
	}
	if res := visit(t, app, "/nothing", jar); len(res.Header["Vary"]) > 0 {
		t.Errorf("got Vary %q of a view that left the session alone", res.Header["Vary"])
	}
}

func TestSessionIsStoredLast(t *testing.T) { // test_session_stored_last
	t.Parallel()
	app := newApp(t)
	app.AfterRequest(func(c *dewar.Context) error { c.Session().Set("foo", 42); return nil })
	app.Get("/", func(c *dewar.Context) error {
		c.AfterThisRequest(func(c *dewar.Context) error { c.Session().Set("bar", 1); return nil })
		return c.Text(strings.Join(c.Session().Keys(), " "))
	})
	jar := map[string]string{}
	visit(t, app, "/", jar)
	if got := visitBody(t, app, "/", jar); got != "bar foo" {
		t.Errorf("got %q, want what the hooks had set", got)
	}
}

func TestSessionPathIsTheApplicationRoot(t *testing.T) { // test_session_path
	t.Parallel()
	app := configured(t, dewar.Map{"APPLICATION_ROOT": "/foo"})
	app.Get("/", func(c *dewar.Context) error { c.Session().Set("testing", 42); return c.Text("Hello World") })
	res := visit(t, app, "/", nil)
	if cookie := res.Cookies()[0]; cookie.Path != "/foo" {
		t.Errorf("got the path %q, want /foo", cookie.Path)
	}
}

// TestSessionUsingApplicationRoot mounts the app below another one, as Flask's test does with a middleware, and lets a
// browser keep the cookie: it comes back below /bar, and nowhere else.
func TestSessionUsingApplicationRoot(t *testing.T) { // test_session_using_application_root
	t.Parallel()
	app := configured(t, dewar.Map{"APPLICATION_ROOT": "/bar"})
	app.Get("/", func(c *dewar.Context) error { c.Session().Set("testing", 42); return c.Text("Hello World") })
	app.Get("/read", func(c *dewar.Context) error { return c.Text(c.Session().String("testing")) })
	mux := http.NewServeMux()
	mux.Handle("/bar/", http.StripPrefix("/bar", app))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, len(r.Cookies())) })
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := srv.Client()
	client.Jar = jar
	for _, step := range []struct{ path, want string }{{"/bar/", "Hello World"}, {"/bar/read", "42"}, {"/read", "0"}} {
		res, err := client.Get(srv.URL + step.path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		if res.Body.Close(); string(body) != step.want {
			t.Errorf("%s: got %d %q, want %q", step.path, res.StatusCode, body, step.want)
		}
	}
}

func TestSessionUsingSessionSettings(t *testing.T) { // test_session_using_session_settings
	t.Parallel()
	app := configured(t, dewar.Map{
		"SERVER_NAME": "www.example.com:8080", "APPLICATION_ROOT": "/test", "SESSION_COOKIE_DOMAIN": ".example.com",
		"SESSION_COOKIE_HTTPONLY": false, "SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_PARTITIONED": true,
		"SESSION_COOKIE_SAMESITE": "Lax", "SESSION_COOKIE_PATH": "/",
	})
	app.Get("/", func(c *dewar.Context) error { c.Session().Set("testing", 42); return c.Text("Hello World") })
	app.Get("/clear", func(c *dewar.Context) error { c.Session().Pop("testing"); return c.Text("Goodbye World") })
	jar := map[string]string{}
	set := visit(t, app, "/", jar)
	deletion := visit(t, app, "/clear", jar)
	for name, res := range map[string]*http.Response{"set": set, "deleted": deletion} {
		line := strings.ToLower(res.Header.Get("Set-Cookie"))
		for _, want := range []string{"session=", "; domain=example.com", "; path=/;", "; secure", "; samesite=lax", "; partitioned"} {
			if !strings.Contains(line, want) {
				t.Errorf("%s: %q lacks %q", name, line, want)
			}
		}
		if strings.Contains(line, "httponly") {
			t.Errorf("%s: %q has HttpOnly", name, line)
		}
	}
	if line := deletion.Header.Get("Set-Cookie"); !strings.HasPrefix(line, "session=;") || len(jar) != 0 {
		t.Errorf("%q does not delete the cookie", line)
	}
}

func TestSessionUsingSameSiteAttribute(t *testing.T) { // test_session_using_samesite_attribute
	t.Parallel()
	err := newApp(t).Config.Set("SESSION_COOKIE_SAMESITE", "invalid")
	if err == nil || !strings.Contains(err.Error(), "SESSION_COOKIE_SAMESITE") {
		t.Errorf("invalid: got error %v, want one that names the key", err)
	}
	for _, tt := range []struct {
		value any
		want  http.SameSite
	}{{nil, 0}, {"", 0}, {"Strict", http.SameSiteStrictMode}, {"Lax", http.SameSiteLaxMode}, {"None", http.SameSiteNoneMode}} {
		app := configured(t, dewar.Map{"SESSION_COOKIE_SAMESITE": tt.value, "SESSION_COOKIE_SECURE": true})
		app.Get("/", func(c *dewar.Context) error { c.Session().Set("testing", 42); return c.Text("Hello World") })
		if got := visit(t, app, "/", nil).Cookies()[0]; got.SameSite != tt.want {
			t.Errorf("%v: got %q, want %v", tt.value, got.Raw, tt.want)
		}
	}
}

// TestSessionSecretKeyFallbacks rotates the keys as Flask's test does, with keys that are long enough.
func TestSessionSecretKeyFallbacks(t *testing.T) { // test_session_secret_key_fallbacks
	t.Parallel()
	key := func(n int) string { return fmt.Sprintf("the key of the year %d, long enough", n) }
	appWith := func(secret string, fallbacks ...string) *dewar.App {
		app := configured(t, dewar.Map{"SECRET_KEY": secret, "SECRET_KEY_FALLBACKS": fallbacks})
		app.Get("/set", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("") })
		app.Get("/all", func(c *dewar.Context) error {
			return c.Text(strings.Join(c.Session().Keys(), " ") + c.Session().String("a"))
		})
		return app
	}
	jar := map[string]string{}
	first := appWith(key(0), key(-1), key(-2))
	visit(t, first, "/set", jar)
	for _, step := range []struct {
		name string
		app  *dewar.App
		want string
	}{
		{"with the keys it was set with", first, "a1"},
		{"with a key nobody knows", appWith("? key, which is long enough as well"), ""},
		{"with the keys rotated", appWith(key(1), key(0), key(-1)), "a1"},
	} {
		if got := visitBody(t, step.app, "/all", jar); got != step.want {
			t.Errorf("%s: got %q, want %q", step.name, got, step.want)
		}
	}
}

func TestSessionLifetimeIsTakenFromSecondsToo(t *testing.T) { // test_session_lifetime
	synctest.Test(t, func(t *testing.T) {
		for _, value := range []any{42, "42", "42s", 42 * time.Second} {
			app := configured(t, dewar.Map{"PERMANENT_SESSION_LIFETIME": value})
			app.Get("/", func(c *dewar.Context) error { c.Session().SetPermanent(true); return c.Text("") })
			want := time.Now().Add(42 * time.Second)
			if got := visit(t, app, "/", nil).Cookies()[0].Expires; !got.Equal(want) {
				t.Errorf("%v: the cookie expires at %s, want %s", value, got, want)
			}
		}
	})
}

func TestPermanentSessionExpires(t *testing.T) { // test_session_expiration
	synctest.Test(t, func(t *testing.T) {
		permanent := true
		app := newApp(t)
		app.Get("/", func(c *dewar.Context) error {
			c.Session().Set("test", 42)
			c.Session().SetPermanent(permanent)
			return c.Text("")
		})
		app.Get("/test", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Permanent())) })
		want := time.Now().Add(31 * 24 * time.Hour)
		if got := visit(t, app, "/", nil).Cookies()[0].Expires; !got.Equal(want) {
			t.Errorf("got Expires %s, want %s", got, want)
		}
		jar := map[string]string{}
		visit(t, app, "/", jar)
		if got := visitBody(t, app, "/test", jar); got != "true" {
			t.Errorf("the next request is told that the session is permanent: %q, want true", got)
		}
		permanent = false
		if got := visit(t, app, "/", nil).Cookies()[0]; !got.Expires.IsZero() || got.MaxAge != 0 {
			t.Errorf("got %s for a session that is not permanent, want neither Expires nor Max-Age", got)
		}
	})
}

// TestSessionCookieSetting counts up three times and then reads: only a permanent session that is refreshed with each
// request is sent again then.
func TestSessionCookieSetting(t *testing.T) { // test_session_cookie_setting
	t.Parallel()
	for _, tt := range []struct{ permanent, refresh, want bool }{
		{true, true, true}, {true, false, false}, {false, true, false}, {false, false, false},
	} {
		t.Run(fmt.Sprintf("permanent %t, refresh %t", tt.permanent, tt.refresh), func(t *testing.T) {
			t.Parallel()
			app := configured(t, dewar.Map{"SESSION_REFRESH_EACH_REQUEST": tt.refresh})
			app.Get("/bump", func(c *dewar.Context) error {
				n := c.Session().Int("foo") + 1
				c.Session().Set("foo", n)
				c.Session().SetPermanent(tt.permanent)
				return c.Text(strconv.Itoa(n))
			})
			app.Get("/read", func(c *dewar.Context) error { return c.Text(c.Session().String("foo")) })
			jar := map[string]string{}
			for _, want := range []string{"1", "2", "3"} {
				if _, got := visitRead(t, app, "/bump", jar); got != want {
					t.Errorf("got %q, want %s", got, want)
				}
			}
			res, got := visitRead(t, app, "/read", jar)
			if cookie := len(res.Header["Set-Cookie"]) > 0; cookie != tt.want || got != "3" {
				t.Errorf("got %q and a cookie: %t, want 3 and %t", got, cookie, tt.want)
			}
		})
	}
}

// visitRead is visit with the body.
func visitRead(t testing.TB, app *dewar.App, path string, jar map[string]string) (*http.Response, string) {
	t.Helper()
	res := visit(t, app, path, jar)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestSessionVaryCookie(t *testing.T) { // test_session_vary_cookie
	t.Parallel()
	app := newApp(t)
	varied := func(lines ...string) dewar.Handler {
		return func(c *dewar.Context) error {
			c.Response.Header()["Vary"] = lines
			c.Session().Set("test", "test")
			return c.Text("")
		}
	}
	for path, view := range map[string]dewar.Handler{
		"/set": func(c *dewar.Context) error { c.Session().Set("test", "test"); return c.Text("") },
		"/get": func(c *dewar.Context) error { return c.Text(c.Session().String("test")) },
		"/getitem": func(c *dewar.Context) error { // which fails if the key is missing
			v, err := dewar.Require[string](c.Session(), "test")
			if err != nil {
				return err
			}
			return c.Text(v)
		},
		"/setdefault": func(c *dewar.Context) error {
			if !c.Session().Has("test") {
				c.Session().Set("test", "default")
			}
			return c.Text(c.Session().String("test"))
		},
		"/has":                    func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Has("test"))) },
		"/len":                    func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Len())) },
		"/keys":                   func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Keys())) },
		"/pop":                    func(c *dewar.Context) error { c.Session().Pop("missing"); return c.Text("") },
		"/flash":                  func(c *dewar.Context) error { c.Flash("hello"); return c.Text("") },
		"/flashed":                func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.FlashedMessages())) },
		"/clear":                  func(c *dewar.Context) error { c.Session().Clear(); return c.Text("") },
		"/vary-cookie-header-set": varied("Cookie"),
		"/vary-header-set":        varied("Accept-Encoding", "Accept-Language"),
		"/no-vary-header":         func(c *dewar.Context) error { return c.Text("") },
	} {
		app.Get(path, view)
	}
	jar := map[string]string{}
	for _, step := range []struct {
		path string
		want []string
	}{
		{"/set", []string{"Cookie"}}, {"/get", []string{"Cookie"}}, {"/getitem", []string{"Cookie"}}, {"/setdefault", []string{"Cookie"}},
		{"/has", []string{"Cookie"}}, {"/len", []string{"Cookie"}}, {"/keys", []string{"Cookie"}}, {"/pop", []string{"Cookie"}},
		{"/flash", []string{"Cookie"}}, {"/flashed", []string{"Cookie"}}, {"/clear", []string{"Cookie"}},
		{"/vary-cookie-header-set", []string{"Cookie"}}, {"/vary-header-set", []string{"Accept-Encoding, Accept-Language, Cookie"}},
		{"/no-vary-header", nil},
	} {
		if got := visit(t, app, step.path, jar).Header["Vary"]; !slices.Equal(got, step.want) {
			t.Errorf("%s: got Vary %q, want %q", step.path, got, step.want)
		}
	}
}

// TestSessionRefreshVary differs from Flask's in the last step: a view that leaves the session alone does not even open
// it, so nothing is refreshed, and its page may be shared.
func TestSessionRefreshVary(t *testing.T) { // test_session_refresh_vary
	t.Parallel()
	app := newApp(t)
	app.Get("/login", func(c *dewar.Context) error {
		c.Session().Set("user_id", 1)
		c.Session().SetPermanent(true)
		return c.Text("")
	})
	app.Get("/seen", func(c *dewar.Context) error { c.Session(); return c.Text("") })
	app.Get("/ignored", func(c *dewar.Context) error { return c.Text("") })
	jar := map[string]string{}
	for _, step := range []struct {
		path    string
		vary    []string
		cookies int
	}{{"/login", []string{"Cookie"}, 1}, {"/seen", []string{"Cookie"}, 1}, {"/ignored", nil, 0}} {
		res := visit(t, app, step.path, jar)
		if vary, n := res.Header["Vary"], len(res.Cookies()); !slices.Equal(vary, step.vary) || n != step.cookies {
			t.Errorf("%s: got Vary %q and %d cookies, want %q and %d", step.path, vary, n, step.vary, step.cookies)
		}
	}
}

// A suffixed interface keeps a session of its own for each path: its cookie's name depends on the request.
type suffixed struct{}

func (suffixed) name(c *dewar.Context) string {
	if strings.HasSuffix(c.Request.URL.Path, "dynamic_cookie") {
		return "dynamic_cookie_name"
	}
	return "session"
}

func (i suffixed) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	s := dewar.NewSession()
	if cookie, err := c.Request.Cookie(i.name(c)); err == nil {
		s.Set("id", cookie.Value)
	}
	return s, nil
}

func (i suffixed) SaveSession(c *dewar.Context, s *dewar.Session) error {
	return dewar.SetSessionCookie(c, s, s.String("id"), func(cookie *http.Cookie) { cookie.Name = i.name(c) })
}

func TestSessionWithADynamicCookieName(t *testing.T) { // test_session_dynamic_cookie_name
	t.Parallel()
	app := newApp(t)
	app.SessionInterface = suffixed{}
	for _, path := range []string{"/", "/dynamic_cookie"} {
		app.Get("/set"+path, func(c *dewar.Context) error { c.Session().Set("id", "value of "+path[1:]); return c.Text("") })
		app.Get("/get"+path, func(c *dewar.Context) error { return c.Text(c.Session().String("id")) })
	}
	jar := map[string]string{}
	visit(t, app, "/set/", jar)
	visit(t, app, "/set/dynamic_cookie", jar)
	if len(jar) != 2 || jar["session"] != "value of " || jar["dynamic_cookie_name"] != "value of dynamic_cookie" {
		t.Errorf("got cookies %v, want one for each name", jar)
	}
	for path, want := range map[string]string{"/get/": "value of ", "/get/dynamic_cookie": "value of dynamic_cookie"} {
		if got := visitBody(t, app, path, jar); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// A countingStore cannot be opened and counts the attempts.
type countingStore struct{ opened int }

func (i *countingStore) OpenSession(*dewar.Context) (*dewar.Session, error) {
	i.opened++
	return nil, errors.New("no such table")
}
func (*countingStore) SaveSession(*dewar.Context, *dewar.Session) error { return nil }

func TestSessionErrorStillTearsTheRequestDown(t *testing.T) { // test_session_error_pops_context
	t.Parallel()
	app, store, torn := newApp(t), &countingStore{}, 0
	app.SessionInterface = store
	app.TeardownRequest(func(*dewar.Context, error) { torn++ })
	app.Get("/", func(c *dewar.Context) error { c.Session(); c.Session(); return c.Text("not shown") })
	if res, body := visitRead(t, app, "/", nil); res.StatusCode != 503 || strings.Contains(body, "not shown") || torn != 1 || store.opened != 1 {
		t.Errorf("got %d, torn down %d times, opened %d times, want 503, 1 and 1", res.StatusCode, torn, store.opened)
	}
}

// An endpointStore looks at the endpoint when a session is opened.
type endpointStore struct{ seen *string }

func (i endpointStore) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	*i.seen = c.Endpoint()
	return nil, nil
}
func (endpointStore) SaveSession(*dewar.Context, *dewar.Session) error { return nil }

func TestOpenSessionKnowsTheEndpoint(t *testing.T) { // test_open_session_with_endpoint
	t.Parallel()
	seen := ""
	app := newApp(t)
	app.SessionInterface = endpointStore{&seen}
	app.Get("/", func(c *dewar.Context) error { c.Session(); return c.Text("") }, dewar.Endpoint("index"))
	if res := visit(t, app, "/", nil); res.StatusCode != 200 || seen != "index" {
		t.Errorf("got %d, endpoint %q, want 200, index", res.StatusCode, seen)
	}
}

func TestRedirectKeepsTheSession(t *testing.T) { // test_redirect_session
	t.Parallel()
	app := newApp(t)
	app.Get("/redirect", func(c *dewar.Context) error {
		c.Session().Set("redirect", true)
		return c.Redirect("/target")
	})
	app.Get("/target", func(c *dewar.Context) error {
		c.Session().Set("target", true)
		return c.Text(strings.Join(c.Session().Keys(), " "))
	})
	jar := map[string]string{}
	res := visit(t, app, "/redirect", jar)
	if res.StatusCode/100 != 3 {
		t.Fatalf("got %d, want a redirect", res.StatusCode)
	}
	if got := visitBody(t, app, res.Header.Get("Location"), jar); got != "redirect target" {
		t.Errorf("got %q at the target, want both keys", got)
	}
}

func TestStreamReadsTheSession(t *testing.T) { // test_stream_keeps_session
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		s := c.Session()
		s.Set("test", "flask")
		c.Response.Flush()
		_, err := io.WriteString(c.Response, s.String("test"))
		return err
	})
	if got := visitBody(t, app, "/", nil); got != "flask" {
		t.Errorf("got %q, want flask", got)
	}
}

func TestExtendedFlashing(t *testing.T) { // test_extended_flashing
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Flash("Hello World")
		c.Flash("Hello World", "error")
		c.Flash("<em>Testing</em>", "warning")
		return c.Text("")
	})
	show := func(categories ...string) dewar.Handler {
		return func(c *dewar.Context) error {
			var texts []string
			for _, m := range c.FlashedMessages(categories...) {
				texts = append(texts, m.Category+" "+m.Message)
			}
			return c.Text(strings.Join(texts, "|"))
		}
	}
	app.Get("/all", show())
	app.Get("/message", show("message"))
	app.Get("/two", show("warning", "message"))
	app.Get("/none", show("info"))
	for path, want := range map[string]string{
		"/all": "message Hello World|error Hello World|warning <em>Testing</em>", "/message": "message Hello World",
		"/two": "message Hello World|warning <em>Testing</em>", "/none": "",
	} {
		jar := map[string]string{}
		visit(t, app, "/", jar)
		if got := visitBody(t, app, path, jar); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// TestFlashes begins with a message from an earlier request, because Session.Modified cannot be set back.
func TestFlashes(t *testing.T) { // test_flashes
	t.Parallel()
	app := newApp(t)
	jar := map[string]string{}
	app.Get("/zap", func(c *dewar.Context) error {
		if c.Session().Modified() {
			t.Error("a new session counts as modified")
		}
		c.Flash("Zap")
		return c.Text("")
	})
	app.Get("/zip", func(c *dewar.Context) error {
		if c.Session().Modified() {
			t.Error("a session counts as modified before the second message")
		}
		c.Flash("Zip")
		if !c.Session().Modified() {
			t.Error("flashing is no change")
		}
		raw := c.Session().Get("_flashes")
		if want := []any{dewar.Tuple{"message", "Zap"}, dewar.Tuple{"message", "Zip"}}; !reflect.DeepEqual(raw, want) {
			t.Errorf("_flashes is %#v, want %#v", raw, want)
		}
		return c.Text(fmt.Sprint(c.FlashedMessages(), c.Session().Has("_flashes")))
	})
	visit(t, app, "/zap", jar)
	if _, got := visitRead(t, app, "/zip", jar); got != "[Zap Zip] false" || len(jar) > 0 {
		t.Errorf("got %q and cookies %v, want both messages, once", got, jar)
	}
}

// TestExtendedFlashingInTemplates has each of Flask's ways to ask in a template: the categories are always there.
func TestExtendedFlashingInTemplates(t *testing.T) { // test_extended_flashing
	t.Parallel()
	for template, want := range map[string]string{
		`{{range get_flashed_messages}}[{{.}}]{{end}}`:                             "[Hello World][Hello World][&lt;em&gt;Testing&lt;/em&gt;]",
		`{{range get_flashed_messages}}[{{.Category}}: {{.Message}}]{{end}}`:       "[message: Hello World][error: Hello World][warning: &lt;em&gt;Testing&lt;/em&gt;]",
		`{{range get_flashed_messages "message"}}[{{.Category}}: {{.}}]{{end}}`:    "[message: Hello World]",
		`{{range get_flashed_messages "message" "warning"}}[{{.Category}}]{{end}}`: "[message][warning]",
		`{{range get_flashed_messages "warning" "message"}}[{{.}}]{{end}}`:         "[Hello World][&lt;em&gt;Testing&lt;/em&gt;]",
		`{{range get_flashed_messages "info"}}[{{.}}]{{else}}none{{end}}`:          "none",
		`{{len get_flashed_messages}}{{len get_flashed_messages}}`:                 "33",
	} {
		app, log := pageApp(t, "templates/page.html", template)
		app.Get("/flash", func(c *dewar.Context) error {
			c.Flash("Hello World")
			c.Flash("Hello World", "error")
			c.Flash("<em>Testing</em>", "warning")
			return c.Text("")
		})
		jar := map[string]string{}
		visit(t, app, "/flash", jar)
		res, got := visitRead(t, app, "/page.html", jar)
		if res.StatusCode != 200 || got != want || len(jar) > 0 {
			t.Errorf("%s: got %d %q and cookies %v, want %q and none\n%s", template, res.StatusCode, got, jar, want, log)
		}
	}
}

func TestMaxCookieSize(t *testing.T) { // test_max_cookie_size
	t.Parallel()
	for _, tt := range []struct{ limit, status, cookies int }{{100, 500, 0}, {1000, 204, 1}, {0, 204, 1}} {
		var log strings.Builder
		app := configured(t, dewar.Map{"MAX_COOKIE_SIZE": tt.limit})
		app.Logger = textLogger(&log)
		app.Get("/", func(c *dewar.Context) error { c.Session().Set("foo", strings.Repeat("bar", 100)); return c.NoContent() })
		res := visit(t, app, "/", nil)
		warned := strings.Contains(log.String(), fmt.Sprint("MAX_COOKIE_SIZE is ", tt.limit))
		if n := len(res.Header["Set-Cookie"]); res.StatusCode != tt.status || n != tt.cookies || warned != (tt.status == 500) {
			t.Errorf("limit %d: got %d with %d cookies, want %d with %d\n%s", tt.limit, res.StatusCode, n, tt.status, tt.cookies, &log)
		}
	}
}

func TestMaxCookieSizeCountsTheWholeHeader(t *testing.T) { // test_max_cookie_size
	t.Parallel()
	app := newApp(t)
	app.Get("/{n:int}", func(c *dewar.Context) error {
		c.Session().Set("v", incompressible(c.Params().Int("n")))
		return c.Text("")
	})
	n := 1500
	for ; ; n++ {
		res := visit(t, app, fmt.Sprint("/", n), nil)
		if res.StatusCode != 200 {
			break
		}
		if size := len(res.Header.Get("Set-Cookie")); size > 4093 {
			t.Fatalf("a Set-Cookie of %d bytes was sent", size)
		}
		n += 10
	}
	largest := 0
	for try := range 120 { // every length near the limit, some times each: the text is random, and so is how it deflates
		res := visit(t, app, fmt.Sprint("/", n-20+try%40), nil)
		if size := len(res.Header.Get("Set-Cookie")); size > 4093 {
			t.Fatalf("a Set-Cookie of %d bytes was sent", size)
		} else if res.StatusCode == 200 {
			largest = max(largest, size)
		}
	}
	if largest < 4093-8 {
		t.Errorf("a Set-Cookie of %d bytes is the largest that was sent, want nearly 4093", largest)
	}
}
