package dewar_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

// served sends a request through app on a goroutine of its own and returns what it was answered, and what the App
// raised.
func served(app http.Handler, r *http.Request) (rec *httptest.ResponseRecorder, raised any) {
	rec = httptest.NewRecorder()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { raised = recover() }()
		app.ServeHTTP(rec, r)
	}()
	<-done
	return rec, raised
}

// quietSmallApp returns an app that expects failures, with a response buffer of 10 bytes.
func quietSmallApp(t *testing.T) *dewar.App {
	t.Helper()
	app := newApp(t)
	app.Logger = slog.New(slog.DiscardHandler)
	must(t, app.Config.Set("RESPONSE_BUFFER_SIZE", 10))
	return app
}

// TestAnswerToAFailedCommitCannotBeTouched lets a view go on after its response was replaced by an error's answer.
func TestAnswerToAFailedCommitCannotBeTouched(t *testing.T) {
	t.Parallel()
	for name, touch := range map[string]func(c *dewar.Context){
		"Reset":       func(c *dewar.Context) { c.Response.Reset() },
		"SetBody":     func(c *dewar.Context) { _ = c.Response.SetBody([]byte("late")) },
		"Status":      func(c *dewar.Context) { c.Status(200) },
		"WriteHeader": func(c *dewar.Context) { c.Response.WriteHeader(200) },
		"Header": func(c *dewar.Context) {
			c.Response.Header().Set("Content-Type", "late/late")
			c.Header("Content-Length", "1")
		},
		"SetCookie":  func(c *dewar.Context) { _ = c.SetCookie(&http.Cookie{Name: "late", Value: "1"}) },
		"http.Error": func(c *dewar.Context) { http.Error(c.Response, "late", 200) },
		"Text":       func(c *dewar.Context) { _ = c.Text("late") },
		"Stream": func(c *dewar.Context) {
			_ = c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "late"); return err })
		},
		"Flush": func(c *dewar.Context) { c.Response.Flush() },
	} {
		t.Run(name, func(t *testing.T) {
			app := quietSmallApp(t)
			app.AfterRequest(func(*dewar.Context) error { return dewar.Abortf(503, "down") })
			app.Get("/", func(c *dewar.Context) error {
				_, err := c.Response.Write(make([]byte, 100))
				touch(c)
				return err
			})
			rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
			if raised != nil || rec.Code != 503 || rec.Body.String() != "503 down\n" || strings.Contains(rec.Header().Get("Content-Type"), "late") ||
				rec.Header().Get("Set-Cookie") != "" {
				t.Errorf("got %d %q %v, raised %v", rec.Code, rec.Body, rec.Header(), raised)
			}
		})
	}
}

func TestAbortInAHookOfAnEarlyCommitSendsNothing(t *testing.T) {
	t.Parallel()
	app := quietSmallApp(t)
	app.AfterRequest(func(*dewar.Context) error { panic(http.ErrAbortHandler) })
	app.Get("/", func(c *dewar.Context) error {
		for range 3 {
			if _, err := c.Response.Write(make([]byte, 100)); !errors.Is(err, http.ErrAbortHandler) {
				t.Errorf("Write: got %v", err)
			}
		}
		if conn, _, err := c.Response.Hijack(); conn == nil && err == nil {
			t.Error("Hijack took over nothing, without an error")
		}
		if err := c.Text("late"); err == nil {
			t.Error("Text: got no error")
		}
		return nil
	})
	rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
	if raised != http.ErrAbortHandler || rec.Body.Len() > 0 {
		t.Errorf("raised %v, sent %d bytes", raised, rec.Body.Len())
	}
}

func TestErrorHandlerThatFlushesAfterAWrongLength(t *testing.T) {
	t.Parallel()
	app := quietSmallApp(t)
	app.ErrorHandler(500, func(c *dewar.Context, _ error) error { _ = c.Text("sorry"); c.Response.Flush(); return nil })
	app.Get("/", func(c *dewar.Context) error { return c.Header("Content-Length", "3").Text("abcd") })
	rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
	if raised != nil || rec.Code != 500 || rec.Body.String() != "sorry" {
		t.Errorf("got %d %q, raised %v", rec.Code, rec.Body, raised)
	}
}

// TestEveryStepOfTheEndRuns ends requests with an upload in every bad way and looks for what is left.
func TestEveryStepOfTheEndRuns(t *testing.T) {
	oh := func() { panic("oh") }
	for _, tt := range []struct {
		name  string
		setUp func(app *dewar.App)
		view  func(c *dewar.Context) error
	}{
		{"a receiver panics on a late error", func(app *dewar.App) {
			app.GotRequestException.Connect(func(dewar.RequestException) { oh() })
		}, func(c *dewar.Context) error { c.Response.Flush(); return errors.New("late") }},
		{"Goexit in an error handler after a panic", func(app *dewar.App) {
			app.ErrorHandler(500, func(*dewar.Context, error) error { runtime.Goexit(); return nil })
		}, func(*dewar.Context) error { oh(); return nil }},
		{"Goexit in a receiver after a panic", func(app *dewar.App) {
			app.GotRequestException.Connect(func(dewar.RequestException) { runtime.Goexit() })
		}, func(*dewar.Context) error { oh(); return nil }},
		{"Goexit in an after-request hook", func(app *dewar.App) {
			app.AfterRequest(func(*dewar.Context) error { runtime.Goexit(); return nil })
		}, func(c *dewar.Context) error { return c.Text("x") }},
		{"Goexit in a teardown function", func(app *dewar.App) {
			app.TeardownRequest(func(*dewar.Context, error) { runtime.Goexit() })
		}, func(c *dewar.Context) error { return c.Text("x") }},
		{"panic in a teardown function", func(app *dewar.App) {
			app.TeardownRequest(func(*dewar.Context, error) { oh() })
		}, func(c *dewar.Context) error { return c.Text("x") }},
		{"Goexit when the request is torn down", func(app *dewar.App) {
			app.RequestTearingDown.Connect(func(*dewar.Context) { runtime.Goexit() })
		}, func(c *dewar.Context) error { return c.Text("x") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			app := quietSmallApp(t)
			must(t, app.Config.Set("MAX_FORM_MEMORY_SIZE", 10))
			torn := 0
			app.TeardownRequest(func(*dewar.Context, error) { torn++ })
			tt.setUp(app)
			app.TeardownRequest(func(*dewar.Context, error) { torn++ })
			app.Post("/", func(c *dewar.Context) error {
				if _, err := c.File("f"); err != nil {
					t.Errorf("no upload: %v", err)
				}
				return tt.view(c)
			})
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			file, err := form.CreateFormFile("f", "f.bin")
			must(t, err)
			_, _ = file.Write(make([]byte, 20<<20))
			must(t, form.Close())
			r := httptest.NewRequest("POST", "/", &body)
			must(t, app.Config.Set("MAX_CONTENT_LENGTH", 64<<20))
			r.Header.Set("Content-Type", form.FormDataContentType())
			served(app, r)
			left, err := os.ReadDir(dir)
			must(t, err)
			if torn != 2 || len(left) > 0 {
				t.Errorf("%d of 2 teardown functions ran, %d files are left", torn, len(left))
			}
		})
	}
}

func TestStreamAfterAHijackThatFailed(t *testing.T) {
	t.Parallel()
	app := quietSmallApp(t)
	app.Use(writingTo(func(w http.ResponseWriter) http.ResponseWriter { return hijackRefuser{w} }))
	app.Get("/", func(c *dewar.Context) error {
		if _, _, err := c.Response.Hijack(); err == nil {
			t.Error("the hijack did not fail")
		}
		if _, _, err := c.Response.Hijack(); err == nil || strings.Contains(err.Error(), "hook") {
			t.Errorf("the second hijack: got %v", err)
		}
		return c.Stream(func(w io.Writer) error {
			_, err := io.WriteString(w, "streamed")
			if !c.Response.Committed() {
				t.Error("nothing was sent yet")
			}
			return err
		})
	})
	rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
	if raised != nil || rec.Body.String() != "streamed" || len(rec.Header().Values("Set-Cookie")) > 1 {
		t.Errorf("got %d %q, raised %v", rec.Code, rec.Body, raised)
	}
}

func TestTextAroundAHijackThatFailed(t *testing.T) {
	t.Parallel()
	hijack := func(c *dewar.Context) error {
		if _, _, err := c.Response.Hijack(); err == nil {
			t.Error("the hijack did not fail")
		}
		return nil
	}
	look := func(c *dewar.Context) error {
		if got := c.Response.Header()["X-Content-Type-Options"]; !slices.Equal(got, []string{"nosniff"}) {
			t.Errorf("after the hijack: X-Content-Type-Options: %q", got)
		}
		return nil
	}
	text := func(text string) dewar.Handler { return func(c *dewar.Context) error { return c.Text(text) } }
	for _, tt := range []struct {
		name, want string
		steps      []dewar.Handler
	}{
		{"before it", "before", []dewar.Handler{text("before"), hijack}},
		{"after it", "after", []dewar.Handler{hijack, text("after")}},
		{"on both sides", "after", []dewar.Handler{text("before"), hijack, text("after")}},
		{"before it, twice", "before", []dewar.Handler{text("before"), hijack, hijack}},
		{"empty", "", []dewar.Handler{text(""), hijack}},
		{"before it, with a look at the header", "1\n2\n", []dewar.Handler{text("1\n2\n"), hijack, look}},
		{"on both sides of a look at the header", "after", []dewar.Handler{text("before"), hijack, look, text("after")}},
		{"longer than a piece", strings.Repeat("long", 1<<16), []dewar.Handler{text(strings.Repeat("long", 1<<16)), hijack}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietSmallApp(t)
			app.Use(writingTo(func(w http.ResponseWriter) http.ResponseWriter { return hijackRefuser{w} }))
			app.Get("/", func(c *dewar.Context) error {
				for _, step := range tt.steps {
					if err := step(c); err != nil {
						return err
					}
				}
				return nil
			})
			rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
			if raised != nil || rec.Code != 200 || rec.Body.String() != tt.want {
				t.Errorf("got %d and %d bytes, raised %v", rec.Code, rec.Body.Len(), raised)
			}
			if got := rec.Header()["X-Content-Type-Options"]; !slices.Equal(got, []string{"nosniff"}) {
				t.Errorf("X-Content-Type-Options: %q", got)
			}
		})
	}
}

func TestWhatFollowsAHijackThatFailed(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("longer than the buffer ", 3)
	for _, tt := range []struct {
		name, want string
		status     int
		view       dewar.Handler
	}{
		{"a hook that outgrows the buffer", long + long, 200, func(c *dewar.Context) error {
			c.AfterThisRequest(func(c *dewar.Context) error {
				_, err := c.Response.WriteString(long)
				return err
			})
			_, err := c.Response.WriteString(long)
			return err
		}},
		{"a hook that replaces the answer by a longer one", long, 200, func(c *dewar.Context) error {
			c.AfterThisRequest(func(c *dewar.Context) error { return c.Text(long) })
			return c.Text("short")
		}},
		{"an error with a longer answer", long, 418, func(*dewar.Context) error { return &dewar.HTTPError{Code: 418} }},
		{"a panic with a longer answer", long, 500, func(*dewar.Context) error { panic("oh") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietSmallApp(t)
			app.Use(writingTo(func(w http.ResponseWriter) http.ResponseWriter { return hijackRefuser{w} }))
			for _, status := range []int{418, 500} {
				app.ErrorHandler(status, func(c *dewar.Context, _ error) error { return c.Text(long) })
			}
			app.Get("/", func(c *dewar.Context) error {
				if _, _, err := c.Response.Hijack(); err == nil {
					t.Error("the hijack did not fail")
				}
				return tt.view(c)
			})
			rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
			if raised != nil || rec.Code != tt.status || rec.Body.String() != tt.want {
				t.Errorf("got %d %q, want %d %q; raised %v", rec.Code, rec.Body, tt.status, tt.want, raised)
			}
		})
	}
}

func TestTextAroundAHijackThatPanicked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, before, after, want string }{
		{"before it", "before", "", "before"},
		{"after it", "", "after", "after"},
		{"on both sides", "before", "after", "after"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietSmallApp(t)
			app.Use(writingTo(func(w http.ResponseWriter) http.ResponseWriter { return hijackPanicker{w} }))
			app.Get("/", func(c *dewar.Context) error {
				if tt.before != "" {
					must(t, c.Text(tt.before))
				}
				func() {
					defer func() { _ = recover() }()
					_, _, _ = c.Response.Hijack()
					t.Error("the hijack did not panic")
				}()
				if got := string(c.Response.Body()); got != tt.before {
					t.Errorf("after the panic the body is %q, want %q", got, tt.before)
				}
				if tt.after != "" {
					return c.Text(tt.after)
				}
				return nil
			})
			rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
			if raised != nil || rec.Code != 200 || rec.Body.String() != tt.want {
				t.Errorf("got %d %q, want 200 %q; raised %v", rec.Code, rec.Body, tt.want, raised)
			}
		})
	}
}

func TestStreamReplacesAnAnswerButNotWhatWasWritten(t *testing.T) {
	t.Parallel()
	stream := func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "S"); return err })
	}
	for _, tt := range []struct {
		name, want, contentType string
		before                  func(c *dewar.Context)
	}{
		{"nothing", "S", "text/html; charset=utf-8", func(*dewar.Context) {}},
		{"text", "S", "text/html; charset=utf-8", func(c *dewar.Context) { _ = c.Text("T") }},
		{"no content", "S", "text/html; charset=utf-8", func(c *dewar.Context) { _ = c.NoContent() }},
		{"a type", "S", "text/csv", func(c *dewar.Context) { c.Header("Content-Type", "text/csv") }},
		{"what was written by hand", "RS", "text/plain; charset=utf-8", func(c *dewar.Context) { _, _ = io.WriteString(c.Response, "R") }},
	} {
		app := newApp(t)
		app.Get("/", func(c *dewar.Context) error { tt.before(c); return stream(c) })
		rec := send(app, "GET", "/")
		if rec.Code != 200 || rec.Body.String() != tt.want || rec.Header().Get("Content-Type") != tt.contentType {
			t.Errorf("after %s: got %d %q %v, want %q of type %s", tt.name, rec.Code, rec.Body, rec.Header(), tt.want, tt.contentType)
		}
	}
}

// TestSecondAnswerKeepsWhatItSets gives answers a second time, with what they need said again.
func TestSecondAnswerKeepsWhatItSets(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.BeforeRequest(func(c *dewar.Context) error { c.Header("X-Frame-Options", "DENY"); return nil })
	app.ErrorHandler(404, func(c *dewar.Context, _ error) error { _ = c.Text("1"); return c.Text("2") })
	app.Get("/again", func(c *dewar.Context) error {
		_ = c.Header("Cache-Control", "no-store").Text("1")
		return c.Header("Cache-Control", "no-store").Text("2")
	})
	app.Get("/cookie", func(c *dewar.Context) error {
		must(t, c.SetCookie(&http.Cookie{Name: "a", Value: "1"}))
		_ = c.Text("1")
		must(t, c.SetCookie(&http.Cookie{Name: "a", Value: "1"}))
		return c.Text("2")
	})
	app.Get("/deleted", func(c *dewar.Context) error {
		c.Response.Header().Del("X-Frame-Options")
		_ = c.Text("1")
		return c.Text("2")
	})
	for _, tt := range []struct {
		path, header, want string
		code               int
	}{
		{"/missing", "Content-Type", "text/plain; charset=utf-8", 404},
		{"/again", "Cache-Control", "no-store", 200},
		{"/cookie", "Set-Cookie", "a=1; Path=/", 200},
		{"/deleted", "X-Frame-Options", "DENY", 200},
	} {
		rec := send(app, "GET", tt.path)
		if rec.Code != tt.code || rec.Body.String() != "2" || rec.Header().Get(tt.header) != tt.want {
			t.Errorf("%s: got %d %q %v, want %d with %s: %s", tt.path, rec.Code, rec.Body, rec.Header(), tt.code, tt.header, tt.want)
		}
	}
}

func TestAfterRequestHooksKeepTheirHeaders(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		last     dewar.Handler // runs last
		sessions dewar.SessionInterface
		code     int
		body     string
		gone     string
	}{
		{"the last one answers", func(c *dewar.Context) error { return c.Header("X-Own", "1").HTML("replaced") }, nil, 404, "replaced", "X-View"},
		{"the last one fails", func(c *dewar.Context) error { c.Header("X-Own", "1"); return dewar.Abortf(503, "down") }, nil, 503, "503 down\n", "X-View"},
		{"the session cannot be saved", func(c *dewar.Context) error { c.Header("X-Own", "1"); return nil }, brokenSaves{}, 503, plain503, "X-View"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := quietSmallApp(t)
			must(t, app.Config.Set("RESPONSE_BUFFER_SIZE", 1<<20))
			if tt.sessions != nil {
				app.SessionInterface = tt.sessions
			}
			app.AfterRequest(tt.last, func(c *dewar.Context) error {
				c.Response.Header().Set("Content-Security-Policy", "x")
				return c.SetCookie(&http.Cookie{Name: "hook", Value: "1"})
			})
			app.Get("/", func(c *dewar.Context) error { c.Session(); return c.Status(404).Header("X-View", "1").Text("view") })
			rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
			header := rec.Header()
			if raised != nil || rec.Code != tt.code || rec.Body.String() != tt.body {
				t.Errorf("got %d %q, raised %v", rec.Code, rec.Body, raised)
			}
			if header.Get("X-Own") != "1" || header.Get("Content-Security-Policy") != "x" || header.Get("Set-Cookie") != "hook=1; Path=/" {
				t.Errorf("headers of the hooks are missing in %v", header)
			}
			if header.Get(tt.gone) != "" {
				t.Errorf("%s of the view is still in %v", tt.gone, header)
			}
		})
	}
}

type brokenSaves struct{}

func (brokenSaves) OpenSession(*dewar.Context) (*dewar.Session, error) {
	return dewar.NewSession(), nil
}
func (brokenSaves) SaveSession(*dewar.Context, *dewar.Session) error { return errors.New("disk full") }

func TestBodyThatAHookPutsInPlaceIsReadAndLimited(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "a=client"} {
		for _, limit := range []int64{0, 100, 3} {
			app := quietSmallApp(t)
			app.BeforeRequest(func(c *dewar.Context) error {
				r := c.Request.Clone(c.Request.Context())
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader("a=hook")), -1
				c.Request = r
				c.Limit(dewar.Limits{Body: limit})
				return nil
			})
			app.Post("/", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
			r := httptest.NewRequest("POST", "/", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			rec, _ := served(app, r)
			if want := map[bool]int{true: 413, false: 200}[limit == 3]; rec.Code != want || want == 200 && rec.Body.String() != "hook" {
				t.Errorf("client sent %q, limit %d: got %d %q", body, limit, rec.Code, rec.Body)
			}
		}
	}
}

func TestRouteOfARequestIsACopy(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		route, _ := c.Route()
		got := strings.Join(route.Methods, " ")
		route.Methods[0] = "SPOILED"
		return c.Text(got)
	})
	first, second := send(app, "GET", "/"), send(app, "GET", "/")
	if first.Body.String() != second.Body.String() {
		t.Errorf("got %q, then %q", first.Body, second.Body)
	}
}

func TestTagsCanBeMendedAfterBuild(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	sessions := &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{{Key: "no space"}}}
	app.SessionInterface = sessions
	if app.Build() == nil {
		t.Fatal("a tag that is not valid was taken")
	}
	sessions.Tags = nil
	must(t, app.Build())
}

// writingTo is middleware that has what is inside it write to another writer.
func writingTo(another func(http.ResponseWriter) http.ResponseWriter) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(another(w), r) })
	}
}

// A hijackRefuser has the method but no connection to hand over, as wrappers over HTTP/2 have.
type hijackRefuser struct{ http.ResponseWriter }

func (w hijackRefuser) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (hijackRefuser) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, errors.New("no connection to hand over")
}

// A hijackPanicker is middleware with a bug.
type hijackPanicker struct{ http.ResponseWriter }

func (hijackPanicker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	panic("no connection to hand over")
}

type ownError struct{ text string }

func (e *ownError) Error() string { return e.text }

func TestNilPointerReturnedAsAnError(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{"HTTPError": (*dewar.HTTPError)(nil), "another type": (*ownError)(nil)} {
		for _, hook := range []bool{false, true} {
			app, log := loggedApp(t)
			fails := func(*dewar.Context) error { return err }
			app.Get("/", hello)
			if hook {
				app.AfterRequest(fails)
			} else {
				app.BeforeRequest(fails)
			}
			rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
			if raised != nil || rec.Code != 500 || !strings.Contains(log.String(), "return nil itself") {
				t.Errorf("%s, hook %t: got %d, raised %v, logged %s", name, hook, rec.Code, raised, log.String())
			}
		}
	}
}

// TestAnswerIsFinishedWhenReceiversAreTold lets receivers try to add to it, and change the session.
func TestAnswerIsFinishedWhenReceiversAreTold(t *testing.T) {
	t.Parallel()
	for name, connect := range map[string]func(app *dewar.App, f func(*dewar.Context)){
		"RequestFinished":    func(app *dewar.App, f func(*dewar.Context)) { app.RequestFinished.Connect(f) },
		"RequestTearingDown": func(app *dewar.App, f func(*dewar.Context)) { app.RequestTearingDown.Connect(f) },
	} {
		app, log := loggedApp(t)
		app.Get("/", func(c *dewar.Context) error { c.Session().Set("m", map[string]any{}); return c.Text("ok") })
		connect(app, func(c *dewar.Context) {
			if _, err := c.Response.Write([]byte("MORE")); err == nil {
				t.Errorf("%s: Write gave no error", name)
			}
			c.Session().Map("m")["b"] = 1
		})
		rec, raised := served(app, httptest.NewRequest("GET", "/", nil))
		if raised != nil || rec.Body.String() != "ok" || !strings.Contains(log.String(), "session change lost") {
			t.Errorf("%s: got %q, raised %v, logged %s", name, rec.Body, raised, log.String())
		}
	}
}

func TestContentTypeOfTheViewCounts(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.BeforeRequest(func(c *dewar.Context) error { c.Header("Content-Type", "hook/hook"); return nil })
	app.Get("/own", func(c *dewar.Context) error { return c.Header("Content-Type", "application/vnd.api+json").JSON(1) })
	app.Get("/hook", func(c *dewar.Context) error { return c.JSON(1) })
	app.Get("/error", func(c *dewar.Context) error {
		c.Header("Content-Type", "application/vnd.api+json")
		return dewar.Abort(404)
	})
	app.Get("/second", func(c *dewar.Context) error { _ = c.Header("Content-Type", "a/b").JSON(1); return c.HTML("x") })
	for path, want := range map[string]string{"/own": "application/vnd.api+json", "/hook": "application/json",
		"/error": "text/plain; charset=utf-8", "/second": "text/html; charset=utf-8"} {
		if got := send(app, "GET", path).Header().Get("Content-Type"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestURLDefaultsMayReplaceAName(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.URLDefaults(func(_ *dewar.Context, _ string, values dewar.Map) { delete(values, "old"); values["new"] = 1 })
	app.Get("/x", hello, dewar.Endpoint("x"))
	app.Get("/", func(c *dewar.Context) error { return c.RedirectTo("x", "old", 1) })
	if got := send(app, "GET", "/").Header().Get("Location"); got != "/x?new=1" {
		t.Errorf("got %q", got)
	}
}

func TestStaticFilesOfABlueprintOnAHostOfItsOwn(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	bp := dewar.NewBlueprint("docs", dewar.Host("docs.example.com"), dewar.FS(fstest.MapFS{"static/a.txt": {Data: []byte("docs")}}))
	app.RegisterBlueprint(bp)
	r := httptest.NewRequest("GET", "http://docs.example.com/static/a.txt", nil)
	if rec, _ := served(app, r); rec.Body.String() != "docs" {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
}

func TestLifetimeOfASessionIsRemoved(t *testing.T) {
	t.Parallel()
	s := dewar.NewSession()
	dewar.Stored(s).SetLifetime(time.Hour)
	if s.ExpiresAt().IsZero() {
		t.Error("the lifetime does not show")
	}
	if dewar.Stored(s).SetLifetime(0); !s.ExpiresAt().IsZero() {
		t.Errorf("it still ends at %v", s.ExpiresAt())
	}
}

// TestErrorCannotChooseTheTypeOfItsPage keeps a message, which is not escaped in plain text, from being shown as HTML.
func TestErrorCannotChooseTheTypeOfItsPage(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.BeforeRequest(func(c *dewar.Context) error { c.Header("X-A", "1"); return nil })
	app.Get("/", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 400, Message: "<script>", Header: http.Header{"Content-Type": {"text/html"}, "Retry-After": {"7"}}}
	})
	rec := send(app, "GET", "/")
	if rec.Header().Get("Content-Type") != "text/plain; charset=utf-8" || rec.Header().Get("Retry-After") != "7" {
		t.Errorf("got %v %q", rec.Header(), rec.Body)
	}
}
