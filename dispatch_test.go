package dewar_test

import (
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

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

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	body string
	err  error // of reading the body
}

func ask(t testing.TB, srv *httptest.Server, method, path string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequest(method, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	client := srv.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res, string(body), err}
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

// hooked returns an app with a blueprint nested in another, hooks on every level, and the trace of them.
func hooked(t *testing.T, view dewar.Handler) (*dewar.App, *trace) {
	tr := &trace{}
	app := newApp(t)
	parent, child := dewar.NewBlueprint("parent", dewar.URLPrefix("/parent")), dewar.NewBlueprint("child", dewar.URLPrefix("/child"))
	teardown := func(step string) dewar.TeardownFunc {
		return func(_ *dewar.Context, err error) {
			if err != nil {
				step += " " + err.Error()
			}
			tr.add(step)
		}
	}
	pre := func(step string) dewar.URLValuePreprocessor {
		return func(*dewar.Context, dewar.Map) error { tr.add(step); return nil }
	}
	for _, s := range []struct {
		name   string
		before func(...dewar.Handler)
		after  func(...dewar.Handler)
		down   func(...dewar.TeardownFunc)
		pre    func(...dewar.URLValuePreprocessor)
	}{
		{"app", app.BeforeRequest, app.AfterRequest, app.TeardownRequest, app.URLValuePreprocessor},
		{"parent", parent.BeforeRequest, parent.AfterRequest, parent.TeardownRequest, parent.URLValuePreprocessor},
		{"child", child.BeforeRequest, child.AfterRequest, child.TeardownRequest, child.URLValuePreprocessor},
	} {
		for _, n := range []string{"1", "2"} {
			s.before(tr.hook("before " + s.name + n))
			s.after(tr.hook("after " + s.name + n))
			s.down(teardown("teardown " + s.name + n))
			s.pre(pre("values " + s.name + n))
		}
	}
	parent.BeforeAppRequest(tr.hook("before parent's app hook"))
	parent.AfterAppRequest(tr.hook("after parent's app hook"))
	parent.TeardownAppRequest(teardown("teardown parent's app hook"))
	child.Get("/view", func(c *dewar.Context) error {
		tr.add("view")
		c.AfterThisRequest(tr.hook("after this 1"))
		c.AfterThisRequest(tr.hook("after this 2"))
		return view(c)
	}, dewar.Before(tr.hook("before view")))
	parent.RegisterBlueprint(child)
	app.RegisterBlueprint(parent)
	app.RequestStarted.Connect(func(*dewar.Context) { tr.add("started") })
	app.RequestFinished.Connect(func(*dewar.Context) { tr.add("finished") })
	app.RequestTearingDown.Connect(func(*dewar.Context) { tr.add("tearing down") })
	return app, tr
}

var (
	beforeAll = []string{"started", "values app1", "values app2", "values parent1", "values parent2", "values child1", "values child2",
		"before app1", "before app2", "before parent's app hook", "before parent1", "before parent2", "before child1", "before child2", "before view", "view"}
	afterThis   = []string{"after this 1", "after this 2"}
	afterAll    = []string{"after child2", "after child1", "after parent2", "after parent1", "after parent's app hook", "after app2", "after app1"}
	teardownAll = []string{"teardown child2", "teardown child1", "teardown parent2", "teardown parent1", "teardown parent's app hook", "teardown app2", "teardown app1", "tearing down"}
)

func withError(steps []string, text string) []string {
	out := slices.Clone(steps)
	for i, s := range out {
		if strings.HasPrefix(s, "teardown ") {
			out[i] = s + " " + text
		}
	}
	return out
}

func TestOrderOfARequest(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for _, tt := range []struct {
		name   string
		view   dewar.Handler
		path   string
		status int
		want   [][]string
	}{
		{"an answer", func(c *dewar.Context) error { return c.Text("ok") }, "/parent/child/view", 200,
			[][]string{beforeAll, afterThis, afterAll, {"finished"}, teardownAll}},
		{"an HTTP error is handled, so teardown gets none", func(c *dewar.Context) error { return dewar.Abort(403) }, "/parent/child/view", 403,
			[][]string{beforeAll, afterThis, afterAll, {"finished"}, teardownAll}},
		{"an error that nobody handles reaches teardown", func(c *dewar.Context) error { return boom }, "/parent/child/view", 500,
			[][]string{beforeAll, afterThis, afterAll, {"finished"}, withError(teardownAll, "boom")}},
		{"a panic is an error", func(c *dewar.Context) error { panic("oh") }, "/parent/child/view", 500,
			[][]string{beforeAll, afterThis, afterAll, {"finished"}, withError(teardownAll, "panic: oh")}},
		{"an early flush runs the hooks before the header", func(c *dewar.Context) error { c.Response.Flush(); return nil }, "/parent/child/view", 200,
			[][]string{beforeAll, afterThis, afterAll, {"finished"}, teardownAll}},
		{"no route: the app's hooks alone", nil, "/nothing", 404,
			[][]string{{"started", "values app1", "values app2", "before app1", "before app2", "before parent's app hook"},
				{"after parent's app hook", "after app2", "after app1", "finished", "teardown parent's app hook", "teardown app2", "teardown app1", "tearing down"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, tr := hooked(t, tt.view)
			srv := serve(t, app)
			res := ask(t, srv, "GET", tt.path)
			if res.err != nil || res.StatusCode != tt.status {
				t.Fatalf("answer %v, %v; want %d", res.Response, res.err, tt.status)
			}
			srv.Close() // waits for the teardown
			if got, want := tr.take(), slices.Concat(tt.want...); !slices.Equal(got, want) {
				t.Errorf("order\n got %q\nwant %q", got, want)
			}
		})
	}
}

func TestBeforeRequestThatAnswersEndsTheRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		hook   dewar.Handler
		status int
		body   string
	}{
		{"by an answering method", func(c *dewar.Context) error { return c.Status(401).Text("who are you") }, 401, "who are you"},
		{"by writing", func(c *dewar.Context) error { _, err := c.Response.Write([]byte("written")); return err }, 200, "written"},
		{"by WriteHeader", func(c *dewar.Context) error { c.Response.WriteHeader(202); return nil }, 202, ""},
		{"with an empty body", func(c *dewar.Context) error { return c.Text("") }, 200, ""},
		{"by an error", func(c *dewar.Context) error { return dewar.Abortf(418, "short and stout") }, 418, "418 short and stout\n"},
	} {
		for _, path := range []string{"/", "/no-such-page"} {
			t.Run(tt.name+" "+path, func(t *testing.T) {
				t.Parallel()
				app := newApp(t)
				later := &trace{}
				app.BeforeRequest(tt.hook, later.hook("later hook"))
				app.AfterRequest(later.hook("after"))
				app.Get("/", func(c *dewar.Context) error { later.add("view"); return c.Text("view") })
				res := ask(t, serve(t, app), "GET", path)
				if res.StatusCode != tt.status || res.body != tt.body {
					t.Errorf("got %d %q, want %d %q", res.StatusCode, res.body, tt.status, tt.body)
				}
				if got := later.take(); !slices.Equal(got, []string{"after"}) {
					t.Errorf("ran %q, want only the after-request hook", got)
				}
			})
		}
	}
}

func TestFailingAfterRequestHook(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tr := &trace{}
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("a", 1)
		return c.Text("a page that must not be seen")
	})
	app.AfterRequest(tr.hook("outer"))
	app.AfterRequest(func(c *dewar.Context) error { tr.add("failing"); return errors.New("hook failed") })
	app.AfterRequest(tr.hook("inner"))
	app.ErrorHandler(500, func(c *dewar.Context, err error) error {
		tr.add("error handler")
		return c.Text("sorry")
	})
	res := ask(t, serve(t, app), "GET", "/")
	if res.StatusCode != 500 || res.body != "sorry" {
		t.Errorf("got %d %q, want 500 sorry", res.StatusCode, res.body)
	}
	if got, want := tr.take(), []string{"inner", "failing", "error handler", "outer"}; !slices.Equal(got, want) {
		t.Errorf("order %q, want %q: each hook once, the error handlers once", got, want)
	}
	if res.Header.Get("Set-Cookie") == "" {
		t.Error("an error response saves the session, but no cookie came")
	}
}

func TestTeardownRunsAlthoughOnePanics(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tr := &trace{}
	app.Get("/", func(c *dewar.Context) error { return c.Text("ok") })
	app.TeardownRequest(func(*dewar.Context, error) { tr.add("first") })
	app.TeardownRequest(func(*dewar.Context, error) { panic("teardown failed") })
	app.TeardownRequest(func(*dewar.Context, error) { tr.add("third") })
	srv := serve(t, app)
	if res := ask(t, srv, "GET", "/"); res.body != "ok" {
		t.Errorf("got %q, want ok", res.body)
	}
	srv.Close()
	if got, want := tr.take(), []string{"third", "first"}; !slices.Equal(got, want) {
		t.Errorf("ran %q, want %q", got, want)
	}
}

func TestPanicsThatKeepTheirMeaning(t *testing.T) {
	t.Parallel()
	t.Run("http.ErrAbortHandler reaches the server", func(t *testing.T) {
		t.Parallel()
		app := newApp(t)
		done := make(chan error, 1)
		app.Get("/", func(*dewar.Context) error { panic(http.ErrAbortHandler) })
		app.TeardownRequest(func(_ *dewar.Context, err error) { done <- err })
		if res := ask(t, serve(t, app), "GET", "/"); res.err == nil {
			t.Errorf("got an answer, %d %q; want a cut connection", res.StatusCode, res.body)
		}
		<-done
	})
	t.Run("PROPAGATE_EXCEPTIONS lets an error out of the app", func(t *testing.T) {
		t.Parallel()
		app := newApp(t)
		want := errors.New("boom")
		if err := app.Config.Set("PROPAGATE_EXCEPTIONS", true); err != nil {
			t.Fatal(err)
		}
		app.Get("/", func(*dewar.Context) error { return want })
		defer func() {
			if got := recover(); got != want {
				t.Errorf("recovered %v, want %v", got, want)
			}
		}()
		app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	})
	t.Run("a view that answers nothing is told so", func(t *testing.T) {
		t.Parallel()
		app := newApp(t)
		var got error
		app.GotRequestException.Connect(func(e dewar.RequestException) { got = e.Err })
		app.Get("/", func(*dewar.Context) error { return nil })
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		if rec.Code != 500 || got == nil || !strings.Contains(got.Error(), "c.NoContent()") || !strings.Contains(got.Error(), "dispatch_test.go:") {
			t.Errorf("status %d, error %v; want 500 and the cure with the place", rec.Code, got)
		}
	})
}

func TestTeardownIsToldOfEveryUnfinishedRequest(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]dewar.Handler{
		"http.ErrAbortHandler":          func(*dewar.Context) error { panic(http.ErrAbortHandler) },
		"http.ErrAbortHandler, flushed": func(c *dewar.Context) error { c.Response.Flush(); panic(http.ErrAbortHandler) },
		"runtime.Goexit":                func(*dewar.Context) error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := make(chan error, 1)
			app := newApp(t)
			app.TeardownRequest(func(_ *dewar.Context, err error) { told <- err })
			app.Get("/", view)
			if res := ask(t, serve(t, app), "GET", "/"); res.err == nil && name != "runtime.Goexit" {
				t.Errorf("got %d %q, want a cut connection", res.StatusCode, res.body)
			}
			if err := <-told; err == nil {
				t.Error("teardown was told that all went well")
			}
		})
	}
}

func TestPanicBehindAFailedCommitIsLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	app.AfterRequest(func(*dewar.Context) error { return dewar.Abort(403) })
	app.Get("/", func(c *dewar.Context) error { c.Response.Flush(); panic("a real bug") })
	if rec := send(app, "GET", "/"); rec.Code != 403 {
		t.Errorf("got %d, want 403", rec.Code)
	}
	if !strings.Contains(log.String(), "a real bug") {
		t.Errorf("the panic is not in the log: %q", log.String())
	}
}

func TestAbortInAnAfterRequestHookCutsTheConnection(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.AfterRequest(func(*dewar.Context) error { panic(http.ErrAbortHandler) })
	app.Get("/", func(c *dewar.Context) error { return c.Text(strings.Repeat("x", 20_000)) })
	if res := ask(t, serve(t, app), "GET", "/"); res.err == nil {
		t.Errorf("got %d with %d bytes, want a cut connection", res.StatusCode, len(res.body))
	}
}

func TestReceiverThatPanicsLosesNothing(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.RequestFinished.Connect(func(*dewar.Context) { panic("oh") })
	app.Get("/", func(c *dewar.Context) error { return c.Text("ok") })
	if res := ask(t, serve(t, app), "GET", "/"); res.err != nil || res.body != "ok" {
		t.Errorf("got %q %v, want ok", res.body, res.err)
	}
}

func TestNilHooksAreRefused(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(app *dewar.App){
		"BeforeRequest":        func(app *dewar.App) { app.BeforeRequest(nil) },
		"AfterRequest":         func(app *dewar.App) { app.AfterRequest(nil) },
		"TeardownRequest":      func(app *dewar.App) { app.TeardownRequest(nil) },
		"Use":                  func(app *dewar.App) { app.Use(nil) },
		"Before":               func(app *dewar.App) { app.Get("/", hello, dewar.Before(nil)) },
		"Handle":               func(app *dewar.App) { app.Handle("/", http.HandlerFunc(nil)) },
		"Fallback":             func(app *dewar.App) { app.Fallback(nil) },
		"ErrorHandler":         func(app *dewar.App) { app.ErrorHandler(404, nil) },
		"AppErrorHandler":      func(*dewar.App) { dewar.NewBlueprint("b").AppErrorHandler(404, nil) },
		"HandleError":          func(app *dewar.App) { dewar.HandleError[error](app, nil) },
		"HandleAppError":       func(*dewar.App) { dewar.HandleAppError[error](dewar.NewBlueprint("b"), nil) },
		"ContextProcessor":     func(app *dewar.App) { app.ContextProcessor(nil) },
		"URLBuildErrorHandler": func(app *dewar.App) { app.URLBuildErrorHandler(nil) },
		"Record":               func(*dewar.App) { dewar.NewBlueprint("b").Record(nil) },
		"Converter":            func(app *dewar.App) { app.Converter("x", nil) },
		"RegisterBlueprint":    func(app *dewar.App) { app.RegisterBlueprint(nil) },
	} {
		if text := panicText(func() { do(newApp(t)) }); !strings.Contains(text, name+"(nil)") || !strings.Contains(text, "dispatch_test.go:") {
			t.Errorf("%s(nil): got %q", name, text)
		}
	}
}

type abortingConverter struct{ do func() }

func (abortingConverter) Pattern() string               { return "[a-z]+" }
func (c abortingConverter) Parse(s string) (any, error) { c.do(); return s, nil }
func (abortingConverter) Format(v any) (string, error)  { return v.(string), nil }

// TestConverterThatEndsTheRequest runs code of the application before any hook has.
func TestConverterThatEndsTheRequest(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(){
		"aborts":  func() { panic(http.ErrAbortHandler) },
		"goexits": runtime.Goexit,
		"panics":  func() { panic("oh") },
	} {
		t.Run(name, func(t *testing.T) {
			app := newApp(t)
			torn := make(chan error, 1)
			app.TeardownRequest(func(_ *dewar.Context, err error) { torn <- err })
			app.Converter("ending", abortingConverter{do})
			app.Get("/{a:ending}", hello)
			srv := serve(t, app)
			res, err := srv.Client().Get(srv.URL + "/x")
			if err == nil {
				res.Body.Close()
			}
			if answered := err == nil && res.StatusCode == 500; answered != (name == "panics") {
				t.Errorf("got %v, %v", res, err)
			}
			if err := <-torn; err == nil {
				t.Error("the teardown function was told of no error")
			}
		})
	}
}
