// Package httpdates puts the dates of HTTP in the place of times in values that are to become JSON, as Flask writes them.
package httpdates

import (
	"cmp"
	"encoding"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

var (
	timeType = reflect.TypeFor[time.Time]()
	anyType  = reflect.TypeFor[any]()
	jsonType = reflect.TypeFor[json.Marshaler]()
	textType = reflect.TypeFor[encoding.TextMarshaler]()
)

// maxDepth is where a value that leads back to itself is left to the encoder, which reports it.
const maxDepth = 1000

// A Replacer replaces times. The zero Replacer is ready; it is safe for concurrent use.
type Replacer struct {
	timed sync.Map // reflect.Type to whether a value of it may have a time inside
	plans sync.Map // reflect.Type to *plan
}

// Replace returns v, or a copy of it with a text in place of every [time.Time]. What has a MarshalJSON or MarshalText of
// its own is left as it is.
func (r *Replacer) Replace(v any) any { return r.replace(reflect.ValueOf(v), 0) }

func (r *Replacer) replace(v reflect.Value, depth int) any {
	if !v.IsValid() {
		return nil
	}
	if v.Type() == timeType {
		return v.Interface().(time.Time).UTC().Format(http.TimeFormat)
	}
	if depth > maxDepth || !r.isTimed(v.Type()) {
		return v.Interface()
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return r.replace(v.Elem(), depth+1)
	case reflect.Map:
		return r.replaceMap(v, depth)
	case reflect.Slice, reflect.Array:
		return r.replaceList(v, depth)
	}
	return r.replaceStruct(v, depth)
}

func (r *Replacer) replaceMap(v reflect.Value, depth int) any {
	if v.IsNil() {
		return nil
	}
	copied := reflect.MakeMapWithSize(reflect.MapOf(v.Type().Key(), anyType), v.Len())
	for key, value := range v.Seq2() {
		copied.SetMapIndex(key, inAny(r.replace(value, depth+1)))
	}
	return copied.Interface()
}

func (r *Replacer) replaceList(v reflect.Value, depth int) any {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return nil
	}
	copied := make([]any, v.Len())
	for i := range copied {
		copied[i] = r.replace(v.Index(i), depth+1)
	}
	return copied
}

// inAny returns v as a value of type any, which may be nil.
func inAny(v any) reflect.Value { return reflect.ValueOf(&v).Elem() }

// isTimed reports whether a value of type t may have a time inside that an encoder would see.
func (r *Replacer) isTimed(t reflect.Type) bool {
	if known, ok := r.timed.Load(t); ok {
		return known.(bool)
	}
	timed := findTime(t, map[reflect.Type]bool{})
	r.timed.Store(t, timed)
	return timed
}

func findTime(t reflect.Type, seen map[reflect.Type]bool) bool {
	switch {
	case t == timeType:
		return true
	case seen[t]:
		return false
	case marshals(t) && t != reflect.PointerTo(timeType):
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Array:
		return findTime(t.Elem(), seen)
	case reflect.Struct:
		for f := range t.Fields() {
			if (f.IsExported() || f.Anonymous) && findTime(f.Type, seen) {
				return true
			}
		}
	}
	return false
}

func marshals(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t.Implements(jsonType) || t.Implements(textType) || p.Implements(jsonType) || p.Implements(textType)
}

// A plan is how a struct is copied: into a struct of another type, whose fields have the same tags.
type plan struct {
	typ    reflect.Type
	fields []field
}

// A field is one that an encoder sees.
type field struct {
	index     []int
	timed     bool
	omitEmpty bool
	omitZero  bool
}

func (r *Replacer) replaceStruct(v reflect.Value, depth int) any {
	plan := r.planOf(v.Type())
	copied := reflect.New(plan.typ).Elem()
	for i, f := range plan.fields {
		value, err := v.FieldByIndexErr(f.index)
		if err != nil { // in an embedded pointer that is nil
			continue
		}
		switch {
		case !f.timed:
			copied.Field(i).Set(value)
		case f.omitEmpty && isEmpty(value), f.omitZero && isZero(value):
		default:
			copied.Field(i).Set(inAny(r.replace(value, depth+1)))
		}
	}
	return copied.Interface()
}

// isEmpty reports what the option omitempty asks for.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice, reflect.Array:
		return v.Len() == 0
	case reflect.Pointer, reflect.Interface:
		return v.IsNil()
	}
	return false
}

// isZero reports what the option omitzero asks for.
func isZero(v reflect.Value) bool {
	if zero, ok := v.Interface().(interface{ IsZero() bool }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		return zero.IsZero()
	}
	return v.IsZero()
}

func (r *Replacer) planOf(t reflect.Type) *plan {
	if known, ok := r.plans.Load(t); ok {
		return known.(*plan)
	}
	made := &plan{}
	var fields []reflect.StructField
	for _, sf := range fieldsOf(t) {
		name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
		name = cmp.Or(name, sf.Name)
		list := strings.Split(options, ",")
		f := field{index: sf.Index, timed: r.isTimed(sf.Type), omitEmpty: slices.Contains(list, "omitempty"), omitZero: slices.Contains(list, "omitzero")}
		typ := sf.Type
		if behindPointer(t, sf.Index) {
			f.timed, options = true, options+",omitzero"
		}
		if f.timed {
			typ = anyType
		}
		made.fields = append(made.fields, f)
		fields = append(fields, reflect.StructField{
			Name: "F" + strconv.Itoa(len(fields)), Type: typ, Tag: reflect.StructTag("json:" + strconv.Quote(name+","+options)),
		})
	}
	made.typ = reflect.StructOf(fields)
	kept, _ := r.plans.LoadOrStore(t, made)
	return kept.(*plan)
}

// fieldsOf returns the fields that encoding/json sees, in the order of the source text. Of those with one name on one
// level it sees none.
func fieldsOf(t reflect.Type) (fields []reflect.StructField) {
	found := coerce.Fields(t, func(f reflect.StructField) (string, bool) {
		tag := f.Tag.Get("json")
		name, _, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-":
			return "", false
		case name == "" && coerce.CanFlatten(f):
			return "", true
		case !f.IsExported():
			return "", false
		}
		return cmp.Or(name, f.Name), false
	})
	twice := map[string]bool{}
	for _, f := range found {
		twice[f.Key] = twice[f.Key] || f.Twin != ""
	}
	for _, f := range found {
		if !twice[f.Key] {
			fields = append(fields, f.StructField)
		}
	}
	slices.SortFunc(fields, func(a, b reflect.StructField) int { return slices.Compare(a.Index, b.Index) })
	return fields
}

// behindPointer reports whether a field is in an embedded pointer.
func behindPointer(t reflect.Type, index []int) bool {
	for i := 1; i < len(index); i++ {
		if t.FieldByIndex(index[:i]).Type.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}
