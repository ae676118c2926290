package dewar

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
)

// A loan is a value that has been handed out and may be changed by whoever holds it.
type loan struct {
	key   string
	value any
	raw   string // its encoding when it was last looked at
	plain bool   // it is what a getter returns, and not what ValueOr or Decode made of it
}

// lendable reports whether a value of type t can be changed by who holds it.
func lendable(t reflect.Type) bool {
	if t == nil {
		return false
	}
	switch t.Kind() {
	case reflect.Map, reflect.Slice, reflect.Pointer:
		return true
	}
	return false
}

// lend remembers a value of key that is handed out, and its encoding. The caller holds the lock.
func (s *Session) lend(key string, value any, raw string, plain bool) {
	s.loans = append(s.loans, &loan{key, value, raw, plain})
}

// recall forgets what has been handed out of key's value: changes in it no longer count. The caller holds the lock.
func (s *Session) recall(key string) {
	s.loans = slices.DeleteFunc(s.loans, func(l *loan) bool { return l.key == key })
}

// lentPlain returns the value of key that a getter handed out before, or nil. The caller holds the lock.
func (s *Session) lentPlain(key string) any {
	for _, l := range s.loans {
		if l.plain && l.key == key {
			return l.value
		}
	}
	return nil
}

// lentAs returns the value of key that was handed out as a t before, or nil. The caller holds the lock.
func (s *Session) lentAs(key string, t reflect.Type) any {
	for _, l := range s.loans {
		if l.key == key && reflect.TypeOf(l.value) == t {
			return l.value
		}
	}
	return nil
}

// settle notices changes inside values that were handed out: each is encoded again and compared. Of several forms
// of one value the last one that was handed out counts. No code of the application runs under the lock.
func (s *Session) settle() error {
	for _, l := range s.outstanding() {
		raw, err := s.changedSince(l)
		if err != nil {
			return err
		}
		if raw != "" {
			s.takeBack(l, raw)
		}
	}
	return nil
}

func (s *Session) outstanding() []*loan {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.loans)
}

// changedSince returns the encoding of what was lent, or "" if nothing in it has changed.
func (s *Session) changedSince(l *loan) (string, error) {
	raw, err := s.codec().AppendMember(nil, l.key, l.value)
	if err != nil {
		return "", fmt.Errorf("dewar: session value %q cannot be kept: %w", l.key, err)
	}
	s.mu.Lock()
	before := l.raw
	s.mu.Unlock()
	if string(raw) == before || s.sameValue(raw, before) {
		return "", nil
	}
	return string(raw), nil
}

// takeBack makes raw, the encoding of what was lent, the value of its key, unless that has another value by now.
func (s *Session) takeBack(l *loan, raw string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.loans, l) {
		l.raw = raw
		s.put(l.key, raw)
	}
}

// noticeLate tells of changes inside values that came after the session had been saved.
func (s *Session) noticeLate() {
	for _, l := range s.outstanding() {
		if raw, err := s.changedSince(l); raw != "" || err != nil {
			s.MarkModified() // is refused, and says so
			return
		}
	}
}

// sameValue reports whether two encodings differ only in form, as those of another writer may.
func (s *Session) sameValue(canonical []byte, other string) bool {
	v, err := s.codec().Decode(other)
	if err != nil {
		return false
	}
	again, err := s.codec().Append(nil, v)
	return err == nil && bytes.Equal(canonical, again)
}
