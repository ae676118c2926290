package strangler

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A setting is one that both halves must have alike.
type setting struct {
	key      string
	form     form // how its values are compared
	fallback any  // Flask's default, or that of the extension
	core     bool // dewar.Config has it with Go's default; otherwise the module that reads it has Flask's
	cure     string
}

const (
	attribute = "the two cookies of one name would stand beside each other; give both the same value"
	limit     = "one half refuses with 413 what the other takes; give both the same value"
	tokens    = "a form of one half would be refused by the other; give both the same value"
	texts     = "visitors would change their language with the half that answers; give both the same value"
	store     = "Flask-Session's sessions of one half are none in the other; give both the same value"
	year      = 365 * 24 * time.Hour
)

var compared = [...]setting{
	{"SECRET_KEY", secret, nil, true, "sessions of one half are none in the other; give both the same key"},
	{"SECRET_KEY_FALLBACKS", secrets, nil, true, "sessions under an earlier key end in one half; give both the same list, which Flask reads from 3.1 on"},
	{"SESSION_COOKIE_ENCRYPT", flag, false, true, "Python cannot read what Go encrypts; unset it until Python is gone"},
	{"SESSION_ABSOLUTE_LIFETIME", duration, nil, true, "Python does not know when a session began; unset it until Python is gone"},
	{"SESSION_COOKIE_NAME", text, "session", true, "each half would have a session of its own; give both the same name"},
	{"SESSION_COOKIE_DOMAIN", domain, nil, true, attribute + ", false for none: Flask before 2.3 takes it from SERVER_NAME"},
	{"SESSION_COOKIE_PATH", text, nil, true, attribute},
	{"APPLICATION_ROOT", text, "/", true, "it is the path of the cookie where SESSION_COOKIE_PATH is unset; " + attribute},
	{"SESSION_COOKIE_HTTPONLY", flag, true, true, "the cookie changes with who sends it; give both the same value"},
	{"SESSION_COOKIE_SECURE", flag, false, true, "a cookie sent over HTTP would lose its protection; give both the same value"},
	{"SESSION_COOKIE_PARTITIONED", flag, false, true, attribute},
	{"SESSION_COOKIE_SAMESITE", folded, nil, true, "a form from another site would be logged in at times only; give both the same value, Go's default is Lax, Flask's is unset"},
	{"PERMANENT_SESSION_LIFETIME", duration, 31 * 24 * time.Hour, true, "one half would end sessions that the other keeps; give both the same time"},
	{"SESSION_REFRESH_EACH_REQUEST", flag, true, true, "a permanent session would be prolonged by one half only; give both the same value"},

	{"SERVER_NAME", text, nil, true, "whole URLs would have another host; give both the same name"},
	{"PREFERRED_URL_SCHEME", text, "http", true, "whole URLs of mails and jobs would have another scheme; give both the same"},
	{"TRUSTED_HOSTS", list, nil, true, "one half refuses hosts that the other serves; give both the same list, which Flask reads from 3.1 on"},
	{"MAX_CONTENT_LENGTH", number, nil, true, limit + ", Go's default is 16 MiB, Flask's is no limit"},
	{"MAX_FORM_MEMORY_SIZE", number, 500_000, true, limit + ", which Flask reads from 3.1 on"},
	{"MAX_FORM_PARTS", number, 1000, true, limit + ", which Flask reads from 3.1 on"},

	{"SESSION_KEY_PREFIX", text, "session:", false, store},
	{"SESSION_ID_LENGTH", number, 32, false, store},
	{"SESSION_USE_SIGNER", flag, false, false, store},
	{"SESSION_SERIALIZATION_FORMAT", folded, "msgpack", false, store},
	{"SESSION_PERMANENT", flag, true, false, "sessions of one half would end with the browser; give both the same value"},

	{"REMEMBER_COOKIE_NAME", text, "remember_token", false, "logins that one half remembers are none in the other; give both the same name"},
	{"REMEMBER_COOKIE_DURATION", duration, year, false, "one half would remember logins longer than the other; give both the same time"},
	{"REMEMBER_COOKIE_DOMAIN", domain, nil, false, attribute},
	{"REMEMBER_COOKIE_PATH", text, "/", false, attribute},
	{"REMEMBER_COOKIE_SECURE", flag, false, false, "a cookie sent over HTTP would lose its protection; give both the same value"},
	{"REMEMBER_COOKIE_HTTPONLY", flag, true, false, "the cookie changes with who sends it; give both the same value"},
	{"REMEMBER_COOKIE_SAMESITE", folded, nil, false, "a form from another site would be logged in at times only; give both the same value"},
	{"REMEMBER_COOKIE_REFRESH_EACH_REQUEST", flag, false, false, "a remembered login would be prolonged by one half only; give both the same value"},
	{"SESSION_PROTECTION", protection, "basic", false, "a login that one half accepts may have ended in the other; give both the same, in Go here or as Manager.Protection"},
	{"LOGIN_DISABLED", flag, false, false, "one half lets everybody in; give both the same value"},
	{"USE_SESSION_FOR_NEXT", flag, false, false, "a login at the other half would not lead back to its page; give both the same value"},

	{"WTF_CSRF_ENABLED", flag, true, false, tokens},
	{"WTF_CSRF_CHECK_DEFAULT", flag, true, false, tokens},
	{"WTF_CSRF_METHODS", set, []any{"DELETE", "PATCH", "POST", "PUT"}, false, tokens},
	{"WTF_CSRF_FIELD_NAME", text, "csrf_token", false, tokens},
	{"WTF_CSRF_HEADERS", set, []any{"X-CSRFToken", "X-CSRF-Token"}, false, tokens},
	{"WTF_CSRF_TIME_LIMIT", duration, time.Hour, false, "a form that waited would be refused by one half; give both the same time, or None for as long as the session"},
	{"WTF_CSRF_SSL_STRICT", flag, true, false, tokens},
	{"WTF_CSRF_SECRET_KEY", secrets, nil, false, "a form of one half would be refused by the other; give both the same key"},

	{"BABEL_DEFAULT_LOCALE", text, "en", false, texts},
	{"BABEL_DOMAIN", text, "messages", false, "each half would read catalogs of its own; give both the same name"},
	{"BABEL_TRANSLATION_DIRECTORIES", text, "translations", false, "each half would read catalogs of its own; give both the same folders"},
}

// here returns the value of Go in the form in which it is compared.
func (s setting) here(config Config) any {
	switch {
	case config.Has(s.key):
		return s.form.normal(s.form.read(config, s.key))
	case s.core || cleared(config, s.key):
		return s.form.normal(nil)
	}
	return s.form.normal(s.fallback)
}

// cleared reports whether something has unset a key, as None in a config.py does. A Config without sources does not know.
func cleared(config Config, key string) bool {
	sources, ok := config.(interface{ Source(key string) string })
	return ok && !slices.Contains([]string{"", "default"}, sources.Source(key))
}

// there returns the value of Python in that form.
func (s setting) there(python map[string]any) any {
	if value, ok := python[s.key]; ok {
		return s.form.normal(value)
	}
	return s.form.normal(s.fallback)
}

// same compares two values in the form.
func (s setting) same(a, b any) bool {
	switch s.form {
	case secret:
		return sameSecret(a, b)
	case secrets:
		here, there := a.([]any), b.([]any)
		return slices.EqualFunc(here, there, sameSecret)
	}
	return reflect.DeepEqual(a, b)
}

// shown returns a value as it may be printed.
func (s setting) shown(value any) string {
	v := reflect.ValueOf(value)
	switch {
	case !v.IsValid(), v.Kind() == reflect.Slice && v.Len() == 0:
		return "unset"
	case s.form == secret, s.form == secrets:
		return "set"
	case v.Kind() == reflect.String:
		return strconv.Quote(v.String())
	}
	return fmt.Sprint(value)
}

// A form is how values of a setting are compared.
type form int

const (
	text       form = iota
	folded          // text in any case
	domain          // of a cookie; false for none
	protection      // of Flask-Login; unset is none
	flag
	number // a limit; unset for none
	duration
	list
	set // a list in any order
	secret
	secrets
)

// read returns the value that a key has in Go.
func (f form) read(config Config, key string) any {
	switch f {
	case duration:
		return config.Duration(key)
	case list, set:
		return config.Strings(key)
	case number:
		if value := config.Get(key); !isZero(value) {
			return value
		}
		return nil // 0 is no limit, here alone
	}
	return config.Get(key)
}

func isZero(value any) bool {
	n, ok := integer(value)
	return ok && n == 0
}

// normal returns a value of either side in one spelling, nil for what counts as unset.
func (f form) normal(value any) any {
	switch f {
	case flag:
		return truth(value)
	case number:
		return counted(value)
	case duration:
		return span(value)
	case list, set, secrets:
		return f.items(value)
	case secret:
		return hidden(value)
	}
	return f.word(value)
}

// word returns a text, nil for an empty one.
func (f form) word(value any) any {
	if b, ok := value.([]byte); ok {
		value = string(b)
	}
	if off, ok := value.(bool); ok && !off && (f == domain || f == protection) { // Flask's older way to say none
		value = nil
	}
	if value == nil || value == "" {
		if f == protection {
			return "none"
		}
		return nil
	}
	switch word := fmt.Sprint(value); f {
	case folded, protection:
		return strings.ToLower(word)
	case domain:
		return strings.ToLower(strings.TrimPrefix(word, "."))
	default:
		return word
	}
}

// items returns the members of a list; a single text or fingerprint is one of it.
func (f form) items(value any) []any {
	items := []any{}
	if b, ok := value.([]byte); ok {
		value = string(b)
	}
	if single := hidden(value); f == secrets && single != nil && reflect.ValueOf(value).Kind() != reflect.Slice {
		return append(items, single)
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			items = append(items, hidden(v.Index(i).Interface()))
		}
	case reflect.String:
		items = append(items, v.String())
	}
	if f == set {
		slices.SortFunc(items, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return items
}

// hidden returns a secret as text, or its fingerprint; nil for none.
func hidden(value any) any {
	if f, ok := fingerprint(value); ok {
		return f
	}
	return text.word(value)
}

// truth is Python's, but for words such as "false", which variables of the environment have.
func truth(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		on, err := strconv.ParseBool(v)
		return on || err != nil && v != ""
	}
	return !isZero(value)
}

func counted(value any) any {
	if n, ok := integer(value); ok {
		return n
	}
	return value
}

// span returns a timedelta of Python, which JSON has as seconds.
func span(value any) any {
	if d, ok := value.(time.Duration); ok {
		return d
	}
	if n, ok := integer(value); ok && n < math.MaxInt64/int64(time.Second) && n > math.MinInt64/int64(time.Second) {
		return time.Duration(n) * time.Second
	}
	return value
}

// integer returns a whole number, of Go or of JSON.
func integer(value any) (int64, bool) {
	switch v := reflect.ValueOf(value); {
	case !v.IsValid():
		return 0, false
	case v.CanInt():
		return v.Int(), true
	case v.CanFloat():
		f := v.Float()
		return int64(f), f == math.Trunc(f) && math.Abs(f) < 1<<53
	}
	text, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := text.Float64()
	return int64(f), err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53
}
