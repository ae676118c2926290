package dewar

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/dewar-go/dewar/internal/conf"
)

// maxBindDepth is how deep the values of a JSON body may be nested in a type that leads back to itself.
const maxBindDepth = 32

var (
	errNoObject = errors.New("the JSON value is no object")
	errTrailing = errors.New("something follows the JSON value")
)

// readJSON reads the body and takes it apart. An empty one has no members.
func (b *binder) readJSON() error {
	body, err := b.c.readBody(b.c.settings.maxJSON)
	if err != nil {
		return bodyError(err)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	b.members, err = b.object(body, b.plan, "")
	if err == nil {
		return nil
	}
	return &HTTPError{Code: http.StatusBadRequest, Message: objectMessage(err), Err: err}
}

func objectMessage(err error) string {
	switch {
	case errors.Is(err, errNoObject):
		return "The body must be a JSON object."
	case errors.Is(err, errTrailing), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "The body is not valid JSON."
	}
	return jsonMessage(err)
}

// object takes a JSON object apart and keeps the members that the plan knows, by their exact name. One that
// is there twice is reported, because programs differ in which of the two they believe.
func (b *binder) object(data []byte, plan *bindPlan, path string) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, cmp.Or(err, errNoObject)
	}
	members := map[string]json.RawMessage{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		if !plan.known[name] {
			continue
		}
		if members[name] != nil {
			b.report(joinField(path, name), "given more than once")
		}
		members[name] = value
	}
	return members, atEnd(decoder)
}

// atEnd checks that the object is closed and nothing follows it.
func atEnd(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return cmp.Or(err, errTrailing)
	}
	return nil
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// decode stores a JSON value in v and reports everything that is wrong inside it. Null leaves v as it is.
func (b *binder) decode(raw json.RawMessage, v reflect.Value, path string, depth int) {
	t := v.Type()
	switch {
	case isNull(raw) || len(b.errors) == maxFieldErrors:
	case depth > maxBindDepth:
		b.report(path, "nested too deep")
	case t == durationType:
		value, _ := conf.DecodeJSON(string(raw))
		b.convert(path, v, value)
	case isJSONLeaf(t):
		b.unmarshal(raw, v, path)
	case t.Kind() == reflect.Pointer:
		fresh := reflect.New(t.Elem())
		b.decode(raw, fresh.Elem(), path, depth+1)
		v.Set(fresh)
	case t.Kind() == reflect.Struct:
		b.decodeStruct(raw, v, path, depth)
	case t.Kind() == reflect.Map:
		b.decodeMap(raw, v, path, depth)
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8, t.Kind() == reflect.Array:
		b.decodeList(raw, v, path, depth)
	default:
		b.unmarshal(raw, v, path)
	}
}

// decodeStruct sets the fields of v that have the tag json, as Bind does on the outside.
func (b *binder) decodeStruct(raw json.RawMessage, v reflect.Value, path string, depth int) {
	plan := b.plan.nested[v.Type()]
	members, err := b.object(raw, plan, path)
	if err != nil {
		b.report(path, "want an object")
		return
	}
	for i := range plan.fields {
		f := &plan.fields[i]
		name := f.names[fromJSON]
		value, ok := members[name]
		if !ok || isNull(value) {
			b.absent(v, f, joinField(path, name))
			continue
		}
		b.decode(value, fieldAt(v, f.index), joinField(path, name), depth+1)
	}
}

// decodeMap fills a map in the order of its keys. A key is the client's own, so it is not named in reports.
func (b *binder) decodeMap(raw json.RawMessage, v reflect.Value, path string, depth int) {
	if b.decodeWhole(raw, v) {
		return
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		b.report(path, "want an object")
		return
	}
	t := v.Type()
	m := reflect.MakeMapWithSize(t, len(members))
	for _, key := range slices.Sorted(maps.Keys(members)) {
		value := reflect.New(t.Elem()).Elem()
		b.decode(members[key], value, path+"[*]", depth+1)
		m.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), value)
	}
	v.Set(m)
}

// decodeList fills a slice, or an array of exactly as many elements as the JSON list has.
func (b *binder) decodeList(raw json.RawMessage, v reflect.Value, path string, depth int) {
	if v.Kind() == reflect.Slice && b.decodeWhole(raw, v) {
		return
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		b.report(path, "want a list")
		return
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	}
	if len(items) != v.Len() {
		b.report(path, "want a list of "+strconv.Itoa(v.Len()))
		return
	}
	for i, item := range items {
		b.decode(item, v.Index(i), path+"["+strconv.Itoa(i)+"]", depth+1)
	}
}

// decodeWhole decodes a collection of plain values in one go. When that fails each value is looked at for
// itself, to find those that are wrong.
func (b *binder) decodeWhole(raw json.RawMessage, v reflect.Value) bool {
	elem := v.Type().Elem()
	plain := elem.Kind() == reflect.String || reflect.Bool <= elem.Kind() && elem.Kind() <= reflect.Float64
	return plain && elem != durationType && b.c.App.JSON.Unmarshal(raw, v.Addr().Interface()) == nil
}

func (b *binder) unmarshal(raw json.RawMessage, v reflect.Value, path string) {
	if b.c.App.JSON.Unmarshal(raw, v.Addr().Interface()) == nil {
		return
	}
	before := b.bad
	if value, err := conf.DecodeJSON(string(raw)); err == nil && !isJSONLeaf(v.Type()) {
		b.convert(path, reflect.New(v.Type()).Elem(), value) // says more, if that cannot convert it either
	}
	if b.bad == before {
		b.report(path, wantOf(v.Type()))
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

// joinField puts the name of a member behind that of what it is in.
func joinField(outer, name string) string {
	if outer == "" {
		return name
	}
	return outer + "." + name
}
