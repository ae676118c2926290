package dewar_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// wildConverter takes anything, slashes at its beginning too.
type wildConverter struct{}

func (wildConverter) Pattern() string                { return `(?s).+` }
func (wildConverter) Slashes() bool                  { return true }
func (wildConverter) Parse(text string) (any, error) { return text, nil }
func (wildConverter) Format(v any) (string, error)   { return fmt.Sprint(v), nil }

// strayValues lead a browser off the site, or up, when they stand in a path.
var strayValues = []string{
	"/evil.com", "//evil.com", "/", "//", "/\\evil.com", "..", ".", "../x", "x/..", "x/../../y", "./x", "x/./y", "x/.", "/../evil.com", "",
}

// strangeValues do not: they are escaped.
var strangeValues = []string{
	"\\evil.com", "\\\\evil.com", "\t//evil.com", "\n/evil.com", "\r\nSet-Cookie: a=b", "\x00", " ", "@evil.com", ":80", "https://evil.com", "javascript:alert(1)",
	"?x", "#x", "%2e%2e", "%2f%2fevil.com", "...", "..;", ".. ", "..\\", "\u202e", "\xff", "x//y", "a/b//", "<script>\"'", "é/ü", ";/evil.com",
}

// staysOnSite resolves a URL as a browser does, for which a backslash is a slash and some characters are nothing.
func staysOnSite(t *testing.T, location string) bool {
	t.Helper()
	if strings.ContainsAny(location, "\\\t\r\n\x00") {
		return false
	}
	base, _ := url.Parse("https://good.example/x/y")
	u, err := base.Parse(location)
	return err == nil && u.Host == "good.example" && u.Scheme == "https"
}

func TestWhatIsBuiltStaysOnTheSite(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Converter("wild", wildConverter{})
	app.Get("/{rest:wild}", index, dewar.Endpoint("root"))
	app.Get("/below/{rest:wild}", index, dewar.Endpoint("below"))
	app.Get("/one/{rest}/end", index, dewar.Endpoint("one"))
	app.Get("/path/{rest:path}", index, dewar.Endpoint("path"))
	app.Get("/text-{rest:wild}", index, dewar.Endpoint("beside"))
	var endpoint string
	var value any
	var got string
	var failure error
	app.Post("/build", func(c *dewar.Context) error {
		got, failure = c.URLFor(endpoint, "rest", value)
		return c.NoContent()
	})
	for _, endpoint = range []string{"root", "below", "one", "path"} {
		for _, text := range strayValues {
			value = text
			send(app, "POST", "/build")
			if endpoint == "below" && (strings.HasPrefix(text, "/") && !strings.Contains(text, ".") || text == "/evil.com" || text == "//evil.com" || text == "/\\evil.com") {
				if failure != nil || !staysOnSite(t, got) || !strings.HasPrefix(got, "/below/") {
					t.Errorf("%s %q: got %q, %v", endpoint, text, got, failure)
				}
				continue
			}
			if e, ok := errors.AsType[*dewar.URLError](failure); !ok || e.Unfit != "rest" || len(text) > 2 && strings.Contains(failure.Error(), text) {
				t.Errorf("%s %q: got %q, %v; want a URLError for rest", endpoint, text, got, failure)
			}
		}
		for _, text := range strangeValues {
			value = text
			send(app, "POST", "/build")
			if failure == nil && !staysOnSite(t, got) {
				t.Errorf("%s %q: got %q", endpoint, text, got)
			}
		}
	}
	for text, want := range map[string]string{"..": "/text-..", ".": "/text-.", "\\x": "/text-%5Cx"} {
		endpoint, value = "beside", text
		if send(app, "POST", "/build"); got != want || failure != nil {
			t.Errorf("beside text %q: got %q, %v; want %q", text, got, failure, want)
		}
	}
}

// Whatever is asked for, no redirect of the App's own leaves the site: of a RedirectRule, for a slash, merged slashes,
// defaults.
func TestNoRedirectOfItsOwnLeavesTheSite(t *testing.T) {
	t.Parallel()
	inner := newApp(t)
	inner.Converter("wild", wildConverter{})
	inner.Route("/oldw/{rest:wild}", nil, dewar.RedirectRule("/{rest:wild}"))
	inner.Route("/oldp/{rest:path}", nil, dewar.RedirectRule("/{rest:path}"))
	inner.Route("/oldx/{rest}", nil, dewar.RedirectRule("/n/{rest}"))
	inner.Get("/{rest:wild}/", index, dewar.Endpoint("branch"))
	inner.Get("/n/{a}/", index, dewar.Endpoint("leaf"))
	inner.Get("/p/{page:wild}", index, dewar.Endpoint("list"))
	inner.Get("/p/", index, dewar.Endpoint("list"), dewar.Defaults(dewar.Map{"page": "1"}))
	outer := newApp(t)
	outer.Mount("/m/{tenant}", inner)
	outer.Mount("/m", inner)
	hostile := []string{
		"//evil.com", "///evil.com//", "/\\evil.com", "/%5cevil.com", "/%2fevil.com", "/%2f%2fevil.com", "/%09/evil.com", "/%0a/evil.com", "/%0d/", "/%00/evil.com", "/%20/evil.com",
		"/.//evil.com", "/..//evil.com", "/%2e%2e//evil.com", "/%E2%80%AE/x", "/;/evil.com", "/@evil.com", "/a%3fb", "/a%23b", "/a%25%30%39", "/../evil.com", "/%2e", "/%2e%2e",
		"/%2e%2e%2fevil.com", "/%5c%5cevil.com", "/https://evil.com", "/http:%2f%2fevil.com", "/n/7", "/p/1",
	}
	for _, site := range []http.Handler{inner, outer, http.StripPrefix("/s", inner)} {
		for _, front := range []string{"", "/oldw", "/oldw/", "/oldp", "/oldp/", "/oldx", "/n", "/p", "/m", "/m/x", "/m/%2e%2e", "/m/%5c", "/s", "/s/oldw", "/s/oldw/", "/m/oldw/", "//m", "///m", "//m/x", "//m/oldw/", "//m/x/oldw/"} {
			for _, rest := range hostile {
				target := front + rest
				u, err := url.ParseRequestURI(target)
				if err != nil {
					continue
				}
				r := (&http.Request{Method: "GET", URL: u, RequestURI: target, Host: "good.example", Header: http.Header{}, Body: http.NoBody, RemoteAddr: "192.0.2.1:1"}).WithContext(t.Context())
				rec := httptest.NewRecorder()
				site.ServeHTTP(rec, r)
				if location := rec.Header().Get("Location"); rec.Code >= 500 || rec.Code/100 == 3 && !staysOnSite(t, location) {
					t.Errorf("%s: got %d to %q", target, rec.Code, location)
				}
			}
		}
	}
	if rec := send(outer, "GET", "//m/n/7"); rec.Header().Get("Location") != "/m/n/7/" {
		t.Errorf("two slashes before a mount: got %d to %q, want /m/n/7/", rec.Code, rec.Header().Get("Location"))
	}
	if rec := send(inner, "GET", "/oldw//evil.com"); rec.Code != 404 || rec.Header().Get("Location") != "" {
		t.Errorf("got %d to %q, want a 404", rec.Code, rec.Header().Get("Location"))
	}
}

func TestNamesOfTemplateOptionsAreErrors(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", index, dewar.Endpoint("index"))
	for name, cure := range map[string]string{"_external": "dewar.External()", "_anchor": "dewar.Anchor(", "_scheme": "dewar.Scheme(", "_method": "dewar.ForMethod("} {
		_, err := app.URLFor("index", name, true)
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), cure) {
			t.Errorf("%s: got %v, want an error with %s", name, err, cure)
		}
	}
	if got, err := app.URLFor("index", "_other", 1, dewar.Relative()); got != "/?_other=1" || err != nil {
		t.Errorf("another name: got %q, %v", got, err)
	}
}

// A host that is built from values could otherwise be another site's, as "example.com@evil" is.
func TestValuesOfAHostMakeAHostOrNone(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Set("SERVER_NAME", "example.com"))
	app.Get("/", hello, dewar.Endpoint("host"), dewar.Host("{sub}.example.org"))
	app.Get("/s", hello, dewar.Endpoint("subdomain"), dewar.Subdomain("{sub}"))
	must(t, app.Build())
	for _, endpoint := range []string{"host", "subdomain"} {
		for _, sub := range []string{"", "a b", "a/b", "a:80", "a..b", "-", "a@b", "a#b", "a?b", `a\b`, "[", "ü", "a\r\nb", "a%2fb"} {
			if got, err := app.URLFor(endpoint, "sub", sub); err == nil {
				t.Errorf("%s with %q: got %q, want an error", endpoint, sub, got)
			}
		}
		if got, err := app.URLFor(endpoint, "sub", "A1"); err != nil || !strings.HasPrefix(got, "http://a1.example.") {
			t.Errorf("%s: got %q, %v", endpoint, got, err)
		}
	}
}
