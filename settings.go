package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar/internal/conf"
	"github.com/dewar-go/dewar/internal/cookiecodec"
	"github.com/dewar-go/dewar/internal/files"
	"github.com/dewar-go/dewar/internal/hostname"
)

// settings is what requests need of the configuration, worked out once per snapshot. The built-in keys were
// checked when they were loaded, so nothing here can fail.
type settings struct {
	snapshot *conf.Snapshot // that it was made of
	view     Values         // of snapshot

	debug, testing  bool
	propagate       bool
	debugPage       bool // DEBUG is on, and nobody says where errors go
	trapHTTP        bool
	trapBadRequest  bool
	saveOnPanic     bool
	securityHeaders bool
	xSendfile       bool
	accel           files.Mappings
	fingerprints    bool // in URLs of static files

	responseBuffer                       int64
	maxContentLength, maxFormMemory      int64
	maxFormParts                         int
	maxJSON                              int64
	fileMaxAge                           time.Duration
	handlerTimeout                       time.Duration
	trustedHosts                         []hostname.Pattern
	trustedProxies                       []netip.Prefix
	trustsSocket                         bool // "unix" is among TRUSTED_PROXIES
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
	expiresAt                     int    // where Expires stands among the attributes
}

func derive(snapshot *conf.Snapshot) *settings {
	d := &settings{snapshot: snapshot, view: Values{snapshot}}
	v := &d.view
	d.debug, d.testing = v.Bool("DEBUG"), v.Bool("TESTING")
	d.propagate, d.saveOnPanic = v.Bool("PROPAGATE_EXCEPTIONS"), v.Bool("SESSION_SAVE_ON_PANIC")
	_, says := v.Lookup("PROPAGATE_EXCEPTIONS")
	d.debugPage = d.debug && !says
	d.trapHTTP, d.trapBadRequest = v.Bool("TRAP_HTTP_EXCEPTIONS"), v.Bool("TRAP_BAD_REQUEST_ERRORS")
	d.securityHeaders, d.xSendfile = v.Bool("DEFAULT_SECURITY_HEADERS"), v.Bool("USE_X_SENDFILE")
	d.responseBuffer, d.fileMaxAge = v.Int64("RESPONSE_BUFFER_SIZE"), v.Duration("SEND_FILE_MAX_AGE_DEFAULT")
	d.fingerprints = ValueOr(v, "STATIC_FINGERPRINTS", !d.debug)
	for _, text := range v.Strings("USE_X_ACCEL_REDIRECT") {
		if m, err := files.ParseMapping(text); err == nil {
			d.accel = append(d.accel, m)
		}
	}
	d.accel.Sort()
	d.maxContentLength, d.maxJSON = v.Int64("MAX_CONTENT_LENGTH"), v.Int64("MAX_JSON_SIZE")
	d.maxFormMemory, d.maxFormParts = v.Int64("MAX_FORM_MEMORY_SIZE"), v.Int("MAX_FORM_PARTS")
	d.handlerTimeout = v.Duration("HANDLER_TIMEOUT")
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
		d.trustsSocket = d.trustsSocket || proxy == conf.UnixProxy
	}
	for _, text := range v.Strings("TRUSTED_ORIGINS") {
		if scheme, host, ok := hostname.ParseOrigin(text); ok {
			d.trustedOrigins = append(d.trustedOrigins, scheme+"://"+host)
		}
	}
	if v.Bool("CROSS_ORIGIN_PROTECTION") {
		d.crossOrigin = http.NewCrossOriginProtection()
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
		before := http.Cookie{Name: k.name, Path: k.path, Domain: k.domain}
		k.expiresAt = len(before.String()) - len(k.name+"=")
	}
	return k
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

// checkKeys looks at SECRET_KEY and SECRET_KEY_FALLBACKS before the App serves an address. A key that is empty, short,
// well-known or repeated is an error if strict, unless weak keys are allowed, and a warning in the log otherwise. public
// tells that other machines can reach the address: then a missing key is worth a warning.
func (app *App) checkKeys(strict, public bool) error {
	s := app.Config.settings()
	weak, meagre := s.snapshot.KeyProblems()
	if strict && len(weak) > 0 && !s.allowsWeakKeys() {
		return fmt.Errorf("dewar: app %q must not be served to others with these keys; mend them, serve 127.0.0.1, or set %s:\n%w",
			app.Name(), weakKeysAllowed, joined(weak))
	}
	if public && !s.debug && !s.testing && !s.view.Has("SECRET_KEY") {
		cure := cmp.Or(s.snapshot.LeftOut("SECRET_KEY"), conf.KeyCure)
		meagre = append(meagre, "SECRET_KEY is not set, so no session can be written; "+cure)
	}
	app.warnAll(append(weak, meagre...))
	return nil
}

// checkHandlerKeys does so for an App that is a plain handler, with the other problems that Build has found. A test has
// its weak keys on purpose and hears nothing of them.
func (app *App) checkHandlerKeys(problems error) error {
	s := app.Config.settings()
	weak, meagre := s.snapshot.KeyProblems()
	if len(weak) > 0 && !s.allowsWeakKeys() {
		weak[len(weak)-1] += "; in a test or on your own machine set " + weakKeysAllowed + ", and weak keys are taken"
		return errors.Join(problems, joined(weak))
	}
	if problems == nil && !s.testing {
		app.warnAll(append(weak, meagre...))
	}
	return problems
}

// weakKeysAllowed names the switches of allowsWeakKeys.
const weakKeysAllowed = "DEBUG, TESTING or ALLOW_WEAK_SECRET_KEY"

func (s *settings) allowsWeakKeys() bool {
	return s.debug || s.testing || s.view.Bool("ALLOW_WEAK_SECRET_KEY")
}

func (app *App) warnAll(texts []string) {
	for _, text := range texts {
		app.logger().Warn(text)
	}
}

// joined makes one error of texts.
func joined(texts []string) error {
	problems := make([]error, len(texts))
	for i, text := range texts {
		problems[i] = errors.New(text)
	}
	return errors.Join(problems...)
}
