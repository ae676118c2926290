package openapi

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/dewar-go/dewar"
)

// A Describer is a type that says itself what its JSON is, which nothing else tells of one with a method MarshalJSON.
type Describer interface {
	// OpenAPISchema returns a JSON Schema, as in {"type":"string","format":"iban"}. It is asked of a zero value, once for each place where the
	// type stands. What is no JSON object is an error of Build.
	OpenAPISchema() string
}

// types are the schemas of Go types, and which of them are components.
type types struct {
	app      *dewar.App
	keys     []typeKey // in the order in which they were met
	schemas  map[typeKey]*object
	names    map[typeKey]string
	inside   map[typeKey]bool // types without a name that are being described
	rfc3339  bool             // times are sent so, as the App's JSON provider does
	duration bool             // durations are sent as numbers
}

func newTypes(app *dewar.App) *types {
	ts := &types{app: app, schemas: map[typeKey]*object{}, names: map[typeKey]string{}, inside: map[typeKey]bool{}}
	var when time.Time
	text, err := app.JSON.Marshal(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
	ts.rfc3339 = err == nil && json.Unmarshal(text, &when) == nil
	text, err = app.JSON.Marshal(time.Second)
	ts.duration = err == nil && json.Unmarshal(text, new(int64)) == nil
	return ts
}

// components returns the schemas that others refer to, by name.
func (ts *types) components() *object {
	ts.name()
	byName := map[string]*object{"Problem": problemSchema(), "FieldError": fieldErrorSchema()}
	for _, key := range ts.keys {
		byName[ts.names[key]] = ts.schemas[key]
	}
	components := obj()
	for _, name := range sortedKeys(byName) {
		components.set(name, byName[name])
	}
	return components
}

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func problemSchema() *object {
	return obj("type", "object", "description", "Problem details, as RFC 9457 has them.", "required", []string{"title", "status"}, "properties", obj(
		"title", obj("type", "string", "description", "The name of the status."),
		"status", obj("type", "integer", "minimum", 400, "maximum", 599),
		"detail", obj("type", "string", "description", "What is wrong."),
		"errors", obj("type", "array", "description", "What is wrong with single fields.", "items", obj("$ref", "#/components/schemas/FieldError")),
	))
}

func fieldErrorSchema() *object {
	return obj("type", "object", "required", []string{"field", "detail"}, "properties", obj(
		"field", obj("type", "string", "description", "The name of the field, as it was sent: items[2].price."),
		"detail", obj("type", "string", "description", "What is wrong with it."),
	))
}

var (
	describerType     = reflect.TypeFor[Describer]()
	timeType          = reflect.TypeFor[time.Time]()
	durationType      = reflect.TypeFor[time.Duration]()
	uuidType          = reflect.TypeFor[dewar.UUID]()
	numberType        = reflect.TypeFor[json.Number]()
	rawType           = reflect.TypeFor[json.RawMessage]()
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	unmarshalerType   = reflect.TypeFor[json.Unmarshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
	textType          = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// implements reports whether values of t, or pointers to them, have the methods of an interface.
func implements(t, methods reflect.Type) bool {
	return t.Implements(methods) || reflect.PointerTo(t).Implements(methods)
}

// sent describes what a view returns, which is not nil.
func (ts *types) sent(t reflect.Type) (*object, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return ts.schema(t, sent, false)
}

// schema describes a type for a use, sent or a nested one. A value that may be nil where it is sent is null there.
func (ts *types) schema(t reflect.Type, u use, mayBeNil bool) (*object, error) {
	if leaf, err := ts.leaf(t, u); leaf != nil || err != nil {
		return leaf, err
	}
	var schema *object
	var err error
	switch t.Kind() {
	case reflect.Pointer:
		schema, err = ts.schema(t.Elem(), u, false)
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
		schema, err = ts.composite(t, u)
	default:
		return scalar(t)
	}
	if err == nil && mayBeNil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map) {
		schema = nullable(schema)
	}
	return schema, err
}

// leaf describes types whose JSON their kind does not tell; nil for others.
func (ts *types) leaf(t reflect.Type, u use) (*object, error) {
	switch {
	case t.Kind() == reflect.Pointer:
		return nil, nil
	case t.Kind() != reflect.Interface && implements(t, describerType):
		return described(t)
	case t == timeType && (ts.rfc3339 || u != sent):
		return obj("type", "string", "format", "date-time"), nil
	case t == timeType:
		return obj("type", "string"), nil
	case t == durationType && u == sent && ts.duration:
		return obj("type", "integer", "format", "int64", "description", "Nanoseconds."), nil
	case t == durationType && u.inJSON():
		return obj("type", []string{"string", "number"}, "description", "A text such as 1m30s, or a number of seconds."), nil
	case t == durationType:
		return obj("type", "string", "description", "A text such as 1m30s."), nil
	case t == uuidType:
		return obj("type", "string", "format", "uuid"), nil
	case t == numberType:
		return obj("type", "number"), nil
	case t == rawType, t.Kind() == reflect.Interface:
		return obj(), nil
	case u == sent && implements(t, marshalerType), u.inJSON() && implements(t, unmarshalerType):
		return obj(), nil
	case u == sent && implements(t, textMarshalerType), u.inJSON() && implements(t, textType):
		return obj("type", "string"), nil
	}
	return nil, nil
}

// described asks a type what its JSON is.
func described(t reflect.Type) (*object, error) {
	text := reflect.New(t).Interface().(Describer).OpenAPISchema()
	o := &object{}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return nil, fmt.Errorf("OpenAPISchema of %v is no JSON object: %w", t, err)
	}
	for _, name := range sortedKeys(members) {
		o.set(name, members[name])
	}
	return o, nil
}

// scalar describes plain kinds.
func scalar(t reflect.Type) (*object, error) {
	switch k := t.Kind(); {
	case k == reflect.String:
		return obj("type", "string"), nil
	case k == reflect.Bool:
		return obj("type", "boolean"), nil
	case k == reflect.Float32:
		return obj("type", "number", "format", "float"), nil
	case k == reflect.Float64:
		return obj("type", "number", "format", "double"), nil
	case k == reflect.Int || k == reflect.Int64:
		return obj("type", "integer", "format", "int64"), nil
	case k == reflect.Int32:
		return obj("type", "integer", "format", "int32"), nil
	case k == reflect.Int8 || k == reflect.Int16:
		most := 1<<(t.Bits()-1) - 1
		return obj("type", "integer", "minimum", -most-1, "maximum", most), nil
	case k == reflect.Uint8 || k == reflect.Uint16 || k == reflect.Uint32:
		return obj("type", "integer", "minimum", 0, "maximum", 1<<t.Bits()-1), nil
	case k == reflect.Uint || k == reflect.Uint64 || k == reflect.Uintptr:
		return obj("type", "integer", "minimum", 0), nil
	}
	return nil, fmt.Errorf("JSON has no %v; leave the field out with json:\"-\", or give its type the method OpenAPISchema() string and methods for JSON", t)
}

// composite describes a type that is made of others: those that have a name are components, which may lead back to themselves.
func (ts *types) composite(t reflect.Type, u use) (*object, error) {
	key := typeKey{t, u}
	if t.Name() == "" || t.PkgPath() == "" {
		if ts.inside[key] { // it embeds what it is a part of: there is no name to refer to
			return obj(), nil
		}
		ts.inside[key] = true
		defer delete(ts.inside, key)
		return ts.parts(t, u)
	}
	if _, known := ts.schemas[key]; !known {
		ts.keys, ts.schemas[key] = append(ts.keys, key), nil
		schema, err := ts.parts(t, u)
		if err != nil {
			return nil, err
		}
		ts.schemas[key] = schema
	}
	return obj("$ref", reference{ts, key}), nil
}

// parts describes what a type is made of.
func (ts *types) parts(t reflect.Type, u use) (*object, error) {
	switch t.Kind() {
	case reflect.Map:
		if k := t.Key(); k.Kind() != reflect.String && !implements(k, textMarshalerType) && !isInteger(k) {
			return nil, fmt.Errorf("JSON has no map with keys of type %v; use text or whole numbers", k)
		}
		values, err := ts.schema(t.Elem(), u, u == sent)
		return obj("type", "object", "additionalProperties", values), err
	case reflect.Slice, reflect.Array:
		if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
			return obj("type", "string", "contentEncoding", "base64"), nil
		}
		items, err := ts.schema(t.Elem(), u, u == sent)
		list := obj("type", "array", "items", items)
		if t.Kind() == reflect.Array {
			list.set("minItems", t.Len())
			list.set("maxItems", t.Len())
		}
		return list, err
	}
	if err := checkTags(t); err != nil {
		return nil, err
	}
	if u == sent {
		return ts.sentStruct(t)
	}
	fields, err := dewar.FieldsOf(t)
	if err != nil {
		return nil, err
	}
	fields = slices.DeleteFunc(fields, func(f dewar.BoundField) bool { return f.JSON == "" })
	return ts.takenStruct(t, u, fields)
}

func isInteger(t reflect.Type) bool { return reflect.Int <= t.Kind() && t.Kind() <= reflect.Uintptr }

// sentStruct describes a struct as encoding/json writes it.
func (ts *types) sentStruct(t reflect.Type) (*object, error) {
	properties, required := obj(), []string{}
	for _, f := range jsonFields(t) {
		schema, err := ts.schema(f.Type, sent, !f.omitted)
		if err != nil {
			return nil, fmt.Errorf("field %s of %v: %w", f.Name, t, err)
		}
		if f.quoted {
			schema = obj("type", "string")
		}
		if err := annotate(schema, f.StructField, f.Type); err != nil {
			return nil, fmt.Errorf("field %s of %v: %w", f.Name, t, err)
		}
		properties.set(f.name, schema)
		if !f.omitted && !f.behindPointer {
			required = append(required, f.name)
		}
	}
	return structSchema(t, properties, required), nil
}

func structSchema(t reflect.Type, properties *object, required []string) *object {
	schema := obj("type", "object")
	schema.setText("description", docOf(t))
	if len(required) > 0 {
		schema.set("required", required)
	}
	schema.set("properties", properties)
	return schema
}

// docOf returns what the blank field of a struct says of it.
func docOf(t reflect.Type) string {
	for i := range t.NumField() {
		if f := t.Field(i); f.Name == "_" {
			return f.Tag.Get("doc")
		}
	}
	return ""
}

// nullable returns a schema that null fits too.
func nullable(schema *object) *object {
	if kind := schema.text("type"); kind != "" {
		schema.set("type", []string{kind, "null"})
		return schema
	}
	if _, isRef := schema.get("$ref"); isRef {
		return obj("anyOf", []any{schema, obj("type", "null")})
	}
	return schema
}

// isNullable reports whether null fits a schema of [nullable].
func isNullable(schema *object) bool {
	kinds, _ := schema.get("type")
	list, _ := kinds.([]string)
	_, anyOf := schema.get("anyOf")
	return anyOf || slices.Contains(list, "null")
}
