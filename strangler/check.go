package strangler

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
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

// A setting is one that both halves must have alike.
type setting struct {
	key      string
	fallback any // Flask's default
	cure     string
}

const attribute = "the two cookies of one name would stand beside each other; give both the same value"

var compared = [...]setting{
	{"SECRET_KEY", nil, "sessions of one half are none in the other; give both the same key"},
	{"SECRET_KEY_FALLBACKS", []any{}, "sessions under an earlier key end in one half; give both the same list"},
	{"SESSION_COOKIE_NAME", "session", "each half would have a session of its own; give both the same name"},
	{"SESSION_COOKIE_DOMAIN", nil, attribute},
	{"SESSION_COOKIE_PATH", nil, attribute},
	{"APPLICATION_ROOT", "/", "it is the path of the cookie where SESSION_COOKIE_PATH is unset; " + attribute},
	{"SESSION_COOKIE_HTTPONLY", true, "the cookie changes with who sends it; give both the same value"},
	{"SESSION_COOKIE_SECURE", false, "a cookie sent over HTTP would lose its protection; give both the same value"},
	{"SESSION_COOKIE_PARTITIONED", false, attribute},
	{"SESSION_COOKIE_SAMESITE", nil, "a form from another site would be logged in at times only; give both the same value, Go's default is Lax, Flask's is unset"},
	{"PERMANENT_SESSION_LIFETIME", 31 * 24 * time.Hour, "one half would end sessions that the other keeps; give both the same time"},
	{"SESSION_REFRESH_EACH_REQUEST", true, "a permanent session would be prolonged by one half only; give both the same value"},
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

// Check compares the settings that make both halves of a site read one session and send the same cookie: those of an App,
// and those of a Flask application as they are in its app.config or stand in its JSON: a timedelta is a duration or
// seconds. What python does not have counts as Flask's default. It returns the differences, none if all is well. No
// secret is in them.
func Check(config Config, python dewar.Map) []Difference {
	var found []Difference
	for _, s := range compared {
		here, there := s.here(config), s.there(python)
		if s.key == "SESSION_COOKIE_PATH" {
			here, there = pathOf(here, config.Get("APPLICATION_ROOT")), pathOf(there, python["APPLICATION_ROOT"])
		}
		if s.key == "APPLICATION_ROOT" && config.Has("SESSION_COOKIE_PATH") && python["SESSION_COOKIE_PATH"] != nil || reflect.DeepEqual(here, there) {
			continue
		}
		found = append(found, Difference{s.key, shown(s.key, here), shown(s.key, there), s.cure})
	}
	return found
}

// here returns the value of Go in the form in which it is compared.
func (s setting) here(config Config) any {
	switch s.key {
	case "PERMANENT_SESSION_LIFETIME":
		return config.Duration(s.key)
	case "SECRET_KEY_FALLBACKS":
		return normalList(config.Strings(s.key))
	}
	return normal(s.key, config.Get(s.key))
}

// there returns the value of Python in that form.
func (s setting) there(python dewar.Map) any {
	value, ok := python[s.key]
	if !ok {
		value = s.fallback
	}
	switch s.key {
	case "PERMANENT_SESSION_LIFETIME":
		return lifetime(value)
	case "SECRET_KEY_FALLBACKS":
		return listOf(value)
	}
	return normal(s.key, value)
}

// normal returns nil for what Flask takes for unset, and text in one spelling.
func normal(key string, value any) any {
	switch v := value.(type) {
	case nil:
		return nil
	case []byte:
		return normal(key, string(v))
	case string:
		switch {
		case v == "":
			return nil
		case key == "SESSION_COOKIE_SAMESITE":
			return strings.ToLower(v)
		case key == "SESSION_COOKIE_DOMAIN":
			return strings.ToLower(strings.TrimPrefix(v, "."))
		}
		return v
	case bool:
		if !v && key == "SESSION_COOKIE_DOMAIN" { // Flask's older way to say none
			return nil
		}
		return v
	}
	return fmt.Sprint(value)
}

// pathOf returns the path of the cookie.
func pathOf(path, root any) any {
	for _, p := range []any{path, normal("APPLICATION_ROOT", root)} {
		if p != nil {
			return p
		}
	}
	return "/"
}

// lifetime returns a timedelta of Python, which JSON has as seconds.
func lifetime(value any) any {
	switch v := value.(type) {
	case time.Duration:
		return v
	case int:
		return time.Duration(v) * time.Second
	case int64:
		return time.Duration(v) * time.Second
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e9 {
			return time.Duration(v) * time.Second
		}
	}
	return value
}

func listOf(value any) []string {
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice {
		return nil
	}
	var texts []string
	for i := range list.Len() {
		text, _ := normal("", list.Index(i).Interface()).(string)
		texts = append(texts, text)
	}
	return normalList(texts)
}

func normalList(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

// shown returns a value as it may be printed.
func shown(key string, value any) string {
	v := reflect.ValueOf(value)
	switch {
	case !v.IsValid(), v.Kind() == reflect.Slice && v.Len() == 0:
		return "unset"
	case strings.HasPrefix(key, "SECRET_KEY"):
		return "set"
	case v.Kind() == reflect.String:
		return fmt.Sprintf("%q", value)
	}
	return fmt.Sprint(value)
}
