package dewar_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

func TestSendFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "reports/a b.pdf", "%PDF")
	writeFile(t, root, "table.csv.gz", "gzip")
	absolute := filepath.Join(t.TempDir(), "b.txt")
	if err := os.WriteFile(absolute, []byte("absolute"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path string
		opts       []dewar.SendOption
		status     int
		body       string
		header     map[string]string
	}{
		{"relative to RootPath", "reports/a b.pdf", nil, 200, "%PDF",
			map[string]string{"Content-Type": "application/pdf", "Content-Disposition": `inline; filename="a b.pdf"`, "Cache-Control": "no-cache", "Accept-Ranges": "bytes"}},
		{"absolute", absolute, nil, 200, "absolute", map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
		{"attachment", "reports/a b.pdf", []dewar.SendOption{dewar.Attachment("")}, 200, "%PDF",
			map[string]string{"Content-Disposition": `attachment; filename="a b.pdf"`}},
		{"attachment with a name", "reports/a b.pdf", []dewar.SendOption{dewar.Attachment("../ü\r\nX: y.pdf")}, 200, "%PDF",
			map[string]string{"Content-Disposition": `attachment; filename="_X y.pdf"; filename*=UTF-8''%C3%BCX%20y.pdf`, "X": ""}},
		{"shown, with a name", "reports/a b.pdf", []dewar.SendOption{dewar.DownloadName("May.pdf")}, 200, "%PDF",
			map[string]string{"Content-Disposition": `inline; filename="May.pdf"`}},
		{"name and attachment", "reports/a b.pdf", []dewar.SendOption{dewar.Attachment("a.pdf"), dewar.DownloadName("May.pdf")}, 200, "%PDF",
			map[string]string{"Content-Disposition": `attachment; filename="May.pdf"`}},
		{"type", "reports/a b.pdf", []dewar.SendOption{dewar.ContentType("text/x-may")}, 200, "%PDF", map[string]string{"Content-Type": "text/x-may"}},
		{"age", "reports/a b.pdf", []dewar.SendOption{dewar.MaxAge(time.Minute)}, 200, "%PDF", map[string]string{"Cache-Control": "public, max-age=60"}},
		{"age of nothing", "reports/a b.pdf", []dewar.SendOption{dewar.MaxAge(0)}, 200, "%PDF", map[string]string{"Cache-Control": "no-cache, max-age=0"}},
		{"the name decides the type", "reports/a b.pdf", []dewar.SendOption{dewar.DownloadName("table.csv")}, 200, "%PDF",
			map[string]string{"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": `inline; filename="table.csv"`}},
		{"the attachment's name decides the type", "reports/a b.pdf", []dewar.SendOption{dewar.Attachment("table.csv")}, 200, "%PDF",
			map[string]string{"Content-Type": "text/csv; charset=utf-8"}},
		{"the type goes before the name", "reports/a b.pdf", []dewar.SendOption{dewar.DownloadName("table.csv.gz"), dewar.ContentType("text/x-may")}, 200, "%PDF",
			map[string]string{"Content-Type": "text/x-may", "Content-Encoding": ""}},
		{"packed", "table.csv.gz", nil, 200, "gzip", map[string]string{"Content-Type": "text/csv; charset=utf-8", "Content-Encoding": "gzip",
			"Content-Disposition": `inline; filename="table.csv.gz"`, "Content-Length": "4"}},
		{"packed, as an attachment", "table.csv.gz", []dewar.SendOption{dewar.Attachment("")}, 200, "gzip",
			map[string]string{"Content-Type": "text/csv; charset=utf-8", "Content-Encoding": ""}},
		{"packed by its name alone", "reports/a b.pdf", []dewar.SendOption{dewar.DownloadName("a.tgz")}, 200, "%PDF",
			map[string]string{"Content-Type": "application/x-tar", "Content-Encoding": "gzip"}},
		{"own tag", "reports/a b.pdf", []dewar.SendOption{dewar.ETag("v1")}, 200, "%PDF", map[string]string{"Etag": `"v1"`}},
		{"own tag in quotes", "reports/a b.pdf", []dewar.SendOption{dewar.ETag(`W/"v1"`)}, 200, "%PDF", map[string]string{"Etag": `W/"v1"`}},
		{"no tag", "reports/a b.pdf", []dewar.SendOption{dewar.ETag("")}, 200, "%PDF", map[string]string{"Etag": ""}},
		{"own time", "reports/a b.pdf", []dewar.SendOption{dewar.LastModified(time.Date(2024, 5, 6, 9, 8, 9, 1, time.FixedZone("", 7200)))}, 200, "%PDF",
			map[string]string{"Last-Modified": "Mon, 06 May 2024 07:08:09 GMT"}},
		{"no time", "reports/a b.pdf", []dewar.SendOption{dewar.LastModified(time.Time{})}, 200, "%PDF", map[string]string{"Last-Modified": ""}},
		{"tag with a line break", "reports/a b.pdf", []dewar.SendOption{dewar.ETag("a\r\nX: y")}, 500, "", nil},
		{"tag with a quote", "reports/a b.pdf", []dewar.SendOption{dewar.ETag(`a"b`)}, 500, "", nil},
		{"name with ESC and NUL", "reports/a b.pdf", []dewar.SendOption{dewar.DownloadName("a\x1b\x00b.pdf")}, 200, "%PDF",
			map[string]string{"Content-Disposition": `inline; filename="ab.pdf"`}},
		{"type with a line break", "reports/a b.pdf", []dewar.SendOption{dewar.ContentType("a\r\nX: y")}, 500, "", nil},
		{"missing", "reports/b.pdf", nil, 500, "", map[string]string{"Etag": "", "Content-Disposition": ""}},
		{"folder", "reports", nil, 500, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			app := dewar.New("test", dewar.RootPath(root))
			app.Logger = slog.New(slog.NewTextHandler(&log, nil))
			app.Get("/", func(c *dewar.Context) error { return c.SendFile(tt.path, tt.opts...) })
			w := get(app, "/")
			if w.Code != tt.status || tt.status == 200 && w.Body.String() != tt.body {
				t.Errorf("got %d %q, want %d %q\n%s", w.Code, w.Body, tt.status, tt.body, &log)
			}
			for key, want := range tt.header {
				if got := w.Header().Get(key); got != want {
					t.Errorf("%s is %q, want %q", key, got, want)
				}
			}
			if strings.Contains(w.Body.String(), "reports") {
				t.Errorf("the answer tells the path: %s", w.Body)
			}
			if tt.name == "missing" && !strings.Contains(log.String(), filepath.Join("reports", "b.pdf")) {
				t.Errorf("the log does not name the file: %s", &log)
			}
		})
	}
}

func TestSendFromFS(t *testing.T) {
	t.Parallel()
	root := staticRoot(t)
	writeFile(t, root, "static/page.html", "<script>")
	if err := os.Symlink("../secret.txt", filepath.Join(root, "static", "link.txt")); err != nil {
		t.Skip(err)
	}
	inside, err := os.OpenRoot(filepath.Join(root, "static"))
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	for _, fsys := range []fs.FS{inside.FS(), unseekable{inside.FS()}, files("a.txt", "served", "sub/f.txt", "served", ".env", "secret", "page.html", "<script>")} {
		app := dewar.New("test")
		app.Logger = slog.New(slog.DiscardHandler)
		app.Get("/", func(c *dewar.Context) error {
			return c.SendFromFS(fsys, c.Query().String("name"), dewar.Attachment(""))
		})
		for name, want := range map[string]int{
			"a.txt": 200, "sub/f.txt": 200,
			"": 404, ".": 404, "sub": 404, "../secret.txt": 404, "/a.txt": 404, "sub/../a.txt": 404, "a.txt/": 404,
			"missing.txt": 404, ".env": 404, "link.txt": 404, "a.txt\x00": 404, `..\secret.txt`: 404,
		} {
			w := get(app, "/?name="+strings.NewReplacer("/", "%2f", "\x00", "%00", `\`, "%5c").Replace(name))
			if w.Code != want || want == 200 && w.Body.String() != "served" || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%T: %q gives %d %q, want %d", fsys, name, w.Code, w.Body, want)
			}
		}
		w := get(app, "/?name=page.html", "Range", "bytes=1-")
		if w.Code != 206 || w.Body.String() != "script>" || w.Header().Get("Content-Disposition") != `attachment; filename="page.html"` ||
			w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Etag") == "" {
			t.Errorf("%T: page.html gives %d %q %v", fsys, w.Code, w.Body, w.Header())
		}
	}
}

// What was a file when it was looked at may be a pipe when it is opened.
func TestSendFromFSLooksAgainAtWhatItHasOpened(t *testing.T) {
	t.Parallel()
	app := dewar.New("test")
	app.Logger = slog.New(slog.DiscardHandler)
	fsys := swapped{fstest.MapFS{"a.txt": {Data: []byte("file")}, "pipe": {Data: []byte("pipe"), Mode: fs.ModeNamedPipe}}}
	app.Get("/", func(c *dewar.Context) error { return c.SendFromFS(fsys, "a.txt") })
	if w := get(app, "/"); w.Code != 404 || strings.Contains(w.Body.String(), "pipe") {
		t.Errorf("got %d %q, want 404", w.Code, w.Body)
	}
}

// swapped is a file system in which a pipe takes the place of a.txt before it is opened.
type swapped struct{ fstest.MapFS }

func (s swapped) Open(string) (fs.File, error) { return s.MapFS.Open("pipe") }

// unseekable is a file system whose files can only be read from the beginning, like those of an archive.
type unseekable struct{ fs.FS }

func (u unseekable) Open(name string) (fs.File, error) {
	f, err := u.FS.Open(name)
	return struct{ fs.File }{f}, err
}

// A status that was set before is kept, and then conditions do not count.
// TestFilesBehindMiddlewareThatVaries: as one for CORS or compression does.
func TestFilesBehindMiddlewareThatVaries(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"static/a.txt": {Data: []byte("text")}, "static/a.txt.gz": {Data: []byte("gzip")}, "static/index.html": {Data: []byte("page")},
	}
	for _, tt := range []struct {
		name, path string
		opts       []dewar.Option
		status     int
		vary       string
	}{
		{"a view", "/data", nil, 200, "Origin"},
		{"a static file", "/static/a.txt", nil, 200, "Origin"},
		{"one that may be packed", "/static/a.txt", []dewar.Option{dewar.StaticPrecompressed()}, 200, "Origin, Accept-Encoding"},
		{"the page of an application", "/static/nowhere", []dewar.Option{dewar.StaticPrecompressed(), dewar.SinglePage("index.html")}, 200, "Origin, Accept, Sec-Fetch-Mode, Accept-Encoding"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("test", append(tt.opts, dewar.FS(files))...)
			app.Get("/data", func(c *dewar.Context) error { return c.SendBytes("a.txt", []byte("text")) })
			app.Use(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Add("Vary", "Origin")
					next.ServeHTTP(w, r)
				})
			})
			r := httptest.NewRequest("GET", tt.path, nil)
			r.Header.Set("Accept", "text/html")
			w := httptest.NewRecorder()
			app.ServeHTTP(w, r)
			if got := strings.Join(w.Header()["Vary"], " | "); w.Code != tt.status || got != tt.vary {
				t.Errorf("got %d and Vary %q, want %d and %q", w.Code, got, tt.status, tt.vary)
			}
		})
	}
}

func TestSendFileKeepsTheStatus(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "404.html", "<h1>Lost</h1>")
	app := dewar.New("test", dewar.RootPath(root))
	app.ErrorHandler(404, func(c *dewar.Context, err error) error { return c.SendFile("404.html") })
	srv := serve(t, app)
	first := ask(t, srv, "GET", "/lost")
	again := ask(t, srv, "GET", "/lost", "If-None-Match", first.Header.Get("Etag"), "Range", "bytes=0-3")
	for _, got := range []answer{first, again} {
		if got.err != nil || got.StatusCode != 404 || got.body != "<h1>Lost</h1>" || got.ContentLength != 13 {
			t.Errorf("got %d %q, %d bytes, %v, want 404 and the file", got.StatusCode, got.body, got.ContentLength, got.err)
		}
	}
	if got := ask(t, srv, "HEAD", "/lost"); got.StatusCode != 404 || got.ContentLength != 13 || got.body != "" {
		t.Errorf("HEAD gives %d, %d bytes, %q", got.StatusCode, got.ContentLength, got.body)
	}
}

func TestSendFileReplacesAnEarlierAnswer(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		if err := c.Text("an answer that is not the last"); err != nil {
			return err
		}
		return c.SendFromFS(site(t), "static/style.css")
	})
	if w := get(app, "/"); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "body {") || w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("got %d %q as %s", w.Code, w.Body, w.Header().Get("Content-Type"))
	}
}

// readerFrom is a ResponseWriter that notes that its ReadFrom was used.
type readerFrom struct {
	http.ResponseWriter
	used *atomic.Bool
}

func (w readerFrom) ReadFrom(src io.Reader) (int64, error) {
	w.used.Store(true)
	return io.Copy(w.ResponseWriter, src)
}

// sourceNoter is a ResponseWriter that notes whether its ReadFrom was given a file as it is.
type sourceNoter struct {
	http.ResponseWriter
	file *atomic.Bool
}

func (w sourceNoter) ReadFrom(src io.Reader) (int64, error) {
	limited, ok := src.(*io.LimitedReader)
	if ok {
		_, ok = limited.R.(*os.File)
	}
	w.file.Store(ok)
	return io.Copy(w.ResponseWriter, src)
}

func TestLargeFileIsLeftToTheOperatingSystem(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	writeFile(t, app.RootPath(), "large.bin", strings.Repeat("x", 3<<20))
	app.Get("/plain", func(c *dewar.Context) error { return c.SendFile("large.bin") })
	app.Get("/unconditional", func(c *dewar.Context) error { return c.SendFile("large.bin", dewar.Unconditional()) })
	app.Get("/status", func(c *dewar.Context) error { return c.Status(201).SendFile("large.bin") })
	for _, path := range []string{"/plain", "/unconditional", "/status"} {
		var file atomic.Bool
		rec := httptest.NewRecorder()
		app.ServeHTTP(sourceNoter{rec, &file}, httptest.NewRequest("GET", path, nil))
		if rec.Body.Len() != 3<<20 || !file.Load() {
			t.Errorf("%s: %d bytes, and a file: %v", path, rec.Body.Len(), file.Load())
		}
	}
}

// A file larger than the buffer goes straight to the server, after the session has been saved.
func TestLargeFile(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	app := newApp(t)
	writeFile(t, app.RootPath(), "large.bin", strings.Repeat("x", size))
	var direct atomic.Bool
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(readerFrom{w, &direct}, r) })
	})
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("downloads", 1)
		return c.SendFile("large.bin")
	})
	srv := serve(t, app)
	got := ask(t, srv, "GET", "/")
	if got.err != nil || got.StatusCode != 200 || len(got.body) != size || got.ContentLength != size {
		t.Errorf("got %d, %d of %d bytes, %v", got.StatusCode, len(got.body), got.ContentLength, got.err)
	}
	if len(got.Cookies()) != 1 {
		t.Errorf("the session is not in the answer: %v", got.Header)
	}
	if !direct.Load() {
		t.Error("the server's ReadFrom was not used")
	}
	got = ask(t, srv, "GET", "/", "Range", fmt.Sprintf("bytes=%d-", size-5))
	if got.StatusCode != 206 || got.body != "xxxxx" {
		t.Errorf("a range gives %d %q", got.StatusCode, got.body)
	}
}

func FuzzSendFromFS(f *testing.F) {
	for _, name := range []string{"a.txt", "sub/f.txt", "../secret", "/etc/passwd", ".env", "a\x00", `..\x`, "sub//f.txt", "C:a.txt", strings.Repeat("a/", 3000)} {
		f.Add(name)
	}
	root := f.TempDir()
	writeFile(f, root, "in/a.txt", "served")
	writeFile(f, root, "in/sub/f.txt", "served")
	writeFile(f, root, "in/.env", "secret")
	writeFile(f, root, "secret", "secret")
	app := dewar.New("test", dewar.RootPath(root))
	app.Logger = slog.New(slog.DiscardHandler)
	name := ""
	app.Get("/", func(c *dewar.Context) error { return c.SendFromFS(os.DirFS(filepath.Join(root, "in")), name) })
	f.Fuzz(func(t *testing.T, given string) {
		name = given
		w := get(app, "/")
		if w.Code != 200 && w.Code != 404 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%q gives %d %q", given, w.Code, w.Body)
		}
	})
}

func ExampleContext_SendFile() {
	dir, err := os.MkdirTemp("", "reports")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "2024-05.csv"), []byte("a,b\n"), 0o600); err != nil {
		panic(err)
	}
	app := dewar.New("reports", dewar.RootPath(dir))
	app.Get("/report", func(c *dewar.Context) error {
		return c.SendFile("2024-05.csv", dewar.Attachment("Report of May.csv"))
	})

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/report", nil))
	fmt.Println(w.Header().Get("Content-Type"))
	fmt.Println(w.Header().Get("Content-Disposition"))
	// Output:
	// text/csv; charset=utf-8
	// attachment; filename="Report of May.csv"
}

func TestXSendfileLeavesTheBodyToTheServerInFront(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Set("USE_X_SENDFILE", true))
	writeFile(t, app.RootPath(), "report.txt", "the content")
	writeFile(t, app.RootPath(), "static/a.css", "the content")
	app.Get("/", func(c *dewar.Context) error { return c.SendFile("report.txt", dewar.ETag("v1")) })
	for path, file := range map[string]string{"/": "report.txt", "/static/a.css": "static/a.css"} {
		for _, method := range []string{"GET", "HEAD"} {
			rec := send(app, method, path, "Range", "bytes=99-")
			header := rec.Header()
			if rec.Code != 200 || rec.Body.Len() != 0 || header.Get("X-Sendfile") != filepath.Join(app.RootPath(), filepath.FromSlash(file)) ||
				header.Get("Last-Modified") == "" || header.Get("Etag") == "" || header.Get("Content-Type") == "" || header.Get("Accept-Ranges") != "" {
				t.Errorf("%s %s: got %d %q %v, want an empty body and X-Sendfile", method, path, rec.Code, rec.Body, header)
			}
		}
		if rec := send(app, "GET", path, "If-None-Match", "*"); rec.Code != 304 || rec.Header().Get("X-Sendfile") != "" {
			t.Errorf("%s: got %d %v, want 304 without a file", path, rec.Code, rec.Header())
		}
	}
}

// onlyReader hides everything of a reader but Read.
type onlyReader struct{ io.Reader }

// A closing reader counts how often it is closed, and may fail behind its content.
type closing struct {
	io.Reader
	closed *int
	err    error
}

func (r closing) Close() error { *r.closed++; return nil }

func (r closing) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF && r.err != nil {
		err = r.err
	}
	return n, err
}

func TestSendBytesAndReaders(t *testing.T) {
	t.Parallel()
	modified := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	roads := map[string]func(c *dewar.Context, opts ...dewar.SendOption) error{
		"bytes": func(c *dewar.Context, opts ...dewar.SendOption) error {
			return c.SendBytes("a.csv", []byte("0123456789"), opts...)
		},
		"seeker": func(c *dewar.Context, opts ...dewar.SendOption) error {
			return c.SendReader("a.csv", strings.NewReader("0123456789"), opts...)
		},
		"reader": func(c *dewar.Context, opts ...dewar.SendOption) error {
			return c.SendReader("a.csv", onlyReader{strings.NewReader("0123456789")}, opts...)
		},
	}
	for road, send := range roads {
		app := newApp(t)
		app.Get("/", func(c *dewar.Context) error { return send(c) })
		app.Get("/known", func(c *dewar.Context) error { return send(c, dewar.ETag("v1"), dewar.LastModified(modified)) })
		app.Get("/whole", func(c *dewar.Context) error {
			return send(c, dewar.ETag("v1"), dewar.LastModified(modified), dewar.Unconditional(), dewar.Attachment("b.tar.gz"))
		})
		app.Get("/created", func(c *dewar.Context) error { return send(c.Status(201)) })
		app.Get("/untyped", func(c *dewar.Context) error { return c.SendReader("", strings.NewReader("x")) })
		app.Get("/typed", func(c *dewar.Context) error {
			return c.SendReader("", strings.NewReader("x"), dewar.ContentType("text/x"))
		})
		app.ErrorHandler(416, func(c *dewar.Context, err error) error { return c.Text("handled") })
		srv := serve(t, app)
		ranged := func(status int) int { // a reader has no ranges
			if road == "reader" {
				return 200
			}
			return status
		}
		for _, tt := range []struct {
			path   string
			header []string
			status int
			body   string
		}{
			{"/", nil, 200, "0123456789"},
			{"/", []string{"Range", "bytes=2-3"}, ranged(206), "23"},
			{"/", []string{"Range", "bytes=-0"}, ranged(416), "handled"},
			{"/", []string{"Range", "bytes=10-"}, ranged(416), "handled"},
			{"/", []string{"Range", "items=0-1"}, ranged(416), "handled"},
			{"/", []string{"Range", "bytes=0-99999999999999999999"}, ranged(206), "0123456789"},
			{"/known", []string{"If-None-Match", `"v1"`}, 304, ""},
			{"/known", []string{"If-None-Match", `"v2"`}, 200, "0123456789"},
			{"/known", []string{"If-Modified-Since", "Mon, 06 May 2024 07:08:09 GMT"}, 304, ""},
			{"/known", []string{"If-Match", `"v2"`}, 412, ""},
			{"/known", []string{"Range", "bytes=2-3", "If-Range", `"v1"`}, ranged(206), "23"},
			{"/known", []string{"Range", "bytes=2-3", "If-Range", `"v2"`}, 200, "0123456789"},
			{"/known", []string{"Range", "bytes=2-3", "If-Range", `W/"v1"`}, 200, "0123456789"},
			{"/known", []string{"Range", "bytes=99-", "If-None-Match", `"v1"`}, 304, ""},
			{"/whole", []string{"If-None-Match", `"v1"`, "Range", "bytes=2-3"}, 200, "0123456789"},
			{"/created", []string{"Range", "bytes=2-3"}, 201, "0123456789"},
			{"/untyped", nil, 500, "500 Internal Server Error\nSomething went wrong on the server, or it is overloaded. It is not your fault.\n"},
			{"/typed", nil, 200, "x"},
		} {
			for _, method := range []string{"GET", "HEAD"} {
				got := ask(t, srv, method, tt.path, tt.header...)
				want := tt.body
				if tt.status == 200 && tt.path != "/typed" && road == "reader" {
					want = "0123456789"
				}
				if method == "HEAD" {
					want = ""
				}
				if got.err != nil || got.StatusCode != tt.status || got.body != want {
					t.Errorf("%s: %s %s %q gives %d %q, %v, want %d %q", road, method, tt.path, tt.header, got.StatusCode, got.body, got.err, tt.status, want)
				}
				if tt.status == 412 && got.ContentLength > 0 {
					t.Errorf("%s: 412 has Content-Length %d", road, got.ContentLength)
				}
			}
		}
		if got := ask(t, srv, "GET", "/").Header; got.Get("Content-Type") != "text/csv; charset=utf-8" || got.Get("Content-Length") != "10" ||
			got.Get("Content-Disposition") != `inline; filename="a.csv"` || got.Get("Cache-Control") != "no-cache" || (got.Get("Etag") != "") != (road == "bytes") {
			t.Errorf("%s: got %v", road, got)
		}
		if got := ask(t, srv, "GET", "/whole").Header; got.Get("Content-Type") != "application/x-tar" || got.Get("Content-Encoding") != "" ||
			got.Get("Content-Disposition") != `attachment; filename="b.tar.gz"` || got.Get("Last-Modified") != "Mon, 06 May 2024 07:08:09 GMT" || got.Get("Etag") != `"v1"` {
			t.Errorf("%s: got %v", road, got)
		}
	}
}

func TestSendReaderClosesAndFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, tt := range []struct {
		name   string
		reader func(closed *int) io.Reader
		opts   []dewar.SendOption
		status int
		cut    bool
	}{
		{"whole", func(n *int) io.Reader { return closing{strings.NewReader("small"), n, nil} }, nil, 200, false},
		{"large", func(n *int) io.Reader { return closing{strings.NewReader(strings.Repeat("x", 2<<20)), n, nil} }, nil, 200, false},
		{"fails before it is sent", func(n *int) io.Reader { return closing{strings.NewReader("small"), n, broken} }, nil, 500, false},
		{"fails when a part is sent", func(n *int) io.Reader { return closing{strings.NewReader(strings.Repeat("x", 2<<20)), n, broken} }, nil, 200, true},
		{"bad option", func(n *int) io.Reader { return closing{strings.NewReader("small"), n, nil} }, []dewar.SendOption{dewar.ETag("a b")}, 500, false},
	} {
		app := newApp(t)
		app.Logger = slog.New(slog.DiscardHandler)
		closed := 0
		app.Get("/", func(c *dewar.Context) error { return c.SendReader("a.txt", tt.reader(&closed), tt.opts...) })
		srv := serve(t, app)
		got := ask(t, srv, "GET", "/")
		srv.Close()
		if got.Response == nil || got.StatusCode != tt.status || (got.err != nil) != tt.cut || closed != 1 {
			t.Errorf("%s: got %+v, %v, closed %d times, want %d, cut %t, closed once", tt.name, got.Response, got.err, closed, tt.status, tt.cut)
		}
	}
	app := newApp(t)
	app.Logger = slog.New(slog.DiscardHandler)
	app.Get("/", func(c *dewar.Context) error { return c.SendReader("a.txt", nil) })
	if w := get(app, "/"); w.Code != 500 {
		t.Errorf("a nil reader gives %d", w.Code)
	}
}

// A file that is packed is as long as it says, also when it does not fit into the buffer, and has ranges.
func TestPackedFiles(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Set("RESPONSE_BUFFER_SIZE", 1000))
	content := strings.Repeat("0123456789", 500)
	writeFile(t, app.RootPath(), "static/a.css.gz", content)
	srv := serve(t, app)
	address := srv.Listener.Addr().String()
	for _, tt := range []struct{ header, status, length string }{
		{"", "200", "5000"}, {"Range: bytes=10-19\r\n", "206", "10"}, {"If-Match: \"x\"\r\n", "412", "0"},
	} {
		raw := exchange(t, address, "GET /static/a.css.gz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"+tt.header+"\r\n")
		if !strings.HasPrefix(raw, "HTTP/1.1 "+tt.status) || !strings.Contains(raw, "Content-Length: "+tt.length+"\r\n") || strings.Contains(raw, "chunked") {
			t.Errorf("%q: got %.600q, want %s with %s bytes", tt.header, raw, tt.status, tt.length)
		}
		if tt.status != "412" && (!strings.Contains(raw, "Content-Type: text/css; charset=utf-8\r\n") || !strings.Contains(raw, "Content-Encoding: gzip\r\n")) {
			t.Errorf("%q: got %.600q, want packed CSS", tt.header, raw)
		}
	}
}

func TestEmptyFilesHaveNoRanges(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.SendBytes("a.txt", nil) })
	for _, value := range []string{"bytes=-0", "bytes=0-", "bytes=0-0", "bytes=-1", "bytes=5-", "bytes=a-b", "items=0-1"} {
		if w := get(app, "/", "Range", value); w.Code != 200 || w.Body.Len() != 0 {
			t.Errorf("%s: got %d %q, want 200 and nothing", value, w.Code, w.Body)
		}
	}
}

// What is no file has no ranges.
func TestOtherAnswersHaveNoRanges(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.Blob("text/plain", []byte("0123456789")) })
	for _, value := range []string{"bytes=0-1", "bytes=-0", "bytes=99-"} {
		if w := get(app, "/", "Range", value); w.Code != 200 || w.Body.String() != "0123456789" {
			t.Errorf("%s: got %d %q, want the whole", value, w.Code, w.Body)
		}
	}
}

func ExampleContext_SendBytes() {
	app := dewar.New("reports")
	app.Get("/report", func(c *dewar.Context) error {
		return c.SendBytes("report.csv", []byte("a,b\n"), dewar.MaxAge(time.Minute))
	})
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/report", nil))
	fmt.Println(w.Header().Get("Content-Type"), w.Header().Get("Cache-Control"))
	// Output: text/csv; charset=utf-8 public, max-age=60
}

func ExampleContext_SendReader() {
	app := dewar.New("reports")
	app.Get("/report", func(c *dewar.Context) error {
		return c.SendReader("report.csv", strings.NewReader("a,b\n"), dewar.Attachment(""), dewar.ETag("v7"))
	})
	r := httptest.NewRequest("GET", "/report", nil)
	r.Header.Set("Range", "bytes=2-")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Printf("%d %q %s\n", w.Code, w.Body, w.Header().Get("Content-Disposition"))
	// Output: 206 "b\n" attachment; filename="report.csv"
}
