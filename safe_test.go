package dewar_test

import (
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestSecureFilename(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"My cool movie.mov":                 "My_cool_movie.mov",
		"../../../etc/passwd":               "etc_passwd",
		"i contain cool ümläuts.txt":        "i_contain_cool_umlauts.txt",
		"":                                  "",
		"../":                               "",
		"日本語":                               "",
		"日本語.txt":                           "txt",
		".htaccess":                         "htaccess",
		"a\x00b\r\nc.txt":                   "ab_c.txt",
		"..／..／etc":                         "etc",
		"ﬁle①½.txt":                         "file112.txt",
		"𝐁𝐨𝐥𝐝.png":                          "Bold.png",
		"<script>alert(1)</script>.html":    "scriptalert1_script.html",
		"a  \t b":                           "a_b",
		"__init__.py":                       "init__.py",
		"CON":                               "_CON",
		"con.txt":                           "_con.txt",
		"Lpt1.tar.gz":                       "_Lpt1.tar.gz",
		"nul ":                              "_nul",
		"COM¹":                              "_COM1",
		"AUX .txt":                          "AUX_.txt",
		"b/CON":                             "b_CON",
		"CON . txt":                         "CON_._txt",
		"COM1":                              "_COM1",
		"LPT9.tar.gz":                       "_LPT9.tar.gz",
		"conin$":                            "conin",
		"console.txt":                       "console.txt",
		"a\xffb":                            "ab",
		"\u202egpj.exe":                     "gpj.exe",
		strings.Repeat("é", 3) + ".tar.gz":  "eee.tar.gz",
		"~/.ssh/id_rsa":                     "ssh_id_rsa",
		"x.php%00.jpg":                      "x.php00.jpg",
		"https://example.com/a?b=c.jpg#d=1": "https_example.com_abc.jpgd1",
	} {
		if got := dewar.SecureFilename(in); got != want {
			t.Errorf("SecureFilename(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSafeJoin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, dir string
		parts     []string
		want      string // "" when it is refused
	}{
		{"a file", "up", []string{"a.txt"}, "up/a.txt"},
		{"folders", "up", []string{"a/b", "c"}, "up/a/b/c"},
		{"none", "up", nil, "up"},
		{"an empty part", "up", []string{"", "a"}, "up/a"},
		{"the folder itself", "up", []string{"."}, "up"},
		{"no folder", "", []string{"a"}, "a"},
		{"no folder and an absolute part", "", []string{"/etc"}, ""},
		{"dots inside", "up", []string{"a/../b"}, "up/b"},
		{"dots in a name", "up", []string{"a..b", "..a"}, "up/a..b/..a"},
		{"a dotfile", "up", []string{".env"}, "up/.env"},
		{"up", "up", []string{".."}, ""},
		{"up and down", "up", []string{"../up/a"}, ""},
		{"up in the middle", "up", []string{"a/../../b"}, ""},
		{"up in a part of its own", "up", []string{"a", ".."}, ""},
		{"absolute", "up", []string{"/etc/passwd"}, ""},
		{"absolute, later", "up", []string{"a", "/etc/passwd"}, ""},
		{"two slashes", "up", []string{"//server/share"}, ""},
		{"backslash", "up", []string{`a\b`}, ""},
		{"backslashes up", "up", []string{`..\..\x`}, ""},
		{"drive", "up", []string{"C:/x"}, ""},
		{"drive, relative", "up", []string{"C:x"}, ""},
		{"stream", "up", []string{"a.txt::$DATA"}, ""},
		{"network share", "up", []string{`\\server\share`}, ""},
		{"device", "up", []string{"CON"}, ""},
		{"device with an extension", "up", []string{"nul.txt"}, ""},
		{"device in a folder", "up", []string{"a/COM1/b"}, ""},
		{"device at the end", "up", []string{"b/CON"}, ""},
		{"device with spaces", "up", []string{"a/ aux .txt"}, ""},
		{"device with spaces and an extension", "up", []string{"CON . txt"}, ""},
		{"device with two extensions", "up", []string{"LPT9.tar.gz"}, ""},
		{"console to read from", "up", []string{"CONIN$"}, ""},
		{"device with a raised digit", "up", []string{"com²"}, ""},
		{"console", "up", []string{"CONOUT$"}, ""},
		{"dot at the end", "up", []string{"a."}, ""},
		{"space at the end", "up", []string{"a /b"}, ""},
		{"three dots", "up", []string{".../x"}, ""},
		{"NUL", "up", []string{"a\x00.txt"}, ""},
		{"line break", "up", []string{"a\nb"}, ""},
	} {
		got, ok := dewar.SafeJoin(filepath.FromSlash(tt.dir), tt.parts...)
		if filepath.ToSlash(got) != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: SafeJoin(%q, %q) = %q, %t, want %q", tt.name, tt.dir, tt.parts, got, ok, tt.want)
		}
	}
}

// safeNext asks for SafeNext in a request to target.
func safeNext(t *testing.T, target, next string) string {
	t.Helper()
	app := newApp(t)
	var got string
	app.Get("/login", func(c *dewar.Context) error { got = c.SafeNext(next, "/fallback"); return c.Text("") })
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	if w.Code != 200 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return got
}

func TestSafeNext(t *testing.T) {
	t.Parallel()
	const refused = "/fallback"
	for next, want := range map[string]string{
		"/": "/", "/a": "/a", "/a/b?c=d&e=//x#f": "/a/b?c=d&e=//x#f", "/grüße": "/grüße", "/a%20b": "/a%20b", "/a//b": "/a//b",
		"/?next=http://evil.example/": "/?next=http://evil.example/", "/a:b@c": "/a:b@c", "/%252f%252fevil.example": "/%252f%252fevil.example",
		"/q?text=%0A": "/q?text=%0A", "/a..b": "/a..b", "/a/../b": "/a/../b",

		"http://site.example/a?b=c#d": "/a?b=c#d", "http://site.example": "/", "HTTP://SITE.example:80/a": "/a", "http://site.example?a=b": "/?a=b",
		"http://site.example#a": "/#a",

		"": refused, "a": refused, "a/b": refused, "?a=b": refused, "#a": refused, "./a": refused, "../a": refused,
		"//evil.example": refused, "///evil.example": refused, "////evil.example": refused, `/\evil.example`: refused, `\/evil.example`: refused,
		`\\evil.example`: refused, `/\/evil.example`: refused, `/a\b`: refused, "\t//evil.example": refused, "/\t/evil.example": refused,
		"/\n/evil.example": refused, "/\r\n/evil.example": refused, " //evil.example": refused, " /a": refused, "/a ": refused, "\u00a0//evil.example": refused,
		"/%09/evil.example": refused, "/%0d%0aSet-Cookie:a=b": refused, "/%2f/evil.example": refused, "/%2fevil.example": refused,
		"/%5cevil.example": refused, "/%5C/evil.example": refused, "/%00": refused, "/a\x00": refused, "/a\x7f": refused, "/\u0085/evil.example": refused,
		"/.//evil.example": refused, "/..//evil.example": refused, "/a/..//evil.example": refused, "/%2e//evil.example": refused, "/%2E%2E/%2fevil.example": refused,
		"/%": refused, "/%zz": refused, "/\xff": refused, "/a\r\nLocation: http://evil.example": refused,
		"http://evil.example/": refused, "https://site.example/": refused, "http:site.example": refused, "http:/site.example/a": refused,
		"http:///evil.example": refused, "http://site.example:8080/": refused, "http://site.example.evil.example/": refused,
		"http://site.example@evil.example/": refused, "http://evil.example@site.example/": refused, "http://user:pass@site.example/": refused,
		`http://site.example\@evil.example/`: refused, "http://site.example//evil.example": refused, `http://site.example/\evil.example`: refused,
		"http://evil.example#@site.example/": refused, "http://evil.example?@site.example/": refused, "//site.example/a": refused,
		"javascript:alert(1)": refused, "javascript://site.example/%0aalert(1)": refused, "data:text/html,x": refused, "ftp://site.example/": refused,
		"／／evil.example": refused, "http://site。example/": refused, "http://[::1]/": refused, "http://site.example./a": "/a", "mailto:a@b": refused,
		"http://site.example:/a": refused, "/?a=\n": refused, "/#\x7f": refused, `/?a=\`: refused, `/#\`: refused,
	} {
		if got := safeNext(t, "http://site.example/login", next); got != want {
			t.Errorf("SafeNext(%q) = %q, want %q", next, got, want)
		}
	}
	for next, want := range map[string]string{
		"https://[::1]:8443/a": "/a", "https://[::1]/a": refused, "https://[::1]:443/a": refused, "http://[::1]:8443/a": refused,
	} {
		if got := safeNext(t, "https://[::1]:8443/login", next); got != want {
			t.Errorf("SafeNext(%q) on [::1]:8443 = %q, want %q", next, got, want)
		}
	}
}

// Whatever next is, a browser that follows the redirect stays on the site.
func FuzzSafeNext(f *testing.F) {
	for _, next := range []string{"/a", "//evil", `/\evil`, "/%2fevil", "http://site.example/a", "/.//evil", "/a?b#c", "/\t/evil", "javascript:x"} {
		f.Add(next)
	}
	app := dewar.New("test", dewar.RootPath(f.TempDir()))
	var next string
	app.Get("/login", func(c *dewar.Context) error { return c.Redirect(c.SafeNext(next, "/fallback")) })
	base, _ := url.Parse("http://site.example/login")
	f.Fuzz(func(t *testing.T, s string) {
		next = s
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", base.String(), nil))
		location := w.Header().Get("Location")
		if w.Code != 302 || !strings.HasPrefix(location, "/") || strings.ContainsAny(location, "\\\t\r\n \x00") {
			t.Fatalf("%q: got %d %q", s, w.Code, location)
		}
		target, err := base.Parse(location)
		if err != nil || target.Scheme != "http" || target.Host != "site.example" || target.User != nil || strings.HasPrefix(target.Path, "//") {
			t.Errorf("%q leads to %v, %v", s, target, err)
		}
	})
}
