package login

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// remember sets or deletes the remember cookie, as the session says by then. It leaves the session of a request alone that
// has not asked for its user.
func (m *Manager[U]) remember(c *dewar.Context) error {
	if c.Response.Committed() {
		return nil // what the session says is done by the next request
	}
	refresh := refreshes(c) && !isSet(c)
	if _, asked := m.visits.Lookup(c); !asked && !refresh {
		return nil
	}
	s := c.Session()
	if s.Err() != nil || !refresh && !s.Has(rememberKey) {
		return nil
	}
	switch operation := s.Pop(rememberKey); {
	case operation == clearCookie:
		return c.DeleteCookie(rememberCookie(c))
	case (operation == setCookie || refresh) && s.Has(userKey):
		return m.setCookie(c, s)
	}
	return nil
}

// refreshes reports whether the end of the cookie moves on with this request. That of a file does not: it is the same for
// everybody.
func refreshes(c *dewar.Context) bool {
	return c.Config().Bool("REMEMBER_COOKIE_REFRESH_EACH_REQUEST") && c.Cookies().Has(c.Config().String("REMEMBER_COOKIE_NAME")) &&
		c.Endpoint() != "static" && !strings.HasSuffix(c.Endpoint(), ".static")
}

// isSet reports whether the answer has the cookie already: that of the Flask half, which has moved its end on, or deleted it.
func isSet(c *dewar.Context) bool {
	name := c.Config().String("REMEMBER_COOKIE_NAME") + "="
	return slices.ContainsFunc(c.Response.Header()["Set-Cookie"], func(line string) bool { return strings.HasPrefix(line, name) })
}

func (m *Manager[U]) setCookie(c *dewar.Context, s *dewar.Session) error {
	duration := c.Config().Duration("REMEMBER_COOKIE_DURATION")
	if s.Has(secondsKey) {
		duration = time.Duration(s.Float64(secondsKey) * float64(time.Second))
	}
	value, err := EncodeCookie(s.String(userKey), c.Config().String("SECRET_KEY"))
	if err != nil {
		return err
	}
	cookie := rememberCookie(c)
	if cookie.SameSite, err = sameSiteOf(c.Config().String("REMEMBER_COOKIE_SAMESITE")); err != nil {
		return err
	}
	cookie.Value, cookie.Expires = value, time.Now().Add(duration).UTC()
	return c.SetCookie(cookie)
}

// rememberCookie returns the cookie without its value.
func rememberCookie(c *dewar.Context) *http.Cookie {
	config := c.Config()
	return &http.Cookie{
		Name:     config.String("REMEMBER_COOKIE_NAME"),
		Path:     config.String("REMEMBER_COOKIE_PATH"),
		Domain:   config.String("REMEMBER_COOKIE_DOMAIN"),
		Secure:   config.Bool("REMEMBER_COOKIE_SECURE"),
		HttpOnly: config.Bool("REMEMBER_COOKIE_HTTPONLY"),
	}
}

func sameSiteOf(text string) (http.SameSite, error) {
	switch strings.ToLower(text) {
	case "":
		return 0, nil
	case "lax":
		return http.SameSiteLaxMode, nil
	case "strict":
		return http.SameSiteStrictMode, nil
	case "none":
		return http.SameSiteNoneMode, nil
	}
	return 0, fmt.Errorf("login: REMEMBER_COOKIE_SAMESITE is %q; set it to Lax, Strict or None", text)
}
