package dewar_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/dewar-go/dewar"
)

// nullWriter is a ResponseWriter that costs nothing, so that a benchmark measures what stands above it.
type nullWriter struct{ header http.Header }

func (w *nullWriter) Header() http.Header               { return w.header }
func (w *nullWriter) Write(p []byte) (int, error)       { return len(p), nil }
func (w *nullWriter) WriteString(s string) (int, error) { return len(s), nil }
func (w *nullWriter) WriteHeader(int)                   {}

func (w *nullWriter) reset() { clear(w.header) }

func quietApp(t testing.TB) *dewar.App {
	t.Helper()
	app := dewar.New("bench", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	if err := app.Config.Set("SECRET_KEY", testKey); err != nil {
		t.Fatal(err)
	}
	return app
}

// plainHandler does by hand what the static text route of the benchmarks does.
func plainHandler(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "Hello, World!")
}

func hello(c *dewar.Context) error { return c.Text("Hello, World!") }

func benchmark(b *testing.B, h http.Handler, r *http.Request) {
	b.Helper()
	w := &nullWriter{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		w.reset()
		h.ServeHTTP(w, r)
	}
}

func BenchmarkStatic(b *testing.B) {
	app := quietApp(b)
	app.Get("/hello", hello)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", plainHandler)
	r := httptest.NewRequest("GET", "/hello", nil)
	b.Run("nethttp", func(b *testing.B) { benchmark(b, mux, r) })
	b.Run("dewar", func(b *testing.B) { benchmark(b, app, r) })
}

func BenchmarkParam(b *testing.B) {
	app := quietApp(b)
	app.Get("/users/{id}/posts/{post}", func(c *dewar.Context) error { return c.Text(c.Params().String("post")) })
	app.Get("/numbers/{id:int}", func(c *dewar.Context) error { _ = c.Params().Int("id"); return c.Text("ok") })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}/posts/{post}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, r.PathValue("post"))
	})
	r := httptest.NewRequest("GET", "/users/17/posts/ann", nil)
	b.Run("nethttp", func(b *testing.B) { benchmark(b, mux, r) })
	b.Run("dewar", func(b *testing.B) { benchmark(b, app, r) })
	b.Run("dewar-int", func(b *testing.B) { benchmark(b, app, httptest.NewRequest("GET", "/numbers/17", nil)) })
}

func Benchmark200Routes(b *testing.B) {
	app := quietApp(b)
	mux := http.NewServeMux()
	for i := range 100 {
		app.Get(fmt.Sprintf("/static/page%d", i), hello, dewar.Endpoint(fmt.Sprintf("s%d", i)))
		app.Get(fmt.Sprintf("/thing%d/{id}/edit", i), hello, dewar.Endpoint(fmt.Sprintf("p%d", i)))
		mux.HandleFunc(fmt.Sprintf("GET /static/page%d", i), plainHandler)
		mux.HandleFunc(fmt.Sprintf("GET /thing%d/{id}/edit", i), plainHandler)
	}
	for _, path := range []string{"/static/page77", "/thing77/4/edit"} {
		r := httptest.NewRequest("GET", path, nil)
		b.Run("nethttp"+path, func(b *testing.B) { benchmark(b, mux, r) })
		b.Run("dewar"+path, func(b *testing.B) { benchmark(b, app, r) })
	}
}

func BenchmarkFiveHooks(b *testing.B) {
	app := quietApp(b)
	nothing := func(*dewar.Context) error { return nil }
	app.BeforeRequest(nothing, nothing, nothing)
	app.AfterRequest(nothing, nothing)
	app.Get("/hello", hello)
	byHand := func(w http.ResponseWriter, r *http.Request) error { return nil }
	hooks := []func(http.ResponseWriter, *http.Request) error{byHand, byHand, byHand, byHand, byHand}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		for _, hook := range hooks {
			if err := hook(w, r); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		plainHandler(w, r)
	})
	r := httptest.NewRequest("GET", "/hello", nil)
	b.Run("nethttp", func(b *testing.B) { benchmark(b, mux, r) })
	b.Run("dewar", func(b *testing.B) { benchmark(b, app, r) })
}

// BenchmarkParamJSON answers with a parameter in a JSON object, by hand as a careful program does it.
func BenchmarkParamJSON(b *testing.B) {
	type answer struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	}
	app := quietApp(b)
	app.Get("/users/{id:int}", func(c *dewar.Context) error { return c.JSON(answer{c.Params().Int("id"), "ann"}) })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.Atoi(r.PathValue("id"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(answer{id, "ann"}); err != nil {
			b.Error(err)
		}
	})
	r := httptest.NewRequest("GET", "/users/17", nil)
	b.Run("nethttp", func(b *testing.B) { benchmark(b, mux, r) })
	b.Run("dewar", func(b *testing.B) { benchmark(b, app, r) })
}

// sessionRequest returns a request with the cookie of a session with three values.
func sessionRequest(tb testing.TB, app *dewar.App, path string) *http.Request {
	tb.Helper()
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, httptest.NewRequest("GET", "/set", nil))
	r := httptest.NewRequest("GET", path, nil)
	r.AddCookie(rec.Result().Cookies()[0])
	return r
}

func sessionApp(tb testing.TB) *dewar.App {
	app := quietApp(tb)
	app.Get("/set", func(c *dewar.Context) error {
		s := c.Session()
		s.Set("user_id", 42)
		s.Set("name", "ann")
		s.Set("csrf", "c5b0b8d1c2f04e7ab4e0a1d2c3b4a596")
		return c.Text("set")
	})
	app.Get("/untouched", hello)
	app.Get("/read", func(c *dewar.Context) error {
		if c.Session().Int("user_id") != 42 {
			return dewar.Abort(403)
		}
		return c.Text("ok")
	})
	app.Get("/write", func(c *dewar.Context) error {
		c.Session().Set("user_id", 42)
		return c.Text("ok")
	})
	return app
}

func BenchmarkSession(b *testing.B) {
	app := sessionApp(b)
	for _, path := range []string{"/untouched", "/read", "/write"} {
		r := sessionRequest(b, app, path)
		b.Run(path[1:], func(b *testing.B) { benchmark(b, app, r) })
	}
}

// BenchmarkResponseBuffer sends bodies of several sizes through a real connection, held back whole or
// streamed past a small bound: what RESPONSE_BUFFER_SIZE costs.
func BenchmarkResponseBuffer(b *testing.B) {
	for _, size := range []int{16 << 10, 256 << 10, 1 << 20} {
		for _, bound := range []int{4 << 10, 1 << 20} {
			b.Run(fmt.Sprintf("body=%dk/bound=%dk", size>>10, bound>>10), func(b *testing.B) {
				app := quietApp(b)
				configure(app, "RESPONSE_BUFFER_SIZE", bound)
				chunk := make([]byte, 4<<10)
				app.Get("/", func(c *dewar.Context) error {
					for range size / len(chunk) {
						if _, err := c.Response.Write(chunk); err != nil {
							return err
						}
					}
					return nil
				})
				srv := serve(b, app)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					res, err := srv.Client().Get(srv.URL)
					if err != nil {
						b.Fatal(err)
					}
					_, err = io.Copy(io.Discard, res.Body)
					if err != nil {
						b.Fatal(err)
					}
					res.Body.Close()
				}
			})
		}
	}
}

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
