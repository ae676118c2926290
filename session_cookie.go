package dewar

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/cookiecodec"
)

// SecureCookieSessionInterface keeps the session in a signed cookie; it is the default, as in Flask. The
// cookie can be read by its owner, but not changed; SESSION_COOKIE_ENCRYPT makes it unreadable as well. It
// needs a SECRET_KEY. The keys of SECRET_KEY_FALLBACKS are accepted too, and what they signed is signed anew
// when it is used. A cookie that is not valid, whatever is wrong with it, is no session.
//
// The format is dewar's own; package flaskcookie reads and writes that of Flask. The zero value is ready for
// use.
type SecureCookieSessionInterface struct{}

var _ SessionInterface = (*SecureCookieSessionInterface)(nil)

// OpenSession reads the session from the request's cookie. It returns nil without a SECRET_KEY.
func (*SecureCookieSessionInterface) OpenSession(c *Context) (*Session, error) {
	codec := c.settings.cookieCodec()
	if codec == nil {
		return nil, nil
	}
	s := NewSession()
	value := SessionCookieValue(c)
	if value == "" {
		return s, nil
	}
	payload, key, err := codec.Decode(c.settings.cookie.name, value)
	if err != nil {
		return s, nil
	}
	if s.UnmarshalBinary(payload) != nil {
		return NewSession(), nil
	}
	s.reissue = key > 0
	return s, nil
}

// SaveSession sets the session's cookie, or deletes it when the session has been emptied. A cookie larger
// than MAX_COOKIE_SIZE, which browsers would drop, is an error that names the largest values; the old cookie
// stays.
func (*SecureCookieSessionInterface) SaveSession(c *Context, s *Session) error {
	if !s.ShouldSave() {
		return nil
	}
	if s.Len() == 0 {
		return c.SetCookie(SessionCookie(c, s, ""))
	}
	payload, err := s.MarshalBinary()
	if err != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: err}
	}
	value, err := c.settings.cookieCodec().Encode(c.settings.cookie.name, payload)
	if err != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: err}
	}
	cookie := SessionCookie(c, s, value)
	if err := checkCookieSize(c, s, cookie); err != nil {
		return err
	}
	return c.SetCookie(cookie)
}

func checkCookieSize(c *Context, s *Session, cookie *http.Cookie) error {
	limit := c.settings.maxCookie
	if limit <= 0 || len(cookie.Name)+len(cookie.Value)+1 <= limit-cookieAttributes {
		return nil
	}
	if size := len(cookie.String()); size > limit {
		return &HTTPError{Code: http.StatusInternalServerError, Err: fmt.Errorf(
			"the session cookie would have %d bytes, MAX_COOKIE_SIZE is %d; keep less in the session (largest: %s) or keep it on the server",
			size, limit, s.largest())}
	}
	return nil
}

// cookieAttributes is more than the attributes of a session cookie need when none is set to something long.
const cookieAttributes = 512

// largest names the three largest values with their sizes.
func (s *Session) largest() string {
	s.mu.Lock()
	entries := slices.Clone(s.entries)
	s.mu.Unlock()
	slices.SortFunc(entries, func(a, b sessionEntry) int { return cmp.Compare(len(b.raw), len(a.raw)) })
	var names []string
	for _, e := range entries[:min(3, len(entries))] {
		names = append(names, fmt.Sprintf("%q with %d bytes", e.key, len(e.raw)))
	}
	return strings.Join(names, ", ")
}

// cookieCodec returns the codec for the configured keys, or nil without a SECRET_KEY.
func (s *settings) cookieCodec() *cookiecodec.Codec {
	s.codecOnce.Do(func() {
		if s.secretKey == "" {
			return
		}
		s.codec, _ = cookiecodec.New(cookiecodec.Options{ // fails on empty secrets only
			Purpose: "session", Secrets: append([]string{s.secretKey}, s.fallbackKeys...),
			MaxAge: s.lifetime, Encrypt: s.encrypt,
		})
	})
	return s.codec
}
