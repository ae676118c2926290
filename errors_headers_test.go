package dewar_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// TestHeadersOfHooksStayOnEveryAnswer sets headers at each place before the view and looks for them on what ends badly.
func TestHeadersOfHooksStayOnEveryAnswer(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"static/a.css": {Data: []byte("a{}")}}
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(files))
	must(t, app.Config.Set("SECRET_KEY", testKey))
	must(t, app.Config.Set("MAX_CONTENT_LENGTH", 3))
	app.Logger = textLogger(testWriter{t})
	say := func(key string) dewar.Handler {
		return func(c *dewar.Context) error {
			c.Response.Header().Set(key, "1")
			return c.SetCookie(&http.Cookie{Name: strings.ToLower(key), Value: "1"})
		}
	}
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Outer", "1")
			next.ServeHTTP(w, r)
		})
	})
	app.RequestStarted.Connect(func(c *dewar.Context) { c.Header("X-Signal", "1") })
	app.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error {
		if values["id"] == "refused" {
			c.Header("X-Values", "1")
			return dewar.Abort(410)
		}
		return say("X-Values")(c)
	})
	app.BeforeRequest(say("X-App"), func(c *dewar.Context) error {
		switch {
		case c.Query().Has("limited"):
			return errors.Join(say("Retry-After")(c), dewar.Abort(429))
		case c.Query().Has("shaken"):
			c.Header("X-Shaken", "1")
			panic("oh")
		}
		return nil
	})
	app.AfterRequest(say("X-After"))
	view := func(c *dewar.Context, err error) error {
		c.Header("X-View", "1").Header("Cache-Control", "public").Header("Etag", `"1"`)
		_ = c.SetCookie(&http.Cookie{Name: "view", Value: "1"})
		return err
	}
	app.Get("/abort", func(c *dewar.Context) error { return view(c, dewar.Abort(404)) })
	app.Get("/fails", func(c *dewar.Context) error { return view(c, errors.New("oh")) })
	app.Get("/panics", func(c *dewar.Context) error { _ = view(c, nil); panic("oh") })
	app.Get("/late", func(c *dewar.Context) error { _ = view(c, c.Text("x")); return dewar.Abort(409) })
	app.Get("/nothing", func(c *dewar.Context) error { return view(c, nil) })
	app.Get("/handled", func(c *dewar.Context) error { return view(c, dewar.Abort(418)) })
	app.Get("/broken", func(c *dewar.Context) error { return view(c, dewar.Abort(422)) })
	app.Post("/form", func(c *dewar.Context) error { return view(c, c.Text(c.Form().String("a"))) })
	app.Get("/id/{id}", func(c *dewar.Context) error { return view(c, dewar.Abort(404)) })
	app.Get("/branch/", index)
	app.ErrorHandler(418, func(c *dewar.Context, _ error) error { return c.Text("tea") })
	app.ErrorHandler(422, func(*dewar.Context, error) error { return errors.New("broken") })
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
	bp.BeforeRequest(say("X-Blueprint"))
	bp.Get("/", func(c *dewar.Context) error { return view(c, dewar.Abort(403)) }, dewar.Before(say("X-Route")), dewar.Endpoint("guarded"))
	app.RegisterBlueprint(bp)
	for _, tt := range []struct {
		method, path string
		code         int
		more         string // headers beside those of all
		less         string // headers that are not there
	}{
		{"GET", "/missing", 404, "", ""},
		{"POST", "/abort", 405, "Allow", ""},
		{"OPTIONS", "/abort", 200, "Allow", ""},
		{"GET", "/branch", 308, "Location", ""},
		{"GET", "/static/a.css", 200, "Etag", ""},
		{"GET", "/static/missing.css", 404, "", ""},
		{"GET", "/abort", 404, "", ""},
		{"HEAD", "/abort", 404, "", ""},
		{"GET", "/fails", 500, "", ""},
		{"GET", "/panics", 500, "", ""},
		{"GET", "/late", 409, "", ""},
		{"GET", "/nothing", 500, "", ""},
		{"GET", "/handled", 418, "", ""},
		{"GET", "/broken", 500, "", ""},
		{"POST", "/form", 413, "", ""},
		{"GET", "/abort?limited", 429, "Retry-After", ""},
		{"GET", "/abort?shaken", 500, "", ""},
		{"GET", "/id/refused", 410, "", "X-App"},
		{"GET", "/bp/", 403, "X-Blueprint X-Route", ""},
	} {
		rec := send(app, tt.method, tt.path)
		if tt.method == "POST" && tt.path == "/form" {
			rec = post(app, tt.path, formType, "a=12345")
		}
		if rec.Code != tt.code {
			t.Errorf("%s %s: got %d %q, want %d", tt.method, tt.path, rec.Code, rec.Body, tt.code)
		}
		want := strings.Fields("X-Outer X-Signal X-Values X-App X-After " + tt.more)
		want = slices.DeleteFunc(want, func(key string) bool { return slices.Contains(strings.Fields(tt.less), key) })
		for _, key := range want {
			if rec.Header().Get(key) == "" {
				t.Errorf("%s %s: %s is missing in %v", tt.method, tt.path, key, rec.Header())
			}
		}
		for _, key := range []string{"X-Values", "X-App", "X-After", "X-Blueprint", "X-Route"} {
			cookie := strings.ToLower(key) + "=1; Path=/"
			if slices.Contains(want, key) && tt.path != "/id/refused" && !slices.Contains(rec.Header()["Set-Cookie"], cookie) {
				t.Errorf("%s %s: cookie %s is missing in %v", tt.method, tt.path, cookie, rec.Header())
			}
		}
		if strings.HasPrefix(tt.path, "/static") || rec.Code == 200 {
			continue
		}
		for _, key := range []string{"X-View", "Cache-Control", "Etag"} {
			if rec.Header().Get(key) != "" {
				t.Errorf("%s %s: %s of the view is left in %v", tt.method, tt.path, key, rec.Header())
			}
		}
		if slices.Contains(rec.Header()["Set-Cookie"], "view=1; Path=/") {
			t.Errorf("%s %s: the view's cookie is left", tt.method, tt.path)
		}
	}
}

// TestHeadersOfPreprocessorsStayWithoutAHook has nothing else before the view.
func TestHeadersOfPreprocessorsStayWithoutAHook(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.RequestStarted.Connect(func(c *dewar.Context) { c.Header("X-Signal", "1") })
	app.URLValuePreprocessor(func(c *dewar.Context, _ dewar.Map) error { c.Header("X-Values", "1"); return nil })
	app.Get("/", func(c *dewar.Context) error { c.Header("X-View", "1"); return dewar.Abort(404) })
	for _, path := range []string{"/", "/missing"} {
		header := send(app, "GET", path).Header()
		if header.Get("X-Signal") != "1" || header.Get("X-Values") != "1" || header.Get("X-View") != "" {
			t.Errorf("%s: got %v", path, header)
		}
	}
}
