package flasktest_test

import (
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// getRaw sends a request line as it is, and returns the answer with its body.
func getRaw(t testing.TB, addr, target string) (status int, body string) {
	t.Helper()
	conversation := talkTo(t, addr, "GET "+target+" HTTP/1.1\r\nHost: good.example\r\nConnection: close\r\n\r\n")
	return conversation.StatusCode, conversation.body
}

// A route before the static files at the root refuses a part of them. No spelling of a path reaches that part by the
// other route.
func TestHostilePathsDoNotPassAGuard(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, root, "static/sub/f.txt", "guarded")
	writeFile(t, root, "static/open.txt", "open")
	for name, opts := range map[string][]dewar.Option{
		"on the disk": {dewar.RootPath(root), dewar.StaticURLPath("/")},
		"in an FS":    {dewar.RootPath(t.TempDir()), dewar.FS(os.DirFS(root)), dewar.StaticURLPath("/")},
	} {
		app := dewar.New("test", opts...)
		app.Logger = quietApp(t).Logger
		app.Get("/sub/{path:path}", func(*dewar.Context) error { return dewar.Abort(http.StatusForbidden) })
		addr := serve(t, app).Listener.Addr().String()
		for _, target := range []string{
			"/sub/f.txt", "/sub%2ff.txt", "/sub%2Ff.txt", "/%73ub/f.txt", "/%73%75%62/f.txt", "//sub/f.txt", "/sub//f.txt", "/./sub/f.txt", "/sub/./f.txt", "/sub%5cf.txt", `/sub\f.txt`,
			"/x/../sub/f.txt", "/%2e/sub/f.txt", "/sub/%2e/f.txt", "/sub/f%2etxt", "/sub;/f.txt", "/sub/f.txt/", "/sub/f.txt%20", "/sub/f.txt.", "/SUB/f.txt", "/sub%252ff.txt", "/%2fsub/f.txt",
			"http://good.example/sub/f.txt", "http://good.example//sub%2ff.txt",
		} {
			if got, body := getRaw(t, addr, target); got == 200 || strings.Contains(body, "guarded") {
				t.Errorf("%s: %s gives %d %q, want a refusal", name, target, got, body)
			}
		}
		if got, body := getRaw(t, addr, "/open.txt"); got != 200 || body != "open" {
			t.Errorf("%s: /open.txt gives %d %q", name, got, body)
		}
	}
}

// A file has the same headers by each spelling of its path, so that none of them escapes the policy of the others.
func TestHostileSpellingsHaveTheSameHeaders(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	writeFile(t, app.RootPath(), "static/x.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>")
	app.AfterRequest(func(c *dewar.Context) error {
		if strings.HasSuffix(c.Request.URL.Path, ".svg") {
			c.Header("Content-Security-Policy", "sandbox")
		}
		return nil
	})
	addr := serve(t, app).Listener.Addr().String()
	ask := func(target string) *talked {
		answer := talkTo(t, addr, "GET "+target+" HTTP/1.1\r\nHost: good.example\r\nConnection: close\r\n\r\n")
		answer.Header.Del("Date")
		return answer
	}
	want := ask("/static/x.svg")
	for key, value := range map[string]string{
		"Content-Type": "image/svg+xml", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Cache-Control": "no-cache",
	} {
		if got := want.Header.Get(key); got != value {
			t.Errorf("x.svg has %s %q, want %q", key, got, value)
		}
	}
	for _, target := range []string{"/static/x%2esvg", "/static/%78.svg", "/static/x.%73vg", "/static/x.sv%67", "/%73tatic/x.svg", "/static%2fx.svg"} {
		got := ask(target)
		for key := range want.Header {
			if got.StatusCode == 200 && !slices.Equal(got.Header[key], want.Header[key]) {
				t.Errorf("%s has %s %q, x.svg %q", target, key, got.Header[key], want.Header[key])
			}
		}
		if got.StatusCode != 200 && got.StatusCode != 404 || got.StatusCode == 200 && (len(got.Header) != len(want.Header) || got.body != want.body) {
			t.Errorf("%s gives %d %v %q", target, got.StatusCode, got.Header, got.body)
		}
	}
}

// What users have uploaded, and may be a page with a script in it, is saved and not shown when it is sent as an attachment.
func TestHostileUploadsAreNotShown(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	must(t, err)
	t.Cleanup(func() { _ = root.Close() })
	app.Post("/", func(c *dewar.Context) error {
		file, err := c.File("file")
		if err != nil {
			return err
		}
		path, err := dewar.SaveUpload(file, dir)
		if err != nil {
			return err
		}
		return c.Text(filepath.Base(path))
	})
	app.Get("/{name}", func(c *dewar.Context) error {
		return c.SendFromFS(root.FS(), c.Params().String("name"), dewar.Attachment(""))
	})
	client := dewartest.New(t, app)
	for _, name := range []string{"a.html", "a.svg", "a.xml", "a.js", "a.xhtml", "a.htm", "a.pdf", "a", "a.html;.jpg", "../../a.HTML", "a.svgz"} {
		saved := client.Post("/", dewartest.File("file", name, []byte("<script>alert(1)</script>"))).Text()
		got := client.Get("/" + saved)
		if disposition := got.Header.Get("Content-Disposition"); got.StatusCode != 200 || !strings.HasPrefix(disposition, "attachment; filename=") || got.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q is saved as %q and sent with %d %v", name, saved, got.StatusCode, got.Header)
		}
	}
}

var secureName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]*$`)

// deviceName is what Windows takes for a device, whatever comes behind.
var deviceName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// Whatever a client calls its file, the name that is left is plain, and the file is in its folder. SafeJoin leads to no
// other place either, and what it takes has no device of Windows in it.
func TestHostileNamesStayInTheirFolder(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	parts := []string{
		"..", "/", `\`, ".", "_", "-", " ", "\t", "a", "Z", "9", "é", "ﬁ", "日", "\u00a0", "\u2028", "\x00", "\r\n", "\u0301", "．", "／", "＼", "con", "NUL", "com1", "lpt9", "aux", "conin$", "com¹", ".txt", ".html", "~", "$",
		"😀", "\u202e", "\xff", "\xc0\xaf", "%2e%2e", "%2f", ":", "::$DATA", "C:", `\\host\share`, "//host/share", "/etc/passwd", "?", "*", strings.Repeat("x", 300),
	}
	folder, joined, left := filepath.FromSlash("/up/load"), 0, 0
	for range rounds(20_000, 1_000_000) {
		var b strings.Builder
		for range random.IntN(7) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		name := b.String()
		secure := dewar.SecureFilename(name)
		if secure != "" {
			left++
			if path := filepath.Join(folder, secure); !secureName.MatchString(secure) || deviceName.MatchString(secure) || filepath.Dir(path) != folder {
				t.Fatalf("SecureFilename(%q) = %q, which leads to %q", name, secure, path)
			}
		}
		if path, ok := dewar.SafeJoin(folder, name); ok {
			joined++
			inside := path == folder || strings.HasPrefix(path, folder+string(filepath.Separator))
			for element := range strings.SplitSeq(filepath.ToSlash(strings.TrimPrefix(path, folder)), "/") {
				inside = inside && !deviceName.MatchString(element)
			}
			if !inside || strings.ContainsAny(filepath.ToSlash(path), "\x00\\:\r\n") {
				t.Fatalf("SafeJoin(%q, %q) = %q", folder, name, path)
			}
		}
	}
	if joined == 0 || left == 0 {
		t.Errorf("%d names were joined and %d left, so little was tried", joined, left)
	}
}
