package strangler_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// A seen remembers what requests have come to Python.
type seen struct {
	mu       sync.Mutex
	requests []string
}

func (s *seen) add(r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, fmt.Sprintf("%s %s %q", r.Method, r.RequestURI, body))
}

func (s *seen) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// watched starts a Python that remembers what comes.
func watched(t testing.TB) (*seen, string) {
	s := &seen{}
	return s, backend(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // Python raises ClientDisconnected
		}
		s.add(r, body)
		_, _ = io.WriteString(w, "python")
	})
}

// talk sends text over a connection of its own, as it is, and then a request for /end. It returns the status of each answer.
func talk(t testing.TB, url, text string) (statuses []int) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, text+"GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for reader := bufio.NewReader(conn); ; {
		res, err := http.ReadResponse(reader, nil)
		if err != nil {
			return statuses
		}
		_, _ = io.Copy(io.Discard, res.Body)
		statuses = append(statuses, res.StatusCode)
	}
}

// TestNothingIsSmuggled sends what two servers may read as different requests: the App, whose hooks guard, and Python must read
// the same.
func TestNothingIsSmuggled(t *testing.T) {
	t.Parallel()
	const hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
	const end = `GET /end ""`
	for _, tt := range []struct {
		name, text string
		statuses   []int
		want       []string
	}{
		{"a length and chunks", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
			[]int{200, 200, 200}, []string{`POST /a ""`, `GET /hidden ""`, end}},
		{"an encoding behind a tab", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\tchunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n" + hidden,
			[]int{200, 200, 200}, []string{`POST /a ""`, `GET /hidden ""`, end}},
		{"two lengths", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 33\r\n\r\n" + hidden, []int{400}, nil},
		{"a list of lengths", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 33\r\n\r\n" + hidden, []int{400}, nil},
		{"a length with a sign", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc", []int{400}, nil},
		{"an encoding that nobody knows", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n" + hidden, []int{501}, nil},
		{"two encodings", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden, []int{501}, nil},
		{"a name with a space behind it", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n" + hidden, []int{400}, nil},
		{"an encoding with an underscore", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer_Encoding: chunked\r\nContent_Length: 9\r\nContent-Length: 3\r\n\r\nabc",
			[]int{200, 200}, []string{`POST /a "abc"`, end}},
		{"a length of the connection", "POST /a HTTP/1.1\r\nHost: x\r\nConnection: Content-Length\r\nContent-Length: 3\r\n\r\nabc",
			[]int{200, 200}, []string{`POST /a "abc"`, end}},
		{"an encoding of the connection", "POST /a HTTP/1.1\r\nHost: x\r\nConnection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
			[]int{200, 200}, []string{`POST /a "abc"`, end}},
		{"a chunk size that is too long", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000003\r\nabc\r\n0\r\n\r\n", []int{400}, nil},
		{"a chunk with an extension", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n0\r\n\r\n",
			[]int{200, 200}, []string{`POST /a "abc"`, end}},
		{"chunks that end in bare line feeds", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n" + hidden, []int{400}, nil},
		{"a trailer that is a length", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: 99\r\n\r\n",
			[]int{200, 200}, []string{`POST /a "abc"`, end}},
		{"a body of GET", "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 33\r\n\r\n" + hidden,
			[]int{200, 200}, []string{`GET /a "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"`, end}},
		{"requests behind one another", "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
			[]int{200, 200, 200}, []string{`GET /a ""`, `GET /b ""`, end}},
		{"a folded header", "GET /a HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n", []int{200, 200}, []string{`GET /a ""`, end}},
		{"a null byte in a header", "GET /a HTTP/1.1\r\nHost: x\r\nX-A: 1\x002\r\n\r\n", []int{400}, nil},
		{"a bare carriage return in a header", "GET /a HTTP/1.1\r\nHost: x\r\nX-A: 1\rX-B: 2\r\n\r\n", []int{400}, nil},
		{"a line feed in the target", "GET /a%0d%0aX-B:1 HTTP/1.1\r\nHost: x\r\n\r\n", []int{200, 200}, []string{`GET /a%0d%0aX-B:1 ""`, end}},
		{"a whole URL", "GET http://other.test/a?b HTTP/1.1\r\nHost: x\r\n\r\n", []int{200, 200}, []string{`GET /a?b ""`, end}},
		{"a target without a path", "GET http:a HTTP/1.1\r\nHost: x\r\n\r\n", []int{400, 200}, []string{end}},
		{"the name of another server", "CONNECT evil.test:80 HTTP/1.1\r\nHost: evil.test:80\r\n\r\n", []int{501, 200}, []string{end}},
		{"an asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", []int{200, 200}, []string{end}},
		{"two hosts", "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", []int{400}, nil},
		{"no host", "GET /a HTTP/1.1\r\n\r\n", []int{400}, nil},
		{"a host that is none", "GET /a HTTP/1.1\r\nHost: x/../y\r\n\r\n", []int{400}, nil},
		{"chunks of HTTP/1.0", "POST /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, []int{200}, []string{`POST /a ""`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			python, target := watched(t)
			var guarded []string
			app := quietApp(t)
			app.BeforeRequest(func(c *dewar.Context) error {
				guarded = append(guarded, c.Request.Method+" "+c.Request.URL.RequestURI())
				return nil
			})
			statuses, got := talk(t, front(t, app, target), tt.text), python.all()
			if !slices.Equal(statuses, tt.statuses) || !slices.Equal(got, tt.want) {
				t.Errorf("got %v, and Python was asked %q, want %v and %q", statuses, got, tt.statuses, tt.want)
			}
			for i, asked := range got {
				if !slices.ContainsFunc(guarded, func(g string) bool { return strings.HasPrefix(asked, g+" ") }) {
					t.Errorf("request %d of Python, %s, is none of those of the App: %q", i, asked, guarded)
				}
			}
		})
	}
}

// script starts a server that answers the first request of each connection by what is written to it, and closes it when reply
// returns.
func script(t testing.TB, reply func(conn net.Conn, rest io.Reader)) string {
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
			go func() {
				defer conn.Close()
				rest := bufio.NewReader(conn)
				if _, err := http.ReadRequest(rest); err == nil {
					reply(conn, rest)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// TestAnswersWithBodiesThatHaveNone: what stands behind an answer that has no body is not the next answer.
func TestAnswersWithBodiesThatHaveNone(t *testing.T) {
	t.Parallel()
	const page = "<script>stolen</script>"
	for _, tt := range []struct{ name, method, text string }{
		{"204", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 23\r\n\r\n" + page},
		{"304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 23\r\n\r\n" + page},
		{"HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n" + page},
		{"too much of a body", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n" + page},
		{"two answers", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n" + page},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			url := front(t, quietApp(t), script(t, func(conn net.Conn, _ io.Reader) { _, _ = io.WriteString(conn, tt.text) }))
			client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
			for range 3 {
				res, err := client.Do(request(t, tt.method, url+"/", nil))
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(res.Body)
				if _ = res.Body.Close(); err != nil || strings.Contains(string(body), "stolen") || res.StatusCode >= 500 {
					t.Errorf("got %d, %q, %v", res.StatusCode, body, err)
				}
			}
		})
	}
}

// TestHintsHaveOnlyWhatPythonSays is about 1xx answers: hooks' headers and cookies are for the answer.
func TestHintsHaveOnlyWhatPythonSays(t *testing.T) {
	t.Parallel()
	python := script(t, func(conn net.Conn, _ io.Reader) {
		_, _ = io.WriteString(conn, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nSet-Cookie: session=hint\r\nContent-Length: 5\r\n\r\n"+
			"HTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nLink: </c.css>\r\n\r\nok")
	})
	app := quietApp(t)
	app.BeforeRequest(func(c *dewar.Context) error { c.Header("X-Hook", "1"); c.Session().Set("a", 1); return nil })
	var hints []string
	r := request(t, "GET", front(t, app, python)+"/", nil)
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		hints = append(hints, fmt.Sprint(code, len(h), h["Link"]))
		return nil
	}}))
	res, body := fetch(t, r)
	if want := []string{"102 0 []", "103 1 [</a.css>]", "103 1 [</b.css>]"}; !slices.Equal(hints, want) {
		t.Errorf("got the hints %q, want %q", hints, want)
	}
	if body != "ok" || res.Header.Get("X-Hook") != "1" || len(res.Cookies()) != 1 || !slices.Equal(res.Header["Link"], []string{"</c.css>"}) {
		t.Errorf("got %q with %v", body, res.Header)
	}
}

// TestLeaveToSendABody is about Expect: 100-continue: it is Python that gives leave, or refuses before anything is sent.
func TestLeaveToSendABody(t *testing.T) {
	t.Parallel()
	python := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(417)
			return
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	url := front(t, quietApp(t), python)
	for path, want := range map[string]string{"/yes": "100 200 body", "/no": "417 "} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n", path)
		reader, got := bufio.NewReader(conn), ""
		for {
			res, err := http.ReadResponse(reader, nil)
			if err != nil {
				t.Fatal(path, err)
			}
			if got += fmt.Sprint(res.StatusCode) + " "; res.StatusCode == 100 {
				_, _ = io.WriteString(conn, "body")
				continue
			}
			body, _ := io.ReadAll(res.Body)
			got += string(body)
			break
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// TestUploadThatBreaksOffIsNoWholeOne for Python, which must not take half a form for all of it.
func TestUploadThatBreaksOffIsNoWholeOne(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"Content-Length: 100\r\n\r\na=1", "Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n", "Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\nnonsense\r\n"} {
		for _, hook := range []bool{false, true} {
			read := make(chan error, 1)
			python := backend(t, func(w http.ResponseWriter, r *http.Request) {
				_, err := io.ReadAll(r.Body)
				read <- err
			})
			app := quietApp(t)
			if hook {
				app.BeforeRequest(func(c *dewar.Context) error { c.Form(); return nil })
			}
			ended := make(chan struct{})
			app.TeardownRequest(func(*dewar.Context, error) { close(ended) })
			conn, err := net.Dial("tcp", strings.TrimPrefix(front(t, app, python), "http://"))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"+head)
			_ = conn.Close()
			select {
			case <-ended:
			case <-time.After(20 * time.Second):
				t.Fatalf("%q, hook %t: the request goes on", head, hook)
			}
			select {
			case err := <-read:
				if err == nil {
					t.Errorf("%q, hook %t: Python has read it to its end", head, hook)
				}
			case <-time.After(100 * time.Millisecond): // it was not asked, or does not read yet
			}
		}
	}
}

// TestEarlyDataOfWebsockets is what either side sends without waiting for the other.
func TestEarlyDataOfWebsockets(t *testing.T) {
	t.Parallel()
	python := script(t, func(conn net.Conn, rest io.Reader) {
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly of Python\n")
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		line, _ := bufio.NewReader(rest).ReadString('\n')
		_, _ = io.WriteString(conn, "echo "+line)
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(front(t, quietApp(t), python), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\nearly of the client\n")
	text, _ := io.ReadAll(conn)
	_, after, _ := strings.Cut(string(text), "\r\n\r\n")
	if !strings.HasPrefix(string(text), "HTTP/1.1 101 ") || after != "early of Python\necho early of the client\n" {
		t.Errorf("got %q", text)
	}
}

// TestRefusedUpgradeIsAnAnswer: what comes behind the request of a websocket that Python refuses is the next request for the
// App, not for Python.
func TestRefusedUpgradeIsAnAnswer(t *testing.T) {
	t.Parallel()
	python, target := watched(t)
	var guarded []string
	app := quietApp(t)
	app.BeforeRequest(func(c *dewar.Context) error { guarded = append(guarded, c.Request.URL.Path); return nil })
	statuses := talk(t, front(t, app, target), "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n")
	if want := []string{"/ws", "/hidden", "/end"}; !slices.Equal(guarded, want) || len(statuses) != 3 || len(python.all()) != 3 {
		t.Errorf("got %v; the App has seen %q, and Python %q", statuses, guarded, python.all())
	}
}

// TestPythonThatHangsInABody does not keep what has come from the client, nor itself from being left.
func TestPythonThatHangsInABody(t *testing.T) {
	t.Parallel()
	for head, body := range map[string]string{"Content-Length: 1000000": strings.Repeat("x", 100000), "Transfer-Encoding: chunked": "5\r\nhello\r\n"} {
		left := make(chan struct{})
		python := script(t, func(conn net.Conn, _ io.Reader) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+head+"\r\n\r\n"+body)
			_, _ = io.Copy(io.Discard, conn) // until the App closes it
			close(left)
		})
		res, err := http.DefaultTransport.RoundTrip(request(t, "GET", front(t, quietApp(t), python)+"/", nil))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(res.Body, make([]byte, 5)); err != nil {
			t.Errorf("%s: got %v, want what has come", head, err)
		}
		_ = res.Body.Close()
		select {
		case <-left:
		case <-time.After(20 * time.Second):
			t.Errorf("%s: the connection to Python is kept for a client that has gone", head)
		}
	}
}

// TestAnswerThatBreaksOffIsNoWholeOne for the client.
func TestAnswerThatBreaksOffIsNoWholeOne(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a length":      "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + strings.Repeat("x", 100000),
		"chunks":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
		"broken chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
	} {
		url := front(t, quietApp(t), script(t, func(conn net.Conn, _ io.Reader) { _, _ = io.WriteString(conn, text) }))
		res, err := http.DefaultTransport.RoundTrip(request(t, "GET", url+"/", nil))
		if err != nil {
			continue
		}
		body, err := io.ReadAll(res.Body)
		if _ = res.Body.Close(); err == nil && res.StatusCode == 200 {
			t.Errorf("%s: got a whole answer of %d bytes", name, len(body))
		}
	}
}

// TestHugeHeaders ends in an answer, whichever side sends them.
func TestHugeHeaders(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("x", 12<<20)
	url := front(t, quietApp(t), script(t, func(conn net.Conn, _ io.Reader) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-Huge: "+huge+"\r\nContent-Length: 0\r\n\r\n")
	}))
	if res, _ := fetch(t, request(t, "GET", url+"/", nil)); res.StatusCode != 502 {
		t.Errorf("got %d for the headers of Python, want 502", res.StatusCode)
	}
	python, target := watched(t)
	url = front(t, quietApp(t), target)
	if statuses := talk(t, url, "GET /a HTTP/1.1\r\nHost: x\r\nX-Huge: "+huge[:800<<10]+"\r\n\r\n"); !slices.Equal(statuses, []int{200, 200}) {
		t.Errorf("got %v and %d requests", statuses, len(python.all()))
	}
}
