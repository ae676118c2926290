package flaskcookie

import (
	"errors"
	"fmt"
	"hash"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
)

// SessionInterface keeps the session in Flask's own cookie, so that a dewar application and a Flask application
// with the same SECRET_KEY, SECRET_KEY_FALLBACKS and SESSION_COOKIE keys share one login. Assign a pointer to it to
// App.SessionInterface. The zero value has Flask's defaults; the fields must not be changed once the App serves.
//
// A cookie that is not valid, whatever is wrong with it, is no session. One that a key has signed and that cannot be read
// all the same is not overwritten, as [dewar.StoredSession.MarkUnreadable] has it; what makes Flask itself fail is such a
// one, and none is written. A session may have DefaultMaxPayload bytes before it is compressed. What one of SECRET_KEY_FALLBACKS signed is signed anew when it is
// used, and PERMANENT_SESSION_LIFETIME and MAX_COOKIE_SIZE count as they do for dewar's own sessions. As in Flask the
// signature does not cover the cookie's name, the content can be read by its owner, and nothing limits how long a
// session lives that is used: SESSION_COOKIE_ENCRYPT and SESSION_ABSOLUTE_LIFETIME cannot be had, and setting one of
// them is an error.
type SessionInterface struct {
	// Salt is DefaultSalt if empty, as SecureCookieSessionInterface.salt in Flask.
	Salt string
	// KeyDerivation is "hmac" if empty; see Options.
	KeyDerivation string
	// Digest is SHA-1 if nil, as in Flask.
	Digest func() hash.Hash
	// Tags add types that sessions can keep, tried in this order: what the Flask application registers as JSONTag. A tag
	// that is not valid makes Build fail.
	Tags []dewar.SessionTag

	keys atomic.Pointer[keys]
}

var (
	_ dewar.SessionInterface     = (*SessionInterface)(nil)
	_ dewar.SessionConfigChecker = (*SessionInterface)(nil)
)

// keys is what follows from one state of the configuration.
type keys struct {
	config   *dewar.Values
	codec    *Codec // nil without a SECRET_KEY
	lifetime time.Duration
	limit    int
	empty    func() *dewar.Session
}

// OpenSession reads the session from the request's cookie. It returns nil without a SECRET_KEY.
func (i *SessionInterface) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	k, err := i.keysFor(c)
	if err != nil || k.codec == nil {
		return nil, err
	}
	s := k.empty()
	value := dewar.SessionCookieValue(c)
	if value == "" {
		return s, nil
	}
	cookie, key, err := k.codec.decode(value, time.Now(), k.lifetime)
	if err == nil && k.limit > 0 && len(value) > k.limit {
		err = fmt.Errorf("flaskcookie: the cookie has %d bytes, MAX_COOKIE_SIZE is %d", len(value), k.limit)
	}
	if err == nil {
		err = dewar.Stored(s).UnmarshalBinary(cookie.payload)
	}
	if err != nil {
		if cookie.verified {
			dewar.Stored(s).MarkUnreadable(err)
		}
		return s, nil
	}
	if key > 0 {
		dewar.Stored(s).MarkStale()
	}
	dewar.Stored(s).SetExpires(time.Unix(int64(cookie.signedAt), 0).Add(k.lifetime))
	return s, nil
}

// SaveSession sets the session's cookie, or deletes it when the session has been emptied. A cookie larger than
// MAX_COOKIE_SIZE, which browsers would drop, is an error that names the largest values; the old cookie stays.
func (i *SessionInterface) SaveSession(c *dewar.Context, s *dewar.Session) error {
	stored := dewar.Stored(s)
	if !stored.ShouldSave() {
		return nil
	}
	if s.Len() == 0 {
		return dewar.SetSessionCookie(c, s, "")
	}
	k, err := i.keysFor(c)
	if err != nil {
		return err
	}
	signedAt := time.Now()
	value, err := k.encode(s, signedAt)
	if err != nil {
		return &dewar.HTTPError{Code: http.StatusInternalServerError, Err: err}
	}
	stored.SetExpires(signedAt.Add(k.lifetime))
	return dewar.SetSessionCookie(c, s, value)
}

func (k *keys) encode(s *dewar.Session, signedAt time.Time) (string, error) {
	payload, err := dewar.Stored(s).MarshalBinary()
	if err == nil {
		err = checkTimes(s, payload)
	}
	if err != nil {
		return "", err
	}
	return k.codec.Encode(payload, signedAt)
}

// CheckConfig says what in the configuration cannot be had with Flask's cookies, and which field is wrong. App.Build
// calls it.
func (i *SessionInterface) CheckConfig(config *dewar.Values) error {
	_, err := i.derive(config)
	return err
}

// keysFor returns what c's configuration says, worked out once for each state of it.
func (i *SessionInterface) keysFor(c *dewar.Context) (*keys, error) {
	config := c.Config()
	if k := i.keys.Load(); k != nil && k.config == config {
		return k, nil
	}
	k, err := i.derive(config)
	if err != nil {
		return nil, err
	}
	i.keys.Store(k)
	return k, nil
}

func (i *SessionInterface) derive(config *dewar.Values) (*keys, error) {
	switch {
	case config.Bool("SESSION_COOKIE_ENCRYPT"):
		return nil, errors.New("flaskcookie: Flask's cookies cannot be encrypted; unset SESSION_COOKIE_ENCRYPT")
	case config.Has("SESSION_ABSOLUTE_LIFETIME"):
		return nil, errors.New("flaskcookie: Flask's cookies do not say when a session began; unset SESSION_ABSOLUTE_LIFETIME")
	}
	k := &keys{config: config, lifetime: config.Duration("PERMANENT_SESSION_LIFETIME"), limit: config.Int("MAX_COOKIE_SIZE")}
	var err error
	if k.empty, err = dewar.TaggedSessions(i.Tags...); err != nil {
		return nil, err
	}
	secret := config.String("SECRET_KEY")
	if secret == "" {
		return k, nil
	}
	secrets := [][]byte{[]byte(secret)}
	for _, old := range config.Strings("SECRET_KEY_FALLBACKS") {
		secrets = append(secrets, []byte(old))
	}
	k.codec, err = NewCodec(secrets, Options{Salt: i.Salt, KeyDerivation: i.KeyDerivation, Digest: i.Digest})
	return k, err
}
