package dewar_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/dewar-go/dewar"
)

// A sessionCookie is how the cookie of a session is configured.
type sessionCookie struct {
	domain, path, sameSite        string
	secure, httpOnly, partitioned bool
}

// sessionCookies returns all the ways to switch each attribute on and off, at two paths.
func sessionCookies() []sessionCookie {
	var all []sessionCookie
	for i := range 1 << 6 {
		k := sessionCookie{path: "/", secure: i&1 > 0, httpOnly: i&2 > 0, partitioned: i&4 > 0}
		if i&8 > 0 {
			k.domain = "example.com"
		}
		if i&16 > 0 {
			k.sameSite = "Strict"
		}
		if i&32 > 0 {
			k.path = "/p"
		}
		all = append(all, k)
	}
	return all
}

// config returns the keys of the configuration that ask for k.
func (k sessionCookie) config() dewar.Map {
	config := dewar.Map{
		"SESSION_COOKIE_SECURE": k.secure, "SESSION_COOKIE_HTTPONLY": k.httpOnly, "SESSION_COOKIE_PARTITIONED": k.partitioned,
		"SESSION_COOKIE_SAMESITE": k.sameSite,
	}
	if k.domain != "" {
		config["SESSION_COOKIE_DOMAIN"] = k.domain
	}
	if k.path != "/" {
		config["SESSION_COOKIE_PATH"] = k.path
	}
	return config
}

// line returns the Set-Cookie line for a value; end says when browsers drop it.
func (k sessionCookie) line(value, end string) string {
	line := "session=" + value + "; Path=" + k.path
	for _, attribute := range []struct {
		is   bool
		text string
	}{
		{k.domain != "", "; Domain=" + k.domain},
		{true, end},
		{k.httpOnly, "; HttpOnly"},
		{k.secure || k.partitioned, "; Secure"},
		{k.sameSite != "", "; SameSite=" + k.sameSite},
		{k.partitioned, "; Partitioned"},
	} {
		if attribute.is {
			line += attribute.text
		}
	}
	return line
}

// In the bubble of a test it is the beginning of the year 2000, and a session lives for 31 days.
const (
	atOnce     = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"
	inFebruary = "; Expires=Tue, 01 Feb 2000 00:00:00 GMT"
)

// TestSessionCookieAttributes compares the whole line that sets a cookie, also one that outlives the browser, with the
// one that deletes it: browsers delete the cookie with the same name, domain and path, and refuse to do so, or keep
// another one, where the other attributes are missing.
func TestSessionCookieAttributes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, k := range sessionCookies() {
			app := configured(t, k.config())
			app.Get("/set", func(c *dewar.Context) error { c.Session().Set("user", "ann"); return c.Text("") })
			app.Get("/stay", func(c *dewar.Context) error { c.Session().SetPermanent(true); return c.Text("") })
			app.Get("/clear", func(c *dewar.Context) error { c.Session().Clear(); return c.Text("") })
			tellUser(app)
			jar := map[string]string{}
			for _, tt := range []struct{ path, end string }{{"/set", ""}, {"/stay", inFebruary}, {"/clear", atOnce}} {
				lines := visit(t, app, tt.path, jar).Header["Set-Cookie"]
				if want := k.line(jar["session"], tt.end); len(lines) != 1 || lines[0] != want {
					t.Errorf("%s with %+v:\ngot  %q\nwant %q", tt.path, k, lines, want)
				}
				if who := visitBody(t, app, "/who", jar); tt.end != atOnce && who != "ann" {
					t.Errorf("%s with %+v: the cookie gives %q, want ann", tt.path, k, who)
				}
			}
		}
	})
}

func TestSessionCookieAttributesFollowTheConfiguration(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config dewar.Map
		want   string // with %s between name and attributes
	}{
		{"the defaults", nil, "session=%s; Path=/%s; HttpOnly; SameSite=Lax"},
		{"a path from APPLICATION_ROOT", dewar.Map{"APPLICATION_ROOT": "/app/"}, "session=%s; Path=/app%s; HttpOnly; SameSite=Lax"},
		{"a path of its own", dewar.Map{"APPLICATION_ROOT": "/app", "SESSION_COOKIE_PATH": "/p"}, "session=%s; Path=/p%s; HttpOnly; SameSite=Lax"},
		{"a domain with a dot", dewar.Map{"SESSION_COOKIE_DOMAIN": ".example.com"}, "session=%s; Path=/; Domain=example.com%s; HttpOnly; SameSite=Lax"},
		{"no domain from SERVER_NAME", dewar.Map{"SERVER_NAME": "example.com:8080"}, "session=%s; Path=/%s; HttpOnly; SameSite=Lax"},
		{"SameSite in lower case", dewar.Map{"SESSION_COOKIE_SAMESITE": "strict"}, "session=%s; Path=/%s; HttpOnly; SameSite=Strict"},
		{"SameSite None", dewar.Map{"SESSION_COOKIE_SAMESITE": "None", "SESSION_COOKIE_SECURE": true}, "session=%s; Path=/%s; HttpOnly; Secure; SameSite=None"},
		{"SameSite unset", dewar.Map{"SESSION_COOKIE_SAMESITE": nil}, "session=%s; Path=/%s; HttpOnly"},
		{"another name", dewar.Map{"SESSION_COOKIE_NAME": "sid"}, "sid=%s; Path=/%s; HttpOnly; SameSite=Lax"},
		{"__Host-", dewar.Map{"SESSION_COOKIE_NAME": "__Host-session", "SESSION_COOKIE_SECURE": true},
			"__Host-session=%s; Path=/%s; HttpOnly; Secure; SameSite=Lax"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := configured(t, tt.config)
			app.Get("/set", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("") })
			app.Get("/clear", func(c *dewar.Context) error { c.Session().Clear(); return c.Text("") })
			set := visit(t, app, "/set", nil)
			value := set.Cookies()[0].Value
			if got, want := set.Header.Get("Set-Cookie"), fmt.Sprintf(tt.want, value, ""); value == "" || got != want {
				t.Errorf("set: got %q, want %q", got, want)
			}
			if got, want := visit(t, app, "/clear", nil).Header.Get("Set-Cookie"), fmt.Sprintf(tt.want, "", atOnce); got != want {
				t.Errorf("deletion: got %q, want %q", got, want)
			}
		})
	}
}
