package dewar_test

import (
	"encoding/json"
	"errors"
	"html/template"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func TestFlashedMessages(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/flash", func(c *dewar.Context) error {
		c.Flash("saved")
		c.Flash("no such user", "error")
		return c.Text("ok")
	})
	app.Get("/show", func(c *dewar.Context) error {
		var all []string
		for _, m := range c.FlashedMessages() {
			all = append(all, m.Category+":"+m.Message)
		}
		for _, m := range c.FlashedMessages("error") {
			all = append(all, "only "+m.Message)
		}
		return c.JSON(all)
	})
	app.Get("/none", func(c *dewar.Context) error { c.FlashedMessages(); return c.Text("ok") })
	jar := map[string]string{}
	visit(t, app, "/flash", jar)
	var got []string
	if err := json.Unmarshal([]byte(visitBody(t, app, "/show", jar)), &got); err != nil {
		t.Fatal(err)
	}
	if want := []string{"message:saved", "error:no such user", "only no such user"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if res := visit(t, app, "/show", jar); len(jar) != 0 {
		t.Errorf("the messages were not taken out of the session: %v", res.Header)
	}
	if res := visit(t, app, "/none", map[string]string{}); len(res.Header["Set-Cookie"]) > 0 {
		t.Error("asking for messages when there are none sets a cookie")
	}
}

func TestMessageFlashedAfterTheFirstReadIsKeptForTheNextRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Flash("early")
		first := c.FlashedMessages()
		c.Flash("late")
		if second := c.FlashedMessages(); len(first) != 1 || len(second) != 1 || second[0].Message != "early" {
			t.Errorf("got %v, then %v, want early both times", first, second)
		}
		return c.Text("ok")
	})
	app.Get("/next", func(c *dewar.Context) error {
		if got := c.FlashedMessages(); len(got) != 1 || got[0].Message != "late" {
			t.Errorf("the next request got %v, want late", got)
		}
		return c.Text("ok")
	})
	jar := map[string]string{}
	visit(t, app, "/", jar)
	visit(t, app, "/next", jar)
	if len(jar) > 0 {
		t.Errorf("the session was not emptied: %v", jar)
	}
}

func TestFlashesOfEveryKind(t *testing.T) {
	t.Parallel()
	page := `{{range get_flashed_messages}}[{{.Category}} {{.Message}} {{.}}]{{end}}`
	for _, tt := range []struct {
		name    string
		message any
		text    string // Flash.Message
		value   any    // Flash.Value
		shown   string
	}{
		{"text", "<b>", "<b>", nil, "[info &lt;b&gt; &lt;b&gt;]"},
		{"empty text", "", "", nil, "[info  ]"},
		{"markup", template.HTML("<b>hi</b>"), "<b>hi</b>", template.HTML("<b>hi</b>"), "[info <b>hi</b> &lt;b&gt;hi&lt;/b&gt;]"},
		{"an error", errors.New("no <such> user"), "no <such> user", nil, "[info no &lt;such&gt; user no &lt;such&gt; user]"},
		{"a number", 5, "5", int64(5), "[info 5 5]"},
		{"a mapping", dewar.Map{"title": "a"}, `{"title":"a"}`, dewar.Map{"title": "a"}, "[info map[title:a] {&#34;title&#34;:&#34;a&#34;}]"},
		{"a list", []any{"a", int64(1)}, `["a",1]`, []any{"a", int64(1)}, "[info [a 1] [&#34;a&#34;,1]]"},
		{"nothing", nil, "null", nil, "[info null null]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, _ := pageApp(t, "templates/p.html", page)
			var told dewar.Flash
			app.MessageFlashed.Connect(func(m dewar.FlashMessage) { told = m.Flash })
			app.Get("/flash", func(c *dewar.Context) error { c.Flash(tt.message, "info"); return c.Text("") })
			app.Get("/get", func(c *dewar.Context) error {
				want := []dewar.Flash{{Category: "info", Message: tt.text, Value: tt.value}}
				if got := c.FlashedMessages("info"); !reflect.DeepEqual(got, want) {
					t.Errorf("got %#v, want %#v", got, want)
				}
				return c.Text("")
			})
			jar := map[string]string{}
			visit(t, app, "/flash", jar)
			if told.Message != tt.text || told.Category != "info" {
				t.Errorf("the signal told of %#v, want %q", told, tt.text)
			}
			if got := visitBody(t, app, "/p.html", maps.Clone(jar)); got != tt.shown {
				t.Errorf("a page shows %q, want %q", got, tt.shown)
			}
			visit(t, app, "/get", jar)
		})
	}
}

func TestAFieldThatAFlashedMessageLacksIsNamedWithItsCure(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"templates/page.html": {Data: []byte(`{{range get_flashed_messages}}{{.message}}{{end}}`)}}
	app := dewar.New("test", dewar.FS(files), dewar.RootPath(t.TempDir()))
	must(t, app.Config.FromMapping(dewar.Map{"SECRET_KEY": "dev", "TESTING": true}))
	c, end, err := app.NewContext(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	must(t, err)
	defer end()
	c.Flash("saved")
	_, err = c.RenderString("page.html", nil)
	if want := "write {{.Message}} or {{.Category}}"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q in it", err, want)
	}
}

func TestFlashesThatOthersWroteAreKept(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("_flashes", []any{
			dewar.Tuple{"info", "a"}, []any{"error", "b"}, dewar.Tuple{nil, "c"}, dewar.Tuple{7, "d"}, dewar.Tuple{"one"}, "junk", nil,
		})
		want := []dewar.Flash{{Category: "info", Message: "a"}, {Category: "error", Message: "b"}, {Message: "c"}, {Category: "7", Message: "d"}}
		if got := c.FlashedMessages(); !reflect.DeepEqual(got, want) {
			t.Errorf("got %#v, want %#v", got, want)
		}
		return c.Text("")
	})
	send(app, "GET", "/")
}

// TestFlashesAreNotLostWithThePage flashes a message, asks for pages that fail on the way, and then for one that does not.
func TestFlashesAreNotLostWithThePage(t *testing.T) {
	t.Parallel()
	const list = `{{range get_flashed_messages}}[{{.Message}}]{{end}}`
	files := fstest.MapFS{
		"templates/good.html":   {Data: []byte(list)},
		"templates/broken.html": {Data: []byte(list + `{{.user.Name.First}}`)},
	}
	broken := func(c *dewar.Context) error { return c.Render("broken.html", dewar.Map{"user": struct{ Name int }{}}) }
	shownOnTheErrorPage := func(app *dewar.App) {
		app.ErrorHandler(500, func(c *dewar.Context, _ error) error { return c.Render("good.html", nil) })
	}
	for _, tt := range []struct {
		name     string
		setUp    func(app *dewar.App)
		view     func(c *dewar.Context) error
		on, next string // what the page and the one after it show
	}{
		{"a page that is whole", nil, func(c *dewar.Context) error { return c.Render("good.html", nil) }, "[saved]", ""},
		{"a template that fails", nil, broken, "", "[saved]"},
		{"a template that fails, shown by the page of the error", shownOnTheErrorPage, broken, "[saved]", ""},
		{"a page of the error that fails too", func(app *dewar.App) {
			app.ErrorHandler(500, func(c *dewar.Context, _ error) error { return broken(c) })
		}, broken, "", "[saved]"},
		{"a view that makes do with the failure", nil, func(c *dewar.Context) error {
			if broken(c) == nil {
				t.Error("the template does not fail")
			}
			return c.Text("sorry")
		}, "", "[saved]"},
		{"messages that the view has asked for before", nil, func(c *dewar.Context) error {
			n := len(c.FlashedMessages())
			_ = broken(c)
			return c.Text(strings.Repeat("x", n))
		}, "", ""},
		{"an error behind a page", nil, func(c *dewar.Context) error {
			_ = c.Render("good.html", nil)
			return errors.New("oh")
		}, "", "[saved]"},
		{"an after-request hook that fails", func(app *dewar.App) {
			app.AfterRequest(func(c *dewar.Context) error {
				if c.Request.URL.Path == "/view" {
					return errors.New("oh")
				}
				return nil
			})
		}, func(c *dewar.Context) error { return c.Render("good.html", nil) }, "", "[saved]"},
		{"an answer that is reset", nil, func(c *dewar.Context) error {
			_ = c.Render("good.html", nil)
			c.Response.Reset()
			return c.RedirectTo("next")
		}, "", "[saved]"},
		{"one that is flashed before the failure", nil, func(c *dewar.Context) error { c.Flash("again"); return broken(c) }, "", "[saved][again]"},
		{"one that is flashed after the failure", nil, func(c *dewar.Context) error { err := broken(c); c.Flash("again"); return err }, "", "[saved][again]"},
		{"a logout before the failure", nil, func(c *dewar.Context) error {
			c.FlashedMessages()
			c.Session().Clear()
			return errors.New("oh")
		}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("test", dewar.FS(files), dewar.RootPath(t.TempDir()))
			app.Logger = (&record{}).logger()
			configure(app, "SECRET_KEY", testKey)
			app.Get("/flash", func(c *dewar.Context) error { c.Flash("saved"); return c.NoContent() })
			app.Get("/view", tt.view)
			app.Get("/next", func(c *dewar.Context) error { return c.Render("good.html", nil) }, dewar.Endpoint("next"))
			if tt.setUp != nil {
				tt.setUp(app)
			}
			client := dewartest.New(t, app)
			client.Get("/flash")
			if got := client.Get("/view").Text(); !strings.Contains(got, tt.on) || tt.on == "" && strings.Contains(got, "[") {
				t.Errorf("the page shows %q, want %q", got, tt.on)
			}
			if got := client.Get("/next").Text(); got != tt.next {
				t.Errorf("the next page shows %q, want %q", got, tt.next)
			}
			if got := client.Get("/next").Text(); got != "" {
				t.Errorf("the page after that shows %q again", got)
			}
		})
	}
}

func TestFlashesOfARequestAreOnThePageThatItRenders(t *testing.T) {
	t.Parallel()
	app, _ := pageApp(t, "templates/p.html", `{{range get_flashed_messages}}[{{.Message}}]{{end}}`)
	app.Get("/now", func(c *dewar.Context) error { c.Flash("now"); return c.Render("p.html", nil) })
	client := dewartest.New(t, app)
	if got := client.Get("/now").Text(); got != "[now]" {
		t.Errorf("got %q, want the message of this request", got)
	}
	if got := client.Get("/p.html").Text(); got != "" || client.Cookie("session") != nil {
		t.Errorf("the next page shows %q with the cookie %v, want nothing", got, client.Cookie("session"))
	}
}

func TestFlashesSurviveAChainOfRedirects(t *testing.T) {
	t.Parallel()
	app, _ := pageApp(t, "templates/p.html", `{{range get_flashed_messages}}[{{.Category}} {{.Message}}]{{end}}`)
	app.Post("/save", func(c *dewar.Context) error { c.Flash("saved", "info"); return c.Redirect("/old") })
	app.Get("/old", func(c *dewar.Context) error { return c.Redirect("/branch") })
	app.Get("/branch/", func(c *dewar.Context) error { c.Flash("moved"); return c.Redirect("/aside") })
	app.Route("/aside", nil, dewar.RedirectRule("/p.html"))
	client := dewartest.New(t, app, dewartest.FollowRedirects())
	page := client.Post("/save").Want(200, "[info saved][message moved]")
	if len(page.History) != 5 {
		t.Errorf("got there by %d redirects, want 5", len(page.History))
	}
	if got := client.Get("/p.html").Text(); got != "" {
		t.Errorf("the next page shows %q, want nothing", got)
	}
}
