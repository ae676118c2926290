package csrf

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/itsdangerous"
)

// The keys of the configuration.
const (
	enabledKey   = "WTF_CSRF_ENABLED"
	defaultKey   = "WTF_CSRF_CHECK_DEFAULT"
	methodsKey   = "WTF_CSRF_METHODS"
	headersKey   = "WTF_CSRF_HEADERS"
	fieldKey     = "WTF_CSRF_FIELD_NAME"
	metaKey      = "WTF_CSRF_META_NAME"
	limitKey     = "WTF_CSRF_TIME_LIMIT"
	sslStrictKey = "WTF_CSRF_SSL_STRICT"
	secretKey    = "WTF_CSRF_SECRET_KEY"
)

// The defaults of WTF_CSRF_METHODS and WTF_CSRF_HEADERS.
var (
	methods = []string{"POST", "PUT", "PATCH", "DELETE"}
	headers = []string{"X-CSRFToken", "X-CSRF-Token"}
)

// declare tells the configuration of Flask-WTF's keys.
func declare(config *dewar.Config) error {
	return errors.Join(
		config.Declare(enabledKey, true, "whether CSRF tokens are checked"),
		config.Declare(defaultKey, true, "whether the token of every route is checked, and not only where csrf.Check stands"),
		config.Declare(methodsKey, methods, "the methods whose requests need a CSRF token"),
		config.Declare(headersKey, headers, "the headers that may have the CSRF token in them"),
		config.Declare(fieldKey, "csrf_token", "the name of the form field with the CSRF token, and of its key in the session"),
		config.Declare(metaKey, "csrf-token", "the name of the meta tag with the CSRF token"),
		config.Declare(limitKey, nil, "how long a CSRF token is valid: an hour by default, and with None for as long as its session"),
		config.Declare(sslStrictKey, true, "whether the referrer is checked on https"),
		config.Declare(secretKey, nil, "the key that signs CSRF tokens, or a list whose last key does; SECRET_KEY by default", dewar.Secret()),
	)
}

// startCheck says at the start what in the configuration would refuse every form, or none.
func startCheck(config *dewar.Config) func(context.Context) error {
	return func(context.Context) error {
		return errors.Join(checkMethods(config), checkHeaders(config), checkLimit(config), checkSecret(config))
	}
}

func checkMethods(config *dewar.Config) error {
	names := config.Strings(methodsKey)
	if len(names) == 0 {
		return fmt.Errorf("csrf: %s is empty, with which Flask-WTF checks nothing; to turn the check off set %s to false", methodsKey, enabledKey)
	}
	for _, name := range names {
		if name != strings.ToUpper(name) || !isToken(name) {
			return fmt.Errorf("csrf: %s has %q, which is no method as requests have it, so that Flask-WTF checks none of them; write %s", methodsKey, name, strings.Join(methods, ", "))
		}
	}
	return nil
}

func checkHeaders(config *dewar.Config) error {
	for _, name := range config.Strings(headersKey) {
		if !isToken(name) {
			return fmt.Errorf("csrf: %s has %q, which cannot be the name of a header; write %s", headersKey, name, strings.Join(headers, ", "))
		}
	}
	return nil
}

// isToken reports whether text may be a method or the name of a header.
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

func checkLimit(config *dewar.Config) error {
	if !config.Has(limitKey) {
		return nil
	}
	if _, isBool := config.Get(limitKey).(bool); isBool || config.Duration(limitKey) <= 0 {
		return fmt.Errorf("csrf: %s is %v, with which no token is valid; set it to seconds, or to None (nil, or null in JSON) for as long as the session", limitKey, config.Get(limitKey))
	}
	return nil
}

func checkSecret(config *dewar.Config) error {
	if config.Has(secretKey) && len(ownKeys(config)) == 0 {
		return fmt.Errorf("csrf: %s is no key; set it to a long random text, to a list of them, or not at all", secretKey)
	}
	return nil
}

// list returns a setting, or otherwise where it is empty: a mistake in it turns no check off.
func list(c *dewar.Context, key string, otherwise []string) []string {
	if names := c.Config().Strings(key); len(names) > 0 {
		return names
	}
	return otherwise
}

// flag returns a setting that is on unless it was turned off, also where Protect was not called.
func flag(c *dewar.Context, key string) bool { return dewar.ValueOr(c.Config(), key, true) }

// needsToken reports whether requests of this method do.
func needsToken(c *dewar.Context) bool {
	return slices.ContainsFunc(list(c, methodsKey, methods), func(name string) bool { return strings.EqualFold(name, c.Request.Method) })
}

// fromHeader returns the first of the headers that is there.
func fromHeader(c *dewar.Context) string {
	for _, name := range list(c, headersKey, headers) {
		if token := c.Request.Header.Get(name); token != "" {
			return token
		}
	}
	return ""
}

func fieldName(c *dewar.Context) string { return named(c, fieldKey, "csrf_token") }

// named returns a setting, or otherwise where it is empty.
func named(c *dewar.Context, key, otherwise string) string {
	if name := c.Config().String(key); name != "" {
		return name
	}
	return otherwise
}

// timeLimit is how long a token is valid: WTF_CSRF_TIME_LIMIT, or as long as its session where that is None.
func timeLimit(c *dewar.Context) []itsdangerous.LoadOption {
	switch {
	case c.Config().Has(limitKey):
	case !slices.Contains([]string{"", "default"}, c.App.Config.Source(limitKey)): // which has unset it: Python's None
		return nil
	default:
		return []itsdangerous.LoadOption{itsdangerous.MaxAge(time.Hour)}
	}
	return []itsdangerous.LoadOption{itsdangerous.MaxAge(c.Config().Duration(limitKey))}
}

// serializer returns what signs the tokens.
func serializer(c *dewar.Context) (*itsdangerous.URLSafeTimedSerializer, error) {
	config := c.Config()
	keys := ownKeys(config)
	if len(keys) == 0 {
		keys = itsdangerous.Keys(config.String("SECRET_KEY"), config.Strings("SECRET_KEY_FALLBACKS")...)
	}
	if keys[len(keys)-1] == "" {
		return nil, errors.New("csrf: no key signs tokens; set SECRET_KEY")
	}
	return itsdangerous.NewURLSafeTimedSerializer(keys, itsdangerous.Options{Salt: "wtf-csrf-token"})
}

// ownKeys returns those of WTF_CSRF_SECRET_KEY, a text or a list whose last one signs, as itsdangerous has it. A text is one
// key, whatever is in it.
func ownKeys(config dewar.Bag) []string {
	switch own := dewar.ValueOr[any](config, secretKey, nil).(type) {
	case nil:
		return nil
	case string:
		return slices.DeleteFunc([]string{own}, func(key string) bool { return key == "" })
	default:
		keys := dewar.ValueOr[[]string](config, secretKey, nil)
		return slices.DeleteFunc(keys, func(key string) bool { return key == "" })
	}
}
