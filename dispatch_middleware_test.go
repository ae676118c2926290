package dewar_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// A holdingWriter keeps a body until its middleware lets go of it, as compressing middleware does.
type holdingWriter struct {
	http.ResponseWriter
	held strings.Builder
}

func (w *holdingWriter) WriteHeader(int)             {}
func (w *holdingWriter) Write(p []byte) (int, error) { return w.held.Write(p) }

func TestMiddlewareThatPanics(t *testing.T) {
	t.Parallel()
	type next = http.Handler
	do := func(f func(w http.ResponseWriter, r *http.Request, n next)) func(next) next {
		return func(n next) next {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(w, r, n) })
		}
	}
	before := do(func(w http.ResponseWriter, _ *http.Request, _ next) {
		w.Header().Set("X-Outer", "1")
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Content-Length", "7")
		panic("oh")
	})
	for _, tt := range []struct {
		name       string
		middleware []func(next) next
		setUp      func(app *dewar.App)
		accept     string
		body       string // "" for a connection that breaks off
	}{
		{"before the App", []func(next) next{before}, nil, "", plain500},
		{"inside of other middleware", []func(next) next{do(func(w http.ResponseWriter, r *http.Request, n next) { n.ServeHTTP(w, r) }), before}, nil, "", plain500},
		{"for a browser", []func(next) next{before}, nil, "text/html", "<title>500 Internal Server Error</title>"},
		{"with a handler of 500", []func(next) next{before}, func(app *dewar.App) {
			app.ErrorHandler(500, func(c *dewar.Context, err error) error { return c.HTML("sorry: " + err.(*dewar.HTTPError).Err.Error()) }) //nolint:errorlint // it always is one
		}, "", "sorry: panic: oh"},
		{"with a handler of 500 that fails", []func(next) next{before}, func(app *dewar.App) {
			app.ErrorHandler(500, func(*dewar.Context, error) error { panic("again") })
		}, "", plain500},
		{"with a handler of 500 that knows the session", []func(next) next{before}, func(app *dewar.App) {
			app.ErrorHandler(500, func(c *dewar.Context, _ error) error {
				c.Session().Set("seen", 1)
				return c.Text("known")
			})
		}, "", "known"},
		{"with a nil pointer", []func(next) next{do(func(_ http.ResponseWriter, r *http.Request, _ next) { _ = r.MultipartForm.Value })}, nil, "", plain500},
		{"after the App, which has been held back", []func(next) next{do(func(w http.ResponseWriter, r *http.Request, n next) {
			n.ServeHTTP(&holdingWriter{ResponseWriter: w}, r)
			w.Header().Set("Content-Encoding", "gzip")
			panic("oh")
		})}, nil, "", plain500},
		{"after the App, which has answered", []func(next) next{do(func(w http.ResponseWriter, r *http.Request, n next) { n.ServeHTTP(w, r); panic("oh") })}, nil, "", ""},
		{"after an answer of its own", []func(next) next{do(func(w http.ResponseWriter, _ *http.Request, _ next) {
			w.WriteHeader(401)
			_, _ = io.WriteString(w, "no")
			panic("oh")
		})}, nil, "", ""},
		{"http.ErrAbortHandler", []func(next) next{do(func(http.ResponseWriter, *http.Request, next) { panic(http.ErrAbortHandler) })}, nil, "", ""},
	} {
		for _, http2 := range []bool{false, true} {
			app, log := newApp(t), &record{}
			app.Logger = log.logger()
			app.Use(tt.middleware...)
			app.Get("/", func(c *dewar.Context) error { return c.Header("Etag", `"1"`).HTML("page") })
			if tt.setUp != nil {
				tt.setUp(app)
			}
			srv := httptest.NewUnstartedServer(app)
			srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			srv.EnableHTTP2 = http2
			srv.StartTLS()
			r, err := http.NewRequest("GET", srv.URL, nil)
			must(t, err)
			r.Header.Set("Accept", tt.accept)
			res, err := srv.Client().Do(r)
			body := ""
			if err == nil {
				var b []byte
				b, err = io.ReadAll(res.Body)
				body = string(b)
				res.Body.Close()
			}
			srv.Close()
			switch {
			case tt.body == "" && err == nil:
				t.Errorf("%s: got %d %q, want a connection that breaks off", tt.name, res.StatusCode, body)
			case tt.body != "" && (err != nil || res.StatusCode != 500 || !strings.Contains(body, tt.body)):
				t.Errorf("%s: got %q %v", tt.name, body, err)
			case tt.body != "" && (strings.Contains(res.Header.Get("Content-Type"), "png") || res.Header.Get("Content-Encoding")+res.Header.Get("Etag") != ""):
				t.Errorf("%s: got %v", tt.name, res.Header)
			}
			if logged := strings.Contains(log.String(), "request failed"); logged == (tt.name == "http.ErrAbortHandler") {
				t.Errorf("%s: the log is %q", tt.name, log)
			}
		}
	}
}

func TestMiddlewareThatPanicsAndPropagates(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Set("PROPAGATE_EXCEPTIONS", true))
	app.Use(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") })
	})
	if _, raised := served(app, httptest.NewRequest("GET", "/", nil)); raised != "oh" {
		t.Errorf("%v was raised", raised)
	}
}

func TestMiddlewareThatReturnsNil(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Use(func(next http.Handler) http.Handler { return next }, func(http.Handler) http.Handler { return nil })
	wantError(t, app.Build(), "middleware 2 of app.Use returned nil", "return the handler")
}

// TestErrorOfTheAppPassesItsMiddleware looks that the shield takes no panic that the App raises on purpose.
func TestErrorOfTheAppPassesItsMiddleware(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Logger = slog.New(slog.DiscardHandler)
	app.Use(func(next http.Handler) http.Handler { return next })
	app.Get("/", func(c *dewar.Context) error { c.Response.Flush(); panic("late") })
	if _, raised := served(app, httptest.NewRequest("GET", "/", nil)); raised != http.ErrAbortHandler {
		t.Errorf("%v was raised", raised)
	}
}
