package dewar_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// A sharedCache stands in front of a server and answers for it with what others were answered, as far as RFC 9111
// allows. It is as greedy as can be: it keeps everything that it is not forbidden to keep, also with a Set-Cookie.
type sharedCache struct {
	origin string
	mu     sync.Mutex
	kept   map[string][]keptAnswer // by URL
	hits   map[string]int          // by path
}

// A keptAnswer is for requests that have the same in the fields that Vary names.
type keptAnswer struct {
	asked  http.Header // of the request it was the answer to
	header http.Header
	body   string
}

// covers reports whether the answer may be given to a request with header.
func (k keptAnswer) covers(header http.Header) bool {
	for field := range strings.SplitSeq(strings.Join(k.header["Vary"], ","), ",") {
		field = strings.TrimSpace(field)
		if field == "*" || field != "" && strings.Join(header.Values(field), "\n") != strings.Join(k.asked.Values(field), "\n") {
			return false
		}
	}
	return true
}

// mayKeep reports whether a shared cache may keep an answer and give it away without asking again.
func mayKeep(status int, header http.Header) bool {
	for directive := range strings.SplitSeq(strings.Join(header["Cache-Control"], ","), ",") {
		switch strings.TrimSpace(directive) {
		case "no-store", "private", "no-cache", "max-age=0":
			return false
		}
	}
	return status == http.StatusOK
}

func (s *sharedCache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.kept[r.URL.String()] {
		if k.covers(r.Header) {
			s.hits[r.URL.Path]++
			k.writeTo(w, http.StatusOK)
			return
		}
	}
	k, status, err := s.forward(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if mayKeep(status, k.header) {
		s.kept[r.URL.String()] = append(s.kept[r.URL.String()], k)
	}
	k.writeTo(w, status)
}

func (k keptAnswer) writeTo(w http.ResponseWriter, status int) {
	for field, lines := range k.header {
		w.Header()[field] = lines
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, k.body)
}

func (s *sharedCache) forward(r *http.Request) (keptAnswer, int, error) {
	onward, err := http.NewRequest(r.Method, s.origin+r.URL.String(), nil)
	if err != nil {
		return keptAnswer{}, 0, err
	}
	onward.Header = r.Header.Clone()
	res, err := http.DefaultTransport.RoundTrip(onward)
	if err != nil {
		return keptAnswer{}, 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return keptAnswer{r.Header.Clone(), res.Header, string(body)}, res.StatusCode, err
}

// behindCache serves the app behind a shared cache.
func behindCache(t testing.TB, app *dewar.App) (*sharedCache, *httptest.Server) {
	t.Helper()
	cache := &sharedCache{origin: serve(t, app).URL, kept: map[string][]keptAnswer{}, hits: map[string]int{}}
	srv := httptest.NewServer(cache)
	t.Cleanup(srv.Close)
	return cache, srv
}

// A user is a browser behind the cache: it sends its last cookie back, and remembers all it has ever been told.
type user struct {
	t       testing.TB
	name    string // sent with each request; it has a dot, which is in no cookie
	srv     *httptest.Server
	cookies []string
	told    strings.Builder // bodies and cookies
}

func (u *user) visit(path string) string {
	u.t.Helper()
	res := ask(u.t, u.srv, "GET", path, "X-User", u.name, "Cookie", strings.Join(u.cookies[max(0, len(u.cookies)-1):], ""))
	if res.err != nil || res.StatusCode != 200 {
		u.t.Fatalf("%s: got %v, %v, want 200", path, res.Response, res.err)
	}
	u.told.WriteString(res.body + "\n" + strings.Join(res.Header["Set-Cookie"], "\n") + "\n")
	for _, cookie := range res.Cookies() {
		u.cookies = append(u.cookies, cookie.Name+"="+cookie.Value)
	}
	return res.body
}

// wantOwn checks that the user sees the own page.
func (u *user) wantOwn() {
	u.t.Helper()
	if got := u.visit("/page"); got != "page of "+u.name {
		u.t.Errorf("%s got %q", u.name, got)
	}
}

// wantNothingOf checks that the user has never been told the name or a cookie of another.
func (u *user) wantNothingOf(other *user) {
	u.t.Helper()
	for _, secret := range append(other.cookies, other.name) {
		if strings.Contains(u.told.String(), secret) {
			u.t.Errorf("%q was told %q of %s", u.name, secret, other.name)
		}
	}
}

// personalApp has pages that know the visitor, and some that do not.
func personalApp(t testing.TB) *dewar.App {
	t.Helper()
	app := newApp(t)
	writeFile(t, app.RootPath(), "report.txt", "the report")
	set(t, app, "SEND_FILE_MAX_AGE_DEFAULT", "1h")
	whose := func(c *dewar.Context) error { return c.Text("page of " + c.Session().String("user")) }
	app.Get("/login", func(c *dewar.Context) error {
		name := c.Request.Header.Get("X-User")
		c.Session().Clear()
		c.Session().Set("user", name)
		c.Session().SetPermanent(c.Query().Has("stay"))
		return c.Text("hello " + name)
	})
	app.Get("/page", whose)
	app.Get("/page/cached", func(c *dewar.Context) error {
		c.Response.Header().Set("Cache-Control", "public, max-age=60")
		return whose(c)
	})
	app.Get("/flushed", func(c *dewar.Context) error {
		name := c.Session().String("user")
		c.Response.Flush()
		_, err := io.WriteString(c.Response, "page of "+name)
		return err
	})
	app.Get("/report", func(c *dewar.Context) error { c.Session().Set("seen", true); return c.SendFile("report.txt") })
	app.Get("/public/page", func(c *dewar.Context) error { return c.Text("for everybody") })
	app.Get("/public/file", func(c *dewar.Context) error { return c.SendFile("report.txt") })
	return app
}

var personalPages = []string{"/page", "/page/cached", "/flushed", "/report", "/public/page", "/public/file"}

// TestUsersBehindACacheDoNotMeet has two users and a stranger visit the same pages, one after the other.
func TestUsersBehindACacheDoNotMeet(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"/login", "/login?stay"} {
		t.Run(login, func(t *testing.T) {
			t.Parallel()
			cache, srv := behindCache(t, personalApp(t))
			ann, bob, stranger := &user{t: t, srv: srv, name: "ann."}, &user{t: t, srv: srv, name: "bob."}, &user{t: t, srv: srv}
			ann.visit(login)
			bob.visit(login)
			for range 2 {
				for _, path := range personalPages {
					for _, u := range []*user{ann, bob, stranger} {
						u.visit(path)
					}
				}
			}
			ann.wantOwn()
			bob.wantOwn()
			ann.wantNothingOf(bob)
			bob.wantNothingOf(ann)
			stranger.wantNothingOf(ann)
			stranger.wantNothingOf(bob)
			if cache.hits["/public/page"] == 0 || cache.hits["/public/file"] == 0 {
				t.Errorf("the cache answered %v, want the pages for everybody among them", cache.hits)
			}
		})
	}
}

// TestCacheGivesAwayWhatNothingProtects shows that it is Vary and Cache-Control that keep the users apart above.
func TestCacheGivesAwayWhatNothingProtects(t *testing.T) {
	t.Parallel()
	for lost, tt := range map[string]struct{ path, want string }{ // what ann visits, and the stranger after her is told
		"Vary":          {"/page/cached", "page of ann."},
		"Cache-Control": {"/login", "hello ann."},
	} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			app := personalApp(t)
			app.Use(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					rec := httptest.NewRecorder()
					next.ServeHTTP(rec, r)
					rec.Header().Del(lost)
					keptAnswer{header: rec.Header(), body: rec.Body.String()}.writeTo(w, rec.Code)
				})
			})
			_, srv := behindCache(t, app)
			ann, stranger := &user{t: t, srv: srv, name: "ann."}, &user{t: t, srv: srv}
			if tt.path != "/login" {
				ann.visit("/login")
			}
			if ann.visit(tt.path); stranger.visit(tt.path) != tt.want {
				t.Errorf("the stranger was told %q, want %q: the cache of the test is too careful", stranger.told.String(), tt.want)
			}
		})
	}
}
