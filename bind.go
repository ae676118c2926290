package dewar

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"slices"

	"github.com/dewar-go/dewar/internal/coerce"
)

// maxFieldErrors is how many bad fields one answer lists.
const maxFieldErrors = 100

// Bind fills the struct that v points to from the request, by the tags of its fields:
//
//	type listing struct {
//		ID    int       `path:"id"`
//		Page  int       `query:"page" default:"1"`
//		Tags  []string  `query:"tag"`
//		Since time.Time `header:"X-Since"`
//		Title string    `form:"title" json:"title" required:"true"`
//	}
//
// A field with several tags takes the first value that is there, in the order path, query, header, form,
// json. Fields of json are read only when the body is declared to be JSON, those of form only from a form;
// a form field of type *multipart.FileHeader, or a slice of it, takes uploaded files. Fields of embedded
// structs count as fields of the outer one. A slice takes every value of a repeated name. Text is converted
// as by [Values]: numbers, booleans, durations, times, [UUID] and every type with an UnmarshalText method.
// JSON is converted by the App's JSON provider, value by value; a duration may also be text, and a bare
// number counts seconds.
//
// Only fields with a tag are ever set, also in structs inside a JSON body, and names must match exactly;
// what else the request has is ignored. A value that is missing, empty where the type is not text, or null
// in JSON leaves its field as it was, or gives it the value of the tag default. With required:"true" it is an
// error; a zero that the client sent is not.
//
// Everything that is wrong is reported at once, as an [*HTTPError] with status 400 that lists it in Errors;
// the good fields are set. A body that cannot be read at all is a 400, 413 or 415. A mistake in the struct
// itself, such as a tag on an unexported field, is an error whose answer is 500. The body stays readable.
func (c *Context) Bind(v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() || rv.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("dewar: Bind(%T): pass a pointer to a struct, as in c.Bind(&form)", v)
	}
	plan, err := c.App.bindPlan(rv.Type().Elem())
	if err != nil {
		return err
	}
	b := &binder{c: c, plan: plan}
	if err := b.readBody(); err != nil {
		return err
	}
	for i := range plan.fields {
		b.fill(rv.Elem(), &plan.fields[i])
	}
	return b.problem()
}

// A binder fills one struct from one request.
type binder struct {
	c       *Context
	plan    *bindPlan
	members map[string]json.RawMessage // of the JSON body
	errors  []FieldError
	bad     int // how many fields were not right, also beyond what is listed
}

// readBody gets the body ready if the struct wants it: as a form or as JSON.
func (b *binder) readBody() error {
	wantsForm, wantsJSON := b.plan.takes[fromForm], b.plan.takes[fromJSON]
	switch {
	case b.c.rare().body.source == nil, b.c.Request.ContentLength == 0, !wantsForm && !wantsJSON:
		return nil
	case wantsJSON && b.c.IsJSON():
		return b.readJSON()
	case wantsForm && b.c.isForm():
		return b.c.BodyError()
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

// isForm reports whether the body is declared to be a form.
func (c *Context) isForm() bool {
	mediaType, _, _ := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	return mediaType == "application/x-www-form-urlencoded" || mediaType == "multipart/form-data"
}

// problem returns what was found to be wrong, as one error.
func (b *binder) problem() error {
	switch len(b.errors) {
	case 0:
		return nil
	case 1:
		return &HTTPError{Code: http.StatusBadRequest, Message: "One field is not right.", Errors: b.errors}
	}
	return &HTTPError{Code: http.StatusBadRequest, Message: "Some fields are not right.", Errors: b.errors}
}

func (b *binder) report(field, detail string) {
	b.bad++
	if len(b.errors) < maxFieldErrors {
		b.errors = append(b.errors, FieldError{field, detail})
	}
}

// fill sets one field from the first source that has a value for it.
func (b *binder) fill(target reflect.Value, f *bindField) {
	for src, name := range f.names {
		if name == "" {
			continue
		}
		value := reflect.New(f.typ).Elem()
		before := b.bad
		if b.take(bindSource(src), name, f, value) {
			if b.bad == before {
				fieldAt(target, f.index).Set(value)
			}
			return
		}
	}
	b.absent(target, f, b.nameOf(f))
}

// absent deals with a field that the request has no value for.
func (b *binder) absent(target reflect.Value, f *bindField, name string) {
	switch {
	case f.required:
		b.report(name, "missing")
	case f.hasDefault:
		value := reflect.New(f.typ)
		_ = coerce.Into(value.Interface(), f.def) // tried when the plan was made
		fieldAt(target, f.index).Set(value.Elem())
	}
}

// nameOf returns the name that a field has in this request, for the report that it is missing.
func (b *binder) nameOf(f *bindField) string {
	isJSON := b.c.IsJSON()
	for src, name := range f.names {
		applies := bindSource(src) != fromForm && bindSource(src) != fromJSON || isJSON == (bindSource(src) == fromJSON)
		if name != "" && applies {
			return name
		}
	}
	first := slices.IndexFunc(f.names[:], func(name string) bool { return name != "" })
	return f.names[first]
}

// take converts what src has under name into value, reports what is wrong with it, and tells whether there
// was anything.
func (b *binder) take(src bindSource, name string, f *bindField, value reflect.Value) bool {
	switch {
	case src == fromPath:
		v, ok := b.c.Params().Lookup(name)
		return ok && b.convert(name, value, v)
	case src == fromJSON:
		raw, ok := b.members[name]
		if !ok || isNull(raw) {
			return false
		}
		b.decode(raw, value, name, 0)
		return true
	case f.shape == shapeFile || f.shape == shapeFiles:
		return b.takeFiles(name, f, value)
	}
	list := b.texts(src, name)
	if len(list) == 0 || !f.emptyText && !slices.ContainsFunc(list, func(s string) bool { return s != "" }) {
		return false
	}
	if f.shape == shapeList {
		return b.convert(name, value, list)
	}
	if list[0] == "" && !f.emptyText {
		return false
	}
	return b.convert(name, value, list[0])
}

// texts returns every value that a query, header or form has for name.
func (b *binder) texts(src bindSource, name string) []string {
	switch src {
	case fromQuery:
		return b.c.Query().Strings(name)
	case fromHeader:
		return b.c.Request.Header.Values(name)
	default:
		return b.c.Form().Strings(name)
	}
}

// convert stores v in value, or reports why it cannot. It returns true: there was something.
func (b *binder) convert(name string, value reflect.Value, v any) bool {
	err := coerce.Into(value.Addr().Interface(), v)
	if e, ok := errors.AsType[*coerce.Error](err); ok {
		b.report(name+e.Path, (&coerce.Error{Want: e.Want, Reason: e.Reason}).Error())
	} else if err != nil {
		b.report(name, "not valid")
	}
	return true
}

func (b *binder) takeFiles(name string, f *bindField, value reflect.Value) bool {
	files, _ := b.c.Files(name) // readBody has seen the error
	if len(files) == 0 {
		return false
	}
	if f.shape == shapeFile {
		value.Set(reflect.ValueOf(files[0]))
		return true
	}
	value.Set(reflect.ValueOf(slices.Clone(files)))
	return true
}

// fieldAt returns the field of v at index, with the embedded pointers on the way allocated.
func fieldAt(v reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}
