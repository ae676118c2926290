package dewar

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

const defaultSource = "default"

// A snapshot is one state of the configuration. It is never changed.
type snapshot struct {
	view    Values
	entries map[string]*entry // pointers, so that no way of printing gets at the values
	once    sync.Once
	derived *settings
}

// An entry is a value and where it came from.
type entry struct {
	value  any
	text   *string // as it stood in the environment; nil for other sources and for keys with a type
	source string
	secret bool // declared so
}

func (c *Config) publish(entries map[string]*entry) {
	s := &snapshot{entries: entries}
	s.view.src = s
	c.current.Store(s)
}

func (c *Config) snapshot() *snapshot { return c.current.Load() }

// entry returns the entry of key, or an empty one.
func (s *snapshot) entry(key string) entry {
	if e := s.entries[key]; e != nil {
		return *e
	}
	return entry{}
}

// An assignment is one value on its way into the configuration. path names the keys below key when only a
// part of a nested value is set.
type assignment struct {
	key    string
	path   []string
	value  any
	text   *string
	source string
}

// store converts and publishes values all at once, or none of them. The caller holds the lock.
func (c *Config) store(values []assignment) error {
	entries := maps.Clone(c.snapshot().entries)
	var problems []error
	for _, a := range values {
		var old entry
		if e := entries[a.key]; e != nil {
			old = *e
		}
		fresh, err := c.assign(old, a)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		entries[a.key] = &fresh
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	c.publish(entries)
	return nil
}

// assign returns the entry that takes the place of old: converted when the key has a type, merged when it is
// set in part.
func (c *Config) assign(old entry, a assignment) (entry, error) {
	spec := c.declared[a.key]
	if len(a.path) > 0 {
		return mergeEntry(spec, old, a)
	}
	if spec == nil {
		return entry{value: detached(a.value), text: a.text, source: a.source}, nil
	}
	value := a.value
	if a.text != nil {
		value = spec.fromText(value, *a.text)
	}
	value, err := spec.convert(value)
	if err != nil {
		return entry{}, fmt.Errorf("config key %s from %s: %w", a.key, a.source, err)
	}
	return entry{value: value, source: a.source, secret: spec.secret}, nil
}

// mergeEntry sets a part of a nested value.
func mergeEntry(spec *keySpec, old entry, a assignment) (entry, error) {
	if spec != nil && spec.kind != kindAny {
		return entry{}, fmt.Errorf("config key %s__%s from %s: %s takes %s, so nothing can be set below it; remove %s",
			a.key, strings.Join(a.path, "__"), a.source, a.key, spec.kind, a.source)
	}
	value, err := merge(old, a.path, a)
	if err != nil {
		return entry{}, err
	}
	return entry{value: value, source: joinSources(old, a.source), secret: old.secret}, nil
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
	below, ok := old.value.(Map)
	unset := old.value == nil && (old.source == "" || old.source == defaultSource)
	if !ok && !unset {
		parent := strings.Join(append([]string{a.key}, a.path[:len(a.path)-len(path)]...), "__")
		return nil, fmt.Errorf("config key %s__%s from %s: %s is set from %s and is no mapping, so nothing can be set below it; remove one of the two",
			a.key, strings.Join(a.path, "__"), a.source, parent, old.source)
	}
	below = maps.Clone(below)
	if below == nil {
		below = Map{}
	}
	if len(path) == 1 {
		below[path[0]] = detached(a.value)
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

// detached returns a copy of v that shares no map or list with it. What pointers lead to stays shared.
func detached(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int, int64, float64, time.Duration:
		return v
	case []string:
		return slices.Clone(v)
	}
	return detach(reflect.ValueOf(v)).Interface()
}

// detach is detached for values of any type. It returns v itself when there is nothing to copy.
func detach(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		fresh := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			fresh.SetMapIndex(it.Key(), detach(it.Value()))
		}
		return fresh
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			fresh.Index(i).Set(detach(v.Index(i)))
		}
		return fresh
	case reflect.Interface:
		if !v.IsNil() {
			return detach(v.Elem())
		}
	}
	return v
}

// A configSource reads the current snapshot.
type configSource struct{ c *Config }

func (s configSource) Lookup(key string) (any, bool)          { return s.c.snapshot().Lookup(key) }
func (s configSource) Into(key string, dst any) (bool, error) { return s.c.snapshot().Into(key, dst) }
func (s configSource) List(key string) ([]string, bool)       { return s.c.snapshot().List(key) }
func (s configSource) Keys() []string                         { return s.c.snapshot().Keys() }
func (s configSource) Describe(key string) (string, int)      { return s.c.snapshot().Describe(key) }

func (s *snapshot) Lookup(key string) (any, bool) {
	e := s.entries[key]
	if e == nil {
		return nil, false
	}
	return detached(e.value), e.value != nil
}

func (s *snapshot) Into(key string, dst any) (bool, error) {
	v, ok := s.Lookup(key)
	return coerceInto(v, ok, dst)
}

func (s *snapshot) List(key string) ([]string, bool) {
	v, ok := s.Lookup(key)
	return coerceList(v, ok)
}

func (s *snapshot) Keys() []string {
	return slices.DeleteFunc(sortedKeys(s.entries), func(key string) bool { return s.entries[key].value == nil })
}

func (s *snapshot) Describe(key string) (string, int) {
	what := "config key " + key
	if e := s.entries[key]; e != nil {
		what += " from " + e.source
	}
	return what, http.StatusInternalServerError
}
