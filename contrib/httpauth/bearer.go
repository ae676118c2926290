package httpauth

import (
	"errors"
	"net/http"
	"regexp"

	"github.com/dewar-go/dewar"
)

// Bearer makes a hook that lets requests through with a token that verify accepts. verify is as for [Basic]. A request
// without a token is answered with 401, and WWW-Authenticate names the realm; one whose token is refused with 401 and
// error="invalid_token"; a token with letters in it that none has, or none behind the scheme's name, with 400 and
// error="invalid_request". A token in the query or the form is not read, as it would end up in logs.
func Bearer[T comparable](verify func(c *dewar.Context, token string) (T, error), opts ...Option) dewar.Handler {
	if verify == nil {
		panic("httpauth: Bearer(nil): pass a func(c *dewar.Context, token string) (T, error) that returns the token's user")
	}
	s := &scheme{name: "Bearer", whenWrong: `, error="invalid_token", error_description="The token is not valid, or not any more."`}
	s.verify = func(c *dewar.Context, token string) (any, error) {
		if s.header == "" && !b64token.MatchString(token) {
			return nil, errMalformed
		}
		who, err := verify(c, token)
		return found(who), err
	}
	return s.hook(opts)
}

// b64token is what RFC 6750 allows in a token.
var b64token = regexp.MustCompile(`^[A-Za-z0-9\-._~+/]+=*$`)

var errMalformed = errors.New("httpauth: what stands behind the scheme is no token")

func (s *scheme) malformed() error {
	return &refusal{answer(http.StatusBadRequest,
		s.challenge(`, error="invalid_request", error_description="What stands behind the scheme is no token."`)), true}
}

// InsufficientScope returns the error for a token that is good but not for this: 403, with scope, a list with spaces, as
// what a token would need. Return it from a view or a hook that knows what its users may do.
func InsufficientScope(scope string) error {
	return answer(http.StatusForbidden, `Bearer error="insufficient_scope", scope=`+quoted(scope))
}
