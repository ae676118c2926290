package dewar_test

import (
	"net/http/httptest"
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
		{"no route of the blueprint", "/api/nothing", app, 404, false},
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
