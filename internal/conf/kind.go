package conf

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// A kind is the type of a configuration key.
type kind uint8

const (
	kindAny kind = iota
	kindBool
	kindInt
	kindInt64
	kindFloat
	kindDuration
	kindString
	kindStrings
	kindSecrets // a list of text that is never split
)

// convert makes value fit the key, or says what it should be. It never tells the value. A key that is unset has no
// value, or its default when it cannot be without one.
func (spec *spec) convert(value any) (any, error) {
	if spec.unsetBy(value) {
		if spec.optional {
			return nil, nil
		}
		return Detached(spec.def), nil
	}
	converted, err := spec.kind.convert(value)
	if err != nil {
		return nil, spec.moreTelling(value, err)
	}
	if spec.check != nil {
		if err := spec.check(converted); err != nil {
			return nil, err
		}
	}
	return converted, nil
}

// unsetBy reports whether value says that the key has none. Nil does. Of a built-in key everything does that Python
// calls false and that is no value of its type, for that is all that Flask's code asks of a domain or a path; of a
// declared one that is no text, the empty text does. An empty secret stays, for Build to complain of it.
func (spec *spec) unsetBy(value any) bool {
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	texts, lists := spec.kind == kindString, spec.kind == kindStrings || spec.kind == kindSecrets
	switch {
	case !v.IsValid():
		return true
	case spec.kind == kindAny, spec.declared && (texts || lists || v.Kind() != reflect.String):
		return false
	case v.Kind() == reflect.String:
		return v.Len() == 0 && !(texts && spec.secret)
	case v.Kind() == reflect.Map:
		return v.Len() == 0
	case v.Kind() == reflect.Slice:
		return v.Len() == 0 && !lists
	case v.Kind() == reflect.Bool || v.CanInt() || v.CanUint() || v.CanFloat():
		return v.IsZero() && (texts || lists)
	}
	return false
}

// moreTelling returns what the check of a text key says of true and false, which quotes would not make better.
func (spec *spec) moreTelling(value any, err error) error {
	if text, isBool := value.(bool); isBool && spec.kind == kindString && spec.check != nil {
		if refused := spec.check(strconv.FormatBool(text)); refused != nil {
			return refused
		}
	}
	return err
}

func (k kind) convert(value any) (any, error) {
	switch k {
	case kindBool:
		return coerced(coerce.Bool(value))
	case kindInt:
		return coerced(coerce.Int(value))
	case kindInt64:
		return coerced(coerce.Int64(value))
	case kindFloat:
		return coerced(coerce.Float64(value))
	case kindDuration:
		return coerced(coerce.Duration(value))
	case kindString:
		return coerced(textValue(value))
	case kindStrings:
		return coerced(textList(value))
	case kindSecrets:
		if _, err := textValue(value); err == nil {
			return nil, errors.New(`want a list of strings, as in ["older-key"], and from a shell in quotes: FLASK_SECRET_KEY_FALLBACKS='["older-key"]'`) // Flask would take text letter by letter
		}
		return coerced(textList(value))
	}
	return Detached(value), nil
}

func coerced[T any](value T, err error) (any, error) { return value, err }

// textValue wants text and no other scalar: what a file has without quotes may be another text than it was,
// as 007 is 7 and 1e3 is 1000.
func textValue(value any) (string, error) {
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() {
		return coerce.String(value)
	}
	switch v.Interface().(type) {
	case json.Number, time.Time, time.Duration:
		return "", errNotText
	}
	if v.Kind() >= reflect.Bool && v.Kind() <= reflect.Complex128 {
		return "", errNotText
	}
	return coerce.String(value)
}

var errNotText = errors.New("want text; put the value in quotes")

// textList wants a list of text, or text with commas.
func textList(value any) ([]string, error) {
	v := reflect.ValueOf(value)
	if _, isList := value.([]byte); v.Kind() == reflect.Slice && !isList {
		list := make([]string, v.Len())
		for i := range list {
			text, err := textValue(v.Index(i).Interface())
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", i, err)
			}
			list[i] = text
		}
		return list, nil
	}
	text, err := textValue(value)
	if err != nil {
		return nil, errors.New("want a list of strings")
	}
	return coerce.Strings(text)
}

// fromText returns what text from the environment is for the key, when decoded is what it is for any key:
// text where text is wanted, unless it was a JSON string.
func (spec *spec) fromText(decoded any, text string) any {
	unset := spec.unsetBy(decoded) && !spec.secret
	switch spec.kind {
	case kindString:
		if _, ok := decoded.(string); ok || unset && !spec.declared {
			return decoded
		}
		return text
	case kindStrings:
		if _, ok := decoded.([]any); ok || unset {
			return decoded
		}
		if _, ok := decoded.(string); ok {
			return decoded
		}
		return text
	}
	return decoded
}

func (k kind) String() string {
	return [...]string{"anything", "true or false", "an integer", "an integer", "a number",
		"a duration such as 30s or 168h, or a number of seconds", "text", "a list of strings", "a list of strings"}[k]
}

// kindOf returns the kind of a declared key from its default.
func kindOf(def any) (kind, bool) {
	switch def.(type) {
	case nil:
		return kindAny, true
	case bool:
		return kindBool, true
	case int:
		return kindInt, true
	case int64:
		return kindInt64, true
	case float64:
		return kindFloat, true
	case time.Duration:
		return kindDuration, true
	case string:
		return kindString, true
	case []string:
		return kindStrings, true
	}
	return 0, false
}
