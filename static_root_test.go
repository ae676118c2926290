package dewar_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// rootFiles are the files of a single-page application.
var rootFiles = fstest.MapFS{
	"static/app.js": {Data: []byte("app.js")}, "static/assets/x.css": {Data: []byte("x.css")}, "static/both": {Data: []byte("file both")},
	"static/.env": {Data: []byte("secret")}, "static/folder/inner.txt": {Data: []byte("inner")},
}

// answers sends each request of want and compares status and body.
func answers(t *testing.T, app http.Handler, want map[string]string) {
	t.Helper()
	for request, want := range want {
		method, path, _ := strings.Cut(request, " ")
		rec := send(app, method, path)
		got := fmt.Sprint(rec.Code, " ", rec.Body)
		switch {
		case rec.Code == 405:
			got = "405 " + rec.Header().Get("Allow")
		case rec.Code == 204, method == "OPTIONS" && rec.Code == 200:
			got = fmt.Sprint(rec.Code, " ", rec.Header().Get("Allow"))
		case rec.Code == 308:
			got = "308 " + rec.Header().Get("Location")
		case rec.Code == 404:
			got = "404"
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", request, got, want)
		}
	}
}

// Static files at the root leave what is none of them, and every method but their own, to what is behind them.
func TestStaticAtTheRootGivesWay(t *testing.T) {
	t.Parallel()
	says := func(text string) dewar.Handler {
		return func(c *dewar.Context) error { return c.Text(text + " " + c.Params().String("path")) }
	}
	fallback := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "old ", r.Method, " ", r.URL.Path) })
	fresh := func() *dewar.App {
		app := dewar.New("test", dewar.FS(rootFiles), dewar.StaticURLPath("/"))
		app.Logger = newApp(t).Logger
		app.Get("/", says("home"), dewar.Endpoint("home"))
		app.Get("/about", says("about"), dewar.Endpoint("about"))
		app.Post("/api", says("api"), dewar.Endpoint("api"))
		app.Get("/branch/", says("branch"), dewar.Endpoint("branch"))
		return app
	}
	common := map[string]string{
		"GET /app.js": "200 app.js", "GET /assets/x.css": "200 x.css", "HEAD /app.js": "200 ", "GET /": "200 home ", "GET /about": "200 about ",
		"POST /api": "200 api ", "GET /branch": "308 /branch/", "POST /about": "405 GET, HEAD, OPTIONS", "OPTIONS /api": "200 OPTIONS, POST",
		"GET //app.js": "200 app.js",
	}
	for _, tt := range []struct {
		name string
		add  func(app *dewar.App)
		want map[string]string
	}{
		{"alone", func(*dewar.App) {}, map[string]string{
			"GET /none": "404", "POST /none": "404", "POST /app.js": "404", "GET /.env": "404", "GET /folder": "404", "PROPFIND /x": "404",
			"OPTIONS /app.js": "200 GET, HEAD, OPTIONS", "OPTIONS /none": "404", "GET /../app.js": "404", "GET /api": "405 OPTIONS, POST",
		}},
		{"with Fallback", func(app *dewar.App) { app.Fallback(fallback) }, map[string]string{
			"GET /none": "200 old GET /none", "POST /none": "200 old POST /none", "POST /app.js": "200 old POST /app.js", "GET /.env": "200 old GET /.env",
			"GET /folder": "200 old GET /folder", "PROPFIND /x": "200 old PROPFIND /x", "GET /api": "405 OPTIONS, POST", "GET /a//b": "200 old GET /a//b",
			"GET /assets//x.css": "200 old GET /assets//x.css",
		}},
		{"with a catch-all", func(app *dewar.App) { app.Get("/{path:path}", says("spa"), dewar.Endpoint("spa")) }, map[string]string{
			"GET /none": "200 spa none", "GET /user/7/edit": "200 spa user/7/edit", "POST /none": "405 GET, HEAD, OPTIONS", "GET /.env": "200 spa .env",
			"GET /folder": "200 spa folder", "OPTIONS /none": "200 GET, HEAD, OPTIONS", "GET /api": "200 spa api", "OPTIONS /api": "200 GET, HEAD, OPTIONS, POST",
		}},
		{"with a catch-all for POST", func(app *dewar.App) { app.Post("/{path:path}", says("spa"), dewar.Endpoint("spa")) }, map[string]string{
			"GET /none": "405 OPTIONS, POST", "POST /none": "200 spa none", "POST /app.js": "200 spa app.js", "POST /about": "200 spa about",
		}},
		{"with a handler mounted below everything", func(app *dewar.App) { app.Handle("/{path:path}", fallback) }, map[string]string{
			"GET /none": "200 old GET /none", "MKCOL /none": "200 old MKCOL /none", "OPTIONS /none": "200 ", "POST /about": "200 old POST /about",
			"OPTIONS /api": "200 GET, HEAD, OPTIONS, POST",
		}},
		{"with one segment for anything, which goes first as in Flask", func(app *dewar.App) { app.Get("/{path}", says("one"), dewar.Endpoint("one")) }, map[string]string{
			"GET /none": "200 one none", "GET /x/y": "404", "GET /app.js": "200 one app.js", "HEAD /app.js": "200 ", "GET //app.js": "200 one app.js",
			"OPTIONS /api": "200 GET, HEAD, OPTIONS, POST",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := fresh()
			tt.add(app)
			want := maps.Clone(common)
			maps.Copy(want, tt.want)
			answers(t, app, want)
			if u, err := app.URLFor("static", "filename", "app.js", "v", 1, dewar.Relative()); u != "/app.js?v=1" || err != nil {
				t.Errorf("URL of a file: %q, %v", u, err)
			}
		})
	}
}

// The same below the prefix of a blueprint, and on its host, whatever was registered first.
func TestStaticAtTheRootOfABlueprintGivesWay(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"), dewar.FS(rootFiles), dewar.StaticURLPath("/"))
	bp.Get("/{path:path}", func(c *dewar.Context) error { return c.Text("spa " + c.Endpoint()) }, dewar.Endpoint("spa"))
	app.RegisterBlueprint(bp)
	hosted := dewar.NewBlueprint("hosted", dewar.Host("files.example"), dewar.FS(rootFiles), dewar.StaticURLPath("/"))
	app.RegisterBlueprint(hosted)
	app.Fallback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "old") }))
	answers(t, app, map[string]string{
		"GET /bp/app.js": "200 app.js", "GET /bp/none": "200 spa bp.spa", "POST /bp/none": "405 GET, HEAD, OPTIONS", "GET /none": "200 old", "GET /app.js": "200 old",
	})
	for path, want := range map[string]string{"/app.js": "app.js", "/none": "old"} {
		if got := send(app, "GET", path, "Host", "files.example").Body.String(); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if text := panicText(func() {
		clash := dewar.New("test", dewar.FS(rootFiles), dewar.StaticURLPath("/"))
		clash.RegisterBlueprint(dewar.NewBlueprint("x", dewar.FS(rootFiles), dewar.StaticURLPath("/")))
	}); !strings.Contains(text, "where those of the app are") {
		t.Errorf("two folders at the root: panic %q", text)
	}
}
