package binding

import (
	"errors"
	"mime/multipart"
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/jsontext"
)

// MaxProblems is how many bad fields are listed.
const MaxProblems = 100

// A Problem is what is wrong with one field of a request.
type Problem struct {
	Field, Detail string
	Rule, Limit   string // the rule that the value does not keep, if it is one
}

// A Request is where the fields come from.
type Request interface {
	// IsJSON reports whether the body is declared to be JSON.
	IsJSON() bool
	// Path returns the value of a variable of the route.
	Path(name string) (any, bool)
	// Texts returns every value of a name in the query, the header or the form. The list is not changed.
	Texts(src Source, name string) []string
	// FormKeys returns the names of the fields and files of the form, sorted.
	FormKeys() []string
	// Files returns the files that were uploaded under a name.
	Files(name string) []*multipart.FileHeader
	// PlainJSON reports whether Unmarshal is that of encoding/json.
	PlainJSON() bool
	// Unmarshal stores JSON in what v points to.
	Unmarshal(data []byte, v any) error
	// Validate calls the method Validate of the struct that v points to, if it has one.
	Validate(v any) error
	// Problems takes apart what a method Validate returned. An error that is not about fields is returned.
	Problems(err error) ([]Problem, error)
	// Translate returns a text in the language of the request, with the limit of its rule.
	Translate(text, limit string) string
}

// A Binder fills one struct from one request.
type Binder struct {
	// RefuseUnknown reports members of a JSON body that no field takes.
	RefuseUnknown bool
	// IgnoreForm has the fields of a form be missing, whatever the body is.
	IgnoreForm bool
	// Extra, if it is there, looks at the struct once its fields are filled, and reports what breaks a rule of its own.
	Extra func(report func(name, rule string))

	plan     *Plan
	request  Request
	isJSON   bool             // the body is a JSON object, and no form
	members  []jsontext.Value // of the JSON body, those that the plan knows
	names    *node            // of the form
	plain    bool             // JSON is that of encoding/json
	problems []Problem
	bad      int   // how many fields were not right, also beyond what is listed
	err      error // of a method Validate, about something else than fields
}

// Binder returns a Binder for one request.
func (plan *Plan) Binder(r Request) *Binder {
	return &Binder{plan: plan, request: r, plain: r.PlainJSON()}
}

// Fill sets the fields of target, then asks its method Validate if all are good. It returns every problem there is up
// to MaxProblems, or the error of a method Validate that is not about fields.
func (b *Binder) Fill(target reflect.Value) ([]Problem, error) {
	for i := range b.plan.fields {
		b.fill(target, &b.plan.fields[i])
	}
	b.compare(target, b.plan, place{}, b.nameOf)
	if b.Extra != nil {
		b.Extra(b.extra)
	}
	if b.bad == 0 {
		b.validate(target, b.plan, place{})
	}
	return b.problems, b.err
}

// validate asks a struct that is filled whether it is right.
func (b *Binder) validate(v reflect.Value, plan *Plan, at place) {
	if !plan.validates || b.err != nil || b.isFull() {
		return
	}
	if !coerce.CanValidate(v) {
		return
	}
	problems, err := b.request.Problems(b.request.Validate(v.Addr().Interface()))
	b.err = err
	for _, p := range problems {
		p.Field = at.member(p.Field).String()
		b.add(p)
	}
}

// extra reports a rule that the caller has asked.
func (b *Binder) extra(name, rule string) {
	for i := range b.plan.fields {
		if f := &b.plan.fields[i]; b.nameOf(f) == name {
			b.broken(f, Rule{Name: rule}, place{name: name})
			return
		}
	}
	b.broken(new(field), Rule{Name: rule}, place{name: name}) // of a field inside
}

// isFull reports whether no more problems are listed.
func (b *Binder) isFull() bool { return len(b.problems) == MaxProblems }

func (b *Binder) add(p Problem) {
	b.bad++
	if !b.isFull() {
		b.problems = append(b.problems, p)
	}
}

// report says that a value is not of the kind that its field wants.
func (b *Binder) report(at place, detail string) { b.reportRule(at, Rule{Name: "type"}, detail) }

func (b *Binder) reportRule(at place, rule Rule, text string) {
	if b.isFull() {
		b.bad++
		return
	}
	b.add(Problem{at.String(), b.request.Translate(text, rule.Limit), rule.Name, rule.Limit})
}

// lacks reports that a required field has no value, or an empty one.
func (b *Binder) lacks(f *field, at place, how string) {
	text, own := f.message("required")
	if !own {
		text = how
	}
	b.reportRule(at, Rule{Name: "required"}, text)
}

// reword puts the field's own text in place of what was said of the kind of its value.
func (b *Binder) reword(f *field, first int) {
	text, own := f.message("type")
	for i := first; own && i < len(b.problems); i++ {
		if p := &b.problems[i]; p.Rule == "type" {
			p.Detail = b.request.Translate(text, "")
		}
	}
}

// fill sets one field from the first source that has a value for it.
func (b *Binder) fill(target reflect.Value, f *field) {
	for src, name := range f.names {
		if name == "" || Source(src) == Form && (b.isJSON || b.IgnoreForm) {
			continue
		}
		if f.quick && b.fillInPlace(Source(src), name, target, f) || !f.quick && b.fillFrom(Source(src), name, target, f) {
			return
		}
	}
	if f.required || f.hasDefault {
		b.absent(target, f, place{name: b.nameOf(f)})
	}
}

// fillFrom sets a field to what src has for it, if that is good, and reports whether it has anything.
func (b *Binder) fillFrom(src Source, name string, target reflect.Value, f *field) bool {
	value := reflect.New(f.typ).Elem()
	before, first := b.bad, len(b.problems)
	if !b.take(src, name, place{name: name}, f, value) {
		return false
	}
	b.taken(src, f, value, place{name: name}, before)
	b.reword(f, first)
	if b.bad == before {
		coerce.FieldAt(target, f.index).Set(value)
	}
	return true
}

// fillInPlace is fillFrom for a plain kind of Go, which costs nothing to put back.
func (b *Binder) fillInPlace(src Source, name string, target reflect.Value, f *field) bool {
	value := coerce.FieldAt(target, f.index)
	was, before, first := plainOf(value), b.bad, len(b.problems)
	if !b.take(src, name, place{name: name}, f, value) {
		return false
	}
	b.taken(src, f, value, place{name: name}, before)
	b.reword(f, first)
	if b.bad > before {
		was.putBack(value)
	}
	return true
}

// taken looks at a value that could be converted. An empty text is what a form sends for a field that nobody filled in: it is an
// error where the field is required, and otherwise nothing that has rules. In JSON it is a text. A pointer to a text only has
// to be there.
func (b *Binder) taken(src Source, f *field, value reflect.Value, at place, before int) {
	empty := (f.required || src != JSON && f.checks != nil) && isEmptyText(value)
	switch {
	case b.bad > before:
	case f.required && empty:
		b.lacks(f, at, "empty")
	case src == JSON || !empty:
		b.check(f, value, at)
	case isList(f.typ):
		b.checkMost(f, value, at)
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
func (b *Binder) absent(target reflect.Value, f *field, at place) {
	switch {
	case f.required:
		b.lacks(f, at, "missing")
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

// take converts what src has under name into value, reports what is wrong with it as that of the place at, and tells whether there was
// anything.
func (b *Binder) take(src Source, name string, at place, f *field, value reflect.Value) bool {
	switch {
	case src == Path:
		v, ok := b.request.Path(name)
		return ok && b.convert(at, value, v)
	case src == JSON:
		if b.members == nil {
			return false
		}
		raw := b.members[f.member]
		if raw.IsZero() || raw.IsNull() {
			return false
		}
		b.decodeField(raw, f, value, at, 0)
		return true
	case f.shape == shapeNested:
		return b.takeNested(at, f, value)
	case f.shape == shapeFile || f.shape == shapeFiles:
		return b.takeFiles(name, f, value)
	}
	list := b.request.Texts(src, name)
	if len(list) == 0 || !f.emptyText && !slices.ContainsFunc(list, isTyped) {
		return false
	}
	if f.shape == shapeList {
		return b.convert(at, value, slices.Clone(list))
	}
	if f.quick && quickText(list[0], value) {
		return true
	}
	if !f.emptyText && !isTyped(list[0]) {
		return false
	}
	return b.convert(at, value, list[0])
}

// isTyped reports whether a text has more than spaces, which are no value where the type is not text.
func isTyped(s string) bool { return strings.TrimSpace(s) != "" }

// convert stores v in value, or reports why it cannot. It returns true: there was something.
func (b *Binder) convert(at place, value reflect.Value, v any) bool {
	err := coerce.Into(value.Addr().Interface(), v)
	if e, ok := errors.AsType[*coerce.Error](err); ok {
		b.report(place{name: at.String() + e.Path}, (&coerce.Error{Want: e.Want, Reason: e.Reason}).Error())
	} else if err != nil {
		b.report(at, "not valid")
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
