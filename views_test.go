package dewar_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dewar-go/dewar"
)

// itemView answers GET, POST and DELETE, and counts what it is asked.
type itemView struct{ asked atomic.Int64 }

func (v *itemView) Get(c *dewar.Context) error {
	v.asked.Add(1)
	return c.Text("get " + c.Params().String("id"))
}
func (v *itemView) Post(c *dewar.Context) error   { return c.Text("post") }
func (v *itemView) Delete(c *dewar.Context) error { return c.Text("delete") }

// headView answers HEAD by itself.
type headView struct{ itemView }

func (v *headView) Head(c *dewar.Context) error {
	c.Response.Header().Set("X-Method", "HEAD")
	return c.Text("")
}
func (v *headView) Options(c *dewar.Context) error { return c.Text("options") }

// guardedView lets only some through.
type guardedView struct{ itemView }

func (v *guardedView) Before(c *dewar.Context) error {
	if c.Request.Header.Get("X-Key") == "" {
		return dewar.Abortf(401, "Members only.")
	}
	return nil
}

type reader struct{}

func (reader) Get(c *dewar.Context) error { return c.Text("read") }

type writer struct{}

func (writer) Put(c *dewar.Context) error { return c.Text("written") }

// fileView has the methods of both.
type fileView struct {
	reader
	writer
}

type propertyOnly struct{ dewar.Map }

type wrongView struct{}

func (wrongView) Get(c *dewar.Context) {}

type store struct{}

func (store) Get(key string) string        { return key }
func (store) Post(c *dewar.Context) error  { return c.Text("posted") }
func (store) Unrelated(*dewar.Context) int { return 0 }

func TestView(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	v := &itemView{}
	app.View("/items/{id:int}", v)
	app.View("/more/{id:int}", v)
	app.View("/other/{id}", &itemView{}, dewar.Endpoint("other"))
	app.View("/head", &headView{})
	app.View("/getonly", &itemView{}, dewar.Methods("GET"), dewar.Endpoint("getonly"))
	app.View("/noauto", &itemView{}, dewar.AutomaticOptions(false), dewar.Endpoint("noauto"))
	app.View("/store", store{})
	app.View("/file", fileView{})
	app.View("/read", fileView{}, dewar.Methods("GET"), dewar.Endpoint("read"))
	app.View("/guarded", &guardedView{}, dewar.Before(func(c *dewar.Context) error {
		if c.Request.Header.Get("X-Key") == "own" {
			return c.Text("hook")
		}
		return nil
	}))
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
	bp.View("/{id}", &itemView{})
	app.RegisterBlueprint(bp)
	app.Get("/url", func(c *dewar.Context) error {
		a, err := c.URLFor("itemview", "id", 3)
		if err != nil {
			return err
		}
		b, err := c.URLFor("bp.itemview", "id", 3)
		return c.Text(a + " " + b + map[bool]string{true: " " + "failed"}[err != nil])
	})
	wants(t, app, [][2]string{
		{"GET /items/7", "200 get 7"},
		{"POST /items/7", "200 post"},
		{"DELETE /items/7", "200 delete"},
		{"HEAD /items/7", "200"},
		{"PUT /items/7", "405 DELETE, GET, HEAD, OPTIONS, POST"},
		{"OPTIONS /items/7", "200 DELETE, GET, HEAD, OPTIONS, POST"},
		{"GET /items/x", "404"},
		{"GET /more/8", "200 get 8"},
		{"GET /other/x", "200 get x"},
		{"POST /getonly", "405 GET, HEAD, OPTIONS"},
		{"OPTIONS /noauto", "405 DELETE, GET, HEAD, POST"},
		{"POST /store", "200 posted"},
		{"GET /file", "200 read"},
		{"PUT /file", "200 written"},
		{"PUT /read", "405 GET, HEAD, OPTIONS"},
		{"GET /store", "405 OPTIONS, POST"},
		{"GET /url", "200 /items/3 /bp/3"},
		{"GET /guarded", "401 401 Members only."},
	})
	if got := v.asked.Load(); got != 3 {
		t.Errorf("the view was asked %d times, want 3: one value serves every request, HEAD too", got)
	}
	if rec := send(app, "HEAD", "/head"); rec.Header().Get("X-Method") != "HEAD" {
		t.Error("HEAD did not reach the method Head")
	}
	if got := send(app, "OPTIONS", "/head").Body.String(); got != "options" {
		t.Errorf("OPTIONS: got %q, want the method's answer", got)
	}
	if got := send(app, "GET", "/guarded", "X-Key", "k").Body.String(); got != "get " {
		t.Errorf("guarded: got %q", got)
	}
	if got := send(app, "GET", "/guarded", "X-Key", "own").Body.String(); got != "hook" {
		t.Errorf("a hook of the route: got %q", got)
	}
}

func TestViewMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   func(app *dewar.App)
		want string
	}{
		{"nil", func(app *dewar.App) { app.View("/", nil) }, "the view is nil"},
		{"no methods", func(app *dewar.App) { app.View("/", propertyOnly{}) }, "none of the methods Get"},
		{"a value whose pointer has them", func(app *dewar.App) { app.View("/", struct{ itemView *int }{}) }, "pass a pointer"},
		{"a method that returns nothing", func(app *dewar.App) { app.View("/", wrongView{}) }, "its method Get must be a func(*dewar.Context) error"},
		{"a method that is not there", func(app *dewar.App) { app.View("/", store{}, dewar.Methods("POST", "PUT")) }, "does not answer PUT"},
		{"two values of one type", func(app *dewar.App) { app.View("/a", &itemView{}); app.View("/b", &itemView{}) }, `"itemview" is claimed`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if text := panicText(func() { tt.do(newApp(t)) }); !strings.Contains(text, tt.want) || !strings.Contains(text, "views_test.go:") {
				t.Errorf("panic %q does not say %q and where", text, tt.want)
			}
		})
	}
}
