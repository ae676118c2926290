package taggedjson

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"
)

// A ref is a pointer, map or slice on the way to the value being written.
type ref struct {
	pointer uintptr
	length  int
	typ     reflect.Type
}

// follow notes that v is being followed, and refuses a v that already is. It remembers the first few
// only: a value that contains itself further down is too deep.
func (e *encoder) follow(v reflect.Value) error {
	r := ref{pointer: v.Pointer(), typ: v.Type()}
	if v.Kind() == reflect.Slice {
		r.length = v.Len()
	}
	if slices.Contains(e.way[:min(e.followed, len(e.way))], r) {
		return &Error{Reason: "the value contains itself"}
	}
	if e.followed >= 2*MaxDepth {
		return tooDeep()
	}
	if e.followed < len(e.way) {
		e.way[e.followed] = r
	}
	e.followed++
	return nil
}

func (e *encoder) unfollow() { e.followed-- }

// reflected writes a v that value has no shorter way for.
func (e *encoder) reflected(v reflect.Value) error {
	t, types := v.Type(), e.codec.types
	switch {
	case t.Kind() == reflect.Pointer:
		return e.pointer(v)
	case t == types.Tuple:
		return e.tuple(v)
	case t == types.Markup:
		return e.markup(v.String())
	case e.codec.isUUID(t):
		return e.uuid(addressable(v).Bytes())
	case t.PkgPath() == "" && t.Kind() != reflect.Struct: // no methods
		return e.kind(v)
	}
	v = addressable(v)
	switch m := v.Addr().Interface().(type) {
	case *big.Int:
		return e.number(m.String())
	case json.Marshaler:
		return e.marshaled(m, t)
	case encoding.TextMarshaler:
		return e.textMarshaled(m, v)
	}
	return e.kind(v)
}

func (c *Codec) isUUID(t reflect.Type) bool {
	if c.types.UUID == nil {
		return t == reflect.TypeFor[[16]byte]()
	}
	return t == c.types.UUID
}

// addressable returns a copy of v that has the methods of its pointer too.
func addressable(v reflect.Value) reflect.Value {
	p := reflect.New(v.Type()).Elem()
	p.Set(v)
	return p
}

func (e *encoder) pointer(v reflect.Value) error {
	if v.IsNil() {
		e.null()
		return nil
	}
	if err := e.follow(v); err != nil {
		return err
	}
	defer e.unfollow()
	return e.value(v.Elem().Interface())
}

// kind writes a v whose type has no say in it.
func (e *encoder) kind(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Bool:
		e.out = strconv.AppendBool(e.out, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		e.out = strconv.AppendUint(e.out, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return e.float(v.Float(), v.Type().Bits())
	case reflect.String:
		return e.text(v.String())
	case reflect.Slice:
		if isBytes(v.Type()) {
			return e.bytes(v.Bytes())
		}
		return e.list(v)
	case reflect.Array:
		return e.list(v)
	case reflect.Map:
		return e.anyMap(v)
	case reflect.Struct:
		return e.structure(v)
	default:
		return noForm(v.Type())
	}
	return nil
}

func noForm(t reflect.Type) *Error {
	return &Error{Reason: fmt.Sprintf("values of type %s have no JSON form; store plain data", t)}
}

// isBytes reports whether t is a slice of bytes, and not of a byte type that writes itself.
func isBytes(t reflect.Type) bool {
	elem := t.Elem()
	return elem.Kind() == reflect.Uint8 && !marshals(reflect.PointerTo(elem))
}

func marshals(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// anyMap writes a map by reflection.
func (e *encoder) anyMap(m reflect.Value) error {
	if m.IsNil() {
		e.null()
		return nil
	}
	entries := make([]entry, 0, m.Len())
	for iter := m.MapRange(); iter.Next(); {
		key, err := keyText(iter.Key())
		if err != nil {
			return err
		}
		entries = append(entries, entry{key, iter.Value().Interface()})
	}
	return e.object(m, entries)
}

// keyText returns the text of a map's key by the rules of encoding/json.
func keyText(key reflect.Value) (string, error) {
	if key.Kind() == reflect.String {
		return key.String(), nil
	}
	if m, ok := key.Interface().(encoding.TextMarshaler); ok && !isNilPointer(key) {
		text, err := m.MarshalText()
		if err != nil {
			return "", &Error{Reason: fmt.Sprintf("the MarshalText of a key, a %s, failed", key.Type()), Cause: err}
		}
		return string(text), nil
	}
	switch {
	case key.CanInt():
		return strconv.FormatInt(key.Int(), 10), nil
	case key.CanUint():
		return strconv.FormatUint(key.Uint(), 10), nil
	}
	return "", &Error{Reason: fmt.Sprintf("a map with keys of type %s; use text or integers", key.Type())}
}

func isNilPointer(v reflect.Value) bool {
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// textMarshaled writes what MarshalText gives for v, which is addressable, and a UUID of another package
// as a UUID.
func (e *encoder) textMarshaled(m encoding.TextMarshaler, v reflect.Value) error {
	text, err := m.MarshalText()
	if err != nil {
		return &Error{Reason: fmt.Sprintf("the MarshalText of a %s failed", v.Type()), Cause: err}
	}
	if isByteArray16(v.Type()) {
		if id := v.Bytes(); string(text) == dashed(id) {
			return e.uuid(id)
		}
	}
	return e.text(string(text))
}
