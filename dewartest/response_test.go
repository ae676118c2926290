package dewartest_test

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

var userKey = dewar.NewKey[string]("user")

// newFailing returns an App with a view for each way to fail.
func newFailing(config dewar.Map) *dewar.App {
	app := newApp(config)
	app.Get("/error", func(*dewar.Context) error { return errors.New("disk on fire") })
	app.Get("/panic", func(*dewar.Context) error { panic("broken view") })
	app.Get("/abort", func(*dewar.Context) error { return dewar.Abort(503) })
	app.Get("/half", func(c *dewar.Context) error {
		io.WriteString(c.Response, "half a page")
		c.Response.Flush()
		return errors.New("tape torn")
	})
	app.Get("/wanted", func(*dewar.Context) error { return errWanted })
	dewar.HandleError(app, func(c *dewar.Context, err wantedError) error { return c.Status(418).Text("handled") })
	return app
}

type wantedError struct{}

func (wantedError) Error() string { return "wanted" }

var errWanted error = wantedError{}

func TestErrorsThatNoHandlerWantedAreKept(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newFailing(nil))
	for _, tt := range []struct {
		path        string
		wantStatus  int
		wantErr     string
		wantAborted bool
	}{
		{"/error", 500, "disk on fire", false}, {"/panic", 500, "panic: broken view", false}, {"/half", 200, "tape torn", true},
		{"/abort", 503, "", false}, {"/wanted", 418, "", false}, {"/missing", 404, "", false},
	} {
		res := client.Get(tt.path).Want(tt.wantStatus)
		text := ""
		if res.Err != nil {
			text = res.Err.Error()
		}
		if text != tt.wantErr || res.Aborted != tt.wantAborted {
			t.Errorf("%s: got error %q, aborted %t; want %q, %t", tt.path, text, res.Aborted, tt.wantErr, tt.wantAborted)
		}
	}
}

func TestPropagateErrorsEndsTheTest(t *testing.T) {
	t.Parallel()
	get := func(path string) func(*fakeT) {
		return func(t *fakeT) { dewartest.New(t, newFailing(nil), dewartest.PropagateErrors()).Get(path) }
	}
	wantFatal(t, get("/error"), "GET /error: no error handler wanted this error: disk on fire")
	wantFatal(t, get("/panic"), "panic: broken view", "response_test.go")
	wantFatal(t, get("/half"), "tape torn")
	for _, path := range []string{"/abort", "/wanted", "/missing"} {
		wantPass(t, get(path))
	}
}

func TestAPanicThatLeavesTheAppIsThatOfTheTest(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newFailing(dewar.Map{"PROPAGATE_EXCEPTIONS": true}))
	var value any
	func() {
		defer func() { value = recover() }()
		client.Get("/error")
	}()
	if err, ok := value.(error); !ok || err.Error() != "disk on fire" {
		t.Errorf("got panic %v, want the error %q", value, "disk on fire")
	}
}

func TestAHandlerMayEndTheTest(t *testing.T) {
	t.Parallel()
	torn := false
	got := run(func(t *fakeT) {
		app := newApp(nil)
		app.TeardownRequest(func(*dewar.Context, error) { torn = true })
		app.Get("/", func(*dewar.Context) error {
			t.Fatalf("stop here")
			return nil
		})
		dewartest.New(t, app).Get("/")
		t.Errorf("the test went on")
	})
	if len(got.failures) != 1 || got.failures[0] != "stop here" || !torn {
		t.Errorf("got failures %q, torn down %t; want %q and torn down", got.failures, torn, "stop here")
	}
}

func TestWant(t *testing.T) {
	t.Parallel()
	app := newFailing(nil)
	app.Get("/", func(c *dewar.Context) error { return c.Text("one two three") })
	app.Get("/long", func(c *dewar.Context) error { return c.Text("begin" + strings.Repeat("é", 2000) + "end") })
	app.Get("/away", func(c *dewar.Context) error { return c.Redirect("/login") })
	want := func(path string, status int, texts ...string) func(*fakeT) {
		return func(t *fakeT) { dewartest.New(t, app).Get(path).Want(status, texts...) }
	}
	wantPass(t, want("/", 200))
	wantPass(t, want("/", 200, "one", "three"))
	wantFailure(t, want("/", 404, "four"), "GET /: got status 200, want 404", "one two three")
	wantFailure(t, want("/", 200, "one", "four"), `GET /: the body does not contain "four"`, "one two three")
	wantFailure(t, want("/away", 200), "got status 302, want 200", "Location: /login")
	wantFailure(t, want("/error", 200), "got status 500, want 200", "error: disk on fire")
	wantFailure(t, want("/panic", 200), "panic: broken view", "response_test.go")
	long := run(want("/long", 201))
	if msg := long.failures[0]; !strings.Contains(msg, "begin") || strings.Contains(msg, "end") || len(msg) > 1200 || !strings.HasSuffix(msg, "é ...") {
		t.Errorf("got a message of %d bytes for a long body: %q, want its beginning", len(msg), msg)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.Get("/", func(c *dewar.Context) error { return c.JSON([]int{1, 2}) })
	app.Get("/text", func(c *dewar.Context) error { return c.Text("[1, 2]") })
	app.Get("/problem", func(*dewar.Context) error { return dewar.Abort(409) })
	client := dewartest.New(t, app)
	var list []int
	if client.Get("/").JSON(&list); !reflect.DeepEqual(list, []int{1, 2}) {
		t.Errorf("got %v, want [1 2]", list)
	}
	var problem struct{ Status int }
	if client.Get("/problem", dewartest.Header("Accept", "application/json")).JSON(&problem); problem.Status != 409 {
		t.Errorf("got problem %+v, want status 409", problem)
	}
	wantFatal(t, func(t *fakeT) { dewartest.New(t, app).Get("/text").JSON(&list) },
		`GET /text: the Content-Type of the response is "text/plain; charset=utf-8", not JSON`, "[1, 2]")
	wantFatal(t, func(t *fakeT) { dewartest.New(t, app).Get("/").JSON(new(string)) }, "cannot be decoded into *string")
}

// A plainJSON is a provider that leaves its mark.
type plainJSON struct{}

func (plainJSON) Marshal(any) ([]byte, error) { return []byte(`"marshalled"`), nil }
func (plainJSON) Unmarshal(data []byte, v any) error {
	*v.(*string) = "unmarshalled " + string(data)
	return nil
}

func TestTheJSONProviderOfTheAppIsUsed(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.JSON = plainJSON{}
	app.Post("/", func(c *dewar.Context) error {
		body, err := io.ReadAll(c.Request.Body)
		return errors.Join(err, c.Blob("application/json", body))
	})
	var got string
	dewartest.New(t, app).Post("/", dewartest.JSON(1)).JSON(&got)
	if want := `unmarshalled "marshalled"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatIsSeenOfTheApp(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.Get("/", func(c *dewar.Context) error {
		userKey.Set(c, "ann")
		c.Flash("Hello.")
		c.Flash("Careful.", "warning")
		return c.NoContent()
	}, dewar.Endpoint("index"))
	client, other := dewartest.New(t, app), dewartest.New(t, app)
	res := client.Get("/").Want(204)
	want := []dewar.Flash{{Category: "message", Message: "Hello."}, {Category: "warning", Message: "Careful."}}
	if !reflect.DeepEqual(res.Flashed, want) {
		t.Errorf("got flashed %v, want %v", res.Flashed, want)
	}
	if res.Context == nil || res.Context.Endpoint() != "index" || userKey.Get(res.Context) != "ann" {
		t.Errorf("got context %v, want that of index with its user", res.Context)
	}
	if res := other.Get("/missing"); len(res.Flashed) != 0 || res.Context == nil {
		t.Errorf("got flashed %v, context %v; want none and one", res.Flashed, res.Context)
	}
}

func TestRenderedTemplatesAreSeen(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte("<p>{{.name}}")}}))
	app.Get("/", func(c *dewar.Context) error { return c.Render("page.html", dewar.Map{"name": "ann"}) })
	app.Get("/text", func(c *dewar.Context) error { return c.Text("none") })
	client := dewartest.New(t, app)
	rendered := client.Get("/").Want(200, "<p>ann").Rendered
	if len(rendered) != 1 || rendered[0].Name != "page.html" || rendered[0].Data["name"] != "ann" {
		t.Errorf("got rendered %v, want page.html with the name", rendered)
	}
	if rendered := client.Get("/text").Want(200).Rendered; len(rendered) != 0 {
		t.Errorf("got rendered %v, want nothing", rendered)
	}
}

func TestThereIsNoContextWhenMiddlewareAnswers(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.Use(func(http.Handler) http.Handler { return http.NotFoundHandler() })
	if res := dewartest.New(t, app).Get("/").Want(404); res.Context != nil {
		t.Errorf("got context %v, want none", res.Context)
	}
}
