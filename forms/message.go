package forms

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar"
)

// gettext translates a text.
func (s *state) gettext(message string, pairs ...any) string {
	if tr := s.c.App.Translator; tr != nil {
		return tr.Gettext(s.c, message, pairs...)
	}
	return fill(message, pairs)
}

// ngettext translates a text about n things.
func (s *state) ngettext(singular, plural string, n int, pairs ...any) string {
	if tr := s.c.App.Translator; tr != nil {
		return tr.NGettext(s.c, singular, plural, n, pairs...)
	}
	if n == 1 {
		plural = singular
	}
	return fill(plural, pairs)
}

// fill puts values in the place of %(name)s and %(name)d.
func fill(message string, pairs []any) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		value := fmt.Sprint(pairs[i+1])
		message = strings.NewReplacer(fmt.Sprintf("%%(%s)s", pairs[i]), value, fmt.Sprintf("%%(%s)d", pairs[i]), value).Replace(message)
	}
	return message
}

const notAChoice = "Not a valid choice."

// message says what is wrong with a field, as WTForms does, whose catalogs have these texts. What the tags of the field say, and what a method
// Validate found, stands as it is.
func (s *state) message(f *Field, e dewar.FieldError) string {
	if e.Rule == "" || f.spec.says(e.Rule) {
		return e.Detail
	}
	switch e.Rule {
	case "required":
		return s.gettext("This field is required.")
	case "type":
		return s.gettext(f.misread())
	case "readonly":
		return s.gettext("This field cannot be edited.")
	case "disabled":
		return s.gettext("This field is disabled and cannot have a value.")
	case "choice":
		return s.gettext(notAChoice)
	case "min", "max":
		return s.outOfRange(f)
	case "above":
		return s.gettext("Number must be more than %(min)s.", "min", e.Limit)
	case "below":
		return s.gettext("Number must be less than %(max)s.", "max", e.Limit)
	case "minlength", "maxlength":
		return s.outOfLength(f)
	case "format":
		return s.gettext(formatMessage(e.Limit))
	case "enum":
		if f.isChoice() {
			return s.gettext(notAChoice)
		}
		return s.gettext("Invalid value, must be one of: %(values)s.", "values", spaced(e.Limit))
	case "noneof":
		return s.gettext("Invalid value, can't be any of: %(values)s.", "values", spaced(e.Limit))
	case "eqfield":
		return s.gettext("Field must be equal to %(other_name)s.", "other_name", e.Limit)
	case "accept":
		return s.gettext("File does not have an approved extension: %(extensions)s", "extensions", spaced(e.Limit))
	case "maxsize":
		return s.gettext("File must not be larger than %(max)s.", "max", e.Limit)
	case "minitems":
		n, _ := strconv.Atoi(e.Limit)
		return s.ngettext("Choose at least %(num)d.", "Choose at least %(num)d.", n, "num", n)
	case "maxitems":
		n, _ := strconv.Atoi(e.Limit)
		return s.ngettext("Choose at most %(num)d.", "Choose at most %(num)d.", n, "num", n)
	}
	return s.gettext("Invalid input.")
}

// says reports whether the tags have a text of their own for a rule.
func (s *spec) says(rule string) bool {
	_, all := s.Tag.Lookup("message")
	_, one := s.Tag.Lookup("message." + rule)
	return all || one
}

// misread says that a value is not of the type of its field.
func (f *Field) misread() string {
	switch k := f.spec.typ.Kind(); {
	case f.kind() == "select" || f.kind() == "radio":
		return notAChoice
	case f.spec.typ == timeType && f.kind() == "datetime-local":
		return "Not a valid datetime value."
	case f.spec.typ == timeType:
		return "Not a valid " + f.kind() + " value."
	case k == reflect.Float32 || k == reflect.Float64:
		return "Not a valid float value."
	case f.kind() == "number" || f.kind() == "range":
		return "Not a valid integer value."
	}
	return "Invalid input."
}

func (s *state) outOfRange(f *Field) string {
	least, hasLeast := f.spec.limit("min")
	most, hasMost := f.spec.limit("max")
	switch {
	case hasLeast && hasMost:
		return s.gettext("Number must be between %(min)s and %(max)s.", "min", least, "max", most)
	case hasLeast:
		return s.gettext("Number must be at least %(min)s.", "min", least)
	}
	return s.gettext("Number must be at most %(max)s.", "max", most)
}

func (s *state) outOfLength(f *Field) string {
	least, hasLeast := f.spec.limit("minlength")
	most, hasMost := f.spec.limit("maxlength")
	from, _ := strconv.Atoi(least)
	to, _ := strconv.Atoi(most)
	switch {
	case !hasMost:
		return s.ngettext("Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long.", from, "min", from)
	case !hasLeast:
		return s.ngettext("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.", to, "max", to)
	case from == to:
		return s.ngettext("Field must be exactly %(max)d character long.", "Field must be exactly %(max)d characters long.", to, "max", to)
	}
	return s.gettext("Field must be between %(min)d and %(max)d characters long.", "min", from, "max", to)
}

func formatMessage(format string) string {
	switch format {
	case "email":
		return "Invalid email address."
	case "url":
		return "Invalid URL."
	case "uuid":
		return "Invalid UUID."
	case "ip", "ipv4", "ipv6":
		return "Invalid IP address."
	case "mac":
		return "Invalid Mac address."
	}
	return "Invalid input."
}

// spaced writes the list of a tag for people.
func spaced(list string) string { return strings.Join(strings.Split(list, ","), ", ") }
