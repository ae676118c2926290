// Package httpauth asks for a name and a password, or for a token, by the header Authorization: RFC 7617 and RFC 6750. It is
// for APIs and for tools behind one password; for pages with a login of their own there is contrib/login. Flask has
// Flask-HTTPAuth.
//
//	app.Get("/admin", admin, dewar.Before(httpauth.Basic(verify)))
//	api.BeforeRequest(httpauth.Bearer(verifyToken))
//
// Browsers send the name and password of Basic by themselves, so the check of the core for requests from other sites must
// stay on for such routes. All of it needs HTTPS: the header has the password, or the token, as it is.
package httpauth

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar"
)

// A scheme is one way to authenticate.
type scheme struct {
	name, realm, header string
	always, whenWrong   string // parameters of the challenge, the second where credentials were sent
	optional            bool
	// verify looks at the credentials behind the scheme's name. The user is nil when they are refused.
	verify func(c *dewar.Context, credentials string) (user any, err error)
}

// An Option is an attribute of a scheme.
type Option func(*scheme)

// Realm names what the password or token is for; browsers show it. The default is "Authentication Required". It panics on
// text with a line break or another control character.
func Realm(name string) Option {
	if strings.ContainsFunc(name, isControl) {
		panic("httpauth: Realm: the name has a control character; pass a line of text")
	}
	return func(s *scheme) { s.realm = name }
}

// Optional lets requests through whose credentials are missing or wrong: [User] has nobody then. An error of verify still fails
// the request.
func Optional() Option { return func(s *scheme) { s.optional = true } }

// Scheme gives the scheme another name than Basic or Bearer, such as Token. Names are compared without regard to case.
func Scheme(name string) Option { return func(s *scheme) { s.name = name } }

// Header takes all of a header such as X-API-Key for the token, in place of what stands in Authorization behind Bearer.
// It is for [Bearer].
func Header(name string) Option { return func(s *scheme) { s.header = name } }

// user is who has been authenticated, of whatever type verify returns.
var user = dewar.NewKey[any]("http_user")

// User returns who has been authenticated: what verify returned, or the name that was sent when that was true. ok is false
// when nobody has, and when it is of another type. Flask-HTTPAuth has current_user.
func User[T any](c *dewar.Context) (who T, ok bool) {
	who, ok = user.Get(c).(T)
	return who, ok
}

// Equal reports whether two secrets are the same, in a time that tells nothing of either, not even the length.
func Equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// A refusal is the error of a request that a scheme does not let through.
type refusal struct {
	http *dewar.HTTPError
	sent bool // credentials of the scheme were sent
}

func (r *refusal) Error() string   { return r.http.Error() }
func (r *refusal) Unwrap() error   { return r.http }
func (r *refusal) StatusCode() int { return r.http.Code }

// Any lets a request through that one of hooks lets through: those that [Basic], [Bearer] and Any return. The first whose
// credentials were sent decides. A request with none of them is answered with all that could be sent, in this order.
// Flask-HTTPAuth has MultiAuth. It panics without hooks.
func Any(hooks ...dewar.Handler) dewar.Handler {
	if len(hooks) == 0 {
		panic("httpauth: Any: no hooks; pass those that Basic and Bearer return")
	}
	return func(c *dewar.Context) error {
		var refused *refusal
		for _, hook := range hooks {
			err := hook(c)
			r, ok := errors.AsType[*refusal](err)
			if !ok || r.sent {
				return err
			}
			refused = refused.and(r)
		}
		return refused
	}
}

// and joins what two schemes ask for.
func (r *refusal) and(other *refusal) *refusal {
	if r == nil {
		return other
	}
	joined := *r.http
	joined.Header = joined.Header.Clone()
	joined.Header["Www-Authenticate"] = append(joined.Header["Www-Authenticate"], other.http.Header["Www-Authenticate"]...)
	return &refusal{http: &joined}
}

// hook makes a hook of a scheme.
func (s *scheme) hook(opts []Option) dewar.Handler {
	for _, opt := range opts {
		opt(s)
	}
	s.realm = cmp.Or(s.realm, "Authentication Required")
	return s.check
}

func (s *scheme) check(c *dewar.Context) error {
	if s.optional || s.header != "" {
		vary(c, cmp.Or(s.header, "Authorization"))
	}
	if c.Request.Method == http.MethodOptions {
		return nil // what browsers ask before they send credentials
	}
	credentials, sent := s.credentials(c)
	if sent {
		who, err := s.verify(c, credentials)
		switch {
		case errors.Is(err, errMalformed) && s.optional, err == nil && who == nil && s.optional:
			return nil
		case errors.Is(err, errMalformed):
			return s.malformed()
		case err != nil:
			return err
		case who != nil:
			user.Set(c, who)
			return nil
		}
	}
	if s.optional {
		return nil
	}
	return s.refuse(sent)
}

// vary says that the answer depends on a header.
func vary(c *dewar.Context, header string) { c.Response.Header().Add("Vary", header) }

// credentials returns what the client sent for the scheme.
func (s *scheme) credentials(c *dewar.Context) (text string, sent bool) {
	if s.header != "" {
		text = c.Request.Header.Get(s.header)
		return text, text != ""
	}
	name, text, _ := strings.Cut(c.Request.Header.Get("Authorization"), " ")
	return strings.Trim(text, " "), strings.EqualFold(name, s.name)
}

// challenge is the value of WWW-Authenticate.
func (s *scheme) challenge(parameters string) string {
	return s.name + " realm=" + quoted(s.realm) + parameters
}

func (s *scheme) refuse(sent bool) error {
	parameters := s.always
	if sent {
		parameters += s.whenWrong
	}
	return &refusal{answer(http.StatusUnauthorized, s.challenge(parameters)), sent}
}

// answer is an error with a challenge.
func answer(code int, challenge string) *dewar.HTTPError {
	return &dewar.HTTPError{Code: code, Header: http.Header{"Www-Authenticate": {challenge}}}
}

// quoted is a quoted-string of RFC 9110.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
