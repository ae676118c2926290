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
	raw, lent, ok := s.peek(key)
	if !ok || lent != nil {
		return lent, ok
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
func (s *Session) peek(key string) (raw string, lent any, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.member(key)
	if m == nil {
		return "", nil, false
	}
	return m.Raw, s.lentPlain(key), true
}

// keep remembers what raw was decoded to, unless another goroutine has been faster, and returns what counts.
func (s *Session) keep(key, raw string, value any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.member(key); m == nil || m.Raw != raw {
		return value
	}
	if lent := s.lentPlain(key); lent != nil {
		return lent
	}
	s.lend(key, value, raw, true)
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
	return true, s.keepTyped(key, reflect.ValueOf(dst).Elem())
}

// encoded returns the encoding of key's value, and a value of type t that was handed out before.
func (s *Session) encoded(key string, t reflect.Type) (raw string, lent any, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.member(key)
	if m == nil {
		return "", nil, false
	}
	return m.Raw, s.lentAs(key, t), true
}

// keepTyped remembers a typed value that was handed out, if it can be changed from outside.
func (s *Session) keepTyped(key string, v reflect.Value) error {
	if !lendable(v.Type()) || v.IsNil() {
		return nil
	}
	raw, err := s.codec().Append(nil, v.Interface())
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.member(key) != nil {
		s.lend(key, v.Interface(), string(raw), false)
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
	keys := make([]string, len(src.s.members))
	for i, m := range src.s.members {
		keys[i] = m.Key
	}
	slices.Sort(keys)
	return keys
}

func (src sessionSource) describe(key string) (string, int) {
	return fmt.Sprintf("session value %q", key), http.StatusInternalServerError
}
