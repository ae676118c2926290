package flasktest_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

const (
	inParts = "multipart/form-data; boundary=b"
	inJSON  = "application/json"
)

// part returns a part of a multipart form with the boundary b; disposition is what stands behind form-data.
func part(disposition, content string) string {
	return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n"
}

const lastBoundary = "--b--\r\n"

// A hostileRow is what a form leads into.
type hostileRow struct {
	Name string `form:"name" json:"name"`
}

// A hostileTarget is what Bind fills. Nobody may set what has no tag.
type hostileTarget struct {
	Name    string            `form:"name" json:"name"`
	Rows    []hostileRow      `form:"a" json:"a"`
	Attrs   map[string]string `form:"attrs" json:"attrs"`
	IsAdmin bool
	ID      int `json:"-"`
	isAdmin bool
}

// bodyApp reads bodies by every road, within the limits that it has by default.
func bodyApp(t testing.TB) *dewar.App {
	app := quietApp(t)
	app.Post("/raw", func(c *dewar.Context) error {
		n, err := io.Copy(io.Discard, c.Request.Body)
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(n))
	})
	app.Post("/form", func(c *dewar.Context) error {
		n := 0
		for _, key := range c.Form().Keys() {
			n += len(c.Form().Strings(key))
		}
		if err := c.BodyError(); err != nil {
			return err
		}
		return c.Text(fmt.Sprint(n, " values"))
	})
	app.Post("/bind", func(c *dewar.Context) error {
		var v hostileTarget
		if err := c.Bind(&v); err != nil {
			return err
		}
		return c.Text(fmt.Sprintf("%.20q %d rows %d attrs, admin %t, id %d", v.Name, len(v.Rows), len(v.Attrs), v.IsAdmin || v.isAdmin, v.ID))
	})
	app.Post("/json", func(c *dewar.Context) error {
		var v any
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.Text(fmt.Sprintf("%.60s", fmt.Sprint(v)))
	})
	return app
}

// A hostileBody is a request with a body, and the answer it must get: a status, and what stands in the text.
type hostileBody struct {
	name, path, kind string
	header           string // more lines
	body             string
	want             string
}

// declared returns the request with the length of its body, chunked the one without.
func (h *hostileBody) declared() string {
	return h.head() + "Content-Length: " + strconv.Itoa(len(h.body)) + "\r\n\r\n" + h.body
}

func (h *hostileBody) chunked() string {
	var b strings.Builder
	b.WriteString(h.head() + "Transfer-Encoding: chunked\r\n\r\n")
	for rest := h.body; rest != ""; {
		n := min(len(rest), 64<<10)
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, rest[:n])
		rest = rest[n:]
	}
	return b.String() + "0\r\n\r\n"
}

func (h *hostileBody) head() string {
	head := "POST " + h.path + " HTTP/1.1\r\nHost: good.example\r\n" + h.header
	if h.kind != "" {
		head += "Content-Type: " + h.kind + "\r\n"
	}
	return head
}

// hundredMiB is 100 MiB of zeros, packed a part after the other.
var hundredMiB = sync.OnceValue(func() string { return many(100, gzipped(1<<20)) })

// gzipped returns n zeros, packed.
func gzipped(n int) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.CopyN(z, zeros{}, int64(n))
	_ = z.Close()
	return b.String()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func many(n int, text string) string { return strings.Repeat(text, n) }

// nestedJSON returns lists in lists.
func nestedJSON(n int) string { return many(n, "[") + many(n, "]") }

// numbered returns n pairs of a form with keys of their own.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d=1&", i)
	}
	return strings.TrimSuffix(b.String(), "&")
}

func manyParts(n int, content string) string {
	return many(n, part(`name="a"`, content)) + lastBoundary
}

// hostileBodies are those that have filled memories and confused parsers.
func hostileBodies() []hostileBody {
	const large = 16<<20 + 1
	longBoundary := many(71, "x")
	return []hostileBody{
		{"as large as it may be", "/raw", "text/plain", "", many(large-1, "x"), "200 16777216"},
		{"a byte too large", "/raw", "text/plain", "", many(large, "x"), "413 the limit of 16777216 bytes"},

		{"as many parts as there may be", "/form", inParts, "", manyParts(1000, "1"), "200 1000 values"},
		{"a part too many", "/form", inParts, "", manyParts(1001, "1"), "413 more than 1000 parts"},
		{"a field as large as it may be", "/form", inParts, "", manyParts(1, many(500_000, "x")), "200 1 values"},
		{"a field a byte too large", "/form", inParts, "", manyParts(1, many(500_001, "x")), "413 the limit of 500000 bytes"},
		{"a field as large as it may be, urlencoded", "/form", urlencoded, "", "a=" + many(499_998, "x"), "200 1 values"},
		{"a field a byte too large, urlencoded", "/form", urlencoded, "", "a=" + many(499_999, "x"), "413 the limit of 500000 bytes"},
		{"fields that are large together", "/form", inParts, "", manyParts(30, many(500_000, "x")), "413 the limit of 500000 bytes"},

		{"a part with 10,000 lines of header", "/form", inParts, "", part("name=\"a\""+many(10_000, "\r\nX-A: 1"), "") + lastBoundary, "413 header of a part"},
		{"a part with a header of 1 MiB", "/form", inParts, "", part(`name="`+many(1<<20, "x")+`"`, "") + lastBoundary, "413 header of a part"},
		{"parts that do not end", "/form", inParts, "", part(`name="a"`, "1"), "400"},
		{"a part that does not end", "/form", inParts, "", strings.TrimSuffix(part(`name="a"`, "1"), "\r\n"), "400"},
		{"a header of a part that does not end", "/form", inParts, "", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n", "400"},
		{"a boundary of 71 letters", "/form", "multipart/form-data; boundary=" + longBoundary, "", "--" + longBoundary + "\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--" + longBoundary + "--\r\n", "200 1 values"},
		{"a boundary of 10 KiB", "/form", "multipart/form-data; boundary=" + many(10<<10, "x"), "", manyParts(1, "1"), "400"},
		{"no boundary", "/form", "multipart/form-data", "", manyParts(1, "1"), "400"},
		{"an empty boundary", "/form", `multipart/form-data; boundary=""`, "", manyParts(1, "1"), "400"},
		{"parts in a part", "/form", inParts, "", part("name=\"a\"\r\nContent-Type: multipart/mixed; boundary=c", "--c\r\nContent-Disposition: form-data; name=evil\r\n\r\n1\r\n--c--") + lastBoundary, "200 1 values"},
		{"a line break and 10 MiB without one", "/form", inParts, "", part(`name="a"`, "\r\n"+many(10<<20, "x")) + lastBoundary, "413"},
		{"a file of a line break and 10 MiB without one", "/form", inParts, "", part(`name="a"; filename="f"`, "\r\n"+many(10<<20, "x")) + lastBoundary, "200 0 values"},
		{"a file of half boundaries", "/form", inParts, "", part(`name="a"; filename="f"`, many(1<<20, "\r\n--")) + lastBoundary, "200 0 values"},
		{"a preamble of 10 MiB", "/form", inParts, "", many(10<<20, "x") + "\r\n" + manyParts(1, "1"), "400|413"},
		{"a preamble of 10 MiB in lines", "/form", inParts, "", many(5<<20, "\r\n") + manyParts(1, "1"), "413"},
		{"lines that end in LF", "/form", inParts, "", strings.ReplaceAll(manyParts(3, "1"), "\r\n", "\n"), "200 3 values"},
		{"the name of a file that does not end", "/form", inParts, "", part(`name="a"; filename="f`, "1") + lastBoundary, "200 0 values"},
		{"1,000 names of one file", "/form", inParts, "", part(`name="a"`+many(1_000, "; filename*=UTF-8''f"), "1") + lastBoundary, "200 0 values"},
		{"1,000 parameters", "/form", inParts, "", part(`name="a"`+many(1_000, "; x=1"), "1") + lastBoundary, "200 1 values"},

		{"a list with a negative number", "/bind", urlencoded, "", "a[-1].name=x", "200 0 rows"},
		{"a list with a large number", "/bind", urlencoded, "", "a[99999999].name=x&a[99999999999999999999].name=y", "200 1 rows"},
		{"1,000 steps", "/bind", urlencoded, "", "a" + many(1000, ".b") + "=x&a" + many(1000, "[0]") + "=x", "200 0 rows"},
		{"a prototype", "/bind", urlencoded, "", "__proto__[admin]=1&constructor.prototype.IsAdmin=1&name=n", `200 "n" 0 rows 0 attrs, admin false`},
		{"as many keys as there may be", "/bind", urlencoded, "", numbered(10_000), "200"},
		{"a key too many", "/bind", urlencoded, "", numbered(10_001), "413"},
		{"10,000 rows", "/bind", urlencoded, "", many(9_999, "a[0].name=x&") + "a[1].name=x", "200 2 rows"},

		{"a percent sign", "/form", urlencoded, "", "%", "200 1 values"},
		{"escapes that are none", "/form", urlencoded, "", "a=%zz&b=%4&%=%", "200 3 values"},
		{"semicolons", "/form", urlencoded, "", "a=1;b=2;c=3", "200 1 values"},
		{"text that is none", "/form", urlencoded, "", "a=\xff%ff%C0%AF", "200 1 values"},
		{"10 MiB of names", "/form", urlencoded, "", many(5<<20, "a&"), "413"},
		{"as many names as fit", "/form", urlencoded, "", many(200_000, "a&"), "413"},

		{"JSON nested 1,000 deep", "/json", inJSON, "", nestedJSON(1000), "400 deeper than 512"},
		{"JSON nested 10,001 deep", "/json", inJSON, "", nestedJSON(10_001), "400"},
		{"8 MiB of lists", "/json", inJSON, "", "[" + many(8<<20/3, "[],") + "[]]", "413 the limit of 1048576 bytes"},
		{"1 MiB of lists", "/json", inJSON, "", "[" + many(349_000, "[],") + "[]]", "200"},
		{"1 MiB of objects in objects", "/json", inJSON, "", many(1<<20/6, `{"a":{`), "400"},
		{"a number of 1,000,000 digits", "/json", inJSON, "", many(1_000_000, "7"), "200|400"},
		{"a fraction of 1,000,000 digits", "/json", inJSON, "", "0." + many(1_000_000, "7"), "200|400"},
		{"an exponent of 1,000,000 digits", "/json", inJSON, "", "1e" + many(1_000_000, "7"), "400"},
		{"a name twice", "/bind", inJSON, "", `{"name":"a","name":"b"}`, "400 more than once"},
		{"a name twice in other letters", "/bind", inJSON, "", `{"name":"a","NAME":"b"}`, "200 \"a\""},
		{"two values", "/json", inJSON, "", `{}{}`, "400"},
		{"two values in lines", "/bind", inJSON, "", "{}\n{}", "400"},
		{"a byte order mark", "/json", inJSON, "", "\ufeff{}", "200"},
		{"1 MiB of names", "/bind", inJSON, "", `{"attrs":{"x":""` + func() string {
			var b strings.Builder
			for i := range 70_000 {
				fmt.Fprintf(&b, `,"k%d":""`, i)
			}
			return b.String()
		}() + "}}", "200"},

		{"a packed form", "/form", urlencoded, "Content-Encoding: gzip\r\n", hundredMiB(), "415"},
		{"packed parts", "/form", inParts, "Content-Encoding: gzip\r\n", hundredMiB(), "415"},
		{"packed JSON", "/json", inJSON, "Content-Encoding: gzip\r\n", hundredMiB(), "415"},
		{"deflate", "/json", inJSON, "Content-Encoding: deflate\r\n", "{}", "415"},
		{"br", "/bind", inJSON, "Content-Encoding: br\r\n", "{}", "415"},
		{"packed ten times", "/bind", inJSON, "Content-Encoding: gzip" + many(9, ", gzip") + "\r\n", gzipped(1000), "415"},
		{"packed, by two lines", "/bind", inJSON, "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n", "{}", "415"},
		{"packed and cut off", "/bind", inJSON, "Content-Encoding: gzip\r\n", gzipped(1000)[:20], "415"},

		{"JSON in UTF-16", "/json", inJSON + "; charset=utf-16", "", "{\x00}\x00", "400|415"},
		{"JSON in UTF-7", "/json", inJSON + "; charset=utf-7", "", "{}", "415"},
		{"JSON in UTF-16, bound", "/bind", inJSON + "; Charset=\"UTF-16\"", "", "{}", "415"},
		{"JSON in UTF-8", "/json", inJSON + "; charset=utf-8", "", "{}", "200"},
		{"JSON without a type", "/json", "", "", "{}", "415"},
		{"JSON as plain text, as forms of other sites can send it", "/json", "text/plain", "", "{}", "415"},
		{"JSON as plain text, bound", "/bind", "text/plain", "", `{"name":"a"}`, "415"},
		{"JSON as a form, bound", "/bind", urlencoded, "", `{"name":"a"}`, `200 "" 0 rows`},
		{"a type of 10 KiB", "/json", inJSON + many(2_500, "; a=b"), "", "{}", "200"},
		{"two types", "/json", "text/plain\r\nContent-Type: application/json", "", "{}", "400|415"},

		{"fields that nobody declared", "/bind", urlencoded, "", "name=n&is_admin=1&IsAdmin=1&isAdmin=1&ID=7&id=7&-=7", `200 "n" 0 rows 0 attrs, admin false, id 0`},
		{"members that nobody declared", "/bind", inJSON, "", `{"name":"n","is_admin":true,"IsAdmin":true,"isAdmin":true,"ID":7,"-":7}`, `200 "n" 0 rows 0 attrs, admin false, id 0`},
	}
}

// Each of them gets an answer that says what is wrong, whether its length is declared or not, and the next request is
// served.
func TestHostileBodies(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	addr := serve(t, bodyApp(t)).Listener.Addr().String()
	for _, tt := range hostileBodies() {
		for framing, request := range map[string]string{"declared": tt.declared(), "chunked": tt.chunked()} {
			answer, err := tryTalk(addr, request)
			if err != nil {
				t.Errorf("%s, %s: %v", tt.name, framing, err)
				continue
			}
			if status, text, _ := strings.Cut(tt.want, " "); !strings.Contains(status, strconv.Itoa(answer.StatusCode)) || !strings.Contains(answer.body, text) {
				t.Errorf("%s, %s: got %d %.120q, want %s", tt.name, framing, answer.StatusCode, answer.body, tt.want)
			}
			wantNoTemporaryFiles(t, tt.name)
		}
	}
	if answer := talkTo(t, addr, (&hostileBody{path: "/form", kind: urlencoded, body: "a=1"}).declared()); answer.body != "1 values" {
		t.Errorf("afterwards a form gets %d %q", answer.StatusCode, answer.body)
	}
}

// wantNoTemporaryFiles waits for the end of the request, which is behind its answer.
func wantNoTemporaryFiles(t *testing.T, what string) {
	t.Helper()
	for attempt := 0; ; attempt++ {
		left, err := os.ReadDir(os.TempDir())
		if err == nil && len(left) == 0 {
			return
		}
		if attempt == 200 {
			t.Errorf("%s: %d temporary files are left, %v", what, len(left), err)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A body that is declared to be too large is refused before any of it is sent, also to a client that waits for leave to
// send it, and the connection ends.
func TestBodyTooLargeIsRefusedUnread(t *testing.T) {
	t.Parallel()
	addr := serve(t, bodyApp(t)).Listener.Addr().String()
	for _, kind := range []string{"text/plain", urlencoded, inParts, inJSON} {
		for path, limit := range map[string]int{"/raw": 16 << 20, "/form": 500_000, "/json": 1 << 20} {
			if path == "/form" && kind != urlencoded || path == "/json" && kind != inJSON {
				continue // what is refused for its type, or has a limit of its own
			}
			for _, expect := range []string{"", "Expect: 100-continue\r\n"} {
				request := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: good.example\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n", path, kind, expect, limit+1)
				answer := talkTo(t, addr, request)
				if answer.StatusCode != 413 || !answer.Close {
					t.Errorf("%s as %s %s: got %d, close %t, want 413 and the end of the connection", path, kind, expect, answer.StatusCode, answer.Close)
				}
			}
		}
	}
}

// A client that may send is told so.
func TestBodyThatFitsIsAskedFor(t *testing.T) {
	t.Parallel()
	addr := serve(t, bodyApp(t)).Listener.Addr().String()
	conn, err := net.Dial("tcp", addr)
	must(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /raw HTTP/1.1\r\nHost: good.example\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
	must(t, err)
	read := bufio.NewReader(conn)
	for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
		if line, err := read.ReadString('\n'); err != nil || line != want {
			t.Fatalf("got %q, %v, want %q", line, err, want)
		}
	}
	_, err = io.WriteString(conn, "abc")
	must(t, err)
	answer, err := http.ReadResponse(read, nil)
	must(t, err)
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != 200 || string(body) != "3" {
		t.Errorf("got %d %q", answer.StatusCode, body)
	}
}

// A body ends where its length says. What comes behind is another request; what does not come is a 400, and no view has
// acted on the half of it.
func TestBodyEndsWhereItsLengthSays(t *testing.T) {
	t.Parallel()
	app := bodyApp(t)
	var acted atomic.Int64
	app.Post("/act", func(c *dewar.Context) error {
		if _, err := dewar.Require[string](c.Form(), "a"); err != nil {
			return err
		}
		acted.Add(1)
		return c.NoContent()
	})
	addr := serve(t, app).Listener.Addr().String()
	longer := talkTo(t, addr, "POST /raw HTTP/1.1\r\nHost: good.example\r\nContent-Length: 3\r\n\r\nabcPOST /act HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 3\r\n\r\nb=1")
	if longer.StatusCode != 200 || longer.body != "3" {
		t.Errorf("a body that is longer than it says: got %d %q, want its 3 bytes", longer.StatusCode, longer.body)
	}
	for _, kind := range []string{urlencoded, inParts} {
		body := map[string]string{urlencoded: "a=1", inParts: part(`name="a"`, "1")}[kind]
		for _, length := range []string{"Content-Length: 1000\r\n\r\n" + body, fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(body), body), fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\nffff\r\n%s", body)} {
			conn, err := net.Dial("tcp", addr)
			must(t, err)
			_, err = io.WriteString(conn, "POST /act HTTP/1.1\r\nHost: good.example\r\nContent-Type: "+kind+"\r\n"+length)
			must(t, err)
			must(t, conn.(*net.TCPConn).CloseWrite())
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			must(t, err)
			if answer.StatusCode != 400 {
				t.Errorf("%s, %.30q: got %d, want 400", kind, length, answer.StatusCode)
			}
			must(t, conn.Close())
		}
	}
	if n := acted.Load(); n != 0 {
		t.Errorf("the view acted %d times on half a body", n)
	}
}

// A hundred files are kept on the disk while a request is served, and no longer: not when its client dies at the
// fiftieth, not when the view panics.
func TestHostileUploadsLeaveNoFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	app := configured(t, dewar.Map{"MAX_FORM_MEMORY_SIZE": 1000})
	app.Logger = quietApp(t).Logger
	var kept, ended atomic.Int64
	app.TeardownRequest(func(*dewar.Context, error) { ended.Add(1) })
	app.Post("/{how}", func(c *dewar.Context) error {
		files, err := c.Files("f")
		if err != nil {
			return err
		}
		entries, _ := os.ReadDir(os.TempDir())
		kept.Store(int64(len(entries)))
		if c.Params().String("how") == "panic" {
			panic("oh")
		}
		return c.Text(fmt.Sprint(len(files)))
	})
	addr := serve(t, app).Listener.Addr().String()
	body := many(100, part(`name="f"; filename="f.txt"`, many(2_000, "x"))) + lastBoundary
	for _, tt := range []struct{ path, want string }{{"/whole", "200 100"}, {"/panic", "500 "}} {
		kept.Store(0)
		answer := talkTo(t, addr, (&hostileBody{path: tt.path, kind: inParts, body: body}).declared())
		if got := fmt.Sprint(answer.StatusCode, " ", answer.body); !strings.HasPrefix(got, tt.want) || kept.Load() != 100 {
			t.Errorf("%s: got %.40q with %d files, want %s", tt.path, got, kept.Load(), tt.want)
		}
		wantNoTemporaryFiles(t, tt.path)
	}
	before := ended.Load()
	for range 5 {
		conn, err := net.Dial("tcp", addr)
		must(t, err)
		fmt.Fprintf(conn, "POST /whole HTTP/1.1\r\nHost: good.example\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", inParts, len(body), body[:len(body)/2])
		must(t, conn.Close())
	}
	for deadline := time.Now().Add(time.Minute); ended.Load() < before+5; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a request whose client has died does not end")
		}
	}
	wantNoTemporaryFiles(t, "clients that die")
}
