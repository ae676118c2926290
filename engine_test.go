package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// dollar is an engine whose templates write ${name}, and ${url_for:endpoint}.
type dollar struct{ templates *dewar.Templates }

var holes = regexp.MustCompile(`\$\{([^}]*)\}`)

func (d *dollar) LoadTemplates(t *dewar.Templates) error {
	d.templates = t
	names, err := t.Names()
	problems := []error{err}
	for _, name := range names {
		text, err := t.Read(name)
		problems = append(problems, err)
		for i, line := range strings.Split(text, "\n") {
			for _, hole := range holes.FindAllStringSubmatch(line, -1) {
				if endpoint, ok := strings.CutPrefix(hole[1], "url_for:"); ok {
					if err := t.CheckURLFor(endpoint); err != nil {
						problems = append(problems, fmt.Errorf("template %s:%d: %w", name, i+1, err))
					}
				}
			}
		}
	}
	return errors.Join(problems...)
}

func (d *dollar) Render(c *dewar.Context, w io.Writer, name string, data dewar.Map) error {
	text, err := d.templates.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return d.templates.Missing(name)
	}
	if err != nil {
		return err
	}
	for i, line := range strings.SplitAfter(text, "\n") {
		line = holes.ReplaceAllStringFunc(line, func(hole string) string {
			value, bad := d.value(c, hole[2:len(hole)-1], data)
			if bad != nil {
				err = fmt.Errorf("template %s:%d: %w", name, i+1, bad)
			}
			return fmt.Sprint(value)
		})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}

func (d *dollar) value(c *dewar.Context, name string, data dewar.Map) (any, error) {
	globals := d.templates.Globals(c)
	endpoint, isURL := strings.CutPrefix(name, "url_for:")
	switch {
	case isURL:
		return globals.URLFor(endpoint, "_anchor", "top")
	case name == "session":
		return globals.Session()
	case name == "g":
		return globals.G(), nil
	case name == "config.SECRET_KEY":
		return globals.Config()["SECRET_KEY"], nil
	case name == "config.TITLE":
		return globals.Config()["TITLE"], nil
	case name == "request.path":
		r, err := globals.Request()
		if err != nil {
			return nil, err
		}
		return r.Path(), nil
	case name == "flashes":
		return globals.FlashedMessages()
	}
	value, ok := data[name]
	if !ok {
		return nil, fmt.Errorf("no value %q", name)
	}
	return value, nil
}

func dollarApp(t testing.TB, nameAndText ...string) *dewar.App {
	app, _ := pageApp(t, nameAndText...)
	app.Renderer = &dollar{}
	return app
}

func TestATemplateEngineGetsTheAppsTemplates(t *testing.T) {
	t.Parallel()
	app := dollarApp(t, "templates/p.html", "app", "templates/.p.swp", "x", "templates/q.txt", "q")
	bp := dewar.NewBlueprint("blog", dewar.FS(fstest.MapFS{
		"templates/p.html": {Data: []byte("blog")}, "templates/blog/r.html": {Data: []byte("${title}")},
	}))
	bp.TemplateFunc("money", func(_ *dewar.Context, cents int) int { return cents })
	app.TemplateFunc("twice", func(n int) int { return 2 * n })
	app.RegisterBlueprint(bp)
	engine := app.Renderer.(*dollar)
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	names, err := engine.templates.Names()
	if want := []string{"blog/r.html", "p.html", "q.txt"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("names are %q, %v, want %q", names, err, want)
	}
	if text, err := engine.templates.Read("p.html"); text != "app" || err != nil {
		t.Errorf("p.html is %q, %v, want the App's before the blueprint's", text, err)
	}
	if _, err := engine.templates.Read("none.html"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing template gives %v, want fs.ErrNotExist", err)
	}
	if err := engine.templates.Missing("q.tx"); !errors.Is(err, fs.ErrNotExist) || err.Error() != `no template "q.tx" in templates; did you mean "q.txt"?` {
		t.Errorf("got %v, want the nearest name", err)
	}
	if f := engine.templates.Funcs(); len(f) != 2 || f["money"] == nil || f["twice"] == nil {
		t.Errorf("functions are %v, want money and twice", f)
	}
	if engine.templates.App() != app || engine.templates.Reload() || !engine.templates.Escaped("p.html.j2") || engine.templates.Escaped("q.txt") {
		t.Error("want the App, no reload, and HTML escaped by its name")
	}
	if w := get(app, "/blog/r.html?title=Posts"); w.Body.String() != "Posts" {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
	if w := get(app, "/none.html"); w.Code != 500 {
		t.Errorf("a missing template gives %d", w.Code)
	}
}

func TestBuildAsksATemplateEngine(t *testing.T) {
	t.Parallel()
	app := dollarApp(t, "templates/a.html", "\n${url_for:pag} ${url_for:page}", "templates/b.html", "${url_for:static}")
	err := app.Build()
	for _, want := range []string{
		`template a.html:2: no endpoint "pag"; did you mean "page"?`,
		`template a.html:2: URL for "page": no value for name; write "name" and the value`,
		`template b.html:1: URL for "static": no value for filename; write "filename" and the value`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Build gives\n%v, want %s", err, want)
		}
	}
}

func TestCheckURLForTakesWhatTemplatesCompute(t *testing.T) {
	t.Parallel()
	app := dollarApp(t)
	engine := app.Renderer.(*dollar)
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		pairs []any
		ok    bool
	}{
		{"value given", []any{"name", nil}, true},
		{"another name", []any{"nam", nil}, false},
		{"any name", []any{nil, nil}, true},
		{"none", nil, false},
	} {
		if err := engine.templates.CheckURLFor("page", tt.pairs...); (err == nil) != tt.ok {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}

func TestTemplateGlobals(t *testing.T) {
	t.Parallel()
	app := dollarApp(t, "templates/p.html", "${request.path} ${session} ${g} ${url_for:home} ${config.TITLE} ${config.SECRET_KEY} ${flashes}",
		"templates/out.txt", "${config.TITLE} ${request.path}")
	app.Config.Set("TITLE", "Blog")
	app.Config.Set("SERVER_NAME", "example.com")
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("user", 7)
		c.Set("locale", "de")
		c.Flash("saved")
		return c.Render("p.html", nil)
	}, dewar.Endpoint("home"))
	r := httptest.NewRequest("GET", "http://example.com/", nil)
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	if got, want := w.Body.String(), "/ map[_flashes:[[message saved]] user:7] map[locale:de] /#top Blog <nil> [saved]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err := app.RenderString(context.Background(), "out.txt", nil)
	if err == nil || !strings.HasPrefix(err.Error(), "template out.txt:1: dewar: there is no request") {
		t.Errorf("outside a request: %v", err)
	}
}

func TestATemplateTakesValuesOffG(t *testing.T) {
	t.Parallel()
	app := dollarApp(t)
	theme := dewar.NewKey[string]("theme")
	app.Get("/", func(c *dewar.Context) error {
		globals := app.Renderer.(*dollar).templates.Globals(c)
		theme.Set(c, "dark")
		c.Set("theme", "light")
		value, ok := globals.PopG("theme")
		_, again := globals.PopG("theme")
		_, typed := theme.Lookup(c)
		return c.Text(fmt.Sprint([]any{value, ok, again, typed, c.Value("theme"), globals.G()}))
	}, dewar.Endpoint("home"))
	if got, want := get(app, "/").Body.String(), "[light true false false <nil> map[]]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestATemplateEngineIsToldOfContextProcessors(t *testing.T) {
	t.Parallel()
	given := func(*dewar.Context) dewar.Map { return nil }
	blueprint := func(own bool) *dewar.Blueprint {
		bp := dewar.NewBlueprint("blog")
		if own {
			bp.ContextProcessor(given)
		}
		bp.Get("/blog", func(c *dewar.Context) error { return c.Text("") }, dewar.Endpoint("show"))
		return bp
	}
	for _, tt := range []struct {
		name string
		add  func(app *dewar.App)
		want bool
	}{
		{"none", func(app *dewar.App) { app.RegisterBlueprint(blueprint(false)) }, false},
		{"of the App", func(app *dewar.App) { app.ContextProcessor(given) }, true},
		{"of a blueprint", func(app *dewar.App) { app.RegisterBlueprint(blueprint(true)) }, true},
		{"a receiver", func(app *dewar.App) { app.BeforeRender.Connect(func(dewar.Rendering) {}) }, true},
	} {
		app := dollarApp(t)
		tt.add(app)
		if err := app.Build(); err != nil {
			t.Fatal(err)
		}
		if got := app.Renderer.(*dollar).templates.HasContextProcessors(); got != tt.want {
			t.Errorf("%s: got %t", tt.name, got)
		}
	}
}

func TestATemplateEngineSeesChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "templates"), 0o755), os.WriteFile(filepath.Join(dir, "templates", name), []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write("a.html", "one")
	app := dewar.New("test", dewar.RootPath(dir))
	app.Config.Set("TEMPLATES_AUTO_RELOAD", true)
	engine := &dollar{}
	app.Renderer = engine
	if _, err := app.RenderString(context.Background(), "a.html", nil); err != nil {
		t.Fatal(err)
	}
	if !engine.templates.Reload() {
		t.Error("TEMPLATES_AUTO_RELOAD is on and Reload says no")
	}
	one, none := engine.templates.Version("a.html"), engine.templates.Version("b.html")
	write("a.html", "other")
	write("b.html", "new")
	if engine.templates.Version("a.html") == one || engine.templates.Version("b.html") == none {
		t.Error("a changed and a new file keep their versions")
	}
	if engine.templates.Version("c.html") != none {
		t.Error("two files that are missing have different versions")
	}
}

func TestTheDebugPageShowsTheLineOfATemplateEngine(t *testing.T) {
	t.Parallel()
	app := dollarApp(t, "templates/p.html", "first\n<p>${missing}</p>")
	app.Config.Set("DEBUG", true)
	w := fromHere(app, "GET", "/p.html", "text/html")
	if body := w.Body.String(); w.Code != 500 || !strings.Contains(body, "&lt;p&gt;${missing}&lt;/p&gt;") || !strings.Contains(body, "p.html") {
		t.Errorf("got %d without the template's line:\n%s", w.Code, body)
	}
}

func TestTemplatesRenderIsAsContextRender(t *testing.T) {
	t.Parallel()
	app := dollarApp(t)
	engine := app.Renderer.(*dollar)
	var seen []string
	app.BeforeRender.Connect(func(e dewar.Rendering) { seen = append(seen, "before "+e.Name) })
	app.TemplateRendered.Connect(func(e dewar.Rendering) { seen = append(seen, "rendered "+e.Name) })
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"site": "Blog", "a": 1} })
	app.Get("/text", func(c *dewar.Context) error {
		return engine.templates.Render(c, "<text>", dewar.Map{"a": 2}, func(data dewar.Map) error {
			return c.Text(fmt.Sprint(data))
		})
	})
	if w := get(app, "/text"); w.Body.String() != "map[a:2 site:Blog]" || !slices.Equal(seen, []string{"before <text>", "rendered <text>"}) {
		t.Errorf("got %q, %q", w.Body, seen)
	}
}

// capitals is an engine whose templates are texts that it writes in capitals.
type capitals struct{ templates *dewar.Templates }

func (s *capitals) LoadTemplates(t *dewar.Templates) error {
	s.templates = t
	return nil
}

func (s *capitals) Render(c *dewar.Context, w io.Writer, name string, data dewar.Map) error {
	text, err := s.templates.Read(name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s, %v! %v", strings.ToUpper(text), data["name"], s.templates.Globals(c).Config()["SITE"])
	return err
}

func ExampleTemplateEngine() {
	app := dewar.New("shop", dewar.FS(fstest.MapFS{"templates/hello.txt": {Data: []byte("hello")}}))
	app.Config.Set("SITE", "Shop")
	app.Renderer = &capitals{}
	text, err := app.RenderString(context.Background(), "hello.txt", dewar.Map{"name": "Ann"})
	fmt.Println(text, err)
	// Output: HELLO, Ann! Shop <nil>
}
