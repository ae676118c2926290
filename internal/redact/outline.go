package redact

import (
	"fmt"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// harmless is text that is shown whole: a number of few digits, a switch.
var harmless = lazyregexp.New(`^(?:-?[0-9]{1,9}|true|false|on|off|yes|no)$`)

// Outline describes what a visitor has sent, or what is kept for one: numbers, switches and times as they are, of text
// and of what holds more values the type and the length. What is named like a secret is [Mark].
func Outline(key string, value any) string {
	if value == nil {
		return "nothing"
	}
	if Secret(key, value) {
		return Mark
	}
	switch v := value.(type) {
	case string:
		return outlineText(v)
	case time.Duration, time.Time:
		return fmt.Sprint(v)
	case []byte:
		return fmt.Sprintf("%d bytes", len(v))
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return fmt.Sprintf("%v", reflectBasic(v))
	case reflect.String:
		return fmt.Sprintf("%T, %s", value, outlineText(v.String()))
	case reflect.Slice, reflect.Array, reflect.Map:
		return fmt.Sprintf("%T of %d", value, v.Len())
	}
	return fmt.Sprintf("%T", value)
}

// reflectBasic returns the value of a basic kind without the methods of its type, which may say anything.
func reflectBasic(v reflect.Value) any {
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		return v.Float()
	}
	return v.Bool()
}

func outlineText(text string) string {
	switch n := utf8.RuneCountInString(text); {
	case text == "":
		return "empty text"
	case harmless.MatchString(text):
		return text
	case n == 1:
		return "text of 1 character"
	default:
		return fmt.Sprintf("text of %d characters", n)
	}
}
