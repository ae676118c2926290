package forms

import (
	"encoding"
	"fmt"
	"mime/multipart"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/suggest"
)

// A spec is what the tags of a field say of it.
type spec struct {
	dewar.BoundField
	name        string
	inQuery     bool
	label       string
	description string
	placeholder string
	input       string // "" where it depends on choices
	readOnly    bool
	disabled    bool
	rows        int // how many rows of a list are shown at least
	typ         reflect.Type
}

var (
	fileType   = reflect.TypeFor[*multipart.FileHeader]()
	buttonType = reflect.TypeFor[Button]()
	timeType   = reflect.TypeFor[time.Time]()
)

// specs are those of the types that were met: a cache of what reflection says, which is the same for all Apps and grows with the
// types of the program alone.
var specs sync.Map // specKey to []spec

// A specKey is a struct type, as a form or inside one.
type specKey struct {
	t      reflect.Type
	inside bool
}

// specsOf returns the fields of a struct that a form has; inside a form only the tag form counts. The error is a mistake in a tag, also of a
// struct inside.
func specsOf(t reflect.Type, inside bool) ([]spec, error) { return specsIn(t, inside, nil) }

func specsIn(t reflect.Type, inside bool, outer []reflect.Type) ([]spec, error) {
	key := specKey{t, inside}
	if known, ok := specs.Load(key); ok {
		return known.([]spec), nil
	}
	fields, err := dewar.FieldsOf(t)
	if err != nil {
		return nil, fmt.Errorf("forms: %w", err)
	}
	var list []spec
	for _, f := range fields {
		if f.JSON != "" && f.Form == "" && f.Query == "" && !inside {
			return nil, fmt.Errorf("forms: field %s of %v has the tag json, which no page sends; write form:%q", f.Name, t, f.JSON)
		}
		if f.Form == "" && (f.Query == "" || inside) || isMap(f.Type) {
			continue // a template writes maps itself
		}
		s, err := newSpec(f, inside)
		if err != nil {
			return nil, fmt.Errorf("forms: field %s of %v %w", f.Name, t, err)
		}
		if inner := structIn(f.Type); isNested(f.Type) && inner != t && !slices.Contains(outer, inner) {
			if _, err := specsIn(inner, true, append(outer, t)); err != nil {
				return nil, err
			}
		}
		list = append(list, s)
	}
	known, _ := specs.LoadOrStore(key, list)
	return known.([]spec), nil
}

// structIn returns the struct that a field is made of, or its rows are.
func structIn(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer && t != fileType {
		t = t.Elem()
	}
	return t
}

func isMap(t reflect.Type) bool { return isNested(t) && structIn(t).Kind() == reflect.Map }

// isNested reports whether a field is filled by names that lead into it.
func isNested(t reflect.Type) bool {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer && t != fileType {
		t = t.Elem()
	}
	return t.Kind() == reflect.Map || t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func newSpec(f dewar.BoundField, inside bool) (spec, error) {
	s := spec{BoundField: f, name: f.Form, inQuery: f.Form == "", typ: f.Type}
	if s.inQuery {
		s.name = f.Query
	}
	if sources(f) > 1 && !inside {
		return s, fmt.Errorf("is read from several places, so that what a page lets people choose could be got around; leave it one tag, form:%q or query:%q", s.name, s.name)
	}
	for s.typ.Kind() == reflect.Pointer && s.typ != fileType {
		s.typ = s.typ.Elem()
	}
	s.label, s.description, s.placeholder = f.Tag.Get("label"), f.Tag.Get("description"), f.Tag.Get("placeholder")
	if s.label == "" {
		s.label = labelOf(s.name)
	}
	var err error
	if s.readOnly, err = switchTag(f.Tag, "readonly"); err != nil {
		return s, err
	}
	if s.disabled, err = switchTag(f.Tag, "disabled"); err != nil {
		return s, err
	}
	if rows, ok := f.Tag.Lookup("rows"); ok {
		if s.rows, err = strconv.Atoi(rows); err != nil || s.rows < 1 || s.rows > maxRows || !s.isList() {
			return s, fmt.Errorf("has the tag rows:%q; write how many rows of a list are shown at least, up to %d", rows, maxRows)
		}
	}
	s.input = f.Tag.Get("input")
	if s.input != "" && classes[s.input] == "" {
		return s, fmt.Errorf("has the tag input:%q, which is none%s", s.input, suggest.DidYouMean(s.input, inputs()))
	}
	return s, nil
}

// switchTag reads a tag that is true or false, or not there.
func switchTag(tags reflect.StructTag, name string) (bool, error) {
	text, ok := tags.Lookup(name)
	if !ok {
		return false, nil
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		return false, fmt.Errorf("has the tag %s:%q; write %s:\"true\"", name, text, name)
	}
	return on, nil
}

// sources counts the parts of a request that a field is read from.
func sources(f dewar.BoundField) (n int) {
	for _, name := range [...]string{f.Path, f.Query, f.Header, f.Cookie, f.Form, f.JSON} {
		if name != "" {
			n++
		}
	}
	return n
}

// labelOf makes a label of a name, as in "Remember Me" for remember_me.
func labelOf(name string) string {
	words := strings.Fields(strings.ReplaceAll(name, "_", " "))
	for i, word := range words {
		_, size := utf8.DecodeRuneInString(word)
		words[i] = strings.ToUpper(word[:size]) + word[size:]
	}
	return strings.Join(words, " ")
}

// limit returns the text of a rule of the field, if it has that.
func (s *spec) limit(rule string) (string, bool) {
	i := slices.IndexFunc(s.Rules, func(r dewar.Rule) bool { return r.Name == rule })
	if i < 0 {
		return "", false
	}
	return s.Rules[i].Limit, true
}

// isList reports whether the field takes several values.
func (s *spec) isList() bool {
	return s.typ.Kind() == reflect.Slice && s.typ.Elem().Kind() != reflect.Uint8
}

// inputFor returns how the field is filled in.
func (s *spec) inputFor(hasChoices bool) string {
	format, _ := s.limit("format")
	switch k := s.typ.Kind(); {
	case s.input != "":
		return s.input
	case s.typ == buttonType:
		return "submit"
	case s.typ == fileType || s.isList() && s.typ.Elem() == fileType:
		return "file"
	case hasChoices:
		return "select"
	case k == reflect.Bool:
		return "checkbox"
	case s.typ == timeType:
		return "datetime-local"
	case s.typ == reflect.TypeFor[time.Duration]():
		return "text"
	case reflect.Int <= k && k <= reflect.Float64:
		return "number"
	case format == "email" || format == "url":
		return format
	}
	return "text"
}

// classes are the classes of WTForms' fields by how they are filled in.
var classes = map[string]string{
	"text": "StringField", "password": "PasswordField", "email": "EmailField", "url": "URLField", "tel": "TelField", "search": "SearchField",
	"number": "IntegerField", "range": "IntegerRangeField", "color": "ColorField", "hidden": "HiddenField", "checkbox": "BooleanField",
	"date": "DateField", "datetime-local": "DateTimeLocalField", "month": "MonthField", "week": "WeekField", "time": "TimeField",
	"textarea": "TextAreaField", "select": "SelectField", "radio": "RadioField", "checkboxes": "SelectMultipleField", "file": "FileField", "submit": "SubmitField",
}

func inputs() []string {
	var names []string
	for name := range classes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
