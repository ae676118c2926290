package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar/internal/cookiecodec"
	"github.com/dewar-go/dewar/internal/taggedjson"
)

// SecureCookieSessionInterface keeps the session in a signed cookie; it is the default, as in Flask. The
// cookie can be read by its owner, but not changed; SESSION_COOKIE_ENCRYPT makes it unreadable as well. It
// needs a SECRET_KEY. The keys of SECRET_KEY_FALLBACKS are accepted too, and what they signed is signed anew
// when it is used. A cookie that is not valid, whatever is wrong with it, is no session.
//
// A cookie that has been copied stays valid until it expires, also after a logout: what ends it earlier is
// SESSION_ABSOLUTE_LIFETIME, which no refreshing moves, and Epoch. Of two requests that change the session at
// once the later answer counts.
//
// The format is dewar's own, compressed when that helps a session of more than 1 kB; package flaskcookie reads
// and writes that of Flask. The zero value is ready for use. The fields are read when the App is built and must
// not be changed after that.
type SecureCookieSessionInterface struct {
	// Tags are further types that sessions keep, tried in this order. With a tag that is not valid Build fails.
	Tags []SessionTag
	// Epoch, if set, makes sessions revocable: it returns a number that the application keeps for the user of
	// s, beginning with 0, and raises to log the user out everywhere; 0 for a session without a user. The
	// number is kept in the cookie when a session is new, cleared or renewed, so a login must call
	// [Session.Renew] or [Session.Clear]. A session whose number is smaller than what Epoch returns when it is
	// opened is no session any more.
	//
	// It is called for every session that is opened and not empty, and once more when it is saved with a change, so it
	// should be quick. It must read from s, not from c.Session(), and must not change s. An error ends the request in
	// 503.
	Epoch func(c *Context, s *Session) (int64, error)

	once     sync.Once
	codec    *taggedjson.Codec // nil without Tags
	codecErr error
}

var _ SessionInterface = (*SecureCookieSessionInterface)(nil)

// CheckConfig says what is wrong with the fields. [App.Build] calls it.
func (i *SecureCookieSessionInterface) CheckConfig(*Values) error { return i.prepare() }

func (i *SecureCookieSessionInterface) prepare() error {
	i.once.Do(func() {
		if len(i.Tags) > 0 {
			i.codec, i.codecErr = newSessionCodec(i.Tags)
		}
	})
	return i.codecErr
}

// OpenSession reads the session from the request's cookie. It returns nil without a SECRET_KEY.
func (i *SecureCookieSessionInterface) OpenSession(c *Context) (*Session, error) {
	codec := c.settings.cookieCodec()
	if err := i.prepare(); err != nil || codec == nil {
		return nil, err
	}
	s := NewSession()
	s.custom = i.codec
	value := c.sessionCookie()
	if value == "" || !s.load(c, codec, value) {
		return s, nil
	}
	revoked, err := i.revoked(c, s)
	if err != nil || !revoked {
		return s, err
	}
	s = NewSession()
	s.custom = i.codec
	return s, nil
}

// load fills s with what is in a cookie. It reports false, and leaves s as it is, if that is no session.
func (s *Session) load(c *Context, codec *cookiecodec.Codec, value string) bool {
	if limit := c.settings.maxCookie; limit > 0 && len(value) > limit {
		return false
	}
	cookie, err := codec.Decode(c.settings.cookie.name, value)
	if err != nil {
		return false
	}
	k, json, err := unpack(codec, cookie.Payload)
	if err != nil || c.settings.outlived(k) {
		return false
	}
	members, err := s.codec().Split(json, s.inline[:0])
	if err != nil {
		return false
	}
	s.adopt(members)
	s.reissue = cookie.Key > 0
	if c.settings.absolute > 0 && k.created == 0 { // from before it was set
		k.created, s.reissue = time.Now().Unix(), true
	}
	s.seal, s.expires = k, c.settings.end(cookie.SignedAt, k)
	return true
}

// revoked reports whether the user of s has been logged out everywhere since s began.
func (i *SecureCookieSessionInterface) revoked(c *Context, s *Session) (bool, error) {
	if i.Epoch == nil || s.Len() == 0 {
		return false, nil
	}
	epoch, err := i.Epoch(c, s)
	if err != nil || s.seal.epoch >= epoch {
		return false, err
	}
	c.Logger().Debug("session revoked; a login must call Renew or Clear", "sessionEpoch", s.seal.epoch, "userEpoch", epoch)
	return true, nil
}

// SaveSession sets the session's cookie, or deletes it when the session has been emptied. A cookie larger
// than MAX_COOKIE_SIZE, which browsers would drop, is an error that names the largest values; the old cookie
// stays.
func (i *SecureCookieSessionInterface) SaveSession(c *Context, s *Session) error {
	if !s.ShouldSave() {
		return nil
	}
	if s.Len() == 0 {
		return SetSessionCookie(c, s, "")
	}
	if err := i.stamp(c, s); err != nil {
		return err
	}
	json, err := s.MarshalBinary()
	if err != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: err}
	}
	codec := c.settings.cookieCodec()
	value, err := codec.Encode(c.settings.cookie.name, c.settings.pack(codec, s.seal, json))
	if err != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: err}
	}
	s.SetExpires(time.Unix(c.settings.end(time.Now().Unix(), s.seal), 0))
	return c.setSigned(s, value)
}

// stamp brings the seal of s up to date: a session that is new or was cleared begins now, and one that was
// renewed belongs to the user it has now.
func (i *SecureCookieSessionInterface) stamp(c *Context, s *Session) (err error) {
	s.mu.Lock()
	fresh, renewed, modified := s.isNew || s.cleared, s.renewed, s.modified
	s.mu.Unlock()
	switch {
	case c.settings.absolute == 0:
		s.seal.created = 0
	case fresh || s.seal.created == 0:
		s.seal.created = time.Now().Unix()
	}
	switch {
	case i.Epoch == nil:
		s.seal.epoch = 0
	case fresh || renewed:
		s.seal.epoch, err = i.Epoch(c, s)
	case modified: // a refresh has just been checked, when the session was opened
		err = i.warnOfEpoch(c, s)
	}
	return err
}

// warnOfEpoch tells of a session that will be refused when it comes back, which a login that forgot to renew it does.
func (i *SecureCookieSessionInterface) warnOfEpoch(c *Context, s *Session) error {
	epoch, err := i.Epoch(c, s)
	if err == nil && s.seal.epoch < epoch {
		c.Logger().Error("session saved in vain: it is older than the Epoch of its user and will be refused; call c.Session().Renew() where the user logs in",
			"sessionEpoch", s.seal.epoch, "userEpoch", epoch)
	}
	return err
}

// SetSessionCookie sends the cookie for s with the given value, every SESSION_COOKIE key applied; "" deletes it. It
// is for backends. A cookie larger than MAX_COOKIE_SIZE, which browsers would drop, is an error that names the
// largest values of s; so is a value with characters that no cookie may have.
func SetSessionCookie(c *Context, s *Session, value string) error {
	cookie := SessionCookie(c, s, value)
	if cookie.Valid() != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: c.SetCookie(cookie)}
	}
	if err := checkCookieSize(c, s, len(cookie.String())); err != nil {
		return err
	}
	return c.SetCookie(cookie)
}

// setSigned does the same for a value that is base64, and so needs no quotes; most have no Expires either.
func (c *Context) setSigned(s *Session, value string) error {
	if s.Permanent() || c.response.Committed() {
		return SetSessionCookie(c, s, value)
	}
	line := c.settings.cookie.name + "=" + value + c.settings.cookie.attributes
	if err := checkCookieSize(c, s, len(line)); err != nil {
		return err
	}
	header := c.response.Header()
	header["Set-Cookie"] = append(header["Set-Cookie"], line)
	return nil
}

func checkCookieSize(c *Context, s *Session, size int) error {
	if limit := c.settings.maxCookie; limit > 0 && size > limit {
		return &HTTPError{Code: http.StatusInternalServerError, Err: fmt.Errorf(
			"the session cookie would have %d bytes, MAX_COOKIE_SIZE is %d; keep less in the session (largest: %s), or set app.SessionInterface to one that keeps it on the server",
			size, limit, s.largest())}
	}
	return nil
}

// largest names the three largest values with their sizes.
func (s *Session) largest() string {
	s.mu.Lock()
	members := slices.Clone(s.members)
	s.mu.Unlock()
	slices.SortFunc(members, func(a, b taggedjson.Member) int { return cmp.Compare(len(b.Raw), len(a.Raw)) })
	var names []string
	for _, m := range members[:min(3, len(members))] {
		names = append(names, fmt.Sprintf("%q with %d bytes", m.Key, len(m.Raw)))
	}
	return strings.Join(names, ", ")
}

// cookieCodec returns the codec for the configured keys, or nil without a SECRET_KEY.
func (s *settings) cookieCodec() *cookiecodec.Codec {
	s.codecOnce.Do(func() {
		if s.secretKey() == "" {
			return
		}
		s.codec, _ = cookiecodec.New(cookiecodec.Options{ // fails on empty secrets only
			Purpose: "session", Secrets: append([]string{s.secretKey()}, s.fallbackKeys()...),
			MaxAge: s.lifetime, Encrypt: s.encrypt,
		})
	})
	return s.codec
}

// SessionCookie returns the cookie for s with the given value, every SESSION_COOKIE key applied: with Expires
// when s is permanent, and one that deletes it when value is "".
func SessionCookie(c *Context, s *Session, value string) *http.Cookie {
	cookie := c.settings.cookie.with(value)
	switch {
	case value == "":
		cookie.MaxAge, cookie.Expires = -1, epoch
	case s.Permanent():
		cookie.Expires = time.Unix(c.settings.end(time.Now().Unix(), s.seal), 0).UTC()
	}
	return cookie
}

func (k *cookieSettings) with(value string) *http.Cookie {
	return &http.Cookie{
		Name: k.name, Value: value, Domain: k.domain, Path: k.path, HttpOnly: k.httpOnly, Secure: k.secure,
		SameSite: k.sameSite, Partitioned: k.partitioned,
	}
}

// cookieError says, for Build, why the session cookie could not be set, or browsers would drop it because its name has a
// prefix that promises more than its attributes hold. They take no heed of case.
func cookieError(k *cookieSettings) error {
	var problems []error
	if err := k.with("").Valid(); err != nil {
		problems = append(problems, fmt.Errorf("the session cookie cannot be set: %w; see SESSION_COOKIE_DOMAIN, SESSION_COOKIE_PATH and APPLICATION_ROOT", err))
	}
	name := strings.ToLower(k.name)
	host := strings.HasPrefix(name, "__host-")
	if (host || strings.HasPrefix(name, "__secure-")) && !k.secure {
		problems = append(problems, fmt.Errorf("SESSION_COOKIE_NAME %q needs SESSION_COOKIE_SECURE, or browsers drop the cookie; set it, or choose a name without the prefix", k.name))
	}
	if host && k.domain != "" {
		problems = append(problems, fmt.Errorf("SESSION_COOKIE_NAME %q allows no SESSION_COOKIE_DOMAIN, or browsers drop the cookie; unset it, or begin the name with __Secure-", k.name))
	}
	if host && k.path != "/" {
		problems = append(problems, fmt.Errorf("SESSION_COOKIE_NAME %q needs the path /, or browsers drop the cookie; set SESSION_COOKIE_PATH to \"/\", or begin the name with __Secure-", k.name))
	}
	return errors.Join(problems...)
}

// SessionCookieValue returns the value of the request's session cookie, without quotes around it, or "". Of several
// cookies with that name the first counts, as in Flask, also when it has characters that no cookie may have: then
// there is none.
func SessionCookieValue(c *Context) string {
	value := c.sessionCookie()
	for i := range len(value) {
		if !cookieBytes[value[i]] {
			return ""
		}
	}
	return value
}

// sessionCookie returns the value of the session cookie, whatever characters it has.
func (c *Context) sessionCookie() string {
	return firstCookie(c.born.Header["Cookie"], c.settings.cookie.name)
}

// firstCookie finds a cookie as net/http does, without making all the others as well.
func firstCookie(lines []string, name string) string {
	for _, line := range lines {
		for part := ""; line != ""; {
			part, line, _ = strings.Cut(line, ";")
			key, value, _ := strings.Cut(textproto.TrimString(part), "=")
			if textproto.TrimString(key) == name {
				return unquoted(value)
			}
		}
	}
	return ""
}

func unquoted(value string) string {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}

// cookieBytes are those that the value of a cookie may have.
var cookieBytes = func() (allowed [256]bool) {
	for b := 0x20; b < 0x7f; b++ {
		allowed[b] = b != '"' && b != '\\' && b != ';'
	}
	return allowed
}()
