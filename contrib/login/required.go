package login

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
)

// Required lets users through who are logged in, and does what [Manager.Unauthorized] does for all others. It is a hook:
// for one view with [dewar.Before], for all of a blueprint with its BeforeRequest. OPTIONS is let through, and everybody
// with LOGIN_DISABLED. When the user cannot be loaded the request fails. Flask-Login has login_required.
func (m *Manager[U]) Required(c *dewar.Context) error {
	if exempt(c) {
		return nil
	}
	if user, err := m.Current(c); err != nil || user != *new(U) {
		return err
	}
	return m.Unauthorized(c)
}

// FreshRequired is [Manager.Required], and does what [Manager.NeedsRefresh] does for users whose login is not fresh: for
// what a thief of cookies must not do, such as a change of the password. Flask-Login has fresh_login_required.
func (m *Manager[U]) FreshRequired(c *dewar.Context) error {
	if exempt(c) {
		return nil
	}
	user, err := m.Current(c)
	switch {
	case err != nil:
		return err
	case user == *new(U):
		return m.Unauthorized(c)
	case !c.Session().Bool(freshKey):
		return m.NeedsRefresh(c)
	}
	return nil
}

func exempt(c *dewar.Context) bool {
	return c.Request.Method == http.MethodOptions || c.Config().Bool("LOGIN_DISABLED")
}

// Unauthorized answers a visitor who needs to log in: Message is flashed, and he is sent to View, with the page that he
// asked for as next in the query, or in the session with USE_SESSION_FOR_NEXT. Without a View it returns a 401. Send him
// on after the login with c.SafeNext, as next can be anything.
func (m *Manager[U]) Unauthorized(c *dewar.Context) error {
	m.UserUnauthorized.Send(c)
	if m.OnUnauthorized != nil {
		return m.OnUnauthorized(c)
	}
	view, ok := m.Views[c.Blueprint()]
	if !ok || c.Blueprint() == "" {
		view = m.View
	}
	return m.sendTo(c, view, cmp.Or(m.Message, "Please log in to access this page."), m.MessageCategory)
}

// NeedsRefresh answers a user whose login is not fresh, with RefreshView and RefreshMessage, as [Manager.Unauthorized] does.
func (m *Manager[U]) NeedsRefresh(c *dewar.Context) error {
	m.UserNeedsRefresh.Send(c)
	if m.OnNeedsRefresh != nil {
		return m.OnNeedsRefresh(c)
	}
	return m.sendTo(c, m.RefreshView, cmp.Or(m.RefreshMessage, "Please reauthenticate to access this page."), m.RefreshCategory)
}

// sendTo sends to a view, and tells why.
func (m *Manager[U]) sendTo(c *dewar.Context, view, message, category string) error {
	if view == "" {
		return dewar.Abort(http.StatusUnauthorized)
	}
	target, err := viewURL(c, view)
	if err != nil {
		return err
	}
	if !m.Silent {
		if m.Localize != nil {
			message = m.Localize(c, message)
		}
		c.Flash(message, cmp.Or(category, "message"))
	}
	if c.Config().Bool("USE_SESSION_FOR_NEXT") {
		c.Session().Set(identifierKey, m.identify(c))
		c.Session().Set(nextKey, nextParam(target, c.URL()))
		return c.Redirect(target)
	}
	return c.Redirect(withNext(target, nextParam(target, c.URL()), c.Config().String("FORCE_HOST_FOR_REDIRECTS")))
}

// viewURL returns the URL of a view.
func viewURL(c *dewar.Context, view string) (string, error) {
	for _, prefix := range []string{"/", "http://", "https://"} {
		if strings.HasPrefix(view, prefix) {
			return view, nil
		}
	}
	return c.URLFor(view)
}

// nextParam cuts current down to its path and query where the login page is on the same site.
func nextParam(target, current string) string {
	login, err := url.Parse(target)
	if err != nil {
		return current
	}
	now, err := url.Parse(current)
	if err != nil {
		return current
	}
	if login.Scheme != "" && login.Scheme != now.Scheme || login.Host != "" && login.Host != now.Host {
		return iri(current)
	}
	return iri("/" + strings.TrimLeft(now.RequestURI(), `/\`)) // "//host" is another site
}

// withNext puts next into the query of target.
func withNext(target, next, host string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	query := u.Query()
	query.Set(nextKey, next)
	u.RawQuery = query.Encode()
	u.Host = cmp.Or(host, u.Host)
	return u.String()
}

// iri writes the letters beyond ASCII as themselves, as Flask has them in request.url.
func iri(u string) string {
	var b strings.Builder
	for u != "" {
		end := 0
		for end+3 <= len(u) && u[end] == '%' && u[end+1] >= '8' {
			end += 3
		}
		if text, err := url.PathUnescape(u[:end]); end > 0 && err == nil && utf8.ValidString(text) {
			b.WriteString(text)
			u = u[end:]
			continue
		}
		end = max(end, 1)
		b.WriteString(u[:end])
		u = u[end:]
	}
	return b.String()
}
