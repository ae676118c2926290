package dewar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// browserAccept is what browsers ask for pages with.
const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

func TestSinglePage(t *testing.T) {
	t.Parallel()
	fsys := files("static/index.html", "the page", "static/app.js", "script", "static/about.html", "about", "static/docs/x", "no extension")
	says := func(text string) dewar.Handler { return func(c *dewar.Context) error { return c.Text(text) } }
	atRoot := func() *dewar.App {
		app := dewar.New("test", dewar.FS(fsys), dewar.StaticURLPath("/"), dewar.SinglePage("index.html"))
		set(t, app, "SEND_FILE_MAX_AGE_DEFAULT", 3600)
		app.Get("/api/posts", says("posts"), dewar.Endpoint("posts"))
		app.Post("/save", says("saved"), dewar.Endpoint("save"))
		return app
	}
	below := func() *dewar.App {
		return dewar.New("test", dewar.FS(fsys), dewar.StaticURLPath("/app"), dewar.SinglePage("index.html"))
	}
	ofBlueprint := func() *dewar.App {
		return withBlueprint(dewar.New("test", dewar.FS(fsys)), dewar.URLPrefix("/admin"), dewar.FS(fsys), dewar.StaticURLPath("/"), dewar.SinglePage("index.html"))
	}
	own := func() *dewar.App {
		app := atRoot()
		app.Get("/", says("home"), dewar.Endpoint("home"))
		app.Fallback(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "old") }))
		return app
	}
	page := []string{"Accept", browserAccept}
	for _, tt := range []struct {
		name         string
		app          func() *dewar.App
		method, path string
		header       []string
		status       int
		want         string
	}{
		{"the place itself", atRoot, "GET", "/", page, 200, "the page"},
		{"a path of the script", atRoot, "GET", "/posts/7", page, 200, "the page"},
		{"a deep path with a query", atRoot, "GET", "/a/b/c/d?x=1", page, 200, "the page"},
		{"HEAD", atRoot, "HEAD", "/posts/7", page, 200, ""},
		{"a page load that says so", atRoot, "GET", "/posts/7", append([]string{"Sec-Fetch-Mode", "navigate"}, page...), 200, "the page"},
		{"a fetch of HTML", atRoot, "GET", "/posts/7", append([]string{"Sec-Fetch-Mode", "cors"}, page...), 404, ""},
		{"a fetch", atRoot, "GET", "/posts/7", []string{"Accept", "*/*"}, 404, ""},
		{"a fetch of JSON", atRoot, "GET", "/api/none", []string{"Accept", "application/json"}, 404, ""},
		{"without Accept", atRoot, "GET", "/posts/7", nil, 404, ""},
		{"a missing script", atRoot, "GET", "/gone.js", page, 404, ""},
		{"a hidden file", atRoot, "GET", "/.env", page, 404, ""},
		{"above the folder", atRoot, "GET", "/../posts", page, 200, "the page"},
		{"a file", atRoot, "GET", "/app.js", page, 200, "script"},
		{"a file without an extension", atRoot, "GET", "/docs/x", page, 200, "no extension"},
		{"a route", atRoot, "GET", "/api/posts", page, 200, "posts"},
		{"a route for another method", atRoot, "POST", "/save", nil, 200, "saved"},
		{"another method", atRoot, "POST", "/posts/7", page, 404, ""},
		{"below a path, the place itself", below, "GET", "/app/", page, 200, "the page"},
		{"below a path, without the slash", below, "GET", "/app", page, 308, ""},
		{"below a path", below, "GET", "/app/posts/7", page, 200, "the page"},
		{"beside a path", below, "GET", "/posts/7", page, 404, ""},
		{"of a blueprint, the place itself", ofBlueprint, "GET", "/admin/", page, 200, "the page"},
		{"of a blueprint", ofBlueprint, "GET", "/admin/users", page, 200, "the page"},
		{"beside a blueprint", ofBlueprint, "GET", "/users", page, 404, ""},
		{"a route for the place itself", own, "GET", "/", page, 200, "home"},
		{"before a fallback", own, "GET", "/posts/7", page, 200, "the page"},
		{"a fallback for what is no page", own, "GET", "/gone.js", page, 200, "old"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := send(tt.app(), tt.method, tt.path, tt.header...)
			if w.Code != tt.status || tt.status == 200 && w.Body.String() != tt.want {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, tt.status, tt.want)
			}
			if tt.want == "the page" && (w.Header().Get("Cache-Control") != "no-cache" || w.Header().Get("Vary") != "Accept, Sec-Fetch-Mode" || w.Header().Get("Etag") == "") {
				t.Errorf("the page has the header %v, want no-cache, Vary: Accept, Sec-Fetch-Mode and an ETag", w.Header())
			}
		})
	}
}

func TestSinglePageThatIsMissing(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.FS(files("static/app.js", "")), dewar.StaticURLPath("/"), dewar.SinglePage("index.html"))
	for _, path := range []string{"/", "/x"} {
		if w := send(app, "GET", path, "Accept", browserAccept); w.Code != 404 {
			t.Errorf("%s: got %d, want 404", path, w.Code)
		}
	}
}

func TestSinglePagePanics(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"", ".", "/index.html", "../index.html", ".index.html"} {
		if got := panicText(func() { dewar.SinglePage(page) }); !strings.Contains(got, "pass the name of a file below the static folder") {
			t.Errorf("%q: panic %q", page, got)
		}
	}
}

func ExampleSinglePage() {
	app := dewar.New("shop", dewar.StaticURLPath("/"), dewar.SinglePage("index.html"), dewar.FS(fstest.MapFS{
		"static/index.html": {Data: []byte(`<script src="/app.js"></script>`)},
		"static/app.js":     {Data: []byte("run()")},
	}))
	app.Get("/api/cart", func(c *dewar.Context) error { return c.JSON([]string{"tea"}) }, dewar.Endpoint("cart"))
	for _, path := range []string{"/orders/7", "/app.js", "/gone.js", "/api/cart"} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		fmt.Println(path, w.Code, strings.SplitN(w.Header().Get("Content-Type"), ";", 2)[0])
	}
	// Output:
	// /orders/7 200 text/html
	// /app.js 200 text/javascript
	// /gone.js 404 text/html
	// /api/cart 200 application/json
}
