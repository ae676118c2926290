//go:build !race

package dewar_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// TestReadingScalarsAllocatesNoMoreThanTheValue allows for the value where an interface has no room for it, and for
// the parts of a date.
func TestReadingScalarsAllocatesNoMoreThanTheValue(t *testing.T) {
	app := newApp(t)
	s := openJar(t, app, sessionJar(t, app, func(s *dewar.Session) {
		s.Set("bool", true)
		s.Set("float", 1.5)
		s.Set("int", 42)
		s.Set("text", "ann")
		s.Set("time", time.Unix(1e9, 0))
	}))
	for _, tt := range []struct {
		name string
		read func()
		want float64
	}{
		{"Get of a bool", func() { s.Get("bool") }, 0},
		{"Get of an int", func() { s.Get("int") }, 0},
		{"Get of text", func() { s.Get("text") }, 1},
		{"Get of a float", func() { s.Get("float") }, 1},
		{"Get of a time", func() { s.Get("time") }, 6},
		{"Bool", func() { s.Bool("bool") }, 0},
		{"Int", func() { s.Int("int") }, 0},
		{"String", func() { s.String("text") }, 0},
		{"Float64", func() { s.Float64("float") }, 1},
		{"ValueOr of an int64", func() { dewar.ValueOr(s, "int", int64(0)) }, 1},
		{"ValueOr of text", func() { dewar.ValueOr(s, "text", "") }, 1},
		{"ValueOr of a time", func() { dewar.ValueOr(s, "time", time.Time{}) }, 6},
		{"a missing key", func() { s.Get("missing") }, 0},
	} {
		if got := testing.AllocsPerRun(1000, tt.read); got > tt.want {
			t.Errorf("%s: got %v allocations, want at most %v", tt.name, got, tt.want)
		}
	}
}

func TestValuesThatNobodyAsksForCostNothing(t *testing.T) {
	opening := func(value string) float64 {
		app := quietApp(t)
		app.Get("/", func(c *dewar.Context) error { c.Session().Int("n"); return c.NoContent() })
		jar := sessionJar(t, app, fromJSON(t, `{"n":1,"unread":`+value+`}`))
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: jar["session"]})
		return allocations(t, app, r)
	}
	small, large := opening(`[1]`), opening("["+strings.Repeat(`1,"x",`, 50)+"1]")
	if large > small+1 {
		t.Errorf("a request allocates %v times when it leaves a large list alone, %v with a small one", large, small)
	}
}

// TestSessionRequestsAllocateLittle holds what a whole request allocates: its Context, its session, and what the cookie
// says; one that changes the session also the line of the new cookie.
func TestSessionRequestsAllocateLittle(t *testing.T) {
	app := sessionApp(t)
	for _, tt := range []struct {
		path  string
		most  float64
		bytes uint64
	}{
		{"/untouched", 1, 240},
		{"/read", 3, 850},
		{"/write", 4, 1200},
	} {
		r, w := sessionRequest(t, app, tt.path), &nullWriter{header: http.Header{}}
		request := func() { w.reset(); app.ServeHTTP(w, r) }
		if got := testing.AllocsPerRun(1000, request); got > tt.most {
			t.Errorf("%s: got %v allocations, want at most %v", tt.path, got, tt.most)
		}
		if got := bytesPerRun(1000, request); got > tt.bytes {
			t.Errorf("%s: got %d bytes, want at most %d", tt.path, got, tt.bytes)
		}
	}
}

// bytesPerRun returns how many bytes f allocates. No other test may run meanwhile.
func bytesPerRun(runs int, f func()) uint64 {
	f()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / uint64(runs)
}
