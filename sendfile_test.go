package dewar_test

import (
	"bytes"
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
	"time"

	"github.com/dewar-go/dewar"
)

func TestSendFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "reports/a b.pdf", "%PDF")
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
			map[string]string{"Content-Type": "application/pdf", "Content-Disposition": "", "Cache-Control": "no-cache", "Accept-Ranges": "bytes"}},
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

// unseekable is a file system whose files can only be read from the beginning, like those of an archive.
type unseekable struct{ fs.FS }

func (u unseekable) Open(name string) (fs.File, error) {
	f, err := u.FS.Open(name)
	return struct{ fs.File }{f}, err
}

// A status that was set before is kept, and then conditions do not count.
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
	path := filepath.Join(app.RootPath(), "report.txt")
	if err := os.WriteFile(path, []byte("the content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := app.Config.Set("USE_X_SENDFILE", true); err != nil {
		t.Fatal(err)
	}
	app.Get("/", func(c *dewar.Context) error { return c.SendFile("report.txt") })
	rec := send(app, "GET", "/")
	if rec.Code != 200 || rec.Body.Len() != 0 || rec.Header().Get("X-Sendfile") != path {
		t.Errorf("got %d %q %v, want an empty body and X-Sendfile", rec.Code, rec.Body, rec.Header())
	}
}
