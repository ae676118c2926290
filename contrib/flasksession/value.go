package flasksession

import (
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/dewar-go/dewar"
)

// A value is one value in a blob: the bytes it has there, and what a session makes of them.
type value struct {
	raw   []byte
	plain any     // what [dewar.Session.Get] gives of it, unless it is a list or a mapping
	list  []value // not nil for a list
	dict  []entry // not nil for a mapping
}

// An entry is one member of a mapping.
type entry struct {
	rawKey []byte
	key    string // an integer as text
	number bool   // the key is an integer in the blob
	value  value
}

// goValue returns what a session keeps for v. Of two keys with the same text it can keep only one, and says so.
func (v *value) goValue() (any, error) {
	switch {
	case v.list != nil:
		list := make([]any, len(v.list))
		for i := range v.list {
			var err error
			if list[i], err = v.list[i].goValue(); err != nil {
				return nil, err
			}
		}
		return list, nil
	case v.dict != nil:
		return v.goMap()
	}
	return v.plain, nil
}

func (v *value) goMap() (any, error) {
	m := make(map[string]any, len(v.dict))
	for i := range v.dict {
		e := &v.dict[i]
		if _, twice := m[e.key]; twice {
			return nil, fmt.Errorf("a mapping has the key %.40q as text and as an integer", e.key)
		}
		var err error
		if m[e.key], err = e.value.goValue(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// entry returns the member of a mapping with the given key, or nil.
func (v *value) entry(key string) *entry {
	if v == nil {
		return nil
	}
	for i := range v.dict {
		if v.dict[i].key == key {
			return &v.dict[i]
		}
	}
	return nil
}

// element returns an element of a list, or nil.
func (v *value) element(i int) *value {
	if v == nil || i >= len(v.list) {
		return nil
	}
	return &v.list[i]
}

// numbered reports whether v is a mapping whose keys are all integers, as a cart by product id.
func (v *value) numbered() bool {
	return v != nil && len(v.dict) > 0 && !slices.ContainsFunc(v.dict, func(e entry) bool { return !e.number })
}

// is reports whether x, which a session gave back, is what v was when it was read.
func (v *value) is(x any) bool {
	if v == nil || v.list != nil || v.dict != nil {
		return false
	}
	switch p := v.plain.(type) {
	case []byte:
		b, ok := x.([]byte)
		return ok && string(b) == string(p)
	case time.Time:
		t, ok := x.(time.Time)
		return ok && t.Equal(p.Truncate(time.Second))
	case float64:
		f, ok := x.(float64)
		return ok && math.Float64bits(f) == math.Float64bits(p)
	}
	return v.plain == x
}

// A writer writes values in one of the two formats.
type writer interface {
	null()
	bool(b bool)
	int(i int64)
	bigInt(n json.Number) error
	float(f float64)
	text(s string)
	bytes(b []byte)
	time(t time.Time)
	raw(b []byte)
	list(n int, element func(i int) error) error
	dict(n int, member func(i int) error) error
	key(key string, number bool)
	rawKey(b []byte)
	written() []byte
}

// write writes x, which [dewar.Session.Get] gave. What stands in old, the value of before, as it is now is copied byte for
// byte, so that what a session cannot say, such as the microseconds of a time, survives a change next to it.
func write(w writer, x any, old *value) error {
	if old.is(x) {
		w.raw(old.raw)
		return nil
	}
	switch x := x.(type) {
	case nil:
		w.null()
	case bool:
		w.bool(x)
	case int64:
		w.int(x)
	case json.Number:
		return w.bigInt(x)
	case float64:
		w.float(x)
	case string:
		w.text(x)
	case template.HTML:
		w.text(string(x))
	case dewar.UUID:
		w.text(x.String())
	case []byte:
		w.bytes(x)
	case time.Time:
		w.time(x)
	case dewar.Tuple:
		return writeList(w, x, old)
	case []any:
		return writeList(w, x, old)
	case map[string]any:
		return writeDict(w, x, old)
	default:
		return fmt.Errorf("a %T cannot be kept by Flask-Session; store plain data", x)
	}
	return nil
}

func writeList(w writer, list []any, old *value) error {
	return w.list(len(list), func(i int) error { return write(w, list[i], old.element(i)) })
}

// writeDict writes the members that old has in their order, then the others, sorted. Keys of a mapping that had integers
// alone stay integers.
func writeDict(w writer, m map[string]any, old *value) error {
	keys := make([]string, 0, len(m))
	if old != nil {
		for i := range old.dict {
			if _, kept := m[old.dict[i].key]; kept {
				keys = append(keys, old.dict[i].key)
			}
		}
	}
	before := len(keys)
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(keys[:before], key) {
			keys = append(keys, key)
		}
	}
	numbered := old.numbered()
	return w.dict(len(keys), func(i int) error {
		key := keys[i]
		e := old.entry(key)
		if e == nil {
			w.key(key, numbered && isInteger(key))
			return write(w, m[key], nil)
		}
		w.rawKey(e.rawKey)
		return write(w, m[key], &e.value)
	})
}

// isInteger reports whether key is what Python's str gives for an integer of 64 bits.
func isInteger(key string) bool {
	n, err := strconv.ParseInt(key, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == key
}
