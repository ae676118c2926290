package dewar_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestAccessLog(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.AccessLog())
	log := &record{}
	app.Logger = log.logger()
	app.Get("/users/{id:int}", func(c *dewar.Context) error { return c.Status(201).Text("ok") }, dewar.Endpoint("user"))
	app.Get("/panic", func(c *dewar.Context) error { panic("broken") })
	app.Get("/cut", func(c *dewar.Context) error { panic(http.ErrAbortHandler) })
	srv := serve(t, app)
	for _, tt := range []struct {
		name, path string
		want       []string
	}{
		{"an aborted request, before there is a connection to try again on", "/cut", []string{"path=/cut", "cut=true"}},
		{"a view", "/users/7?token=hush", []string{"path=/users/7", "status=201", "client=127.0.0.1", "method=GET", "route=/users/{id:int}", "endpoint=user", "duration=", "requestID="}},
		{"no route", "/nowhere", []string{"path=/nowhere", "status=404"}},
		{"a panic", "/panic", []string{"path=/panic", "status=500"}},
		{"line breaks", "/a%0ab", []string{`path="/a\nb"`}},
		{"a long path", "/" + strings.Repeat("y", 4000), []string{"path=/" + strings.Repeat("y", 2047) + " "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(log.String())
			ask(t, srv, "GET", tt.path)
			var line string
			for l := range strings.Lines(log.String()[before:]) {
				if strings.Contains(l, "msg=request ") {
					line += l
				}
			}
			if strings.Count(line, "\n") != 1 || strings.Contains(line, "hush") {
				t.Errorf("logged %q, want one line without the query", line)
			}
			for _, want := range tt.want {
				if !strings.Contains(line, want) {
					t.Errorf("logged %q, want %q in it", line, want)
				}
			}
		})
	}
}

func TestAccessLogOfAnErrorThatLeavesTheApp(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.AccessLog())
	log := &record{}
	app.Logger = log.logger()
	if err := app.Config.Set("PROPAGATE_EXCEPTIONS", true); err != nil {
		t.Fatal(err)
	}
	app.Get("/", func(c *dewar.Context) error { panic("broken") })
	defer func() {
		if recover() == nil || !strings.Contains(log.String(), "path=/ status=500") {
			t.Errorf("logged %q, want a panic and status 500", log.String())
		}
	}()
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}

func TestNoAccessLogByDefault(t *testing.T) {
	t.Parallel()
	app, log := loggedApp(t)
	ask(t, serve(t, app), "GET", "/nowhere")
	if log.String() != "" {
		t.Errorf("logged %q, want nothing", log.String())
	}
}
