package dewar_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// described are the statuses that Werkzeug has a description for.
var described = []int{400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 428, 429, 431, 451,
	500, 501, 502, 503, 504, 505}

// TestErrorsHaveTheStandardDescription asks for each status in each form, and without a message of the application.
func TestErrorsHaveTheStandardDescription(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/abort/{code:int}", func(c *dewar.Context) error { return dewar.Abort(c.Params().Int("code")) })
	app.Get("/literal/{code:int}", func(c *dewar.Context) error { return &dewar.HTTPError{Code: c.Params().Int("code")} })
	app.Get("/coded/{code:int}", func(c *dewar.Context) error { return coded{c.Params().Int("code"), nil} })
	app.Get("/own/{code:int}", func(c *dewar.Context) error { return dewar.Abortf(c.Params().Int("code"), "own text") })
	for _, code := range described {
		standard := dewar.Abort(code).(*dewar.HTTPError).Message //nolint:errorlint // it is one
		if standard == "" {
			t.Errorf("%d has no description", code)
			continue
		}
		for _, way := range []string{"abort", "literal", "coded"} {
			path := fmt.Sprintf("/%s/%d", way, code)
			if page := send(app, "GET", path, "Accept", "text/html").Body.String(); !strings.Contains(page, "<p>"+strings.ReplaceAll(standard, "'", "&#39;")+"</p>") {
				t.Errorf("%s: the page does not say %q: %s", path, standard, page)
			}
			var problem struct{ Detail string }
			must(t, json.Unmarshal(send(app, "GET", path, "Accept", "application/json").Body.Bytes(), &problem))
			if problem.Detail != standard {
				t.Errorf("%s: the detail is %q, want %q", path, problem.Detail, standard)
			}
			want := fmt.Sprintf("%d %s\n%s\n", code, http.StatusText(code), standard)
			if got := send(app, "GET", path).Body.String(); got != want {
				t.Errorf("%s: the text is %q, want %q", path, got, want)
			}
		}
		if page := send(app, "GET", fmt.Sprint("/own/", code), "Accept", "text/html").Body.String(); strings.Contains(page, standard) || !strings.Contains(page, "<p>own text</p>") {
			t.Errorf("%d: a message of one's own is not alone: %s", code, page)
		}
	}
	if got, want := send(app, "GET", "/abort/402").Body.String(), "402 Payment Required\n"; got != want {
		t.Errorf("a status without a description: got %q, want %q", got, want)
	}
}

// TestErrorHandlersSeeTheDescription collects the messages of errors that dewar raises by itself.
func TestErrorHandlersSeeTheDescription(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/", index)
	app.Get("/panic", func(*dewar.Context) error { panic("oh") })
	app.Get("/fails", func(*dewar.Context) error { return fmt.Errorf("oh") })
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error { return c.Text(err.Message) })
	for _, tt := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/missing", 404}, {"GET", "/", 405}, {"GET", "/panic", 500}, {"GET", "/fails", 500},
	} {
		rec := send(app, tt.method, tt.path)
		if want := dewar.Abort(tt.code).(*dewar.HTTPError).Message; want == "" || rec.Code != tt.code || rec.Body.String() != want { //nolint:errorlint // it is one
			t.Errorf("%s %s: got %d %q, want %d %q", tt.method, tt.path, rec.Code, rec.Body, tt.code, want)
		}
	}
}
