package dewar

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/dewar-go/dewar/internal/sessiondata"
)

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
		marks := s.bag.Marks()
		return marks&sessiondata.Modified != 0 || marks&sessiondata.Stale != 0 && s.Len() > 0 || s.refresh && s.Permanent()
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

// Before returns the encoded value that key had when the session was opened, nil for none. It is for tools: only in DEBUG
// and while the App has an Observer is anything kept.
func (x StoredSession) Before(key string) []byte {
	if raw := x.s.bag.Before(key); raw != "" {
		return []byte(raw)
	}
	return nil
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
