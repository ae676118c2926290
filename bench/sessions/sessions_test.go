package sessions

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/alexedwards/scs/v2"
	"github.com/gorilla/securecookie"
	gorilla "github.com/gorilla/sessions"

	"github.com/dewar-go/dewar"
)

const (
	secret = "a secret for benchmarks that is long"
	token  = "c5b0b8d1c2f04e7ab4e0a1d2c3b4a596"
)

// The work: /set makes a session of three values, /untouched leaves it alone, /read reads one value and /write
// changes one.
func handlers(t testing.TB) map[string]http.Handler {
	return map[string]http.Handler{"dewar": withDewar(t), "gorilla": withGorilla(t), "scs": withSCS(t)}
}

func withDewar(t testing.TB) http.Handler {
	app := dewar.New("bench", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	if err := app.Config.Set("SECRET_KEY", secret); err != nil {
		t.Fatal(err)
	}
	app.Get("/set", func(c *dewar.Context) error {
		s := c.Session()
		s.Set("user_id", 42)
		s.Set("name", "ann")
		s.Set("csrf", token)
		return c.Text("ok")
	})
	app.Get("/untouched", func(c *dewar.Context) error { return c.Text("ok") })
	app.Get("/read", func(c *dewar.Context) error {
		if c.Session().Int("user_id") != 42 {
			return dewar.Abort(http.StatusForbidden)
		}
		return c.Text("ok")
	})
	app.Get("/write", func(c *dewar.Context) error {
		c.Session().Set("user_id", 42)
		return c.Text("ok")
	})
	return app
}

// ok answers as the other two do.
func ok(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok")
}

func withGorilla(t testing.TB) http.Handler {
	store := gorilla.NewCookieStore([]byte(secret))
	mux := http.NewServeMux()
	save := func(w http.ResponseWriter, r *http.Request, s *gorilla.Session) {
		if err := s.Save(r, w); err != nil {
			t.Error(err)
		}
		ok(w)
	}
	mux.HandleFunc("GET /set", func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.Get(r, "session")
		s.Values["user_id"], s.Values["name"], s.Values["csrf"] = 42, "ann", token
		save(w, r, s)
	})
	mux.HandleFunc("GET /untouched", func(w http.ResponseWriter, _ *http.Request) { ok(w) })
	mux.HandleFunc("GET /read", func(w http.ResponseWriter, r *http.Request) {
		if s, _ := store.Get(r, "session"); s.Values["user_id"] != 42 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		ok(w)
	})
	mux.HandleFunc("GET /write", func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.Get(r, "session")
		s.Values["user_id"] = 42
		save(w, r, s)
	})
	return mux
}

func withSCS(testing.TB) http.Handler {
	manager := scs.New() // in memory: its cookie holds an id only
	mux := http.NewServeMux()
	mux.HandleFunc("GET /set", func(w http.ResponseWriter, r *http.Request) {
		manager.Put(r.Context(), "user_id", 42)
		manager.Put(r.Context(), "name", "ann")
		manager.Put(r.Context(), "csrf", token)
		ok(w)
	})
	mux.HandleFunc("GET /untouched", func(w http.ResponseWriter, _ *http.Request) { ok(w) })
	mux.HandleFunc("GET /read", func(w http.ResponseWriter, r *http.Request) {
		if manager.GetInt(r.Context(), "user_id") != 42 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		ok(w)
	})
	mux.HandleFunc("GET /write", func(w http.ResponseWriter, r *http.Request) {
		manager.Put(r.Context(), "user_id", 42)
		ok(w)
	})
	return manager.LoadAndSave(mux)
}

// request returns a request for path by a visitor with a session.
func request(t testing.TB, h http.Handler, path string) *http.Request {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/set", nil))
	r := httptest.NewRequest("GET", path, nil)
	for _, cookie := range rec.Result().Cookies() {
		r.AddCookie(cookie)
	}
	return r
}

var paths = []string{"/untouched", "/read", "/write"}

func TestAllDoTheSameWork(t *testing.T) {
	t.Parallel()
	for name, h := range handlers(t) {
		for _, path := range paths {
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, request(t, h, path))
			if cookies := len(rec.Result().Cookies()); rec.Code != 200 || rec.Body.String() != "ok" || (cookies > 0) != (path == "/write") {
				t.Errorf("%s%s: got %d %q with %d cookies", name, path, rec.Code, rec.Body, cookies)
			}
		}
	}
}

// A nullWriter costs nothing, so that a benchmark measures what stands above it.
type nullWriter struct{ header http.Header }

func (w *nullWriter) Header() http.Header         { return w.header }
func (w *nullWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *nullWriter) WriteHeader(int)             {}

func BenchmarkRequests(b *testing.B) {
	all := handlers(b)
	for _, path := range paths {
		for _, name := range []string{"dewar", "gorilla", "scs"} {
			b.Run(path[1:]+"/"+name, func(b *testing.B) {
				h, w := all[name], &nullWriter{header: http.Header{}}
				cookie := request(b, h, path).Header
				b.ReportAllocs()
				for b.Loop() {
					clear(w.header)
					r, _ := http.NewRequest("GET", path, nil) // gorilla keeps what it has read on the request
					r.Host, r.Header = "example.com", cookie
					h.ServeHTTP(w, r)
				}
			})
		}
	}
}

func BenchmarkSecurecookie(b *testing.B) {
	payload := []byte(`{"csrf":"` + token + `","name":"ann","user_id":42}`)
	sc := securecookie.New([]byte(secret), nil).SetSerializer(securecookie.NopEncoder{})
	value, err := sc.Encode("session", payload)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var got []byte
			if err := sc.Decode("session", value, &got); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := sc.Encode("session", payload); err != nil {
				b.Fatal(err)
			}
		}
	})
}
