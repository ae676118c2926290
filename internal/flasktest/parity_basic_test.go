package flasktest_test

import (
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestEachMethodHasAShortcut(t *testing.T) {
	t.Parallel()
	app, bp := newApp(t), dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
	tell := func(c *dewar.Context) error { return c.Text(c.Request.Method) }
	for _, s := range []interface {
		Get(string, dewar.Handler, ...dewar.RouteOption)
		Post(string, dewar.Handler, ...dewar.RouteOption)
		Put(string, dewar.Handler, ...dewar.RouteOption)
		Patch(string, dewar.Handler, ...dewar.RouteOption)
		Delete(string, dewar.Handler, ...dewar.RouteOption)
	}{app, bp} {
		s.Get("/x", tell)
		s.Post("/x", tell)
		s.Put("/x", tell)
		s.Patch("/x", tell)
		s.Delete("/x", tell)
	}
	app.RegisterBlueprint(bp)
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		wants(t, app, [][2]string{{method + " /x", "200 " + method}, {method + " /bp/x", "200 " + method}})
	}
}

func TestSeveralRulesOfOneView(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", index)
	app.Get("/other", index)
	app.Get("/third/{x}", index)
	app.Get("/url", func(c *dewar.Context) error {
		plain, err := c.URLFor("index")
		if err != nil {
			return err
		}
		with, err := c.URLFor("index", "x", 1)
		if err != nil {
			return err
		}
		return c.Text(plain + " " + with)
	})
	wants(t, app, [][2]string{{"GET /", "200 index"}, {"GET /other", "200 index"}, {"GET /third/1", "200 index"}, {"GET /url", "200 / /third/1"}})
}

func TestTextOutsideASCII(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/киртест", func(c *dewar.Context) error {
		u, err := c.URLFor("кир")
		if err != nil {
			return err
		}
		return c.Text("Привет " + u)
	}, dewar.Endpoint("кир"))
	wants(t, app, [][2]string{{"GET /киртест", "200 Привет /%D0%BA%D0%B8%D1%80%D1%82%D0%B5%D1%81%D1%82"}, {"GET /%D0%BA%D0%B8%D1%80%D1%82%D0%B5%D1%81%D1%82", "200 Привет /%D0%BA%D0%B8%D1%80%D1%82%D0%B5%D1%81%D1%82"}})
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	type point struct {
		X int `json:"x"`
	}
	for _, tt := range []struct {
		name              string
		view              dewar.Handler
		code              int
		contentType, body string
		header            string // X-Test
	}{
		{"text", func(c *dewar.Context) error { return c.Text("Hällo") }, 200, "text/plain; charset=utf-8", "Hällo", ""},
		{"HTML", func(c *dewar.Context) error { return c.HTML("<b>") }, 200, "text/html; charset=utf-8", "<b>", ""},
		{"bytes", func(c *dewar.Context) error { return c.Blob("image/x", []byte{0xff}) }, 200, "image/x", "\xff", ""},
		{"a map", func(c *dewar.Context) error { return c.JSON(dewar.Map{"b": 1, "a": "é"}) }, 200, "application/json", `{"a":"é","b":1}` + "\n", ""},
		{"a list", func(c *dewar.Context) error { return c.JSON([]int{1, 2}) }, 200, "application/json", "[1,2]\n", ""},
		{"a struct", func(c *dewar.Context) error { return c.JSON(point{7}) }, 200, "application/json", `{"x":7}` + "\n", ""},
		{"a status", func(c *dewar.Context) error { return c.Status(201).Text("made") }, 201, "text/plain; charset=utf-8", "made", ""},
		{"a header", func(c *dewar.Context) error {
			c.Response.Header().Set("X-Test", "yes")
			return c.Status(400).JSON(dewar.Map{})
		}, 400, "application/json", "{}\n", "yes"},
		{"another answer, which drops what was set for the first", func(c *dewar.Context) error {
			c.Response.Header().Set("X-Test", "first")
			if err := c.Status(404).Text("first"); err != nil {
				return err
			}
			return c.Status(202).HTML("second")
		}, 202, "text/html; charset=utf-8", "second", ""},
		{"nothing", func(c *dewar.Context) error { return c.NoContent() }, 204, "", "", ""},
		{"what the writer of net/http would", func(c *dewar.Context) error { _, err := fmt.Fprint(c.Response, "raw"); return err }, 200, "text/plain; charset=utf-8", "raw", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", tt.view)
			rec := send(app, "GET", "/")
			header := rec.Header()
			if rec.Code != tt.code || header.Get("Content-Type") != tt.contentType || rec.Body.String() != tt.body || header.Get("X-Test") != tt.header {
				t.Errorf("got %d %q %q %q", rec.Code, header.Get("Content-Type"), rec.Body, header.Get("X-Test"))
			}
		})
	}
}

func TestJSONIsIndentedInDebug(t *testing.T) {
	t.Parallel()
	for debug, want := range map[bool]string{false: `{"a":1}` + "\n", true: "{\n  \"a\": 1\n}\n"} {
		app := newApp(t)
		configure(app, "DEBUG", debug)
		app.Get("/", func(c *dewar.Context) error { return c.JSON(dewar.Map{"a": 1}) })
		if got := send(app, "GET", "/").Body.String(); got != want {
			t.Errorf("DEBUG %v: got %q, want %q", debug, got, want)
		}
	}
}

func TestSessionIsSavedAfterTheHooks(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.AfterRequest(func(c *dewar.Context) error { c.Session().Set("foo", 42); return nil })
	app.Get("/", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Int("foo"))) })
	rec := send(app, "GET", "/")
	if rec.Body.String() != "0" || len(rec.Result().Cookies()) != 1 {
		t.Fatalf("got %q and cookies %v", rec.Body, rec.Result().Cookies())
	}
	cookie := rec.Result().Cookies()[0]
	if got := send(app, "GET", "/", "Cookie", cookie.Name+"="+cookie.Value).Body.String(); got != "42" {
		t.Errorf("got %q, want what the hook of the first request set", got)
	}
}

func TestValuesOfARequestAreItsOwn(t *testing.T) {
	t.Parallel()
	count := dewar.NewKey[int]("count")
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		_, before := count.Lookup(c)
		count.Set(c, count.Get(c)+1)
		count.Set(c, count.Get(c)+1)
		c.Set("count", "by name")
		c.Set("other", nil)
		return c.Text(fmt.Sprint(before, " ", count.Get(c), " ", c.Value("count"), " ", c.Value("other"), " ", c.Value("missing")))
	})
	for range 2 {
		wants(t, app, [][2]string{{"GET /", "200 false 2 by name <nil> <nil>"}})
	}
}

func TestContextOfATest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/blog/{id:int}", index, dewar.Endpoint("show"))
	app.BeforeRequest(func(*dewar.Context) error { return errors.New("no hook runs") })
	r := httptest.NewRequest("POST", "http://example.com:5000/blog/7?q=x", strings.NewReader("a=b"))
	c, _, err := app.NewContext(httptest.NewRecorder(), r)
	if err != nil {
		t.Fatal(err)
	}
	if c.App != app || c.Host() != "example.com:5000" || c.Query().String("q") != "x" || c.RoutingError() == nil {
		t.Errorf("got %v %q %q %v", c.App, c.Host(), c.Query().String("q"), c.RoutingError())
	}
	if got, err := c.URLFor("show", "id", 8, dewar.External()); got != "http://example.com:5000/blog/8" {
		t.Errorf("got %q, %v", got, err)
	}
	r.Method = "GET"
	if c, _, err = app.NewContext(httptest.NewRecorder(), r); err != nil || c.Endpoint() != "show" || c.Params().Int("id") != 7 {
		t.Errorf("got %q %d, %v", c.Endpoint(), c.Params().Int("id"), err)
	}
}

// visitors keeps the session of each visitor apart from that of the App by a cookie of another name.
type visitors struct {
	dewar.SecureCookieSessionInterface
	opened []string
}

func (v *visitors) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	v.opened = append(v.opened, c.Endpoint())
	return v.SecureCookieSessionInterface.OpenSession(c)
}

func TestSessionInterfaceSeesTheEndpoint(t *testing.T) {
	t.Parallel()
	app, sessions := newApp(t), &visitors{}
	app.SessionInterface = sessions
	app.Get("/", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Len())) }, dewar.Endpoint("home"))
	wants(t, app, [][2]string{{"GET /", "200 0"}})
	if len(sessions.opened) != 1 || sessions.opened[0] != "home" {
		t.Errorf("opened at %q, want home once", sessions.opened)
	}
}

type redirectTo struct{ url string }

func (e redirectTo) Error() string { return "go to " + e.url }

func TestAbortingWithAnErrorOfOnesOwn(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	dewar.HandleError(app, func(c *dewar.Context, err redirectTo) error { return c.Redirect(err.url) })
	app.Get("/", func(*dewar.Context) error { return fmt.Errorf("login: %w", redirectTo{"/test"}) })
	wants(t, app, [][2]string{{"GET /", "302 /test"}})
}

func TestHandlersForKindsOfHTTPErrors(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	say := func(who string) dewar.ErrorHandler {
		return func(c *dewar.Context, err error) error { return c.Text(who) }
	}
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error { return c.Text(fmt.Sprint("any ", err.Code)) })
	app.ErrorHandler(403, say("forbidden"))
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
	dewar.HandleError(bp, func(c *dewar.Context, err error) error { return c.Text("bp") })
	for path, code := range map[string]int{"/402": 402, "/403": 403, "/500": 500} {
		app.Get(path, func(*dewar.Context) error { return dewar.Abort(code) })
		bp.Get(path, func(*dewar.Context) error { return dewar.Abort(code) })
	}
	app.Get("/boom", func(*dewar.Context) error { return errors.New("boom") })
	bp.Get("/boom", func(*dewar.Context) error { return errors.New("boom") })
	app.RegisterBlueprint(bp)
	wants(t, app, [][2]string{
		{"GET /402", "402 any 402"}, {"GET /403", "403 forbidden"}, {"GET /500", "500 any 500"}, {"GET /boom", "500 any 500"},
		{"GET /bp/402", "402 bp"}, {"GET /bp/403", "403 forbidden"}, {"GET /bp/boom", "200 bp"},
	})
	rec := send(app, "GET", "/nothing")
	if rec.Body.String() != "any 404" {
		t.Errorf("an unknown path: got %q", rec.Body)
	}
}

func TestRunDefaults(t *testing.T) {
	t.Setenv("FLASK_RUN_HOST", "")
	t.Setenv("FLASK_RUN_PORT", "")
	if l, err := net.Listen("tcp", "127.0.0.1:5000"); err == nil { // otherwise somebody else has it
		defer l.Close()
	}
	if err := newApp(t).Run(""); err == nil || !strings.Contains(err.Error(), "127.0.0.1:5000 is in use") {
		t.Errorf("got %v, want that the default address is in use", err)
	}
}

func TestFileOfAFormThatHasNone(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/", func(c *dewar.Context) error {
		_, err := c.File("foo")
		return c.Text(fmt.Sprint(err, ", ", c.Form().String("foo")))
	})
	r := httptest.NewRequest("POST", "/", strings.NewReader("foo=index.txt"))
	r.Header.Set("Content-Type", urlencoded)
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	if got := rec.Body.String(); got != `400 Bad Request: form file "foo" is missing, index.txt` {
		t.Errorf("got %q, want that the file is missing, and the field", got)
	}
}
