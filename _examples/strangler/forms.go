package main

import (
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
)

// A Form has the fields of a form by their names, as templates know them from WTForms.
type Form map[string]*Field

// A Field is one of a form. Its names are those of a field of WTForms.
type Field struct {
	Name   string
	Label  Label
	Data   any
	Errors []string
	checks []check
}

// A Label is what stands beside a field.
type Label struct{ Text string }

// A check returns the message for a value that is not right, or "".
type check func(value string) string

func field(name, label string, checks ...check) *Field {
	return &Field{Name: name, Label: Label{label}, checks: checks}
}

func required(message string) check {
	return func(value string) string {
		if strings.TrimSpace(value) == "" {
			return message
		}
		return ""
	}
}

func atMost(length int, message string) check {
	return func(value string) string {
		if utf8.RuneCountInString(value) > length {
			return message
		}
		return ""
	}
}

// form returns the fields with their labels translated, and reads them if the form was sent: ok is whether it was, and all is
// right.
func (b *blog) form(c *dewar.Context, fields ...*Field) (f Form, ok bool) {
	f, ok = Form{}, c.Request.Method == http.MethodPost
	sent := ok
	for _, field := range fields {
		field.Label.Text = b.texts.Gettext(c, field.Label.Text)
		f[field.Name] = field
		if sent && !b.read(c, field) {
			ok = false
		}
	}
	return f, ok
}

// read takes the value of the field from the request, and reports whether it is right.
func (b *blog) read(c *dewar.Context, field *Field) bool {
	value := c.Form().String(field.Name)
	field.Data = value
	for _, check := range field.checks {
		if message := check(value); message != "" {
			b.refuse(c, field, message)
			return false
		}
	}
	return true
}

// refuse adds an error to a field.
func (b *blog) refuse(c *dewar.Context, field *Field, message string) {
	field.Errors = append(field.Errors, b.texts.Gettext(c, message))
}

// upload returns the file that was sent in a field, or nil; ok is whether it has one of the extensions.
func (b *blog) upload(c *dewar.Context, field *Field, message string, extensions ...string) (file *multipart.FileHeader, ok bool) {
	file, err := c.File(field.Name)
	if err != nil || file.Filename == "" {
		return nil, true
	}
	if !slices.Contains(extensions, strings.ToLower(path.Ext(file.Filename))) {
		b.refuse(c, field, message)
		return nil, false
	}
	return file, true
}
