package conf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/dewar-go/dewar/internal/suggest"
)

// Problems says what is wrong with the configuration as a whole: what Set refused, and keys that are built-in or
// declared ones but for a slip.
func (c *Store) Problems() []error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(c.failed)) {
		problems = append(problems, c.failed[key])
	}
	for _, key := range c.current.sortedKeys() {
		if near := c.current.nearlyKnown(key); near != "" {
			problems = append(problems, fmt.Errorf("config key %s from %s is not known; did you mean %s? If it is your own, declare it with app.Config.Declare",
				key, c.current.Source(key), near))
		}
	}
	return problems
}

// nearlyKnown returns the key that an unknown one was probably meant to be, or "". It is careful, because an
// application may have keys of its own without declaring them: another case, dashes, and underscores that are missing or too
// many count as a slip of any known key, other letters of the built-in ones alone.
func (s *Snapshot) nearlyKnown(key string) string {
	if s.entry(key).spec != nil {
		return ""
	}
	plain := strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
	if s.entry(plain).spec != nil {
		return plain
	}
	if strings.HasPrefix(plain, cookiePrefix) {
		return cookieKey(plain)
	}
	if known := s.runTogether(plain); known != "" {
		return known
	}
	return misspelt(plain)
}

// runTogether returns the known key that has the letters of key and other underscores, or "".
func (s *Snapshot) runTogether(key string) string {
	letters := strings.ReplaceAll(key, "_", "")
	for _, name := range s.sortedKeys() {
		if s.entry(name).spec != nil && letters == strings.ReplaceAll(name, "_", "") {
			return name
		}
	}
	return ""
}

const cookiePrefix = "SESSION_COOKIE_"

// cookieKey returns the nearest of the keys that begin with SESSION_COOKIE_: none other are known.
func cookieKey(key string) string {
	var keys []string
	for i := range builtin {
		if strings.HasPrefix(builtin[i].name, cookiePrefix) {
			keys = append(keys, builtin[i].name)
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
	for i := range builtin {
		name := builtin[i].name
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
