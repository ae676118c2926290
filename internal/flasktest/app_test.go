package flasktest_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

// The apps, requests and servers that these tests share, as the tests of the root have them.

// nullWriter is a ResponseWriter that costs nothing, so that a benchmark measures what stands above it.
type nullWriter struct{ header http.Header }

func (w *nullWriter) Header() http.Header               { return w.header }
func (w *nullWriter) Write(p []byte) (int, error)       { return len(p), nil }
func (w *nullWriter) WriteString(s string) (int, error) { return len(s), nil }
func (w *nullWriter) WriteHeader(int)                   {}

func quietApp(t testing.TB) *dewar.App {
	t.Helper()
	app := dewar.New("bench", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	if err := app.Config.Set("SECRET_KEY", testKey); err != nil {
		t.Fatal(err)
	}
	return app
}

// testKey is another one in each run: a key that stands in a file is one that everybody knows.
var testKey = rand.Text() + rand.Text()

// newApp returns an app with a key whose log goes to the test's output.
func newApp(t testing.TB) *dewar.App {
	t.Helper()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.NewTextHandler(testWriter{t}, nil))
	if err := app.Config.Set("SECRET_KEY", testKey); err != nil {
		t.Fatal(err)
	}
	return app
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

// serve starts a real listener for the app.
func serve(t testing.TB, app *dewar.App) *httptest.Server {
	t.Helper()
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(app)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

// trace records the order in which things happen.
type trace struct {
	mu    sync.Mutex
	steps []string
}

func (tr *trace) add(step string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.steps = append(tr.steps, step)
}

func (tr *trace) hook(step string) dewar.Handler {
	return func(*dewar.Context) error { tr.add(step); return nil }
}

func (tr *trace) take() []string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	steps := tr.steps
	tr.steps = nil
	return steps
}

type busyError struct{}

func (busyError) Error() string   { return "busy" }
func (busyError) Temporary() bool { return true }

// configure changes a configuration key of an example.
func configure(app *dewar.App, key string, value any) {
	if err := app.Config.Set(key, value); err != nil {
		panic(err)
	}
}

// textLogger returns a logger that writes plain lines to w.
func textLogger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func contextWith(parent context.Context, key, value any) context.Context {
	return context.WithValue(parent, key, value)
}

const urlencoded = "application/x-www-form-urlencoded"

// tellUser makes /who tell who is in the session.
func tellUser(app *dewar.App) {
	app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
}

// send serves one request in process.
func send(app http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost/", nil)
	u, err := url.ParseRequestURI(path)
	if err != nil {
		panic(err)
	}
	r.URL, r.RequestURI, r.Host = u, path, "localhost"
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return rec
}

// panicText returns what f panicked with, as text.
func panicText(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}

func index(c *dewar.Context) error { return c.Text("index") }

func other(c *dewar.Context) error { return c.Text("other") }

type upperConverter struct{}

func (upperConverter) Pattern() string { return "[A-Z]+" }

func (upperConverter) Parse(s string) (any, error) {
	if strings.ToUpper(s) != s {
		return nil, fmt.Errorf("want capitals")
	}
	return strings.ToLower(s), nil
}

func (upperConverter) Format(v any) (string, error) { return strings.ToUpper(fmt.Sprint(v)), nil }

// pipes is a listener whose connections are pipes, so that a server and its clients fit into one bubble of
// testing/synctest with its own clock.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes {
	return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "pipes"} }

func (l *pipes) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		server, client := net.Pipe()
		select {
		case l.conns <- server:
			return client, nil
		case <-l.closed:
			return nil, errors.New("connection refused")
		}
	}}}
}

// A bubble is an app that is served inside a bubble of testing/synctest.
type bubble struct {
	t      *testing.T
	client *http.Client
	stop   context.CancelFunc
	ended  chan error
}

func serveInBubble(t *testing.T, app *dewar.App) *bubble {
	t.Helper()
	l := newPipes()
	return serveListener(t, app, l, l.client())
}

func serveListener(t *testing.T, app *dewar.App, l net.Listener, client *http.Client) *bubble {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	b := &bubble{t: t, client: client, stop: stop, ended: make(chan error, 1)}
	go func() { b.ended <- app.Serve(ctx, l) }()
	t.Cleanup(b.client.CloseIdleConnections)
	t.Cleanup(stop)
	return b
}

// get returns the answer to a GET request and its body.
func (b *bubble) get(path string) (res *http.Response, body string, err error) {
	res, err = b.client.Get("http://app.test" + path)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res, string(data), err
}

// end waits for Serve to return.
func (b *bubble) end() error {
	b.stop()
	b.client.CloseIdleConnections()
	return <-b.ended
}

// configured returns an App with configuration on top of that of newApp.
func configured(t testing.TB, config dewar.Map) *dewar.App {
	t.Helper()
	app := newApp(t)
	if err := app.Config.FromMapping(config); err != nil {
		t.Fatal(err)
	}
	return app
}

// comesBack checks that a session with the values has them, and the very encoding it was saved with, in the next request.
func comesBack(t *testing.T, app *dewar.App, values dewar.Map) {
	t.Helper()
	encoding := func(s *dewar.Session) string {
		encoded, err := dewar.Stored(s).MarshalBinary()
		if err != nil {
			t.Error(err)
		}
		return string(encoded)
	}
	var before, after string
	app.Get("/", func(c *dewar.Context) error {
		for key, want := range values {
			if got := c.Session().Get(key); !reflect.DeepEqual(got, want) {
				t.Errorf("%q: got %#v back, want %#v", key, got, want)
			}
		}
		after = encoding(c.Session())
		return c.Text("")
	})
	jar := sessionJar(t, app, func(s *dewar.Session) {
		for key, value := range values {
			s.Set(key, value)
		}
		before = encoding(s)
	})
	if res := visit(t, app, "/", jar); res.StatusCode != 200 || len(res.Header["Set-Cookie"]) > 0 {
		t.Errorf("got %d with cookies %q, want 200 and none, because nothing has changed", res.StatusCode, res.Header["Set-Cookie"])
	}
	if before == "" || after != before {
		t.Errorf("the session was encoded as %q, and in the next request as %q", before, after)
	}
}

// openJar returns the session that a request with the cookies of jar has.
func openJar(t testing.TB, app *dewar.App, jar map[string]string) *dewar.Session {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	for name, value := range jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	c, _, err := app.NewContext(httptest.NewRecorder(), r)
	if err != nil {
		t.Fatal(err)
	}
	return c.Session()
}

// visit sends a request to the app in process, with the cookies of jar, and keeps those that come back.
func visit(t testing.TB, app *dewar.App, path string, jar map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for name, value := range jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	res := rec.Result()
	for _, cookie := range res.Cookies() {
		if cookie.MaxAge < 0 {
			delete(jar, cookie.Name)
		} else if jar != nil {
			jar[cookie.Name] = cookie.Value
		}
	}
	return res
}

// sessionJar returns a jar with the cookie of a session that f has filled.
func sessionJar(t testing.TB, app *dewar.App, f func(s *dewar.Session)) map[string]string {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	rec := httptest.NewRecorder()
	c, end, err := app.NewContext(rec, r)
	if err != nil {
		t.Fatal(err)
	}
	f(c.Session())
	must(t, end())
	jar := map[string]string{}
	for _, cookie := range rec.Result().Cookies() {
		jar[cookie.Name] = cookie.Value
	}
	return jar
}

func visitBody(t testing.TB, app *dewar.App, path string, jar map[string]string) string {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for name, value := range jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return rec.Body.String()
}

// incompressible returns n random letters.
func incompressible(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)[:n]
}

// files makes a file system of pairs of a name and a text, without modification times like embed.FS.
func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

// pageApp returns an app that serves the template NAME at /NAME, with data from the query.
func pageApp(t testing.TB, pairs ...string) (*dewar.App, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(files(pairs...)))
	app.Logger = slog.New(slog.NewTextHandler(&log, nil))
	if err := app.Config.Set("SECRET_KEY", testKey); err != nil {
		t.Fatal(err)
	}
	app.Route("/{name:path}", func(c *dewar.Context) error {
		data := dewar.Map{}
		for _, key := range c.Query().Keys() {
			data[key] = c.Query().Get(key)
		}
		return c.Render(c.Params().String("name"), data)
	}, dewar.Endpoint("page"), dewar.Methods("GET", "POST"))
	return app, &log
}

// writeFile writes a file that looks newer than any before it, so that a test need not wait for the clock.
func writeFile(t testing.TB, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Hour)
	if info, err := os.Stat(path); err == nil {
		before = info.ModTime()
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, before.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
}
