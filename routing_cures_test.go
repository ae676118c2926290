package dewar_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// TestRulesOfOtherRoutersNameTheirCure writes rules as other routers, and people, do.
func TestRulesOfOtherRoutersNameTheirCure(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"/files/*path":             "write {path:path} for *path",
		"/files/*":                 "write {path:path} for *",
		"/files/**":                "write {path:path} for **",
		"/files/{*path}":           "write {path:path} for {*path}",
		"/files/{path...}":         "{path...} is written {path:path} here",
		"/users/:id":               "write {id} for :id",
		"/users/<int:id>":          "write {id:int} for <int:id>",
		"/users/[id]":              "write {id} for [id]",
		"/posts/{$}":               "leave {$} out",
		"/posts/{id?}":             `write {id}, and dewar.AlsoAt for the rule without it`,
		"/search?q={q}":            "a rule has no query; leave it out and read it with c.Query()",
		"/page#top":                "a rule has no fragment",
		"/a%20b":                   `a rule is not escaped; write "/a b"`,
		"/caf%C3%A9/{id}":          `a rule is not escaped; write "/café/{id}"`,
		"https://x.example/a/{id}": `a rule is a path; write "/a/{id}", and dewar.Host("x.example")`,
		"POST /login":              `a rule has no method; write "/login"`,
		"/{int:id}":                "write {id:int}",
		"/{id:Int}":                `did you mean "int"?`,
		"/{id:integer}":            `unknown converter "integer"; write one of`,
		"/{id:itn}":                `did you mean "int"?`,
	} {
		text := panicText(func() { newApp(t).Get(rule, index) })
		if !strings.Contains(text, want) || !strings.Contains(text, fmt.Sprintf("%q", rule)) || !strings.Contains(text, "routing_cures_test.go:") {
			t.Errorf("%q: the panic %q does not say %q", rule, text, want)
		}
		bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
		if !strings.HasPrefix(rule, "/") {
			continue
		}
		if text := panicText(func() { bp.Get(rule, index); newApp(t).RegisterBlueprint(bp) }); !strings.Contains(text, strings.ReplaceAll(want, `write "/`, `write "/bp/`)) {
			t.Errorf("%q in a blueprint: the panic %q does not say %q", rule, text, want)
		}
	}
	for _, fine := range []string{"/a*b", "/100%", "/5%off", "/a:b", "/{id:int}.{ext}", "/a+b", "/~{user}", "/@{user}", "/x[1]", "/*"[:1]} {
		if text := panicText(func() { newApp(t).Get(fine, index) }); text != "" {
			t.Errorf("%q: %s", fine, text)
		}
	}
}

func TestPlacesNameTheirCure(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"*.example.com":       `write "{name}.example.com"`,
		"https://example.com": "a host has no slash",
	} {
		if text := panicText(func() { dewar.Host(pattern) }); !strings.Contains(text, want) {
			t.Errorf("Host(%q): the panic %q does not say %q", pattern, text, want)
		}
	}
}

func TestMisspeltMethodsNameTheirCure(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]string{
		"GETT": `did you mean "GET"?`, "POTS": `did you mean "POST"?`, "PSOT": `did you mean "POST"?`, "DELTE": `did you mean "DELETE"?`,
		"PACTH": `did you mean "PATCH"?`, "OPTION": `did you mean "OPTIONS"?`, "get1": `did you mean "GET"?`, "PROPFIN": `did you mean "PROPFIND"?`,
		"GET,POST": `Methods("GET", "POST")`, "": "no HTTP method",
	} {
		for _, methods := range [][]string{{method}, {"GET", method}} {
			text := panicText(func() { dewar.Methods(methods...) })
			if !strings.Contains(text, want) || !strings.Contains(text, fmt.Sprintf("%q", method)) || !strings.Contains(text, "routing_cures_test.go:") {
				t.Errorf("Methods(%q): the panic %q does not say %q", methods, text, want)
			}
		}
	}
	for _, fine := range []string{"GET", "post", "PROPFIND", "MKCOL", "PURGE", "QUERY", "X-CUSTOM", "BREW", "SEARCH", "MOVE", "COPY", "LINK", "UNLINK", "LOCK", "UNLOCK", "BIND", "REPORT", "TRACE"} {
		if text := panicText(func() { dewar.Methods(fine) }); text != "" {
			t.Errorf("Methods(%q): %s", fine, text)
		}
	}
}

// TestUnknownEndpointsNameTheirCure asks for endpoints that are not there.
func TestUnknownEndpointsNameTheirCure(t *testing.T) {
	t.Parallel()
	closure := func(c *dewar.Context) error { return nil }
	app := newApp(t)
	must(t, app.Config.Set("SERVER_NAME", "x.example"))
	app.Get("/", index)
	app.Get("/show", other, dewar.Endpoint("show"))
	app.Get("/closure", closure)
	blog := dewar.NewBlueprint("blog", dewar.URLPrefix("/blog"))
	blog.Get("/", index)
	blog.Get("/create", other, dewar.Endpoint("create"))
	full := dewar.NewBlueprint("full", dewar.URLPrefix("/full"))
	full.Get("/", closure)
	v1 := dewar.NewBlueprint("v1", dewar.URLPrefix("/v1"))
	v1.Get("/item", other, dewar.Endpoint("item"))
	api := dewar.NewBlueprint("api", dewar.URLPrefix("/api"))
	api.RegisterBlueprint(v1)
	app.RegisterBlueprint(blog)
	app.RegisterBlueprint(full)
	app.RegisterBlueprint(api)
	for _, tt := range []struct {
		endpoint  string
		want, not string
	}{
		{"indx", `did you mean "index"?`, "closure"},
		{"Show", `did you mean "show"?`, "closure"},
		{"create", `did you mean "blog.create"?`, "closure"},
		{"home", "routing_cures_test.go:", "did you mean"},
		{"home", `dewar.Endpoint("home")`, "full"},
		{"admin.show", `no blueprint "admin" is registered; pass it to RegisterBlueprint`, "did you mean"},
		{"admin.users", `no blueprint "admin" is registered`, "closure"},
		{"blgo.create", `no blueprint "blgo" is registered; did you mean "blog.create"?`, "closure"},
		{"v1.item", `no blueprint "v1" is registered; did you mean "api.v1.item"?`, "closure"},
		{"api.v2.item", `no blueprint "api.v2" is registered; did you mean "api.v1.item"?`, "closure"},
		{"blog.creat", `did you mean "blog.create"?`, "closure"},
		{"blog.show", `blueprint "blog" has blog.create, blog.index`, "did you mean"},
		{"full.show", `dewar.Endpoint("show")`, "did you mean"},
		{"api.item", `blueprint "api" has no endpoint of its own`, "closure"},
		{"/show", `an endpoint is a name, not a path; did you mean "show"?`, "closure"},
		{"/other", `an endpoint is a name, not a path; write c.Redirect("/other")`, "closure"},
		{"https://x.example/", "an endpoint is a name, not a path", "closure"},
	} {
		_, err := app.URLFor(tt.endpoint)
		var e *dewar.URLError
		if !errors.As(err, &e) || !e.Unknown {
			t.Errorf("%s: got %v", tt.endpoint, err)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) || tt.not != "" && strings.Contains(err.Error(), tt.not) {
			t.Errorf("%s: %q does not say %q, or says %q", tt.endpoint, err, tt.want, tt.not)
		}
	}
	empty := newApp(t)
	must(t, empty.Config.Set("SERVER_NAME", "x.example"))
	_, err := empty.URLFor("home")
	wantError(t, err, `no endpoint "home"; known are static`)
}

// TestNamesThatNoRuleHasAreReported asks for path values by wrong names.
func TestNamesThatNoRuleHasAreReported(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		ask  func(v *dewar.Values)
		want string // "" for nothing
	}{
		{"another case", func(v *dewar.Values) { v.Int("ID") }, "didYouMean=id"},
		{"a slip", func(v *dewar.Values) { v.String("slgu") }, "didYouMean=slug"},
		{"something else", func(v *dewar.Values) { v.Get("number") }, "has=\"[id n slug]\""},
		{"as a list", func(v *dewar.Values) { v.Strings("ID") }, "didYouMean=id"},
		{"required", func(v *dewar.Values) { _, _ = dewar.Require[int](v, "ID") }, "didYouMean=id"},
		{"the right name", func(v *dewar.Values) { v.Int("id"); v.String("slug") }, ""},
		{"one of the other rule", func(v *dewar.Values) { v.Int("page") }, ""},
		{"a default", func(v *dewar.Values) { v.Int("n") }, ""},
		{"one that may be missing", func(v *dewar.Values) { v.Has("ID"); v.Lookup("ID"); dewar.ValueOr(v, "ID", 1) }, ""},
	} {
		for _, mode := range []string{"DEBUG", "TESTING", ""} {
			app, log := newApp(t), &strings.Builder{}
			if mode != "" {
				must(t, app.Config.Set(mode, true))
			}
			app.Logger = textLogger(log)
			app.Get("/{id:int}/{slug}", func(c *dewar.Context) error { tt.ask(c.Params()); return c.Text("ok") },
				dewar.AlsoAt("/{id:int}/{slug}/{page:int}"), dewar.Defaults(dewar.Map{"n": 1}))
			send(app, "GET", "/7/x")
			want := tt.want
			if mode == "" {
				want = ""
			}
			if got := log.String(); (got != "") != (want != "") || !strings.Contains(got, want) || want != "" && !strings.Contains(got, "routing_cures_test.go:") {
				t.Errorf("%s, %s: the log is %q, want %q", mode, tt.name, got, want)
			}
		}
	}
}

func TestRequiredPathValueThatNoRuleHasIsNoFaultOfTheClient(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/{id}", func(c *dewar.Context) error { _, err := dewar.Require[int](c.Params(), "ID"); return err })
	app.Get("/text/{id}", func(c *dewar.Context) error { _, err := dewar.Require[int](c.Params(), "id"); return err })
	if rec := send(app, "GET", "/7"); rec.Code != http.StatusInternalServerError {
		t.Errorf("a wrong name: got %d %q", rec.Code, rec.Body)
	}
	if rec := send(app, "GET", "/text/x"); rec.Code != http.StatusBadRequest {
		t.Errorf("a wrong value: got %d %q", rec.Code, rec.Body)
	}
}

// TestAbortOfNoErrorNamesItsCure looks in the log, where a developer reads it.
func TestAbortOfNoErrorNamesItsCure(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{
		302: "c.Status(302).Redirect(url)", 308: "c.Status(308).Redirect(url)", 304: "c.Status(304).NoContent()", 204: "c.Status(204).NoContent()",
		200: "c.Status(200).Text(...)", 201: "c.Status(201).Text(...)", 0: "dewar.Abort(404)", 600: "pass 400 to 599", -1: "dewar.Abort(404)",
	} {
		app, log := newApp(t), &strings.Builder{}
		app.Logger = textLogger(log)
		app.Get("/", func(*dewar.Context) error { return dewar.Abort(code) })
		if rec := send(app, "GET", "/"); rec.Code != 500 || !strings.Contains(log.String(), want) || !strings.Contains(log.String(), fmt.Sprintf("Abort(%d)", code)) {
			t.Errorf("Abort(%d): got %d, the log is %q, want %q in it", code, rec.Code, log, want)
		}
	}
}

// TestStaticFilesOfAnotherProgram follows the cure for an App without static files whose templates link to some.
func TestStaticFilesOfAnotherProgram(t *testing.T) {
	t.Parallel()
	page := fstest.MapFS{"templates/a.html": {Data: []byte(`{{url_for "static" "filename" "css/a b.css"}}`)}}
	app := dewar.New("test", dewar.FS(page), dewar.StaticFolder(""))
	app.Get("/", func(c *dewar.Context) error { return c.Render("a.html", nil) })
	wantError(t, app.Build(), `no endpoint "static"; StaticFolder("") leaves static files out; leave that option out or, `+
		`where another program serves them, write app.Route("/static/{filename:path}", nil, dewar.Endpoint("static"), dewar.BuildOnly())`)
	app = dewar.New("test", dewar.FS(page), dewar.StaticFolder(""))
	app.Get("/", func(c *dewar.Context) error { return c.Render("a.html", nil) })
	app.Route("/static/{filename:path}", nil, dewar.Endpoint("static"), dewar.BuildOnly())
	if got, want := get(app, "/").Body.String(), "/static/css/a%20b.css"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
