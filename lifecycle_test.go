package dewar_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/dewar-go/dewar"
)

func TestSessionIsSavedWhereverItIsOpened(t *testing.T) {
	t.Parallel()
	set := func(c *dewar.Context) error { c.Session().Set("a", 1); return nil }
	answer := func(c *dewar.Context) error { return c.Text("ok") }
	for _, tt := range []struct {
		name   string
		setup  func(app *dewar.App)
		status int
	}{
		{"in a before-request hook", func(app *dewar.App) { app.BeforeRequest(set); app.Get("/", answer) }, 200},
		{"in an after-request hook", func(app *dewar.App) { app.AfterRequest(set); app.Get("/", answer) }, 200},
		{"in a hook for this request", func(app *dewar.App) {
			app.Get("/", func(c *dewar.Context) error { c.AfterThisRequest(set); return answer(c) })
		}, 200},
		{"in an after-request hook of a flushed response", func(app *dewar.App) {
			app.AfterRequest(set)
			app.Get("/", func(c *dewar.Context) error { c.Response.Flush(); return nil })
		}, 200},
		{"in an error handler", func(app *dewar.App) {
			app.ErrorHandler(403, func(c *dewar.Context, _ error) error { c.Flash("no"); return c.Redirect("/login") })
			app.Get("/", func(*dewar.Context) error { return dewar.Abort(403) })
		}, 302},
		{"in the error handler of a failing after-request hook", func(app *dewar.App) {
			app.AfterRequest(func(*dewar.Context) error { return dewar.Abort(403) })
			app.ErrorHandler(403, func(c *dewar.Context, _ error) error { c.Flash("no"); return c.Text("no") })
			app.Get("/", answer)
		}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			tt.setup(app)
			res := ask(t, serve(t, app), "GET", "/")
			if res.err != nil || res.StatusCode != tt.status || len(res.Header["Set-Cookie"]) != 1 {
				t.Errorf("got %v %v, want %d and the session's cookie", res.Response, res.err, tt.status)
			}
		})
	}
}

func TestHijackAfterTheStatusWasWritten(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Response.Header().Set("Upgrade", "echo")
		c.Response.Header().Set("Connection", "Upgrade")
		c.Response.WriteHeader(http.StatusSwitchingProtocols)
		conn, _, err := c.Response.Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		_, err = io.WriteString(conn, "RAW")
		return err
	})
	srv := serve(t, app)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	r := bufio.NewReader(conn)
	line, err := r.ReadString('\n')
	rest, _ := io.ReadAll(r)
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 101") || !strings.HasSuffix(string(rest), "RAW") {
		t.Errorf("got %q %q %v, want the 101 and then RAW", line, rest, err)
	}
}

func TestHijackThatIsNotSupportedLosesNothing(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("a", 1)
		if _, _, err := c.Response.Hijack(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("got %v, want http.ErrNotSupported", err)
		}
		return dewar.Abort(426)
	})
	rec := send(app, "GET", "/")
	if rec.Code != 426 || rec.Header().Get("Set-Cookie") == "" {
		t.Errorf("got %d %v, want 426 and the session's cookie", rec.Code, rec.Header())
	}
}

func TestErrorHandlerThatFailsHalfWay(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func() error{
		"with an error": func() error { return errors.New("oh") },
		"with a panic":  func() error { panic("oh") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.ErrorHandler(404, func(c *dewar.Context, _ error) error {
				if err := c.Text("half"); err != nil {
					return err
				}
				c.Response.Flush()
				return end()
			})
			if res := ask(t, serve(t, app), "GET", "/"); res.err == nil {
				t.Errorf("got a whole answer, %d %q; want a cut connection", res.StatusCode, res.body)
			}
		})
	}
}

func TestErrorHandlerThatFlushesWhileTheStoreIsDown(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	app.SessionInterface = &storeFailure{}
	app.ErrorHandler(404, func(c *dewar.Context, _ error) error {
		c.Session().Set("a", 1)
		return c.Text(strings.Repeat("SECRET", 400_000))
	})
	rec := send(app, "GET", "/")
	if rec.Code != 503 || strings.Contains(rec.Body.String(), "SECRET") || rec.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %d %.40q %v, want the 503 and none of the page", rec.Code, rec.Body, rec.Header())
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
		t.Errorf("%d errors in the log, want 1: %s", n, log.String())
	}
}

func TestFailuresAreLoggedAlsoWithAPageOfOnesOwn(t *testing.T) {
	t.Parallel()
	own := func(c *dewar.Context, _ error) error { return c.Text("sorry") }
	for _, tt := range []struct {
		name  string
		setup func(app *dewar.App)
		want  string
	}{
		{"no secret key", func(app *dewar.App) { configure(app, "SECRET_KEY", nil) }, "FLASK_SECRET_KEY"},
		{"a store that is down", func(app *dewar.App) { app.SessionInterface = &storeFailure{} }, "the store is down"},
		{"a session too large", func(app *dewar.App) { configure(app, "MAX_COOKIE_SIZE", 64) }, "MAX_COOKIE_SIZE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			app := newApp(t)
			app.Logger = textLogger(&log)
			tt.setup(app)
			app.ErrorHandler(500, own)
			app.ErrorHandler(503, own)
			app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("page") })
			if rec := send(app, "GET", "/"); rec.Body.String() != "sorry" {
				t.Errorf("got %q", rec.Body)
			}
			if strings.Count(log.String(), "level=ERROR") != 1 || !strings.Contains(log.String(), tt.want) {
				t.Errorf("log %q, want %q in it once", log.String(), tt.want)
			}
		})
	}
}

func TestFormThatMiddlewareHasParsed(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			next.ServeHTTP(w, r)
		})
	})
	app.Post("/", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	if rec := post(app, "/", urlencoded, "a=kept"); rec.Body.String() != "kept" {
		t.Errorf("got %d %q, want kept", rec.Code, rec.Body)
	}
}

func TestConcurrentUseThatTheContextAllows(t *testing.T) {
	t.Parallel()
	name := dewar.NewKey[int]("n")
	app := newApp(t)
	configure(app, "TRUSTED_PROXIES", []string{"127.0.0.1"})
	app.Get("/", func(c *dewar.Context) error {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				c.Logger().Debug("x")
				name.Set(c, i)
				_ = c.Value("n")
				_ = c.RequestID()
				c.Session().Get("x")
			})
		}
		wg.Wait()
		return c.Text(c.RequestID())
	})
	if res := ask(t, serve(t, app), "GET", "/", "X-Request-Id", "abc"); res.body != "abc" {
		t.Errorf("request id %q, want abc", res.body)
	}
}

func TestTeardownIsToldOfEveryUnfinishedRequest(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]dewar.Handler{
		"http.ErrAbortHandler":          func(*dewar.Context) error { panic(http.ErrAbortHandler) },
		"http.ErrAbortHandler, flushed": func(c *dewar.Context) error { c.Response.Flush(); panic(http.ErrAbortHandler) },
		"runtime.Goexit":                func(*dewar.Context) error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := make(chan error, 1)
			app := newApp(t)
			app.TeardownRequest(func(_ *dewar.Context, err error) { told <- err })
			app.Get("/", view)
			if res := ask(t, serve(t, app), "GET", "/"); res.err == nil && name != "runtime.Goexit" {
				t.Errorf("got %d %q, want a cut connection", res.StatusCode, res.body)
			}
			if err := <-told; err == nil {
				t.Error("teardown was told that all went well")
			}
		})
	}
}

func TestPanicBehindAFailedCommitIsLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	app.AfterRequest(func(*dewar.Context) error { return dewar.Abort(403) })
	app.Get("/", func(c *dewar.Context) error { c.Response.Flush(); panic("a real bug") })
	if rec := send(app, "GET", "/"); rec.Code != 403 {
		t.Errorf("got %d, want 403", rec.Code)
	}
	if !strings.Contains(log.String(), "a real bug") {
		t.Errorf("the panic is not in the log: %q", log.String())
	}
}

func TestHeadOfAForeignHandlerInventsNoLength(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, strings.Repeat("x", 5000))
	}))
	defer upstream.Close()
	target, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	app := newApp(t)
	app.Fallback(httputil.NewSingleHostReverseProxy(target))
	if res := ask(t, serve(t, app), "HEAD", "/page"); res.ContentLength != -1 {
		t.Errorf("Content-Length %d, want none", res.ContentLength)
	}
}

func TestHookThatReplacesTheBodyOfHead(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.Text("hello") })
	app.AfterRequest(func(c *dewar.Context) error { return c.Response.SetBody(append(c.Response.Body(), '!')) })
	srv := serve(t, app)
	if get, head := ask(t, srv, "GET", "/"), ask(t, srv, "HEAD", "/"); get.ContentLength != 6 || head.ContentLength != 6 {
		t.Errorf("lengths %d and %d, want 6", get.ContentLength, head.ContentLength)
	}
}

func TestAbortInAnAfterRequestHookCutsTheConnection(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.AfterRequest(func(*dewar.Context) error { panic(http.ErrAbortHandler) })
	app.Get("/", func(c *dewar.Context) error { return c.Text(strings.Repeat("x", 20_000)) })
	if res := ask(t, serve(t, app), "GET", "/"); res.err == nil {
		t.Errorf("got %d with %d bytes, want a cut connection", res.StatusCode, len(res.body))
	}
}

func TestHookThatBreaksTheLengthIsAnError(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	app.AfterRequest(func(c *dewar.Context) error { c.Response.Header().Set("Content-Length", "3"); return nil })
	app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("hello") })
	res := ask(t, serve(t, app), "GET", "/")
	if res.err != nil || res.StatusCode != 500 || len(res.Header["Set-Cookie"]) != 1 {
		t.Errorf("got %v %v, want a clean 500 that keeps the saved session's cookie", res.Response, res.err)
	}
	if !strings.Contains(log.String(), "Content-Length says 3") {
		t.Errorf("log %q", log.String())
	}
}

func TestUnmarshalBinaryKeepsNothingOfItsArgument(t *testing.T) {
	t.Parallel()
	data := []byte(`{"a":"hello"}`)
	s := dewar.NewSession()
	if err := dewar.Stored(s).UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] = '9'
	}
	if got := s.String("a"); got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
}

func TestHeadersOfAnErrorAreMerged(t *testing.T) {
	t.Parallel()
	shared := &dewar.HTTPError{Code: 429, Header: http.Header{"Vary": {"Accept-Language"}, "Retry-After": {"60"}}}
	app := newApp(t)
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Origin")
			next.ServeHTTP(w, r)
		})
	})
	app.Get("/", func(*dewar.Context) error { return shared })
	header := send(app, "GET", "/").Header()
	if got, want := header.Get("Vary"), "Origin, Accept-Language, Accept"; got != want || header.Get("Retry-After") != "60" {
		t.Errorf("Vary %q, want %q; %v", got, want, header)
	}
}

func TestNewContextRunsNoHooks(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.AfterRequest(func(*dewar.Context) error { t.Error("a hook ran"); return nil })
	rec := httptest.NewRecorder()
	_, end, err := app.NewContext(rec, httptest.NewRequest("GET", "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	must(t, end())
}

type panickingStore struct{ calls int }

func (s *panickingStore) OpenSession(*dewar.Context) (*dewar.Session, error) {
	s.calls++
	panic("oh")
}
func (*panickingStore) SaveSession(*dewar.Context, *dewar.Session) error { return nil }

func TestOpenSessionThatPanicsIsCalledOnce(t *testing.T) {
	t.Parallel()
	store := &panickingStore{}
	app := newApp(t)
	app.SessionInterface = store
	app.ErrorHandler(500, func(c *dewar.Context, _ error) error { c.Session().Get("x"); return c.Text("sorry") })
	app.Get("/", func(c *dewar.Context) error { c.Session(); return c.Text("page") })
	if rec := send(app, "GET", "/"); rec.Code < 500 || store.calls != 1 {
		t.Errorf("got %d after %d calls, want a 5xx after 1", rec.Code, store.calls)
	}
}

// reentrantStore asks for the session while it opens it.
type reentrantStore struct {
	dewar.SecureCookieSessionInterface
}

func (*reentrantStore) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	return dewar.NewSession(), c.Session().Err()
}

func TestSessionInterfaceThatAsksForTheSessionDoesNotHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		app := newApp(t)
		app.Logger = textLogger(&log)
		app.SessionInterface = &reentrantStore{}
		app.Get("/", func(c *dewar.Context) error { c.Session().Get("a"); return c.Text("ok") })
		if rec := send(app, "GET", "/"); rec.Code != 503 || !strings.Contains(log.String(), "use the *Session at hand") {
			t.Errorf("got %d and the log %q, want 503 and the cure", rec.Code, log.String())
		}
	})
}

func TestStatusThatIsNoAnswerIsRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []int{0, 99, 100, 150, 1000} {
		app := newApp(t)
		app.Get("/", func(c *dewar.Context) error { return c.Status(code).Text("x") })
		if rec := send(app, "GET", "/"); rec.Code != 500 || rec.Body.String() == "x" {
			t.Errorf("Status(%d): got %d %q, want 500", code, rec.Code, rec.Body)
		}
	}
}

func TestReceiverThatPanicsLosesNothing(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.RequestFinished.Connect(func(*dewar.Context) { panic("oh") })
	app.Get("/", func(c *dewar.Context) error { return c.Text("ok") })
	if res := ask(t, serve(t, app), "GET", "/"); res.err != nil || res.body != "ok" {
		t.Errorf("got %q %v, want ok", res.body, res.err)
	}
}

func TestAnnouncedTrailerIsNoHeader(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Response.Header().Set("Trailer", "X-Sum")
		err := c.Text("body")
		c.Response.Header().Set("X-Sum", "42")
		return err
	})
	res := ask(t, serve(t, app), "GET", "/")
	if res.Header.Get("X-Sum") != "" || res.Trailer.Get("X-Sum") != "42" {
		t.Errorf("header %q, trailer %q; want it in the trailer alone", res.Header.Get("X-Sum"), res.Trailer.Get("X-Sum"))
	}
}

func TestClientThatLeavesAStreamIsNoError(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	var mu sync.Mutex
	app := newApp(t)
	app.Logger = textLogger(lockedWriter{&log, &mu})
	ended := make(chan struct{})
	app.TeardownRequest(func(*dewar.Context, error) { close(ended) })
	app.Get("/", func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error {
			for range 100_000 {
				if _, err := w.Write(make([]byte, 4096)); err != nil {
					return err
				}
			}
			return nil
		})
	})
	srv := serve(t, app)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if _, err := io.ReadFull(conn, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	<-ended
	srv.Close()
	mu.Lock()
	defer mu.Unlock()
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("logged %s", log.String())
	}
}

type lockedWriter struct {
	w  io.Writer
	mu *sync.Mutex
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.w.Write(p)
}

func TestNilHooksAreRefused(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(app *dewar.App){
		"BeforeRequest":   func(app *dewar.App) { app.BeforeRequest(nil) },
		"AfterRequest":    func(app *dewar.App) { app.AfterRequest(nil) },
		"TeardownRequest": func(app *dewar.App) { app.TeardownRequest(nil) },
		"Use":             func(app *dewar.App) { app.Use(nil) },
	} {
		if text := panicText(func() { do(newApp(t)) }); !strings.Contains(text, name+"(nil)") || !strings.Contains(text, "lifecycle_test.go:") {
			t.Errorf("%s(nil): got %q", name, text)
		}
	}
}
