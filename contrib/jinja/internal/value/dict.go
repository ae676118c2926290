package value

import (
	"iter"
	"math"
	"math/big"
	"reflect"
	"slices"
	"time"
)

// A Dict is Python's dict, in the order of insertion. The zero Dict is empty and ready. It is used by one goroutine.
type Dict struct {
	entries []entry
	index   map[any]int // by hash; nil while entries are few
}

type entry struct{ hash, key, value any }

// few is how many entries are looked through one by one.
const few = 8

// Get returns the value of key, and whether there is one. A key that cannot be hashed has none.
func (d *Dict) Get(key any) (any, bool) {
	v, ok, _ := d.find(key)
	return v, ok
}

// find is Get with the error of a key that cannot be hashed.
func (d *Dict) find(key any) (any, bool, error) {
	i, err := d.at(key)
	if err != nil || i < 0 {
		return nil, false, err
	}
	return d.entries[i].value, true, nil
}

func (d *Dict) at(key any) (int, error) {
	h, err := hash(key, 0)
	if err != nil {
		return -1, err
	}
	return d.position(h), nil
}

func (d *Dict) position(h any) int {
	if d.index != nil {
		if i, ok := d.index[h]; ok {
			return i
		}
		return -1
	}
	for i := range d.entries {
		if d.entries[i].hash == h {
			return i
		}
	}
	return -1
}

// Set sets the value of key. Its error is that of a key that cannot be hashed.
func (d *Dict) Set(key, value any) error {
	h, err := hash(key, 0)
	if err != nil {
		return err
	}
	if i := d.position(h); i >= 0 {
		d.entries[i].value = value
		return nil
	}
	d.entries = append(d.entries, entry{h, key, value})
	if d.index != nil {
		d.index[h] = len(d.entries) - 1
	} else if len(d.entries) > few {
		d.reindex()
	}
	return nil
}

func (d *Dict) reindex() {
	d.index = nil
	if len(d.entries) <= few {
		return
	}
	d.index = make(map[any]int, len(d.entries)*2)
	for i := range d.entries {
		d.index[d.entries[i].hash] = i
	}
}

// Delete takes key away, and reports whether it was there.
func (d *Dict) Delete(key any) bool {
	i, err := d.at(key)
	if err != nil || i < 0 {
		return false
	}
	d.remove(i)
	return true
}

func (d *Dict) remove(i int) {
	if i == len(d.entries)-1 {
		if d.index != nil {
			delete(d.index, d.entries[i].hash)
		}
		d.entries[i] = entry{}
		d.entries = d.entries[:i]
		return
	}
	d.entries = slices.Delete(d.entries, i, i+1)
	d.reindex()
}

// Len is how many keys d has.
func (d *Dict) Len() int { return len(d.entries) }

// All goes through keys and values in the order of insertion.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		for i := 0; i < len(d.entries); i++ {
			if !yield(d.entries[i].key, d.entries[i].value) {
				return
			}
		}
	}
}

// Keys returns the keys in the order of insertion.
func (d *Dict) Keys() []any {
	keys := make([]any, len(d.entries))
	for i := range d.entries {
		keys[i] = d.entries[i].key
	}
	return keys
}

func (d *Dict) clone() *Dict {
	c := &Dict{entries: slices.Clone(d.entries)}
	c.reindex()
	return c
}

// Hashes of values that are no Go values of their own kind.
type (
	noneHash      struct{}
	undefinedHash struct{}
	bigHash       string
	bytesHash     string
	pairHash      struct{ head, tail any }
	timeHash      struct {
		seconds int64
		nanos   int
	}
)

// deepest is how deep values may be nested where they are hashed, compared or shown.
const deepest = 200

// longestKey is how many items a tuple may have that is a key.
const longestKey = 1000

// hash returns what is equal in Go for values that are equal in Python.
func hash(v any, depth int) (any, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int:
		return v, nil
	}
	if depth > deepest {
		return nil, failf("RecursionError", "a key is nested too deep")
	}
	switch v := canon(v).(type) {
	case nil:
		return noneHash{}, nil
	case bool:
		return fromBool(v), nil
	case int, string, time.Duration, Range:
		return v, nil
	case *big.Int:
		return bigHash(v.String()), nil
	case float64:
		return hashFloat(v), nil
	case Markup:
		return v.Text, nil
	case Tuple:
		return hashTuple(v, depth)
	case NamedTuple:
		return hashTuple(v.Tuple, depth)
	case time.Time:
		return timeHash{v.Unix(), v.Nanosecond()}, nil
	case []byte:
		return bytesHash(v), nil
	case *Undefined:
		return undefinedHash{}, v.strict()
	case *List, *Dict:
		return nil, unhashable(v)
	default:
		return hashGo(v)
	}
}

func unhashable(v any) error { return typeErrorf("unhashable type: '%s'", TypeName(v)) }

func hashGo(v any) (any, error) {
	if _, ok := v.(Mapping); ok || !reflect.ValueOf(v).Comparable() {
		return nil, unhashable(v)
	}
	return v, nil
}

func hashFloat(f float64) any {
	if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		return int(f)
	}
	if f == math.Trunc(f) && !math.IsInf(f, 0) {
		b, _ := big.NewFloat(f).Int(nil)
		return bigHash(b.String())
	}
	return f
}

func hashTuple(t Tuple, depth int) (any, error) {
	if len(t) > longestKey {
		return nil, typeErrorf("a tuple of %d items is too long for a key", len(t))
	}
	var h any = pairHash{}
	for i := len(t) - 1; i >= 0; i-- {
		head, err := hash(t[i], depth+1)
		if err != nil {
			return nil, err
		}
		h = pairHash{head, h}
	}
	return h, nil
}
