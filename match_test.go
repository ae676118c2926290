package dewar_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dewar-go/dewar"
)

// offSite says how a browser that stands on https://good.example/x/y would leave the site by following
// location, or "". It reads location as browsers do: tabs and line breaks are dropped, spaces and controls
// trimmed, and a backslash is a slash.
func offSite(location string) string {
	seen := strings.Map(func(r rune) rune {
		switch r {
		case '\t', '\n', '\r':
			return -1
		case '\\':
			return '/'
		}
		return r
	}, strings.TrimFunc(location, func(r rune) bool { return r <= ' ' }))
	base, _ := url.Parse("https://good.example/x/y")
	target, err := base.Parse(seen)
	switch {
	case strings.HasPrefix(seen, "//") || !strings.HasPrefix(seen, "/"):
		return "it does not begin with one slash"
	case err != nil:
		return err.Error()
	case target.Host != base.Host || target.Scheme != base.Scheme || target.User != nil:
		return "it leads to " + target.Host
	}
	for i := range len(location) {
		if location[i] <= ' ' || location[i] >= 0x7f {
			return "a byte of it is not escaped"
		}
	}
	return ""
}

func TestOffSiteSeesThroughTricks(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"//evil.com", "/\\evil.com", "\\\\evil.com", "/\t/evil.com", "https://evil.com", "javascript:x", "\x01//evil.com", "/a b", "/é", "evil.com"} {
		if offSite(location) == "" {
			t.Errorf("%q passes for on-site", location)
		}
	}
	for _, location := range []string{"/", "/a//b", "/%5Cevil.com/", "/@evil.com/?x=//evil.com"} {
		if why := offSite(location); why != "" {
			t.Errorf("%q: %s", location, why)
		}
	}
}

// redirectingApp has rules that make every redirect there is: to slashes, merged slashes, defaults and
// another route, and of folders with static files.
func redirectingApp(t testing.TB) *dewar.App {
	t.Helper()
	app := quietApp(t)
	folder := filepath.Join(app.RootPath(), "static", "folder")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "index.html"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	app.Get("/{a}/", index, dewar.Endpoint("a"))
	app.Get("/{a}/{b}/", index, dewar.Endpoint("b"))
	app.Get("/{p:path}/x/", index, dewar.Endpoint("p"))
	app.Get("/d/{p:path}", index, dewar.Endpoint("d"))
	app.Get("/n/{s}/", index, dewar.Endpoint("n"), dewar.Defaults(dewar.Map{"n": 1}))
	app.Get("/n/{s}/{n:int}", index, dewar.Endpoint("n"))
	app.Route("/r/{p:path}", nil, dewar.RedirectRule("/{p:path}"))
	return app
}

// tricks are paths that make other servers redirect to evil.com.
var tricks = []string{"//evil.com/", "///evil.com//", "/\\evil.com/", "/%5cevil.com/", "/%2fevil.com/", "/%09/evil.com/", "/%0a/", "/%0d/", "/%00/", "/%20/",
	"/.//evil.com/", "/..//evil.com/", "/%2e%2e//evil.com/", "/%E2%80%AE/", "/;/evil.com/", "/@evil.com/", "/a%3fb/", "/a%23b/", "/a%25%30%39/"}

func TestRedirectsStayOnTheSite(t *testing.T) {
	t.Parallel()
	app := redirectingApp(t)
	redirects := 0
	for _, trick := range tricks {
		bare := strings.TrimSuffix(trick, "/")
		for _, path := range []string{trick, bare, bare + "/x", trick + "/x", "/r" + trick, "/r/" + bare, "/n" + bare + "/1", "/n/" + bare + "/1",
			"/d" + trick, "/static" + trick, "/static/folder" + bare, "/static/folder"} {
			for _, header := range [][]string{nil, {"Host", "evil.com"}, {"X-Forwarded-Host", "evil.com"}} {
				rec, ok := sendRaw(app, path, header...)
				if !ok {
					continue
				}
				if location := rec.Header().Get("Location"); location != "" {
					redirects++
					if why := offSite(location); why != "" {
						t.Errorf("%q redirects to %q: %s", path, location, why)
					}
				}
			}
		}
	}
	if redirects < 50 {
		t.Errorf("only %d redirects were made", redirects)
	}
}

// sendRaw asks for a path as it stands in a request line; ok is false for one that no server lets pass.
func sendRaw(app *dewar.App, path string, header ...string) (rec *httptest.ResponseRecorder, ok bool) {
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return nil, false
	}
	r := *requestForTrips
	r.URL, r.Header = u, map[string][]string{}
	for i := 0; i+1 < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	rec = httptest.NewRecorder()
	app.ServeHTTP(rec, &r)
	return rec, true
}

// randomTrick returns a path made of what tricks are made of.
func randomTrick(r *rand.Rand) string {
	pieces := []string{"/", "/", "//", "\\", "%5c", "%2f", "%09", "%0a", "%0d", "%00", "%20", ".", "..", "%2e", "@", ":", ";", "?", "%3f", "%23", "%25", "%ff", "%E2%80%AE",
		"evil.com", "https:", "javascript:", "x", "n", "r", "d", "1", "static", "folder", "{", "~", "é"}
	var b strings.Builder
	b.WriteByte('/')
	for range 1 + r.IntN(8) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	if r.IntN(2) == 0 {
		b.WriteString("/x")
	}
	return b.String()
}

func TestRandomRedirectsStayOnTheSite(t *testing.T) {
	t.Parallel()
	app := redirectingApp(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random, redirects := rand.New(rand.NewPCG(seed, 0)), 0
	paths := rounds(5_000, 100_000)
	for range paths {
		path := randomTrick(random)
		rec, ok := sendRaw(app, path)
		if !ok || rec.Header().Get("Location") == "" {
			continue
		}
		redirects++
		if why := offSite(rec.Header().Get("Location")); why != "" {
			t.Fatalf("%q redirects to %q: %s", path, rec.Header().Get("Location"), why)
		}
	}
	if redirects < paths/10 {
		t.Errorf("only %d of %d paths were redirected", redirects, paths)
	}
}

func FuzzRedirectsStayOnTheSite(f *testing.F) {
	for _, trick := range tricks {
		f.Add(trick)
		f.Add("/r" + strings.TrimSuffix(trick, "/") + "/x")
	}
	app := redirectingApp(f)
	f.Fuzz(func(t *testing.T, path string) {
		rec, ok := sendRaw(app, path)
		if !ok {
			return
		}
		if location := rec.Header().Get("Location"); location != "" && offSite(location) != "" {
			t.Errorf("%q redirects to %q: %s", path, location, offSite(location))
		}
	})
}

// refusingConverter refuses everything that its pattern lets through, and counts how often it is asked.
type refusingConverter struct {
	upperConverter
	asked *atomic.Int32
}

func (c refusingConverter) Parse(string) (any, error) {
	c.asked.Add(1)
	return nil, errors.New("no")
}

// A rule with expressions is not searched once for every method that a 405 would name, and long segments not at all.
func TestExpensiveRulesAreAskedFewTimes(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	app := newApp(t)
	app.Converter("counts", refusingConverter{asked: &asked})
	for i, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "MKCOL", "LOCK", "BREW", "COPY"} {
		app.Route("/{x:counts}", index, dewar.Methods(method), dewar.Endpoint(fmt.Sprint("one", i)))
		app.Route("/{a}-{b:counts}", index, dewar.Methods(method), dewar.Endpoint(fmt.Sprint("two", i)))
	}
	for path, most := range map[string]int32{"/ABC": 3, "/A-B": 6, "//ABC": 3, "/ABC//": 0} {
		for _, method := range []string{"GET", "MKCOL", "OTHER"} {
			asked.Store(0)
			if rec := send(app, method, path); rec.Code != 404 || asked.Load() > most {
				t.Errorf("%s %s: got %d after %d questions, want 404 after %d at most", method, path, rec.Code, asked.Load(), most)
			}
		}
	}
}

func TestSegmentsThatAreSearchedHaveABound(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Converter("wild", wildConverter{})
	app.Get("/n/{a}-{b}.{c}", index, dewar.Endpoint("several"))
	app.Get("/r/{a:path}/blob/{b:path}", index, dewar.Endpoint("paths"))
	app.Get("/e/{a:[a-z]+}", index, dewar.Endpoint("expression"))
	app.Get("/w/{a:wild}", index, dewar.Endpoint("wild"))
	app.Get("/s/{a}", index, dewar.Endpoint("string"))
	app.Get("/p/{a:path}", index, dewar.Endpoint("path"))
	long := func(n int) string { return strings.Repeat("a", n) }
	for _, tt := range []struct {
		path string
		want int
	}{
		{"/n/" + long(4000) + "-b.c", 200}, {"/n/" + long(5000) + "-b.c", 404}, {"/n/" + strings.Repeat("-", 1<<20), 404},
		{"/r/" + long(2000) + "/blob/" + long(2000), 200}, {"/r/" + long(2000) + "/blob/" + long(3000), 404}, {"/r/" + strings.Repeat("/blob", 1<<18), 404},
		{"/e/" + long(60_000), 200}, {"/e/" + long(1<<20), 404}, {"/w/" + long(60_000), 200}, {"/w/" + long(1<<20), 404},
		{"/s/" + long(1<<20), 200}, {"/p/" + long(1<<20), 200},
	} {
		if rec := send(app, "GET", tt.path); rec.Code != tt.want {
			t.Errorf("%.20s of %d bytes: got %d, want %d", tt.path, len(tt.path), rec.Code, tt.want)
		}
	}
}

func TestPathsWithoutASlashAreNotFound(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.Get("/", hello)
	app.Get("/{a}/{b}", hello, dewar.Endpoint("two"))
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST"} {
		for _, path := range []string{"*", "a", "a/b"} {
			r := httptest.NewRequest(method, "/", nil)
			r.URL.Path = path
			w := httptest.NewRecorder()
			if app.ServeHTTP(w, r); w.Code != http.StatusNotFound {
				t.Errorf("%s %q: got %d, want 404", method, path, w.Code)
			}
		}
	}
}
