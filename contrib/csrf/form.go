package csrf

import (
	"errors"
	"html/template"

	"github.com/dewar-go/dewar"
)

// Field returns the hidden input of a form with the token in it, as WTForms writes it. Templates call it csrf_field. It is
// nothing while WTF_CSRF_ENABLED is off.
func Field(c *dewar.Context) (template.HTML, error) {
	if !flag(c, enabledKey) {
		return "", nil
	}
	token, err := Token(c)
	if err != nil {
		return "", err
	}
	name := template.HTMLEscapeString(fieldName(c))
	return template.HTML(`<input id="` + name + `" name="` + name + `" type="hidden" value="` + template.HTMLEscapeString(token) + `">`), nil
}

// MetaTag returns <meta name="csrf-token" content="..."> with the token in it, for scripts that send it in a header. Its name is
// WTF_CSRF_META_NAME. Templates call it csrf_meta_tag, as those of Flask-WTF 1.3.
func MetaTag(c *dewar.Context) (template.HTML, error) {
	token, err := Token(c)
	if err != nil {
		return "", err
	}
	name := template.HTMLEscapeString(named(c, metaKey, "csrf-token"))
	return template.HTML(`<meta name="` + name + `" content="` + template.HTMLEscapeString(token) + `">`), nil
}

// A Form is what templates of a Flask project ask a FlaskForm about tokens: {{ form.hidden_tag() }} and
// {{ form.csrf_token }}. Embed it in the struct that has the other fields, or give it alone:
//
//	return c.Render("login.html", dewar.Map{"form": csrf.NewForm(c)})
//
// It belongs to one request. The zero Form belongs to none: its methods return an error that says so.
type Form struct{ c *dewar.Context }

// NewForm returns the Form of a request. The token is made when a template asks for it.
func NewForm(c *dewar.Context) Form { return Form{c} }

// HiddenTag returns [Field]: the only hidden field that a Form knows of.
func (f Form) HiddenTag() (template.HTML, error) {
	if f.c == nil {
		return "", errors.New("csrf: this Form belongs to no request; set it to csrf.NewForm(c)")
	}
	return Field(f.c)
}

// CSRFToken is [Form.HiddenTag].
func (f Form) CSRFToken() (template.HTML, error) { return f.HiddenTag() }
