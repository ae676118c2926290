package dewar

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"github.com/dewar-go/dewar/internal/callsite"
)

// Config is the configuration of an App: upper-case keys with values that know where they came from. It has
// Flask's loaders and the getters of [Values].
//
// The built-in keys have a type and are converted when they are loaded, so that after a load without an
// error their getters cannot fail; [Config.Declare] gives an application's own keys the same. The last load
// wins and replaces a value whole. Maps and lists are copied on their way in and out.
//
// A load is taken whole or not at all. Config may be read and changed by several goroutines; a request keeps
// the state it began with (see [Context.Config]). However a Config is printed, logged or encoded, secrets
// show as [redacted]: keys that are declared [Secret] or named like one, and the user part of URLs. Make one
// with [New].
type Config struct {
	Values
	base string // folder that relative file names refer to

	mu       sync.Mutex // one change at a time
	declared map[string]*keySpec
	failed   map[string]error // keys whose last Set was refused
	current  atomic.Pointer[snapshot]
}

func newConfig(base string) *Config {
	c := &Config{base: base, declared: map[string]*keySpec{}, failed: map[string]error{}}
	c.src = configSource{c}
	entries := map[string]*entry{}
	for i := range builtinKeys {
		spec := &builtinKeys[i]
		c.declared[spec.name] = spec
		entries[spec.name] = &entry{value: spec.def, source: defaultSource, secret: spec.secret}
	}
	c.publish(entries)
	c.loadDebug()
	return c
}

// Set gives key a value; a key of lower case is another key. A value that does not fit the type of a built-in or declared key
// is an error, the old value stays, and Build fails until the key is set well. Nil unsets a key.
func (c *Config) Set(key string, value any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.store([]assignment{{key: key, value: value, source: callsite.Site()}})
	delete(c.failed, key)
	if err != nil {
		c.failed[key] = err
		return fmt.Errorf("dewar: %w", err)
	}
	return nil
}

// Declare gives an application's own key a type and a default: the type is that of def, which may be a
// string, bool, int, int64, float64, time.Duration, []string or nil for any. A value that was loaded before
// is converted; one that does not fit is an error. doc says in one line what the key is for. A key can be
// declared once, and a built-in key not at all.
func (c *Config) Declare(key string, def any, doc string, opts ...KeyOption) error {
	if !upper(key) {
		return fmt.Errorf("dewar: config key %q cannot be declared: a key is upper-case, as in %q", key, strings.ToUpper(key))
	}
	kind, ok := kindOf(def)
	if !ok {
		return fmt.Errorf("dewar: config key %s cannot be declared with a default of type %T; use a string, bool, int, int64, float64, time.Duration, []string or nil", key, def)
	}
	spec := &keySpec{name: key, kind: kind, doc: doc} // without def, which may be secret
	for _, opt := range opts {
		opt(spec)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, taken := c.declared[key]; taken {
		return fmt.Errorf("dewar: config key %s is declared already: %s", key, old.doc)
	}
	if err := c.declare(spec, def); err != nil {
		delete(c.declared, key)
		return fmt.Errorf("dewar: %w", err)
	}
	return nil
}

// declare adds spec and converts what was loaded for it, or else def. The caller holds the lock.
func (c *Config) declare(spec *keySpec, def any) error {
	snap := c.snapshot()
	file := snap.entry(spec.name + fileSuffix)
	if spec.secret && strings.HasPrefix(file.source, environmentSource) {
		return fmt.Errorf("config key %s is declared after %s was loaded from %s; declare secret keys first, so that the file is read",
			spec.name, spec.name+fileSuffix, file.source)
	}
	c.declared[spec.name] = spec
	if old := snap.entries[spec.name]; old != nil {
		return c.store([]assignment{{key: spec.name, value: old.value, text: old.text, source: old.source}})
	}
	return c.store([]assignment{{key: spec.name, value: def, source: defaultSource}})
}

// KeyOption is an attribute of a key for [Config.Declare].
type KeyOption func(*keySpec)

// Secret marks a key whose value must not be shown anywhere. An environment variable that ends in _FILE
// may name a file with its value; see [Config.FromPrefixedEnv].
func Secret() KeyOption { return func(spec *keySpec) { spec.secret = true } }

// Source tells where the value of key came from, for example "environment FLASK_DEBUG", "config.toml",
// "default" or "main.go:31". A value that was put together names all its sources. It is "" for a key that
// was never set and has no default.
func (c *Config) Source(key string) string { return c.snapshot().entry(key).source }

// NamespaceOption is an attribute of [Config.Namespace].
type NamespaceOption func(*namespaceOptions)

type namespaceOptions struct{ keepCase, keepPrefix bool }

// KeepCase leaves the keys of a namespace as they are instead of making them lower-case.
func KeepCase() NamespaceOption { return func(o *namespaceOptions) { o.keepCase = true } }

// KeepPrefix leaves the prefix of a namespace on its keys.
func KeepPrefix() NamespaceOption { return func(o *namespaceOptions) { o.keepPrefix = true } }

// Namespace returns the keys that begin with prefix, without it and in lower case: with MAIL_SERVER set,
// Namespace("MAIL_") has "server". Keys that are unset have a nil value. Flask calls it get_namespace.
func (c *Config) Namespace(prefix string, opts ...NamespaceOption) Map {
	var o namespaceOptions
	for _, opt := range opts {
		opt(&o)
	}
	space := Map{}
	entries := c.snapshot().entries
	for _, key := range sortedKeys(entries) {
		name, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		if o.keepPrefix {
			name = key
		}
		if !o.keepCase {
			name = strings.ToLower(name)
		}
		space[name] = detached(entries[key].value)
	}
	return space
}

// path makes a file name absolute.
func (c *Config) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.base, name)
}

// upper reports whether key is upper-case as Python's str.isupper has it: at least one letter with a case
// and none in lower case.
func upper(key string) bool {
	found := false
	for _, r := range key {
		if unicode.IsLower(r) || unicode.IsTitle(r) || unicode.Is(unicode.Other_Lowercase, r) {
			return false
		}
		found = found || unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r)
	}
	return found
}
