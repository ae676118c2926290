package dewar

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/headers"
	"github.com/dewar-go/dewar/internal/sessiondata"
	"github.com/dewar-go/dewar/internal/taggedjson"
)

// ErrSessionCommitted is what [Session.Err] returns after a session was changed too late: its cookie had left
// with the header already.
var ErrSessionCommitted = errors.New("dewar: the session was changed after it had been saved; change it before the view or an after-request hook returns, and before the response is flushed or outgrows RESPONSE_BUFFER_SIZE: not in a teardown function, in SaveSession or in a goroutine that nobody waits for")

var (
	errNoSecretKey = internalError("dewar: the session cannot be written because SECRET_KEY is not set; set it to a long random text, in the environment as FLASK_SECRET_KEY with app.Config.FromPrefixedEnv or with app.Config.Set")
	errNoSession   = internalError("dewar: the session cannot be written because OpenSession of app.SessionInterface returned none; let it return dewar.NewSession() for a visitor without one")

	errOpenPanicked = errors.New("dewar: the SessionInterface panicked when it opened the session")
	errOpensItself  = &HTTPError{Code: http.StatusServiceUnavailable,
		Err: errors.New("dewar: c.Session() was called while the session was being opened, which took too long; inside OpenSession and Epoch use the *Session at hand")}
	// errOpenedLate tells of an answer that caches may take for one to everybody.
	errOpenedLate = errors.New("dewar: the session was opened after the response had begun, so Vary and Cache-Control could not be set; call c.Session() before the first flush")
)

// noSecretKey says, where it is known, why there is none.
func (c *Context) noSecretKey() *HTTPError {
	if leftOut := c.settings.snapshot.LeftOut("SECRET_KEY"); leftOut != "" {
		return internalError("dewar: the session cannot be written because SECRET_KEY is not set; " + leftOut)
	}
	return errNoSecretKey
}

var errOutside = internalError("dewar: there is no request, so there is no session that could be written; keep what a command or a job needs with Context.Set or a typed key")

func internalError(text string) *HTTPError {
	return &HTTPError{Code: http.StatusInternalServerError, Err: errors.New(text)}
}

// Session returns the session of the request. The first call opens it; it never returns nil. If it could not
// be opened the session is empty, [Session.Err] says why, and the request ends in 503, or in the status that the
// error picks, such as 400 for a request with more cookies than net/http reads. Without a SECRET_KEY
// it can be read, and is empty, but a write ends the request in 500. Open it before the response is flushed: later
// it cannot set Vary any more, which is logged as an error. Only a Flush, Stream or Events of a request that has the
// session's cookie sets Vary and Cache-Control by itself.
func (c *Context) Session() *Session { return c.requestSession().open(c) }

// A requestSession is the session of one request: opened when it is first asked for, saved once behind the
// after-request hooks, applied to the header when that leaves, closed with the request. The zero value has not been
// opened. Other goroutines of the request may call open; the rest is for the request's own.
type requestSession struct {
	opened   atomic.Pointer[Session]       // nil until it is open
	opening  atomic.Bool                   // somebody opens it, or has done so
	closed   atomic.Bool                   // it has been saved, or there was none: later changes are late
	waiting  atomic.Pointer[chan struct{}] // closed when it is open; nil while nobody waits
	room     atomic.Pointer[Session]       // for a Session, made with this one; nil without room
	toldLate atomic.Bool                   // GotRequestException has been sent for one
	reported bool                          // its error has become the answer
	cookies  []string                      // the Set-Cookie lines that go with it
	inline   [1]string                     // backs cookies while it is one
}

// A roomySession is a requestSession and its Session in one piece.
type roomySession struct {
	requestSession
	session Session
}

// unopened stands for the session of a request that has ended without asking for it.
var unopened requestSession

// sessionSoFar returns the session of the request if it was asked for by now, or else nil.
func (c *Context) sessionSoFar() *requestSession {
	if rs := c.session.Load(); rs != &unopened {
		return rs
	}
	return nil
}

// requestSession returns the session of the request. Goroutines that ask at the same time get the same.
func (c *Context) requestSession() *requestSession {
	for {
		known := c.session.Load()
		if known != nil && known != &unopened {
			return known
		}
		fresh := c.newRequestSession()
		fresh.closed.Store(known == &unopened)
		if c.session.CompareAndSwap(known, fresh) {
			return fresh
		}
	}
}

// newRequestSession makes one, with room for the Session if that is kept in a cookie.
func (c *Context) newRequestSession() *requestSession {
	if _, ok := c.runtime().sessions.(*SecureCookieSessionInterface); !ok {
		return &requestSession{}
	}
	roomy := &roomySession{}
	roomy.room.Store(&roomy.session)
	return &roomy.requestSession
}

// makeSession returns an empty session that can be written, in the room that was made for one if that is free.
func (c *Context) makeSession(codec *taggedjson.Codec) *Session {
	if s := c.requestSession().room.Swap(nil); s != nil {
		return s.begin(codec)
	}
	return makeSession(codec)
}

// openedSession returns the session of the request if it is open, or else nil.
func (c *Context) openedSession() *Session {
	if rs := c.sessionSoFar(); rs != nil {
		return rs.opened.Load()
	}
	return nil
}

// closeSession makes later changes of the session late ones. It returns what is to be saved or dropped by then, or nil.
func (c *Context) closeSession() *requestSession {
	if c.session.CompareAndSwap(nil, &unopened) {
		return nil
	}
	return c.closeOpened()
}

func (c *Context) closeOpened() *requestSession {
	if rs := c.sessionSoFar(); rs != nil && !rs.closed.Swap(true) {
		return rs
	}
	return nil
}

// sessionClosed reports whether changes of the session would be late.
func (c *Context) sessionClosed() bool {
	rs := c.session.Load()
	return rs == &unopened || rs != nil && rs.closed.Load()
}

// open returns the session, which the first caller opens.
func (rs *requestSession) open(c *Context) *Session {
	if s := rs.opened.Load(); s != nil {
		return s
	}
	if !rs.opening.CompareAndSwap(false, true) {
		return rs.await(c)
	}
	var s *Session
	defer func() {
		if s == nil {
			rs.publish(c, failedSession(errOpenPanicked))
		}
	}()
	s = openSession(c)
	rs.publish(c, s)
	return rs.opened.Load()
}

// openLimit is how long a caller waits for another one that opens the session.
const openLimit = 5 * time.Second

// await waits for another goroutine that opens the session. If that takes too long it is most likely the
// SessionInterface itself that asks, which would wait for ever: then the request fails.
func (rs *requestSession) await(c *Context) *Session {
	rs.waiting.CompareAndSwap(nil, new(make(chan struct{})))
	done := *rs.waiting.Load()
	if s := rs.opened.Load(); s != nil { // published before anybody waited
		return s
	}
	limit := time.NewTimer(openLimit)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
		rs.publish(c, failedSession(errOpensItself))
	}
	return rs.opened.Load()
}

// publish makes s the session of the request, unless somebody who waited for one in vain has been faster.
func (rs *requestSession) publish(c *Context, s *Session) {
	s.refresh, s.owner = c.settings.refresh && !c.handedOver().told, c
	s.openedLate = rs.closed.Load()
	if !rs.opened.CompareAndSwap(nil, s) {
		return
	}
	if rs.closed.Load() {
		s.bag.Freeze()
	}
	if done := rs.waiting.Load(); done != nil {
		close(*done)
	}
}

// failedSession returns an empty session that ends its request with err.
func failedSession(err error) *Session {
	s := NewSession()
	s.fail(err)
	return s
}

func openSession(c *Context) *Session {
	if c.outside() {
		return &Session{readOnly: errOutside}
	}
	if c.tooManyCookies() {
		return failedSession(&HTTPError{Code: http.StatusBadRequest, Message: "The request has too many cookies."})
	}
	s, err := c.callOpen()
	switch {
	case err != nil:
		return failedSession(unavailable("open", err))
	case s != nil:
		if err := s.foreign(c); err != nil {
			s.unread = err
		}
		s.tellUnreadable(c)
		return s
	case c.settings.secretKey() == "":
		return &Session{readOnly: c.noSecretKey()}
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

// err returns what went wrong with the session, once.
func (rs *requestSession) err() error {
	s := rs.opened.Load()
	if s == nil || rs.reported {
		return nil
	}
	err := s.Err()
	rs.reported = err != nil
	return err
}

// save saves the session, if it was opened.
func (rs *requestSession) save(c *Context) error {
	s := rs.opened.Load()
	if s == nil {
		return nil
	}
	defer s.bag.Drop() // unless it has been finished by then
	switch failed, panicked := s.Err(), c.hasPanicked(); {
	case failed == nil && !s.bag.Null() && (!panicked || c.settings.saveOnPanic):
		if !rs.dropEnded(c, s) {
			return nil
		}
		return rs.store(c, s)
	case !panicked && failed != nil && !rs.reported:
		rs.reported = true
		return failed
	}
	return nil
}

// store has the SessionInterface save s, and takes the cookies that it sets by hand out of the header: they go with
// the session from now on, as those of SetSessionCookie do.
func (rs *requestSession) store(c *Context, s *Session) error {
	if err := s.bag.Finish(); err != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: ofSession(err)}
	}
	if s.unread != nil && s.Modified() && !s.marked(sessiondata.Cleared) {
		return &HTTPError{Code: http.StatusServiceUnavailable, Err: fmt.Errorf(
			"dewar: the session was changed, but the visitor has one that cannot be read and would be lost; call c.Session().Clear() first to give it up: %w", s.unread)}
	}
	stored := false
	defer func() {
		if !stored {
			rs.cookies = nil
		}
	}()
	before := c.backendsCookies()
	if err := c.callSave(s); err != nil {
		err = unavailable("save", err)
		status, ok := statusOf(err)
		stored = ok && status < http.StatusInternalServerError // it is the client's fault, and the cookies may say so
		return err
	}
	stored = true
	if lines := c.backendsCookies(); len(lines) > 0 {
		kept := 0
		if len(before) <= len(lines) && slices.Equal(lines[:len(before)], before) { // else it has replaced them
			kept = len(before)
		}
		if name := c.settings.cookie.name; c.handedOver().sent && len(lines) > kept {
			if own, _ := partCookies(lines[kept:], name); len(own) > 0 {
				_, rs.cookies = partCookies(rs.cookies, name)
			}
		}
		rs.cookies = append(rs.cookies, lines[kept:]...)
		c.response.w.Header()["Set-Cookie"] = lines[:kept:kept]
	}
	return nil
}

// backendsCookies returns the Set-Cookie lines of the header, unless the SessionInterface is known to set none there.
func (c *Context) backendsCookies() []string {
	if i, ok := c.runtime().sessions.(*SecureCookieSessionInterface); ok && i.Epoch == nil {
		return nil
	}
	return c.response.w.Header()["Set-Cookie"]
}

// addCookie records a line that sets the cookie of the session, in place of an earlier one for the same cookie.
func (rs *requestSession) addCookie(line string) {
	name, _, _ := strings.Cut(line, "=")
	if rs.cookies == nil {
		rs.cookies = rs.inline[:0]
	}
	rs.cookies = slices.DeleteFunc(rs.cookies, func(other string) bool {
		otherName, _, _ := strings.Cut(other, "=")
		return otherName == name
	})
	rs.cookies = append(rs.cookies, line)
}

// applySession sets the headers that go with the session, when the response is committed.
func (c *Context) applySession() {
	rs := c.sessionSoFar()
	header := c.response.w.Header()
	typeAlone := !c.response.touched && len(header) <= 1
	if rs != nil && len(rs.cookies) > 0 {
		rs.applyCookies(header)
	}
	switch s, x := c.openedSession(), c.lazy.Load(); {
	case s != nil && !s.bag.Null() && typeAlone:
		rs.setCaching(s, header)
	case s != nil && !s.bag.Null():
		rs.guardCaches(c, s, header)
	case s == nil && x != nil && x.early:
		c.guardEarly(x)
	}
}

func (rs *requestSession) applyCookies(header http.Header) {
	lines := rs.cookies[:len(rs.cookies):len(rs.cookies)]
	if others := header["Set-Cookie"]; len(others) > 0 { // these among them, after a hijack that failed
		lines = append(headers.Without(others, lines, nil), lines...)
	}
	header["Set-Cookie"] = lines
}

// guardEarly keeps shared caches from an answer that begins before the session is opened, as the rest of the view may do,
// if the request has its cookie. A file is the same for everybody.
func (c *Context) guardEarly(x *rare) {
	header := c.response.w.Header()
	if x.handed.sent || x.fileCaching != "" || len(header["Accept-Ranges"]) > 0 {
		return
	}
	if _, err := c.born.Cookie(c.settings.cookie.name); err != nil {
		return
	}
	x.guarded = true
	headers.AddVary(header, []string{"Cookie"})
	headers.SetDefault(header, "Cache-Control", []string{"private"})
}

// guardCaches keeps shared caches from handing the answer to another visitor. What the application has said itself
// about caching stays.
func (rs *requestSession) guardCaches(c *Context, s *Session, header http.Header) {
	s.headers = [2]string{"Cookie", "private"}
	headers.AddVary(header, s.headers[:1:1])
	x := c.lazy.Load()
	ours := x != nil && (x.fileCaching != "" && header.Get("Cache-Control") == x.fileCaching ||
		x.handed.sent && len(rs.cookies) > 0 && headers.Public(header)) // of another application, which knew of no cookie
	switch {
	case len(rs.cookies) > 0:
		s.headers[1] = "no-store"
	case ours:
		s.headers[1] = "private, " + strings.TrimPrefix(x.fileCaching, "public, ")
	}
	if ours {
		delete(header, "Cache-Control")
	}
	headers.SetDefault(header, "Cache-Control", s.headers[1:])
}

// setCaching is guardCaches for a header that says nothing about caching yet.
func (rs *requestSession) setCaching(s *Session, header http.Header) {
	s.headers = [2]string{"Cookie", "private"}
	if len(rs.cookies) > 0 {
		s.headers[1] = "no-store"
	}
	header["Vary"], header["Cache-Control"] = s.headers[:1:1], s.headers[1:]
}

// drop ends what can be done with the session of a request that ended without saving it.
func (rs *requestSession) drop() {
	if s := rs.opened.Load(); s != nil {
		s.bag.Drop()
	}
}

// errChangedInside stands for a change that no call has told of.
var errChangedInside = fmt.Errorf("a change inside a value: %w", sessiondata.ErrFinal)

// tellLate tells of a change that could not be saved any more, with the key where there is one, and the line.
func (rs *requestSession) tellLate(c *Context, refused error) {
	attrs := []any{"err", ErrSessionCommitted}
	if late, ok := errors.AsType[*sessiondata.LateKey](refused); ok {
		attrs = append(attrs, "key", late.Key)
	}
	if !errors.Is(refused, errChangedInside) {
		attrs = append(attrs, "at", callsite.Site())
	}
	c.Logger().Error("session change lost", attrs...)
	if rs.toldLate.CompareAndSwap(false, true) { // a receiver may change the session itself
		c.guard(func() { c.App.GotRequestException.Send(RequestException{c, ErrSessionCommitted}) })
	}
}

// noticeLate tells of a session that was first opened after the response had begun, and of changes that came then.
func (rs *requestSession) noticeLate(c *Context) {
	x := c.lazy.Load()
	if s := rs.opened.Load(); s != nil && !s.bag.Null() && s.openedLate && (x == nil || !x.guarded) {
		c.Logger().Error("session opened late", "err", errOpenedLate)
	}
	rs.noticeLateChange(c)
}

// noticeLateChange tells of changes inside values that came after the session had been saved.
func (rs *requestSession) noticeLateChange(c *Context) {
	s := rs.opened.Load()
	if s == nil || errors.Is(s.Err(), ErrSessionCommitted) { // it has been told
		return
	}
	c.guard(func() {
		if s.bag.ChangedLate() {
			s.heed(errChangedInside)
		}
	})
}
