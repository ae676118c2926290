package conf

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An assignment is one value on its way into the configuration. path names the keys below key when only a
// part of a nested value is set.
type assignment struct {
	key    string
	path   []string
	value  any
	words  *wording
	source string
	spec   *spec // that the key gets with the value; nil to leave it
}

// put converts and publishes values all at once, or none of them. The caller holds the lock.
func (c *Store) put(values []assignment) error {
	entries := maps.Clone(c.current.entries)
	var problems []error
	for _, a := range values {
		var old entry
		if e := entries[a.key]; e != nil {
			old = *e
		}
		if a.spec != nil {
			old.spec = a.spec
		}
		fresh, err := assign(old, a)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		entries[a.key] = &fresh
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	c.become(entries)
	return nil
}

// assign returns the entry that takes the place of old: converted when the key has a type, merged when it is
// set in part.
func assign(old entry, a assignment) (entry, error) {
	spec := old.spec
	if len(a.path) > 0 {
		return mergeEntry(old, a)
	}
	if spec == nil {
		return entry{value: Detached(a.value), words: a.words, source: a.source}, nil
	}
	value := a.value
	if a.words != nil {
		value = spec.fromText(value, a.words.text)
	}
	value, err := spec.convert(value)
	if err != nil {
		return entry{}, fmt.Errorf("config key %s from %s: %w", a.key, a.source, err)
	}
	if spec.kind != kindAny {
		a.words = nil
	}
	return entry{value: value, words: a.words, source: a.source, spec: spec}, nil
}

// mergeEntry sets a part of a nested value.
func mergeEntry(old entry, a assignment) (entry, error) {
	if old.spec != nil && old.spec.kind != kindAny {
		return entry{}, fmt.Errorf("config key %s__%s from %s: %s takes %s, so nothing can be set below it; remove %s",
			a.key, strings.Join(a.path, "__"), a.source, a.key, old.spec.kind, a.source)
	}
	value, err := merge(old, a.path, a)
	if err != nil {
		return entry{}, err
	}
	return entry{value: value, words: old.words.with(a.path, a.words), source: joinSources(old, a.source), spec: old.spec}, nil
}

// joinSources names the sources of a value that is put together.
func joinSources(old entry, source string) string {
	switch {
	case old.value == nil:
		return source
	case slices.Contains(strings.Split(old.source, ", "), source):
		return old.source
	}
	return old.source + ", " + source
}

// merge puts a value below a nested key into a copy of what is there.
func merge(old entry, path []string, a assignment) (any, error) {
	below, ok := old.value.(map[string]any)
	unset := old.value == nil && (old.source == "" || old.source == defaultSource)
	if !ok && !unset {
		parent := strings.Join(append([]string{a.key}, a.path[:len(a.path)-len(path)]...), "__")
		return nil, fmt.Errorf("config key %s__%s from %s: %s is set from %s and is no mapping, so nothing can be set below it; remove one of the two",
			a.key, strings.Join(a.path, "__"), a.source, parent, old.source)
	}
	below = maps.Clone(below)
	if below == nil {
		below = map[string]any{}
	}
	if len(path) == 1 {
		below[path[0]] = Detached(a.value)
		return below, nil
	}
	var next entry
	if v, exists := below[path[0]]; exists {
		next = entry{value: v, source: old.source}
	}
	inner, err := merge(next, path[1:], a)
	if err != nil {
		return nil, err
	}
	below[path[0]] = inner
	return below, nil
}
