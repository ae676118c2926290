package openapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar"
)

// A textSchema is the schema of a parameter, whose description stands beside it.
type textSchema struct{ *object }

// taken takes a text out of the schema.
func (s textSchema) taken(key string) string {
	text := s.text(key)
	s.members = slices.DeleteFunc(s.members, func(m member) bool { return m.key == key })
	return text
}

// takenStruct describes a struct as Bind fills it.
func (ts *types) takenStruct(t reflect.Type, u use, fields []dewar.BoundField) (*object, error) {
	properties, required := obj(), []string{}
	for _, f := range fields {
		schema, err := ts.member(f, u)
		if err != nil {
			return nil, fmt.Errorf("field %s of %v: %w", f.Name, t, err)
		}
		name := f.JSON
		if u == form {
			name = f.Form
		}
		properties.set(name, schema)
		other := f.JSON != "" && f.Form != "" // in the body of the other type
		if f.Required && (u.inJSON() || !elsewhere(f) && (alone(f) || other)) {
			required = append(required, name)
		}
	}
	schema := structSchema(t, properties, required)
	if u == strictNested || u == strictBody {
		schema.set("additionalProperties", false)
	}
	return schema, nil
}

// member describes one field of a body.
func (ts *types) member(f dewar.BoundField, u use) (schema *object, err error) {
	switch {
	case u != form:
		schema, err = ts.schema(f.Type, u.inside(), !f.Required && f.Type.Kind() == reflect.Pointer)
	case f.Type == fileType:
		schema = file()
	case f.Type == filesType:
		schema = obj("type", "array", "items", file())
	case isText(f.Type):
		schema = ts.plain(f.Type)
	default: // names such as items[0].price lead into it
		schema, err = ts.formPart(f.Type)
	}
	if err != nil {
		return nil, err
	}
	return schema, constrain(schema, f)
}

func file() *object { return obj("type", "string", "contentMediaType", "application/octet-stream") }

// whole makes a component of a body, unless its type has no name.
func (ts *types) whole(t reflect.Type, u use, fields []dewar.BoundField) (*object, error) {
	key := typeKey{t, u}
	if _, known := ts.schemas[key]; !known {
		ts.keys, ts.schemas[key] = append(ts.keys, key), nil
		schema, err := ts.takenStruct(t, u, fields)
		if err != nil {
			return nil, err
		}
		ts.schemas[key] = schema
	}
	return obj("$ref", reference{ts, key}), nil
}

// isText reports whether a value, or each item of a list, is made of one text.
func isText(t reflect.Type) bool {
	t = pointee(t)
	if isList(t) {
		t = pointee(t.Elem())
	}
	isBytes := t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
	return implements(t, textType) || isBytes || t.Kind() == reflect.Interface || t.Kind() == reflect.String || reflect.Bool <= t.Kind() && t.Kind() <= reflect.Float64
}

// plain describes a value that is made of text, or a list of such.
func (ts *types) plain(t reflect.Type) *object {
	t = pointee(t)
	if isList(t) {
		return obj("type", "array", "items", ts.plain(t.Elem()))
	}
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Interface {
		return obj("type", "string")
	}
	if leaf, err := ts.leaf(t, form); err == nil && leaf != nil {
		return leaf
	}
	if implements(t, textType) {
		return obj("type", "string")
	}
	schema, err := scalar(t)
	if err != nil {
		return obj("type", "string")
	}
	return schema
}

// formPart describes structs, lists of them and maps in a form.
func (ts *types) formPart(t reflect.Type) (*object, error) {
	switch t = pointee(t); {
	case isText(t):
		return ts.plain(t), nil
	case isList(t):
		items, err := ts.formPart(t.Elem())
		return obj("type", "array", "items", items, "description", "Sent by names such as items[0].price."), err
	case t.Kind() == reflect.Map:
		values, err := ts.formPart(t.Elem())
		return obj("type", "object", "additionalProperties", values, "description", "Sent by names such as prices[small]."), err
	}
	fields, err := dewar.FieldsOf(t)
	if err != nil {
		return nil, err
	}
	fields = slices.DeleteFunc(fields, func(f dewar.BoundField) bool { return f.Form == "" })
	return ts.takenStruct(t, form, fields)
}

// text describes what a field takes from the query, a header or a cookie.
func (ts *types) text(f *dewar.BoundField) (textSchema, error) {
	schema := ts.plain(f.Type)
	if err := constrain(schema, *f); err != nil {
		return textSchema{}, fmt.Errorf("field %s: %w", f.Name, err)
	}
	return textSchema{schema}, nil
}

// variable describes a variable of a rule, and the field that takes it, if there is one.
func (ts *types) variable(v dewar.Variable, f *dewar.BoundField) (*object, error) {
	schema := obj("type", "string")
	switch {
	case v.Converter == "int":
		schema = obj("type", "integer", "format", "int64")
	case v.Converter == "float":
		schema = obj("type", "number", "format", "double")
	case v.Converter == "uuid":
		schema = obj("type", "string", "format", "uuid")
	case v.Converter == "any":
		schema.set("enum", v.Words)
	case v.Converter != "string" && v.Converter != "path":
		if pattern, ok := ecma(v.Pattern); ok {
			schema.set("pattern", pattern)
		}
	case f != nil:
		schema = ts.plain(f.Type)
	}
	if err := limit(schema, v.Rules, nil); err != nil {
		return nil, err
	}
	if f != nil {
		if err := constrain(schema, *f); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
	}
	if v.Slashes {
		schema.setText("description", strings.TrimSpace(schema.text("description")+" It may have slashes."))
	}
	p := obj("name", v.Name, "in", "path", "required", true)
	p.setText("description", textSchema{schema}.taken("description"))
	p.set("schema", schema)
	return p, nil
}

// constrain adds to a schema what the tags of a field say.
func constrain(schema *object, f dewar.BoundField) error {
	if err := limit(schema, f.Rules, f.Type); err != nil {
		return err
	}
	if t := f.Type; f.Required && t.Kind() == reflect.String && !implements(t, textType) {
		if _, said := schema.get("minLength"); !said {
			schema.set("minLength", 1) // an empty text is not there
		}
	}
	if f.Required && len(schema.members) == 0 {
		schema.set("not", obj("type", "null")) // null is not there
	}
	if f.HasDefault {
		value, err := valueOf(f.Type, f.Default)
		if err != nil {
			return fmt.Errorf("the tag default: %w", err)
		}
		schema.set("default", value)
	}
	return annotate(schema, reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag}, f.Type)
}

// annotate adds what the tags doc, or else the description that package forms shows, and example say.
func annotate(schema *object, f reflect.StructField, t reflect.Type) error {
	if text := cmp.Or(f.Tag.Get("doc"), f.Tag.Get("description")); text != "" {
		schema.set("description", strings.TrimSpace(text+" "+schema.text("description")))
	}
	if text, ok := f.Tag.Lookup("example"); ok {
		value, err := valueOf(t, text)
		if err != nil {
			return fmt.Errorf("the tag example: %w", err)
		}
		if schema.text("type") == "string" {
			if _, isText := value.(string); !isText { // of a number that is sent as text
				value = text
			}
		}
		schema.set("examples", []any{value})
	}
	return nil
}

// keywords are the rules that JSON Schema has a word for, and whether their limit is a number.
var keywords = map[string]string{
	"min": "minimum", "max": "maximum", "above": "exclusiveMinimum", "below": "exclusiveMaximum",
	"minlength": "minLength", "maxlength": "maxLength", "minitems": "minItems", "maxitems": "maxItems",
}

// notes are what is said of the rules that JSON Schema has no word for, where the value is no number or at all.
var notes = map[string]string{
	"min": "From %s on.", "max": "Up to %s.", "above": "After %s.", "below": "Before %s.",
	"accept": "Files that end in %s.", "maxsize": "At most %s.", "eqfield": "Equal to %s.", "pattern": "Matches %s.",
}

// limit adds rules to a schema. Those of a list are about its items, but for some.
func limit(schema *object, rules []dewar.Rule, t reflect.Type) error {
	one := schema
	if t != nil && isList(pointee(t)) {
		t = pointee(t).Elem()
		one = itemsOf(schema)
	}
	for _, rule := range rules {
		at := one
		if rule.Name == "minitems" || rule.Name == "maxitems" || rule.Name == "unique" {
			at = schema
		}
		if err := add(at, rule, t); err != nil {
			return fmt.Errorf("the tag %s: %w", rule.Name, err)
		}
	}
	return nil
}

// itemsOf returns the schema of the items of a list, beside what a reference says of them.
func itemsOf(list *object) *object {
	if items, ok := list.get("items"); ok {
		return items.(*object)
	}
	items := obj()
	list.set("items", items)
	return items
}

func add(schema *object, rule dewar.Rule, t reflect.Type) error {
	word := keywords[rule.Name]
	isProperties := rule.Name == "minitems" || rule.Name == "maxitems"
	switch {
	case isProperties && t != nil && pointee(t).Kind() == reflect.Map:
		schema.set(strings.Replace(word, "Items", "Properties", 1), json.Number(rule.Limit))
	case rule.Name == "min" || rule.Name == "max" || rule.Name == "above" || rule.Name == "below":
		if !isNumeric(t) {
			note(schema, rule)
		} else {
			schema.set(word, number(rule.Limit))
		}
	case word != "":
		schema.set(word, json.Number(rule.Limit))
	case rule.Name == "pattern":
		if pattern, ok := ecma(rule.Limit); ok {
			schema.set("pattern", pattern)
		} else {
			note(schema, rule)
		}
	case rule.Name == "format" && rule.Limit == "url":
		schema.set("format", "uri")
	case rule.Name == "format":
		schema.set("format", rule.Limit)
	case rule.Name == "unique":
		schema.set("uniqueItems", true)
	case rule.Name == "enum" || rule.Name == "noneof":
		return addEnum(schema, rule, t)
	default:
		note(schema, rule)
	}
	return nil
}

func addEnum(schema *object, rule dewar.Rule, t reflect.Type) error {
	var values []any
	for text := range strings.SplitSeq(rule.Limit, ",") {
		value, err := valueOf(t, text)
		if err != nil {
			return err
		}
		values = append(values, value)
	}
	if rule.Name == "noneof" {
		schema.set("not", obj("enum", values))
		return nil
	}
	if isNullable(schema) {
		values = append(values, nil)
	}
	schema.set("enum", values)
	return nil
}

// note says in words what there is no keyword for.
func note(schema *object, rule dewar.Rule) {
	if text, ok := notes[rule.Name]; ok {
		schema.set("description", strings.TrimSpace(schema.text("description")+" "+fmt.Sprintf(text, rule.Limit)))
	}
}

// isNumeric reports whether JSON has a number for values of t; nil stands for a variable of a rule, which has limits as a number alone.
func isNumeric(t reflect.Type) bool {
	if t == nil {
		return true
	}
	t = pointee(t)
	return t != durationType && reflect.Int <= t.Kind() && t.Kind() <= reflect.Float64
}

// number returns the text of a number as JSON has it.
func number(text string) any {
	if n := json.Number(text); json.Valid([]byte(n)) {
		return n
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return f
}

// valueOf returns the value of a type that a tag gives as text: JSON for what is made of several.
func valueOf(t reflect.Type, text string) (any, error) {
	if t == nil {
		return text, nil
	}
	t = pointee(t)
	switch k := t.Kind(); {
	case t == numberType, isNumeric(t):
		if n := number(text); n != text {
			return n, nil
		}
		return nil, fmt.Errorf("%q is no number", text)
	case k == reflect.Bool:
		return isTrue(text)
	case t == timeType, t == durationType, k == reflect.String, implements(t, textType), t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return text, nil
	case isList(t) && !strings.HasPrefix(text, "["):
		values := []any{}
		for item := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
			value, err := valueOf(t.Elem(), item)
			if err != nil {
				return nil, err
			}
			values = append(values, value)
		}
		return values, nil
	case json.Valid([]byte(text)):
		return json.RawMessage(text), nil
	case k == reflect.Interface:
		return text, nil
	}
	return nil, fmt.Errorf("%q is no JSON of type %v", text, t)
}

func isTrue(text string) (any, error) {
	switch strings.ToLower(text) {
	case "on", "yes", "y":
		return true, nil
	case "off", "no", "n":
		return false, nil
	}
	is, err := strconv.ParseBool(text)
	if err != nil {
		return nil, fmt.Errorf("%q is neither true nor false", text)
	}
	return is, nil
}

// pointee is the type behind the pointers to it.
func pointee(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer && t != fileType {
		t = t.Elem()
	}
	return t
}

// isList reports whether Bind takes values of t as lists of values.
func isList(t reflect.Type) bool {
	list := t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 || t.Kind() == reflect.Array
	return list && !implements(t, textType)
}
