package dewar

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/dewar-go/dewar/internal/suggest"
)

// check reports what is wrong with the configuration as a whole, for Build: what Set refused, and keys that
// are built-in or declared ones but for a slip.
func (c *Config) check() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var problems []error
	for _, key := range sortedKeys(c.failed) {
		problems = append(problems, c.failed[key])
	}
	for _, key := range sortedKeys(c.snapshot().entries) {
		if near := c.nearlyKnown(key); near != "" {
			problems = append(problems, fmt.Errorf("config key %s from %s is not known; did you mean %s? If it is your own, declare it with app.Config.Declare",
				key, c.Source(key), near))
		}
	}
	problems = append(problems, cookieError(&c.snapshot().settings().cookie))
	return errors.Join(problems...)
}

// nearlyKnown returns the key that an unknown one was probably meant to be, or "". It is careful, because an
// application may have keys of its own without declaring them: another case or dashes count as a slip of any
// known key, other letters of the built-in ones alone.
func (c *Config) nearlyKnown(key string) string {
	if c.declared[key] != nil {
		return ""
	}
	plain := strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
	if c.declared[plain] != nil {
		return plain
	}
	if strings.HasPrefix(plain, cookiePrefix) {
		return cookieKey(plain)
	}
	return misspelt(plain)
}

const cookiePrefix = "SESSION_COOKIE_"

// cookieKey returns the nearest of the keys that begin with SESSION_COOKIE_: none other are known.
func cookieKey(key string) string {
	var keys []string
	for i := range builtinKeys {
		if strings.HasPrefix(builtinKeys[i].name, cookiePrefix) {
			keys = append(keys, builtinKeys[i].name)
		}
	}
	if near := suggest.Within(5, key, keys); near != "" {
		return near
	}
	return "one of " + strings.Join(keys, ", ")
}

// misspelt returns the built-in key that differs from key in one letter, or in two when it is long and begins
// alike: SENDER_NAME is no SERVER_NAME. No built-in key has digits, so a key with one is none.
func misspelt(key string) string {
	if strings.ContainsFunc(key, unicode.IsDigit) {
		return ""
	}
	var all, alike []string
	for i := range builtinKeys {
		name := builtinKeys[i].name
		if len(name) < 8 { // TEST and DEBUGS are no slips of TESTING and DEBUG
			continue
		}
		all = append(all, name)
		if len(name) >= 20 && strings.HasPrefix(key, name[:4]) {
			alike = append(alike, name)
		}
	}
	if near := suggest.Within(1, key, all); near != "" {
		return near
	}
	return suggest.Within(2, key, alike)
}
