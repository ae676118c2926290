package dewar_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// upgradeError is what a websocket library returns when it has refused a handshake.
type upgradeError struct{}

func (upgradeError) Error() string {
	return "websocket: the client is not using the websocket protocol"
}

// refuseUpgrade answers and fails as such libraries do.
func refuseUpgrade(w http.ResponseWriter, code int) error {
	w.Header().Set("Sec-Websocket-Version", "13")
	http.Error(w, "refused", code)
	return upgradeError{}
}

// TestAnswerOfAForeignHandlerStaysWithItsError lets what is not of dewar answer with an error status and fail.
func TestAnswerOfAForeignHandlerStaysWithItsError(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		setUp    func(app *dewar.App)
		view     dewar.Handler
		code     int
		body     string
		reported bool // as an error of the server
	}{
		{"a refused upgrade", nil, func(c *dewar.Context) error { return refuseUpgrade(c.Response, 400) }, 400, "refused\n", false},
		{"its error is wrapped", nil, func(c *dewar.Context) error { return fmt.Errorf("ws: %w", refuseUpgrade(c.Response, 426)) }, 426, "refused\n", false},
		{"by http.Error of a wrapped handler", nil, func(c *dewar.Context) error {
			_ = dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "refused", http.StatusForbidden) }))(c)
			return upgradeError{}
		}, 403, "refused\n", false},
		{"a hook", func(app *dewar.App) {
			app.BeforeRequest(func(c *dewar.Context) error { return refuseUpgrade(c.Response, 401) })
		}, index, 401, "refused\n", false},
		{"an error of the server", nil, func(c *dewar.Context) error { return refuseUpgrade(c.Response, 501) }, 501, "refused\n", true},
		{"a handler of 500 does not matter", func(app *dewar.App) {
			app.ErrorHandler(500, func(c *dewar.Context, _ error) error { return c.Text("500") })
		}, func(c *dewar.Context) error { return refuseUpgrade(c.Response, 400) }, 400, "refused\n", false},
		{"one for its type does", func(app *dewar.App) {
			dewar.HandleError(app, func(c *dewar.Context, _ upgradeError) error { return c.Status(418).Text("own") })
		}, func(c *dewar.Context) error { return refuseUpgrade(c.Response, 400) }, 418, "own", false},
		{"an error with a status goes before", nil, func(c *dewar.Context) error {
			return errors.Join(refuseUpgrade(c.Response, 400), dewar.Abortf(404, "none"))
		}, 404, "404 none\n", false},
		{"a panic loses the answer", nil, func(c *dewar.Context) error { panic(refuseUpgrade(c.Response, 400)) }, 500, plain500, true},
		{"so does an error after a page", nil, func(c *dewar.Context) error {
			_, _ = c.Response.WriteString("half a page")
			return upgradeError{}
		}, 500, plain500, true},
		{"and one after an answering method", nil, func(c *dewar.Context) error {
			_ = c.Status(400).Text("bad")
			return upgradeError{}
		}, 500, plain500, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, log, exceptions, ended := newApp(t), &strings.Builder{}, 0, error(nil)
			app.Logger = textLogger(log)
			app.GotRequestException.Connect(func(dewar.RequestException) { exceptions++ })
			app.TeardownRequest(func(_ *dewar.Context, err error) { ended = err })
			app.AfterRequest(func(c *dewar.Context) error { c.Header("X-After", "1"); return nil })
			if tt.setUp != nil {
				tt.setUp(app)
			}
			app.Get("/", func(c *dewar.Context) error { c.Session().Set("seen", 1); return tt.view(c) })
			rec := send(app, "GET", "/")
			if rec.Code != tt.code || rec.Body.String() != tt.body || rec.Header().Get("X-After") != "1" {
				t.Errorf("got %d %q %v, want %d %q", rec.Code, rec.Body, rec.Header(), tt.code, tt.body)
			}
			if foreign := rec.Header().Get("Sec-Websocket-Version") == "13"; foreign != (tt.body == "refused\n" && tt.code != 403) {
				t.Errorf("header %v", rec.Header())
			}
			if logged := strings.Contains(log.String(), "level=ERROR"); logged != tt.reported || (exceptions == 1) != tt.reported || (ended != nil) != tt.reported {
				t.Errorf("%d exceptions, torn down with %v, log %q", exceptions, ended, log)
			}
		})
	}
}

// TestForeignAnswerIsFoundInTheLog looks for the reason at level Debug.
func TestForeignAnswerIsFoundInTheLog(t *testing.T) {
	t.Parallel()
	app, log := newApp(t), &strings.Builder{}
	app.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	app.Get("/", func(c *dewar.Context) error { return refuseUpgrade(c.Response, 400) })
	send(app, "GET", "/")
	if !strings.Contains(log.String(), "level=DEBUG") || !strings.Contains(log.String(), upgradeError{}.Error()) {
		t.Errorf("the log is %q", log)
	}
}
