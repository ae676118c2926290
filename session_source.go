package dewar

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// A sessionSource reads a session.
type sessionSource struct{ s *Session }

// lookup decodes the value of key. One that can be changed from outside is decoded once: every caller gets the same.
func (src sessionSource) Lookup(key string) (any, bool) {
	s := src.s
	raw, lent, ok := s.find(key, nil)
	if !ok || lent != nil {
		return lent, ok
	}
	value, err := s.codec().Decode(raw)
	if err != nil { // checked when the session was opened
		return nil, false
	}
	if lendable(reflect.TypeOf(value)) {
		value = s.keep(loan{key: key, value: value, raw: raw, basis: raw})
	}
	return value, true
}

// find returns the encoding of key's value and, if it has been handed out before and not changed since, the value: as
// a t, or to a getter if t is nil. Changes in other forms of it are in there.
func (s *Session) find(key string, t reflect.Type) (raw string, lent any, ok bool) {
	raw, lent, ok, others := s.peek(key, t)
	if others && s.settleForms(key) == nil { // an error comes back when the session is saved
		raw, lent, ok, _ = s.peek(key, t)
	}
	return raw, lent, ok
}

func (s *Session) peek(key string, t reflect.Type) (raw string, lent any, ok, others bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.member(key)
	if m == nil {
		return "", nil, false, false
	}
	for _, l := range s.loans {
		switch {
		case l.key != key:
		case l.form != t:
			others = true
		case l.basis == m.Raw:
			lent = l.value
		}
	}
	return m.Raw, lent, true, others
}

// keep remembers what is handed out, unless another goroutine has been faster, and returns what counts.
func (s *Session) keep(l loan) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.member(l.key); m == nil || m.Raw != l.basis {
		return l.value
	}
	for _, other := range s.loans {
		if other.key == l.key && other.form == l.form && other.basis == l.basis {
			return other.value
		}
	}
	s.lend(&l)
	return l.value
}

func (src sessionSource) Into(key string, dst any) (bool, error) {
	target := reflect.ValueOf(dst)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return false, fmt.Errorf("cannot be stored in a %T; pass a pointer to a variable", dst)
	}
	target = target.Elem()
	s, t := src.s, target.Type()
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint,
		reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64:
		return src.scalar(key, dst)
	case reflect.Interface:
		v, ok := src.Lookup(key)
		if !ok {
			return false, nil
		}
		return true, assign(target, v)
	}
	switch dst.(type) {
	case *Map, *[]any:
		v, ok := src.Lookup(key)
		return coerceInto(v, ok, dst)
	}
	raw, lent, ok := s.find(key, t)
	if !ok {
		return false, nil
	}
	if lent == nil {
		var err error
		if lent, err = s.typed(key, raw, t); err != nil {
			return true, err
		}
	}
	target.Set(reflect.ValueOf(lent))
	return true, nil
}

// typed returns the value of key, which is encoded as raw, as a t, and remembers it if it can be changed.
func (s *Session) typed(key, raw string, t reflect.Type) (any, error) {
	fresh := reflect.New(t)
	if err := s.codec().DecodeInto(raw, fresh.Interface()); err != nil {
		fresh = reflect.New(t) // the other may be filled in part
		if v, decodeErr := s.codec().Decode(raw); decodeErr != nil || coerce.Into(fresh.Interface(), v) != nil {
			return nil, err
		}
	}
	v := fresh.Elem()
	switch {
	case raw == "null" && !canBeNil(t):
		return nil, fmt.Errorf("null does not fit in %s", t)
	case raw == "null" || !lendable(t):
		return v.Interface(), nil
	}
	l := loan{key: key, form: t, value: v.Interface(), basis: raw}
	if encoded, err := s.encode(&l); err == nil { // what cannot be kept cannot be compared
		l.raw = encoded
		return s.keep(l), nil
	}
	return l.value, nil
}

// scalar reads a value as the getters do, but without boxing it where that can be.
func (src sessionSource) scalar(key string, dst any) (bool, error) {
	raw, _, ok := src.s.find(key, nil)
	if !ok {
		return false, nil
	}
	if _, isDuration := dst.(*time.Duration); !isDuration && src.s.codec().DecodeScalar(raw, dst) {
		return true, nil
	}
	if u, ok := dst.(json.Unmarshaler); ok {
		return true, src.s.codec().DecodeInto(raw, u)
	}
	v, err := src.s.codec().Decode(raw)
	if err != nil {
		return true, err
	}
	return true, coerce.Into(dst, v)
}

// assign stores v, if it fits, in target, which is of an interface type.
func assign(target reflect.Value, v any) error {
	switch t := target.Type(); {
	case v == nil:
		target.SetZero()
	case reflect.TypeOf(v).AssignableTo(t):
		target.Set(reflect.ValueOf(v))
	default:
		return fmt.Errorf("a %T is no %s", v, t)
	}
	return nil
}

func (src sessionSource) List(key string) ([]string, bool) {
	v, ok := src.Lookup(key)
	return coerceList(v, ok)
}

func (src sessionSource) Keys() []string {
	src.s.mu.Lock()
	defer src.s.mu.Unlock()
	keys := make([]string, len(src.s.members))
	for i, m := range src.s.members {
		keys[i] = m.Key
	}
	slices.Sort(keys)
	return keys
}

func (src sessionSource) Describe(key string) (string, int) {
	return fmt.Sprintf("session value %q", key), http.StatusInternalServerError
}
