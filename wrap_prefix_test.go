package dewar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// prefixApp tells the URLs it builds.
func prefixApp(t testing.TB) *dewar.App {
	t.Helper()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		u, err := c.URLFor("show", "id", 7)
		return c.Text(fmt.Sprint(u, " ", c.URL(), " ", c.Request.URL.Path, " ", err))
	}, dewar.Endpoint("index"))
	app.Get("/show/{id:int}/", func(c *dewar.Context) error { return c.Text(c.URL()) }, dewar.Endpoint("show"))
	app.Get("/to", func(c *dewar.Context) error { return c.RedirectTo("index") })
	return app
}

// What took a beginning off the path in front of the App stands in front of the URLs that it builds, as SCRIPT_NAME does.
func TestPrefixThatWasStripped(t *testing.T) {
	t.Parallel()
	app := prefixApp(t)
	mux := http.NewServeMux()
	mux.Handle("/app/", http.StripPrefix("/app", app))
	mux.Handle("/app", http.StripPrefix("/app", app))
	mux.Handle("/deep/er/", http.StripPrefix("/deep/er", app))
	mux.Handle("/caf%C3%A9/", http.StripPrefix("/café", app))
	mux.Handle("/", app)
	outer := newApp(t)
	outer.Mount("/m", http.StripPrefix("/n", app))
	outer.Mount("/mux", mux)
	mux.Handle("/outer/", http.StripPrefix("/outer", outer))
	rewritten := prefixApp(t)
	rewritten.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path = "/"
			next.ServeHTTP(w, r)
		})
	})
	mux.Handle("/rewritten/", http.StripPrefix("/rewritten", rewritten))
	for _, tt := range []struct{ target, want string }{
		{"/app/", "/app/show/7/ http://localhost/app/ / <nil>"},
		{"/app", "/app/show/7/ http://localhost/app/ / <nil>"},
		{"/app?a=b", "/app/show/7/ http://localhost/app/?a=b / <nil>"},
		{"/app/?a=/app/", "/app/show/7/ http://localhost/app/?a=/app/ / <nil>"},
		{"http://localhost/app/", "/app/show/7/ http://localhost/app/ / <nil>"},
		{"/deep/er/", "/deep/er/show/7/ http://localhost/deep/er/ / <nil>"},
		{"/caf%C3%A9/", "/caf%C3%A9/show/7/ http://localhost/caf%C3%A9/ / <nil>"},
		{"/app/show/7/", "http://localhost/app/show/7/"},
		{"/app/show/7", "/app/show/7/"},
		{"/app/to", "/app/"},
		{"/m/n/", "404"},
		{"/outer/m/n/", "/outer/m/n/show/7/ http://localhost/outer/m/n/ / <nil>"},
		{"/outer/mux/app/", "/outer/mux/app/show/7/ http://localhost/outer/mux/app/ / <nil>"},
		{"/outer/mux/show/7", "/outer/mux/show/7/"},
		{"/rewritten/any/thing", "/rewritten/show/7/ http://localhost/rewritten/ / <nil>"},
		{"/", "/show/7/ http://localhost/ / <nil>"},
		{"/show/7/", "http://localhost/show/7/"},
		{"/show/%37/", "http://localhost/show/%37/"},
	} {
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest("GET", tt.target, nil))
		got := rec.Body.String()
		if location := rec.Header().Get("Location"); location != "" {
			got = location
		}
		if rec.Code == 404 {
			got = "404"
		}
		if got = strings.ReplaceAll(got, "example.com", "localhost"); got != tt.want {
			t.Errorf("%s: got %d %q, want %q", tt.target, rec.Code, got, tt.want)
		}
	}
}

// A prefix that a rewritten path would make up leads nowhere.
func TestPrefixIsNoneThatLeadsAway(t *testing.T) {
	t.Parallel()
	app := prefixApp(t)
	for _, tt := range []struct{ target, path string }{
		{"//evil.example/to", "/to"}, {"/a/../to", "/to"}, {"/%2e%2e/to", "/to"}, {"/%5cevil.example/to", "/to"}, {"/a%0d%0a/to", "/to"},
		{"//evil.example//to", "/to"}, {"//to", "/to"}, {"*", "/to"}, {"localhost:80", "/to"}, {"", "/to"}, {"/x%zz/to", "/to"},
	} {
		r := httptest.NewRequest("GET", "/to", nil)
		r.RequestURI, r.URL.Path = tt.target, tt.path
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, r)
		if got := rec.Header().Get("Location"); rec.Code != 302 || got != "/" {
			t.Errorf("%s: got %d %q, want 302 to /", tt.target, rec.Code, got)
		}
	}
}

// An empty path is the root: behind StripPrefix, and for a client that sends a whole URL without one.
func TestEmptyPathIsTheRoot(t *testing.T) {
	t.Parallel()
	app := prefixApp(t)
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if r.Pattern != "/" {
				t.Errorf("middleware sees the pattern %q", r.Pattern)
			}
		})
	})
	srv := serve(t, app)
	for request, want := range map[string]string{
		"GET http://host.example HTTP/1.1\r\nHost: host.example\r\n":     "/show/7/ http://host.example/ / <nil>",
		"GET http://host.example?a=b HTTP/1.1\r\nHost: host.example\r\n": "/show/7/ http://host.example/?a=b / <nil>",
		"GET http://host.example/ HTTP/1.1\r\nHost: other.example\r\n":   "/show/7/ http://host.example/ / <nil>",
		"GET / HTTP/1.1\r\nHost: host.example\r\n":                       "/show/7/ http://host.example/ / <nil>",
	} {
		if status, body := rawAnswer(t, "tcp", srv.Listener.Addr().String(), request+"Connection: close\r\n\r\n"); status != 200 || body != want {
			t.Errorf("%q: got %d %q, want 200 %q", request, status, body, want)
		}
	}
}

// A proxy that takes a prefix off says so; an App inside does not count it twice.
func TestForwardedPrefixOfNestedApps(t *testing.T) {
	t.Parallel()
	inner, outer := prefixApp(t), newApp(t)
	for _, app := range []*dewar.App{inner, outer} {
		if err := app.Config.Set("TRUSTED_PROXIES", []string{"192.0.2.1"}); err != nil {
			t.Fatal(err)
		}
	}
	outer.Mount("/m", inner)
	outer.Handle("/to", inner)
	for target, want := range map[string]string{"/m/to": "/front/m/", "/to": "/front/"} {
		if got := send(outer, "GET", target, "X-Forwarded-Prefix", "/front").Header().Get("Location"); got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
	}
	if got := send(http.StripPrefix("/s", inner), "GET", "/s/to", "X-Forwarded-Prefix", "/front/").Header().Get("Location"); got != "/front/s/" {
		t.Errorf("got %q, want what the proxy took off and what StripPrefix did", got)
	}
}

// APPLICATION_ROOT is for URLs that are built outside a request, and for cookies, as in Flask.
func TestApplicationRootCountsOutsideRequests(t *testing.T) {
	t.Parallel()
	app := prefixApp(t)
	if err := app.Config.FromMapping(dewar.Map{"APPLICATION_ROOT": "/rooted"}); err != nil {
		t.Fatal(err)
	}
	if got, want := send(app, "GET", "/").Body.String(), "/show/7/ http://localhost/ / <nil>"; got != want {
		t.Errorf("inside a request: got %q, want %q", got, want)
	}
	if got, err := app.URLFor("show", "id", 7, dewar.Relative()); got != "/rooted/show/7/" || err != nil {
		t.Errorf("outside, relative: got %q, %v", got, err)
	}
	if _, err := app.URLFor("show", "id", 7); err == nil || !strings.Contains(err.Error(), "SERVER_NAME") || !strings.Contains(err.Error(), "dewar.Relative()") {
		t.Errorf("outside, without SERVER_NAME: got %v, want an error with both cures", err)
	}
	if err := app.Config.FromMapping(dewar.Map{"SERVER_NAME": "site.example:443", "PREFERRED_URL_SCHEME": "https"}); err != nil {
		t.Fatal(err)
	}
	if got, err := app.URLFor("show", "id", 7); got != "https://site.example/rooted/show/7/" || err != nil {
		t.Errorf("outside: got %q, %v", got, err)
	}
	if got, err := app.URLFor("show", "id", 7, dewar.Relative()); got != "/rooted/show/7/" || err != nil {
		t.Errorf("outside, relative, with SERVER_NAME: got %q, %v", got, err)
	}
}
