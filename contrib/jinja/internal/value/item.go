package value

import (
	"math"
	"reflect"
	"unicode/utf8"
)

// item finds v[key]. Its error says why there is none, as Python does.
func item(rt *Runtime, v, key any) (any, bool, error) {
	switch t := v.(type) {
	case map[string]any:
		if k, ok := key.(string); ok {
			found, ok := t[k]
			return found, ok, nil
		}
	case Itemer:
		found, ok := t.Item(rt, key)
		return found, ok, nil
	}
	c := canon(v)
	if IsMapping(c) {
		return lookup(c, key)
	}
	n, ok, err := length(rt, c)
	if err != nil || !ok || !hasPositions(c) {
		return nil, false, err
	}
	i, err := index(key)
	if err != nil {
		return nil, false, err
	}
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		return nil, false, failf("IndexError", "%s index out of range", TypeName(v))
	}
	return at(rt, c, i)
}

// hasPositions reports whether v, which has a length, has items by position.
func hasPositions(v any) bool {
	_, isRange := v.(Range)
	return isRange || isSequence(v)
}

// at is v[i], where i is inside.
func at(rt *Runtime, v any, i int) (any, bool, error) {
	switch v := v.(type) {
	case *List:
		return v.Items[i], true, nil
	case []any:
		return v[i], true, nil
	case Tuple:
		return v[i], true, nil
	case NamedTuple:
		return v.Tuple[i], true, nil
	case Range:
		return v.At(i), true, nil
	case string:
		return runeAt(v, i), true, spend(rt, i/64)
	case Markup:
		return Markup{Text: runeAt(v.Text, i), Language: sliced(v.Language)}, true, spend(rt, i/64)
	case []byte:
		return int(v[i]), true, nil
	}
	return exported(reflect.ValueOf(v).Index(i))
}

// sliced is the language of a part of a text.
func sliced(l Language) Language {
	if l == Application || l == Mixed {
		return l
	}
	return HTML
}

func runeAt(s string, i int) string {
	if i < len(s) && ascii(s[:i+1]) {
		return s[i : i+1]
	}
	at := 0
	for ; i > 0; i-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	_, size := utf8.DecodeRuneInString(s[at:])
	return s[at : at+size]
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Slice is v[start:stop:step]. What is left out is nil.
func Slice(rt *Runtime, v, start, stop, step any) (any, error) {
	c := canon(v)
	if u, ok := c.(*Undefined); ok {
		return u.member()
	}
	if IsMapping(c) {
		return nil, typeErrorf("unhashable type: 'slice'")
	}
	n, ok, err := length(rt, c)
	if err != nil {
		return nil, err
	}
	if !ok || !hasPositions(c) {
		return nil, typeErrorf("'%s' object is not subscriptable", TypeName(v))
	}
	first, last, by, err := bounds(n, start, stop, step)
	if err != nil {
		return nil, err
	}
	r := Range{first, last, by}
	if err := spend(rt, r.Len()); err != nil {
		return nil, err
	}
	return part(rt, c, r)
}

// bounds are the limits of a slice of n items, as Python computes them.
func bounds(n int, start, stop, step any) (first, last, by int, err error) {
	by = 1
	if step != nil {
		if by, err = sliceIndex(step); err != nil {
			return
		}
	}
	if by == 0 {
		return 0, 0, 0, valueErrorf("slice step cannot be zero")
	}
	by = max(by, -math.MaxInt)
	low, high := 0, n
	first, last = 0, n
	if by < 0 {
		low, high = -1, n-1
		first, last = n-1, -1
	}
	if first, err = bound(start, first, n, low, high); err == nil {
		last, err = bound(stop, last, n, low, high)
	}
	return
}

func bound(v any, missing, n, low, high int) (int, error) {
	if v == nil {
		return missing, nil
	}
	i, err := sliceIndex(v)
	if i < 0 {
		i += n
	}
	return min(max(i, low), high), err
}

// sliceIndex is a position that may be far outside.
func sliceIndex(v any) (int, error) {
	if i, ok := AsInt(v); ok {
		return i, nil
	}
	if err := undefinedIn(v); err != nil {
		return 0, err
	}
	if b, ok := asBig(canon(v)); ok {
		return b.Sign() * math.MaxInt, nil
	}
	return 0, typeErrorf("slice indices must be integers or None or have an __index__ method")
}

// part is the items of v at the positions r.
func part(rt *Runtime, v any, r Range) (any, error) {
	switch v := v.(type) {
	case Range:
		return v.slice(r.Start, r.Stop, r.Step), nil
	case string:
		return partOfText(v, r), spend(rt, len(v)/16)
	case Markup:
		return Markup{Text: partOfText(v.Text, r), Language: sliced(v.Language)}, spend(rt, len(v.Text)/16)
	case []byte:
		b := make([]byte, r.Len())
		for i := range b {
			b[i] = v[r.At(i)]
		}
		return b, nil
	}
	items := make([]any, r.Len())
	for i := range items {
		item, _, err := at(rt, v, r.At(i))
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return likeSequence(v, items), nil
}

func partOfText(s string, r Range) string {
	if r.Len() == 0 {
		return ""
	}
	if ascii(s) && r.Step == 1 {
		return s[r.Start:r.Stop]
	}
	all := []rune(s)
	runes := make([]rune, r.Len())
	for i := range runes {
		runes[i] = all[r.At(i)]
	}
	return string(runes)
}

// lookup finds key in a mapping. Its error is that of a key that cannot be hashed.
func lookup(m, key any) (any, bool, error) {
	switch m := m.(type) {
	case *Dict:
		return m.find(key)
	case map[string]any:
		if k, ok := AsString(key); ok {
			v, ok := m[k]
			return v, ok, nil
		}
		_, err := hash(key, 0)
		return nil, false, err
	case Mapping:
		v, ok := m.Lookup(key)
		return v, ok, nil
	}
	if _, err := hash(key, 0); err != nil {
		return nil, false, err
	}
	rm := reflect.ValueOf(m)
	k, err := convert(key, rm.Type().Key(), 0)
	if err != nil || !k.IsValid() || !k.Comparable() {
		return nil, false, nil
	}
	v := rm.MapIndex(k)
	if !v.IsValid() {
		return nil, false, nil
	}
	return exported(v)
}

// exported is what v holds, unless it comes from an unexported field. A struct whose pointer has more methods is given by its address where it
// has one.
func exported(v reflect.Value) (any, bool, error) {
	if !v.CanInterface() {
		return nil, false, nil
	}
	if v.Kind() == reflect.Struct && v.CanAddr() && shapeOf(v.Type()).pointer {
		v = v.Addr()
	}
	return v.Interface(), true, nil
}
