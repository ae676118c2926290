package dewar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestHosts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		trusted []string
		good    map[string]string
		bad     []string
	}{
		{"any well-formed host", nil,
			map[string]string{"localhost": "localhost", "example.com:8080": "example.com:8080", "EXAMPLE.com": "example.com", "127.0.0.1:5000": "127.0.0.1:5000",
				"[::1]": "[::1]", "[::1]:5000": "[::1]:5000", "a_b.example": "a_b.example", "example.com.": "example.com.", "": "localhost",
				"example.com:80": "example.com", "example.com:443": "example.com:443", "[2001:DB8:0::1]:80": "[2001:db8::1]",
				"[::1%25eth0]": "[::1]", "[fe80::1%25en0]:8080": "[fe80::1]:8080"},
			[]string{"a:80:90", "a:", "a:99999", "a:0", "a:+80", "[::1", "::1", "[::1%25]", "[::1%25a/b]", "a..b", ".a", "-a", "a/b", "a@b", "a b", "a?b", "a#b", "a\\b",
				"<script>", "é.example", strings.Repeat("a", 254), "[1.2.3.4]", "[]"}},
		{"trusted hosts", []string{"example.com", ".example.org"},
			map[string]string{"example.com": "example.com", "example.com:80": "example.com", "EXAMPLE.COM": "example.com", "example.com.": "example.com.",
				"example.org": "example.org", "www.example.org": "www.example.org", "a.b.example.org:8080": "a.b.example.org:8080"},
			[]string{"", "evil.com", "evilexample.com", "www.example.com", "example.com.evil", "evilexample.org", "example.com:80@evil", "localhost"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			if err := app.Config.Set("TRUSTED_HOSTS", tt.trusted); err != nil {
				t.Fatal(err)
			}
			app.BeforeRequest(func(c *dewar.Context) error {
				if c.Host() == "" {
					t.Error("a before-request hook saw a request whose host is not trusted")
				}
				return nil
			})
			app.ErrorHandler(400, func(c *dewar.Context, err error) error {
				if _, uerr := c.URLFor("index", dewar.External()); c.Host() != "" || uerr == nil {
					t.Errorf("the error handler sees host %q and can build external URLs", c.Host())
				}
				return c.Text("bad host")
			})
			app.Get("/", func(c *dewar.Context) error { return c.Text(c.Host()) }, dewar.Endpoint("index"))
			for host, want := range tt.good {
				if rec := send(app, "GET", "/", "Host", host); rec.Code != 200 || rec.Body.String() != want {
					t.Errorf("host %q: got %d %q, want 200 %q", host, rec.Code, rec.Body, want)
				}
			}
			for _, host := range tt.bad {
				if rec := send(app, "GET", "/", "Host", host); rec.Code != 400 || rec.Body.String() != "bad host" {
					t.Errorf("host %q: got %d %q, want 400", host, rec.Code, rec.Body)
				}
			}
		})
	}
}

func TestForwardedHeaders(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	if err := app.Config.Set("TRUSTED_PROXIES", []string{"10.0.0.0/8", "192.168.1.1", "fd00::/8"}); err != nil {
		t.Fatal(err)
	}
	app.Get("/", func(c *dewar.Context) error {
		return c.Text(fmt.Sprintf("%s %s %s", c.ClientIP(), c.Scheme(), c.Host()))
	})
	for _, tt := range []struct {
		name, peer string
		header     []string
		want       string
	}{
		{"from nobody trusted", "203.0.113.9:1", []string{"X-Forwarded-For", "1.2.3.4", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.example"}, "203.0.113.9 http localhost"},
		{"from a proxy", "10.1.2.3:1", []string{"X-Forwarded-For", "1.2.3.4", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "site.example"}, "1.2.3.4 https site.example"},
		{"a spoofed entry on the left", "10.1.2.3:1", []string{"X-Forwarded-For", "6.6.6.6, 1.2.3.4"}, "1.2.3.4 http localhost"},
		{"two header lines", "10.1.2.3:1", []string{"X-Forwarded-For", "6.6.6.6", "X-Forwarded-For", "1.2.3.4"}, "1.2.3.4 http localhost"},
		{"proxies in between", "10.1.2.3:1", []string{"X-Forwarded-For", "6.6.6.6, 1.2.3.4, 10.9.9.9, 192.168.1.1"}, "1.2.3.4 http localhost"},
		{"only proxies", "10.1.2.3:1", []string{"X-Forwarded-For", "10.9.9.9"}, "10.1.2.3 http localhost"},
		{"garbage fails closed", "10.1.2.3:1", []string{"X-Forwarded-For", "6.6.6.6, unknown"}, "10.1.2.3 http localhost"},
		{"an address with what is no port fails closed", "10.1.2.3:1", []string{"X-Forwarded-For", "1.2.3.4:99999"}, "10.1.2.3 http localhost"},
		{"an address of IPv6", "[fd00::1]:1", []string{"X-Forwarded-For", "2001:db8::1"}, "2001:db8::1 http localhost"},
		{"a mapped address", "10.1.2.3:1", []string{"X-Forwarded-For", "::ffff:1.2.3.4"}, "1.2.3.4 http localhost"},
		{"a client in the proxies' network behind a spoofed entry", "10.1.2.3:1", []string{"X-Forwarded-For", "6.6.6.6, 10.9.9.9, 1.2.3.4:5, 10.9.9.9:443, [fd00::2]:80"}, "1.2.3.4 http localhost"},
		{"a scheme with a line break", "10.1.2.3:1", []string{"X-Forwarded-Proto", "https\r\n"}, "10.1.2.3 https localhost"},
		{"the scheme of a websocket", "10.1.2.3:1", []string{"X-Forwarded-Proto", "wss"}, "10.1.2.3 https localhost"},
		{"no such scheme", "10.1.2.3:1", []string{"X-Forwarded-Proto", "javascript"}, "10.1.2.3 http localhost"},
		{"the nearest proxy's scheme", "10.1.2.3:1", []string{"X-Forwarded-Proto", "http, HTTPS"}, "10.1.2.3 https localhost"},
		{"a socket that nobody trusts", "10.1.2.3:1", []string{"X-Forwarded-For", "6.6.6.6, unix:"}, "10.1.2.3 http localhost"},
		{"fifty proxies", "10.1.2.3:1", []string{"X-Forwarded-For", "1.2.3.4" + strings.Repeat(", 10.9.9.9", 49)}, "1.2.3.4 http localhost"},
		{"more proxies than are looked at", "10.1.2.3:1", []string{"X-Forwarded-For", "1.2.3.4" + strings.Repeat(", 10.9.9.9", 50)}, "10.1.2.3 http localhost"},
		{"the nearest proxy's line", "10.1.2.3:1", []string{"X-Forwarded-Proto", "http", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "site.example"}, "10.1.2.3 https site.example"},
		{"other headers are not believed", "10.1.2.3:1", []string{"X-Real-IP", "6.6.6.6", "Forwarded", "for=6.6.6.6", "True-Client-IP", "6.6.6.6"}, "10.1.2.3 http localhost"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "http://localhost/", nil)
			r.RemoteAddr = tt.peer
			for i := 0; i < len(tt.header); i += 2 {
				r.Header.Add(tt.header[i], tt.header[i+1])
			}
			rec := httptest.NewRecorder()
			app.ServeHTTP(rec, r)
			if got := rec.Body.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCrossOriginRequests(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	if err := app.Config.FromMapping(dewar.Map{"TRUSTED_ORIGINS": []string{"https://partner.example"}, "TRUSTED_PROXIES": []string{"10.0.0.1"}}); err != nil {
		t.Fatal(err)
	}
	changed := false
	app.BeforeRequest(func(c *dewar.Context) error { changed = changed || c.Request.Method == "POST"; return nil })
	app.Route("/", index, dewar.Methods("GET", "POST"))
	app.Post("/hook", other, dewar.CrossOriginExempt())
	for _, tt := range []struct {
		name, method, path string
		header             []string
		status             int
	}{
		{"no browser", "POST", "/", nil, 200},
		{"same origin", "POST", "/", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://localhost"}, 200},
		{"typed in", "POST", "/", []string{"Sec-Fetch-Site", "none"}, 200},
		{"cross site", "POST", "/", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		{"same site is another origin", "POST", "/", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"garbage", "POST", "/", []string{"Sec-Fetch-Site", "whatever"}, 403},
		{"an old browser from here", "POST", "/", []string{"Origin", "http://localhost"}, 200},
		{"an old browser from elsewhere", "POST", "/", []string{"Origin", "http://evil.example"}, 403},
		{"null", "POST", "/", []string{"Origin", "null"}, 403},
		{"a user name in the origin", "POST", "/", []string{"Origin", "http://user@localhost"}, 403},
		{"a trusted origin", "POST", "/", []string{"Origin", "https://partner.example", "Sec-Fetch-Site", "cross-site"}, 200},
		{"two origins", "POST", "/", []string{"Origin", "http://localhost", "Origin", "http://evil.example"}, 400},
		{"two Sec-Fetch-Site", "POST", "/", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Site", "cross-site"}, 400},
		{"reading is allowed", "GET", "/", []string{"Sec-Fetch-Site", "cross-site"}, 200},
		{"an exempt route", "POST", "/hook", []string{"Sec-Fetch-Site", "cross-site"}, 200},
		{"no route", "POST", "/nothing", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a foreign method token", "FROB", "/", []string{"Sec-Fetch-Site", "cross-site"}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed = false
			rec := send(app, tt.method, tt.path, tt.header...)
			if rec.Code != tt.status {
				t.Errorf("got %d %q, want %d", rec.Code, rec.Body, tt.status)
			}
			if tt.status >= 400 && changed {
				t.Error("a hook ran before the request was refused")
			}
		})
	}
	t.Run("plain http origin on an https site", func(t *testing.T) {
		r := httptest.NewRequest("POST", "http://localhost/", nil)
		r.RemoteAddr = "10.0.0.1:1"
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("Origin", "http://localhost")
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, r)
		if rec.Code != 403 {
			t.Errorf("got %d, want 403", rec.Code)
		}
	})
	t.Run("the host that the proxy tells counts", func(t *testing.T) {
		r := httptest.NewRequest("POST", "http://internal/", nil)
		r.RemoteAddr = "10.0.0.1:1"
		r.Header.Set("X-Forwarded-Host", "site.example")
		r.Header.Set("Origin", "http://site.example")
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, r)
		if rec.Code != 200 {
			t.Errorf("got %d, want 200", rec.Code)
		}
	})
	t.Run("switched off", func(t *testing.T) {
		open := newApp(t)
		if err := open.Config.Set("CROSS_ORIGIN_PROTECTION", false); err != nil {
			t.Fatal(err)
		}
		open.Post("/", index)
		if rec := send(open, "POST", "/", "Sec-Fetch-Site", "cross-site"); rec.Code != 200 {
			t.Errorf("got %d, want 200", rec.Code)
		}
	})
}

func TestDefaultHeaders(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/text", func(c *dewar.Context) error { return c.Text("x") })
	app.Get("/page", func(c *dewar.Context) error { return c.HTML("<p>x") })
	app.Get("/own", func(c *dewar.Context) error {
		c.Response.Header().Set("X-Frame-Options", "DENY")
		return c.HTML("<p>x")
	})
	app.Get("/away", func(c *dewar.Context) error { return c.Redirect("/text") })
	app.Get("/fail", func(*dewar.Context) error { panic("oh") })
	for path, frame := range map[string]string{"/text": "", "/page": "SAMEORIGIN", "/own": "DENY", "/away": "", "/fail": "SAMEORIGIN", "/none": "SAMEORIGIN"} {
		rec := send(app, "GET", path, "Accept", "text/html")
		if rec.Header().Get("X-Content-Type-Options") != "nosniff" || rec.Header().Get("X-Frame-Options") != frame {
			t.Errorf("%s: %v, want nosniff and X-Frame-Options %q", path, rec.Header(), frame)
		}
		policy := ""
		if frame != "" {
			policy = "strict-origin-when-cross-origin"
		}
		if got := rec.Header().Get("Referrer-Policy"); got != policy {
			t.Errorf("%s: got Referrer-Policy %q, want %q", path, got, policy)
		}
	}
}

func TestHostileInputToHeaders(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]dewar.Handler{
		"a redirect with a line break": func(c *dewar.Context) error { return c.Redirect("/ok\r\nSet-Cookie: a=b") },
		"a cookie with a line break": func(c *dewar.Context) error {
			return c.SetCookie(&http.Cookie{Name: "a", Value: "x\r\nSet-Cookie: b=c"})
		},
		"a cookie without a name": func(c *dewar.Context) error { return c.SetCookie(&http.Cookie{Value: "x"}) },
		"a cookie path with an attribute": func(c *dewar.Context) error {
			return c.SetCookie(&http.Cookie{Name: "a", Value: "x", Path: "/;Domain=evil.example"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", func(c *dewar.Context) error {
				if err := view(c); err != nil {
					return err
				}
				return c.Text("done")
			})
			rec := send(app, "GET", "/")
			if rec.Code != 500 || len(rec.Header()["Set-Cookie"]) > 0 {
				t.Errorf("got %d %v, want 500 and no cookie", rec.Code, rec.Header())
			}
		})
	}
}
