package templates

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

// A post is a row of the page.
type post struct {
	ID     int
	Title  string
	Author string
	Body   string
}

const (
	layout = `<!doctype html>
<html lang="en">
<head><title>{{block "title" .}}Posts{{end}}</title><link rel="stylesheet" href="/static/style.css"></head>
<body>
<nav><a href="{{url_for "index"}}">Home</a></nav>
<main>{{block "content" .}}{{end}}</main>
<footer>{{.year}}</footer>
</body>
</html>
`
	page = `{{template "layout.html" .}}
{{define "title"}}{{.heading}}{{end}}
{{define "content"}}<h1>{{.heading}}</h1>
{{range .posts}}<article><h2><a href="{{url_for "show" "id" .ID}}">{{.Title}}</a></h2><p class="by">{{.Author}}</p><p>{{.Body}}</p></article>
{{end}}{{end}}
`
)

// data is what the view gives the page.
func data() map[string]any {
	posts := make([]post, 20)
	for i := range posts {
		posts[i] = post{1000 + i, fmt.Sprintf("Post %d & more", i), "Anna <anna@example.com>", "The quick brown fox jumps over the lazy dog. It's \"quick\"."}
	}
	return map[string]any{"heading": "All posts", "year": 2026, "posts": posts}
}

// A renderer writes the page as text.
type renderer func() (string, error)

// byDewar renders in a request.
func byDewar(tb testing.TB) renderer {
	tb.Helper()
	app := dewar.New("bench", dewar.FS(fstest.MapFS{"templates/layout.html": {Data: []byte(layout)}, "templates/page.html": {Data: []byte(page)}}))
	app.Get("/", dewar.Alive, dewar.Endpoint("index"))
	app.Get("/posts/{id:int}", dewar.Alive, dewar.Endpoint("show"))
	c, end, err := app.NewContext(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = end() })
	values := data()
	return func() (string, error) { return c.RenderString("page.html", values) }
}

// byHand renders as a program without a framework does, with buffers that are used again.
func byHand(tb testing.TB) renderer {
	tb.Helper()
	set := template.New("").Funcs(template.FuncMap{"url_for": urlFor})
	template.Must(set.New("layout.html").Parse(layout))
	template.Must(set.New("page.html").Parse(page))
	buffers := sync.Pool{New: func() any { return new(bytes.Buffer) }}
	values := data()
	return func() (string, error) {
		b := buffers.Get().(*bytes.Buffer)
		defer buffers.Put(b)
		b.Reset()
		err := set.ExecuteTemplate(b, "page.html", values)
		return b.String(), err
	}
}

// urlFor is what a program writes for its own routes.
func urlFor(endpoint string, pairs ...any) (string, error) {
	switch endpoint {
	case "index":
		return "/", nil
	case "show":
		if len(pairs) == 2 && pairs[0] == "id" {
			if id, ok := pairs[1].(int); ok {
				return "/posts/" + strconv.Itoa(id), nil
			}
		}
	}
	return "", fmt.Errorf("no URL for %q with %v", endpoint, pairs)
}

func TestBothRenderTheSamePage(t *testing.T) {
	got, err := byDewar(t)()
	want, handErr := byHand(t)()
	if err != nil || handErr != nil || got != want {
		t.Errorf("dewar renders\n%s, %v\nhtml/template by hand\n%s, %v", got, err, want, handErr)
	}
}

func TestRenderingAllocatesAsByHand(t *testing.T) {
	allocs := func(render renderer) float64 {
		return testing.AllocsPerRun(200, func() {
			if _, err := render(); err != nil {
				t.Fatal(err)
			}
		})
	}
	got, want := allocs(byDewar(t)), allocs(byHand(t))
	t.Logf("%.0f allocations in dewar, %.0f by hand", got, want)
	if got > want {
		t.Errorf("dewar allocates %.0f times for a page, html/template by hand %.0f times", got, want)
	}
}

// TestRenderingRatio prints the ratio of twenty interleaved rounds. It compares times, so it runs when DEWAR_BENCH is set.
func TestRenderingRatio(t *testing.T) {
	if os.Getenv("DEWAR_BENCH") == "" {
		t.Skip("set DEWAR_BENCH to compare times")
	}
	ours, theirs := byDewar(t), byHand(t)
	const rounds, pages = 20, 400
	ratios := make([]float64, rounds)
	for i := range ratios {
		a, b := lap(t, ours, pages), lap(t, theirs, pages)
		if i%2 == 1 {
			b = lap(t, theirs, pages)
			a = lap(t, ours, pages)
		}
		ratios[i] = float64(a) / float64(b)
	}
	slices.Sort(ratios)
	// The interval of the median that holds in 95 of 100 such measurements: the 6th and the 15th of 20.
	t.Logf("dewar takes %.3f times as long as html/template by hand, interval %.3f to %.3f, %d rounds of %d pages", (ratios[9]+ratios[10])/2, ratios[5], ratios[14], rounds, pages)
}

func lap(t *testing.T, render renderer, pages int) time.Duration {
	t.Helper()
	start := time.Now()
	for range pages {
		if _, err := render(); err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(start)
}

func BenchmarkRender(b *testing.B) {
	for _, tt := range []struct {
		name   string
		render renderer
	}{{"dewar", byDewar(b)}, {"byHand", byHand(b)}} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tt.render(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
