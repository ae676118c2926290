// Package conf holds the configuration of an App: typed keys, values that know where they came from, and every way
// in and out. Errors name key, wanted type and source, never a value.
package conf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// A Store is a configuration that may be changed, by several goroutines: one state follows another.
type Store struct {
	base    string // folder that relative file names refer to
	publish func(*Snapshot)

	mu      sync.Mutex       // one change at a time
	failed  map[string]error // keys whose last Set was refused
	current *Snapshot
	dotenv  bool // a .env file was read
	notes   *notes
}

// New returns a store of the built-in keys with their defaults, and DEBUG from the environment. base is the folder
// that relative file names refer to. publish gets every state, one at a time, before the change to it returns.
func New(base string, publish func(*Snapshot)) *Store {
	c := &Store{base: base, publish: publish, failed: map[string]error{}, notes: &notes{}}
	entries := map[string]*entry{}
	for i := range builtin {
		spec := &builtin[i]
		entries[spec.name] = &entry{value: spec.def, source: defaultSource, spec: spec}
	}
	c.become(entries)
	c.loadDebug()
	return c
}

func (c *Store) become(entries map[string]*entry) {
	c.current = newSnapshot(entries, c.notes)
	c.publish(c.current)
}

// Set gives key a value. What it refuses is a problem until the key is set well.
func (c *Store) Set(key string, value any, site string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.put([]assignment{{key: key, value: value, source: site}})
	delete(c.failed, key)
	if err != nil {
		c.failed[key] = err
	}
	return err
}

// FromMapping takes the keys of m that are upper-case.
func (c *Store) FromMapping(m map[string]any, site string) error { return c.take(m, upper, site) }

// Update takes every key of m.
func (c *Store) Update(m map[string]any, site string) error {
	return c.take(m, func(string) bool { return true }, site)
}

func (c *Store) take(m map[string]any, wanted func(key string) bool, source string) error {
	var values []assignment
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !wanted(key) {
			c.notes.leaveOut(key, source)
			continue
		}
		values = append(values, assignment{key: key, value: m[key], source: source})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.load(values)
}

// load is put for the loaders: what they set well takes away an earlier complaint of Set.
func (c *Store) load(values []assignment) error {
	if err := c.put(values); err != nil {
		return err
	}
	for _, a := range values {
		delete(c.failed, a.key)
	}
	return nil
}

// Declare gives an application's own key the type of def, and def as its default. A value that was loaded before is
// converted.
func (c *Store) Declare(key string, def any, doc string, secret bool) error {
	if !upper(key) {
		return fmt.Errorf("config key %q cannot be declared: a key is upper-case, as in %q", key, strings.ToUpper(key))
	}
	kind, ok := kindOf(def)
	if !ok {
		return fmt.Errorf("config key %s cannot be declared with a default of type %T; use a string, bool, int, int64, float64, time.Duration, []string or nil", key, def)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.current.entry(key)
	if old.spec != nil {
		return fmt.Errorf("config key %s is declared already: %s", key, old.spec.doc)
	}
	if file := c.current.Source(key + fileSuffix); secret && strings.HasPrefix(file, environmentSource) {
		return fmt.Errorf("config key %s is declared after %s was loaded from %s; declare secret keys first, so that the file is read",
			key, key+fileSuffix, file)
	}
	if c.current.entries[key] == nil {
		old = entry{value: def, source: defaultSource}
	}
	spec := &spec{name: key, kind: kind, def: Detached(def), doc: doc, secret: secret, declared: true}
	return c.put([]assignment{{key: key, value: old.value, words: old.words, source: old.source, spec: spec}})
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
