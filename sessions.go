package dewar

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/internal/cookiecodec"
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
	return new(Session).begin(codec)
}

// begin makes the zero Session an empty one that can be written.
func (s *Session) begin(codec *taggedjson.Codec) *Session {
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
func (s *Session) String(key string) string {
	if text, ok := taggedjson.PlainText(s.bag.Raw(key)); ok {
		return text
	}
	return s.view.String(key)
}

// Int returns the value of key as an int, or 0 when it is missing or not a whole number in range.
func (s *Session) Int(key string) int {
	if n, ok := taggedjson.PlainInt(s.bag.Raw(key)); ok && int64(int(n)) == n {
		return int(n)
	}
	return s.view.Int(key)
}

// Int64 returns the value of key as an int64, or 0 when it is missing or not a whole number in range.
func (s *Session) Int64(key string) int64 {
	if n, ok := taggedjson.PlainInt(s.bag.Raw(key)); ok {
		return n
	}
	return s.view.Int64(key)
}

// Float64 returns the value of key as a float64, or 0 when it is missing or not a number.
func (s *Session) Float64(key string) float64 { return s.view.Float64(key) }

// Bool returns the value of key as a bool, or false when it is missing or not one of true, false, on, off,
// yes, no, 1 and 0.
func (s *Session) Bool(key string) bool {
	switch s.bag.Raw(key) {
	case "true":
		return true
	case "false", "":
		return false
	}
	return s.view.Bool(key)
}

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
			s.owner.requestSession().tellLate(s.owner, refused)
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
