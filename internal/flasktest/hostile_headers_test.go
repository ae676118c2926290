package flasktest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"mime"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dewar-go/dewar"
)

// headerWays are the ways in which a text of a client's gets into the header of an answer.
var headerWays = map[string]func(c *dewar.Context, text string) error{
	"header":      func(c *dewar.Context, text string) error { return c.Header("X-Text", text).NoContent() },
	"header name": func(c *dewar.Context, text string) error { return c.Header(text, "1").NoContent() },
	"link": func(c *dewar.Context, text string) error {
		return c.Header("Link", "<"+text+">; rel=preload").NoContent()
	},
	"vary": func(c *dewar.Context, text string) error { return c.Header("Vary", text).NoContent() },
	"policy": func(c *dewar.Context, text string) error {
		return c.Header("Content-Security-Policy", "script-src 'nonce-"+text+"'").NoContent()
	},
	"redirect":       func(c *dewar.Context, text string) error { return c.Redirect("/" + text) },
	"whole redirect": func(c *dewar.Context, text string) error { return c.Redirect(text) },
	"safe redirect":  func(c *dewar.Context, text string) error { return c.Redirect(c.SafeNext(text, "/")) },
	"built redirect": func(c *dewar.Context, text string) error { return c.RedirectTo("page", "name", text, "q", text) },
	"etag":           func(c *dewar.Context, text string) error { return c.SendBytes("a.txt", nil, dewar.ETag(text)) },
	"attachment":     func(c *dewar.Context, text string) error { return c.SendBytes("a.txt", nil, dewar.Attachment(text)) },
	"inline": func(c *dewar.Context, text string) error {
		return c.SendBytes("a.txt", nil, dewar.DownloadName(text), dewar.ContentType("text/plain"))
	},
	"type of a file": func(c *dewar.Context, text string) error { return c.SendBytes("a.txt", nil, dewar.ContentType(text)) },
	"type":           func(c *dewar.Context, text string) error { return c.Blob(text, nil) },
	"cookie":         func(c *dewar.Context, text string) error { return answerCookie(c, http.Cookie{Name: "k", Value: text}) },
	"cookie name":    func(c *dewar.Context, text string) error { return answerCookie(c, http.Cookie{Name: text, Value: "v"}) },
	"cookie path": func(c *dewar.Context, text string) error {
		return answerCookie(c, http.Cookie{Name: "k", Path: "/" + text})
	},
	"cookie domain": func(c *dewar.Context, text string) error {
		return answerCookie(c, http.Cookie{Name: "k", Domain: text})
	},
	"no cookie": func(c *dewar.Context, text string) error {
		return errors.Join(c.DeleteCookie(&http.Cookie{Name: "k", Path: "/" + text, Value: text}), c.NoContent())
	},
	"session": func(c *dewar.Context, text string) error { c.Session().Set("text", text); return c.NoContent() },
	"flash":   func(c *dewar.Context, text string) error { c.Flash(text); return c.NoContent() },
	"its own": func(c *dewar.Context, text string) error {
		c.Response.Header()["X-Text"] = []string{text}
		return c.NoContent()
	},
	"handler inside": dewarWrapped(func(w http.ResponseWriter, text string) {
		w.Header()["X-Text"] = []string{text}
		w.WriteHeader(http.StatusNoContent)
	}),
	"refusal": func(c *dewar.Context, text string) error {
		return &dewar.HTTPError{Code: 401, Header: http.Header{"Www-Authenticate": {`Basic realm="` + text + `"`}}}
	},
}

// dewarWrapped hands the text to a handler of net/http.
func dewarWrapped(f func(w http.ResponseWriter, text string)) func(c *dewar.Context, text string) error {
	return func(c *dewar.Context, text string) error {
		return dewar.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(w, text) }))(c)
	}
}

func answerCookie(c *dewar.Context, cookie http.Cookie) error {
	if err := c.SetCookie(&cookie); err != nil {
		return err
	}
	return c.NoContent()
}

// headerApp answers to a POST whose path is a way with the body of the request in its header.
func headerApp(t testing.TB) *dewar.App {
	app := quietApp(t)
	app.Post("/{way}", func(c *dewar.Context) error {
		text, err := io.ReadAll(c.Request.Body)
		if err != nil {
			return err
		}
		return headerWays[c.Params().String("way")](c, string(text))
	})
	app.Get("/page/{name}", func(c *dewar.Context) error { return c.NoContent() }, dewar.Endpoint("page"))
	app.Get("/branch/{name}/", func(c *dewar.Context) error { return c.NoContent() })
	app.Get("/absolute", func(c *dewar.Context) error {
		target, err := c.URLFor("page", "name", "x", dewar.External())
		if err != nil {
			return err
		}
		return c.Redirect(target)
	})
	return app
}

// A rawAnswer is what stood on the wire: the lines of the header as they came.
type rawAnswer struct {
	status int
	names  []string
	lines  []string
}

// value returns the value of the first header of that name.
func (a rawAnswer) value(name string) string {
	for _, line := range a.lines {
		if key, value, _ := strings.Cut(line, ": "); key == name {
			return value
		}
	}
	return ""
}

// A rawClient sends requests over one connection, and looks at each byte of the header that comes back. A header that is
// longer than it says, or a body that is, breaks the answers behind it.
type rawClient struct {
	addr string
	conn net.Conn
	read *bufio.Reader
}

func (c *rawClient) ask(request string) (rawAnswer, error) {
	if c.conn == nil {
		conn, err := net.Dial("tcp", c.addr)
		if err != nil {
			return rawAnswer{}, err
		}
		c.conn, c.read = conn, bufio.NewReader(conn)
	}
	if _, err := io.WriteString(c.conn, request); err != nil {
		return rawAnswer{}, err
	}
	answer, err := c.answer()
	if answer.value("Connection") == "close" {
		c.close()
	}
	return answer, err
}

func (c *rawClient) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// answer reads an answer, line by line. Nothing in it is forgiven: a line ends in CRLF and has no other control character.
func (c *rawClient) answer() (a rawAnswer, err error) {
	line, err := c.line()
	if err != nil {
		return a, err
	}
	if _, err := fmt.Sscanf(line, "HTTP/1.1 %d ", &a.status); err != nil {
		return a, fmt.Errorf("the answer begins with %q", line)
	}
	for {
		line, err := c.line()
		switch {
		case err != nil:
			return a, err
		case line == "":
			length, _ := strconv.Atoi(a.value("Content-Length"))
			_, err := c.read.Discard(length)
			return a, err
		}
		name, _, ok := strings.Cut(line, ": ")
		if !ok || name != textproto.CanonicalMIMEHeaderKey(name) || strings.ContainsAny(name, " \t") {
			return a, fmt.Errorf("the header has a line %q", line)
		}
		a.names, a.lines = append(a.names, name), append(a.lines, line)
	}
}

func (c *rawClient) line() (string, error) {
	line, err := c.read.ReadString('\n')
	if err != nil {
		return "", err
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return "", fmt.Errorf("a line of the header is %q", line)
	}
	return text, nil
}

// posted returns the request that has text put in the header by a way.
func posted(way, text string) string {
	return "POST /" + url.PathEscape(way) + " HTTP/1.1\r\nHost: good.example\r\nContent-Type: text/plain\r\nContent-Length: " + strconv.Itoa(len(text)) + "\r\n\r\n" + text
}

// asked returns the requests in which the text stands in the path or in the Host.
var asked = map[string]func(text string) string{
	"slash": func(text string) string {
		return "GET /branch/" + url.PathEscape(text) + " HTTP/1.1\r\nHost: good.example\r\n\r\n"
	},
	"host": func(text string) string {
		return "GET /absolute HTTP/1.1\r\nHost: " + strings.NewReplacer("\r", "", "\n", "").Replace(text) + "\r\n\r\n"
	},
}

// ofErrors are the headers that an error's answer may have, each once.
var ofErrors = []string{"Content-Type", "Content-Length", "Date", "X-Content-Type-Options", "Connection", "Vary", "Cache-Control"}

// extra returns the names of the answer that are not among those allowed, each as often as there.
func extra(names, allowed []string) (more []string) {
	left := slices.Clone(allowed)
	for _, name := range names {
		if i := slices.Index(left, name); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			more = append(more, name)
		}
	}
	return more
}

// hostileTexts are put together from what ends lines, values and names somewhere.
func hostileText(random *rand.Rand) string {
	parts := []string{
		"\r\n", "\n", "\r", "\r\n\r\n", "Set-Cookie: x=1", "X-Evil: 1", "HTTP/1.1 200 OK", "Content-Length: 0", ":", ";", ",", "=", `"`, `\`, "'", "\x00", "\x1b", "\x7f", "\t", " ", "\v", "\f",
		"\u010a", "\u560a", "\u560d", "%0d%0a", "%0a", "%", "\u0085", "\u2028", "\u202e", "é", "\xff", "\xc0\x8a", "a", "Z", "7", "/", "//", "?", "#", "@", "..", ".txt", "=?utf-8?q?=0D?=", "<", ">", "ü.example",
	}
	var b strings.Builder
	for range random.IntN(8) {
		switch random.IntN(8) {
		case 0:
			b.WriteByte(byte(random.Uint32()))
		case 1, 2, 3:
			b.WriteString("abcdefg"[random.IntN(7):])
		default:
			b.WriteString(parts[random.IntN(len(parts))])
		}
	}
	return b.String()
}

// A headerJudge knows how many lines an answer has by each way when the text is harmless.
type headerJudge struct {
	requests map[string]func(text string) string
	harmless map[string][]string
	ways     []string
}

func newHeaderJudge(t *testing.T, addr string) *headerJudge {
	t.Helper()
	j := &headerJudge{requests: map[string]func(string) string{}, harmless: map[string][]string{}}
	for way := range headerWays {
		j.requests[way] = func(text string) string { return posted(way, text) }
	}
	for way, request := range asked {
		j.requests[way] = request
	}
	client := &rawClient{addr: addr}
	defer client.close()
	for way, request := range j.requests {
		answer, err := client.ask(request("harmless"))
		if err != nil || answer.status >= 400 && way != "refusal" {
			t.Fatalf("%s: a harmless text gives %d, %v", way, answer.status, err)
		}
		j.harmless[way] = answer.names
		j.ways = append(j.ways, way)
	}
	slices.Sort(j.ways)
	return j
}

// judge sends one text and reports whether it came through, in its one line. An error is a line too many, or one that
// is none.
func (j *headerJudge) judge(client *rawClient, way, text string) (through bool, err error) {
	answer, err := client.ask(j.requests[way](text))
	if err != nil {
		client.close()
		return false, fmt.Errorf("%s of %q: %w", way, text, err)
	}
	allowed := j.harmless[way]
	if through = answer.status < 400 || answer.status == 401; !through {
		allowed = ofErrors
	}
	if way == "header name" {
		allowed = append(slices.Clone(allowed), textproto.CanonicalMIMEHeaderKey(text))
	}
	if more := extra(answer.names, allowed); len(more) > 0 {
		return through, fmt.Errorf("%s of %q: the header has %q more: %q", way, text, more, answer.lines)
	}
	return through, nil
}

// TestNoTextAddsAHeader puts random texts into headers by every way there is, and reads the answers off the wire: never
// has one a line more than a harmless text gives.
func TestNoTextAddsAHeader(t *testing.T) {
	t.Parallel()
	srv := serve(t, headerApp(t))
	addr := srv.Listener.Addr().String()
	judge := newHeaderJudge(t, addr)
	seed := rand.Uint64()
	count, workers := rounds(6_000, 1_000_000), 2
	t.Logf("seed %d", seed)
	var through, failures atomic.Int64
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			random, client := rand.New(rand.NewPCG(seed, uint64(w))), &rawClient{addr: addr}
			defer client.close()
			for range count / workers {
				ok, err := judge.judge(client, judge.ways[random.IntN(len(judge.ways))], hostileText(random))
				if ok {
					through.Add(1)
				}
				if err != nil && failures.Add(1) < 10 {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := failures.Load(); n > 0 {
		t.Errorf("%d of %d texts changed more of the header than their own line", n, count)
	}
	if n := through.Load(); n < int64(count)/4 || n > int64(count)*9/10 {
		t.Errorf("%d of %d texts came through, so little was tried", n, count)
	}
	t.Logf("%d texts, %d came through in a line of their own", count, through.Load())
}

// The texts that have split headers somewhere, each with what becomes of it.
func TestHostileTextsInHeaders(t *testing.T) {
	t.Parallel()
	const refused = "refused"
	srv := serve(t, headerApp(t))
	addr := srv.Listener.Addr().String()
	judge := newHeaderJudge(t, addr)
	client := &rawClient{addr: addr}
	defer client.close()
	for _, tt := range []struct {
		way, name string
		want      map[string]string
	}{
		{"whole redirect", "Location", map[string]string{
			"/ok\r\nSet-Cookie: a=b": refused, "/ok\nb": refused, "/ok\rb": refused, "/ok\x00b": refused, "/ok\x1bb": refused, "/ok\x7fb": refused, "/ok\tb": refused,
			"/ok%0d%0aSet-Cookie:%20a=b": "/ok%0d%0aSet-Cookie:%20a=b", "/ok\u010aSet-Cookie: a=b": "/ok%C4%8ASet-Cookie:%20a=b",
			"/ok\u560d\u560aa": "/ok%E5%98%8D%E5%98%8Aa", "/ok\u0085a\u2028": "/ok%C2%85a%E2%80%A8",
		}},
		{"cookie name", "Set-Cookie", map[string]string{"a b": refused, "a=b": refused, "a;b": refused, "": refused, "é": refused, "a\r\nb": refused, "a\x00": refused, "a": "a=v; Path=/"}},
		{"cookie", "Set-Cookie", map[string]string{
			"x\r\nSet-Cookie: y=1": refused, "x\ny": refused, "x\ry": refused, "a;b": `k="a\073b"; Path=/`, `a"b`: `k="a\"b"; Path=/`, `a\b`: `k="a\\b"; Path=/`,
			"a,b": `k="a\054b"; Path=/`, "é": `k="\303\251"; Path=/`, "a\x00": `k="a\000"; Path=/`,
		}},
		{"cookie path", "Set-Cookie", map[string]string{";Domain=evil.example": refused, "a\r\nb": refused, "a\x00": refused, "ü": "k=; Path=/%C3%BC"}},
		{"cookie domain", "Set-Cookie", map[string]string{"a\r\nb": refused, "a.example;Path=/": refused, "a b": refused, "a.example": "k=; Path=/; Domain=a.example"}},
		{"header", "X-Text", map[string]string{"a\r\nb: c": refused, "a\nb": refused, "a\rb": refused, "a\x00b": refused, "a\x1b": refused, "a\x7f": refused, "a\tb": "a\tb", "é": "é"}},
		{"header name", "X-Text", map[string]string{"X-Text\r\nX-Evil": refused, "X-Text: 1": refused, "X Text": refused, "X-Text\x00": refused, "": refused, "X-Text": "1"}},
		{"link", "Link", map[string]string{"/a>; rel=x,\r\n<b": refused, "/a\x00": refused, "/a.css": "</a.css>; rel=preload"}},
		{"vary", "Vary", map[string]string{"Origin\r\nX-Evil: 1": "Accept", "Origin\x00": "Accept", "Origin": "Origin"}}, // that of the error's page
		{"etag", "Etag", map[string]string{"a\r\nb": refused, `a"b`: refused, "a b": refused, "a\x00": refused, "a\x7f": refused, "a": `"a"`}},
		{"refusal", "Www-Authenticate", map[string]string{"a\r\nb": refused, "a\x00": refused, "a": `Basic realm="a"`}},
		{"policy", "Content-Security-Policy", map[string]string{"a'\r\nX-Evil: 1": refused, "a\x00": refused, "a": "script-src 'nonce-a'"}},
		{"type", "Content-Type", map[string]string{"text/csv\r\nX-Evil: 1": refused, "text/csv\x00": refused, "text/csv": "text/csv"}},
	} {
		for text, want := range tt.want {
			if _, err := judge.judge(client, tt.way, text); err != nil {
				t.Error(err)
			}
			answer, err := client.ask(judge.requests[tt.way](text))
			if err != nil {
				t.Fatal(err)
			}
			got := answer.value(tt.name)
			if answer.status == 500 && got == "" || tt.name == "Content-Type" && answer.status == 500 {
				got = refused
			}
			if got != want {
				t.Errorf("%s of %q: got %d %q, want %q", tt.way, text, answer.status, got, want)
			}
		}
	}
}

// hostileNames are names of files that break out of their quotes, their folder or their direction, and what is left.
var hostileNames = map[string]string{
	`setup.bat";x=.txt`: "setup.bat;x=.txt", "a\r\nSet-Cookie: x=1": "aSet-Cookie x=1", "é.txt": "é.txt", `..\..\x`: "x", "a/b.txt": "b.txt",
	"\u202etxt.exe": "txt.exe", strings.Repeat("x", 300): strings.Repeat("x", 200), "a\x00b": "ab", "a%22b": "a%22b", ";": ";", ".htaccess": "htaccess",
	"a.": "a", "a ": "a", "CON.txt": "_CON.txt", "": "a.txt", "\u202e": "download", `a\"; filename=evil.exe`: "; filename=evil.exe",
	"a\u2028b": "ab", "x'y": "x'y", "a;b": "a;b", "%E2%80%AE": "%E2%80%AE",
}

// dispositions returns what the wire has for each of the names.
func dispositions(t *testing.T) map[string]string {
	t.Helper()
	srv := serve(t, headerApp(t))
	client := &rawClient{addr: srv.Listener.Addr().String()}
	defer client.close()
	values := map[string]string{}
	for name := range hostileNames {
		answer, err := client.ask(posted("attachment", name))
		if err != nil || answer.status != 200 {
			t.Fatalf("%q: %d, %v", name, answer.status, err)
		}
		values[name] = answer.value("Content-Disposition")
	}
	return values
}

func TestHostileNamesOfDownloads(t *testing.T) {
	t.Parallel()
	for name, value := range dispositions(t) {
		kind, params, err := mime.ParseMediaType(value)
		if want := hostileNames[name]; err != nil || kind != "attachment" || len(params) != 1 || params["filename"] != want {
			t.Errorf("%q: %s reads as %s %q, %v, want %q", name, value, kind, params, err, want)
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) || strings.Count(value, `"`) != 2 {
			t.Errorf("%q: %s is not in ASCII, or ends its quotes early", name, value)
		}
	}
}

// Another parser than Go's reads the same names.
func TestHostileNamesOfDownloadsAreWerkzeugs(t *testing.T) {
	t.Parallel()
	values := dispositions(t)
	var got map[string]string
	werkzeug(t, `
from werkzeug.http import parse_options_header
result = {name: parse_options_header(value)[1]["filename"] for name, value in data.items()}`, values, &got)
	for name, want := range hostileNames {
		if got[name] != want {
			t.Errorf("%q: Werkzeug reads %q of %s, want %q", name, got[name], values[name], want)
		}
	}
}

// What a client sends is one line of the log, whatever it has in it.
func TestHostileRequestIsOneLineOfTheLog(t *testing.T) {
	t.Parallel()
	const forged = "x\r\ntime=2026 level=ERROR msg=forged\x1b[31m\x00"
	requests := []string{
		"GET /" + url.PathEscape(forged) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /?q=" + url.QueryEscape(forged) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nReferer: " + url.QueryEscape(forged) + "\tx\xff\r\nUser-Agent: a\tlevel=ERROR\r\nConnection: close\r\n\r\n",
	}
	for name, handler := range map[string]func(w io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"JSON": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		var log lockedText
		app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.AccessLog())
		app.Logger = slog.New(handler(&log))
		app.BeforeRequest(func(c *dewar.Context) error {
			c.Logger().Info(c.Query().String("q"), "path", c.Request.URL.Path, "query", c.Query().String("q"), "referer", c.Request.Referer(), "agent", c.Request.UserAgent())
			return nil
		})
		srv := serve(t, app)
		for _, request := range requests {
			client := &rawClient{addr: srv.Listener.Addr().String()}
			if answer, err := client.ask(request); err != nil || answer.status != http.StatusNotFound {
				t.Errorf("%s, %q: %d, %v", name, request, answer.status, err)
			}
		}
		srv.Close() // the access log's lines are behind the answers
		lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
		if len(lines) != 2*len(requests) {
			t.Errorf("%s: %d requests are %d lines, want two each:\n%s", name, len(requests), len(lines), log.String())
		}
		for _, line := range lines {
			if begins := strings.HasPrefix(line, "time=") || strings.HasPrefix(line, `{"time":`); !begins || strings.ContainsAny(line, "\r\x1b\x00\t") {
				t.Errorf("%s: the log has %q", name, line)
			}
		}
	}
}

// A lockedText is written to by several goroutines.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
