package strangler

import (
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
)

// A Difference is a setting that the two halves of a site do not share.
type Difference struct {
	// Key is the name of the setting.
	Key string
	// Go and Python are its values as text, "unset" for none, "set" for a secret.
	Go, Python string
	// Cure says what becomes of it, and what to do.
	Cure string
}

// String returns the difference in one line.
func (d Difference) String() string {
	return fmt.Sprintf("%s: Go has %s, Python has %s; %s", d.Key, d.Go, d.Python, d.Cure)
}

// Config is where the settings of an App are read: its [dewar.Config], or the [dewar.Values] of a request.
type Config interface {
	// Has reports whether key has a value.
	Has(key string) bool
	// Get returns the value of key, nil for none.
	Get(key string) any
	// Strings returns the list that key has, nil for none.
	Strings(key string) []string
	// Duration returns the time that key has, 0 for none.
	Duration(key string) time.Duration
}

// Check compares the settings that make both halves of a site read one session, send the same cookies, take the same forms
// and write the same URLs: those of an App, and those of a Flask application as they are in its app.config or stand in its
// JSON: a timedelta is a duration or seconds, a secret is itself or its [Fingerprint]. What python does not have counts as
// the default of Flask, Flask-Login, Flask-WTF or Flask-Babel, and so does what config does not have of the modules that
// stand for these. It returns the differences, none if all is well. No secret is in them.
func Check(config Config, python dewar.Map) []Difference {
	var found []Difference
	for _, s := range compared {
		here, there := s.here(config), s.there(python)
		if s.key == "SESSION_COOKIE_PATH" {
			here, there = pathOf(here, config.Get("APPLICATION_ROOT")), pathOf(there, python["APPLICATION_ROOT"])
		}
		if s.key == "APPLICATION_ROOT" && config.Has("SESSION_COOKIE_PATH") && python["SESSION_COOKIE_PATH"] != nil || s.same(here, there) {
			continue
		}
		found = append(found, Difference{s.key, s.shown(here), s.shown(there), s.cure})
	}
	return found
}

// Shared returns the settings that [Check] compares, as JSON has them: a duration is in seconds, a secret is its
// [Fingerprint], what is unset is nil. It takes some hundredths of a second for each secret.
func Shared(config Config) dewar.Map {
	shared := dewar.Map{}
	for _, s := range compared {
		shared[s.key] = printable(s.form, s.here(config))
	}
	return shared
}

// printable returns a value in the form of JSON.
func printable(f form, value any) any {
	switch v := value.(type) {
	case time.Duration:
		if v == 0 {
			return nil
		}
		return v.Seconds()
	case string:
		if f == secret {
			return FingerprintOf(v)
		}
	case []any:
		if f == secrets {
			for i, item := range v {
				v[i] = printOf(item)
			}
		}
	}
	return value
}

// pathOf returns the path of the cookie.
func pathOf(path, root any) any {
	for _, p := range []any{path, text.normal(root)} {
		if p != nil {
			return p
		}
	}
	return "/"
}
