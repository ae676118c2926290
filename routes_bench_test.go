package dewar_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

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

// TestManyRoutesCostWhatFewDo is far from a benchmark: it finds a router that looks at its routes one by one.
func TestManyRoutesCostWhatFewDo(t *testing.T) {
	paths := []string{"/static/page1", "/thing1/7", "/user/7/tab1", "/files1/a/b"}
	few, many := routesApp(t, 12), routesApp(t, 1000)
	for _, path := range paths {
		r := httptest.NewRequest("GET", path, nil)
		if a, b := fastest(few, r), fastest(many, r); b > 4*a {
			t.Errorf("%s takes %v among 12 routes and %v among 1000", path, a, b)
		}
	}
}

// fastest returns the shortest of several times for 500 requests.
func fastest(app *dewar.App, r *http.Request) time.Duration {
	best := time.Duration(math.MaxInt64)
	w := &nullWriter{header: http.Header{}}
	for range 9 {
		start := time.Now()
		for range 500 {
			w.reset()
			app.ServeHTTP(w, r)
		}
		best = min(best, time.Since(start))
	}
	return best
}
