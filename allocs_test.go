//go:build !race

package dewar_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
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
	app.Get("/n/{number:int}", func(c *dewar.Context) error {
		if c.Params().Int("number") != 4711 {
			return dewar.Abort(404)
		}
		return hello(c)
	})
	app.Get("/id/{number:int}", func(c *dewar.Context) error {
		if c.Params().Int64("number") != 4711 {
			return dewar.Abort(404)
		}
		return hello(c)
	})
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
	for _, path := range []string{"/u/ann", "/n/4711", "/id/4711"} {
		if got := allocations(t, app, httptest.NewRequest("GET", path, nil)); got != static {
			t.Errorf("a route that asks for its parameter, %s, allocates %v times, a static one %v; the budget is as many", path, got, static)
		}
	}
	if got := allocations(t, app, httptest.NewRequest("GET", "/u/ann/4711/x/y/z", nil)); got != static {
		t.Errorf("a route whose four parameters nobody asks for allocates %v times, a static one %v; the budget is as many", got, static)
	}
}

// TestHostsAllocateNoValues has routes of one host, whose values nobody asks for.
func TestHostsAllocateNoValues(t *testing.T) {
	app := quietApp(t)
	app.Get("/elsewhere", hello, dewar.Host("other.example"))
	app.Get("/static", hello, dewar.Host("example.com"), dewar.Endpoint("static_page"))
	app.Get("/u/{name}/{number:int}", hello, dewar.Host("example.com"), dewar.Endpoint("user"))
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	static := allocations(t, app, httptest.NewRequest("GET", "/static", nil))
	if got := allocations(t, app, httptest.NewRequest("GET", "/u/ann/4711", nil)); got != static {
		t.Errorf("a route with parameters on a host allocates %v times, a static one there %v; the budget is as many", got, static)
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

// TestBindAllocations holds what Bind allocates for ten fields whose rules are kept: a text for each text, and nothing for a rule, for
// the name of a field or for a number. A struct in a list costs two, whatever it has.
func TestBindAllocations(t *testing.T) {
	type signup struct {
		Name     string  `form:"name" json:"name" required:"true" minlength:"2" maxlength:"40"`
		Email    string  `form:"email" json:"email" required:"true" format:"email"`
		Password string  `form:"password" json:"password" required:"true" minlength:"8"`
		Age      int     `form:"age" json:"age" min:"18" max:"150"`
		City     string  `form:"city" json:"city" pattern:"[A-Z][a-z]+"`
		Country  string  `form:"country" json:"country" required:"true" enum:"no,se,dk"`
		News     bool    `form:"news" json:"news"`
		Score    float64 `form:"score" json:"score" min:"0" max:"5"`
		Lang     string  `form:"lang" json:"lang" enum:"go,python"`
		Visits   int64   `form:"visits" json:"visits" min:"0"`
	}
	type row struct {
		A int `json:"a" min:"1"`
		B int `json:"b" min:"1"`
	}
	app := quietApp(t)
	app.Post("/", func(c *dewar.Context) error {
		var s signup
		if err := c.Bind(&s); err != nil || s.Visits != 17 || s.Lang != "go" {
			return dewar.Abort(400)
		}
		return c.NoContent()
	})
	app.Post("/list", func(c *dewar.Context) error {
		var list struct {
			Rows []row `json:"rows"`
		}
		if err := c.Bind(&list); err != nil || list.Rows[len(list.Rows)-1].B != 2 {
			return dewar.Abort(400)
		}
		return c.NoContent()
	})
	cost := func(path, contentType, body string) float64 {
		reader := strings.NewReader(body)
		first := httptest.NewRequest("POST", path, reader)
		first.Header.Set("Content-Type", contentType)
		w := &nullWriter{header: http.Header{}}
		n := testing.AllocsPerRun(200, func() {
			reader.Reset(body)
			r := *first
			r.Body = io.NopCloser(reader)
			w.reset()
			app.ServeHTTP(w, &r)
		})
		if checked := post(app, path, contentType, body); checked.Code != 204 {
			t.Fatalf("%s: got %d, want 204", body, checked.Code)
		}
		return n
	}
	if got := cost("/", "application/x-www-form-urlencoded", "name=Anna&email=anna%40example.com&password=correct+horse&age=41&city=Bergen&country=no&news=true&score=4.5&lang=go&visits=17"); got > 22 {
		t.Errorf("a form of ten fields: got %v allocations, want 22 at most", got)
	}
	if got := cost("/", "application/json", `{"name":"Anna","email":"anna@example.com","password":"correct horse","age":41,"city":"Bergen","country":"no","news":true,"score":4.5,"lang":"go","visits":17}`); got > 20 {
		t.Errorf("JSON of ten fields: got %v allocations, want 20 at most", got)
	}
	list := func(n int) float64 {
		return cost("/list", "application/json", `{"rows":[`+strings.Repeat(`{"a":1,"b":2},`, n-1)+`{"a":1,"b":2}]}`)
	}
	if few, many := list(100), list(1100); many-few > 2*1000+20 {
		t.Errorf("a thousand structs more: got %v allocations, want 2 for each", many-few)
	}
}

// TestADeclaredLengthIsAllocatedOnce has a net/http handler write a megabyte in small pieces, with its length said before and not.
func TestADeclaredLengthIsAllocatedOnce(t *testing.T) {
	const size, piece = 1 << 20, 4 << 10
	app := quietApp(t)
	if err := app.Config.Set("RESPONSE_BUFFER_SIZE", 2*size); err != nil {
		t.Fatal(err)
	}
	written := strings.Repeat("x", piece)
	app.Handle("/{declared}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("declared") == "yes" {
			w.Header().Set("Content-Length", strconv.Itoa(size))
		}
		for range size / piece {
			_, _ = io.WriteString(w, written)
		}
	}))
	cost := func(declared string) float64 {
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, httptest.NewRequest("GET", "/"+declared, nil))
		if rec.Code != 200 || rec.Body.Len() != size {
			t.Fatalf("%s: got %d and %d bytes, want 200 and %d", declared, rec.Code, rec.Body.Len(), size)
		}
		r, w := httptest.NewRequest("GET", "/"+declared, nil), &nullWriter{header: http.Header{}}
		return testing.AllocsPerRun(20, func() {
			w.reset()
			app.ServeHTTP(w, r)
		})
	}
	with, without := cost("yes"), cost("no")
	t.Logf("%v allocations with Content-Length, %v without", with, without)
	if with > without-5 {
		t.Errorf("with Content-Length: got %v allocations, %v without; want five fewer at least, for the buffer need not grow", with, without)
	}
}

// TestAHugeDeclaredLengthAllocatesNothing declares lengths that no answer is held back for.
func TestAHugeDeclaredLengthAllocatesNothing(t *testing.T) {
	app := quietApp(t)
	if err := app.Config.Set("RESPONSE_BUFFER_SIZE", 8<<20); err != nil {
		t.Fatal(err)
	}
	app.Handle("/{declared}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", r.PathValue("declared"))
		_, _ = w.Write([]byte("x"))
		_, _ = w.Write([]byte("y"))
		w.(http.Flusher).Flush()
	}))
	for _, declared := range []string{strconv.Itoa(8<<20 + 1), "1099511627776", "9223372036854775807"} {
		r, w := httptest.NewRequest("GET", "/"+declared, nil), &nullWriter{header: http.Header{}}
		app.ServeHTTP(w, r) // builds the App
		w.reset()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		app.ServeHTTP(w, r)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
			t.Errorf("Content-Length %s: got %d bytes for an answer of two, want less than a megabyte", declared, got)
		}
	}
}
