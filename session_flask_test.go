package dewar_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// The tests here follow those of Flask's own suite that are not covered elsewhere; docs/sessions.md has the table.

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
		want := time.Now().Add(31 * 24 * time.Hour)
		if got := visit(t, app, "/", nil).Cookies()[0].Expires; !got.Equal(want) {
			t.Errorf("got Expires %s, want %s", got, want)
		}
		permanent = false
		if got := visit(t, app, "/", nil).Cookies()[0]; !got.Expires.IsZero() || got.MaxAge != 0 {
			t.Errorf("got %s for a session that is not permanent, want neither Expires nor Max-Age", got)
		}
	})
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
	cookie := dewar.SessionCookie(c, s, s.String("id"))
	cookie.Name = i.name(c)
	return c.SetCookie(cookie)
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
	if got := visitBody(t, app, "/get/dynamic_cookie", jar); got != "value of dynamic_cookie" {
		t.Errorf("got %q back", got)
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
	if res := visit(t, app, "/", nil); res.StatusCode != 503 || torn != 1 || store.opened != 1 {
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
