package flasksession

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

// Takeover hands the sessions of Flask-Session to a [sessionstore.Moving], as its From: each becomes a session of the
// store, with a cookie that is signed, when its visitor comes next. Flask cannot read it then. The old one is deleted when
// the new one is stored.
//
// Flask-Session's ids are not signed, so anybody can make some up and have Redis asked for them. That goes on until Until,
// and within Rate; with SESSION_USE_SIGNER only signed ids are looked up, without a limit. What can be read, and what becomes of a
// session that cannot, is as with [SessionInterface]; values that a session cannot keep are left behind, and logged. The
// fields must not be changed once the App serves.
type Takeover struct {
	// From reads the sessions. It must be set.
	From *SessionInterface
	// Until is when old sessions are no longer taken over. It must be set; PERMANENT_SESSION_LIFETIME after the last request
	// to Flask there are none.
	Until time.Time
	// Rate is how many ids may be looked up in a second that turn out to be no session. A request that would be one more is
	// a 429. The default is 100.
	Rate int
	// Clock, if set, is asked for the time in place of time.Now, in tests.
	Clock func() time.Time

	mu      sync.Mutex
	tokens  float64   // how many may be looked up now
	counted time.Time // when that was so
}

var (
	_ sessionstore.Leaving       = (*Takeover)(nil)
	_ dewar.SessionConfigChecker = (*Takeover)(nil)
)

// CheckConfig says what is wrong with the fields and with the configuration. App.Build calls it.
func (t *Takeover) CheckConfig(config *dewar.Values) error {
	switch {
	case t.From == nil:
		return errors.New("flasksession: Takeover has no From; set it to a *flasksession.SessionInterface")
	case t.Until.IsZero():
		return errors.New("flasksession: Takeover has no Until; set it to when the last session of Flask has expired, PERMANENT_SESSION_LIFETIME after its last request")
	}
	return t.From.CheckConfig(config)
}

// MayOpen reports whether the request's cookie is an id of Flask-Session that may be looked up.
func (t *Takeover) MayOpen(c *dewar.Context) (bool, error) {
	conf, err := t.From.settingsOf(c)
	if err != nil {
		return false, err
	}
	now := t.now()
	if id, _ := conf.idOf(dewar.SessionCookieValue(c)); id == "" || !now.Before(t.Until) {
		return false, nil
	}
	if conf.signers == nil && !t.take(now) {
		return false, &dewar.HTTPError{Code: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}},
			Err: errors.New("flasksession: too many ids of Flask-Session that are no session were looked up; raise Takeover.Rate if they are no attack")}
	}
	return true, nil
}

func (t *Takeover) now() time.Time {
	if t.Clock != nil {
		return t.Clock()
	}
	return time.Now()
}

func (t *Takeover) rate() float64 {
	if t.Rate > 0 {
		return float64(t.Rate)
	}
	return 100
}

// take takes one of the look-ups that there are in a second.
func (t *Takeover) take(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counted.IsZero() {
		t.tokens = t.rate()
	}
	t.tokens = min(t.tokens+max(0, now.Sub(t.counted).Seconds())*t.rate(), t.rate())
	t.counted = now
	if t.tokens < 1 {
		return false
	}
	t.tokens--
	return true
}

// giveBack gives back the one that found a session.
func (t *Takeover) giveBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tokens = min(t.tokens+1, t.rate())
}

// OpenSession reads the session of Flask-Session that the request's cookie names.
func (t *Takeover) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	s, err := t.From.OpenSession(c)
	if err != nil {
		return nil, err
	}
	if o, ok := dewar.Stored(s).State().(*opened); ok && o.id != "" {
		t.giveBack()
	}
	return s, nil
}

// SaveSession is an error: a Moving saves in its store.
func (t *Takeover) SaveSession(*dewar.Context, *dewar.Session) error {
	return errors.New("flasksession: a Takeover only reads; set app.SessionInterface to a sessionstore.Moving whose From it is")
}

// Moved deletes the session from where Flask-Session had it.
func (t *Takeover) Moved(c *dewar.Context, s *dewar.Session) error {
	o, ok := dewar.Stored(s).State().(*opened)
	if !ok || o.id == "" {
		return nil
	}
	conf, err := t.From.settingsOf(c)
	if err != nil {
		return err
	}
	for _, m := range o.blob.members {
		if m.err != nil {
			c.Logger().Warn("session value was left behind by the takeover", "key", m.key, "err", m.err)
		}
	}
	ctx, cancel := t.From.context(context.WithoutCancel(c))
	defer cancel()
	l := link{ctx, t.From.Client}
	now, deleted, err := l.swap(conf.prefix+o.id, o.stored.data, nil, 0)
	if err != nil || deleted || now == nil {
		return err
	}
	if err := l.del(conf.prefix + o.id); err != nil {
		return err
	}
	return errors.New("flasksession: Flask has changed the session while it was taken over, and that change is lost; send the visitors of the new application nowhere else")
}
