package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar/internal/conf"
	"github.com/dewar-go/dewar/internal/cookiecodec"
	"github.com/dewar-go/dewar/internal/hostname"
)

// settings is what requests need of the configuration, worked out once per snapshot. The built-in keys were
// checked when they were loaded, so nothing here can fail.
type settings struct {
	snapshot *conf.Snapshot // that it was made of
	view     Values         // of snapshot

	debug, testing  bool
	propagate       bool
	trapHTTP        bool
	trapBadRequest  bool
	saveOnPanic     bool
	securityHeaders bool
	xSendfile       bool

	responseBuffer                       int64
	maxContentLength, maxFormMemory      int64
	maxFormParts                         int
	maxJSON                              int64
	fileMaxAge                           time.Duration
	handlerTimeout                       time.Duration
	trustedHosts                         []hostname.Pattern
	trustedProxies                       []netip.Prefix
	trustedOrigins                       []string
	crossOrigin                          *http.CrossOriginProtection
	serverName, rootPrefix, preferScheme string

	cookie       cookieSettings
	maxCookie    int
	lifetime     time.Duration
	absolute     time.Duration
	refresh      bool
	secretKey    func() string // functions, so that no way of printing gets at the keys
	fallbackKeys func() []string
	encrypt      bool

	codecOnce sync.Once
	codec     *cookiecodec.Codec // nil without a SECRET_KEY
}

// cookieSettings are the attributes of the session cookie.
type cookieSettings struct {
	name, domain, path            string
	httpOnly, secure, partitioned bool
	sameSite                      http.SameSite
	attributes                    string // what follows the value when there is no Expires
}

func derive(snapshot *conf.Snapshot) *settings {
	d := &settings{snapshot: snapshot, view: Values{snapshot}}
	v := &d.view
	d.debug, d.testing = v.Bool("DEBUG"), v.Bool("TESTING")
	d.propagate, d.saveOnPanic = v.Bool("PROPAGATE_EXCEPTIONS"), v.Bool("SESSION_SAVE_ON_PANIC")
	d.trapHTTP, d.trapBadRequest = v.Bool("TRAP_HTTP_EXCEPTIONS"), v.Bool("TRAP_BAD_REQUEST_ERRORS")
	d.securityHeaders, d.xSendfile = v.Bool("DEFAULT_SECURITY_HEADERS"), v.Bool("USE_X_SENDFILE")
	d.responseBuffer, d.fileMaxAge = v.Int64("RESPONSE_BUFFER_SIZE"), v.Duration("SEND_FILE_MAX_AGE_DEFAULT")
	d.maxContentLength, d.maxJSON = v.Int64("MAX_CONTENT_LENGTH"), v.Int64("MAX_JSON_SIZE")
	d.maxFormMemory, d.maxFormParts = v.Int64("MAX_FORM_MEMORY_SIZE"), v.Int("MAX_FORM_PARTS")
	d.handlerTimeout, d.trustedOrigins = v.Duration("HANDLER_TIMEOUT"), v.Strings("TRUSTED_ORIGINS")
	d.serverName, d.preferScheme = v.String("SERVER_NAME"), v.String("PREFERRED_URL_SCHEME")
	d.rootPrefix = strings.TrimRight(v.String("APPLICATION_ROOT"), "/")
	d.maxCookie, d.encrypt = v.Int("MAX_COOKIE_SIZE"), v.Bool("SESSION_COOKIE_ENCRYPT")
	d.lifetime, d.absolute = v.Duration("PERMANENT_SESSION_LIFETIME"), v.Duration("SESSION_ABSOLUTE_LIFETIME")
	d.refresh = v.Bool("SESSION_REFRESH_EACH_REQUEST")
	d.secretKey = func() string { return v.String("SECRET_KEY") }
	d.fallbackKeys = func() []string { return v.Strings("SECRET_KEY_FALLBACKS") }
	for _, host := range v.Strings("TRUSTED_HOSTS") {
		d.trustedHosts = append(d.trustedHosts, hostname.NewPattern(host))
	}
	for _, proxy := range v.Strings("TRUSTED_PROXIES") {
		if p, err := hostname.ParseNetwork(proxy); err == nil {
			d.trustedProxies = append(d.trustedProxies, p)
		}
	}
	if v.Bool("CROSS_ORIGIN_PROTECTION") {
		d.crossOrigin = http.NewCrossOriginProtection()
		for _, origin := range d.trustedOrigins {
			_ = d.crossOrigin.AddTrustedOrigin(origin) // checked when it was loaded
		}
	}
	d.cookie = deriveCookie(v, d.rootPrefix)
	return d
}

func deriveCookie(v *Values, rootPrefix string) cookieSettings {
	domain, _ := hostname.Split(strings.TrimPrefix(v.String("SESSION_COOKIE_DOMAIN"), "."))
	k := cookieSettings{
		name: v.String("SESSION_COOKIE_NAME"), domain: domain, path: v.String("SESSION_COOKIE_PATH"),
		httpOnly: v.Bool("SESSION_COOKIE_HTTPONLY"), secure: v.Bool("SESSION_COOKIE_SECURE"),
		partitioned: v.Bool("SESSION_COOKIE_PARTITIONED"),
	}
	k.sameSite, _ = conf.SameSite(v.String("SESSION_COOKIE_SAMESITE"))
	if k.path == "" {
		k.path = rootPrefix
	}
	if k.path == "" {
		k.path = "/"
	}
	k.secure = k.secure || k.partitioned
	if cookie := k.with(""); cookie.Valid() == nil { // else Build fails
		k.attributes = strings.TrimPrefix(cookie.String(), k.name+"=")
	}
	return k
}

func (s *settings) trustsOrigin(origin string) bool {
	return slices.Contains(s.trustedOrigins, origin)
}

// check says, for Build, what is wrong with the configuration as a whole.
func (c *Config) check() error {
	return errors.Join(append(c.store.Problems(), cookieError(&c.settings().cookie))...)
}

// warn logs what is odd about the configuration though it is taken as it is.
func (c *Config) warn(logger *slog.Logger) {
	s := c.settings()
	c.warnOfDotenv(logger)
	for _, text := range c.store.Notes() {
		logger.Warn(text)
	}
	for _, text := range s.snapshot.LineBreaks() {
		logger.Warn(text)
	}
	if s.cookie.sameSite == http.SameSiteNoneMode && !s.cookie.secure {
		logger.Warn("SESSION_COOKIE_SAMESITE None needs SESSION_COOKIE_SECURE, or browsers drop the cookie; set it, or choose Lax")
	}
}

// checkKeys looks at SECRET_KEY and SECRET_KEY_FALLBACKS before the App serves an address; public tells that
// other machines can reach it. A key that is empty, short, well-known or repeated is an error when public and
// neither DEBUG nor TESTING is on, and a warning in the log otherwise.
func (app *App) checkKeys(public bool) error {
	s := app.Config.settings()
	strict := public && !s.debug && !s.testing
	weak, meagre := s.snapshot.KeyProblems()
	if strict && len(weak) > 0 {
		problems := make([]error, len(weak))
		for i, text := range weak {
			problems[i] = errors.New(text)
		}
		return fmt.Errorf("dewar: app %q must not be served to other machines with these keys; mend them, or serve 127.0.0.1:\n%w",
			app.Name(), errors.Join(problems...))
	}
	if strict && !s.view.Has("SECRET_KEY") {
		cure := cmp.Or(s.snapshot.LeftOut("SECRET_KEY"), conf.KeyCure)
		meagre = append(meagre, "SECRET_KEY is not set, so no session can be written; "+cure)
	}
	for _, text := range append(weak, meagre...) {
		app.logger().Warn(text)
	}
	return nil
}
