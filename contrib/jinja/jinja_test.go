package jinja_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"iter"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
)

// newApp returns an App whose templates are given as names and texts in turn. /NAME renders one with the query as data.
func newApp(t testing.TB, renderer *jinja.Renderer, pairs ...string) *dewar.App {
	t.Helper()
	files := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		files["templates/"+pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(files))
	app.Logger = slog.New(slog.DiscardHandler)
	if err := app.Config.Update(dewar.Map{"SECRET_KEY": "kK2b8Zx0Qd7WmT4yLr9VhS3nPfG6cJ1u"}); err != nil {
		t.Fatal(err)
	}
	app.Renderer = renderer
	app.Get("/{name:path}", func(c *dewar.Context) error {
		data := dewar.Map{}
		for _, key := range c.Query().Keys() {
			data[key] = c.Query().String(key)
		}
		return c.Render(c.Params().String("name"), data)
	}, dewar.Endpoint("page"))
	return app
}

func get(app *dewar.App, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", target, nil)
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost:5000"
	r.Header.Set("Accept", "text/html")
	app.ServeHTTP(w, r)
	return w
}

// render renders one template in a string, with a Renderer of its own.
func render(t testing.TB, renderer *jinja.Renderer, source string, data dewar.Map) (string, error) {
	t.Helper()
	return newApp(t, renderer, "page.html", source).RenderString(t.Context(), "page.html", data)
}

func wantText(t testing.TB, renderer *jinja.Renderer, source string, data dewar.Map, want string) {
	t.Helper()
	if got, err := render(t, renderer, source, data); got != want || err != nil {
		t.Errorf("%s gives %q, %v, want %q", source, got, err, want)
	}
}

func TestTheContentTypeAndTheEscapingFollowTheName(t *testing.T) {
	t.Parallel()
	var pairs []string
	for _, name := range []string{"a.html", "a.htm", "a.xhtml", "a.xml", "a.svg", "a.html.j2", "a", "a.txt", "a.txt.jinja"} {
		pairs = append(pairs, name, "{{ x }}")
	}
	app := newApp(t, &jinja.Renderer{}, pairs...)
	for i := 0; i < len(pairs); i += 2 {
		w := get(app, "/"+pairs[i]+"?x=%3Cb%3E")
		plain := strings.Contains(pairs[i], ".txt")
		if got := w.Body.String(); plain != (got == "<b>") || plain != strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s gives %q as %s", pairs[i], got, w.Header().Get("Content-Type"))
		}
	}
	app = newApp(t, &jinja.Renderer{Autoescape: func(name string) bool { return name == "a.txt" }}, "a.txt", "{{ x }}", "a.html", "{{ x }}")
	if got := get(app, "/a.txt?x=%3Cb%3E").Body.String() + get(app, "/a.html?x=%3Cb%3E").Body.String(); got != "&lt;b&gt;<b>" {
		t.Errorf("with an Autoescape of its own it gives %q", got)
	}
}

// TestBuildFindsEverythingAtOnce is the promise that a template that builds does not fail for a name.
func TestBuildFindsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{},
		"base.html", "{% block content %}{% endblock %}",
		"forms.html", "{% macro field(name) %}{{ name }}{% endmacro %}",
		"parent.html", "\n{% extends 'bas.html' %}",
		"filter.html", "\n\n{{ x|uper }}",
		"test.html", "{% if x is defned %}{% endif %}",
		"macro.html", "{% from 'forms.html' import feild %}",
		"include.html", "{% include 'form.html' %}",
		"endpoint.html", "{{ url_for('pag', name='x') }}",
		"values.html", "{{ 1 }}\n{{ url_for('page', nmae='x', _anchor='y') }}",
		"keyword.html", "{{ url_for(endpoint='pag', name='x') }}",
		"choice.html", "{{ url_for('page' if x else 'pagee', name='x') }}",
		"option.html", "{{ url_for('page', name='x', _extrenal=true) }}",
		"place.html", "{{ url_for('page', 1) }}",
		"empty.html", "{{ url_for() }}",
		"number.html", "{{ url_for(3) }}",
		"syntax.html", "{% if x %}",
		"several.html", "{% extends 'base.html' %}\n{% block contnt %}{% endblock %}\n{% block content %}{{ url_for('pag') }}\n{{ x|uper }}{% endblock %}",
		"fine.html", "{% include ['none.html', 'base.html'] %}{% include 'none.html' ignore missing %}{{ url_for(endpoint) }}{{ url_for('page', **more) }}",
	)
	err := app.Build()
	if err == nil {
		t.Fatal("Build finds nothing")
	}
	for _, want := range []string{
		`template parent.html:2: no template "bas.html"; did you mean "base.html"?`,
		`template filter.html:3: `, `"upper"`,
		`template test.html:1: `, `"defined"`,
		`template macro.html:1: `, `"field"`,
		`template include.html:1: no template "form.html"; did you mean "forms.html"?`,
		`template endpoint.html:1: url_for: no endpoint "pag"; did you mean "page"?`,
		`template values.html:2: url_for: URL for "page": no value for name; write name=..., the call gives nmae`,
		`template keyword.html:1: url_for: no endpoint "pag"; did you mean "page"?`,
		`template choice.html:1: url_for: no endpoint "pagee"; did you mean "page"?`,
		`template option.html:1: url_for: no option "_extrenal"; did you mean "_external"?`,
		`template place.html:1: url_for: all but the endpoint is named, as in url_for('show', id=1)`,
		`template empty.html:1: url_for: no endpoint; it is the first argument`,
		`template number.html:1: url_for: an endpoint is text, not int`,
		`template syntax.html:1: `,
		`template several.html:3: url_for: no endpoint "pag"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Build does not say %s", want)
		}
	}
	if block, filter := strings.Index(err.Error(), "several.html:2: "), strings.Index(err.Error(), "several.html:4: "); block < 0 || filter < block {
		t.Error("the lines of several.html are not in order")
	}
	if strings.Contains(err.Error(), "fine.html") {
		t.Error("fine.html is fine")
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestAURLWithoutAValueIsToldTheSameAtBuildAndInAPage(t *testing.T) {
	t.Parallel()
	const want = `url_for: URL for "page": no value for name; write name=..., the call gives id`
	app := newApp(t, &jinja.Renderer{}, "a.html", "{{ url_for('page', id=1) }}")
	if err := app.Build(); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Build gives %v, want %s", err, want)
	}
	if got, err := render(t, &jinja.Renderer{}, "{{ url_for(where, id=1) }}", dewar.Map{"where": "page"}); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("the page gives %q, %v, want %s", got, err, want)
	}
}

func TestBuildLeavesAnURLForOfTheApplicationAlone(t *testing.T) {
	t.Parallel()
	own := func(name string) string { return "https://cdn.example/" + name }
	const source = "{{ url_for('nowhere') }}"
	for name, app := range map[string]*dewar.App{
		"global": newApp(t, &jinja.Renderer{Globals: map[string]any{"url_for": own}}, "a.html", source),
		"set":    newApp(t, &jinja.Renderer{Globals: map[string]any{"cdn": own}}, "a.html", "{% set url_for = cdn %}"+source),
		"macro":  newApp(t, &jinja.Renderer{Globals: map[string]any{"cdn": own}}, "a.html", "{% macro m(url_for) %}"+source+"{% endmacro %}{{ m(cdn) }}"),
	} {
		if got := get(app, "/a.html").Body.String(); got != "https://cdn.example/nowhere" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// A ranking keeps the order of its items, which a map cannot.
type ranking []string

func (r ranking) Items() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i, name := range r {
			if !yield(name, i+1) {
				return
			}
		}
	}
}

func TestValuesWithAnOrder(t *testing.T) {
	t.Parallel()
	data := dewar.Map{"rank": ranking{"Zoe", "Ann"}, "stats": map[string]int{"z": 1, "a": 2}}
	wantText(t, &jinja.Renderer{}, "{% for name, place in rank.items() %}{{ place }} {{ name }};{% endfor %}", data, "1 Zoe;2 Ann;")
	wantText(t, &jinja.Renderer{}, "{% for k, v in stats.items() %}{{ k }}{{ v }};{% endfor %}", data, "a2;z1;")
	wantText(t, &jinja.Renderer{}, "{{ rank.items()|list|length }}", data, "2")
	if got, err := render(t, &jinja.Renderer{}, "{{ rank.items()|length }}", data); err == nil {
		t.Errorf("a generator has the length %s", got)
	}
}

func TestFunctionsThatDoNotFitAreFoundAtBuild(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{
		Filters: map[string]any{"none": func() string { return "" }, "two": func(string) (int, int) { return 1, 2 }},
		Tests:   map[string]any{"text": "x"},
	})
	err := app.Build()
	for _, want := range []string{`Filters["none"]: `, `Filters["two"]: `, `Tests["text"]: a string cannot be called`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Build gives %v, want %s", err, want)
		}
	}
}

func TestFiltersTestsAndGlobalsOfTheApplication(t *testing.T) {
	t.Parallel()
	r := func() *jinja.Renderer {
		return &jinja.Renderer{
			Filters: map[string]any{
				"cut": func(s string, n int) string { return s[:n] },
				"tag": func(s string, more map[string]any) template.HTML {
					return template.HTML(fmt.Sprint("<", s, len(more), ">"))
				},
				"where": func(c *dewar.Context, s string) string { return s + c.App.Name() },
				"fail":  func(string) (string, error) { return "", errors.New("no such thing") },
				"glue":  func(s string, parts ...string) string { return s + strings.Join(parts, "") },
				"upper": func(s string) string { return "own " + s },
			},
			Tests:   map[string]any{"long": func(s string, n int) bool { return len(s) > n }},
			Globals: map[string]any{"version": 3, "add": func(a, b int) int { return a + b }},
		}
	}
	for _, tt := range []struct{ source, want string }{
		{"{{ 'abcdef'|cut(2) }}", "ab"},
		{"{{ 'b'|tag }}{{ 'b'|tag(x=1, y=2) }}", "<b0><b2>"},
		{"{{ 'at '|where }}", "at test"},
		{"{{ 'a'|glue('b', 'c') }}{{ 'a'|glue }}", "abca"},
		{"{{ 'a'|upper }}", "own a"},
		{"{{ 'abc' is long(2) }}{{ 'abc' is not long 3 }}", "TrueTrue"},
		{"{{ version + 1 }} {{ add(1, 2) }}", "4 3"},
		{"{{ ['a', 'b']|map('glue', '-')|join }}", "a-b-"},
	} {
		wantText(t, r(), tt.source, nil, tt.want)
	}
	if _, err := render(t, r(), "\n{{ 'x'|fail }}", nil); err == nil || !strings.Contains(err.Error(), "template page.html:2: ") || !strings.Contains(err.Error(), "no such thing") {
		t.Errorf("a filter that fails gives %v", err)
	}
	if err := newApp(t, r(), "p.html", "{{ 'x'|cut }}").Build(); err == nil || !strings.Contains(err.Error(), "template p.html:1: ") {
		t.Errorf("a filter without its argument gives %v at Build", err)
	}
}

func TestUndefinedModes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mode         jinja.Undefined
		source, want string
		fails        bool
	}{
		{jinja.UndefinedDefault, "[{{ x }}]{{ x is defined }}", "[]False", false},
		{jinja.UndefinedDefault, "{{ x.y }}", "", true},
		{jinja.UndefinedStrict, "{{ x }}", "", true},
		{jinja.UndefinedStrict, "{{ x|default('d') }}", "d", false},
		{jinja.UndefinedChainable, "[{{ x.y.z }}]", "[]", false},
		{jinja.UndefinedDebug, "{{ x }}", "{{ x }}", false},
	} {
		got, err := render(t, &jinja.Renderer{Undefined: tt.mode}, tt.source, nil)
		if got != tt.want || (err != nil) != tt.fails {
			t.Errorf("%d: %s gives %q, %v", tt.mode, tt.source, got, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "template page.html:1: 'x' is undefined") {
			t.Errorf("%d: %s gives the error %v", tt.mode, tt.source, err)
		}
	}
}

func TestHowTemplatesAreWritten(t *testing.T) {
	t.Parallel()
	wantText(t, &jinja.Renderer{Delimiters: jinja.Delimiters{BlockStart: "<%", BlockEnd: "%>", VariableStart: "${", VariableEnd: "}"}}, "<% if 1 %>${ 2 }<% endif %>{{ 3 }}", nil, "2{{ 3 }}")
	wantText(t, &jinja.Renderer{Delimiters: jinja.Delimiters{LineStatementPrefix: "#"}}, "# for x in [1, 2]\n{{ x }}\n# endfor", nil, "1\n2\n")
	wantText(t, &jinja.Renderer{TrimBlocks: true, LstripBlocks: true}, "  {% if 1 %}\nx\n  {% endif %}\n", nil, "x\n")
	wantText(t, &jinja.Renderer{}, "x\n", nil, "x")
	wantText(t, &jinja.Renderer{KeepTrailingNewline: true}, "x\n", nil, "x\n")
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	data := dewar.Map{"u": "see http://a.example"}
	wantText(t, &jinja.Renderer{}, "{{ u|urlize }}", data, `see <a href="http://a.example" rel="noopener">http://a.example</a>`)
	wantText(t, &jinja.Renderer{Policies: jinja.Policies{URLizeRel: "-", URLizeTarget: "_blank"}}, "{{ u|urlize }}", data, `see <a href="http://a.example" target="_blank">http://a.example</a>`)
	wantText(t, &jinja.Renderer{}, "{{ 'a long text'|truncate(8) }}", nil, "a long text")
	wantText(t, &jinja.Renderer{Policies: jinja.Policies{TruncateLeeway: -1}}, "{{ 'a long text'|truncate(8) }}", nil, "a...")
	wantText(t, &jinja.Renderer{}, "{{ {'b': 1, 'a': 2}|tojson }}", nil, `{"a": 2, "b": 1}`)
	wantText(t, &jinja.Renderer{Policies: jinja.Policies{URLizeRel: "-", TruncateLeeway: -1, JSONKeepOrder: true}}, "{{ 'http://a.example'|urlize }} {{ 'a long text'|truncate(8) }}", nil,
		`<a href="http://a.example">http://a.example</a> a...`)
	wantText(t, &jinja.Renderer{Policies: jinja.Policies{JSONKeepOrder: true}}, "{{ {'b': 1, 'a': 2}|tojson }}", nil, `{"b": 1, "a": 2}`)
}

func TestFinalize(t *testing.T) {
	t.Parallel()
	r := &jinja.Renderer{Finalize: func(v any) (any, error) {
		if v == nil {
			return "-", nil
		}
		return v, nil
	}}
	wantText(t, r, "{{ none }}{{ x }}", dewar.Map{"x": 1}, "-1")
}

type post struct {
	Title    string
	AuthorID int
	Body     string `json:"text"`
	secret   string
	Tags     []string
	Created  time.Time
	Page     template.HTML
}

func (p post) Excerpt(n int) string { return p.Body[:n] }

func (p post) URL() (string, error) {
	if p.Title == "" {
		return "", errors.New("no title")
	}
	return "/" + p.Title, nil
}

type user struct{ Name, Password string }

func (u user) String() string { return u.Name }

func TestGoValuesInTemplates(t *testing.T) {
	t.Parallel()
	p := &post{Title: "go", AuthorID: 7, Body: "a body", secret: "s", Tags: []string{"x", "<y>"}, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Page: "<b>"}
	data := dewar.Map{"post": p, "user": user{"Ann", "kanarie"}, "m": map[string]int{"a": 1}, "nothing": (*post)(nil), "posts": []*post{p}, "struct": *p}
	for _, tt := range []struct{ source, want string }{
		{"{{ post.Title }} {{ post.title }} {{ post.author_id }} {{ post.text }} [{{ post.secret }}]", "go go 7 a body []"},
		{"{{ post.excerpt(3) }} {{ post.url() }} {{ post.url }}", "a b /go /go"},
		{"{{ post.tags|join(',') }} {{ post.tags[-1] }} {% for t in post.tags %}{{ t }}{% endfor %}", "x,&lt;y&gt; &lt;y&gt; x&lt;y&gt;"},
		{"{{ post.created.strftime('%d.%m.%Y') }} {{ post.created.year }} {{ post.page }}", "02.01.2026 2026 <b>"},
		{"{{ user }} {{ m.a + 1 }} {{ m['a'] }} {{ nothing is none }}", "Ann 2 1 True"},
		{"{{ posts|map(attribute='title')|list }}", "[&#39;go&#39;]"},
	} {
		wantText(t, &jinja.Renderer{}, tt.source, data, tt.want)
	}
	if got, err := render(t, &jinja.Renderer{}, "{{ struct }}{{ [struct] }}{{ {'user': user} }}", data); err != nil || strings.Contains(got, "kanarie") || strings.Contains(got, "a body") {
		t.Errorf("a struct shows as %q, %v", got, err)
	}
	if _, err := render(t, &jinja.Renderer{}, "{{ post.url }}", dewar.Map{"post": &post{}}); err == nil || !strings.Contains(err.Error(), "no title") {
		t.Errorf("a method that fails gives %v", err)
	}
}

func TestErrorsKeepTheirStatusAndShowTheLine(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{},
		"page.html", "first\n<p>{{ find(3) }}</p>", "layout.html", "{% block main %}{% endblock %}",
		"child.html", "{% extends 'layout.html' %}\n{% block main %}\n<i>{{ missing.title }}</i>{% endblock %}")
	if err := app.Config.Set("DEBUG", true); err != nil {
		t.Fatal(err)
	}
	app.TemplateFunc("find", func(n int) (string, error) { return "", dewar.Abortf(404, "no post %d", n) })
	if w := get(app, "/page.html"); w.Code != 404 || !strings.Contains(w.Body.String(), "no post 3") {
		t.Errorf("an HTTPError of a function gives %d:\n%s", w.Code, w.Body)
	}
	w := get(app, "/child.html")
	for _, want := range []string{"&lt;i&gt;{{ missing.title }}&lt;/i&gt;", "child.html", "&#39;missing&#39; is undefined"} {
		if w.Code != 500 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("the debug page, %d, does not show %s:\n%s", w.Code, want, w.Body)
		}
	}
	_, err := app.RenderString(t.Context(), "child.html", nil)
	var e *jinja.Error
	if !errors.As(err, &e) || e.Template != "child.html" || e.Line != 3 {
		t.Errorf("the error is %#v", e)
	}
	if _, err := app.RenderString(t.Context(), "chld.html", nil); err == nil || err.Error() != `no template "chld.html" in templates; did you mean "child.html"?` {
		t.Errorf("a missing template gives %v", err)
	}
}

func TestSignalsAndContextProcessors(t *testing.T) {
	t.Parallel()
	r := &jinja.Renderer{}
	app := newApp(t, r, "page.html", "{{ site }}")
	var seen []string
	app.BeforeRender.Connect(func(e dewar.Rendering) { seen = append(seen, "before "+e.Name) })
	app.TemplateRendered.Connect(func(e dewar.Rendering) { seen = append(seen, "rendered "+e.Name) })
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"site": "<Site>"} })
	app.Get("/string", func(c *dewar.Context) error {
		text, err := r.RenderString(c, "{{ site }} {{ x }} {{ request.path }}{% include 'page.html' %}", dewar.Map{"x": 1})
		if err != nil {
			return err
		}
		return c.Text(text)
	})
	if got := get(app, "/page.html").Body.String() + " " + get(app, "/string").Body.String(); got != "&lt;Site&gt; &lt;Site&gt; 1 /string&lt;Site&gt;" {
		t.Errorf("got %q", got)
	}
	if want := []string{"before page.html", "rendered page.html", "before <template>", "rendered <template>"}; !slices.Equal(seen, want) {
		t.Errorf("signals are %q, want %q", seen, want)
	}
}

func TestWhoAsksForACSRFTokenIsToldThatNoneIsNeeded(t *testing.T) {
	t.Parallel()
	_, err := render(t, &jinja.Renderer{}, "<form>{{ csrf_token() }}", nil)
	if err == nil || !strings.HasPrefix(err.Error(), "template page.html:1: 'csrf_token' is undefined; leave it out, ") {
		t.Errorf("got %v", err)
	}
	wantText(t, &jinja.Renderer{Globals: map[string]any{"csrf_token": func() string { return "t" }}}, "{{ csrf_token() }}", nil, "t")
}

func TestErrorsOfAStringSayWhere(t *testing.T) {
	t.Parallel()
	r := &jinja.Renderer{}
	app := newApp(t, r)
	app.Get("/string", func(c *dewar.Context) error {
		_, err := r.RenderString(c, "\n{{ x.y }}", nil)
		return c.Text(err.Error())
	})
	if got := get(app, "/string").Body.String(); got != "template <template>:2: 'x' is undefined" {
		t.Errorf("got %q", got)
	}
}

func TestAnUndefinedNameIsToldTheNearest(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"{{ urlfor.x }}":       `'urlfor' is undefined; did you mean "url_for"?`,
		"{{ pagnation.page }}": `'pagnation' is undefined; did you mean "pagination"?`,
		"{{ release_id() }}":   "'release_id' is undefined",
	} {
		if _, err := render(t, &jinja.Renderer{}, source, dewar.Map{"pagination": 1}); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s gives %v, want %s", source, err, want)
		}
	}
	_, err := render(t, &jinja.Renderer{Undefined: jinja.UndefinedStrict}, "{{ pagnation }}", dewar.Map{"pagination": 1})
	if err == nil || !strings.HasSuffix(err.Error(), `did you mean "pagination"?`) {
		t.Errorf("strict gives %v", err)
	}
}

func TestBuildSaysHowToGiveWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source, want string
		renderer           *jinja.Renderer
	}{
		{"a filter", "{{ x|nl2br }}", `template a.html:1: No filter named 'nl2br'; give it to Filters of the Renderer, as in Filters: map[string]any{"nl2br": f}, or to app.TemplateFunc`, &jinja.Renderer{}},
		{"a test, near to none", "{% if x is mine %}{% endif %}", `template a.html:1: No test named 'mine'; give it to Tests of the Renderer, as in Tests: map[string]any{"mine": f}`, &jinja.Renderer{}},
		{"a filter of map", "{{ x|map('nl2br')|list }}", `No filter named 'nl2br'; give it to Filters`, &jinja.Renderer{}},
		{"a file that is no text", "a\nb\xff\xfe", "template a.html:2: the file is not UTF-8; save it as UTF-8", &jinja.Renderer{}},
		{"delimiters", "a", "jinja: Renderer.Delimiters: blocks, variables and comments must begin differently", &jinja.Renderer{Delimiters: jinja.Delimiters{BlockStart: "{{"}}},
	} {
		app := newApp(t, tt.renderer, "a.html", tt.source, "b.html", "b")
		if err := app.Build(); err == nil || strings.Count(err.Error(), tt.want) != 1 {
			t.Errorf("%s: Build gives\n%v\nwant once: %s", tt.name, err, tt.want)
		}
	}
}

func TestBuildKnowsTheAttributesOfRequest(t *testing.T) {
	t.Parallel()
	err := newApp(t, &jinja.Renderer{},
		"a.html", "\n{{ request.pth }}{{ request.environ.X }}{{ request.nope is defined }}",
		"b.html", "{{ request.args.anything }}{{ request.accept_languages.best }}",
	).Build()
	for _, want := range []string{
		`template a.html:2: request has no "pth"; did you mean "path"?`,
		`template a.html:2: request has no "environ"; give the template what it needs by app.ContextProcessor`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Build gives\n%v\nwant %s", err, want)
		}
	}
	if err != nil && (strings.Contains(err.Error(), "b.html") || strings.Contains(err.Error(), "nope")) {
		t.Errorf("Build finds what is right: %v", err)
	}
	own := newApp(t, &jinja.Renderer{Globals: map[string]any{"request": map[string]any{"nope": "own"}}}, "a.html", "{{ request.nope }}")
	if got := get(own, "/a.html").Body.String(); got != "own" {
		t.Errorf("a request of the application gives %q", got)
	}
}

func TestRequestSaysWhoAndWhen(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{}, "a.txt", "{{ request.authorization.username }} {{ request.authorization.type }} {{ request.authorization.password }} {{ request.date }}")
	r := httptest.NewRequest("GET", "/a.txt", nil)
	r.SetBasicAuth("ann", "secret")
	r.Header.Set("Date", "Fri, 27 Nov 2026 06:00:00 GMT")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	if got := w.Body.String(); !strings.HasPrefix(got, "ann basic  2026-11-27 06:00:00") {
		t.Errorf("got %q", got)
	}
	app = newApp(t, &jinja.Renderer{}, "a.txt", "{{ request.authorization }} {{ request.date }}")
	if got := get(app, "/a.txt").Body.String(); got != "None None" {
		t.Errorf("got %q without the headers", got)
	}
}

func TestIgnoredFilesDoNotStopTheStart(t *testing.T) {
	t.Parallel()
	files := []string{"a.html", "fine", "notes.md", "{% if %}", "old/b.html", "{{ x|uper }}"}
	app := newApp(t, &jinja.Renderer{Ignore: []string{"*.md", "old/*"}}, files...)
	if got := get(app, "/a.html").Body.String(); got != "fine" {
		t.Errorf("got %q", got)
	}
	if got := get(app, "/old/b.html").Code; got != 500 {
		t.Errorf("a broken file that is rendered gives %d", got)
	}
	for name, want := range map[string]string{"*.md": "old/b.html:1", "[": `Renderer.Ignore: "[": syntax error in pattern`} {
		if err := newApp(t, &jinja.Renderer{Ignore: []string{name}}, files...).Build(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: Build gives %v, want %s", name, err, want)
		}
	}
}

func TestWhatOnlyAsksForAnAttributeOfRequestIsNoErrorOfBuild(t *testing.T) {
	t.Parallel()
	const asks = `{{ request.nope and 1 }}|{{ request.nope or 2 }}|{% if request.nope %}a{% elif not request.nope %}b{% endif %}|{{ 3 if request.nope else 4 }}|` +
		`{{ request.nope == 5 }}|{{ 6 in request.nope }}|{{ request.nope is none }}|{{ request.nope is defined }}|{{ request.nope|d(7) }}|{% for x in [8] if request.nope %}{{ x }}{% endfor %}`
	var log bytes.Buffer
	app := newApp(t, &jinja.Renderer{}, "a.txt", asks)
	app.Logger = slog.New(slog.NewTextHandler(&log, nil))
	if got, want := get(app, "/a.txt").Body.String(), "|2|b|4|False|False|False|False|7|"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := strings.Count(log.String(), `undefined, and so false: template a.txt:1: request has no`); n != 9 {
		t.Errorf("the log has %d lines, want one for each place but for defined and default:\n%s", n, log.String())
	}
	for name, tt := range map[string]struct {
		source string
		mode   jinja.Undefined
	}{
		"what Flask has":     {"{% if request.files %}a{% endif %}", jinja.UndefinedDefault},
		"strict mode":        {"{% if request.nope %}a{% endif %}", jinja.UndefinedStrict},
		"a value is needed":  {"{% if request.nope > 1 %}a{% endif %}", jinja.UndefinedDefault},
		"a value that shows": {"{{ request.nope }}", jinja.UndefinedDefault},
	} {
		err := newApp(t, &jinja.Renderer{Undefined: tt.mode}, "a.html", tt.source).Build()
		if err == nil || !strings.Contains(err.Error(), "a.html:1: request has no") {
			t.Errorf("%s: Build gives %v", name, err)
		}
	}
}

func TestAMissingAttributeIsToldTheNearest(t *testing.T) {
	t.Parallel()
	type post struct {
		Title    string
		AuthorID int `json:"author"`
		hidden   int
	}
	data := dewar.Map{"post": post{hidden: 1}, "posts": []*post{{}}, "user": map[string]any{"name": "Ann", "_key": 1}, "ages": map[string]int{"Ann": 3}, "when": time.Time{}, "n": 3}
	for source, want := range map[string]string{
		"{{ user.nmae }}":           `'dict object' has no attribute 'nmae'; did you mean "name"?`,
		"{{ user['nmae'] }}":        `'dict object' has no attribute 'nmae'; did you mean "name"?`,
		"{{ user.itmes() }}":        `did you mean "items"?`,
		"{{ user._kye }}":           `has no attribute '_kye'`,
		"{{ ages.An }}":             `did you mean "Ann"?`,
		"{{ post.titel }}":          `did you mean "title"?`,
		"{{ posts[0].authr_id }}":   `did you mean "author_id"?`,
		"{{ post.hiden }}":          `has no attribute 'hiden'`,
		"{{ 'x'.uper() }}":          `'str object' has no attribute 'uper'; did you mean "upper"?`,
		"{{ [].apend(1) }}":         `did you mean "append"?`,
		"{{ when.strtfime('%Y') }}": `did you mean "strftime"?`,
		"{% for x in posts %}{{ loop.indx }}{% endfor %}":        `did you mean "index"?`,
		"{% set ns = namespace(count=0) %}{{ ns.cuont }}":        `did you mean "count"?`,
		"{% set total = 1 %}{{ totla }}":                         `'totla' is undefined; did you mean "total"?`,
		"{% macro m(label) %}{{ lable }}{% endmacro %}{{ m() }}": `'lable' is undefined; did you mean "label"?`,
		"{{ n.x }}": `'int object' has no attribute 'x'`,
	} {
		_, err := render(t, &jinja.Renderer{Undefined: jinja.UndefinedStrict}, source, data)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s gives %v, want %s", source, err, want)
		}
	}
	_, err := render(t, &jinja.Renderer{}, "{{ user.nmae.first }}", data)
	if err == nil || !strings.HasSuffix(err.Error(), `did you mean "name"?`) {
		t.Errorf("got %v for an attribute of a missing one", err)
	}
	r := &jinja.Renderer{Undefined: jinja.UndefinedStrict}
	app := newApp(t, r)
	app.Get("/string", func(c *dewar.Context) error {
		_, err := r.RenderString(c, "{{ request.args.pgae }} {{ titel }}", dewar.Map{"title": 1})
		return c.Text(err.Error())
	})
	if got, want := get(app, "/string?page=1").Body.String(), `did you mean "page"?`; !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want %s", got, want)
	}
}

func TestBuildFindsCallsOfMisspeltFunctions(t *testing.T) {
	t.Parallel()
	given := func(*dewar.Context) dewar.Map { return nil }
	lib := []string{"lib.html", "{% macro field(name) %}{{ url_fro('page', name=name) }}{% endmacro %}", "page.html", "{% from 'lib.html' import field %}{{ field('x') }}"}
	for _, tt := range []struct {
		name       string
		files      []string
		processors bool
		want       string // of Build
		warned     bool
	}{
		{"a function of Flask's", []string{"a.html", "\n{{ url_fro('page') }}"}, false, `template a.html:2: nothing gives "url_fro", which is called here; did you mean "url_for"?`, false},
		{"a function of the App's", []string{"a.html", "{{ mony(3) }}"}, false, `nothing gives "mony", which is called here; did you mean "money"?`, false},
		{"a macro", []string{"a.html", "{% macro input() %}{% endmacro %}{{ inptu() }}"}, false, `did you mean "input"?`, false},
		{"a macro of another file", []string{"a.html", "{% from 'b.html' import fields as inputs %}{{ inputss() }}", "b.html", "{% macro fields() %}{% endmacro %}"}, false, `did you mean "inputs"?`, false},
		{"what a context processor may give", []string{"a.html", "{{ url_fro('page') }}"}, true, "", true},
		{"in a file that nobody gives anything", lib, true, `template lib.html:1: nothing gives "url_fro"`, false},
		{"in a file that is included too", append([]string{"b.html", "{% include 'lib.html' %}"}, lib...), true, "", true},
		{"a name of the view's", []string{"a.html", "{{ render_it(3) }} {{ cycle() }} {{ urls() }}"}, false, "", false},
		{"a name of another template's", []string{"a.html", "{{ url_fro('x') }}", "b.html", "{% set url_fro = url_for %}{% include 'a.html' %}"}, false, "", false},
		{"what is asked for", []string{"a.html", "{% if url_fro %}{{ url_fro('page') }}{% endif %}{{ (mony|d(money))(3) }}"}, false, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			app := newApp(t, &jinja.Renderer{}, tt.files...)
			app.Logger = slog.New(slog.NewTextHandler(&log, nil))
			app.TemplateFunc("money", func(cents int) string { return fmt.Sprint(cents) })
			if tt.processors {
				app.ContextProcessor(given)
			}
			err := app.Build()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Build gives %v, want %s", err, tt.want)
			}
			if warned := strings.Contains(log.String(), "nothing gives"); warned != tt.warned {
				t.Errorf("the log has %s", log.String())
			}
		})
	}
}

func TestURLsTakeWhatPointersPointAt(t *testing.T) {
	t.Parallel()
	text, number, half := "a b", 7, 2.0
	data := dewar.Map{
		"text": &text, "number": &number, "half": &half, "none": (*string)(nil), "null": sql.NullInt64{}, "full": sql.NullString{String: "x", Valid: true},
		"some": []*string{&text, nil}, "time": (*time.Time)(nil), "numbers": []int{1, 2}, "halves": []float64{2},
	}
	for source, want := range map[string]string{
		"{{ url_for('page', name=text, n=number, half=half) }}":                   "/a%20b?n=7&half=2.0",
		"{{ url_for('page', name='x', a=none, b=null, c=full, time=time) }}":      "/x?c=x",
		"{{ url_for('page', name='x', some=some, n=numbers, h=halves) }}":         "/x?some=a+b&n=1&n=2&h=2.0",
		"{{ none }} {{ none is none }} {{ none or 'x' }} {{ none|d('y', true) }}": "None True x y",
		"{{ some }} {{ some|select|join }} {{ time.year }} {{ null }}":            "['a b', None] a b  None",
	} {
		app := newApp(t, &jinja.Renderer{}, "page.txt", source)
		if err := app.Config.Update(dewar.Map{"SERVER_NAME": "x.org"}); err != nil {
			t.Fatal(err)
		}
		got, err := app.RenderString(t.Context(), "page.txt", data)
		if got = strings.TrimPrefix(got, "http://x.org"); got != want || err != nil {
			t.Errorf("%s gives %s, %v, want %s", source, got, err, want)
		}
	}
}

func TestABrokenFileThatNoOtherNamesTellsOfIgnoreOnce(t *testing.T) {
	t.Parallel()
	err := newApp(t, &jinja.Renderer{}, "a.html", "{% include 'part.html' %}", "old.html", "{% comment %}", "older.html", "{% comment %}", "part.html", "{% comment %}").Build()
	const want = `template old.html:1: Encountered unknown tag 'comment'; if nobody renders this file, leave it out by Ignore: []string{"old.html"} of the Renderer`
	if got := fmt.Sprint(err); !strings.Contains(got, want) || strings.Count(got, "Ignore") != 1 {
		t.Errorf("got %s, want %s once", got, want)
	}
}

func TestOutsideARequest(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{}, "mail.html", "{{ url_for('page', name='a') }} {{ config.TITLE }} {{ g.x is defined }}",
		"request.html", "{{ request.path }}", "session.html", "{{ session.x }}", "flash.html", "{{ get_flashed_messages() }}")
	if err := app.Config.Update(dewar.Map{"SERVER_NAME": "example.com", "TITLE": "Blog"}); err != nil {
		t.Fatal(err)
	}
	if got, err := app.RenderString(t.Context(), "mail.html", nil); err != nil || got != "http://example.com/a Blog False" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, name := range []string{"request.html", "session.html", "flash.html"} {
		if _, err := app.RenderString(t.Context(), name, nil); err == nil || !strings.Contains(err.Error(), "there is no request") {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestSecretsOfTheConfigurationStayOut(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{}, "page.html", "{{ config }}{{ config.items()|list }}{{ config.SECRET_KEY }}{{ config.DB|tojson }}{{ config.DB }}")
	if err := app.Config.Update(dewar.Map{"DB_PASSWORD": "kanarie", "DB": dewar.Map{"password": "kanarie", "host": "h"}}); err != nil {
		t.Fatal(err)
	}
	if got := get(app, "/page.html").Body.String(); strings.Contains(got, "kanarie") || strings.Contains(got, "kK2b8Zx0") || !strings.Contains(got, "host") {
		t.Errorf("config shows as %q", got)
	}
}

func TestChangesShow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, "templates", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for _, reload := range []bool{true, false} {
		write("base.html", "one {% block x %}{% endblock %}")
		write("part.html", "part")
		write("macros.html", "{% macro m() %}m{% endmacro %}")
		write("page.html", "{% extends 'base.html' %}{% import 'macros.html' as macros %}{% block x %}{% include 'part.html' %} {{ macros.m() }}{% endblock %}")
		app := dewar.New("test", dewar.RootPath(dir))
		app.Config.Set("TEMPLATES_AUTO_RELOAD", reload)
		app.Renderer = &jinja.Renderer{}
		show := func(want string) {
			t.Helper()
			if got, err := app.RenderString(t.Context(), "page.html", nil); got != want || err != nil {
				t.Errorf("reload %t: got %q, %v, want %q", reload, got, err, want)
			}
		}
		show("one part m")
		write("base.html", "two, {% block x %}{% endblock %}")
		write("part.html", "another")
		write("macros.html", "{% macro m() %}mm{% endmacro %}")
		if !reload {
			show("one part m")
			continue
		}
		show("two, another mm")
		write("page.html", "{% extends 'new.html' %}{% block x %}{% include 'part.html' %}{% endblock %}")
		write("new.html", "new {% block x %}{% endblock %}")
		show("new another")
		write("page.html", "{% if %}")
		if _, err := app.RenderString(t.Context(), "page.html", nil); err == nil || !strings.Contains(err.Error(), "template page.html:1: ") {
			t.Errorf("a broken template gives %v", err)
		}
		write("page.html", "mended")
		show("mended")
	}
}

func TestARenderingIsBounded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source string
		renderer     *jinja.Renderer
	}{
		{"steps", "{% for x in range(100000) %}{% for y in range(100000) %}{% endfor %}{% endfor %}", &jinja.Renderer{MaxSteps: 10000}},
		{"depth", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", &jinja.Renderer{MaxDepth: 50}},
		{"output", "{% for x in range(1000) %}{{ 'x' * 100 }}{% endfor %}", &jinja.Renderer{MaxOutput: 5000}},
		{"a page that includes itself", "{% include 'pa' ~ 'ge.html' %}", &jinja.Renderer{}},
	} {
		if got, err := render(t, tt.renderer, tt.source, nil); err == nil || !strings.HasPrefix(err.Error(), "template page.html:1: ") {
			t.Errorf("%s: got %.60q, %v", tt.name, got, err)
		}
	}
	app := newApp(t, &jinja.Renderer{MaxSteps: 1 << 50}, "page.html", "{% for x in range(100000) %}{% for y in range(100000) %}{{ x }}{% endfor %}{% endfor %}")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := app.RenderString(ctx, "page.html", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a rendering whose request has ended gives %v", err)
	}
}

func TestARendererServesOneApp(t *testing.T) {
	t.Parallel()
	r := &jinja.Renderer{}
	if _, err := r.Differences(); err == nil || !strings.Contains(err.Error(), "before the App is built") {
		t.Errorf("Differences of a Renderer without templates gives %v", err)
	}
	first, second := newApp(t, r, "a.html", "first"), newApp(t, r, "a.html", "second")
	if err := first.Build(); err != nil {
		t.Fatal(err)
	}
	if err := second.Build(); err == nil || !strings.Contains(err.Error(), "make one for each") {
		t.Errorf("a second App gives %v", err)
	}
	if got := get(first, "/a.html").Body.String(); got != "first" {
		t.Errorf("the first App shows %q", got)
	}
}

func TestABrokenAppCanBeMended(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{}, "a.html", "{{ url_for('later') }}")
	if err := app.Build(); err == nil {
		t.Fatal("Build takes an endpoint that is nowhere")
	}
	app.Get("/later", func(c *dewar.Context) error { return c.Text("") }, dewar.Endpoint("later"))
	if got := get(app, "/a.html").Body.String(); got != "/later" {
		t.Errorf("got %q", got)
	}
}

func TestRenderingIsSafeForManyRequests(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{}, "base.html", "<p>{% block x %}{% endblock %}</p>",
		"p.html", "{% extends 'base.html' %}{% macro m(y) %}[{{ y }}]{% endmacro %}{% block x %}{{ x }}{{ m(x) }}{{ request.args.x }}{{ g.x is defined }}{% endblock %}")
	done := make(chan string)
	for i := range 8 {
		go func() {
			for range 50 {
				want := fmt.Sprintf("<p>%d[%d]%dFalse</p>", i, i, i)
				if got := get(app, fmt.Sprintf("/p.html?x=%d", i)).Body.String(); got != want {
					done <- fmt.Sprintf("got %q, want %q", got, want)
					return
				}
			}
			done <- ""
		}()
	}
	for range 8 {
		if problem := <-done; problem != "" {
			t.Error(problem)
		}
	}
}

func TestARendererIsNotPrinted(t *testing.T) {
	t.Parallel()
	r := &jinja.Renderer{Globals: map[string]any{"key": "kanarie"}}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "renderer", r)
	if got := fmt.Sprintf("%v %+v %#v", r, r, r) + log.String(); strings.Contains(got, "kanarie") {
		t.Errorf("it prints as %s", got)
	}
}

// counting counts how often the folder of templates is listed.
type counting struct {
	fs.FS
	lists atomic.Int64
}

func (f *counting) ReadDir(name string) ([]fs.DirEntry, error) {
	f.lists.Add(1)
	return fs.ReadDir(f.FS, name)
}

func TestAnIncludeThatMayBeMissingListsNoFolders(t *testing.T) {
	t.Parallel()
	files := &counting{FS: fstest.MapFS{"templates/page.html": {Data: []byte("a{% include 'none.html' ignore missing %}{% include ['nil.html', 'other.html'] %}")}, "templates/other.html": {Data: []byte("b")}}}
	app := dewar.New("test", dewar.FS(files))
	app.Renderer = &jinja.Renderer{}
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	before := files.lists.Load()
	for range 3 {
		if got, err := app.RenderString(t.Context(), "page.html", nil); got != "ab" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if after := files.lists.Load(); before == 0 || after != before {
		t.Errorf("folders were listed %d times at Build and %d times by pages", before, after-before)
	}
}

func TestBoundsBelowZeroAreRefused(t *testing.T) {
	t.Parallel()
	for name, renderer := range map[string]*jinja.Renderer{
		"MaxSteps": {MaxSteps: -1}, "MaxDepth": {MaxDepth: -1}, "MaxOutput": {MaxOutput: -1},
	} {
		_, err := render(t, renderer, "{{ 1 }}", nil)
		if err == nil || !strings.Contains(err.Error(), "jinja: "+name+" is -1; leave it out for the default") {
			t.Errorf("%s: got the error %v", name, err)
		}
	}
}

func TestTemplateGlobalsAreValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		template, want string
		status         int
	}{
		{`{{ visitor.name }} {{ visitor == visitor }}`, "ann True", 200},
		{`{% macro m(v) %}{{ v.name }}{% endmacro %}{{ m(visitor) }}`, "ann", 200},
		{`nobody asks`, "nobody asks", 200},
		{`{{ broken.name }}`, "", 500},
	} {
		t.Run(tt.template, func(t *testing.T) {
			t.Parallel()
			app := newApp(t, &jinja.Renderer{}, "p.html", tt.template)
			app.TemplateFunc("visitor", dewar.TemplateGlobal(func(*dewar.Context) (any, error) { return struct{ Name string }{"ann"}, nil }))
			app.TemplateFunc("broken", dewar.TemplateGlobal(func(*dewar.Context) (any, error) { return nil, errors.New("away") }))
			if got := get(app, "/p.html"); got.Code != tt.status || tt.status == 200 && got.Body.String() != tt.want {
				t.Errorf("got %d %q, want %d %q", got.Code, got.Body.String(), tt.status, tt.want)
			}
		})
	}
}
