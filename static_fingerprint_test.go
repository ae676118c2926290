package dewar_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

// fingerprint is what stands in a URL for a text.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:16]
}

// staticURL returns the URL of a static file.
func staticURL(t testing.TB, app *dewar.App, endpoint string, pairs ...any) string {
	t.Helper()
	u, err := app.URLFor(endpoint, append(pairs, dewar.Relative())...)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestStaticFingerprint(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "static/app.css", "on the disk")
	writeFile(t, root, "static/a b/x y.css", "with spaces")
	writeFile(t, root, "secret.txt", "secret")
	embed := files("static/app.css", "in the program", "static/only.css", "embedded")
	for _, tt := range []struct {
		name      string
		config    dewar.Map
		fsys      fs.FS
		pairs     []any
		want      string
		wantCache string
	}{
		{"of a file on the disk", nil, nil, []any{"filename", "app.css"}, "/static/app.css?v=" + fingerprint("on the disk"), "public, max-age=31536000, immutable"},
		{"of a file of an FS", nil, embed, []any{"filename", "app.css"}, "/static/app.css?v=" + fingerprint("in the program"), "public, max-age=31536000, immutable"},
		{"of a name with spaces", nil, nil, []any{"filename", "a b/x y.css"}, "/static/a%20b/x%20y.css?v=" + fingerprint("with spaces"), "public, max-age=31536000, immutable"},
		{"behind another query", nil, nil, []any{"filename", "app.css", "theme", "dark"}, "/static/app.css?theme=dark&v=" + fingerprint("on the disk"), "public, max-age=31536000, immutable"},
		{"in front of an anchor", nil, nil, []any{"filename", "app.css", dewar.Anchor("x")}, "/static/app.css?v=" + fingerprint("on the disk") + "#x", "public, max-age=31536000, immutable"},
		{"one's own", nil, nil, []any{"filename", "app.css", "v", 3}, "/static/app.css?v=3", "no-cache"},
		{"one's own, with an age", dewar.Map{"SEND_FILE_MAX_AGE_DEFAULT": 60}, nil, []any{"filename", "app.css", "v", 3}, "/static/app.css?v=3", "public, max-age=60"},
		{"none, by nil", nil, nil, []any{"filename", "app.css", "v", nil}, "/static/app.css", "no-cache"},
		{"none of a missing file", nil, nil, []any{"filename", "app.js"}, "/static/app.js", ""},
		{"none of a hidden file", nil, nil, []any{"filename", ".env"}, "/static/.env", ""},
		{"none in DEBUG", dewar.Map{"DEBUG": true}, nil, []any{"filename", "app.css"}, "/static/app.css", "no-cache"},
		{"asked for in DEBUG, where the disk goes first", dewar.Map{"DEBUG": true, "STATIC_FINGERPRINTS": true}, embed, []any{"filename", "app.css"},
			"/static/app.css?v=" + fingerprint("on the disk"), "public, max-age=31536000, immutable"},
		{"asked for in DEBUG, of what the disk lacks", dewar.Map{"DEBUG": true, "STATIC_FINGERPRINTS": true}, embed, []any{"filename", "only.css"},
			"/static/only.css?v=" + fingerprint("embedded"), "public, max-age=31536000, immutable"},
		{"switched off", dewar.Map{"STATIC_FINGERPRINTS": false}, nil, []any{"filename", "app.css"}, "/static/app.css", "no-cache"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			opts := []dewar.Option{dewar.RootPath(root)}
			if tt.fsys != nil {
				opts = append(opts, dewar.FS(tt.fsys))
			}
			app := dewar.New("test", opts...)
			must(t, app.Config.FromMapping(dewar.Map{"SECRET_KEY": testKey}))
			must(t, app.Config.FromMapping(tt.config))
			for range 2 { // the second one is kept
				u := staticURL(t, app, "static", tt.pairs...)
				if u != tt.want {
					t.Fatalf("URL %q, want %q", u, tt.want)
				}
				if tt.wantCache == "" {
					return
				}
				u, _, _ = strings.Cut(u, "#")
				if got := get(app, u); got.Code != 200 || got.Header().Get("Cache-Control") != tt.wantCache {
					t.Errorf("%s gives %d with Cache-Control %q, want %q", u, got.Code, got.Header().Get("Cache-Control"), tt.wantCache)
				}
			}
		})
	}
}

// A link stays good when its file changes, is kept by nobody then, and the next page has another one.
func TestStaticFingerprintOfAFileThatChanges(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	app := dewar.New("test", dewar.RootPath(root))
	set(t, app, "SEND_FILE_MAX_AGE_DEFAULT", 3600)
	path := filepath.Join(root, "static", "app.css")
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	then := time.Now()
	last := ""
	for i := range 20 { // as fast as the clock of the file system may be slow, and all of one length
		text := fmt.Sprintf("body{color:%02d}", i)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		must(t, os.Chtimes(path, then, then))
		u := staticURL(t, app, "static", "filename", "app.css")
		if want := "/static/app.css?v=" + fingerprint(text); u != want {
			t.Fatalf("after change %d the URL is %q, want %q", i, u, want)
		}
		if w := get(app, u); w.Body.String() != text || !strings.HasSuffix(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s gives %q, %q", u, w.Body, w.Header().Get("Cache-Control"))
		}
		if last != "" {
			if w := get(app, last); w.Body.String() != text || w.Header().Get("Cache-Control") != "no-cache" {
				t.Errorf("the link of before gives %q, %q, want the file as it is, and no-cache", w.Body, w.Header().Get("Cache-Control"))
			}
		}
		last = u
	}
}

func TestStaticFingerprintAnswers(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.FS(files("static/app.css", "0123456789")))
	good, wrong := "/static/app.css?v="+fingerprint("0123456789"), "/static/app.css?v="+fingerprint("another")
	tag := get(app, good).Header().Get("Etag")
	for _, tt := range []struct {
		name, method, target string
		header               []string
		status               int
		body, caching        string
	}{
		{"HEAD", "HEAD", good, nil, 200, "", "public, max-age=31536000, immutable"},
		{"a range", "GET", good, []string{"Range", "bytes=2-3"}, 206, "23", "public, max-age=31536000, immutable"},
		{"not modified", "GET", good, []string{"If-None-Match", tag}, 304, "", "public, max-age=31536000, immutable"},
		{"twice, where the first counts", "GET", good + "&v=3", nil, 200, "0123456789", "public, max-age=31536000, immutable"},
		{"a wrong one", "GET", wrong, nil, 200, "0123456789", "no-cache"},
		{"a wrong one, not modified", "GET", wrong, []string{"If-None-Match", tag}, 304, "", "no-cache"},
		{"in capitals", "GET", "/static/app.css?v=" + strings.ToUpper(fingerprint("0123456789")), nil, 200, "0123456789", "no-cache"},
		{"of a file that is not there", "GET", "/static/b.css?v=" + fingerprint("0123456789"), nil, 404, "-", ""},
		{"a range that is none", "GET", good, []string{"Range", "bytes=99-"}, 416, "-", ""},
		{"a broken query", "GET", good + "&%zz;=", nil, 200, "0123456789", "public, max-age=31536000, immutable"},
	} {
		w := send(app, tt.method, tt.target, tt.header...)
		if got := w.Header().Get("Cache-Control"); w.Code != tt.status || tt.body != "-" && w.Body.String() != tt.body || got != tt.caching {
			t.Errorf("%s: got %d %q with Cache-Control %q, want %d %q with %q", tt.name, w.Code, w.Body, got, tt.status, tt.body, tt.caching)
		}
	}
}

// A template and a view of a blueprint get it too, in a request below a prefix, with the whole URL.
func TestStaticFingerprintInRequests(t *testing.T) {
	t.Parallel()
	bp := dewar.NewBlueprint("shop", dewar.URLPrefix("/shop"), dewar.FS(files("static/s.css", "shop", "templates/s.html", `{{url_for ".static" "filename" "s.css" "_external" true}}`)))
	bp.Get("/", func(c *dewar.Context) error { return c.Render("s.html", nil) }, dewar.Endpoint("index"))
	app := newApp(t)
	app.RegisterBlueprint(bp)
	if got, want := get(app, "http://example.com/shop/").Body.String(), "http://example.com/shop/static/s.css?v="+fingerprint("shop"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The fingerprint of an embedded file is made once, however many ask at once, and a page that names a file of the disk
// does not open it again.
func TestStaticFingerprintIsMadeOnce(t *testing.T) {
	t.Parallel()
	read := 0
	opened := counting{fstest.MapFS{"static/a.css": {Data: []byte(strings.Repeat("x", 1<<20))}}, &read}
	app := dewar.New("test", dewar.FS(opened))
	must(t, app.Build())
	staticURL(t, app, "static", "filename", "none.css")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			u, err := app.URLFor("static", "filename", "a.css", dewar.Relative())
			if err != nil || !strings.Contains(u, "?v=") {
				t.Errorf("got %q, %v", u, err)
			}
		})
	}
	group.Wait()
	before := read
	if want := 1 << 20; before < want || before > want+1<<10 {
		t.Errorf("%d bytes were read, want those of the file once", before)
	}
	staticURL(t, app, "static", "filename", "a.css")
	if got := read; got != before {
		t.Errorf("another URL reads %d bytes", got-before)
	}
}

// TestStaticFingerprintOfALargeFile covers files that would take too long to read: their URLs stay as they are.
func TestStaticFingerprintOfALargeFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	path := filepath.Join(root, "static", "film.mp4")
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, nil, 0o600))
	must(t, os.Truncate(path, 64<<20+1)) // takes no room
	app := dewar.New("test", dewar.RootPath(root))
	if got := staticURL(t, app, "static", "filename", "film.mp4"); got != "/static/film.mp4" {
		t.Errorf("got %q, want no fingerprint", got)
	}
	if got := send(app, "HEAD", "/static/film.mp4?v="+fingerprint("")).Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control %q, want no-cache", got)
	}
}

func TestSendFileMaxAge(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "static/css/a.css", "x")
	writeFile(t, root, "report.txt", "x")
	seen := make(chan string, 10)
	byType := func(name string) time.Duration {
		seen <- strings.TrimPrefix(filepath.ToSlash(name), filepath.ToSlash(root))
		if strings.HasSuffix(name, ".css") {
			return time.Hour
		}
		return -1
	}
	app := dewar.New("test", dewar.RootPath(root), dewar.SendFileMaxAge(byType))
	app.Logger = slog.New(slog.DiscardHandler)
	set(t, app, "SEND_FILE_MAX_AGE_DEFAULT", 60)
	app.RegisterBlueprint(dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"), dewar.FS(files("static/b.css", "x")),
		dewar.SendFileMaxAge(func(string) time.Duration { seen <- "blueprint"; return 2 * time.Hour })))
	app.RegisterBlueprint(dewar.NewBlueprint("plain", dewar.URLPrefix("/plain"), dewar.FS(files("static/c.css", "x"))))
	app.Get("/report", func(c *dewar.Context) error { return c.SendFile("report.txt") }, dewar.Endpoint("report"))
	app.Get("/bytes", func(c *dewar.Context) error { return c.SendBytes("b.css", []byte("x")) }, dewar.Endpoint("bytes"))
	app.Get("/fixed", func(c *dewar.Context) error { return c.SendBytes("b.css", []byte("x"), dewar.MaxAge(time.Second)) }, dewar.Endpoint("fixed"))
	for _, tt := range []struct{ path, asked, want string }{
		{"/static/css/a.css", "css/a.css", "public, max-age=3600"},
		{"/bp/static/b.css", "blueprint", "public, max-age=7200"},
		{"/plain/static/c.css", "c.css", "public, max-age=3600"},
		{"/report", "/report.txt", "public, max-age=60"},
		{"/bytes", "b.css", "public, max-age=3600"},
		{"/fixed", "b.css", "public, max-age=1"},
		{staticURL(t, app, "static", "filename", "css/a.css"), "css/a.css", "public, max-age=31536000, immutable"},
	} {
		w := get(app, tt.path)
		if got := w.Header().Get("Cache-Control"); w.Code != 200 || got != tt.want {
			t.Errorf("%s: got %d with %q, want %q", tt.path, w.Code, got, tt.want)
		}
		if got := <-seen; got != tt.asked {
			t.Errorf("%s: the function is asked for %q, want %q", tt.path, got, tt.asked)
		}
	}
}

func ExampleSendFileMaxAge() {
	app := dewar.New("shop",
		dewar.FS(fstest.MapFS{"static/logo.svg": {Data: []byte("<svg/>")}, "static/app.js": {Data: []byte("run()")}}),
		dewar.SendFileMaxAge(func(filename string) time.Duration {
			if strings.HasSuffix(filename, ".svg") {
				return 24 * time.Hour
			}
			return -1 // as SEND_FILE_MAX_AGE_DEFAULT says
		}))
	for _, path := range []string{"/static/logo.svg", "/static/app.js"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Header().Get("Cache-Control"))
	}
	// Output:
	// public, max-age=86400
	// no-cache
}
