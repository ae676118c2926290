package flasktest_test

import (
	"context"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// The tests of Flask's test_templating.py that no other test stands for.

// templateApp has templates, given as names and texts in turn.
func templateApp(t *testing.T, files ...string) *dewar.App {
	t.Helper()
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys["templates/"+files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	app := dewar.New("test", dewar.FS(fsys), dewar.RootPath(t.TempDir()))
	configure(app, "SECRET_KEY", testKey)
	return app
}

// renders adds a view of / that renders name, and returns what a client gets.
func renders(t *testing.T, app *dewar.App, name string, data dewar.Map) string {
	t.Helper()
	app.Get("/", func(c *dewar.Context) error { return c.Render(name, data) }, dewar.Endpoint("index"))
	return dewartest.New(t, app).Get("/?foo=42").Want(200).Text()
}

func TestProcessorsAndTheViewGiveValues(t *testing.T) {
	t.Parallel()
	app := templateApp(t, "p.html", "<p>{{.value}}|{{.injected_value}}")
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"injected_value": 42, "value": 1} })
	if got := renders(t, app, "p.html", dewar.Map{"value": 23}); got != "<p>23|42" {
		t.Errorf("got %q, want the value of the view and the one of the processor", got)
	}
}

func TestValuesOfTheViewStandBesideGlobals(t *testing.T) {
	t.Parallel()
	app := templateApp(t, "p.txt", "{{.config}} {{config.DEBUG}}")
	if got := renders(t, app, "p.txt", dewar.Map{"config": 42}); got != "42 false" {
		t.Errorf("got %q, want the value of the view under its name and the global beside it", got)
	}
}

func TestPageIsStreamed(t *testing.T) {
	t.Parallel()
	app := templateApp(t, "part.html", "[{{.n}}{{request.Query.String \"foo\"}}]")
	app.Get("/", func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error {
			for n := range 3 {
				part, err := c.RenderString("part.html", dewar.Map{"n": n})
				if err != nil {
					return err
				}
				if _, err := io.WriteString(w, part); err != nil {
					return err
				}
				c.Response.Flush()
			}
			return nil
		})
	}, dewar.Endpoint("index"))
	res := dewartest.New(t, app).Get("/?foo=x").Want(200)
	if res.Text() != "[0x][1x][2x]" || !res.Flushed || len(res.Rendered) != 3 {
		t.Errorf("got %q, flushed %t, %d rendered", res.Text(), res.Flushed, len(res.Rendered))
	}
}

func TestRenderingWithoutARequest(t *testing.T) {
	t.Parallel()
	app := templateApp(t, "p.txt", "Hello {{config.WORLD_NAME}} {{.foo}}")
	configure(app, "WORLD_NAME", "Special World")
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"foo": 42} })
	got, err := app.RenderString(context.Background(), "p.txt", nil)
	if err != nil || got != "Hello Special World 42" {
		t.Errorf("got %q %v", got, err)
	}
}

func TestTemplatesSeeRequestGConfigAndSession(t *testing.T) {
	t.Parallel()
	app := templateApp(t, "p.txt", `{{request.Query.String "foo"}} {{g.foo}} {{config.DEBUG}} {{session.test}}`)
	app.BeforeRequest(func(c *dewar.Context) error {
		c.Set("foo", 23)
		c.Session().Set("test", "aha")
		return nil
	})
	if got := renders(t, app, "p.txt", nil); got != "42 23 false aha" {
		t.Errorf("got %q, want 42 23 false aha", got)
	}
}

func TestEscapingFollowsTheNameOfTheTemplate(t *testing.T) {
	t.Parallel()
	const page = "{{.text}} {{.html}} {{.text | safe}}"
	data := dewar.Map{"text": "<p>", "html": template.HTML("<p>")}
	for _, tt := range []struct{ name, want string }{
		{"p.html", "&lt;p&gt; <p> <p>"}, {"p.xml", "&lt;p&gt; <p> <p>"}, {"p.svg", "&lt;p&gt; <p> <p>"},
		{"p.txt", "<p> <p> <p>"}, {"p.HTML", "&lt;p&gt; <p> <p>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := renders(t, templateApp(t, tt.name, page), tt.name, data); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func reversed(s string) string {
	letters := []rune(s)
	slices.Reverse(letters)
	return string(letters)
}

func TestFunctionsAreFilters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		setUp func(app *dewar.App)
	}{
		{"of the app", func(app *dewar.App) { app.TemplateFunc("super_reverse", reversed) }},
		{"of a blueprint", func(app *dewar.App) {
			bp := dewar.NewBlueprint("bp")
			bp.TemplateFunc("super_reverse", reversed)
			app.RegisterBlueprint(bp)
		}},
		{"added after a route", func(app *dewar.App) {
			app.Get("/before", index, dewar.Endpoint("before"))
			app.TemplateFunc("super_reverse", reversed)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := templateApp(t, "p.txt", `{{.value | super_reverse}} {{super_reverse .value}} {{"xy" | super_reverse}}`)
			tt.setUp(app)
			if got := renders(t, app, "p.txt", dewar.Map{"value": "abcd"}); got != "dcba dcba yx" {
				t.Errorf("got %q, want the value turned round", got)
			}
		})
	}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		if err := templateApp(t, "p.txt", `{{.value | super_reverse}}`).Build(); err == nil || !strings.Contains(err.Error(), "super_reverse") {
			t.Errorf("a filter that is not there: got %v, want an error of Build that names it", err)
		}
	})
}

func TestGlobalsOfTemplatesAreFunctions(t *testing.T) {
	t.Parallel()
	app := templateApp(t, "p.txt", "{{get_stuff}} {{answer_of 1}}")
	app.TemplateFunc("get_stuff", func() int { return 42 })
	app.TemplateFunc("answer_of", func(n int) int { return n + 1 })
	if got := renders(t, app, "p.txt", nil); got != "42 2" {
		t.Errorf("got %q, want 42 2", got)
	}
}

// customRenderer is a loader and a language of its own.
type customRenderer map[string]string

func (r customRenderer) Render(_ *dewar.Context, w io.Writer, name string, data dewar.Map) error {
	text, ok := r[name]
	if !ok {
		return fs.ErrNotExist
	}
	_, err := io.WriteString(w, strings.ReplaceAll(text, "$who", data["who"].(string)))
	return err
}

func TestTemplatesComeFromAnywhere(t *testing.T) {
	t.Parallel()
	if got := renders(t, templateApp(t, "index.html", "Hello Custom World!"), "index.html", nil); got != "Hello Custom World!" {
		t.Errorf("an fs.FS: got %q", got)
	}
	app := newApp(t)
	app.Renderer = customRenderer{"index.html": "Hello $who!"}
	if got := renders(t, app, "index.html", dewar.Map{"who": "Custom World"}); got != "Hello Custom World!" {
		t.Errorf("a Renderer: got %q", got)
	}
}

func TestFirstTemplateThatIsThere(t *testing.T) {
	t.Parallel()
	app := templateApp(t, "simple.html", "<h1>{{.whiskey}}</h1>", "other.html", "other", "broken.html", "{{.whiskey.Name}}")
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"whiskey": "Jameson"} })
	app.Get("/{names:path}", func(c *dewar.Context) error {
		var err error
		for _, name := range strings.Split(c.Params().String("names"), "/") {
			if err = c.Render(name, nil); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return err
	}, dewar.Endpoint("first"))
	client := dewartest.New(t, app)
	client.Get("/no_template.xml/simple.html/other.html").Want(200, "<h1>Jameson</h1>")
	if res := client.Get("/no_template.xml/neither.html").Want(500); !strings.Contains(res.Err.Error(), `no template "neither.html"`) {
		t.Errorf("none is there: got %v", res.Err)
	}
	if res := client.Get("/broken.html/simple.html").Want(500); errors.Is(res.Err, fs.ErrNotExist) {
		t.Errorf("a template that fails counts as missing: %v", res.Err)
	}
}
