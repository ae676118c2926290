package dewar_test

import (
	"errors"
	"log/slog"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestJSONErrorsAnswerBrowsersToo(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	fails := func(c *dewar.Context) error { return dewar.Abort(409) }
	api := dewar.NewBlueprint("api", dewar.URLPrefix("/api"), dewar.JSONErrors(true))
	api.Get("/things", fails)
	api.Get("/page", fails, dewar.JSONErrors(false), dewar.Endpoint("page"))
	api.Post("/saved", fails, dewar.Endpoint("saved"))
	app.RegisterBlueprint(api)
	app.Get("/page", fails, dewar.Endpoint("page"))
	whole := dewar.New("whole", dewar.RootPath(t.TempDir()), dewar.JSONErrors(true))
	whole.Get("/things", fails)
	for _, tt := range []struct {
		name, path string
		app        *dewar.App
		status     int
		json       bool
	}{
		{"of a blueprint", "/api/things", app, 409, true},
		{"switched off again for a route", "/api/page", app, 409, false},
		{"elsewhere", "/page", app, 409, false},
		{"no route of the blueprint", "/api/nothing", app, 404, true},
		{"another method of the blueprint's route", "/api/saved", app, 405, true},
		{"of an App", "/things", whole, 409, true},
		{"no route of the App", "/nothing", whole, 404, true},
	} {
		r := httptest.NewRequest("GET", tt.path, nil)
		r.Header.Set("Accept", "text/html,*/*;q=0.8")
		w := httptest.NewRecorder()
		tt.app.ServeHTTP(w, r)
		got := w.Header().Get("Content-Type")
		if w.Code != tt.status || strings.HasPrefix(got, "application/problem+json") != tt.json {
			t.Errorf("%s: got %d %s", tt.name, w.Code, got)
		}
		if varies := strings.Contains(w.Header().Get("Vary"), "Accept"); varies == tt.json {
			t.Errorf("%s: Vary is %q", tt.name, w.Header().Get("Vary"))
		}
	}
}

// soldOut is an error of the program.
type soldOut struct{}

func (soldOut) Error() string { return "sold out" }

func TestJSONErrorsPassOverThePagesOfTheApp(t *testing.T) {
	t.Parallel()
	newSite := func(opts ...dewar.Option) *dewar.App {
		app := dewar.New("test", append(opts, dewar.RootPath(t.TempDir()))...)
		app.Logger = slog.New(slog.DiscardHandler)
		page := func(c *dewar.Context, err *dewar.HTTPError) error { return c.HTML("page") }
		dewar.HandleError(app, page)
		app.ErrorHandler(404, func(c *dewar.Context, _ error) error { return c.HTML("no page") })
		dewar.HandleError(app, func(c *dewar.Context, _ soldOut) error { return c.Status(410).Text("own") })
		bp := dewar.NewBlueprint("api", dewar.URLPrefix("/api"), dewar.JSONErrors(true))
		bp.ErrorHandler(409, func(c *dewar.Context, _ error) error { return c.Text("of the blueprint") })
		bp.Get("/{what}", func(c *dewar.Context) error { return failAs(c.Params().String("what")) }, dewar.Endpoint("fail"))
		app.RegisterBlueprint(bp)
		app.Get("/route/{what}", func(c *dewar.Context) error { return failAs(c.Params().String("what")) }, dewar.Endpoint("route"), dewar.JSONErrors(true))
		app.Get("/page/{what}", func(c *dewar.Context) error { return failAs(c.Params().String("what")) }, dewar.Endpoint("page"))
		return app
	}
	site, all := newSite(), newSite(dewar.JSONErrors(true))
	for _, tt := range []struct {
		name, path string
		app        *dewar.App
		status     int
		want       string
	}{
		{"a status", "/api/400", site, 400, `{"title":"Bad Request"`},
		{"a code that the App handles", "/api/404", site, 404, `{"title":"Not Found"`},
		{"no route", "/api/a/b", site, 404, `{"title":"Not Found"`},
		{"a bug", "/api/bug", site, 500, `{"title":"Internal Server Error"`},
		{"an error of the App's own", "/api/sold-out", site, 410, "own"},
		{"a handler of the blueprint", "/api/409", site, 409, "of the blueprint"},
		{"a route", "/route/404", site, 404, `{"title":"Not Found"`},
		{"elsewhere", "/page/400", site, 400, "page"},
		{"elsewhere by code", "/page/404", site, 404, "no page"},
		{"elsewhere no route", "/nothing", site, 404, "no page"},
		{"the App has it", "/page/400", all, 400, "page"},
		{"the App and the blueprint have it", "/api/400", all, 400, "page"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", tt.path, nil)
			r.Header.Set("Accept", "text/html")
			w := httptest.NewRecorder()
			tt.app.ServeHTTP(w, r)
			if got := w.Body.String(); w.Code != tt.status || !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %d %.80s, want %d %s", w.Code, got, tt.status, tt.want)
			}
		})
	}
}

func failAs(what string) error {
	switch what {
	case "bug":
		return errors.New("a bug")
	case "sold-out":
		return soldOut{}
	}
	code, err := strconv.Atoi(what)
	if err != nil {
		return err
	}
	return dewar.Abort(code)
}
