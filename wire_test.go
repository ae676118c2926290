package dewar_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// A wireTest is a handler that is served with an App in front of it and without, and a client that tells what it sees.
// The two must see the same. What an App holds back is left aside: its length is known, and its header may still change.
type wireTest struct {
	name   string
	serve  func(w http.ResponseWriter, r *http.Request, note notes)
	client func(p *party) // nil for a GET and a HEAD
	only   string         // the one protocol that it is about: "1" or "2"; "" for every one
}

// notes take down what the handler or the client sees.
type notes func(format string, args ...any)

// fails notes an error as what a caller may look for in it.
func (n notes) fails(what string, err error) {
	for _, known := range []error{http.ErrBodyNotAllowed, http.ErrHijacked, http.ErrNotSupported, http.ErrContentLength, os.ErrDeadlineExceeded, io.EOF} {
		if errors.Is(err, known) {
			n("%s: %v", what, known)
			return
		}
	}
	n("%s: an error %t", what, err != nil)
}

// A party is one server with its client.
type party struct {
	t      *testing.T
	server *httptest.Server
	client *http.Client
	proto  string
	note   notes
}

// protocols are what an App is served over.
var protocols = []string{"HTTP/1.1", "HTTP/1.1 with TLS", "HTTP/2"}

// start serves h over a protocol.
func start(t *testing.T, proto string, h http.Handler, note notes) *party {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.EnableHTTP2 = proto == "HTTP/2"
	if proto == "HTTP/1.1" {
		srv.Start()
	} else {
		srv.StartTLS()
	}
	t.Cleanup(srv.Close)
	client := srv.Client()
	client.Transport.(*http.Transport).DisableCompression = true
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &party{t, srv, client, proto, note}
}

// transparent returns an App that adds nothing of its own.
func transparent(t *testing.T) *dewar.App {
	app := quietApp(t)
	configure(app, "DEFAULT_SECURITY_HEADERS", false)
	configure(app, "RESPONSE_BUFFER_SIZE", buffered)
	return app
}

// between are the ways to put an App in front of a handler.
var between = map[string]func(app *dewar.App, h http.Handler){
	"Fallback": func(app *dewar.App, h http.Handler) { app.Fallback(h) },
	"Handle": func(app *dewar.App, h http.Handler) {
		app.Handle("/wire", h, dewar.Methods("GET", "POST", "PUT", "OPTIONS", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT"))
	},
}

func TestClientSeesTheSameWithAnAppBetween(t *testing.T) {
	t.Parallel()
	for _, tt := range slices.Concat(bodyTests, headerTests, commitTests, requestTests, connectionTests, middlewareTests) {
		for _, proto := range protocols {
			if tt.only != "" && !strings.HasPrefix(proto, "HTTP/"+tt.only) {
				continue
			}
			t.Run(tt.name+", "+proto, func(t *testing.T) {
				t.Parallel()
				want := tt.transcript(t, proto, func(h http.Handler) http.Handler { return h })
				for way, register := range between {
					got := tt.transcript(t, proto, func(h http.Handler) http.Handler {
						app := transparent(t)
						register(app, h)
						return app
					})
					if got != want {
						t.Errorf("behind %s:\n%s\nwithout an App:\n%s", way, without(got, want), without(want, got))
					}
				}
			})
		}
	}
}

// without returns the lines of a transcript that another one does not have.
func without(transcript, other string) string {
	lines := strings.Split(other, "\n")
	return strings.Join(slices.DeleteFunc(strings.Split(transcript, "\n"), func(line string) bool { return slices.Contains(lines, line) }), "\n")
}

// transcript serves the handler of tt, put into something by wrap, and returns what was seen.
func (tt wireTest) transcript(t *testing.T, proto string, wrap func(http.Handler) http.Handler) string {
	var mu sync.Mutex
	var server, client []string
	into := func(lines *[]string) notes {
		return func(format string, args ...any) {
			mu.Lock()
			defer mu.Unlock()
			*lines = append(*lines, fmt.Sprintf(format, args...))
		}
	}
	var handlers sync.WaitGroup
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers.Add(1)
		defer handlers.Done()
		tt.serve(w, r, into(&server))
	})
	var served http.Handler = wrap(h)
	if strings.HasPrefix(tt.name, "around: ") {
		served = allowOrigins(compress(served))
	}
	p := start(t, proto, served, into(&client))
	if tt.client == nil {
		p.ask("GET")
		p.ask("HEAD")
	} else {
		tt.client(p)
	}
	p.client.CloseIdleConnections()
	p.server.Close()
	handlers.Wait() // those of HTTP/2 go on without their connection
	mu.Lock()
	defer mu.Unlock()
	return "  handler: " + strings.Join(server, "\n  handler: ") + "\n  client: " + strings.Join(client, "\n  client: ")
}

// ask sends a request and notes all that came back.
func (p *party) ask(method string, header ...string) { p.send(method, nil, header...) }

func (p *party) send(method string, body io.Reader, header ...string) {
	p.t.Helper()
	r, err := http.NewRequest(method, p.server.URL+"/wire", body)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			p.note("%s: %d %v", method, code, http.Header(header))
			return nil
		},
	}))
	res, err := p.client.Do(r)
	if err != nil {
		p.noteBroken(method, "no answer")
		return
	}
	p.noteResponse(method, res)
}

// noteResponse notes a response. The length of a body that was held back is known, so it is looked at only here.
func (p *party) noteResponse(method string, res *http.Response) {
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if method != "HEAD" && err == nil && res.ContentLength >= 0 && res.ContentLength != int64(len(body)) && len(body) > 0 {
		p.t.Errorf("Content-Length is %d, the body has %d bytes", res.ContentLength, len(body))
	}
	if err != nil { // how much of what was not flushed has left is nobody's promise
		body = body[:min(len(body), 1)]
	}
	header := res.Header.Clone()
	for _, name := range []string{"Date", "Content-Length"} {
		delete(header, name)
	}
	shown := strconv.Quote(string(body[:min(len(body), 200)]))
	seen := fmt.Sprintf("%s %d %v, %d bytes %s, trailers %v, closing %t", res.Proto, res.StatusCode, sortedHeader(header), len(body), shown,
		sortedHeader(res.Trailer), res.Close)
	if err != nil {
		p.noteBroken(method, seen+", cut off")
		return
	}
	p.note("%s: %s", method, seen)
}

// noteBroken notes an answer that has broken off. Over HTTP/2 a client may see the reset of a stream before the header that came
// just before it.
func (p *party) noteBroken(method, seen string) {
	if p.proto == "HTTP/2" {
		seen = "reset"
	}
	p.note("%s: %s", method, seen)
}

func sortedHeader(header http.Header) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(header)) {
		fmt.Fprintf(&b, " %s=%q", key, header[key])
	}
	return "{" + strings.TrimSpace(b.String()) + "}"
}

// dial opens a connection of its own, for what an http.Client does not do.
func (p *party) dial() net.Conn {
	p.t.Helper()
	conn, err := net.Dial("tcp", p.server.Listener.Addr().String())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if p.proto == "HTTP/1.1" {
		return conn
	}
	return tls.Client(conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
}

// raw sends bytes and returns what comes back until the server closes.
func (p *party) raw(request string) string {
	conn := p.dial()
	if _, err := io.WriteString(conn, request); err != nil {
		p.t.Fatal(err)
	}
	answer, _ := io.ReadAll(conn)
	return string(answer)
}

// write returns the handler that writes each text with a Write of its own.
func write(texts ...string) func(http.ResponseWriter, *http.Request, notes) {
	return func(w http.ResponseWriter, r *http.Request, note notes) {
		for _, text := range texts {
			n, err := io.WriteString(w, text)
			if r.Method == http.MethodHead { // HTTP/2 fails at some time, HTTP/1.1 does not
				continue
			}
			note("wrote %d", n)
			note.fails("Write", err)
		}
	}
}

const (
	page     = "<!DOCTYPE html><title>x</title>"
	buffered = 64 << 10
)

var (
	long     = page + strings.Repeat("p", 5000)
	enormous = page + strings.Repeat("e", 2*buffered)
)

// bodyTests are about the bytes of an answer and the type that is guessed from them.
var bodyTests = []wireTest{
	{name: "nothing", serve: write()},
	{name: "an empty write", serve: write("")},
	{name: "text", serve: write("hello")},
	{name: "a page", serve: write(page)},
	{name: "a page in pieces", serve: write("<!DOC", "TYPE html>", "<p>")},
	{name: "a long page", serve: write(long)},
	{name: "an enormous page", serve: write(enormous)},
	{name: "an enormous page behind a little one", serve: write(page, enormous)},
	{name: "an enormous page behind a status", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.WriteHeader(http.StatusTeapot)
		write(enormous)(w, r, note)
	}},
	{name: "bytes", serve: write("\x89PNG\x0D\x0A\x1A\x0A0000")},
	{name: "no guess at the type", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.Header()["Content-Type"] = nil
		write(page)(w, r, note)
	}},
	{name: "no guess at what is encoded", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.Header().Set("Content-Encoding", "zst")
		write(page)(w, r, note)
	}},
	{name: "copied from a reader", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		if n, err := io.Copy(w, strings.NewReader(enormous)); r.Method != http.MethodHead {
			note("copied %d", n)
			note.fails("Copy", err)
		}
	}},
	{name: "copied from a file", serve: func(w http.ResponseWriter, _ *http.Request, note notes) {
		f, err := os.Open("go.mod")
		if err != nil {
			panic(err)
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		note.fails("Copy", err)
	}},
	{name: "a file with ranges", serve: serveFile, client: func(p *party) {
		for _, header := range [][]string{
			nil, {"Range", "bytes=0-4"}, {"Range", "bytes=-5"}, {"Range", "bytes=9000-"}, {"Range", "bytes=x"},
			{"Range", "bytes=0-4", "If-Range", `"tag"`}, {"Range", "bytes=0-4", "If-Range", `"other"`},
			{"If-None-Match", `"tag"`}, {"If-Match", `"other"`}, {"If-Modified-Since", "Sun, 09 Sep 2001 01:46:40 GMT"},
		} {
			p.ask("GET", header...)
			p.ask("HEAD", header...)
		}
	}},
	{name: "a Content-Length that is right", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.Header().Set("Content-Length", "5")
		write("hello")(w, r, note)
	}},
	{name: "a HEAD that tells a length alone", client: func(p *party) { p.ask("HEAD") }, serve: func(w http.ResponseWriter, _ *http.Request, _ notes) {
		w.Header().Set("Content-Length", "5")
	}},
}

func serveFile(w http.ResponseWriter, r *http.Request, _ notes) {
	w.Header().Set("Etag", `"tag"`)
	http.ServeContent(w, r, "page.html", time.Unix(1e9, 0), strings.NewReader(long))
}

// status returns the handler that sets a status and writes.
func status(code int, text string) func(http.ResponseWriter, *http.Request, notes) {
	return func(w http.ResponseWriter, r *http.Request, note notes) {
		w.WriteHeader(code)
		write(text)(w, r, note)
	}
}

// headerTests are about status and header.
var headerTests = []wireTest{
	{name: "no content", serve: func(w http.ResponseWriter, _ *http.Request, _ notes) { w.WriteHeader(204) }},
	{name: "no content with a body", serve: status(204, "body")},
	{name: "not modified with a body", serve: status(304, "body")},
	{name: "not modified, copied", serve: func(w http.ResponseWriter, _ *http.Request, note notes) {
		w.WriteHeader(304)
		_, err := io.Copy(w, strings.NewReader("body"))
		note.fails("Copy", err)
		_, err = w.Write([]byte("body"))
		note.fails("Write", err)
		note.fails("Flush", http.NewResponseController(w).Flush())
		_, err = w.Write([]byte("body"))
		note.fails("Write after a flush", err)
		_, err = io.WriteString(w, "body")
		note.fails("WriteString after a flush", err)
	}},
	{name: "an unknown status", serve: status(799, "x")},
	{name: "an error", serve: func(w http.ResponseWriter, _ *http.Request, _ notes) { http.Error(w, "no", http.StatusConflict) }},
	{name: "a redirect", serve: func(w http.ResponseWriter, r *http.Request, _ notes) {
		http.Redirect(w, r, "/else?a=b", http.StatusSeeOther)
	}},
	{name: "WriteHeader after the answer has begun", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.WriteHeader(201)
		for _, code := range []int{0, 99, 103, 200, 404, 1000} {
			w.WriteHeader(code)
		}
		write("a")(w, r, note)
		for _, code := range []int{0, 103, 404} {
			w.WriteHeader(code)
		}
	}},
	{name: "WriteHeader after a flush", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		write("a")(w, r, note)
		w.(http.Flusher).Flush()
		for _, code := range []int{0, 99, 103, 404, 1000} {
			w.WriteHeader(code)
		}
		write("b")(w, r, note)
	}},
	{name: "an invalid status", client: func(p *party) { p.ask("GET") }, serve: func(w http.ResponseWriter, _ *http.Request, note notes) {
		defer func() { note("panicked %t", recover() != nil) }()
		w.WriteHeader(0)
	}},
	{name: "early hints", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(103)
		w.Header().Add("Link", "</b.css>; rel=preload")
		w.WriteHeader(102)
		w.Header().Del("Link")
		write("a")(w, r, note)
		w.WriteHeader(103)
	}},
	{name: "odd headers", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.Header()["x-lower"] = []string{"1", "2"}
		w.Header()["Date"] = nil
		w.Header().Set("Connection", "close")
		w.Header().Set("Cache-Control", "public, max-age=60")
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		write("a")(w, r, note)
	}},
	{name: "a header after a flush", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		note.fails("Flush", http.NewResponseController(w).Flush())
		w.Header().Set("X-Late", "lost")
		write("a")(w, r, note)
	}},
	{name: "announced trailers", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.Header().Set("Trailer", "X-Sum, X-Time")
		write("a")(w, r, note)
		w.Header().Set("X-Sum", "42")
		w.Header().Set("X-Time", "0")
	}},
	{name: "announced trailers of a stream", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.Header().Set("Trailer", "X-Sum")
		write("a")(w, r, note)
		w.(http.Flusher).Flush()
		w.Header().Set("X-Sum", "42")
		w.Header().Set("X-Other", "no trailer")
	}},
	{name: "announced trailers without a body", serve: func(w http.ResponseWriter, _ *http.Request, _ notes) {
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(200)
		w.Header().Set("X-Sum", "42")
	}},
	{name: "trailers by prefix", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		write("a")(w, r, note)
		w.(http.Flusher).Flush()
		w.Header().Set(http.TrailerPrefix+"X-Sum", "42")
	}},
	{name: "a push", only: "2", serve: func(w http.ResponseWriter, _ *http.Request, note notes) {
		pusher, ok := w.(http.Pusher)
		note("a Pusher %t", ok)
		note.fails("Push", pusher.Push("/a.css", nil))
	}},
}

// commitTests are about answers that leave while the handler runs, or do not come to an end.
var commitTests = []wireTest{
	{name: "a flush alone", serve: func(w http.ResponseWriter, _ *http.Request, note notes) {
		note.fails("Flush", http.NewResponseController(w).Flush())
	}},
	{name: "a stream", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		for range 3 {
			write("data: x\n\n")(w, r, note)
			note.fails("Flush", http.NewResponseController(w).Flush())
		}
	}},
	{name: "a stream with a Content-Length", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.Header().Set("Content-Length", "6")
		for range 3 {
			write("ab")(w, r, note)
			note.fails("Flush", http.NewResponseController(w).Flush())
		}
		write("too much")(w, r, note)
	}},
	{name: "what is flushed arrives", client: func(p *party) {
		res, err := p.client.Get(p.server.URL + "/wire")
		if err != nil {
			p.t.Fatal(err)
		}
		first := make([]byte, 5)
		_, err = io.ReadFull(res.Body, first)
		p.note("first %q, %v", first, err)
		_ = res.Body.Close()
	}, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		write("first")(w, r, note)
		note.fails("Flush", http.NewResponseController(w).Flush())
		<-r.Context().Done()
		note("the client has gone")
	}},
	{name: "aborted", client: byGet, serve: func(http.ResponseWriter, *http.Request, notes) { panic(http.ErrAbortHandler) }},
	{name: "aborted after a write", client: byGet, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		write("a")(w, r, note)
		panic(http.ErrAbortHandler)
	}},
	{name: "aborted after a flush", client: byGet, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		write("a")(w, r, note)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}},
	{name: "aborted in an enormous page", client: byGet, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		w.Header().Set("Content-Length", "300000")
		write(enormous)(w, r, note)
		panic(http.ErrAbortHandler)
	}},
	{name: "a panic after a flush", client: byGet, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		write("a")(w, r, note)
		w.(http.Flusher).Flush()
		panic("oh")
	}},
	{name: "a time limit", client: byGet, serve: func(w http.ResponseWriter, r *http.Request, _ notes) {
		http.TimeoutHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), time.Millisecond, "late").ServeHTTP(w, r)
	}},
	{name: "a proxy", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			_, _ = io.WriteString(w, page)
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, strings.Repeat("b", 3000))
			w.Header().Set("X-Sum", "7")
		}))
		defer upstream.Close()
		target, _ := url.Parse(upstream.URL)
		httputil.NewSingleHostReverseProxy(target).ServeHTTP(w, r)
	}},
}

func byGet(p *party) { p.ask("GET") }

// requestTests are about what the handler sees.
var requestTests = []wireTest{
	{name: "a request", client: func(p *party) {
		p.send("POST", strings.NewReader("a=1&b=2"), "Content-Type", "application/x-www-form-urlencoded", "Cookie", "a=1; b=2", "X-Twice", "1", "X-Twice", "2")
		p.send("PUT", io.MultiReader(strings.NewReader("in "), strings.NewReader("chunks")))
		p.send("POST", http.NoBody)
	}, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		header := r.Header.Clone()
		delete(header, "User-Agent")
		note("%s %s %s %s %d %v %v", r.Method, r.RequestURI, r.URL, r.Proto, r.ContentLength, r.TransferEncoding, sortedHeader(header))
		note("TLS %t, remote %t, trailer %v", r.TLS != nil, r.RemoteAddr != "", r.Trailer)
		body, err := io.ReadAll(r.Body)
		note("body %q %v", body, err)
		n, err := r.Body.Read(make([]byte, 1))
		note("then %d %v", n, err)
	}},
	{name: "trailers of a request", client: func(p *party) {
		r, _ := http.NewRequest("POST", p.server.URL+"/wire", io.MultiReader(strings.NewReader("body")))
		r.Trailer = http.Header{"X-Sum": {"42"}}
		res, err := p.client.Do(r)
		if err != nil {
			p.t.Fatal(err)
		}
		p.noteResponse("POST", res)
	}, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		_, _ = io.Copy(io.Discard, r.Body)
		note("%v", r.Trailer)
	}},
	{name: "an upload that nobody reads", client: func(p *party) {
		p.send("POST", bytes.NewReader(make([]byte, 64<<10)))
		p.send("POST", bytes.NewReader(make([]byte, 100)), "Expect", "100-continue")
	}, serve: write("no need")},
	{name: "a client that withholds its body", only: "1", client: func(p *party) {
		conn := p.dial()
		fmt.Fprint(conn, "POST /wire HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n")
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			p.t.Fatal(err)
		}
		p.noteResponse("POST", res)
		_ = conn.Close()
	}, serve: write("no need")},
	{name: "HTTP/1.0", only: "1", client: func(p *party) {
		head, body, _ := strings.Cut(p.raw("GET /wire HTTP/1.0\r\nHost: localhost\r\n\r\n"), "\r\n\r\n")
		p.note("%q %q", strings.SplitN(head, "\r\n", 2)[0], body)
	}, serve: write("a", "b")},
	{name: "full duplex", client: (*party).duplex, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		rc := http.NewResponseController(w)
		note.fails("EnableFullDuplex", rc.EnableFullDuplex())
		note.fails("Flush", rc.Flush())
		lines := bufio.NewReader(r.Body)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				note.fails("end", err)
				return
			}
			write("echo "+line)(w, r, note)
			_ = rc.Flush()
		}
	}},
	{name: "WebDAV", client: func(p *party) {
		for _, method := range []string{"OPTIONS", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT"} {
			p.send(method, strings.NewReader("<propfind/>"), "Depth", "1", "Destination", "/to", "If", "(<opaquelocktoken:x>)")
		}
	}, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		body, _ := io.ReadAll(r.Body)
		note("%s %q %q", r.Method, body, r.Header["Depth"])
		w.Header().Set("DAV", "1, 2")
		w.WriteHeader(207)
		_, _ = io.WriteString(w, `<?xml version="1.0"?><multistatus xmlns="DAV:"/>`)
	}},
	{name: "an upload in parts", client: func(p *party) {
		p.send("POST", strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n\r\nfile\r\n--b--\r\n"), "Content-Type", "multipart/form-data; boundary=b")
	}, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		_, header, err := r.FormFile("f")
		note("%v %v", header != nil && header.Filename == "x.txt" && header.Size == 4, err)
	}},
}

// duplex sends a line, waits for its echo, and so on.
func (p *party) duplex() {
	body, lines := io.Pipe()
	r, _ := http.NewRequest("POST", p.server.URL+"/wire", body)
	res, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	answers := bufio.NewReader(res.Body)
	for i := range 3 {
		fmt.Fprintf(lines, "line %d\n", i)
		line, err := answers.ReadString('\n')
		p.note("%q %v", line, err)
	}
	_ = lines.Close()
	rest, err := io.ReadAll(answers)
	p.note("then %q %v", rest, err)
}

// connectionTests are about the connection itself.
var connectionTests = []wireTest{
	{name: "a hijack", only: "1", client: func(p *party) {
		p.note("%q", p.raw("GET /wire HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	}, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		conn, rw, err := w.(http.Hijacker).Hijack()
		note.fails("Hijack", err)
		_, _, err = w.(http.Hijacker).Hijack()
		note.fails("again", err)
		_, err = w.Write([]byte("lost"))
		note.fails("Write", err)
		_, err = io.WriteString(w, "lost")
		note.fails("WriteString", err)
		for _, code := range []int{0, 103, 200, 1000} {
			w.WriteHeader(code)
		}
		_, _ = rw.WriteString("raw")
		_ = rw.Flush()
		_ = conn.Close()
	}},
	{name: "a hijack by the controller", only: "1", client: func(p *party) {
		p.note("%q", p.raw("GET /wire HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	}, serve: func(w http.ResponseWriter, _ *http.Request, note notes) {
		conn, _, err := http.NewResponseController(w).Hijack()
		note.fails("Hijack", err)
		_, _ = io.WriteString(conn, "raw")
		_ = conn.Close()
	}},
	{name: "a hijack where there is no connection", only: "2", serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		_, _, err := http.NewResponseController(w).Hijack()
		note.fails("Hijack", err)
		write("a")(w, r, note)
	}},
	{name: "a websocket", only: "1", client: (*party).websocket, serve: echoFrames},
	{name: "a write deadline that has passed", client: byGet, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		rc := http.NewResponseController(w)
		note.fails("Flush", rc.Flush())
		note.fails("SetWriteDeadline", rc.SetWriteDeadline(time.Unix(1, 0)))
		for range 100 { // HTTP/2 resets the stream by and by
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				note("Write fails")
				return
			}
		}
	}},
	{name: "a read deadline that has passed", client: func(p *party) {
		body, more := io.Pipe()
		defer more.Close()
		p.send("POST", body)
	}, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		note.fails("SetReadDeadline", http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)))
		_, err := io.Copy(io.Discard, r.Body)
		note.fails("Read", err)
	}},
}

// middlewareTests have middleware around the App that compresses and allows other origins.
var middlewareTests = []wireTest{
	{name: "around: nothing", client: fromElsewhere, serve: write()},
	{name: "around: text", client: fromElsewhere, serve: write("hello")},
	{name: "around: a long page", client: fromElsewhere, serve: write(long)},
	{name: "around: an enormous page", client: fromElsewhere, serve: write(enormous)},
	{name: "around: an enormous page behind a status", client: fromElsewhere, serve: status(404, enormous)},
	{name: "around: a stream", client: fromElsewhere, serve: func(w http.ResponseWriter, r *http.Request, note notes) {
		for range 3 {
			write(long)(w, r, note)
			note.fails("Flush", http.NewResponseController(w).Flush())
		}
	}},
	{name: "around: copied", client: fromElsewhere, serve: func(w http.ResponseWriter, _ *http.Request, _ notes) {
		_, _ = io.Copy(w, strings.NewReader(enormous))
	}},
	{name: "around: a file", client: fromElsewhere, serve: serveFile},
	{name: "around: no content", client: fromElsewhere, serve: status(204, "body")},
	{name: "around: an error", client: fromElsewhere, serve: func(w http.ResponseWriter, _ *http.Request, _ notes) { http.Error(w, "no", 500) }},
	{name: "around: aborted", client: fromElsewhere, serve: func(http.ResponseWriter, *http.Request, notes) { panic(http.ErrAbortHandler) }},
	{name: "around: a hijack", only: "1", client: func(p *party) {
		p.note("%q", p.raw("GET /wire HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	}, serve: func(w http.ResponseWriter, _ *http.Request, note notes) {
		conn, _, err := http.NewResponseController(w).Hijack()
		note.fails("Hijack", err)
		_, _ = io.WriteString(conn, "raw")
		_ = conn.Close()
	}},
}

func fromElsewhere(p *party) {
	p.ask("OPTIONS", "Origin", "https://else.example", "Access-Control-Request-Method", "PUT")
	for _, method := range []string{"GET", "HEAD"} {
		p.ask(method, "Origin", "https://else.example")
		p.ask(method, "Origin", "https://else.example", "Accept-Encoding", "gzip")
	}
}

func TestWireTestsNameEachCaseOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, tt := range slices.Concat(bodyTests, headerTests, commitTests, requestTests, connectionTests, middlewareTests) {
		if seen[tt.name] {
			t.Errorf("%q is there twice", tt.name)
		}
		seen[tt.name] = true
	}
}
