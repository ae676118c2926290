//go:build !race

package debugtoolbar_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"log/slog"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/debugtoolbar"
)

// The race detector lets a sync.Pool forget at random, so it cannot count allocations.

const costPage = `<!doctype html><html lang="en"><head><title>{{.title}}</title></head><body><h1>{{.title}}</h1>
<ul>{{range .posts}}<li><a href="/posts/{{.ID}}">{{.Title}}</a> by {{.Author}}</li>{{end}}</ul></body></html>`

type costPost struct {
	ID            int
	Title, Author string
}

// costApp has a page with a session that changes and a template, and hooks as applications have them.
func costApp(tb testing.TB, debug bool, opts ...func(*dewar.App)) *dewar.App {
	tb.Helper()
	app := dewar.New("cost", dewar.RootPath(tb.TempDir()),
		dewar.FS(fstest.MapFS{
			"templates/page.html": &fstest.MapFile{Data: []byte(costPage)},
			"templates/line.html": &fstest.MapFile{Data: []byte("<!doctype html><title>{{.title}}</title><body><p>{{.title}}</body>")},
		}))
	app.Logger = slog.New(slog.DiscardHandler)
	for key, value := range map[string]any{"SECRET_KEY": testKey, "DEBUG": debug, "TEMPLATES_AUTO_RELOAD": false} {
		if err := app.Config.Set(key, value); err != nil {
			tb.Fatal(err)
		}
	}
	for _, opt := range opts {
		opt(app)
	}
	posts := make([]costPost, 20)
	for i := range posts {
		posts[i] = costPost{i, "A post of some length", "somebody"}
	}
	app.BeforeRequest(func(c *dewar.Context) error { c.Set("user", c.Session().String("user")); return nil })
	app.Get("/text", func(c *dewar.Context) error { return c.Text("text") })
	app.Post("/text", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	app.Get("/page", func(c *dewar.Context) error {
		c.Session().Set("seen", c.Session().Int("seen")+1)
		return c.Render("page.html", dewar.Map{"title": "Posts", "posts": posts})
	})
	app.Get("/line", func(c *dewar.Context) error {
		c.Session().Set("seen", c.Session().Int("seen")+1)
		return c.Render("line.html", dewar.Map{"title": "Posts"})
	})
	if err := app.Build(); err != nil {
		tb.Fatal(err)
	}
	return app
}

func register(app *dewar.App) { debugtoolbar.Register(app) }

func bare(*dewar.App) {}

func get(path string) *http.Request {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr = "127.0.0.1:4711"
	r.Host = "localhost"
	return r
}

func post(path, form string) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestToolbarAllocatesNothingWhenItIsOff(t *testing.T) {
	without, with := costApp(t, false, bare), costApp(t, false, register)
	for _, tt := range []struct {
		name string
		r    *http.Request
	}{
		{"text", get("/text")},
		{"session and template", get("/page")},
		{"not found", get("/missing")},
		{"its own pages", get(home)},
		{"form", post("/text", "a=b")},
	} {
		allocs := func(app *dewar.App) float64 {
			w := &nothing{header: http.Header{}}
			return testing.AllocsPerRun(500, func() { clear(w.header); app.ServeHTTP(w, tt.r) })
		}
		if got, want := allocs(with), allocs(without); got > want {
			t.Errorf("%s: a request allocates %v times with a toolbar that is off, %v without one", tt.name, got, want)
		}
	}
}

// TestToolbarAllocatesLittleWhenItIsOn holds what a busy machine cannot change of the price; BenchmarkRatio has the rest.
func TestToolbarAllocatesLittleWhenItIsOn(t *testing.T) {
	allocs := func(register func(*dewar.App)) float64 {
		app, w, r := costApp(t, true, register), &nothing{header: http.Header{}}, get("/page")
		return testing.AllocsPerRun(500, func() { clear(w.header); app.ServeHTTP(w, r) })
	}
	without, with := allocs(bare), allocs(register)
	t.Logf("a request with session and template allocates %v times, %v with a toolbar", without, with)
	if with > without+40 {
		t.Errorf("a toolbar allocates %v times in a request; the budget is 40", with-without)
	}
}

// nothing is a ResponseWriter that costs nothing.
type nothing struct{ header http.Header }

func (w *nothing) Header() http.Header               { return w.header }
func (w *nothing) Write(p []byte) (int, error)       { return len(p), nil }
func (w *nothing) WriteString(s string) (int, error) { return len(s), nil }
func (w *nothing) WriteHeader(int)                   {}

// BenchmarkRatio measures requests with and without a toolbar in turns, in DEBUG, and reports the time of the processor
// that each took, garbage collection included: a request with session and template over a connection, handed straight to the App, and
// one with a template of a single line.
func BenchmarkRatio(b *testing.B) {
	without, with := costApp(b, true, bare), costApp(b, true, register)
	b.Run("served", func(b *testing.B) { ratio(b, served(b, without), served(b, with), 20) })
	b.Run("handed", func(b *testing.B) { ratio(b, handed(without, "/page"), handed(with, "/page"), 50) })
	b.Run("one line", func(b *testing.B) { ratio(b, handed(without, "/line"), handed(with, "/line"), 50) })
}

// served returns a request over a connection that is kept.
func served(b *testing.B, app *dewar.App) func() {
	server := httptest.NewServer(app)
	b.Cleanup(server.Close)
	return func() {
		resp, err := server.Client().Get(server.URL + "/page")
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

func handed(app *dewar.App, path string) func() {
	w, r := &nothing{header: http.Header{}}, get(path)
	return func() { clear(w.header); app.ServeHTTP(w, r) }
}

func ratio(b *testing.B, without, with func(), turn int) {
	b.Helper()
	var used [2]time.Duration
	turns := 0
	for b.Loop() {
		for i, f := range [2]func(){without, with} {
			start := clock()
			for range turn {
				f()
			}
			used[i] += clock() - start
		}
		turns++
	}
	each := func(i int) float64 { return float64(used[i]) / float64(turn*turns) }
	b.ReportMetric(each(0), "cpu-ns/without")
	b.ReportMetric(each(1), "cpu-ns/with")
	b.ReportMetric(100*(each(1)/each(0)-1), "%more")
}
