package dewar_test

import (
	"bytes"
	"fmt"
	"html/template"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

type missAuthor struct{ Name string }

// An attribute of what is not there is an error, as in Jinja, also without DEBUG; what is not there itself shows as nothing.
func TestAttributeOfWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, page, want string }{
		{"a value", "<p>{{.nobody}}</p>{{$x := .post}}{{$x.none}}", "<p></p>"},
		{"an attribute of a mapping that lacks it", "<p>{{.post.none}}</p>", "<p></p>"},
		{"an attribute of a missing value", "<p>\n{{.usr.name}}", "error: template page.html:2: .usr.name: .usr is not among the values of this page; did you mean .user?; for one that may be missing write {{with .usr}}{{.name}}{{end}}"},
		{"deeper", "{{.post.author.name}}", "error: template page.html:1: .post.author.name: .post.author is not among the values of this page, which are .post.title; for one that may be missing write {{with .post.author}}{{.name}}{{end}}"},
		{"behind the dollar", "{{range .list}}{{$.usr.name}}{{end}}", "error: $.usr.name: $.usr is not among the values of this page; did you mean $.user?"},
		{"in a loop", "{{range .list}}{{.user.name}}{{end}}", "error: .user.name: .user is not among the values of this page"},
		{"in a condition", "{{if .nobody.name}}x{{end}}", "error: .nobody.name: .nobody is not among"},
		{"in an else if", "{{if .nobody}}x{{else if .nobody.name}}y{{end}}", "error: .nobody.name: .nobody is not among"},
		{"in a with", "{{with .nobody.name}}x{{end}}", "error: .nobody.name: .nobody is not among"},
		{"in a range", "{{range .nobody.names}}x{{end}}", "error: .nobody.names: .nobody is not among"},
		{"in a variable", "{{$x := .nobody.name}}", "error: .nobody.name: .nobody is not among"},
		{"of a variable", "{{$x := .post}}{{$x.author.name}}", "error: $x.author.name: $x.author is not set, which are $x.title; for one"},
		{"handed to a function", "{{len .nobody.names}}", "error: .nobody.names: .nobody is not among"},
		{"handed to a template", `{{define "part"}}{{.}}{{end}}{{template "part" .nobody.name}}`, "error: .nobody.name: .nobody is not among"},
		{"of an argument of a template", `{{define "part"}}{{.user.name}}{{end}}{{template "part" dict "a" 1}}`, "error: .user.name: .user is not among the values of this page, which are .a"},
		{"of g", "{{g.user.name}}", "error: g.user.name: g.user is not set"},
		{"of the session", "{{session.user.name}}", "error: session.user.name: session.user is not set"},
		{"of config", "{{config.SHOP.NAME}}", "error: config.SHOP.NAME: config.SHOP is not set"},
		{"of nil", "{{.nil.name}}", "error: template page.html:1: .nil.name: .nil is nil and has no name; for one that may be missing write {{with .nil}}{{.name}}{{end}}"},
		{"that may be missing", "{{with .nobody}}{{.name}}{{else}}nobody{{end}}", "nobody"},
		{"that is asked for first", "{{if and .nobody .nobody.name}}x{{else}}nobody{{end}}", "nobody"},
		{"with a default", `{{.nobody | default "nobody"}}`, "nobody"},
		{"of a struct", "{{.author.Name}}", "Eve"},
		{"that a struct lacks", "{{.author.Nmae}}", "error: a value of type *dewar_test.missAuthor has no field or method Nmae; did you mean Name?"},
		{"that is there", "{{.user.name}}{{$x := .user}}{{$x.name}}{{range .list}}{{$.user.name}}{{end}}", "AdaAdaAda"},
	} {
		for _, name := range []string{"page.html", "page.txt"} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				app := newApp(t)
				app = dewar.New("test", dewar.RootPath(app.RootPath()), dewar.FS(files("templates/"+name, tt.page)))
				app.Logger = slog.New(slog.DiscardHandler)
				set(t, app, "SECRET_KEY", testKey)
				var got string
				app.Get("/", func(c *dewar.Context) (err error) {
					got, err = c.RenderString(name, dewar.Map{
						"user": dewar.Map{"name": "Ada"}, "post": dewar.Map{"title": "x"}, "list": []dewar.Map{{"title": "a"}}, "nil": nil, "author": &missAuthor{"Eve"},
					})
					if err != nil {
						got = "error: " + err.Error()
					}
					return c.NoContent()
				}, dewar.Endpoint("index"))
				must(t, app.Build())
				get(app, "/")
				want, isError := strings.CutPrefix(strings.ReplaceAll(tt.want, "page.html", name), "error: ")
				if isError && (!strings.HasPrefix(got, "error: ") || !strings.Contains(got, want)) || !isError && got != want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		}
	}
}

// In DEBUG the log tells of what a page defines and nobody calls, once however often the files are read again.
func TestBlockThatNoLayoutHasIsTold(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "templates/base.html", `{{block "title" .}}{{end}}{{block "content" .}}{{end}}`)
	writeFile(t, root, "templates/page.html", `{{template "base.html" .}}{{define "content"}}{{block "inner" .}}{{end}}{{end}}`+"\n"+`{{define "sidebar"}}x{{end}}`)
	writeFile(t, root, "templates/parts.html", `{{define "unused"}}x{{end}}`)
	for _, debug := range []bool{true, false} {
		var log bytes.Buffer
		app := dewar.New("test", dewar.RootPath(root))
		app.Logger = slog.New(slog.NewTextHandler(&log, nil))
		set(t, app, "DEBUG", debug)
		app.Get("/", func(c *dewar.Context) error { return c.Render("page.html", nil) }, dewar.Endpoint("index"))
		must(t, app.Build())
		writeFile(t, root, "templates/base.html", `{{block "title" .}}new{{end}}{{block "content" .}}{{end}}`)
		get(app, "/")
		want := 0
		if debug {
			want = 1
		}
		if got := strings.Count(log.String(), `template page.html:2: {{define \"sidebar\"}} is called by nobody; the blocks of its layout are content, title`); got != want {
			t.Errorf("DEBUG %v: the log tells of it %d times, want %d:\n%s", debug, got, want, &log)
		}
		if strings.Contains(log.String(), "unused") || strings.Contains(log.String(), "inner") {
			t.Errorf("the log tells of what is no block of a layout, or is called:\n%s", &log)
		}
	}
}

func TestFiltersInTemplates(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app = dewar.New("test", dewar.RootPath(app.RootPath()), dewar.FS(files("templates/page.html", `{{.title | upper | truncate 5 true ""}} {{.title | lower}} {{.none | default "none"}} {{"x" | money}}`+
		`<a data-x='{{.data | tojson}}' onclick="f({{.data | tojson}})">{{.data | tojson}}</a><script>var x = {{.data | tojson}}; var y = "{{.title | tojson}}"</script>`+
		`<script type="application/json">{{.data | tojson}}</script>`)))
	app.TemplateFunc("money", func(c *dewar.Context, s string) string { return c.Request.Method + s })
	app.TemplateFunc("lower", func(s string) string { return "mine " + s })
	app.Get("/", func(c *dewar.Context) error {
		return c.Render("page.html", dewar.Map{"title": "hello </script> world", "data": dewar.Map{"a": "</script>'\"&\u2028"}})
	}, dewar.Endpoint("index"))
	const safe = `{"a":"\u003c/script\u003e\u0027\"\u0026\u2028"}`
	const attribute = `{&#34;a&#34;:&#34;\u003c/script\u003e\u0027\&#34;\u0026\u2028&#34;}`
	want := "HELLO mine hello &lt;/script&gt; world none GETx" +
		`<a data-x='` + attribute + `' onclick="f(` + attribute + `)">` + attribute + `</a><script>var x = ` + safe + `; var y = "\u0022hello \\u003c\/script\\u003e world\u0022"</script>` +
		`<script type="application/json">` + safe + `</script>`
	if got := get(app, "/").Body.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A JSONProvider that escapes nothing, and one that writes more lines, make no hole.
func TestToJSONOfAnotherProvider(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.FS(files("templates/page.html", `<script>{{.x | tojson}}</script>`)))
	app.JSON = plainJSON{}
	app.Get("/", func(c *dewar.Context) error { return c.Render("page.html", dewar.Map{"x": 1}) }, dewar.Endpoint("index"))
	if got, want := get(app, "/").Body.String(), `<script>"\u003c/script\u003e\u003c!-- \u0026 \u0027 \u2028"</script>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

type plainJSON struct{}

func (plainJSON) Marshal(any) ([]byte, error) { return []byte("\"</script><!-- & ' \u2028\""), nil }
func (plainJSON) Unmarshal([]byte, any) error { return nil }

func TestMergeInTemplates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ page, want string }{
		{`{{define "nav"}}{{.title}} {{.active}}{{end}}{{template "nav" merge . "active" "blog"}} {{.active}}`, "T blog "},
		{`{{define "field"}}<input name="{{.name}}" type="{{.type | default "text"}}">{{end}}{{template "field" dict "name" "a"}}{{template "field" dict "name" "b" "type" "email"}}`,
			`<input name="a" type="text"><input name="b" type="email">`},
		{`{{template "x" merge .title "a" 1}}{{define "x"}}{{end}}`, "error: merge has a string in front"},
		{`{{template "x" merge . "a"}}{{define "x"}}{{end}}`, "error: dict has a key without a value"},
	} {
		app := dewar.New("test", dewar.FS(files("templates/page.html", tt.page)))
		app.Logger = slog.New(slog.DiscardHandler)
		got, err := app.RenderString(t.Context(), "page.html", dewar.Map{"title": "T"})
		if want, isError := strings.CutPrefix(tt.want, "error: "); isError {
			wantError(t, err, want)
		} else if err != nil || got != tt.want {
			t.Errorf("got %q, %v, want %q", got, err, tt.want)
		}
	}
}

func TestTemplateNamespace(t *testing.T) {
	t.Parallel()
	blueprint := func(name, text string, opts ...dewar.BlueprintOption) *dewar.Blueprint {
		fsys := files("templates/index.html", text+`{{template "part.html"}}`, "templates/sub/x.html", text+" x", "templates/part.html", " part")
		if len(opts) > 0 {
			fsys["templates/index.html"] = &fstest.MapFile{Data: []byte(text + `{{template "` + name + `/part.html"}}`)}
		}
		return dewar.NewBlueprint(name, append(opts, dewar.URLPrefix("/"+name), dewar.FS(fsys))...)
	}
	app := dewar.New("test", dewar.FS(files("templates/blog/sub/x.html", "app")))
	app.RegisterBlueprint(blueprint("blog", "blog", dewar.TemplateNamespace("blog")))
	app.RegisterBlueprint(blueprint("shop", "shop", dewar.TemplateNamespace("shop")))
	app.RegisterBlueprint(blueprint("plain", "plain"))
	must(t, app.Build())
	for name, want := range map[string]string{
		"blog/index.html": "blog part", "shop/index.html": "shop part", "index.html": "plain part",
		"shop/sub/x.html": "shop x", "sub/x.html": "plain x", "blog/sub/x.html": "app",
	} {
		if got, err := app.RenderString(t.Context(), name, nil); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"blog", "blogindex.html", "blog/none.html", "other/index.html", "blog/../index.html"} {
		if _, err := app.RenderString(t.Context(), name, nil); err == nil {
			t.Errorf("%s: got a page, want an error", name)
		}
	}
}

func TestTemplatesOfTwoBlueprintsWithOneName(t *testing.T) {
	t.Parallel()
	bp := func(name, text string, opts ...dewar.BlueprintOption) *dewar.Blueprint {
		return dewar.NewBlueprint(name, append(opts, dewar.URLPrefix("/"+name), dewar.FS(files("templates/index.html", text)))...)
	}
	for _, tt := range []struct {
		name       string
		app        fstest.MapFS
		blueprints []*dewar.Blueprint
		want       string
	}{
		{"different texts", files(), []*dewar.Blueprint{bp("blog", "a"), bp("shop", "b")},
			`template "index.html" of blueprint "shop" is never used, blueprint "blog" has one before it; give "shop" dewar.TemplateNamespace("shop") and write "shop/index.html"`},
		{"the same text", files(), []*dewar.Blueprint{bp("blog", "a"), bp("shop", "a")}, ""},
		{"one of the app before them", files("templates/index.html", "app"), []*dewar.Blueprint{bp("blog", "a"), bp("shop", "b")}, ""},
		{"a namespace", files(), []*dewar.Blueprint{bp("blog", "a"), bp("shop", "b", dewar.TemplateNamespace("shop"))}, ""},
		{"one namespace for two", files(), []*dewar.Blueprint{bp("blog", "a", dewar.TemplateNamespace("x")), bp("shop", "b", dewar.TemplateNamespace("x"))},
			`template "x/index.html" of blueprint "shop" is never used`},
	} {
		app := dewar.New("test", dewar.FS(tt.app))
		for _, b := range tt.blueprints {
			app.RegisterBlueprint(b)
		}
		var log bytes.Buffer
		app.Logger = slog.New(slog.NewJSONHandler(&log, nil))
		must(t, app.Build())
		got := strings.ReplaceAll(log.String(), `\"`, `"`)
		if warned := strings.Contains(got, "is never used"); warned != (tt.want != "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: the log says %s, want %q", tt.name, got, tt.want)
		}
	}
	for _, name := range []string{"", ".", "a/b", "..", `a\b`, ".x"} {
		if got := panicText(func() { dewar.TemplateNamespace(name) }); !strings.Contains(got, "pass one name, such as that of the blueprint") {
			t.Errorf("%q: panic %q", name, got)
		}
	}
}

func ExampleTemplateNamespace() {
	bp := dewar.NewBlueprint("blog", dewar.URLPrefix("/blog"), dewar.TemplateNamespace("blog"), dewar.FS(fstest.MapFS{
		"templates/index.html": {Data: []byte("posts: {{.posts | join \", \"}}")},
	}))
	bp.Get("/", func(c *dewar.Context) error {
		return c.Render("blog/index.html", dewar.Map{"posts": []template.HTML{"one", "two"}})
	}, dewar.Endpoint("index"))
	app := dewar.New("site", dewar.FS(fstest.MapFS{"templates/index.html": {Data: []byte("home")}}))
	app.RegisterBlueprint(bp)
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/blog/", nil))
	fmt.Println(w.Body)
	// Output: posts: one, two
}
