// Package forms reads, checks and shows the forms that people fill in, as Flask-WTF and WTForms do. A form is a struct with tags:
//
//	type RegisterForm struct {
//		forms.Form
//		Username string       `form:"username" label:"Username" required:"true" maxlength:"64"`
//		Email    string       `form:"email" label:"Email" required:"true" format:"email"`
//		Password string       `form:"password" label:"Password" input:"password" required:"true"`
//		Again    string       `form:"password2" label:"Repeat Password" input:"password" eqfield:"password"`
//		Remember bool         `form:"remember_me" label:"Remember Me"`
//		Submit   forms.Button `form:"submit" label:"Register"`
//	}
//
//	func register(c *dewar.Context) error {
//		var f RegisterForm
//		ok, err := forms.ValidateOnSubmit(c, &f)
//		if err != nil {
//			return err
//		}
//		if ok {
//			... // f.Username is what was typed, and good
//			return c.RedirectTo("login")
//		}
//		return c.Render("register.html", dewar.Map{"form": &f})
//	}
//
// # Tags
//
// [dewar.Context.Bind] reads the values and their rules by its tags, required, minlength and the others. A field has one of form and
// query and no other source: an error says so. Those
// of this package say what is shown:
//
//	label:"Username"       beside the field; without it the name, as in "Remember me"
//	description:"..."      what a template shows beneath it
//	input:"textarea"       how it is filled in, see below
//	placeholder:"..."      what an empty field shows
//	readonly:"true"        nobody can change it: another value is an error
//	disabled:"true"        it is not sent: any value is an error
//
//	rows:"2"               a list shows so many rows at least
//
// A struct is shown as a sub-form, a list of structs as one for each row, and a list of values that are typed as an input for each: see
// [Field.Fields]. Their names are those that Bind reads, to.street and items[0].price.
//
// Input is a type of HTML's input, such as password, email, tel, search, color, range, hidden, date, datetime-local, month, week and
// time, or textarea, select, radio, checkboxes. Without the tag it follows from the type of the field and its rules: a number is
// number, a bool a checkbox, a time datetime-local, a file file, a [Button] submit; with enum or [Form.SetChoices] it is a
// select.
//
// # Templates
//
// In html/template {{.form.Username}} is the value, and a [Field] is what is shown:
//
//	<form method="post">{{.form.HiddenTag}}
//	{{with .form.Field "username"}}{{.Label.HTML}} {{.Input "class" "wide"}}{{range .Errors}}<p>{{.}}</p>{{end}}{{end}}
//	</form>
//
// In Jinja, contrib/jinja, form.username is the [Field], and templates of WTForms stay as they are: form.username(class="wide"),
// form.username.errors, form.username.label, form.hidden_tag(), form.errors, {% for field in form %}. The value is form.username.data.
// [Form.QuickForm] is a whole form in both.
package forms

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/suggest"
)

// A Form holds what a request has to do with the struct that it is embedded in: what was typed, and what is wrong with it. The
// zero Form is ready for [ValidateOnSubmit], and so is a copy of a form that has choices and labels already. It belongs to one request, and is
// printed without its values.
type Form struct {
	state *state // of the request, nil before it is prepared
	// These are replaced and never changed, so that a copy of a form has its own.
	choices map[string][]Choice
	labels  map[string]string
}

// A Struct is a pointer to a struct that embeds a [Form].
type Struct interface{ form() *Form }

// Check has [dewar.App.Build] report mistakes in the tags of forms, all at once: forms.Check(app, &JoinForm{}, &SearchForm{}). Otherwise
// they are the error of the first request that comes to the form.
func Check(app *dewar.App, forms ...Struct) {
	app.OnBuild(func() error {
		var errs []error
		for _, f := range forms {
			_, err := specsOf(reflect.TypeOf(f).Elem(), false)
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
}

var structType = reflect.TypeFor[Struct]()

func (f *Form) form() *Form { return f }

// A state is what a Form knows.
type state struct {
	c         *dewar.Context
	fields    []*Field
	submitted bool
	read      bool // what was typed is shown
	errors    []string
	choices   map[string][]Choice
	labels    map[string]string
	names     map[string]string // what was sent, as the client writes it
	numbers   map[string][]int  // the rows of lists that were sent
}

// A Button is the field of a submit button: true if it was pressed.
type Button bool

// UnmarshalText makes it true: a browser sends the text of the button that was pressed, and nothing for others.
func (b *Button) UnmarshalText([]byte) error {
	*b = true
	return nil
}

// ValidateOnSubmit reads the form that a request sent, and reports whether there was one and all of it is right. Then the fields
// of f have what was typed. Otherwise the form is to be shown: f has what stood in it before, or what was typed, with the errors beside the fields.
// A form is sent by POST, PUT, PATCH or DELETE. err is what is not the user's fault: a mistake in f, a body that is no form or too
// large, or an error of the method Validate of f that is about no field. Flask-WTF has validate_on_submit.
//
// The rules are those of the tags, the choices of fields that have some, and then, if all of that is right, the method Validate of f,
// which calls [Form.Fail]:
//
//	func (f *RegisterForm) Validate(c *dewar.Context) error {
//		taken, err := userExists(c, f.Username)
//		if taken {
//			f.Fail("username", "Please use a different username.")
//		}
//		return err
//	}
//
// A required text of spaces alone is empty. A box that is not checked is false, and a list that nothing was chosen of empty, whatever stood
// there before.
func ValidateOnSubmit(c *dewar.Context, f Struct) (ok bool, err error) {
	if err := prepare(c, f); err != nil || !f.form().state.submitted {
		return false, err
	}
	return f.form().state.validate(f)
}

// Validate is ValidateOnSubmit for a form that every request sends, such as a search by GET, whose fields have the tag query. Fields with
// the tag form are missing in a GET, whatever body it has. Flask-WTF has validate.
func Validate(c *dewar.Context, f Struct) (ok bool, err error) {
	if err := prepare(c, f); err != nil {
		return false, err
	}
	return f.form().state.validate(f)
}

// Show makes f ready to be shown by a view that does not read it, such as a small form whose own view answers it.
func Show(c *dewar.Context, f Struct) error { return prepare(c, f) }

// prepare makes the fields of f.
func prepare(c *dewar.Context, f Struct) error {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("forms: %T is nil; pass a pointer to a form", f)
	}
	if isNilInside(v.Elem()) {
		return fmt.Errorf("forms: %T has its Form from an embedded pointer, which is nil; embed forms.Form itself", f)
	}
	specs, err := specsOf(v.Type().Elem(), false)
	if err != nil {
		return err
	}
	form := f.form()
	s := &state{c: c, choices: form.choices, labels: form.labels}
	form.state = s
	s.submitted = slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, c.Request.Method)
	for i := range specs {
		s.fields = append(s.fields, newField(s, &specs[i], v.Elem(), where{}))
	}
	return s.checkNames(specs)
}

// isNilInside reports whether the Form of a struct is behind an embedded pointer that is nil.
func isNilInside(v reflect.Value) bool {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return true
		}
		v = v.Elem()
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		has := field.Type.Implements(structType) || reflect.PointerTo(field.Type).Implements(structType)
		if field.Anonymous && has && field.Type.Kind() != reflect.Interface {
			return isNilInside(v.Field(i))
		}
	}
	return false
}

// checkNames finds choices and labels that were given to fields which are not there.
func (s *state) checkNames(specs []spec) error {
	for name := range s.choices {
		if err := checkName(specs, "", name); err != nil {
			return err
		}
	}
	for name := range s.labels {
		if err := checkName(specs, "", name); err != nil {
			return err
		}
	}
	return nil
}

// checkName looks for a field, or for one in the rows of a list, which there may be none of: items.price.
func checkName(specs []spec, outer, name string) error {
	var names []string
	for _, own := range specs {
		path := dotted(outer, own.name)
		if path == name {
			return nil
		}
		if inner := structIn(own.typ); isNested(own.typ) && strings.HasPrefix(name, path+".") {
			specs, err := specsOf(inner, true)
			if err != nil {
				return err
			}
			return checkName(specs, path, name)
		}
		names = append(names, path)
	}
	return noField(name, names)
}

func noField(name string, known []string) error {
	return fmt.Errorf("forms: no field %q%s", name, suggest.DidYouMean(name, known))
}

// ready is the error of a form that is used before it was prepared.
func (s *state) ready() error {
	if s == nil {
		return errors.New("forms: the form is not ready; call forms.ValidateOnSubmit(c, &form), or forms.Show(c, &form), before it is shown")
	}
	return nil
}

// field returns a field by its name.
func (s *state) field(name string) (*Field, error) {
	if err := s.ready(); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(s.fields, func(f *Field) bool { return f.Name == name }); i >= 0 {
		return s.fields[i], nil
	}
	var names []string
	key := spellings.Replace(name)
	for field := range s.walk {
		if field.key() == key {
			return field, nil
		}
		names = append(names, field.Name)
	}
	return nil, noField(name, names)
}

// SetChoices gives a field what can be chosen in it, before [ValidateOnSubmit]; items.kind is the field kind in each row of items. Another value is an error of the field then. Without
// choices a field has those of its tag enum. On a Form that is nil it does nothing, of which ValidateOnSubmit tells.
func (f *Form) SetChoices(name string, choices ...Choice) {
	if f == nil {
		return
	}
	f.choices = with(f.choices, name, slices.Clone(choices))
}

// SetLabel gives a field a label that only the program knows, before [ValidateOnSubmit]. It is translated as that of the tag. On a
// Form that is nil it does nothing, of which ValidateOnSubmit tells.
func (f *Form) SetLabel(name, label string) {
	if f == nil {
		return
	}
	f.labels = with(f.labels, name, label)
}

// with returns a copy of m that has one more value.
func with[V any](m map[string]V, name string, value V) map[string]V {
	own := make(map[string]V, len(m)+1)
	maps.Copy(own, m)
	own[name] = value
	return own
}

// IsSubmitted reports whether the request sent a form, of whatever fields.
func (f Form) IsSubmitted() bool { return f.state != nil && f.state.submitted }

// Fail adds an error to a field, or to the form as a whole where name is "". message is translated, with the values of pairs, names and
// values in turn, in the place of %(name)s. It panics for a field that is not there, and before the form is ready.
func (f Form) Fail(name, message string, pairs ...any) {
	if f.state == nil {
		panic("forms: Fail: the form is not ready; call forms.ValidateOnSubmit(c, &form) first")
	}
	text := f.state.gettext(message, pairs...)
	if name == "" {
		f.state.errors = append(f.state.errors, text)
		return
	}
	field, err := f.state.field(name)
	if err != nil {
		panic(err.Error())
	}
	field.Errors = append(field.Errors, text)
}

// Field returns the field that clients know by this name. The error says which one was meant, or that the form is not ready.
func (f Form) Field(name string) (*Field, error) { return f.state.field(name) }

// Fields returns all fields, in the order of the struct.
func (f Form) Fields() []*Field {
	if f.state == nil {
		return nil
	}
	return f.state.fields
}

// All gives the fields, for Jinja: {% for field in form %}.
func (f Form) All() iter.Seq[*Field] { return slices.Values(f.Fields()) }

// Errors returns what is wrong, by the names of fields; what is wrong with the form as a whole is under "".
func (f Form) Errors() map[string][]string {
	all := map[string][]string{}
	if f.state != nil {
		for field := range f.state.walk {
			if len(field.Errors) > 0 {
				all[field.shownName()] = field.Errors
			}
		}
	}
	if own := f.FormErrors(); len(own) > 0 {
		all[""] = own
	}
	return all
}

// FormErrors returns what is wrong with the form as a whole.
func (f Form) FormErrors() []string {
	if f.state == nil {
		return nil
	}
	return f.state.errors
}

// HiddenTag returns the hidden fields, and what [dewar.App.HiddenFields] has for every form, such as the token of contrib/csrf.
func (f Form) HiddenTag() (template.HTML, error) {
	html, err := f.CSRFToken()
	for _, field := range f.Fields() {
		if field.kind() == "hidden" {
			html += field.HTML()
		}
	}
	return html, err
}

// CSRFToken returns what [dewar.App.HiddenFields] has, alone.
func (f Form) CSRFToken() (template.HTML, error) {
	if err := f.state.ready(); err != nil {
		return "", err
	}
	if f.state.c.App.HiddenFields == nil {
		return "", nil
	}
	return f.state.c.App.HiddenFields(f.state.c)
}

// TemplateAttr is what a template of contrib/jinja gets by a name: the fields go before what else a struct has.
func (f Form) TemplateAttr(name string) (any, bool) {
	for _, field := range f.Fields() {
		if field.Name == name {
			return field, true
		}
	}
	return nil, false
}

// Format prints that it is a form and the names of its fields, for every verb: what is typed may be secret.
func (f Form) Format(w fmt.State, _ rune) {
	var names []string
	for _, field := range f.Fields() {
		names = append(names, field.Name)
	}
	_, _ = io.WriteString(w, "Form("+strings.Join(names, ", ")+")")
}

// LogValue returns what Format prints.
func (f Form) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(f)) }
