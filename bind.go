package dewar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"

	"github.com/dewar-go/dewar/internal/binding"
	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/cookies"
	"github.com/dewar-go/dewar/internal/intake"
)

// A Validator checks what [Context.Bind] has filled, by whatever rules it knows. App.Validator is the one of an
// App. It must be safe for concurrent use.
type Validator interface {
	// Validate is given what Bind was given, a pointer to a struct. It returns nil when all is right. A
	// [FieldError], or several joined by [errors.Join], become a list in Bind's answer with status 400. Any
	// other error is returned by Bind as it is, so that its answer is 500 unless it picks its own status.
	Validate(c *Context, v any) error
}

// A Translator has texts in the language of a request. It must be safe for concurrent use. *i18n.Translations of contrib/i18n is
// one.
type Translator interface {
	// Gettext returns the translation of message, and message where there is none, with the values of pairs, which are names
	// and values in turn, in the place of %(name)s.
	Gettext(c *Context, message string, pairs ...any) string
	// NGettext does so for n things.
	NGettext(c *Context, singular, plural string, n int, pairs ...any) string
}

// BindOption is an attribute of one call of [Context.Bind].
type BindOption func(*binding.Binder)

// RefuseUnknown makes members of a JSON body that no field takes an error, also in structs inside it. The default is to
// ignore them.
func RefuseUnknown() BindOption { return func(b *binding.Binder) { b.RefuseUnknown = true } }

// Bind fills the struct that v points to from the request, by the tags of its fields:
//
//	type listing struct {
//		ID    int       `path:"id"`
//		Page  int       `query:"page" default:"1" min:"1"`
//		Tags  []string  `query:"tag" maxitems:"10" maxlength:"20"`
//		Since time.Time `header:"X-Since"`
//		Theme string    `cookie:"theme" enum:"light,dark"`
//		Title string    `form:"title" json:"title" required:"true" maxlength:"80"`
//	}
//
// A field with several tags takes the first value that is there, in the order path, query, header, cookie, form, json. Fields
// of json are read only when the body is declared to be JSON, those of form only from a form; a form field of type
// *multipart.FileHeader, or a slice of it, takes uploaded files. Fields of embedded structs count as fields of the
// outer one. A slice takes every value of a repeated name. Names of a form lead into structs, lists of structs and maps: items[0].price and
// items[0][price] are the field price of the first of items. The numbers give the order alone. Text is converted as by [Values]: numbers, booleans,
// durations, times, [UUID] and every type with an UnmarshalText method. JSON is converted by the App's JSON provider,
// value by value; a duration may also be text, and a bare number counts seconds.
//
// Only fields with a tag are ever set, also in structs inside a JSON body, and names must match exactly;
// what else the request has is ignored, unless [RefuseUnknown] is given. A value that is missing, empty or of spaces where the type is not text, or null
// in JSON leaves its field as it was, or gives it the value of the tag default. With required:"true" it is an
// error, and so is an empty text, which is what a form sends for a field that nobody filled in; a zero that the client
// sent is not, and a *string may be empty. A [time.Time] takes what HTML's inputs of the types date, datetime-local, month, week and time send: a
// month is its first day, a week its Monday, a time alone one of January 1 of the year 0, all in UTC. A form says
// nothing of the zone of its user; where that is known, put the parts into [time.Date] with it.
//
// # Rules
//
// These tags constrain a value that is there. An empty text that does not come from JSON is not there. Of a list each item is
// asked, but for the rules of lists.
//
//	min:"1" max:"9"              from 1 to 9: numbers, durations ("1m"), times ("2026-01-31")
//	above:"0" below:"1"          more than 0, less than 1
//	minlength:"3" maxlength:"9"  characters of a text, as a browser counts them; bytes of a []byte
//	pattern:"[a-z]+"             the regular expression of a whole text
//	enum:"red,green"             one of these; noneof:"admin,root" none of these
//	format:"email"               an email, url (http and https), uuid, ip, ipv4, ipv6, mac, hostname
//	minitems:"1" maxitems:"9"    how many a list or a map has; unique:"true" has no item of a list twice
//	accept:".png,.jpg"           the extension of an uploaded file; maxsize:"5MB" how large it may be
//	eqfield:"password"           equal to the field that clients know by this name
//	message:"..."                said in the place of what Bind says; message.min:"..." for one rule, of required,
//	                             eqfield, type (of the value) and those above
//
// Texts are translated by [App.Translator]. [FieldsOf] gives the rules of a type, for documents and forms.
//
// A struct that has a method Validate() error, Validate(ctx context.Context) error or Validate(c *dewar.Context) error is asked
// when its fields are good, also one inside a JSON
// body. When nothing was wrong so far, [App.Validator] is asked last. What their errors mean, [Validator] says.
//
// Everything that is wrong is reported at once, as an [*HTTPError] with status 400 that lists it in Errors;
// the good fields are set. A body that cannot be read at all is a 400, 413 or 415. A mistake in the struct
// itself, such as a tag on an unexported field, a rule that does not fit its type or is misspelt, or a tag of another framework that nothing would read, is an error whose
// answer is 500. The body stays readable.
func (c *Context) Bind(v any, opts ...BindOption) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() || rv.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("dewar: Bind(%T): pass a pointer to a struct, as in c.Bind(&form)", v)
	}
	plan, err := c.App.bindPlans.Of(rv.Type().Elem())
	if err != nil {
		return fmt.Errorf("dewar: Bind: %w", err)
	}
	if rule := plan.Unread(); rule != "" && c.runtime().validator == nil {
		return errors.New("dewar: Bind: " + rule)
	}
	request := bindRequest{c}
	binder := plan.Binder(request)
	for _, opt := range opts {
		opt(binder)
	}
	if err := c.readBound(binder, plan.Takes(binding.Form) && !binder.IgnoreForm, plan.Takes(binding.JSON)); err != nil {
		return err
	}
	problems, err := binder.Fill(rv.Elem())
	if err == nil && len(problems) == 0 && c.runtime().validator != nil {
		problems, err = request.Problems(c.runtime().validator.Validate(c, v))
	}
	if err != nil || len(problems) == 0 {
		return err
	}
	return badFields(problems)
}

// validate asks the struct that v points to, and then App.Validator, whether it is right. Anything but a struct is.
func (c *Context) validate(v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.Elem().Kind() != reflect.Struct {
		return nil
	}
	var problems []binding.Problem
	var err error
	if coerce.CanValidate(rv.Elem()) {
		problems, err = bindRequest{c}.Problems(bindRequest{c}.Validate(v))
	}
	if err == nil && len(problems) == 0 && c.runtime().validator != nil {
		problems, err = bindRequest{c}.Problems(c.runtime().validator.Validate(c, v))
	}
	if err != nil || len(problems) == 0 {
		return err
	}
	return badFields(problems)
}

// readBound gets the body ready as a form or as JSON, whichever the struct wants and the client sent.
func (c *Context) readBound(b *binding.Binder, wantsForm, wantsJSON bool) error {
	switch {
	case !wantsForm && !wantsJSON, c.isEmpty():
		return nil
	case wantsJSON && c.IsJSON():
		return c.readBoundJSON(b)
	case wantsForm && c.isForm():
		return c.BodyError()
	}
	want := "JSON, sent with Content-Type: application/json"
	if wantsForm {
		want = "a form"
	}
	if wantsForm && wantsJSON {
		want = "a form or JSON"
	}
	return &HTTPError{Code: http.StatusUnsupportedMediaType, Message: "The body must be " + want + "."}
}

// readBoundJSON gives the members of a JSON body to b. White space alone has none.
func (c *Context) readBoundJSON(b *binding.Binder) error {
	doc, err := c.scanJSON()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	case !b.ReadJSON(doc.Root()):
		return &HTTPError{Code: http.StatusBadRequest, Message: "The body must be a JSON object."}
	}
	return nil
}

func badFields(problems []binding.Problem) error {
	problems = problems[:min(len(problems), binding.MaxProblems)]
	e := &HTTPError{Code: http.StatusBadRequest, Message: "Some fields are not right."}
	if len(problems) == 1 {
		e.Message = "One field is not right."
	}
	for _, p := range problems {
		e.Errors = append(e.Errors, FieldError(p))
	}
	return e
}

// A bindRequest is a Context as internal/binding sees it.
type bindRequest struct{ *Context }

func (r bindRequest) Path(name string) (any, bool) { return r.Params().Lookup(name) }

func (r bindRequest) Texts(src binding.Source, name string) []string {
	switch src {
	case binding.Query:
		return r.Query().src.(*textSource).values[name]
	case binding.Header:
		return intake.Texts(r.Request.Header.Values(name))
	case binding.Cookie:
		return intake.Texts(cookiesNamed(r.Request.Header["Cookie"], name))
	default:
		return r.Form().src.(*textSource).values[name]
	}
}

// cookiesNamed returns the values of all cookies of a name.
func cookiesNamed(lines []string, name string) (values []string) {
	for n, value := range cookies.All(lines) {
		if n == name {
			values = append(values, value)
		}
	}
	return values
}

func (r bindRequest) Files(name string) []*multipart.FileHeader {
	files, _ := r.Context.Files(name) // readBound has seen the error
	return files
}

func (r bindRequest) FormKeys() []string {
	keys := r.Form().Keys()
	if form := r.Request.MultipartForm; form != nil {
		keys = slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(keys, maps.Keys(form.File)))))
	}
	return keys
}

func (r bindRequest) PlainJSON() bool {
	_, plain := r.App.JSON.(standardJSON)
	return plain
}

func (r bindRequest) Unmarshal(data []byte, v any) error { return r.App.JSON.Unmarshal(data, v) }

// Validate calls the method Validate of v, if it has one.
func (r bindRequest) Validate(v any) error {
	switch v := v.(type) {
	case interface{ Validate() error }:
		return v.Validate()
	case interface{ Validate(context.Context) error }:
		return v.Validate(r.Context)
	case interface{ Validate(*Context) error }:
		return v.Validate(r.Context)
	}
	return nil
}

// Translate returns a text in the language of the request.
func (r bindRequest) Translate(text, limit string) string {
	if r.App.Translator == nil {
		return binding.Fill(text, limit)
	}
	return r.App.Translator.Gettext(r.Context, text, "limit", limit)
}

// Problems returns the FieldErrors that err is made of, or err when it is made of anything else too.
func (r bindRequest) Problems(err error) (problems []binding.Problem, other error) {
	switch e := err.(type) {
	case nil:
		return nil, nil
	case FieldError:
		return []binding.Problem{binding.Problem(e)}, nil
	case *FieldError:
		return []binding.Problem{binding.Problem(*e)}, nil
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			more, other := r.Problems(inner)
			if other != nil {
				return nil, err
			}
			problems = append(problems, more...)
		}
		if len(problems) > 0 {
			return problems, nil
		}
	}
	return nil, err
}
