//go:build !race

package dewar_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dewar-go/dewar"
)

// The race detector lets a sync.Pool forget at random, so it cannot count allocations.

func allocations(t *testing.T, h http.Handler, r *http.Request) float64 {
	t.Helper()
	w := &nullWriter{header: http.Header{}}
	return testing.AllocsPerRun(1000, func() {
		w.reset()
		h.ServeHTTP(w, r)
	})
}

func TestAllocationBudgets(t *testing.T) {
	app := quietApp(t)
	app.Get("/", hello)
	app.Get("/u/{name}", func(c *dewar.Context) error { return c.Text(c.Params().String("name")) })
	app.Get("/u/{name}/{number:int}/{file}/{rest:path}", hello)
	app.Get("/set", func(c *dewar.Context) error { c.Session().Set("user_id", 42); return c.Text("set") })
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	root := httptest.NewRequest("GET", "/", nil)
	plain := allocations(t, http.HandlerFunc(plainHandler), root)
	static := allocations(t, app, root)
	if static > plain+2 {
		t.Errorf("a static text route allocates %v times, net/http by hand %v; the budget is 2 more", static, plain)
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, httptest.NewRequest("GET", "/set", nil))
	withCookie := httptest.NewRequest("GET", "/", nil)
	withCookie.AddCookie(rec.Result().Cookies()[0])
	if got := allocations(t, app, withCookie); got != static {
		t.Errorf("a route that does not touch the session allocates %v times with a cookie in the request, %v without", got, static)
	}
	if got := allocations(t, app, httptest.NewRequest("GET", "/u/ann", nil)); got > static+1 {
		t.Errorf("a route with a parameter allocates %v times, a static one %v; the budget is 1 more", got, static)
	}
	if got := allocations(t, app, httptest.NewRequest("GET", "/u/ann/4711/x/y/z", nil)); got != static {
		t.Errorf("a route whose four parameters nobody asks for allocates %v times, a static one %v; the budget is as many", got, static)
	}
}

// TestSessionAllocations holds what a session allocates against what a bare securecookie does.
func TestSessionAllocations(t *testing.T) {
	work := sessionWork(t)
	allocs := func(name string) float64 { return testing.AllocsPerRun(1000, work[name]) }
	untouched, decode, encode := allocs("untouched"), allocs("decode"), allocs("encode")
	read, write := allocs("read")-untouched, allocs("write")-untouched
	t.Logf("reading %v, a bare decode %v; changing %v, a bare decode and encode %v", read, decode, write, decode+encode)
	if read > decode {
		t.Errorf("reading one key allocates %v times, a bare decode %v; the budget is as many", read, decode)
	}
	if write > decode+encode {
		t.Errorf("changing one key allocates %v times, a bare decode and encode %v; the budget is as many", write, decode+encode)
	}
}
