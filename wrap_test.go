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
