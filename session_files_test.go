package dewar_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// A fileApp serves the same file by each way there is, with what is done to the session at each station.
type fileApp struct {
	before, viewBefore, viewAfter, after dewar.Handler // nil for nothing
	config                               dewar.Map
}

func (f fileApp) build(t testing.TB) *dewar.App {
	t.Helper()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(files("static/a.css", "body {}")))
	writeFile(t, app.RootPath(), "a.css", "body {}")
	for key, value := range f.config {
		set(t, app, key, value)
	}
	set(t, app, "SECRET_KEY", testKey)
	view := func(send dewar.Handler) dewar.Handler {
		return func(c *dewar.Context) error { return inOrder(c, f.viewBefore, send, f.viewAfter) }
	}
	app.Get("/sendfile", view(func(c *dewar.Context) error { return c.SendFile("a.css") }))
	app.Get("/sendfromfs", view(func(c *dewar.Context) error { return c.SendFromFS(os.DirFS(c.App.RootPath()), "a.css") }))
	app.BeforeRequest(func(c *dewar.Context) error { return inOrder(c, f.before) })
	app.AfterRequest(func(c *dewar.Context) error { return inOrder(c, f.after) })
	return app
}

// inOrder calls those of the handlers that are not nil.
func inOrder(c *dewar.Context, handlers ...dewar.Handler) error {
	for _, h := range handlers {
		if h == nil {
			continue
		}
		if err := h(c); err != nil {
			return err
		}
	}
	return nil
}

// TestFileWithASessionIsNotShared opens and changes the session at each station of a request for a file, whose
// Cache-Control dewar chooses by itself: shared caches must not keep what goes out with one visitor's cookie.
func TestFileWithASessionIsNotShared(t *testing.T) {
	t.Parallel()
	read := func(c *dewar.Context) error { c.Session().Get("user"); return nil }
	change := func(c *dewar.Context) error { c.Session().Set("n", 1); return nil }
	emptied := func(c *dewar.Context) error { c.Session().Clear(); return nil }
	later := func(c *dewar.Context) error { c.AfterThisRequest(change); return nil }
	saying := func(caching string) dewar.Handler {
		return func(c *dewar.Context) error { c.Response.Header().Set("Cache-Control", caching); return nil }
	}
	all, views := []string{"/static/a.css", "/sendfile", "/sendfromfs"}, []string{"/sendfile", "/sendfromfs"}
	const saved, seen, public = "no-store", "private, ", "public, "
	for _, tt := range []struct {
		name      string
		app       fileApp
		permanent bool // the session of the visitor
		paths     []string
		want      string // in front of what depends on the age, or the whole for no-store
	}{
		{"left alone", fileApp{}, false, all, public},
		{"left alone by a visitor who stays", fileApp{}, true, all, public},
		{"read before", fileApp{before: read}, false, all, seen},
		{"read after", fileApp{after: read}, false, all, seen},
		{"read in the view before", fileApp{viewBefore: read}, false, views, seen},
		{"read in the view after", fileApp{viewAfter: read}, false, views, seen},
		{"set before", fileApp{before: change}, false, all, saved},
		{"set after", fileApp{after: change}, false, all, saved},
		{"set after this request", fileApp{before: later}, false, all, saved},
		{"set in the view before", fileApp{viewBefore: change}, false, views, saved},
		{"set in the view after", fileApp{viewAfter: change}, false, views, saved},
		{"cleared after", fileApp{after: emptied}, false, all, saved},
		{"read by a visitor who stays", fileApp{before: read}, true, all, saved},
		{"the application's words, and set", fileApp{before: saying("max-age=7"), after: change}, false, all, "max-age=7"},
		{"the application's words afterwards, and set", fileApp{before: change, after: saying("max-age=7")}, false, all, "max-age=7"},
		{"the application's words, and read", fileApp{before: saying("immutable"), viewBefore: read}, false, views, "immutable"},
		{"a body above the bound, and read", fileApp{before: read, config: dewar.Map{"RESPONSE_BUFFER_SIZE": 3}}, false, all, seen},
		{"a body above the bound, and set after", fileApp{after: change, config: dewar.Map{"RESPONSE_BUFFER_SIZE": 3}}, false, all, saved},
	} {
		for age, maxAge := range map[string]any{"no-cache": nil, "max-age=3600": "1h"} {
			t.Run(tt.name+", "+age, func(t *testing.T) {
				t.Parallel()
				f, want := tt.app, tt.want
				switch {
				case want == public && maxAge == nil:
					want = age
				case strings.HasSuffix(want, ", "):
					want += age
				}
				if maxAge != nil {
					f.config = withKey(f.config, "SEND_FILE_MAX_AGE_DEFAULT", maxAge)
				}
				app := f.build(t)
				cookie := startCookie(t, func(s *dewar.Session) { s.Set("user", "ann"); s.SetPermanent(tt.permanent) })
				for _, path := range tt.paths {
					wantFile(t, app, path, cookie, want, tt.want != public)
				}
			})
		}
	}
}

// withKey returns a copy of config with one more key.
func withKey(config dewar.Map, key string, value any) dewar.Map {
	more := dewar.Map{key: value}
	for k, v := range config {
		more[k] = v
	}
	return more
}

// wantFile asks for the file, and again for one that the client has, and looks at what shared caches may do with it.
func wantFile(t *testing.T, app *dewar.App, path, cookie, caching string, opened bool) {
	t.Helper()
	full := get(app, path, "Cookie", cookie)
	if full.Code != 200 || full.Body.String() != "body {}" {
		t.Fatalf("%s: got %d %q, want the file", path, full.Code, full.Body)
	}
	for _, w := range []*httptest.ResponseRecorder{full, get(app, path, "Cookie", cookie, "If-None-Match", full.Header().Get("Etag"))} {
		if w.Code != 200 && w.Code != http.StatusNotModified {
			t.Errorf("%s: got %d", path, w.Code)
		}
		if got := w.Header()["Cache-Control"]; len(got) != 1 || got[0] != caching {
			t.Errorf("%s, %d: Cache-Control %q, want %q", path, w.Code, got, caching)
		}
		if variesByCookie(w.Header()) != opened {
			t.Errorf("%s, %d: Vary %q, want Cookie: %t", path, w.Code, w.Header()["Vary"], opened)
		}
		if saved := len(w.Header()["Set-Cookie"]); caching == "no-store" && saved != 1 || saved > 1 {
			t.Errorf("%s, %d: Set-Cookie %q, want one", path, w.Code, w.Header()["Set-Cookie"])
		}
	}
}

func TestFileWithAnAgeOfItsOwnIsNotSharedWithASession(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		do   func(*dewar.Session)
		want string
	}{
		"read": {func(s *dewar.Session) { s.Get("a") }, "private, max-age=60"},
		"set":  {func(s *dewar.Session) { s.Set("a", 1) }, "no-store"},
	} {
		app := newApp(t)
		writeFile(t, app.RootPath(), "a.css", "body {}")
		app.Get("/", func(c *dewar.Context) error {
			tt.do(c.Session())
			return c.SendFile("a.css", dewar.MaxAge(time.Minute))
		})
		if got := get(app, "/").Header().Get("Cache-Control"); got != tt.want {
			t.Errorf("%s: Cache-Control %q, want %q", name, got, tt.want)
		}
	}
}
