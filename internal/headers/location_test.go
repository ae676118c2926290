package headers_test

import (
	"testing"

	"github.com/dewar-go/dewar/internal/headers"
)

// What Werkzeug's iri_to_uri makes of the same targets.
func TestLocation(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                               "",
		"/":                              "/",
		`/x?"><script>`:                  "/x?%22%3E%3Cscript%3E",
		"/a b":                           "/a%20b",
		"/ü":                             "/%C3%BC",
		"//ü.example/ü":                  "//xn--tda.example/%C3%BC",
		"https://bücher.example/ä?q=ö#ü": "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6#%C3%BC",
		"https://münchen.de:8080/":       "https://xn--mnchen-3ya.de:8080/",
		"https://u:p@h/":                 "https://u:p@h/",
		"https://ü:ß@h/":                 "https://%C3%BC:%C3%9F@h/",
		"/%C3%BC":                        "/%C3%BC",
		"/%":                             "/%",
		"/%zz?%":                         "/%zz?%",
		"/a%2fb":                         "/a%2fb",
		`/a\b`:                           "/a%5Cb",
		`\\evil.example`:                 "%5C%5Cevil.example",
		"/[x]":                           "/%5Bx%5D",
		"/{x}|^`":                        "/%7Bx%7D%7C%5E%60",
		`/x#"<>`:                         "/x#%22%3C%3E",
		"http://[::1]:80/":               "http://[::1]:80/",
		"http://[::1]":                   "http://[::1]",
		"?a=b c":                         "?a=b%20c",
		"#f g":                           "#f%20g",
		"mailto:a@b":                     "mailto:a@b",
		"/a;b,c@d:e!$&'()*+=~":           "/a;b,c@d:e!$&'()*+=~",
		"/é%C3%A9":                       "/%C3%A9%C3%A9",
		"http://xn--mnchen-3ya.de/":      "http://xn--mnchen-3ya.de/",
		"/#a#b":                          "/#a#b",
		"/?a?b":                          "/?a?b",
		"/x?next=/a/b:c@d":               "/x?next=/a/b:c@d",
		"/x?a=[1]&b={2}|3^4`":            "/x?a=%5B1%5D&b=%7B2%7D%7C3%5E4%60",
		"/login?next=http://ü.example/ü": "/login?next=http://%C3%BC.example/%C3%BC",
		"/go//ü":                         "/go//%C3%BC",
		"\u00a0":                         "%C2%A0",
		"/\xff":                          "/%FF",
		"http://a b.example/":            "http://a%20b.example/",
		`http://a"b@c<d/`:                "http://a%22b@c%3Cd/",
	} {
		got, ok := headers.Location(in)
		if !ok || got != want {
			t.Errorf("Location(%q) = %q, %t, want %q", in, got, ok, want)
		}
		if again, _ := headers.Location(got); again != got {
			t.Errorf("Location(%q) = %q, so %q is escaped twice", got, again, in)
		}
	}
	for _, in := range []string{"http://ü..example/", "//\xff.example/"} {
		if got, ok := headers.Location(in); ok {
			t.Errorf("Location(%q) = %q, want that it has no such host", in, got)
		}
	}
}
