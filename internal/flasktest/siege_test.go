package flasktest_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

// TestSiege serves visitors with sessions among visitors that leave, break off, take connections over and attack. No
// session, upload or piece of background work may be lost or mixed up with another; no attack may be answered by a fault
// of the server's; and in the end goroutines, descriptors and temporary files are what they were. DEWAR_SIEGE is the
// number of requests.
func TestSiege(t *testing.T) { // not parallel: it counts what the process holds
	requests := rounds(3_000, 50_000)
	if n, err := strconv.Atoi(os.Getenv("DEWAR_SIEGE")); err == nil {
		requests = n
	}
	t.Setenv("TMPDIR", t.TempDir())
	before := held(t)

	s := newSiege(t)
	const workers = 32
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() { s.visitor(i).visit(requests / workers) })
	}
	wg.Wait()
	s.stop()

	for i, kind := range kindsOfVisit {
		t.Logf("%7d %s", s.visits[i].Load(), kind.name)
	}
	t.Logf("the slowest answer to an attack took %v", time.Duration(s.slowest.Load()))
	if got, want := s.worked.Load(), s.ordered.Load(); got != want {
		t.Errorf("%d pieces of background work were done, %d were ordered", got, want)
	}
	if got, want := s.errors.Load(), s.panics.Load(); got != want {
		t.Errorf("%d errors were logged, %d views panicked", got, want)
	}
	for attempt := 0; ; attempt++ {
		after := held(t)
		if !after.exceeds(before) {
			break
		}
		if attempt == 100 {
			t.Errorf("held before and after: %+v, %+v", before, after)
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// holding is what a process may forget to give back.
type holding struct{ goroutines, descriptors, files int }

// exceeds reports whether more is held than before. What an earlier test has left may end meanwhile.
func (h holding) exceeds(before holding) bool {
	return h.goroutines > before.goroutines || h.descriptors > before.descriptors || h.files > before.files
}

func held(t *testing.T) holding {
	t.Helper()
	h := holding{goroutines: runtime.NumGoroutine()}
	if fds, err := os.ReadDir("/proc/self/fd"); err == nil {
		h.descriptors = len(fds)
	}
	files, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h.files = len(files)
	return h
}

type siege struct {
	t       *testing.T
	app     *dewar.App
	addr    string
	stop    func()
	visits  [9]atomic.Int64 // by kindsOfVisit
	slowest atomic.Int64    // in nanoseconds
	errors  atomic.Int64    // records at level ERROR
	panics  atomic.Int64
	ordered atomic.Int64
	worked  atomic.Int64
}

func newSiege(t *testing.T) *siege {
	t.Helper()
	s := &siege{t: t, app: dewar.New("siege", dewar.RootPath(t.TempDir()),
		dewar.FS(fstest.MapFS{"static/a.txt": {Data: []byte(strings.Repeat("static ", 200))}}))}
	s.app.Logger = slog.New(countErrors{slog.DiscardHandler, &s.errors})
	err := s.app.Config.FromMapping(dewar.Map{"SECRET_KEY": testKey, "MAX_FORM_MEMORY_SIZE": 64 << 10, "MAX_CONTENT_LENGTH": 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	s.routes()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.app.Serve(ctx, l) }()
	s.stop = func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	}
	return s
}

// countErrors is a log handler that counts the records at level ERROR.
type countErrors struct {
	slog.Handler
	n *atomic.Int64
}

func (h countErrors) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelError
}

func (h countErrors) Handle(context.Context, slog.Record) error {
	h.n.Add(1)
	return nil
}

func (h countErrors) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h countErrors) WithGroup(string) slog.Handler      { return h }

// routes adds the views. Each tells who asked, as the session has it, so that a mix-up shows.
func (s *siege) routes() {
	s.app.Post("/login/{name}", func(c *dewar.Context) error {
		c.Session().Set("name", c.Params().String("name"))
		c.Session().Set("cart", dewar.Map{})
		return c.NoContent()
	})
	s.app.Get("/count", func(c *dewar.Context) error {
		if !c.Session().Has("name") {
			return dewar.Abort(http.StatusUnauthorized)
		}
		n := dewar.ValueOr(c.Session(), "n", 0) + 1
		c.Session().Set("n", n)
		c.Session().Map("cart")[strconv.Itoa(n%5)] = n // a change inside a value
		return c.Text(c.Session().String("name") + " " + strconv.Itoa(n))
	})
	s.app.Get("/cart", func(c *dewar.Context) error {
		return c.JSON(c.Session().Map("cart"))
	})
	s.app.Post("/upload", func(c *dewar.Context) error {
		file, err := c.File("file")
		if err != nil {
			return err
		}
		f, err := file.Open()
		if err != nil {
			return err
		}
		defer f.Close()
		sum := sha256.New()
		if _, err := io.Copy(sum, f); err != nil {
			return err
		}
		return c.Text(c.Form().String("name") + " " + hex.EncodeToString(sum.Sum(nil)))
	})
	s.app.Get("/hijack", func(c *dewar.Context) error {
		name := c.Session().String("name")
		conn, rw, err := http.NewResponseController(c.Response).Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		line, err := rw.ReadString('\n')
		if err != nil {
			return nil
		}
		_, err = io.WriteString(conn, name+" "+line)
		return err
	})
	s.app.Get("/stream", func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error {
			for range 100 {
				if _, err := io.WriteString(w, strings.Repeat("x", 1<<10)); err != nil {
					return err
				}
				c.Response.Flush()
			}
			return nil
		})
	})
	s.app.Get("/work", func(c *dewar.Context) error {
		c.Go(func(context.Context) { s.worked.Add(1) })
		return c.NoContent()
	})
	s.app.Get("/panic", func(c *dewar.Context) error {
		s.panics.Add(1)
		c.Session().Set("n", -1)
		panic("siege")
	})
	s.app.Route("/echo", func(c *dewar.Context) error {
		c.Session().Set("q", c.Query().String("q")+c.Form().String("q"))
		return c.Text(c.Query().String("q"))
	}, dewar.Methods("GET", "POST"))
	s.app.Post("/json", func(c *dewar.Context) error {
		var v struct {
			A any `json:"a"`
		}
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.JSON(v)
	})
	s.app.Get("/many/{a}-{b}-{c}-{d:int}", func(c *dewar.Context) error { return c.NoContent() })
	s.app.Get("/go", func(c *dewar.Context) error { return c.Redirect(c.SafeNext(c.Query().String("to"), "/")) })
}

// A visitor is one user with a session, who does one thing after another.
type visitor struct {
	*siege
	random *rand.Rand
	client *http.Client
	name   string
	n      int // how often it has counted
}

func (s *siege) visitor(i int) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Error(err)
	}
	return &visitor{
		siege: s, random: rand.New(rand.NewPCG(uint64(i), 7)), name: fmt.Sprintf("visitor%d", i),
		client: &http.Client{
			Jar: jar, Transport: &http.Transport{}, Timeout: time.Minute,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// kindsOfVisit are what visitors do, each as often as its weight says.
var kindsOfVisit = [9]struct {
	name   string
	weight int
	do     func(v *visitor)
}{
	{"sessions counted on", 60, (*visitor).count},
	{"uploads", 5, (*visitor).upload},
	{"uploads broken off", 5, (*visitor).breakOff},
	{"connections taken over", 5, (*visitor).hijack},
	{"streams left", 3, (*visitor).leaveStream},
	{"pieces of background work", 3, (*visitor).order},
	{"panics", 2, (*visitor).panics},
	{"static files", 5, (*visitor).static},
	{"attacks", 12, (*visitor).attack},
}

func (v *visitor) visit(n int) {
	defer v.client.CloseIdleConnections()
	if status, _ := v.do("POST", "/login/"+v.name, "", nil); status != http.StatusNoContent {
		v.t.Errorf("login: status %d", status)
	}
	for range n {
		choice := v.random.IntN(100)
		for i, kind := range kindsOfVisit {
			if choice -= kind.weight; choice < 0 {
				kind.do(v)
				v.visits[i].Add(1)
				break
			}
		}
	}
	v.count()
}

// do sends one request and returns its answer.
func (v *visitor) do(method, target, contentType string, body io.Reader) (status int, answer string) {
	req, err := http.NewRequest(method, "http://"+v.addr+target, body)
	if err != nil {
		v.t.Error(err)
		return 0, ""
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Errorf("%s %s: %v", method, target, err)
		return 0, ""
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Errorf("%s %s: %v", method, target, err)
	}
	return res.StatusCode, string(data)
}

func (v *visitor) want(what string, status int, got, want string) {
	if status != http.StatusOK || got != want {
		v.t.Errorf("%s: status %d, got %.80q, want %.80q", what, status, got, want)
	}
}

func (v *visitor) count() {
	v.n++
	status, got := v.do("GET", "/count", "", nil)
	v.want("count", status, got, v.name+" "+strconv.Itoa(v.n))
	if v.n%50 != 0 {
		return
	}
	status, got = v.do("GET", "/cart", "", nil)
	v.want("cart", status, strings.TrimSpace(got), fmt.Sprintf(`{"0":%d,"1":%d,"2":%d,"3":%d,"4":%d}`, v.n, v.n-4, v.n-3, v.n-2, v.n-1))
}

// form is a multipart form with a file that has to go through a temporary file as often as not.
func (v *visitor) form() (contentType string, body []byte, sum string) {
	content := bytes.Repeat([]byte{byte(v.random.Uint32())}, v.random.IntN(256<<10))
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("name", v.name); err != nil {
		v.t.Error(err)
	}
	part, err := w.CreateFormFile("file", "../../"+v.name)
	if err != nil {
		v.t.Error(err)
	}
	part.Write(content)
	w.Close()
	hash := sha256.Sum256(content)
	return w.FormDataContentType(), b.Bytes(), hex.EncodeToString(hash[:])
}

func (v *visitor) upload() {
	contentType, body, sum := v.form()
	status, got := v.do("POST", "/upload", contentType, bytes.NewReader(body))
	v.want("upload", status, got, v.name+" "+sum)
}

func (v *visitor) breakOff() {
	contentType, body, _ := v.form()
	conn := v.dial()
	if conn == nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /upload HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", v.addr, contentType, len(body))
	conn.Write(body[:v.random.IntN(len(body))])
}

func (v *visitor) hijack() {
	conn := v.dial()
	if conn == nil {
		return
	}
	defer conn.Close()
	origin := &url.URL{Scheme: "http", Host: v.addr}
	var cookies []string
	for _, cookie := range v.client.Jar.Cookies(origin) {
		cookies = append(cookies, cookie.String())
	}
	word := strconv.Itoa(v.random.Int())
	fmt.Fprintf(conn, "GET /hijack HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n", v.addr, strings.Join(cookies, "; "))
	if v.random.IntN(4) == 0 {
		return // and nothing is said
	}
	fmt.Fprintf(conn, "%s\n", word)
	got, err := io.ReadAll(conn)
	if want := v.name + " " + word + "\n"; err != nil || string(got) != want {
		v.t.Errorf("hijack: got %.80q, %v, want %q", got, err, want)
	}
}

func (v *visitor) leaveStream() {
	conn := v.dial()
	if conn == nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /stream HTTP/1.1\r\nHost: %s\r\n\r\n", v.addr)
	io.CopyN(io.Discard, conn, int64(v.random.IntN(32<<10)))
}

func (v *visitor) order() {
	v.ordered.Add(1)
	if status, _ := v.do("GET", "/work", "", nil); status != http.StatusNoContent {
		v.t.Errorf("work: status %d", status)
	}
}

func (v *visitor) panics() {
	if status, got := v.do("GET", "/panic", "", nil); status != http.StatusInternalServerError || strings.Contains(got, "siege") {
		v.t.Errorf("panic: status %d, %.80q", status, got)
	}
}

func (v *visitor) static() {
	status, got := v.do("GET", "/static/a.txt", "", nil)
	v.want("static", status, got, strings.Repeat("static ", 200))
}

func (v *visitor) dial() net.Conn {
	conn, err := net.Dial("tcp", v.addr)
	if err != nil {
		v.t.Error(err)
		return nil
	}
	conn.SetDeadline(time.Now().Add(time.Minute))
	return conn
}

// attack sends one of the attacks as it stands and reads the whole answer, which must not be a fault of the server's.
func (v *visitor) attack() {
	a := attacks[v.random.IntN(len(attacks))]
	conn := v.dial()
	if conn == nil {
		return
	}
	defer conn.Close()
	start := time.Now()
	sent := make(chan struct{})
	go func() { // an answer may come before all is sent
		defer close(sent)
		io.WriteString(conn, strings.ReplaceAll(a.request, "HOST", v.addr))
	}()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	took := int64(time.Since(start))
	for slowest := v.slowest.Load(); took > slowest && !v.slowest.CompareAndSwap(slowest, took); slowest = v.slowest.Load() {
	}
	if err != nil {
		if !a.mayCut || !gone(err) {
			v.t.Errorf("%s: %v", a.name, err)
		}
		conn.Close()
		<-sent
		return
	}
	if res.StatusCode >= 500 && res.StatusCode != http.StatusHTTPVersionNotSupported && res.StatusCode != http.StatusNotImplemented {
		v.t.Errorf("%s: status %d", a.name, res.StatusCode)
	}
	for _, line := range res.Header["Location"] {
		if u, err := url.Parse(line); err != nil || u.Host != "" {
			v.t.Errorf("%s: Location %q", a.name, line)
		}
	}
	res.Body.Close()
	conn.Close()
	<-sent
}

// gone reports whether an answer was cut off because its request was not read to its end.
func gone(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

type attack struct {
	name    string
	request string // HOST stands for the server's address
	mayCut  bool   // the server may close the connection while the request is still being sent
}

var attacks = []attack{
	{name: "text that is no UTF-8", request: get("/echo?q=caf%E9%FF")},
	{name: "an escape that is none", request: get("/echo?q=100%&a;b=%zz")},
	{name: "a NUL in the path", request: get("/count%00")},
	{name: "a slash in the path, escaped", request: get("/static/..%2f..%2f..%2fetc%2fpasswd")},
	{name: "a path that climbs", request: get("/static/../../../../etc/passwd")},
	{name: "a path with backslashes", request: get(`/static/..\..\..\etc\passwd`)},
	{name: "a hidden file", request: get("/static/.env")},
	{name: "a path that names a host", request: get("//evil.example/%2f..")},
	{name: "a redirect to another site", request: get("/go?to=https://evil.example/")},
	{name: "a redirect that splits the header", request: get("/go?to=/%0d%0aSet-Cookie:%20a=b")},
	{name: "many variables in a long segment", request: get("/many/" + strings.Repeat("a-", 30_000))},
	{name: "many parameters", request: get("/echo?" + strings.Repeat("a&", 20_000))},
	{name: "a long line", request: get("/" + strings.Repeat("a", 2<<20)), mayCut: true},
	{name: "many ranges", request: get("/static/a.txt", "Range: bytes="+strings.Repeat("0-,", 5_000)+"0-")},
	{name: "many cookies", request: get("/count", "Cookie: "+strings.Repeat("session=a; ", 5_000))},
	{name: "a forged session", request: get("/count", "Cookie: session="+strings.Repeat("QUFB", 300))},
	{name: "a session that is no base64", request: get("/count", `Cookie: session="\377\000;`)},
	{name: "a foreign host", request: "GET /count HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"},
	{name: "no host", request: "GET /count HTTP/1.1\r\nConnection: close\r\n\r\n"},
	{name: "an old protocol", request: "GET /count HTTP/1.0\r\n\r\n"},
	{name: "an unknown protocol", request: "GET /count HTTP/3.0\r\nHost: HOST\r\n\r\n"},
	{name: "an unknown method", request: "FOO /count HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"},
	{name: "no request", request: "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"},
	{name: "a header that is split", request: get("/count", "X: a\rb")},
	{name: "a header without end", request: get("/count", "X: "+strings.Repeat("a", 2<<20)), mayCut: true},
	{name: "another site's form", request: post("/echo", "application/x-www-form-urlencoded", "q=1", "Origin: https://evil.example")},
	{name: "two lengths", request: post("/echo", "application/x-www-form-urlencoded", "q=1", "Content-Length: 30")},
	{name: "length and chunks", request: post("/echo", "application/x-www-form-urlencoded", "0\r\n\r\nGET /", "Transfer-Encoding: chunked")},
	{name: "a chunk that is none", request: chunked("/echo", "application/x-www-form-urlencoded", "zz\r\n")},
	{name: "an empty chunked body", request: chunked("/json", "application/json", "0\r\n\r\n")},
	{name: "a body that is promised", request: "POST /upload HTTP/1.1\r\nHost: HOST\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n"},
	{name: "a body that is too large", request: post("/echo", "application/x-www-form-urlencoded", "q="+strings.Repeat("a", 900_000)), mayCut: true},
	{name: "a compressed body", request: post("/json", "application/json", "\x1f\x8b\x08", "Content-Encoding: gzip")},
	{name: "many fields", request: post("/echo", "application/x-www-form-urlencoded", strings.Repeat("a=&", 20_000)), mayCut: true},
	{name: "many parts", request: post("/upload", "multipart/form-data; boundary=b", strings.Repeat("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n", 5_000)+"--b--\r\n"), mayCut: true},
	{name: "no boundary", request: post("/upload", "multipart/form-data", "--b\r\n")},
	{name: "a part without end", request: post("/upload", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\n")},
	{name: "JSON in JSON", request: post("/json", "application/json", `{"a":`+strings.Repeat("[", 200_000)+strings.Repeat("]", 200_000)+"}"), mayCut: true},
	{name: "JSON with one key many times", request: post("/json", "application/json", `{"a":1`+strings.Repeat(`,"a":1`, 50_000)+"}"), mayCut: true},
	{name: "JSON that is no UTF-8", request: post("/json", "application/json", `{"a":"`+"\xff"+`"}`)},
	{name: "JSON of a long number", request: post("/json", "application/json", `{"a":1`+strings.Repeat("0", 200_000)+`}`), mayCut: true},
}

func get(target string, headers ...string) string {
	return head("GET", target, headers) + "\r\n"
}

func post(target, contentType, body string, headers ...string) string {
	headers = append(headers, "Content-Type: "+contentType, fmt.Sprintf("Content-Length: %d", len(body)))
	return head("POST", target, headers) + "\r\n" + body
}

func chunked(target, contentType, body string) string {
	return head("POST", target, []string{"Content-Type: " + contentType, "Transfer-Encoding: chunked"}) + "\r\n" + body
}

func head(method, target string, headers []string) string {
	return method + " " + target + " HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n" + strings.Join(append(headers, ""), "\r\n")
}
