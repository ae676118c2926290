package jsontext

import (
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// An Encoder encodes plain data as JSON, byte for byte as package json does, but faster: structs, maps with text for keys,
// slices, arrays, pointers and interfaces, of texts, numbers and booleans. Not plain are types that encode themselves, embedded
// structs, unusual names and options in tags but omitempty, bytes, values that are nested deeper than a hundred levels or lead
// back to themselves, and what cannot be encoded. The zero Encoder is ready; it is safe for concurrent use.
type Encoder struct {
	plans  sync.Map                 // reflect.Type to its *plan
	recent [32]atomic.Pointer[plan] // those that were asked for last, each in the place of its type's address
}

// planOf returns the plan of a type, made once.
func (e *Encoder) planOf(t reflect.Type) *plan {
	slot := &e.recent[reflect.ValueOf(t).Pointer()>>5%uintptr(len(e.recent))]
	if p := slot.Load(); p != nil && p.of == t {
		return p
	}
	kept, ok := e.plans.Load(t)
	if !ok {
		kept, _ = e.plans.LoadOrStore(t, newPlan(t))
	}
	p := kept.(*plan)
	slot.Store(p)
	return p
}

// Append appends v to text. It reports false, and returns nothing, if v is not plain: package json encodes it then, or says why
// it cannot.
func (e *Encoder) Append(text []byte, v any) ([]byte, bool) { return e.append(text, v, maxPlainDepth) }

// maxPlainDepth is how deep plain values may be nested. Of deeper ones package json finds those that lead back to themselves.
const maxPlainDepth = 100

// append is Append for a value of at most depth levels.
func (e *Encoder) append(text []byte, v any, depth int) ([]byte, bool) {
	switch v := v.(type) {
	case nil:
		return append(text, "null"...), true
	case string:
		return appendString(text, v), true
	case int:
		return strconv.AppendInt(text, int64(v), 10), true
	case map[string]any:
		return e.appendMap(text, v, depth)
	}
	p := e.planOf(reflect.TypeOf(v))
	if p.refused {
		return nil, false
	}
	return e.appendValue(text, p, reflect.ValueOf(v), depth)
}

// A plan says how values of a type are written.
type plan struct {
	of      reflect.Type
	refused bool // the type is not plain
	kind    reflect.Kind
	elem    *plan   // of a pointer, slice, array or map
	fields  []field // of a struct
}

// A field is one of a struct.
type field struct {
	index     int
	name      string // as it is written before the value: quoted, between a comma and a colon
	omitEmpty bool
	plan      *plan
}

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[interface{ MarshalText() ([]byte, error) }]()
	jsonNumber    = reflect.TypeFor[json.Number]()
)

// newPlan returns the plan of a type.
func newPlan(t reflect.Type) *plan {
	b := planner{made: map[reflect.Type]*plan{}}
	p := b.plan(t)
	p.refused = b.refused
	return p
}

// A planner makes the plans of a type and of all that it leads to, perhaps back to itself.
type planner struct {
	made    map[reflect.Type]*plan
	refused bool // one of them is not plain
}

func (b *planner) plan(t reflect.Type) *plan {
	if p, ok := b.made[t]; ok {
		return p
	}
	p := &plan{of: t, kind: t.Kind()}
	b.made[t] = p
	switch p.kind {
	case reflect.Bool, reflect.String, reflect.Interface,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
	case reflect.Struct:
		b.addFields(p, t)
	case reflect.Map:
		b.refuseIf(t.Key().Kind() != reflect.String || encodesItself(t.Key()))
		p.elem = b.plan(t.Elem())
	case reflect.Slice:
		b.refuseIf(t.Elem().Kind() == reflect.Uint8)
		p.elem = b.plan(t.Elem())
	case reflect.Pointer, reflect.Array:
		p.elem = b.plan(t.Elem())
	default:
		b.refused = true
	}
	b.refuseIf(encodesItself(t))
	return p
}

func (b *planner) refuseIf(not bool) { b.refused = b.refused || not }

// addFields adds the fields of a struct.
func (b *planner) addFields(p *plan, t reflect.Type) {
	names := map[string]bool{}
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		b.refuseIf(f.Anonymous)
		if !f.IsExported() || tag == "-" {
			continue
		}
		name, omitEmpty, ok := nameOf(f.Name, tag)
		b.refuseIf(!ok || names[name])
		names[name] = true
		p.fields = append(p.fields, field{i, string(append(appendString([]byte{','}, name), ':')), omitEmpty, b.plan(f.Type)})
	}
}

// encodesItself reports whether package json does not go by the kind of t alone.
func encodesItself(t reflect.Type) bool {
	if t == jsonNumber {
		return true
	}
	if t.Kind() == reflect.Interface {
		return false // what is in it is looked at
	}
	p := reflect.PointerTo(t)
	return p.Implements(marshaler) || p.Implements(textMarshaler)
}

// nameOf returns the name that a field has in JSON. It reports false for a tag with more to it than a plain name and omitempty.
func nameOf(name, tag string) (_ string, omitEmpty, ok bool) {
	tagged, options, _ := strings.Cut(tag, ",")
	for i := range len(tagged) {
		if b := tagged[i]; b != '_' && b != '-' && (b|0x20 < 'a' || b|0x20 > 'z') && (b < '0' || b > '9') {
			return "", false, false
		}
	}
	if tagged != "" {
		name = tagged
	}
	return name, options == "omitempty", options == "" || options == "omitempty"
}

// appendValue appends a value of the type that p is for.
func (e *Encoder) appendValue(text []byte, p *plan, v reflect.Value, depth int) ([]byte, bool) {
	switch p.kind {
	case reflect.String:
		return appendString(text, v.String()), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(text, v.Int(), 10), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(text, v.Uint(), 10), true
	case reflect.Bool:
		return strconv.AppendBool(text, v.Bool()), true
	case reflect.Float32:
		return appendFloat(text, v.Float(), 32)
	case reflect.Float64:
		return appendFloat(text, v.Float(), 64)
	}
	if depth--; depth < 0 {
		return nil, false
	}
	switch p.kind {
	case reflect.Struct:
		return e.appendStruct(text, p, v, depth)
	case reflect.Array:
		return e.appendList(text, p.elem, v, depth)
	}
	if v.IsNil() {
		return append(text, "null"...), true
	}
	switch p.kind {
	case reflect.Slice:
		return e.appendList(text, p.elem, v, depth)
	case reflect.Pointer:
		return e.appendValue(text, p.elem, v.Elem(), depth)
	case reflect.Interface:
		return e.append(text, v.Interface(), depth)
	}
	return e.appendKeyed(text, p.elem, v, depth)
}

func (e *Encoder) appendStruct(text []byte, p *plan, v reflect.Value, depth int) ([]byte, bool) {
	before := len(text)
	for i := range p.fields {
		f := &p.fields[i]
		value := v.Field(f.index)
		if f.omitEmpty && isEmpty(value) {
			continue
		}
		text = append(text, f.name...)
		var ok bool
		if text, ok = e.appendValue(text, f.plan, value, depth); !ok {
			return nil, false
		}
	}
	if len(text) == before {
		return append(text, "{}"...), true
	}
	text[before] = '{' // in place of the comma
	return append(text, '}'), true
}

// isEmpty reports whether omitempty leaves v out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func (e *Encoder) appendList(text []byte, elem *plan, v reflect.Value, depth int) ([]byte, bool) {
	text = append(text, '[')
	for i := range v.Len() {
		if i > 0 {
			text = append(text, ',')
		}
		var ok bool
		if text, ok = e.appendValue(text, elem, v.Index(i), depth); !ok {
			return nil, false
		}
	}
	return append(text, ']'), true
}

// appendMap appends the map that most handlers make.
func (e *Encoder) appendMap(text []byte, m map[string]any, depth int) ([]byte, bool) {
	if depth--; depth < 0 {
		return nil, false
	}
	if m == nil {
		return append(text, "null"...), true
	}
	var room [16]string
	keys := slices.AppendSeq(room[:0], maps.Keys(m))
	slices.Sort(keys)
	text = append(text, '{')
	for i, key := range keys {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(appendString(text, key), ':')
		var ok bool
		if text, ok = e.append(text, m[key], depth); !ok {
			return nil, false
		}
	}
	return append(text, '}'), true
}

// appendKeyed appends a map of another type.
func (e *Encoder) appendKeyed(text []byte, elem *plan, v reflect.Value, depth int) ([]byte, bool) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	text = append(text, '{')
	for i, key := range keys {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(appendString(text, key.String()), ':')
		var ok bool
		if text, ok = e.appendValue(text, elem, v.MapIndex(key), depth); !ok {
			return nil, false
		}
	}
	return append(text, '}'), true
}

// appendFloat appends a number as JavaScript writes it. There is none for what is not finite.
func appendFloat(text []byte, f float64, bits int) ([]byte, bool) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, false
	}
	format, size := byte('f'), math.Abs(f)
	if bits == 32 && size != 0 && (float32(size) < 1e-6 || float32(size) >= 1e21) || bits == 64 && size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	text = strconv.AppendFloat(text, f, format, -1, bits)
	if n := len(text); format == 'e' && n >= 4 && text[n-4] == 'e' && text[n-3] == '-' && text[n-2] == '0' {
		text[n-2] = text[n-1] // e-09 is e-9
		text = text[:n-1]
	}
	return text, true
}

// appendString appends a text in quotes.
func appendString(text []byte, s string) []byte {
	if !isPlain(s) {
		quoted, _ := json.Marshal(s) // never fails
		return append(text, quoted...)
	}
	text = append(text, '"')
	text = append(text, s...)
	return append(text, '"')
}

// isPlain reports whether nothing in s is escaped.
func isPlain(s string) bool {
	for i := range len(s) {
		if b := s[i]; b >= utf8.RuneSelf {
			return isPlainText(s[i:])
		} else if b < 64 && escaped>>b&1 != 0 || b == '\\' {
			return false
		}
	}
	return true
}

// escaped has a bit for each character below 64 that is: control characters, the quote, and what HTML would take for its own.
const escaped uint64 = 1<<' ' - 1 | 1<<'"' | 1<<'&' | 1<<'<' | 1<<'>'

// isPlainText does so for a text with more than ASCII.
func isPlainText(s string) bool {
	for _, r := range s {
		if r < 64 && escaped>>r&1 != 0 || r == '\\' || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	return utf8.ValidString(s)
}
