package dewar_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// What a client that wants no page gets of a failed server, and of one that is busy.
const (
	plain500 = "500 Internal Server Error\nSomething went wrong on the server, or it is overloaded. It is not your fault.\n"
	plain503 = "503 Service Unavailable\nThe server cannot answer right now, because of maintenance or too much work. Please try again later.\n"
)

type notFoundError struct{ what string }

func (e *notFoundError) Error() string   { return e.what + " is not there" }
func (e *notFoundError) StatusCode() int { return 404 }

type temporaryError interface {
	error
	Temporary() bool
}

type busyError struct{}

func (busyError) Error() string   { return "busy" }
func (busyError) Temporary() bool { return true }

func TestErrorHandlerResolution(t *testing.T) {
	t.Parallel()
	say := func(who string) dewar.ErrorHandler {
		return func(c *dewar.Context, err error) error { return c.Text(fmt.Sprintf("%s: %v", who, err)) }
	}
	base := errors.New("base")
	for _, tt := range []struct {
		name  string
		setup func(app *dewar.App, parent, child *dewar.Blueprint)
		err   error
		want  string
		code  int
	}{
		{"the innermost code wins", func(app *dewar.App, p, c *dewar.Blueprint) {
			app.ErrorHandler(403, say("app"))
			p.ErrorHandler(403, say("parent"))
			c.ErrorHandler(403, say("child"))
		}, dewar.Abort(403), "child: 403 Forbidden", 403},
		{"a parent's code before the child's type", func(app *dewar.App, p, c *dewar.Blueprint) {
			p.ErrorHandler(403, say("parent"))
			dewar.HandleError(c, func(c *dewar.Context, err *dewar.HTTPError) error { return c.Text("child by type") })
		}, dewar.Abort(403), "parent: 403 Forbidden", 403},
		{"an app's code before a blueprint's type", func(app *dewar.App, p, c *dewar.Blueprint) {
			app.ErrorHandler(404, say("app"))
			dewar.HandleError(c, func(c *dewar.Context, err *notFoundError) error { return c.Text("child by type") })
		}, &notFoundError{"it"}, "app: it is not there", 404},
		{"a type that picks its status", func(app *dewar.App, p, c *dewar.Blueprint) {
			dewar.HandleError(app, func(c *dewar.Context, err *notFoundError) error { return c.Text("typed " + err.what) })
		}, fmt.Errorf("wrapped: %w", &notFoundError{"it"}), "typed it", 404},
		{"the concrete type before an interface", func(app *dewar.App, p, c *dewar.Blueprint) {
			dewar.HandleError(app, func(c *dewar.Context, err temporaryError) error { return c.Text("interface") })
			dewar.HandleError(app, func(c *dewar.Context, err busyError) error { return c.Text("concrete") })
		}, busyError{}, "concrete", 200},
		{"an interface", func(app *dewar.App, p, c *dewar.Blueprint) {
			dewar.HandleError(app, func(c *dewar.Context, err temporaryError) error { return c.Status(503).Text("interface") })
		}, errors.Join(base, busyError{}), "interface", 503},
		{"a blueprint's type before the app's", func(app *dewar.App, p, c *dewar.Blueprint) {
			dewar.HandleError(app, func(c *dewar.Context, err busyError) error { return c.Text("app") })
			dewar.HandleError(p, func(c *dewar.Context, err temporaryError) error { return c.Text("parent") })
		}, busyError{}, "parent", 200},
		{"500 gets what nobody wanted, with its cause", func(app *dewar.App, p, c *dewar.Blueprint) {
			app.ErrorHandler(500, func(c *dewar.Context, err error) error {
				e, ok := errors.AsType[*dewar.HTTPError](err)
				if !ok || !errors.Is(err, base) {
					t.Errorf("the handler of 500 got %T %v", err, err)
				}
				return c.Text(fmt.Sprint("sorry ", e.Code))
			})
		}, base, "sorry 500", 500},
		{"*HTTPError gets what nobody wanted too", func(app *dewar.App, p, c *dewar.Blueprint) {
			dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error { return c.Text(fmt.Sprint("http ", err.Code)) })
		}, base, "http 500", 500},
		{"error itself handles everything", func(app *dewar.App, p, c *dewar.Blueprint) {
			dewar.HandleError(app, func(c *dewar.Context, err error) error { return c.Text("any " + err.Error()) })
		}, base, "any base", 200},
		{"a blueprint's app-wide handler", func(app *dewar.App, p, c *dewar.Blueprint) { p.AppErrorHandler(403, say("app-wide")) },
			dewar.Abort(403), "app-wide: 403 Forbidden", 403},
		{"an error in a handler is not handled again, but by that of 500", func(app *dewar.App, p, c *dewar.Blueprint) {
			app.ErrorHandler(403, func(*dewar.Context, error) error { return dewar.Abort(404) })
			app.ErrorHandler(404, say("must not be called"))
			app.ErrorHandler(500, say("at last"))
		}, dewar.Abort(403), "at last: 500 Internal Server Error: 404 Not Found", 500},
		{"a panic in a handler neither", func(app *dewar.App, p, c *dewar.Blueprint) {
			app.ErrorHandler(403, func(*dewar.Context, error) error { panic("oh") })
		}, dewar.Abort(403), plain500, 500},
		{"a wrapped error of the standard library", func(app *dewar.App, p, c *dewar.Blueprint) {
			dewar.HandleError(app, func(c *dewar.Context, err *fs.PathError) error { return c.Status(404).Text("no file") })
		}, fmt.Errorf("read: %w", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}), "no file", 404},
		{"nothing registered", func(*dewar.App, *dewar.Blueprint, *dewar.Blueprint) {}, dewar.Abortf(410, "It has <b>gone</b>."), "410 It has <b>gone</b>.\n", 410},
		{"Abort with a status that is no error", func(*dewar.App, *dewar.Blueprint, *dewar.Blueprint) {}, dewar.Abort(200), plain500, 500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			parent, child := dewar.NewBlueprint("p", dewar.URLPrefix("/p")), dewar.NewBlueprint("c")
			child.Get("/view", func(*dewar.Context) error { return tt.err })
			tt.setup(app, parent, child)
			parent.RegisterBlueprint(child)
			app.RegisterBlueprint(parent)
			rec := send(app, "GET", "/p/view")
			if rec.Code != tt.code || rec.Body.String() != tt.want {
				t.Errorf("got %d %q, want %d %q", rec.Code, rec.Body, tt.code, tt.want)
			}
		})
	}
}

func TestBlueprintOwnsTheErrorsUnderItsPrefix(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	bp := dewar.NewBlueprint("api", dewar.URLPrefix("/api"))
	bp.Post("/things", index)
	answer := func(who string) dewar.ErrorHandler {
		return func(c *dewar.Context, err error) error { return c.Text(who) }
	}
	bp.ErrorHandler(404, answer("api"))
	bp.ErrorHandler(405, answer("api"))
	app.ErrorHandler(404, answer("app"))
	app.RegisterBlueprint(bp)
	for path, want := range map[string]string{"/api/nothing": "api", "/api": "api", "/apix": "app", "/nothing": "app"} {
		if rec := send(app, "GET", path); rec.Code != 404 || rec.Body.String() != want {
			t.Errorf("%s: got %d %q, want 404 %q", path, rec.Code, rec.Body, want)
		}
	}
	if rec := send(app, "GET", "/api/things"); rec.Code != 405 || rec.Body.String() != "api" {
		t.Errorf("got %d %q, want 405 api", rec.Code, rec.Body)
	}
}

func TestErrorAnswersAreNegotiated(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(*dewar.Context) error { return dewar.Abortf(422, "a <b> & more") })
	for _, tt := range []struct{ name, accept, contentType, want, kind string }{
		{"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "", "a &lt;b&gt; &amp; more", "text/html; charset=utf-8"},
		{"a JSON client", "application/json", "", `"detail":"a \u003cb\u003e \u0026 more"`, "application/problem+json"},
		{"a client of problem documents", "application/problem+json", "", `"status":422`, "application/problem+json"},
		{"curl", "*/*", "", "422 a <b> & more\n", "text/plain; charset=utf-8"},
		{"no Accept", "", "", "422 a <b> & more\n", "text/plain; charset=utf-8"},
		{"a JSON body and no preference", "*/*", "application/json", `"title":"Unprocessable Entity"`, "application/problem+json"},
		{"HTML liked less than JSON", "text/html;q=0.5, application/json", "", `"status":422`, "application/problem+json"},
		{"nothing that there is", "image/png", "", "422 a <b> & more\n", "text/plain; charset=utf-8"},
		{"a malformed Accept", "text/html;q=x", "", "422 a <b> & more\n", "text/plain; charset=utf-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var header []string
			if tt.accept != "" {
				header = append(header, "Accept", tt.accept)
			}
			if tt.contentType != "" {
				header = append(header, "Content-Type", tt.contentType)
			}
			rec := send(app, "GET", "/", header...)
			if rec.Code != 422 || rec.Header().Get("Content-Type") != tt.kind || !strings.Contains(rec.Body.String(), tt.want) {
				t.Errorf("got %d %q %q, want %q %q", rec.Code, rec.Header().Get("Content-Type"), rec.Body, tt.kind, tt.want)
			}
			if tt.kind == "application/problem+json" && !json.Valid(rec.Body.Bytes()) {
				t.Errorf("%q is no JSON", rec.Body)
			}
		})
	}
}

func TestErrorsAreLoggedOnceAndBland(t *testing.T) {
	t.Parallel()
	secret := "postgres://user:hunter2@db/x refused"
	for _, tt := range []struct {
		name string
		view dewar.Handler
		logs int
	}{
		{"an unexpected error", func(*dewar.Context) error { return errors.New(secret) }, 1},
		{"a panic", func(*dewar.Context) error { panic(secret) }, 1},
		{"a 503 with a cause", func(*dewar.Context) error { return &dewar.HTTPError{Code: 503, Err: errors.New(secret)} }, 1},
		{"a 404", func(*dewar.Context) error { return dewar.Abort(404) }, 0},
		{"a 400 with a cause", func(*dewar.Context) error { return &dewar.HTTPError{Code: 400, Err: errors.New(secret)} }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			app := newApp(t)
			app.Logger = textLogger(&log)
			app.Get("/view/{id}", tt.view, dewar.Endpoint("view"))
			for _, accept := range []string{"text/html", "application/json", "*/*"} {
				log.Reset()
				rec := send(app, "GET", "/view/7", "Accept", accept)
				if strings.Contains(rec.Body.String(), "hunter2") {
					t.Errorf("the answer tells %q", rec.Body)
				}
				if got := strings.Count(log.String(), "level=ERROR"); got != tt.logs {
					t.Errorf("%d errors in the log, want %d: %s", got, tt.logs, log.String())
				}
				if tt.logs > 0 && (!strings.Contains(log.String(), "endpoint=view") || !strings.Contains(log.String(), "requestID=") || !strings.Contains(log.String(), "hunter2")) {
					t.Errorf("the log lacks the endpoint, the request id or the cause: %s", log.String())
				}
			}
		})
	}
}

func TestClientThatHasGoneIsNoError(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	app.Get("/", func(c *dewar.Context) error { return fmt.Errorf("query: %w", c.Err()) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", nil))
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("logged %s", log.String())
	}
}

func TestAppThatCannotBeBuilt(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	_ = app.Config.Set("SESSION_COOKIE_SECURE", "perhaps") // reported by Build although the error is ignored here
	app.SessionInterface = nil
	app.Get("/", index)
	for range 3 {
		if rec := send(app, "GET", "/"); rec.Code != 500 || rec.Body.String() != "Internal Server Error\n" {
			t.Errorf("got %d %q, want a bland 500", rec.Code, rec.Body)
		}
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
		t.Errorf("the report was logged %d times, want once", n)
	}
	for _, want := range []string{"SESSION_COOKIE_SECURE", "true or false", "errors_test.go:", "app.SessionInterface is nil"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the report does not say %q: %s", want, log.String())
		}
	}
	if strings.Contains(log.String(), "perhaps") {
		t.Error("the report shows the value")
	}
	app.SessionInterface = &dewar.SecureCookieSessionInterface{}
	if err := app.Config.Set("SESSION_COOKIE_SECURE", "yes"); err != nil {
		t.Fatal(err)
	}
	if err := app.Build(); err != nil {
		t.Errorf("mended, but Build says %v", err)
	}
	if rec := send(app, "GET", "/"); rec.Code != 200 {
		t.Errorf("got %d, want 200", rec.Code)
	}
}

func TestErrorOfAWrappedHandler(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "teapot", http.StatusTeapot) }))
	if rec := send(app, "GET", "/"); rec.Code != 418 || rec.Body.String() != "teapot\n" {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
}

func TestHandlerOf500AnswersAPanicWith500(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.ErrorHandler(500, func(c *dewar.Context, _ error) error { return c.Text("sorry") })
	app.Get("/", func(*dewar.Context) error { panic("oh") })
	if rec := send(app, "GET", "/"); rec.Code != 500 || rec.Body.String() != "sorry" {
		t.Errorf("got %d %q, want 500 sorry", rec.Code, rec.Body)
	}
}

func TestErrorHandlerThatFailsHalfWay(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func() error{
		"with an error": func() error { return errors.New("oh") },
		"with a panic":  func() error { panic("oh") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.ErrorHandler(404, func(c *dewar.Context, _ error) error {
				if err := c.Text("half"); err != nil {
					return err
				}
				c.Response.Flush()
				return end()
			})
			if res := ask(t, serve(t, app), "GET", "/"); res.err == nil {
				t.Errorf("got a whole answer, %d %q; want a cut connection", res.StatusCode, res.body)
			}
		})
	}
}

func TestErrorHandlerThatFlushesWhileTheStoreIsDown(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	app.SessionInterface = &storeFailure{}
	app.ErrorHandler(404, func(c *dewar.Context, _ error) error {
		c.Session().Set("a", 1)
		return c.Text(strings.Repeat("SECRET", 400_000))
	})
	rec := send(app, "GET", "/")
	if rec.Code != 503 || strings.Contains(rec.Body.String(), "SECRET") || rec.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %d %.40q %v, want the 503 and none of the page", rec.Code, rec.Body, rec.Header())
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
		t.Errorf("%d errors in the log, want 1: %s", n, log.String())
	}
}

func TestFailuresAreLoggedAlsoWithAPageOfOnesOwn(t *testing.T) {
	t.Parallel()
	own := func(c *dewar.Context, _ error) error { return c.Text("sorry") }
	for _, tt := range []struct {
		name  string
		setup func(app *dewar.App)
		want  string
	}{
		{"no secret key", func(app *dewar.App) { configure(app, "SECRET_KEY", nil) }, "FLASK_SECRET_KEY"},
		{"a store that is down", func(app *dewar.App) { app.SessionInterface = &storeFailure{} }, "the store is down"},
		{"a session too large", func(app *dewar.App) { configure(app, "MAX_COOKIE_SIZE", 64) }, "MAX_COOKIE_SIZE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			app := newApp(t)
			app.Logger = textLogger(&log)
			tt.setup(app)
			app.ErrorHandler(500, own)
			app.ErrorHandler(503, own)
			app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("page") })
			if rec := send(app, "GET", "/"); rec.Body.String() != "sorry" {
				t.Errorf("got %q", rec.Body)
			}
			if strings.Count(log.String(), "level=ERROR") != 1 || !strings.Contains(log.String(), tt.want) {
				t.Errorf("log %q, want %q in it once", log.String(), tt.want)
			}
		})
	}
}

func TestHeadersOfAnErrorAreMerged(t *testing.T) {
	t.Parallel()
	shared := &dewar.HTTPError{Code: 429, Header: http.Header{"Vary": {"Accept-Language"}, "Retry-After": {"60"}}}
	app := newApp(t)
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Origin")
			next.ServeHTTP(w, r)
		})
	})
	app.Get("/", func(*dewar.Context) error { return shared })
	header := send(app, "GET", "/").Header()
	if got, want := header.Get("Vary"), "Origin, Accept-Language, Accept"; got != want || header.Get("Retry-After") != "60" {
		t.Errorf("Vary %q, want %q; %v", got, want, header)
	}
}

// What a view returns on purpose has a status; what it panics with is a fault, whatever it is.
func TestPanicHasNoStatusOfItsOwn(t *testing.T) {
	t.Parallel()
	app, log := loggedApp(t)
	for path, value := range map[string]any{
		"/abort": dewar.Abort(http.StatusForbidden), "/wrapped": fmt.Errorf("x: %w", dewar.Abort(http.StatusNotFound)),
		"/own": &dewar.HTTPError{Code: http.StatusTeapot}, "/limit": &http.MaxBytesError{Limit: 1},
	} {
		app.Get(path, func(*dewar.Context) error { panic(value) })
	}
	for _, path := range []string{"/abort", "/wrapped", "/own", "/limit"} {
		before := len(log.String())
		if w := get(app, path); w.Code != http.StatusInternalServerError || !strings.Contains(log.String()[before:], "level=ERROR") {
			t.Errorf("%s: got %d, logged %q, want 500 and an error", path, w.Code, log.String()[before:])
		}
	}
}

func TestHTTPErrorHasNameAndDescription(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err               error
		name, description string
	}{
		{dewar.Abortf(404, "There is no post 7."), "Not Found", "There is no post 7."},
		{&dewar.HTTPError{Code: 410}, "Gone", "This address existed once and is gone for good. If a link led here, please tell its author."},
		{&dewar.HTTPError{Code: 599}, "", ""},
		{(*dewar.HTTPError)(nil), "", ""},
	} {
		err := tt.err.(*dewar.HTTPError)
		if got := err.Name(); got != tt.name {
			t.Errorf("%v: got the name %q, want %q", err, got, tt.name)
		}
		if got := err.Description(); got != tt.description {
			t.Errorf("%v: got the description %q, want %q", err, got, tt.description)
		}
	}
}
