package dewar_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// A seenRequest is what outer middleware knows of a request when it has been served.
func seenAround(app *dewar.App, names ...string) *[]string {
	seen := &[]string{}
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				_ = recover()
				line := r.Pattern
				for _, name := range names {
					line += fmt.Sprintf(" %s=%s", name, r.PathValue(name))
				}
				*seen = append(*seen, line)
			}()
			next.ServeHTTP(w, r)
		})
	})
	return seen
}

func TestOuterMiddlewareSeesWhatTheInnerMuxMatched(t *testing.T) {
	t.Parallel()
	inner := func() *http.ServeMux {
		mux := http.NewServeMux()
		ok := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }
		mux.HandleFunc("GET /in/{id}/{rest...}", ok)
		mux.HandleFunc("/exact/{$}", ok)
		mux.HandleFunc("/panics/{id}", func(http.ResponseWriter, *http.Request) { panic("oh") })
		mux.HandleFunc("/sets/{id}", func(_ http.ResponseWriter, r *http.Request) { r.SetPathValue("id", "changed") })
		return mux
	}
	for _, tt := range []struct {
		name     string
		register func(app *dewar.App)
		path     string
		want     string
	}{
		{"Fallback", func(app *dewar.App) { app.Fallback(inner()) }, "/in/7/a/b", "GET /in/{id}/{rest...} id=7 rest=a/b page="},
		{"Fallback, exact", func(app *dewar.App) { app.Fallback(inner()) }, "/exact/", "/exact/{$} id= rest= page="},
		{"Fallback, nothing matches", func(app *dewar.App) { app.Fallback(inner()) }, "/none", " id= rest= page="},
		{"Fallback that panics", func(app *dewar.App) { app.Fallback(inner()) }, "/panics/7", "/panics/{id} id=7 rest= page="},
		{"Fallback that sets a value", func(app *dewar.App) { app.Fallback(inner()) }, "/sets/7", "/sets/{id} id=changed rest= page="},
		{"Handle", func(app *dewar.App) { app.Handle("/in/{page}/{any:path}", inner()) }, "/in/7/a", "GET /in/{id}/{rest...} id=7 rest=a page=7"},
		{"Wrap", func(app *dewar.App) { app.Get("/in/{page}/{any:path}", dewar.Wrap(inner())) }, "/in/7/a", "GET /in/{id}/{rest...} id=7 rest=a page=7"},
		{"two muxes", func(app *dewar.App) {
			outer := http.NewServeMux()
			outer.Handle("/in/{page}/", inner())
			app.Fallback(outer)
		}, "/in/7/a", "GET /in/{id}/{rest...} id=7 rest=a page="},
		{"a view of its own", func(app *dewar.App) {
			app.Get("/in/{page}/{any:path}", func(c *dewar.Context) error { return c.Text("ok") })
		},
			"/in/7/a", "/in/{page}/{any:path} id= rest= page="},
		{"a handler without a mux", func(app *dewar.App) { app.Handle("/in/{page}/{any:path}", http.NotFoundHandler()) },
			"/in/7/a", "/in/{page}/{any:path} id= rest= page=7"},
	} {
		for _, method := range []string{"GET", "POST"} { // a body makes a copy of the request
			if method == "POST" && !strings.HasPrefix(tt.want, "/") {
				continue
			}
			t.Run(tt.name+", "+method, func(t *testing.T) {
				t.Parallel()
				app := quietApp(t)
				seen := seenAround(app, "id", "rest", "page")
				tt.register(app)
				if method == "POST" && (tt.name == "Wrap" || tt.name == "a view of its own") {
					t.Skip("the route takes GET")
				}
				app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, tt.path, strings.NewReader("body")))
				if len(*seen) != 1 || (*seen)[0] != tt.want {
					t.Errorf("outside one sees %q, want %q", *seen, tt.want)
				}
			})
		}
	}
}

func TestHooksSeeWhatTheInnerMuxMatched(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/in/{id}", func(http.ResponseWriter, *http.Request) {})
	app := quietApp(t)
	app.Fallback(mux)
	var got string
	app.AfterRequest(func(c *dewar.Context) error {
		got = c.Request.Pattern + " " + c.Request.PathValue("id")
		return nil
	})
	send(app, "POST", "/in/7")
	if got != "/in/{id} 7" {
		t.Errorf("an after-request hook sees %q", got)
	}
}

// TestAbortReachesTheServerWhateverIsConfigured raises it at every station. net/http knows it by its identity.
func TestAbortReachesTheServerWhateverIsConfigured(t *testing.T) {
	t.Parallel()
	abort := func(*dewar.Context) error { panic(http.ErrAbortHandler) }
	for station, register := range map[string]func(app *dewar.App){
		"view":              func(app *dewar.App) { app.Get("/", abort) },
		"a wrapped handler": func(app *dewar.App) { app.Handle("/", dewarHandler(abort)) },
		"an App inside":     func(app *dewar.App) { inner := quietApp(t); inner.Get("/", abort); app.Fallback(inner) },
		"before-request":    func(app *dewar.App) { app.BeforeRequest(abort) },
		"after-request":     func(app *dewar.App) { app.AfterRequest(abort) },
		"Before of a route": func(app *dewar.App) { app.Get("/", abort, dewar.Before(abort)) },
		"a preprocessor": func(app *dewar.App) {
			app.URLValuePreprocessor(func(*dewar.Context, dewar.Map) error { panic(http.ErrAbortHandler) })
		},
		"request started": func(app *dewar.App) { app.RequestStarted.Connect(func(*dewar.Context) { panic(http.ErrAbortHandler) }) },
		"after this request": func(app *dewar.App) {
			app.BeforeRequest(func(c *dewar.Context) error { c.AfterThisRequest(abort); return nil })
		},
		"error handler": func(app *dewar.App) {
			dewar.HandleError(app, func(*dewar.Context, error) error { panic(http.ErrAbortHandler) })
		},
		"a stream": func(app *dewar.App) {
			app.Get("/", func(c *dewar.Context) error { return c.Stream(func(io.Writer) error { panic(http.ErrAbortHandler) }) })
		},
		"a stream that has begun": func(app *dewar.App) {
			app.Get("/", func(c *dewar.Context) error {
				return c.Stream(func(w io.Writer) error { _, _ = w.Write([]byte("x")); panic(http.ErrAbortHandler) })
			})
		},
		"an answer that is replaced": func(app *dewar.App) {
			app.Get("/", func(c *dewar.Context) error { _ = c.Text("x"); panic(http.ErrAbortHandler) })
		},
		"a view whose teardown fails": func(app *dewar.App) {
			app.Get("/", abort)
			app.TeardownRequest(func(*dewar.Context, error) { panic("oh") })
		},
	} {
		for _, propagate := range []bool{false, true} {
			app := quietApp(t)
			configure(app, "PROPAGATE_EXCEPTIONS", propagate)
			register(app)
			if _, raised := served(app, httptest.NewRequest("GET", "/", nil)); raised != http.ErrAbortHandler {
				t.Errorf("%s, PROPAGATE_EXCEPTIONS %t: the server gets %T %v, want http.ErrAbortHandler", station, propagate, raised, raised)
			}
		}
	}
}
