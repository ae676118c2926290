package forms

import (
	"fmt"
	"html/template"
	"strconv"
)

// Group returns the field as it stands in [Form.QuickForm]: label, element, description and errors. attrs are those of the element. Errors
// are told to screen readers with the element that they are about. It is empty for a hidden field, which is in [Form.HiddenTag], so that a
// loop over all fields has each once.
func (f *Field) Group(attrs ...any) (template.HTML, error) {
	if f.kind() == "hidden" {
		return "", nil
	}
	if f.group != noGroup {
		return f.fieldset(attrs)
	}
	input, err := f.Input(append(f.described(), attrs...)...)
	if err != nil {
		return "", err
	}
	html := template.HTML(`<div class="field">`)
	switch f.kind() {
	case "submit":
		html += input
	case "checkbox":
		html += input + " " + f.Label.HTML()
	default:
		html += f.Label.HTML() + " " + input
	}
	if f.Description != "" {
		html += `<p class="description">` + escape(f.Description) + `</p>`
	}
	return html + errorList(f.ID+"-errors", f.Errors) + "</div>\n", nil
}

// fieldset returns a field that is made of fields: a frame with its label around what they are.
func (f *Field) fieldset(attrs []any) (template.HTML, error) {
	e := element{name: "fieldset", attrs: map[string]string{"class": "field", "id": f.ID}}
	if err := e.add(attrs); err != nil {
		return "", err
	}
	inner, err := f.groups()
	if err != nil {
		return "", err
	}
	html := e.open() + "<legend>" + escape(f.Label.Text) + "</legend>\n"
	if f.Description != "" {
		html += `<p class="description">` + escape(f.Description) + `</p>`
	}
	return html + inner + errorList(f.ID+"-errors", f.Errors) + "</fieldset>\n", nil
}

// groups returns what a field is made of, one after the other.
func (f *Field) groups() (html template.HTML, err error) {
	for i, part := range f.parts {
		var one template.HTML
		switch {
		case f.group == valueList:
			one, err = part.Input("aria-label", f.Label.Text+" "+strconv.Itoa(i+1))
			one = `<div class="field">` + one + errorList(part.ID+"-errors", part.Errors) + "</div>\n"
		case f.group == formList:
			one, err = part.groups()
			one = template.HTML(`<div class="row" id="`+template.HTMLEscapeString(part.ID)+`">`+"\n") + one + errorList(part.ID+"-errors", part.Errors) + "</div>\n"
		case part.kind() == "hidden":
			one, err = part.Input()
		default:
			one, err = part.Group()
		}
		if err != nil {
			return "", err
		}
		html += one
	}
	return html, nil
}

// described are the attributes of an element that something is wrong with.
func (f *Field) described() []any {
	if len(f.Errors) == 0 || f.kind() == "radio" || f.kind() == "checkboxes" {
		return nil
	}
	return []any{"aria-invalid", "true", "aria-describedby", f.ID + "-errors"}
}

func errorList(id string, errors []string) template.HTML {
	if len(errors) == 0 {
		return ""
	}
	e := element{name: "ul", attrs: map[string]string{"class": "errors"}}
	if id != "" {
		e.attrs["id"] = id
	}
	html := e.open()
	for _, text := range errors {
		html += "<li>" + escape(text) + "</li>"
	}
	return html + "</ul>"
}

// QuickForm returns the whole form: the hidden fields, what is wrong with the form, and a [Field.Group] for each field. attrs are attributes of
// its tag, as for [Field.Input]; its method is post, or get where all fields have the tag query, and its enctype that for files if there is
// a file field. A form without a [Button] gets one. Templates of one's own look are short, too: loop over [Form.Fields].
func (f Form) QuickForm(attrs ...any) (template.HTML, error) {
	e := element{name: "form", attrs: map[string]string{"method": f.method()}}
	if f.has("file") {
		e.attrs["enctype"] = "multipart/form-data"
	}
	if err := e.add(attrs); err != nil {
		return "", err
	}
	hidden, err := f.HiddenTag()
	if err != nil {
		return "", err
	}
	html := e.open() + hidden + "\n" + errorList("", f.FormErrors())
	for _, field := range f.Fields() {
		group, err := field.Group()
		if err != nil {
			return "", fmt.Errorf("forms: field %q: %w", field.Name, err)
		}
		html += group
	}
	if !f.has("submit") {
		html += `<div class="field"><input type="submit"></div>` + "\n"
	}
	return html + "</form>", nil
}

func (f Form) method() string {
	for _, field := range f.Fields() {
		if !field.spec.inQuery {
			return "post"
		}
	}
	return "get"
}

func (f Form) has(kind string) bool {
	if f.state == nil {
		return false
	}
	for field := range f.state.walk {
		if field.kind() == kind {
			return true
		}
	}
	return false
}
