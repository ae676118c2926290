package dewar

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A SessionInterface opens and saves the sessions of an App. Set App.SessionInterface to replace the
// default; Flask's session_interface is the same. It must be safe for concurrent use.
//
// A backend builds its sessions with [NewSession], [Session.UnmarshalBinary] and [Session.MarshalBinary], and
// its cookie with [SessionCookie], so that every SESSION_COOKIE key counts. dewar itself sets Vary: Cookie.
type SessionInterface interface {
	// OpenSession returns the session of c's request: a new one when there is none, or when it is expired or
	// was tampered with; nil when sessions are unavailable, and then a session that can only be read is
	// used. An error means that the backend failed: the request ends in 503. It is called when a handler
	// first asks for the session, at most once in a request.
	OpenSession(c *Context) (*Session, error)
	// SaveSession stores s and sets or deletes the cookie. It is called once, after the after-request hooks
	// and before the header is sent, for every session that was opened; most begin with
	// if !s.ShouldSave() { return nil }. An error replaces the response: 503, or the status that the error
	// picks.
	SaveSession(c *Context, s *Session) error
}

// ErrSessionCommitted is what [Session.Err] gives after a session was changed too late: its cookie had left
// with the header already.
var ErrSessionCommitted = errors.New("dewar: the session was changed after the response had begun; change it before the first flush, or before the body outgrows RESPONSE_BUFFER_SIZE")

// errNoSecretKey is what a write to the session of an App without a key gives.
var errNoSecretKey = errors.New("dewar: the session cannot be written because SECRET_KEY is not set; set it to a long random text, in the environment as FLASK_SECRET_KEY with app.Config.FromPrefixedEnv or with app.Config.Set")

var errNoSession = errors.New("dewar: the session cannot be written because the SessionInterface has none for this request")

// Session returns the session of the request. The first call opens it; it never returns nil. If it could not
// be opened the session is empty, [Session.Err] says why, and the request ends in 503. Without a SECRET_KEY
// it can be read, and is empty, but a write ends the request in 500.
func (c *Context) Session() *Session {
	s := c.openedSession()
	s.accessed.Store(true)
	return s
}

// openedSession returns the session, opened by the first caller. Nothing of the application runs under the
// lock.
func (c *Context) openedSession() *Session {
	c.sessionMu.Lock()
	s, first := c.session, !c.opening
	c.opening = true
	if s == nil && !first && c.opened == nil {
		c.opened = make(chan struct{})
	}
	opened := c.opened
	c.sessionMu.Unlock()
	switch {
	case s != nil:
		return s
	case !first:
		return c.awaitSession(opened)
	}
	defer func() { c.sessionIsOpen(s) }()
	s = c.openSession()
	return s
}

// sessionIsOpen gives the session to those who wait for it. It is nil when OpenSession panicked.
func (c *Context) sessionIsOpen(s *Session) {
	if s == nil {
		s = NewSession()
		s.err = &HTTPError{Code: http.StatusServiceUnavailable, Err: errors.New("dewar: the SessionInterface panicked when it opened the session")}
	}
	c.sessionMu.Lock()
	defer c.sessionMu.Unlock()
	s.refresh, s.owner = c.settings.refresh, c
	if c.sessionSaved {
		s.close()
	}
	c.session = s
	if c.opened != nil {
		close(c.opened)
	}
}

// openLimit is how long a caller waits for another one that opens the session.
const openLimit = 5 * time.Second

// awaitSession waits for another goroutine that opens the session. If that takes too long it is most likely
// the SessionInterface itself that asks, which would wait for ever.
func (c *Context) awaitSession(opened <-chan struct{}) *Session {
	select {
	case <-opened:
		c.sessionMu.Lock()
		defer c.sessionMu.Unlock()
		return c.session
	case <-time.After(openLimit):
		c.Logger().Error("c.Session() was called while the session is being opened; inside OpenSession and Epoch use the *Session at hand")
		s := &Session{}
		s.readOnly = errNoSession
		return s
	}
}

func (c *Context) openSession() *Session {
	if c.tooManyCookies() {
		s := NewSession()
		s.err = &HTTPError{Code: http.StatusBadRequest, Message: "The request has too many cookies."}
		return s
	}
	s, err := c.rt.sessions.OpenSession(c)
	switch {
	case err != nil:
		s = NewSession()
		s.err = unavailable("open", err)
	case s == nil:
		s = &Session{}
		s.readOnly = errNoSession
		if c.settings.secretKey() == "" {
			s.readOnly = errNoSecretKey
		}
	}
	return s
}

// unavailable wraps the error of a session backend. An error that picks its own status keeps it.
func unavailable(what string, err error) error {
	err = fmt.Errorf("dewar: %s session: %w", what, err)
	if _, ok := statusOf(err); ok {
		return err
	}
	return &HTTPError{Code: http.StatusServiceUnavailable, Err: err}
}

// saveSession saves the session, if one was opened, and sets the headers that go with it.
func (c *Context) saveSession() error {
	c.sessionMu.Lock()
	c.sessionSaved = true
	s := c.session
	c.sessionMu.Unlock()
	if s == nil {
		return nil
	}
	defer s.close()
	header := c.Response.Header()
	if !s.isNull() {
		s.headers[0] = "Cookie"
		addVary(header, s.headers[:1:1])
	}
	if err := s.Err(); err != nil {
		if c.sessionReported {
			return nil
		}
		c.sessionReported = true
		return err
	}
	if s.isNull() || c.panicked && !c.settings.saveOnPanic {
		return nil
	}
	if err := s.settle(); err != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: err}
	}
	cookies := len(header["Set-Cookie"])
	if err := c.rt.sessions.SaveSession(c, s); err != nil {
		return unavailable("save", err)
	}
	s.headers[1] = "private"
	if len(header["Set-Cookie"]) > cookies {
		s.headers[1] = "no-store"
		c.cookies = header["Set-Cookie"][cookies:]
	}
	setDefault(header, "Cache-Control", s.headers[1:])
	return nil
}

// keepSession sets the headers of the saved session again, for an answer that has replaced another.
func (c *Context) keepSession() {
	if c.session == nil || c.session.isNull() {
		return
	}
	header := c.Response.Header()
	addVary(header, []string{"Cookie"})
	if len(c.cookies) > 0 {
		header["Set-Cookie"] = append(header["Set-Cookie"], c.cookies...)
		setDefault(header, "Cache-Control", []string{"no-store"})
	}
}

// lateSession tells of a change that could not be saved any more.
func (c *Context) lateSession(err error) {
	c.Logger().Error("session change lost", "err", err)
	c.App.GotRequestException.send(RequestException{c, err})
}

// addVary adds a field name, the only element of line, to Vary, which stays one line without repetitions.
func addVary(header http.Header, line []string) {
	lines := header["Vary"]
	if len(lines) == 0 {
		header["Vary"] = line
		return
	}
	joined := strings.Join(lines, ", ")
	for field := range strings.SplitSeq(joined, ",") {
		field = strings.TrimSpace(field)
		if field == "*" || strings.EqualFold(field, line[0]) {
			header["Vary"] = []string{joined}
			return
		}
	}
	header["Vary"] = []string{joined + ", " + line[0]}
}
