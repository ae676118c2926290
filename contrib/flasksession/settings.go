package flasksession

import (
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
)

// settings is what follows from one state of the configuration.
type settings struct {
	config    *dewar.Values
	prefix    string
	idLength  int
	json      bool
	permanent bool
	lifetime  time.Duration
	refresh   bool
	signers   []signer // without SESSION_USE_SIGNER none
}

// derive reads the configuration keys of Flask-Session, with its defaults, and says what is wrong with them.
func derive(config *dewar.Values) (*settings, error) {
	s := &settings{
		config:    config,
		prefix:    dewar.ValueOr(config, "SESSION_KEY_PREFIX", "session:"),
		idLength:  dewar.ValueOr(config, "SESSION_ID_LENGTH", 32),
		permanent: dewar.ValueOr(config, "SESSION_PERMANENT", true),
		lifetime:  config.Duration("PERMANENT_SESSION_LIFETIME").Truncate(time.Second),
		refresh:   config.Bool("SESSION_REFRESH_EACH_REQUEST"),
	}
	var problems []error
	switch format := dewar.ValueOr(config, "SESSION_SERIALIZATION_FORMAT", "msgpack"); format {
	case "json":
		s.json = true
	case "msgpack":
	default:
		problems = append(problems, fmt.Errorf("SESSION_SERIALIZATION_FORMAT is %q; set it to \"msgpack\" or \"json\"", format))
	}
	if s.idLength < leastIDLength {
		problems = append(problems, fmt.Errorf("SESSION_ID_LENGTH is %d; set it to %d or more bytes, or ids can be guessed", s.idLength, leastIDLength))
	}
	if s.lifetime == 0 {
		problems = append(problems, errors.New("PERMANENT_SESSION_LIFETIME is less than the second that Redis counts in; set it to one second or more"))
	}
	if config.Bool("SESSION_COOKIE_ENCRYPT") {
		problems = append(problems, errors.New("there is nothing to encrypt in a cookie that has an id; unset SESSION_COOKIE_ENCRYPT"))
	}
	if config.Has("SESSION_ABSOLUTE_LIFETIME") {
		problems = append(problems, errors.New("Flask-Session does not note when a session began; unset SESSION_ABSOLUTE_LIFETIME"))
	}
	if config.Bool("SESSION_USE_SIGNER") {
		s.signers = signersOf(config)
		if s.signers == nil {
			problems = append(problems, errors.New("SESSION_USE_SIGNER needs a SECRET_KEY; set that of the Flask application"))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("flasksession: %w", err)
	}
	return s, nil
}

// signersOf returns the signer of SECRET_KEY and those of SECRET_KEY_FALLBACKS, or none without a key.
func signersOf(config *dewar.Values) []signer {
	secret := config.String("SECRET_KEY")
	if secret == "" {
		return nil
	}
	signers := []signer{newSigner(secret)}
	for _, old := range config.Strings("SECRET_KEY_FALLBACKS") {
		signers = append(signers, newSigner(old))
	}
	return signers
}

// idOf returns the id that a cookie names, and whether the cookie should be signed anew; "" for what is no id.
func (s *settings) idOf(cookie string) (id string, stale bool) {
	id = cookie
	if s.signers != nil {
		var index int
		if id, index = unsign(s.signers, cookie); index < 0 {
			return "", false
		}
		stale = index > 0
	}
	if !isID(id, s.idLength) {
		return "", false
	}
	return id, stale
}

// cookie returns the value of the cookie for id.
func (s *settings) cookie(id string) string {
	if s.signers != nil {
		return s.signers[0].sign(id)
	}
	return id
}

// due reports whether a session that has this long to live is given its whole lifetime again: when a good part of it has
// passed, so that reading writes little.
func (s *settings) due(left time.Duration) bool {
	return s.refresh && left < s.lifetime-min(s.lifetime/10, 5*time.Minute)
}
