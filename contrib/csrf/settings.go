package csrf

import (
	"errors"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/itsdangerous"
)

// The defaults of WTF_CSRF_METHODS and WTF_CSRF_HEADERS.
var (
	methods = []string{"POST", "PUT", "PATCH", "DELETE"}
	headers = []string{"X-CSRFToken", "X-CSRF-Token"}
)

// flag returns a setting that is on unless it was turned off. What is no boolean is on.
func flag(c *dewar.Context, key string) bool { return dewar.ValueOr(c.Config(), key, true) }

func list(c *dewar.Context, key string, otherwise []string) []string {
	if !c.Config().Has(key) {
		return otherwise
	}
	return c.Config().Strings(key)
}

func fieldName(c *dewar.Context) string {
	if name := c.Config().String("WTF_CSRF_FIELD_NAME"); name != "" {
		return name
	}
	return "csrf_token"
}

// timeLimit is how long a token is valid: an hour, or WTF_CSRF_TIME_LIMIT, or as long as its session. A limit that cannot be
// read leaves no time.
func timeLimit(c *dewar.Context) []itsdangerous.LoadOption {
	limit, given := c.Config().Lookup("WTF_CSRF_TIME_LIMIT")
	switch {
	case !given:
		return []itsdangerous.LoadOption{itsdangerous.MaxAge(time.Hour)}
	case limit == false || limit == "none":
		return nil
	}
	return []itsdangerous.LoadOption{itsdangerous.MaxAge(c.Config().Duration("WTF_CSRF_TIME_LIMIT"))}
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
