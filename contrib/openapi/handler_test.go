package openapi_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
)

// send sends a request, with a JSON body if there is one.
func send(app *dewar.App, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body == "" {
		r = httptest.NewRequest(method, path, nil)
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

type thing struct {
	ID int `json:"id"`
}

type thingID struct {
	ID int `path:"id"`
}

type newThing struct {
	ID int `json:"id" required:"true" max:"9"`
}

var errBusy = errors.New("busy")

func showThing(c *dewar.Context, in *thingID) (*thing, error) { return &thing{in.ID}, nil }
func addThing(c *dewar.Context, in *newThing) (*thing, error) { return &thing{in.ID}, nil }
func dropThing(c *dewar.Context, in *thingID) error           { return nil }

func TestTypedHandlersAnswer(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	api := openapi.New(app)
	api.Get("/things/{id:int}", showThing)
	api.Delete("/things/{id:int}", dropThing)
	api.Post("/things", addThing)
	api.Put("/things", addThing, openapi.Status(202), dewar.Endpoint("put"))
	api.Patch("/strict", func(c *dewar.Context, in *newThing) error { return nil }, openapi.Strict())
	api.Get("/nothing", func(c *dewar.Context) (*thing, error) { return nil, nil })
	api.Get("/list", func(c *dewar.Context) ([]thing, error) { return nil, nil })
	api.Get("/map", func(c *dewar.Context) (map[string]int, error) { return nil, nil })
	api.Get("/value", func(c *dewar.Context) (thing, error) { return thing{3}, nil })
	api.Get("/said", func(c *dewar.Context) (*thing, error) { c.Status(203); return &thing{4}, nil })
	api.Post("/redirect", func(c *dewar.Context) (*thing, error) { return nil, c.Redirect("/list") })
	api.Get("/aborts", func(c *dewar.Context) (*thing, error) { return &thing{5}, dewar.Abort(409) })
	api.Get("/fails", func(c *dewar.Context) (*thing, error) { return nil, errBusy })
	api.Get("/plain", func(c *dewar.Context) error { return c.Text("plain") })
	for _, tt := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/things/7", "", 200, `{"id":7}`},
		{"DELETE", "/things/7", "", 204, ""},
		{"POST", "/things", `{"id":1}`, 201, `{"id":1}`},
		{"POST", "/things", `{"id":10}`, 400, `"errors":[{"field":"id","detail":"must be at most 9"}]`},
		{"PUT", "/things", `{"id":1}`, 202, `{"id":1}`},
		{"PATCH", "/strict", `{"id":1,"x":1}`, 400, `"field":"x"`},
		{"PATCH", "/strict", `{"id":1}`, 204, ""},
		{"GET", "/nothing", "", 204, ""},
		{"GET", "/list", "", 200, `[]`},
		{"GET", "/map", "", 200, `{}`},
		{"GET", "/value", "", 200, `{"id":3}`},
		{"GET", "/said", "", 203, `{"id":4}`},
		{"POST", "/redirect", "", 302, ""},
		{"GET", "/aborts", "", 409, `"status":409`},
		{"GET", "/fails", "", 500, `"status":500`},
		{"GET", "/plain", "", 200, "plain"},
	} {
		w := send(app, tt.method, tt.path, tt.body)
		if got := strings.TrimSpace(w.Body.String()); w.Code != tt.status || !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s %s %s: got %d %s, want %d %s", tt.method, tt.path, tt.body, w.Code, got, tt.status, tt.want)
		}
		if got := w.Header().Get("Content-Type"); w.Code >= 400 && got != "application/problem+json" {
			t.Errorf("%s: the error is %s", tt.path, got)
		}
	}
}

// busy is an error of the program.
type busy struct{}

func (busy) Error() string { return "busy" }

func TestErrorsOfTheAppsOwnTypesGoToTheirHandlers(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	api := openapi.New(app)
	api.Get("/busy", func(c *dewar.Context) (*thing, error) { return nil, busy{} }, dewar.Endpoint("busy"))
	api.Get("/fails", func(c *dewar.Context) (*thing, error) { return nil, dewar.Abort(409) }, dewar.Endpoint("fails"))
	dewar.HandleError(app, func(c *dewar.Context, err busy) error { return c.Status(503).Text(err.Error()) })
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error { return c.HTML("a page") })
	if w := send(app, "GET", "/busy", ""); w.Code != 503 || w.Body.String() != "busy" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if w := send(app, "GET", "/fails", ""); w.Code != 409 || !strings.Contains(w.Body.String(), `"status":409`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestEndpointsAreTheNamesOfFunctions(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	api := openapi.New(app)
	api.Get("/things/{id:int}", showThing)
	api.Get("/old/{id:int}", showThing) // one function may have two rules, as with app.Get
	s := &shelf{}
	bp := dewar.NewBlueprint("shelf", dewar.URLPrefix("/shelf"))
	api.On(bp).Get("/", s.list)
	app.RegisterBlueprint(bp)
	api.Get("/closure", func(c *dewar.Context) (*thing, error) { return nil, nil })
	got := map[string]string{}
	for _, r := range app.Routes() {
		got[r.Rule] = r.Endpoint
		if r.Rule != "/static/{filename:path}" && r.Rule != "/openapi.json" && !strings.HasPrefix(r.Site, "openapi/handler_test.go:") {
			t.Errorf("%s was registered at %s", r.Rule, r.Site)
		}
	}
	for rule, want := range map[string]string{"/things/{id:int}": "showThing", "/old/{id:int}": "showThing", "/shelf/": "shelf.list", "/closure": ""} {
		if got[rule] != want {
			t.Errorf("%s: got %q, want %q", rule, got[rule], want)
		}
	}
	if url, err := app.URLFor("showThing", "id", 7, dewar.Relative()); err != nil || url != "/things/7" {
		t.Errorf("got %q, %v", url, err)
	}
}

type shelf struct{ things []thing }

func (s *shelf) list(c *dewar.Context) ([]thing, error) { return s.things, nil }

func TestWhatIsNoHandlerPanics(t *testing.T) {
	t.Parallel()
	api := openapi.New(dewar.New("test", dewar.RootPath(t.TempDir())))
	var none func(c *dewar.Context) error
	for name, f := range map[string]any{
		"nil": nil, "a nil function": none, "a text": "x", "a net/http handler": http.NotFound,
		"a struct, not a pointer": func(c *dewar.Context, in thingID) error { return nil },
		"no error":                func(c *dewar.Context) *thing { return nil },
		"three results":           func(c *dewar.Context) (int, int, error) { return 0, 0, nil },
		"many":                    func(c *dewar.Context, in ...*thingID) error { return nil },
		"no Context":              func(in *thingID) error { return nil },
	} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, "pass func(c *dewar.Context, in *In) (*Out, error)") || !strings.Contains(text, `api.Get("/x")`) {
					t.Errorf("%s: got the panic %q", name, text)
				}
			}()
			api.Get("/x", f)
		}()
	}
}

func TestBuildReportsWhatCannotBeDescribed(t *testing.T) {
	t.Parallel()
	type noVariable struct {
		ID int `path:"idd"`
	}
	type noField struct {
		Page int `query:"page"`
	}
	type badTag struct {
		ID int `path:"id" docs:"Which."`
	}
	type badExample struct {
		ID int `path:"id" example:"first"`
	}
	type hasFunc struct {
		F func() `json:"f"`
	}
	type hasMap struct {
		M map[struct{ A int }]int `json:"m"`
	}
	type badRule struct {
		ID string `json:"id" min:"1"`
	}
	type withBody struct {
		ID string `json:"id"`
	}
	for _, tt := range []struct {
		name, want string
		add        func(api *openapi.API)
	}{
		{"a path tag without a variable", `"idd"`, func(api *openapi.API) {
			api.Get("/{id}", func(c *dewar.Context, in *noVariable) error { return nil })
		}},
		{"a variable without a field", `path:"id"`, func(api *openapi.API) {
			api.Get("/{id}", func(c *dewar.Context, in *noField) error { return nil })
		}},
		{"a misspelt tag", `write doc:"Which."`, func(api *openapi.API) {
			api.Get("/{id}", func(c *dewar.Context, in *badTag) error { return nil })
		}},
		{"an example that does not fit", `"first" is no number`, func(api *openapi.API) {
			api.Get("/{id}", func(c *dewar.Context, in *badExample) error { return nil })
		}},
		{"a function in an answer", `json:"-"`, func(api *openapi.API) {
			api.Get("/", func(c *dewar.Context) (*hasFunc, error) { return nil, nil })
		}},
		{"a map that JSON does not have", "use text or whole numbers", func(api *openapi.API) {
			api.Get("/", func(c *dewar.Context) (*hasMap, error) { return nil, nil })
		}},
		{"a rule that does not fit", "minlength", func(api *openapi.API) {
			api.Post("/", func(c *dewar.Context, in *badRule) error { return nil })
		}},
		{"a body of GET", "api.Post", func(api *openapi.API) {
			api.Get("/", func(c *dewar.Context, in *withBody) error { return nil })
		}},
		{"paths that OpenAPI cannot tell apart", "openapi.Hidden()", func(api *openapi.API) {
			api.Get("/{id:int}", noOut)
			api.Get("/{name}", noOut, dewar.Endpoint("byName"))
		}},
		{"one operationId twice", "openapi.OperationID", func(api *openapi.API) {
			api.Get("/a", noOut, openapi.OperationID("x"))
			api.Get("/b", noOut, openapi.OperationID("x"))
		}},
		{"a method that OpenAPI lacks", "PURGE", func(api *openapi.API) {
			api.Route("/a", noOut, dewar.Methods("PURGE"))
		}},
		{"one path on two hosts", "another host", func(api *openapi.API) {
			api.Get("/a", noOut, dewar.Host("a.example"))
			api.Get("/a", noOut, dewar.Host("b.example"), dewar.Endpoint("b"))
		}},
		{"a type whose own schema is no JSON", "OpenAPISchema", func(api *openapi.API) {
			api.Get("/a", func(c *dewar.Context) (*wrongSchema, error) { return nil, nil })
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("test", dewar.RootPath(t.TempDir()))
			api := openapi.New(app)
			tt.add(api)
			err := app.Build()
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "openapi: openapi/handler_test.go:") {
				t.Errorf("got %v, want it to have %q and the place", err, tt.want)
			}
			if _, again := api.Document(); again == nil {
				t.Error("there is a document")
			}
		})
	}
}

type wrongSchema struct{}

func (wrongSchema) OpenAPISchema() string { return "string" }

func TestStatusesThatAreNonePanic(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]func(){
		"Status": func() { openapi.Status(404) }, "Out": func() { openapi.Out[thing](404) }, "Answers": func() { openapi.Answers(100, "") }, "Fails": func() { openapi.Fails(200) },
	} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, name) || !strings.Contains(text, "pass ") {
					t.Errorf("%s: got the panic %q", name, text)
				}
			}()
			option()
		}()
	}
}

func BenchmarkTypedHandler(b *testing.B) {
	plain := func(c *dewar.Context) error {
		var in newThing
		if err := c.Bind(&in); err != nil {
			return err
		}
		return c.Status(201).JSON(&thing{in.ID})
	}
	for _, bb := range []struct {
		name     string
		register func(app *dewar.App)
	}{
		{"typed", func(app *dewar.App) { openapi.New(app).Post("/things", addThing) }},
		{"plain", func(app *dewar.App) { app.Post("/things", plain) }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			app := dewar.New("test", dewar.RootPath(b.TempDir()))
			bb.register(app)
			b.ReportAllocs()
			for b.Loop() {
				if w := send(app, "POST", "/things", `{"id":1}`); w.Code != 201 {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
