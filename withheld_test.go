package dewar_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// withheldApp answers every status of the test without reading the body, except /read, which tries to.
func withheldApp(t *testing.T) *dewar.App {
	t.Helper()
	app := dewar.New("withheld")
	must(t, app.Config.Update(dewar.Map{"MAX_CONTENT_LENGTH": 100 << 20}))
	app.BeforeRequest(func(c *dewar.Context) error {
		switch c.Request.URL.Path {
		case "/hook":
			return dewar.Abort(http.StatusUnauthorized)
		case "/limit":
			c.Limit(dewar.Limits{Body: 1 << 10})
		}
		return nil
	})
	app.Post("/", func(c *dewar.Context) error { return c.Text("hello") })
	app.Post("/slash/", func(c *dewar.Context) error { return c.Text("hello") })
	app.Post("/login", func(c *dewar.Context) error { return dewar.Abort(http.StatusUnauthorized) })
	app.Post("/forbidden", func(c *dewar.Context) error { return dewar.Abort(http.StatusForbidden) })
	app.Post("/refused", func(c *dewar.Context) error { return dewar.Abort(http.StatusRequestEntityTooLarge) })
	app.Get("/get", func(c *dewar.Context) error { return c.Text("hello") })
	app.Post("/hook", func(c *dewar.Context) error { return c.Text("hello") })
	app.Post("/limit", readBody)
	app.Post("/read", readBody)
	app.Post("/form", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	app.Handle("/wrapped", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	return app
}

func readBody(c *dewar.Context) error {
	if _, err := io.ReadAll(c.Request.Body); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return dewar.Abort(http.StatusRequestEntityTooLarge)
		}
		return err
	}
	return c.Text("read")
}

// withheldCases are the roads by which a request is answered while its body has not come.
var withheldCases = []struct {
	name, path string
	length     int64
	want       int
}{
	{"a view that does not read", "/", 10 << 20, 200},
	{"a net/http handler that does not read", "/wrapped", 10 << 20, 200},
	{"a redirect to the slash", "/slash", 10 << 20, 308},
	{"an error of the view", "/login", 10 << 20, 401},
	{"an error of a hook", "/hook", 10 << 20, 401},
	{"forbidden", "/forbidden", 10 << 20, 403},
	{"no route", "/missing", 10 << 20, 404},
	{"another method", "/get", 10 << 20, 405},
	{"refused by the view", "/refused", 10 << 20, 413},
	{"longer than MAX_CONTENT_LENGTH, and read", "/read", 200 << 20, 413},
	{"longer than LimitBody, and read", "/limit", 10 << 20, 413},
	{"longer than MAX_CONTENT_LENGTH, a form", "/form", 200 << 20, 413},
}

// withheldPatience is how long an answer may take while net/http's own limits are an hour.
const withheldPatience = 20 * time.Second

func TestAnswerComesWhileTheBodyIsWithheld(t *testing.T) {
	srv := httptest.NewUnstartedServer(withheldApp(t))
	srv.Config.ReadTimeout = time.Hour
	var conns census
	conns.watch(srv.Config)
	srv.Start()
	defer srv.Close()
	for _, tt := range withheldCases {
		for _, expect := range []string{"", "Expect: 100-continue\r\n"} {
			t.Run(fmt.Sprintf("%s, expect %t", tt.name, expect != ""), func(t *testing.T) {
				conn, err := net.Dial("tcp", srv.Listener.Addr().String())
				must(t, err)
				defer conn.Close()
				must(t, conn.SetDeadline(time.Now().Add(withheldPatience)))
				fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n%s\r\n",
					tt.path, tt.length, expect)
				reader := bufio.NewReader(conn)
				res, err := http.ReadResponse(reader, nil)
				if err != nil {
					t.Fatalf("no answer while the body is withheld: %v", err)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				if res.StatusCode != tt.want || !res.Close {
					t.Errorf("got status %d, close %t, want %d and true", res.StatusCode, res.Close, tt.want)
				}
				if _, err := reader.ReadByte(); err == nil {
					t.Error("the connection goes on, with a body that nobody will read")
				}
			})
		}
	}
	conns.wantNone(t)
}

func TestAnswerComesWhileTheBodyIsWithheldOverHTTP2(t *testing.T) {
	srv := httptest.NewUnstartedServer(withheldApp(t))
	srv.Config.ReadTimeout = time.Hour
	var conns census
	conns.watch(srv.Config)
	var transports []*http.Transport
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	for _, tt := range withheldCases {
		for _, expect := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, expect %t", tt.name, expect), func(t *testing.T) {
				transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
				transports = append(transports, transport)
				body, hold := io.Pipe()
				defer hold.Close()
				r, err := http.NewRequest("POST", srv.URL+tt.path, body)
				must(t, err)
				r.ContentLength = tt.length
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if expect {
					r.Header.Set("Expect", "100-continue")
				}
				client := &http.Client{Transport: transport, Timeout: withheldPatience,
					CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
				res, err := client.Do(r)
				if err != nil {
					t.Fatalf("no answer while the body is withheld: %v", err)
				}
				defer res.Body.Close()
				if res.ProtoMajor != 2 || res.StatusCode != tt.want {
					t.Errorf("got HTTP/%d status %d, want 2 and %d", res.ProtoMajor, res.StatusCode, tt.want)
				}
			})
		}
	}
	conns.wantNone(t, transports...)
}

// A census counts the connections of a server, each of which is a goroutine.
type census struct {
	open, all atomic.Int64
}

func (n *census) watch(server *http.Server) {
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			n.all.Add(1)
			n.open.Add(1)
		case http.StateClosed:
			n.open.Add(-1)
		}
	}
}

// wantNone waits until all connections have ended, those of the transports as soon as their streams have.
func (n *census) wantNone(t *testing.T, transports ...*http.Transport) {
	t.Helper()
	for end := time.Now().Add(withheldPatience); n.open.Load() > 0 && time.Now().Before(end); {
		for _, transport := range transports {
			transport.CloseIdleConnections()
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n.open.Load() != 0 || n.all.Load() == 0 {
		t.Errorf("%d of %d connections are left", n.open.Load(), n.all.Load())
	}
}

func TestRequestThatCameInKeepsItsBody(t *testing.T) {
	app := dewar.New("kept")
	app.Post("/{id}", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	r := httptest.NewRequest("POST", "/7", strings.NewReader("a=b"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body := r.Body
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	if w.Body.String() != "b" {
		t.Fatalf("got %d %q", w.Code, w.Body)
	}
	if r.Body != body || r.PostForm != nil || r.Form != nil || r.MultipartForm != nil {
		t.Error("the request that came in was changed")
	}
	if r.Pattern != "/{id}" {
		t.Errorf("outer middleware sees the pattern %q", r.Pattern)
	}
}
