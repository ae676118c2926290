package dewar_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

func TestStreamCommitsAtItsFirstWrite(t *testing.T) {
	t.Parallel()
	oh := errors.New("oh")
	for _, tt := range []struct {
		name   string
		stream func(c *dewar.Context, w io.Writer) error
		status int
		body   string // of a whole answer, or "" for any
		cut    bool
	}{
		{"fails before it writes", func(*dewar.Context, io.Writer) error { return oh }, 418, "handled", false},
		{"panics before it writes", func(*dewar.Context, io.Writer) error { panic(oh) }, 418, "handled", false},
		{"aborts before it writes", func(*dewar.Context, io.Writer) error { return dewar.Abort(404) }, 404, "", false},
		{"fails after it has written", func(_ *dewar.Context, w io.Writer) error { _, _ = w.Write([]byte("x")); return oh }, 200, "", true},
		{"fails after an empty write, which sends the header", func(_ *dewar.Context, w io.Writer) error { _, _ = w.Write(nil); return oh }, 200, "", true},
		{"writes nothing", func(*dewar.Context, io.Writer) error { return nil }, 200, "", false},
		{"sets a header first", func(c *dewar.Context, w io.Writer) error {
			c.Status(201).Header("X-First", "1")
			_, err := w.Write([]byte("x"))
			return err
		}, 201, "x", false},
		{"opens the session first", func(c *dewar.Context, w io.Writer) error {
			c.Session().Set("user", "ann")
			_, err := w.Write([]byte("x"))
			return err
		}, 200, "x", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			dewar.HandleError(app, func(c *dewar.Context, err error) error {
				if !errors.Is(err, oh) {
					return c.Text("the status of the error")
				}
				return c.Status(418).Text("handled")
			})
			app.Get("/", func(c *dewar.Context) error {
				return c.Stream(func(w io.Writer) error { return tt.stream(c, w) })
			})
			res := ask(t, serve(t, app), "GET", "/")
			if res.Response == nil || res.StatusCode != tt.status || (res.err != nil) != tt.cut || tt.body != "" && res.body != tt.body {
				t.Fatalf("got %v %q %v, want %d %q and a cut connection: %t", res.Response, res.body, res.err, tt.status, tt.body, tt.cut)
			}
			if tt.name == "opens the session first" {
				cookieOf(t, res.Header)
			}
			if tt.name == "sets a header first" && res.Header.Get("X-First") != "1" {
				t.Errorf("header %v, want X-First", res.Header)
			}
		})
	}
}

func TestStreamHasAType(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		before     func(c *dewar.Context)
	}{
		{"by default Flask's", "text/html; charset=utf-8", func(*dewar.Context) {}},
		{"that of c.Header", "text/csv", func(c *dewar.Context) { c.Header("Content-Type", "text/csv") }},
		{"that of the response's header", "text/csv", func(c *dewar.Context) { c.Response.Header().Set("Content-Type", "text/csv") }},
		{"that of a hook", "application/x-ndjson", func(c *dewar.Context) {}},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			app := quietApp(t)
			if tt.name == "that of a hook" {
				app.BeforeRequest(func(c *dewar.Context) error { c.Header("Content-Type", "application/x-ndjson"); return nil })
			}
			app.Get("/", func(c *dewar.Context) error {
				tt.before(c)
				return c.Stream(func(w io.Writer) error { _, err := w.Write([]byte("\x00\x01")); return err })
			})
			res := ask(t, serve(t, app), method, "/")
			if got := res.Header.Get("Content-Type"); got != tt.want || res.Header.Get("Content-Length") != "" {
				t.Errorf("%s, %s: Content-Type %q and Content-Length %q, want %q and none", tt.name, method, got, res.Header.Get("Content-Length"), tt.want)
			}
		}
	}
}

// bareWriter is a writer that can do nothing but write.
type bareWriter struct{ http.ResponseWriter }

func TestWhatTheServerHasNotIsNotSupported(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	failed := map[string]error{}
	app.Get("/", func(c *dewar.Context) error {
		failed["FlushError"] = c.Response.FlushError()
		_, _, failed["Hijack"] = c.Response.Hijack()
		failed["Push"] = c.Response.Push("/a", nil)
		failed["SetWriteDeadline"] = c.Response.SetWriteDeadline(time.Time{})
		failed["SetReadDeadline"] = c.Response.SetReadDeadline(time.Time{})
		return nil
	})
	app.Get("/stream", func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "all at once"); return err })
	})
	app.Get("/events", func(c *dewar.Context) error {
		return c.Events(func(*dewar.EventStream) error { t.Error("a stream that cannot flush was begun"); return nil })
	})
	visit := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		app.ServeHTTP(bareWriter{rec}, httptest.NewRequest("GET", path, nil))
		return rec
	}
	visit("/")
	for name, err := range failed {
		if !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("%s: error %v, want one that is http.ErrNotSupported", name, err)
		}
	}
	if rec := visit("/stream"); rec.Code != 200 || rec.Body.String() != "all at once" {
		t.Errorf("a stream: got %d %q, want it all, though late", rec.Code, rec.Body)
	}
	if rec := visit("/events"); rec.Code != 500 {
		t.Errorf("events: got %d, want 500", rec.Code)
	}
}

// deadWriter fails from the first byte on, and like much middleware it has a Flush that cannot say so.
type deadWriter struct{ http.ResponseWriter }

var errBroken = errors.New("broken pipe")

func (deadWriter) Write([]byte) (int, error) { return 0, errBroken }
func (deadWriter) Flush()                    {}

func TestFlushTellsThatTheClientCannotBeWrittenTo(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(c *dewar.Context) error{
		"text":         func(c *dewar.Context) error { return c.Text("hello") },
		"bytes":        func(c *dewar.Context) error { return c.Blob("text/plain", []byte("hello")) },
		"a large body": func(c *dewar.Context) error { return c.Blob("text/plain", make([]byte, 900_000)) },
	} {
		app := quietApp(t)
		app.Get("/", func(c *dewar.Context) error {
			if err := write(c); err != nil {
				t.Errorf("%s: error %v before the commit", name, err)
			}
			for range 2 {
				if err := c.Response.FlushError(); !errors.Is(err, errBroken) {
					t.Errorf("%s: FlushError gave %v, want the failure of the write", name, err)
				}
			}
			return nil
		})
		func() {
			defer func() { _ = recover() }()
			app.ServeHTTP(deadWriter{httptest.NewRecorder()}, httptest.NewRequest("GET", "/", nil))
		}()
	}
}

func TestStatusWithoutABodyRefusesOne(t *testing.T) {
	t.Parallel()
	for _, code := range []int{101, 204, 304} {
		for name, write := range map[string]func(c *dewar.Context) error{
			"Write":       func(c *dewar.Context) error { _, err := c.Response.Write([]byte("x")); return err },
			"WriteString": func(c *dewar.Context) error { _, err := c.Response.WriteString("x"); return err },
			"ReadFrom":    func(c *dewar.Context) error { _, err := c.Response.ReadFrom(strings.NewReader("x")); return err },
			"Fprint":      func(c *dewar.Context) error { _, err := fmt.Fprint(c.Response, "x"); return err },
			"bufio": func(c *dewar.Context) error {
				w := bufio.NewWriter(c.Response)
				_, _ = w.WriteString("x")
				return w.Flush()
			},
		} {
			for _, method := range []string{"GET", "HEAD"} {
				app := quietApp(t)
				app.Get("/", func(c *dewar.Context) error {
					c.Response.WriteHeader(code)
					if err := write(c); !errors.Is(err, http.ErrBodyNotAllowed) {
						t.Errorf("%s with %d to %s: error %v, want http.ErrBodyNotAllowed", name, code, method, err)
					}
					if _, err := c.Response.Write(nil); err != nil {
						t.Errorf("an empty Write: %v", err)
					}
					return nil
				})
				if rec := send(app, method, "/"); rec.Code != code || rec.Body.Len() > 0 {
					t.Errorf("got %d %q", rec.Code, rec.Body)
				}
			}
		}
	}
}

// TestAnsweringMethodsDropABodyThatIsNotAllowed has them take it, as Flask does: the status says what is meant.
func TestAnsweringMethodsDropABodyThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(c *dewar.Context) error{
		"Text":     func(c *dewar.Context) error { return c.Text("x") },
		"JSON":     func(c *dewar.Context) error { return c.JSON(1) },
		"Blob":     func(c *dewar.Context) error { return c.Blob("text/plain", []byte("x")) },
		"SetBody":  func(c *dewar.Context) error { return c.Response.SetBody([]byte("x")) },
		"SendFile": func(c *dewar.Context) error { return c.SendFromFS(fstest.MapFS{"a": {Data: []byte("x")}}, "a") },
		"Stream": func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "x"); return err })
		},
	} {
		for _, code := range []int{204, 304} {
			app := quietApp(t)
			app.Get("/", func(c *dewar.Context) error { return answer(c.Status(code)) })
			if res := ask(t, serve(t, app), "GET", "/"); res.err != nil || res.StatusCode != code || res.body != "" {
				t.Errorf("%s with %d: got %v %q, %v", name, code, res.Response, res.body, res.err)
			}
		}
	}
}

func TestStatusesAfterTheAnswerHaveNoEffect(t *testing.T) {
	t.Parallel()
	for state, begin := range map[string]func(c *dewar.Context){
		"written":            func(c *dewar.Context) { _, _ = io.WriteString(c.Response, "a") },
		"a status written":   func(c *dewar.Context) { c.Response.WriteHeader(200) },
		"flushed":            func(c *dewar.Context) { c.Response.Flush() },
		"outgrown":           func(c *dewar.Context) { _, _ = c.Response.Write(make([]byte, 2<<20)) },
		"answered by method": func(c *dewar.Context) { _ = c.Text("a") },
	} {
		for _, code := range []int{-1, 0, 99, 103, 150, 404, 1000} {
			app := quietApp(t)
			app.Get("/", func(c *dewar.Context) error {
				begin(c)
				c.Response.WriteHeader(code)
				if c.Response.Committed() {
					c.Status(code)
				}
				return nil
			})
			if rec := send(app, "GET", "/"); rec.Code != 200 {
				t.Errorf("WriteHeader(%d) after it was %s: got %d, want 200", code, state, rec.Code)
			}
		}
	}
}

// A headerWatch notes what it knows of the body when the header is written, as recorders and compressing middleware do.
type headerWatch struct {
	http.ResponseWriter
	calls []string
}

func (w *headerWatch) WriteHeader(code int) {
	w.calls = append(w.calls, fmt.Sprint("WriteHeader ", code))
	w.ResponseWriter.WriteHeader(code)
}

func (w *headerWatch) Write(p []byte) (int, error) {
	w.calls = append(w.calls, "Write")
	return w.ResponseWriter.Write(p)
}

func (w *headerWatch) Flush() { w.calls = append(w.calls, "Flush") }

func TestHeaderGoesWithTheFirstBytes(t *testing.T) {
	t.Parallel()
	huge := append([]byte("<!DOCTYPE html>"), make([]byte, 2<<20)...)
	for _, tt := range []struct {
		name, first string
		view        dewar.Handler
	}{
		{"a write larger than the buffer", "Write", func(c *dewar.Context) error { _, err := c.Response.Write(huge); return err }},
		{"a text larger than the buffer", "Write", func(c *dewar.Context) error { _, err := c.Response.WriteString(string(huge)); return err }},
		{"a copy larger than the buffer", "Write", func(c *dewar.Context) error { _, err := c.Response.ReadFrom(bytes.NewReader(huge)); return err }},
		{"a copy with its length", "Write", func(c *dewar.Context) error {
			c.Response.Header().Set("Content-Length", fmt.Sprint(len(huge)))
			_, err := c.Response.ReadFrom(bytes.NewReader(huge))
			return err
		}},
		{"a small write", "Write", func(c *dewar.Context) error { _, err := c.Response.Write(huge[:100]); return err }},
		{"a stream", "Write", func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error { _, err := w.Write(huge); return err })
		}},
		{"a flush", "Flush", func(c *dewar.Context) error { c.Response.Flush(); return nil }},
		{"another status", "WriteHeader 404", func(c *dewar.Context) error {
			c.Response.WriteHeader(404)
			_, err := c.Response.Write(huge)
			return err
		}},
	} {
		app := quietApp(t)
		app.Handle("/", dewarHandler(tt.view))
		rec := httptest.NewRecorder()
		w := &headerWatch{ResponseWriter: rec}
		app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if len(w.calls) == 0 || w.calls[0] != tt.first {
			t.Errorf("%s: the writer below saw %v, want %s first", tt.name, w.calls[:min(3, len(w.calls))], tt.first)
		}
		if got := rec.Header().Get("Content-Type"); tt.first == "Write" && got != "text/html; charset=utf-8" {
			t.Errorf("%s: Content-Type %q, want that of a page", tt.name, got)
		}
	}
}

// dewarHandler makes a net/http handler of a view.
func dewarHandler(view dewar.Handler) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := view(dewar.FromContext(r.Context())); err != nil {
			panic(err)
		}
	})
}

func TestHeadIsToldTheTypeOfGet(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a page": page, "text": "hello", "a long page": long, "an enormous page": page + strings.Repeat("e", 2<<20), "nothing": "", "an image": "\x89PNG\x0D\x0A\x1A\x0A",
	} {
		for _, by := range []string{"wrapped", "written"} {
			app := quietApp(t)
			write := func(w io.Writer) { _, _ = io.WriteString(w, body) }
			if by == "wrapped" {
				app.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w) }))
			} else {
				app.Get("/", func(c *dewar.Context) error { write(c.Response); return nil })
			}
			srv := serve(t, app)
			get, head := ask(t, srv, "GET", "/"), ask(t, srv, "HEAD", "/")
			if got, want := head.Header["Content-Type"], get.Header["Content-Type"]; !slices.Equal(got, want) || head.body != "" {
				t.Errorf("%s, %s: HEAD has the type %q, GET %q", name, by, got, want)
			}
		}
	}
}

func TestEarlyCommitGuardsASessionThatIsNotOpenYet(t *testing.T) {
	t.Parallel()
	flush := func(c *dewar.Context) error { return c.Response.FlushError() }
	stream := func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "x"); return err })
	}
	file := func(c *dewar.Context) error { return c.SendFromFS(fstest.MapFS{"a.css": {Data: []byte("x")}}, "a.css") }
	for _, tt := range []struct {
		name    string
		cookie  bool
		view    dewar.Handler
		vary    string
		caching string
	}{
		{"a flush", true, flush, "Cookie", "private"},
		{"a stream", true, stream, "Cookie", "private"},
		{"a stream whose first write outgrows the buffer", true, func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error { _, err := w.Write(make([]byte, 2<<20)); return err })
		}, "Cookie", "private"},
		{"events", true, func(c *dewar.Context) error {
			return c.Events(func(e *dewar.EventStream) error { return e.SendData("x") })
		}, "Cookie", "no-store"},
		{"a flush of a wrapped handler", true, dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush() })), "Cookie", "private"},
		{"the application's Cache-Control", true, func(c *dewar.Context) error {
			c.Header("Cache-Control", "public, max-age=60").Header("Vary", "Accept")
			return stream(c)
		}, "Accept, Cookie", "public, max-age=60"},
		{"a flush without the cookie", false, flush, "", ""},
		{"a stream without the cookie", false, stream, "", ""},
		{"no early commit", true, func(c *dewar.Context) error { return c.Text("x") }, "", ""},
		{"an answer that outgrows the buffer", true, func(c *dewar.Context) error { return c.Blob("text/plain", make([]byte, 2<<20)) }, "", ""},
		{"a file", true, file, "", "no-cache"},
		{"a file that is flushed", true, func(c *dewar.Context) error { _ = file(c); return flush(c) }, "", "no-cache"},
		{"a file by net/http that is flushed", true, dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "a.css", time.Unix(1e9, 0), strings.NewReader("x"))
			w.(http.Flusher).Flush()
		})), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			app.Get("/", tt.view)
			var header []string
			if tt.cookie {
				header = []string{"Cookie", "other=1; session=" + sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })["session"]}
			}
			res := ask(t, serve(t, app), "GET", "/", header...)
			if vary, caching := res.Header.Get("Vary"), res.Header.Get("Cache-Control"); vary != tt.vary || caching != tt.caching {
				t.Errorf("Vary %q and Cache-Control %q, want %q and %q", vary, caching, tt.vary, tt.caching)
			}
		})
	}
}

// An ownTime is what a handler does about its write deadline.
type ownTime struct {
	name  string
	serve func(w http.ResponseWriter, note func(error))
	whole bool
	took  time.Duration // until the answer had come to its end; 0 for any
}

// The server has a WriteTimeout of ten seconds.
var ownTimes = []ownTime{
	{"pauses longer than the limit", func(w http.ResponseWriter, note func(error)) {
		note(writeAndRest(w, time.Minute, 3))
	}, true, 3 * time.Minute},
	{"a pause at the end", func(w http.ResponseWriter, note func(error)) {
		_, err := io.WriteString(w, "x")
		note(errors.Join(err, http.NewResponseController(w).Flush()))
		_, err = io.WriteString(w, "y")
		note(err)
		time.Sleep(time.Minute)
	}, true, time.Minute},
	{"a flush alone, then a pause", func(w http.ResponseWriter, note func(error)) {
		note(http.NewResponseController(w).Flush())
		time.Sleep(time.Minute)
		_, err := io.WriteString(w, "x")
		note(err)
	}, true, time.Minute},
	{"a pause between a write and its flush", func(w http.ResponseWriter, note func(error)) {
		note(http.NewResponseController(w).Flush())
		_, err := io.WriteString(w, "x")
		note(err)
		time.Sleep(time.Minute)
		note(http.NewResponseController(w).Flush())
	}, true, time.Minute},
	{"its own deadline lifted", func(w http.ResponseWriter, note func(error)) {
		note(http.NewResponseController(w).SetWriteDeadline(time.Time{}))
		note(writeAndRest(w, time.Minute, 3))
	}, true, 3 * time.Minute},
	{"its own deadline lifted, then a long wait", func(w http.ResponseWriter, note func(error)) {
		note(http.NewResponseController(w).SetWriteDeadline(time.Time{}))
		time.Sleep(time.Hour)
		_, err := io.WriteString(w, "x")
		note(err)
	}, true, time.Hour},
	{"its own short deadline", func(w http.ResponseWriter, _ func(error)) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		_ = writeAndRest(w, 400*time.Millisecond, 3)
	}, false, 0},
	{"its own short deadline set in the middle", func(w http.ResponseWriter, note func(error)) {
		note(writeAndRest(w, time.Second, 1))
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		_ = writeAndRest(w, 400*time.Millisecond, 3)
	}, false, 0},
	{"its own long deadline", func(w http.ResponseWriter, note func(error)) {
		note(http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour)))
		note(writeAndRest(w, time.Minute, 3))
	}, true, 3 * time.Minute},
}

// writeAndRest sends a byte and rests, n times.
func writeAndRest(w http.ResponseWriter, rest time.Duration, n int) error {
	for range n {
		_, err := io.WriteString(w, "x")
		if err = errors.Join(err, http.NewResponseController(w).Flush()); err != nil {
			return err
		}
		time.Sleep(rest)
	}
	return nil
}

func TestDeadlinesOfTheHandlerAreItsOwn(t *testing.T) {
	t.Parallel()
	for _, tt := range ownTimes {
		for _, proto := range protocols {
			t.Run(tt.name+", "+proto, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { tt.test(t, proto) })
			})
		}
	}
}

func (tt ownTime) test(t *testing.T, proto string) {
	app := quietApp(t)
	var handlers sync.WaitGroup
	defer handlers.Wait()
	app.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		handlers.Add(1)
		defer handlers.Done()
		tt.serve(w, func(err error) {
			if err != nil {
				t.Errorf("the handler got the error %v", err)
			}
		})
	}))
	srv, client := startInBubble(t, proto, app)
	defer srv.Close()
	defer client.CloseIdleConnections()
	began := time.Now()
	res, err := client.Get("https://app.test/")
	if err == nil {
		_, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
	}
	if took := time.Since(began); (err == nil) != tt.whole || tt.took > 0 && (took < tt.took || took > tt.took+time.Second) {
		t.Errorf("the answer ended after %v with %v, want it whole: %t, after %v", took, err, tt.whole, tt.took)
	}
}

// startInBubble serves over pipes, so that time is that of the bubble, with a WriteTimeout of ten seconds.
func startInBubble(t *testing.T, proto string, h http.Handler) (*httptest.Server, *http.Client) {
	l := newPipes()
	srv := httptest.NewUnstartedServer(h)
	_ = srv.Listener.Close()
	srv.Listener = l
	srv.Config.WriteTimeout = 10 * time.Second
	srv.EnableHTTP2 = proto == "HTTP/2"
	if proto == "HTTP/1.1" {
		srv.Start()
	} else {
		srv.StartTLS()
	}
	client := srv.Client()
	transport := client.Transport.(*http.Transport)
	transport.DialContext = l.client().Transport.(*http.Transport).DialContext
	if transport.TLSClientConfig != nil {
		transport.TLSClientConfig.InsecureSkipVerify = true
	}
	if proto == "HTTP/1.1" {
		client.Transport = plainly{transport}
	}
	return srv, client
}

// plainly takes the TLS out of a URL.
type plainly struct{ *http.Transport }

func (p plainly) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme = "http"
	return p.Transport.RoundTrip(r)
}

func TestEventsAreSilentAsLongAsTheyLikeOverHTTP2(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := quietApp(t)
		app.Get("/", func(c *dewar.Context) error {
			return c.Events(func(e *dewar.EventStream) error {
				time.Sleep(5*time.Minute + time.Second) // not at the time of a heartbeat, which may come first or last then
				return e.SendData("x")
			})
		})
		app.Get("/stream", func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error {
				_, _ = io.WriteString(w, "a")
				time.Sleep(5 * time.Minute)
				_, err := io.WriteString(w, "b")
				return err
			})
		})
		srv, client := startInBubble(t, "HTTP/2", app)
		defer srv.Close()
		defer client.CloseIdleConnections()
		for path, want := range map[string]string{"/": "data: x\n\n", "/stream": "ab"} {
			res, err := client.Get("https://app.test" + path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if _ = res.Body.Close(); err != nil || !strings.HasSuffix(string(body), want) {
				t.Errorf("%s: got %q, %v", path, body, err)
			}
		}
	})
}

func TestClientThatReadsNothingIsLeftByTheLimit(t *testing.T) {
	t.Parallel()
	for _, proto := range protocols {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var took time.Duration
				app := quietApp(t)
				app.Get("/", func(c *dewar.Context) error {
					began := time.Now()
					err := c.Stream(func(w io.Writer) error {
						for {
							if _, err := w.Write(make([]byte, 1<<20)); err != nil {
								return err
							}
						}
					})
					took = time.Since(began)
					return err
				})
				srv, client := startInBubble(t, proto, app)
				res, err := client.Get("https://app.test/")
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				_ = res.Body.Close()
				client.CloseIdleConnections()
				srv.Close()
				if took < 9*time.Second || took > 16*time.Second { // TLS takes 5s more to say goodbye
					t.Errorf("the stream was ended after %v, want about the limit of 10s", took)
				}
			})
		})
	}
}

func TestReadDeadlineLetsASlowUploadTakeItsTime(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string]bool{"as it is": false, "with more time": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app := quietApp(t)
				app.Post("/", func(c *dewar.Context) error {
					if whole {
						if err := c.Response.SetReadDeadline(time.Time{}); err != nil {
							return err
						}
					}
					body, err := io.ReadAll(c.Request.Body)
					if errors.Is(err, os.ErrDeadlineExceeded) {
						return c.Status(408).Text("slow")
					}
					return errors.Join(err, c.Text(fmt.Sprint(len(body))))
				})
				b := serveInBubble(t, app)
				body, w := io.Pipe()
				var sender sync.WaitGroup
				defer sender.Wait()
				defer body.Close()
				sender.Go(func() {
					for range 5 {
						time.Sleep(10 * time.Second)
						if _, err := w.Write(make([]byte, 100)); err != nil {
							return
						}
					}
					_ = w.Close()
				})
				res, err := b.client.Post("http://app.test/", "text/plain", body)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				if (res.StatusCode == 200) != whole {
					t.Errorf("got %d, want the whole upload: %t", res.StatusCode, whole)
				}
				if err := b.end(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestHijackedConnectionHasNoDeadlineOfTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := quietApp(t)
		var wg sync.WaitGroup
		wg.Add(1)
		app.Get("/", func(c *dewar.Context) error {
			defer wg.Done()
			conn, _, err := c.Response.Hijack()
			if err != nil {
				return err
			}
			defer conn.Close()
			for range 3 {
				if _, err := io.WriteString(conn, "x"); err != nil {
					return err
				}
				time.Sleep(time.Minute)
			}
			return nil
		})
		l := newPipes()
		b := serveListener(t, app, l, l.client())
		server, client := net.Pipe()
		l.conns <- server
		_, _ = io.WriteString(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		got, err := io.ReadAll(client)
		if string(got) != "xxx" || err != nil {
			t.Errorf("got %q, %v, want three bytes in as many minutes", got, err)
		}
		wg.Wait()
		if err := b.end(); err != nil {
			t.Error(err)
		}
	})
}
