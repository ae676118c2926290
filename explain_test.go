package dewar_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func explained(t *testing.T, app *dewar.App, method, target string) []dewar.Explanation {
	t.Helper()
	list, err := app.Explain(method, target)
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	return list
}

func TestExplain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "static"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "static", "site.css"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	app := dewar.New("shop", dewar.RootPath(dir))
	app.Config.Set("SERVER_NAME", "shop.test")
	view := func(c *dewar.Context) error { return c.NoContent() }
	app.Get("/users/", view)
	app.Get("/users/new", view, dewar.Endpoint("new"))
	app.Get("/users/{name}", view)
	app.Route("/users/{id:int}", view, dewar.Methods("GET", "PUT"), dewar.Endpoint("user"))
	app.Post("/users/{id:int}/{action:any(ban,mail)}", view)
	app.Get("/files/{name:path}", view)
	app.Get("/blog/{year:int}-{month:int}", view)
	app.Get("/api", view, dewar.Subdomain("api"))
	app.Get("/page", view, dewar.Defaults(dewar.Map{"n": 1}), dewar.Endpoint("page"))
	app.Get("/page/{n:int}", view, dewar.Endpoint("page"))
	app.Get("/reset/{token:string(length=5)}", view, dewar.Private("token"))
	app.Get("/only/links", view, dewar.BuildOnly())
	for _, tt := range []struct {
		method, target, rule string
		matches              bool
		reason               string
		index                int
	}{
		{"GET", "/users/new", "/users/new", true, "answers", 0},
		{"GET", "/users/new", "/users/{name}", true, `/users/new answers: text comes before a variable: "new" before {name}`, 1},
		{"GET", "/users/7", "/users/{id:int}", true, "answers", 0},
		{"GET", "/users/7", "/users/{name}", true, "/users/{id:int} answers: what takes less comes first: {id:int} before {name}", 1},
		{"GET", "/users", "/users/", true, `redirects to "/users/"`, 0},
		{"GET", "/page/1", "/page/{n:int}", true, `redirects to "/page"`, 0},
		{"GET", "//users//7", "/users/{id:int}", true, `redirects to "/users/7"`, 0},
		{"OPTIONS", "/users/7", "/users/{id:int}", true, "OPTIONS is answered with the methods of the path", 0},
		{"GET", "/static/site.css", "/static/{filename:path}", true, "answers", 0},
		{"", "/users/new?x=1", "/users/new", true, "answers", 0},

		{"POST", "/users/7", "/users/{name}", false, "allows GET, HEAD, OPTIONS, not POST", 0},
		{"DELETE", "/users/7", "/users/{id:int}", false, "allows GET, HEAD, OPTIONS, PUT, not DELETE", 1},
		{"GET", "/usrs/7", "/users/{name}", false, `"usrs" is not "users"`, 0},
		{"POST", "/users/x/ban", "/users/{id:int}/{action:any(ban,mail)}", false, `{id:int} does not take "x"`, 0},
		{"POST", "/users/7/kiss", "/users/{id:int}/{action:any(ban,mail)}", false, `{action:any(ban,mail)} does not take "kiss"`, 0},
		{"POST", "/users/7/", "/users/{id:int}/{action:any(ban,mail)}", false, "nothing stands for {action:any(ban,mail)}", -1},
		{"GET", "/users/new/", "/users/new", false, "the path ends in a slash, the rule does not", 0},
		{"GET", "/users/7/ban/now", "/users/{id:int}", false, "the path has 4 segments, the rule 2", -1},
		{"GET", "/blog/2026", "/blog/{year:int}-{month:int}", false, `{year:int}-{month:int} does not take "2026"`, 0},
		{"GET", "/api", "/api", false, `answers on another host, Subdomain("api"), not on "shop.test"`, -1},
		{"GET", "http://api.shop.test/api", "/api", true, "answers", 0},
		{"GET", "/static/none.css", "/static/{filename:path}", true, "answers", 0},
		{"GET", "/reset/s3cret", "/reset/{token:string(length=5)}", false, "{token:string(length=5)} does not take that text", 0},
		{"GET", "/only/links", "/only/links", false, "is there to build URLs, and answers nothing", -1},
		{"OPTIONS", "*", "/users/new", false, "the path does not begin with a slash", -1},
		{"GET", "/files/", "/files/{name:path}", false, "nothing stands for {name:path}", 0},
		{"GET", "/users/%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9/ban",
			"/users/{id:int}/{action:any(ban,mail)}", false, `{id:int} does not take "` + strings.Repeat("é", 20) + `"...`, 0},
	} {
		t.Run(tt.method+" "+tt.target+" "+tt.rule, func(t *testing.T) {
			list := explained(t, app, tt.method, tt.target)
			i := slices.IndexFunc(list, func(e dewar.Explanation) bool { return e.Route.Rule == tt.rule })
			if i < 0 {
				t.Fatalf("no word of %s in %v", tt.rule, list)
			}
			if e := list[i]; e.Matches != tt.matches || e.Reason != tt.reason {
				t.Errorf("got %t, %q; want %t, %q", e.Matches, e.Reason, tt.matches, tt.reason)
			}
			if tt.index >= 0 && i != tt.index {
				t.Errorf("it is number %d of %v, want %d", i, rules(list), tt.index)
			}
		})
	}
}

func rules(list []dewar.Explanation) (rules []string) {
	for _, e := range list {
		rules = append(rules, e.Route.Rule)
	}
	return rules
}

func TestExplainLooksForStaticFilesThatGiveWay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "static"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "static", "robots.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	app := dewar.New("shop", dewar.RootPath(dir), dewar.StaticURLPath("/"))
	app.Get("/{page}", func(c *dewar.Context) error { return c.NoContent() })
	for _, tt := range []struct{ target, first, second, reason string }{
		{"/robots.txt", "/{page}", "/{filename:path}", "/{page} answers: one segment comes before many: {page} before {filename:path}"},
		{"/about", "/{page}", "/{filename:path}", "its folder has no such file"},
		{"/a/b", "/{filename:path}", "/{page}", "the path has 2 segments, the rule 1"},
	} {
		list := explained(t, app, "GET", tt.target)
		if got := rules(list); !slices.Equal(got, []string{tt.first, tt.second}) || list[1].Reason != tt.reason {
			t.Errorf("%s: got %+v, want %s, then %s: %s", tt.target, list, tt.first, tt.second, tt.reason)
		}
	}
}

func TestExplainTellsOfTheFallback(t *testing.T) {
	t.Parallel()
	app := dewar.New("shop")
	app.Get("/a", func(c *dewar.Context) error { return c.NoContent() })
	app.Fallback(http.NotFoundHandler())
	list := explained(t, app, "GET", "/b")
	if first := list[0]; first.Route.Rule != "" || !first.Matches || first.Reason != "the fallback answers what no rule matches" {
		t.Errorf("got %+v", first)
	}
	if list := explained(t, app, "GET", "/./a"); list[0].Route.Rule != "/a" || list[0].Reason != `redirects to "/a"` {
		t.Errorf("got %+v", list[0])
	}
}

func TestExplainRefusesWhatIsNoRequest(t *testing.T) {
	t.Parallel()
	app := dewar.New("shop")
	app.Config.Set("TRUSTED_HOSTS", []string{"shop.test"})
	for target, want := range map[string]string{
		"users":              `a path begins with a slash; write "/users"`,
		"":                   `a path begins with a slash; write "/"`,
		"http://[/":          "write a path such as /users/7",
		"http://evil.test/x": `the host "evil.test" is not one of TRUSTED_HOSTS`,
	} {
		if _, err := app.Explain("GET", target); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", target, err, want)
		}
	}
}

// A randomRoute is a route that a random App may have.
type randomRoute struct {
	rule    string
	methods []string
	opts    []dewar.RouteOption
}

func newRandomRoute(rnd *rand.Rand) randomRoute {
	segments := []string{"a", "b", "ab", "{x}", "{y:int}", "{z:any(a,b)}", "a{v}", "{w}-{u:int}", "{p:path}", `{e:\d+}`}
	var r randomRoute
	used := map[string]bool{}
	for range 1 + rnd.IntN(3) {
		s := segments[rnd.IntN(len(segments))]
		if !strings.Contains(s, "{") || !used[s] {
			r.rule += "/" + s
		}
		used[s] = true
	}
	if rnd.IntN(3) == 0 {
		r.rule += "/"
	}
	if rnd.IntN(6) > 0 {
		for _, m := range []string{"GET", "POST", "OPTIONS", "HEAD"} {
			if rnd.IntN(2) == 0 {
				r.methods = append(r.methods, m)
			}
		}
		if r.methods == nil {
			r.methods = []string{"GET"}
		}
	}
	if rnd.IntN(5) == 0 {
		r.opts = append(r.opts, dewar.StrictSlashes(false))
	}
	if rnd.IntN(5) == 0 {
		r.opts = append(r.opts, dewar.MergeSlashes(false))
	}
	if rnd.IntN(5) == 0 {
		r.opts = append(r.opts, dewar.AutomaticOptions(false))
	}
	switch rnd.IntN(6) {
	case 0:
		r.opts = append(r.opts, dewar.Host("one.test"))
	case 1:
		r.opts = append(r.opts, dewar.Host("{h}.test"))
	}
	return r
}

// add registers r, whose view says which rule answered, and reports whether the App takes it.
func (r randomRoute) add(app *dewar.App, name string) (ok bool) {
	defer func() { ok = recover() == nil }()
	view := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Answered", name) })
	opts := append(slices.Clone(r.opts), dewar.Endpoint(strings.ReplaceAll(name, ".", "_")))
	if r.methods != nil {
		opts = append(opts, dewar.Methods(r.methods...))
	}
	app.Handle(r.rule, view, opts...)
	return true
}

// TestExplainAgreesWithTheRouter asks random Apps both ways, and each of their routes in an App of its own.
func TestExplainAgreesWithTheRouter(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	matched, other := 0, 0
	for range rounds(100, 3000) {
		app, alone := dewar.New("all"), map[string]*dewar.App{}
		for i := range 1 + rnd.IntN(8) {
			r, name := newRandomRoute(rnd), fmt.Sprintf("r%d", i)
			if !r.add(app, name) {
				continue
			}
			alone[name] = dewar.New(name)
			r.add(alone[name], name)
		}
		for range 30 {
			method, target := randomRequest(rnd)
			list := explained(t, app, method, target)
			want := answerOf(app, method, target)
			if got := verdictOf(list); got != want {
				t.Fatalf("seed %d: %s %s: explained as %s, answered as %s\n%s%+v", seed, method, target, got, want, app.Routes(), list)
			}
			for _, e := range list {
				name := e.Route.Endpoint
				if alone[name] == nil {
					continue
				}
				answer := answerOf(alone[name], method, target)
				if strings.Contains(e.Reason, "its MergeSlashes is off") {
					continue // another one is in its way
				}
				if answers := !strings.HasPrefix(answer, "4"); answers != e.Matches {
					t.Fatalf("seed %d: %s %s: %s alone is %s, explained as %+v", seed, method, target, e.Route.Rule, answer, e)
				}
				if e.Reason == "" {
					t.Fatalf("seed %d: %s %s: no reason for %s", seed, method, target, e.Route.Rule)
				}
				if e.Matches {
					matched++
				} else {
					other++
				}
			}
		}
	}
	if matched < 100 || other < 100 {
		t.Errorf("%d that match and %d that do not are too few", matched, other)
	}
}

func randomRequest(rnd *rand.Rand) (method, target string) {
	segments := []string{"a", "b", "ab", "7", "x-7", "x", "", "-7", "a7", "."}
	for range 1 + rnd.IntN(4) {
		target += "/" + segments[rnd.IntN(len(segments))]
	}
	host := []string{"localhost", "one.test", "two.test", "one.test:8080"}[rnd.IntN(4)]
	return []string{"GET", "GET", "GET", "POST", "OPTIONS", "HEAD", "PUT"}[rnd.IntN(7)], "http://" + host + target
}

// answerOf returns what becomes of a request: the name of the route that answers, where it is redirected, or the status.
func answerOf(app *dewar.App, method, target string) string {
	r := httptest.NewRequest(method, target, nil)
	r.RequestURI = r.URL.RequestURI()
	r.URL.Scheme, r.URL.Host = "", ""
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	switch {
	case w.Header().Get("Location") != "":
		return "redirects to " + fmt.Sprintf("%q", w.Header().Get("Location"))
	case w.Header().Get("Answered") != "":
		return w.Header().Get("Answered")
	case w.Code == http.StatusOK && method == "OPTIONS":
		return "OPTIONS"
	case w.Code == http.StatusMethodNotAllowed:
		return "404" // for Explain both are that nothing matches
	}
	return fmt.Sprint(w.Code)
}

// verdictOf is what answerOf returns, as explained.
func verdictOf(list []dewar.Explanation) string {
	first := list[0]
	switch {
	case !first.Matches:
		if slices.ContainsFunc(list, func(e dewar.Explanation) bool { return e.Matches }) {
			return "a match that is not the first"
		}
		return "404"
	case strings.HasPrefix(first.Reason, "redirects"):
		return first.Reason
	case strings.HasPrefix(first.Reason, "OPTIONS"):
		return "OPTIONS"
	}
	return first.Route.Endpoint
}

func ExampleApp_Explain() {
	app := dewar.New("shop")
	view := func(c *dewar.Context) error { return c.NoContent() }
	app.Get("/users/{id:int}", view, dewar.Endpoint("user"))
	app.Post("/users/new", view, dewar.Endpoint("new"))
	list, err := app.Explain("GET", "/users/new")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range list[:2] {
		fmt.Println(e.Route.Rule, e.Matches, e.Reason)
	}
	// Output:
	// /users/new false allows OPTIONS, POST, not GET
	// /users/{id:int} false {id:int} does not take "new"
}
