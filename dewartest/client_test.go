package dewartest_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// newApp returns an App that keeps its log to itself.
func newApp(config dewar.Map) *dewar.App {
	app := dewar.New("test")
	app.Logger = slog.New(slog.DiscardHandler)
	app.Config.Set("SECRET_KEY", strings.Repeat("k", 32))
	for key, value := range config {
		app.Config.Set(key, value)
	}
	return app
}

// seen is a request as a handler saw it.
type seen struct {
	Method, URI, Path, Query, Host, Remote, Type, Body, Proto string
	Length                                                    int64
	TLS                                                       bool
	Header                                                    http.Header
}

// newMirror returns an App that answers every request to / and below with what it saw.
func newMirror(config dewar.Map) *dewar.App {
	app := newApp(config)
	mirror := func(c *dewar.Context) error {
		r := c.Request
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		return c.JSON(seen{
			Method: r.Method, URI: r.RequestURI, Path: r.URL.Path, Query: r.URL.RawQuery, Host: r.Host, Remote: r.RemoteAddr,
			Type: r.Header.Get("Content-Type"), Body: string(body), Proto: r.Proto, Length: r.ContentLength, TLS: r.TLS != nil,
			Header: r.Header,
		})
	}
	methods := dewar.Methods("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE")
	app.Route("/", mirror, methods, dewar.Endpoint("root"))
	app.Route("/{path:path}", mirror, methods, dewar.Endpoint("mirror"))
	return app
}

func look(t *testing.T, res *dewartest.Response) (s seen) {
	t.Helper()
	res.Want(200).JSON(&s)
	return s
}

func TestNewEndsTheTestWithTheWholeReportWhenTheAppCannotBeBuilt(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.SessionInterface = nil
	wantFatal(t, func(t *fakeT) { dewartest.New(t, app) }, `app "test" cannot be built`, "app.SessionInterface is nil")
}

func TestVerbsSendTheirMethod(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newMirror(nil))
	for _, tt := range []struct {
		want string
		send func(string, ...dewartest.RequestOption) *dewartest.Response
	}{
		{"GET", client.Get}, {"POST", client.Post}, {"PUT", client.Put}, {"PATCH", client.Patch}, {"DELETE", client.Delete},
		{"PURGE", func(path string, opts ...dewartest.RequestOption) *dewartest.Response {
			return client.Do("PURGE", path, opts...)
		}},
	} {
		if got := look(t, tt.send("/x")).Method; got != tt.want {
			t.Errorf("got method %q, want %q", got, tt.want)
		}
	}
	res := client.Head("/x").Want(200)
	if len(res.Body) != 0 || res.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: got body %q and header %v, want no body but its length", res.Body, res.Header)
	}
}

func TestRequestsLookAsAServerBuildsThem(t *testing.T) {
	t.Parallel()
	got := look(t, dewartest.New(t, newMirror(nil)).Post("/a b?q=1 2#part", dewartest.Body("text/plain", "hello")))
	for _, tt := range []struct{ name, got, want string }{
		{"RequestURI", got.URI, "/a%20b?q=1%202"}, {"path", got.Path, "/a b"}, {"query", got.Query, "q=1%202"},
		{"host", got.Host, "localhost"}, {"remote address", got.Remote, "127.0.0.1:54321"}, {"protocol", got.Proto, "HTTP/1.1"},
		{"content type", got.Type, "text/plain"}, {"body", got.Body, "hello"},
		{"Content-Length", got.Header.Get("Content-Length"), "5"}, {"Host header", got.Header.Get("Host"), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if got.Length != 5 || got.TLS {
		t.Errorf("got length %d and TLS %t, want 5 and false", got.Length, got.TLS)
	}
}

func TestWhereRequestsGo(t *testing.T) {
	t.Parallel()
	named := dewar.Map{"SERVER_NAME": "example.com:8080"}
	for _, tt := range []struct {
		name       string
		config     dewar.Map
		clientOpts []dewartest.Option
		path       string
		opts       []dewartest.RequestOption
		wantHost   string
		wantURI    string
		wantTLS    bool
	}{
		{"default", nil, nil, "/x", nil, "localhost", "/x", false},
		{"SERVER_NAME", named, nil, "/x", nil, "example.com:8080", "/x", false},
		{"PREFERRED_URL_SCHEME", dewar.Map{"PREFERRED_URL_SCHEME": "https"}, nil, "/x", nil, "localhost", "/x", true},
		{"BaseURL", named, []dewartest.Option{dewartest.BaseURL("https://other.example")}, "/x", nil, "other.example", "/x", true},
		{"Host of the client", named, []dewartest.Option{dewartest.Host("a.example")}, "/x", nil, "a.example", "/x", false},
		{"Host of the request", nil, []dewartest.Option{dewartest.Host("a.example")}, "/x",
			[]dewartest.RequestOption{dewartest.Host("b.example")}, "b.example", "/x", false},
		{"Host header", nil, nil, "/x", []dewartest.RequestOption{dewartest.Header("host", "b.example")}, "b.example", "/x", false},
		{"whole URL", nil, nil, "https://c.example/x?y=z", nil, "c.example", "/x?y=z", true},
		{"whole URL without a path", nil, nil, "http://c.example", nil, "c.example", "/", false},
		{"two slashes are a path", nil, nil, "//evil.example/x", nil, "localhost", "//evil.example/x", false},
		{"escaped slash", nil, nil, "/a%2Fb", nil, "localhost", "/a%2Fb", false},
		{"whole URL below APPLICATION_ROOT", dewar.Map{"APPLICATION_ROOT": "/app"}, nil, "http://localhost/app/x", nil, "localhost", "/app/x", false},
		{"path with APPLICATION_ROOT", dewar.Map{"APPLICATION_ROOT": "/app"}, nil, "/x", nil, "localhost", "/app/x", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := dewartest.New(t, newMirror(tt.config), tt.clientOpts...)
			r := client.Get(tt.path, tt.opts...).Request
			if r.Host != tt.wantHost || r.RequestURI != tt.wantURI || (r.TLS != nil) != tt.wantTLS {
				t.Errorf("got host %q, URI %q, TLS %t; want %q, %q, %t", r.Host, r.RequestURI, r.TLS != nil, tt.wantHost, tt.wantURI, tt.wantTLS)
			}
		})
	}
}

func TestHTTPSNamesTheServer(t *testing.T) {
	t.Parallel()
	r := dewartest.New(t, newMirror(nil), dewartest.BaseURL("https://example.com:8443")).Get("/").Request
	if r.TLS == nil || r.TLS.ServerName != "example.com" || !r.TLS.HandshakeComplete {
		t.Errorf("got TLS %+v, want a handshake with example.com", r.TLS)
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		opts       []dewartest.RequestOption
		wantType   string
		wantBody   string
		wantLength int64
	}{
		{"none", nil, "", "", 0},
		{"pairs", []dewartest.RequestOption{dewartest.Form("name", "ann & co", "age", 7, "tag", []string{"a", "b"})},
			"application/x-www-form-urlencoded", "age=7&name=ann+%26+co&tag=a&tag=b", 33},
		{"url.Values", []dewartest.RequestOption{dewartest.Form(url.Values{"a": {"1", "2"}}, "b", true)},
			"application/x-www-form-urlencoded", "a=1&a=2&b=true", 14},
		{"two forms are one", []dewartest.RequestOption{dewartest.Form("a", "1"), dewartest.Form("b", "2")},
			"application/x-www-form-urlencoded", "a=1&b=2", 7},
		{"empty form", []dewartest.RequestOption{dewartest.Form()}, "application/x-www-form-urlencoded", "", 0},
		{"JSON", []dewartest.RequestOption{dewartest.JSON(dewar.Map{"a": 1})}, "application/json", `{"a":1}`, 7},
		{"text", []dewartest.RequestOption{dewartest.Body("text/csv", "a,b")}, "text/csv", "a,b", 3},
		{"bytes", []dewartest.RequestOption{dewartest.Body("application/octet-stream", []byte{'x'})}, "application/octet-stream", "x", 1},
		{"no type", []dewartest.RequestOption{dewartest.Body("", "x")}, "", "x", 1},
		{"header decides the type", []dewartest.RequestOption{dewartest.JSON(1), dewartest.Header("Content-Type", "text/json")}, "text/json", "1", 1},
		{"reader", []dewartest.RequestOption{dewartest.BodyReader("text/plain", strings.NewReader("stream"))}, "text/plain", "stream", -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := look(t, dewartest.New(t, newMirror(nil)).Post("/", tt.opts...))
			if got.Type != tt.wantType || got.Body != tt.wantBody || got.Length != tt.wantLength {
				t.Errorf("got %q, %q, length %d; want %q, %q, length %d", got.Type, got.Body, got.Length, tt.wantType, tt.wantBody, tt.wantLength)
			}
		})
	}
}

func TestFilesAreSentWithTheFieldsOfTheForm(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.Post("/", func(c *dewar.Context) error {
		header, err := c.File("upload")
		if err != nil {
			return err
		}
		f, err := header.Open()
		if err != nil {
			return err
		}
		defer f.Close()
		content, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		return c.Text(c.Form().String("title") + " " + header.Filename + " " + string(content))
	})
	opts := []dewartest.RequestOption{dewartest.Form("title", "notes"), dewartest.File("upload", "a.txt", "one two")}
	client := dewartest.New(t, app)
	for range 2 { // options can be used again
		if got, want := client.Post("/", opts...).Want(200).Text(), "notes a.txt one two"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got, want := client.Post("/", opts[1]).Want(200).Text(), " a.txt one two"; got != want {
		t.Errorf("file alone: got %q, want %q", got, want)
	}
	client.Post("/", dewartest.Form("title", "no file")).Want(400, `form file "upload" is missing`)
}

func TestQueryIsAddedToThePath(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newMirror(nil))
	for _, tt := range []struct {
		name, path string
		opt        dewartest.RequestOption
		want       string
	}{
		{"alone", "/", dewartest.Query("a", 1, "b", "x y"), "a=1&b=x+y"},
		{"behind another", "/?z=0", dewartest.Query(url.Values{"a": {"1", "2"}}), "z=0&a=1&a=2"},
		{"none", "/?z=0", dewartest.Query(), "z=0"},
	} {
		if got := look(t, client.Get(tt.path, tt.opt)).Query; got != tt.want {
			t.Errorf("%s: got query %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestHeadersOfARequestReplaceThoseOfTheClient(t *testing.T) {
	t.Parallel()
	client := dewartest.New(t, newMirror(nil), dewartest.Header("Accept", "text/html"), dewartest.Header("X-One", "1"), dewartest.RemoteAddr("10.0.0.1"))
	got := look(t, client.Get("/", dewartest.Header("accept", "a/b"), dewartest.Header("Accept", "c/d")))
	if accept := strings.Join(got.Header["Accept"], ","); accept != "a/b,c/d" || got.Header.Get("X-One") != "1" {
		t.Errorf("got Accept %q and X-One %q, want %q and %q", accept, got.Header.Get("X-One"), "a/b,c/d", "1")
	}
	if got.Remote != "10.0.0.1:54321" {
		t.Errorf("got remote address %q, want %q", got.Remote, "10.0.0.1:54321")
	}
	if again := look(t, client.Get("/", dewartest.RemoteAddr("[::1]:99"))); again.Header.Get("Accept") != "text/html" || again.Remote != "[::1]:99" {
		t.Errorf("got Accept %q from %q, want %q from %q", again.Header.Get("Accept"), again.Remote, "text/html", "[::1]:99")
	}
}

func TestMistakesEndTheTestWithTheCure(t *testing.T) {
	t.Parallel()
	send := func(path string, opts ...dewartest.RequestOption) func(*fakeT, *dewar.App) {
		return func(t *fakeT, app *dewar.App) { dewartest.New(t, app).Post(path, opts...) }
	}
	for _, tt := range []struct {
		name string
		do   func(*fakeT, *dewar.App)
		want string
	}{
		{"relative path", send("login"), "POST login: the path must begin with a slash"},
		{"empty path", send(""), "the path must begin with a slash"},
		{"other scheme", send("ftp://localhost/"), "or be a whole URL such as http://localhost/"},
		{"bad escape", send("/100%"), "escape its parts with url.PathEscape"},
		{"odd form", send("/", dewartest.Form("a")), `Form: the key "a" has no value; write pairs, as in Form("a", "value")`},
		{"form key that is no text", send("/", dewartest.Form(1, "a")), "want a key of type string, not int"},
		{"nil value", send("/", dewartest.Query("a", nil)), `Query: the value of "a" is nil`},
		{"two bodies", send("/", dewartest.JSON(1), dewartest.Form("a", "1")), "a request has one body"},
		{"no JSON", send("/", dewartest.JSON(func() {})), "unsupported type: func()"},
		{"line break in a header", send("/", dewartest.Header("X-A", "a\r\nb: c")), `header "X-A" has no name or a line break`},
		{"line break in a header of the client", func(t *fakeT, app *dewar.App) { dewartest.New(t, app, dewartest.Header("X-A", "\n")) }, `header "X-A"`},
		{"no method", func(t *fakeT, app *dewar.App) { dewartest.New(t, app).Do("", "/") }, "the method is missing"},
		{"BaseURL with a path", func(t *fakeT, app *dewar.App) { dewartest.New(t, app, dewartest.BaseURL("http://a/b")) }, "a path is set by APPLICATION_ROOT"},
		{"BaseURL without a scheme", func(t *fakeT, app *dewar.App) { dewartest.New(t, app, dewartest.BaseURL("a.example")) }, "want a scheme and a host"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantFatal(t, func(t *fakeT) { tt.do(t, newMirror(nil)) }, tt.want)
		})
	}
}

func TestARequestOutsideApplicationRootEndsTheTest(t *testing.T) {
	t.Parallel()
	app := newMirror(dewar.Map{"APPLICATION_ROOT": "/app"})
	wantFatal(t, func(t *fakeT) { dewartest.New(t, app).Get("http://localhost/application") }, `not below the APPLICATION_ROOT "/app"`)
}

func TestTheContextOfARequestEndsWithIt(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	var body io.Reader
	var during error
	app.Post("/", func(c *dewar.Context) error {
		body, during = c.Request.Body, c.Err()
		return c.NoContent()
	})
	res := dewartest.New(t, app).Post("/", dewartest.Body("text/plain", "unread")).Want(204)
	if during != nil || !errors.Is(res.Request.Context().Err(), context.Canceled) {
		t.Errorf("got %v during and %v after the request, want nil and %v", during, res.Request.Context().Err(), context.Canceled)
	}
	if _, err := body.Read(make([]byte, 1)); !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("got error %v from the body after the request, want %v", err, http.ErrBodyReadAfterClose)
	}
}

func TestContextEndsAStream(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	app.Get("/", func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error {
			for c.Err() == nil {
				if _, err := io.WriteString(w, "tick "); err != nil {
					return err
				}
				<-time.After(time.Second)
			}
			return nil
		})
	})
	inBubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		res := dewartest.New(t, app).Get("/", dewartest.Context(ctx)).Want(200)
		if got, want := res.Text(), "tick tick tick "; got != want || !res.Flushed {
			t.Errorf("got %q, flushed %t; want %q, flushed true", got, res.Flushed, want)
		}
	})
}

func TestWeakKeysAreForTests(t *testing.T) {
	t.Parallel()
	app := newApp(dewar.Map{"SECRET_KEY": "dev"})
	app.Get("/", func(c *dewar.Context) error { return c.Text("served") })
	dewartest.New(t, app).Get("/").Want(200, "served")
	if !app.Config.Bool("TESTING") {
		t.Error("TESTING is off, want it on in a test")
	}
	app = newApp(dewar.Map{"SECRET_KEY": "dev", "TESTING": false})
	wantFatal(t, func(t *fakeT) { dewartest.New(t, app) }, "SECRET_KEY", "everybody knows", "TESTING")
	if app.Config.Bool("TESTING") {
		t.Error("TESTING is on, want what the configuration says")
	}
}
