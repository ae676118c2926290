package taggedjson

import (
	"cmp"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Append appends the canonical encoding of v to dst:
//
//	nil, a nil pointer, map or slice     null
//	bool, string                         themselves
//	integers, json.Number, big.Int       exact digits; a time.Duration is its nanoseconds
//	floats                               as Python's repr; NaN and infinities are errors
//	[]byte, time.Time                    tagged; time in UTC, cut to seconds, years 1 to 9999
//	the types of [Types]                 tagged
//	a [16]byte with a MarshalText that   tagged as a UUID
//	gives its 36 characters
//	other slices and arrays              a list
//	maps with keys of text or integers   an object; keys become text and are sorted as text
//	pointers                             what they point to
//	MarshalJSON, MarshalText             what the method gives
//	structs                              what encoding/json gives for them and all inside them
//
// Functions, channels, complex numbers, text that is not UTF-8, values that contain themselves, and
// nesting beyond [MaxDepth] are errors. The error is an [*Error]; dst is then returned as it came.
func (c *Codec) Append(dst []byte, v any) ([]byte, error) {
	return c.append(dst, v, 0, false)
}

// AppendRead is [Codec.Append] for a value that was read, and may have been changed since: NaN and infinities, which it may
// hold if they were in the document, are written as Python does.
func (c *Codec) AppendRead(dst []byte, v any) ([]byte, error) {
	return c.append(dst, v, 0, c.types.Python)
}

// AppendMember appends the encoding of v, the value that an object will hold under key. It differs
// from [Codec.Append] in that it leaves room for the object in MaxDepth, and that the path of an error
// begins with key. A key that is not valid UTF-8 is an error.
func (c *Codec) AppendMember(dst []byte, key string, v any) ([]byte, error) {
	return c.appendMember(dst, key, v, false)
}

// AppendReadMember is to AppendMember what [Codec.AppendRead] is to Append.
func (c *Codec) AppendReadMember(dst []byte, key string, v any) ([]byte, error) {
	return c.appendMember(dst, key, v, c.types.Python)
}

// MemberText returns what AppendMember appends, for what is set most: texts with nothing to escape, ints, int64s and bools.
// Anything else is left to AppendMember.
func (c *Codec) MemberText(key string, v any) (raw string, ok bool) {
	if len(c.tags) > 0 || !utf8.ValidString(key) {
		return "", false
	}
	switch v := v.(type) {
	case string:
		if isPlain(v) {
			return `"` + v + `"`, true
		}
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

func (c *Codec) appendMember(dst []byte, key string, v any, python bool) ([]byte, error) {
	if !utf8.ValidString(key) {
		return dst, under(badUTF8(), keyStep(key))
	}
	depth := 1
	if c.isTag(key) {
		depth = 2 // Join will escape it
	}
	dst, err := c.append(dst, v, depth, python)
	if err != nil {
		return dst, under(err, keyStep(key))
	}
	return dst, nil
}

func (c *Codec) append(dst []byte, v any, depth int, python bool) ([]byte, error) {
	e := encoder{codec: c, tags: c.tags, out: dst, depth: depth, python: python}
	if err := e.value(v); err != nil {
		return dst, err
	}
	return e.out, nil
}

// An encoder writes one value.
type encoder struct {
	codec *Codec
	tags  []Tag // the codec's own, where they apply
	out   []byte
	depth int  // arrays and objects that are open
	plain bool // write no tags but what encoding/json would

	python bool // write NaN and infinities

	followed int    // pointers, maps and slices on the way here
	way      [8]ref // the first of them
}

// value writes v. Its error, like that of every method here, is an *Error.
func (e *encoder) value(v any) error {
	if tag := e.tagFor(v); tag != nil {
		return e.tagged(tag, v)
	}
	switch x := v.(type) {
	case nil:
		e.null()
	case bool:
		e.out = strconv.AppendBool(e.out, x)
	case string:
		return e.text(x)
	case int:
		e.int(int64(x))
	case int64:
		e.int(x)
	case float64:
		return e.float(x, 64)
	case json.Number:
		return e.number(string(x))
	case []byte:
		return e.bytes(x)
	case time.Time:
		return e.time(x)
	case map[string]any:
		return e.dict(x)
	case []any:
		return e.list(reflect.ValueOf(v))
	default:
		return e.reflected(reflect.ValueOf(v))
	}
	return nil
}

func (e *encoder) null() { e.out = append(e.out, "null"...) }

func (e *encoder) int(i int64) { e.out = strconv.AppendInt(e.out, i, 10) }

func (e *encoder) text(s string) error {
	if !utf8.ValidString(s) {
		return badUTF8()
	}
	e.out = appendText(e.out, s)
	return nil
}

func (e *encoder) float(f float64, bits int) error {
	switch {
	case isFinite(f):
		e.out = appendFloat(e.out, f, bits)
	case !e.python:
		return notFinite()
	case math.IsNaN(f):
		e.out = append(e.out, "NaN"...)
	case f > 0:
		e.out = append(e.out, "Infinity"...)
	default:
		e.out = append(e.out, "-Infinity"...)
	}
	return nil
}

func notFinite() *Error {
	return &Error{Reason: "NaN and infinities have no JSON form"}
}

func (e *encoder) number(text string) (err error) {
	e.out, err = appendNumber(e.out, text)
	return err
}

// dict writes a map of the commonest type without reflection.
func (e *encoder) dict(m map[string]any) error {
	if m == nil {
		e.null()
		return nil
	}
	var buf [8]entry
	entries := buf[:0]
	for key, v := range m {
		entries = append(entries, entry{key, v})
	}
	return e.object(reflect.ValueOf(m), entries)
}

// An entry is one member of a map.
type entry struct {
	key   string
	value any
}

// object writes the entries of the map m, escaped if Flask would take them for a tag.
func (e *encoder) object(m reflect.Value, entries []entry) error {
	if err := e.follow(m); err != nil {
		return err
	}
	defer e.unfollow()
	if len(entries) != 1 || e.plain || !e.codec.isTag(entries[0].key) {
		return e.members(entries, "")
	}
	if err := e.openTag(tagDict); err != nil {
		return err
	}
	defer e.closeTag()
	return e.members(entries, "__")
}

// members writes an object, with a suffix to its keys.
func (e *encoder) members(entries []entry, suffix string) error {
	if e.depth >= MaxDepth {
		return tooDeep()
	}
	e.depth++
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	e.out = append(e.out, '{')
	for i, entry := range entries {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if i > 0 && entry.key == entries[i-1].key {
			return under(&Error{Reason: "several keys of the map have this text"}, keyStep(entry.key))
		}
		if err := e.member(entry.key+suffix, entry.value); err != nil {
			return under(err, keyStep(entry.key))
		}
	}
	e.out = append(e.out, '}')
	e.depth--
	return nil
}

func (e *encoder) member(key string, v any) error {
	if err := e.text(key); err != nil {
		return err
	}
	e.out = append(e.out, ':')
	return e.value(v)
}

// list writes the elements of a slice or array.
func (e *encoder) list(v reflect.Value) error {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			e.null()
			return nil
		}
		if err := e.follow(v); err != nil {
			return err
		}
		defer e.unfollow()
	}
	if e.depth >= MaxDepth {
		return tooDeep()
	}
	e.depth++
	e.out = append(e.out, '[')
	for i := range v.Len() {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if err := e.value(v.Index(i).Interface()); err != nil {
			return under(err, indexStep(i))
		}
	}
	e.out = append(e.out, ']')
	e.depth--
	return nil
}
