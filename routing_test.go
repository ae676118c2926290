package dewar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// send serves one request in process.
func send(app http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost/", nil)
	u, err := url.ParseRequestURI(path)
	if err != nil {
		panic(err)
	}
	r.URL, r.RequestURI, r.Host = u, path, "localhost"
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return rec
}

// panicText returns what f panicked with, as text.
func panicText(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}

func index(c *dewar.Context) error { return c.Text("index") }
func other(c *dewar.Context) error { return c.Text("other") }

// What the target of a RedirectRule does not take is the client's fault.
func TestRedirectRuleThatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	log := &record{}
	app := newApp(t)
	app.Logger = log.logger()
	app.Route("/old/{x}", nil, dewar.RedirectRule("/new/{x:int}"))
	app.Route("/files/{x:path}", nil, dewar.RedirectRule("/new/{x}"))
	for path, want := range map[string]string{"/old/7": "/new/7", "/old/seven": "", "/old/99999999999999999999": "", "/files/a": "/new/a", "/files/a/b": ""} {
		rec := send(app, "GET", path)
		if got := rec.Header().Get("Location"); got != want || want == "" && rec.Code != 404 {
			t.Errorf("%s: got %d to %q, want %q", path, rec.Code, got, want)
		}
	}
	if text := log.String(); strings.Contains(text, "level=ERROR") {
		t.Errorf("logged %s", text)
	}
}

type views struct{ name string }

func (v views) List(c *dewar.Context) error { return c.Text(v.name) }

func TestRoutes(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	echo := func(c *dewar.Context) error {
		rule := c.Request.Pattern
		var values []string
		for _, key := range c.Params().Keys() {
			values = append(values, fmt.Sprintf("%s=%v(%T)", key, c.Params().Get(key), c.Params().Get(key)))
		}
		return c.Text(rule + " " + strings.Join(values, " "))
	}
	app.Get("/", echo)
	app.Get("/users/{name}", echo)
	app.Get("/users/me", echo)
	app.Get("/n/{id:int}", echo)
	app.Get("/f/{x:float}", echo)
	app.Get("/id/{u:uuid}", echo)
	app.Get("/files/{name:path}", echo)
	app.Get("/lang/{l:any(en,de)}", echo)
	app.Get("/branch/", echo)
	app.Get("/loose/", echo, dewar.StrictSlashes(false))
	app.Get("/pages", echo, dewar.Defaults(dewar.Map{"page": 1}))
	app.Post("/post/", echo)
	app.Route("/purge", echo, dewar.Methods("purge"))
	app.Route("/both", echo, dewar.Methods("GET", "POST"))
	for _, tt := range []struct {
		method, path string
		status       int
		want         string // body, or Location, or Allow
	}{
		{"GET", "/", 200, "/ "},
		{"GET", "/users/ann", 200, "/users/{name} name=ann(string)"},
		{"GET", "/users/me", 200, "/users/me "},
		{"GET", "/users/a%20b", 200, "/users/{name} name=a b(string)"},
		{"GET", "/users/%C3%A9", 200, "/users/{name} name=é(string)"},
		{"GET", "/users/a%2Fb", 404, ""},
		{"GET", "/n/5", 200, "/n/{id:int} id=5(int)"},
		{"GET", "/n/05", 200, "/n/{id:int} id=5(int)"},
		{"GET", "/n/x", 404, ""},
		{"GET", "/n/5%0a", 404, ""},
		{"GET", "/f/1.5", 200, "/f/{x:float} x=1.5(float64)"},
		{"GET", "/f/1", 404, ""},
		{"GET", "/id/12345678-1234-5678-1234-567812345678", 200, "/id/{u:uuid} u=12345678-1234-5678-1234-567812345678(dewar.UUID)"},
		{"GET", "/files/a/b%20c/d", 200, "/files/{name:path} name=a/b c/d(string)"},
		{"GET", "/lang/de", 200, "/lang/{l:any(en,de)} l=de(string)"},
		{"GET", "/lang/fr", 404, ""},
		{"GET", "/branch?x=1&y=%C3%A9", 308, "/branch/?x=1&y=%C3%A9"},
		{"GET", "/loose", 200, "/loose/ "},
		{"GET", "/pages", 200, "/pages page=1(int)"},
		{"GET", "/users//ann", 308, "/users/ann"},
		{"GET", "/post", 404, ""},
		{"POST", "/post", 308, "/post/"},
		{"PURGE", "/purge", 200, "/purge "},
		{"GET", "/purge", 405, "OPTIONS, PURGE"},
		{"PUT", "/both", 405, "GET, HEAD, OPTIONS, POST"},
		{"HEAD", "/both", 200, ""},
		{"OPTIONS", "/both", 200, "GET, HEAD, OPTIONS, POST"},
		{"get", "/both", 405, "GET, HEAD, OPTIONS, POST"},
		{"BREW", "/nothing", 404, ""},
	} {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			t.Parallel()
			rec := send(app, tt.method, tt.path)
			got := rec.Body.String()
			switch {
			case tt.status == 308:
				got = rec.Header().Get("Location")
			case tt.status == 405 || tt.method == "OPTIONS":
				got = rec.Header().Get("Allow")
			case tt.status == 404:
				got = ""
			}
			if rec.Code != tt.status || got != tt.want {
				t.Errorf("got %d %q, want %d %q", rec.Code, got, tt.status, tt.want)
			}
		})
	}
}

func TestRegistrationMistakesNameTheirCure(t *testing.T) {
	t.Parallel()
	nothing := func(*dewar.Context) error { return nil }
	for _, tt := range []struct {
		name string
		do   func(app *dewar.App)
		want []string
	}{
		{"a rule without a slash", func(app *dewar.App) { app.Get("x", nothing) }, []string{`"x"`, "slash", "routing_test.go:"}},
		{"a nil handler", func(app *dewar.App) { app.Get("/", nil) }, []string{"nil", "func(c *dewar.Context) error"}},
		{"an unknown converter", func(app *dewar.App) { app.Get("/{id:itn}", nothing) }, []string{`"itn"`, "did you mean", `"int"`}},
		{"a missing brace", func(app *dewar.App) { app.Get("/{id", nothing) }, []string{`"/{id"`}},
		{"the same variable twice", func(app *dewar.App) { app.Get("/{a}/{a}", nothing) }, []string{`"a"`}},
		{"a duplicate rule", func(app *dewar.App) { app.Get("/{a}", nothing); app.Get("/{b}", nothing) },
			[]string{"routing_test.go:", "routing_test.go:", " and ", "GET"}},
		{"two functions with one name", func(app *dewar.App) { app.Get("/a", index); app.Get("/b", other, dewar.Endpoint("index")) },
			[]string{`"index"`, "dewar.Endpoint", "routing_test.go:", " and "}},
		{"one method of two receivers", func(app *dewar.App) { app.Get("/a", views{"a"}.List); app.Get("/b", views{"b"}.List) },
			[]string{`"List"`, "dewar.Endpoint"}},
		{"an endpoint with a dot", func(app *dewar.App) { app.Get("/", nothing, dewar.Endpoint("a.b")) }, []string{`"a.b"`}},
		{"a method that is none", func(app *dewar.App) { app.Get("/", nothing, dewar.Methods("GET, POST")) }, []string{`"GET, POST"`}},
		{"methods beside the shortcut of one", func(app *dewar.App) { app.Get("/x", nothing, dewar.Methods("POST")) }, []string{`"/x"`, "use Route", "routing_test.go:"}},
		{"no methods", func(app *dewar.App) { app.Get("/", nothing, dewar.Methods()) }, []string{"Methods()"}},
		{"a converter's name that is taken", func(app *dewar.App) { app.Converter("int", upperConverter{}) }, []string{`"int"`}},
		{"an error status that is none", func(app *dewar.App) { app.ErrorHandler(200, nil) }, []string{"200", "dewar.HandleError"}},
		{"a prefix without a slash", func(app *dewar.App) { dewar.NewBlueprint("b", dewar.URLPrefix("x")) }, []string{`"x"`, "slash"}},
		{"a blueprint's name with a dot", func(app *dewar.App) { dewar.NewBlueprint("a.b") }, []string{`"a.b"`}},
		{"a blueprint without a name", func(app *dewar.App) { dewar.NewBlueprint("") }, []string{`""`}},
		{"a blueprint registered twice", func(app *dewar.App) {
			app.RegisterBlueprint(dewar.NewBlueprint("b"))
			app.RegisterBlueprint(dewar.NewBlueprint("b"))
		}, []string{`"b"`, "dewar.Name", "routing_test.go:", " and "}},
		{"a blueprint on itself", func(*dewar.App) { b := dewar.NewBlueprint("b"); b.RegisterBlueprint(b) }, []string{`"b"`, "itself"}},
		{"a blueprint changed after registration", func(app *dewar.App) {
			b := dewar.NewBlueprint("b")
			app.RegisterBlueprint(b)
			b.Get("/", nothing)
		}, []string{`"b"`, "RegisterBlueprint", "routing_test.go:"}},
		{"an app changed after it was built", func(app *dewar.App) { _ = app.Build(); app.Get("/", nothing) }, []string{"too late", "routing_test.go:"}},
		{"a hook added after it was built", func(app *dewar.App) { _ = app.Build(); app.BeforeRequest(nothing) }, []string{"BeforeRequest", "too late"}},
		{"a mount without a slash", func(app *dewar.App) { app.Mount("x", http.NotFoundHandler()) }, []string{`"x"`, "slash"}},
		{"a relative instance path", func(*dewar.App) { dewar.InstancePath("instance") }, []string{`"instance"`, "absolute", "filepath.Abs"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := panicText(func() { tt.do(newApp(t)) })
			if text == "" {
				t.Fatal("no panic")
			}
			for _, want := range append(tt.want, "dewar: ") {
				if !strings.Contains(text, want) {
					t.Errorf("%q does not say %q", text, want)
				}
			}
		})
	}
}

type upperConverter struct{}

func (upperConverter) Pattern() string { return "[A-Z]+" }
func (upperConverter) Parse(s string) (any, error) {
	if strings.ToUpper(s) != s {
		return nil, fmt.Errorf("want capitals")
	}
	return strings.ToLower(s), nil
}
func (upperConverter) Format(v any) (string, error) { return strings.ToUpper(fmt.Sprint(v)), nil }

func TestCustomConverter(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Converter("upper", upperConverter{})
	app.Get("/{code:upper}", func(c *dewar.Context) error {
		u, err := c.URLFor("code", "code", "xyz")
		if err != nil {
			return err
		}
		return c.Text(c.Params().String("code") + " " + u)
	}, dewar.Endpoint("code"))
	if rec := send(app, "GET", "/ABC"); rec.Body.String() != "abc /XYZ" {
		t.Errorf("got %q", rec.Body)
	}
	if rec := send(app, "GET", "/abc"); rec.Code != 404 {
		t.Errorf("got %d, want 404", rec.Code)
	}
}

// urlApp has routes to build URLs to; / tells the URL that build asks for.
func urlApp(t *testing.T, build func(c *dewar.Context) (string, error)) *dewar.App {
	app := newApp(t)
	nothing := func(c *dewar.Context) error { return c.NoContent() }
	bp := dewar.NewBlueprint("blog", dewar.URLPrefix("/blog"))
	bp.Get("/", func(c *dewar.Context) error {
		u, err := build(c)
		if err != nil {
			return c.Status(500).Text(err.Error())
		}
		return c.Text(u)
	}, dewar.Endpoint("index"))
	bp.Get("/{id:int}", nothing, dewar.Endpoint("show"))
	bp.Get("/page", nothing, dewar.Endpoint("page"), dewar.Defaults(dewar.Map{"n": 1}))
	bp.Get("/page/{n:int}", nothing, dewar.Endpoint("page"))
	app.Get("/login", nothing, dewar.Endpoint("login"))
	app.Post("/session", nothing, dewar.Endpoint("login"))
	app.Get("/hello/{name}", nothing, dewar.Endpoint("hello"))
	app.Get("/files/{name:path}", nothing, dewar.Endpoint("files"))
	app.Get("/closure", nothing)
	app.RegisterBlueprint(bp)
	return app
}

func TestURLFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		endpoint string
		pairs    []any
		want     string
		status   int
	}{
		{"a variable", "blog.show", []any{"id", 7}, "/blog/7", 200},
		{"unknown values become the query, in order", "blog.show", []any{"id", 7, "page", 2, "b", "x y&z"}, "/blog/7?page=2&b=x+y%26z", 200},
		{"a list is repeated, nil is dropped", "login", []any{"t", []string{"a", "b"}, "n", nil, "ok", true}, "/login?t=a&t=b&ok=true", 200},
		{"this blueprint", ".show", []any{"id", 1}, "/blog/1", 200},
		{"an anchor", "login", []any{dewar.Anchor("a b")}, "/login#a%20b", 200},
		{"an anchor keeps what Flask keeps", "login", []any{dewar.Anchor("!$&'()*+,/:;=?@#-._~\"<>%é")}, "/login#!$&'()*+,/:;=?@#-._~%22%3C%3E%25%C3%A9", 200},
		{"a query keeps what Flask keeps", "login", []any{"!/?=", "!$&'()*+,/:;=?@#-._~ \"<>%é"}, "/login?!/?%3D=!$%26'()*%2B,/:%3B%3D?@%23-._~+%22%3C%3E%25%C3%A9", 200},
		{"escaped text", "hello", []any{"name", "a+b ?#é%"}, "/hello/a+b%20%3F%23%C3%A9%25", 200},
		{"a slash where the rule takes none", "hello", []any{"name", "a/b"}, "write {name:path} in the rule", 500},
		{"a path keeps its slashes", "files", []any{"name", "a/b c"}, "/files/a/b%20c", 200},
		{"external", "login", []any{dewar.External()}, "http://localhost/login", 200},
		{"a scheme makes it external", "login", []any{dewar.Scheme("https")}, "https://localhost/login", 200},
		{"a method chooses the rule", "login", []any{dewar.ForMethod("post")}, "/session", 200},
		{"the request's method is preferred", "login", nil, "/login", 200},
		{"defaults choose the rule", "blog.page", []any{"n", 1}, "/blog/page", 200},
		{"other values choose the other rule", "blog.page", []any{"n", 2}, "/blog/page/2", 200},
		{"a misspelt endpoint", "blog.shwo", nil, `did you mean "blog.show"`, 500},
		{"a forgotten blueprint", "show", nil, `did you mean "blog.show"`, 500},
		{"a missing value", "blog.show", nil, `no value for id`, 500},
		{"a value of the wrong type", "blog.show", []any{"id", "x"}, `"blog.show"`, 500},
		{"a value that would not match again", "blog.show", []any{"id", -5}, `"blog.show"`, 500},
		{"a name without a value", "blog.show", []any{"id"}, `"id" has no value behind it`, 500},
		{"a name that is no text", "blog.show", []any{7, 7}, `argument 1 is a int`, 500},
		{"a method that no rule has", "login", []any{dewar.ForMethod("PUT")}, "PUT", 500},
		{"a closure without a name", "closure", nil, "dewar.Endpoint", 500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := urlApp(t, func(c *dewar.Context) (string, error) { return c.URLFor(tt.endpoint, tt.pairs...) })
			rec := send(app, "GET", "/blog/")
			got := rec.Body.String()
			if rec.Code != tt.status || tt.status == 200 && got != tt.want || !strings.Contains(got, tt.want) {
				t.Errorf("got %d %q, want %d %q", rec.Code, got, tt.status, tt.want)
			}
		})
	}
}

func TestURLForOutsideARequest(t *testing.T) {
	t.Parallel()
	app := urlApp(t, nil)
	if _, err := app.URLFor("login"); err == nil || !strings.Contains(err.Error(), "SERVER_NAME") {
		t.Errorf("error %v, want one that asks for SERVER_NAME", err)
	}
	if err := app.Config.FromMapping(dewar.Map{"SERVER_NAME": "example.com:8080", "APPLICATION_ROOT": "/app", "PREFERRED_URL_SCHEME": "https"}); err != nil {
		t.Fatal(err)
	}
	got, err := app.URLFor("blog.show", "id", 7)
	if want := "https://example.com:8080/app/blog/7"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestURLDefaultsAndValuePreprocessors(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	lang := dewar.NewKey[string]("lang")
	app.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error {
		if values == nil {
			return nil
		}
		code, _ := values["lang"].(string)
		lang.Set(c, code)
		delete(values, "lang")
		return nil
	})
	app.URLDefaults(func(_ *dewar.Context, endpoint string, values dewar.Map) {
		if _, ok := values["lang"]; !ok {
			values["lang"] = "en"
		}
	})
	app.Get("/{lang}/about", func(c *dewar.Context) error {
		u, err := c.URLFor("about")
		if err != nil {
			return err
		}
		return c.Text(lang.Get(c) + " " + u + " " + strings.Join(c.Params().Keys(), ","))
	}, dewar.Endpoint("about"))
	if got, want := send(app, "GET", "/de/about").Body.String(), "de /en/about "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if rec := send(app, "GET", "/nothing/at/all"); rec.Code != 404 {
		t.Errorf("got %d, want 404", rec.Code)
	}
}

func TestSlashRedirectNeverLeavesTheSite(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/{a}/", index, dewar.Endpoint("a"))
	app.Get("/{a}/{b}/", index, dewar.Endpoint("b"))
	app.Get("/{p:path}/x/", index, dewar.Endpoint("p"))
	srv := serve(t, app)
	for _, path := range []string{"//evil.com", "///evil.com", "/%5cevil.com", "/%2fevil.com", "/%09/evil.com", "/%0a", "/%0d", "/%20",
		"/.//evil.com", "/..//evil.com", "/%2e%2e//evil.com", "/%E2%80%AE", "/;/evil.com", "/@evil.com", "/a%3fb", "/a%23b",
		"//evil.com/x", "/%5c%5cevil.com/x", "/%2f%2fevil.com/x", "//evil.com//x"} {
		for _, host := range []string{"localhost", "evil.example"} {
			res := ask(t, srv, "GET", path, "Host", host)
			location := res.Header.Get("Location")
			if location == "" {
				continue
			}
			if !strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\t\r\n") {
				t.Errorf("%s redirects to %q", path, location)
			}
		}
	}
}

func TestBlueprintRegisteredUnderTwoNames(t *testing.T) {
	t.Parallel()
	bp := dewar.NewBlueprint("shop", dewar.URLPrefix("/shop"))
	bp.Get("/", func(c *dewar.Context) error {
		u, err := c.URLFor(".item", "id", 1)
		if err != nil {
			return err
		}
		return c.Text(c.Blueprint() + " " + c.Endpoint() + " " + u)
	}, dewar.Endpoint("index"))
	bp.Get("/{id:int}", index, dewar.Endpoint("item"))
	outer := dewar.NewBlueprint("api", dewar.URLPrefix("/api/"))
	outer.RegisterBlueprint(bp, dewar.URLPrefix("/v1"), dewar.Name("v1"))
	app := newApp(t)
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(bp, dewar.Name("second"), dewar.URLPrefix("/2"))
	app.RegisterBlueprint(outer)
	for _, tt := range []struct{ path, want string }{
		{"/shop/", "shop shop.index /shop/1"},
		{"/2/", "second second.index /2/1"},
		{"/api/v1/", "api.v1 api.v1.index /api/v1/1"},
	} {
		if got := send(app, "GET", tt.path).Body.String(); got != tt.want {
			t.Errorf("%s gave %q, want %q", tt.path, got, tt.want)
		}
	}
	var rules []string
	for _, r := range app.Routes() {
		rules = append(rules, r.Rule)
	}
	if !slices.Contains(rules, "/api/v1/{id:int}") {
		t.Errorf("Routes() has %q", rules)
	}
}

func TestMountAndHandle(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tell := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := dewar.FromContext(r.Context())
		fmt.Fprintf(w, "%s %s %q %q %s %v", r.Method, r.URL.Path, r.URL.RawPath, r.PathValue("id"), r.Pattern, c != nil)
	})
	app.Mount("/admin", tell)
	app.Handle("/things/{id:int}", tell)
	app.Handle("/empty", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, tt := range []struct {
		method, path string
		status       int
		want         string
	}{
		{"GET", "/admin/", 200, `GET / "" "" /admin/ true`},
		{"POST", "/admin/a/b%20c", 200, `POST /a/b c "" "" /admin/{path:path} true`},
		{"GET", "/admin/a%2Fb", 200, `GET /a/b "/a%2Fb" "" /admin/{path:path} true`},
		{"GET", "/%61dmin/a%2Fb", 200, `GET /a/b "/a%2Fb" "" /admin/{path:path} true`},
		{"GET", "/admin", 308, ""},
		{"DELETE", "/things/05", 200, `DELETE /things/05 "" "5" /things/{id:int} true`},
		{"GET", "/things/x", 404, ""},
		{"GET", "/empty", 200, ""},
	} {
		rec := send(app, tt.method, tt.path)
		if rec.Code != tt.status || tt.want != "" && rec.Body.String() != tt.want {
			t.Errorf("%s %s: got %d %q, want %d %q", tt.method, tt.path, rec.Code, rec.Body, tt.status, tt.want)
		}
	}
}

func TestFallbackServesWhatNoRouteMatches(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/new", index)
	app.Fallback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "old app: ", r.URL.Path) }))
	if got := send(app, "GET", "/new").Body.String(); got != "index" {
		t.Errorf("got %q", got)
	}
	if got := send(app, "GET", "/legacy/page").Body.String(); got != "old app: /legacy/page" {
		t.Errorf("got %q", got)
	}
}

func TestDuplicateRoutesArePanics(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		routes []string // methods and rule, * for Handle
		want   string   // "" for no panic
	}{
		{"same rule", []string{"GET /a", "GET /b", "GET /a"}, "GET"},
		{"other names", []string{"GET /a/{x}", "GET,POST /a/{y}"}, "GET"},
		{"second of three", []string{"GET /a", "POST /a", "PUT,POST /a"}, "POST"},
		{"every method", []string{"* /a", "POST /a"}, "POST"},
		{"every method after", []string{"POST /a", "* /a"}, "POST"},
		{"every method twice", []string{"* /a", "* /a"}, "/a"},
		{"other methods", []string{"GET /a", "POST /a"}, ""},
		{"HEAD beside every method", []string{"HEAD /a", "* /a"}, ""},
		{"HEAD and OPTIONS may be shared", []string{"HEAD,OPTIONS,GET /a", "HEAD,OPTIONS,POST /a"}, ""},
		{"other converters", []string{"GET /{a:int}", "GET /{a}", "GET /{a:int(min=1)}"}, ""},
		{"other slashes", []string{"GET /a", "GET /a/"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			text := panicText(func() {
				for _, route := range tt.routes {
					methods, rule, _ := strings.Cut(route, " ")
					if methods == "*" {
						app.Handle(rule, http.NotFoundHandler())
						continue
					}
					app.Route(rule, func(c *dewar.Context) error { return c.NoContent() }, dewar.Methods(strings.Split(methods, ",")...))
				}
			})
			if (text != "") != (tt.want != "") || !strings.Contains(text, tt.want) {
				t.Errorf("panic %q, want one that names %q", text, tt.want)
			}
			if sites := strings.Count(text, "routing_test.go:"); text != "" && sites != 2 {
				t.Errorf("panic %q names %d places, want both", text, sites)
			}
		})
	}
}

// pages is a value with methods for views.
type pages struct{ name string }

func (p *pages) index(c *dewar.Context) error { return c.Text(p.name) }

// A pageSet has the methods of pages.
type pageSet struct{ *pages }

func TestOneEndpointHasOneFunction(t *testing.T) {
	t.Parallel()
	a, b := &pages{"a"}, &pages{"b"}
	closure := func(text string) dewar.Handler {
		return func(c *dewar.Context) error { return c.Text(text) }
	}
	one := closure("one")
	name := dewar.Endpoint("same")
	for _, tt := range []struct {
		name string
		do   func(app *dewar.App)
		fine bool
	}{
		{"a method of one pointer", func(app *dewar.App) { app.Get("/", a.index); app.Get("/index", a.index); app.Post("/", a.index) }, true},
		{"a method of one pointer, for two methods and two rules", func(app *dewar.App) {
			app.Get("/", a.index)
			app.Post("/index", a.index)
			app.Put("/", a.index)
		}, true},
		{"a method that is promoted from one pointer", func(app *dewar.App) {
			p := pageSet{a}
			app.Get("/", p.index)
			app.Get("/index", pageSet{a}.index)
			app.Get("/home", a.index)
		}, true},
		{"a method that is promoted from two pointers", func(app *dewar.App) {
			app.Get("/", pageSet{a}.index)
			app.Get("/index", pageSet{b}.index)
		}, false},
		{"a method of one pointer in a blueprint", func(app *dewar.App) {
			bp := dewar.NewBlueprint("main")
			bp.Route("/", a.index)
			bp.Route("/index", a.index, dewar.Methods("GET", "POST"))
			app.RegisterBlueprint(bp)
			app.RegisterBlueprint(bp, dewar.Name("again"), dewar.URLPrefix("/again"))
		}, true},
		{"one method value of a value, kept", func(app *dewar.App) {
			kept := views{"a"}.List
			app.Get("/", kept)
			app.Get("/index", kept)
		}, true},
		{"a method of two pointers", func(app *dewar.App) { app.Get("/", a.index); app.Get("/index", b.index) }, false},
		{"two functions under one name", func(app *dewar.App) { app.Get("/a", index, name); app.Get("/b", other, name) }, false},
		{"two functions, one rule", func(app *dewar.App) { app.Get("/a", index, name); app.Post("/a", other, name) }, true},
		{"two functions, one rule, a third elsewhere", func(app *dewar.App) {
			app.Get("/a", index, name)
			app.Post("/a", other, name)
			app.Get("/b", index, name)
		}, false},
		{"two functions, one rule on two hosts", func(app *dewar.App) {
			app.Get("/a", index, name)
			app.Get("/a", other, name, dewar.Host("a.example"))
		}, false},
		{"one closure", func(app *dewar.App) { app.Get("/a", one, name); app.Get("/b", one, name) }, true},
		{"two closures", func(app *dewar.App) { app.Get("/a", one, name); app.Get("/b", closure("two"), name) }, false},
		{"two views", func(app *dewar.App) { app.View("/a", &itemView{}, name); app.View("/b", &itemView{}, name) }, false},
		{"a build-only route", func(app *dewar.App) {
			app.Get("/a", index, name)
			app.Route("/b", nil, name, dewar.BuildOnly())
			app.Route("/c", other, name, dewar.BuildOnly())
		}, true},
		{"a redirect", func(app *dewar.App) {
			app.Get("/a", index, name)
			app.Route("/b", nil, name, dewar.RedirectRule("/a"))
		}, true},
		{"one net/http handler", func(app *dewar.App) {
			app.Handle("/a", http.NotFoundHandler(), name)
			app.Handle("/b", http.NotFoundHandler(), name)
			app.Mount("/c", http.NewServeMux(), dewar.Endpoint("mux"))
		}, true},
		{"two net/http handlers", func(app *dewar.App) {
			app.Handle("/a", http.NewServeMux(), name)
			app.Handle("/b", http.NewServeMux(), name)
		}, false},
	} {
		text := panicText(func() { tt.do(newApp(t)) })
		if (text == "") != tt.fine {
			t.Errorf("%s: panic %q, fine %v", tt.name, text, tt.fine)
		}
		if text != "" && (strings.Count(text, "routing_test.go:") != 2 || !strings.Contains(text, "is claimed by two functions")) {
			t.Errorf("%s: panic %q does not name both lines", tt.name, text)
		}
	}
	if text := panicText(func() {
		app := newApp(t)
		app.Get("/a", views{"a"}.List)
		app.Get("/b", views{"a"}.List)
	}); !strings.Contains(text, "pass dewar.Endpoint to one of them") ||
		!strings.Contains(text, `register it once, with dewar.AlsoAt("/b") for the second rule, or give it a pointer receiver`) {
		t.Errorf("panic %q does not say how one method value gets two rules", text)
	}
}

func TestOneCallTakesSeveralRules(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", views{"home"}.List, dewar.AlsoAt("/index", "/page/{n:int}"), dewar.Endpoint("home"))
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
	bp.View("/", propertyView{map[string]int{}}, dewar.AlsoAt("/index"))
	app.RegisterBlueprint(bp)
	app.Get("/url", func(c *dewar.Context) error {
		a, err := c.URLFor("home")
		if err != nil {
			return err
		}
		b, err := c.URLFor("home", "n", 2)
		return c.Text(fmt.Sprint(a, " ", b, " ", err))
	})
	wants(t, app, [][2]string{
		{"GET /", "200 home"}, {"GET /index", "200 home"}, {"GET /page/3", "200 home"},
		{"GET /bp/", "200 0"}, {"GET /bp/index", "200 0"},
		{"GET /url", "200 / /page/2 <nil>"},
	})
	if text := panicText(func() { app := newApp(t); app.Get("/a", index, dewar.AlsoAt("/a")) }); !strings.Contains(text, "is registered at") {
		t.Errorf("the same rule twice: panic %q", text)
	}
	if text := panicText(func() { newApp(t).Mount("/a", http.NotFoundHandler(), dewar.AlsoAt("/b")) }); !strings.Contains(text, "call Mount for each prefix") {
		t.Errorf("Mount: panic %q", text)
	}
}

// propertyView cannot be compared.
type propertyView struct{ values map[string]int }

func (v propertyView) Get(c *dewar.Context) error { return c.Text(fmt.Sprint(len(v.values))) }

// A countingConverter takes every text and counts how often it is asked.
type countingConverter struct{ asked *int }

func (c countingConverter) Pattern() string { return "[^/]+" }

func (c countingConverter) Parse(s string) (any, error) { *c.asked++; return s, nil }

func (c countingConverter) Format(v any) (string, error) { return fmt.Sprint(v), nil }

// TestManyRoutesCostWhatFewDo finds a router that looks at its routes one by one, by the values it tries.
func TestManyRoutesCostWhatFewDo(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, path := range []string{"/thing1/7", "/7/thing1", "/user/7/tab1", "/user/7/none", "/7/none"} {
		few, many := valuesTried(t, 12, path), valuesTried(t, 1000, path)
		tried += few
		if few != many || few > 4 {
			t.Errorf("%s tries %d values among 12 routes and %d among 1000, want the same few", path, few, many)
		}
	}
	if tried == 0 {
		t.Error("no value was tried, which makes a poor test")
	}
}

// valuesTried returns how many values a request makes the router convert among n routes.
func valuesTried(t *testing.T, n int, path string) int {
	t.Helper()
	app, asked := quietApp(t), 0
	app.Converter("counting", countingConverter{&asked})
	for i := range n / 4 {
		app.Get(fmt.Sprintf("/static/page%d", i), hello, dewar.Endpoint(fmt.Sprint("s", i)))
		app.Get(fmt.Sprintf("/thing%d/{id:counting}", i), hello, dewar.Endpoint(fmt.Sprint("t", i)))
		app.Get(fmt.Sprintf("/user/{id:counting}/tab%d", i), hello, dewar.Endpoint(fmt.Sprint("u", i)))
		app.Get(fmt.Sprintf("/{id:counting}/thing%d", i), hello, dewar.Endpoint(fmt.Sprint("f", i)))
	}
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	asked = 0
	send(app, "GET", path)
	return asked
}

func TestMatchOrderIsThatOfTheRouter(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.StaticFolder(""))
	view := func(c *dewar.Context) error { return c.Text(c.Endpoint()) }
	for _, rule := range []string{"/{rest:path}", "/{name}", "/{id:int}", "/about"} {
		app.Get(rule, view, dewar.Endpoint(rule))
	}
	app.Get("/{name}", view, dewar.Endpoint("hosted"), dewar.Host("example.com"))
	app.Get("/nowhere", view, dewar.Endpoint("build-only"), dewar.BuildOnly())
	var got []string
	for _, r := range app.MatchOrder() {
		got = append(got, r.Endpoint)
	}
	if want := "hosted /about /{id:int} /{name} /{rest:path}"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRoutesTellTheirDefaultsAndStrictSlashes(t *testing.T) {
	t.Parallel()
	app := dewar.New("shop")
	bp := dewar.NewBlueprint("feeds", dewar.StrictSlashes(false), dewar.Defaults(dewar.Map{"lang": "en"}))
	view := func(c *dewar.Context) error { return c.Text("") }
	bp.Get("/feed/", view, dewar.Endpoint("feed"), dewar.Defaults(dewar.Map{"format": "rss"}))
	app.RegisterBlueprint(bp)
	app.Get("/about", view, dewar.Endpoint("about"))
	routes := map[string]dewar.Route{}
	for _, r := range app.Routes() {
		routes[r.Endpoint] = r
	}
	if r := routes["feeds.feed"]; r.StrictSlashes || !reflect.DeepEqual(r.Defaults, dewar.Map{"lang": "en", "format": "rss"}) {
		t.Errorf("feeds.feed: got %v, %v", r.StrictSlashes, r.Defaults)
	}
	if r := routes["about"]; !r.StrictSlashes || r.Defaults != nil {
		t.Errorf("about: got %v, %v", r.StrictSlashes, r.Defaults)
	}
	routes["feeds.feed"].Defaults["lang"] = "de"
	for _, r := range app.Routes() {
		if r.Endpoint == "feeds.feed" && r.Defaults["lang"] != "en" {
			t.Error("the defaults of a copy are those of the route")
		}
	}
}
