package dewar

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/cookiecodec"
	"github.com/dewar-go/dewar/internal/sessiondata"
)

// A handedOver is what is known of a session that another application had in its hands.
type handedOver struct {
	sent  bool   // away, or back again
	lent  bool   // away, by an App inside this one, whose answer brings it back
	told  bool   // the cookie is another one than that of the request
	value string // of the cookie that the visitor has by now, "" for none
	ended bool   // the other application has deleted it
}

// handedOver returns what another application did with the session of the request.
func (c *Context) handedOver() handedOver {
	if x := c.lazy.Load(); x != nil {
		return x.handed
	}
	return handedOver{}
}

// HandOverSession lets another application that shares the sessions answer the request: what has been changed by now
// is saved, and the session's cookie in header, that of the request to it, is the one that follows from that. A session
// that nobody has opened costs nothing, and its cookie stays byte for byte. When the answer is there,
// [TakeBackSession] must be called. Changes that come later are saved as usual. In an App that is mounted in another one, the
// session of that one is handed over too, and comes back with the answer.
//
// An error means that the session could not be opened or saved: return it and do not ask the other application. It
// must not be called once the response has begun, and is for the goroutine of the request. [strangler.Proxy] calls it.
//
// It works with every [SessionInterface] that reads its cookie with [SessionCookieValue] and sets it with
// [SetSessionCookie]: its SaveSession is called, and OpenSession once more for the session that comes back.
//
// [strangler.Proxy]: https://pkg.go.dev/github.com/dewar-go/dewar/strangler#Proxy
func HandOverSession(c *Context, header http.Header) error {
	if c.response.Committed() || c.sessionClosed() {
		return c.response.lateError("the session cannot be handed over")
	}
	handed := &c.rare().handed
	handed.sent = true
	if err := c.lendOuter(header); err != nil {
		return err
	}
	rs := c.requestSession()
	if s := rs.opened.Load(); s != nil {
		if err := rs.saveEarly(c, s); err != nil {
			rs.reported = true
			return err
		}
	}
	if handed.told {
		setCookie(header, c.settings.cookie.name, handed.value)
	}
	return nil
}

// lendOuter hands over the session of an App around this one. If both have one cookie, what the outer App has changed is
// under the changes of this one.
func (c *Context) lendOuter(header http.Header) error {
	outer := FromContext(c.born.Context())
	if outer == nil || outer.response.Committed() || outer.sessionClosed() {
		return nil
	}
	if err := HandOverSession(outer, header); err != nil {
		return err
	}
	handed, outside := &c.rare().handed, &outer.rare().handed
	outside.lent = true
	if !outside.told || outer.settings.cookie.name != c.settings.cookie.name {
		return nil
	}
	handed.told, handed.value = true, outside.value
	rs := c.requestSession()
	if s := rs.opened.Load(); s != nil && s.Err() == nil && !s.bag.Null() {
		return rs.reopen(c, s)
	}
	return nil
}

// returnLent takes back the session that an App inside this one has handed over: the cookies of its answer are in the
// header by now.
func (c *Context) returnLent() {
	x := c.lazy.Load()
	if x == nil || !x.handed.lent {
		return
	}
	x.handed.lent = false
	relayed := x.relayed
	TakeBackSession(c, c.response.w.Header())
	x.relayed = relayed
}

// saveEarly saves s and lets it be changed again.
func (rs *requestSession) saveEarly(c *Context, s *Session) error {
	if err := s.Err(); err != nil {
		return err
	}
	if s.bag.Null() {
		return nil
	}
	if err := rs.store(c, s); err != nil {
		return err
	}
	s.bag.Resume()
	if value, ok := lastCookie(rs.cookies, c.settings.cookie.name); ok {
		handed := &c.rare().handed
		handed.told, handed.value = true, value
	}
	return nil
}

// TakeBackSession ends what [HandOverSession] began: header is that of the other application's answer. Its Set-Cookie
// lines for the session, if there are any, are taken out of it and leave with the response as they are, also if that is
// replaced by an error, and in place of one that HandOverSession has made. The session, if it is open or is opened later,
// has the values that the other application left, and changes that were made meanwhile on top of them. A
// later change replaces the cookie, so that exactly one is sent.
//
// The answer is sent on as soon as 64 kB of it are there, or at once if its Content-Length says that it has more: what another
// application has sent should not wait for RESPONSE_BUFFER_SIZE. It gets none of the headers that DEFAULT_SECURITY_HEADERS adds: it
// may be meant for the frames of another site.
//
// A deletion of the cookie wins: what is changed after it is dropped, with a line in the log that names the keys. Only
// messages that are flashed then are kept, in a session of their own, because an application also deletes the cookie when
// it has shown the last message.
//
// A cookie that cannot be read here, as with another SECRET_KEY, is sent on all the same; a later change of the session
// ends the request in 503 rather than to lose what the other application keeps.
func TakeBackSession(c *Context, header http.Header) {
	if !c.handedOver().sent || c.response.Committed() {
		return
	}
	for at := c; at != nil; at = FromContext(at.born.Context()) {
		at.response.relay(header)
	}
	rs := c.requestSession()
	rs.takeCookies(c, header)
	s := rs.opened.Load()
	if s == nil || s.bag.Null() {
		return
	}
	s.refresh = false // the other application has seen to it, or saveEarly
	if err := rs.reopen(c, s); err != nil {
		Stored(s).MarkUnreadable(err)
		s.tellUnreadable(c)
	}
}

// relayBuffer is how much of an answer of another application is held back.
const relayBuffer = 64 << 10

// relay holds less back of an answer with the header.
func (r *Response) relay(header http.Header) {
	held := &r.c.rare().relayed
	*held = relayBuffer
	if values := header["Content-Length"]; len(values) > 0 {
		if n, err := strconv.ParseInt(values[0], 10, 64); err == nil && n > relayBuffer {
			*held = 1
		}
	}
}

// isRelayed reports whether the answer is that of another application.
func (r *Response) isRelayed() bool {
	x := r.c.lazy.Load()
	return x != nil && x.relayed > 0
}

// takeCookies moves the lines that set the session's cookie out of an answer.
func (rs *requestSession) takeCookies(c *Context, header http.Header) {
	name, handed := c.settings.cookie.name, &c.rare().handed
	value, ok := lastCookie(header["Set-Cookie"], name)
	if !ok {
		return
	}
	handed.told, handed.value, handed.ended = true, value, value == ""
	own, others := partCookies(header["Set-Cookie"], name)
	_, kept := partCookies(rs.cookies, name)
	rs.cookies = append(kept, own...)
	if header["Set-Cookie"] = others; len(others) == 0 {
		delete(header, "Set-Cookie")
	}
}

// reopen gives s the values that the visitor's session has by now.
func (rs *requestSession) reopen(c *Context, s *Session) error {
	now := NewSession()
	if !c.handedOver().ended {
		opened, err := c.callOpen()
		switch {
		case err != nil:
			return unavailable("open", err)
		case opened == nil:
			return errNoSession
		}
		now = opened
	}
	if err := now.foreign(c); err != nil {
		return err
	}
	data, err := now.bag.Encode()
	if err != nil {
		return err
	}
	if err := s.bag.Rebase(string(data)); err != nil {
		return err
	}
	s.inherit(now)
	return nil
}

// foreign returns why the cookie that another application has set gives no session here.
func (s *Session) foreign(c *Context) error {
	if s.unread != nil {
		return s.unread
	}
	if h := c.handedOver(); h.told && h.value != "" && s.marked(sessiondata.New) {
		return errors.New("dewar: the session that the other application has saved cannot be read here; give both the same SECRET_KEY, " +
			"SECRET_KEY_FALLBACKS and PERMANENT_SESSION_LIFETIME, and app.SessionInterface the one that reads its sessions")
	}
	return nil
}

// inherit takes over what a backend knows of now.
func (s *Session) inherit(now *Session) {
	s.seal, s.opening, s.unread = now.seal, now.opening, now.unread
	s.id.Store(now.id.Load())
	s.expires.Store(now.expires.Load())
	s.lifetime.Store(now.lifetime.Load())
	s.state.Store(now.state.Load())
	s.bag.Note(now.bag.Marks() & sessiondata.New)
}

// dropEnded takes out of a session that another application has deleted what was set after that, except messages. It
// reports whether anything is left to be saved.
func (rs *requestSession) dropEnded(c *Context, s *Session) bool {
	if !c.handedOver().ended {
		return true
	}
	var lost []string
	for _, key := range s.Keys() {
		if key != flashesKey {
			lost = append(lost, key)
			s.Delete(key)
		}
	}
	if len(lost) > 0 {
		c.Logger().Warn("session change dropped, because the other application has deleted the session", "keys", lost)
	}
	return s.Has(flashesKey)
}

// partCookies parts Set-Cookie lines into those for the cookie name and others.
func partCookies(lines []string, name string) (own, others []string) {
	for _, line := range lines {
		if cookieName(line) == name {
			own = append(own, line)
		} else {
			others = append(others, line)
		}
	}
	return own, others
}

func cookieName(line string) string {
	name, _, _ := strings.Cut(line, "=")
	return strings.TrimSpace(name)
}

// lastCookie returns the value that the last of the lines for the cookie name gives it, "" for one that deletes it, and
// whether there is such a line.
func lastCookie(lines []string, name string) (value string, ok bool) {
	for i := len(lines) - 1; i >= 0; i-- {
		if cookieName(lines[i]) != name {
			continue
		}
		cookie, err := http.ParseSetCookie(lines[i])
		switch {
		case err != nil: // such as an octal escape of Python: told, though nobody here can read it
			return rawValue(lines[i]), true
		case cookie.MaxAge < 0, !cookie.Expires.IsZero() && cookie.MaxAge == 0 && cookie.Expires.Before(time.Now()):
			return "", true
		}
		return cookie.Value, true
	}
	return "", false
}

// rawValue returns what stands for the value in a Set-Cookie line.
func rawValue(line string) string {
	_, value, _ := strings.Cut(line, "=")
	value, _, _ = strings.Cut(value, ";")
	return strings.TrimSpace(value)
}

// setCookie makes value the only one of the cookie name in the header of a request, or takes it out if that is "".
func setCookie(header http.Header, name, value string) {
	var pairs []string
	for pair := range strings.SplitSeq(strings.Join(header["Cookie"], ";"), ";") {
		if pair = strings.TrimSpace(pair); pair != "" && cookieName(pair) != name {
			pairs = append(pairs, pair)
		}
	}
	if value != "" {
		pairs = append(pairs, name+"="+value)
	}
	if delete(header, "Cookie"); len(pairs) > 0 {
		header["Cookie"] = []string{strings.Join(pairs, "; ")}
	}
}

// currentCookie returns the value of the session cookie that the visitor has by now.
func (c *Context) currentCookie() string {
	if handed := c.handedOver(); handed.told {
		return handed.value
	}
	return cookiecodec.Find(c.born.Header["Cookie"], c.settings.cookie.name)
}

// RewindBody has the body of the request be read from its beginning again, also when a hook has parsed a form or JSON: for
// a handler that sends it on. It reports whether that was so; then [Context.Limit] comes too late. It is an error with
// status 413 when more was read than is kept, which is MAX_FORM_MEMORY_SIZE for forms, MAX_JSON_SIZE for JSON, and nothing
// for other bodies.
func (c *Context) RewindBody() (again bool, err error) {
	again = c.rare().form != nil
	if b := c.body(); b != nil && b.begun() {
		return true, b.rewind()
	}
	return again, nil
}

// A FallibleHandler is a net/http handler that may fail before it has answered. [Wrap], and so [App.Handle],
// [App.Mount] and [App.Fallback], call ServeError in place of ServeHTTP, and its error goes to the error handlers.
type FallibleHandler interface {
	http.Handler
	// ServeError is ServeHTTP that may return an error; then it has written nothing, or what it has written is lost.
	ServeError(w http.ResponseWriter, r *http.Request) error
}
