package taggedjson

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DecodeInto stores the value of the document raw in what dst points to:
//
//   - a value that [Codec.Decode] gives in dst's own type is stored as it is, so *any, *map[string]any
//     and *[]any get typed values;
//   - *int and *int64 take a float too if it is whole, *float64 takes an integer if it holds it exactly;
//   - other types, such as structs, are filled by encoding/json and its rules: numbers must fit, null
//     changes nothing, unknown members are ignored, names of fields match in any case. It is shown
//     tagged values as plain JSON: bytes in base64, a time in RFC 3339, a UUID in 36 characters, a
//     tuple as an array. Numbers that land in an any are of type json.Number.
//
// A value of another kind is an error that names kind and type, never the value. The error is an
// [*Error]; dst, which must be a pointer that is not nil, may have been filled in part.
func (c *Codec) DecodeInto(raw string, dst any) error {
	if done, err := decodeCommon(raw, dst); done {
		return err
	}
	target := reflect.ValueOf(dst)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return &Error{Reason: fmt.Sprintf("cannot decode into %T; pass a pointer to a variable", dst)}
	}
	v, err := c.Decode(raw)
	if err != nil {
		return err
	}
	if assign(target.Elem(), v) {
		return nil
	}
	if _, ok := dst.(*[]byte); ok && v != nil { // encoding/json would take any text for base64
		return misfit(kindOf(v), target.Type().Elem())
	}
	return c.refill(v, dst)
}

// DecodeScalar stores the value of the document raw in dst, a *string, *bool, *int, *int64 or *float64, if it is of
// that kind and fits. Otherwise, and for every other dst, it reports false.
func (c *Codec) DecodeScalar(raw string, dst any) bool {
	switch dst.(type) {
	case *string, *bool, *int, *int64, *float64:
		done, err := decodeCommon(raw, dst)
		return done && err == nil
	}
	return false
}

// decodeCommon is DecodeInto for the commonest types. It leaves to others what it does not expect.
func decodeCommon(raw string, dst any) (done bool, err error) {
	s := scanner{data: raw}
	s.space()
	switch dst := dst.(type) {
	case *string:
		if dst != nil && s.peek() == '"' {
			v, err := s.readString()
			return finish(&s, dst, v, err)
		}
	case *bool:
		if c := s.peek(); dst != nil && (c == 't' || c == 'f') {
			v, err := s.readBool()
			return finish(&s, dst, v, err)
		}
	case *[]byte:
		if text, ok := s.wholeTag(tagBytes); ok && dst != nil {
			v, err := decodeBytes(text)
			return finish(&s, dst, v, err)
		}
	case *time.Time:
		if text, ok := s.wholeTag(tagTime); ok && dst != nil {
			v, err := decodeTime(text)
			return finish(&s, dst, v, err)
		}
	default:
		return decodeNumber(&s, dst)
	}
	return false, nil
}

func decodeNumber(s *scanner, dst any) (done bool, err error) {
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		return false, nil
	}
	switch dst := dst.(type) {
	case *int:
		if dst != nil {
			v, err := s.readInt(strconv.IntSize)
			return finish(s, dst, int(v), err)
		}
	case *int64:
		if dst != nil {
			v, err := s.readInt(64)
			return finish(s, dst, v, err)
		}
	case *float64:
		if dst != nil {
			v, err := s.readFloat()
			return finish(s, dst, v, err)
		}
	}
	return false, nil
}

// finish stores v if nothing follows it in the document.
func finish[T any](s *scanner, dst *T, v T, err error) (done bool, _ error) {
	if err == nil {
		err = s.end()
	}
	if err == nil {
		*dst = v
	}
	return true, err
}

func (s *scanner) readString() (string, error) {
	t, err := s.text()
	return s.string(t), err
}

func (s *scanner) readBool() (bool, error) {
	if s.peek() == 't' {
		return true, s.literal("true")
	}
	return false, s.literal("false")
}

func (s *scanner) readInt(bits int) (int64, error) {
	n, err := s.number()
	if err != nil {
		return 0, err
	}
	return n.int(bits)
}

func (s *scanner) readFloat() (float64, error) {
	n, err := s.number()
	if err != nil {
		return 0, err
	}
	return n.exactFloat()
}

// wholeTag reads a tag with nothing but text in it.
func (s *scanner) wholeTag(tag string) (text string, ok bool) {
	if !s.accept('{') {
		return "", false
	}
	s.space()
	key, err := s.key()
	if err != nil || s.string(key) != tag {
		return "", false
	}
	t, err := s.text()
	if err != nil {
		return "", false
	}
	s.space()
	return s.string(t), s.accept('}')
}

// assign stores a v that has the type of dst, unless that type reads JSON in its own way.
func assign(dst reflect.Value, v any) bool {
	if v == nil {
		return false
	}
	t, given := dst.Type(), reflect.TypeOf(v)
	if t != given && (!given.AssignableTo(t) || unmarshals(reflect.PointerTo(t))) {
		return false
	}
	dst.Set(reflect.ValueOf(v))
	return true
}

func unmarshals(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.Unmarshaler]()) || t.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// refill has encoding/json fill dst with v, tagged values as plain JSON.
func (c *Codec) refill(v, dst any) error {
	e := encoder{codec: c, tags: c.tags, plain: true}
	if err := e.value(v); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(e.out))
	d.UseNumber()
	if err := d.Decode(dst); err != nil {
		return explain(err, v, reflect.TypeOf(dst).Elem())
	}
	return nil
}

// explain says what an error of encoding/json says, without the value that it quotes.
func explain(err error, v any, t reflect.Type) error {
	var misplaced *json.UnmarshalTypeError
	if !errors.As(err, &misplaced) || misplaced.Type == nil {
		return misfit(kindOf(v), t)
	}
	kind, _, _ := strings.Cut(misplaced.Value, " ")
	if !slices.Contains([]string{"array", "bool", "number", "object", "string"}, kind) {
		kind = "value"
	}
	e := misfit(kind, misplaced.Type)
	e.Path = misplaced.Field
	return e
}

func misfit(kind string, t reflect.Type) *Error {
	return &Error{Reason: fmt.Sprintf("this %s does not fit in %s", kind, t)}
}

// kindOf names the JSON kind of a decoded value.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case string:
		return "string"
	case int64, float64, json.Number:
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return fmt.Sprintf("%T", v)
}
