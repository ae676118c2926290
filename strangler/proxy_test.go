package strangler_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/strangler"
)

func quietApp(t testing.TB) *dewar.App {
	t.Helper()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	if err := app.Config.Set("SECRET_KEY", testKey); err != nil {
		t.Fatal(err)
	}
	return app
}

const testKey = "a key that this test and no other program has"

// backend starts a server that stands for Python.
func backend(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL
}

// front starts app with a proxy to target behind it.
func front(t testing.TB, app *dewar.App, target string, opts ...strangler.Option) string {
	t.Helper()
	app.Fallback(strangler.Proxy(target, opts...), dewar.CrossOriginExempt())
	return serve(t, app)
}

func serve(t testing.TB, app *dewar.App) string {
	t.Helper()
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(app)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL
}

// fetch sends a request and returns the answer with its body.
func fetch(t testing.TB, r *http.Request) (*http.Response, string) {
	t.Helper()
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func request(t testing.TB, method, url string, body io.Reader, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if r.Header[header[i]] = append(r.Header[header[i]], header[i+1]); header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	return r
}

func TestPythonSeesTheClient(t *testing.T) {
	t.Parallel()
	forged := []string{"X-Forwarded-For", "6.6.6.6", "X-Forwarded-Host", "evil.test", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "666",
		"X-Forwarded-Prefix", "/app", "X-Forwarded-Ssl", "on", "Forwarded", "for=6.6.6.6", "X-Real-Ip", "6.6.6.6", "X_Forwarded_For", "6.6.6.6",
		"X-Forwarded-User", "root", "X-Client-Ip", "6.6.6.6", "X-Scheme", "https", "X-Script-Name", "/app", "X-Original-Url", "/admin", "Proxy", "6.6.6.6",
		"X-Forward-For", "6.6.6.6", "X-Remote-User", "root", "X-Http-Method-Override", "DELETE"}
	for _, tt := range []struct {
		name    string
		trusted []string
		want    map[string]string
	}{
		{"of a peer that nobody trusts", nil, map[string]string{"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "shop.test:8080", "X-Forwarded-Proto": "http",
			"X-Forwarded-Port": "8080", "X-Real-Ip": "127.0.0.1", "Host": "shop.test:8080", "X-Http-Method-Override": "DELETE"}},
		{"of a proxy that is trusted", []string{"127.0.0.1"}, map[string]string{"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.test:666", "X-Forwarded-Proto": "https",
			"X-Forwarded-Port": "666", "X-Forwarded-Prefix": "/app", "X-Real-Ip": "6.6.6.6", "Host": "evil.test:666",
			"X-Forwarded-Ssl": "on", "X-Forwarded-User": "root", "X-Client-Ip": "6.6.6.6", "X-Scheme": "https", "X-Script-Name": "/app", "X-Original-Url": "/admin",
			"X-Forward-For": "6.6.6.6", "X-Remote-User": "root", "X-Http-Method-Override": "DELETE"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			python := backend(t, func(w http.ResponseWriter, r *http.Request) {
				for key, values := range r.Header {
					if strings.Contains(key, "Forwarded") || strings.HasPrefix(key, "X") || key == "Proxy" {
						got[key] = strings.Join(values, "|")
					}
				}
				got["Host"] = r.Host
			})
			app := quietApp(t)
			if err := app.Config.Set("TRUSTED_PROXIES", tt.trusted); err != nil {
				t.Fatal(err)
			}
			fetch(t, request(t, "GET", front(t, app, python)+"/", nil, append([]string{"Host", "shop.test:8080"}, forged...)...))
			if !maps.Equal(got, tt.want) {
				t.Errorf("got  %v\nwant %v", got, tt.want)
			}
		})
	}
}

func TestPythonSeesTheRequestAsItCame(t *testing.T) {
	t.Parallel()
	var seen []string
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.RequestURI+" "+r.Header.Get("Accept-Encoding")+" "+r.Header.Get("Connection")+r.Header.Get("X-Hop"))
	})
	url := front(t, quietApp(t), python)
	for _, line := range []string{"GET /a%2Fb/%7Ec?x=1;y=%zz&&= gzip ", "DELETE //a/./b?  ", "PROPFIND /?a%20b  "} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		parts := strings.SplitN(line, " ", 4)
		_, _ = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n", parts[0], parts[1])
		if parts[2] != "" {
			_, _ = fmt.Fprintf(conn, "Accept-Encoding: %s\r\n", parts[2])
		}
		_, _ = io.WriteString(conn, "\r\n")
		if _, err := io.ReadAll(conn); err != nil {
			t.Fatal(err)
		}
		if got := seen[len(seen)-1]; got != line {
			t.Errorf("got %q, want %q", got, line)
		}
	}
}

func TestAnswersPass(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		switch r.URL.Path {
		case "/missing":
			h.Set("X-Frame-Options", "SAMEORIGIN")
			w.WriteHeader(404)
			_, _ = io.WriteString(w, "Python's own page")
		case "/empty":
			w.WriteHeader(500)
		case "/none":
			w.WriteHeader(204)
		case "/range":
			http.ServeContent(w, r, "a.txt", time.Unix(1e9, 0), strings.NewReader("0123456789"))
		case "/early":
			h.Set("Link", "</style.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			_, _ = io.WriteString(w, "whole")
		case "/trailer":
			h.Set("Trailer", "X-Sum")
			_, _ = io.WriteString(w, "body")
			h.Set("X-Sum", "42")
		case "/zip":
			h.Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "as it is")
		}
	})
	app := quietApp(t)
	app.BeforeRequest(func(c *dewar.Context) error { c.Header("X-Frame-Options", "DENY"); return nil })
	app.ErrorHandler(404, func(c *dewar.Context, err error) error { return c.Text("ours") })
	url := front(t, app, python)
	for _, tt := range []struct {
		method, path string
		header       []string
		status       int
		body         string
		want         map[string]string
	}{
		{"GET", "/missing", nil, 404, "Python's own page", map[string]string{"X-Frame-Options": "SAMEORIGIN"}},
		{"GET", "/empty", nil, 500, "", map[string]string{"Content-Length": "0", "X-Frame-Options": "DENY"}},
		{"GET", "/none", nil, 204, "", nil},
		{"GET", "/range", []string{"Range", "bytes=2-4"}, 206, "234", map[string]string{"Content-Range": "bytes 2-4/10"}},
		{"GET", "/range", []string{"If-Modified-Since", "Sun, 09 Sep 2001 01:46:40 GMT"}, 304, "", nil},
		{"HEAD", "/range", nil, 200, "", map[string]string{"Content-Length": "10", "Accept-Ranges": "bytes"}},
		{"GET", "/early", nil, 200, "whole", map[string]string{"X-Frame-Options": "DENY"}},
		{"GET", "/trailer", nil, 200, "body", nil},
		{"GET", "/zip", []string{"Accept-Encoding", "gzip"}, 200, "as it is", map[string]string{"Content-Encoding": "gzip"}},
	} {
		r := request(t, tt.method, url+tt.path, nil, tt.header...)
		hints := ""
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			hints = fmt.Sprint(code, h.Get("Link"))
			return nil
		}}))
		res, body := fetch(t, r)
		if res.StatusCode != tt.status || body != tt.body {
			t.Errorf("%s %s: got %d and %q, want %d and %q", tt.method, tt.path, res.StatusCode, body, tt.status, tt.body)
		}
		for key, want := range tt.want {
			if got := strings.Join(res.Header[key], "|"); got != want {
				t.Errorf("%s %s: got %s %q, want %q", tt.method, tt.path, key, got, want)
			}
		}
		if got := res.Trailer.Get("X-Sum"); (got == "42") != (tt.path == "/trailer") {
			t.Errorf("%s: got trailer %q", tt.path, got)
		}
		if (hints == "103</style.css>; rel=preload") != (tt.path == "/early") {
			t.Errorf("%s: got 1xx %q", tt.path, hints)
		}
	}
}

func TestUploadsPassWhole(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		n, err := io.Copy(sum, r.Body)
		_, _ = fmt.Fprintf(w, "%d %x %v %s", n, sum.Sum(nil), err, r.Trailer.Get("X-End"))
	})
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // 1 MB
	small := []byte("a=1&b=2")
	for _, tt := range []struct {
		name    string
		config  dewar.Map
		hook    dewar.Handler
		body    []byte
		kind    string
		length  bool
		opts    []strangler.Option
		status  int
		trailer string
	}{
		{"with a length", nil, nil, data, "text/plain", true, nil, 200, ""},
		{"in chunks, with a trailer", nil, nil, data, "text/plain", false, nil, 200, "yes"},
		{"past MAX_CONTENT_LENGTH, which is not Python's", dewar.Map{"MAX_CONTENT_LENGTH": 10}, nil, data, "text/plain", true, nil, 200, ""},
		{"past MaxBody", nil, nil, data, "text/plain", true, []strangler.Option{strangler.MaxBody(1000)}, 413, ""},
		{"past MaxBody, in chunks", nil, nil, data, "text/plain", false, []strangler.Option{strangler.MaxBody(1000)}, 413, ""},
		{"a form that a hook has read", nil, func(c *dewar.Context) error { c.Form().Get("a"); return nil }, small, "application/x-www-form-urlencoded", true, nil, 200, ""},
		{"no form, but a hook has asked for one", nil, func(c *dewar.Context) error { c.Form().Get("a"); return nil }, data, "text/plain", true, nil, 200, ""},
		{"a body that a hook has read and nobody keeps", nil, func(c *dewar.Context) error { _, err := io.ReadAll(c.Request.Body); return err }, data, "text/plain", true, nil, 500, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			if err := app.Config.FromMapping(tt.config); err != nil {
				t.Fatal(err)
			}
			if tt.hook != nil {
				app.BeforeRequest(tt.hook)
			}
			r := request(t, "POST", front(t, app, python, tt.opts...)+"/", bytes.NewReader(tt.body), "Content-Type", tt.kind)
			if !tt.length {
				r.ContentLength, r.Trailer = -1, http.Header{"X-End": {"yes"}}
			}
			res, body := fetch(t, r)
			want := fmt.Sprintf("%d %x <nil> %s", len(tt.body), sha256.Sum256(tt.body), tt.trailer)
			if res.StatusCode != tt.status || tt.status == 200 && body != want {
				t.Errorf("got %d and %.100q, want %d and %q", res.StatusCode, body, tt.status, want)
			}
		})
	}
}

func TestNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/warm" {
			return
		}
		asked.Add(1)
		_, _ = io.ReadFull(r.Body, make([]byte, 3))
		panic(http.ErrAbortHandler) // the connection breaks
	})
	url := front(t, quietApp(t), python)
	for _, method := range []string{"POST", "PUT", "PATCH"} {
		fetch(t, request(t, "GET", url+"/warm", nil)) // so that the connection is a kept one
		asked.Store(0)
		res, _ := fetch(t, request(t, method, url+"/", strings.NewReader("what must not be done twice"), "Idempotency-Key", "1"))
		if res.StatusCode != 502 || asked.Load() != 1 {
			t.Errorf("%s: got %d, and Python was asked %d times; want 502 and once", method, res.StatusCode, asked.Load())
		}
	}
}

// raw starts a server that answers each connection with text and closes it.
func raw(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, text)
			_ = conn.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

func TestBadAnswersGoToTheErrorHandlers(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	slow := backend(t, func(http.ResponseWriter, *http.Request) { <-stop })
	t.Cleanup(func() { close(stop) })
	for _, tt := range []struct {
		name, target string
		status       int
	}{
		{"nonsense", raw(t, "hello\r\n\r\n"), 502},
		{"silence", raw(t, ""), 502},
		{"a body that breaks off", raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), 502},
		{"a status that is none", raw(t, "HTTP/1.1 042 Odd\r\nContent-Length: 0\r\n\r\n"), 502},
		{"a header with a control character", raw(t, "HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 0\r\n\r\n"), 502},
		{"an upgrade that nobody asked for", raw(t, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"), 502},
		{"nobody there", "http://127.0.0.1:1", 503},
		{"too slow", slow, 504},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			app.ErrorHandler(tt.status, func(c *dewar.Context, err error) error { return c.Status(tt.status).Text("our page") })
			url := front(t, app, tt.target, strangler.HeaderTimeout(50*time.Millisecond))
			if res, body := fetch(t, request(t, "GET", url+"/", nil)); res.StatusCode != tt.status || body != "our page" {
				t.Errorf("got %d and %q, want %d and our page", res.StatusCode, body, tt.status)
			}
			res, body := fetch(t, request(t, "GET", front(t, quietApp(t), tt.target, strangler.HeaderTimeout(50*time.Millisecond))+"/", nil, "Accept", "application/json"))
			if got := res.Header.Get("Content-Type"); res.StatusCode != tt.status || got != "application/problem+json" || strings.Contains(body, "127.0.0.1") {
				t.Errorf("got %d, %s and %s for a client of JSON", res.StatusCode, got, body)
			}
			if got := res.Header.Get("Retry-After"); (got != "") != (tt.status == 503) {
				t.Errorf("got Retry-After %q with %d", got, tt.status)
			}
		})
	}
}

func TestPythonThatRestartsIsWaitedFor(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	python := strangler.Proxy("http://"+address, strangler.RetryDial(20*time.Second))
	if err := python.PingContext(t.Context()); err == nil {
		t.Error("PingContext found an application that does not run")
	}
	app := quietApp(t)
	app.Get("/readyz", dewar.Ready(python.PingContext))
	app.Fallback(python)
	url := serve(t, app)
	if res, _ := fetch(t, request(t, "GET", url+"/readyz", nil)); res.StatusCode != 503 {
		t.Errorf("got %d from /readyz, want 503", res.StatusCode)
	}
	asked := make(chan string)
	go func() {
		_, body := fetch(t, request(t, "POST", url+"/", strings.NewReader("form")))
		asked <- body
	}()
	time.Sleep(120 * time.Millisecond) // the restart
	if l, err = net.Listen("tcp", address); err != nil {
		t.Skip("another program has taken the port:", err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	if got := <-asked; got != "form" {
		t.Errorf("got %q, want what Python answers when it is back", got)
	}
	if res, _ := fetch(t, request(t, "GET", url+"/readyz", nil)); res.StatusCode != 200 {
		t.Errorf("got %d from /readyz, want 200", res.StatusCode)
	}
}

func TestClientThatGoesCancelsPython(t *testing.T) {
	t.Parallel()
	began, ended := make(chan struct{}), make(chan struct{})
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
		close(ended)
	})
	ctx, cancel := context.WithCancel(t.Context())
	r := request(t, "GET", front(t, quietApp(t), python)+"/", nil).WithContext(ctx)
	go func() { <-began; cancel() }()
	if _, err := http.DefaultTransport.RoundTrip(r); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("Python still works for a client that has gone")
	}
}

func TestEventsComeAtOnce(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			_, _ = fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			<-next
		}
	})
	res, err := http.DefaultTransport.RoundTrip(request(t, "GET", front(t, quietApp(t), python)+"/", nil, "Cookie", "session=x"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for i := range 3 {
		if !lines.Scan() || lines.Text() != fmt.Sprintf("data: %d", i) {
			t.Fatalf("got %q", lines.Text())
		}
		lines.Scan()
		next <- struct{}{}
	}
	if res.Header.Get("Cache-Control") != "" || res.Header.Get("Vary") != "" {
		t.Errorf("the header has got %v, though no hook has opened the session", res.Header)
	}
}

func TestConnectionsAreUpgraded(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", r.Header.Get("Upgrade"))
		_ = rw.Flush()
		line, _ := rw.ReadString('\n')
		_, _ = rw.WriteString("echo " + line)
		_ = rw.Flush()
	})
	app := quietApp(t)
	app.BeforeRequest(func(c *dewar.Context) error { c.Session().Set("here", true); return nil })
	conn, err := net.Dial("tcp", strings.TrimPrefix(front(t, app, python), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	reader := bufio.NewReader(conn)
	res, err := http.ReadResponse(reader, nil)
	if err != nil || res.StatusCode != 101 || len(res.Cookies()) != 1 {
		t.Fatalf("got %v, %v; want a 101 with the session", res, err)
	}
	_, _ = io.WriteString(conn, "hello\n")
	if line, err := reader.ReadString('\n'); line != "echo hello\n" {
		t.Errorf("got %q, %v", line, err)
	}
}

// Requests of another protocol would go around the App.
func TestNothingButWebsocketsIsUpgraded(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%q %q %q", r.Header["Upgrade"], r.Header["Connection"], r.Header["Http2-Settings"])
	})
	r, _ := http.NewRequest("GET", front(t, quietApp(t), python), nil)
	r.Header = http.Header{"Connection": {"Upgrade, HTTP2-Settings"}, "Upgrade": {"h2c"}, "Http2-Settings": {"AAMAAABkAAQAAP__"}}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); string(body) != "[] [] []" {
		t.Errorf("Python gets %s", body)
	}
}

func TestMiddlewareAroundTheProxy(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.Fallback(http.MaxBytesHandler(strangler.Proxy("http://127.0.0.1:1"), 100))
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("got %d %v, want the 503 of an application that is away", w.Code, w.Header())
	}
}

func TestHTTP2InFront(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %s", r.Proto, r.Header.Get("X-Forwarded-Proto"), body)
	})
	app := quietApp(t)
	app.Fallback(strangler.Proxy(python))
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(app)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	res, err := srv.Client().Post(srv.URL, "text/plain", strings.NewReader("hi"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); string(body) != "HTTP/1.1 https hi" || res.ProtoMajor != 2 {
		t.Errorf("got %s, %q", res.Proto, body)
	}
}

func TestFormsFromOtherSites(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "accepted") })
	for _, exempt := range []bool{false, true} {
		app := quietApp(t)
		var opts []dewar.RouteOption
		if exempt {
			opts = append(opts, dewar.CrossOriginExempt())
		}
		app.Fallback(strangler.Proxy(python), opts...)
		res, _ := fetch(t, request(t, "POST", serve(t, app)+"/pay", strings.NewReader("a=1"), "Origin", "https://bank.test", "Sec-Fetch-Site", "cross-site"))
		if want := map[bool]int{true: 200, false: 403}[exempt]; res.StatusCode != want {
			t.Errorf("exempt %t: got %d, want %d", exempt, res.StatusCode, want)
		}
	}
}

func TestProxyOutsideOfAnApp(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	strangler.Proxy("http://127.0.0.1:1").ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 {
		t.Errorf("got %d, want 500", w.Code)
	}
}

func TestTargetsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"", "127.0.0.1:5001", "ftp://x", "http://", "http://u:p@x", "http://x?a", "http://x#a", "http://\x00"} {
		text := func() (text string) {
			defer func() { text = fmt.Sprint(recover()) }()
			strangler.Proxy(target)
			return ""
		}()
		if !strings.Contains(text, "http://127.0.0.1:5001") || strings.Contains(text, "u:p") {
			t.Errorf("%q: got %q", target, text)
		}
	}
}

func TestOneRouteOfPython(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Method+" in Python") })
	app := quietApp(t)
	app.Get("/login", func(c *dewar.Context) error { return c.Text("GET in Go") })
	app.Handle("/login", strangler.Proxy(python), dewar.Methods("POST"), dewar.Endpoint("login_form"))
	url := serve(t, app)
	for method, want := range map[string]string{"GET": "GET in Go", "POST": "POST in Python"} {
		if _, body := fetch(t, request(t, method, url+"/login", nil)); body != want {
			t.Errorf("got %q, want %q", body, want)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(slices.Concat([]byte(r.URL.RawQuery), body))
	})
	url := front(t, quietApp(t), python)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 50 {
				text := fmt.Sprintf("%d-%d", i, j)
				if _, body := fetch(t, request(t, "POST", url+"/?"+text, strings.NewReader(text))); body != text+text {
					t.Errorf("got %q, want %q twice", body, text)
				}
			}
		})
	}
	all.Wait()
}
