package sessionstore

import (
	"errors"
	"time"

	"github.com/dewar-go/dewar"
)

// longest is how long a session of an owner may idle, and, with a little for clocks that differ, how long a mark is kept after it
// was raised: a session that has not been used since then has ended.
const longest = 400 * 24 * time.Hour

// An ownLifetime is what SetLifetime was given.
type ownLifetime struct{ idle, absolute time.Duration }

// SetLifetime gives s a lifetime of its own from now on: it ends when it was not used for idle, and at the latest absolute
// after this moment; 0 for no such end. "Remember me" is
//
//	sessionstore.SetLifetime(s, 30*24*time.Hour, 0)
//	s.SetPermanent(true) // or the cookie ends with the browser
//
// An idle below a millisecond or above 400 days, which is as long as browsers keep cookies, and a session that no SessionInterface
// of this package has opened, are errors.
func SetLifetime(s *dewar.Session, idle, absolute time.Duration) error {
	st, ok := dewar.Stored(s).State().(*state)
	switch {
	case !ok:
		return errors.New("sessionstore: SetLifetime needs a session that a sessionstore.SessionInterface has opened; set app.SessionInterface to one")
	case idle < time.Millisecond || idle > longest || absolute < 0:
		return errors.New("sessionstore: SetLifetime needs an idle time from a millisecond to 400 days, and an absolute one that is not negative")
	}
	st.lifetime.Store(&ownLifetime{idle.Truncate(time.Millisecond), absolute})
	s.MarkModified()
	return nil
}
