package forms

import (
	"errors"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
)

// Input returns the element that the field is filled in with, and the attributes that its rules give it. attrs are more of them, names and
// values in turn: {{.Input "class" "wide" "rows" 5 "autofocus" true}}. An attribute that is true has no value, one that is false or nil is
// left out, and one that is there already is replaced. As in WTForms class_ is class, and data_x is data-x. An input of type file or password is
// always empty. A field that is made of fields gives those, each with its label. The error is an attribute that cannot be one.
func (f *Field) Input(attrs ...any) (template.HTML, error) {
	if f.group != noGroup {
		return f.groups()
	}
	e := element{attrs: map[string]string{"id": f.ID, "name": f.Name}}
	e.flag("readonly", f.Flags.ReadOnly)
	e.flag("disabled", f.Flags.Disabled)
	switch f.kind() {
	case "textarea":
		return f.textarea(e, attrs)
	case "select":
		return f.selection(e, attrs)
	case "radio", "checkboxes":
		if !f.single {
			return f.options(attrs)
		}
	}
	e.name = "input"
	f.describe(&e)
	if err := e.add(attrs); err != nil {
		return "", err
	}
	return e.open(), nil
}

// HTML returns [Field.Input] without more attributes.
func (f *Field) HTML() template.HTML {
	html, _ := f.Input()
	return html
}

// TemplateHTML is HTML, for contrib/jinja: {{ form.username }}.
func (f *Field) TemplateHTML() template.HTML { return f.HTML() }

// TemplateCall is [Field.Input], for contrib/jinja: {{ form.username(class="wide") }}.
func (f *Field) TemplateCall(attrs ...any) (template.HTML, error) { return f.Input(attrs...) }

// describe gives an input its type, its value and what the rules say.
func (f *Field) describe(e *element) {
	kind := f.kind()
	e.attrs["type"] = kind
	f.constrain(e)
	switch kind {
	case "checkbox":
		e.attrs["value"] = "y"
		e.flag("checked", f.checked())
	case "radio", "checkboxes":
		e.attrs["type"] = map[string]string{"radio": "radio", "checkboxes": "checkbox"}[kind]
		e.attrs["value"] = f.Choices[0].Value
		e.flag("checked", f.chosen()(f.Choices[0].Value))
		e.flag("required", kind == "radio" && f.Flags.Required)
	case "submit":
		e.attrs["value"] = f.Label.Text
	case "file":
		e.flag("multiple", f.spec.isList())
		if accept, ok := f.spec.limit("accept"); ok {
			e.attrs["accept"] = accept
		}
	case "password":
		e.attrs["value"] = ""
	default:
		e.attrs["value"] = f.Value()
	}
}

// checked reports whether a box is.
func (f *Field) checked() bool {
	if f.state.read {
		return len(f.typed()) > 0 && f.text(f.value) != "false"
	}
	return f.text(f.value) == "true"
}

// constrain gives an element the attributes of HTML that the rules of the field are.
func (f *Field) constrain(e *element) {
	e.flag("required", f.Flags.Required)
	if f.spec.placeholder != "" {
		e.attrs["placeholder"] = f.state.gettext(f.spec.placeholder)
	}
	for _, rule := range f.spec.Rules {
		switch rule.Name {
		case "min", "max", "minlength", "maxlength":
			e.attrs[rule.Name] = rule.Limit
		case "pattern":
			if !strings.Contains(rule.Limit, "(?") { // Go's flags are not JavaScript's
				e.attrs["pattern"] = rule.Limit
			}
		}
	}
	if f.Type == "FloatField" {
		e.attrs["step"] = "any"
	}
}

func (f *Field) textarea(e element, attrs []any) (template.HTML, error) {
	e.name = "textarea"
	f.constrain(&e)
	if err := e.add(attrs); err != nil {
		return "", err
	}
	// A browser drops a line break behind the tag, which may be one of the text.
	return e.open() + "\r\n" + escape(f.Value()) + "</textarea>", nil
}

func (f *Field) selection(e element, attrs []any) (template.HTML, error) {
	e.name = "select"
	f.constrain(&e)
	e.flag("multiple", f.spec.isList())
	if err := e.add(attrs); err != nil {
		return "", err
	}
	chosen := f.chosen()
	html := e.open()
	group := ""
	for _, choice := range f.Choices {
		if choice.Group != group {
			html += closeGroup(group) + openGroup(choice.Group)
			group = choice.Group
		}
		option := element{name: "option", attrs: map[string]string{"value": choice.Value}}
		option.flag("selected", chosen(choice.Value))
		html += option.open() + escape(choice.Label) + "</option>"
	}
	return html + closeGroup(group) + "</select>", nil
}

func openGroup(label string) template.HTML {
	if label == "" {
		return ""
	}
	e := element{name: "optgroup", attrs: map[string]string{"label": label}}
	return e.open()
}

func closeGroup(label string) template.HTML {
	if label == "" {
		return ""
	}
	return "</optgroup>"
}

// options returns a list of the buttons or boxes, each with its label.
func (f *Field) options(attrs []any) (template.HTML, error) {
	e := element{name: "ul", attrs: map[string]string{"id": f.ID}}
	if err := e.add(attrs); err != nil {
		return "", err
	}
	html := e.open()
	for option := range f.All() {
		html += "<li>" + option.HTML() + " " + option.Label.HTML() + "</li>"
	}
	return html + "</ul>", nil
}

// An element is the tag of an element.
type element struct {
	name  string
	attrs map[string]string
	flags []string // attributes without a value
}

// flag puts an attribute without a value there, or takes it away.
func (e *element) flag(name string, on bool) {
	e.flags = slices.DeleteFunc(e.flags, func(flag string) bool { return flag == name })
	if on {
		e.flags = append(e.flags, name)
	}
}

// add puts names and values in turn into the tag.
func (e *element) add(attrs []any) error {
	if len(attrs)%2 != 0 {
		return errors.New(`forms: attributes are names and values in turn, as in "class" "wide"`)
	}
	for i := 0; i < len(attrs); i += 2 {
		name, ok := attrs[i].(string)
		if name = attributeName(name); !ok || name == "" {
			return fmt.Errorf("forms: %q cannot be the name of an attribute; write letters, digits, - and _", fmt.Sprint(attrs[i]))
		}
		e.flag(name, false)
		delete(e.attrs, name)
		switch value := attrs[i+1].(type) {
		case nil:
		case bool:
			e.flag(name, value)
		default:
			e.attrs[name] = fmt.Sprint(value)
		}
	}
	return nil
}

// attributeName returns the name that an attribute has in HTML, or "" where it can have none.
func attributeName(name string) string {
	name = strings.TrimRight(name, "_")
	if strings.HasPrefix(name, "data_") || strings.HasPrefix(name, "aria_") {
		name = strings.ReplaceAll(name, "_", "-")
	}
	if strings.ContainsFunc(name, func(c rune) bool {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		return c > 0x7f || !letter && !strings.ContainsRune("0123456789-_.:@", c)
	}) {
		return ""
	}
	return name
}

// open returns the tag, with its attributes in the order of their names, as WTForms has them.
func (e *element) open() template.HTML {
	names := slices.AppendSeq(slices.Clone(e.flags), maps.Keys(e.attrs))
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("<" + e.name)
	for _, name := range names {
		b.WriteString(" " + name)
		if value, ok := e.attrs[name]; ok {
			b.WriteString(`="` + template.HTMLEscapeString(value) + `"`)
		}
	}
	b.WriteString(">")
	return template.HTML(b.String())
}

func escape(s string) template.HTML { return template.HTML(template.HTMLEscapeString(s)) }
