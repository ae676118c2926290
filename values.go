package dewar

import (
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/conf"
)

// Map is a plain map with text keys: configuration mappings, template data, default values of a route.
type Map = map[string]any

// Values is a read-only bag of values with text keys. [Config], [Session] and what [Context.Params],
// [Context.Query] and [Context.Form] return all speak this vocabulary.
//
// A getter returns the zero value for a key that is missing or whose value cannot be converted to the
// wanted type; use [ValueOr] for another default, [Require] for an error and
// [Must] for a panic. Conversions never lose
// anything: integers are decimal and checked for their range, a fraction is no integer, a bare number is a
// duration in seconds, and on, off, yes and no are booleans.
//
// The zero Values is empty. What returns a Values says whether several goroutines may use it.
type Values struct {
	src source
}

// A source is what a bag reads from.
type source interface {
	Lookup(key string) (any, bool)
	// Into converts the value of key into *dst and reports whether there was one.
	Into(key string, dst any) (bool, error)
	// List returns every value of key as text.
	List(key string) ([]string, bool)
	Keys() []string
	// Describe names the bag and a key's place in it for errors; status is what a request with a
	// missing value is answered with.
	Describe(key string) (text string, status int)
}

// A Bag is a keyed collection that [ValueOr] and [Require] read from: [*Values], [*Config] or [*Session].
type Bag interface {
	values() *Values
}

func (v *Values) values() *Values { return v }

// Has reports whether key has a value.
func (v *Values) Has(key string) bool {
	_, ok := v.Lookup(key)
	return ok
}

// Get returns the value of key, or nil when it is missing.
func (v *Values) Get(key string) any {
	x, ok := v.Lookup(key)
	v.noteMissing(key, ok)
	return x
}

// Lookup returns the value of key and whether there is one.
func (v *Values) Lookup(key string) (any, bool) {
	if v == nil || v.src == nil {
		return nil, false
	}
	return v.src.Lookup(key)
}

// Keys returns the keys that have a value, once each: those of a query, a form and cookies in the order the client sent
// them first, those of other bags sorted.
func (v *Values) Keys() []string {
	if v == nil || v.src == nil {
		return nil
	}
	return v.src.Keys()
}

// String returns the value of key as text, or "" when it is missing or neither text nor a number.
func (v *Values) String(key string) string {
	if s, ok := v.config(); ok {
		if text, ok := s.Text(key); ok {
			return text
		}
	}
	if p, ok := v.params(); ok {
		if text, ok := p.textOf(key); ok {
			return text
		}
	}
	return get(v, key, coerce.String)
}

// Int returns the value of key as an int, or 0 when it is missing or not a whole number in range.
func (v *Values) Int(key string) int {
	if n, ok := v.intOf(key); ok {
		return n
	}
	return get(v, key, coerce.Int)
}

// Int64 returns the value of key as an int64, or 0 when it is missing or not a whole number in range.
func (v *Values) Int64(key string) int64 {
	if n, ok := v.intOf(key); ok {
		return int64(n)
	}
	return get(v, key, coerce.Int64)
}

// Float64 returns the value of key as a float64, or 0 when it is missing or not a number.
func (v *Values) Float64(key string) float64 { return get(v, key, coerce.Float64) }

// Bool returns the value of key as a bool, or false when it is missing or not one of true, false, on, off,
// yes, no, 1 and 0.
func (v *Values) Bool(key string) bool { return get(v, key, coerce.Bool) }

// Duration returns the value of key as a duration, or 0 when it is missing or none. A bare number counts
// seconds, as in Flask.
func (v *Values) Duration(key string) time.Duration { return get(v, key, coerce.Duration) }

// Time returns the value of key as a time, or the zero time when it is missing or none. Text is read as
// RFC 3339, as a date or as an HTTP date.
func (v *Values) Time(key string) time.Time { return get(v, key, coerce.Time) }

// Map returns the value of key as a map with text keys, or nil when it is missing or none.
func (v *Values) Map(key string) Map { return get(v, key, coerce.Map) }

// Strings returns every value of key: all the values of a query or form field, or the items of a list. Text
// where a list is expected is split on commas. It returns nil when key is missing.
func (v *Values) Strings(key string) []string {
	if v == nil || v.src == nil {
		return nil
	}
	list, found := v.src.List(key)
	v.noteMissing(key, found)
	if s, ok := v.config(); ok && !found {
		s.Missed(key)
	}
	return list
}

// noteMissing tells of a path value that can never be there.
func (v *Values) noteMissing(key string, found bool) {
	if found {
		return
	}
	if p, ok := v.params(); ok {
		p.noteMissing(key)
	}
}

// params returns the values of a path that v shows, if it does.
func (v *Values) params() (*paramSource, bool) {
	if v == nil {
		return nil, false
	}
	p, ok := v.src.(*paramSource)
	return p, ok
}

// intOf returns the value of a path that is an integer as it stands there.
func (v *Values) intOf(key string) (int, bool) {
	if p, ok := v.params(); ok {
		return p.intOf(key)
	}
	return 0, false
}

// Format prints the keys that have a value, for every verb, and the values too if they are configuration,
// secrets redacted.
func (v Values) Format(f fmt.State, _ rune) {
	if s, ok := v.config(); ok {
		_, _ = io.WriteString(f, "Values"+s.String())
		return
	}
	_, _ = fmt.Fprintf(f, "Values%q", v.Keys())
}

// LogValue returns what Format prints.
func (v *Values) LogValue() slog.Value {
	if s, ok := v.config(); ok {
		return s.LogValue()
	}
	return slog.AnyValue(v.Keys())
}

// config returns the state of the configuration that v shows, if it does.
func (v *Values) config() (*conf.Snapshot, bool) {
	if v == nil {
		return nil, false
	}
	s, ok := v.src.(*conf.Snapshot)
	return s, ok
}

func get[T any](v *Values, key string, convert func(any) (T, error)) T {
	var zero T
	x, ok := v.Lookup(key)
	s, isConfig := v.config()
	if !ok {
		v.noteMissing(key, ok)
		if isConfig {
			s.Missed(key)
		}
		return zero
	}
	t, err := convert(x)
	if err != nil {
		if isConfig {
			s.Unfit(key, err)
		}
		return zero
	}
	return t
}

// Pairs returns every value of v as text, with its key. Those of a query, a form and cookies come in the order the client
// sent them, a key as often as it has values, as with items(multi=True) in Flask; those of other bags are sorted by their
// keys, and what is no text is left out. A form that middleware has parsed is sorted too.
func Pairs(v *Values) iter.Seq2[string, string] {
	if v == nil || v.src == nil {
		return func(func(key, value string) bool) {}
	}
	if s, ok := v.src.(*textSource); ok && s.order != nil {
		return s.each
	}
	return func(yield func(key, value string) bool) {
		for _, key := range v.src.Keys() {
			list, _ := v.src.List(key)
			for _, value := range list {
				if !yield(key, value) {
					return
				}
			}
		}
	}
}

// ValueOr returns the value of key in bag as a T, or def when it is missing or cannot be converted. T may
// be any type that the value converts to, structs and slices included.
func ValueOr[T any](bag Bag, key string, def T) T {
	v := bag.values()
	if v == nil || v.src == nil {
		return def
	}
	var out T
	if found, err := v.src.Into(key, &out); !found || err != nil {
		return def
	}
	return out
}

// Require returns the value of key in bag as a T, or an error when it is missing or cannot be converted.
// The error is an [*HTTPError] that names the key and never the value: a 400 for what the client sent
// (Params, Query, Form), a 500 for Config and Session.
func Require[T any](bag Bag, key string) (T, error) {
	var out T
	v := bag.values()
	if v == nil || v.src == nil {
		return out, &HTTPError{Code: http.StatusInternalServerError,
			Err: fmt.Errorf("dewar: %q was required of a bag that holds nothing", key)}
	}
	found, err := v.src.Into(key, &out)
	if found && err == nil {
		return out, nil
	}
	var zero T
	v.noteMissing(key, found)
	what, status := v.src.Describe(key)
	if err == nil {
		err = fmt.Errorf("%s is missing%s", what, v.cure(key))
	} else {
		err = fmt.Errorf("%s: %w", what, err)
	}
	if status < http.StatusInternalServerError {
		return zero, &HTTPError{Code: status, Message: err.Error(), Err: err}
	}
	return zero, &HTTPError{Code: status, Err: err}
}

// cure says what to do about a missing key, or "".
func (v *Values) cure(key string) string {
	if s, ok := v.config(); ok {
		return s.Cure(key)
	}
	return ""
}

// Must is [Require] for a value without which the program is wrong: it panics with the error. In a view that is a 500,
// as the KeyError of Flask's app.config["KEY"] is. For what the client sent, use Require.
func Must[T any](bag Bag, key string) T {
	value, err := Require[T](bag, key)
	if err != nil {
		panic(err)
	}
	return value
}

// coerceInto converts what lookup returned, for the sources that hold plain Go values.
func coerceInto(value any, found bool, dst any) (bool, error) {
	if !found {
		return false, nil
	}
	return true, coerce.Into(dst, value)
}

// coerceList is the list method of the sources that hold plain Go values.
func coerceList(value any, found bool) ([]string, bool) {
	if !found {
		return nil, false
	}
	list, err := coerce.Strings(value)
	if err != nil {
		return nil, true
	}
	return list, true
}
