package flasktest_test

import (
	"reflect"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// The tests of Flask's test_testing.py that no other test stands for.

// urlApp answers with the URL that was asked for.
func urlApp(t *testing.T, config dewar.Map) *dewar.App {
	t.Helper()
	app := newApp(t)
	must(t, app.Config.FromMapping(config))
	app.Get("/", func(c *dewar.Context) error { return c.Text(c.URL()) }, dewar.Endpoint("url"))
	return app
}

func TestClientAsksForTheURLOfTheConfiguration(t *testing.T) {
	t.Parallel()
	mounted := dewar.Map{"SERVER_NAME": "example.com:1234", "APPLICATION_ROOT": "/foo"}
	for _, tt := range []struct {
		name   string
		config dewar.Map
		opts   []dewartest.Option
		path   string
		want   string
	}{
		{"the default", nil, nil, "/", "http://localhost/"},
		{"the configuration", mounted, nil, "/", "http://example.com:1234/foo/"},
		{"a scheme", nil, []dewartest.Option{dewartest.BaseURL("https://localhost")}, "/", "https://localhost/"},
		{"a scheme of the configuration", dewar.Map{"PREFERRED_URL_SCHEME": "https"}, nil, "/", "https://localhost/"},
		{"a whole URL", nil, nil, "https://example.com/", "https://example.com/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := dewartest.New(t, urlApp(t, tt.config), tt.opts...).Get(tt.path).Want(200).Text(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestClientSaysWhereItComesFrom(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.Text(c.ClientIP().String() + " " + c.Request.UserAgent()) }, dewar.Endpoint("index"))
	dewartest.New(t, app).Get("/").Want(200, "127.0.0.1 dewartest")
	modified := dewartest.New(t, app, dewartest.RemoteAddr("192.168.0.22"), dewartest.Header("User-Agent", "Foo"))
	for range 2 {
		if got := modified.Get("/").Want(200).Text(); got != "192.168.0.22 Foo" {
			t.Errorf("got %q, want what the client was made with", got)
		}
	}
}

func TestClientAsksForASubdomainOfABlueprint(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.FromMapping(dewar.Map{"SERVER_NAME": "example.com:1234", "APPLICATION_ROOT": "/foo"}))
	bp := dewar.NewBlueprint("company", dewar.Subdomain("xxx"))
	bp.Get("/", func(c *dewar.Context) error { return c.Text(c.URL()) }, dewar.Endpoint("index"))
	app.RegisterBlueprint(bp)
	res := dewartest.New(t, app).Get("/", dewartest.Subdomain("xxx")).Want(200)
	if res.Text() != "http://xxx.example.com:1234/foo/" || res.Context.Blueprint() != "company" {
		t.Errorf("got %q in blueprint %q", res.Text(), res.Context.Blueprint())
	}
	dewartest.New(t, app).Get("/").Want(404)
}

func TestClientAsksForWhatURLForBuilds(t *testing.T) {
	t.Parallel()
	view := func(c *dewar.Context) error { return c.Text(c.Params().String("company_id")) }
	for name, register := range map[string]func(app *dewar.App){
		"a subdomain": func(app *dewar.App) {
			app.Get("/", view, dewar.Endpoint("view"), dewar.Subdomain("{company_id}"))
		},
		"none": func(app *dewar.App) { app.Get("/{company_id}", view, dewar.Endpoint("view")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			configure(app, "SERVER_NAME", "example.com")
			register(app)
			client := dewartest.New(t, app)
			if got := client.Get(must1(app.URLFor("view", "company_id", "xxx"))).Want(200).Text(); got != "xxx" {
				t.Errorf("got %q, want xxx", got)
			}
		})
	}
}

func TestContextOfAResponseIsThatOfItsRequest(t *testing.T) {
	t.Parallel()
	key := dewar.NewKey[int]("value")
	app := quietApp(t)
	app.Get("/", func(c *dewar.Context) error { key.Set(c, 42); return c.Text("Hello World!") }, dewar.Endpoint("index"))
	app.Get("/other", func(*dewar.Context) error { var none []int; _ = none[len(none)]; return nil }, dewar.Endpoint("other"))
	client := dewartest.New(t, app)
	first := client.Get("/").Want(200, "Hello World!")
	second := client.Get("/other").Want(500, "Internal Server Error")
	if got := key.Get(first.Context); got != 42 {
		t.Errorf("the first request has %d, want 42", got)
	}
	if _, ok := key.Lookup(second.Context); ok {
		t.Error("the second request has the value of the first")
	}
}

func TestClientIsUsedAgain(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newApp(t))
	client.Get("/").Want(404)
	client.Get("/").Want(404)
}

func TestWholeURLWithQueryAndForm(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/action", func(c *dewar.Context) error {
		return c.Text(c.Host() + " " + c.Query().String("vodka") + " " + c.Form().String("gin"))
	}, dewar.Endpoint("action"))
	if got := dewartest.New(t, app).Post("http://domain.com/action?vodka=42", dewartest.Form("gin", 43)).Want(200).Text(); got != "domain.com 42 43" {
		t.Errorf("got %q, want host, query and form", got)
	}
}

func TestJSONGoesToTheAppAndBack(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	torn := 0
	app.TeardownRequest(func(*dewar.Context, error) { torn++ })
	app.Post("/echo", func(c *dewar.Context) error {
		var v any
		if err := c.BindJSON(&v); err != nil || !c.IsJSON() {
			t.Errorf("the request is JSON %t, %v", c.IsJSON(), err)
		}
		return c.JSON(v)
	}, dewar.Endpoint("echo"))
	sent := map[string]any{"drink": map[string]any{"gin": "1", "tonic": true}, "price": "10"}
	var got map[string]any
	dewartest.New(t, app).Post("/echo", dewartest.JSON(sent)).Want(200).JSON(&got)
	if !reflect.DeepEqual(got, sent) || torn != 1 {
		t.Errorf("got %v, torn down %d times; want %v, once", got, torn, sent)
	}
}
