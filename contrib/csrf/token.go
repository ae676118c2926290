package csrf

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/itsdangerous"
)

// known keeps the token of a request, so that all its forms have the same; templates find it as g.csrf_token, as in Flask.
var known = dewar.NewKey[string]("csrf_token")

// Token returns the token for the forms of this visitor, the same during one request. The first one puts a random text
// into the session, which must be there: it is an error not to have a SECRET_KEY. Flask-WTF has generate_csrf, and in
// templates csrf_token().
func Token(c *dewar.Context) (string, error) {
	if token, ok := known.Lookup(c); ok {
		return token, nil
	}
	tokens, err := serializer(c)
	if err != nil {
		return "", err
	}
	session, field := c.Session(), fieldName(c)
	secret, _ := session.Get(field).(string)
	if secret == "" {
		secret = newSecret()
		session.Set(field, secret)
	}
	if err := session.Err(); err != nil {
		return "", err
	}
	token, err := tokens.Dumps(secret)
	if err == nil {
		known.Set(c, token)
	}
	return token, err
}

// newSecret returns 40 hexadecimal digits, as Flask-WTF keeps them.
func newSecret() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// Validate checks a token that came with the request, by whatever way. The error is an [*Error] that says what is wrong
// with it. Flask-WTF has validate_csrf.
func Validate(c *dewar.Context, token string) error {
	reason, err := fault(c, token)
	if err != nil || reason == "" {
		return err
	}
	c.Logger().Info("CSRF token refused", "reason", reason)
	return refused(reason)
}

// fault says what is wrong with a token, in the words of Flask-WTF.
func fault(c *dewar.Context, token string) (reason string, err error) {
	tokens, err := serializer(c)
	if err != nil {
		return "", err
	}
	if token == "" {
		return "The CSRF token is missing.", nil
	}
	session, field := c.Session(), fieldName(c)
	if err := session.Err(); err != nil {
		return "", err
	}
	if !session.Has(field) {
		return "The CSRF session token is missing.", nil
	}
	var secret any
	switch err := tokens.Loads(token, &secret, timeLimit(c)...); {
	case errors.Is(err, itsdangerous.ErrSignatureExpired):
		return "The CSRF token has expired.", nil
	case err != nil:
		return "The CSRF token is invalid.", nil
	}
	given, ok := secret.(string)
	want, _ := session.Get(field).(string)
	if !ok || want == "" || subtle.ConstantTimeCompare([]byte(given), []byte(want)) != 1 {
		return "The CSRF tokens do not match.", nil
	}
	return "", nil
}

// sent returns the token of a request: of the form, of a form whose fields have a prefix, or of a header.
func sent(c *dewar.Context) string {
	form, field := c.Form(), fieldName(c)
	if token := form.String(field); token != "" {
		return token
	}
	for _, name := range form.Keys() {
		if token := form.String(name); token != "" && strings.HasSuffix(name, field) {
			return token
		}
	}
	return fromHeader(c)
}

// hostname returns the name of a host as Python compares it.
func hostname(u *url.URL) string { return strings.ToLower(u.Hostname()) }
