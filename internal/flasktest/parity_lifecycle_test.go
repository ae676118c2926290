package flasktest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// templates returns a file system with one template.
func templates(name, text string) fstest.MapFS {
	return fstest.MapFS{"templates/" + name: {Data: []byte(text)}}
}

// firstLine returns text up to its first line break.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func TestTraps(t *testing.T) {
	t.Parallel()
	own := errors.New("own")
	for _, tt := range []struct {
		name       string
		settings   dewar.Map
		err        error
		want       string // the answer of GET
		trapped    bool
		handler404 bool
	}{
		{"nothing is trapped", nil, dewar.Abort(404), "404 404 Not Found", false, false},
		{"HTTP errors are", dewar.Map{"TRAP_HTTP_EXCEPTIONS": true}, dewar.Abortf(404, "gone"), "500 500 Internal Server Error", true, false},
		{"those with a handler are not", dewar.Map{"TRAP_HTTP_EXCEPTIONS": true}, dewar.Abort(404), "404 handled", false, true},
		{"bad requests are", dewar.Map{"TRAP_BAD_REQUEST_ERRORS": true}, dewar.Abort(400), "500 500 Internal Server Error", true, false},
		{"others than bad requests are not", dewar.Map{"TRAP_BAD_REQUEST_ERRORS": true}, dewar.Abort(403), "403 403 Forbidden", false, false},
		{"an error of the program is one anyway", nil, own, "500 500 Internal Server Error", true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			if err := app.Config.FromMapping(tt.settings); err != nil {
				t.Fatal(err)
			}
			var got error
			app.GotRequestException.Connect(func(e dewar.RequestException) { got = e.Err })
			app.Get("/", func(*dewar.Context) error { return tt.err })
			if tt.handler404 {
				app.ErrorHandler(404, func(c *dewar.Context, err error) error { return c.Text("handled") })
			}
			rec := send(app, "GET", "/")
			if answer := fmt.Sprint(rec.Code, " ", firstLine(rec.Body.String())); answer != tt.want {
				t.Errorf("got %q, want %q", answer, tt.want)
			}
			if (got == tt.err) != tt.trapped {
				t.Errorf("the signal got %v", got)
			}
		})
	}
}

func TestTrappedErrorsPropagate(t *testing.T) {
	t.Parallel()
	for _, settings := range []dewar.Map{{"TRAP_HTTP_EXCEPTIONS": true}, {"TRAP_BAD_REQUEST_ERRORS": true}} {
		app := newApp(t)
		if err := app.Config.FromMapping(settings); err != nil {
			t.Fatal(err)
		}
		configure(app, "PROPAGATE_EXCEPTIONS", true)
		app.Get("/", func(c *dewar.Context) error { _, err := dewar.Require[int](c.Query(), "n"); return err })
		var got any
		func() {
			defer func() { got = recover() }()
			send(app, "GET", "/")
		}()
		if err, ok := got.(error); !ok || !strings.Contains(err.Error(), `"n"`) {
			t.Errorf("%v: recovered %v, want the error that names the missing key", settings, got)
		}
	}
}

func TestPropagation(t *testing.T) {
	t.Parallel()
	for _, propagate := range []any{nil, true, false} {
		for _, testing := range []bool{true, false} {
			for _, debug := range []bool{true, false} {
				app := newApp(t)
				if err := app.Config.FromMapping(dewar.Map{"PROPAGATE_EXCEPTIONS": propagate, "TESTING": testing, "DEBUG": debug}); err != nil {
					t.Fatal(err)
				}
				tr := &trace{}
				app.AfterRequest(tr.hook("after"))
				app.TeardownRequest(func(_ *dewar.Context, err error) { tr.add("teardown " + err.Error()) })
				app.Get("/", func(*dewar.Context) error { return errors.New("boom") })
				escaped := panicText(func() { send(app, "GET", "/") }) != ""
				want := []string{"after", "teardown boom"}
				if propagate == true {
					want = want[1:]
				}
				if escaped != (propagate == true) || !slices.Equal(tr.take(), want) {
					t.Errorf("PROPAGATE_EXCEPTIONS %v, TESTING %v, DEBUG %v: escaped %v", propagate, testing, debug, escaped)
				}
			}
		}
	}
}

func TestHandlerTimeout(t *testing.T) {
	t.Parallel()
	wait := func(c *dewar.Context) error {
		select {
		case <-c.Done():
			return fmt.Errorf("query: %w", c.Err())
		case <-time.After(time.Hour):
			return c.Text("patient")
		}
	}
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		app := newApp(t)
		app.Logger = textLogger(&log)
		configure(app, "HANDLER_TIMEOUT", 3*time.Second)
		app.Get("/slow/{id}", wait, dewar.Endpoint("slow"))
		app.Get("/stream", wait, dewar.Timeout(0), dewar.Endpoint("stream"))
		app.Handle("/wrapped", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			http.Error(w, r.Context().Err().Error(), http.StatusServiceUnavailable)
		}))
		app.Get("/swapped", func(c *dewar.Context) error {
			c.Request = c.Request.WithContext(contextWith(c, "key", "value"))
			return wait(c)
		})
		app.Get("/other", func(*dewar.Context) error { return context.DeadlineExceeded }) // somebody else's deadline
		app.Get("/fast", func(c *dewar.Context) error {
			deadline, ok := c.Deadline()
			return c.Text(fmt.Sprint(time.Until(deadline), " ", ok))
		})
		bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"), dewar.Timeout(time.Minute))
		bp.Get("/slow", wait, dewar.Endpoint("slow"))
		app.RegisterBlueprint(bp)
		for _, tt := range []struct {
			path, want string
			after      time.Duration
		}{
			{"/fast", "200 3s true", 0},
			{"/slow/7", "503 503 Service Unavailable", 3 * time.Second},
			{"/swapped", "503 503 Service Unavailable", 3 * time.Second},
			{"/bp/slow", "503 503 Service Unavailable", time.Minute},
			{"/stream", "200 patient", time.Hour},
			{"/wrapped", "503 context deadline exceeded", 3 * time.Second},
			{"/other", "500 500 Internal Server Error", 0},
		} {
			log.Reset()
			start := time.Now()
			rec := send(app, "GET", tt.path)
			if got := fmt.Sprint(rec.Code, " ", firstLine(rec.Body.String())); got != tt.want || time.Since(start) != tt.after {
				t.Errorf("%s: got %q after %v, want %q after %v", tt.path, got, time.Since(start), tt.want, tt.after)
			}
			if tt.path == "/slow/7" && (!strings.Contains(log.String(), "endpoint=slow") || !strings.Contains(log.String(), "timeout of 3s")) {
				t.Errorf("the log lacks the endpoint or the timeout: %s", log.String())
			}
		}
	})
	if text := panicText(func() { dewar.Timeout(-1) }); !strings.Contains(text, "negative") {
		t.Errorf("panic %q", text)
	}
}

func TestOuterMiddlewareSeesTheRoute(t *testing.T) {
	t.Parallel()
	for _, limit := range []time.Duration{0, time.Hour} {
		app := newApp(t)
		configure(app, "HANDLER_TIMEOUT", limit)
		var seen string
		app.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r)
				seen = r.Pattern + " " + r.PathValue("id") + " " + r.PathValue("user")
			})
		})
		app.Handle("/items/{id:int}", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), dewar.Host("{user}.example.com"))
		send(app, "GET", "/items/7", "Host", "ann.example.com")
		if want := "/items/{id:int} 7 ann"; seen != want {
			t.Errorf("with a limit of %v: got %q, want %q", limit, seen, want)
		}
	}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	broken := errors.New("postgres://secret refused")
	failure := error(nil)
	app := newApp(t)
	app.Logger = textLogger(&log)
	app.Get("/healthz", dewar.Alive)
	app.Get("/readyz", dewar.Ready(
		func(context.Context) error { return nil },
		func(ctx context.Context) error {
			if dewar.FromContext(ctx) == nil {
				t.Error("a check does not get the request's context")
			}
			return failure
		}))
	wants(t, app, [][2]string{{"GET /healthz", "200 ok"}, {"GET /readyz", "200 ok"}})
	failure = broken
	wants(t, app, [][2]string{{"GET /healthz", "200 ok"}, {"GET /readyz", "503 not ready"}})
	if !strings.Contains(log.String(), "secret refused") || strings.Count(log.String(), "not ready") != 1 {
		t.Errorf("log: %s", log.String())
	}
	if got := send(app, "GET", "/readyz").Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q, want no-store", got)
	}
}

func TestReadyFailsWhileDraining(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newApp(t)
		configure(app, "DRAIN_DELAY", 5*time.Second)
		app.Get("/readyz", dewar.Ready())
		app.Get("/healthz", dewar.Alive)
		b := serveInBubble(t, app)
		want := func(path, body string, code int) {
			t.Helper()
			if res, got, err := b.get(path); err != nil || res.StatusCode != code || got != body {
				t.Errorf("%s: got %q, %v; want %d %q", path, got, err, code, body)
			}
		}
		want("/readyz", "ok\n", 200)
		b.stop()
		synctest.Wait()
		want("/readyz", "draining\n", 503)
		want("/healthz", "ok\n", 200)
		if err := b.end(); err != nil {
			t.Error(err)
		}
	})
}

// lines passes on what is written to it.
type lines chan string

func (l lines) Write(p []byte) (int, error) { l <- string(p); return len(p), nil }

func TestGoOutlivesTheRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	type key struct{}
	release, told := make(chan struct{}), make(chan string)
	app.Get("/", func(c *dewar.Context) error {
		c.Go(func(ctx context.Context) {
			<-release // until the request is over and its client gone
			told <- fmt.Sprint(ctx.Err(), " ", ctx.Value(key{}))
		})
		return c.Text("accepted")
	})
	ctx, cancel := context.WithCancel(contextWith(t.Context(), key{}, "value"))
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, "GET", "/", nil))
	cancel()
	if rec.Body.String() != "accepted" {
		t.Errorf("got %q", rec.Body)
	}
	close(release)
	if got := <-told; got != "<nil> value" {
		t.Errorf("the work saw %q, want no cancellation and the values of the request", got)
	}
}

func TestPanicOfBackgroundWorkIsLogged(t *testing.T) {
	t.Parallel()
	app, log := newApp(t), make(lines, 1)
	app.Logger = textLogger(log)
	app.Get("/", func(c *dewar.Context) error {
		c.Go(func(context.Context) { panic("in the background") })
		return c.Text("accepted")
	}, dewar.Endpoint("work"))
	wants(t, app, [][2]string{{"GET /", "200 accepted"}})
	if got := <-log; !strings.Contains(got, "in the background") || !strings.Contains(got, "endpoint=work") {
		t.Errorf("logged %q", got)
	}
}

func TestBeforeRequestHooksSeeTheRoutingError(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var got []string
	app.BeforeRequest(func(c *dewar.Context) error {
		got = append(got, fmt.Sprint(c.RoutingError(), " ", c.Endpoint()))
		return nil
	})
	app.Get("/here", index)
	for _, r := range []string{"GET /here", "GET /nowhere", "POST /here"} {
		send(app, strings.Fields(r)[0], strings.Fields(r)[1])
	}
	if want := []string{"<nil> index", "404 Not Found ", "405 Method Not Allowed "}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestErrorsOfEachStation(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for _, tt := range []struct {
		station string
		setup   func(app *dewar.App)
		want    string
	}{
		{"a before-request hook", func(app *dewar.App) { app.BeforeRequest(func(*dewar.Context) error { return boom }) }, "handled boom"},
		{"a URL value preprocessor", func(app *dewar.App) {
			app.URLValuePreprocessor(func(*dewar.Context, dewar.Map) error { return boom })
		}, "handled boom"},
		{"an after-request hook", func(app *dewar.App) { app.AfterRequest(func(*dewar.Context) error { return boom }) }, "handled boom"},
		{"an after-this-request hook", func(app *dewar.App) {
			app.BeforeRequest(func(c *dewar.Context) error {
				c.AfterThisRequest(func(*dewar.Context) error { return boom })
				return nil
			})
		}, "handled boom"},
		{"saving the session", func(app *dewar.App) { app.SessionInterface = brokenSessions{boom} }, "handled 503 Service Unavailable: dewar: save session: boom"},
	} {
		t.Run(tt.station, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			dewar.HandleError(app, func(c *dewar.Context, err error) error { return c.Text("handled " + err.Error()) })
			var teardown error = errors.New("did not run")
			app.TeardownRequest(func(_ *dewar.Context, err error) { teardown = err })
			tt.setup(app)
			app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("view") })
			if got := send(app, "GET", "/").Body.String(); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if teardown != nil {
				t.Errorf("teardown got %v, want nil: the error was handled", teardown)
			}
		})
	}
}

// brokenSessions cannot save.
type brokenSessions struct{ err error }

func (brokenSessions) OpenSession(*dewar.Context) (*dewar.Session, error) {
	return dewar.NewSession(), nil
}
func (b brokenSessions) SaveSession(*dewar.Context, *dewar.Session) error { return b.err }

func TestClientThatLeavesEndsTheContext(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	entered, ended := make(chan struct{}), make(chan error, 1)
	app.Get("/", func(c *dewar.Context) error {
		close(entered)
		<-c.Done()
		return c.Err()
	})
	app.TeardownRequest(func(c *dewar.Context, err error) { ended <- c.Err() })
	srv := serve(t, app)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-entered; cancel() }()
	if res, err := srv.Client().Do(r); err == nil {
		_, _ = io.Copy(io.Discard, res.Body)
		t.Error("the client got an answer")
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the context ended with %v", err)
	}
}
