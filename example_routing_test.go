package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/dewar-go/dewar"
)

// demoAt is demo for a host.
func demoAt(app http.Handler, host, path string) {
	r, rec := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
	r.Host = host
	app.ServeHTTP(rec, r)
	fmt.Println(rec.Code, rec.Body)
}

// An albumView has a method for each HTTP method that it answers.
type albumView struct{ titles map[int]string }

func (v *albumView) Get(c *dewar.Context) error {
	title, ok := v.titles[c.Params().Int("id")]
	if !ok {
		return dewar.Abort(404)
	}
	return c.Text(title)
}

func (v *albumView) Delete(c *dewar.Context) error { return c.NoContent() }

func ExampleApp_View() {
	app := dewar.New("views")
	app.View("/albums/{id:int}", &albumView{titles: map[int]string{7: "Seven"}}, dewar.Endpoint("album"))
	demo(app, "/albums/7")
	demo(app, "/albums/8")
	// Output:
	// 200 Seven
	// 404 404 Not Found
	// There is nothing at this address. If you typed it, please check the spelling.
}

// One view at two places; URLs are built to the rule that takes most of the values.
func ExampleAlsoAt() {
	app := dewar.New("places")
	app.Get("/posts", func(c *dewar.Context) error {
		next, err := c.URLFor("posts", "page", c.Params().Int("page")+1)
		if err != nil {
			return err
		}
		return c.Text("next: " + next)
	}, dewar.Endpoint("posts"), dewar.AlsoAt("/posts/page/{page:int}"))
	demo(app, "/posts")
	demo(app, "/posts/page/6")
	// Output:
	// 200 next: /posts/page/1
	// 200 next: /posts/page/7
}

type lockedError struct{ what string }

func (e lockedError) Error() string { return e.what + " is locked" }

// A blueprint answers its errors wherever they are raised.
func ExampleHandleAppError() {
	locks := dewar.NewBlueprint("locks")
	dewar.HandleAppError(locks, func(c *dewar.Context, err lockedError) error {
		return c.Status(423).Text(err.Error())
	})
	app := dewar.New("locked")
	app.RegisterBlueprint(locks)
	app.Get("/", func(c *dewar.Context) error { return fmt.Errorf("open: %w", lockedError{"the door"}) })
	demo(app, "/")
	// Output: 423 the door is locked
}

// A handler that expects its prefix in the path keeps it.
func ExampleKeepPath() {
	path := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) })
	app := dewar.New("mounts")
	app.Mount("/files", path)
	app.Mount("/debug/pprof", path, dewar.KeepPath())
	demo(app, "/files/a.txt")
	demo(app, "/debug/pprof/heap")
	// Output:
	// 200 /a.txt
	// 200 /debug/pprof/heap
}

func ExampleRoutingOption() {
	nothing := func(c *dewar.Context) error { return c.Text(c.Params().String("user")) }
	app := dewar.New("options", dewar.StrictSlashes(false)) // for every route
	site := dewar.NewBlueprint("site", dewar.Host("{user}.example.com"))
	site.Get("/about", nothing)
	site.Get("/exact", nothing, dewar.StrictSlashes(true)) // but this one
	app.RegisterBlueprint(site)
	demoAt(app, "ann.example.com", "/about/")
	demoAt(app, "ann.example.com", "/exact/")
	// Output:
	// 200 ann
	// 404 404 Not Found
	// There is nothing at this address. If you typed it, please check the spelling.
}

func ExampleRedirectRule() {
	app := dewar.New("moved")
	app.Route("/posts/{id:int}", nil, dewar.RedirectRule("/blog/{id}"))
	demo(app, "/posts/7?page=2")
	// Output: 308 /blog/7?page=2
}

func ExampleRoutes() {
	show := func(c *dewar.Context) error { return c.Text("post") }
	app := dewar.New("routes")
	app.Get("/blog/{id:int}", show, dewar.Endpoint("show"))
	app.Route("/blog/", show, dewar.Methods("GET", "POST"), dewar.Endpoint("index"))
	fmt.Print(app.Routes())
	// Output:
	// Endpoint  Methods    Rule
	// index     GET, POST  /blog/
	// show      GET        /blog/{id:int}
	// static    GET        /static/{filename:path}
}

func ExampleSetupState() {
	bp := dewar.NewBlueprint("api", dewar.URLPrefix("/api"))
	bp.Record(func(s dewar.SetupState) {
		fmt.Println(s.Name, "at", s.URLPrefix, s.First)
	})
	app := dewar.New("recorded")
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(bp, dewar.Name("v2"), dewar.URLPrefix("/v2"))
	// Output:
	// api at /api true
	// v2 at /v2 false
}

func ExampleURLBuildErrorHandler() {
	app := dewar.New("links")
	app.URLBuildErrorHandler(func(err error, endpoint string, values dewar.Map) (string, error) {
		if endpoint == "docs" {
			return fmt.Sprint("https://docs.example.com/", values["page"]), nil
		}
		return "", nil
	})
	fmt.Println(app.URLFor("docs", "page", "intro"))
	// Output: https://docs.example.com/intro <nil>
}

func ExampleReady() {
	ping := func(context.Context) error { return errors.New("the database does not answer") }
	app := dewar.New("probes")
	app.Logger = slog.New(slog.DiscardHandler)
	app.Get("/healthz", dewar.Alive)
	app.Get("/readyz", dewar.Ready(ping))
	demo(app, "/healthz")
	demo(app, "/readyz")
	// Output:
	// 200 ok
	// 503 not ready
}
