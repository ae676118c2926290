package forms

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/binding"
	"github.com/dewar-go/dewar/internal/coerce"
)

// validate reads the request into the struct, and puts what is wrong beside the fields.
func (s *state) validate(f Struct) (bool, error) {
	s.read = true
	if s.submitted {
		if err := s.c.BodyError(); err != nil {
			return false, err
		}
	}
	for _, field := range s.fields {
		field.keep()
		if len(field.typed()) > 0 {
			field.value.SetZero() // what was typed takes the place of what stood there, also if it is nothing
		}
	}
	err := s.c.Bind(f, dewar.BindOption(func(b *binding.Binder) { b.Extra, b.IgnoreForm = s.check, !s.submitted }))
	bad, ok := errors.AsType[*dewar.HTTPError](err)
	if err != nil && (!ok || len(bad.Errors) == 0) {
		return false, err
	}
	if ok {
		s.place(bad.Errors)
	}
	return len(s.errors) == 0 && !s.hasErrors(), nil
}

func (s *state) hasErrors() bool {
	for field := range s.walk {
		if len(field.Errors) > 0 {
			return true
		}
	}
	return false
}

// check looks at what only forms have, when the fields are filled: boxes that are not checked, texts of spaces alone, choices.
func (s *state) check(report func(name, rule string)) {
	for _, field := range s.fields {
		if field.group == formList && !field.spec.inQuery && s.submitted && len(field.rows()) == 0 {
			field.value.SetZero()
		}
		field.grow()
	}
	for field := range s.walk {
		if field.item >= 0 || field.group == subForm || field.group == formList {
			continue
		}
		typed := field.typed()
		switch {
		case field.fixed() != "":
			if !field.isKept(typed) {
				report(field.Name, field.fixed())
			}
		case len(typed) == 0 && (field.kind() == "checkbox" || field.kind() == "submit" || field.spec.isList() && field.kind() != "file"):
			field.value.SetZero()
		case field.Flags.Required && len(typed) > 0 && typed[0] != "" && strings.TrimSpace(typed[0]) == "" && field.spec.typ.Kind() == reflect.String:
			report(field.Name, "required")
		case field.Flags.Required && len(typed) > 0 && field.kind() == "checkbox" && field.text(field.value) == "false":
			report(field.Name, "required") // what a box sends that is not checked
		case !field.offers(typed):
			report(field.Name, "choice")
		}
	}
}

// isChoice reports whether the field shows its choices. What is typed may write those of enum in other ways, as 01 for 1.
func (f *Field) isChoice() bool {
	return slices.Contains([]string{"select", "radio", "checkboxes", "hidden"}, f.kind())
}

// offers reports whether what was chosen can be.
func (f *Field) offers(values []string) bool {
	if _, own := f.state.choices[f.Name]; f.Choices == nil || !own && !f.isChoice() {
		return true
	}
	return !slices.ContainsFunc(values, func(value string) bool {
		return value != "" && !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == value })
	})
}

// place puts errors beside their fields.
func (s *state) place(list []dewar.FieldError) {
	for _, e := range list {
		field, err := s.field(e.Field)
		if err != nil { // of an item
			name, _, _ := strings.Cut(e.Field, "[")
			field, err = s.field(name)
		}
		if err != nil {
			s.errors = append(s.errors, e.Error())
			continue
		}
		text := s.message(field, e)
		if !slices.Contains(field.Errors, text) {
			field.Errors = append(field.Errors, text)
		}
	}
}

// fixed returns the tag that says that nobody may change the field, readonly or disabled, or "".
func (f *Field) fixed() string {
	switch {
	case f.spec.disabled:
		return "disabled"
	case f.spec.readOnly:
		return "readonly"
	}
	return ""
}

// keep remembers what stands in a field that nobody may change.
func (f *Field) keep() {
	if f.fixed() != "" {
		f.stood = reflect.New(f.value.Type()).Elem()
		f.stood.Set(f.value)
	}
}

// isKept puts back what stood in the field, and reports whether what was sent is no other: the same text if it can only be read, and
// nothing if it is disabled, which browsers do not send.
func (f *Field) isKept(typed []string) bool {
	sent := f.texts(f.value)
	f.value.Set(f.stood)
	return len(typed) == 0 || !f.spec.disabled && slices.Equal(sent, f.texts(f.stood))
}

// enumerated returns the choices of the tag enum.
func (s *spec) enumerated() (choices []Choice) {
	limit, ok := s.limit("enum")
	if !ok {
		return nil
	}
	for value := range strings.SplitSeq(limit, ",") {
		choices = append(choices, Choice{Value: value})
	}
	return choices
}

// setDefault puts the tag default into a field.
func (s *spec) setDefault(v reflect.Value) {
	_ = coerce.Into(v.Addr().Interface(), s.Default) // Bind has tried it
}

func fieldAt(form reflect.Value, index []int) reflect.Value { return coerce.FieldAt(form, index) }
