package sessiondata

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// Lookup decodes the value of key. One that can be changed from outside is decoded once: every caller gets the same.
func (b *Bag) Lookup(key string) (any, bool) {
	raw, lent, ok := b.find(key, nil)
	if !ok || lent != nil {
		return lent, ok
	}
	value, err := b.codec.Decode(raw)
	if err != nil { // checked when the values were loaded
		return nil, false
	}
	if lendable(reflect.TypeOf(value)) {
		value = b.keep(loan{key: key, value: value, raw: raw, basis: raw})
	}
	return value, true
}

// Raw returns the encoding of key's value, changes inside it included, or "" without one.
func (b *Bag) Raw(key string) string {
	raw, _, _ := b.find(key, nil)
	return raw
}

// find returns the encoding of key's value and, if it has been handed out before and not changed since, the value: as
// a t, or to a getter if t is nil. Changes in other forms of it are in there.
func (b *Bag) find(key string, t reflect.Type) (raw string, lent any, ok bool) {
	raw, lent, ok, others := b.peek(key, t)
	if others && b.settleForms(key) == nil { // an error comes back when the values are settled
		raw, lent, ok, _ = b.peek(key, t)
	}
	return raw, lent, ok
}

func (b *Bag) peek(key string, t reflect.Type) (raw string, lent any, ok, others bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.member(key)
	if m == nil {
		return "", nil, false, false
	}
	for _, l := range b.loans {
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
func (b *Bag) keep(l loan) any {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := b.member(l.key); m == nil || m.Raw != l.basis {
		return l.value
	}
	for _, other := range b.loans {
		if other.key == l.key && other.form == l.form && other.basis == l.basis {
			return other.value
		}
	}
	b.lend(&l)
	return l.value
}

// Into converts the value of key into *dst and reports whether there was one.
func (b *Bag) Into(key string, dst any) (bool, error) {
	target := reflect.ValueOf(dst)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return false, fmt.Errorf("cannot be stored in a %T; pass a pointer to a variable", dst)
	}
	target = target.Elem()
	t := target.Type()
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint,
		reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64:
		return b.scalar(key, dst)
	case reflect.Interface:
		v, ok := b.Lookup(key)
		if !ok {
			return false, nil
		}
		return true, assign(target, v)
	}
	switch dst.(type) {
	case *map[string]any, *[]any:
		v, ok := b.Lookup(key)
		if !ok {
			return false, nil
		}
		return true, coerce.Into(dst, v)
	}
	raw, lent, ok := b.find(key, t)
	if !ok {
		return false, nil
	}
	if lent == nil {
		var err error
		if lent, err = b.typed(key, raw, t); err != nil {
			return true, err
		}
	}
	target.Set(reflect.ValueOf(lent))
	return true, nil
}

// typed returns the value of key, which is encoded as raw, as a t, and remembers it if it can be changed.
func (b *Bag) typed(key, raw string, t reflect.Type) (any, error) {
	fresh := reflect.New(t)
	if err := b.codec.DecodeInto(raw, fresh.Interface()); err != nil {
		fresh = reflect.New(t) // the other may be filled in part
		if v, decodeErr := b.codec.Decode(raw); decodeErr != nil || coerce.Into(fresh.Interface(), v) != nil {
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
	if encoded, err := b.encode(l.key, l.value); err == nil { // what cannot be kept cannot be compared
		l.raw = encoded
		return b.keep(l), nil
	}
	return l.value, nil
}

// scalar reads a value as the getters do, but without boxing it where that can be.
func (b *Bag) scalar(key string, dst any) (bool, error) {
	raw, _, ok := b.find(key, nil)
	if !ok {
		return false, nil
	}
	if _, isDuration := dst.(*time.Duration); !isDuration && b.codec.DecodeScalar(raw, dst) {
		return true, nil
	}
	if u, ok := dst.(json.Unmarshaler); ok {
		return true, b.codec.DecodeInto(raw, u)
	}
	v, err := b.codec.Decode(raw)
	if err != nil {
		return true, err
	}
	if t := reflect.TypeOf(dst).Elem(); !b.codec.Trusts(v, t) {
		return true, fmt.Errorf("a %T is no %s, which is shown unescaped; escape it first, or keep it as one", v, t)
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

// List returns the value of key as a list of text.
func (b *Bag) List(key string) ([]string, bool) {
	v, ok := b.Lookup(key)
	if !ok {
		return nil, false
	}
	list, _ := coerce.Strings(v)
	return list, true
}
