package flasksession

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar"
)

// SessionInterface keeps sessions in Redis as Flask-Session 0.8 does, so that a dewar application and a Flask application
// with the same Redis and configuration share one login. Assign a pointer to it to App.SessionInterface. The fields must
// not be changed once the App serves.
//
// Flask-Session's own configuration keys count, with its defaults: SESSION_KEY_PREFIX, SESSION_ID_LENGTH,
// SESSION_PERMANENT, SESSION_SERIALIZATION_FORMAT, SESSION_USE_SIGNER, and with them the keys of Flask:
// PERMANENT_SESSION_LIFETIME, SESSION_REFRESH_EACH_REQUEST and every SESSION_COOKIE key. A session is written in the format
// in which it was read.
//
// A value that a session cannot keep is not seen, is logged, and stays in Redis as it is. So does what is no session at
// all, above all a pickle: it is handled as [dewar.StoredSession.MarkUnreadable] has it. An id of another form than
// Flask-Session's never reaches Redis, and one that Redis does not know is never adopted. An error of Redis, or none within
// Deadline, ends the request in 503.
//
// Requests of this interface merge their changes by key, and one that finds its session ended is a 409. A request of
// Flask-Session writes whatever it read, and all of it: the last writer wins, and it brings a session back that was ended
// while it ran. That is for the time of a migration.
type SessionInterface struct {
	// Client is the Redis of the Flask application's SESSION_REDIS. It must be set.
	Client redis.UniversalClient
	// Deadline is how long opening and saving may take, each. It is one second if 0. A save is not cut short by a client
	// that goes away.
	Deadline time.Duration
	// Unreadable, if set, is called when the visitor of a request has a session that cannot be read: err is [ErrPickle] or
	// [ErrUnreadable]. It is for counting, and may be called at the same time by several requests.
	Unreadable func(c *dewar.Context, err error)

	settings atomic.Pointer[settings]
}

var (
	_ dewar.SessionInterface     = (*SessionInterface)(nil)
	_ dewar.SessionConfigChecker = (*SessionInterface)(nil)
)

// An opened is a session as it was opened.
type opened struct {
	id     string // "" for a new one
	stored stored
	blob   *blob // nil when it cannot be read
}

// CheckConfig says what is wrong with the fields and with the configuration. App.Build calls it.
func (i *SessionInterface) CheckConfig(config *dewar.Values) error {
	if i.Client == nil {
		return errors.New("flasksession: SessionInterface has no Client; set it to redis.NewClient with the address of the Flask application's SESSION_REDIS")
	}
	_, err := derive(config)
	return err
}

func (i *SessionInterface) settingsOf(c *dewar.Context) (*settings, error) {
	config := c.Config()
	if s := i.settings.Load(); s != nil && s.config == config {
		return s, nil
	}
	s, err := derive(config)
	if err == nil {
		i.settings.Store(s)
	}
	return s, err
}

func (i *SessionInterface) context(parent context.Context) (context.Context, context.CancelFunc) {
	limit := i.Deadline
	if limit <= 0 {
		limit = time.Second
	}
	return context.WithTimeout(parent, limit)
}

// OpenSession reads the session that the request's cookie names from Redis. A request without such a cookie asks Redis
// nothing.
func (i *SessionInterface) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	conf, err := i.settingsOf(c)
	if err != nil {
		return nil, err
	}
	s, o := dewar.NewSession(), &opened{}
	dewar.Stored(s).SetState(o)
	id, stale := conf.idOf(dewar.SessionCookieValue(c))
	if id == "" {
		return s, nil
	}
	ctx, cancel := i.context(c)
	defer cancel()
	if o.stored, err = (link{ctx, i.Client}).load(conf.prefix + id); err != nil {
		return nil, err
	}
	if len(o.stored.data) == 0 {
		return s, nil
	}
	o.id = id
	if err := i.fill(c, s, o); err != nil {
		return nil, err
	}
	stored := dewar.Stored(s)
	stored.SetID(id)
	stored.SetExpires(time.Now().Add(o.stored.left))
	if stale {
		stored.MarkStale()
	}
	return s, nil
}

// fill gives s the values of its blob.
func (i *SessionInterface) fill(c *dewar.Context, s *dewar.Session, o *opened) (err error) {
	if o.blob, err = parse(o.stored.data); err != nil {
		dewar.Stored(s).MarkUnreadable(err)
		if i.Unreadable != nil {
			i.Unreadable(c, err)
		}
		return nil
	}
	values, err := o.blob.tagged(func(key string, err error) {
		c.Logger().Warn("session value cannot be read, and is kept as it is", "key", key, "err", err)
	})
	dewar.Stored(s).Restore(values)
	return err
}

// SaveSession writes what has changed to Redis, and sets or deletes the cookie. What was only read is not written; its time
// to live begins anew when a tenth of it, or five minutes, have passed.
func (i *SessionInterface) SaveSession(c *dewar.Context, s *dewar.Session) error {
	conf, err := i.settingsOf(c)
	if err != nil {
		return err
	}
	o, ok := dewar.Stored(s).State().(*opened)
	if !ok {
		o = &opened{} // another backend has opened it
	}
	ctx, cancel := i.context(context.WithoutCancel(c))
	defer cancel()
	save := &saving{link: link{ctx, i.Client}, c: c, settings: conf, opened: o, Session: s}
	if err := save.toRedis(); err != nil {
		return err
	}
	return save.cookie()
}
