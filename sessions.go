package dewar

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A SessionInterface opens and saves the sessions of an App. Set App.SessionInterface to replace the
// default; Flask's session_interface is the same. It must be safe for concurrent use.
//
// A backend builds its sessions with [NewSession], [Session.UnmarshalBinary] and [Session.MarshalBinary], and
// its cookie with [SetSessionCookie], so that every SESSION_COOKIE key counts. dewar itself sets Vary: Cookie. If it
// has a method CheckConfig(*Values) error, [App.Build] calls it with the configuration, so that mistakes show early.
type SessionInterface interface {
	// OpenSession returns the session of c's request: a new one when there is none, or when it is expired or
	// was tampered with; nil when sessions are unavailable, and then a session that can only be read is
	// used. An error means that the backend failed: the request ends in 503. It is called when a handler
	// first asks for the session, at most once in a request.
	OpenSession(c *Context) (*Session, error)
	// SaveSession stores s, whose values are final by then, and sets or deletes the cookie. It is called once,
	// after the after-request hooks and before the header is sent, for every session that was opened; most
	// begin with if !s.ShouldSave() { return nil }. An error replaces the response: 503, or the status that
	// the error picks.
	SaveSession(c *Context, s *Session) error
}

// ErrSessionCommitted is what [Session.Err] gives after a session was changed too late: its cookie had left
// with the header already.
var ErrSessionCommitted = errors.New("dewar: the session was changed after it had been saved; change it before the view or an after-request hook returns, and before the response is flushed or outgrows RESPONSE_BUFFER_SIZE: not in a teardown function, in SaveSession or in a goroutine that nobody waits for")

// errNoSecretKey is what a write to the session of an App without a key gives.
var errNoSecretKey = internalError("dewar: the session cannot be written because SECRET_KEY is not set; set it to a long random text, in the environment as FLASK_SECRET_KEY with app.Config.FromPrefixedEnv or with app.Config.Set")

var errNoSession = internalError("dewar: the session cannot be written because OpenSession of app.SessionInterface returned none; let it return dewar.NewSession() for a visitor without one")

func internalError(text string) *HTTPError {
	return &HTTPError{Code: http.StatusInternalServerError, Err: errors.New(text)}
}

// Session returns the session of the request. The first call opens it; it never returns nil. If it could not
// be opened the session is empty, [Session.Err] says why, and the request ends in 503, or in the status that the
// error picks, such as 400 for a request with more cookies than net/http reads. Without a SECRET_KEY
// it can be read, and is empty, but a write ends the request in 500. Open it before the response is flushed: later
// it cannot set Vary any more, which is logged as an error.
func (c *Context) Session() *Session {
	if s := c.rare().session.Load(); s != nil {
		return s
	}
	if !c.rare().opening.CompareAndSwap(false, true) {
		return c.awaitSession()
	}
	c.open()
	return c.rare().session.Load()
}

func (c *Context) open() {
	var s *Session
	defer func() {
		if s == nil {
			s = failedSession(errOpenPanicked)
		}
		c.publishSession(s)
	}()
	s = c.openSession()
}

var errOpenPanicked = errors.New("dewar: the SessionInterface panicked when it opened the session")

// publishSession makes s the session of the request, unless somebody who waited for one in vain has been faster.
func (c *Context) publishSession(s *Session) {
	s.refresh, s.owner = c.settings.refresh, c
	s.openedLate = c.saved.Load()
	if c.rare().session.CompareAndSwap(nil, s) && c.saved.Load() {
		s.stage.CompareAndSwap(changeable, final)
	}
}

// failedSession returns an empty session that ends its request with err.
func failedSession(err error) *Session {
	s := NewSession()
	s.fail(err)
	return s
}

// openLimit is how long a caller waits for another one that opens the session.
const openLimit = 5 * time.Second

var errOpensItself = &HTTPError{Code: http.StatusServiceUnavailable,
	Err: errors.New("dewar: c.Session() was called while the session was being opened, which took too long; inside OpenSession and Epoch use the *Session at hand")}

// awaitSession waits for another goroutine that opens the session. If that takes too long it is most likely
// the SessionInterface itself that asks, which would wait for ever: then the request fails.
func (c *Context) awaitSession() *Session {
	for end := time.Now().Add(openLimit); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if s := c.rare().session.Load(); s != nil {
			return s
		}
	}
	c.publishSession(failedSession(errOpensItself))
	return c.rare().session.Load()
}

func (c *Context) openSession() *Session {
	if c.tooManyCookies() {
		return failedSession(&HTTPError{Code: http.StatusBadRequest, Message: "The request has too many cookies."})
	}
	s, err := c.rt.sessions.OpenSession(c)
	switch {
	case err != nil:
		return failedSession(unavailable("open", err))
	case s != nil:
		return s
	case c.settings.secretKey() == "":
		return &Session{readOnly: errNoSecretKey}
	}
	return &Session{readOnly: errNoSession}
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
	c.saved.Store(true)
	x := c.lazy.Load()
	if x == nil || x.session.Load() == nil {
		return nil
	}
	s := x.session.Load()
	defer s.drop() // unless it has been finished by then
	err := s.Err()
	switch {
	case err == nil && !s.isNull() && (!c.rare().panicked || c.settings.saveOnPanic):
		err = c.storeSession(s)
	case c.rare().sessionReported || c.rare().panicked:
		err = nil
	default:
		c.rare().sessionReported = err != nil
	}
	if err == nil {
		c.guardCaches(s)
	}
	return err
}

// storeSession has the SessionInterface save s, and remembers its cookie.
func (c *Context) storeSession(s *Session) error {
	if err := s.finish(); err != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: err}
	}
	header := c.response.w.Header()
	before := header["Set-Cookie"]
	if err := c.rt.sessions.SaveSession(c, s); err != nil {
		return unavailable("save", err)
	}
	c.rare().cookies = header["Set-Cookie"]
	if n := len(before); n <= len(c.rare().cookies) && slices.Equal(c.rare().cookies[:n], before) { // else the backend has replaced them
		c.rare().cookies = c.rare().cookies[n:]
	}
	return nil
}

// guardCaches keeps shared caches from handing the answer to another visitor. What the application has said itself
// about caching stays.
func (c *Context) guardCaches(s *Session) {
	if s.isNull() {
		return
	}
	header := c.response.w.Header()
	s.headers = [2]string{"Cookie", "private"}
	addVary(header, s.headers[:1:1])
	ours := c.rare().fileCaching != "" && header.Get("Cache-Control") == c.rare().fileCaching
	switch {
	case len(c.rare().cookies) > 0:
		s.headers[1] = "no-store"
	case ours:
		s.headers[1] = "private, " + strings.TrimPrefix(c.rare().fileCaching, "public, ")
	}
	if ours {
		delete(header, "Cache-Control")
	}
	setDefault(header, "Cache-Control", s.headers[1:])
}

// keepSession sets the headers of the saved session again, for an answer that has replaced another.
func (c *Context) keepSession() {
	s := c.rare().session.Load()
	if s == nil {
		return
	}
	if header := c.response.w.Header(); len(c.rare().cookies) > 0 {
		header["Set-Cookie"] = append(header["Set-Cookie"], c.rare().cookies...)
	}
	c.guardCaches(s)
}

// closeSession ends what can be done with the session of a request that ended without saving it.
func (c *Context) closeSession() {
	if c.saved.Swap(true) {
		return
	}
	if x := c.lazy.Load(); x != nil && x.session.Load() != nil {
		x.session.Load().drop()
	}
}

// lateSession tells of a change that could not be saved any more.
func (c *Context) lateSession(err error) {
	c.Logger().Error("session change lost", "err", err)
	if c.rare().toldLate.CompareAndSwap(false, true) { // a receiver may change the session itself
		c.App.GotRequestException.send(RequestException{c, err})
	}
}

// errOpenedLate tells of an answer that caches may take for one to everybody.
var errOpenedLate = errors.New("dewar: the session was opened after the response had begun, so Vary and Cache-Control could not be set; call c.Session() before the first flush")

// noticeLateOpening tells of a session that was first opened after the response had begun.
func (c *Context) noticeLateOpening() {
	if s := c.rare().session.Load(); s != nil && !s.isNull() && s.openedLate {
		c.Logger().Error("session opened late", "err", errOpenedLate)
	}
}

// noticeLateChange tells of changes inside values that came after the session had been saved.
func (c *Context) noticeLateChange() {
	x := c.lazy.Load()
	if x == nil {
		return
	}
	s := x.session.Load()
	if s == nil || !s.lending.Load() || errors.Is(s.Err(), ErrSessionCommitted) { // it has been told
		return
	}
	err := c.protect(func(*Context) error {
		if s.changedLate() {
			s.MarkModified() // is refused, and says so
		}
		return nil
	})
	if err != nil {
		c.logFailure(err)
	}
}

// addVary adds a field name, the only element of line, to Vary, which stays one line without repetitions.
func addVary(header http.Header, line []string) {
	if lines := header["Vary"]; len(lines) > 0 {
		line = withField(lines, line[0])
	}
	header["Vary"] = line
}

// withField returns the fields of a header in one line, with one more unless it is there or everything is.
func withField(lines []string, added string) []string {
	var fields []string
	for field := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		if field = strings.TrimSpace(field); field != "" {
			fields = append(fields, field)
		}
	}
	known := func(field string) bool { return field == "*" || strings.EqualFold(field, added) }
	if !slices.ContainsFunc(fields, known) {
		fields = append(fields, added)
	}
	return []string{strings.Join(fields, ", ")}
}
