package jsontext

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"sync"
)

// Exact returns the number of a decoded text as an int64 where it fits, as the json.Number it is where an integer does
// not, and otherwise as a float64. It is an error if that cannot hold it.
func Exact(number json.Number) (any, error) {
	if n, err := number.Int64(); err == nil {
		return n, nil
	}
	if !strings.ContainsAny(number.String(), ".eE") {
		return number, nil
	}
	f, err := number.Float64()
	if err != nil {
		return nil, &json.UnmarshalTypeError{Value: "number " + number.String(), Type: reflect.TypeFor[float64]()}
	}
	return f, nil
}

// A Decoder decodes JSON as json.Unmarshal does, but where a type leaves it open what a number is, gives what [Exact]
// does. The zero Decoder is ready; it is safe for concurrent use.
type Decoder struct{ open sync.Map } // reflect.Type to whether values of it can hold such a number

// Unmarshal stores the JSON of text in what v points to.
func (d *Decoder) Unmarshal(text []byte, v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() || !d.isOpen(rv.Type()) {
		return json.Unmarshal(text, v)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return cmp.Or(err, ErrTrailing)
	}
	return d.exact(rv, 0)
}

// isOpen reports whether values of type t can hold a number whose type is open.
func (d *Decoder) isOpen(t reflect.Type) bool {
	if open, ok := d.open.Load(t); ok {
		return open.(bool)
	}
	open := leadsToInterface(t, map[reflect.Type]bool{})
	d.open.Store(t, open)
	return open
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func leadsToInterface(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] || t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler) {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return leadsToInterface(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if leadsToInterface(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}

// exact replaces the numbers in v whose type is open. What JSON has made is at most MaxDepth deep; what the program has
// put there before may lead back to itself.
func (d *Decoder) exact(v reflect.Value, depth int) error {
	if depth > 4*MaxDepth || !v.IsValid() || !d.isOpen(v.Type()) {
		return nil
	}
	switch v.Kind() {
	case reflect.Interface:
		return d.exactInterface(v, depth)
	case reflect.Pointer:
		return d.exact(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := d.exact(v.Index(i), depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		return d.exactMap(v, depth)
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if f.CanSet() || v.Type().Field(i).Anonymous && f.Kind() == reflect.Struct {
				if err := d.exact(f, depth+1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (d *Decoder) exactInterface(v reflect.Value, depth int) error {
	number, ok := v.Interface().(json.Number)
	if !ok {
		return d.exact(v.Elem(), depth+1)
	}
	if !v.CanSet() || v.NumMethod() > 0 {
		return nil
	}
	n, err := Exact(number)
	if err == nil {
		v.Set(reflect.ValueOf(n))
	}
	return err
}

// exactMap replaces values of a map, which cannot be changed in place.
func (d *Decoder) exactMap(m reflect.Value, depth int) error {
	value := reflect.New(m.Type().Elem()).Elem()
	for it := m.MapRange(); it.Next(); {
		value.Set(it.Value())
		if err := d.exact(value, depth+1); err != nil {
			return err
		}
		m.SetMapIndex(it.Key(), value)
	}
	return nil
}
