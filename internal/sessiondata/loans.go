package sessiondata

import (
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
func (b *Bag) lend(l *loan) {
	b.lending.Store(true)
	b.loans = append(b.loans, l)
}

// watch notices changes in a value that was set. The caller holds the lock.
func (b *Bag) watch(key string, value any) {
	raw := b.member(key).Raw
	if _, copied := value.([]byte); copied || raw == "null" || !lendable(reflect.TypeOf(value)) {
		return
	}
	b.lend(&loan{key: key, form: reflect.TypeOf(value), value: value, raw: raw, basis: raw})
}

// recall forgets what has been handed out of key's value: changes in it no longer count. The caller holds the lock.
func (b *Bag) recall(key string) {
	b.loans = slices.DeleteFunc(b.loans, func(l *loan) bool {
		l.recalled = l.recalled || l.key == key
		return l.key == key
	})
}

// recallAll does so for every key. The caller holds the lock.
func (b *Bag) recallAll() {
	for _, l := range b.loans {
		l.recalled = true
	}
	b.loans = nil
}

// Settle notices changes inside values that were handed out: each is encoded again and compared. Once the values are
// final it does nothing.
func (b *Bag) Settle() error {
	if b.lending.Load() && b.stage.Load() == changeable {
		return b.settleAll(b.outstanding())
	}
	return nil
}

func (b *Bag) outstanding() []*loan {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.loans)
}

// settleForms does so for one value, before it is handed out in another form: that has the changes then.
func (b *Bag) settleForms(key string) error {
	return b.settleAll(slices.DeleteFunc(b.outstanding(), func(l *loan) bool { return l.key != key }))
}

func (b *Bag) settleAll(loans []*loan) error {
	for _, l := range loans {
		raw, err := b.encode(l.key, l.value)
		if err != nil {
			return err
		}
		if err := b.takeBack(l, raw); err != nil {
			return err
		}
	}
	return nil
}

// takeBack puts what has changed in a value that was lent, and is encoded as raw by now, into the Bag. It tries
// again when another goroutine changes the value meanwhile.
func (b *Bag) takeBack(l *loan, raw string) error {
	for {
		current, before, ok := b.state(l)
		if !ok || raw == before {
			return nil
		}
		merged, err := b.merge(current, before, raw)
		if err != nil {
			return notKept(l.key, err)
		}
		if b.replace(l, current, merged, raw) {
			return nil
		}
	}
}

// state returns the encoding of the value that l was lent of, and that of l when it was last looked at. It is not ok
// if the value has been set or removed since.
func (b *Bag) state(l *loan) (current, before string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.member(l.key)
	if m == nil || l.recalled {
		return "", "", false
	}
	return m.Raw, l.raw, true
}

// replace makes merged the value of l's key, if that still is current.
func (b *Bag) replace(l *loan, current, merged, raw string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.member(l.key)
	switch {
	case m == nil || l.recalled:
		return true
	case m.Raw != current:
		return false
	case b.stage.Load() != changeable: // ChangedLate will find it
		return true
	}
	l.raw = raw
	if l.basis == current {
		l.basis = merged
	}
	if merged != current {
		b.put(l.key, merged)
	}
	return true
}

// ChangedLate reports whether something inside a value that was handed out has changed since the values are final.
func (b *Bag) ChangedLate() bool {
	return b.lending.Load() && b.stage.Load() == final && slices.ContainsFunc(b.outstanding(), func(l *loan) bool {
		raw, err := b.encode(l.key, l.value)
		return err != nil || raw != l.raw
	})
}
