package binding

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/jsontext"
	"github.com/dewar-go/dewar/internal/suggest"
)

// maxDepth is how deep the values of a JSON body may be nested in a type that leads back to itself.
const maxDepth = 32

// ReadJSON takes a JSON body apart for the fields with the tag json. It reports whether the body is an object.
func (b *Binder) ReadJSON(body jsontext.Value) bool {
	if body.IsObject() {
		b.isJSON = true
		b.members = b.object(body, b.plan, place{})
	}
	return body.IsObject()
}

// object keeps the members of an object that the plan knows, by their exact name, where the plan has them. One that is there twice
// is reported, because programs differ in which of the two they believe.
func (b *Binder) object(object jsontext.Value, plan *Plan, at place) []jsontext.Value {
	members := make([]jsontext.Value, len(plan.known))
	for name, value := range object.Members() {
		i, ok := plan.known[string(name)]
		if !ok {
			b.unknown(plan, at, name)
			continue
		}
		if !members[i].IsZero() {
			b.report(at.member(string(name)), givenTwice)
		}
		members[i] = value
	}
	return members
}

// unknown reports a member that no field takes, where that was asked for.
func (b *Binder) unknown(plan *Plan, at place, member []byte) {
	if b.RefuseUnknown && !b.isFull() {
		name := shorten(string(member))
		known := slices.Sorted(maps.Keys(plan.known))
		b.reportRule(at.member(name), Rule{Name: "unknown"}, "unknown"+suggest.DidYouMean(name, known))
	}
}

// maxName is how many characters of a name are told to the client that made it up.
const maxName = 100

func shorten(name string) string {
	n := 0
	for i := range name {
		if n == maxName {
			return name[:i] + "…"
		}
		n++
	}
	return name
}

const givenTwice = "given more than once"

// parse returns a JSON value with its numbers as they are written.
func parse(raw []byte) (v any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	err = decoder.Decode(&v)
	return v, err
}

// decode stores a JSON value in v and reports everything that is wrong inside it. Null leaves v as it is.
func (b *Binder) decode(raw jsontext.Value, v reflect.Value, at place, depth int) {
	t := v.Type()
	switch {
	case raw.IsNull() || b.isFull():
	case depth > maxDepth:
		b.report(at, "nested too deep")
	case t == durationType:
		value, _ := parse(raw.Raw())
		b.convert(at, v, value)
	case isJSONLeaf(t):
		b.unmarshal(raw, v, at)
	case t.Kind() == reflect.Pointer:
		fresh := reflect.New(t.Elem())
		b.decode(raw, fresh.Elem(), at, depth+1)
		v.Set(fresh)
	case t.Kind() == reflect.Struct:
		b.decodeStruct(raw, v, at, depth)
	case t.Kind() == reflect.Map:
		b.decodeMap(raw, v, at, depth)
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8, t.Kind() == reflect.Array:
		b.decodeList(raw, v, at, depth)
	case b.plain && t != numberType && quickJSON(raw.Raw(), v):
	default:
		b.unmarshal(raw, v, at)
	}
}

// decodeField decodes the value of a field, unless that has too many items.
func (b *Binder) decodeField(raw jsontext.Value, f *field, v reflect.Value, at place, depth int) {
	if f.quick && b.plain && depth <= maxDepth && !b.isFull() && quickJSON(raw.Raw(), v) {
		return
	}
	if !b.tooMany(f, at, func() int { return lengthOf(raw, pointee(f.typ)) }) {
		b.decode(raw, v, at, depth)
	}
}

// lengthOf counts the values of a JSON list or object that is read into a t.
func lengthOf(raw jsontext.Value, t reflect.Type) (n int) {
	switch {
	case isJSONLeaf(t):
	case raw.IsList() && t.Kind() != reflect.Map:
		for range raw.Items() {
			n++
		}
	case raw.IsObject() && t.Kind() == reflect.Map:
		for range raw.Members() {
			n++
		}
	}
	return n
}

// decodeStruct sets the fields of v that have the tag json, as Bind does on the outside.
func (b *Binder) decodeStruct(raw jsontext.Value, v reflect.Value, at place, depth int) {
	if !raw.IsObject() {
		b.report(at, "want an object")
		return
	}
	plan := b.plan.nested[v.Type()]
	members := b.object(raw, plan, at)
	before := b.bad
	for i := range plan.fields {
		f := &plan.fields[i]
		inner := place{outer: &at, name: f.names[JSON]}
		value := members[f.member]
		if value.IsZero() || value.IsNull() {
			if f.required || f.hasDefault {
				b.absent(v, f, inner)
			}
			continue
		}
		was, first, field := b.bad, len(b.problems), coerce.FieldAt(v, f.index)
		b.decodeField(value, f, field, inner, depth+1)
		b.taken(JSON, f, field, inner, was)
		b.reword(f, first)
	}
	b.compare(v, plan, at, func(f *field) string { return f.names[JSON] })
	if b.bad == before {
		b.validate(v, plan, at)
	}
}

// decodeMap fills a map. A key is the client's own, so it is not named in reports.
func (b *Binder) decodeMap(raw jsontext.Value, v reflect.Value, at place, depth int) {
	if b.decodeWhole(raw, v) {
		return
	}
	if !raw.IsObject() {
		b.report(at, "want an object")
		return
	}
	t := v.Type()
	m, inner := reflect.MakeMap(t), place{outer: &at, kind: anyKey}
	for key, member := range raw.Members() {
		name := reflect.ValueOf(string(key)).Convert(t.Key())
		if m.MapIndex(name).IsValid() {
			b.report(inner, givenTwice)
		}
		value := reflect.New(t.Elem()).Elem()
		b.decode(member, value, inner, depth+1)
		m.SetMapIndex(name, value)
	}
	v.Set(m)
}

// decodeList fills a slice, or an array of exactly as many elements as the JSON list has.
func (b *Binder) decodeList(raw jsontext.Value, v reflect.Value, at place, depth int) {
	if v.Kind() == reflect.Slice && b.decodeWhole(raw, v) {
		return
	}
	if !raw.IsList() {
		b.report(at, "want a list")
		return
	}
	items := slices.Collect(raw.Items())
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	}
	if len(items) != v.Len() {
		b.report(at, "want a list of "+strconv.Itoa(v.Len()))
		return
	}
	for i, value := range items {
		b.decode(value, v.Index(i), place{outer: &at, index: i, kind: byIndex}, depth+1)
	}
}

// decodeWhole decodes a collection of plain values in one go. When that fails each value is looked at for
// itself, to find those that are wrong.
func (b *Binder) decodeWhole(raw jsontext.Value, v reflect.Value) bool {
	elem := v.Type().Elem()
	return isPlain(elem.Kind()) && elem != durationType && !raw.Twice() && b.request.Unmarshal(raw.Raw(), v.Addr().Interface()) == nil
}

func (b *Binder) unmarshal(raw jsontext.Value, v reflect.Value, at place) {
	if raw.Twice() {
		b.report(at, "has a name twice in one object")
		return
	}
	if b.request.Unmarshal(raw.Raw(), v.Addr().Interface()) == nil {
		return
	}
	before := b.bad
	value, err := parse(raw.Raw())
	if text, ok := value.(string); ok && v.Type() == timeType && coerce.Into(v.Addr().Interface(), text) == nil {
		return // of an input of HTML, sent by a script
	}
	if err == nil && !isJSONLeaf(v.Type()) {
		b.convert(at, reflect.New(v.Type()).Elem(), value) // says more, if that cannot convert it either
	}
	if b.bad == before {
		b.report(at, wantOf(v.Type()))
	}
}

// wantOf says what kind of JSON value makes a t.
func wantOf(t reflect.Type) string {
	switch kind := t.Kind(); {
	case t == timeType:
		return "want a time such as 2006-01-02T15:04:05Z"
	case isJSONLeaf(t):
		return "not valid"
	case kind == reflect.Bool:
		return "want true or false"
	case kind == reflect.String:
		return "want text"
	case reflect.Int <= kind && kind <= reflect.Uintptr:
		return "want an integer"
	case kind == reflect.Float32 || kind == reflect.Float64:
		return "want a number"
	}
	return "not valid"
}
