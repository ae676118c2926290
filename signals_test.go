package dewar_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// signalApp has a view of each kind, a page that flashes, and a log.
func signalApp(t *testing.T) (*dewar.App, *record) {
	t.Helper()
	log := &record{}
	app := dewar.New("test", dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte("hello {{.who}}")}}), dewar.RootPath(t.TempDir()))
	app.Logger = log.logger()
	configure(app, "SECRET_KEY", testKey)
	app.Get("/", func(c *dewar.Context) error {
		c.Flash("saved", "info")
		return c.Render("page.html", dewar.Map{"who": "you"})
	})
	app.Get("/fails", func(*dewar.Context) error { return errors.New("no paper") })
	return app, log
}

// everySignal connects f to the signals of app, with the name of each.
func everySignal(app *dewar.App, f func(signal string)) {
	app.RequestStarted.Connect(func(*dewar.Context) { f("started") })
	app.RequestFinished.Connect(func(*dewar.Context) { f("finished") })
	app.RequestTearingDown.Connect(func(*dewar.Context) { f("tearing down") })
	app.GotRequestException.Connect(func(dewar.RequestException) { f("exception") })
	app.BeforeRender.Connect(func(dewar.Rendering) { f("before render") })
	app.TemplateRendered.Connect(func(dewar.Rendering) { f("rendered") })
	app.MessageFlashed.Connect(func(dewar.FlashMessage) { f("flashed") })
}

func TestReceiverThatPanicsDisturbsNobody(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, path string
		status     int
		body       string
		told       []string
	}{
		{"a page", "/", 200, "hello you", []string{"started", "flashed", "before render", "rendered", "finished", "tearing down"}},
		{"an error", "/fails", 500, "Internal Server Error", []string{"started", "exception", "finished", "tearing down"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, log := signalApp(t)
			torn := errors.New("not torn down")
			app.TeardownRequest(func(_ *dewar.Context, err error) { torn = err })
			everySignal(app, func(signal string) { panic("oh " + signal) })
			var told []string
			everySignal(app, func(signal string) { told = append(told, signal) })
			rec := send(app, "GET", tt.path)
			if rec.Code != tt.status || !strings.Contains(rec.Body.String(), tt.body) {
				t.Errorf("got %d %q, want %d and %q", rec.Code, rec.Body, tt.status, tt.body)
			}
			if !slices.Equal(told, tt.told) {
				t.Errorf("the receivers behind were told of %q, want %q", told, tt.told)
			}
			if tt.status == 200 && torn != nil {
				t.Errorf("teardown functions were told of %v", torn)
			}
			for _, signal := range tt.told {
				lines := linesWith(log.String(), "receiver of a signal panicked", "oh "+signal)
				if len(lines) != 1 || !strings.Contains(lines[0], "signals_test.go:") || !strings.Contains(lines[0], "requestID=") {
					t.Errorf("%q: logged %q, want one line with the place of the receiver and the request", signal, lines)
				}
			}
		})
	}
}

// linesWith returns the lines of text that have all of parts.
func linesWith(text string, parts ...string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) })
	})
}

func TestReceiverOfTheLogThatPanicsIsLoggedOnce(t *testing.T) {
	t.Parallel()
	app, log := signalApp(t)
	app.RequestLogged.Connect(func(dewar.LogRecord) { panic("oh") })
	var told []string
	app.RequestLogged.Connect(func(l dewar.LogRecord) { told = append(told, l.Message); l.Logger().Info("noted") })
	app.Get("/logs", func(c *dewar.Context) error { c.Logger().Info("in the view"); return c.Text("ok") })
	if rec := send(app, "GET", "/logs"); rec.Body.String() != "ok" || !slices.Equal(told, []string{"in the view"}) {
		t.Errorf("got %q, told %q, want ok and the line of the view alone", rec.Body, told)
	}
	if n := len(linesWith(log.String(), "receiver of a signal panicked", "requestID=")); n != 1 {
		t.Errorf("logged %d panics, want 1: %s", n, log)
	}
	if n := len(linesWith(log.String(), "msg=noted", "requestID=")); n != 1 {
		t.Errorf("the receiver logged %d lines, want 1: %s", n, log)
	}
}

// TestSignalOfAnotherPackageIsLoggedByDefault touches slog.Default.
func TestSignalOfAnotherPackageIsLoggedByDefault(t *testing.T) {
	before, log := slog.Default(), &record{}
	slog.SetDefault(log.logger())
	defer slog.SetDefault(before)
	var paid dewar.Signal[int]
	var got []int
	paid.Connect(func(int) { panic(errors.New("no paper")) })
	disconnect := paid.Connect(func(n int) { got = append(got, n) })
	paid.Send(7)
	disconnect()
	paid.Send(8)
	if !slices.Equal(got, []int{7}) {
		t.Errorf("received %v, want 7", got)
	}
	if n := len(linesWith(log.String(), "receiver of a signal panicked", "no paper", "signals_test.go:")); n != 2 {
		t.Errorf("logged %d panics, want 2: %s", n, log)
	}
}

func TestReceiverMayCutTheConnection(t *testing.T) {
	t.Parallel()
	app, log := signalApp(t)
	app.BeforeRender.Connect(func(dewar.Rendering) { panic(http.ErrAbortHandler) })
	if _, raised := served(app, httptest.NewRequest("GET", "/", nil)); raised != http.ErrAbortHandler {
		t.Errorf("the server gets %v, want http.ErrAbortHandler", raised)
	}
	if log.String() != "" {
		t.Errorf("logged %s", log)
	}
}

// TestSignalsOfAPage are test_template_rendered and test_before_render_template.
func TestSignalsOfAPage(t *testing.T) {
	t.Parallel()
	app, _ := signalApp(t)
	app.BeforeRender.Connect(func(r dewar.Rendering) { r.Data["who"] = "them" })
	var rendered []string
	app.TemplateRendered.Connect(func(r dewar.Rendering) { rendered = append(rendered, r.Name+" "+r.Data["who"].(string)) })
	if body := send(app, "GET", "/").Body.String(); body != "hello them" {
		t.Errorf("got %q, want the value that a receiver of BeforeRender has put in", body)
	}
	if want := []string{"page.html them"}; !slices.Equal(rendered, want) {
		t.Errorf("told of %q, want %q", rendered, want)
	}
}

// TestSignalsOfARequest is test_request_signals: signals stand around the hooks.
func TestSignalsOfARequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var calls []string
	note := func(call string) dewar.Handler {
		return func(*dewar.Context) error { calls = append(calls, call); return nil }
	}
	app.RequestStarted.Connect(func(*dewar.Context) { calls = append(calls, "started") })
	app.RequestFinished.Connect(func(c *dewar.Context) { calls = append(calls, "finished "+string(c.Response.Body())) })
	app.BeforeRequest(note("before"))
	app.AfterRequest(func(c *dewar.Context) error {
		calls = append(calls, "after")
		return c.Response.SetBody([]byte("stuff"))
	})
	app.Get("/", func(c *dewar.Context) error { calls = append(calls, "view"); return c.Text("ignored anyway") })
	if body := send(app, "GET", "/").Body.String(); body != "stuff" {
		t.Errorf("got %q, want stuff", body)
	}
	if want := []string{"started", "before", "view", "after", "finished"}; len(calls) != len(want) || !slices.Equal(calls[:4], want[:4]) ||
		!strings.HasPrefix(calls[4], "finished") {
		t.Errorf("got %q, want %q", calls, want)
	}
}

// TestSignalOfAnErrorNobodyWants is test_request_exception_signal: the signal has the error itself, and one that a handler
// wants is none.
func TestSignalOfAnErrorNobodyWants(t *testing.T) {
	t.Parallel()
	app, _ := signalApp(t)
	wanted := errors.New("wanted")
	app.Get("/wanted", func(*dewar.Context) error { return &dewar.HTTPError{Code: 418, Err: wanted} })
	app.ErrorHandler(418, func(c *dewar.Context, _ error) error { return c.Text("tea") })
	var got []string
	app.GotRequestException.Connect(func(e dewar.RequestException) { got = append(got, e.Err.Error()) })
	for path, want := range map[string]int{"/fails": 500, "/wanted": 418, "/": 200, "/nowhere": 404} {
		if rec := send(app, "GET", path); rec.Code != want {
			t.Errorf("%s: got %d, want %d", path, rec.Code, want)
		}
	}
	if !slices.Equal(got, []string{"no paper"}) {
		t.Errorf("told of %q, want the error that nobody wanted alone", got)
	}
}

// TestSignalOfAFlashedMessage is test_flash_signal.
func TestSignalOfAFlashedMessage(t *testing.T) {
	t.Parallel()
	app, _ := signalApp(t)
	var got []string
	app.MessageFlashed.Connect(func(m dewar.FlashMessage) {
		got = append(got, m.Category+" "+m.Message+" "+m.Context.Request.URL.Path)
	})
	send(app, "GET", "/")
	if !slices.Equal(got, []string{"info saved /"}) {
		t.Errorf("told of %q, want the message with its category", got)
	}
}

// TestSignalOfTheEnd is test_appcontext_signals and test_appcontext_tearing_down_signal: it is told at the end of each
// request, also of one that fails, behind the teardown functions, and of no work outside requests.
func TestSignalOfTheEnd(t *testing.T) {
	t.Parallel()
	app, _ := signalApp(t)
	var calls []string
	app.TeardownRequest(func(_ *dewar.Context, err error) { calls = append(calls, "teardown") })
	app.RequestTearingDown.Connect(func(c *dewar.Context) { calls = append(calls, "tearing down "+c.Request.URL.Path) })
	send(app, "GET", "/")
	send(app, "GET", "/fails")
	if want := []string{"teardown", "tearing down /", "teardown", "tearing down /fails"}; !slices.Equal(calls, want) {
		t.Errorf("got %q, want %q", calls, want)
	}
	calls = nil
	_, end, err := app.AppContext(context.Background())
	must(t, err)
	end(nil)
	if want := []string{"teardown"}; !slices.Equal(calls, want) {
		t.Errorf("outside a request: got %q, want %q", calls, want)
	}
}
