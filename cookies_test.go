package dewar_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func TestSetCookie(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		cookie *http.Cookie
		want   string // "" for an error
	}{
		{"path is the root", &http.Cookie{Name: "k", Value: "v"}, "k=v; Path=/"},
		{"own path", &http.Cookie{Name: "k", Value: "v", Path: "/a"}, "k=v; Path=/a"},
		{"path is escaped", &http.Cookie{Name: "k", Value: "v", Path: "/a b/ü/%20"}, "k=v; Path=/a%20b/%C3%BC/%20"},
		{"all attributes", &http.Cookie{Name: "k", Value: "v", Path: "/a", Domain: "example.com", MaxAge: 60, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode},
			"k=v; Path=/a; Domain=example.com; Max-Age=60; HttpOnly; Secure; SameSite=Lax"},
		{"domain with a dot in front", &http.Cookie{Name: "k", Value: "v", Domain: ".example.com"}, "k=v; Path=/; Domain=example.com"},
		{"domain that is not ASCII", &http.Cookie{Name: "k", Value: "v", Domain: "bücher.example"}, "k=v; Path=/; Domain=xn--bcher-kva.example"},
		{"partitioned implies secure", &http.Cookie{Name: "k", Value: "v", Partitioned: true}, "k=v; Path=/; Secure; Partitioned"},
		{"not ASCII", &http.Cookie{Name: "k", Value: "grüße"}, `k="gr\303\274\303\237e"; Path=/`},
		{"semicolon", &http.Cookie{Name: "k", Value: "a;b"}, `k="a\073b"; Path=/`},
		{"quote", &http.Cookie{Name: "k", Value: `a"b`}, `k="a\"b"; Path=/`},
		{"backslash", &http.Cookie{Name: "k", Value: `a\b`}, `k="a\\b"; Path=/`},
		{"asked to quote", &http.Cookie{Name: "k", Value: "a", Quoted: true}, `k=a; Path=/`},
		{"NUL and ESC are quoted", &http.Cookie{Name: "k", Value: "\x00\x1b"}, `k="\000\033"; Path=/`},
		{"empty", &http.Cookie{Name: "k"}, "k=; Path=/"},
		{"line break", &http.Cookie{Name: "k", Value: "a\r\nSet-Cookie: x=1"}, ""},
		{"no name", &http.Cookie{Value: "v"}, ""},
		{"name with a space", &http.Cookie{Name: "a b", Value: "v"}, ""},
		{"name with an equals sign", &http.Cookie{Name: "a=b", Value: "v"}, ""},
		{"name that is not ASCII", &http.Cookie{Name: "ü", Value: "v"}, ""},
		{"name with a line break", &http.Cookie{Name: "a\n", Value: "v"}, ""},
		{"path with an attribute", &http.Cookie{Name: "k", Value: "v", Path: "/;Domain=evil.example"}, ""},
		{"path with a line break", &http.Cookie{Name: "k", Value: "v", Path: "/\n"}, ""},
		{"domain with an attribute", &http.Cookie{Name: "k", Value: "v", Domain: "a.example;x"}, ""},
		{"domain that is no name", &http.Cookie{Name: "k", Value: "v", Domain: "ü..example"}, ""},
		{"expiry that no cookie can have", &http.Cookie{Name: "k", Value: "v", Expires: time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC)}, ""},
		{"as large as browsers take", &http.Cookie{Name: "k", Value: strings.Repeat("x", 4093-len("k=; Path=/"))}, "k=" + strings.Repeat("x", 4083) + "; Path=/"},
		{"too large", &http.Cookie{Name: "k", Value: strings.Repeat("x", 4094-len("k=; Path=/"))}, ""},
		{"too large by its quotes", &http.Cookie{Name: "k", Value: strings.Repeat("ü", 600)}, ""},
		{"nil", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			var err error
			app.Get("/", func(c *dewar.Context) error { err = c.SetCookie(tt.cookie); return c.Text("ok") })
			got := strings.Join(get(app, "/").Header()["Set-Cookie"], "\n")
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if tt.cookie != nil && tt.cookie.Path == "/a b/ü/%20" != (tt.name == "path is escaped") {
				t.Errorf("the caller's cookie was changed: %v", tt.cookie)
			}
		})
	}
}

func TestMaxCookieSizeZeroIsNoLimit(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Set("MAX_COOKIE_SIZE", 0))
	app.Get("/", func(c *dewar.Context) error {
		must(t, c.SetCookie(&http.Cookie{Name: "k", Value: strings.Repeat("x", 9000)}))
		return c.Text("ok")
	})
	if got := get(app, "/").Header().Get("Set-Cookie"); len(got) < 9000 {
		t.Errorf("got %d bytes", len(got))
	}
}

func TestDeleteCookie(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	cookie := http.Cookie{
		Name: "k", Value: "grüße", Path: "/a", Domain: "example.com", MaxAge: 60, Expires: time.Now().Add(time.Hour),
		HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode, Partitioned: true,
	}
	app.Get("/", func(c *dewar.Context) error {
		must(t, c.DeleteCookie(&cookie))
		must(t, c.DeleteCookie(&http.Cookie{Name: "plain"}))
		if c.DeleteCookie(nil) == nil || c.DeleteCookie(&http.Cookie{}) == nil {
			t.Error("no error of a cookie that is none")
		}
		return c.Text("ok")
	})
	const gone = "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"
	got := strings.Join(get(app, "/").Header()["Set-Cookie"], "\n")
	want := "k=; Path=/a; Domain=example.com; " + gone + "; HttpOnly; Secure; SameSite=Strict; Partitioned\nplain=; Path=/; " + gone
	if got != want || cookie.Value != "grüße" {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCookieReadsWhatPythonWrites(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		return c.JSON([]any{c.Cookie("k"), c.Cookies().String("k"), c.Cookies().Strings("k"), c.Cookie("none"), c.Cookies().Has("none"), c.Cookies().Int("n")})
	})
	for cookie, want := range map[string]string{
		`k="\303\274"; n=7`:     `["ü","ü",["ü"],"",false,7]`,
		`n=7; k="a;b"`:          `["a;b","a;b",["a;b"],"",false,7]`,
		`k=first; k=second`:     `["first","first",["first","second"],"",false,0]`,
		`k="a\"b\\c\054"`:       `["a\"b\\c,","a\"b\\c,",["a\"b\\c,"],"",false,0]`,
		"k=\xff":                `["�","�",["�"],"",false,0]`,
		`kk=1; k`:               `["","",[""],"",false,0]`,
		`k="open; n=7`:          `["\"open","\"open",["\"open"],"",false,7]`,
		`n="\067"; k=%C3%BC`:    `["%C3%BC","%C3%BC",["%C3%BC"],"",false,7]`,
		`k=a b, c; n=7`:         `["a b, c","a b, c",["a b, c"],"",false,7]`,
		strings.Repeat(";", 99): `["","",null,"",false,0]`,
	} {
		if got := strings.TrimSpace(get(app, "/", "Cookie", cookie).Body.String()); got != want {
			t.Errorf("%q: got %s, want %s", cookie, got, want)
		}
	}
}

// A test client gives back what it was given, as a browser does.
func TestCookiesComeBack(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	const text = "grüße; \"a\\b\", \x00"
	app.Get("/set", func(c *dewar.Context) error {
		must(t, c.SetCookie(&http.Cookie{Name: "k", Value: text}))
		return c.NoContent()
	})
	app.Get("/", func(c *dewar.Context) error { return c.Text(c.Cookie("k")) })
	client := dewartest.New(t, app)
	if got := client.Get("/set").Cookie("k"); got == nil || got.Value != text {
		t.Errorf("the response has %v", got)
	}
	if got := client.Cookie("k"); got == nil || got.Value != text {
		t.Errorf("the client has %v", got)
	}
	client.Get("/").Want(200, text)
	client.SetCookie(&http.Cookie{Name: "k", Value: "other; ü"})
	client.Get("/").Want(200, "other; ü")
	if got := string(client.Get("/", dewartest.Cookie("k", "once, \"ü\"")).Body); got != "once, \"ü\"" {
		t.Errorf("got %q", got)
	}
}
