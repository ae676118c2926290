package dewar_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/dewar-go/dewar"
)

// demo asks an app for a path and prints status and body.
func demo(app http.Handler, path string) {
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
	fmt.Println(rec.Code, strings.TrimSpace(rec.Body.String()+rec.Header().Get("Location")))
}

// configure changes a configuration key of an example.
func configure(app *dewar.App, key string, value any) {
	if err := app.Config.Set(key, value); err != nil {
		panic(err)
	}
}

func Example() {
	app := dewar.New("hello")
	app.Get("/", func(c *dewar.Context) error { return c.Text("Hello, World!") })
	app.Get("/square/{n:int}", func(c *dewar.Context) error {
		n := c.Params().Int("n")
		return c.JSON(dewar.Map{"n": n, "square": n * n})
	})
	demo(app, "/")
	demo(app, "/square/7")
	demo(app, "/square/seven")
	// Output:
	// 200 Hello, World!
	// 200 {"n":7,"square":49}
	// 404 404 Not Found
	// There is nothing at this address. If you typed it, please check the spelling.
}

func ExampleApp_Route() {
	login := func(c *dewar.Context) error {
		if c.Request.Method == "POST" {
			return c.Redirect("/")
		}
		return c.Text("a form")
	}
	app := dewar.New("routes")
	app.Route("/login", login, dewar.Methods("GET", "POST"), dewar.Endpoint("login"))
	demo(app, "/login")
	for _, r := range app.Routes() {
		if r.Endpoint == "login" {
			fmt.Println(r.Rule, r.Methods)
		}
	}
	// Output:
	// 200 a form
	// /login [GET HEAD OPTIONS POST]
}

func ExampleApp_Use() {
	app := dewar.New("middleware")
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Println("before", r.URL.Path)
			next.ServeHTTP(w, r)
		})
	})
	app.Get("/", func(c *dewar.Context) error { return c.NoContent() })
	demo(app, "/")
	// Output:
	// before /
	// 204
}

func ExampleBlueprint() {
	bp := dewar.NewBlueprint("blog", dewar.URLPrefix("/blog"))
	bp.Get("/", func(c *dewar.Context) error { return c.RedirectTo(".show", "id", 1) })
	bp.Get("/{id:int}", func(c *dewar.Context) error {
		return c.Text(fmt.Sprint("post ", c.Params().Int("id"), " of ", c.Blueprint()))
	}, dewar.Endpoint("show"))
	app := dewar.New("site")
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(bp, dewar.Name("news"), dewar.URLPrefix("/news"))
	demo(app, "/blog/")
	demo(app, "/news/1")
	// Output:
	// 302 /blog/1
	// 200 post 1 of news
}

func ExampleContext_URLFor() {
	app := dewar.New("urls")
	app.Get("/users/{name}", func(c *dewar.Context) error {
		u, err := c.URLFor("user", "name", "ann b", "page", 2)
		if err != nil {
			return err
		}
		return c.Text(u)
	}, dewar.Endpoint("user"))
	demo(app, "/users/x")
	// Output: 200 /users/ann%20b?page=2
}

func ExampleAbortf() {
	app := dewar.New("errors")
	app.Get("/{id:int}", func(c *dewar.Context) error {
		return dewar.Abortf(404, "Post id %d doesn't exist.", c.Params().Int("id"))
	})
	demo(app, "/7")
	// Output: 404 404 Post id 7 doesn't exist.
}

func ExampleHandleError() {
	app := dewar.New("errors")
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error {
		return c.JSON(dewar.Map{"error": err.Code})
	})
	app.Get("/", func(c *dewar.Context) error { return dewar.Abort(403) })
	demo(app, "/")
	// Output: 403 {"error":403}
}

func ExampleHTTPError() {
	app := dewar.New("errors")
	app.Get("/", func(c *dewar.Context) error {
		return &dewar.HTTPError{Code: 503, Message: "Back soon.", Header: http.Header{"Retry-After": {"60"}}}
	})
	demo(app, "/")
	// Output: 503 503 Back soon.
}

func ExamplePanicError() {
	app := dewar.New("errors")
	app.Get("/", func(c *dewar.Context) error { panic(sql.ErrConnDone) })
	app.TeardownRequest(func(c *dewar.Context, err error) {
		if p, ok := errors.AsType[*dewar.PanicError](err); ok {
			fmt.Println(p, "|", errors.Is(err, sql.ErrConnDone))
		}
	})
	app.Logger = textLogger(&strings.Builder{})
	demo(app, "/")
	// Output:
	// panic: sql: connection is already closed | true
	// 500 500 Internal Server Error
	// Something went wrong on the server, or it is overloaded. It is not your fault.
}

func ExampleContext_Session() {
	app := dewar.New("counter")
	configure(app, "SECRET_KEY", testKey)
	app.Get("/", func(c *dewar.Context) error {
		visits := dewar.ValueOr(c.Session(), "visits", 0) + 1
		c.Session().Set("visits", visits)
		return c.Text(fmt.Sprint("visit ", visits))
	})
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	again := httptest.NewRequest("GET", "/", nil)
	again.AddCookie(rec.Result().Cookies()[0])
	second := httptest.NewRecorder()
	app.ServeHTTP(second, again)
	fmt.Println(rec.Body, second.Body)
	// Output: visit 1 visit 2
}

func ExampleNewKey() {
	type User struct{ Name string }
	user := dewar.NewKey[*User]("user")
	app := dewar.New("keys")
	app.BeforeRequest(func(c *dewar.Context) error {
		user.Set(c, &User{Name: "ann"})
		return nil
	})
	app.Get("/", func(c *dewar.Context) error { return c.Text(user.Get(c).Name) })
	demo(app, "/")
	// Output: 200 ann
}

func ExampleSignal() {
	app := dewar.New("signals")
	app.Get("/", func(c *dewar.Context) error { return c.Text("ok") })
	disconnect := app.RequestFinished.Connect(func(c *dewar.Context) {
		fmt.Println("answered", c.Request.URL.Path, c.Response.StatusCode())
	})
	demo(app, "/")
	disconnect()
	demo(app, "/")
	// Output:
	// answered / 200
	// 200 ok
	// 200 ok
}

func ExampleRequire() {
	app := dewar.New("values")
	app.Get("/", func(c *dewar.Context) error {
		page, err := dewar.Require[int](c.Query(), "page")
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint("page ", page, " of ", dewar.ValueOr(c.Query(), "size", 20)))
	})
	demo(app, "/?page=3")
	demo(app, "/")
	// Output:
	// 200 page 3 of 20
	// 400 400 query parameter "page" is missing
}

func ExampleValues() {
	app := dewar.New("values")
	app.Get("/", func(c *dewar.Context) error {
		q := c.Query()
		return c.Text(fmt.Sprint(q.Int("n"), q.Bool("ok"), q.Duration("wait"), q.Strings("tag")))
	})
	demo(app, "/?n=7&ok=yes&wait=90&tag=a&tag=b")
	// Output: 200 7 true 1m30s [a b]
}

func ExampleResponse() {
	app := dewar.New("responses")
	app.Get("/", func(c *dewar.Context) error { return c.Text("hello") })
	app.AfterRequest(func(c *dewar.Context) error {
		if c.Response.StatusCode() != http.StatusOK {
			return nil
		}
		return c.Response.SetBody([]byte(strings.ToUpper(string(c.Response.Body()))))
	})
	demo(app, "/")
	// Output: 200 HELLO
}

// The path of a request through its stations.
func ExampleObserver() {
	app := dewar.New("observed")
	configure(app, "SECRET_KEY", testKey)
	app.Observer = func(c *dewar.Context, at dewar.Station, name string) func(err error) {
		if at == dewar.AtSession {
			fmt.Println(at, name)
			return nil
		}
		fmt.Println(at, "begins")
		return func(err error) { fmt.Println(at, "ends with", err) }
	}
	app.BeforeRequest(func(c *dewar.Context) error { return nil })
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("seen", true)
		return c.NoContent()
	})
	demo(app, "/")
	// Output:
	// hook begins
	// hook ends with <nil>
	// view begins
	// session open
	// view ends with <nil>
	// session save
	// 204
}

// One route takes larger bodies than MAX_CONTENT_LENGTH allows, another takes less.
func ExampleLimits() {
	limit := func(n int64) dewar.RouteOption {
		return dewar.Before(func(c *dewar.Context) error {
			c.Limit(dewar.Limits{Body: n})
			return nil
		})
	}
	length := func(c *dewar.Context) error {
		n, err := io.Copy(io.Discard, c.Request.Body)
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(n, " bytes"))
	}
	app := dewar.New("limits")
	configure(app, "MAX_CONTENT_LENGTH", 10)
	app.Post("/default", length, dewar.Endpoint("default"))
	app.Post("/more", length, dewar.Endpoint("more"), limit(20))
	app.Post("/less", length, dewar.Endpoint("less"), limit(5))
	for _, path := range []string{"/default", "/more", "/less"} {
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, httptest.NewRequest("POST", path, strings.NewReader("fifteen letters")))
		fmt.Println(path, rec.Code)
	}
	// Output:
	// /default 413
	// /more 200
	// /less 413
}

func ExampleContext_Header() {
	app := dewar.New("headers")
	app.Get("/", func(c *dewar.Context) error {
		return c.Status(201).Header("X-Total", "7").JSON(dewar.Map{"id": 7})
	})
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	fmt.Println(rec.Code, rec.Header().Get("X-Total"), rec.Body)
	// Output: 201 7 {"id":7}
}

// A function that takes a Context is tested without a route.
func ExampleApp_NewContext() {
	greet := func(c *dewar.Context) error { return c.Text("Hello, " + c.Query().String("name")) }

	rec := httptest.NewRecorder()
	c, end, err := dewar.New("test").NewContext(rec, httptest.NewRequest("GET", "/?name=Ann", nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(greet(c), end(), rec.Body)
	// Output: <nil> <nil> Hello, Ann
}

func ExampleContext_Flash() {
	app := dewar.New("flash")
	configure(app, "SECRET_KEY", testKey)
	app.Get("/", func(c *dewar.Context) error {
		c.Flash("Title is required.", "error")
		for _, m := range c.FlashedMessages() {
			fmt.Println(m.Category, m.Message)
		}
		return c.NoContent()
	})
	demo(app, "/")
	// Output:
	// error Title is required.
	// 204
}

func ExampleParseUUID() {
	u, err := dewar.ParseUUID("123E4567-E89B-12D3-A456-426614174000")
	fmt.Println(u, err)
	// Output: 123e4567-e89b-12d3-a456-426614174000 <nil>
}

// wordConverter takes lower-case words.
type wordConverter struct{}

func (wordConverter) Pattern() string              { return "[a-z]+" }
func (wordConverter) Parse(s string) (any, error)  { return s, nil }
func (wordConverter) Format(v any) (string, error) { return strings.ToLower(fmt.Sprint(v)), nil }

func ExampleConverter() {
	app := dewar.New("converters")
	app.Converter("word", wordConverter{})
	app.Get("/{w:word}", func(c *dewar.Context) error { return c.Text(c.Params().String("w")) })
	demo(app, "/hello")
	demo(app, "/4711")
	// Output:
	// 200 hello
	// 404 404 Not Found
	// There is nothing at this address. If you typed it, please check the spelling.
}

func ExampleWrap() {
	app := dewar.New("wrapped")
	app.Get("/{name}", dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "net/http sees ", r.PathValue("name"))
	})))
	demo(app, "/ann")
	// Output: 200 net/http sees ann
}

func ExampleJSONProvider() {
	app := dewar.New("json")
	app.JSON = shouting{app.JSON}
	app.Get("/", func(c *dewar.Context) error { return c.JSON("hello") })
	demo(app, "/")
	// Output: 200 "HELLO"
}

type shouting struct{ dewar.JSONProvider }

func (s shouting) Marshal(v any) ([]byte, error) {
	body, err := s.JSONProvider.Marshal(v)
	return []byte(strings.ToUpper(string(body))), err
}
