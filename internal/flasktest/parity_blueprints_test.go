package flasktest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestRecordRunsAtEachRegistration(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var states []string
	bp := dewar.NewBlueprint("api", dewar.URLPrefix("/api"))
	bp.Record(func(s dewar.SetupState) {
		states = append(states, fmt.Sprint(s.Name, " ", s.URLPrefix, " ", s.First, " ", s.App == app, " ", s.Blueprint == bp))
		if s.First {
			s.App.Converter("capitals", upperConverter{})
			dewar.HandleError(s.App, func(c *dewar.Context, err busyError) error { return c.Status(503).Text("busy, says the blueprint") })
		}
	})
	bp.Get("/{code:capitals}", shows, dewar.Endpoint("code"))
	outer := dewar.NewBlueprint("outer", dewar.URLPrefix("/outer"))
	outer.RegisterBlueprint(bp, dewar.Name("inner"))
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(outer)
	app.Get("/busy", func(*dewar.Context) error { return busyError{} })
	wants(t, app, [][2]string{
		{"GET /api/ABC", "200 api.code code=abc"},
		{"GET /outer/api/ABC", "200 outer.inner.code code=abc"},
		{"GET /api/abc", "404"},
		{"GET /busy", "503 busy, says the blueprint"},
	})
	if want := []string{"api /api true true true", "outer.inner /outer/api false true true"}; !slices.Equal(states, want) {
		t.Errorf("states %q, want %q", states, want)
	}
	if text := panicText(func() { bp.Record(nil) }); !strings.Contains(text, "Record comes too late") {
		t.Errorf("panic %q", text)
	}
}

func TestAppWideHooksOfABlueprintRunOnce(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	tr := &trace{}
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
	bp.BeforeAppRequest(tr.hook("before"))
	bp.AfterAppRequest(tr.hook("after"))
	bp.TeardownAppRequest(func(*dewar.Context, error) { tr.add("teardown") })
	bp.AppURLValuePreprocessor(func(*dewar.Context, dewar.Map) error { tr.add("values"); return nil })
	bp.BeforeRequest(tr.hook("bp"))
	bp.Get("/", index)
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(bp, dewar.Name("twice"), dewar.URLPrefix("/twice"))
	app.Get("/", other)
	for path, want := range map[string][]string{
		"/":      {"values", "before", "after", "teardown"},
		"/twice": {"values", "before", "after", "teardown"}, // a redirect
		"/bp/":   {"values", "before", "bp", "after", "teardown"},
	} {
		send(app, "GET", path)
		if got := tr.take(); !slices.Equal(got, want) {
			t.Errorf("%s: ran %q, want %q", path, got, want)
		}
	}
}

func TestPrefixesAreJoinedWithOneSlash(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ prefix, rule, path string }{
		{"/x", "", "/x"}, {"/x", "/", "/x/"}, {"/x/", "//bar", "/x/bar"}, {"/x", "y", "/x/y"}, {"/x", "/bar", "/x/bar"},
		{"/", "/", "/"}, {"/", "/bar", "/bar"}, {"/x/", "", "/x/"}, {"/x//", "/", "/x/"},
	} {
		app := newApp(t)
		bp := dewar.NewBlueprint("b", dewar.URLPrefix(tt.prefix))
		bp.Get(tt.rule, shows, dewar.Endpoint("e"))
		app.RegisterBlueprint(bp)
		if got := app.Routes()[1].Rule; got != tt.path {
			t.Errorf("%q and %q: got %q, want %q", tt.prefix, tt.rule, got, tt.path)
		}
	}
	app, bp := newApp(t), dewar.NewBlueprint("b")
	bp.Get("y", index)
	if text := panicText(func() { app.RegisterBlueprint(bp) }); !strings.Contains(text, `write "/y"`) {
		t.Errorf("without a prefix: panic %q", text)
	}
}

func TestRegisteringOptionsReplaceThePrefix(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	parent, child := dewar.NewBlueprint("parent"), dewar.NewBlueprint("child", dewar.URLPrefix("/child"))
	child.Get("/page", shows, dewar.Endpoint("page"))
	parent.RegisterBlueprint(child, dewar.URLPrefix("/other"))
	parent.RegisterBlueprint(child, dewar.Name("plain"))
	app.RegisterBlueprint(parent, dewar.URLPrefix("/parent"))
	wants(t, app, [][2]string{
		{"GET /parent/other/page", "200 parent.child.page"},
		{"GET /parent/child/page", "200 parent.plain.page"},
		{"GET /child/page", "404"},
	})
}

func TestURLProcessorsOfABlueprint(t *testing.T) {
	t.Parallel()
	lang := dewar.NewKey[string]("lang")
	bp := dewar.NewBlueprint("frontend", dewar.URLPrefix("/{lang}"))
	bp.URLDefaults(func(_ *dewar.Context, endpoint string, values dewar.Map) {
		if _, ok := values["lang"]; !ok {
			values["lang"] = "fr"
		}
	})
	bp.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error {
		code, _ := values["lang"].(string)
		lang.Set(c, code)
		delete(values, "lang")
		return nil
	})
	bp.Get("/", func(c *dewar.Context) error {
		u, err := c.URLFor(".about", "lang", lang.Get(c))
		if err != nil {
			return err
		}
		return c.Text(u)
	}, dewar.Endpoint("index"))
	bp.Get("/about", func(c *dewar.Context) error {
		u, err := c.URLFor(".index")
		if err != nil {
			return err
		}
		return c.Text(u)
	}, dewar.Endpoint("about"))
	app := newApp(t)
	app.RegisterBlueprint(bp)
	wants(t, app, [][2]string{{"GET /de/", "200 /de/about"}, {"GET /de/about", "200 /fr/"}})
}

func TestContextProcessorsOfBlueprints(t *testing.T) {
	t.Parallel()
	app := dewar.New("t", dewar.RootPath(t.TempDir()), dewar.FS(templates("page.txt", "{{.app}} {{.wide}} {{.own}}")))
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
	bp.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"own": "own"} })
	bp.AppContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"wide": "wide"} })
	app.ContextProcessor(func(*dewar.Context) dewar.Map { return dewar.Map{"app": "app", "own": "none"} })
	page := func(c *dewar.Context) error { return c.Render("page.txt", nil) }
	bp.Get("/", page)
	app.RegisterBlueprint(bp)
	app.Get("/", page)
	wants(t, app, [][2]string{{"GET /", "200 app wide none"}, {"GET /bp/", "200 app wide own"}})
}
