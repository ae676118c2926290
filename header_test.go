package dewar_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// exchange sends a raw request and returns the raw answer.
func exchange(t *testing.T, address, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(conn) // an aborted connection gives what came before
	return string(answer)
}

// Whatever way a header is set, a control character in it never reaches the wire and never vanishes in silence.
func TestHeadersThatCannotBeSent(t *testing.T) {
	t.Parallel()
	roads := map[string]func(c *dewar.Context, name, value string) error{
		"c.Header": func(c *dewar.Context, name, value string) error { return c.Header(name, value).Text("secret page") },
		"c.Header and Write": func(c *dewar.Context, name, value string) error {
			c.Header(name, value)
			_, err := io.WriteString(c.Response, "secret page")
			return err
		},
		"Response.Header": func(c *dewar.Context, name, value string) error {
			c.Response.Header()[name] = []string{value}
			return c.Text("secret page")
		},
		"after the answer": func(c *dewar.Context, name, value string) error {
			must(t, c.Text("secret page"))
			c.Response.Header()[name] = []string{value}
			return nil
		},
		"an error's": func(c *dewar.Context, name, value string) error {
			return &dewar.HTTPError{Code: 403, Header: http.Header{name: {value}}}
		},
		"a stream's": func(c *dewar.Context, name, value string) error {
			return c.Header(name, value).Stream(func(w io.Writer) error { _, err := io.WriteString(w, "secret page"); return err })
		},
		"a flushed answer's": func(c *dewar.Context, name, value string) error {
			c.Response.Header()[name] = []string{value}
			_, _ = io.WriteString(c.Response, "secret page")
			return c.Response.FlushError()
		},
		"early hints'": func(c *dewar.Context, name, value string) error {
			c.Response.Header()[name] = []string{value}
			c.Response.WriteHeader(http.StatusEarlyHints)
			return c.Text("secret page")
		},
		"an after-request hook's": func(c *dewar.Context, name, value string) error {
			c.AfterThisRequest(func(c *dewar.Context) error { c.Header(name, value); return nil })
			return c.Text("secret page")
		},
		"an after-request hook's own": func(c *dewar.Context, name, value string) error {
			c.AfterThisRequest(func(c *dewar.Context) error { c.Response.Header()[name] = []string{value}; return nil })
			return c.Text("secret page")
		},
		"a net/http handler's": func(c *dewar.Context, name, value string) error {
			return dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header()[name] = []string{value}
				_, _ = io.WriteString(w, "secret page")
			}))(c)
		},
	}
	for road, view := range roads {
		for what, header := range map[string][2]string{
			"NUL": {"X-Bad", "a\x00b"}, "ESC": {"X-Bad", "a\x1bb"}, "CR": {"X-Bad", "a\rb"}, "LF": {"X-Bad", "a\nX-Evil: 1"},
			"CRLF": {"X-Bad", "a\r\nX-Evil: 1"}, "DEL": {"X-Bad", "a\x7f"}, "a name with a space": {"X Bad", "a"},
			"a name with a colon": {"X-Bad: a\r\nX-Evil", "1"}, "no name": {"", "a"},
		} {
			t.Run(road+"/"+what, func(t *testing.T) {
				t.Parallel()
				var log bytes.Buffer
				app := dewar.New("test", dewar.RootPath(t.TempDir()))
				app.Logger = slog.New(slog.NewTextHandler(&log, nil))
				app.Get("/", func(c *dewar.Context) error { return view(c, header[0], header[1]) })
				srv := serve(t, app)
				raw := exchange(t, srv.Listener.Addr().String(), "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
				srv.Close()
				head, body, _ := strings.Cut(raw, "\r\n\r\n")
				if !strings.HasPrefix(raw, "HTTP/1.1 500 ") || strings.Contains(body, "secret") {
					t.Errorf("got %q, want a 500", raw)
				}
				if strings.ContainsAny(strings.ReplaceAll(head, "\r\n", ""), "\x00\x1b\r\n\x7f") || strings.Contains(head, "X-Bad") || strings.Contains(head, "X-Evil") {
					t.Errorf("the header reached the wire: %q", head)
				}
				if !strings.Contains(log.String(), "dewar: header") {
					t.Errorf("the log does not name the header: %s", &log)
				}
			})
		}
	}
}

func TestHeadersOfMiddlewareThatCannotBeSent(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Logger = slog.New(slog.DiscardHandler)
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()["X-Bad"] = []string{"a\x00"}
			w.Header().Set("X-Good", "1")
			next.ServeHTTP(w, r)
		})
	})
	app.Get("/", func(c *dewar.Context) error { return c.Text("page") })
	handled := 0
	app.ErrorHandler(500, func(c *dewar.Context, err error) error { handled++; return c.Text("handled") })
	w := get(app, "/")
	if w.Code != 500 || w.Header()["X-Bad"] != nil || w.Header().Get("X-Good") != "1" || handled != 1 {
		t.Errorf("got %d %v, handled %d times, want 500 with the good header alone, handled once", w.Code, w.Header(), handled)
	}
}

// An error handler that sets such a header as well cannot get it through either.
func TestErrorHandlersHeaderThatCannotBeSent(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Logger = slog.New(slog.DiscardHandler)
	for _, code := range []int{404, 500} {
		app.ErrorHandler(code, func(c *dewar.Context, err error) error {
			c.Response.Header()["X-Bad"] = []string{"a\nb"}
			return c.Text("handled")
		})
	}
	app.Get("/", func(c *dewar.Context) error { return c.Header("X-Bad", "a\nb").Text("page") })
	for _, path := range []string{"/", "/none"} {
		if w := get(app, path); w.Code != 500 || w.Header()["X-Bad"] != nil {
			t.Errorf("%s: got %d %v, want 500 without the header", path, w.Code, w.Header())
		}
	}
}

func TestTrailersThatCannotBeSent(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.NewTextHandler(&log, nil))
	app.Get("/", func(c *dewar.Context) error {
		header := c.Response.Header()
		header.Set("Trailer", "X-Bad, X-Good")
		err := c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "page"); return err })
		header.Set("X-Bad", "a\x00b")
		header.Set("X-Good", "good")
		header.Set(http.TrailerPrefix+"X-Bad-Too", "a\r\nX-Evil: 1")
		return err
	})
	srv := serve(t, app)
	raw := exchange(t, srv.Listener.Addr().String(), "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	srv.Close()
	_, trailers, _ := strings.Cut(raw, "\r\n0\r\n")
	if trailers != "X-Good: good\r\n\r\n" {
		t.Errorf("got trailers %q in %q, want the good one alone", trailers, raw)
	}
	if !strings.Contains(log.String(), "X-Bad") {
		t.Errorf("the log does not name the trailer: %s", &log)
	}
}

func TestHeaderErrorsNameTheLine(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var got error
	app.Logger = slog.New(slog.DiscardHandler)
	app.Get("/", func(c *dewar.Context) error {
		got = c.Header("X-Name", "a\r\nb").Text("page")
		return got
	})
	get(app, "/")
	if got == nil || !strings.Contains(got.Error(), `header "X-Name", set at `) || !strings.Contains(got.Error(), "header_test.go:") ||
		!strings.Contains(got.Error(), "url.QueryEscape") {
		t.Errorf("got %v, want the header, the line and the cure", got)
	}
}

// What may be sent is sent as it is.
func TestHeadersThatCanBeSent(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Response.Header()["X-Direct"] = []string{"tab\there", "\xfc", ""}
		return c.Header("X-Text", "grüße; \"a\"").Text("page")
	})
	w := get(app, "/")
	if w.Code != 200 || w.Header().Get("X-Text") != "grüße; \"a\"" || len(w.Header()["X-Direct"]) != 3 {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
}

// TestARefusedHeaderLeavesNothingOfItsAnswer has the handler of the error answer in each way, which must not come behind what the
// view's JSON has left.
func TestARefusedHeaderLeavesNothingOfItsAnswer(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(c *dewar.Context) error{
		`{"error":true}`: func(c *dewar.Context) error { return c.JSON(dewar.Map{"error": true}) },
		"blob":           func(c *dewar.Context) error { return c.Blob("text/plain", []byte("blob")) },
		"text":           func(c *dewar.Context) error { return c.Text("text") },
	} {
		app := quietApp(t)
		app.Get("/", func(c *dewar.Context) error { return c.Header("X-A", "a\nb").JSON(dewar.Map{"secret": 1}) })
		app.ErrorHandler(500, func(c *dewar.Context, _ error) error { return answer(c) })
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		if got := strings.TrimSpace(rec.Body.String()); rec.Code != 500 || got != name {
			t.Errorf("got %d %q, want 500 %q", rec.Code, got, name)
		}
	}
}
