package dewar_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// storeFailure is a SessionInterface whose save fails.
type storeFailure struct {
	dewar.SecureCookieSessionInterface
}

func (*storeFailure) SaveSession(*dewar.Context, *dewar.Session) error {
	return errors.New("the store is down")
}

func TestSessionIsSavedBeforeTheHeaderByEveryRoad(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("x", 3000)
	large := strings.Repeat("y", 2<<20)
	set := func(c *dewar.Context) { c.Session().Set("user", "ann") }
	for _, tt := range []struct {
		name   string
		method string
		view   dewar.Handler
		status int
		length int // of the body
	}{
		{"set, then return without an answering method", "GET", func(c *dewar.Context) error { set(c); c.Response.WriteHeader(202); return nil }, 202, 0},
		{"set after a 3 kB body", "GET", func(c *dewar.Context) error { err := c.Text(page); set(c); return err }, 200, 3000},
		{"set, then Write", "GET", func(c *dewar.Context) error { set(c); _, err := c.Response.Write([]byte("ok")); return err }, 200, 2},
		{"set, then WriteHeader and Write", "GET", func(c *dewar.Context) error {
			set(c)
			c.Response.WriteHeader(201)
			_, err := io.WriteString(c.Response, "ok")
			return err
		}, 201, 2},
		{"set, then Flush", "GET", func(c *dewar.Context) error {
			set(c)
			c.Response.Flush()
			_, err := io.WriteString(c.Response, "later")
			return err
		}, 200, 5},
		{"set, then Flush by a ResponseController", "GET", func(c *dewar.Context) error {
			set(c)
			return http.NewResponseController(c.Response).Flush()
		}, 200, 0},
		{"set, then 103 Early Hints, then Write", "GET", func(c *dewar.Context) error {
			c.Response.Header().Set("Link", "</style.css>; rel=preload")
			c.Response.WriteHeader(103)
			set(c)
			return c.Status(201).Text("made")
		}, 201, 4},
		{"set, then a body above the bound", "GET", func(c *dewar.Context) error { set(c); return c.Text(large) }, 200, len(large)},
		{"set, then ReadFrom above the bound", "GET", func(c *dewar.Context) error {
			set(c)
			_, err := c.Response.ReadFrom(strings.NewReader(large))
			return err
		}, 200, len(large)},
		{"set, then ReadFrom below the bound", "GET", func(c *dewar.Context) error {
			set(c)
			_, err := c.Response.ReadFrom(strings.NewReader(page))
			return err
		}, 200, len(page)},
		{"set, then io.Copy of exactly the bound", "GET", func(c *dewar.Context) error {
			set(c)
			_, err := io.Copy(c.Response, strings.NewReader(large[:1<<20]))
			return err
		}, 200, 1 << 20},
		{"set, then http.ServeContent", "GET", func(c *dewar.Context) error {
			set(c)
			http.ServeContent(c.Response, c.Request, "x.txt", time.Unix(1e9, 0), strings.NewReader(page))
			return nil
		}, 200, 3000},
		{"set, then http.Error", "GET", func(c *dewar.Context) error { set(c); http.Error(c.Response, "no", http.StatusConflict); return nil }, 409, 3},
		{"set, then Redirect", "GET", func(c *dewar.Context) error { set(c); return c.Redirect("/elsewhere") }, 302, 0},
		{"set, then NoContent", "GET", func(c *dewar.Context) error { set(c); return c.NoContent() }, 204, 0},
		{"set, then 304", "GET", func(c *dewar.Context) error { set(c); return c.Status(304).NoContent() }, 304, 0},
		{"set, then HEAD", "HEAD", func(c *dewar.Context) error { set(c); return c.Text(page) }, 200, 0},
		{"set, then an error", "GET", func(c *dewar.Context) error { set(c); return dewar.Abort(404) }, 404, 14},
		{"set in a wrapped handler's context", "GET", dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			set(dewar.FromContext(r.Context()))
			fmt.Fprint(w, "wrapped")
		})), 200, 7},
		{"set while streaming starts", "GET", func(c *dewar.Context) error {
			set(c)
			return c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "streamed"); return err })
		}, 200, 8},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", tt.view)
			res := ask(t, serve(t, app), tt.method, "/")
			if res.err != nil {
				t.Fatal(res.err)
			}
			if res.StatusCode != tt.status || len(res.body) != tt.length {
				t.Errorf("got %d with %d bytes, want %d with %d", res.StatusCode, len(res.body), tt.status, tt.length)
			}
			if cookies := res.Header["Set-Cookie"]; len(cookies) != 1 {
				t.Errorf("Set-Cookie %q, want exactly one", cookies)
			}
			if vary := res.Header.Values("Vary"); !slices.ContainsFunc(vary, func(v string) bool { return strings.Count(v, "Cookie") == 1 }) {
				t.Errorf("Vary %q, want Cookie once", vary)
			}
		})
	}
}

func TestStoreThatFailsSendsNothingOfThePage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		view dewar.Handler
	}{
		{"a small page", func(c *dewar.Context) error { return c.Text("SECRET PAGE") }},
		{"a page above the bound", func(c *dewar.Context) error { return c.Text("SECRET PAGE" + strings.Repeat("x", 2<<20)) }},
		{"a flushed page", func(c *dewar.Context) error {
			if _, err := io.WriteString(c.Response, "SECRET PAGE"); err != nil {
				return err
			}
			c.Response.Flush()
			_, err := io.WriteString(c.Response, "SECRET REST")
			if err == nil {
				t.Error("a write after the failed commit gave no error")
			}
			return err
		}},
		{"a stream", func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "SECRET PAGE"); return err })
		}},
		{"copied from a reader", func(c *dewar.Context) error {
			_, err := io.Copy(c.Response, strings.NewReader(strings.Repeat("SECRET PAGE", 200_000)))
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.SessionInterface = &storeFailure{}
			app.Get("/", func(c *dewar.Context) error {
				c.Session().Set("a", 1)
				c.Response.Header().Set("Cache-Control", "public, max-age=31536000")
				return tt.view(c)
			})
			res := ask(t, serve(t, app), "GET", "/")
			if res.err != nil {
				t.Fatal(res.err)
			}
			if res.StatusCode != 503 || strings.Contains(res.body, "SECRET") {
				t.Errorf("got %d %.60q, want 503 and no byte of the page", res.StatusCode, res.body)
			}
			if len(res.Header["Set-Cookie"]) > 0 || res.Header.Get("Cache-Control") != "private" {
				t.Errorf("header %v, want neither a cookie nor the page's Cache-Control", res.Header)
			}
		})
	}
}

func TestPanicAndErrorInTheMiddleOfABody(t *testing.T) {
	t.Parallel()
	half := strings.Repeat("h", 1000)
	for _, tt := range []struct {
		name  string
		view  dewar.Handler
		whole bool // a clean 500, otherwise a cut connection
	}{
		{"panic before any byte", func(*dewar.Context) error { panic("oh") }, true},
		{"panic after half a body", func(c *dewar.Context) error { _ = c.Text(half); panic("oh") }, true},
		{"error after half a body", func(c *dewar.Context) error { _ = c.Text(half); return errors.New("oh") }, true},
		{"panic after the header", func(c *dewar.Context) error { _ = c.Text(half); c.Response.Flush(); panic("oh") }, false},
		{"error after the header", func(c *dewar.Context) error { _ = c.Text(half); c.Response.Flush(); return errors.New("oh") }, false},
		{"panic in a body above the bound", func(c *dewar.Context) error { _ = c.Text(strings.Repeat("x", 2<<20)); panic("oh") }, false},
		{"wrong Content-Length", func(c *dewar.Context) error {
			c.Response.Header().Set("Content-Length", "5")
			_, err := io.WriteString(c.Response, "0123456789")
			return err
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", func(c *dewar.Context) error {
				c.Response.Header().Set("ETag", `"v1"`)
				http.SetCookie(c.Response, &http.Cookie{Name: "failed", Value: "view"})
				return tt.view(c)
			})
			res := ask(t, serve(t, app), "GET", "/")
			if !tt.whole {
				if res.err == nil {
					t.Errorf("got a whole answer, %d with %d bytes; want a cut connection", res.StatusCode, len(res.body))
				}
				return
			}
			if res.err != nil || res.StatusCode != 500 || strings.Contains(res.body, "h"+half) {
				t.Fatalf("got %v %v %.40q, want a clean 500", res.Response, res.err, res.body)
			}
			if res.Header.Get("ETag") != "" || res.Header.Get("Set-Cookie") != "" {
				t.Errorf("header %v, want none of the failed view's", res.Header)
			}
		})
	}
}

func TestPanicDoesNotSaveTheSession(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		view dewar.Handler
		keep bool // SESSION_SAVE_ON_PANIC
		want bool
	}{
		{"an error saves", func(*dewar.Context) error { return errors.New("oh") }, false, true},
		{"a panic does not", func(*dewar.Context) error { panic("oh") }, false, false},
		{"a panic does with SESSION_SAVE_ON_PANIC", func(*dewar.Context) error { panic("oh") }, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			if err := app.Config.Set("SESSION_SAVE_ON_PANIC", tt.keep); err != nil {
				t.Fatal(err)
			}
			app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return tt.view(c) })
			res := ask(t, serve(t, app), "GET", "/")
			if got := res.Header.Get("Set-Cookie") != ""; res.StatusCode != 500 || got != tt.want {
				t.Errorf("got %d, cookie %v; want 500, %v", res.StatusCode, got, tt.want)
			}
		})
	}
}

func TestResetKeepsTheHeadersOfOuterMiddleware(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Outer", "kept")
			w.Header().Add("Set-Cookie", "outer=1")
			next.ServeHTTP(w, r)
		})
	})
	app.Get("/", func(c *dewar.Context) error {
		c.Response.Header().Set("X-Outer", "changed")
		c.Response.Header().Set("X-Inner", "dropped")
		c.Response.Header().Add("Set-Cookie", "inner=1")
		return dewar.Abort(403)
	})
	res := ask(t, serve(t, app), "GET", "/")
	if got := res.Header.Get("X-Outer"); got != "kept" {
		t.Errorf("X-Outer %q, want %q", got, "kept")
	}
	if got := res.Header["Set-Cookie"]; !slices.Equal(got, []string{"outer=1"}) || res.Header.Get("X-Inner") != "" {
		t.Errorf("header %v, want only the outer ones", res.Header)
	}
}

func TestEarlyHintsPassThrough(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Response.Header().Set("Link", "</s.css>; rel=preload")
		c.Response.WriteHeader(http.StatusEarlyHints)
		return c.Status(404).Text("not here")
	})
	srv := serve(t, app)
	var hints []int
	r, _ := http.NewRequest("GET", srv.URL, nil)
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, _ textproto.MIMEHeader) error { hints = append(hints, code); return nil },
	}))
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 404 || !slices.Equal(hints, []int{103}) {
		t.Errorf("got %d after %v, want 404 after [103]", res.StatusCode, hints)
	}
}

func TestHeadHasTheLengthOfGet(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 5, 3000, 2 << 20} {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", func(c *dewar.Context) error { return c.Text(strings.Repeat("x", size)) })
			res := ask(t, serve(t, app), "HEAD", "/")
			if res.ContentLength != int64(size) || res.body != "" {
				t.Errorf("Content-Length %d with %d bytes, want %d and no body", res.ContentLength, len(res.body), size)
			}
		})
	}
}

func TestTrailersAreSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		view dewar.Handler
	}{
		{"announced", func(c *dewar.Context) error {
			c.Response.Header().Set("Trailer", "X-Sum")
			err := c.Text(strings.Repeat("x", 5000))
			c.Response.Header().Set("X-Sum", "42")
			return err
		}},
		{"by prefix", func(c *dewar.Context) error {
			err := c.Text("short")
			c.Response.Header().Set(http.TrailerPrefix+"X-Sum", "42")
			return err
		}},
		{"after a flush", func(c *dewar.Context) error {
			c.Response.Header().Set("Trailer", "X-Sum")
			c.Response.Flush()
			c.Response.Header().Set("X-Sum", "42")
			return nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", tt.view)
			res := ask(t, serve(t, app), "GET", "/")
			if got := res.Trailer.Get("X-Sum"); got != "42" {
				t.Errorf("trailer %q in %v, want 42", got, res.Trailer)
			}
		})
	}
}

func TestHijackSavesTheSessionFirst(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("user", "ann")
		conn, _, err := http.NewResponseController(c.Response).Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\nSet-Cookie: %s\r\n\r\nhello",
			c.Response.Header().Get("Set-Cookie"))
		if _, err := c.Response.Write([]byte("x")); !errors.Is(err, http.ErrHijacked) {
			t.Errorf("Write after Hijack: %v, want http.ErrHijacked", err)
		}
		return nil
	})
	srv := serve(t, app)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 101 || !strings.HasPrefix(res.Header.Get("Set-Cookie"), "session=") {
		t.Errorf("got %d %v, want 101 with the session's cookie", res.StatusCode, res.Header)
	}
}

func TestHijackOfAFailingStoreTakesNothingOver(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.SessionInterface = &storeFailure{}
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("a", 1)
		_, _, err := c.Response.Hijack()
		return err
	})
	if res := ask(t, serve(t, app), "GET", "/"); res.err != nil || res.StatusCode != 503 {
		t.Errorf("got %v %v, want 503", res.Response, res.err)
	}
}

func TestLateSessionChangeIsReported(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	reported := make(chan error, 1)
	app.GotRequestException.Connect(func(e dewar.RequestException) { reported <- e.Err })
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("early", 1)
		c.Response.Flush()
		c.Session().Set("late", 1)
		if err := c.Session().Err(); !errors.Is(err, dewar.ErrSessionCommitted) {
			t.Errorf("Err() = %v, want ErrSessionCommitted", err)
		}
		return nil
	})
	ask(t, serve(t, app), "GET", "/")
	select {
	case err := <-reported:
		if !errors.Is(err, dewar.ErrSessionCommitted) {
			t.Errorf("reported %v, want ErrSessionCommitted", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the late change was not reported")
	}
}

func TestAnsweringAgainReplacesTheBody(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		_ = c.Status(201).HTML("<p>first</p>")
		return c.JSON(dewar.Map{"second": true})
	})
	app.AfterRequest(func(c *dewar.Context) error {
		if got := string(c.Response.Body()); got != "{\"second\":true}\n" {
			t.Errorf("Body() = %q", got)
		}
		return c.Response.SetBody([]byte("replaced by a hook"))
	})
	res := ask(t, serve(t, app), "GET", "/")
	if res.StatusCode != 201 || res.body != "replaced by a hook" || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got %d %q %q", res.StatusCode, res.body, res.Header.Get("Content-Type"))
	}
}

func TestResponseIsDeadAfterTheRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	kept := make(chan *dewar.Context, 1)
	app.Get("/", func(c *dewar.Context) error { kept <- c; return c.Text("ok") })
	srv := serve(t, app)
	ask(t, srv, "GET", "/")
	srv.Close()
	c := <-kept
	if _, err := c.Response.Write([]byte("late")); err == nil {
		t.Error("a write to a response whose request has ended gave no error")
	}
	if err := c.Text("late"); err == nil {
		t.Error("an answer to a request that has ended gave no error")
	}
	if err := c.Response.FlushError(); err == nil {
		t.Error("a flush of a response whose request has ended gave no error")
	}
}
