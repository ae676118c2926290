package conf

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/coerce"
)

// Decode fills the struct that dst points to, and leaves it alone if there is a problem.
func (s *Snapshot) Decode(dst any) error {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("config into %T: want a pointer to a struct", dst)
	}
	d := &decoder{}
	fresh := reflect.New(v.Type().Elem())
	fresh.Elem().Set(v.Elem())
	d.section(fresh.Elem(), scope{snap: s})
	if len(d.problems) > 0 {
		return fmt.Errorf("the configuration does not fit %T:\n%w", dst, errors.Join(d.problems...))
	}
	v.Elem().Set(fresh.Elem())
	return nil
}

// A decoder collects what is wrong while it fills a struct.
type decoder struct{ problems []error }

// A scope is the mapping that the fields of a struct are taken from: the configuration itself, or one
// inside it.
type scope struct {
	snap   *Snapshot // the configuration itself; nil inside it
	within map[string]any
	words  *wording // of within
	path   string   // of within, as in the name of an environment variable
	source string
}

// A given is a value on its way into a field.
type given struct {
	value  any
	words  *wording
	path   string
	source string
}

// find returns what stands under key. Inside the configuration another case will do.
func (s scope) find(key string) (given, bool) {
	if s.snap != nil {
		e := s.snap.entry(key)
		return given{Detached(e.value), e.words, key, e.source}, e.value != nil
	}
	found := given{path: s.path + "__" + key, source: s.source}
	if value, ok := s.within[key]; ok {
		found.value, found.words = value, s.words.at(key)
		return found, value != nil
	}
	for _, name := range slices.Sorted(maps.Keys(s.within)) {
		if strings.EqualFold(name, key) {
			found.value, found.words = s.within[name], s.words.at(name)
			return found, found.value != nil
		}
	}
	return found, false
}

func (d *decoder) fail(path, source string, err error) {
	if source != "" {
		path += " from " + source
	}
	d.problems = append(d.problems, fmt.Errorf("config key %s: %w", path, err))
}

// section fills the fields of a struct, then asks it whether it is valid.
func (d *decoder) section(dst reflect.Value, in scope) {
	fields, err := fieldsOf(dst.Type())
	if err != nil {
		d.problems = append(d.problems, err)
		return
	}
	before := len(d.problems)
	for _, f := range fields {
		d.field(fieldByIndex(dst, f.index), f, in)
	}
	if v := coerce.ValidatorOf(dst); v != nil && len(d.problems) == before {
		if err := v.Validate(); err != nil {
			d.invalid(in, err)
		}
	}
}

func (d *decoder) invalid(in scope, err error) {
	if in.path != "" {
		d.fail(in.path, in.source, err)
		return
	}
	d.problems = append(d.problems, err)
}

// missing reports a required key without a value, or with an empty one.
func (d *decoder) missing(v given) {
	switch {
	case v.value != nil:
		d.fail(v.path, v.source, errors.New("is required, but the value is empty"))
	case strings.Contains(v.path, "["):
		d.fail(v.path, "", errors.New("is required but not set"))
	default:
		d.fail(v.path, "", fmt.Errorf("is required but not set; set it, for example in the environment as FLASK_%s", v.path))
	}
}

// fieldByIndex returns a field. What embedded pointers on the way lead to is copied, or made if there is nothing.
func fieldByIndex(v reflect.Value, index []int) reflect.Value {
	for _, n := range index {
		if v.Kind() == reflect.Pointer {
			fresh := reflect.New(v.Type().Elem())
			if !v.IsNil() {
				fresh.Elem().Set(v.Elem())
			}
			v.Set(fresh)
			v = fresh.Elem()
		}
		v = v.Field(n)
	}
	return v
}

func (d *decoder) field(dst reflect.Value, f field, in scope) {
	found, ok := in.find(f.key)
	switch {
	case f.required && (!ok || found.value == ""):
		d.missing(found)
	case ok:
		d.value(dst, found)
	case f.hasDef:
		if err := coerce.Into(dst.Addr().Interface(), f.def); err != nil {
			d.problems = append(d.problems, fmt.Errorf("field %s: its default tag: %w", f.name, err))
		}
	case isSection(dst.Type()):
		d.section(dst, scope{path: found.path})
	}
}

// value converts one value into dst.
func (d *decoder) value(dst reflect.Value, v given) {
	switch t := dst.Type(); {
	case isSection(t):
		d.mapping(dst, v)
	case t.Kind() == reflect.Pointer && isSection(t.Elem()):
		fresh := reflect.New(t.Elem())
		if !dst.IsNil() {
			fresh.Elem().Set(dst.Elem())
		}
		d.mapping(fresh.Elem(), v)
		dst.Set(fresh)
	case t.Kind() == reflect.Slice && isSection(pointee(t.Elem())):
		d.list(dst, v)
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String && isSection(pointee(t.Elem())):
		d.entries(dst, v)
	default:
		if t.Kind() == reflect.Pointer {
			dst.SetZero() // what it led to is not the decoder's to change
		}
		if err := coerce.Into(dst.Addr().Interface(), v.words.worded(v.value, t)); err != nil {
			d.fail(v.path, v.source, err)
		}
	}
}

func pointee(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// mapping fills a struct from a mapping. A struct of the right type is taken as it is.
func (d *decoder) mapping(dst reflect.Value, v given) {
	if whole := reflect.Indirect(reflect.ValueOf(v.value)); whole.IsValid() && whole.Type() == dst.Type() {
		dst.Set(whole)
		return
	}
	m, err := coerce.Map(v.value)
	if err != nil {
		d.fail(v.path, v.source, err)
		return
	}
	d.section(dst, scope{within: m, words: v.words, path: v.path, source: v.source})
}

// list fills a slice of structs from a list of mappings.
func (d *decoder) list(dst reflect.Value, v given) {
	var items []any
	if err := coerce.Into(&items, v.value); err != nil {
		d.fail(v.path, v.source, err)
		return
	}
	fresh := reflect.MakeSlice(dst.Type(), len(items), len(items))
	for i, item := range items {
		d.value(fresh.Index(i), given{value: item, words: v.words.item(i), path: fmt.Sprintf("%s[%d]", v.path, i), source: v.source})
	}
	dst.Set(fresh)
}

// entries fills a map of structs from a mapping of mappings.
func (d *decoder) entries(dst reflect.Value, v given) {
	m, err := coerce.Map(v.value)
	if err != nil {
		d.fail(v.path, v.source, err)
		return
	}
	fresh := reflect.MakeMapWithSize(dst.Type(), len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		item := reflect.New(dst.Type().Elem()).Elem()
		d.value(item, given{value: m[key], words: v.words.at(key), path: v.path + "__" + key, source: v.source})
		fresh.SetMapIndex(reflect.ValueOf(key).Convert(dst.Type().Key()), item)
	}
	dst.Set(fresh)
}
