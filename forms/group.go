package forms

import (
	"fmt"
	"html/template"
)

// Group returns the field as it stands in [Form.QuickForm]: label, element, description and errors. attrs are those of the element. Errors
// are told to screen readers with the element that they are about.
func (f *Field) Group(attrs ...any) (template.HTML, error) {
	if f.kind() == "hidden" {
		return f.Input(attrs...)
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
	return html + errorList(f.Name+"-errors", f.Errors) + "</div>\n", nil
}

// described are the attributes of an element that something is wrong with.
func (f *Field) described() []any {
	if len(f.Errors) == 0 || f.kind() == "radio" || f.kind() == "checkboxes" {
		return nil
	}
	return []any{"aria-invalid", "true", "aria-describedby", f.Name + "-errors"}
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
		if field.kind() == "hidden" {
			continue
		}
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
	for _, field := range f.Fields() {
		if field.kind() == kind {
			return true
		}
	}
	return false
}
