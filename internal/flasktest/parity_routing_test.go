package flasktest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// shows answers with the endpoint and the values that matched, in the order of their names.
func shows(c *dewar.Context) error {
	values := []string{c.Endpoint()}
	for _, key := range c.Params().Keys() {
		values = append(values, fmt.Sprintf("%s=%v", key, c.Params().Get(key)))
	}
	return c.Text(strings.Join(values, " "))
}

// wants sends requests "METHOD path [Host]" and compares "status body" or, for a redirect, "status location",
// or, for 405 and OPTIONS, "status allow".
func wants(t *testing.T, app http.Handler, table [][2]string) {
	t.Helper()
	for _, row := range table {
		fields := strings.Fields(row[0])
		var header []string
		if len(fields) > 2 {
			header = []string{"Host", fields[2]}
		}
		rec := send(app, fields[0], fields[1], header...)
		got := strings.TrimRight(fmt.Sprint(rec.Code, " ", rec.Body), " \n")
		switch {
		case rec.Code >= 300 && rec.Code < 400:
			got = fmt.Sprint(rec.Code, " ", rec.Header().Get("Location"))
		case rec.Code == 404:
			got = "404"
		case rec.Code == 405 || fields[0] == "OPTIONS":
			got = fmt.Sprint(rec.Code, " ", rec.Header().Get("Allow"))
		}
		if got != row[1] {
			t.Errorf("%s: got %q, want %q", row[0], got, row[1])
		}
	}
}

func TestDefaultsRedirectToTheirRule(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/all/", shows, dewar.Endpoint("all"), dewar.Defaults(dewar.Map{"page": 1}))
	app.Get("/all/page/{page:int}", shows, dewar.Endpoint("all"))
	app.Get("/lang/{lang}", shows, dewar.Endpoint("lang"), dewar.Defaults(dewar.Map{"lang": "en"}))
	app.Get("/two/", shows, dewar.Endpoint("two"), dewar.Defaults(dewar.Map{"a": 1, "b": 2}))
	app.Get("/two/{a:int}", shows, dewar.Endpoint("two"), dewar.Defaults(dewar.Map{"b": 2}))
	app.Get("/two/{a:int}/{b:int}", shows, dewar.Endpoint("two"))
	app.Get("/other/{page:int}", shows, dewar.Endpoint("other"))
	app.Post("/post/", shows, dewar.Endpoint("post"), dewar.Defaults(dewar.Map{"n": 1}))
	app.Get("/post/{n:int}", shows, dewar.Endpoint("post"))
	wants(t, app, [][2]string{
		{"GET /all/", "200 all page=1"},
		{"GET /all/page/2", "200 all page=2"},
		{"GET /all/page/1", "308 /all/"},
		{"HEAD /all/page/1", "308 /all/"},
		{"GET /all/page/1?q=%C3%A9", "308 /all/?q=%C3%A9"},
		{"GET /all/page/01", "308 /all/"},
		{"GET /two/1/2", "308 /two/"},
		{"GET /two/7/2", "308 /two/7"},
		{"GET /two/7/3", "200 two a=7 b=3"},
		{"GET /two/1", "308 /two/"},
		{"GET /other/1", "200 other page=1"},
		{"GET /post/1", "200 post n=1"},
		{"GET /lang/en", "200 lang lang=en"},
	})
}

func TestDefaultsOfABlueprintAreCompleted(t *testing.T) {
	t.Parallel()
	bp := dewar.NewBlueprint("test", dewar.Defaults(dewar.Map{"bar": 0, "own": "bp"}))
	bp.Get("/foo", shows, dewar.Endpoint("foo"), dewar.Defaults(dewar.Map{"baz": 42}))
	bp.Get("/bar", shows, dewar.Endpoint("bar"), dewar.Defaults(dewar.Map{"own": "route"}))
	app := newApp(t)
	app.RegisterBlueprint(bp, dewar.URLPrefix("/1"), dewar.Defaults(dewar.Map{"bar": 23}))
	app.RegisterBlueprint(bp, dewar.URLPrefix("/2"), dewar.Defaults(dewar.Map{"bar": 19}), dewar.Name("test2"))
	wants(t, app, [][2]string{
		{"GET /1/foo", "200 test.foo bar=23 baz=42 own=bp"},
		{"GET /2/foo", "200 test2.foo bar=19 baz=42 own=bp"},
		{"GET /1/bar", "200 test.bar bar=23 own=route"},
	})
}

func TestSeveralVariablesInOneSegmentAndPathInTheMiddle(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	for i, rule := range []string{"/{year:int}-{month:int(fixed_digits=2)}", "/x{z}", "/{z}y", "/files/{p:path}/edit", "/files/{p:path}",
		"/int/{n:int(min=1,max=99)}", "/signed/{n:int(signed)}", "/len/{s:string(length=2)}", "/any/{w:any(user,admin)}", "/f/{x:float(signed)}"} {
		app.Get(rule, shows, dewar.Endpoint(fmt.Sprint("e", i)))
	}
	wants(t, app, [][2]string{
		{"GET /2026-07", "200 e0 month=7 year=2026"},
		{"GET /2026-7", "404"},
		{"GET /xy", "200 e1 z=y"},
		{"GET /ay", "200 e2 z=a"},
		{"GET /files/a/b/edit", "200 e3 p=a/b"},
		{"GET /files/a/b", "200 e4 p=a/b"},
		{"GET /files/edit", "200 e4 p=edit"},
		{"GET /files/a/../b", "200 e4 p=a/../b"},
		{"GET /int/99", "200 e5 n=99"},
		{"GET /int/0", "404"},
		{"GET /int/100", "404"},
		{"GET /int/+1", "404"},
		{"GET /int/-0", "404"},
		{"GET /int/01", "200 e5 n=1"},
		{"GET /int/%201", "404"},
		{"GET /int/%D9%A1", "404"}, // U+0661, a digit elsewhere
		{"GET /int/18446744073709551616", "404"},
		{"GET /int/1%0a", "404"},
		{"GET /signed/-7", "200 e6 n=-7"},
		{"GET /len/%C3%A9e", "200 e7 s=ée"},
		{"GET /len/abc", "404"},
		{"GET /any/admin", "200 e8 w=admin"},
		{"GET /any/administrator", "404"},
		{"GET /any/xuser", "404"},
		{"GET /f/-2.5", "200 e9 x=-2.5"},
		{"GET /f/2.", "404"},
	})
}

func TestRegistrationOrderIsIrrelevant(t *testing.T) {
	t.Parallel()
	rules := []string{"/static1", "/{x:int}", "/{x}", "/{p:path}", "/a/{x:int}", "/a/{x}", "/a/b"}
	paths := [][2]string{{"GET /static1", "/static1"}, {"GET /5", "/{x:int}"}, {"GET /z", "/{x}"}, {"GET /z/y", "/{p:path}"},
		{"GET /a/1", "/a/{x:int}"}, {"GET /a/c", "/a/{x}"}, {"GET /a/b", "/a/b"}}
	for shift := range rules {
		app := newApp(t)
		for i := range rules {
			app.Get(rules[(i+shift)%len(rules)], func(c *dewar.Context) error { return c.Text(c.Request.Pattern) })
		}
		for _, p := range paths {
			if got := send(app, "GET", strings.Fields(p[0])[1]).Body.String(); got != p[1] {
				t.Errorf("shift %d: %s matched %q, want %q", shift, p[0], got, p[1])
			}
		}
	}
}

func TestSlashesPerRuleBlueprintAndApp(t *testing.T) {
	t.Parallel()
	app := dewar.New("loose", dewar.RootPath(t.TempDir()), dewar.StrictSlashes(false), dewar.MergeSlashes(false))
	app.Get("/leaf", shows, dewar.Endpoint("leaf"))
	app.Get("/branch/", shows, dewar.Endpoint("branch"))
	app.Get("/strict/", shows, dewar.Endpoint("strict"), dewar.StrictSlashes(true), dewar.MergeSlashes(true))
	app.Get("/merge/x", shows, dewar.Endpoint("merge"), dewar.MergeSlashes(true))
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"), dewar.StrictSlashes(true))
	bp.Get("/leaf", shows, dewar.Endpoint("leaf"))
	bp.Get("/loose", shows, dewar.Endpoint("loose"), dewar.StrictSlashes(false))
	child := dewar.NewBlueprint("child", dewar.URLPrefix("/child"))
	child.Get("/leaf", shows, dewar.Endpoint("leaf"))
	bp.RegisterBlueprint(child)
	app.RegisterBlueprint(bp)
	wants(t, app, [][2]string{
		{"GET /leaf/", "200 leaf"},
		{"GET /branch", "200 branch"},
		{"GET /strict", "308 /strict/"},
		{"GET /bp/leaf", "200 bp.leaf"},
		{"GET /bp/leaf/", "404"},
		{"GET /bp/loose/", "200 bp.loose"},
		{"GET /bp/child/leaf/", "404"},
		{"GET /bp//leaf", "404"},
		{"GET /merge//x", "308 /merge/x"},
		{"GET //leaf", "200 leaf"},
	})
}

func TestRedirectRule(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	configure(app, "APPLICATION_ROOT", "/app") // counts outside requests alone
	app.Route("/old/{id:int}", nil, dewar.RedirectRule("/new/{id}"), dewar.Endpoint("old"))
	app.Route("/move/{p:path}", nil, dewar.RedirectRule("/to/{p:path}?from=old"), dewar.Methods("GET", "POST"))
	app.Route("/away/{name}", nil, dewar.RedirectRule("https://example.com/u/{name}"))
	app.Route("/home", nil, dewar.RedirectRule("https://example.com"))
	wants(t, app, [][2]string{
		{"GET /old/7", "308 /new/7"},
		{"GET /old/7?a=b", "308 /new/7?a=b"},
		{"POST /old/7", "405 GET, HEAD, OPTIONS"},
		{"POST /move/a/b%20c?x=1", "308 /to/a/b%20c?from=old&x=1"},
		{"GET /away/%2e%2e%5c@evil%3f", "308 https://example.com/u/..%5C@evil%3F"},
		{"GET /home", "308 https://example.com/"},
	})
	for name, do := range map[string]func(){
		"write a path":              func() { dewar.RedirectRule("new") },
		"begins with one slash":     func() { dewar.RedirectRule("//evil.example/{id}") },
		"variables in its path":     func() { dewar.RedirectRule("https://{id}.example/") },
		`has no variable "name"`:    func() { newApp(t).Route("/x/{id}", nil, dewar.RedirectRule("/y/{name}")) },
		"because of RedirectRule":   func() { newApp(t).Route("/x", index, dewar.RedirectRule("/y")) },
		"pass a func(c *dewar.Cont": func() { newApp(t).Route("/x", nil) },
	} {
		if text := panicText(do); !strings.Contains(text, name) || !strings.Contains(text, "parity_routing_test.go:") {
			t.Errorf("panic %q does not say %q and where", text, name)
		}
	}
}

func TestBuildOnly(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Route("/cdn/{file:path}", nil, dewar.BuildOnly(), dewar.Endpoint("cdn"))
	app.Get("/cdn/{file:path}", shows, dewar.Endpoint("own"))
	app.Get("/url", func(c *dewar.Context) error {
		u, err := c.URLFor("cdn", "file", "a/b.css")
		if err != nil {
			return err
		}
		return c.Text(u)
	})
	app.Route("/nothing", nil, dewar.BuildOnly(), dewar.Endpoint("nothing"))
	wants(t, app, [][2]string{
		{"GET /url", "200 /cdn/a/b.css"},
		{"GET /cdn/x", "200 own file=x"},
		{"GET /nothing", "404"},
	})
	if text := panicText(func() { newApp(t).Route("/x", nil, dewar.BuildOnly()) }); !strings.Contains(text, "dewar.Endpoint") {
		t.Errorf("panic %q does not ask for an endpoint", text)
	}
}

func TestAutomaticOptions(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Route("/on", shows, dewar.Methods("GET", "POST"), dewar.Endpoint("on"))
	app.Get("/off", shows, dewar.Endpoint("off"), dewar.AutomaticOptions(false))
	app.Route("/own", func(c *dewar.Context) error { return c.Text("own") }, dewar.Methods("OPTIONS"))
	app.Get("/many", shows, dewar.Endpoint("many"))
	app.Put("/many", shows, dewar.Endpoint("many_put"))
	wants(t, app, [][2]string{
		{"OPTIONS /on", "200 GET, HEAD, OPTIONS, POST"},
		{"OPTIONS /off", "405 GET, HEAD"},
		{"POST /off", "405 GET, HEAD"},
		{"OPTIONS /many", "200 GET, HEAD, OPTIONS, PUT"},
		{"DELETE /many", "405 GET, HEAD, OPTIONS, PUT"},
	})
	if got := send(app, "OPTIONS", "/own").Body.String(); got != "own" {
		t.Errorf("got %q, want the route's own answer", got)
	}
	off := newApp(t)
	configure(off, "PROVIDE_AUTOMATIC_OPTIONS", false)
	off.Get("/", shows, dewar.Endpoint("x"))
	off.Get("/on", shows, dewar.Endpoint("y"), dewar.AutomaticOptions(true))
	wants(t, off, [][2]string{{"OPTIONS /", "405 GET, HEAD"}, {"OPTIONS /on", "200 GET, HEAD, OPTIONS"}})
}

func TestDecodedOnce(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/s/{x}", func(c *dewar.Context) error { return c.Text(fmt.Sprintf("%q", c.Params().String("x"))) })
	for _, tt := range []struct{ path, want string }{
		{"/s/a%20b", `"a b"`}, {"/s/a%252Fb", `"a%2Fb"`}, {"/s/%252e", `"%2e"`}, {"/s/%00", `"\x00"`}, {"/s/%ff", `"�"`}, {"/s/a+b", `"a+b"`},
	} {
		for _, raw := range []bool{true, false} {
			r := httptest.NewRequest("GET", tt.path, nil)
			if r.URL.RawPath = ""; raw {
				r.URL.RawPath = tt.path
			}
			rec := httptest.NewRecorder()
			app.ServeHTTP(rec, r)
			if got := rec.Body.String(); got != tt.want {
				t.Errorf("%s with RawPath %v: got %s, want %s", tt.path, raw, got, tt.want)
			}
		}
	}
	wants(t, app, [][2]string{{"GET /s/a%2Fb", "404"}, {"GET /s/a%2Fb%20c", "404"}})
}

func TestGuardOfAPrefixCannotBeWrittenAround(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/{p:path}", func(c *dewar.Context) error { return c.Text("file") }, dewar.Endpoint("file"))
	app.Get("/sub/{p:path}", func(*dewar.Context) error { return dewar.Abort(403) }, dewar.Endpoint("guard"))
	for _, path := range []string{"/sub/f.txt", "/sub%2ff.txt", "/%73ub/f.txt", "//sub/f.txt", "/sub//f.txt", "/./sub/f.txt", "/x/../sub/f.txt", "/sub/./f.txt"} {
		if rec := send(app, "GET", path); rec.Code == 200 {
			t.Errorf("%s gave %d %q around the guard of /sub/", path, rec.Code, rec.Body)
		}
	}
	wants(t, app, [][2]string{
		{"GET /sub//f.txt?q=1", "308 /sub/f.txt?q=1"},
		{"GET /proxy/https://example.com/", "200 file"},
		{"GET /.well-known/x", "200 file"},
	})
}

func TestManyVariablesAndLongPaths(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var rule, path strings.Builder
	for i := range 200 {
		fmt.Fprintf(&rule, "/{v%d}", i)
		path.WriteString("/x")
	}
	app.Get(rule.String(), func(c *dewar.Context) error { return c.Text(c.Params().String("v199")) })
	app.Get("/p/{a}{b}", shows, dewar.Endpoint("ab"))
	wants(t, app, [][2]string{
		{"GET " + path.String(), "200 x"},
		{"GET " + strings.Repeat("/a", 10_000), "404"},
		{"GET /p/xyz", "200 ab a=xy b=z"},
	})
}

func TestRoutesTable(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", index)
	app.Post("/form", other)
	app.Get("/closure", func(c *dewar.Context) error { return nil })
	app.Route("/opt", shows, dewar.Methods("OPTIONS"), dewar.Endpoint("opt"))
	table := app.Routes().String()
	lines := strings.Split(strings.TrimSpace(table), "\n")
	if len(lines) != 6 || strings.Contains(table, "Host") || strings.Contains(table, "HEAD") {
		t.Errorf("got\n%s", table)
	}
	for i, want := range []string{"Endpoint Methods Rule", "(", "index GET /", "opt OPTIONS /opt", "other POST /form", "static GET /static/{filename:path}"} {
		if got := strings.Join(strings.Fields(lines[i]), " "); !strings.HasPrefix(got, want) {
			t.Errorf("line %d: got %q, want %q", i, got, want)
		}
	}
	app.Get("/", index, dewar.Host("Api.Example.com"))
	if table := app.Routes().String(); !strings.Contains(table, "Host") || !strings.Contains(table, "api.example.com") {
		t.Errorf("no host in\n%s", table)
	}
}
