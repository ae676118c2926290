package sessionstore

import (
	"context"
	"errors"
	"net/http"

	"github.com/dewar-go/dewar"
)

// MovingBack moves sessions out of a store into cookies, each when its visitor comes next. It is [Moving] the other way
// round: assign a pointer to it to App.SessionInterface, and To alone when the sessions of From have expired. Its methods may
// be called by several goroutines; its fields must not be changed once the App serves.
//
// A session leaves the store when its cookie is set. Requests that come with the old cookie after that open nothing: for ten
// seconds they count as late, send no cookie, and a change in them is a 409. A session that To refuses, as too large for a
// cookie, stays in the store and goes on there, which is logged. One is lost if the store empties it and then fails before it can
// tell. What cookies cannot do ends with the move: a session in a
// cookie cannot be listed, ended from elsewhere, or merged.
type MovingBack struct {
	// From has the sessions in its store. It must be set.
	From *SessionInterface
	// To keeps them in cookies from now on. It must be set.
	To dewar.SessionInterface
}

var (
	_ dewar.SessionInterface     = (*MovingBack)(nil)
	_ dewar.SessionConfigChecker = (*MovingBack)(nil)
)

// CheckConfig says which fields are missing, and what From and To find. [dewar.App.Build] calls it.
func (m *MovingBack) CheckConfig(config *dewar.Values) error {
	if m.From == nil || m.To == nil {
		return errors.New("sessionstore: MovingBack needs From and To; set them, for example to a *sessionstore.SessionInterface and &dewar.SecureCookieSessionInterface{}")
	}
	return errors.Join(m.From.CheckConfig(config), check(m.To, config))
}

// OpenSession opens the session in the cookie, or the one in the store that the cookie names.
func (m *MovingBack) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	s, err := m.To.OpenSession(c)
	if err != nil || s == nil || !s.IsNew() {
		return s, err
	}
	stored, err := m.From.OpenSession(c)
	if err != nil || stored == nil {
		return s, err
	}
	st, _ := dewar.Stored(stored).State().(*state)
	switch {
	case st.superseded:
		return stored, nil
	case !st.exists:
		return s, nil
	}
	dewar.Stored(stored).MarkStale() // or it would not be saved
	return stored, nil
}

// SaveSession sets the cookie, and then removes the session from the store if it was there.
func (m *MovingBack) SaveSession(c *dewar.Context, s *dewar.Session) error {
	st, ok := dewar.Stored(s).State().(*state)
	switch {
	case !ok:
		return m.To.SaveSession(c, s)
	case st.superseded:
		return m.From.SaveSession(c, s)
	}
	ctx, cancel := m.From.within(context.WithoutCancel(c))
	defer cancel()
	if dewar.Stored(s).Destroyed() {
		return m.destroy(ctx, c, s, st)
	}
	end := st.record.Expires()
	dewar.Stored(s).SetLifetime(0) // that of the store
	if err := m.To.SaveSession(c, s); err != nil {
		c.Logger().Warn("session stays in the store", "session", st.cookie.handle.String(), "err", err)
		dewar.Stored(s).SetExpires(end)
		st.pinned = true
		return m.From.SaveSession(c, s)
	}
	return m.retire(ctx, c, s, st)
}

// destroy ends the session in the store. What was set after Destroy begins another, in a cookie.
func (m *MovingBack) destroy(ctx context.Context, c *dewar.Context, s *dewar.Session, st *state) error {
	if err := m.From.remove(ctx, st.cookie.handle); err != nil {
		return failed(err)
	}
	m.From.release(ctx, st.record.Owner, st.cookie.handle)
	dewar.Stored(s).SetLifetime(0)
	dewar.Stored(s).SetID("")
	return m.To.SaveSession(c, s)
}

// retire empties the session in the store and gives it a secret that nobody knows: the old one counts as superseded for as long
// as it is still there. A session that another request has ended or moved meanwhile sends no cookie.
func (m *MovingBack) retire(ctx context.Context, c *dewar.Context, s *dewar.Session, st *state) error {
	h, now := st.cookie.handle, m.From.now()
	to := hashOf(newCookie(h).secret)
	err := m.From.update(ctx, h, Delta{
		At: now, Clear: true, Lifetime: &Lifetime{Idle: grace}, Owner: &Ownership{},
		Renew: &Renewal{From: st.record.Secret, To: to},
	})
	gone := errors.Is(err, ErrNotFound) || errors.Is(err, ErrConflict)
	if err != nil && !gone && m.isRetired(c, h, to) {
		err = nil
	}
	switch {
	case gone:
		dewar.DropSessionCookie(c)
		if !s.Modified() {
			return nil
		}
		m.From.tell(Event{Name: "superseded", Node: m.From.nodeOf(h)})
		return &dewar.HTTPError{Code: http.StatusConflict, Message: "The session has been ended or moved by another request."}
	case err != nil:
		return failed(err)
	}
	m.From.release(ctx, st.record.Owner, h)
	dewar.Stored(s).SetID("")
	m.From.tell(Event{Name: "moved", Node: m.From.nodeOf(h)})
	return nil
}

// isRetired reports whether a session was emptied though no answer has told so: then its cookie must be sent, or it is lost. The
// deadline may have passed by now; a fifth of it is for this.
func (m *MovingBack) isRetired(c *dewar.Context, h Handle, to Hash) bool {
	ctx, cancel := m.From.withinRest(c, m.From.deadline())
	defer cancel()
	r, err := m.From.load(ctx, h)
	return err == nil && r.Secret.Equal(to)
}
