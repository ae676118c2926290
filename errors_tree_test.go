package dewar_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// lockedDoor embeds an HTTPError, whose Unwrap it so has too.
type lockedDoor struct{ *dewar.HTTPError }

// lockedGate embeds one by value, and has a cause of its own.
type lockedGate struct {
	dewar.HTTPError
	cause error
}

func (g *lockedGate) Unwrap() error { return g.cause }

// lockedSafe embeds what embeds one.
type lockedSafe struct{ lockedDoor }

// A pathMistake embeds an error of the standard library, which has an Unwrap.
type pathMistake struct{ *fs.PathError }

// A coded error picks its own status.
type coded struct {
	code  int
	cause error
}

func (e coded) Error() string   { return fmt.Sprint("coded ", e.code) }
func (e coded) StatusCode() int { return e.code }
func (e coded) Unwrap() error   { return e.cause }

type quiet interface {
	error
	Quiet() bool
}

type quietAndTemporary interface {
	quiet
	Temporary() bool
}

// A murmur is quiet and temporary.
type murmur struct{ busyError }

func (murmur) Quiet() bool { return true }

// A pretender shows itself as another error by its method As alone.
type pretender struct{}

func (pretender) Error() string { return "pretender" }
func (pretender) As(target any) bool {
	p, ok := target.(**notFoundError)
	if ok {
		*p = &notFoundError{"what it stands for"}
	}
	return ok
}

// TestNearestErrorHandlerWins registers handlers by type, in both orders, and looks which one gets an error.
func TestNearestErrorHandlerWins(t *testing.T) {
	t.Parallel()
	type setUp = func(r dewar.Registrar)
	by := map[string]setUp{
		"error":             func(r dewar.Registrar) { answersBy[error](r, "error") },
		"*HTTPError":        func(r dewar.Registrar) { answersBy[*dewar.HTTPError](r, "*HTTPError") },
		"*notFoundError":    func(r dewar.Registrar) { answersBy[*notFoundError](r, "*notFoundError") },
		"busyError":         func(r dewar.Registrar) { answersBy[busyError](r, "busyError") },
		"temporary":         func(r dewar.Registrar) { answersBy[temporaryError](r, "temporary") },
		"quiet":             func(r dewar.Registrar) { answersBy[quiet](r, "quiet") },
		"quietAndTemporary": func(r dewar.Registrar) { answersBy[quietAndTemporary](r, "quietAndTemporary") },
		"lockedDoor":        func(r dewar.Registrar) { answersBy[lockedDoor](r, "lockedDoor") },
		"*lockedGate":       func(r dewar.Registrar) { answersBy[*lockedGate](r, "*lockedGate") },
		"*fs.PathError":     func(r dewar.Registrar) { answersBy[*fs.PathError](r, "*fs.PathError") },
		"coded":             func(r dewar.Registrar) { answersBy[coded](r, "coded") },
	}
	locked := &dewar.HTTPError{Code: 423, Err: errors.New("why")}
	gate := &lockedGate{dewar.HTTPError{Code: 423}, busyError{}}
	wrapped := func(err error) error { return fmt.Errorf("a: %w", fmt.Errorf("b: %w", err)) }
	for _, tt := range []struct {
		name     string
		handlers []string
		err      error
		want     string
		code     int
	}{
		{"a wrapped type before error", []string{"error", "busyError"}, wrapped(busyError{}), "busyError", 200},
		{"a wrapped HTTP error before error", []string{"error", "*HTTPError"}, wrapped(dewar.Abort(409)), "*HTTPError", 409},
		{"a wrapped HTTP error with error alone", []string{"error"}, wrapped(dewar.Abort(409)), "error", 409},
		{"in a list", []string{"error", "busyError"}, errors.Join(errors.New("x"), wrapped(busyError{})), "busyError", 200},
		{"the first of a list", []string{"busyError", "*HTTPError"}, errors.Join(wrapped(busyError{}), dewar.Abort(409)), "busyError", 409},
		{"the outer of two", []string{"*HTTPError", "coded"}, coded{409, dewar.Abort(404)}, "coded", 409},
		{"an inner one, whose status is not the outer's", []string{"error", "*HTTPError"}, coded{409, dewar.Abort(404)}, "*HTTPError", 409},
		{"an outer status that is none", []string{"error"}, coded{0, dewar.Abort(404)}, "error", 404},
		{"an inner type before an outer interface", []string{"temporary", "*notFoundError"}, errors.Join(busyError{}, &notFoundError{"x"}), "*notFoundError", 404},
		{"an inner interface before error", []string{"error", "temporary"}, wrapped(busyError{}), "temporary", 200},
		{"the interface with most methods", []string{"temporary", "quietAndTemporary", "quiet", "error"}, wrapped(murmur{}), "quietAndTemporary", 200},
		{"an outer interface before an inner one", []string{"temporary", "quietAndTemporary"}, errors.Join(busyError{}, murmur{}), "temporary", 200},
		{"embedded", []string{"error", "*HTTPError"}, lockedDoor{locked}, "*HTTPError", 423},
		{"embedded and wrapped", []string{"error", "*HTTPError"}, wrapped(lockedDoor{locked}), "*HTTPError", 423},
		{"embedded, by its own type", []string{"*HTTPError", "lockedDoor"}, wrapped(lockedDoor{locked}), "lockedDoor", 423},
		{"embedded twice", []string{"error", "*HTTPError"}, lockedSafe{lockedDoor{locked}}, "*HTTPError", 423},
		{"embedded by value", []string{"error", "*HTTPError"}, wrapped(gate), "*HTTPError", 423},
		{"the cause beside what is embedded", []string{"error", "busyError"}, wrapped(gate), "busyError", 423},
		{"what another type embeds", []string{"error", "*fs.PathError"}, pathMistake{&fs.PathError{Err: fs.ErrExist}}, "*fs.PathError", 200},
		{"an embedded type of another", []string{"error", "busyError"}, murmur{}, "busyError", 200},
		{"by the method As", []string{"error", "*notFoundError"}, wrapped(pretender{}), "*notFoundError", 404},
		{"a nil pointer in the tree", []string{"error", "*notFoundError"}, errors.Join((*notFoundError)(nil), busyError{}), "error", 200},
		{"nothing embedded", []string{"error"}, lockedDoor{}, "error", 200},
	} {
		for _, backwards := range []bool{false, true} {
			app := newApp(t)
			for i := range tt.handlers {
				if backwards {
					i = len(tt.handlers) - 1 - i
				}
				by[tt.handlers[i]](app)
			}
			app.Get("/", func(*dewar.Context) error { return tt.err })
			rec := send(app, "GET", "/")
			if rec.Code != tt.code || rec.Body.String() != tt.want {
				t.Errorf("%s (backwards %v): got %d %q, want %d %q", tt.name, backwards, rec.Code, rec.Body, tt.code, tt.want)
			}
		}
	}
}

// answersBy answers errors of type E with text.
func answersBy[E error](r dewar.Registrar, text string) {
	dewar.HandleError(r, func(c *dewar.Context, _ E) error { return c.Text(text) })
}

func TestEmbeddedHTTPErrorIsFoundByErrorsAs(t *testing.T) {
	t.Parallel()
	inner := &dewar.HTTPError{Code: 423, Message: "Ask again.", Header: http.Header{"Retry-After": {"7"}}, Err: errors.New("why")}
	gate := &lockedGate{HTTPError: *inner, cause: busyError{}}
	for name, err := range map[string]error{
		"a pointer": lockedDoor{inner}, "wrapped": fmt.Errorf("x: %w", lockedDoor{inner}), "twice": lockedSafe{lockedDoor{inner}}, "a value": gate,
	} {
		if e, ok := errors.AsType[*dewar.HTTPError](err); !ok || e.Message != "Ask again." {
			t.Errorf("%s: errors.As found %v", name, e)
		}
		app := newApp(t)
		app.Get("/", func(*dewar.Context) error { return err })
		rec := send(app, "GET", "/")
		if rec.Code != 423 || rec.Body.String() != "423 Ask again.\n" || rec.Header().Get("Retry-After") != "7" {
			t.Errorf("%s: got %d %q %v", name, rec.Code, rec.Body, rec.Header())
		}
	}
	if !errors.Is(gate, busyError{}) || !errors.Is(lockedDoor{inner}, inner.Err) {
		t.Error("a cause is lost")
	}
	var empty *dewar.HTTPError
	if empty.Unwrap() != nil || empty.StatusCode() != 0 || !strings.Contains(empty.Error(), "nil") {
		t.Errorf("a nil *HTTPError says %q", empty.Error())
	}
}

// TestStatusStaysWhenWrapped returns errors with a status in other ones, without any handler.
func TestStatusStaysWhenWrapped(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		code int
		body string
	}{
		{"Abort", fmt.Errorf("x: %w", dewar.Abortf(409, "taken")), 409, "409 taken\n"},
		{"twice", fmt.Errorf("y: %w", fmt.Errorf("x: %w", dewar.Abortf(409, "taken"))), 409, "409 taken\n"},
		{"in a list", errors.Join(errors.New("x"), dewar.Abortf(409, "taken")), 409, "409 taken\n"},
		{"two in one", fmt.Errorf("%w, %w", errors.New("x"), dewar.Abortf(409, "taken")), 409, "409 taken\n"},
		{"behind a status that is none", coded{200, dewar.Abortf(409, "taken")}, 409, "409 taken\n"},
		{"too large a body", fmt.Errorf("x: %w", &http.MaxBytesError{Limit: 3}), 413, ""},
	} {
		app := newApp(t)
		app.Get("/", func(*dewar.Context) error { return tt.err })
		if rec := send(app, "GET", "/"); rec.Code != tt.code || tt.body != "" && rec.Body.String() != tt.body {
			t.Errorf("%s: got %d %q, want %d %q", tt.name, rec.Code, rec.Body, tt.code, tt.body)
		}
	}
}

// TestFailingErrorHandlerReachesTheHandlerOf500 counts how often the handler of 500 is called and with what.
func TestFailingErrorHandlerReachesTheHandlerOf500(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken template")
	fails := func(*dewar.Context, error) error { return broken }
	panics := func(*dewar.Context, error) error { panic(broken) }
	silent := func(*dewar.Context, error) error { return nil }
	aborts := func(*dewar.Context, error) error { return fmt.Errorf("%w: %w", dewar.Abort(404), broken) }
	unrenderable := func(c *dewar.Context, _ error) error { return errors.Join(c.Render("missing.html", nil), broken) }
	for _, tt := range []struct {
		name  string
		setUp func(app *dewar.App, bp *dewar.Blueprint, of500 dewar.ErrorHandler)
		cause bool // whether the handler of 500 is told of broken
		calls int
		code  int
		body  string
	}{
		{"returns an error", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			app.ErrorHandler(404, fails)
			app.ErrorHandler(500, h)
		}, true, 1, 500, "sorry"},
		{"panics", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			app.ErrorHandler(404, panics)
			app.ErrorHandler(500, h)
		}, true, 1, 500, "sorry"},
		{"answers nothing", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			app.ErrorHandler(404, silent)
			app.ErrorHandler(500, h)
		}, false, 1, 500, "sorry"},
		{"aborts with its own status", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			app.ErrorHandler(404, aborts)
			app.ErrorHandler(500, h)
		}, true, 1, 500, "sorry"},
		{"renders a template that is not there", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			app.ErrorHandler(404, unrenderable)
			app.ErrorHandler(500, h)
		}, true, 1, 500, "sorry"},
		{"by type", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			dewar.HandleError(app, func(*dewar.Context, *dewar.HTTPError) error { return broken })
			app.ErrorHandler(500, h)
		}, true, 1, 500, "sorry"},
		{"of a blueprint, which has one for 500", func(_ *dewar.App, bp *dewar.Blueprint, h dewar.ErrorHandler) {
			bp.ErrorHandler(404, fails)
			bp.ErrorHandler(500, h)
		}, true, 1, 500, "sorry"},
		{"of a blueprint, the app has one for 500", func(app *dewar.App, bp *dewar.Blueprint, h dewar.ErrorHandler) {
			bp.ErrorHandler(404, fails)
			app.ErrorHandler(500, h)
		}, true, 1, 500, "sorry"},
		{"*HTTPError in place of 500", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			app.ErrorHandler(404, fails)
			dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error { return h(c, err) })
		}, true, 1, 500, "sorry"},
		{"error in place of 500", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			app.ErrorHandler(404, fails)
			dewar.HandleError(app, func(c *dewar.Context, err error) error { return h(c, err) })
		}, true, 1, 500, "sorry"},
		{"that of 500 too", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			app.ErrorHandler(404, fails)
			app.ErrorHandler(500, func(c *dewar.Context, err error) error { return errors.Join(h(c, err), broken) })
		}, true, 1, 500, ""},
		{"that of 500 panics", func(app *dewar.App, _ *dewar.Blueprint, h dewar.ErrorHandler) {
			app.ErrorHandler(404, fails)
			app.ErrorHandler(500, func(c *dewar.Context, err error) error { _ = h(c, err); panic("oh") })
		}, true, 1, 500, ""},
		{"no handler of 500", func(app *dewar.App, _ *dewar.Blueprint, _ dewar.ErrorHandler) { app.ErrorHandler(404, fails) }, true, 0, 500, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			log := &strings.Builder{}
			app.Logger = textLogger(log)
			bp := dewar.NewBlueprint("bp")
			calls, exceptions, torn := 0, 0, error(nil)
			tt.setUp(app, bp, func(c *dewar.Context, err error) error {
				calls++
				if e, ok := err.(*dewar.HTTPError); !ok || e.Code != 500 || e.Err == nil || errors.Is(err, broken) != tt.cause { //nolint:errorlint // the type itself matters
					t.Errorf("the handler of 500 got %T %v", err, err)
				}
				return c.Text("sorry")
			})
			bp.Get("/", func(c *dewar.Context) error { c.Header("X-View", "1"); return dewar.Abort(404) })
			app.RegisterBlueprint(bp)
			app.GotRequestException.Connect(func(dewar.RequestException) { exceptions++ })
			app.TeardownRequest(func(_ *dewar.Context, err error) { torn = err })
			rec := send(app, "GET", "/")
			if rec.Code != tt.code || calls != tt.calls || tt.body != "" && rec.Body.String() != tt.body {
				t.Errorf("got %d %q after %d calls, want %d %q after %d", rec.Code, rec.Body, calls, tt.code, tt.body, tt.calls)
			}
			if strings.Contains(rec.Body.String(), "broken") || rec.Header().Get("X-View") != "" {
				t.Errorf("the answer shows the cause or the view: %q %v", rec.Body, rec.Header())
			}
			if exceptions != 1 || torn == nil || strings.Count(log.String(), "request failed") == 0 {
				t.Errorf("%d exceptions, teardown got %v, log %s", exceptions, torn, log)
			}
		})
	}
}

func TestHandlerOf500IsCalledOnceForWhatItFailsOn(t *testing.T) {
	t.Parallel()
	for _, err := range []error{errors.New("x"), dewar.Abort(500), fmt.Errorf("x: %w", dewar.Abortf(500, "text")), coded{500, nil}} {
		app := newApp(t)
		calls := 0
		app.ErrorHandler(500, func(c *dewar.Context, err error) error {
			calls++
			if e, ok := err.(*dewar.HTTPError); !ok || e.Code != 500 { //nolint:errorlint // the type itself matters
				t.Errorf("the handler of 500 got a %T", err)
			}
			return errors.New("again")
		})
		app.Get("/", func(*dewar.Context) error { return err })
		if rec := send(app, "GET", "/"); rec.Code != 500 || calls != 1 {
			t.Errorf("%v: got %d after %d calls, want one", err, rec.Code, calls)
		}
	}
}

// TestErrorThatAHandlerReturnsIsPassedOn has handlers give back the error they were called with, as Flask's return e.
func TestErrorThatAHandlerReturnsIsPassedOn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		err   error
		code  int
		body  string
		asked int // how often the handler of 500 is
	}{
		{"an HTTP error", dewar.Abortf(418, "tea"), 418, "418 tea\n", 0},
		{"a wrapped one", fmt.Errorf("x: %w", dewar.Abortf(418, "tea")), 418, "418 tea\n", 0},
		{"one in it", coded{0, dewar.Abortf(418, "tea")}, 418, "418 tea\n", 0},
		{"another error", errors.New("x"), 500, "sorry", 1},
		{"one that cannot be compared", uncomparable{"x"}, 500, "sorry", 1},
	} {
		app := newApp(t)
		app.Logger = slog.New(slog.DiscardHandler)
		asked := 0
		dewar.HandleError(app, func(c *dewar.Context, err error) error {
			c.Header("X-Handler", "1").Text("forget me") //nolint:errcheck // it is replaced
			if e, ok := errors.AsType[*dewar.HTTPError](err); ok {
				return e
			}
			return err
		})
		app.ErrorHandler(500, func(c *dewar.Context, _ error) error { asked++; return c.Text("sorry") })
		app.Get("/", func(*dewar.Context) error { return tt.err })
		if rec := send(app, "GET", "/"); rec.Code != tt.code || rec.Body.String() != tt.body || asked != tt.asked {
			t.Errorf("%s: got %d %q, 500 was asked %d times; want %d %q, %d", tt.name, rec.Code, rec.Body, asked, tt.code, tt.body, tt.asked)
		}
	}
}

type uncomparable []string

func (uncomparable) Error() string { return "uncomparable" }

// A boxedError has a status, and comparing it panics although its type can be compared.
type boxedError struct {
	code  int
	value any
}

func (e boxedError) Error() string   { return "boxed" }
func (e boxedError) StatusCode() int { return e.code }

func TestErrorThatCannotBeComparedIsNoPanic(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		code int
	}{
		{boxedError{418, []int{1}}, 418}, {boxedError{0, []int{1}}, 500}, {uncomparable{"x"}, 500},
		{fmt.Errorf("x: %w", boxedError{418, []int{1}}), 418},
	} {
		app, log := loggedApp(t)
		dewar.HandleError(app, func(_ *dewar.Context, err error) error { return err })
		told := ""
		app.TeardownRequest(func(_ *dewar.Context, err error) { told = fmt.Sprint(err) })
		app.Get("/", func(*dewar.Context) error { return tt.err })
		app.Get("/hook", func(c *dewar.Context) error {
			c.AfterThisRequest(func(*dewar.Context) error { return tt.err })
			c.AfterThisRequest(func(*dewar.Context) error { return tt.err })
			return tt.err
		})
		for _, path := range []string{"/", "/hook"} {
			rec := get(app, path)
			if path == "/" && (rec.Code != tt.code || rec.Code == 500 && told != tt.err.Error()) {
				t.Errorf("%v: got %d and teardown was told %q, want %d", tt.err, rec.Code, told, tt.code)
			}
		}
		if strings.Contains(log.String(), "panic") {
			t.Errorf("%v: the log has a panic: %s", tt.err, log)
		}
	}
}
