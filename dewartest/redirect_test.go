package dewartest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// newRedirector returns a mirror with /to/{code}?url=... that redirects there.
func newRedirector(config dewar.Map) *dewar.App {
	app := newMirror(config)
	app.Route("/to/{code:int}", func(c *dewar.Context) error {
		return c.Status(c.Params().Int("code")).Redirect(c.Query().String("url"))
	}, dewar.Methods("GET", "POST", "PUT", "DELETE"), dewar.Endpoint("to"))
	return app
}

func TestRedirectsAreFollowedOnRequest(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newRedirector(nil))
	res := client.Get("/to/302?url=/x").Want(302)
	if res.Location() != "/x" || len(res.History) != 0 {
		t.Errorf("got Location %q and %d in the history, want %q and none", res.Location(), len(res.History), "/x")
	}
	res = client.Get("/to/302", dewartest.Query("url", "/to/301?url=/y%3Fa=1#end"), dewartest.FollowRedirects()).Want(200)
	if got := look(t, res).URI; got != "/y?a=1" {
		t.Errorf("got URI %q, want %q", got, "/y?a=1")
	}
	if len(res.History) != 2 || res.History[0].StatusCode != 302 || res.History[1].StatusCode != 301 {
		t.Errorf("got history %v, want a 302 and a 301", res.History)
	}
	always := dewartest.New(t, newRedirector(nil), dewartest.FollowRedirects())
	if got := look(t, always.Get("/to/303?url=z")).URI; got != "/to/z" {
		t.Errorf("got URI %q, want %q", got, "/to/z")
	}
}

func TestMethodAndBodyAfterARedirect(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, method string
		code         int
		wantMethod   string
		wantBody     string
	}{
		{"301 POST", "POST", 301, "GET", ""}, {"302 POST", "POST", 302, "GET", ""}, {"303 POST", "POST", 303, "GET", ""},
		{"307 POST", "POST", 307, "POST", "a=1"}, {"308 POST", "POST", 308, "POST", "a=1"},
		{"302 PUT", "PUT", 302, "PUT", "a=1"}, {"303 PUT", "PUT", 303, "GET", ""}, {"303 DELETE", "DELETE", 303, "GET", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := dewartest.New(t, newRedirector(nil))
			got := look(t, client.Do(tt.method, fmt.Sprintf("/to/%d?url=/x", tt.code), dewartest.Form("a", "1"),
				dewartest.Header("X-Keep", "yes"), dewartest.Header("Content-Language", "en"), dewartest.Cookie("once", "1"), dewartest.FollowRedirects()))
			if got.Method != tt.wantMethod || got.Body != tt.wantBody {
				t.Errorf("got %s with body %q, want %s with %q", got.Method, got.Body, tt.wantMethod, tt.wantBody)
			}
			if (got.Type != "") != (tt.wantBody != "") || got.Length != int64(len(tt.wantBody)) {
				t.Errorf("got type %q and length %d for body %q", got.Type, got.Length, tt.wantBody)
			}
			if (got.Header.Get("Content-Language") != "") != (tt.wantBody != "") {
				t.Errorf("got Content-Language %q for body %q", got.Header.Get("Content-Language"), got.Body)
			}
			if got.Header.Get("X-Keep") != "yes" || got.Header.Get("Cookie") != "" {
				t.Errorf("got header %v, want X-Keep and no cookie", got.Header)
			}
		})
	}
	res := dewartest.New(t, newRedirector(nil)).Head("/to/303?url=/x", dewartest.FollowRedirects())
	if res.Request.Method != "HEAD" {
		t.Errorf("303 HEAD: got method %q, want HEAD", res.Request.Method)
	}
}

func TestCookiesAreKeptAlongRedirects(t *testing.T) {
	t.Parallel()
	app := newMirror(nil)
	app.Post("/login", func(c *dewar.Context) error {
		c.Session().Set("user", c.Form().String("username"))
		return c.Redirect("/me")
	})
	app.Get("/me", func(c *dewar.Context) error { return c.Text("Hello, " + c.Session().String("user")) })
	dewartest.New(t, app).Post("/login", dewartest.Form("username", "ann"), dewartest.FollowRedirects()).Want(200, "Hello, ann")
}

func TestRedirectsThatCannotBeFollowedEndTheTest(t *testing.T) {
	t.Parallel()
	follow := dewartest.FollowRedirects()
	for _, tt := range []struct {
		name   string
		config dewar.Map
		path   string
		opts   []dewartest.RequestOption
		want   []string
	}{
		{"other host", nil, "/to/302?url=https://example.com/x", nil,
			[]string{`redirects to "https://example.com/x"`, "leaves localhost", "do not pass dewartest.FollowRedirects and check Location"}},
		{"other port", nil, "/to/302?url=http://localhost:81/", nil, []string{"leaves localhost"}},
		{"other scheme", nil, "/to/302?url=mailto:ann@example.com", nil, []string{"leaves localhost"}},
		{"no URL", nil, "/to/302?url=/%25zz", nil, []string{"that is no URL"}},
		{"outside APPLICATION_ROOT", dewar.Map{"APPLICATION_ROOT": "/app"}, "/to/302?url=/x", nil, []string{`not below the APPLICATION_ROOT "/app"`}},
		{"reader", nil, "/to/307?url=/x", []dewartest.RequestOption{dewartest.BodyReader("text/plain", strings.NewReader("x"))},
			[]string{"a BodyReader can be read only once; use dewartest.Body"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newRedirector(tt.config)
			wantFatal(t, func(t *fakeT) { dewartest.New(t, app).Post(tt.path, append(tt.opts, follow)...) }, tt.want...)
		})
	}
}

func TestALoopOfRedirectsEndsTheTest(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.Get("/a", func(c *dewar.Context) error { return c.Redirect("/b") })
	app.Get("/b", func(c *dewar.Context) error { return c.Redirect("/a") })
	wantFatal(t, func(t *fakeT) { dewartest.New(t, app).Get("/a", dewartest.FollowRedirects()) },
		"more than 10 redirects: GET /a, GET /b, GET /a")
}

func TestAnAbortedRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.Use(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/x", http.StatusFound)
			panic(http.ErrAbortHandler)
		})
	})
	if res := dewartest.New(t, app).Get("/", dewartest.FollowRedirects()).Want(302); !res.Aborted || len(res.History) != 0 {
		t.Errorf("got aborted %t after %d redirects, want true after none", res.Aborted, len(res.History))
	}
}

func TestRedirectsOnTheSiteThatAreWholeURLs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, url, want string
		config          dewar.Map
		wantTLS         bool
	}{
		{"same host", "http://localhost/x", "/x", nil, false},
		{"to https", "https://LOCALHOST:443/x", "/x", nil, true},
		{"below APPLICATION_ROOT", "/app/x", "/app/x", dewar.Map{"APPLICATION_ROOT": "/app"}, false},
		{"relative below APPLICATION_ROOT", "../x", "/app/x", dewar.Map{"APPLICATION_ROOT": "/app"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := dewartest.New(t, newRedirector(tt.config))
			got := look(t, client.Get("/to/302", dewartest.Query("url", tt.url), dewartest.FollowRedirects()))
			if got.URI != tt.want || got.TLS != tt.wantTLS {
				t.Errorf("got %q, TLS %t; want %q, TLS %t", got.URI, got.TLS, tt.want, tt.wantTLS)
			}
		})
	}
}

func TestRedirectsBetweenSubdomains(t *testing.T) {
	t.Parallel()
	named := dewar.Map{"SERVER_NAME": "example.com:8080"}
	for _, tt := range []struct{ name, from, to, want string }{
		{"to a subdomain", "", "http://auth.example.com:8080/x", "auth.example.com:8080"},
		{"from a subdomain", "auth", "http://example.com:8080/x", "example.com:8080"},
		{"between two", "auth", "http://Deep.api.example.com:8080/x", "Deep.api.example.com:8080"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			opts := []dewartest.RequestOption{dewartest.Query("url", tt.to)}
			if tt.from != "" {
				opts = append(opts, dewartest.Subdomain(tt.from))
			}
			res := dewartest.New(t, newRedirector(named)).Get("/to/302", append(opts, dewartest.FollowSubdomains())...)
			if got := look(t, res).Host; got != tt.want || len(res.History) != 1 {
				t.Errorf("got host %q after %d redirects, want %q after one", got, len(res.History), tt.want)
			}
			wantFatal(t, func(t *fakeT) {
				dewartest.New(t, newRedirector(named)).Get("/to/302", append(opts, dewartest.FollowRedirects())...)
			}, "pass dewartest.FollowSubdomains")
		})
	}
	for _, to := range []string{"http://example.com/x", "http://badexample.com:8080/x", "http://example.com.evil:8080/"} {
		wantFatal(t, func(t *fakeT) {
			dewartest.New(t, newRedirector(named)).Get("/to/302", dewartest.Query("url", to), dewartest.FollowSubdomains())
		}, "which is all the application serves")
	}
}

func TestSubdomain(t *testing.T) {
	t.Parallel()
	named := dewar.Map{"SERVER_NAME": "example.com"}
	for _, tt := range []struct {
		name string
		make func(t *testing.T) *dewartest.Response
		want string
	}{
		{"of SERVER_NAME", func(t *testing.T) *dewartest.Response {
			return dewartest.New(t, newMirror(named)).Get("/", dewartest.Subdomain("api"))
		}, "api.example.com"},
		{"of every request", func(t *testing.T) *dewartest.Response {
			return dewartest.New(t, newMirror(named), dewartest.Subdomain("api")).Get("/")
		}, "api.example.com"},
		{"one request of its own", func(t *testing.T) *dewartest.Response {
			return dewartest.New(t, newMirror(named), dewartest.Subdomain("api")).Get("/", dewartest.Subdomain("a.b"))
		}, "a.b.example.com"},
		{"of BaseURL", func(t *testing.T) *dewartest.Response {
			return dewartest.New(t, newMirror(named), dewartest.BaseURL("https://example.com:444")).Get("/", dewartest.Subdomain("api"))
		}, "api.example.com:444"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := look(t, tt.make(t)).Host; got != tt.want {
				t.Errorf("got host %q, want %q", got, tt.want)
			}
		})
	}
	wantFatal(t, func(t *fakeT) { dewartest.New(t, newMirror(nil)).Get("/", dewartest.Subdomain("api")) },
		"the App has no subdomains without SERVER_NAME; set it")
	wantFatal(t, func(t *fakeT) { dewartest.New(t, newMirror(nil), dewartest.Subdomain("api")) }, "set it")
}
