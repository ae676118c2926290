package conf

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/redact"
)

const defaultSource = "default"

// A Snapshot is one state of the configuration. It is never changed.
type Snapshot struct {
	entries map[string]*entry     // pointers, so that no way of printing gets at the values
	notes   *notes                // nil for none
	visible func() map[string]any // what Visible returns copies of
}

func newSnapshot(entries map[string]*entry, notes *notes) *Snapshot {
	s := &Snapshot{entries: entries, notes: notes}
	s.visible = sync.OnceValue(s.redacted)
	return s
}

// An entry is a value and where it came from.
type entry struct {
	value  any
	words  *wording // nil for what was text, for other sources than variables and for keys with a type
	source string
	spec   *spec // nil when the key is neither built in nor declared
}

func (e *entry) secret() bool { return e.spec != nil && e.spec.secret }

// isSecret reports whether the value of key is secret: declared so or named like one.
func (e *entry) isSecret(key string) bool { return e.secret() || redact.Secret(key, e.value) }

func (e *entry) there() bool { return e.spec != nil || e.value != nil }

// secret reports whether key is declared secret.
func (s *Snapshot) secret(key string) bool {
	e := s.entry(key)
	return e.secret()
}

// entry returns the entry of key, or an empty one.
func (s *Snapshot) entry(key string) entry {
	if e := s.entries[key]; e != nil {
		return *e
	}
	return entry{}
}

// sortedKeys returns the keys that are known or have a value. One of the application's own that was set to nothing is
// as if it had never been there.
func (s *Snapshot) sortedKeys() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.entries)), func(key string) bool { return !s.entries[key].there() })
}

// Source tells where the value of key came from, or "".
func (s *Snapshot) Source(key string) string {
	if e := s.entry(key); e.there() {
		return e.source
	}
	return ""
}

// Lookup returns a copy of the value of key and whether there is one.
func (s *Snapshot) Lookup(key string) (any, bool) {
	e := s.entries[key]
	if e == nil {
		return nil, false
	}
	return Detached(e.value), e.value != nil
}

// Into converts the value of key into *dst and reports whether there was one.
func (s *Snapshot) Into(key string, dst any) (bool, error) {
	v, ok := s.Lookup(key)
	if !ok {
		return false, nil
	}
	if words := s.entries[key].words; words != nil {
		v = words.worded(v, reflect.TypeOf(dst).Elem())
	}
	return true, coerce.Into(dst, v)
}

// Text returns the text of the variable that key was set by, if it was one whose value is no text.
func (s *Snapshot) Text(key string) (string, bool) {
	e := s.entries[key]
	if e == nil || e.value == nil || e.words == nil || e.words.text == "" {
		return "", false
	}
	return e.words.text, true
}

// List returns the value of key as a list of text and whether there is one.
func (s *Snapshot) List(key string) ([]string, bool) {
	v, ok := s.Lookup(key)
	if !ok {
		return nil, false
	}
	list, err := coerce.Strings(s.entries[key].words.worded(v, reflect.TypeFor[[]string]()))
	if err != nil {
		return nil, true
	}
	return list, true
}

// Keys returns the keys that have a value, sorted.
func (s *Snapshot) Keys() []string {
	return slices.DeleteFunc(s.sortedKeys(), func(key string) bool { return s.entries[key].value == nil })
}

// Describe names key and its source for errors, and the status of a request that wants a value in vain.
func (s *Snapshot) Describe(key string) (string, int) {
	what := "config key " + key
	if source := s.Source(key); source != "" {
		what += " from " + source
	}
	return what, http.StatusInternalServerError
}

// Visible returns the values of all keys that have one and are not secret. What is secret inside a value is redacted, as
// in the printouts.
func (s *Snapshot) Visible() map[string]any { return Detached(s.visible()).(map[string]any) }

func (s *Snapshot) redacted() map[string]any {
	values := make(map[string]any, len(s.entries))
	for key, e := range s.entries {
		if e.value != nil && !e.isSecret(key) {
			values[key] = redact.Visible(key, e.value)
		}
	}
	return values
}

// Detached returns a copy of v that shares no map or list with it. What pointers lead to stays shared.
func Detached(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int, int64, float64, time.Duration:
		return v
	case []string:
		return slices.Clone(v)
	}
	return detach(reflect.ValueOf(v)).Interface()
}

// detach is Detached for values of any type. It returns v itself when there is nothing to copy.
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
