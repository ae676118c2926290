package dewar

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/taggedjson"
)

// Session is what one visitor's requests have in common: a bag of values that is saved when it changed. It
// has the getters of [Values]; [ValueOr] and [Session.Decode] read structs and slices.
//
// Values keep their types between requests: integers up to any size, floats, text, []byte, time.Time to the
// second, [UUID], [Tuple], lists and mappings. A struct is kept as a mapping, and a time.Duration that is set by
// itself as text.
//
// A change inside a value is saved too: maps, slices and what pointers lead to, also in the fields of structs, are
// compared with what they were when they were set or handed out by Get, Lookup, All, Map, [ValueOr], [Require] or
// Decode. Strings gives a copy. What a type has no room for stays as it is, and so do changes that were made
// through another type; of two changes of one member the one that was handed out last counts. A type that could
// not be set, such as a struct with a function in it, is not compared. The fields of a struct that is handed out by
// value are the caller's own: Set it again, or ask for a pointer.
//
// A Session lives as long as its request. Its methods may be called by several goroutines. Goroutines that change
// the same map, slice or pointer need a lock of their own; hold it also while another type of that value is asked
// for, and finish before the view returns. The zero Session can only be read and is empty.
type Session struct {
	Values

	mu       sync.Mutex
	members  []taggedjson.Member   // the values, encoded
	changed  []string              // keys that were set, changed or removed
	loans    []*loan               // what has been handed out of the values and can be changed
	lending  atomic.Bool           // there are or were loans
	err      atomic.Pointer[error] // the first one
	readOnly *HTTPError            // why nothing can be written; nil for a usable session
	owner    *Context              // whose session it is; nil for one that only a backend knows
	custom   *taggedjson.Codec
	id       string
	seal     seal
	expires  int64 // in seconds since 1970; 0 when it is not known

	isNew, modified, cleared    bool
	renewed, destroyed, reissue bool
	refresh, openedLate         bool
	stage                       atomic.Uint32

	headers [2]string            // back Vary and Cache-Control without an allocation each
	inline  [4]taggedjson.Member // backs members while they are few
}

// The stages of a session. From dropped on it cannot be changed.
const (
	changeable uint32 = iota
	dropped           // the request ended without saving it
	final             // it need not be saved
	due               // it must be saved
)

// permanentKey is where a session says that it is permanent, as Flask's does.
const permanentKey = "_permanent"

// epoch is the Expires of a cookie that is to be deleted.
var epoch = time.Unix(0, 0).UTC()

// NewSession returns an empty session that can be written, for a [SessionInterface] to return.
func NewSession() *Session {
	s := &Session{isNew: true}
	s.src = sessionSource{s}
	return s
}

func (s *Session) isNull() bool { return s.src == nil }

// Set gives key a value. What cannot be kept, such as a function or a number that is not finite, sticks in
// [Session.Err] and fails the request; so does a change that comes after the response has begun. A map, slice or
// pointer is kept as it is when the session is saved; only a []byte is copied.
func (s *Session) Set(key string, value any) {
	raw, err := s.codec().AppendMember(nil, key, kept(value))
	s.change(func() {
		if err != nil {
			s.fail(&HTTPError{Code: http.StatusInternalServerError, Err: fmt.Errorf("dewar: session value %q cannot be kept: %w", key, err)})
			return
		}
		s.recall(key)
		s.put(key, string(raw))
		s.watch(key, value)
	})
}

// watch notices changes in a value that was set. The caller holds the lock.
func (s *Session) watch(key string, value any) {
	raw := s.member(key).Raw
	if _, copied := value.([]byte); copied || raw == "null" || !lendable(reflect.TypeOf(value)) {
		return
	}
	s.lend(&loan{key: key, form: reflect.TypeOf(value), value: value, raw: raw, basis: raw})
}

// put makes raw the encoded value of key. The caller holds the lock.
func (s *Session) put(key, raw string) {
	s.note(key)
	if m := s.member(key); m != nil {
		m.Raw = raw
		return
	}
	s.members = append(s.members, taggedjson.Member{Key: key, Raw: raw})
}

// remove takes the value of key away, if it has one. The caller holds the lock.
func (s *Session) remove(key string) {
	if s.member(key) == nil {
		return
	}
	s.note(key)
	s.recall(key)
	s.members = slices.DeleteFunc(s.members, func(m taggedjson.Member) bool { return m.Key == key })
}

// note remembers that the value of key is another one, or none. The caller holds the lock.
func (s *Session) note(key string) {
	s.modified = true
	if !slices.Contains(s.changed, key) {
		s.changed = append(s.changed, key)
	}
}

// Pop removes key and returns the value it had, or nil. Only a key that was there makes a change. Of several
// goroutines one gets the value.
func (s *Session) Pop(key string) any {
	raw, lent, found := s.find(key, nil)
	if !found && !s.isNull() {
		return nil
	}
	taken := false
	s.change(func() {
		m := s.member(key)
		if taken = m != nil; taken && m.Raw != raw { // another goroutine has changed it meanwhile
			raw, lent = m.Raw, nil
		}
		s.remove(key)
	})
	switch {
	case !taken: // another goroutine has, or it was refused
		return nil
	case lent != nil:
		return lent
	}
	value, err := s.codec().Decode(raw)
	if err != nil { // checked when the session was opened
		return nil
	}
	return value
}

// Delete removes keys. Only a key that was there makes a change.
func (s *Session) Delete(keys ...string) {
	for _, key := range keys {
		if s.Has(key) || s.isNull() {
			s.change(func() { s.remove(key) })
		}
	}
}

// Clear removes everything. It counts as a change also when there was nothing.
func (s *Session) Clear() { s.change(s.empty) }

// Renew asks for a new id with the same values, so that one an attacker knows is worth nothing: call it when
// a user logs in. A session kept in a cookie is signed anew.
func (s *Session) Renew() { s.change(func() { s.renewed, s.modified = true, true }) }

// Destroy ends the session: its values are gone, and a backend that keeps it on the server removes it. What is set
// after that begins another session.
func (s *Session) Destroy() { s.change(func() { s.empty(); s.destroyed = true }) }

// empty takes all values away. The caller holds the lock.
func (s *Session) empty() {
	s.recallAll()
	s.members, s.changed = nil, nil
	s.cleared, s.modified = true, true
}

// SetPermanent makes the cookie outlive the browser: it expires PERMANENT_SESSION_LIFETIME after the last
// request that opened the session. Flask has the attribute permanent.
func (s *Session) SetPermanent(permanent bool) { s.Set(permanentKey, permanent) }

// Permanent reports whether the cookie outlives the browser. The default is false.
func (s *Session) Permanent() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.isPermanent() }

// MarkModified makes sure that the session is saved. Changes, also those inside values, are noticed without
// it.
func (s *Session) MarkModified() { s.change(func() { s.modified = true }) }

// MarkStale makes sure that a session with values is saved, although nothing in it changed, as after a change of
// keys. It is for backends.
func (s *Session) MarkStale() { s.mu.Lock(); defer s.mu.Unlock(); s.reissue = true }

// Modified reports whether the session was changed through one of its methods. A change inside a value shows
// in it when the session is saved.
func (s *Session) Modified() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.modified }

// Accessed reports whether a handler asked for the session in this request.
func (s *Session) Accessed() bool { return s.owner != nil }

// IsNew reports whether the session began with this request.
func (s *Session) IsNew() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.isNew }

// ID returns the id under which a backend keeps the session, or "" for one that is kept in a cookie.
func (s *Session) ID() string { s.mu.Lock(); defer s.mu.Unlock(); return s.id }

// SetID tells the session its id. It is for backends.
func (s *Session) SetID(id string) { s.mu.Lock(); defer s.mu.Unlock(); s.id = id }

// Renewed reports whether Renew was called. It is for backends.
func (s *Session) Renewed() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.renewed }

// Destroyed reports whether Destroy was called. It is for backends.
func (s *Session) Destroyed() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.destroyed }

// Err returns what went wrong with the session: it could not be opened, a value could not be kept, or it was
// changed too late. A handler need not ask; the request fails by itself.
func (s *Session) Err() error {
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Has reports whether key has a value.
func (s *Session) Has(key string) bool { s.mu.Lock(); defer s.mu.Unlock(); return s.member(key) != nil }

// Len returns the number of values.
func (s *Session) Len() int { s.mu.Lock(); defer s.mu.Unlock(); return len(s.members) }

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

// Decode stores the value of key in what dst points to, which may be a struct. A missing key, a value that does
// not fit, and a dst that is no pointer to a variable are errors that name the key; dst is unchanged then.
func (s *Session) Decode(key string, dst any) error {
	found, err := sessionSource{s}.Into(key, dst)
	switch {
	case err != nil:
		return fmt.Errorf("dewar: session value %q: %w", key, err)
	case !found:
		return fmt.Errorf("dewar: session value %q is missing; ask with Has, or use dewar.ValueOr for a default", key)
	}
	return nil
}

// ShouldSave reports whether the session must be saved: it was modified, also inside a value, it is permanent, not
// empty and SESSION_REFRESH_EACH_REQUEST is on, or [Session.MarkStale] was called, as for one that a key of
// SECRET_KEY_FALLBACKS signed or that is from before SESSION_ABSOLUTE_LIFETIME was set. It is for backends.
func (s *Session) ShouldSave() bool {
	switch s.stage.Load() {
	case final, dropped:
		return false
	case due:
		return true
	}
	if s.settle() != nil {
		return true // MarshalBinary and Changes will tell
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isDue()
}

// isDue is ShouldSave. The caller holds the lock.
func (s *Session) isDue() bool {
	return s.modified || s.reissue && len(s.members) > 0 || s.refresh && s.isPermanent()
}

func (s *Session) isPermanent() bool {
	m := s.member(permanentKey)
	if m == nil {
		return false
	}
	v, _ := sessionCodec.Decode(m.Raw) // nothing of the application runs in it
	permanent, err := coerce.Bool(v)
	return err == nil && permanent
}

// finish makes the values what they are now, for good: every later change is a late one.
func (s *Session) finish() error {
	if err := s.settle(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isDue() {
		s.stage.Store(due)
	} else {
		s.stage.Store(final)
	}
	return nil
}

// drop does so without noticing changes inside values, unless the session has been finished.
func (s *Session) drop() {
	if s.stage.Load() != changeable {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stage.CompareAndSwap(changeable, dropped)
}

// change runs f under the lock if the session can be changed, and remembers the attempt if it cannot.
func (s *Session) change(f func()) {
	s.mu.Lock()
	refused := s.refusal()
	if refused == nil {
		f()
	} else {
		s.fail(refused)
	}
	s.mu.Unlock()
	if errors.Is(refused, ErrSessionCommitted) && s.owner != nil {
		s.owner.lateSession(refused)
	}
}

// refusal says why the session cannot be changed.
func (s *Session) refusal() error {
	switch {
	case s.readOnly != nil:
		return s.readOnly
	case s.isNull():
		return errNoSession
	case s.stage.Load() != changeable:
		return ErrSessionCommitted
	}
	return nil
}

// fail remembers the first error.
func (s *Session) fail(err error) { s.err.CompareAndSwap(nil, &err) }

// member returns the encoded value of key, or nil. The caller holds the lock.
func (s *Session) member(key string) *taggedjson.Member {
	for i := range s.members {
		if s.members[i].Key == key {
			return &s.members[i]
		}
	}
	return nil
}
