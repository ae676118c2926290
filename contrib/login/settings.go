package login

import (
	"errors"
	"time"

	"github.com/dewar-go/dewar"
)

// year is Flask-Login's: 365 days.
const year = 365 * 24 * time.Hour

// declare tells the configuration of Flask-Login's keys.
func declare(config *dewar.Config) error {
	var problems []error
	for _, key := range []struct {
		name string
		def  any
		doc  string
	}{
		{"REMEMBER_COOKIE_NAME", "remember_token", "the name of the cookie that remembers a login"},
		{"REMEMBER_COOKIE_DURATION", year, "how long a login is remembered"},
		{"REMEMBER_COOKIE_DOMAIN", "", "the domain of the remember cookie; empty for the host alone"},
		{"REMEMBER_COOKIE_PATH", "/", "the path of the remember cookie"},
		{"REMEMBER_COOKIE_SECURE", false, "whether the remember cookie is sent by HTTPS alone"},
		{"REMEMBER_COOKIE_HTTPONLY", true, "whether scripts cannot read the remember cookie"},
		{"REMEMBER_COOKIE_SAMESITE", "", "Lax, Strict or None for the remember cookie; empty for the browser's default"},
		{"REMEMBER_COOKIE_REFRESH_EACH_REQUEST", false, "whether each request moves the end of the remember cookie on"},
		{"SESSION_PROTECTION", nil, "basic, strong or none: what becomes of a session that comes from another browser"},
		{"LOGIN_DISABLED", false, "whether views that require a login are open to everybody, for tests"},
		{"USE_SESSION_FOR_NEXT", false, "whether the page that was asked for is kept in the session, not in the URL of the login page"},
		{"FORCE_HOST_FOR_REDIRECTS", "", "the host that users are sent to for a login"},
	} {
		problems = append(problems, config.Declare(key.name, key.def, key.doc))
	}
	return errors.Join(problems...)
}
