package dewar

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar/internal/cookiecodec"
	"github.com/dewar-go/dewar/internal/hostname"
)

// settings is what requests need of the configuration, worked out once per snapshot. The built-in keys were
// checked when they were loaded, so nothing here can fail.
type settings struct {
	snap            *snapshot // what it was worked out from
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

func (s *snapshot) settings() *settings {
	s.once.Do(func() { s.derived = s.derive() })
	return s.derived
}

func (s *snapshot) derive() *settings {
	v := &s.view
	d := &settings{
		snap:  s,
		debug: v.Bool("DEBUG"), testing: v.Bool("TESTING"), propagate: v.Bool("PROPAGATE_EXCEPTIONS"),
		trapHTTP: v.Bool("TRAP_HTTP_EXCEPTIONS"), trapBadRequest: v.Bool("TRAP_BAD_REQUEST_ERRORS"),
		handlerTimeout: v.Duration("HANDLER_TIMEOUT"),
		saveOnPanic:    v.Bool("SESSION_SAVE_ON_PANIC"), securityHeaders: v.Bool("DEFAULT_SECURITY_HEADERS"),
		xSendfile:        v.Bool("USE_X_SENDFILE"),
		responseBuffer:   v.Int64("RESPONSE_BUFFER_SIZE"),
		maxContentLength: v.Int64("MAX_CONTENT_LENGTH"), maxFormMemory: v.Int64("MAX_FORM_MEMORY_SIZE"),
		maxFormParts: v.Int("MAX_FORM_PARTS"), maxJSON: v.Int64("MAX_JSON_SIZE"),
		fileMaxAge: v.Duration("SEND_FILE_MAX_AGE_DEFAULT"),
		serverName: v.String("SERVER_NAME"), rootPrefix: strings.TrimRight(v.String("APPLICATION_ROOT"), "/"),
		preferScheme: v.String("PREFERRED_URL_SCHEME"),
		maxCookie:    v.Int("MAX_COOKIE_SIZE"), lifetime: v.Duration("PERMANENT_SESSION_LIFETIME"),
		absolute: v.Duration("SESSION_ABSOLUTE_LIFETIME"), refresh: v.Bool("SESSION_REFRESH_EACH_REQUEST"),
		secretKey:    func() string { return v.String("SECRET_KEY") },
		fallbackKeys: func() []string { return v.Strings("SECRET_KEY_FALLBACKS") },
		encrypt:      v.Bool("SESSION_COOKIE_ENCRYPT"), trustedOrigins: v.Strings("TRUSTED_ORIGINS"),
	}
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
		sameSite:    sameSiteModes[strings.ToLower(v.String("SESSION_COOKIE_SAMESITE"))],
	}
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
