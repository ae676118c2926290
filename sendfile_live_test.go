//go:build linux

package dewar_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// accelConfig has the lines that the guide gives for nginx.
const accelConfig = `
daemon off; worker_processes 1; USER pid DIR/nginx.pid; error_log stderr;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path DIR/1; proxy_temp_path DIR/2; fastcgi_temp_path DIR/3; uwsgi_temp_path DIR/4; scgi_temp_path DIR/5;
	server {
		listen 127.0.0.1:PORT;
		location / { proxy_pass http://APP; proxy_set_header Host $http_host; }
		location /_files/ { internal; alias ROOT/files/; }
		location /_static/ { internal; alias ROOT/static/; }
	}
}
`

// nginx sends what the App names, whatever is in the name, with its own conditions and ranges; nobody reaches the files
// past the App.
func TestXAccelRedirectBehindLiveNginx(t *testing.T) {
	nginx := needProgram(t, "nginx")
	dir, err := os.MkdirTemp("", "dewar")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	names := []string{
		"plain.txt", "a b.txt", "50%.txt", "%41.txt", "q?a=b.txt", "hash#x.txt", "plus+x.txt", "semi;colon.txt", "ümlaut.txt",
		"quote'\"x.txt", "back\\slash.txt", "tab\tx.txt", "deep/er/x.txt", "two..dots.txt",
	}
	app := accelApp(t, "files=/_files/", "static=/_static/")
	for _, name := range names {
		writeFile(t, app.RootPath(), "files/"+name, "content of "+name)
	}
	writeFile(t, app.RootPath(), "static/a.css", "0123456789")
	writeFile(t, app.RootPath(), "static/t.csv.gz", "packed")
	app.Get("/guarded/{name:path}", func(c *dewar.Context) error {
		c.Session().Set("seen", true)
		return c.SendFile(filepath.Join("files", filepath.FromSlash(c.Params().String("name"))), dewar.Attachment(""), dewar.ContentType("text/x-own"))
	}, dewar.Endpoint("guarded"))
	set(t, app, "DRAIN_DELAY", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- app.Serve(ctx, l) }()
	t.Cleanup(func() { stop(); <-done })

	site := &liveSite{dir: dir}
	front, port := listenLive(t)
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	config := site.write(t, "nginx.conf", accelConfig, "PORT", port, "APP", l.Addr().String(), "ROOT", app.RootPath(), "USER", user)
	site.proxy(t, "NGINX=3;", []*net.TCPListener{front}, nginx, "-e", "stderr", "-c", config)
	ask := func(method, path string, header ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:"+port+path, nil)
		must(t, err)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		res, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(r)
		must(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		must(t, err)
		return res, string(body)
	}

	for _, name := range names {
		escaped := strings.ReplaceAll(url.PathEscape(name), "%2F", "/")
		res, body := ask("GET", "/guarded/"+escaped)
		if res.StatusCode != 200 || body != "content of "+name {
			t.Errorf("%q: got %d %q", name, res.StatusCode, body)
		}
		if got := res.Header; got.Get("X-Accel-Redirect") != "" || got.Get("Content-Type") != "text/x-own" || !strings.HasPrefix(got.Get("Content-Disposition"), "attachment") || got.Get("Set-Cookie") == "" {
			t.Errorf("%q: got the header %v, want the App's type, disposition and session", name, got)
		}
	}
	res, body := ask("GET", "/static/a.css")
	tag := res.Header.Get("Etag")
	if body != "0123456789" || tag == "" || res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("a static file: got %q %v", body, res.Header)
	}
	for _, tt := range []struct {
		name   string
		header []string
		status int
		body   string
	}{
		{"a range", []string{"Range", "bytes=2-3"}, 206, "23"},
		{"not modified", []string{"If-None-Match", tag}, 304, ""},
		{"a condition that holds", []string{"If-Match", tag}, 200, "0123456789"},
		{"not modified since", []string{"If-Modified-Since", res.Header.Get("Last-Modified")}, 304, ""},
	} {
		if res, body := ask("GET", "/static/a.css", tt.header...); res.StatusCode != tt.status || body != tt.body {
			t.Errorf("%s: got %d %q, want %d %q", tt.name, res.StatusCode, body, tt.status, tt.body)
		}
	}
	if res, body := ask("GET", "/static/t.csv.gz"); body != "packed" || res.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("a packed file: got %q in %q, want it in gzip", body, res.Header.Get("Content-Encoding"))
	}
	if res, _ := ask("HEAD", "/static/a.css"); res.StatusCode != 200 || res.ContentLength != 10 {
		t.Errorf("HEAD: got %d and a length of %d", res.StatusCode, res.ContentLength)
	}
	for _, path := range []string{"/_files/plain.txt", "/_static/a.css", "/static/..%2ffiles/plain.txt", "/guarded/..%2f..%2fetc/passwd"} {
		if res, body := ask("GET", path); res.StatusCode < 400 {
			t.Errorf("%s: got %d %q, want an error", path, res.StatusCode, body)
		}
	}
}
