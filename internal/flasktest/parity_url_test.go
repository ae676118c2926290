package flasktest_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

func TestURLBuildErrorHandlers(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for _, tt := range []struct {
		name     string
		handlers []dewar.URLBuildErrorHandler
		want     string
		err      string
	}{
		{"one that builds", []dewar.URLBuildErrorHandler{
			func(err error, endpoint string, values dewar.Map) (string, error) { return "/ext/" + endpoint, nil },
		}, "/ext/elsewhere", ""},
		{"the first that builds counts", []dewar.URLBuildErrorHandler{
			func(error, string, dewar.Map) (string, error) { return "", nil },
			func(error, string, dewar.Map) (string, error) { return "/second", nil },
			func(error, string, dewar.Map) (string, error) { return "/third", nil },
		}, "/second", ""},
		{"none that builds leaves the error", []dewar.URLBuildErrorHandler{
			func(error, string, dewar.Map) (string, error) { return "", nil },
		}, "", `no endpoint "elsewhere"`},
		{"an error takes the place of the first and is passed on", []dewar.URLBuildErrorHandler{
			func(error, string, dewar.Map) (string, error) { return "", boom },
			func(err error, _ string, _ dewar.Map) (string, error) {
				if err != boom {
					t.Errorf("the second handler got %v", err)
				}
				return "", nil
			},
		}, "", "boom"},
		{"special values are among the values", []dewar.URLBuildErrorHandler{
			func(_ error, _ string, values dewar.Map) (string, error) {
				if values["_anchor"] != "a" || values["_method"] != "PUT" || values["_scheme"] != "https" || values["_external"] != true || values["id"] != 7 {
					t.Errorf("got %v", values)
				}
				return "/x", nil
			},
		}, "/x", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.URLBuildErrorHandler(tt.handlers...)
			app.Get("/", index)
			got, err := app.URLFor("elsewhere", "id", 7, dewar.Anchor("a"), dewar.ForMethod("put"), dewar.Scheme("https"))
			if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %q, %v; want %q, %q", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestURLForChoosesAmongRules(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	url := func(pairs ...any) dewar.Handler {
		return func(c *dewar.Context) error {
			u, err := c.URLFor("e", pairs...)
			if err != nil {
				return err
			}
			return c.Text(u)
		}
	}
	app.Route("/now", url(), dewar.Methods("GET", "POST"))
	app.Route("/put", url(dewar.ForMethod("PUT")))
	app.Route("/more", url("a", 1))
	app.Route("/anchor", url(dewar.Anchor("")))
	app.Route("/noscheme", url(dewar.Scheme("")))
	app.Route("/twice", url("q", 1, "q", 2))
	nothing := func(c *dewar.Context) error { return c.NoContent() }
	app.Get("/get", nothing, dewar.Endpoint("e"))
	app.Post("/post", nothing, dewar.Endpoint("e"))
	app.Put("/puts", nothing, dewar.Endpoint("e"))
	app.Get("/get/{a}", nothing, dewar.Endpoint("e"))
	wants(t, app, [][2]string{
		{"GET /now", "200 /get"},
		{"POST /now", "200 /post"},
		{"GET /put", "200 /puts"},
		{"GET /more", "200 /get/1"},
		{"GET /anchor", "200 /get#"},
		{"GET /noscheme", "200 //localhost/get"},
		{"GET /twice", "200 /get?q=2"},
	})
}

func TestTemplatesAreCheckedForEndpoints(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, page, want string }{
		{"a good one", `{{url_for "blog.show" "id" .ID "page" 2}} {{url_for "index"}} {{url_for ".show" "id" 1}}`, ""},
		{"an unknown endpoint", "a\n{{url_for \"blog.shwo\" \"id\" 1}}", `page.html:2: url_for: no endpoint "blog.shwo"; did you mean "blog.show"?`},
		{"a missing value", `{{url_for "blog.show"}}`, `no value for id`},
		{"an unknown relative endpoint", `{{url_for ".nothing"}}`, `no blueprint has an endpoint "nothing"`},
		{"in a branch", `{{if .X}}{{else}}{{with .Y}}{{url_for "nope"}}{{end}}{{end}}`, `no endpoint "nope"`},
		{"in a pipe and in parentheses", `{{if eq (url_for "nope1") "x"}}{{end}}{{.ID | url_for "nope2" "id"}}`, `nope2`},
		{"in a block", `{{block "b" .}}{{range .L}}{{url_for "nope"}}{{end}}{{end}}`, `no endpoint "nope"`},
		{"a computed endpoint", `{{url_for .E}}`, ""},
		{"computed names", `{{url_for "blog.show" .N 1}}`, ""},
		{"a piped value", `{{.ID | url_for "blog.show" "id"}}`, ""},
		{"a default fills it in", `{{url_for "page"}}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("t", dewar.RootPath(t.TempDir()), dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte(tt.page)}}))
			bp := dewar.NewBlueprint("blog")
			bp.Get("/{id:int}", index, dewar.Endpoint("show"))
			app.RegisterBlueprint(bp)
			app.Get("/", index)
			app.Get("/p/{n}", index, dewar.Endpoint("page"), dewar.Defaults(dewar.Map{"n": 1}))
			err := app.Build()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Build says %v, want %q", err, tt.want)
			}
		})
	}
}

func TestURLDefaultsOfAppThenBlueprints(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var order []string
	note := func(who string) dewar.URLDefaultsFunc {
		return func(_ *dewar.Context, endpoint string, values dewar.Map) {
			order = append(order, who+" "+endpoint)
			values["page"] = who
		}
	}
	parent, child := dewar.NewBlueprint("parent"), dewar.NewBlueprint("child")
	parent.URLDefaults(note("parent"))
	child.URLDefaults(note("child"))
	child.AppURLDefaults(note("child's for the app"))
	child.Get("/{page}", index, dewar.Endpoint("page"))
	parent.RegisterBlueprint(child)
	app.URLDefaults(note("app"))
	app.RegisterBlueprint(parent)
	app.RegisterBlueprint(parent, dewar.Name("again"), dewar.URLPrefix("/again"))
	app.Get("/url", func(c *dewar.Context) error {
		u, err := c.URLFor("parent.child.page")
		if err != nil {
			return err
		}
		return c.Text(u + " " + strings.Join(order, ", "))
	})
	want := "200 /child app parent.child.page, child's for the app parent.child.page, parent parent.child.page, child parent.child.page"
	wants(t, app, [][2]string{{"GET /url", want}})
}
