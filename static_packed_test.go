package dewar_test

import (
	"fmt"
	"io"
	"io/fs"
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

// packedRoot makes a root with a file and its packed neighbours, whose texts are their names.
func packedRoot(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{
		"app.js", "app.js.br", "app.js.gz", "app.js.zst", "only.css", "gz.css", "gz.css.gz", "old.css", "old.css.br", "table.csv.gz", "table.csv.gz.br", "folder.css",
	} {
		writeFile(t, root, "static/"+name, name)
	}
	must(t, os.Mkdir(filepath.Join(root, "static", "folder.css.br"), 0o755))
	later := time.Now()
	must(t, os.Chtimes(filepath.Join(root, "static", "old.css"), later, later))
	return root
}

func TestStaticPrecompressed(t *testing.T) {
	t.Parallel()
	root := packedRoot(t)
	apps := map[string]*dewar.App{
		"folder":    dewar.New("test", dewar.RootPath(root), dewar.StaticPrecompressed()),
		"FS":        dewar.New("test", dewar.FS(os.DirFS(root)), dewar.StaticPrecompressed()),
		"blueprint": withBlueprint(dewar.New("test", dewar.StaticURLPath("/other")), dewar.FS(os.DirFS(root)), dewar.StaticPrecompressed()),
	}
	for _, tt := range []struct{ name, file, accept, want, contentType string }{
		{"the smallest of those liked equally", "app.js", "gzip, deflate, br, zstd", "br", "text/javascript; charset=utf-8"},
		{"without brotli", "app.js", "gzip, deflate, zstd", "zstd", "text/javascript; charset=utf-8"},
		{"gzip alone", "app.js", "gzip", "gzip", "text/javascript; charset=utf-8"},
		{"x-gzip", "app.js", "x-gzip", "gzip", "text/javascript; charset=utf-8"},
		{"in capitals", "app.js", "GZIP", "gzip", "text/javascript; charset=utf-8"},
		{"the one that is liked more", "app.js", "br;q=0.5, gzip;q=0.8", "gzip", "text/javascript; charset=utf-8"},
		{"one that is refused", "app.js", "br;q=0, gzip", "gzip", "text/javascript; charset=utf-8"},
		{"anything", "app.js", "*", "br", "text/javascript; charset=utf-8"},
		{"anything but one", "app.js", "*, br;q=0.0", "zstd", "text/javascript; charset=utf-8"},
		{"nothing", "app.js", "*;q=0", "", "text/javascript; charset=utf-8"},
		{"no header", "app.js", "-", "", "text/javascript; charset=utf-8"},
		{"an empty header", "app.js", "", "", "text/javascript; charset=utf-8"},
		{"the file as it is, liked more", "app.js", "identity, gzip;q=0.5", "", "text/javascript; charset=utf-8"},
		{"the file as it is, refused", "app.js", "identity;q=0, gzip", "gzip", "text/javascript; charset=utf-8"},
		{"garbage", "app.js", ";;q=1,,gzip;q=x,br;q=7,zstd;q=-1,deflate;q=NaN", "", "text/javascript; charset=utf-8"},
		{"one that is not there", "gz.css", "br, gzip", "gzip", "text/css; charset=utf-8"},
		{"none there", "only.css", "br, gzip", "", "text/css; charset=utf-8"},
		{"one older than its file", "old.css", "br", "", "text/css; charset=utf-8"},
		{"a folder in its place", "folder.css", "br", "", "text/css; charset=utf-8"},
		{"a file that is packed already", "table.csv.gz", "br", "gzip", "text/csv; charset=utf-8"},
		{"a neighbour by its own name", "app.js.br", "br, gzip", "br", "text/javascript; charset=utf-8"},
	} {
		for place, app := range apps {
			t.Run(tt.name+"/"+place, func(t *testing.T) {
				t.Parallel()
				var header []string
				if tt.accept != "-" {
					header = []string{"Accept-Encoding", tt.accept}
				}
				w := get(app, "/static/"+tt.file, header...)
				want := tt.file
				if suffix := map[string]string{"br": ".br", "zstd": ".zst", "gzip": ".gz"}[tt.want]; suffix != "" && !strings.HasSuffix(want, suffix) {
					want += suffix
				}
				if w.Code != 200 || w.Body.String() != want || w.Header().Get("Content-Encoding") != tt.want || w.Header().Get("Content-Type") != tt.contentType {
					t.Errorf("got %d %q in %q as %q, want %q in %q as %q", w.Code, w.Body, w.Header().Get("Content-Encoding"), w.Header().Get("Content-Type"), want, tt.want, tt.contentType)
				}
				packed := strings.HasSuffix(tt.file, ".gz") || strings.HasSuffix(tt.file, ".br")
				if vary := w.Header().Get("Vary"); (vary == "Accept-Encoding") == packed {
					t.Errorf("Vary %q", vary)
				}
			})
		}
	}
}

func TestStaticPrecompressedIsAskedFor(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(packedRoot(t)))
	w := get(app, "/static/app.js", "Accept-Encoding", "br")
	if w.Body.String() != "app.js" || w.Header().Get("Content-Encoding") != "" || w.Header().Get("Vary") != "" {
		t.Errorf("got %q %v, want the file as it is", w.Body, w.Header())
	}
}

// Each form has a tag of its own, is a whole that ranges and conditions are about, and the fingerprint is that of the file.
func TestStaticPrecompressedAnswers(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, name := range []string{"a.css", "a.css.br", "a.css.gz"} {
		writeFile(t, root, "static/"+name, "0123456789") // the same time and size
	}
	app := dewar.New("test", dewar.RootPath(root), dewar.StaticPrecompressed())
	srv := serve(t, app)
	ask := func(method, path string, header ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, nil)
		must(t, err)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		if r.Header.Get("Accept-Encoding") == "" {
			r.Header.Set("Accept-Encoding", "identity")
		}
		res, err := srv.Client().Transport.RoundTrip(r)
		must(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		must(t, err)
		return res, string(body)
	}
	tags := map[string]string{}
	for _, encoding := range []string{"identity", "br", "gzip"} {
		res, _ := ask("GET", "/static/a.css", "Accept-Encoding", encoding)
		tag := res.Header.Get("Etag")
		if other := tags[tag]; other != "" {
			t.Errorf("%s has the tag of %s, %s", encoding, other, tag)
		}
		tags[tag] = encoding
		for _, tt := range []struct {
			name, method string
			header       []string
			status       int
			body         string
		}{
			{"HEAD", "HEAD", nil, 200, ""},
			{"a range", "GET", []string{"Range", "bytes=2-3"}, 206, "23"},
			{"a range of this form", "GET", []string{"Range", "bytes=2-3", "If-Range", tag}, 206, "23"},
			{"a range of another form", "GET", []string{"Range", "bytes=2-3", "If-Range", `"other"`}, 200, "0123456789"},
			{"a range that is none", "GET", []string{"Range", "bytes=10-"}, 416, "-"},
			{"not modified", "GET", []string{"If-None-Match", tag}, 304, ""},
			{"another form is there", "GET", []string{"If-None-Match", `"other"`}, 200, "0123456789"},
			{"not modified since", "GET", []string{"If-Modified-Since", res.Header.Get("Last-Modified")}, 304, ""},
			{"a condition that fails", "GET", []string{"If-Match", `"other"`}, 412, ""},
		} {
			res, body := ask(tt.method, "/static/a.css?v="+fingerprint("0123456789"), append(tt.header, "Accept-Encoding", encoding)...)
			if res.StatusCode != tt.status || tt.body != "-" && body != tt.body {
				t.Errorf("%s, %s: got %d %q, want %d %q", encoding, tt.name, res.StatusCode, body, tt.status, tt.body)
			}
			if tt.status == 416 {
				continue
			}
			if got := res.Header.Get("Vary"); got != "Accept-Encoding" {
				t.Errorf("%s, %s: Vary %q", encoding, tt.name, got)
			}
			if got := res.Header.Get("Cache-Control"); tt.status < 400 && got != "public, max-age=31536000, immutable" {
				t.Errorf("%s, %s: Cache-Control %q", encoding, tt.name, got)
			}
			if got := res.Header.Get("Content-Length"); tt.status == 200 && got != "10" {
				t.Errorf("%s, %s: Content-Length %q, want 10", encoding, tt.name, got)
			}
		}
	}
}

// In DEBUG a file on the disk takes the place of an embedded one, whose packed form must not be sent then.
func TestStaticPrecompressedComesFromWhereTheFileIs(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "static/a.css", "edited")
	app := dewar.New("test", dewar.RootPath(root), dewar.StaticPrecompressed(), dewar.FS(files("static/a.css", "built", "static/a.css.br", "packed")))
	set(t, app, "DEBUG", true)
	if w := get(app, "/static/a.css", "Accept-Encoding", "br"); w.Body.String() != "edited" {
		t.Errorf("got %q, want the file that was edited", w.Body)
	}
	set(t, app, "DEBUG", false)
	if w := get(app, "/static/a.css", "Accept-Encoding", "br"); w.Body.String() != "packed" {
		t.Errorf("got %q without DEBUG, want the packed one", w.Body)
	}
}

func TestStaticPrecompressedDoesNotLeaveTheFolder(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "static/a.css", "file")
	writeFile(t, root, "secret", "secret")
	if err := os.Symlink(filepath.Join("..", "secret"), filepath.Join(root, "static", "a.css.br")); err != nil {
		t.Skip(err)
	}
	app := dewar.New("test", dewar.RootPath(root), dewar.StaticPrecompressed())
	if w := get(app, "/static/a.css", "Accept-Encoding", "br"); w.Body.String() != "file" {
		t.Errorf("got %q, want the file", w.Body)
	}
}

func FuzzStaticPrecompressed(f *testing.F) {
	for _, seed := range []string{"gzip", "br;q=0.5,*;q=0", "identity;q=0", ";q=", "gzip;q=1e999", "\x00"} {
		f.Add(seed)
	}
	var fsys fs.FS = fstest.MapFS{"static/a.css": {Data: []byte("plain")}, "static/a.css.gz": {Data: []byte("gzip")}, "static/a.css.br": {Data: []byte("br")}}
	app := dewar.New("test", dewar.FS(fsys), dewar.StaticPrecompressed())
	f.Fuzz(func(t *testing.T, accept string) {
		r := httptest.NewRequest("GET", "/static/a.css", nil)
		r.Header["Accept-Encoding"] = []string{accept}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		encoding := w.Header().Get("Content-Encoding")
		if w.Code != 200 || encoding == "" && w.Body.String() != "plain" || encoding != "" && w.Body.String() != encoding {
			t.Errorf("%q gives %d %q in %q", accept, w.Code, w.Body, encoding)
		}
		if !strings.Contains(accept, "*") && !strings.Contains(strings.ToLower(accept), encoding) {
			t.Errorf("%q gives %q, which it does not name", accept, encoding)
		}
	})
}

func ExampleStaticPrecompressed() {
	app := dewar.New("shop", dewar.StaticPrecompressed(), dewar.FS(fstest.MapFS{
		"static/app.js":    {Data: []byte("run()")},
		"static/app.js.br": {Data: []byte("(packed)")},
	}))
	r := httptest.NewRequest("GET", "/static/app.js", nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Header().Get("Content-Encoding"), w.Header().Get("Content-Type"), w.Body)
	// Output: br text/javascript; charset=utf-8 (packed)
}
