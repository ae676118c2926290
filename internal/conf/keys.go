package conf

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/files"
	"github.com/dewar-go/dewar/internal/hostname"
)

// A spec describes a built-in or declared key.
type spec struct {
	name     string
	kind     kind
	def      any
	doc      string
	optional bool // may be unset: None in Flask
	secret   bool
	declared bool // by the application
	check    func(value any) error
}

// builtin are the keys that dewar reads: Flask's, then its own.
var builtin = [...]spec{
	{name: "APPLICATION_ROOT", kind: kindString, def: "/", check: checkPath, doc: "path that the application is mounted under, for URLs built outside a request and the cookie path"},
	{name: "DEBUG", kind: kindBool, def: false, doc: "reload templates, indent JSON, show errors to this machine; refused on a public address"},
	{name: "EXPLAIN_TEMPLATE_LOADING", kind: kindBool, def: false, doc: "log at Build where each template was found"},
	{name: "MAX_CONTENT_LENGTH", kind: kindInt64, def: int64(16 << 20), optional: true, check: checkNotNegative, doc: "most bytes of a request body; more is answered with 413; unset or 0 for no limit"},
	{name: "MAX_COOKIE_SIZE", kind: kindInt, def: 4093, check: checkNotNegative, doc: "most bytes of a Set-Cookie header for the session; more is an error; 0 for no limit"},
	{name: "MAX_FORM_MEMORY_SIZE", kind: kindInt64, def: int64(500_000), optional: true, check: checkNotNegative, doc: "most bytes of the fields of a form that are no files; unset or 0 for no limit"},
	{name: "MAX_FORM_PARTS", kind: kindInt, def: 1000, optional: true, check: checkNotNegative, doc: "most parts of a multipart form; unset or 0 for no limit"},
	{name: "PERMANENT_SESSION_LIFETIME", kind: kindDuration, def: 31 * 24 * time.Hour, check: checkPositive, doc: "how long a session is valid, and how long the cookie of a permanent one is kept"},
	{name: "PREFERRED_URL_SCHEME", kind: kindString, def: "http", check: checkScheme, doc: "scheme of URLs built outside a request"},
	{name: "PROPAGATE_EXCEPTIONS", kind: kindBool, def: nil, optional: true, doc: "raise unhandled errors out of the App"},
	{name: "PROVIDE_AUTOMATIC_OPTIONS", kind: kindBool, def: true, doc: "answer OPTIONS requests by itself"},
	{name: "SECRET_KEY", kind: kindString, def: nil, optional: true, secret: true, doc: "key that session cookies are signed with: long, random and secret"},
	{name: "SECRET_KEY_FALLBACKS", kind: kindSecrets, def: nil, optional: true, secret: true, check: checkFallbacks, doc: "list of earlier SECRET_KEYs that are still accepted, at most 16"},
	{name: "SEND_FILE_MAX_AGE_DEFAULT", kind: kindDuration, def: nil, optional: true, check: checkNotNegative, doc: "how long browsers may keep static files; unset makes them ask each time"},
	{name: "SERVER_NAME", kind: kindString, def: nil, optional: true, check: checkHostName, doc: "host, and port, of whole URLs, and of a request that names none"},
	{name: "SESSION_COOKIE_DOMAIN", kind: kindString, def: nil, optional: true, check: checkCookieDomain, doc: "Domain of the session cookie; unset for this host alone"},
	{name: "SESSION_COOKIE_HTTPONLY", kind: kindBool, def: true, doc: "keep the session cookie from scripts"},
	{name: "SESSION_COOKIE_NAME", kind: kindString, def: "session", check: checkCookieName, doc: "name of the session cookie"},
	{name: "SESSION_COOKIE_PARTITIONED", kind: kindBool, def: false, doc: "Partitioned for the session cookie; implies Secure"},
	{name: "SESSION_COOKIE_PATH", kind: kindString, def: nil, optional: true, check: checkPath, doc: "Path of the session cookie; unset for APPLICATION_ROOT"},
	{name: "SESSION_COOKIE_SAMESITE", kind: kindString, def: "Lax", optional: true, check: checkSameSite, doc: "SameSite of the session cookie: Lax, Strict, None, or unset for no attribute"},
	{name: "SESSION_COOKIE_SECURE", kind: kindBool, def: false, doc: "send the session cookie over HTTPS only"},
	{name: "SESSION_REFRESH_EACH_REQUEST", kind: kindBool, def: true, doc: "send the cookie of a permanent session again with every request that opens it"},
	{name: "TEMPLATES_AUTO_RELOAD", kind: kindBool, def: nil, optional: true, doc: "read templates again when they change; unset for DEBUG"},
	{name: "TESTING", kind: kindBool, def: false, doc: "the application runs in a test"},
	{name: "TRAP_BAD_REQUEST_ERRORS", kind: kindBool, def: nil, optional: true, doc: "treat 400 errors as errors of the application"},
	{name: "TRAP_HTTP_EXCEPTIONS", kind: kindBool, def: false, doc: "treat HTTP errors without a handler as errors of the application"},
	{name: "TRUSTED_HOSTS", kind: kindStrings, def: nil, optional: true, check: checkHosts, doc: "hosts that are served; a dot in front means everything below too; unset for all"},
	{name: "USE_X_SENDFILE", kind: kindBool, def: false, doc: "let the server in front send the files of SendFile, by the header X-Sendfile"},

	{name: "ALLOW_WEAK_SECRET_KEY", kind: kindBool, def: false, doc: "take a SECRET_KEY that can be guessed, where others may reach the application"},
	{name: "CROSS_ORIGIN_PROTECTION", kind: kindBool, def: true, doc: "refuse unsafe requests that other sites made a browser send"},
	{name: "DEFAULT_SECURITY_HEADERS", kind: kindBool, def: true, doc: "add X-Content-Type-Options and, to pages, X-Frame-Options and Referrer-Policy"},
	{name: "DRAIN_DELAY", kind: kindDuration, def: nil, optional: true, check: checkNotNegative, doc: "how long Run goes on accepting requests when it is stopped; unset for 5s where other machines can connect, 250ms otherwise, 0 with DEBUG or TESTING"},
	{name: "HANDLER_TIMEOUT", kind: kindDuration, def: nil, optional: true, check: checkNotNegative, doc: "how long a request may take before its context ends; unset or 0 for no limit"},
	{name: "MAX_JSON_SIZE", kind: kindInt64, def: int64(1 << 20), optional: true, check: checkNotNegative, doc: "most bytes of a JSON body; unset or 0 for no limit of its own"},
	{name: "RESPONSE_BUFFER_SIZE", kind: kindInt64, def: int64(1 << 20), check: checkNotNegative, doc: "bytes of a response that are held back until the request ends"},
	{name: "RUN_HOST", kind: kindString, def: nil, optional: true, check: checkRunHost, doc: "host that Run serves when it is given no address and FLASK_RUN_HOST is not set; unset for 127.0.0.1"},
	{name: "RUN_PORT", kind: kindInt, def: nil, optional: true, check: checkPort, doc: "port that Run serves when it is given no address and FLASK_RUN_PORT is not set; unset for 5000, 0 for any free one"},
	{name: "SERVER_IDLE_TIMEOUT", kind: kindDuration, def: 75 * time.Second, check: checkNotNegative, doc: "how long Run and Serve keep a connection open that has no request; 0 for no limit"},
	{name: "SERVER_MAX_HEADER_BYTES", kind: kindInt, def: 64 << 10, check: checkAboveZero, doc: "most bytes of the header of a request to Run and Serve; more is answered with 431"},
	{name: "SERVER_READ_HEADER_TIMEOUT", kind: kindDuration, def: 5 * time.Second, check: checkNotNegative, doc: "how long Run and Serve wait for the header of a request; 0 for no limit"},
	{name: "SERVER_READ_TIMEOUT", kind: kindDuration, def: 30 * time.Second, check: checkNotNegative, doc: "how long Run and Serve wait for a whole request, with its body; 0 for no limit"},
	{name: "SERVER_WRITE_TIMEOUT", kind: kindDuration, def: 60 * time.Second, check: checkNotNegative, doc: "how long an answer of Run and Serve may take, counted again whenever a part of it is sent; 0 for no limit"},
	{name: "SESSION_ABSOLUTE_LIFETIME", kind: kindDuration, def: nil, optional: true, check: checkPositive, doc: "how long a session is valid however often it is used; unset for no such limit"},
	{name: "SESSION_COOKIE_ENCRYPT", kind: kindBool, def: false, doc: "encrypt session cookies, which are signed but readable otherwise"},
	{name: "SESSION_SAVE_ON_PANIC", kind: kindBool, def: false, doc: "save the session also when the view panicked"},
	{name: "SHUTDOWN_TIMEOUT", kind: kindDuration, def: 20 * time.Second, check: checkPositive, doc: "how long Run waits for requests to end when it is stopped"},
	{name: "STATIC_FINGERPRINTS", kind: kindBool, def: nil, optional: true, doc: "add a fingerprint of the file to URLs of static files, and let browsers keep for a year what is asked for by it; unset for whatever DEBUG is not"},
	{name: "TRUSTED_ORIGINS", kind: kindStrings, def: nil, optional: true, check: checkOrigins, doc: "origins such as https://example.com whose unsafe requests are accepted"},
	{name: "TRUSTED_PROXIES", kind: kindStrings, def: nil, optional: true, check: checkProxies, doc: "addresses or networks, or unix for a Unix socket, whose X-Forwarded-For, -Proto, -Host, -Port and -Prefix are believed"},
	{name: "USE_X_ACCEL_REDIRECT", kind: kindStrings, def: nil, optional: true, check: checkAccel, doc: "folders whose files nginx sends, each with its internal location, such as /srv/files=/_files/; unset for none"},
}

func checkPositive(v any) error {
	if v.(time.Duration) <= 0 {
		return errors.New("want a duration above zero")
	}
	return nil
}

func checkAboveZero(v any) error {
	if n, err := coerce.Int64(v); err != nil || n <= 0 {
		return errors.New("want a number above zero")
	}
	return nil
}

func checkNotNegative(v any) error {
	if d, ok := v.(time.Duration); ok && d >= 0 {
		return nil
	}
	if n, err := coerce.Int64(v); err != nil || n < 0 {
		return errors.New("want 0 or more")
	}
	return nil
}

func checkPort(v any) error {
	if n := v.(int); n < 0 || n > 65535 {
		return errors.New("want a port from 0 to 65535")
	}
	return nil
}

func checkRunHost(v any) error {
	host := strings.TrimSuffix(strings.TrimPrefix(v.(string), "["), "]")
	if _, err := netip.ParseAddr(host); err != nil && (strings.Contains(host, ":") || !hostname.Valid(host)) {
		return errors.New("want a host alone, such as 127.0.0.1; the port goes to RUN_PORT")
	}
	return nil
}

func checkPath(v any) error {
	if s := v.(string); s == "" || s[0] != '/' || strings.ContainsAny(s, ";?#\\") || hasControl(s) || strings.HasPrefix(s, "//") {
		return errors.New("want a path that begins with one slash")
	}
	return nil
}

func checkAccel(v any) error {
	for _, text := range v.([]string) {
		if _, err := files.ParseMapping(text); err != nil {
			return err
		}
	}
	return nil
}

func checkScheme(v any) error {
	if s := v.(string); s != "http" && s != "https" {
		return errors.New(`want "http" or "https"`)
	}
	return nil
}

func checkCookieName(v any) error {
	if (&http.Cookie{Name: v.(string)}).Valid() != nil {
		return errors.New("want a cookie name: letters, digits, dashes and underscores")
	}
	return nil
}

func checkSameSite(v any) error {
	if _, ok := SameSite(v.(string)); !ok {
		return errors.New(`want "Lax", "Strict" or "None"`)
	}
	return nil
}

// SameSite returns the mode that a value of SESSION_COOKIE_SAMESITE stands for, in any case. An empty one means no
// attribute.
func SameSite(text string) (mode http.SameSite, ok bool) {
	switch strings.ToLower(text) {
	case "":
		return 0, true
	case "lax":
		return http.SameSiteLaxMode, true
	case "strict":
		return http.SameSiteStrictMode, true
	case "none":
		return http.SameSiteNoneMode, true
	}
	return 0, false
}

func checkFallbacks(v any) error {
	keys := v.([]string)
	if len(keys) > 16 {
		return fmt.Errorf("has %d keys, at most 16 are accepted; drop the oldest", len(keys))
	}
	if slices.Contains(keys, "") {
		return errors.New("has an empty key; remove it")
	}
	return nil
}

func checkHostName(v any) error {
	switch s := v.(string); {
	case isWord(s):
		return errors.New("want a host name such as example.com or localhost:5000; for none leave the key out, or write false, without quotes")
	case !hostname.Valid(s):
		return errors.New("want a host name such as example.com or localhost:5000, without a scheme")
	}
	return nil
}

// isWord reports whether text is a word that was meant to say something else than a host.
func isWord(text string) bool {
	return slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "none", "null", "nil"}, strings.ToLower(text))
}

func checkCookieDomain(v any) error {
	switch s := strings.TrimPrefix(v.(string), "."); {
	case isWord(s):
		return errors.New("want a host name such as example.com; for this host alone leave the key out, or write false, without quotes")
	case !hostname.Valid(s):
		return errors.New("want a host name such as example.com")
	}
	return nil
}

func checkHosts(v any) error {
	for i, s := range v.([]string) {
		if !hostname.Valid(strings.TrimPrefix(s, ".")) {
			return fmt.Errorf("item %d: want a host name such as example.com, or .example.com for everything below", i)
		}
	}
	return nil
}

func checkOrigins(v any) error {
	for i, s := range v.([]string) {
		if _, _, ok := hostname.ParseOrigin(s); !ok {
			return fmt.Errorf("item %d: want an origin such as https://example.com, without a path", i)
		}
	}
	return nil
}

// UnixProxy is the one of TRUSTED_PROXIES that stands for whoever connects to a Unix socket.
const UnixProxy = "unix"

func checkProxies(v any) error {
	for i, s := range v.([]string) {
		if _, err := hostname.ParseNetwork(s); err != nil && s != UnixProxy {
			return fmt.Errorf("item %d: want an address such as 10.0.0.1, a network such as 10.0.0.0/8, or unix for whoever connects to a Unix socket", i)
		}
	}
	return nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f })
}
