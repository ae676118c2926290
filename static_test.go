package dewar_test

import (
	"bufio"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

//go:embed testdata/site
var embedded embed.FS

// site returns embedded files as a program would pass them.
func site(t testing.TB) fs.FS {
	t.Helper()
	sub, err := fs.Sub(embedded, "testdata/site")
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// staticRoot makes a root with static files, and secrets around them.
func staticRoot(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{"static/a.txt", "static/sub/f.txt", "static/.well-known/x.txt"} {
		writeFile(t, root, name, "served")
	}
	for _, name := range []string{
		"secret.txt", "static-config.env", "staticx/a.txt", "static/.env", "static/.git/config", "static/sub/.hidden/f.txt",
		"static/dot.", "static/space ", "static/back\\slash",
	} {
		writeFile(t, root, name, "secret")
	}
	return root
}

// staticApps are the ways to have files in the folder root.
func staticApps(root string) map[string]*dewar.App {
	return map[string]*dewar.App{
		"folder":    dewar.New("test", dewar.RootPath(root)),
		"os.DirFS":  dewar.New("test", dewar.RootPath(root), dewar.FS(os.DirFS(root))),
		"blueprint": withBlueprint(dewar.New("test", dewar.StaticURLPath("/other")), dewar.FS(os.DirFS(root))),
	}
}

func withBlueprint(app *dewar.App, opts ...dewar.BlueprintOption) *dewar.App {
	app.RegisterBlueprint(dewar.NewBlueprint("bp", opts...))
	return app
}

// raw sends a request line as it is and returns status and body.
func raw(t testing.TB, srv *httptest.Server, method, target string) (int, string) {
	t.Helper()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", method, target)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

func TestStaticServesOnlyWhatItShould(t *testing.T) {
	t.Parallel()
	long, longer := strings.Repeat("a", 5000), strings.Repeat("b/", 5000)
	tests := map[string]int{
		"/static/a.txt": 200, "/static/sub/f.txt": 200, "/static/.well-known/x.txt": 200,
		"/static/%61.txt": 200, "/static/sub%2ff.txt": 200,

		"/static/../secret.txt": 404, "/static/..%2fsecret.txt": 404, "/static/%2e%2e/secret.txt": 404,
		"/static/%2e%2e%2fsecret.txt": 404, "/static/%252e%252e/secret.txt": 404, "/static/....//secret.txt": 404,
		"/static/sub/../../secret.txt": 404, "/static/..;/secret.txt": 404, "/static/.%00./secret.txt": 404,
		"/static/sub/../a.txt": 404, "/static/./a.txt": 404, "/static/%2fetc/passwd": 404, "/../secret.txt": 404,
		"/static/" + long: 404, "/static/" + long + long: 404, "/static/" + longer + "x": 404,

		"/static/a.txt%00.png": 404, "/static/%00": 404, "/static/a.txt%0a": 404, "/static/%ff.txt": 404,
		"/static/..%5csecret.txt": 404, "/static/sub%5cf.txt": 404, "/static/C:%5c": 404, "/static/C:a.txt": 404,
		"/static/%5c%5chost%5cshare": 404, "/static/%3f%3f/C:/": 404, "/static/C:secret.txt": 404, "//host/share": 404, "/static///host/share": 404,
		"/static/CON": 404, "/static/nul.txt": 404, "/static/sub/COM1": 404, "/static/A.TXT": 404,
		"/static/dot.": 404, "/static/space%20": 404, "/static/back%5cslash": 404, "/static/a.txt.": 404, "/static/a.txt%20": 404, "/static/a.txt::$DATA": 404, "/static/A~1.TXT": 404,

		"/static/.env": 404, "/static/.git/config": 404, "/static/sub/.hidden/f.txt": 404, "/static/%2eenv": 404,
		"/static/": 404, "/static/sub/": 404, "/static/sub": 404, "/static/.": 404, "/static/a.txt/": 404,
		"/static-config.env": 404, "/staticx/a.txt": 404, "/static/missing.txt": 404,
	}
	for name, app := range staticApps(staticRoot(t)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app.Logger = slog.New(slog.NewTextHandler(testWriter{t}, nil))
			srv := serve(t, app)
			for target, want := range tests {
				got, body := raw(t, srv, "GET", target)
				if got == 308 && want == 404 { // slashes are merged, and then it is not there
					got = 404
				}
				if got != want || (got == 200) != (body == "served") || strings.Contains(body, "secret") || strings.Contains(body, "href") {
					t.Errorf("%.60s gives %d %.60q, want %d", target, got, body, want)
				}
			}
			if got, _ := raw(t, srv, "POST", "/static/a.txt"); got != 405 {
				t.Errorf("POST gives %d, want 405", got)
			}
		})
	}
}

// An app without static files still has the route, so that URLs can be built.
func TestStaticWithoutFolder(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	if w := get(app, "/static/a.txt"); w.Code != 404 {
		t.Errorf("got %d, want 404", w.Code)
	}
}

// A hook may refuse to serve a part of the folder; no spelling of the path gets around it.
func TestStaticGuardCannotBePassed(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(staticRoot(t)))
	app.Logger = slog.New(slog.DiscardHandler)
	app.BeforeRequest(func(c *dewar.Context) error {
		if strings.HasPrefix(c.Params().String("filename"), "sub/") {
			return dewar.Abort(403)
		}
		return nil
	})
	srv := serve(t, app)
	for _, target := range []string{
		"/static/sub/f.txt", "/static/sub%2ff.txt", "/static/%73ub/f.txt", "/static//sub/f.txt", "//static/sub/f.txt",
		"/static/sub//f.txt", "/static/./sub/f.txt", "/static/sub%5cf.txt", "/static/x/../sub/f.txt",
	} {
		if got, body := raw(t, srv, "GET", target); got == 200 || strings.Contains(body, "served") {
			t.Errorf("%s gives %d %q, want a refusal", target, got, body)
		}
	}
}

func TestStaticSymlinks(t *testing.T) {
	t.Parallel()
	root := staticRoot(t)
	link := func(target, name string) {
		if err := os.Symlink(target, filepath.Join(root, "static", name)); err != nil {
			t.Skip(err)
		}
	}
	link("a.txt", "inside.txt")
	link("sub", "folder")
	link("../secret.txt", "outside.txt")
	link("..", "up")
	link(filepath.Join(root, "secret.txt"), "absolute.txt")
	link("loop.txt", "loop.txt")
	link("../static/a.txt", "through.txt")
	for i := range 50 {
		link(fmt.Sprintf("chain%d", i+1), fmt.Sprintf("chain%d", i))
	}
	link("../secret.txt", "chain50")
	app := dewar.New("test", dewar.RootPath(root))
	app.Logger = slog.New(slog.NewTextHandler(testWriter{t}, nil))
	for target, want := range map[string]int{
		"/static/inside.txt": 200, "/static/folder/f.txt": 200,
		"/static/outside.txt": 404, "/static/outside.txt/": 404, "/static/up/secret.txt": 404, "/static/up/": 404,
		"/static/absolute.txt": 404, "/static/loop.txt": 404, "/static/chain0": 404, "/static/chain45": 404,
		"/static/through.txt": 404,
	} {
		if w := get(app, target); w.Code != want || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s gives %d %q, want %d", target, w.Code, w.Body, want)
		}
	}
}

func TestStaticHeaders(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	modified := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for _, name := range []string{"a.css", "A.CSS", "b.js", "c.svg", "d.woff2", "e.unknown", "f", "g.html", "h.mjs"} {
		writeFile(t, root, "static/"+name, "0123456789")
		if err := os.Chtimes(filepath.Join(root, "static", name), modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	app := dewar.New("test", dewar.RootPath(root))
	for name, want := range map[string]string{
		"a.css": "text/css; charset=utf-8", "A.CSS": "text/css; charset=utf-8", "b.js": "text/javascript; charset=utf-8",
		"c.svg": "image/svg+xml", "c%2esvg": "image/svg+xml", "d.woff2": "font/woff2", "e.unknown": "application/octet-stream",
		"f": "application/octet-stream", "g.html": "text/html; charset=utf-8", "h.mjs": "text/javascript; charset=utf-8",
	} {
		h := get(app, "/static/"+name).Header()
		if got := h.Get("Content-Type"); got != want {
			t.Errorf("%s has Content-Type %q, want %q", name, got, want)
		}
		for key, want := range map[string]string{
			"Last-Modified": "Mon, 06 May 2024 07:08:09 GMT", "Cache-Control": "no-cache", "Accept-Ranges": "bytes",
			"X-Content-Type-Options": "nosniff", "Set-Cookie": "", "Vary": "",
		} {
			if got := h.Get(key); got != want && !(name == "A.CSS" || name == "a.css") {
				t.Errorf("%s has %s %q, want %q", name, key, got, want)
			}
		}
	}
}

func TestStaticETag(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "static/a.txt", "old")
	app := dewar.New("test", dewar.RootPath(root))
	first := get(app, "/static/a.txt").Header().Get("Etag")
	if len(first) < 4 || first[0] != '"' {
		t.Fatalf("ETag %q is not a strong one", first)
	}
	writeFile(t, root, "static/a.txt", "new")
	w := get(app, "/static/a.txt", "If-None-Match", first)
	if w.Code != 200 || w.Body.String() != "new" {
		t.Errorf("after a change the old ETag gives %d %q", w.Code, w.Body)
	}
	inMemory := dewar.New("test", dewar.FS(site(t)))
	w = get(inMemory, "/static/style.css")
	again := get(dewar.New("test", dewar.FS(site(t))), "/static/style.css")
	tag := w.Header().Get("Etag")
	if w.Code != 200 || len(tag) < 4 || tag != again.Header().Get("Etag") || w.Header().Get("Last-Modified") != "" {
		t.Errorf("embedded files have ETag %q and %q, Last-Modified %q; want one of the content", tag, again.Header().Get("Etag"), w.Header().Get("Last-Modified"))
	}
	if w := get(inMemory, "/static/style.css", "If-None-Match", tag); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("the ETag gives %d with %d bytes, want 304", w.Code, w.Body.Len())
	}
}

// counting is a file system that counts what is read from its files.
type counting struct {
	fs.FS
	read *int
}

func (c counting) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	if seeker, ok := f.(io.ReadSeeker); ok {
		return countingFile{f, seeker, c.read}, err
	}
	return f, err
}

type countingFile struct {
	fs.File
	io.Seeker
	read *int
}

func (f countingFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	*f.read += n
	return n, err
}

// The ETag of a file without a time is worked out once.
func TestStaticETagIsKept(t *testing.T) {
	t.Parallel()
	read := 0
	app := dewar.New("test", dewar.FS(counting{site(t), &read}))
	tag := get(app, "/static/style.css").Header().Get("Etag")
	before := read
	if w := get(app, "/static/style.css", "If-None-Match", tag); w.Code != 304 || before == 0 || read != before {
		t.Errorf("a conditional request gives %d and reads %d bytes, want 304 and none", w.Code, read-before)
	}
}

func TestStaticConditionsAndRanges(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	content := strings.Repeat("0123456789", 300)
	writeFile(t, root, "static/a.txt", content)
	app := dewar.New("test", dewar.RootPath(root))
	srv := serve(t, app)
	whole := ask(t, srv, "GET", "/static/a.txt")
	tag, modified := whole.Header.Get("Etag"), whole.Header.Get("Last-Modified")
	for _, tt := range []struct {
		name   string
		method string
		header []string
		status int
		body   string
	}{
		{"whole", "GET", nil, 200, content},
		{"head", "HEAD", nil, 200, ""},
		{"same tag", "GET", []string{"If-None-Match", tag}, 304, ""},
		{"same tag, weak", "GET", []string{"If-None-Match", "W/" + tag}, 304, ""},
		{"one of several tags", "GET", []string{"If-None-Match", `"x", ` + tag}, 304, ""},
		{"any tag", "GET", []string{"If-None-Match", "*"}, 304, ""},
		{"head with the same tag", "HEAD", []string{"If-None-Match", tag}, 304, ""},
		{"another tag", "GET", []string{"If-None-Match", `"x"`}, 200, content},
		{"not modified", "GET", []string{"If-Modified-Since", modified}, 304, ""},
		{"modified", "GET", []string{"If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"}, 200, content},
		{"tag goes before time", "GET", []string{"If-None-Match", `"x"`, "If-Modified-Since", modified}, 200, content},
		{"must match and does not", "GET", []string{"If-Match", `"x"`}, 412, ""},
		{"range", "GET", []string{"Range", "bytes=0-4"}, 206, "01234"},
		{"end", "GET", []string{"Range", "bytes=-3"}, 206, "789"},
		{"from", "GET", []string{"Range", "bytes=2998-"}, 206, "89"},
		{"beyond", "GET", []string{"Range", "bytes=3000-"}, 416, "416 Requested Range Not Satisfiable\nThe requested range is not part of the file.\n"},
		{"garbage", "GET", []string{"Range", "bytes=x"}, 416, "416 Requested Range Not Satisfiable\nThe requested range is not part of the file.\n"},
		{"no byte from the end", "GET", []string{"Range", "bytes=-0"}, 416, "416 Requested Range Not Satisfiable\nThe requested range is not part of the file.\n"},
		{"unit in capitals", "GET", []string{"Range", "BYTES = 0-4"}, 206, "01234"},
		{"overflow", "GET", []string{"Range", "bytes=0-99999999999999999999"}, 206, content},
		{"several ranges give the whole", "GET", []string{"Range", "bytes=0-0,2-2"}, 200, content},
		{"20,001 ranges give the whole", "GET", []string{"Range", "bytes=0-0" + strings.Repeat(",1-1", 20000)}, 200, content},
		{"if range matches", "GET", []string{"Range", "bytes=0-4", "If-Range", tag}, 206, "01234"},
		{"if range does not", "GET", []string{"Range", "bytes=0-4", "If-Range", `"x"`}, 200, content},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, srv, tt.method, "/static/a.txt", tt.header...)
			if got.err != nil || got.StatusCode != tt.status || got.body != tt.body {
				t.Errorf("got %d, %d bytes %.40q, %v, want %d, %d bytes %.40q", got.StatusCode, len(got.body), got.body, got.err, tt.status, len(tt.body), tt.body)
			}
			if tt.method == "HEAD" && tt.status == 200 && got.ContentLength != int64(len(content)) {
				t.Errorf("HEAD says %d bytes, want %d", got.ContentLength, len(content))
			}
			if tt.status == 416 && (got.Header.Get("Content-Range") != "bytes */3000" || got.Header.Get("Etag") != "") {
				t.Errorf("416 has Content-Range %q and ETag %q", got.Header.Get("Content-Range"), got.Header.Get("Etag"))
			}
			if tt.status == 304 && (got.Header.Get("Etag") != tag || got.Header.Get("Cache-Control") != "no-cache") {
				t.Errorf("304 has ETag %q and Cache-Control %q", got.Header.Get("Etag"), got.Header.Get("Cache-Control"))
			}
		})
	}
}

func TestStaticCaching(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		maxAge any
		hook   dewar.Handler
		want   string
	}{
		{"ask each time", nil, nil, "no-cache"},
		{"for an hour", 3600, nil, "public, max-age=3600"},
		{"as a duration", "90s", nil, "public, max-age=90"},
		{"for no time", 0, nil, "no-cache"},
		{"a hook decides", 3600, func(c *dewar.Context) error {
			c.Response.Header().Set("Cache-Control", "immutable")
			return nil
		}, "immutable"},
		{"a hook reads the session", 3600, func(c *dewar.Context) error {
			c.Session().Get("user")
			return nil
		}, "private, max-age=3600"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("test", dewar.FS(site(t)))
			set(t, app, "SECRET_KEY", testKey)
			set(t, app, "SEND_FILE_MAX_AGE_DEFAULT", tt.maxAge)
			if tt.hook != nil {
				app.BeforeRequest(tt.hook)
			}
			if got := get(app, "/static/style.css").Header().Get("Cache-Control"); got != tt.want {
				t.Errorf("Cache-Control %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStaticPlaces(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "static/a.txt", "disk")
	writeFile(t, root, "dist/web/a.txt", "web")
	writeFile(t, root, "secret.txt", "secret")
	app := func(opts ...dewar.Option) *dewar.App { return dewar.New("test", append(opts, dewar.RootPath(root))...) }
	appFiles := dewar.FS(files("static/a.txt", "app", "static/b.txt", "app"))
	for _, tt := range []struct {
		name  string
		app   *dewar.App
		debug bool
		want  map[string]string // "" for 404
	}{
		{"folder", app(), false, map[string]string{"/static/a.txt": "disk", "/static/b.txt": ""}},
		{"FS", app(appFiles), false, map[string]string{"/static/a.txt": "app", "/static/b.txt": "app"}},
		{"FS in DEBUG", app(appFiles), true, map[string]string{"/static/a.txt": "disk", "/static/b.txt": "app"}},
		{"FS without the folder", app(dewar.FS(files("x", ""))), false, map[string]string{"/static/a.txt": ""}},
		{"another path", app(dewar.StaticURLPath("/assets/")), false, map[string]string{"/assets/a.txt": "disk", "/static/a.txt": ""}},
		{"the root", app(dewar.StaticURLPath("/")), false, map[string]string{"/a.txt": "disk", "/b.txt": "", "/": ""}},
		{"blueprint", withBlueprint(app(), dewar.URLPrefix("/bp"), dewar.FS(files("static/x/y.txt", "bp"))), false,
			map[string]string{"/static/a.txt": "disk", "/bp/static/x/y.txt": "bp", "/bp/static/a.txt": ""}},
		{"another folder", app(dewar.StaticFolder("dist/web/")), false, map[string]string{"/web/a.txt": "web", "/static/a.txt": "", "/web/../../secret.txt": ""}},
		{"another folder and path", app(dewar.StaticURLPath("/"), dewar.StaticFolder("dist/web")), false, map[string]string{"/a.txt": "web", "/web/a.txt": ""}},
		{"another folder of an FS", app(dewar.StaticFolder("dist/web"), dewar.FS(files("dist/web/b.txt", "app"))), false, map[string]string{"/web/a.txt": "", "/web/b.txt": "app"}},
		{"another folder in DEBUG", app(dewar.StaticFolder("dist/web"), dewar.FS(files("dist/web/a.txt", "app", "dist/web/b.txt", "app"))), true,
			map[string]string{"/web/a.txt": "web", "/web/b.txt": "app"}},
		{"all of the files", app(dewar.StaticFolder("."), dewar.FS(files("a.txt", "app"))), false, map[string]string{"/static/a.txt": "app"}},
		{"none", app(dewar.StaticFolder("")), false, map[string]string{"/static/a.txt": ""}},
		{"another folder of a blueprint", withBlueprint(app(), dewar.FS(files("dist/a.txt", "bp", "static/a.txt", "bp")), dewar.StaticFolder("dist")), false,
			map[string]string{"/dist/a.txt": "bp", "/static/a.txt": "disk"}},
		{"another path of a blueprint", withBlueprint(app(), dewar.URLPrefix("/bp"), dewar.FS(files("static/a.txt", "bp")), dewar.StaticURLPath("/")), false,
			map[string]string{"/bp/a.txt": "bp", "/bp/static/a.txt": ""}},
		{"none of a blueprint", withBlueprint(app(), dewar.URLPrefix("/bp"), dewar.FS(files("static/a.txt", "bp")), dewar.StaticFolder("")), false,
			map[string]string{"/bp/static/a.txt": ""}},
		{"blueprint in the app's folder", withBlueprint(app(), dewar.URLPrefix("/bp"), dewar.StaticFolder("dist/web")), false, map[string]string{"/bp/web/a.txt": "web"}},
		{"blueprint in the app's FS", withBlueprint(app(dewar.FS(files("dist/web/b.txt", "app"))), dewar.StaticFolder("dist/web")), false,
			map[string]string{"/web/a.txt": "", "/web/b.txt": "app"}},
		{"blueprint in the app's FS in DEBUG", withBlueprint(app(dewar.FS(files("dist/web/a.txt", "app", "dist/web/b.txt", "app"))), dewar.StaticFolder("dist/web")), true,
			map[string]string{"/web/a.txt": "web", "/web/b.txt": "app"}},
		{"blueprint at the app's place, which has none", withBlueprint(app(dewar.StaticFolder("")), dewar.FS(files("static/a.txt", "bp"))), false, map[string]string{"/static/a.txt": "bp"}},
		{"blueprint without files", withBlueprint(app(), dewar.FS(files("templates/x", ""))), false, map[string]string{"/static/a.txt": "disk"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.app.Logger = slog.New(slog.DiscardHandler)
			set(t, tt.app, "DEBUG", tt.debug)
			for path, want := range tt.want {
				w := get(tt.app, path)
				if want == "" && w.Code != 404 || want != "" && (w.Code != 200 || w.Body.String() != want) {
					t.Errorf("%s gives %d %q, want %q", path, w.Code, w.Body, want)
				}
			}
		})
	}
}

func TestStaticURLs(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	outer, inner := dewar.NewBlueprint("outer", dewar.URLPrefix("/o")), dewar.NewBlueprint("inner", dewar.URLPrefix("/i"), dewar.FS(files("static/a.css", "")))
	outer.RegisterBlueprint(inner)
	app.RegisterBlueprint(outer)
	app.Get("/{endpoint}", func(c *dewar.Context) error {
		url, err := c.URLFor(c.Params().String("endpoint"), "filename", "css/a b.css")
		if err != nil {
			return err
		}
		return c.Text(url)
	})
	app.RegisterBlueprint(dewar.NewBlueprint("web", dewar.FS(files("x", "")), dewar.StaticFolder("dist"))) // told, so the route is there
	for endpoint, want := range map[string]string{"web.static": "/dist/css/a%20b.css", "static": "/static/css/a%20b.css", "outer.inner.static": "/o/i/static/css/a%20b.css"} {
		if got := get(app, "/"+endpoint).Body.String(); got != want {
			t.Errorf("the URL of %s is %q, want %q", endpoint, got, want)
		}
	}
}

func TestStaticPanics(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		f    func()
		want string
	}{
		{"path", func() { dewar.StaticURLPath("assets") }, `StaticURLPath("assets"): the path must begin with a slash`},
		{"blueprint without a prefix", func() { withBlueprint(dewar.New("test"), dewar.FS(files("static/a.txt", ""))) },
			`the static files of blueprint "bp" would be at /static, where those of the app are; give the blueprint a dewar.URLPrefix`},
		{"both at the root", func() {
			withBlueprint(dewar.New("test", dewar.StaticURLPath("/")), dewar.FS(files("static/a.txt", "")), dewar.StaticURLPath("/"))
		},
			`the static files of blueprint "bp" would be at /, where those of the app are`},
		{"folder above", func() { dewar.StaticFolder("../dist") }, `StaticFolder("../dist"): the folder must be a plain path below the files of dewar.FS or the root; for one elsewhere pass dewar.FS(os.DirFS(dir))`},
		{"absolute folder", func() { dewar.StaticFolder("/srv/dist") }, `StaticFolder("/srv/dist"): the folder must be`},
		{"root of the disk", func() { dewar.StaticFolder("/") }, `StaticFolder("/"): the folder must be`},
		{"folder of templates", func() { dewar.TemplateFolder("a/../b") }, `TemplateFolder("a/../b"): the folder must be`},
		{"too late", func() { dewar.New("test").RegisterBlueprint(dewar.NewBlueprint("bp"), dewar.StaticFolder("x")) },
			`RegisterBlueprint("bp"): where a blueprint has its files is told to dewar.NewBlueprint`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := panicText(tt.f); !strings.Contains(got, tt.want) {
				t.Errorf("panic %q, want %q", got, tt.want)
			}
		})
	}
}

func ExampleStaticFolder() {
	app := dewar.New("shop", dewar.StaticFolder("dist/assets"), dewar.FS(fstest.MapFS{
		"dist/assets/app.js": {Data: []byte("run()")},
	}))
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/assets/app.js", nil))
	fmt.Println(w.Body)
	// Output: run()
}
