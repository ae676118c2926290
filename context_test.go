package dewar_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

var numberKey = dewar.NewKey[int]("number")

// TestContextIsUsedByEightGoroutines asks for everything that several goroutines may ask for at the same time,
// for the first time in its request. The race detector looks on.
func TestContextIsUsedByEightGoroutines(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	keys := make([]*dewar.Key[int], 8)
	for i := range keys {
		keys[i] = dewar.NewKey[int](fmt.Sprint("k", i))
	}
	app.Get("/{a}", func(c *dewar.Context) error {
		var all sync.WaitGroup
		ids := make([]string, len(keys))
		for i, key := range keys {
			all.Go(func() {
				if i%2 == 0 {
					c.Logger().Debug("from a goroutine")
				}
				key.Set(c, i)
				c.Session().Set(fmt.Sprint("s", i), i)
				ids[i] = c.RequestID()
				if key.Get(c) != i || c.Value(fmt.Sprint("k", i)) != i || c.Err() != nil || dewar.FromContext(c) != c {
					t.Errorf("goroutine %d did not get its own back", i)
				}
			})
		}
		all.Wait()
		for i, key := range keys {
			if key.Get(c) != i || c.Session().Int(fmt.Sprint("s", i)) != i || ids[i] != ids[0] {
				t.Errorf("lost what goroutine %d set: %d, %d, id %q of %q", i, key.Get(c), c.Session().Int(fmt.Sprint("s", i)), ids[i], ids[0])
			}
		}
		return c.NoContent()
	})
	for range 200 {
		if rec := send(app, "GET", "/x"); rec.Code != http.StatusNoContent {
			t.Fatalf("got %d %s", rec.Code, rec.Body)
		}
	}
}

// TestNothingThatAHandlerKeepsIsReused keeps what 100,000 requests handed out and looks at it when all are over.
func TestNothingThatAHandlerKeepsIsReused(t *testing.T) {
	t.Parallel()
	type kept struct {
		c        *dewar.Context
		response *dewar.Response
		request  *http.Request
		params   *dewar.Values
		query    *dewar.Values
		session  *dewar.Session
		header   http.Header
	}
	requests := 100_000 / 8
	app := newApp(t)
	all := make([][]kept, 8)
	app.Get("/{worker:int}/{number}", func(c *dewar.Context) error {
		worker, number := c.Params().Int("worker"), c.Params().String("number")
		k := kept{c, c.Response, c.Request, c.Params(), c.Query(), c.Session(), c.Response.Header()}
		k.session.Set("number", number)
		numberKey.Set(c, len(all[worker]))
		all[worker] = append(all[worker], k)
		return c.Header("X-Number", number).Text(number)
	})
	var workers sync.WaitGroup
	for worker := range all {
		workers.Go(func() {
			for i := range requests {
				path := fmt.Sprintf("/%d/%d?q=%d", worker, i, i)
				app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
			}
		})
	}
	workers.Wait()
	for worker, list := range all {
		if len(list) != requests {
			t.Fatalf("worker %d: %d requests came, want %d", worker, len(list), requests)
		}
		for i, k := range list {
			want := fmt.Sprint(i)
			got := []string{
				k.c.Params().String("number"), k.params.String("number"), k.query.String("q"), k.session.String("number"),
				k.header.Get("X-Number"), strings.TrimPrefix(k.request.URL.Path, fmt.Sprintf("/%d/", worker)), fmt.Sprint(numberKey.Get(k.c)),
			}
			for n := range got {
				if got[n] != want {
					t.Fatalf("request %d of worker %d has become %q", i, worker, got)
				}
			}
			if k.c.Response != k.response || k.response.StatusCode() != 200 || k.header.Get("Content-Type") != "text/plain; charset=utf-8" {
				t.Fatalf("request %d of worker %d has the response of another", i, worker)
			}
		}
	}
}

func TestNewContextEnds(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.TeardownRequest(func(*dewar.Context, error) { t.Error("a teardown function ran") })
	app.AfterRequest(func(*dewar.Context) error { t.Error("a hook ran"); return nil })
	app.Post("/{id:int}", func(*dewar.Context) error { t.Error("the view ran"); return nil })

	t.Run("with an answer and a session", func(t *testing.T) {
		rec := httptest.NewRecorder()
		c, end, err := app.NewContext(rec, httptest.NewRequest("POST", "/7", nil))
		must(t, err)
		c.Session().Set("id", c.Params().Int("id"))
		must(t, c.Status(201).Text("made"))
		if rec.Body.Len() > 0 || rec.Header().Get("Set-Cookie") != "" {
			t.Error("something was sent before the end")
		}
		must(t, end())
		if rec.Code != 201 || rec.Body.String() != "made" || !strings.HasPrefix(rec.Header().Get("Set-Cookie"), "session=") {
			t.Errorf("got %d %q %q", rec.Code, rec.Body, rec.Header())
		}
		if err := c.Text("late"); err == nil {
			t.Error("an answer after the end was taken")
		}
	})
	t.Run("with a session that cannot be kept", func(t *testing.T) {
		rec := httptest.NewRecorder()
		c, end, err := app.NewContext(rec, httptest.NewRequest("POST", "/7", nil))
		must(t, err)
		c.Session().Set("f", func() {})
		must(t, c.Text("made"))
		wantError(t, end(), `session value "f" cannot be kept`)
		if rec.Code != 500 || strings.Contains(rec.Body.String(), "made") {
			t.Errorf("got %d %q", rec.Code, rec.Body)
		}
	})
}

// TestHeadersOfOneRequestStayInIt writes into every header slice that it can reach, as early and as late as it
// can, and looks at the next request.
func TestHeadersOfOneRequestStayInIt(t *testing.T) {
	t.Parallel()
	spoil := func(header http.Header) {
		for _, values := range header {
			for i := range values {
				values[i] = "spoiled"
			}
			_ = append(values, "spoiled")
			values = values[:cap(values)]
			for i := range values {
				values[i] = "spoiled"
			}
		}
	}
	app := newApp(t)
	spoiling := false
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if spoiling {
				spoil(w.Header())
			}
		})
	})
	app.AfterRequest(func(c *dewar.Context) error {
		if spoiling {
			spoil(c.Response.Header())
		}
		return nil
	})
	app.TeardownRequest(func(c *dewar.Context, _ error) {
		if spoiling {
			spoil(c.Response.Header())
		}
	})
	app.Get("/text", func(c *dewar.Context) error { return c.Text("x") })
	app.Get("/html", func(c *dewar.Context) error { return c.HTML("x") })
	app.Get("/json", func(c *dewar.Context) error { return c.JSON(1) })
	app.Get("/session", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("x") })
	app.Get("/redirect", func(c *dewar.Context) error { return c.Redirect("/text") })
	app.Get("/abort", func(c *dewar.Context) error { return dewar.Abort(418) })
	app.Route("/options", func(c *dewar.Context) error { return c.Text("x") }, dewar.Methods("POST"))
	header := func(path string) string {
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		got := rec.Result().Header
		delete(got, "Set-Cookie") // has the time in it
		return fmt.Sprint(got)
	}
	for _, path := range []string{"/text", "/html", "/json", "/session", "/redirect", "/abort", "/options", "/missing"} {
		spoiling = false
		want := header(path)
		spoiling = true
		header(path)
		spoiling = false
		if got := header(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestHeadersBelongToWhoSetThem(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Set("TESTING", true))
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Outer", "1")
			w.Header().Add("Vary", "Origin")
			next.ServeHTTP(w, r)
		})
	})
	app.BeforeRequest(func(c *dewar.Context) error {
		c.Header("X-Hook", "1").Response.Header().Add("Vary", "X-Hook")
		return nil
	}, func(c *dewar.Context) error {
		if c.Query().Has("fail") {
			c.Header("X-Failed-Hook", "1")
			return dewar.Abort(403)
		}
		return nil
	})
	app.AfterRequest(func(c *dewar.Context) error { c.Header("X-After", "1"); return nil })
	views := map[string]dewar.Handler{
		"plain": func(c *dewar.Context) error { return c.Header("X-View", "1").Text("first") },
		"error": func(c *dewar.Context) error {
			c.Header("X-View", "1").Header("Cache-Control", "public").Header("Content-Language", "de")
			must(t, c.SetCookie(&http.Cookie{Name: "a", Value: "b"}))
			_ = c.Text("first")
			return dewar.Abort(404)
		},
		"panic": func(c *dewar.Context) error { c.Header("X-View", "1"); panic("oh") },
		"second": func(c *dewar.Context) error {
			must(t, c.SetCookie(&http.Cookie{Name: "first", Value: "1"}))
			_ = c.Status(201).Header("X-First", "1").Redirect("/elsewhere")
			must(t, c.SetCookie(&http.Cookie{Name: "second", Value: "2"}))
			return c.Header("X-Second", "1").JSON("second")
		},
		"second status": func(c *dewar.Context) error { _ = c.Status(201).Text("first"); return c.Status(202).Text("second") },
		"held header": func(c *dewar.Context) error {
			header := c.Response.Header()
			header.Set("X-First", "1")
			_ = c.HTML("first")
			header.Set("X-Second", "1")
			return c.Text("second")
		},
		"raw": func(c *dewar.Context) error {
			_, _ = io.WriteString(c.Response, "first")
			return c.Text("second")
		},
	}
	for name, view := range views {
		app.Get("/"+strings.ReplaceAll(name, " ", "-"), view)
	}
	always := "X-Outer X-Hook Vary:Origin Vary:X-Hook"
	for _, tt := range []struct {
		path, body  string
		code        int
		has, hasNot string
		twice       bool
	}{
		{"/plain", "first", 200, "X-View X-After Content-Type:text/plain; charset=utf-8", "", false},
		{"/plain?fail", "", 403, "X-After X-Failed-Hook", "X-View", false},
		{"/error", "", 404, "X-After", "X-View Cache-Control Content-Language Set-Cookie", false},
		{"/panic", "", 500, "X-After", "X-View", false},
		{"/second", `"second"`, 200, "X-Second Content-Type:application/json Set-Cookie:second=2", "X-First Location Set-Cookie:first=1", true},
		{"/second-status", "second", 202, "", "", true},
		{"/held-header", "second", 200, "X-Second Content-Type:text/plain; charset=utf-8", "X-First", true},
		{"/raw", "second", 200, "Content-Type:text/plain; charset=utf-8", "", true},
	} {
		t.Run(tt.path, func(t *testing.T) {
			log := &record{}
			app.Logger = log.logger()
			rec := send(app, "GET", tt.path)
			if rec.Code != tt.code || tt.body != "" && strings.TrimSpace(rec.Body.String()) != tt.body {
				t.Errorf("got %d %q, want %d %q", rec.Code, rec.Body, tt.code, tt.body)
			}
			for _, want := range headerList(always + " " + tt.has) {
				if !hasHeader(rec.Result().Header, want) {
					t.Errorf("%q is missing in %v", want, rec.Result().Header)
				}
			}
			for _, not := range headerList(tt.hasNot) {
				if hasHeader(rec.Result().Header, not) {
					t.Errorf("%q is still in %v", not, rec.Result().Header)
				}
			}
			if told := strings.Contains(log.String(), "second answer"); told != tt.twice {
				t.Errorf("second answer reported %t, want %t:\n%s", told, tt.twice, log.String())
			}
			if tt.twice && strings.Count(log.String(), "context_test.go:") != 2 {
				t.Errorf("want both lines in %s", log.String())
			}
		})
	}
}

func headerList(s string) (list []string) {
	for field := range strings.FieldsSeq(s) {
		if strings.HasPrefix(field, "charset=") {
			list[len(list)-1] += " " + field
			continue
		}
		list = append(list, field)
	}
	return list
}

// hasHeader reports whether header has the name, with the text after the colon in a value.
func hasHeader(header http.Header, want string) bool {
	name, value, _ := strings.Cut(want, ":")
	for _, v := range header.Values(name) {
		if strings.Contains(v, value) {
			return true
		}
	}
	return false
}

func TestConcurrentUseThatTheContextAllows(t *testing.T) {
	t.Parallel()
	name := dewar.NewKey[int]("n")
	app := newApp(t)
	configure(app, "TRUSTED_PROXIES", []string{"127.0.0.1"})
	app.Get("/", func(c *dewar.Context) error {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				c.Logger().Debug("x")
				name.Set(c, i)
				_ = c.Value("n")
				_ = c.RequestID()
				c.Session().Get("x")
			})
		}
		wg.Wait()
		return c.Text(c.RequestID())
	})
	if res := ask(t, serve(t, app), "GET", "/", "X-Request-Id", "abc"); res.body != "abc" {
		t.Errorf("request id %q, want abc", res.body)
	}
}

func TestNewContextRunsNoHooks(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.AfterRequest(func(*dewar.Context) error { t.Error("a hook ran"); return nil })
	rec := httptest.NewRecorder()
	_, end, err := app.NewContext(rec, httptest.NewRequest("GET", "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	must(t, end())
}

func TestKeyDelete(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	user, other := dewar.NewKey[string]("user"), dewar.NewKey[string]("user")
	app.Get("/", func(c *dewar.Context) error {
		if user.Delete(c) {
			t.Error("a value was deleted that was never set")
		}
		user.Set(c, "ann")
		other.Set(c, "bob")
		c.Set("user", "eve")
		if !user.Delete(c) || user.Delete(c) {
			t.Error("want one value deleted, and once")
		}
		if got, ok := user.Lookup(c); ok || got != "" || user.Get(c) != "" {
			t.Errorf("got %q, %t after the value was deleted", got, ok)
		}
		if other.Get(c) != "bob" || c.Value("user") != "eve" {
			t.Errorf("got %q and %v, want what has the same name alone", other.Get(c), c.Value("user"))
		}
		user.Set(c, "ann")
		return c.Text(user.Get(c))
	})
	if got := get(app, "/").Body.String(); got != "ann" {
		t.Errorf("got %q, want what was set again", got)
	}
}
