package dewar

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"github.com/dewar-go/dewar/internal/coerce"
)

// A sessionSource reads a session.
type sessionSource struct{ s *Session }

// lookup decodes the value of key. One that can be changed from outside is decoded once: every caller gets the same.
func (src sessionSource) lookup(key string) (any, bool) {
	s := src.s
	raw, live, ok := s.peek(key)
	if !ok || live != nil {
		return live, ok
	}
	value, err := s.codec().Decode(raw)
	if err != nil { // checked when the session was opened
		return nil, false
	}
	if !lendable(reflect.TypeOf(value)) {
		return value, true
	}
	return s.keep(key, raw, value), true
}

// peek returns the encoding of key's value, and the value itself if it can be changed and has been handed out.
func (s *Session) peek(key string) (raw []byte, live any, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(key)
	switch {
	case e == nil:
		return nil, nil, false
	case e.live == nil:
		return e.raw, nil, true
	}
	return e.raw, e.live.value, true
}

// keep remembers what raw was decoded to, unless another goroutine has been faster, and returns what counts.
func (s *Session) keep(key string, raw []byte, value any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(key)
	switch {
	case e == nil || &e.raw[0] != &raw[0]:
		return value
	case e.live != nil && e.live.value != nil:
		return e.live.value
	}
	e.lend(value, raw)
	e.live.value = value
	return value
}

func (src sessionSource) into(key string, dst any) (bool, error) {
	switch d := dst.(type) {
	case *any, *Map, *[]any:
		v, ok := src.lookup(key)
		return coerceInto(v, ok, d)
	}
	s := src.s
	raw, lent, ok := s.encoded(key, reflect.TypeOf(dst).Elem())
	if !ok {
		return false, nil
	}
	if lent != nil {
		reflect.ValueOf(dst).Elem().Set(reflect.ValueOf(lent))
		return true, nil
	}
	if err := s.codec().DecodeInto(raw, dst); err != nil {
		v, decodeErr := s.codec().Decode(raw)
		if decodeErr != nil || coerce.Into(dst, v) != nil {
			return true, err
		}
	}
	return true, s.lend(key, reflect.ValueOf(dst).Elem())
}

// encoded returns the current encoding of key's value, or a value of type t that was handed out before.
func (s *Session) encoded(key string, t reflect.Type) (raw []byte, lent any, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(key)
	if e == nil {
		return nil, nil, false
	}
	if lendable(t) && e.live != nil {
		for _, l := range e.live.lent {
			if reflect.TypeOf(l.value) == t {
				return nil, l.value, true
			}
		}
	}
	return e.raw, nil, true
}

// lend remembers a typed value that was handed out, if it can be changed from outside.
func (s *Session) lend(key string, v reflect.Value) error {
	if !lendable(v.Type()) || v.IsNil() {
		return nil
	}
	raw, err := s.codec().Append(nil, v.Interface())
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entry(key); e != nil {
		e.lend(v.Interface(), raw)
	}
	return nil
}

func (src sessionSource) list(key string) ([]string, bool) {
	v, ok := src.lookup(key)
	return coerceList(v, ok)
}

func (src sessionSource) keys() []string {
	src.s.mu.Lock()
	defer src.s.mu.Unlock()
	keys := make([]string, len(src.s.entries))
	for i := range src.s.entries {
		keys[i] = src.s.entries[i].key
	}
	slices.Sort(keys)
	return keys
}

func (src sessionSource) describe(key string) (string, int) {
	return fmt.Sprintf("session value %q", key), http.StatusInternalServerError
}
