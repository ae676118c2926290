package flasksession

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/dewar-go/dewar"
)

// A saving is one call of SaveSession.
type saving struct {
	link
	c        *dewar.Context
	settings *settings
	opened   *opened
	changes  dewar.Changes
	*dewar.Session

	// What became of it.
	id        string // for the cookie; "" when there is none to send
	ended     bool   // the cookie is to be deleted
	permanent bool
}

// tries is how often a save begins anew because another request has written meanwhile.
const tries = 100

// errEnded means that another request has ended the session.
var errEnded = &dewar.HTTPError{Code: http.StatusConflict, Message: "The session has ended."}

// toRedis brings Redis up to date.
func (s *saving) toRedis() error {
	stored := dewar.Stored(s.Session)
	if !stored.ShouldSave() {
		return s.touch()
	}
	var err error
	switch s.changes, err = stored.Changes(); {
	case err != nil:
		return &dewar.HTTPError{Code: http.StatusInternalServerError, Err: err}
	case !s.Modified() && s.opened.id != "": // permanent, or signed by an old key
		s.id, s.permanent = s.opened.id, s.Permanent()
		return s.touch()
	case stored.Destroyed(), s.opened.id != "" && s.opened.blob == nil: // Clear has given up one that cannot be read
		return s.replace()
	case s.opened.id == "" || stored.Renewed():
		return s.renew()
	}
	return s.update()
}

func (s *saving) key(id string) string { return s.settings.prefix + id }

// touch begins the time to live anew, if it is time.
func (s *saving) touch() error {
	o := s.opened
	if o.blob == nil || !s.settings.due(o.stored.left) {
		return nil
	}
	if err := s.expire(s.key(o.id), s.settings.lifetime); err != nil {
		return err
	}
	s.expires()
	return nil
}

func (s *saving) expires() { dewar.Stored(s.Session).SetExpires(time.Now().Add(s.settings.lifetime)) }

// fresh returns what a session begins with.
func (s *saving) fresh() *blob { return emptyBlob(s.settings.json, s.settings.permanent) }

// create keeps a session under a new id.
func (s *saving) create(next *blob, data []byte) error {
	id := newID(s.settings.idLength)
	if err := s.set(s.key(id), data, s.settings.lifetime); err != nil {
		return err
	}
	s.became(id, next)
	return nil
}

// became notes what is kept, and under which id.
func (s *saving) became(id string, b *blob) {
	s.id, s.permanent = id, b.permanent()
	dewar.Stored(s.Session).SetID(id)
	s.expires()
}

// replace removes the session and keeps what was set after that as another one.
func (s *saving) replace() error {
	if o := s.opened; o.id != "" {
		if o.blob == nil {
			s.c.Logger().Warn("session that cannot be read is deleted, because the application gave it up")
		}
		if err := s.del(s.key(o.id)); err != nil {
			return err
		}
	}
	next, data, err := s.next(s.fresh())
	if err != nil {
		return err
	}
	if next.empty() {
		s.ended = true
		return nil
	}
	return s.create(next, data)
}

// next returns b after the changes.
func (s *saving) next(b *blob) (*blob, []byte, error) {
	next, data, err := b.with(s.changes)
	if err != nil {
		return nil, nil, &dewar.HTTPError{Code: http.StatusInternalServerError, Err: err}
	}
	return next, data, nil
}

// renew keeps the session under a new id, and removes the old one if there was one. Of two requests that do so one wins.
func (s *saving) renew() error {
	o := s.opened
	if o.id == "" {
		return s.replace()
	}
	return s.eachTry(func(before *blob, stored []byte) (now []byte, done bool, err error) {
		next, data, err := s.next(before)
		if err != nil {
			return nil, false, err
		}
		if next.empty() {
			s.ended = true
			return s.swap(s.key(o.id), stored, nil, 0)
		}
		if err := s.create(next, data); err != nil {
			return nil, false, err
		}
		if now, done, err = s.swap(s.key(o.id), stored, nil, 0); done {
			return nil, true, nil
		}
		return now, false, errors.Join(err, s.del(s.key(s.id)))
	})
}

// update writes the changes into the session as it is by now.
func (s *saving) update() error {
	o := s.opened
	return s.eachTry(func(before *blob, stored []byte) (now []byte, done bool, err error) {
		next, data, err := s.next(before)
		if err != nil {
			return nil, false, err
		}
		s.ended = next.empty()
		if s.ended {
			data = nil
		}
		if now, done, err = s.swap(s.key(o.id), stored, data, s.settings.lifetime); done && !s.ended {
			s.became(o.id, next)
		}
		return now, done, err
	})
}

// eachTry calls f with the session as it is, until f has done its work on that very one.
func (s *saving) eachTry(f func(before *blob, stored []byte) (now []byte, done bool, err error)) error {
	before, stored := s.opened.blob, s.opened.stored.data
	for range tries {
		now, done, err := f(before, stored)
		switch {
		case err != nil:
			return err
		case done:
			return nil
		case len(now) == 0:
			return errEnded
		}
		stored = now
		if before, err = parse(now); err != nil {
			return fmt.Errorf("flasksession: another request has written what cannot be read: %w", err)
		}
		if err := s.replay(before); err != nil {
			return err
		}
	}
	return errors.New("flasksession: other requests have changed the session over and over while it was saved")
}

// replay computes the values of Session.Change from those that the session has by now.
func (s *saving) replay(now *blob) error {
	changes := &s.changes
	if len(changes.Computed) == 0 {
		return nil
	}
	values, err := now.tagged(func(string, error) {})
	if err != nil {
		return err
	}
	for key := range changes.Computed {
		next, err := dewar.Stored(s.Session).Replay(key, []byte(values[key]))
		if err != nil {
			return &dewar.HTTPError{Code: http.StatusInternalServerError, Err: err}
		}
		changes.Deleted = slices.DeleteFunc(changes.Deleted, func(other string) bool { return other == key })
		if delete(changes.Set, key); len(next) > 0 {
			changes.Set[key] = next
		} else {
			changes.Deleted = append(changes.Deleted, key)
		}
	}
	return nil
}

// cookie sends the cookie that follows.
func (s *saving) cookie() error {
	switch {
	case s.ended:
		return dewar.SetSessionCookie(s.c, s.Session, "")
	case s.id == "":
		return nil
	}
	return dewar.SetSessionCookie(s.c, s.Session, s.settings.cookie(s.id), func(cookie *http.Cookie) {
		cookie.Expires = time.Time{}
		if s.permanent {
			cookie.Expires = time.Now().Add(s.settings.lifetime).UTC()
		}
	})
}
