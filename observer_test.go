package dewar_test

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

func watchedHook(*dewar.Context) error { return nil }

func TestObserverIsToldOfEveryStation(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte("page")}}))
	app.Logger = slog.New(slog.DiscardHandler)
	must(t, app.Config.Set("SECRET_KEY", testKey))
	var told []string
	app.Observer = func(_ *dewar.Context, at dewar.Station, name string) func(error) {
		name = name[strings.LastIndexByte(name, '.')+1:]
		told = append(told, "+"+string(at)+" "+name)
		return func(err error) {
			end := "-" + string(at)
			if err != nil {
				end += " " + err.Error()
			}
			told = append(told, end)
		}
	}
	app.BeforeRequest(watchedHook)
	app.AfterRequest(watchedHook)
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("a", 1)
		return c.Render("page.html", nil)
	})
	app.Get("/error", func(*dewar.Context) error { return errors.New("oh") })
	app.Get("/panic", func(*dewar.Context) error { panic("oh") })
	hook := []string{"+hook watchedHook", "-hook"}
	for _, tt := range []struct {
		path string
		want []string
	}{
		{"/", slices.Concat(hook, []string{"+view func2", "+session open", "-session", "+render html", "-render", "-view"}, hook, []string{"+session save", "-session"})},
		{"/error", slices.Concat(hook, []string{"+view func3", "-view oh"}, hook)},
		{"/panic", slices.Concat(hook, []string{"+view func4", "-view dewar: the station panicked or ended its goroutine"}, hook)},
		{"/missing", slices.Concat(hook, hook)},
	} {
		told = nil
		send(app, "GET", tt.path)
		if !slices.Equal(told, tt.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.path, told, tt.want)
		}
	}
}

func TestObserverThatDoesNotCare(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Observer = func(*dewar.Context, dewar.Station, string) func(error) { return nil }
	app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("page") })
	if rec := send(app, "GET", "/"); rec.Code != 200 || rec.Body.String() != "page" {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
}

func TestObserverNamesTheHandlerInside(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var names []string
	app.Observer = func(_ *dewar.Context, at dewar.Station, name string) func(error) {
		names = append(names, name)
		return nil
	}
	app.Handle("/func", http.HandlerFunc(plainHandler))
	app.Handle("/type", http.NewServeMux())
	app.Fallback(http.HandlerFunc(plainHandler))
	for _, path := range []string{"/func", "/type", "/else"} {
		send(app, "GET", path)
	}
	if want := []string{"plainHandler", "*http.ServeMux", "plainHandler"}; len(names) != 3 || !strings.HasSuffix(names[0], want[0]) || names[1] != want[1] || !strings.HasSuffix(names[2], want[2]) {
		t.Errorf("got %q, want %q", names, want)
	}
}
