package dewar_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// A panickingHandler is a log handler that panics on every record, or on those from level Error on.
type panickingHandler struct{ always bool }

func (h panickingHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h panickingHandler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h panickingHandler) WithGroup(string) slog.Handler            { return h }
func (h panickingHandler) Handle(_ context.Context, r slog.Record) error {
	if h.always || r.Level >= slog.LevelError {
		panic("the disk of the log is full")
	}
	return nil
}

// A rawHandler asks every value for its text, as careless log handlers do.
type rawHandler struct{ panickingHandler }

func (h rawHandler) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok {
			_ = err.Error()
		}
		return true
	})
	return nil
}

// An unspeakable error panics in its methods.
type unspeakable struct{ in string }

func (e *unspeakable) panicIn(method string) {
	if strings.Contains(e.in, method) {
		panic("unspeakable " + method)
	}
}
func (e *unspeakable) Error() string        { e.panicIn("Error"); return "spoken" }
func (e *unspeakable) LogValue() slog.Value { e.panicIn("LogValue"); return slog.StringValue("x") }
func (e *unspeakable) Unwrap() error        { e.panicIn("Unwrap"); return nil }
func (e *unspeakable) Is(error) bool        { e.panicIn("Is"); return false }
func (e *unspeakable) As(any) bool          { e.panicIn("As"); return false }
func (e *unspeakable) StatusCode() int      { e.panicIn("StatusCode"); return 0 }

// TestEndOfARequestSurvivesEveryPanic combines log handlers, observers, receivers and values that panic with every way
// to end, and looks whether all of the end has run: the answer, teardown functions, temporary files.
func TestEndOfARequestSurvivesEveryPanic(t *testing.T) {
	oh := func() { panic("oh") }
	views := map[string]func(c *dewar.Context) error{
		"answers":                func(c *dewar.Context) error { return c.Text("ok") },
		"fails":                  func(*dewar.Context) error { return errors.New("oh") },
		"panics":                 func(*dewar.Context) error { oh(); return nil },
		"answers nothing":        func(*dewar.Context) error { return nil },
		"fails late":             func(c *dewar.Context) error { c.Response.Flush(); return errors.New("late") },
		"panics late":            func(c *dewar.Context) error { c.Response.Flush(); oh(); return nil },
		"changes a session late": func(c *dewar.Context) error { c.Response.Flush(); c.Session().Set("a", 1); return nil },
		"answers twice":          func(c *dewar.Context) error { _ = c.Text("no"); return c.Text("ok") },
		"has an odd session":     func(c *dewar.Context) error { c.Session().Set("a", make(chan int)); return c.Text("ok") },
	}
	for _, in := range []string{"Error", "LogValue", "Unwrap", "Is", "As", "StatusCode", "Error Unwrap Is As"} {
		views["fails unspeakably in "+in] = func(*dewar.Context) error { return &unspeakable{in} }
		views["panics unspeakably in "+in] = func(*dewar.Context) error { panic(&unspeakable{in}) }
		views["wraps the unspeakable in "+in] = func(*dewar.Context) error { return errors.Join(errors.New("a"), &unspeakable{in}) }
		views["fails late and unspeakably in "+in] = func(c *dewar.Context) error { c.Response.Flush(); return &unspeakable{in} }
	}
	shaken := map[string]func(app *dewar.App){
		"nothing":                   func(*dewar.App) {},
		"a log handler that panics": func(app *dewar.App) { app.Logger = slog.New(panickingHandler{true}) },
		"a log handler that panics on errors, and teardown": func(app *dewar.App) {
			app.Logger = slog.New(panickingHandler{})
			app.TeardownRequest(func(*dewar.Context, error) { oh() })
		},
		"a careless log handler": func(app *dewar.App) { app.Logger = slog.New(rawHandler{}) },
		"an observer": func(app *dewar.App) {
			app.Observer = func(*dewar.Context, dewar.Station, string) func(error) { oh(); return nil }
		},
		"what an observer returns": func(app *dewar.App) {
			app.Observer = func(*dewar.Context, dewar.Station, string) func(error) { return func(error) { oh() } }
		},
		"receivers": func(app *dewar.App) {
			app.RequestFinished.Connect(func(*dewar.Context) { oh() })
			app.RequestTearingDown.Connect(func(*dewar.Context) { oh() })
			app.GotRequestException.Connect(func(dewar.RequestException) { oh() })
		},
		"the receiver of the start": func(app *dewar.App) { app.RequestStarted.Connect(func(*dewar.Context) { oh() }) },
		"hooks": func(app *dewar.App) {
			app.AfterRequest(func(*dewar.Context) error { oh(); return nil })
			app.TeardownRequest(func(*dewar.Context, error) { oh() })
		},
		"error handlers": func(app *dewar.App) {
			app.ErrorHandler(500, func(*dewar.Context, error) error { oh(); return nil })
			dewar.HandleError(app, func(*dewar.Context, error) error { panic(&unspeakable{"Error"}) })
		},
		"everything": func(app *dewar.App) {
			app.Logger = slog.New(panickingHandler{true})
			app.Observer = func(*dewar.Context, dewar.Station, string) func(error) { return func(error) { oh() } }
			app.RequestFinished.Connect(func(*dewar.Context) { oh() })
			app.RequestTearingDown.Connect(func(*dewar.Context) { oh() })
			app.GotRequestException.Connect(func(dewar.RequestException) { oh() })
			app.AfterRequest(func(*dewar.Context) error { oh(); return nil })
			app.TeardownRequest(func(*dewar.Context, error) { oh() })
			app.ErrorHandler(500, func(*dewar.Context, error) error { oh(); return nil })
		},
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	upload, contentType := uploadOf(t, 2<<10)
	for what, shake := range shaken {
		for how, view := range views {
			app := dewar.New("test", dewar.RootPath(dir), dewar.AccessLog())
			app.Logger = slog.New(slog.DiscardHandler)
			must(t, app.Config.FromMapping(dewar.Map{"SECRET_KEY": testKey, "MAX_FORM_MEMORY_SIZE": 10, "TESTING": true}))
			torn := 0
			app.TeardownRequest(func(*dewar.Context, error) { torn++ })
			shake(app)
			app.TeardownRequest(func(*dewar.Context, error) { torn++ })
			app.Post("/", func(c *dewar.Context) error {
				if _, err := c.File("f"); err != nil {
					t.Errorf("no upload: %v", err)
				}
				return view(c)
			})
			r := httptest.NewRequest("POST", "/", bytes.NewReader(upload))
			r.Header.Set("Content-Type", contentType)
			rec, raised := served(app, r)
			left, err := os.ReadDir(dir)
			must(t, err)
			late := strings.Contains(how, "late") && (!strings.Contains(how, "session") || what == "what an observer returns")
			if torn != 2 || len(left) > 0 || (raised != nil) != (late && rec.Flushed) {
				t.Errorf("%s, the view %s: %d of 2 teardown functions ran, %d files are left, %v was raised (%s)", what, how, torn, len(left), raised, rec.Body)
			}
			if raised == nil && rec.Code != 200 && rec.Code != 500 || rec.Body.Len() == 0 && rec.Code == 500 {
				t.Errorf("%s, the view %s: got %d %q", what, how, rec.Code, rec.Body)
			}
		}
	}
}

// uploadOf returns a form with a file of n bytes.
func uploadOf(t *testing.T, n int) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	file, err := form.CreateFormFile("f", "f.bin")
	must(t, err)
	_, _ = file.Write(make([]byte, n))
	must(t, form.Close())
	return b.Bytes(), form.FormDataContentType()
}

// TestBackgroundWorkThatPanicsWithItsLog would end the process of the tests.
func TestBackgroundWorkThatPanicsWithItsLog(t *testing.T) {
	t.Parallel()
	for _, handler := range []slog.Handler{panickingHandler{true}, rawHandler{}, panickingHandler{}} {
		app := newApp(t)
		app.Logger = slog.New(handler)
		done := make(chan struct{}, 2)
		app.Get("/", func(c *dewar.Context) error {
			c.Go(func(context.Context) { defer func() { done <- struct{}{} }(); panic("oh") })
			c.Go(func(context.Context) { defer func() { done <- struct{}{} }(); panic(&unspeakable{"Error LogValue"}) })
			return c.Text("ok")
		})
		if rec := send(app, "GET", "/"); rec.Code != 200 {
			t.Errorf("got %d %q", rec.Code, rec.Body)
		}
		for range 2 {
			select {
			case <-done:
			case <-time.After(10 * time.Second):
				t.Fatal("the work did not run")
			}
		}
	}
}

// TestUnspeakableErrorIsNamedInTheLog looks for what a developer needs to find it.
func TestUnspeakableErrorIsNamedInTheLog(t *testing.T) {
	t.Parallel()
	app, log := newApp(t), &strings.Builder{}
	app.Logger = textLogger(log)
	app.Get("/", func(*dewar.Context) error { return &unspeakable{"Error"} })
	rec := send(app, "GET", "/")
	if rec.Code != 500 || rec.Body.String() != plain500 {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
	for _, want := range []string{"*dewar_test.unspeakable", "own methods panic", "unspeakable Error"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in %s", want, log)
		}
	}
}
