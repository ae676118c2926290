package dewartest

import (
	"cmp"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"

	"github.com/dewar-go/dewar/internal/cookies"
)

// A jar keeps cookies as a browser does: by host, path, expiry and Secure, and with the values as they are written. Like
// browsers it takes localhost for a secure host.
type jar struct{ *cookiejar.Jar }

// setCookies returns the cookies of a response, their values as they stand there: in quotes or not.
func setCookies(header http.Header) (list []*http.Cookie) {
	for _, line := range header["Set-Cookie"] {
		if cookie := cookies.Parse(line); cookie != nil {
			list = append(list, cookie)
		}
	}
	return list
}

func newJar() *jar {
	j, _ := cookiejar.New(nil) // fails never
	return &jar{j}
}

// keep takes the cookies of a response to u in. It returns those that no request to where they came from
// would get, as browsers refuse them.
func (j *jar) keep(u *url.URL, list []*http.Cookie) (refused []refusal) {
	if len(list) == 0 {
		return nil
	}
	j.SetCookies(u, list)
	for _, cookie := range list {
		at := *u
		at.Path, at.RawPath = cmp.Or(cookie.Path, u.Path), ""
		if !deletes(cookie) && j.find(&at, cookie.Name) == nil {
			refused = append(refused, refusal{cookie, &at})
		}
	}
	return refused
}

// find returns the cookie that a request to u would send, or nil.
func (j *jar) find(u *url.URL, name string) *http.Cookie {
	for _, cookie := range j.Cookies(u) {
		if cookie.Name == name {
			return cookie
		}
	}
	return nil
}

// deletes reports whether cookie is set to be forgotten.
func deletes(cookie *http.Cookie) bool {
	if cookie.MaxAge != 0 {
		return cookie.MaxAge < 0
	}
	return !cookie.Expires.IsZero() && !cookie.Expires.After(time.Now())
}

// A refusal is a cookie that the jar did not keep, and where it was set.
type refusal struct {
	cookie *http.Cookie
	at     *url.URL
}

// reason says why a cookie was refused and what to do about it.
func (r refusal) reason() string {
	if r.cookie.Secure && r.at.Scheme != "https" {
		return "it is Secure and " + r.at.Host + " was asked by http; pass dewartest.BaseURL(\"https://" + r.at.Host + "\") to New"
	}
	if r.cookie.Domain != "" {
		return "its Domain " + r.cookie.Domain + " does not cover the host " + r.at.Host + "; set SERVER_NAME, or pass dewartest.BaseURL to New"
	}
	return "browsers refuse it"
}

// noteRefused tells, in the log of a test that fails, about cookies that will not come back.
func (c *Client) noteRefused(refused []refusal) {
	c.t.Helper()
	for _, r := range refused {
		c.t.Logf("dewartest: the cookie %q is not sent back: %s", r.cookie.Name, r.reason())
	}
}

// Cookie returns the cookie that the next request would send to the root of the application, with its name
// and value alone, or nil when there is none. The session's cookie is found also when it has a longer path.
// What else a Set-Cookie header said is in [Response.Cookies].
func (c *Client) Cookie(name string) *http.Cookie {
	cookie := c.jar.Load().find(c.cookieURL(name), name)
	if cookie != nil {
		cookie.Value = cookies.Unquote(cookie.Value)
	}
	return cookie
}

// SetCookie gives the client a cookie, as if the root of the application had set it: Domain, Path, Secure and
// expiry count, and one that has expired removes the one it has. Its value is quoted as by [dewar.Context.SetCookie]. A
// cookie that browsers would refuse ends the test.
func (c *Client) SetCookie(cookie *http.Cookie) {
	c.t.Helper()
	if _, err := cookies.Set(cookie); err != nil {
		c.t.Fatalf("dewartest: the cookie %q cannot be set: %v", cookie.Name, err)
	}
	quoted := *cookie
	quoted.Value, quoted.Quoted = cookies.Quote(cookie.Value), false
	c.mustKeep(c.cookieURL(cookie.Name), []*http.Cookie{&quoted})
}

// ClearCookies makes the client a new visitor, without any cookies.
func (c *Client) ClearCookies() { c.jar.Store(newJar()) }

// mustKeep keeps cookies, all of them or the test ends.
func (c *Client) mustKeep(u *url.URL, cookies []*http.Cookie) {
	c.t.Helper()
	for _, r := range c.jar.Load().keep(u, cookies) {
		c.t.Fatalf("dewartest: the cookie %q cannot be kept: %s", r.cookie.Name, r.reason())
	}
}

// cookieURL returns where the cookie called name is looked for.
func (c *Client) cookieURL(name string) *url.URL {
	if name == c.app.Config.String("SESSION_COOKIE_NAME") {
		return c.sessionURL()
	}
	q, _ := c.newRequest(http.MethodGet, "/", nil) // New has tried this one
	return q.browserURL()
}

// sessionURL returns where the session's cookie is looked for.
func (c *Client) sessionURL() *url.URL {
	q, _ := c.newRequest(http.MethodGet, "/", nil)
	u := q.browserURL()
	u.Path = cmp.Or(c.app.Config.String("SESSION_COOKIE_PATH"), u.Path)
	return u
}
