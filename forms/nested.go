package forms

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A group says what a field is made of, if it is made of fields.
type group uint8

const (
	noGroup   group = iota
	subForm         // a struct: WTForms' FormField
	formList        // a list of structs: FieldList of FormField
	valueList       // a list of values that are typed, each in an input of the same name: FieldList
)

const (
	maxRows  = 1000 // how many rows of a list are shown, unless maxitems says it
	maxDepth = 8    // how deep sub-forms are shown
)

// A where is where a field stands: the name in front of its own, and that without the numbers of rows.
type where struct {
	name, path string
	depth      int
}

func (w where) nameOf(own string) string { return dotted(w.name, own) }
func (w where) pathOf(own string) string { return dotted(w.path, own) }

func dotted(outer, name string) string {
	if outer == "" {
		return name
	}
	return outer + "." + name
}

// spellings has one way of writing a name for all: items.0.price for items[0].price and items[0][price].
var spellings = strings.NewReplacer("].", ".", "][", ".", "[", ".", "]", "")

// groupOf says what the field is made of.
func (s *spec) groupOf(hasChoices bool) group {
	switch {
	case s.isStruct(s.typ):
		return subForm
	case s.isList() && s.isStruct(pointee(s.typ.Elem())):
		return formList
	case !s.isList() || hasChoices || s.typ.Elem() == fileType || slices.Contains([]string{"select", "radio", "checkboxes", "file", "hidden"}, s.input):
		return noGroup
	}
	return valueList
}

func (s *spec) isStruct(t reflect.Type) bool { return t.Kind() == reflect.Struct && isNested(t) }

func pointee(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer && t != fileType {
		t = t.Elem()
	}
	return t
}

// grow makes the fields that the field is made of: of what the struct holds or, once the form was read, of what was sent.
func (f *Field) grow() {
	f.parts = nil
	if f.at.depth >= maxDepth {
		return
	}
	switch f.group {
	case subForm:
		f.parts = f.partsOf(f.value, where{f.Name, f.at.pathOf(f.spec.name), f.at.depth + 1})
	case formList:
		rows := f.rows()
		list := reached(f.value)
		for i, row := range rows {
			f.parts = append(f.parts, f.row(row, itemAt(list, i, len(rows), f.spec.typ.Elem())))
		}
	case valueList:
		list, n := reached(f.value), f.spec.rows
		if typed := f.typed(); typed != nil {
			n = max(n, len(typed))
		} else if list.IsValid() {
			n = max(n, list.Len())
		}
		for i := range min(n, f.mostRows()) {
			f.parts = append(f.parts, f.one(i, itemAt(list, i, -1, f.spec.typ.Elem())))
		}
	}
}

// partsOf makes the fields of a struct.
func (f *Field) partsOf(v reflect.Value, at where) (parts []*Field) {
	t := pointee(v.Type())
	if v = reached(v); !v.IsValid() {
		v = reflect.New(t).Elem()
	}
	specs, err := specsOf(t, true)
	if err != nil {
		return nil // specsOf of the form has found it
	}
	for i := range specs {
		parts = append(parts, newField(f.state, &specs[i], v, at))
	}
	return parts
}

// row makes the sub-form that is a row of a list.
func (f *Field) row(index int, v reflect.Value) *Field {
	own := *f.spec
	own.typ = pointee(own.typ.Elem())
	name := f.Name + "[" + strconv.Itoa(index) + "]"
	one := &Field{Name: name, ID: idOf(name), Type: "FormField", spec: &own, state: f.state, value: v, group: subForm, at: f.at, item: -1}
	one.Label = Label{f.Label.Text, one.ID}
	one.parts = one.partsOf(v, where{name, f.at.pathOf(f.spec.name), f.at.depth + 1})
	return one
}

// one makes the input of one value of a list.
func (f *Field) one(i int, v reflect.Value) *Field {
	own := *f.spec
	own.typ, own.Required = pointee(own.typ.Elem()), f.spec.Required && i == 0
	one := &Field{Name: f.Name, ID: f.ID + "-" + strconv.Itoa(i), spec: &own, state: f.state, value: v, at: f.at, item: i}
	one.Widget.InputType = own.inputFor(false)
	one.Flags, one.Type = Flags{own.Required, own.readOnly, own.disabled}, one.class()
	one.Label = Label{f.Label.Text, one.ID}
	return one
}

// rows returns the numbers of the rows of a list: those that were sent, or of what is there and of the tag rows.
func (f *Field) rows() (rows []int) {
	if f.state.reads(f) {
		rows = f.state.sentRows(spellings.Replace(f.Name))
		return rows[:min(len(rows), f.mostRows())]
	}
	n := f.spec.rows
	if list := reached(f.value); list.IsValid() {
		n = max(n, list.Len())
	}
	for i := range min(n, f.mostRows()) {
		rows = append(rows, i)
	}
	return rows
}

func (f *Field) mostRows() int {
	if limit, ok := f.spec.limit("maxitems"); ok {
		if n, err := strconv.Atoi(limit); err == nil {
			return n
		}
	}
	return maxRows
}

// reads reports whether what is shown of a field is what was sent.
func (s *state) reads(f *Field) bool { return s.read && s.submitted && !f.spec.inQuery }

// sent returns the names of what was sent, by the one way of writing them.
func (s *state) sent() map[string]string {
	if s.names == nil {
		s.names = map[string]string{}
		for _, key := range s.c.Form().Keys() {
			s.names[spellings.Replace(key)] = key
		}
		if form := s.c.Request.MultipartForm; form != nil {
			for key := range form.File {
				s.names[spellings.Replace(key)] = key
			}
		}
	}
	return s.names
}

// maxSteps is how many steps of a name are looked at.
const maxSteps = 64

// sentRows returns the numbers of the rows of a list that were sent, in order. They are found for all lists in one go: the names are many,
// and so are the lists of lists.
func (s *state) sentRows(list string) []int {
	if s.numbers == nil {
		s.numbers = map[string][]int{}
		for key := range s.sent() {
			s.note(key)
		}
		for list, rows := range s.numbers {
			slices.Sort(rows)
			s.numbers[list] = slices.Compact(rows)
		}
	}
	return s.numbers[list]
}

// note keeps the numbers in a name by what stands in front of them.
func (s *state) note(key string) {
	at := 0
	for range maxSteps {
		step, _, more := strings.Cut(key[at:], ".")
		if i, err := strconv.Atoi(step); at > 0 && err == nil && i >= 0 && strconv.Itoa(i) == step {
			s.numbers[key[:at-1]] = append(s.numbers[key[:at-1]], i)
		}
		if !more {
			return
		}
		at += len(step) + 1
	}
}

// reached follows pointers. It returns no value where one is nil.
func reached(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer && v.Type() != fileType {
		v = v.Elem()
	}
	return v
}

// itemAt returns an item of a list that has n of them, any number if that is below 0, and otherwise a value of its type.
func itemAt(list reflect.Value, i, n int, t reflect.Type) reflect.Value {
	if list.IsValid() && i < list.Len() && (n < 0 || list.Len() == n) {
		return list.Index(i)
	}
	return reflect.New(t).Elem()
}

// idOf makes the ID of an element of a name.
func idOf(name string) string { return strings.ReplaceAll(spellings.Replace(name), ".", "-") }

// key is the one way of writing where the field is.
func (f *Field) key() string {
	if f.item >= 0 {
		return spellings.Replace(f.Name) + "." + strconv.Itoa(f.item)
	}
	return spellings.Replace(f.Name)
}

// Fields returns what the field is made of: the fields of a struct, the rows of a list of structs, the inputs of a list of values. Other
// fields are made of none. A row is a field that is made of fields, too.
func (f *Field) Fields() []*Field { return f.parts }

// Field returns the field of a sub-form by its own name, price of items[0].price. The error says which one was meant.
func (f *Field) Field(name string) (*Field, error) { return f.state.field(f.Name + "." + name) }

// TemplateAttr is what a template of contrib/jinja gets by a name: the fields of a sub-form, form.address.street, and what WTForms calls form
// and entries.
func (f *Field) TemplateAttr(name string) (any, bool) {
	if f.group == subForm {
		for _, part := range f.parts {
			if part.spec.name == name {
				return part, true
			}
		}
		if name == "form" {
			return f, true
		}
	}
	if name == "entries" && f.group != noGroup {
		return f.parts, true
	}
	return nil, false
}

// walk goes over all fields, also those that fields are made of.
func (s *state) walk(yield func(*Field) bool) { _ = walk(s.fields, yield) }

func walk(fields []*Field, yield func(*Field) bool) bool {
	for _, f := range fields {
		if !yield(f) || !walk(f.parts, yield) {
			return false
		}
	}
	return true
}

// shownName is the name that what is wrong with the field stands under.
func (f *Field) shownName() string {
	if f.item >= 0 {
		return f.Name + "[" + strconv.Itoa(f.item) + "]"
	}
	return f.Name
}
