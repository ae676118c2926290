package csrf

import (
	"errors"
	"slices"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/itsdangerous"
)

// The defaults of WTF_CSRF_METHODS and WTF_CSRF_HEADERS.
var (
	methods = []string{"POST", "PUT", "PATCH", "DELETE"}
	headers = []string{"X-CSRFToken", "X-CSRF-Token"}
)

const limitKey = "WTF_CSRF_TIME_LIMIT"

// flag returns a setting that is on unless it was turned off. What is no boolean is on.
func flag(c *dewar.Context, key string) bool { return dewar.ValueOr(c.Config(), key, true) }

// list returns a setting, or otherwise where it has nothing that can be read: a mistake in it turns no check off.
func list(c *dewar.Context, key string, otherwise []string) []string {
	if names := c.Config().Strings(key); len(names) > 0 {
		return names
	}
	return otherwise
}

func fieldName(c *dewar.Context) string {
	if name := c.Config().String("WTF_CSRF_FIELD_NAME"); name != "" {
		return name
	}
	return "csrf_token"
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
	keys := itsdangerous.Keys(config.String("SECRET_KEY"), config.Strings("SECRET_KEY_FALLBACKS")...)
	if own := config.String("WTF_CSRF_SECRET_KEY"); own != "" {
		keys = []string{own}
	}
	if keys[len(keys)-1] == "" {
		return nil, errors.New("csrf: no key signs tokens; set SECRET_KEY")
	}
	return itsdangerous.NewURLSafeTimedSerializer(keys, itsdangerous.Options{Salt: "wtf-csrf-token"})
}
