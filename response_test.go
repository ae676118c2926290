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
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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

// cookieOf checks that an answer has the session's cookie, and what keeps caches from handing it to others, each
// exactly once. It returns the cookie as a client sends it back.
func cookieOf(t testing.TB, header http.Header) string {
	t.Helper()
	lines := header["Set-Cookie"]
	if len(lines) != 1 || !strings.HasPrefix(lines[0], "session=") {
		t.Fatalf("Set-Cookie %q, want that of the session, exactly once", lines)
	}
	if !variesByCookie(header) {
		t.Errorf("Vary %q, want one line with Cookie, once", header["Vary"])
	}
	if caching := header["Cache-Control"]; !slices.Equal(caching, []string{"no-store"}) {
		t.Errorf("Cache-Control %q, want no-store", caching)
	}
	cookie, _, _ := strings.Cut(lines[0], ";")
	return cookie
}

// variesByCookie reports whether Vary is one line that names Cookie exactly once. The pages of errors name Accept too.
func variesByCookie(header http.Header) bool {
	fields := slices.DeleteFunc(strings.Split(header.Get("Vary"), ", "), func(field string) bool { return field != "Cookie" })
	return len(header["Vary"]) == 1 && len(fields) == 1
}

// tellUser makes /who tell who is in the session.
func tellUser(app *dewar.App) {
	app.Get("/who", func(c *dewar.Context) error { return c.Text(c.Session().String("user")) })
}

func TestSessionIsSavedBeforeTheHeaderByEveryRoad(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("x", 3000)
	large := strings.Repeat("y", 2<<20)
	set := func(c *dewar.Context) { c.Session().Set("user", "ann") }
	wrapped := func(h http.HandlerFunc) dewar.Handler {
		return dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			set(dewar.FromContext(r.Context()))
			h(w, r)
		}))
	}
	serveContent := func(c *dewar.Context) error {
		set(c)
		http.ServeContent(c.Response, c.Request, "x.txt", time.Unix(1e9, 0), strings.NewReader(page))
		return nil
	}
	for _, tt := range []struct {
		name   string
		method string
		view   dewar.Handler
		header []string // of the request
		status int
		length int // of the body
	}{
		{"return with a status alone", "GET", func(c *dewar.Context) error { set(c); c.Response.WriteHeader(202); return nil }, nil, 202, 0},
		{"set after a 3 kB body", "GET", func(c *dewar.Context) error { err := c.Text(page); set(c); return err }, nil, 200, 3000},
		{"Write", "GET", func(c *dewar.Context) error { set(c); _, err := c.Response.Write([]byte("ok")); return err }, nil, 200, 2},
		{"WriteHeader and Write", "GET", func(c *dewar.Context) error {
			set(c)
			c.Response.WriteHeader(201)
			_, err := io.WriteString(c.Response, "ok")
			return err
		}, nil, 201, 2},
		{"Flush of an http.Flusher", "GET", func(c *dewar.Context) error {
			set(c)
			http.ResponseWriter(c.Response).(http.Flusher).Flush()
			_, err := io.WriteString(c.Response, "later")
			return err
		}, nil, 200, 5},
		{"Flush of a ResponseController", "GET", func(c *dewar.Context) error {
			set(c)
			return http.NewResponseController(c.Response).Flush()
		}, nil, 200, 0},
		{"FlushError", "GET", func(c *dewar.Context) error { set(c); return c.Response.FlushError() }, nil, 200, 0},
		{"Write, then Flush", "GET", func(c *dewar.Context) error { set(c); err := c.Text("ok"); c.Response.Flush(); return err }, nil, 200, 2},
		{"103 Early Hints, then Write", "GET", func(c *dewar.Context) error {
			c.Response.Header().Set("Link", "</style.css>; rel=preload")
			c.Response.WriteHeader(103)
			set(c)
			return c.Status(201).Text("made")
		}, nil, 201, 4},
		{"a body above the bound", "GET", func(c *dewar.Context) error { set(c); return c.Text(large) }, nil, 200, len(large)},
		{"a body above the bound in many pieces", "GET", func(c *dewar.Context) error {
			set(c)
			for range len(large) / 4096 {
				if _, err := io.WriteString(c.Response, large[:4096]); err != nil {
					return err
				}
			}
			return nil
		}, nil, 200, len(large)},
		{"ReadFrom above the bound", "GET", func(c *dewar.Context) error {
			set(c)
			_, err := c.Response.ReadFrom(strings.NewReader(large))
			return err
		}, nil, 200, len(large)},
		{"ReadFrom with a length above the bound", "GET", func(c *dewar.Context) error {
			set(c)
			c.Response.Header().Set("Content-Length", strconv.Itoa(len(large)))
			_, err := c.Response.ReadFrom(strings.NewReader(large))
			return err
		}, nil, 200, len(large)},
		{"ReadFrom below the bound", "GET", func(c *dewar.Context) error {
			set(c)
			_, err := c.Response.ReadFrom(strings.NewReader(page))
			return err
		}, nil, 200, len(page)},
		{"io.Copy of exactly the bound", "GET", func(c *dewar.Context) error {
			set(c)
			_, err := io.Copy(c.Response, strings.NewReader(large[:1<<20]))
			return err
		}, nil, 200, 1 << 20},
		{"ServeContent", "GET", serveContent, nil, 200, 3000},
		{"ServeContent of a part", "GET", serveContent, []string{"Range", "bytes=0-9"}, 206, 10},
		{"ServeContent of what the client has", "GET", serveContent, []string{"If-Modified-Since", "Sun, 09 Sep 2001 01:46:40 GMT"}, 304, 0},
		{"Redirect", "GET", func(c *dewar.Context) error { set(c); return c.Redirect("/elsewhere") }, nil, 302, 0},
		{"http.Redirect", "POST", func(c *dewar.Context) error {
			set(c)
			http.Redirect(c.Response, c.Request, "/", http.StatusSeeOther)
			return nil
		}, nil, 303, 0},
		{"NoContent", "GET", func(c *dewar.Context) error { set(c); return c.NoContent() }, nil, 204, 0},
		{"304", "GET", func(c *dewar.Context) error { set(c); return c.Status(304).NoContent() }, nil, 304, 0},
		{"HEAD", "HEAD", func(c *dewar.Context) error { set(c); return c.Text(page) }, nil, 200, 0},
		{"HEAD of a body above the bound", "HEAD", func(c *dewar.Context) error { set(c); return c.Text(large) }, nil, 200, 0},
		{"HEAD and Flush", "HEAD", func(c *dewar.Context) error { set(c); return c.Response.FlushError() }, nil, 200, 0},
		{"an error", "GET", func(c *dewar.Context) error { set(c); return dewar.Abortf(404, "Not there") }, nil, 404, 14},
		{"http.Error in a wrapped handler", "GET", wrapped(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusConflict) }), nil, 409, 3},
		{"Write in a wrapped handler", "GET", wrapped(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "wrapped") }), nil, 200, 7},
		{"a wrapped handler that writes nothing", "GET", wrapped(func(http.ResponseWriter, *http.Request) {}), nil, 200, 0},
		{"a stream", "GET", func(c *dewar.Context) error {
			set(c)
			return c.Stream(func(w io.Writer) error { _, err := io.WriteString(w, "streamed"); return err })
		}, nil, 200, 8},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Route("/", tt.view, dewar.Methods(tt.method))
			tellUser(app)
			srv := serve(t, app)
			res := ask(t, srv, tt.method, "/", tt.header...)
			if res.err != nil {
				t.Fatal(res.err)
			}
			if res.StatusCode != tt.status || len(res.body) != tt.length {
				t.Errorf("got %d with %d bytes, want %d with %d", res.StatusCode, len(res.body), tt.status, tt.length)
			}
			if who := ask(t, srv, "GET", "/who", "Cookie", cookieOf(t, res.Header)); who.body != "ann" {
				t.Errorf("the cookie gives %q in the next request, want ann", who.body)
			}
		})
	}
}

// TestInformationalResponsesLeaveTheSessionAlone sets a value before a 103 and one after it.
func TestInformationalResponsesLeaveTheSessionAlone(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("before", 1)
		c.Response.Header().Set("Link", "</s.css>; rel=preload")
		c.Response.WriteHeader(http.StatusEarlyHints)
		c.Session().Set("after", 1)
		return c.Text("ok")
	})
	app.Get("/keys", func(c *dewar.Context) error { return c.Text(strings.Join(c.Session().Keys(), " ")) })
	srv := serve(t, app)
	var hints []textproto.MIMEHeader
	r, _ := http.NewRequest("GET", srv.URL, nil)
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(_ int, header textproto.MIMEHeader) error { hints = append(hints, header); return nil },
	}))
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if len(hints) != 1 || len(hints[0]) != 1 || hints[0].Get("Link") == "" {
		t.Errorf("got %v before the answer, want one header with Link alone", hints)
	}
	if keys := ask(t, srv, "GET", "/keys", "Cookie", cookieOf(t, res.Header)); keys.body != "after before" {
		t.Errorf("the session has %q, want both values", keys.body)
	}
}

// TestAnswerReplacedAfterTheSaveKeepsTheSession has a hook spoil the answer, which shows when the session is saved.
func TestAnswerReplacedAfterTheSaveKeepsTheSession(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		do      func(s *dewar.Session)
		cookie  string // how it begins
		caching string
	}{
		{"set", func(s *dewar.Session) { s.Set("user", "bob") }, "session=", "no-store"},
		{"cleared", func(s *dewar.Session) { s.Clear() }, "session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0", "no-store"},
		{"read", func(s *dewar.Session) { s.Get("user") }, "", "private"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", func(c *dewar.Context) error {
				tt.do(c.Session())
				return c.Text("SECRET PAGE")
			})
			app.AfterRequest(func(c *dewar.Context) error {
				if c.Request.URL.Path == "/" {
					c.Response.Header().Set("Content-Length", "5")
				}
				return nil
			})
			tellUser(app)
			srv := serve(t, app)
			ann := "session=" + sessionJar(t, app, func(s *dewar.Session) { s.Set("user", "ann") })["session"]
			res := ask(t, srv, "GET", "/", "Cookie", ann)
			if res.err != nil || res.StatusCode != 500 || strings.Contains(res.body, "SECRET") {
				t.Fatalf("got %v %q, %v, want a 500 in place of the page", res.Response, res.body, res.err)
			}
			lines := res.Header["Set-Cookie"]
			if len(lines) != min(1, len(tt.cookie)) || !strings.HasPrefix(strings.Join(lines, "\n"), tt.cookie) {
				t.Errorf("Set-Cookie %q, want one that begins with %q", lines, tt.cookie)
			}
			if caching := res.Header["Cache-Control"]; !variesByCookie(res.Header) || !slices.Equal(caching, []string{tt.caching}) {
				t.Errorf("Vary %q and Cache-Control %q, want Cookie, once, and %s", res.Header["Vary"], caching, tt.caching)
			}
			if tt.name == "set" {
				if who := ask(t, srv, "GET", "/who", "Cookie", cookieOf(t, res.Header)); who.body != "bob" {
					t.Errorf("the cookie gives %q in the next request, want bob", who.body)
				}
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

// TestHijackSavesTheSessionFirst reads the answer off the connection, which the view or net/http has written there.
func TestHijackSavesTheSessionFirst(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		status int // that the view sets before it takes over
		answer func(c *dewar.Context) string
	}{
		{"the view writes the header", 0, func(c *dewar.Context) string {
			var header strings.Builder
			_ = c.Response.Header().Write(&header)
			return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n" + header.String() + "\r\nhello"
		}},
		{"the server writes the header", 101, func(*dewar.Context) string { return "hello" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", func(c *dewar.Context) error {
				c.Session().Set("user", "ann")
				if tt.status != 0 {
					c.Response.Header()["Upgrade"], c.Response.Header()["Connection"] = []string{"echo"}, []string{"Upgrade"}
					c.Response.WriteHeader(tt.status)
				}
				return takeOver(t, c, tt.answer)
			})
			tellUser(app)
			srv := serve(t, app)
			res, hello := upgrade(t, srv.Listener.Addr().String())
			if res.StatusCode != 101 || hello != "hello" {
				t.Errorf("got %d %q, want 101 and what the view wrote", res.StatusCode, hello)
			}
			if who := ask(t, srv, "GET", "/who", "Cookie", cookieOf(t, res.Header)); who.body != "ann" {
				t.Errorf("the cookie gives %q in the next request, want ann", who.body)
			}
		})
	}
}

// takeOver hijacks the connection, checks that the session stands in the header, and writes the answer.
func takeOver(t *testing.T, c *dewar.Context, answer func(*dewar.Context) string) error {
	conn, _, err := http.NewResponseController(c.Response).Hijack()
	if err != nil {
		return err
	}
	defer conn.Close()
	if header := c.Response.Header(); len(header["Set-Cookie"]) != 1 || !slices.Equal(header["Vary"], []string{"Cookie"}) {
		t.Errorf("the view finds the header %v, want the session's cookie and Vary in it", header)
	}
	if _, err := io.WriteString(conn, answer(c)); err != nil {
		t.Error(err)
	}
	if _, err := c.Response.Write([]byte("x")); !errors.Is(err, http.ErrHijacked) {
		t.Errorf("Write after Hijack: %v, want http.ErrHijacked", err)
	}
	return nil
}

// upgrade asks for another protocol. It returns the answer and what follows it on the connection.
func upgrade(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	r := bufio.NewReader(conn)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(r)
	return res, string(rest)
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
	srv := serve(t, app)
	ask(t, srv, "GET", "/")
	srv.Close() // waits for the end of the request
	select {
	case err := <-reported:
		if !errors.Is(err, dewar.ErrSessionCommitted) {
			t.Errorf("reported %v, want ErrSessionCommitted", err)
		}
	default:
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
	if res.StatusCode != 200 || res.body != "replaced by a hook" || res.Header.Get("Content-Type") != "application/json" {
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

func TestLargeAnswerOutlivesTheWriteTimeout(t *testing.T) {
	t.Parallel()
	body := bytes.Repeat([]byte("0123456789abcdef"), 4<<20/16)
	for _, tt := range []struct {
		name string
		view dewar.Handler
	}{
		{"Blob", func(c *dewar.Context) error { return c.Blob("application/octet-stream", body) }},
		{"ReadFrom", func(c *dewar.Context) error {
			_, err := c.Response.ReadFrom(bytes.NewReader(body))
			return err
		}},
		{"io.CopyN", func(c *dewar.Context) error {
			_, err := io.CopyN(c.Response, bytes.NewReader(body), int64(len(body)))
			return err
		}},
		{"Stream", func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error {
				_, err := w.Write(body)
				return err
			})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app := newApp(t)
				app.Get("/", tt.view)
				b := serveInBubble(t, app)
				res, err := b.client.Get("http://app.test/")
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				got, err := readSlowly(res.Body, 128<<10, 10*time.Second)
				if err != nil || !bytes.Equal(got, body) {
					t.Errorf("got %d bytes and error %v, want all %d", len(got), err, len(body))
				}
				if err := b.end(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestReadFromTakesNoMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const limit, size = 3 << 20, 4 << 20
		app := newApp(t)
		app.Get("/", func(c *dewar.Context) error {
			if err := c.Response.FlushError(); err != nil {
				return err
			}
			src := bytes.NewReader(make([]byte, size))
			limited := &io.LimitedReader{R: src, N: limit + 7}
			n, err := c.Response.ReadFrom(limited)
			if n != limit+7 || err != nil || limited.N != 0 || src.Len() != size-limit-7 {
				t.Errorf("sent %d, error %v; %d of the limit and %d of the source are left, want 0 and %d", n, err, limited.N, src.Len(), size-limit-7)
			}
			return nil
		})
		b := serveInBubble(t, app)
		if _, body, err := b.get("/"); err != nil || len(body) != limit+7 {
			t.Errorf("got %d bytes and error %v, want %d", len(body), err, limit+7)
		}
		if err := b.end(); err != nil {
			t.Error(err)
		}
	})
}

// readSlowly reads n bytes, then rests, and so on.
func readSlowly(r io.Reader, n int64, rest time.Duration) ([]byte, error) {
	var all bytes.Buffer
	for {
		m, err := io.Copy(&all, io.LimitReader(r, n))
		if err != nil || m < n {
			return all.Bytes(), err
		}
		time.Sleep(rest)
	}
}
