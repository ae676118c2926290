package dewar_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestRedirectEscapesItsTarget(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		`/x?"><script>`:                        "/x?%22%3E%3Cscript%3E",
		"/a b/ü?q=ö#ä":                         "/a%20b/%C3%BC?q=%C3%B6#%C3%A4",
		"/%C3%BC%20?q=100%25":                  "/%C3%BC%20?q=100%25",
		"https://bücher.example/":              "https://xn--bcher-kva.example/",
		`\\evil.example`:                       "%5C%5Cevil.example",
		"https://[::1]:8443/x?a=1&b=2":         "https://[::1]:8443/x?a=1&b=2",
		"":                                     "",
		"/a\r\nX: 1":                           "error",
		"/a\x00":                               "error",
		"https://ü..example/":                  "error",
		"https://" + strings.Repeat("ü", 99):   "error",
		"/search?q=" + strings.Repeat("ü", 99): "/search?q=" + strings.Repeat("%C3%BC", 99),
	} {
		app := newApp(t)
		var err error
		app.Get("/", func(c *dewar.Context) error { err = c.Redirect(target); return err })
		w := get(app, "/")
		got := w.Header().Get("Location")
		if err != nil {
			got = "error"
		}
		if got != want || want != "error" && w.Code != 302 || want == "error" && w.Code != 500 {
			t.Errorf("%q: got %d %q, %v, want %q", target, w.Code, got, err, want)
		}
	}
}

func TestBlobRefusesABrokenType(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.Blob("text/csv\r\nX-Evil: 1", []byte("a,b")) })
	if w := get(app, "/"); w.Code != 500 || w.Header().Get("X-Evil") != "" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
}
