package dewar_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// An editedApp is one that a runner with the token "token" has started.
type editedApp struct {
	t   *testing.T
	url string
}

// serveEdited serves app on this machine as if dewar dev had started it.
func serveEdited(t *testing.T, app *dewar.App) *editedApp {
	t.Helper()
	t.Setenv("DEWAR_RELOAD", "token")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	app.Logger = slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return &editedApp{t, "http://" + l.Addr().String()}
}

// send sends a request; its connection is its own, so that it is not in the way of the end.
func (e *editedApp) send(method, path, body string, change func(r *http.Request)) *http.Response {
	e.t.Helper()
	r, err := http.NewRequestWithContext(e.t.Context(), method, e.url+path, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	r.Close = true
	if change != nil {
		change(r)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func (e *editedApp) body(method, path string, change func(r *http.Request)) (*http.Response, string) {
	e.t.Helper()
	res := e.send(method, path, "", change)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		e.t.Fatalf("%s: %v", path, err)
	}
	return res, string(body)
}

const reloadTag = `<script src="/_dewar/reload.js"></script>`

func newEditedApp() *dewar.App {
	app := dewar.New("edited", dewar.StaticFolder(""))
	app.Config.Set("DEBUG", true)
	return app
}

func TestPagesOfAnEditedProgramLoadThemselvesAgain(t *testing.T) {
	page := "<!doctype html><title>x</title><body><p>x</p></body></html>"
	header := func(key, value string) func(c *dewar.Context) error {
		return func(c *dewar.Context) error {
			c.Response.Header().Set(key, value)
			return c.HTML(page)
		}
	}
	for _, tt := range []struct {
		name string
		view dewar.Handler
		want bool
	}{
		{"a page", func(c *dewar.Context) error { return c.HTML(page) }, true},
		{"a page without the end of its body", func(c *dewar.Context) error { return c.HTML("<!DOCTYPE html><p>x") }, true},
		{"a large page", func(c *dewar.Context) error { return c.HTML(page[:20] + strings.Repeat("x", 5000) + page[20:]) }, true},
		{"an error", func(c *dewar.Context) error { return c.Status(404).HTML(page) }, true},
		{"a page with a length", header("Content-Length", strconv.Itoa(len(page))), true},
		{"a policy that allows its own scripts", header("Content-Security-Policy", "default-src 'self'; img-src *"), true},
		{"a part of a page", func(c *dewar.Context) error { return c.HTML("<p>x</p>") }, false},
		{"text", func(c *dewar.Context) error { return c.Text(page) }, false},
		{"JSON", func(c *dewar.Context) error { return c.JSON(page) }, false},
		{"a policy that forbids scripts", header("Content-Security-Policy", "default-src 'none'"), false},
		{"a policy that forbids the stream", header("Content-Security-Policy", "connect-src 'none'"), false},
		{"a policy that reports", header("Content-Security-Policy-Report-Only", "script-src 'none'"), false},
		{"a policy in the page", func(c *dewar.Context) error {
			return c.HTML(`<html><meta http-equiv="Content-Security-Policy" content="script-src 'none'"><body></body>`)
		}, false},
		{"a compressed page", header("Content-Encoding", "br"), false},
		{"a page with an ETag", header("ETag", `"1"`), false},
		{"a download", header("Content-Disposition", "attachment"), false},
		{"a page that was flushed", func(c *dewar.Context) error {
			c.Response.Header().Set("Content-Type", "text/html")
			c.Response.Flush()
			_, err := c.Response.WriteString(page)
			return err
		}, false},
		{"no content", func(c *dewar.Context) error {
			c.Response.Header().Set("Content-Type", "text/html")
			return c.NoContent()
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := newEditedApp()
			app.Get("/", tt.view)
			e := serveEdited(t, app)
			res, body := e.body("GET", "/", nil)
			if got := strings.Contains(body, reloadTag); got != tt.want {
				t.Errorf("the script is in the page: %v, want %v: %s", got, tt.want, body)
			}
			if tt.want && strings.Contains(body, "</body>") && !strings.Contains(body, reloadTag+"</body>") {
				t.Errorf("the script is not at the end of the body: %s", body)
			}
			head, _ := e.body("HEAD", "/", nil)
			if want := res.Header.Get("Content-Length"); head.Header.Get("Content-Length") != want && want != "" {
				t.Errorf("HEAD tells a length of %s, GET %s", head.Header.Get("Content-Length"), want)
			}
		})
	}
}

// TestAPageHasOneScript has an App inside another one: the runner knows the outer one.
func TestAPageHasOneScript(t *testing.T) {
	inner := newEditedApp()
	inner.Get("/", func(c *dewar.Context) error { return c.HTML("<html><body></body></html>") })
	app := newEditedApp()
	app.Mount("/shop", inner)
	e := serveEdited(t, app)
	if _, body := e.body("GET", "/shop/", nil); strings.Count(body, "reload.js") != 1 || !strings.Contains(body, reloadTag) {
		t.Errorf("got %s", body)
	}
}

func TestTheScriptIsBelowThePrefixOfTheApp(t *testing.T) {
	t.Setenv("DEWAR_RELOAD", "token")
	app := newEditedApp()
	app.Get("/", func(c *dewar.Context) error { return c.HTML("<html><body></body></html>") })
	server := httptest.NewServer(http.StripPrefix("/shop", app))
	defer server.Close()
	e := &editedApp{t, server.URL}
	if _, body := e.body("GET", "/shop/", nil); !strings.Contains(body, `src="/shop/_dewar/reload.js"`) {
		t.Errorf("got %s", body)
	}
	if res, _ := e.body("GET", "/shop/_dewar/reload.js", nil); res.StatusCode != 200 {
		t.Errorf("the script is answered with %d", res.StatusCode)
	}
}

func TestStaticFilesOfAnEditedProgramStayAsTheyAre(t *testing.T) {
	page := "<html><body>x</body></html>"
	app := dewar.New("edited", dewar.FS(fstest.MapFS{"static/x.html": {Data: []byte(page)}}))
	app.Config.Set("DEBUG", true)
	e := serveEdited(t, app)
	if _, body := e.body("GET", "/static/x.html", nil); body != page {
		t.Errorf("got %s", body)
	}
}

func TestReloadingIsForThisMachineAlone(t *testing.T) {
	visit := func(t *testing.T, debug bool, method, path string, change func(r *http.Request)) (int, string) {
		app := newEditedApp()
		app.Config.Set("DEBUG", debug)
		app.Get("/", func(c *dewar.Context) error { return c.HTML("<html><body></body></html>") })
		res, body := serveEdited(t, app).body(method, path, func(r *http.Request) {
			r.Header.Set("Dewar-Reload", "token")
			change(r)
		})
		return res.StatusCode, body
	}
	for _, tt := range []struct {
		name   string
		debug  bool
		change func(r *http.Request)
	}{
		{"another host", true, func(r *http.Request) { r.Host = "shop.example" }},
		{"a proxy", true, func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") }},
		{"another site", true, func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }},
		{"DEBUG off", false, func(r *http.Request) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, path := range []string{"/_dewar/reload", "/_dewar/reload.js"} {
				for _, method := range []string{"GET", "HEAD", "POST"} {
					if status, body := visit(t, tt.debug, method, path, tt.change); status < 400 || strings.Contains(body, "EventSource") {
						t.Errorf("%s %s got %d %q", method, path, status, body)
					}
				}
			}
			if _, body := visit(t, tt.debug, "GET", "/", tt.change); strings.Contains(body, "reload.js") {
				t.Errorf("the script is in the page: %s", body)
			}
		})
	}
}

func TestPagesAreToldOfChanges(t *testing.T) {
	app := newEditedApp()
	app.Use(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not here", http.StatusTeapot) })
	})
	e := serveEdited(t, app)
	stream := e.send("GET", "/_dewar/reload", "", nil)
	lines := bufio.NewScanner(stream.Body)
	next := func() (event, id string) {
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = name
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return event, data
			}
		}
		t.Fatal("the stream has ended")
		return "", ""
	}
	event, id := next()
	if event != "start" || id == "" {
		t.Errorf("the stream begins with %q %q", event, id)
	}
	for _, tt := range []struct {
		body, token string
		status      int
	}{{"reload", "wrong", http.StatusTeapot}, {"reload", "", http.StatusTeapot}, {"else", "token", 400}, {"css", "token", 204}, {"reload", "token", 204}} {
		res := e.send("POST", "/_dewar/reload", tt.body, func(r *http.Request) { r.Header.Set("Dewar-Reload", tt.token) })
		if res.StatusCode != tt.status {
			t.Errorf("%q with the token %q got %d, want %d", tt.body, tt.token, res.StatusCode, tt.status)
		}
	}
	for _, want := range []string{"css", "reload"} {
		event, fresh := next()
		if event != want || fresh == id {
			t.Errorf("got %q with the id %q, want %q and another id than %q", event, fresh, want, id)
		}
		id = fresh
	}
}

func TestNothingIsReloadedInAProgramThatNobodyEdits(t *testing.T) {
	t.Setenv("DEWAR_RELOAD", "")
	app := newEditedApp()
	app.Get("/", func(c *dewar.Context) error { return c.HTML("<html><body></body></html>") })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	app.Logger = slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	e := &editedApp{t, "http://" + l.Addr().String()}
	if _, body := e.body("GET", "/", nil); strings.Contains(body, "script") {
		t.Errorf("got %s", body)
	}
	for _, path := range []string{"/_dewar/reload", "/_dewar/reload.js"} {
		if res, _ := e.body("GET", path, nil); res.StatusCode != 404 {
			t.Errorf("%s got %d", path, res.StatusCode)
		}
	}
	stop()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
