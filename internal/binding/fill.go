package binding

import (
	"errors"
	"mime/multipart"
	"reflect"
	"slices"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/jsontext"
)

// MaxProblems is how many bad fields are listed.
const MaxProblems = 100

// A Problem is what is wrong with one field of a request.
type Problem struct{ Field, Detail string }

// A Request is where the fields come from.
type Request interface {
	// IsJSON reports whether the body is declared to be JSON.
	IsJSON() bool
	// Path returns the value of a variable of the route.
	Path(name string) (any, bool)
	// Texts returns every value of a name in the query, the header or the form.
	Texts(src Source, name string) []string
	// Files returns the files that were uploaded under a name.
	Files(name string) []*multipart.FileHeader
	// Unmarshal stores JSON in what v points to.
	Unmarshal(data []byte, v any) error
	// Problems takes apart what a method Validate returned. An error that is not about fields is returned.
	Problems(err error) ([]Problem, error)
}

// A Binder fills one struct from one request.
type Binder struct {
	plan     *Plan
	request  Request
	members  map[string]jsontext.Value // of the JSON body
	problems []Problem
	bad      int   // how many fields were not right, also beyond what is listed
	err      error // of a method Validate, about something else than fields
}

// Binder returns a Binder for one request.
func (plan *Plan) Binder(r Request) *Binder { return &Binder{plan: plan, request: r} }

// Fill sets the fields of target, then asks its method Validate if all are good. It returns every problem there is up
// to MaxProblems, or the error of a method Validate that is not about fields.
func (b *Binder) Fill(target reflect.Value) ([]Problem, error) {
	for i := range b.plan.fields {
		b.fill(target, &b.plan.fields[i])
	}
	if b.bad == 0 {
		b.validate(target, b.plan, "")
	}
	return b.problems, b.err
}

// validate asks a struct that is filled whether it is right.
func (b *Binder) validate(v reflect.Value, plan *Plan, path string) {
	if !plan.validates || b.err != nil || len(b.problems) == MaxProblems {
		return
	}
	validator := coerce.ValidatorOf(v)
	if validator == nil {
		return
	}
	problems, err := b.request.Problems(validator.Validate())
	b.err = err
	for _, p := range problems {
		b.report(joinField(path, p.Field), p.Detail)
	}
}

func (b *Binder) report(field, detail string) {
	b.bad++
	if len(b.problems) < MaxProblems {
		b.problems = append(b.problems, Problem{field, detail})
	}
}

// fill sets one field from the first source that has a value for it.
func (b *Binder) fill(target reflect.Value, f *field) {
	for src, name := range f.names {
		if name == "" {
			continue
		}
		value := reflect.New(f.typ).Elem()
		before := b.bad
		if b.take(Source(src), name, f, value) {
			b.checkEmpty(f, value, name, before)
			if b.bad == before {
				coerce.FieldAt(target, f.index).Set(value)
			}
			return
		}
	}
	b.absent(target, f, b.nameOf(f))
}

// checkEmpty reports a required text that is empty: that is what a form sends for a field nobody filled in. A pointer
// to a text only has to be there.
func (b *Binder) checkEmpty(f *field, value reflect.Value, name string, before int) {
	if f.required && b.bad == before && isEmptyText(value) {
		b.report(name, "empty")
	}
}

// isEmptyText reports whether v is a text without a character, or a list of nothing else.
func isEmptyText(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return v.Len() == 0
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !isEmptyText(v.Index(i)) {
				return false
			}
		}
		return v.Len() > 0
	}
	return false
}

// absent deals with a field that the request has no value for.
func (b *Binder) absent(target reflect.Value, f *field, name string) {
	switch {
	case f.required:
		b.report(name, "missing")
	case f.hasDefault:
		value := reflect.New(f.typ)
		_ = coerce.Into(value.Interface(), f.def) // tried when the plan was made
		coerce.FieldAt(target, f.index).Set(value.Elem())
	}
}

// nameOf returns the name that a field has in this request, for the report that it is missing.
func (b *Binder) nameOf(f *field) string {
	isJSON := b.request.IsJSON()
	for src, name := range f.names {
		applies := Source(src) != Form && Source(src) != JSON || isJSON == (Source(src) == JSON)
		if name != "" && applies {
			return name
		}
	}
	first := slices.IndexFunc(f.names[:], func(name string) bool { return name != "" })
	return f.names[first]
}

// take converts what src has under name into value, reports what is wrong with it, and tells whether there
// was anything.
func (b *Binder) take(src Source, name string, f *field, value reflect.Value) bool {
	switch {
	case src == Path:
		v, ok := b.request.Path(name)
		return ok && b.convert(name, value, v)
	case src == JSON:
		raw, ok := b.members[name]
		if !ok || raw.IsNull() {
			return false
		}
		b.decode(raw, value, name, 0)
		return true
	case f.shape == shapeFile || f.shape == shapeFiles:
		return b.takeFiles(name, f, value)
	}
	list := b.request.Texts(src, name)
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

// convert stores v in value, or reports why it cannot. It returns true: there was something.
func (b *Binder) convert(name string, value reflect.Value, v any) bool {
	err := coerce.Into(value.Addr().Interface(), v)
	if e, ok := errors.AsType[*coerce.Error](err); ok {
		b.report(name+e.Path, (&coerce.Error{Want: e.Want, Reason: e.Reason}).Error())
	} else if err != nil {
		b.report(name, "not valid")
	}
	return true
}

func (b *Binder) takeFiles(name string, f *field, value reflect.Value) bool {
	files := b.request.Files(name)
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
