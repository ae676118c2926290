package sessionstore

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// Moving moves sessions into a store while the site runs, each when its visitor comes next: sessions that were kept in
// cookies, dewar's own or Flask's, or by another backend that is a [Leaving]. Assign a pointer to it to
// App.SessionInterface; put To alone in its place when the sessions of From have had the time to expire,
// PERMANENT_SESSION_LIFETIME. Its methods may be called by several goroutines; its fields must not be changed once the App
// serves.
//
// Requests with one old cookie that come at once end up in one session, and lose nothing of each other. That cookie opens
// the new session for as long as it would have opened the old one, whoever has a copy, and nothing any more after a Renew, a
// logout or another end of that session, by whichever request. The store remembers so much of it, in a small record of its own for as long as it may come
// back: with a [Memory] no longer than the process lives or has room.
//
// A session keeps its values and messages. Its SESSION_ABSOLUTE_LIFETIME begins anew. A copy of another cookie that the same
// visitor once had opens a session of its own, as it did before; see [dewar.SecureCookieSessionInterface] for Epoch, which is
// asked in From. A request whose view fails has moved its session too.
type Moving struct {
	// From has opened and saved the sessions so far. It must be set.
	From dewar.SessionInterface
	// To keeps them from now on. It must be set.
	To *SessionInterface
}

// A Leaving is a backend that keeps its sessions on a server, and whose cookies nobody may have signed. It tells a
// [Moving] which cookies may be looked up, and removes what was moved.
type Leaving interface {
	dewar.SessionInterface
	// MayOpen reports, without asking the server, whether the request's cookie may name a session. An error ends the
	// request, such as a 429 because too many ask.
	MayOpen(c *dewar.Context) (bool, error)
	// Moved removes the session s, which OpenSession has returned for this request, from where it was. It is called after s
	// was stored elsewhere; an error is logged.
	Moved(c *dewar.Context, s *dewar.Session) error
}

var (
	_ dewar.SessionInterface     = (*Moving)(nil)
	_ dewar.SessionConfigChecker = (*Moving)(nil)
)

// CheckConfig says which fields are missing, and what From and To find. [dewar.App.Build] calls it.
func (m *Moving) CheckConfig(config *dewar.Values) error {
	if m.From == nil || m.To == nil {
		return errors.New("sessionstore: Moving needs From and To; set them, for example to &dewar.SecureCookieSessionInterface{} and a *sessionstore.SessionInterface")
	}
	return errors.Join(check(m.From, config), m.To.CheckConfig(config))
}

func check(i dewar.SessionInterface, config *dewar.Values) error {
	if checker, ok := i.(dewar.SessionConfigChecker); ok {
		return checker.CheckConfig(config)
	}
	return nil
}

// SaveSession saves what was moved, or was in the store before.
func (m *Moving) SaveSession(c *dewar.Context, s *dewar.Session) error { return m.To.SaveSession(c, s) }

// OpenSession opens the session in the store, and moves it there first if the request's cookie is one of From.
func (m *Moving) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	s, err := m.To.OpenSession(c)
	if err != nil || s == nil {
		return s, err
	}
	st, _ := dewar.Stored(s).State().(*state)
	text := dewar.SessionCookieValue(c)
	if text == "" || st.cookie != (cookie{}) {
		return s, nil
	}
	leaving, isLeaving := m.From.(Leaving)
	if isLeaving {
		if may, err := leaving.MayOpen(c); err != nil || !may {
			return s, err
		}
	}
	begin := time.Now()
	old, err := m.From.OpenSession(c)
	if err != nil || old == nil {
		return s, err
	}
	none := old.IsNew() || old.Len() == 0
	if none && !isLeaving {
		dewar.Stored(old).SetState(&state{}) // old, which may be one that cannot be read
		return old, nil
	}
	ctx, cancel := m.To.withinRest(c, time.Since(begin)) // the backend of before may have waited for a server too
	defer cancel()
	defer func() { st.spent = time.Since(begin) }()
	v := &move{Moving: m, ctx: ctx, c: c, s: s, st: st, now: m.To.now()}
	v.marker, v.secret = ofCookie(text)
	return v.open(old, none)
}

// A move is the moving of one session in one request.
type move struct {
	*Moving
	ctx    context.Context
	c      *dewar.Context
	s      *dewar.Session // what the request gets
	st     *state
	now    time.Time
	marker Handle
	secret string
}

// ofCookie derives, from a cookie that From takes, under which handle the store remembers it and the secret of the session that
// it becomes: so every request with that cookie can send the new one. Both come from the cookie alone, and so outlive a change of
// SECRET_KEY; without the cookie nobody can tell the secret.
func ofCookie(text string) (marker Handle, secret string) {
	derived, err := hkdf.Key(sha256.New, []byte(text), nil, "dewar/sessionstore/moved", len(marker)+sha256.Size)
	if err != nil {
		panic("sessionstore: " + err.Error()) // only for lengths that are out of range
	}
	copy(marker[:], derived)
	return marker, base64.RawURLEncoding.EncodeToString(derived[len(marker):])
}

// open returns the session that the cookie has become, or moves old, unless there is none.
func (v *move) open(old *dewar.Session, none bool) (*dewar.Session, error) {
	target, err := v.marked()
	switch {
	case err == nil:
		return v.join(target)
	case !errors.Is(err, ErrNotFound):
		return nil, failed(err)
	case none:
		dewar.Stored(old).SetState(&state{})
		return old, nil
	}
	return v.move(old)
}

// markKey is where a record that stands for an old cookie has the handle of the session that it has become.
const markKey = "moved"

// marked returns the handle of the session that the cookie has become, or ErrNotFound.
func (v *move) marked() (Handle, error) {
	r, err := v.To.load(v.ctx, v.marker)
	if err == nil && r.Expired(v.now) {
		err = ErrNotFound
	}
	if err != nil {
		return Handle{}, err
	}
	return ParseHandle(strings.Trim(r.Values[markKey], `"`))
}

// mark remembers that the cookie has become the session of h, unless another request has been faster with another one: then it
// returns that.
func (v *move) mark(h Handle, until time.Time) (Handle, error) {
	err := v.To.create(v.ctx, v.marker, Record{
		Values: map[string]string{markKey: `"` + h.String() + `"`}, Created: v.now, Seen: v.now, Idle: until.Sub(v.now).Truncate(time.Millisecond),
	})
	if errors.Is(err, ErrExists) {
		return v.marked()
	}
	return h, err
}

// cookie returns the one for the session of h, which is still to be sent.
func (v *move) cookie(h Handle) cookie {
	return cookie{id: h.String(), handle: h, secret: v.secret, stale: true}
}

// join opens the session of h, if the secret of the old cookie still opens it: it does not after a Renew.
func (v *move) join(h Handle) (*dewar.Session, error) {
	v.st.cookie = v.cookie(h)
	return v.To.enter(v.ctx, v.c, v.s, v.st)
}

// move brings old into the store. The new session is there before anything tells of it, so that of requests that do so at
// once the one counts whose session the marker names; a request that comes too late finds the marker, and revives nothing.
func (v *move) move(old *dewar.Session) (*dewar.Session, error) {
	w, err := v.saving(old)
	if err != nil {
		return nil, err
	}
	h := newHandle()
	if err := w.keep(v.cookie(h)); err != nil {
		return nil, err
	}
	target, err := v.mark(h, v.until(old, w.k))
	switch {
	case err != nil:
		return nil, failed(err) // the marker may be there all the same, so the session stays
	case target != h:
		owner := v.st.record.Owner
		v.st.exists = false
		if err := v.To.remove(v.ctx, h); err == nil {
			v.To.release(v.ctx, owner, h)
		}
		return v.join(target)
	}
	if leaving, ok := v.From.(Leaving); ok {
		if err := leaving.Moved(v.c, old); err != nil {
			v.c.Logger().Error("moved session could not be removed from where it was", "session", h.String(), "err", err)
		}
	}
	v.To.tell(Event{Name: "moved", Node: v.To.nodeOf(h)})
	v.st.members = membersOf(v.st.record.Values, nil)
	v.To.restore(v.c, v.s, v.st)
	return v.s, nil
}

// saving returns what keeps the values of old in the store.
func (v *move) saving(old *dewar.Session) (*saving, error) {
	k, err := v.To.keysFor(v.c)
	if err != nil {
		return nil, err
	}
	values, err := dewar.Stored(old).Values()
	if err != nil {
		return nil, internal(err)
	}
	s := dewar.NewSession()
	dewar.Stored(s).Restore(values)
	s.MarkModified() // or it would be nobody's
	return &saving{i: v.To, ctx: v.ctx, c: v.c, k: k, s: s, st: v.st, stored: dewar.Stored(s), now: v.now}, nil
}

// until returns how long the cookie of old may come back, with a minute for clocks that differ.
func (v *move) until(old *dewar.Session, k *keys) time.Time {
	end := v.now.Add(k.idle)
	if expires := old.ExpiresAt(); expires.After(end) {
		end = expires
	}
	return end.Add(time.Minute)
}
