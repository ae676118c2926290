package forms

import (
	"encoding"
	"fmt"
	"html/template"
	"io"
	"iter"
	"log/slog"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// A Field is a field of a form as it is shown. Templates get it from [Form.Field]; it is printed without its value.
type Field struct {
	// Name is its name in the request, ID that of its element.
	Name, ID string
	// Label stands beside it, Description beneath it; both are translated.
	Label       Label
	Description string
	// Errors says what is wrong with it; empty where all is right.
	Errors []string
	// Type is the class that WTForms has for it, such as StringField, BooleanField or SubmitField.
	Type string
	// Flags and Widget have what templates of WTForms ask for.
	Flags  Flags
	Widget Widget
	// Choices is what can be chosen in it.
	Choices []Choice

	spec   *spec
	state  *state
	value  reflect.Value // the field of the struct
	stood  reflect.Value // what was in it before the form was read, if nobody may change that
	single bool          // it is one button or box of the field
	group  group         // what it is made of
	parts  []*Field      // those fields
	at     where         // what it is in
	item   int           // which of the values of its name it is, -1 for all
}

// Flags has what a [Field] asks of its value: that it is there, that it is left as it is, that it is not sent at all.
type Flags struct{ Required, ReadOnly, Disabled bool }

// TemplateAttr has the names of WTForms, for contrib/jinja: {% if field.flags.readonly %}.
func (f Flags) TemplateAttr(name string) (any, bool) {
	switch name {
	case "required":
		return f.Required, true
	case "readonly":
		return f.ReadOnly, true
	case "disabled":
		return f.Disabled, true
	}
	return nil, false
}

// A Widget is how a [Field] is shown: InputType is the type of its input, or textarea, select, radio, checkboxes.
type Widget struct{ InputType string }

// A Choice is one of a select, of radio buttons or of boxes: the value that is sent, and the text that is shown, which is
// translated. Without a Label that is the value. Choices of a select that follow one another and have the same Group stand together under
// that text, which is translated, too.
type Choice struct{ Value, Label, Group string }

// A Label is the label of a [Field].
type Label struct {
	Text string
	// For is the ID of the element that it belongs to.
	For string
}

func newField(s *state, sp *spec, form reflect.Value, at where) *Field {
	f := &Field{Name: at.nameOf(sp.name), spec: sp, state: s, at: at, item: -1}
	f.ID, f.Choices = f.Name, s.choices[at.pathOf(sp.name)]
	if at.depth > 0 {
		f.ID = idOf(f.Name)
	}
	label := sp.label
	if own, ok := s.labels[at.pathOf(sp.name)]; ok {
		label = own
	}
	f.Label = Label{s.gettext(label), f.ID}
	if sp.description != "" {
		f.Description = s.gettext(sp.description)
	}
	if f.Choices == nil {
		f.Choices = sp.enumerated()
	}
	for i, choice := range f.Choices {
		if i == 0 {
			f.Choices = slices.Clone(f.Choices)
		}
		if choice.Label == "" {
			choice.Label = choice.Value
		}
		f.Choices[i].Label = s.gettext(choice.Label)
		if choice.Group != "" {
			f.Choices[i].Group = s.gettext(choice.Group)
		}
	}
	f.value = fieldAt(form, sp.Index)
	f.Widget.InputType = sp.inputFor(f.Choices != nil)
	f.Flags, f.Type = Flags{sp.Required, sp.readOnly, sp.disabled}, f.class()
	if !s.submitted && sp.HasDefault && f.value.IsZero() {
		sp.setDefault(f.value)
	}
	f.group = sp.groupOf(f.Choices != nil)
	if f.group != noGroup {
		f.Type = map[group]string{subForm: "FormField", formList: "FieldList", valueList: "FieldList"}[f.group]
	}
	f.grow()
	return f
}

// class returns the name that WTForms has for the field.
func (f *Field) class() string {
	switch k := f.spec.typ.Kind(); {
	case f.kind() == "select" && f.spec.isList():
		return "SelectMultipleField"
	case f.kind() == "file" && f.spec.isList():
		return "MultipleFileField"
	case f.kind() == "number" && (k == reflect.Float32 || k == reflect.Float64):
		return "FloatField"
	}
	return classes[f.kind()]
}

func (f *Field) kind() string { return f.Widget.InputType }

// Data returns the value of the field of the struct.
func (f *Field) Data() any { return f.value.Interface() }

// Value returns the text in the field: what was typed, if it was sent, and what stands in the struct otherwise. A zero number or
// time is no text; give the field a pointer, or the tag default, where zero shall be shown. A password or file field has
// none, whatever was typed or stands there.
func (f *Field) Value() string {
	if f.kind() == "password" || f.kind() == "file" {
		return ""
	}
	if typed := f.typed(); len(typed) > 0 && !f.spec.isList() && f.fixed() == "" {
		return typed[0]
	}
	return f.text(f.value)
}

// typed returns what was sent for the field.
func (f *Field) typed() []string {
	switch {
	case !f.state.read:
		return nil
	case f.spec.inQuery:
		return f.state.c.Query().Strings(f.Name)
	case !f.state.submitted:
		return nil
	}
	name := f.Name
	if f.at.depth > 0 {
		name = f.state.sent()[spellings.Replace(name)] // as the client writes it
	}
	typed := f.state.c.Form().Strings(name)
	if f.item >= 0 {
		return typed[min(f.item, len(typed)):min(f.item+1, len(typed))]
	}
	return typed
}

// values returns what is chosen in the field.
func (f *Field) values() []string {
	if typed := f.typed(); typed != nil && f.fixed() == "" {
		return typed
	}
	return f.texts(f.value)
}

// texts writes a value, or each of a list.
func (f *Field) texts(v reflect.Value) (texts []string) {
	for v.Kind() == reflect.Pointer && v.Type() != fileType && f.spec.isList() {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if !f.spec.isList() {
		return []string{f.text(v)}
	}
	for i := range v.Len() {
		texts = append(texts, f.itemText(v.Index(i)))
	}
	return texts
}

// itemText writes one of a list, which is there also if it is zero.
func (f *Field) itemText(v reflect.Value) string {
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		return f.text(v)
	}
	return f.textOf(v)
}

// chosen reports whether what is chosen in the field has a value, which may be written in another way: 60s is 1m.
func (f *Field) chosen() func(value string) bool {
	values := f.values()
	t := f.spec.typ
	if f.spec.isList() {
		t = t.Elem()
	}
	written := func(text string) string {
		v := reflect.New(t)
		if text == "" || coerce.Into(v.Interface(), text) != nil {
			return text
		}
		return f.itemText(v.Elem())
	}
	for i, value := range values {
		values[i] = written(value)
	}
	return func(value string) bool { return slices.Contains(values, written(value)) }
}

// layouts are how the inputs of HTML write a time.
var layouts = map[string]string{"date": "2006-01-02", "month": "2006-01", "time": "15:04", "datetime-local": "2006-01-02T15:04"}

// text writes a value as its input does.
func (f *Field) text(v reflect.Value) string {
	pointed := false
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() || v.Type() == fileType {
			return ""
		}
		v, pointed = v.Elem(), true
	}
	if !pointed && v.IsZero() && v.Kind() != reflect.Bool && !f.spec.HasDefault {
		return ""
	}
	return f.textOf(v)
}

// textOf writes a value as Bind reads it: by its kind, unless the type reads a text of its own.
func (f *Field) textOf(v reflect.Value) string {
	if text, ok := f.ownText(v); ok {
		return text
	}
	switch k := v.Kind(); {
	case k == reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	case k == reflect.Float32:
		return strconv.FormatFloat(v.Float(), 'f', -1, 32)
	case k == reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case k == reflect.String:
		return v.String()
	case k == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return string(v.Bytes())
	}
	return fmt.Sprint(v.Interface())
}

// ownText returns the text of a value whose type reads one, which a method of the pointer to it may write.
func (f *Field) ownText(v reflect.Value) (text string, ok bool) {
	if !v.CanAddr() { // it was in an interface
		addressed := reflect.New(v.Type()).Elem()
		addressed.Set(v)
		v = addressed
	}
	x := v.Addr().Interface()
	switch own := x.(type) {
	case *time.Time:
		return f.textOfTime(*own), true
	case *time.Duration:
		return own.String(), true
	}
	if !reflect.PointerTo(v.Type()).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return "", false
	}
	switch own := x.(type) {
	case encoding.TextMarshaler:
		text, err := own.MarshalText()
		if err != nil {
			return "", true
		}
		return string(text), true
	case fmt.Stringer:
		return own.String(), true
	}
	return "", false
}

func (f *Field) textOfTime(t time.Time) string {
	if f.kind() == "week" {
		year, week := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	}
	if layout, ok := layouts[f.kind()]; ok {
		return t.Format(layout)
	}
	return t.Format(time.RFC3339)
}

// All gives the buttons of a radio field or the boxes of a list, each as a field of its own, for Jinja: {% for option in
// form.colour %}{{ option }} {{ option.label }}{% endfor %}. A field that is made of fields gives those, and others give nothing.
func (f *Field) All() iter.Seq[*Field] {
	if f.group != noGroup {
		return slices.Values(f.parts)
	}
	return func(yield func(*Field) bool) {
		if f.single || f.kind() != "radio" && f.kind() != "checkboxes" {
			return
		}
		for i := range f.Choices {
			if !yield(f.option(i)) {
				return
			}
		}
	}
}

// option returns one button or box of the field.
func (f *Field) option(i int) *Field {
	one := *f
	one.ID, one.Choices = f.ID+"-"+strconv.Itoa(i), f.Choices[i:i+1]
	one.single, one.Errors = true, nil
	one.Label = Label{f.Choices[i].Label, one.ID}
	return &one
}

// Format prints the name, for every verb: the value may be secret.
func (f *Field) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Field("+f.Name+")") }

// String returns what Format prints, for templates, which look for it.
func (f *Field) String() string { return fmt.Sprint(f) }

// LogValue returns what Format prints.
func (f *Field) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(f)) }

// HTML returns the label as an element.
func (l Label) HTML() template.HTML {
	html, _ := l.TemplateCall()
	return html
}

// TemplateHTML is HTML, for contrib/jinja.
func (l Label) TemplateHTML() template.HTML { return l.HTML() }

// TemplateCall returns the label as an element with attributes, names and values in turn, for contrib/jinja: form.username.label(class="x").
func (l Label) TemplateCall(attrs ...any) (template.HTML, error) {
	e := element{name: "label", attrs: map[string]string{"for": l.For}}
	if err := e.add(attrs); err != nil {
		return "", err
	}
	return e.open() + template.HTML(template.HTMLEscapeString(l.Text)) + "</label>", nil
}

// String returns the text.
func (l Label) String() string { return l.Text }
