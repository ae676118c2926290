package debugtoolbar_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/debugtoolbar"
	"github.com/dewar-go/dewar/dewartest"
)

var testKey = rand.Text() + rand.Text()

const home = "/_debug/toolbar/"

// A shop is an application that does everything that a toolbar sees.
type shop struct {
	app *dewar.App
	db  *sql.DB
	out *http.Client
	far *httptest.Server
}

func newShop(tb testing.TB, opts ...debugtoolbar.Option) *shop {
	tb.Helper()
	s := &shop{app: newApp(tb, opts...)}
	s.db = sql.OpenDB(debugtoolbar.Connector(&fakeConnector{}))
	s.far = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	s.out = &http.Client{Transport: debugtoolbar.Transport(s.far.Client().Transport)}
	tb.Cleanup(func() { s.far.Close(); _ = s.db.Close() })
	s.route()
	return s
}

// newApp returns an App in DEBUG with a toolbar.
func newApp(tb testing.TB, opts ...debugtoolbar.Option) *dewar.App {
	tb.Helper()
	app := dewar.New("shop", dewar.RootPath(tb.TempDir()), dewar.FS(fstest.MapFS{
		"templates/cart.html": &fstest.MapFile{Data: []byte("<!doctype html><html><head><title>Cart</title></head><body><p>{{.n}}</p></body></html>")},
		"static/site.css":     &fstest.MapFile{Data: []byte("p{}")},
	}))
	app.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	set(tb, app, dewar.Map{"SECRET_KEY": testKey, "DEBUG": true})
	debugtoolbar.Register(app, opts...)
	return app
}

func set(tb testing.TB, app *dewar.App, config dewar.Map) {
	tb.Helper()
	if err := app.Config.FromMapping(config); err != nil {
		tb.Fatal(err)
	}
}

func (s *shop) route() {
	app := s.app
	app.BeforeRequest(countVisit)
	app.Get("/", func(c *dewar.Context) error { return c.HTML("<html><body>Shop</body></html>") })
	app.Get("/api", func(c *dewar.Context) error { return c.JSON(dewar.Map{"a": 1}) })
	app.Get("/old", func(c *dewar.Context) error { return c.Redirect("/") })
	app.Get("/broken", func(c *dewar.Context) error { return errors.New("broken by " + canary) })
	app.Get("/reset/{token}", func(c *dewar.Context) error { return c.Text("reset") }, dewar.Private("token"))
	app.Route("/cart", s.cart, dewar.Methods("GET", "POST"))
	app.Post("/json", func(c *dewar.Context) error {
		var order struct{ Name string }
		if err := c.BindJSON(&order); err != nil {
			return err
		}
		return c.JSON(order)
	})
	app.Post("/unread", func(c *dewar.Context) error { return c.NoContent() })
}

func countVisit(c *dewar.Context) error { return nil }

func (s *shop) cart(c *dewar.Context) error {
	name := c.Form().String("name")
	c.Session().Set("cart", []string{name, "tea"})
	c.Session().Set("_user", canary)
	c.Flash("put into the cart: "+canary, "info")
	for range 3 {
		if _, err := s.db.ExecContext(c, "UPDATE carts SET name = ? WHERE owner = 'inlined "+canary+"'", name+canary); err != nil {
			return err
		}
	}
	rows, err := s.db.QueryContext(c, "SELECT name FROM carts WHERE id = ?", 7)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := s.call(c); err != nil {
		return err
	}
	c.Logger().Info("put into the cart with token="+canary, "name", name, slog.Group("by", "token", canary))
	_ = c.Header("X-Trace", canary)
	return c.Render("cart.html", dewar.Map{"n": 1})
}

func (s *shop) call(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, "POST", s.far.URL+"/hooks/T0C4N4RY/"+canary+"?key="+canary, nil)
	if err != nil {
		return err
	}
	resp, err := s.out.Do(r)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// latest returns the page of the newest request.
func latest(t testing.TB, client *dewartest.Client) string {
	t.Helper()
	return client.Get(home + latestKey(t, client)).Want(200).Text()
}

var key = regexp.MustCompile(`href="([a-z0-9]{6}-\d+)"`)

func latestKey(t testing.TB, client *dewartest.Client) string {
	t.Helper()
	m := key.FindStringSubmatch(client.Get(home).Want(200).Text())
	if m == nil {
		t.Fatal("the toolbar has no request")
	}
	return m[1]
}

func wants(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s has no %q:\n%s", what, part, text)
		}
	}
}

func TestListHasEveryKindOfAnswer(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newShop(t).app)
	client.Get("/").Want(200)
	client.Get("/api").Want(200)
	client.Get("/old").Want(302)
	client.Get("/missing").Want(404)
	client.Get("/broken").Want(500)
	client.Post("/api").Want(405)
	client.Get("/static/site.css").Want(200)
	client.Get("/static/missing.css").Want(404)
	client.Get(home).Want(200)
	list := client.Get(home).Want(200).Text()
	wants(t, "the list", list, `">200<`, `">302<`, `">404<`, `">500<`, `">405<`, "/api<", "/old<", "/missing<", "/static/missing.css<")
	if got, want := strings.Count(list, "<tr>")-1, 7; got != want {
		t.Errorf("the list has %d requests, want %d: %s", got, want, list)
	}
	if strings.Contains(list, "site.css") || strings.Contains(list, ">/_debug") {
		t.Errorf("the list has a static file or a page of its own: %s", list)
	}
}

func TestPageShowsWhatARequestDid(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newShop(t).app)
	client.Post("/cart?page=2", dewartest.Form("name", "cup")).Want(200)
	page := latest(t, client)
	wants(t, "the page", page,
		"<svg", "countVisit", "(*shop).cart", "cart.html", "session open", "session save",
		"UPDATE carts SET name = ? WHERE owner = …", "×3", "3 times", "SELECT name FROM carts WHERE id = ?", "(2 repeated)",
		"POST http://127.0.0.1", "/hooks/…/…?…", "status: 418",
		"INFO put into the cart", "name: text, 3 characters", "by.token: text,",
		"template_rendered cart.html", "info</th>", "/cart</code>",
		"<th scope=\"row\">cart</th><td>is now a list, 2 items", "is new, was saved",
		"Request header", "Content-Type</th><td>application/x-www-form-urlencoded", "Response header", "X-Trace</th><td>text,",
		"Form</h2>", "name</th><td>text, 3 characters", "page</th><td>text, 1 character<",
	)
	client.Get("/cart").Want(200)
	wants(t, "the page of the second request", latest(t, client), "was read, was saved")
}

func TestPageOfAnErrorNamesItsTypeAlone(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newShop(t).app)
	client.Get("/broken").Want(500)
	wants(t, "the page", latest(t, client), "*errors.errorString, text,")
}

func TestPageOfWhatMatchedNothingNamesTheNearestRules(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newShop(t).app)
	client.Get("/carts").Want(404)
	wants(t, "the page", latest(t, client), "Nearest rules", "GET, HEAD, OPTIONS, POST /cart</th>")
	client.Do("PUT", "/cart").Want(405)
	wants(t, "the page of a 405", latest(t, client), "Nearest rules", "not PUT")
	client.Get("/cart").Want(200)
	if page := latest(t, client); strings.Contains(page, "Nearest rules") {
		t.Errorf("the page of a request that matched has rules that did not: %s", page)
	}
}

func TestShowNamesValuesThatMayBeSeen(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newShop(t,
		debugtoolbar.Show("form", "NAME"), debugtoolbar.Show("sql", "1"), debugtoolbar.Show("session", "cart"),
		debugtoolbar.Show("log", "name"), debugtoolbar.Show("errors", "*"), debugtoolbar.Show("flashes", "info"),
		debugtoolbar.Show("request", "X-Shop"), debugtoolbar.Show("response", "x-trace"), debugtoolbar.Show("query", "page")).app)
	client.Post("/cart?page=seventy", dewartest.Form("name", "teapot"), dewartest.Header("X-Shop", "blue")).Want(200)
	wants(t, "the page", latest(t, client), "name</th><td>teapot<", "1: teapot"+canary, "[&#34;teapot&#34;,&#34;tea&#34;]",
		"name: teapot", "X-Shop</th><td>blue", "X-Trace</th><td>"+canary, "put into the cart: "+canary, "seventy")
	client.Get("/broken").Want(500)
	wants(t, "the page of an error", latest(t, client), "broken by "+canary)
}

// TestOldestRequestsGo holds both bounds.
func TestOldestRequestsGo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		opt  debugtoolbar.Option
		want int
	}{
		{"by number", debugtoolbar.Keep(3), 3},
		{"number below one", debugtoolbar.Keep(0), 1},
		{"by bytes, but the newest", debugtoolbar.KeepBytes(1), 1},
		{"by bytes", debugtoolbar.KeepBytes(200 << 10), 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := dewartest.New(t, newShop(t, tt.opt).app)
			for range 8 {
				client.Post("/json", dewartest.JSON(dewar.Map{"Name": strings.Repeat("x", 60<<10)})).Want(200)
			}
			if got := strings.Count(client.Get(home).Text(), "<tr>") - 1; got != tt.want {
				t.Errorf("got %d requests, want %d", got, tt.want)
			}
		})
	}
}

func TestRequestThatWentIsMissed(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newShop(t, debugtoolbar.Keep(1)).app)
	client.Get("/")
	first := latestKey(t, client)
	client.Get("/")
	client.Get(home+first).Want(404, "Nothing here any more")
	client.Get(home+"zzzzzz-1").Want(404, "newest 1 request of")
}

func TestObserverThatWasThereStays(t *testing.T) {
	t.Parallel()
	app := dewar.New("shop", dewar.RootPath(t.TempDir()))
	set(t, app, dewar.Map{"SECRET_KEY": testKey, "DEBUG": true})
	var seen []string
	app.Observer = func(_ *dewar.Context, at dewar.Station, _ string) func(error) {
		seen = append(seen, "begin "+string(at))
		return func(error) { seen = append(seen, "end "+string(at)) }
	}
	debugtoolbar.Register(app)
	app.Get("/", func(c *dewar.Context) error { return c.Text("hello") })
	client := dewartest.New(t, app)
	client.Get("/").Want(200)
	if got := strings.Join(seen, ", "); !strings.HasPrefix(got, "begin view, end view") {
		t.Errorf("the Observer saw %q", got)
	}
	wants(t, "the page", latest(t, client), ">view<")
}

// A panel is one of an application's own.
type panel struct {
	fields func(*dewar.Context) []debugtoolbar.Field
}

func (panel) Title() string                                  { return "Shop" }
func (p panel) Fields(c *dewar.Context) []debugtoolbar.Field { return p.fields(c) }

func TestOwnPanels(t *testing.T) {
	t.Parallel()
	fields := func(c *dewar.Context) []debugtoolbar.Field {
		if c.Request.URL.Path == "/api" {
			panic(canary)
		}
		return []debugtoolbar.Field{{Name: "stock", Value: 12}, {Name: "voucher", Value: canary}}
	}
	client := dewartest.New(t, newShop(t, debugtoolbar.Panels(panel{fields}), debugtoolbar.Show("shop", "stock")).app)
	client.Get("/").Want(200)
	wants(t, "the page", latest(t, client), "<h2>Shop</h2>", "stock</th><td>12<", "voucher</th><td>text,")
	client.Get("/api").Want(200)
	page := latest(t, client)
	wants(t, "the page after a panic", page, "panic</th><td>text,")
	if strings.Contains(page, canary) {
		t.Error("the page shows what the panel panicked with")
	}
}

func TestLiveListSendsNewRows(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newShop(t).app)
	defer server.Close()
	url := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", url+home+"events", nil)
	stream, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if got := stream.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("the stream has type %q", got)
	}
	resp, err := http.Get(url + "/api")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	var text strings.Builder
	for buf := make([]byte, 1024); !strings.Contains(text.String(), "</tr>"); {
		n, err := stream.Body.Read(buf)
		text.Write(buf[:n])
		if err != nil {
			t.Fatalf("the stream ended with %v after %q", err, text.String())
		}
	}
	wants(t, "the stream", text.String(), "<tr>", "/api", "200")
}

func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newShop(t).app)
	client.Get("/").Want(200)
	for _, path := range []string{home, home + latestKey(t, client)} {
		resp := client.Get(path).Want(200)
		if got := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") {
			t.Errorf("%s: the policy is %q", path, got)
		}
		for _, inline := range []string{"<style", " style=", " onclick=", "<script>"} {
			if strings.Contains(resp.Text(), inline) {
				t.Errorf("%s has %q, which its own policy forbids", path, inline)
			}
		}
	}
	for _, name := range []string{"toolbar.css", "toolbar.js", "bar.css"} {
		client.Get(home + name).Want(200)
	}
	for _, name := range []string{"list.html", "../toolbar.go", "x.css"} {
		client.Get(home + name).Want(404)
	}
}

// TestManyRequestsAtOnce is for the race detector: requests that use a recording from several goroutines while others
// look at the pages.
func TestManyRequestsAtOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t, debugtoolbar.Keep(5))
	s.app.Get("/parallel", func(c *dewar.Context) error {
		done := make(chan error)
		for range 4 {
			go func() {
				_, err := s.db.ExecContext(c, "UPDATE t SET a = ?", 1)
				c.Logger().Info("done")
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				return err
			}
		}
		return c.HTML("<html><body></body></html>")
	})
	server := httptest.NewServer(s.app)
	defer server.Close()
	url := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	failed := make(chan error, 8)
	for worker := range 8 {
		go func() {
			var err error
			for range 15 {
				path := "/parallel"
				if worker%2 == 0 {
					path = home
				}
				err = errors.Join(err, visit(url, path))
			}
			failed <- err
		}()
	}
	for range 8 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

// visit reads a page, and of the list also that of the newest request.
func visit(url, path string) error {
	resp, err := http.Get(url + path)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if m := key.FindSubmatch(body); path == home && m != nil {
		return visit(url, home+string(m[1]))
	}
	return err
}

func TestSessionShowsWhatItsValuesWere(t *testing.T) {
	t.Parallel()
	app := newApp(t, debugtoolbar.Show("session", "step"))
	app.Get("/first", func(c *dewar.Context) error {
		c.Session().Set("cart", []string{"tea"})
		c.Session().Set("note", canary)
		c.Session().Set("step", 1)
		return c.NoContent()
	})
	app.Get("/second", func(c *dewar.Context) error {
		c.Session().Set("cart", []string{"tea", canary})
		c.Session().Set("step", 2)
		c.Session().Delete("note")
		return c.NoContent()
	})
	client := dewartest.New(t, app)
	client.Get("/first").Want(204)
	client.Get("/second").Want(204)
	text := latest(t, client)
	wants(t, "the page", text, "<th scope=\"row\">cart</th><td>was a list, 1 item, is now a list, 2 items",
		fmt.Sprintf("<th scope=\"row\">note</th><td>was text, %d characters, was removed", len(canary)),
		"<th scope=\"row\">step</th><td>was 1, is now 2")
	if strings.Contains(text, canary) {
		t.Errorf("the page shows a secret: %s", around(text))
	}
}
