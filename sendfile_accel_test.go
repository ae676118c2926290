package dewar_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/dewar-go/dewar"
)

// accelApp sends the files of its root by /file/NAME, and has static files.
func accelApp(t testing.TB, mappings ...string) *dewar.App {
	t.Helper()
	app := newApp(t)
	for i, m := range mappings {
		mappings[i] = filepath.Join(app.RootPath(), m)
	}
	must(t, app.Config.Set("USE_X_ACCEL_REDIRECT", mappings))
	app.Get("/file/{name:path}", func(c *dewar.Context) error {
		return c.SendFile(filepath.FromSlash(c.Params().String("name")))
	}, dewar.Endpoint("file"))
	return app
}

func TestXAccelRedirect(t *testing.T) {
	t.Parallel()
	app := accelApp(t, "files=/_files", "files/deep=/_deep/", "static=/_static/")
	for _, name := range []string{"files/a.txt", "files/a b%20c+d;e=f&g#h'ü.txt", "files/deep/b.txt", "filesystem/c.txt", "files/t.csv.gz", "static/a.css"} {
		writeFile(t, app.RootPath(), name, "the content")
	}
	for _, tt := range []struct {
		name, path string
		header     []string
		status     int
		location   string // "" where the App sends the file
	}{
		{"a file", "/file/files/a.txt", nil, 200, "/_files/a.txt"},
		{"a name that must be escaped", "/file/files/a%20b%2520c+d%3Be=f&g%23h'%C3%BC.txt", nil, 200, "/_files/a%20b%2520c+d%3Be=f&g%23h%27%C3%BC.txt"},
		{"the deepest folder", "/file/files/deep/b.txt", nil, 200, "/_deep/b.txt"},
		{"a folder with the same beginning", "/file/filesystem/c.txt", nil, 200, ""},
		{"a file that is packed, whose encoding nginx would drop", "/file/files/t.csv.gz", nil, 200, ""},
		{"a static file", "/static/a.css", nil, 200, "/_static/a.css"},
		{"a range, which nginx knows", "/static/a.css", []string{"Range", "bytes=99-"}, 200, "/_static/a.css"},
		{"a condition, whose tag nginx has made", "/static/a.css", []string{"If-Match", `"of nginx"`}, 200, "/_static/a.css"},
		{"a file that is missing", "/static/b.css", nil, 404, ""},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			w := send(app, method, tt.path, tt.header...)
			header := w.Header()
			if w.Code != tt.status || header.Get("X-Accel-Redirect") != tt.location {
				t.Errorf("%s, %s: got %d with X-Accel-Redirect %q, want %d with %q", method, tt.name, w.Code, header.Get("X-Accel-Redirect"), tt.status, tt.location)
			}
			if tt.location != "" && (w.Body.Len() != 0 || header.Get("Etag") != "" || header.Get("Content-Type") == "" || header.Get("Cache-Control") == "") {
				t.Errorf("%s, %s: got %q %v, want an empty body, a type and an age, and no tag", method, tt.name, w.Body, header)
			}
		}
	}
	set(t, app, "USE_X_SENDFILE", true)
	for path, field := range map[string]string{"/file/files/a.txt": "X-Accel-Redirect", "/file/filesystem/c.txt": "X-Sendfile"} {
		if header := send(app, "GET", path).Header(); header.Get(field) == "" || header.Get("X-Accel-Redirect") != "" && header.Get("X-Sendfile") != "" {
			t.Errorf("%s with both: got %v, want %s alone", path, header, field)
		}
	}
}

// A file with another status, or that wants no conditions, is not left to nginx, which would answer 200 or 304.
func TestXAccelRedirectOfOtherAnswers(t *testing.T) {
	t.Parallel()
	app := accelApp(t, "files=/_files/")
	writeFile(t, app.RootPath(), "files/a.html", "the content")
	app.Get("/sorry", func(c *dewar.Context) error {
		return c.Status(http.StatusServiceUnavailable).SendFile("files/a.html")
	}, dewar.Endpoint("sorry"))
	app.Get("/whole", func(c *dewar.Context) error { return c.SendFile("files/a.html", dewar.Unconditional()) }, dewar.Endpoint("whole"))
	for path, status := range map[string]int{"/sorry": 503, "/whole": 200} {
		if w := send(app, "GET", path); w.Code != status || w.Body.String() != "the content" || w.Header().Get("X-Accel-Redirect") != "" {
			t.Errorf("%s: got %d %q %v, want %d with the file", path, w.Code, w.Body, w.Header(), status)
		}
	}
}

func TestXAccelRedirectSetting(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		value any
		want  string // in the error; "" for none
	}{
		{"text with commas", "/a=/x,/b=/y/", ""},
		{"unset", nil, ""},
		{"no location", []string{"/a"}, "want a folder and the location of it, as in /srv/files=/_files/"},
		{"an empty location", []string{"/a="}, "want a location that begins with a slash"},
		{"a location without a slash", []string{"/a=b"}, "want a location that begins with a slash"},
		{"a location with a query", []string{"/a=/b?c"}, "want a location that begins with a slash"},
		{"a relative folder", []string{"a=/b"}, "want the whole path of the folder"},
		{"no folder", []string{"=/b"}, "want the whole path of the folder"},
	} {
		app := dewar.New("test")
		err := app.Config.Set("USE_X_ACCEL_REDIRECT", tt.value)
		if tt.want == "" {
			must(t, err)
			continue
		}
		wantError(t, err, "USE_X_ACCEL_REDIRECT", tt.want)
	}
}
