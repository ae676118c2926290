package dewar_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// An App that another one has mounted builds its URLs below the prefix, whatever the APPLICATION_ROOT of either.
func TestMountedAppKnowsItsPrefix(t *testing.T) {
	t.Parallel()
	inner := newApp(t)
	inner.Get("/", func(c *dewar.Context) error {
		u, err := c.URLFor("show", "id", 7)
		if err != nil {
			return err
		}
		whole, err := c.URLFor("show", "id", 7, dewar.External())
		return c.Text(strings.Join([]string{u, whole, c.BaseURL(), c.URL(), fmt.Sprint(err)}, " "))
	}, dewar.Endpoint("index"))
	inner.Get("/show/{id:int}/", index, dewar.Endpoint("show"))
	inner.Route("/old/{id:int}", nil, dewar.RedirectRule("/show/{id}/"))
	inner.Get("/to", func(c *dewar.Context) error { return c.RedirectTo("index") })
	outer, middle := newApp(t), newApp(t)
	middle.Mount("/b", inner)
	outer.Mount("/m", inner)
	outer.Mount("/t/{tenant}", inner)
	outer.Mount("/a", middle)
	outer.Mount("/kept", inner, dewar.KeepPath())
	outer.Handle("/show/{id:int}/", inner)
	rooted := newApp(t)
	if err := rooted.Config.FromMapping(dewar.Map{"APPLICATION_ROOT": "/root"}); err != nil {
		t.Fatal(err)
	}
	rooted.Mount("/m", inner)
	for _, tt := range []struct {
		app        *dewar.App
		path, want string
	}{
		{outer, "/m/", "/m/show/7/ http://localhost/m/show/7/ http://localhost/m/ http://localhost/m/ <nil>"},
		{outer, "/m/?a=b", "/m/show/7/ http://localhost/m/show/7/ http://localhost/m/ http://localhost/m/?a=b <nil>"},
		{outer, "/a/b/", "/a/b/show/7/ http://localhost/a/b/show/7/ http://localhost/a/b/ http://localhost/a/b/ <nil>"},
		{outer, "/t/a%20b/", "/t/a%20b/show/7/ http://localhost/t/a%20b/show/7/ http://localhost/t/a%20b/ http://localhost/t/a%20b/ <nil>"},
		{outer, "/m/show/7", "/m/show/7/"},
		{outer, "/m/old/7", "/m/show/7/"},
		{outer, "/m/to", "/m/"},
		{outer, "//m/to", "/m/"},
		{outer, "//m/", "/m/show/7/ http://localhost/m/show/7/ http://localhost/m/ http://localhost/m/ <nil>"},
		{outer, "/show/7/", "index"},
		{outer, "/kept/", "404"},
		{rooted, "/m/to", "/m/"},
		{inner, "/to", "/"},
	} {
		rec := send(tt.app, "GET", tt.path)
		got := rec.Body.String()
		if location := rec.Header().Get("Location"); location != "" {
			got = location
		}
		if rec.Code == 404 {
			got = "404"
		}
		if got != tt.want {
			t.Errorf("%s: got %d %q, want %q", tt.path, rec.Code, got, tt.want)
		}
	}
}

func TestMountKeepsThePathIfAsked(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tell := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.EscapedPath()) })
	app.Mount("/debug/pprof", tell, dewar.KeepPath())
	app.Mount("/stripped", tell)
	for path, want := range map[string]string{"/debug/pprof/": "/debug/pprof/", "/debug/pprof/a%2Fb": "/debug/pprof/a%2Fb", "/stripped/a%2Fb": "/a%2Fb"} {
		if got := send(app, "GET", path).Body.String(); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestFallbackTakesOptions(t *testing.T) {
	t.Parallel()
	note := dewar.NewMeta[string]("note")
	app := newApp(t)
	var seen string
	app.BeforeRequest(func(c *dewar.Context) error {
		route, ok := c.Route()
		value, _ := note.Of(route)
		seen = fmt.Sprint(ok, " ", value, " ", c.Endpoint())
		return nil
	})
	app.Get("/own", index)
	app.Fallback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, limited := r.Context().Deadline()
		fmt.Fprint(w, "old app, limited: ", limited)
	}), dewar.Methods("GET", "POST"), dewar.Timeout(time.Minute), dewar.CrossOriginExempt(), note.With("old"),
		dewar.Before(func(c *dewar.Context) error {
			if c.Request.URL.Path == "/closed" {
				return dewar.Abort(403)
			}
			return nil
		}))
	for _, tt := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/x", 200, "old app, limited: true"},
		{"HEAD", "/x", 200, ""},
		{"POST", "/x", 200, "old app, limited: true"},
		{"DELETE", "/x", 404, ""},
		{"GET", "/closed", 403, ""},
	} {
		rec := send(app, tt.method, tt.path, "Sec-Fetch-Site", "cross-site")
		if tt.method == "DELETE" {
			rec = send(app, tt.method, tt.path)
		}
		if rec.Code != tt.status || tt.body != "" && rec.Body.String() != tt.body {
			t.Errorf("%s %s: got %d %q, want %d %q", tt.method, tt.path, rec.Code, rec.Body, tt.status, tt.body)
		}
	}
	send(app, "GET", "/x")
	if want := "false old "; seen != want {
		t.Errorf("a hook saw %q, want %q", seen, want)
	}
	for _, opt := range []dewar.RouteOption{dewar.Endpoint("x"), dewar.AlsoAt("/y"), dewar.BuildOnly(), dewar.Host("a.example"), dewar.KeepPath()} {
		if text := panicText(func() { newApp(t).Fallback(http.NotFoundHandler(), opt) }); !strings.Contains(text, "wrap_test.go:") || !strings.Contains(text, "about a rule") {
			t.Errorf("panic %q", text)
		}
	}
}

// A guard in front of a route is not got around by a spelling of its path that matches no route, but that the fallback
// cleans.
func TestFallbackIsNoWayAroundAGuard(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	admin := dewar.NewBlueprint("admin", dewar.URLPrefix("/admin"))
	admin.BeforeRequest(func(*dewar.Context) error { return dewar.Abort(403) })
	admin.Get("/{page}", index)
	app.RegisterBlueprint(admin)
	app.Fallback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Method, " ", r.URL.Path) }), dewar.Methods("GET", "POST"))
	for _, tt := range []struct{ method, path, location, body string }{
		{"GET", "/./admin/x", "/admin/x", ""},
		{"GET", "/old/../admin/x?a=b", "/admin/x?a=b", ""},
		{"GET", "/old/%2e%2e/admin/x", "/admin/x", ""},
		{"GET", "/old//../admin//x", "/admin/x", ""},
		{"POST", "/./admin/x", "/admin/x", ""},
		{"GET", "/old/./page", "", "GET /old/./page"},
		{"GET", "/old//page", "", "GET /old//page"},
		{"GET", "/admin/a/b", "", "GET /admin/a/b"},
	} {
		rec := send(app, tt.method, tt.path)
		if got := rec.Header().Get("Location"); got != tt.location || rec.Body.String() != tt.body {
			t.Errorf("%s %s: got %d, %q to %q, want %q to %q", tt.method, tt.path, rec.Code, rec.Body, got, tt.body, tt.location)
		}
	}
	if rec := send(app, "PUT", "/./admin/x"); rec.Code != 404 {
		t.Errorf("a method that the fallback does not answer: got %d", rec.Code)
	}
}

// davMethods are methods that net/http has no name for, and one that nobody has.
var davMethods = []string{"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "PURGE", "LINK", "BREW", "m-search", "TRACE",
	"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// "All methods" means all, wherever a net/http handler is put.
func TestHandlersGetEveryMethod(t *testing.T) {
	t.Parallel()
	tell := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Got", r.Method+" "+r.URL.Path) })
	app := newApp(t)
	app.Mount("/dav", tell)
	app.Mount("/kept", tell, dewar.KeepPath())
	app.Handle("/one/{x}", tell, dewar.Endpoint("one"))
	app.Handle("/two", tell, dewar.Methods("PROPFIND", "GET"))
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
	bp.Mount("/dav", tell)
	bp.Handle("/one", tell)
	app.RegisterBlueprint(bp)
	app.Get("/own", index)
	app.Route("/lock", index, dewar.Methods("LOCK"))
	app.Fallback(tell)
	for _, method := range davMethods {
		for path, want := range map[string]string{
			"/dav/": "/", "/dav/a/b%20c": "/a/b c", "/kept/x": "/kept/x", "/one/1": "/one/1", "/bp/dav/x": "/x", "/bp/one": "/bp/one", "/else/where": "/else/where",
		} {
			rec := send(app, method, path)
			if got := rec.Header().Get("X-Got"); rec.Code != 200 || got != method+" "+want {
				t.Errorf("%s %s: got %d %q %v", method, path, rec.Code, got, rec.Header()["Allow"])
			}
		}
		if rec := send(app, method, "/dav"); rec.Code != 308 || rec.Header().Get("Location") != "/dav/" {
			t.Errorf("%s /dav: got %d %q, want a redirect", method, rec.Code, rec.Header().Get("Location"))
		}
	}
	for _, tt := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"PROPFIND", "/two", 200, ""}, {"MKCOL", "/two", 405, "GET, HEAD, OPTIONS, PROPFIND"},
		{"PROPFIND", "/own", 405, "GET, HEAD, OPTIONS"}, {"LOCK", "/lock", 200, ""}, {"MKCOL", "/lock", 405, "LOCK, OPTIONS"},
	} {
		if rec := send(app, tt.method, tt.path); rec.Code != tt.status || rec.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s: got %d, Allow %q; want %d, %q", tt.method, tt.path, rec.Code, rec.Header().Get("Allow"), tt.status, tt.allow)
		}
	}
	if rec := send(app, "PROPFIND", "/dav/x", "Sec-Fetch-Site", "cross-site"); rec.Code != 403 {
		t.Errorf("a foreign method from another site: got %d, want 403", rec.Code)
	}
	for _, r := range app.Routes() {
		if r.Endpoint == "one" && r.Methods != nil {
			t.Errorf("Routes tells methods %q, want none for all", r.Methods)
		}
	}
	if text := app.Routes().String(); !strings.Contains(text, "(all)") {
		t.Errorf("the table does not tell that a handler has all methods:\n%s", text)
	}
}

// What a route names goes before a handler of every method only where methods come by themselves.
func TestHandlerOfEveryMethodBesideOthers(t *testing.T) {
	t.Parallel()
	tell := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Got", r.Method) })
	for _, first := range []bool{true, false} {
		app := newApp(t)
		named := func() { app.Route("/a", index, dewar.Methods("HEAD", "OPTIONS"), dewar.Endpoint("named")) }
		if first {
			named()
		}
		app.Handle("/a", tell)
		if !first {
			named()
		}
		for _, methods := range [][]string{{"GET"}, {"MKCOL"}, {"HEAD", "PROPFIND"}} {
			if text := panicText(func() { app.Route("/a", other, dewar.Methods(methods...)) }); !strings.Contains(text, "is registered at") {
				t.Errorf("%v beside a handler of all: panic %q", methods, text)
			}
		}
		if text := panicText(func() { app.Handle("/a", tell) }); !strings.Contains(text, `every method of "/a" is registered at`) {
			t.Errorf("panic %q", text)
		}
		for method, want := range map[string]string{"HEAD": "", "OPTIONS": "", "GET": "GET", "MKCOL": "MKCOL"} {
			if got := send(app, method, "/a").Header().Get("X-Got"); got != want {
				t.Errorf("named first %v: %s gets %q, want %q", first, method, got, want)
			}
		}
	}
}
