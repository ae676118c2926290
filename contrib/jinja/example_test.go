package jinja_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
)

func ExampleRenderer() {
	files := fstest.MapFS{ // a program has an embed.FS here
		"templates/base.html": {Data: []byte(`<title>{% block title %}{% endblock %} - Blog</title>
<a href="{{ url_for('index') }}">Blog</a>
{% for category, message in get_flashed_messages(with_categories=true) %}<p class="{{ category }}">{{ message }}</p>{% endfor %}
{% block content %}{% endblock %}`)},
		"templates/index.html": {Data: []byte(`{% extends "base.html" %}
{% block title %}Posts{% endblock %}
{% block content %}{% for post in posts %}<h1>{{ post.title|upper }}</h1>{% else %}<p>No posts.</p>{% endfor %}{% endblock %}`)},
	}
	app := dewar.New("blog", dewar.FS(files))
	app.Config.Set("SECRET_KEY", "XqU3c0M6Zr8sVn1bTy5LwK9eHd2PgJ4f")
	app.Renderer = &jinja.Renderer{}
	type post struct{ Title string }
	app.Get("/", func(c *dewar.Context) error {
		c.Flash("Saved", "info")
		return c.Render("index.html", dewar.Map{"posts": []post{{"Salt & pepper"}}})
	}, dewar.Endpoint("index"))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Body)
	// Output:
	// <title>Posts - Blog</title>
	// <a href="/">Blog</a>
	// <p class="info">Saved</p>
	// <h1>SALT &amp; PEPPER</h1>
}

// A filter, a test and a global of the application, as template_filter, template_test and template_global are in Flask.
func ExampleRenderer_functions() {
	app := dewar.New("shop", dewar.FS(fstest.MapFS{
		"templates/price.txt": {Data: []byte(`{{ 1990|money }} {{ 7|money(currency="$") }} {{ 3 is odd_number }} {{ greeting("Ann") }}`)},
	}))
	app.Renderer = &jinja.Renderer{
		Filters: map[string]any{"money": func(cents int, options map[string]any) string {
			currency, ok := options["currency"]
			if !ok {
				currency = "€"
			}
			return fmt.Sprintf("%d.%02d %v", cents/100, cents%100, currency)
		}},
		Tests: map[string]any{"odd_number": func(n int) bool { return n%2 == 1 }},
	}
	app.TemplateFunc("greeting", func(name string) string { return "Hello, " + name })
	fmt.Println(app.RenderString(context.Background(), "price.txt", nil))
	// Output: 19.90 € 0.07 $ True Hello, Ann <nil>
}

// What Build says of templates that cannot work.
func ExampleRenderer_build() {
	app := dewar.New("blog", dewar.FS(fstest.MapFS{
		"templates/base.html":  {Data: []byte("{% block content %}{% endblock %}")},
		"templates/index.html": {Data: []byte("{% extends 'bas.html' %}")},
		"templates/about.html": {Data: []byte("<a href=\"{{ url_for('indx') }}\">")},
		"templates/post.html":  {Data: []byte("<h1>\n{{ title|uper }}")},
	}))
	app.Renderer = &jinja.Renderer{}
	app.Get("/", func(c *dewar.Context) error { return c.Render("index.html", nil) }, dewar.Endpoint("index"))
	fmt.Println(app.Build())
	// Output:
	// dewar: app "blog" cannot be built:
	// template index.html:1: no template "bas.html"; did you mean "base.html"?
	// template post.html:2: No filter named 'uper'; did you mean "upper"?
	// template about.html:1: url_for: no endpoint "indx"; did you mean "index"?
}

func ExampleRenderer_Differences() {
	app := dewar.New("blog", dewar.FS(fstest.MapFS{
		"templates/user.html": {Data: []byte("<h1>{{ user.name }}</h1>\n<a href=\"{{ user.website }}\">Website</a>")},
	}))
	renderer := &jinja.Renderer{}
	app.Renderer = renderer
	if err := app.Build(); err != nil {
		fmt.Println(err)
	}
	list, err := renderer.Differences()
	for _, d := range list {
		fmt.Println(d)
	}
	fmt.Println(err)

	page, err := app.RenderString(context.Background(), "user.html", dewar.Map{"user": map[string]string{"name": "Ann", "website": "javascript:alert(1)"}})
	fmt.Println(page, err)
	// Output:
	// user.html:2:10: user.website, in a URL in a quoted attribute: blocks javascript: URLs
	// <nil>
	// <h1>Ann</h1>
	// <a href="#blocked">Website</a> <nil>
}

func ExampleRenderer_RenderString() {
	app := dewar.New("blog")
	renderer := &jinja.Renderer{}
	app.Renderer = renderer
	app.Get("/", func(c *dewar.Context) error {
		text, err := renderer.RenderString(c, "Hello, {{ name }}! This is {{ request.path }}.", dewar.Map{"name": "<Ann>"})
		if err != nil {
			return err
		}
		return c.HTML(text)
	})
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Body)
	// Output: Hello, &lt;Ann&gt;! This is /.
}

// page renders a template with a Renderer.
func page(renderer *jinja.Renderer, source string, data dewar.Map) (string, error) {
	app := dewar.New("example", dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte(source)}}))
	app.Renderer = renderer
	return app.RenderString(context.Background(), "page.html", data)
}

func ExampleUndefined() {
	fmt.Println(page(&jinja.Renderer{}, "[{{ user }}]", nil))
	fmt.Println(page(&jinja.Renderer{Undefined: jinja.UndefinedChainable}, "[{{ user.address.city }}]", nil))
	fmt.Println(page(&jinja.Renderer{Undefined: jinja.UndefinedStrict}, "[{{ user }}]", nil))
	// Output:
	// [] <nil>
	// [] <nil>
	//  template page.html:1: 'user' is undefined
}

func ExampleDelimiters() {
	renderer := &jinja.Renderer{Delimiters: jinja.Delimiters{VariableStart: "[[", VariableEnd: "]]"}}
	fmt.Println(page(renderer, "[[ name ]] and {{ what a script of the page fills in }}", dewar.Map{"name": "Ann"}))
	// Output: Ann and {{ what a script of the page fills in }} <nil>
}

func ExamplePolicies() {
	renderer := &jinja.Renderer{Policies: jinja.Policies{URLizeTarget: "_blank"}}
	fmt.Println(page(renderer, "{{ text|urlize }}", dewar.Map{"text": "see https://example.com"}))
	// Output: see <a href="https://example.com" rel="noopener" target="_blank">https://example.com</a> <nil>
}

func ExampleError() {
	_, err := page(&jinja.Renderer{}, "<h1>Post</h1>\n{{ post.title }}", nil)
	var e *jinja.Error
	if errors.As(err, &e) {
		fmt.Println(e.Template, e.Line, e.Message)
	}
	// Output: page.html 2 'post' is undefined
}

func ExampleDifference() {
	d := jinja.Difference{Template: "user.html", Line: 2, Column: 10, Value: "user.website", Place: "a URL in a quoted attribute", Change: "blocks javascript: URLs"}
	fmt.Println(d)
	// Output: user.html:2:10: user.website, in a URL in a quoted attribute: blocks javascript: URLs
}

// german is the German of a very small application.
type german map[string]string

func (g german) Gettext(_ *dewar.Context, message string) string {
	if text, ok := g[message]; ok {
		return text
	}
	return message
}

func (g german) NGettext(c *dewar.Context, singular, plural string, n int) string {
	if n == 1 {
		return g.Gettext(c, singular)
	}
	return g.Gettext(c, plural)
}

func (g german) PGettext(c *dewar.Context, context, message string) string {
	if text, ok := g[context+"|"+message]; ok {
		return text
	}
	return g.Gettext(c, message)
}

func (g german) NPGettext(c *dewar.Context, _, singular, plural string, n int) string {
	return g.NGettext(c, singular, plural, n)
}

func ExampleTranslations() {
	renderer := &jinja.Renderer{Translations: german{
		"Home": "Start", "Hello, %(name)s!": "Hallo, %(name)s!", "%(n)s post": "%(n)s Beitrag", "%(n)s posts": "%(n)s Beiträge", "month|May": "Mai",
	}}
	source := strings.Join([]string{
		`{{ _("Home") }}`, `{% trans name="<Ann>" %}Hello, {{ name }}!{% endtrans %}`,
		`{% trans n=2 %}{{ n }} post{% pluralize %}{{ n }} posts{% endtrans %}`, `{{ pgettext("month", "May") }}`,
	}, " ")
	fmt.Println(page(renderer, source, nil))
	// Output: Start Hallo, &lt;Ann&gt;! 2 Beiträge Mai <nil>
}
