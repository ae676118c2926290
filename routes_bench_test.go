package dewar_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/dewar-go/dewar"
)

// routesApp has n routes: static ones, ones with a variable behind text of their own, and ones that differ
// only behind a variable, which is the hardest for a router.
func routesApp(tb testing.TB, n int) *dewar.App {
	app := quietApp(tb)
	for i := range n / 4 {
		app.Get(fmt.Sprintf("/static/page%d", i), hello, dewar.Endpoint(fmt.Sprint("s", i)))
		app.Get(fmt.Sprintf("/thing%d/{id:int}", i), hello, dewar.Endpoint(fmt.Sprint("t", i)))
		app.Get(fmt.Sprintf("/user/{id}/tab%d", i), hello, dewar.Endpoint(fmt.Sprint("u", i)))
		app.Get(fmt.Sprintf("/files%d/{p:path}", i), hello, dewar.Endpoint(fmt.Sprint("f", i)))
	}
	if err := app.Build(); err != nil {
		tb.Fatal(err)
	}
	return app
}

// BenchmarkRoutes compares the cost of a request among few and among many routes.
func BenchmarkRoutes(b *testing.B) {
	for _, n := range []int{12, 100, 1000} {
		app := routesApp(b, n)
		for name, path := range map[string]string{
			"static": "/static/page1", "int": "/thing1/7", "behind a variable": "/user/7/tab1", "path": "/files1/a/b", "none": "/nothing/at/all",
		} {
			r := httptest.NewRequest("GET", path, nil)
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) { benchmark(b, app, r) })
		}
	}
}

// BenchmarkHosts is a request to an App with routes by host.
func BenchmarkHosts(b *testing.B) {
	app := quietApp(b)
	app.Get("/", hello, dewar.Endpoint("any"))
	app.Get("/", hello, dewar.Host("api.example.com"), dewar.Endpoint("exact"))
	app.Get("/", hello, dewar.Host("{user}.example.org"), dewar.Endpoint("pattern"))
	for _, host := range []string{"localhost", "api.example.com", "ann.example.org"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		b.Run(host, func(b *testing.B) { benchmark(b, app, r) })
	}
}

// A countingConverter takes every text and counts how often it is asked.
type countingConverter struct{ asked *int }

func (c countingConverter) Pattern() string { return "[^/]+" }

func (c countingConverter) Parse(s string) (any, error) { *c.asked++; return s, nil }

func (c countingConverter) Format(v any) (string, error) { return fmt.Sprint(v), nil }

// TestManyRoutesCostWhatFewDo finds a router that looks at its routes one by one, by the values it tries.
func TestManyRoutesCostWhatFewDo(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, path := range []string{"/thing1/7", "/7/thing1", "/user/7/tab1", "/user/7/none", "/7/none"} {
		few, many := valuesTried(t, 12, path), valuesTried(t, 1000, path)
		tried += few
		if few != many || few > 4 {
			t.Errorf("%s tries %d values among 12 routes and %d among 1000, want the same few", path, few, many)
		}
	}
	if tried == 0 {
		t.Error("no value was tried, which makes a poor test")
	}
}

// valuesTried returns how many values a request makes the router convert among n routes.
func valuesTried(t *testing.T, n int, path string) int {
	t.Helper()
	app, asked := quietApp(t), 0
	app.Converter("counting", countingConverter{&asked})
	for i := range n / 4 {
		app.Get(fmt.Sprintf("/static/page%d", i), hello, dewar.Endpoint(fmt.Sprint("s", i)))
		app.Get(fmt.Sprintf("/thing%d/{id:counting}", i), hello, dewar.Endpoint(fmt.Sprint("t", i)))
		app.Get(fmt.Sprintf("/user/{id:counting}/tab%d", i), hello, dewar.Endpoint(fmt.Sprint("u", i)))
		app.Get(fmt.Sprintf("/{id:counting}/thing%d", i), hello, dewar.Endpoint(fmt.Sprint("f", i)))
	}
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	asked = 0
	send(app, "GET", path)
	return asked
}
