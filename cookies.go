package dewar

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/dewar-go/dewar/internal/cookies"
	"github.com/dewar-go/dewar/internal/headers"
	"github.com/dewar-go/dewar/internal/hostname"
)

// Cookie returns the value of a cookie of the request, or "" when there is none. Of several with the same name the
// first counts. A value in quotes is read as Python writes it, so that what Flask has set comes back as text; what is
// no UTF-8 becomes U+FFFD.
func (c *Context) Cookie(name string) string { return cookies.Find(c.Request.Header["Cookie"], name) }

// Cookies returns the cookies of the request, each as [Context.Cookie] reads it. Flask has request.cookies.
func (c *Context) Cookies() *Values {
	x := c.rare()
	if x.cookies == nil {
		values := url.Values{}
		order := cookies.All(c.Request.Header["Cookie"])
		for name, value := range order {
			values.Add(name, value)
		}
		x.cookies = &Values{src: &textSource{values: values, order: order, what: "cookie"}}
	}
	return x.cookies
}

// SetCookie adds a Set-Cookie header. The value may be any text without line breaks: what a cookie may not have stands
// there as Flask writes it, for [Context.Cookie], Flask and every program in Python to read. Path is / when none is
// given, what it may not have is escaped, a Domain that is not ASCII is written in Punycode, and Partitioned implies
// Secure.
//
// A cookie that is not valid is an error and nothing is set: a line break in its value, a name that is none, a path or
// domain with a semicolon in it, more than MAX_COOKIE_SIZE bytes, which browsers drop without a word. So is one for a
// response that has begun.
func (c *Context) SetCookie(cookie *http.Cookie) error {
	if cookie == nil {
		return errors.New("dewar: SetCookie(nil): pass a cookie, as in c.SetCookie(&http.Cookie{Name: \"theme\", Value: \"dark\"})")
	}
	if c.response.Committed() {
		return c.response.lateError("no cookie can be set")
	}
	line, err := cookieLine(*cookie)
	if err != nil {
		return fmt.Errorf("dewar: cookie %q cannot be set: %w", cookie.Name, err)
	}
	if limit := c.settings.maxCookie; limit > 0 && len(line) > limit {
		return fmt.Errorf("dewar: cookie %q cannot be set: it would have %d bytes, MAX_COOKIE_SIZE is %d, and browsers drop larger ones; keep the data on the server",
			cookie.Name, len(line), limit)
	}
	c.response.addCookie(line)
	return nil
}

// DeleteCookie has the browser forget a cookie. Pass it as it was set: Name, Path and Domain must be the same, and
// browsers want Secure and Partitioned again; Value, MaxAge and Expires do not count. Errors are those of
// [Context.SetCookie]. Flask has delete_cookie.
func (c *Context) DeleteCookie(cookie *http.Cookie) error {
	if cookie == nil {
		return c.SetCookie(nil)
	}
	gone := *cookie
	gone.Value, gone.MaxAge, gone.Expires = "", -1, time.Unix(0, 0)
	return c.SetCookie(&gone)
}

// cookieLine returns the Set-Cookie line of a cookie.
func cookieLine(cookie http.Cookie) (string, error) {
	if cookie.Path == "" {
		cookie.Path = "/"
	}
	if headers.IsValue(cookie.Path) {
		cookie.Path = headers.Escape(cookie.Path, "%!$&'()*+,/:=@;") // the semicolon is no mistake to hide
	}
	if domain, ok := hostname.ASCII(cookie.Domain); ok {
		cookie.Domain = domain
	}
	cookie.Secure = cookie.Secure || cookie.Partitioned
	return cookies.Set(&cookie)
}
