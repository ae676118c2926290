package stores

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alexedwards/scs/v2"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

const (
	secret = "a secret for benchmarks that is long"
	token  = "c5b0b8d1c2f04e7ab4e0a1d2c3b4a596"
)

// The work is the same for all: a session has six values of some 500 bytes, which /set sets. /untouched leaves it alone,
// /read reads one value, /write changes one.
var (
	number = 42
	texts  = map[string]string{"name": "ann", "csrf": token, "theme": "dark", "next": "/account/orders?page=3", "note": strings.Repeat("some text ", 37)}
)

func withDewar(t testing.TB, store sessionstore.Store) http.Handler {
	app := dewar.New("bench", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	if err := app.Config.Set("SECRET_KEY", secret); err != nil {
		t.Fatal(err)
	}
	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
	app.Get("/set", func(c *dewar.Context) error {
		s := c.Session()
		s.Set("user_id", number)
		for key, text := range texts {
			s.Set(key, text)
		}
		return c.Text("ok")
	})
	app.Get("/untouched", func(c *dewar.Context) error { return c.Text("ok") })
	app.Get("/read", func(c *dewar.Context) error {
		if c.Session().Int("user_id") != number {
			return dewar.Abort(http.StatusForbidden)
		}
		return c.Text("ok")
	})
	app.Get("/write", func(c *dewar.Context) error {
		c.Session().Set("user_id", number)
		return c.Text("ok")
	})
	return app
}

// withSCS has a session of scs do the same; store is nil for its own, in memory.
func withSCS(store scs.Store) http.Handler {
	manager := scs.New()
	if store != nil {
		manager.Store = store
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /set", func(w http.ResponseWriter, r *http.Request) {
		manager.Put(r.Context(), "user_id", number)
		for key, text := range texts {
			manager.Put(r.Context(), key, text)
		}
		ok(w)
	})
	mux.HandleFunc("GET /untouched", func(w http.ResponseWriter, _ *http.Request) { ok(w) })
	mux.HandleFunc("GET /read", func(w http.ResponseWriter, r *http.Request) {
		if manager.GetInt(r.Context(), "user_id") != number {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		ok(w)
	})
	mux.HandleFunc("GET /write", func(w http.ResponseWriter, r *http.Request) {
		manager.Put(r.Context(), "user_id", number)
		ok(w)
	})
	return manager.LoadAndSave(mux)
}

// ok answers as dewar does.
func ok(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok")
}

// A client sends one request again and again, for a visitor with a session, and throws the answers away.
type client struct {
	handler http.Handler
	writer  nullWriter
	header  http.Header
	path    string
}

func newClient(t testing.TB, h http.Handler, path string) *client {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/set", nil))
	r := httptest.NewRequest("GET", path, nil)
	for _, cookie := range rec.Result().Cookies() {
		r.AddCookie(cookie)
	}
	if len(r.Cookies()) == 0 {
		t.Fatal("/set has set no cookie")
	}
	return &client{handler: h, writer: nullWriter{header: http.Header{}}, header: r.Header, path: path}
}

func (c *client) send() {
	clear(c.writer.header)
	r, _ := http.NewRequestWithContext(context.Background(), "GET", c.path, nil)
	r.Host, r.Header = "example.com", c.header
	c.handler.ServeHTTP(&c.writer, r)
}

func (c *client) sendTimes(n int) {
	for range n {
		c.send()
	}
}

// A nullWriter costs nothing, so that a benchmark measures what stands above it.
type nullWriter struct {
	header http.Header
	status int
}

func (w *nullWriter) Header() http.Header         { return w.header }
func (w *nullWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *nullWriter) WriteHeader(status int)      { w.status = status }

var paths = []string{"/untouched", "/read", "/write"}
