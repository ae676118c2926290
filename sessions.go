package dewar

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/cookiecodec"
	"github.com/dewar-go/dewar/internal/headers"
	"github.com/dewar-go/dewar/internal/sessiondata"
	"github.com/dewar-go/dewar/internal/taggedjson"
)

// A SessionInterface opens and saves the sessions of an App. Set App.SessionInterface to replace the
// default; Flask's session_interface is the same. It must be safe for concurrent use.
//
// A backend makes its sessions with [NewSession], reads and restores them through [Stored], and sends its cookie with
// [SetSessionCookie], so that every SESSION_COOKIE key counts. dewar itself sets Vary: Cookie. One that wants its
// settings checked early is a [SessionConfigChecker] too.
type SessionInterface interface {
	// OpenSession returns the session of c's request: a new one when there is none, or when it is expired or
	// was tampered with; nil when sessions are unavailable, and then a session that can only be read is
	// used. An error means that the backend failed: the request ends in 503. It is called when a handler
	// first asks for the session, at most once in a request.
	OpenSession(c *Context) (*Session, error)
	// SaveSession stores s, whose values are final by then, and sets or deletes the cookie. It is called once, after
	// the after-request hooks and before the header is sent, for every session that was opened; most begin with if
	// !dewar.Stored(s).ShouldSave() { return nil }. An error replaces the response: 503, or the status that the error
	// picks; with one below 500 go the cookies that were set with SetSessionCookie. Its cookies are kept when a later error
	// replaces the response, also those it sets in another way than with SetSessionCookie.
	SaveSession(c *Context, s *Session) error
}

// A SessionConfigChecker is a [SessionInterface] that looks at the configuration before the first request.
type SessionConfigChecker interface {
	// CheckConfig returns what is wrong with the configuration for this backend, and how to cure it. [App.Build] calls
	// it each time and reports the error among its problems.
	CheckConfig(config *Values) error
}

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

func internalError(text string) *HTTPError {
	return &HTTPError{Code: http.StatusInternalServerError, Err: errors.New(text)}
}

// Session is what one visitor's requests have in common: a bag of values that is saved when it changed. It
// has the getters of [Values]; [ValueOr] and [Session.Decode] read structs and slices.
//
// Values keep their types between requests: integers up to any size, floats, text, []byte, time.Time to the
// second, [UUID], [Tuple], template.HTML, which is Flask's Markup and which templates do not escape, lists and mappings.
// A struct is kept as a mapping, and a time.Duration that is set by itself as text. Text is never taken for
// template.HTML.
//
// A change inside a value is saved too: maps, slices and what pointers lead to, also in the fields of structs, are
// compared with what they were when they were set or handed out by Get, Lookup, All, Map, [ValueOr], [Require] or
// Decode. Strings gives a copy. Keys that a struct has no field for stay as they are, and so do changes that were made
// through another type; of two changes of one member the one that was handed out last counts. A type that could
// not be set, such as a struct with a function in it, is not compared. The fields of a struct that is handed out by
// value are the caller's own: Set it again, or ask for a pointer.
//
// A Session lives as long as its request. Its methods may be called by several goroutines. Goroutines that change
// the same map, slice or pointer need a lock of their own; hold it also while another type of that value is asked
// for, and finish before the view returns. The zero Session can only be read and is empty.
type Session struct {
	bag      sessiondata.Bag
	view     Values
	err      atomic.Pointer[error] // the first one
	readOnly *HTTPError            // why nothing can be written; nil for a usable session
	owner    *Context              // whose session it is; nil for one that only a backend knows
	seal     cookiecodec.Seal
	opening  *opening // nil without Epoch
	unread   error    // why what the visitor brought cannot be read

	id       atomic.Pointer[string] // nil without one
	expires  atomic.Int64           // in seconds since 1970; 0 when it is not known
	lifetime atomic.Int64           // of its own, a time.Duration; or 0
	state    atomic.Pointer[any]    // of the backend; nil without one

	refresh, openedLate bool
	headers             [2]string // back Vary and Cache-Control without an allocation each
}

// permanentKey is where a session says that it is permanent, as Flask's does.
const permanentKey = "_permanent"

// NewSession returns an empty session that can be written, for a [SessionInterface] to return.
func NewSession() *Session { return makeSession(sessionCodec) }

func makeSession(codec *taggedjson.Codec) *Session {
	s := &Session{}
	s.bag.Init(codec)
	s.view.src = sessionSource{&s.bag}
	return s
}

// A sessionSource reads a session.
type sessionSource struct{ *sessiondata.Bag }

func (sessionSource) Describe(key string) (string, int) {
	return fmt.Sprintf("session value %q", key), http.StatusInternalServerError
}

func (s *Session) values() *Values { return &s.view }

// Has reports whether key has a value.
func (s *Session) Has(key string) bool { return s.bag.Has(key) }

// Get returns the value of key, or nil when it is missing.
func (s *Session) Get(key string) any { return s.view.Get(key) }

// Lookup returns the value of key and whether there is one.
func (s *Session) Lookup(key string) (any, bool) { return s.view.Lookup(key) }

// Keys returns the keys that have a value, sorted.
func (s *Session) Keys() []string { return s.view.Keys() }

// Len returns the number of values.
func (s *Session) Len() int { return s.bag.Len() }

// All returns the keys, sorted, with their values.
func (s *Session) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, key := range s.Keys() {
			if v, ok := s.Lookup(key); ok && !yield(key, v) {
				return
			}
		}
	}
}

// String returns the value of key as text, or "" when it is missing or neither text nor a number.
func (s *Session) String(key string) string { return s.view.String(key) }

// Int returns the value of key as an int, or 0 when it is missing or not a whole number in range.
func (s *Session) Int(key string) int { return s.view.Int(key) }

// Int64 returns the value of key as an int64, or 0 when it is missing or not a whole number in range.
func (s *Session) Int64(key string) int64 { return s.view.Int64(key) }

// Float64 returns the value of key as a float64, or 0 when it is missing or not a number.
func (s *Session) Float64(key string) float64 { return s.view.Float64(key) }

// Bool returns the value of key as a bool, or false when it is missing or not one of true, false, on, off,
// yes, no, 1 and 0.
func (s *Session) Bool(key string) bool { return s.view.Bool(key) }

// Duration returns the value of key as a duration, or 0 when it is missing or none. A bare number counts seconds.
func (s *Session) Duration(key string) time.Duration { return s.view.Duration(key) }

// Time returns the value of key as a time, or the zero time when it is missing or none.
func (s *Session) Time(key string) time.Time { return s.view.Time(key) }

// Map returns the value of key as a map with text keys, or nil when it is missing or none. A change in it is saved.
func (s *Session) Map(key string) Map { return s.view.Map(key) }

// Strings returns a copy of the list that key has as text; text is split on commas. It returns nil when key is missing.
func (s *Session) Strings(key string) []string { return s.view.Strings(key) }

// Decode stores the value of key in what dst points to, which may be a struct. A missing key, a value that does
// not fit, and a dst that is no pointer to a variable are errors that name the key; dst is unchanged then.
func (s *Session) Decode(key string, dst any) error {
	found, err := s.bag.Into(key, dst)
	switch {
	case err != nil:
		return fmt.Errorf("dewar: session value %q: %w", key, err)
	case !found:
		return fmt.Errorf("dewar: session value %q is missing; ask with Has, or use dewar.ValueOr for a default", key)
	}
	return nil
}

// Set gives key a value. What cannot be kept, such as a function or a number that is not finite, sticks in
// [Session.Err] and fails the request; so does a change that comes after the response has begun. A map, slice or
// pointer is kept as it is when the session is saved; only a []byte is copied.
func (s *Session) Set(key string, value any) { s.heed(s.bag.Set(key, value)) }

// SetDefault gives key a value if it has none, and returns what [Session.Get] returns then. That does not keep the type
// of value: a map[string]int comes back as a Map. Flask calls it setdefault.
func (s *Session) SetDefault(key string, value any) any {
	s.heed(s.bag.SetDefault(key, value))
	return s.Get(key)
}

// Change gives key the value that change returns for the one it has, nil for none; nil removes it. It is for counters
// and carts that several requests change at once: where the session is kept on a server and another request has changed
// the value meanwhile, change is called again with that one when the session is saved, and nothing is lost. So it may be
// called several times, must not use the session, and should do nothing else than to compute. Its argument has the type
// that [Session.Get] returns, and is its own to change. A key that was Set or Deleted before in the same request is
// changed once. In a cookie it is a Get and a Set.
func (s *Session) Change(key string, change func(old any) any) { s.heed(s.bag.Compute(key, change)) }

// Update gives each key of m its value, as [Session.Set] does and Python's dict.update.
func (s *Session) Update(m Map) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		s.Set(key, m[key])
	}
}

// Pop removes key and returns the value it had, or nil. Only a key that was there makes a change. Of several
// goroutines one gets the value.
func (s *Session) Pop(key string) any {
	value, err := s.bag.Pop(key)
	s.heed(err)
	return value
}

// Delete removes keys and reports whether all of them were there. Only a key that was there makes a change. Python's del
// raises KeyError for one that was not.
func (s *Session) Delete(keys ...string) bool {
	all := true
	for _, key := range keys {
		found, err := s.bag.Delete(key)
		s.heed(err)
		all = all && found
	}
	return all
}

// Clear removes everything. It counts as a change also when there was nothing.
func (s *Session) Clear() { s.heed(s.bag.Clear(0)) }

// Renew asks for a new id with the same values, so that one an attacker knows is worth nothing: call it when
// a user logs in. A session kept in a cookie is signed anew.
func (s *Session) Renew() { s.heed(s.bag.Change(sessiondata.Renewed)) }

// Destroy ends the session: its values are gone, and a backend that keeps it on the server removes it. What is set
// after that begins another session.
func (s *Session) Destroy() { s.heed(s.bag.Clear(sessiondata.Destroyed)) }

// SetPermanent makes the cookie outlive the browser: it expires PERMANENT_SESSION_LIFETIME after the last
// request that opened the session. Flask has the attribute permanent.
func (s *Session) SetPermanent(permanent bool) { s.Set(permanentKey, permanent) }

// Permanent reports whether the cookie outlives the browser. The default is false.
func (s *Session) Permanent() bool { return s.Bool(permanentKey) }

// MarkModified makes sure that the session is saved. Changes, also those inside values, are noticed without it. Where
// there are no sessions, as without a SECRET_KEY, it does nothing, for nothing is lost by it.
func (s *Session) MarkModified() {
	if err := s.bag.Change(0); !errors.Is(err, sessiondata.ErrNull) {
		s.heed(err)
	}
}

// Modified reports whether the session was changed through one of its methods. A change inside a value shows
// in it when the session is saved.
func (s *Session) Modified() bool { return s.marked(sessiondata.Modified) }

// Accessed reports whether a handler asked for the session in this request.
func (s *Session) Accessed() bool { return s.owner != nil }

// IsNew reports whether the session began with this request.
func (s *Session) IsNew() bool { return s.marked(sessiondata.New) }

// ID returns the id under which a backend keeps the session, or "" for one that is kept in a cookie.
func (s *Session) ID() string {
	if id := s.id.Load(); id != nil {
		return *id
	}
	return ""
}

// ExpiresAt returns when the session ends if it is not used again; the zero time when that is not known, as
// for a new session.
func (s *Session) ExpiresAt() time.Time {
	if end := s.expires.Load(); end != 0 {
		return time.Unix(end, 0)
	}
	return time.Time{}
}

// Err returns what went wrong with the session: it could not be opened, a value could not be kept, or it was
// changed too late. A handler need not ask; the request fails by itself.
func (s *Session) Err() error {
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Format prints the keys that have a value, and never the values, for every verb.
func (s *Session) Format(f fmt.State, verb rune) { s.view.Format(f, verb) }

// LogValue returns what Format prints.
func (s *Session) LogValue() slog.Value { return s.view.LogValue() }

func (s *Session) marked(m sessiondata.Mark) bool { return s.bag.Marks()&m != 0 }

// heed remembers why a change was refused, and tells of one that cannot be saved any more.
func (s *Session) heed(refused error) {
	switch {
	case refused == nil:
		return
	case s.readOnly != nil:
		s.fail(s.readOnly)
	case errors.Is(refused, sessiondata.ErrNull):
		s.fail(errNoSession)
	case !errors.Is(refused, sessiondata.ErrFinal):
		s.fail(&HTTPError{Code: http.StatusInternalServerError, Err: ofSession(refused)})
	default:
		s.fail(ErrSessionCommitted)
		if s.owner != nil {
			s.owner.rare().session.tellLate(s.owner, refused)
		}
	}
}

// fail remembers the first error.
func (s *Session) fail(err error) { s.err.CompareAndSwap(nil, &err) }

// ofSession says of an error that it is about a session.
func ofSession(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("dewar: session %w", err)
}

// A StoredSession is what a backend sees of a session and a view need not. [Stored] returns it.
type StoredSession struct{ s *Session }

// Stored returns the side of s that is for backends: its bytes and changes, whether it must be saved, its id and when
// it ends.
func Stored(s *Session) StoredSession { return StoredSession{s} }

// Format prints what the session does: its keys, and never the values.
func (x StoredSession) Format(f fmt.State, verb rune) { x.s.Format(f, verb) }

// LogValue returns what Format prints.
func (x StoredSession) LogValue() slog.Value { return slog.AnyValue(x.s) }

// ShouldSave reports whether the session must be saved: it was modified, also inside a value, it is permanent, not
// empty and SESSION_REFRESH_EACH_REQUEST is on, or [StoredSession.MarkStale] was called, as for one that a key of
// SECRET_KEY_FALLBACKS signed or that is from before SESSION_ABSOLUTE_LIFETIME was set.
func (x StoredSession) ShouldSave() bool {
	switch s := x.s; {
	case s.bag.Dropped() || s.openedLate:
		return false
	case s.bag.Settle() != nil: // MarshalBinary and Changes will tell
		return true
	default:
		return s.Modified() || s.marked(sessiondata.Stale) && s.Len() > 0 || s.refresh && s.Permanent()
	}
}

// Changes is what a request did to its session, for backends that merge the changes of several requests.
type Changes struct {
	// Cleared says that everything from before is gone.
	Cleared bool
	// Set holds the encoded values that were set or changed.
	Set map[string][]byte
	// Deleted are the keys that were removed.
	Deleted []string
	// Computed says of keys that [Session.Change] set or removed which encoded value that began with, nil for none. If
	// the backend has another by now, [StoredSession.Replay] tells what to store.
	Computed map[string][]byte
}

// Format prints the keys, and never the values, for every verb.
func (c Changes) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "Changes(cleared %t, set %q, deleted %q)", c.Cleared, slices.Sorted(maps.Keys(c.Set)), c.Deleted)
}

// LogValue returns what Format prints.
func (c Changes) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// Changes returns what was changed since the session was opened, changes inside values included. A value that cannot
// be kept any more is an error.
func (x StoredSession) Changes() (Changes, error) {
	changes, err := x.s.bag.Changes()
	return Changes(changes), ofSession(err)
}

// ChangesTo is Changes for backends that keep values as text: what was set or changed is put into set, and Set is nil.
func (x StoredSession) ChangesTo(set map[string]string) (Changes, error) {
	changes, err := x.s.bag.ChangesTo(set)
	return Changes(changes), ofSession(err)
}

// Replay returns what the calls of [Session.Change] for key make of current, the encoded value that the backend has by
// now, empty for none. It is empty when they remove it. The session stays as it is.
func (x StoredSession) Replay(key string, current []byte) ([]byte, error) {
	raw, err := x.s.bag.Replay(key, string(current))
	return []byte(raw), ofSession(err)
}

// MergeInto returns data, the bytes that a backend has of the session by now, with the changes of this request: what
// other requests have set or deleted meanwhile stays, unless this one changed the same key. Nothing of data is left after
// [Session.Clear]. Bytes without a value in them are {}.
//
// data is empty when the backend has no such session. If one that must be saved has an id all the same, another request has
// ended it: that is
// a 409, unless this one has ended it too.
func (x StoredSession) MergeInto(data []byte) ([]byte, error) {
	if len(data) == 0 && x.s.ID() != "" && x.s.Len() > 0 && x.ShouldSave() && !x.Destroyed() {
		return nil, &HTTPError{Code: http.StatusConflict, Message: "The session has ended."}
	}
	merged, err := x.s.bag.MergeInto(string(data))
	return merged, ofSession(err)
}

// MarshalBinary returns all values in Flask's tagged JSON. Two sessions with the same values give the same
// bytes, unless another writer's came in by [StoredSession.UnmarshalBinary] in another form.
func (x StoredSession) MarshalBinary() ([]byte, error) {
	data, err := x.s.bag.Encode()
	return data, ofSession(err)
}

// UnmarshalBinary replaces all values by those in data, which [StoredSession.MarshalBinary] or Flask wrote. The
// session is not new and not modified then. Data that is no tagged JSON object is an error and changes nothing.
func (x StoredSession) UnmarshalBinary(data []byte) error {
	if x.s.readOnly != nil {
		return x.s.readOnly
	}
	if err := x.s.bag.Replace(string(data), sessionCodec); err != nil {
		return fmt.Errorf("dewar: session data: %w", err)
	}
	x.see()
	return nil
}

// Values returns all values by key, each in Flask's tagged JSON, for backends that keep them apart.
func (x StoredSession) Values() (map[string]string, error) {
	values, err := x.s.bag.Values()
	return values, ofSession(err)
}

// Restore replaces all values by those that [StoredSession.Values] returned. The session is not new and not modified
// then. A value that is no tagged JSON is left out; the keys of those are returned, sorted.
func (x StoredSession) Restore(values map[string]string) (lost []string) {
	lost = x.s.bag.Restore(values, sessionCodec)
	x.see()
	return lost
}

// RestoreFunc is Restore for n values that are in no map: value returns each of them. Keys must differ.
func (x StoredSession) RestoreFunc(n int, value func(i int) (key, raw string)) (lost []string) {
	lost = x.s.bag.RestoreFunc(n, value, sessionCodec)
	x.see()
	return lost
}

// see lets the values be read, also of a zero Session.
func (x StoredSession) see() {
	if x.s.view.src == nil {
		x.s.view.src = sessionSource{&x.s.bag}
	}
}

// SetState gives the session something of the backend's own, such as what it must know of the stored session when it
// saves it. It replaces what was there.
func (x StoredSession) SetState(state any) { x.s.state.Store(&state) }

// State returns what [StoredSession.SetState] was given last, or nil.
func (x StoredSession) State() any {
	if state := x.s.state.Load(); state != nil {
		return *state
	}
	return nil
}

// Renewed reports whether [Session.Renew] was called.
func (x StoredSession) Renewed() bool { return x.s.marked(sessiondata.Renewed) }

// Destroyed reports whether [Session.Destroy] was called.
func (x StoredSession) Destroyed() bool { return x.s.marked(sessiondata.Destroyed) }

// SetID tells the session its id, which [Session.ID] returns.
func (x StoredSession) SetID(id string) { x.s.id.Store(&id) }

// MarkStale makes sure that a session with values is saved, although nothing in it changed, as after a change of keys.
func (x StoredSession) MarkStale() { x.s.bag.Note(sessiondata.Stale) }

// MarkUnreadable says of an empty session that stands for one which belongs to the visitor and cannot be read, for the
// reason err: it was signed by a key of this application, but is too large, damaged, or written by another version.
// Nobody may lose it without a word. The request that opens it logs the reason; reading it gives nothing; a change ends
// the request in 503 and leaves what the visitor has, unless [Session.Clear] or [Session.Destroy] give it up.
func (x StoredSession) MarkUnreadable(err error) { x.s.unread = err }

// tellUnreadable logs why the session cannot be read, if so.
func (s *Session) tellUnreadable(c *Context) {
	if s.unread != nil {
		c.Logger().Warn("session cannot be read, and is kept as it is; Clear gives it up", "err", s.unread)
	}
}

// SetExpires tells the session when it ends, to the second, if it is not used again: [Session.ExpiresAt] returns it.
func (x StoredSession) SetExpires(t time.Time) { x.s.expires.Store(t.Unix()) }

// SetLifetime makes the session end when it has not been used for d, in whole seconds, in place of
// PERMANENT_SESSION_LIFETIME. [Session.ExpiresAt] and, for a permanent session, the Expires of [SetSessionCookie] count
// from now. It holds for this request, so a backend sets it whenever it opens the session, or before it saves it. A d
// below one second removes it.
//
// The signature of a [SecureCookieSessionInterface] is valid for PERMANENT_SESSION_LIFETIME all the same.
func (x StoredSession) SetLifetime(d time.Duration) {
	d = max(0, d.Truncate(time.Second))
	if x.s.lifetime.Swap(int64(d)) == 0 && d == 0 {
		return
	}
	x.s.expires.Store(0)
	if d > 0 {
		x.s.expires.Store(time.Now().Add(d).Unix())
	}
}

// Session returns the session of the request. The first call opens it; it never returns nil. If it could not
// be opened the session is empty, [Session.Err] says why, and the request ends in 503, or in the status that the
// error picks, such as 400 for a request with more cookies than net/http reads. Without a SECRET_KEY
// it can be read, and is empty, but a write ends the request in 500. Open it before the response is flushed: later
// it cannot set Vary any more, which is logged as an error. Only a Flush, Stream or Events of a request that has the
// session's cookie sets Vary and Cache-Control by itself.
func (c *Context) Session() *Session { return c.rare().session.open(c) }

// A requestSession is the session of one request: opened when it is first asked for, saved once behind the
// after-request hooks, applied to the header when that leaves, closed with the request. The zero value has not been
// opened. Other goroutines of the request may call open; the rest is for the request's own.
type requestSession struct {
	opened   atomic.Pointer[Session]       // nil until it is open
	opening  atomic.Bool                   // somebody opens it, or has done so
	waiting  atomic.Pointer[chan struct{}] // closed when it is open; nil while nobody waits
	toldLate atomic.Bool                   // GotRequestException has been sent for one
	reported bool                          // its error has become the answer
	panicked bool                          // the request has: what it did to the session is in doubt
	early    bool                          // the header leaves before the view has returned, because the view wants it to
	guarded  bool                          // caches were told of a session that nobody had opened by then
	cookies  []string                      // the Set-Cookie lines that go with it

	fileCaching string // the Cache-Control that dewar itself chose for a file
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
	s.refresh, s.owner = c.settings.refresh, c
	s.openedLate = c.saved.Load()
	if !rs.opened.CompareAndSwap(nil, s) {
		return
	}
	if c.saved.Load() {
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
	if c.tooManyCookies() {
		return failedSession(&HTTPError{Code: http.StatusBadRequest, Message: "The request has too many cookies."})
	}
	s, err := c.callOpen()
	switch {
	case err != nil:
		return failedSession(unavailable("open", err))
	case s != nil:
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
	switch failed := s.Err(); {
	case failed == nil && !s.bag.Null() && (!rs.panicked || c.settings.saveOnPanic):
		return rs.store(c, s)
	case !rs.panicked && failed != nil && !rs.reported:
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
	header := c.response.w.Header()
	before := header["Set-Cookie"]
	if err := c.callSave(s); err != nil {
		err = unavailable("save", err)
		status, ok := statusOf(err)
		stored = ok && status < http.StatusInternalServerError // it is the client's fault, and the cookies may say so
		return err
	}
	stored = true
	if lines := header["Set-Cookie"]; len(lines) > 0 {
		kept := 0
		if len(before) <= len(lines) && slices.Equal(lines[:len(before)], before) { // else it has replaced them
			kept = len(before)
		}
		rs.cookies = append(rs.cookies, lines[kept:]...)
		header["Set-Cookie"] = lines[:kept:kept]
	}
	return nil
}

// addCookie records a line that sets the cookie of the session, in place of an earlier one for the same cookie.
func (rs *requestSession) addCookie(line string) {
	name, _, _ := strings.Cut(line, "=")
	rs.cookies = slices.DeleteFunc(rs.cookies, func(other string) bool {
		otherName, _, _ := strings.Cut(other, "=")
		return otherName == name
	})
	rs.cookies = append(rs.cookies, line)
}

// apply sets the headers that go with the session, when the response is committed.
func (rs *requestSession) apply(c *Context) {
	header := c.response.w.Header()
	if len(rs.cookies) > 0 { // also again, after a hijack that failed
		header["Set-Cookie"] = append(headers.Without(header["Set-Cookie"], rs.cookies, nil), rs.cookies...)
	}
	switch s := rs.opened.Load(); {
	case s == nil:
		rs.guardEarly(c, header)
	case !s.bag.Null():
		rs.guardCaches(s, header)
	}
}

// guardEarly does so for a session that the rest of the view may open, if the request has its cookie. A file is the same
// for everybody.
func (rs *requestSession) guardEarly(c *Context, header http.Header) {
	if !rs.early || rs.fileCaching != "" || len(header["Accept-Ranges"]) > 0 {
		return
	}
	if _, err := c.born.Cookie(c.settings.cookie.name); err != nil {
		return
	}
	rs.guarded = true
	headers.AddVary(header, []string{"Cookie"})
	headers.SetDefault(header, "Cache-Control", []string{"private"})
}

// guardCaches keeps shared caches from handing the answer to another visitor. What the application has said itself
// about caching stays.
func (rs *requestSession) guardCaches(s *Session, header http.Header) {
	s.headers = [2]string{"Cookie", "private"}
	headers.AddVary(header, s.headers[:1:1])
	ours := rs.fileCaching != "" && header.Get("Cache-Control") == rs.fileCaching
	switch {
	case len(rs.cookies) > 0:
		s.headers[1] = "no-store"
	case ours:
		s.headers[1] = "private, " + strings.TrimPrefix(rs.fileCaching, "public, ")
	}
	if ours {
		delete(header, "Cache-Control")
	}
	headers.SetDefault(header, "Cache-Control", s.headers[1:])
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
		c.guard(func() { c.App.GotRequestException.send(RequestException{c, ErrSessionCommitted}) })
	}
}

// noticeLate tells of a session that was first opened after the response had begun, and of changes that came then.
func (rs *requestSession) noticeLate(c *Context) {
	if s := rs.opened.Load(); s != nil && !s.bag.Null() && s.openedLate && !rs.guarded {
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
