package dewar

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dewar-go/dewar/internal/suggest"
)

// Config is the configuration of an App: upper-case keys with values that know where they came from. It has
// Flask's loaders and the getters of [Values].
//
// The built-in keys have a type and are converted when they are loaded, so that after a load without an
// error their getters cannot fail; [Config.Declare] gives an application's own keys the same. A later load
// replaces a value whole. Config may be read and changed by several goroutines; each change is seen whole or
// not at all, and a request keeps the state it began with (see [Context.Config]). Make one with [New].
type Config struct {
	Values
	base string // folder that relative file names refer to

	mu       sync.Mutex // one change at a time
	declared map[string]*keySpec
	failed   map[string]error // keys whose last Set was refused
	current  atomic.Pointer[snapshot]
}

// A snapshot is one state of the configuration. It is never changed.
type snapshot struct {
	view    Values
	entries map[string]entry
	once    sync.Once
	derived *settings
}

// An entry is a value and where it came from.
type entry struct {
	value  any
	source string
}

func newConfig(base string) *Config {
	c := &Config{base: base, declared: map[string]*keySpec{}, failed: map[string]error{}}
	c.src = configSource{c}
	entries := map[string]entry{}
	for i := range builtinKeys {
		spec := &builtinKeys[i]
		c.declared[spec.name] = spec
		entries[spec.name] = entry{spec.def, "default"}
	}
	c.publish(entries)
	c.loadDebug()
	return c
}

func (c *Config) publish(entries map[string]entry) {
	s := &snapshot{entries: entries}
	s.view.src = s
	c.current.Store(s)
}

func (c *Config) snapshot() *snapshot { return c.current.Load() }

// Set gives key a value. A value that does not fit the type of a built-in or declared key is an error, the
// old value stays, and Build fails until the key is set well.
func (c *Config) Set(key string, value any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.store([]assignment{{key: key, value: value, source: site()}})
	delete(c.failed, key)
	if err != nil {
		c.failed[key] = err
	}
	return err
}

// Declare gives an application's own key a type and a default: the type is that of def, which may be a
// string, bool, int, int64, float64, time.Duration, []string or nil for any. A value that was loaded before
// is converted; one that does not fit is an error. doc says in one line what the key is for.
func (c *Config) Declare(key string, def any, doc string, opts ...KeyOption) error {
	if !upper(key) {
		return fmt.Errorf("dewar: config key %q cannot be declared: a key is upper-case, as in %q", key, strings.ToUpper(key))
	}
	kind, ok := kindOf(def)
	if !ok {
		return fmt.Errorf("dewar: config key %s cannot be declared with a default of type %T; use a string, bool, int, int64, float64, time.Duration, []string or nil", key, def)
	}
	spec := &keySpec{name: key, kind: kind, def: def, doc: doc}
	for _, opt := range opts {
		opt(spec)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, taken := c.declared[key]; taken {
		return fmt.Errorf("dewar: config key %s is declared already: %s", key, old.doc)
	}
	c.declared[key] = spec
	if old, loaded := c.snapshot().entries[key]; loaded {
		return c.store([]assignment{{key: key, value: old.value, source: old.source}})
	}
	return c.store([]assignment{{key: key, value: def, source: "default"}})
}

// KeyOption is an attribute of a key for [Config.Declare].
type KeyOption func(*keySpec)

// Secret marks a key whose value must not be shown anywhere. It may be loaded from a file by an environment
// variable that ends in _FILE.
func Secret() KeyOption { return func(spec *keySpec) { spec.secret = true } }

// Source tells where the value of key came from, for example "environment FLASK_DEBUG", "config.toml",
// "default" or "main.go:31". It is "" for a key without a value.
func (c *Config) Source(key string) string { return c.snapshot().entries[key].source }

// An assignment is one value on its way into the configuration. path names the keys below key when only a
// part of a nested value is set.
type assignment struct {
	key    string
	path   []string
	value  any
	source string
}

// store converts and publishes values all at once, or none of them. The caller holds the lock.
func (c *Config) store(values []assignment) error {
	entries := maps.Clone(c.snapshot().entries)
	var problems []error
	for _, a := range values {
		value, err := c.assign(entries, a)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		entries[a.key] = entry{value, a.source}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	c.publish(entries)
	return nil
}

// assign returns the value that key gets: converted when the key has a type, merged when it is set in part.
func (c *Config) assign(entries map[string]entry, a assignment) (any, error) {
	value := a.value
	if len(a.path) > 0 {
		merged, err := merge(entries[a.key], a)
		if err != nil {
			return nil, err
		}
		value = merged
	}
	spec := c.declared[a.key]
	if spec == nil {
		return value, nil
	}
	value, err := spec.convert(value)
	if err != nil {
		return nil, fmt.Errorf("config key %s from %s: %w", a.key, a.source, err)
	}
	return value, nil
}

// merge puts a value below a nested key into a copy of what is there.
func merge(old entry, a assignment) (any, error) {
	below, ok := old.value.(Map)
	if !ok && (old.value != nil || old.source != "" && old.source != "default") {
		return nil, fmt.Errorf("config key %s__%s from %s: %s is set from %s and is no mapping, so nothing can be set below it; remove one of the two",
			a.key, strings.Join(a.path, "__"), a.source, a.key, old.source)
	}
	below = maps.Clone(below)
	if below == nil {
		below = Map{}
	}
	if len(a.path) == 1 {
		below[a.path[0]] = a.value
		return below, nil
	}
	var next entry
	if v, exists := below[a.path[0]]; exists {
		next = entry{v, old.source}
	}
	inner, err := merge(next, assignment{key: a.key + "__" + a.path[0], path: a.path[1:], value: a.value, source: a.source})
	if err != nil {
		return nil, err
	}
	below[a.path[0]] = inner
	return below, nil
}

// check reports what is wrong with the configuration as a whole, for Build.
func (c *Config) check() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var problems []error
	for _, key := range sortedKeys(c.failed) {
		problems = append(problems, c.failed[key])
	}
	known := slices.Collect(maps.Keys(c.declared))
	slices.Sort(known)
	for _, key := range sortedKeys(c.snapshot().entries) {
		if _, ok := c.declared[key]; ok {
			continue
		}
		near := suggest.Nearest(key, known)
		if near == "" && strings.HasPrefix(key, "SESSION_COOKIE_") {
			near = "SESSION_COOKIE_NAME"
		}
		if near != "" {
			problems = append(problems, fmt.Errorf("config key %s from %s is not known; did you mean %s? If it is your own, declare it with app.Config.Declare",
				key, c.Source(key), near))
		}
	}
	return errors.Join(problems...)
}

// upper reports whether key is upper-case as Python's str.isupper has it: at least one letter with a case
// and none in lower case.
func upper(key string) bool {
	return strings.ToUpper(key) == key && strings.ToLower(key) != key
}

// A configSource reads the current snapshot.
type configSource struct{ c *Config }

func (s configSource) lookup(key string) (any, bool)          { return s.c.snapshot().lookup(key) }
func (s configSource) into(key string, dst any) (bool, error) { return s.c.snapshot().into(key, dst) }
func (s configSource) list(key string) ([]string, bool)       { return s.c.snapshot().list(key) }
func (s configSource) keys() []string                         { return s.c.snapshot().keys() }
func (s configSource) describe(key string) (string, int)      { return s.c.snapshot().describe(key) }

func (s *snapshot) lookup(key string) (any, bool) {
	e, ok := s.entries[key]
	return e.value, ok && e.value != nil
}

func (s *snapshot) into(key string, dst any) (bool, error) {
	v, ok := s.lookup(key)
	return coerceInto(v, ok, dst)
}

func (s *snapshot) list(key string) ([]string, bool) {
	v, ok := s.lookup(key)
	return coerceList(v, ok)
}

func (s *snapshot) keys() []string { return sortedKeys(s.entries) }

func (s *snapshot) describe(key string) (string, int) {
	what := "config key " + key
	if e, ok := s.entries[key]; ok {
		what += " from " + e.source
	}
	return what, http.StatusInternalServerError
}
