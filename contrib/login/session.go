package login

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dewar-go/dewar"
)

// What stands in the session, by the names that Flask-Login has.
const (
	userKey       = "_user_id"
	freshKey      = "_fresh"
	identifierKey = "_id"
	rememberKey   = "_remember"
	secondsKey    = "_remember_seconds"
	nextKey       = "next"
)

// The values of _remember.
const (
	setCookie   = "set"
	clearCookie = "clear"
)

// The modes of Protection that do something.
const (
	basic  = "basic"
	strong = "strong"
)

// ErrInactive is what [Manager.Login] returns for a user who is not active.
var ErrInactive = errors.New("login: the user is not active")

// An Option says how somebody is logged in.
type Option func(*options)

type options struct {
	remember, force, stale bool
	duration               *time.Duration
}

// Remember remembers the user when the session has ended, for REMEMBER_COOKIE_DURATION, 365 days unless that is set.
func Remember() Option { return func(o *options) { o.remember = true } }

// RememberFor remembers the user for that long.
func RememberFor(d time.Duration) Option {
	return func(o *options) { o.remember, o.duration = true, &d }
}

// Force logs in a user who is not active. He is nobody for [Manager.Current] until he is.
func Force() Option { return func(o *options) { o.force = true } }

// NotFresh makes a login that is not fresh, as that of a remember cookie is: fresh=False in Flask-Login.
func NotFresh() Option { return func(o *options) { o.stale = true } }

// Login logs user in. The session keeps what it has, under a new id. The error is [ErrInactive] for a user who is not
// active, and tells of a session that cannot be read; nobody is logged in then. The zero U is an error too, and so is a call
// from within Load or LoadFromRequest. It must be called before the response begins. Flask-Login has login_user, which returns False for ErrInactive.
func (m *Manager[U]) Login(c *dewar.Context, user U, opts ...Option) error {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	s := c.Session()
	switch {
	case user == *new(U):
		return errors.New("login: Login: the user is nobody; check what was found for the name before")
	case m.ID == nil:
		return errors.New("login: Login: the Manager has no ID; set it, and Load, to keep users in the session")
	case !o.force && !user.IsActive():
		return ErrInactive
	case s.Err() != nil:
		return fmt.Errorf("login: %w", s.Err())
	}
	if err := m.become(c, user); err != nil {
		return err
	}
	s.Renew()
	s.Set(userKey, m.ID(user))
	s.Set(freshKey, !o.stale)
	s.Set(identifierKey, m.identify(c))
	if o.remember {
		s.Set(rememberKey, setCookie)
	}
	if o.duration != nil {
		s.Set(secondsKey, o.duration.Seconds())
	}
	m.UserLoggedIn.Send(Event[U]{c, user})
	return nil
}

// Logout logs out whoever is logged in, on this browser, and has it forget the remember cookie. The rest of the session
// stays, as in Flask-Login; call c.Session().Clear() before to drop that too. The error is that of [Manager.Current]. Of
// a session in a cookie and of a remember cookie there may be copies, which stay good: see the chapter on ids in the
// package's documentation.
func (m *Manager[U]) Logout(c *dewar.Context) error {
	user, err := m.Current(c)
	if err != nil {
		return err
	}
	s := c.Session()
	s.Delete(userKey, freshKey, identifierKey)
	if c.Cookies().Has(c.Config().String("REMEMBER_COOKIE_NAME")) {
		s.Set(rememberKey, clearCookie)
		s.Delete(secondsKey)
	}
	m.UserLoggedOut.Send(Event[U]{c, user})
	return m.become(c, *new(U))
}

// Confirm makes the login fresh again, when the user has given his password once more. It is an error when nobody is
// logged in, and that of [Manager.Current]. Flask-Login has confirm_login.
func (m *Manager[U]) Confirm(c *dewar.Context) error {
	user, err := m.Current(c)
	if err != nil {
		return err
	}
	if user == *new(U) {
		return errors.New("login: Confirm: nobody is logged in; call Login")
	}
	s := c.Session()
	s.Renew()
	s.Set(freshKey, true)
	s.Set(identifierKey, m.identify(c))
	m.UserLoginConfirmed.Send(c)
	return nil
}

// Fresh reports whether the login was made by the user himself in this session and browser, and not by a remember cookie.
// It is false when nobody is logged in. The error is that of [Manager.Current]. Flask-Login has login_fresh.
func (m *Manager[U]) Fresh(c *dewar.Context) (bool, error) {
	user, err := m.Current(c)
	if err != nil || user == *new(U) {
		return false, err
	}
	return c.Session().Bool(freshKey), nil
}

// Remembered reports whether the browser has a remember cookie that is valid and was not given up in this request.
// Flask-Login has login_remembered.
func (m *Manager[U]) Remembered(c *dewar.Context) bool {
	_, ok := DecodeCookie(c.Cookie(c.Config().String("REMEMBER_COOKIE_NAME")), secrets(c.Config())...)
	return ok && c.Session().String(rememberKey) != clearCookie
}

// protect looks whether the session of a user comes from the browser that it was begun with, and reports whether it may be
// used.
func (m *Manager[U]) protect(c *dewar.Context, s *dewar.Session, events *[]func()) bool {
	mode := m.mode(c)
	if mode != basic && mode != strong || !s.Has(userKey) || m.identifies(c, s.String(identifierKey)) {
		return true
	}
	*events = append(*events, func() { m.SessionProtected.Send(c) })
	if weak := mode == basic || s.Permanent(); weak {
		if s.Get(freshKey) != false {
			s.Set(freshKey, false)
		}
		return true
	}
	for _, key := range []string{userKey, rememberKey, secondsKey, identifierKey, freshKey, nextKey} {
		s.Delete(key)
	}
	s.Set(rememberKey, clearCookie)
	return false
}

// mode returns the Protection that counts.
func (m *Manager[U]) mode(c *dewar.Context) string {
	const key = "SESSION_PROTECTION"
	switch source := c.App.Config.Source(key); {
	case c.Config().Has(key):
		return c.Config().String(key)
	case source != "" && source != "default": // which has unset it: Python's None
		return "none"
	case m.Protection != "":
		return m.Protection
	}
	return basic
}

func (m *Manager[U]) identify(c *dewar.Context) string {
	if m.Identifier != nil {
		return m.Identifier(c)
	}
	return Identifier06(c)
}

// identifies reports whether id is that of the browser.
func (m *Manager[U]) identifies(c *dewar.Context, id string) bool {
	if m.Identifier != nil {
		return id == m.Identifier(c)
	}
	return slices.Contains([]string{Identifier06(c), Identifier07(c)}, id)
}
