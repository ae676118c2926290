package dewar

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// A loan is a value that has been handed out and may be changed by whoever holds it.
type loan struct {
	key   string
	form  reflect.Type // the type that was asked for or set; nil for what the getters return
	value any
	raw   string // its encoding when it was last looked at
	basis string // the encoding of the key's value then, which may hold more

	recalled bool // the value has been set or removed since: changes no longer count
}

// lendable reports whether a value of type t can be changed by who holds it or a copy of it.
func lendable(t reflect.Type) bool {
	if t == nil {
		return false
	}
	switch t.Kind() {
	case reflect.Array:
		return lendable(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() { // hidden ones too: MarshalJSON may write them
			if lendable(t.Field(i).Type) {
				return t != reflect.TypeFor[time.Time]()
			}
		}
		return false
	}
	return canBeNil(t)
}

// canBeNil reports whether nil is a value of type t.
func canBeNil(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Map, reflect.Slice, reflect.Pointer, reflect.Interface:
		return true
	}
	return false
}

// lend remembers what is handed out. The caller holds the lock.
func (s *Session) lend(l *loan) {
	s.lending.Store(true)
	s.loans = append(s.loans, l)
}

// recall forgets what has been handed out of key's value: changes in it no longer count. The caller holds the lock.
func (s *Session) recall(key string) {
	s.loans = slices.DeleteFunc(s.loans, func(l *loan) bool {
		l.recalled = l.recalled || l.key == key
		return l.key == key
	})
}

// recallAll does so for every key. The caller holds the lock.
func (s *Session) recallAll() {
	for _, l := range s.loans {
		l.recalled = true
	}
	s.loans = nil
}

// settle notices changes inside values that were handed out: each is encoded again and compared. After finish they
// are late. No code of the application runs under the lock.
func (s *Session) settle() error {
	if s.lending.Load() && s.stage.Load() == changeable {
		return s.settleAll(s.outstanding())
	}
	return nil
}

func (s *Session) outstanding() []*loan {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.loans)
}

// settleForms does so for one value, before it is handed out in another form: that has the changes then.
func (s *Session) settleForms(key string) error {
	return s.settleAll(slices.DeleteFunc(s.outstanding(), func(l *loan) bool { return l.key != key }))
}

func (s *Session) settleAll(loans []*loan) error {
	for _, l := range loans {
		raw, err := s.encode(l)
		if err != nil {
			return err
		}
		if err := s.takeBack(l, raw); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) encode(l *loan) (string, error) {
	raw, err := s.codec().AppendMember(nil, l.key, kept(l.value))
	if err != nil {
		return "", fmt.Errorf("dewar: session value %q cannot be kept: %w", l.key, err)
	}
	return string(raw), nil
}

// takeBack puts what has changed in a value that was lent, and is encoded as raw by now, into the session. It tries
// again when another goroutine changes the value meanwhile.
func (s *Session) takeBack(l *loan, raw string) error {
	for {
		current, before, ok := s.state(l)
		if !ok || raw == before {
			return nil
		}
		merged, err := s.merge(current, before, raw)
		if err != nil {
			return fmt.Errorf("dewar: session value %q cannot be kept: %w", l.key, err)
		}
		if s.replace(l, current, merged, raw) {
			return nil
		}
	}
}

// state returns the encoding of the value that l was lent of, and that of l when it was last looked at. It is not ok
// if the value has been set or removed since.
func (s *Session) state(l *loan) (current, before string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.member(l.key)
	if m == nil || l.recalled {
		return "", "", false
	}
	return m.Raw, l.raw, true
}

// replace makes merged the value of l's key, if that still is current.
func (s *Session) replace(l *loan, current, merged, raw string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.member(l.key)
	switch {
	case m == nil || l.recalled:
		return true
	case m.Raw != current:
		return false
	case s.stage.Load() != changeable: // changedLate will find it
		return true
	}
	l.raw = raw
	if l.basis == current {
		l.basis = merged
	}
	if merged != current {
		s.put(l.key, merged)
	}
	return true
}

// changedLate reports whether something inside a value that was handed out has changed since the session was saved.
func (s *Session) changedLate() bool {
	return s.stage.Load() >= final && slices.ContainsFunc(s.outstanding(), func(l *loan) bool {
		raw, err := s.encode(l)
		return err != nil || raw != l.raw
	})
}

// kept returns what is encoded for a value: text for a duration, because a number would be read as seconds.
func kept(value any) any {
	switch d := value.(type) {
	case time.Duration:
		return d.String()
	case *time.Duration:
		if d != nil {
			return d.String()
		}
	}
	return value
}
