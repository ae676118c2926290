//go:build !race

package sessionstore_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

// A discard is a writer that keeps nothing.
type discard struct{ header http.Header }

func (w discard) Header() http.Header         { return w.header }
func (w discard) Write(p []byte) (int, error) { return len(p), nil }
func (w discard) WriteHeader(int)             {}

// TestRequestsAllocateLittle holds how much a request allocates beyond one to an App that has no store.
func TestRequestsAllocateLittle(t *testing.T) {
	app, plain := sixValues(t, &sessionstore.SessionInterface{Store: sessionstore.NewMemory()}), sixValues(t, nil)
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, httptest.NewRequest("GET", "/set", nil))
	cookies := rec.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("got cookies %v", cookies)
	}
	allocations := func(app *dewar.App, path string) float64 {
		r, w := httptest.NewRequest("GET", path, nil), discard{http.Header{}}
		r.AddCookie(cookies[0])
		return testing.AllocsPerRun(200, func() { clear(w.header); app.ServeHTTP(w, r) })
	}
	untouched := allocations(plain, "/untouched")
	for _, tt := range []struct {
		path string
		most float64
	}{{"/untouched", 0}, {"/read", 7}, {"/write", 13}} {
		if got := allocations(app, tt.path) - untouched; got > tt.most {
			t.Errorf("%s allocates %v times more than without sessions, want %v at most", tt.path, got, tt.most)
		}
	}
}

// sixValues returns an App whose sessions have six values; si is its SessionInterface, or nil.
func sixValues(t *testing.T, si dewar.SessionInterface) *dewar.App {
	t.Helper()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	if si != nil {
		app.SessionInterface = si
	}
	if err := app.Config.Set("SECRET_KEY", "q8Zr0uX2nVb7Lk5sTd9wYc4hEa6mJf1g"); err != nil {
		t.Fatal(err)
	}
	app.Get("/untouched", func(c *dewar.Context) error { return c.Text("ok") })
	app.Get("/set", func(c *dewar.Context) error {
		c.Session().Set("n", 0)
		for _, key := range []string{"a", "b", "c", "d", "e"} {
			c.Session().Set(key, strings.Repeat(key, 100))
		}
		return c.Text("ok")
	})
	app.Get("/read", func(c *dewar.Context) error { c.Session().Int("n"); return c.Text("ok") })
	app.Get("/write", func(c *dewar.Context) error { c.Session().Set("n", 42); return c.Text("ok") })
	return app
}
