package jinja_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
)

// A pageJob is a request that Flask and dewar answer with a template.
type pageJob struct {
	Name     string            `json:"-"`
	Template string            `json:"template"`
	Source   string            `json:"-"`
	Target   string            `json:"target"`
	Method   string            `json:"method,omitempty"`
	Base     string            `json:"base,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Form     map[string]string `json:"form,omitempty"`
	Session  map[string]any    `json:"session,omitempty"`
	G        map[string]any    `json:"g,omitempty"`
	Flashes  [][3]any          `json:"flashes,omitempty"`
	Data     map[string]any    `json:"data,omitempty"`
}

const flaskLayout = `<!doctype html>
<title>{% block title %}{% endblock %} - {{ config.TITLE }}</title>
<nav>
  <h1><a href="{{ url_for('index') }}">{{ site }}</a></h1>
  <ul>
    {% if g.user %}
      <li><span>{{ g.user['username'] }}</span>
      <li><a href="{{ url_for('user', name=g.user.username[:3], id=1) }}">Profile</a>
    {% else %}
      <li><a href="{{ url_for('index', next=request.endpoint) }}">Log In</a>
    {% endif %}
  </ul>
</nav>
<section class="content">
  <header>{% block header %}{% endblock %}</header>
  {% for message in get_flashed_messages() %}
    <div class="flash">{{ message }}</div>
  {% endfor %}
  {% block content %}{% endblock %}
</section>
`

const flaskPage = `{% extends 'layout.html' %}
{% block header %}<h1>{% block title %}Edit "{{ post['title'] }}"{% endblock %}</h1>{% endblock %}
{% block content %}
  <form method="post">
    <input name="title" id="title" value="{{ request.form['title'] or post['title'] }}" required>
    <textarea name="body">{{ request.form.body or post.body }}</textarea>
  </form>
  {% for tag in post.tags %}{{ tag }}{% if not loop.last %}, {% endif %}{% endfor %}
  {{ post.body|truncate(9) }} {{ 1990|money }} {{ shout('hey') }} {{ 4 is even_number }}
{% endblock %}
`

// flaskJobs are what templates of Flask projects ask of Flask.
var flaskJobs = []pageJob{
	{Name: "a page of the tutorial", Source: flaskPage, Target: "/", G: map[string]any{"user": map[string]any{"username": "Ann & Bob"}},
		Flashes: [][3]any{{"message", "saved <b>", false}, {"message", "<i>safe</i>", true}},
		Data:    map[string]any{"post": map[string]any{"title": "A <b>", "body": "many words in a body", "tags": []any{"x", "<y>"}}}},
	{Name: "the form of the request", Source: flaskPage, Target: "/blog/7", Method: "POST", Form: map[string]string{"title": `"t" & u`},
		Data: map[string]any{"post": map[string]any{"title": "old", "body": "", "tags": []any{}}}},
	{Name: "url_for", Target: "/blog/7?a=1", Source: `
{{ url_for('index') }} {{ url_for('index', _external=True) }} {{ url_for('index', _anchor='a b') }} {{ url_for('index', _scheme='https', _external=true) }}
{{ url_for('file', name='a/b c.txt') }} {{ url_for('user', name='ä b', id=3, q='x y&z', page=2) }} {{ url_for('.show', id=8) }} {{ url_for(endpoint='blog.show', id='9') }}
{{ url_for('index', a=none, b=true, c=[1, 2], d='', e=1.5, f=2.0) }} {{ url_for('blog.show', id=1, _method='POST') }} {{ url_for('index', **{'x': 'é'}) }}
{{ url_for('index', _external=False) }} {{ url_for('index', _anchor=none, _scheme=none) }} {{ url_for('weight', kg=2.0) }} {{ url_for('index', _external=1 == 1) }} {{ url_for('index', _external='yes') }}{{ url_for('index', _external='') }}
{{ url_for('index', a=[1, none, 'x'], b=[none], c=[], d=(true, 2.5)) }}`},
	{Name: "order of the query", Target: "/blog/7?z=1&a=2&z=3&m%20n=4&b=", Source: `
{{ request.args }} {{ request.values }} {{ request.args|list }} {{ url_for('index', **dict(request.args, page=2)) }} {{ request.args.to_dict() }}`},
	{Name: "attributes of the request", Target: "/users/J%C3%B6rg/7?a=1&b=%C3%A9&a=2", Headers: map[string]string{"User-Agent": "Browser/1 <x>", "Referer": "http://example.com/back",
		"X-Own": "own", "Cookie": "theme=dark; n=1", "Accept": "text/html"}, Source: `
{{ request.method }} {{ request.path }} {{ request.full_path }} {{ request.url }} {{ request.base_url }} {{ request.url_root }} {{ request.root_url }} {{ request.host_url }}
{{ request.host }} {{ request.scheme }} {{ request.is_secure }} {{ request.is_json }} [{{ request.script_root }}] [{{ request.root_path }}] {{ request.query_string }}
{{ request.endpoint }} {{ request.blueprint }} {{ request.blueprints }} {{ request.view_args }} {{ request.view_args.id + 1 }} {{ request.view_args['name'] }}
{{ request.remote_addr }} {{ request.user_agent }} {{ request.user_agent.string }} {{ request.user_agent.browser }} {{ request.referrer }} {{ request.url_rule.endpoint }}
{{ request.content_type }} [{{ request.mimetype }}] {{ request.content_length }} {{ request.nothing is defined }}`},
	{Name: "request.args and its kin", Target: "/?a=1&b=%C3%A9&a=2", Headers: map[string]string{"Cookie": "theme=dark; n=1", "X-Own": "own"}, Source: `
{{ request.args.a }} {{ request.args['b'] }} {{ request.args.get('a') }} {{ request.args.get('z') }} {{ request.args.get('z', 'dflt') }} {{ request.args.getlist('a') }}
{{ 'a' in request.args }} {{ 'z' in request.args }} {{ request.args|length }} {% for key in request.args %}{{ key }},{% endfor %} {% for k, v in request.args.items() %}{{ k }}={{ v }};{% endfor %}
{{ request.args.z is defined }} {{ request.args.keys()|list }} {{ request.args.values()|list }} {% if request.form %}form{% else %}none{% endif %} {{ request.values.a }}
{{ request.cookies.theme }} {{ request.cookies.get('n') }} {{ request.cookies.get('m', '-') }} {{ 'theme' in request.cookies }}
{{ request.headers['x-own'] }} {{ request.headers.get('X-OWN') }} {{ request.headers.get('None') }} {{ 'X-Own' in request.headers }} {{ request.headers.Host }}`},
	{Name: "all values of a key", Target: "/?a=1&b=%C3%A9&a=2", Source: `
{% for k, v in request.args.items(multi=true) %}{{ k }}={{ v }};{% endfor %} {{ request.args.items(true)|list }} {{ request.args.items(multi=false)|list }}
{{ request.args.lists()|list }} {{ request.args.listvalues()|list }} {{ request.args.to_dict(flat=False) }} {{ request.args.to_dict(true) }} {{ request.args.getlist('z') }} {{ request.args.getlist(key='a') }}
{{ request.args.get('z', default='-') }} {{ request.args.get(key='a') }} {{ request.args.copy() }} {{ request.args.copy().getlist('a') }}
{{ request.values.items(multi=true)|list }} {{ request.values.lists()|list }} {{ request.values.to_dict(flat=false) }} {{ request.values.getlist('a') }} {{ request.values.listvalues()|list }}`},
	{Name: "all values of a form", Target: "/blog/7?a=1&c=3", Method: "POST", Form: map[string]string{"a": "2", "b": "é"}, Source: `
{{ request.form.lists()|sort }} {{ request.form.items(multi=true)|sort }} {{ request.form.listvalues()|sort }} {{ request.values.items(multi=true)|sort }} {{ request.values.lists()|sort }}
{{ request.values.getlist('a') }} {{ request.values.items()|sort }} {{ request.form.to_dict(flat=false)|dictsort }} {{ request.cookies.to_dict() }} {{ request.cookies.lists()|list }}`},
	{Name: "no rule's values", Target: "/", Source: `{{ request.view_args }} {{ request.blueprint }} {{ request.blueprints }} {{ request.endpoint }} {{ request.referrer }}`},
	{Name: "https and another host", Target: "/", Base: "https://shop.example:8443", Source: `{{ request.url }} {{ request.is_secure }} {{ request.host }} {{ url_for('index', _external=True) }}`},
	{Name: "session and g", Target: "/", Session: map[string]any{"user_id": 7, "cart": map[string]any{"a": 1}, "names": []any{"x", "y"}}, G: map[string]any{"theme": "dark", "items": []any{1, 2}}, Source: `
{{ session.user_id + 1 }} {{ session['cart']['a'] }} {{ session.cart.a }} {{ session.get('nobody') }} {{ session.get('nobody', 3) }} {{ 'user_id' in session }} {{ session.missing is defined }}
{% for n in session.names %}{{ n }}{% endfor %} {% if session %}some{% endif %} {{ session.permanent }} {{ session.user_id is number }}
{{ g.theme }} {{ g.get('theme') }} {{ g.get('x', 1) }} {{ 'theme' in g }} {{ g.missing is defined }} [{{ g.missing }}] {{ g.items }}`},
	{Name: "what a session and g can do", Target: "/", Session: map[string]any{"user_id": 7}, G: map[string]any{"theme": "dark", "n": 1}, Source: `
{{ session.new }} {{ session.permanent }} {{ session.modified }} {{ session.get('user_id') }} {{ session.keys()|list }} {{ session.items()|list }} {{ session.values()|list }}
{{ g.get('theme') }} {{ g.get('x', default=1) }} {{ g.pop('theme') }} {{ 'theme' in g }} {{ g.pop('theme', 'gone') }} {{ g.pop('theme', none) }} {{ g.setdefault('x', 2) }} {{ g.setdefault('x', 3) }} {{ g.x }}
{{ g.setdefault('y') }} {{ g.y is none }} {{ g.n }} {% for name in g|sort %}{{ name }},{% endfor %}`},
	{Name: "an empty session", Target: "/", Source: `{% if session %}some{% else %}none{% endif %} {{ session|length }} {% if session.user %}in{% else %}out{% endif %} {{ session.new }} {{ session.permanent }} {{ session.modified }}`},
	{Name: "config", Target: "/", Source: `{{ config.TITLE }} {{ config['TITLE'] }} {{ config.get('NONE', 'dflt') }} {{ 'TITLE' in config }} {{ config.PAGES[1] }} {{ config.DEBUG }} {{ config.NONE is defined }}`},
	{Name: "flashes with categories", Target: "/", Flashes: [][3]any{{"message", "one", false}, {"error", "two <b>", false}, {"info", "<i>3</i>", true}}, Source: `
{% with messages = get_flashed_messages(with_categories=true) %}{% for category, message in messages %}<li class="{{ category }}">{{ message }}{% endfor %}{% endwith %}
{{ get_flashed_messages(category_filter=['error']) }} {{ get_flashed_messages(true, ['info', 'error']) }} {{ get_flashed_messages(category_filter=('none',)) }}`},
	{Name: "no flashes", Target: "/", Source: `{% with messages = get_flashed_messages() %}{% if messages %}some{% else %}none{% endif %}{% endwith %}`},
	{Name: "context processors and given values", Target: "/", Data: map[string]any{"title": "given"}, Source: `{{ site }} {{ title }}`},
	{Name: "macros that are imported see the globals", Target: "/", G: map[string]any{"user": "Ann"}, Source: `{% from 'macros.html' import who %}{{ who() }} {% include 'part.html' %}`},
	{Name: "functions as globals, filters and tests", Target: "/", Source: `{{ shout('a') }} {{ 1234|money }} {{ [100, 250]|map('money')|join(' ') }} {{ 3 is even_number }} {{ [1, 2, 4]|select('even_number')|list }}`},
}

// flaskTemplates are the templates of all jobs.
func flaskTemplates() map[string]string {
	templates := map[string]string{
		"layout.html": flaskLayout,
		"macros.html": `{% macro who() %}{{ g.user }} at {{ url_for('index') }} {{ request.path }} {{ config.TITLE }} [{{ site }}]{% endmacro %}`,
		"part.html":   `{{ site }} {{ request.method }}`,
	}
	for i := range flaskJobs {
		flaskJobs[i].Template = fmt.Sprintf("page%d.html", i)
		templates[flaskJobs[i].Template] = flaskJobs[i].Source
	}
	return templates
}

// flaskApp is the application of testdata/flask_pages.py.
func flaskApp(t testing.TB, templates map[string]string, renderer *jinja.Renderer, job *pageJob) *dewar.App {
	t.Helper()
	files := fstest.MapFS{}
	for name, source := range templates {
		files["templates/"+name] = &fstest.MapFile{Data: []byte(source)}
	}
	app := dewar.New("pages", dewar.RootPath(t.TempDir()), dewar.FS(files), dewar.StaticFolder(""))
	if err := app.Config.Update(dewar.Map{"SECRET_KEY": "kK2b8Zx0Qd7WmT4yLr9VhS3nPfG6cJ1u", "TITLE": "Salt & pepper", "PAGES": []any{1, 2}}); err != nil {
		t.Fatal(err)
	}
	app.Renderer = renderer
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"site": "Site", "title": "overridden"} })
	app.TemplateFunc("shout", func(text string) string { return strings.ToUpper(text) + "!" })
	app.TemplateFunc("money", func(cents int) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) })
	app.TemplateFunc("even_number", func(n int) bool { return n%2 == 0 })
	page := func(c *dewar.Context) error {
		for key, item := range job.Session {
			c.Session().Set(key, item)
		}
		for key, item := range job.G {
			c.Set(key, item)
		}
		for _, f := range job.Flashes {
			var message any = f[1]
			if f[2] == true {
				message = template.HTML(f[1].(string))
			}
			c.Flash(message, f[0].(string))
		}
		return c.Render(job.Template, job.Data)
	}
	blog := dewar.NewBlueprint("blog", dewar.URLPrefix("/blog"))
	blog.Route("/{id:int}", page, dewar.Endpoint("show"), dewar.Methods("GET", "POST"))
	app.Route("/", page, dewar.Endpoint("index"), dewar.Methods("GET", "POST"))
	app.Get("/files/{name:path}", page, dewar.Endpoint("file"))
	app.Get("/users/{name}/{id:int}", page, dewar.Endpoint("user"))
	app.Get("/weights/{kg:float}", page, dewar.Endpoint("weight"))
	app.RegisterBlueprint(blog)
	return app
}

func (j pageJob) ask(app *dewar.App) *httptest.ResponseRecorder {
	base, method := j.Base, j.Method
	if base == "" {
		base = "http://example.com"
	}
	if method == "" {
		method = "GET"
	}
	form := url.Values{}
	for key, text := range j.Form {
		form.Set(key, text)
	}
	r := httptest.NewRequest(method, base+j.Target, strings.NewReader(form.Encode()))
	if j.Form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for key, text := range j.Headers {
		r.Header.Set(key, text)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

// TestPagesAreThoseOfFlask renders the same templates with Flask and here, with and without parity: nothing in them stands where
// HTML escaping would not do.
func TestPagesAreThoseOfFlask(t *testing.T) {
	t.Parallel()
	templates := flaskTemplates()
	want := flask(t, templates)
	for _, parity := range []bool{true, false} {
		var job pageJob
		app := flaskApp(t, templates, &jinja.Renderer{Parity: parity}, &job)
		if err := app.Build(); err != nil {
			t.Fatal(err)
		}
		for i, j := range flaskJobs {
			job = j
			if w := j.ask(app); w.Code != want[i].Status || w.Body.String() != want[i].Text {
				t.Errorf("%s (parity %t):\n%d %s\nFlask:\n%d %s", j.Name, parity, w.Code, w.Body, want[i].Status, want[i].Text)
			}
		}
	}
}

// A flaskAnswer is what Flask answers.
type flaskAnswer struct {
	Status int    `json:"status"`
	Text   string `json:"text"`
}

// flask has Flask answer all jobs.
func flask(t *testing.T, templates map[string]string) []flaskAnswer {
	t.Helper()
	python := needFlask(t)
	input, err := json.Marshal(map[string]any{"templates": templates, "jobs": flaskJobs})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-W", "ignore", filepath.Join("testdata", "flask_pages.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", python, err)
	}
	var answers []flaskAnswer
	if err := json.Unmarshal(output, &answers); err != nil || len(answers) != len(flaskJobs) {
		t.Fatalf("%d answers to %d jobs: %v", len(answers), len(flaskJobs), err)
	}
	for i, a := range answers {
		if a.Status != http.StatusOK {
			t.Fatalf("%s: Flask answers %d:\n%s", flaskJobs[i].Name, a.Status, a.Text)
		}
	}
	return answers
}

// needFlask returns a Python that has Flask. Where there is none the test is skipped, which make test says too, and fails in CI.
func needFlask(t *testing.T) string {
	t.Helper()
	python := flaskPython()
	if python == "" {
		const missing = "NOTHING WAS COMPARED WITH FLASK: apt-get install python3-flask, or name a Python that has it in DEWAR_PYTHON"
		if os.Getenv("CI") == "true" || os.Getenv("DEWAR_STORES") == "required" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	return python
}

// flaskPython returns a Python that has Flask, or "".
func flaskPython() string {
	candidates := []string{"/usr/bin/python3", "python3"}
	if own := os.Getenv("DEWAR_PYTHON"); own != "" {
		candidates = []string{own}
	}
	for _, name := range candidates {
		if exec.Command(name, "-c", "import flask").Run() == nil {
			return name
		}
	}
	return ""
}
