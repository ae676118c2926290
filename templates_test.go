package dewar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

// files makes a file system of pairs of a name and a text, without modification times like embed.FS.
func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

// pageApp returns an app that serves the template NAME at /NAME, with data from the query.
func pageApp(t testing.TB, pairs ...string) (*dewar.App, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(files(pairs...)))
	app.Logger = slog.New(slog.NewTextHandler(&log, nil))
	if err := app.Config.Set("SECRET_KEY", testKey); err != nil {
		t.Fatal(err)
	}
	app.Route("/{name:path}", func(c *dewar.Context) error {
		data := dewar.Map{}
		for _, key := range c.Query().Keys() {
			data[key] = c.Query().Get(key)
		}
		return c.Render(c.Params().String("name"), data)
	}, dewar.Endpoint("page"), dewar.Methods("GET", "POST"))
	return app, &log
}

// get asks the app without a listener.
func get(app *dewar.App, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

func TestRenderContentType(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, contentType, body string }{
		{"a.html", "text/html; charset=utf-8", "&lt;b&gt;"},
		{"a.HTM", "text/html; charset=utf-8", "&lt;b&gt;"},
		{"a", "text/html; charset=utf-8", "&lt;b&gt;"},
		{"a.html.tmpl", "text/html; charset=utf-8", "&lt;b&gt;"},
		{"a.xhtml", "application/xhtml+xml; charset=utf-8", "&lt;b&gt;"},
		{"a.xml", "application/xml; charset=utf-8", "&lt;b&gt;"},
		{"a.svg", "image/svg+xml", "&lt;b&gt;"},
		{"a.txt", "text/plain; charset=utf-8", "<b>"},
		{"a.txt.tmpl", "text/plain; charset=utf-8", "<b>"},
		{"a.json", "application/json", "<b>"},
		{"a.csv", "text/csv; charset=utf-8", "<b>"},
		{"a.whatever", "text/plain; charset=utf-8", "<b>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, _ := pageApp(t, "templates/"+tt.name, "{{.x}}")
			w := get(app, "/"+tt.name+"?x=<b>")
			if w.Code != 200 || w.Header().Get("Content-Type") != tt.contentType || w.Body.String() != tt.body {
				t.Errorf("got %d %q %q, want 200 %q %q", w.Code, w.Header().Get("Content-Type"), w.Body, tt.contentType, tt.body)
			}
		})
	}
}

func TestTemplateFunctions(t *testing.T) {
	t.Parallel()
	user := dewar.NewKey[struct{ Name string }]("user")
	for _, tt := range []struct{ name, template, target, want string }{
		{"url_for", `{{url_for "show" "id" 7 "q" "a&b"}}`, "/p.txt", "/show/7?q=a%26b"},
		{"url_for in an attribute", `<a href="{{url_for "show" "id" 7 "q" "a/b" "r" 1}}">`, "/p.html", `<a href="/show/7?q=a/b&amp;r=1">`},
		{"url_for static", `{{url_for "static" "filename" "css/a.css"}}`, "/p.html", `/static/css/a.css`},
		{"url_for with options", `{{url_for "show" "id" 7 "_external" true "_anchor" "top" "_scheme" "https"}}`, "/p.txt", "https://example.com/show/7#top"},
		{"url_for without an option", `{{url_for "show" "id" 7 "_external" false}}`, "/p.txt", "/show/7"},
		{"url_for with a method", `{{url_for "show" "id" 7 "_method" "get"}}`, "/p.txt", "/show/7"},
		{"request", `{{request.Method}} {{request.Path}} {{request.URL}} {{request.Endpoint}} {{request.Blueprint}}`, "/p.txt?x=1", "GET /p.txt http://example.com/p.txt?x=1 page "},
		{"more of the request", `{{request.BaseURL}} {{request.Host}} {{request.Scheme}} {{request.Header "X-A"}} {{request.Cookie "k"}}`, "/p.txt", "http://example.com/ example.com http b v"},
		{"values of the request", `{{request.Query.Int "n"}} {{request.Params.String "name"}} {{request.Form.Has "x"}}`, "/p.txt?n=3", "3 p.txt false"},
		{"g", `{{g.user.Name}} {{g.lang}} {{with g.missing}}x{{end}}`, "/p.txt", "ann de "},
		{"session", `{{session.n}} {{with session.missing}}x{{end}}`, "/p.txt", "3 "},
		{"config", `{{config.SITE}} {{config.DEBUG}}`, "/p.txt", "dewar false"},
		{"no secret in config", `{{range $key, $_ := config}}{{if or (eq $key "SECRET_KEY") (eq $key "API_TOKEN")}}{{$key}}{{end}}{{end}}`, "/p.txt", ""},
		{"flashed messages", `{{range get_flashed_messages}}[{{.Category}} {{.}}]{{end}}`, "/p.html", "[message &lt;b&gt;][error no]"},
		{"flashed messages of a category", `{{range get_flashed_messages "error"}}[{{.Message}}]{{end}}{{range get_flashed_messages}}.{{end}}`, "/p.txt", "[no].."},
		{"of the app", `{{double 4}} {{shout "x"}}`, "/p.txt", "8 X"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name, _, _ := strings.Cut(tt.target[1:], "?")
			app, log := pageApp(t, "templates/"+name, tt.template)
			set(t, app, "SITE", "dewar")
			if err := app.Config.Declare("API_TOKEN", "hidden", "a key of the test", dewar.Secret()); err != nil {
				t.Fatal(err)
			}
			app.TemplateFunc("double", func(n int) int { return 2 * n })
			bp := dewar.NewBlueprint("bp")
			bp.TemplateFunc("shout", strings.ToUpper)
			app.RegisterBlueprint(bp)
			app.RegisterBlueprint(bp, dewar.Name("again"))
			app.Get("/show/{id:int}", func(c *dewar.Context) error { return nil }, dewar.Endpoint("show"))
			app.BeforeRequest(func(c *dewar.Context) error {
				user.Set(c, struct{ Name string }{"ann"})
				c.Set("lang", "de")
				if strings.Contains(tt.template, "session") {
					c.Session().Set("n", 3)
				}
				if strings.Contains(tt.template, "flashed") {
					c.Flash("<b>")
					c.Flash("no", "error")
				}
				return nil
			})
			w := get(app, tt.target, "X-A", "b", "Cookie", "k=v")
			if w.Code != 200 || w.Body.String() != tt.want {
				t.Errorf("%s gives %d %q, want %q\n%s", tt.template, w.Code, w.Body, tt.want, log)
			}
		})
	}
}

func set(t testing.TB, app *dewar.App, key string, value any) {
	t.Helper()
	if err := app.Config.Set(key, value); err != nil {
		t.Fatal(err)
	}
}

// Reading the session in a template is reading the session: caches are told.
func TestTemplateTouchesTheSession(t *testing.T) {
	t.Parallel()
	app, _ := pageApp(t, "templates/with.html", `{{session.n}}`, "templates/flash.html", `{{get_flashed_messages}}`, "templates/without.html", `x`)
	for path, want := range map[string]string{"/with.html": "Cookie", "/flash.html": "Cookie", "/without.html": ""} {
		w := get(app, path)
		if got := w.Header().Get("Vary"); w.Code != 200 || got != want {
			t.Errorf("%s gives %d, Vary %q, want %q", path, w.Code, got, want)
		}
		if got := w.Header().Values("Set-Cookie"); len(got) != 0 {
			t.Errorf("%s sets the cookie %q, want none for a visitor", path, got)
		}
	}
}

func TestRenderErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, template, target string
		status                 int
		log                    string
	}{
		{"missing template", "", "/indx.html", 500, `no template \"indx.html\" in templates; did you mean \"index.html\"?`},
		{"one that go:embed passes over", "", "/blog/_list.html", 500, `no template \"blog/_list.html\" in templates; if the file exists, note that go:embed passes over names that begin with _ unless the folder is written all:templates`},
		{"a name that leads elsewhere", "", "/..%2fsecret", 500, `no template \"../secret\" in templates`},
		{"a name that is a template", "", "/%7B%7B.x%7D%7D", 500, `no template \"{{.x}}\" in templates`},
		{"error in the middle", "half of it{{url_for (print \"idnex\")}}", "/p.html", 500, `template p.html:1:12: executing \"p.html\" at <url_for (print \"idnex\")>: error calling url_for: dewar: no endpoint \"idnex\"; did you mean \"index\"?`},
		{"unknown option", `{{url_for "index" "_extrenal" true}}`, "/p.html", 500, `URL for \"index\": no option \"_extrenal\"; known are _anchor, _external, _method and _scheme`},
		{"option of another type", `{{url_for "index" "_anchor" 3}}`, "/p.html", 500, `\"_anchor\" wants text, not a int`},
		{"switch of another type", `{{url_for "index" "_external" "yes"}}`, "/p.html", 500, `\"_external\" wants true or false, not a string`},
		{"error that picks its status", "half of it{{gone}}", "/p.html", 410, ""},
		{"panic in a function", "half of it{{explode}}", "/p.html", 500, "on purpose"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, log := pageApp(t, "templates/index.html", "", "templates/p.html", tt.template, "secret", "secret")
			app.TemplateFunc("gone", func() (string, error) { return "", dewar.Abort(410) })
			app.TemplateFunc("explode", func() string { panic("on purpose") })
			app.Get("/", func(c *dewar.Context) error { return c.Text("") }, dewar.Endpoint("index"))
			w := get(app, tt.target)
			if w.Code != tt.status || strings.Contains(w.Body.String(), "half") || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("got %d %q, want %d and nothing of the page", w.Code, w.Body, tt.status)
			}
			if !strings.Contains(log.String(), tt.log) || tt.log == "" && log.Len() > 0 {
				t.Errorf("log\n%s\nlacks %s", log, tt.log)
			}
		})
	}
}

func TestRenderStatusAndHead(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("x", 5000)
	app, _ := pageApp(t, "templates/p.html", page)
	app.ErrorHandler(404, func(c *dewar.Context, err error) error { return c.Render("p.html", nil) })
	app.Get("/made", func(c *dewar.Context) error { return c.Status(201).Render("p.html", nil) })
	app.Get("/lost", func(c *dewar.Context) error { return dewar.Abort(404) })
	srv := serve(t, app)
	for _, tt := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/p.html", 200, page},
		{"GET", "/made", 201, page},
		{"GET", "/lost", 404, page},
		{"HEAD", "/p.html", 200, ""},
	} {
		got := ask(t, srv, tt.method, tt.path)
		if got.err != nil || got.StatusCode != tt.status || got.body != tt.body || got.ContentLength != 5000 {
			t.Errorf("%s %s gives %d and %d of %d bytes, %v, want %d and %d of 5000", tt.method, tt.path, got.StatusCode, len(got.body), got.ContentLength, got.err, tt.status, len(tt.body))
		}
	}
}

func TestContextProcessors(t *testing.T) {
	t.Parallel()
	processor := func(keys ...string) dewar.ContextProcessor {
		return func(*dewar.Context) dewar.Map {
			m := dewar.Map{}
			for _, key := range keys {
				name, value, _ := strings.Cut(key, "=")
				m[name] = value
			}
			return m
		}
	}
	app, _ := pageApp(t, "templates/p.txt", `{{.a}} {{.b}} {{.c}} {{.d}}`)
	app.ContextProcessor(processor("a=app", "b=app", "c=app", "d=app"), func(*dewar.Context) dewar.Map { return nil })
	outer, inner := dewar.NewBlueprint("outer", dewar.URLPrefix("/outer")), dewar.NewBlueprint("inner", dewar.URLPrefix("/inner"))
	outer.ContextProcessor(processor("b=outer", "c=outer", "d=outer"))
	inner.ContextProcessor(processor("c=inner", "d=inner"))
	view := func(c *dewar.Context) error { return c.Render("p.txt", dewar.Map{"d": "view"}) }
	outer.Get("/", view, dewar.Endpoint("view"))
	inner.Get("/", view, dewar.Endpoint("view"))
	outer.RegisterBlueprint(inner)
	app.RegisterBlueprint(outer)
	app.Get("/", view, dewar.Endpoint("view"))
	for path, want := range map[string]string{
		"/":             "app app app view",
		"/outer/":       "app outer outer view",
		"/outer/inner/": "app outer inner view",
	} {
		if got := get(app, path).Body.String(); got != want {
			t.Errorf("%s gives %q, want %q", path, got, want)
		}
	}
}

func TestRenderSignals(t *testing.T) {
	t.Parallel()
	app, _ := pageApp(t, "templates/p.txt", "{{.x}}", "templates/bad.txt", "{{.x.y.z}}")
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"site": "dewar"} })
	var seen []string
	note := func(what string) func(dewar.Rendering) {
		return func(r dewar.Rendering) {
			seen = append(seen, fmt.Sprint(what, " ", r.Name, " ", r.Data["x"], " ", r.Data["site"], " ", r.Context.Endpoint()))
		}
	}
	app.BeforeRender.Connect(note("before"))
	app.TemplateRendered.Connect(note("after"))
	get(app, "/p.txt?x=1")
	get(app, "/bad.txt?x=1")
	want := []string{"before p.txt 1 dewar page", "after p.txt 1 dewar page", "before bad.txt 1 dewar page"}
	if !slices.Equal(seen, want) {
		t.Errorf("signals %q, want %q", seen, want)
	}
}

// Data that a view shares between requests must not be changed.
func TestRenderLeavesTheDataAlone(t *testing.T) {
	t.Parallel()
	shared := dewar.Map{"x": 1}
	app, _ := pageApp(t, "templates/p.txt", "{{.x}}{{.y}}")
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"y": 2} })
	app.Get("/shared", func(c *dewar.Context) error { return c.Render("p.txt", shared) })
	if got := get(app, "/shared").Body.String(); got != "12" || len(shared) != 1 {
		t.Errorf("got %q and data %v, want 12 and the data as it was", got, shared)
	}
}

func TestTemplateFuncPanics(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		fn   any
		want string
	}{
		{"url_for", strings.ToUpper, "the name is taken by templates themselves; choose another"},
		{"len", strings.ToUpper, "the name is taken by templates themselves; choose another"},
		{"if", strings.ToUpper, "the name is taken by templates themselves; choose another"},
		{"a-b", strings.ToUpper, "a name is made of letters, digits and underscores and does not begin with a digit"},
		{"", strings.ToUpper, "a name is made of letters, digits and underscores and does not begin with a digit"},
		{"x", "no func", "a value of type string cannot be called; pass a function"},
		{"x", nil, "a value of type <nil> cannot be called; pass a function"},
		{"x", func() {}, "a func() cannot be called by templates; return one value, or one value and an error"},
		{"x", func() (int, int) { return 1, 2 }, "a func() (int, int) cannot be called by templates; return one value, or one value and an error"},
		{"taken", strings.ToUpper, "the name is taken at "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.TemplateFunc("taken", strings.ToLower)
			got := panicText(func() { app.TemplateFunc(tt.name, tt.fn) })
			if !strings.Contains(got, fmt.Sprintf("TemplateFunc(%q): %s", tt.name, tt.want)) {
				t.Errorf("panic %q, want %q", got, tt.want)
			}
		})
	}
}

// A function whose first parameter is a Context sees the request it is called in.
func TestTemplateGlobalIsWorkedOutWhereItStands(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		template, want string
		calls          int
	}{
		{`{{visitor.Name}} of {{visitor.Lang}}`, "ann of de", 2},
		{`{{with visitor}}{{.Name}}{{end}}`, "ann", 1},
		{`nobody asks`, "nobody asks", 0},
	} {
		t.Run(tt.template, func(t *testing.T) {
			t.Parallel()
			calls := 0
			app, _ := pageApp(t, "templates/p.html", tt.template)
			app.TemplateFunc("visitor", dewar.TemplateGlobal(func(c *dewar.Context) (any, error) {
				calls++
				return struct{ Name, Lang string }{"ann", c.Query().String("lang")}, nil
			}))
			if got := get(app, "/p.html?lang=de").Body.String(); got != tt.want || calls != tt.calls {
				t.Errorf("got %q and %d calls, want %q and %d", got, calls, tt.want, tt.calls)
			}
		})
	}
}

func TestTemplateFuncGetsTheContext(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, template, target, want string }{
		{"_", `{{_ "Home"}}`, "/p.html?lang=de", "Start"},
		{"another request", `{{_ "Home"}}`, "/p.html", "Home"},
		{"piped", `{{"Home" | _ | printf "%s!"}}`, "/p.txt?lang=de", "Start!"},
		{"as an argument", `{{printf "%s %s" (_ "Home") path}}`, "/p.txt?lang=de", "Start /p.txt"},
		{"escaped as any", `<a title="{{_ .x}}">{{_ .x}}</a>`, "/p.html?x=<b>", `<a title="&lt;b&gt;">&lt;b&gt;</a>`},
		{"more arguments", `{{join "-" "a" "b"}}{{join "-"}}`, "/p.txt", "GET a-bGET "},
		{"session", `{{_ "Home"}}{{visits}}`, "/p.txt", "Home3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name, _, _ := strings.Cut(tt.target[1:], "?")
			app, log := pageApp(t, "templates/"+name, tt.template)
			app.TemplateFunc("_", func(c *dewar.Context, text string) string {
				if c.Query().Get("lang") == "de" {
					return "Start"
				}
				return text
			})
			app.TemplateFunc("path", func(c *dewar.Context) (string, error) { return c.Request.URL.Path, nil })
			bp := dewar.NewBlueprint("bp")
			bp.TemplateFunc("join", func(c *dewar.Context, sep string, parts ...string) string {
				return c.Request.Method + " " + strings.Join(parts, sep)
			})
			app.RegisterBlueprint(bp)
			app.TemplateFunc("visits", func(c *dewar.Context) int { return c.Session().Int("n") })
			app.BeforeRequest(func(c *dewar.Context) error { c.Session().Set("n", 3); return nil })
			if w := get(app, tt.target); w.Code != 200 || w.Body.String() != tt.want {
				t.Errorf("%s gives %d %q, want %q\n%s", tt.template, w.Code, w.Body, tt.want, log)
			}
		})
	}
}

func TestTemplateFuncWithContextFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		template string
		status   int
		log      string
	}{
		{`{{_}}`, 500, `at <_>: wrong number of args for _: want 1 got 0`},
		{`{{_ 3}}`, 500, `at <3>: expected string; found 3`},
		{`half{{gone}}`, 410, ""},
		{`half{{explode}}`, 500, "on purpose"},
	} {
		app, log := pageApp(t, "templates/p.html", tt.template)
		app.TemplateFunc("_", func(_ *dewar.Context, text string) string { return text })
		app.TemplateFunc("gone", func(*dewar.Context) (string, error) { return "", dewar.Abort(410) })
		app.TemplateFunc("explode", func(*dewar.Context) string { panic("on purpose") })
		if w := get(app, "/p.html"); w.Code != tt.status || !strings.Contains(log.String(), tt.log) || strings.Contains(w.Body.String(), "half") {
			t.Errorf("%s gives %d %q, want %d, and in the log %q:\n%s", tt.template, w.Code, w.Body, tt.status, tt.log, log)
		}
	}
}

// RenderString gives what Render would send and leaves the response alone.
func TestRenderString(t *testing.T) {
	t.Parallel()
	app, log := pageApp(t, "templates/mail.html", `{{.greeting}} {{.name}} {{request.Path}} {{session.n}}`, "templates/bad.html", "half{{len 3}}")
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"greeting": "Dear"} })
	var rendered []string
	app.TemplateRendered.Connect(func(r dewar.Rendering) {
		rendered = append(rendered, fmt.Sprint(r.Name, r.Data["greeting"], r.Context.Endpoint()))
	})
	app.Get("/mail", func(c *dewar.Context) error {
		c.Session().Set("n", 3)
		c.Response.Header().Set("Content-Type", "text/x-test")
		text, err := c.RenderString("mail.html", dewar.Map{"name": "<Ann>"})
		if err != nil {
			return err
		}
		if c.Response.Started() {
			t.Error("RenderString has begun the answer")
		}
		if _, err := c.RenderString("bad.html", nil); err == nil || c.Response.Started() {
			t.Errorf("a template that fails gives %v", err)
		}
		_, err = io.WriteString(c.Response, text)
		return err
	}, dewar.Endpoint("mail"))
	w := get(app, "/mail")
	if want := "Dear &lt;Ann&gt; /mail 3"; w.Code != 200 || w.Body.String() != want || w.Header().Get("Content-Type") != "text/x-test" {
		t.Errorf("got %d %q as %q, want %q\n%s", w.Code, w.Body, w.Header().Get("Content-Type"), want, log)
	}
	if want := []string{"mail.htmlDearmail"}; !slices.Equal(rendered, want) {
		t.Errorf("signals %q, want %q", rendered, want)
	}
}

func TestRenderStringOutsideARequest(t *testing.T) {
	t.Parallel()
	type langKey struct{}
	user := dewar.NewKey[string]("user")
	for _, tt := range []struct{ name, template, want, err string }{
		{"data", `{{.name}}`, "&lt;Ann&gt;", ""},
		{"context processor", `{{.site}} {{g.user}}`, "Blog nobody", ""},
		{"config", `{{config.SITE}}`, "dewar", ""},
		{"url_for", `{{url_for "page" "name" "a" "_anchor" "x"}}`, "https://example.org/app/a#x", ""},
		{"url_for static", `{{url_for "static" "filename" "a.css"}}`, "https://example.org/app/static/a.css", ""},
		{"a function with a Context", `{{_ "Home"}} {{visits}} {{host}}`, "de:Home 0 example.org", ""},
		{"request", `half{{request.Path}}`, "", "executing \"p.html\" at <request>: error calling request: dewar: there is no request; give the template the value as data, or render it with Context.RenderString"},
		{"session", `{{session.n}}`, "", "error calling session: dewar: there is no request; "},
		{"flashed messages", `{{get_flashed_messages}}`, "", "error calling get_flashed_messages: dewar: there is no request; "},
		{"unknown template", "", "", `dewar: no template "p.html"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pairs := []string{"templates/p.html", tt.template}
			if tt.template == "" {
				pairs[0] = "templates/q.html"
			}
			app, _ := pageApp(t, pairs...)
			for key, value := range (dewar.Map{"SITE": "dewar", "SERVER_NAME": "example.org", "APPLICATION_ROOT": "/app", "PREFERRED_URL_SCHEME": "https"}) {
				set(t, app, key, value)
			}
			app.ContextProcessor(func(c *dewar.Context) dewar.Map {
				user.Set(c, "nobody")
				return dewar.Map{"site": "Blog", "path": c.Request.URL.Path, "ip": c.ClientIP(), "id": c.RequestID(), "url": c.URL()}
			})
			app.TemplateFunc("_", func(c *dewar.Context, text string) string { return fmt.Sprint(c.Value(langKey{}), ":", text) })
			app.TemplateFunc("visits", func(c *dewar.Context) int { return c.Session().Int("n") })
			app.TemplateFunc("host", func(c *dewar.Context) string { return c.Host() })
			app.BeforeRequest(func(*dewar.Context) error { t.Error("a hook runs"); return nil })
			app.AfterRequest(func(*dewar.Context) error { t.Error("a hook runs"); return nil })
			var rendered int
			app.TemplateRendered.Connect(func(r dewar.Rendering) { rendered += len(r.Context.Request.Method) })
			ctx := context.WithValue(context.Background(), langKey{}, "de")
			got, err := app.RenderString(ctx, "p.html", dewar.Map{"name": "<Ann>"})
			if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("RenderString gives %q, %v, want %q, %s", got, err, tt.want, tt.err)
			}
			if (err == nil) != (rendered == len("GET")) {
				t.Errorf("TemplateRendered tells %d, with the error %v", rendered, err)
			}
		})
	}
	app, _ := pageApp(t, "templates/p.html", "{{")
	if _, err := app.RenderString(context.Background(), "p.html", nil); err == nil || !strings.Contains(err.Error(), "unclosed action") {
		t.Errorf("an App that cannot be built renders: %v", err)
	}
	app, _ = pageApp(t, "templates/p.html", `{{url_for "page" "name" "a"}}`)
	if _, err := app.RenderString(context.Background(), "p.html", nil); err == nil || !strings.Contains(err.Error(), "SERVER_NAME must be set") {
		t.Errorf("without SERVER_NAME url_for gives %v", err)
	}
}

func TestBuildReportsTemplates(t *testing.T) {
	t.Parallel()
	app, _ := pageApp(t, "templates/a.html", "{{if}}", "templates/b.html", `{{csrf_token}}`, "templates/c.html", `{{monney 3}}`, "templates/d.html", `{{frobnicate}}`)
	app.TemplateFunc("money", func(n int) string { return "" })
	bp := dewar.NewBlueprint("bp", dewar.FS(files("templates/bp/e.html", `{{template "base.html"}}`)))
	bp.TemplateFunc("money", func(n int) string { return "" })
	app.RegisterBlueprint(bp)
	err := app.Build()
	if err == nil {
		t.Fatal("Build accepts broken templates")
	}
	for _, want := range []string{
		"template a.html:1: missing value for if",
		`template b.html:1: function "csrf_token" not defined; leave it out, requests from other sites are refused without a token (CROSS_ORIGIN_PROTECTION), or call csrf.Protect(app) of contrib/csrf where Flask serves a part of the site`,
		`template c.html:1: function "monney" not defined; did you mean "money"?`,
		`template d.html:1: function "frobnicate" not defined; add it with app.TemplateFunc("frobnicate", f), or write .frobnicate for a value that the view gives`,
		`template bp/e.html:1: no template "base.html"`,
		`template function "money" is added at `,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Build says\n%v\nwithout %s", err, want)
		}
	}
}

func TestTemplateFolders(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "templates/a.txt", "disk")
	writeFile(t, root, "templates/b.txt", "disk")
	writeFile(t, root, "pages/blog/a.txt", "pages")
	for _, tt := range []struct {
		name  string
		debug bool
		opts  []dewar.Option
		want  string // of a.txt, c.txt and d.txt
	}{
		{"without FS", false, nil, "disk first first"},
		{"with FS", false, []dewar.Option{dewar.FS(files("templates/a.txt", "app", "templates/c.txt", "app"))}, "app app first"},
		{"with FS in DEBUG", true, []dewar.Option{dewar.FS(files("templates/a.txt", "app", "templates/c.txt", "app"))}, "disk app first"},
		{"another folder", false, []dewar.Option{dewar.TemplateFolder("pages/blog/")}, "pages first first"},
		{"another folder of an FS", false, []dewar.Option{dewar.TemplateFolder("p"), dewar.FS(files("p/a.txt", "app", "templates/c.txt", "app"))}, "app first first"},
		{"another folder in DEBUG", true, []dewar.Option{dewar.TemplateFolder("pages/blog"), dewar.FS(files("pages/blog/a.txt", "app", "pages/blog/c.txt", "app"))}, "pages app first"},
		{"all of the files", false, []dewar.Option{dewar.TemplateFolder("."), dewar.FS(files("a.txt", "app"))}, "app first first"},
		{"none", false, []dewar.Option{dewar.TemplateFolder("")}, "first first first"},
		{"without FS in DEBUG", true, nil, "disk first first"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("test", append(tt.opts, dewar.RootPath(root))...)
			app.Logger = slog.New(slog.DiscardHandler)
			set(t, app, "DEBUG", tt.debug)
			first := files("templates/a.txt", "first", "templates/c.txt", "first", "templates/d.txt", "first")
			app.RegisterBlueprint(dewar.NewBlueprint("first", dewar.FS(first)))
			app.RegisterBlueprint(dewar.NewBlueprint("second", dewar.FS(files("templates/d.txt", "second"))))
			app.Get("/{name}", func(c *dewar.Context) error { return c.Render(c.Params().String("name"), nil) })
			got := get(app, "/a.txt").Body.String() + " " + get(app, "/c.txt").Body.String() + " " + get(app, "/d.txt").Body.String()
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTemplateFolderOfABlueprint(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "blog/pages/a.txt", "disk")
	of := func(opts ...dewar.BlueprintOption) []dewar.BlueprintOption { return opts }
	appFiles := dewar.FS(files("blog/pages/a.txt", "app"))
	for _, tt := range []struct {
		name  string
		debug bool
		app   []dewar.Option
		bp    []dewar.BlueprintOption
		want  string // of a.txt, "" when there is none
	}{
		{"of its FS", false, nil, of(dewar.FS(files("p/a.txt", "bp")), dewar.TemplateFolder("p")), "bp"},
		{"none", false, nil, of(dewar.FS(files("templates/a.txt", "bp")), dewar.TemplateFolder("")), ""},
		{"in the app's folder", false, nil, of(dewar.TemplateFolder("blog/pages")), "disk"},
		{"in the app's FS", false, []dewar.Option{appFiles}, of(dewar.TemplateFolder("blog/pages")), "app"},
		{"in the app's FS in DEBUG", true, []dewar.Option{appFiles}, of(dewar.TemplateFolder("blog/pages")), "disk"},
		{"not told", false, []dewar.Option{appFiles}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := withBlueprint(dewar.New("test", append(tt.app, dewar.RootPath(root))...), tt.bp...)
			app.Logger = slog.New(slog.DiscardHandler)
			set(t, app, "DEBUG", tt.debug)
			got, err := app.RenderString(context.Background(), "a.txt", nil)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
	app := dewar.New("test", dewar.RootPath(root), dewar.TemplateFolder("blog"), dewar.FS(files("blog/pages/b.txt", "")))
	if _, err := app.RenderString(context.Background(), "pages/a.txt", nil); err == nil || !strings.Contains(err.Error(), `no template "pages/a.txt" in blog; did you mean "pages/b.txt"?`) {
		t.Errorf("a template that is missing gives %v", err)
	}
}

// writeFile writes a file that looks newer than any before it, so that a test need not wait for the clock.
func writeFile(t testing.TB, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Hour)
	if info, err := os.Stat(path); err == nil {
		before = info.ModTime()
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, before.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
}

func TestTemplatesReload(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config dewar.Map
		want   string
	}{
		{"never by default", nil, "old"},
		{"in DEBUG", dewar.Map{"DEBUG": true}, "new"},
		{"when told", dewar.Map{"TEMPLATES_AUTO_RELOAD": true}, "new"},
		{"not when told not to", dewar.Map{"DEBUG": true, "TEMPLATES_AUTO_RELOAD": false}, "old"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			writeFile(t, root, "templates/p.txt", "old")
			app := dewar.New("test", dewar.RootPath(root))
			app.Logger = slog.New(slog.DiscardHandler)
			for key, value := range tt.config {
				set(t, app, key, value)
			}
			app.Get("/", func(c *dewar.Context) error { return c.Render("p.txt", nil) })
			get(app, "/")
			writeFile(t, root, "templates/p.txt", "new")
			if got := get(app, "/").Body.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A broken edit is a 500 that says what is wrong in the log; the next good one heals.
func TestBrokenTemplateHeals(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "templates/p.txt", "good")
	app := dewar.New("test", dewar.RootPath(root))
	var log bytes.Buffer
	app.Logger = slog.New(slog.NewTextHandler(&log, nil))
	set(t, app, "TEMPLATES_AUTO_RELOAD", true)
	app.Get("/", func(c *dewar.Context) error { return c.Render("p.txt", nil) })
	for _, step := range []struct {
		text   string
		status int
		log    string
	}{
		{"good", 200, ""}, {"{{broken", 500, "template p.txt:1: function \\\"broken\\\" not defined"}, {"better", 200, ""},
	} {
		writeFile(t, root, "templates/p.txt", step.text)
		log.Reset()
		w := get(app, "/")
		if w.Code != step.status || w.Code == 200 && w.Body.String() != step.text || !strings.Contains(log.String(), step.log) {
			t.Errorf("with %q got %d %q, want %d, and in the log %q:\n%s", step.text, w.Code, w.Body, step.status, step.log, &log)
		}
	}
}

// Functions see the request they are called in, however many run.
func TestConcurrentRenders(t *testing.T) {
	t.Parallel()
	app, _ := pageApp(t,
		"templates/base.html", `{{block "main" .}}{{end}} {{request.Query.Get "n"}}`,
		"templates/p.html", `{{template "base.html" .}}{{define "main"}}{{url_for "page" "name" .n "_external" true}}{{end}}`)
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 50 {
				n := fmt.Sprint(i, "-", j)
				w := get(app, "http://h"+n+".example.com/p.html?n="+n)
				if want := fmt.Sprintf("http://h%s.example.com/%s %s", n, n, n); w.Body.String() != want {
					t.Errorf("got %q, want %q", w.Body, want)
				}
			}
		})
	}
	group.Wait()
}

// A Renderer of the application's own gets what the default one gets.
type upper struct{}

func (upper) Render(_ *dewar.Context, w io.Writer, name string, data dewar.Map) error {
	fmt.Fprint(w, "half")
	if name == "bad.html" {
		return errors.New("bad template")
	}
	_, err := fmt.Fprintf(w, " %s %v %v", name, data["a"], data["b"])
	return err
}

func TestOwnRenderer(t *testing.T) {
	t.Parallel()
	app, _ := pageApp(t, "templates/broken.html", "{{")
	app.Renderer = upper{}
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"a": 1} })
	if w := get(app, "/p.html?b=2"); w.Body.String() != "half p.html 1 2" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("got %q as %q", w.Body, w.Header().Get("Content-Type"))
	}
	if w := get(app, "/bad.html"); w.Code != 500 || strings.Contains(w.Body.String(), "half") {
		t.Errorf("a failing Renderer gives %d %q", w.Code, w.Body)
	}
}

// What a visitor writes shows as text wherever a page puts it.
func TestHostileValuesStayText(t *testing.T) {
	t.Parallel()
	app, _ := pageApp(t, "templates/p.html",
		`<p title="{{.x}}" onclick="f({{.x}})" style="color: {{.x}}">{{.x}}</p><a href="{{.x}}">x</a><script>var x = {{.x}}</script><!-- {{.x}} -->`)
	plain := strings.Count(get(app, "/p.html?x=harmless").Body.String(), "<")
	for _, x := range []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`, `</script><b>`, `--><b>`, `</style><b>`, "\u2028alert(1)"} {
		w := get(app, "/p.html?x="+template.URLQueryEscaper(x))
		if got := strings.Count(w.Body.String(), "<"); w.Code != http.StatusOK || got != plain || strings.Contains(w.Body.String(), `href="javascript`) {
			t.Errorf("%q gives %d with %d tags, want %d:\n%s", x, w.Code, got, plain, w.Body)
		}
	}
}

// BenchmarkRender compares a page with a layout, and one that uses functions, with html/template alone.
func BenchmarkRender(b *testing.B) {
	const layout = `<!doctype html><html><head><title>{{block "title" .}}{{end}}</title></head><body><nav>%s</nav>{{block "main" .}}{{end}}</body></html>`
	const page = `{{template "base%s.html" .}}{{define "title"}}{{.title}}{{end}}{{define "main"}}<ul>{{range .posts}}<li><a href="/{{.ID}}">{{.Title}}</a></li>{{end}}</ul>{{end}}`
	plain := fmt.Sprintf(layout, `<a href="/about">About</a>`)
	app, _ := pageApp(b,
		"templates/base.html", plain, "templates/p.html", fmt.Sprintf(page, ""),
		"templates/base2.html", fmt.Sprintf(layout, `<a href="{{url_for "page" "name" "about"}}">About</a>{{with g.user}}{{.}}{{end}}{{request.Path}}`),
		"templates/functions.html", fmt.Sprintf(page, "2"),
		"templates/texts.html", strings.Replace(fmt.Sprintf(page, ""), "{{.Title}}", "{{_ .Title}}", 1))
	app.TemplateFunc("_", func(_ *dewar.Context, text string) string { return text })
	type post struct {
		ID    int
		Title string
	}
	var posts []post
	for i := range 10 {
		posts = append(posts, post{i, fmt.Sprintf("Post <%d>", i)})
	}
	data := dewar.Map{"title": "Posts", "posts": posts}
	app.Get("/texts", func(c *dewar.Context) error { return c.Render("texts.html", data) })
	app.Get("/plain", func(c *dewar.Context) error { return c.Render("p.html", data) })
	app.Get("/functions", func(c *dewar.Context) error { return c.Render("functions.html", data) })
	set := template.Must(template.New("base.html").Parse(plain))
	template.Must(set.New("p.html").Parse(fmt.Sprintf(page, "")))
	alone := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		if err := set.ExecuteTemplate(&body, "p.html", data); err != nil {
			b.Fatal(err)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body.Bytes())
	})
	b.Run("htmltemplate", func(b *testing.B) { benchmark(b, alone, httptest.NewRequest("GET", "/plain", nil)) })
	b.Run("dewar", func(b *testing.B) { benchmark(b, app, httptest.NewRequest("GET", "/plain", nil)) })
	b.Run("dewar-texts", func(b *testing.B) { benchmark(b, app, httptest.NewRequest("GET", "/texts", nil)) })
	b.Run("dewar-functions", func(b *testing.B) { benchmark(b, app, httptest.NewRequest("GET", "/functions", nil)) })
}

func ExampleContext_Render() {
	files := fstest.MapFS{ // a program has an embed.FS here
		"templates/base.html": {Data: []byte(`<title>{{block "title" .}}{{end}} - Blog</title>
<a href="{{url_for "index"}}">Blog</a>
{{block "main" .}}{{end}}`)},
		"templates/index.html": {Data: []byte(`{{template "base.html" .}}
{{define "title"}}Posts{{end}}
{{define "main"}}{{range .posts}}<h1>{{.}}</h1>{{end}}{{end}}`)},
	}
	app := dewar.New("blog", dewar.FS(files))
	app.Get("/", func(c *dewar.Context) error {
		return c.Render("index.html", dewar.Map{"posts": []string{"Salt & pepper"}})
	}, dewar.Endpoint("index"))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Body)
	// Output:
	// <title>Posts - Blog</title>
	// <a href="/">Blog</a>
	// <h1>Salt &amp; pepper</h1>
}

func ExampleApp_TemplateFunc() {
	app := dewar.New("shop", dewar.FS(fstest.MapFS{
		"templates/price.txt": {Data: []byte(`{{money .cents}}`)},
	}))
	app.TemplateFunc("money", func(cents int) string { return fmt.Sprintf("%d.%02d €", cents/100, cents%100) })
	app.Get("/", func(c *dewar.Context) error { return c.Render("price.txt", dewar.Map{"cents": 1990}) })

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Body)
	// Output: 19.90 €
}

func ExampleApp_TemplateFunc_context() {
	german := map[string]string{"Home": "Start"}
	app := dewar.New("shop", dewar.FS(fstest.MapFS{
		"templates/index.html": {Data: []byte(`<a href="/">{{_ "Home"}}</a>`)},
	}))
	app.TemplateFunc("_", func(c *dewar.Context, text string) string {
		if c.Query().Get("lang") == "de" {
			return german[text]
		}
		return text
	})
	app.Get("/", func(c *dewar.Context) error { return c.Render("index.html", nil) })

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/?lang=de", nil))
	fmt.Println(w.Body)
	// Output: <a href="/">Start</a>
}

func ExampleTemplateFolder() {
	files := fstest.MapFS{
		"blog/pages/post.txt": {Data: []byte("A post")},
	}
	app := dewar.New("site", dewar.FS(files))
	blog := dewar.NewBlueprint("blog", dewar.TemplateFolder("blog/pages")) // in the files of the App
	blog.Get("/post", func(c *dewar.Context) error { return c.Render("post.txt", nil) })
	app.RegisterBlueprint(blog)

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/post", nil))
	fmt.Println(w.Body)
	// Output: A post
}

func ExampleContext_RenderString() {
	app := dewar.New("shop", dewar.FS(fstest.MapFS{
		"templates/mail.txt": {Data: []byte(`Thank you, {{.name}}.`)},
	}))
	app.Post("/order", func(c *dewar.Context) error {
		mail, err := c.RenderString("mail.txt", dewar.Map{"name": "Ann"})
		if err != nil {
			return err
		}
		fmt.Println("to ann@example.com:", mail)
		return c.Text("ordered")
	})

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("POST", "/order", nil))
	fmt.Println(w.Body)
	// Output:
	// to ann@example.com: Thank you, Ann.
	// ordered
}

func ExampleApp_RenderString() {
	app := dewar.New("blog", dewar.FS(fstest.MapFS{
		"templates/digest.txt": {Data: []byte(`{{.count}} new posts: {{url_for "index"}}`)},
	}))
	if err := app.Config.Set("SERVER_NAME", "blog.example.com"); err != nil {
		log.Fatal(err)
	}
	app.Get("/", func(c *dewar.Context) error { return c.Text("posts") }, dewar.Endpoint("index"))

	mail, err := app.RenderString(context.Background(), "digest.txt", dewar.Map{"count": 3})
	fmt.Println(mail, err)
	// Output: 3 new posts: http://blog.example.com/ <nil>
}

func ExampleApp_ContextProcessor() {
	app := dewar.New("blog", dewar.FS(fstest.MapFS{
		"templates/about.txt": {Data: []byte(`{{.site}}, since {{.year}}`)},
	}))
	app.ContextProcessor(func(c *dewar.Context) dewar.Map { return dewar.Map{"site": "My blog"} })
	app.Get("/about", func(c *dewar.Context) error { return c.Render("about.txt", dewar.Map{"year": 2024}) })

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/about", nil))
	fmt.Println(w.Body)
	// Output: My blog, since 2024
}

func TestExplainTemplateLoading(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := dewar.New("explained", dewar.RootPath(t.TempDir()), dewar.FS(fstest.MapFS{"templates/a.html": {Data: []byte("a")}}))
	app.Logger = textLogger(&log)
	if err := app.Config.Set("EXPLAIN_TEMPLATE_LOADING", true); err != nil {
		t.Fatal(err)
	}
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "name=a.html folder=1 used=true") {
		t.Errorf("log %q", log.String())
	}
}

func TestTemplatesMakeMappingsAndLists(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(fstest.MapFS{
		"templates/page.html": {Data: []byte(`{{define "card"}}<b>{{.title}}</b>{{end}}{{template "card" dict "title" "<1>"}}{{range list 1 "b"}}{{.}};{{end}}`)},
		"templates/bad.html":  {Data: []byte(`{{dict "title"}}`)},
	}))
	app.Logger = slog.New(slog.DiscardHandler)
	app.Get("/{name}", func(c *dewar.Context) error { return c.Render(c.Params().String("name")+".html", nil) })
	if rec := send(app, "GET", "/page"); rec.Body.String() != "<b>&lt;1&gt;</b>1;b;" {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
	if rec := send(app, "GET", "/bad"); rec.Code != 500 {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
}
