package flasktest_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// The tests of Flask's test_helpers.py, test_request.py and test_logging.py that no other test stands for.

func TestSchemesOfURLs(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", index, dewar.Endpoint("index"))
	app.Get("/url", func(c *dewar.Context) error {
		for _, tt := range []struct {
			opts []any
			want string
		}{
			{[]any{dewar.External()}, "http://localhost/"},
			{[]any{dewar.External(), dewar.Scheme("https")}, "https://localhost/"},
			{[]any{dewar.External()}, "http://localhost/"}, // the scheme of one URL is not that of the next
			{[]any{dewar.Scheme("https")}, "https://localhost/"},
			{[]any{dewar.Anchor("x y")}, "/#x%20y"},
		} {
			if got, err := c.URLFor("index", tt.opts...); err != nil || got != tt.want {
				t.Errorf("%v: got %q %v, want %q", tt.opts, got, err, tt.want)
			}
		}
		if got, err := c.URLFor("index", dewar.Scheme("https"), dewar.Relative()); err == nil {
			t.Errorf("a relative URL with a scheme: got %q, want an error", got)
		}
		return c.NoContent()
	}, dewar.Endpoint("url"))
	dewartest.New(t, app).Get("/url").Want(204)
}

// A listing is Flask's view with methods on several rules.
type listing struct{}

func (listing) Get(c *dewar.Context) error  { return c.Text("get") }
func (listing) Post(c *dewar.Context) error { return c.Text("create") }

func TestURLOfAMethod(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	view := &listing{}
	app.View("/myview/", view, dewar.Methods("GET"), dewar.Endpoint("myview"))
	app.View("/myview/{id:int}", view, dewar.Methods("GET"), dewar.Endpoint("myview"))
	app.View("/myview/create", view, dewar.Methods("POST"), dewar.Endpoint("myview"))
	for _, tt := range []struct {
		pairs []any
		want  string
	}{
		{[]any{dewar.ForMethod("GET")}, "/myview/"},
		{[]any{"id", 42, dewar.ForMethod("GET")}, "/myview/42"},
		{[]any{dewar.ForMethod("POST")}, "/myview/create"},
	} {
		if got, err := app.URLFor("myview", append(tt.pairs, dewar.Relative())...); err != nil || got != tt.want {
			t.Errorf("%v: got %q %v, want %q", tt.pairs, got, err, tt.want)
		}
	}
}

func TestRedirectHasTheStatusThatWasSet(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.Redirect("https://localhost") }, dewar.Endpoint("plain"))
	app.Get("/kept", func(c *dewar.Context) error { return c.Status(307).Redirect("https://localhost") }, dewar.Endpoint("kept"))
	app.AfterRequest(func(c *dewar.Context) error {
		if c.Request.URL.Path == "/kept" && c.Query().Has("moved") {
			c.Header("Location", "https://elsewhere.example/")
		}
		return nil
	})
	client := dewartest.New(t, app)
	for path, want := range map[string]string{"/": "302 https://localhost", "/kept": "307 https://localhost", "/kept?moved=1": "307 https://elsewhere.example/"} {
		res := client.Get(path)
		if got := fmt.Sprint(res.StatusCode, " ", res.Location()); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestAbortIsAnErrorOfAStatusThatIsOne(t *testing.T) {
	t.Parallel()
	var e *dewar.HTTPError
	if err := dewar.Abort(401); !errors.As(err, &e) || e.Code != 401 {
		t.Errorf("Abort(401) is %v, want an HTTPError of 401", err)
	}
	app := quietApp(t)
	app.Get("/", func(*dewar.Context) error { return dewar.Abort(900) }, dewar.Endpoint("index"))
	res := dewartest.New(t, app).Get("/").Want(500)
	if res.Err == nil || !strings.Contains(res.Err.Error(), "Abort(900): not an error status") {
		t.Errorf("Abort(900) is %v, want an error that says why", res.Err)
	}
}

func TestStreamSeesTheRequestAndEndsWithWhatItDefers(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var ended []string
	stream := func(hello string, c *dewar.Context) func(w io.Writer) error {
		return func(w io.Writer) error {
			defer func() { ended = append(ended, hello) }()
			for _, part := range []string{hello, c.Query().String("name"), "!"} {
				if _, err := io.WriteString(w, part); err != nil {
					return err
				}
				c.Response.Flush()
			}
			return nil
		}
	}
	app.Get("/", func(c *dewar.Context) error { return c.Stream(stream("Hello ", c)) }, dewar.Endpoint("index"))
	res := dewartest.New(t, app).Get("/?name=World").Want(200)
	if res.Text() != "Hello World!" || !res.Flushed || len(ended) != 1 {
		t.Errorf("got %q, flushed %t, ended %q; want Hello World! in parts, ended once", res.Text(), res.Flushed, ended)
	}
}

func TestBodyOverTheLimitReachesTheHandlerOf413(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	configure(app, "MAX_CONTENT_LENGTH", 50)
	app.ErrorHandler(413, func(c *dewar.Context, _ error) error { return c.Text("42") })
	app.Post("/", func(c *dewar.Context) error {
		if _, err := dewar.Require[string](c.Form(), "myfile"); err != nil {
			return err
		}
		return c.Text("taken")
	}, dewar.Endpoint("index"))
	client := dewartest.New(t, app)
	if got := client.Post("/", dewartest.Form("myfile", strings.Repeat("foo", 50))).Want(413).Text(); got != "42" {
		t.Errorf("got %q, want the answer of the handler", got)
	}
	client.Post("/", dewartest.Form("myfile", "foo")).Want(200, "taken")
}

// TestLoggerOfAnApp touches slog.Default.
func TestLoggerOfAnApp(t *testing.T) {
	var shared, own strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&shared, nil)))
	defer slog.SetDefault(before)
	for _, tt := range []struct {
		name        string
		logger      *slog.Logger
		debug       bool
		shared, own []string
	}{
		{"the default of the program", nil, false, []string{"level=INFO msg=told"}, nil},
		{"DEBUG leaves the level to the handler", nil, true, []string{"level=INFO msg=told"}, nil},
		{"one of its own", slog.New(slog.NewTextHandler(&own, &slog.HandlerOptions{Level: slog.LevelDebug})), false, nil,
			[]string{"level=DEBUG msg=fine", "level=INFO msg=told"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shared.Reset()
			own.Reset()
			app := dewar.New("flask_test", dewar.RootPath(t.TempDir()))
			configure(app, "SECRET_KEY", testKey)
			configure(app, "DEBUG", tt.debug)
			app.Logger = tt.logger
			app.Get("/", func(c *dewar.Context) error {
				c.Logger().Debug("fine")
				c.Logger().Info("told")
				return c.NoContent()
			}, dewar.Endpoint("index"))
			must(t, app.Build())
			shared.Reset()
			own.Reset()
			send(app, "GET", "/")
			for log, want := range map[*strings.Builder][]string{&shared: tt.shared, &own: tt.own} {
				if n := strings.Count(log.String(), "\n"); n != len(want) {
					t.Errorf("logged %q, want %d lines", log, len(want))
				}
				for _, text := range want {
					if !strings.Contains(log.String(), text) {
						t.Errorf("logged %q, want %q in it", log, text)
					}
				}
			}
		})
	}
}
