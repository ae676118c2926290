// Package binding fills structs from the parts of a request, by the tags of their fields. What a request is, the caller
// says: this package knows of no context and no server.
package binding

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// A Source is a part of a request.
type Source int

// The parts of a request, in the order of precedence.
const (
	Path Source = iota
	Query
	Header
	Cookie
	Form
	JSON
	sources // how many there are
)

// tag is the key of a struct tag that names a field in this part of the request.
func (s Source) tag() string {
	return [...]string{"path", "query", "header", "cookie", "form", "json"}[s]
}

// A Plan is how a struct type is filled. It does not change once it is made.
type Plan struct {
	fields    []field
	takes     [sources]bool
	known     map[string]int         // the names of its JSON members, and which of them they are
	nested    map[reflect.Type]*Plan // of the structs inside its JSON members; for the outermost plan
	inForms   map[reflect.Type]*Plan // of the structs inside its form fields; for the outermost plan
	validates bool                   // the struct has a method Validate
	compares  bool                   // a field must be equal to another
	unread    string                 // a rule for a validator, here or inside
}

// Takes reports whether any field may come from src.
func (plan *Plan) Takes(src Source) bool { return plan.takes[src] }

// A field is a field that is set, possibly one of an embedded struct.
type field struct {
	index         []int
	member        int // which of the JSON members of the struct it takes
	goName        string
	typ           reflect.Type
	tag           reflect.StructTag
	names         [sources]string // "" where the field has no tag
	shape         shape
	list          bool // its rules are about the items of a list
	emptyText     bool // "" is a value
	behindPointer bool // in an embedded pointer, which is only allocated for a value that is good
	quick         bool // a plain kind of Go, and in no embedded pointer
	required      bool
	hasDefault    bool
	def           string
	checks        []check
	most          int // which of them is maxitems, -1 for none
	same          int // the field that it must be equal to, if sameName
	sameName      string
	messages      map[string]string // texts of its own, by the rule; "" for all
}

// A shape says how many values a field takes, and of what.
type shape uint8

const (
	shapeOne shape = iota
	shapeList
	shapeFile
	shapeFiles
	shapeNested // a form leads into it by names such as items[0].price
)

var (
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonType     = reflect.TypeFor[json.Unmarshaler]()
	fileType     = reflect.TypeFor[*multipart.FileHeader]()
	durationType = reflect.TypeFor[time.Duration]()
	timeType     = reflect.TypeFor[time.Time]()
	errorType    = reflect.TypeFor[error]()
	numberType   = reflect.TypeFor[json.Number]()
)

// Plans holds the plan of each struct type that was asked for. The zero Plans is empty and ready; it is safe for
// concurrent use.
type Plans struct{ byType sync.Map } // reflect.Type to *Plan

// Of returns the plan of the struct type t, made on first use. An error is a mistake in the struct or its tags.
func (p *Plans) Of(t reflect.Type) (*Plan, error) {
	if plan, ok := p.byType.Load(t); ok {
		return plan.(*Plan), nil
	}
	maker := &planner{nested: map[reflect.Type]*Plan{}, inForms: map[reflect.Type]*Plan{}, seen: map[reflect.Type]bool{}}
	plan, err := maker.plan(t, Path, JSON)
	if err != nil {
		return nil, err
	}
	plan.nested, plan.inForms, plan.unread = maker.nested, maker.inForms, maker.unread
	kept, _ := p.byType.LoadOrStore(t, plan)
	return kept.(*Plan), nil
}

// A planner makes the plan of a struct type and of those inside its JSON members.
type planner struct {
	nested  map[reflect.Type]*Plan
	inForms map[reflect.Type]*Plan
	seen    map[reflect.Type]bool // types of JSON values, which may lead back to themselves
	unread  string
}

// plan makes the plan of t, with the tags of the sources from first to last: inside JSON only the tag json counts, inside a form form.
func (p *planner) plan(t reflect.Type, first, last Source) (*Plan, error) {
	plan := &Plan{known: map[string]int{}, validates: validates(t)}
	switch {
	case first == JSON:
		p.nested[t] = plan
	case last == Form:
		p.inForms[t] = plan
	}
	if err := p.checkForeign(t); err != nil {
		return nil, err
	}
	for _, sf := range taggedFields(t, first, last) {
		f, err := p.field(t, sf, first, last)
		if err != nil {
			return nil, fmt.Errorf("field %s of %v %w", sf.Name, t, err)
		}
		plan.add(f)
	}
	if len(plan.fields) == 0 {
		return nil, fmt.Errorf("%v has no field with a tag, so nothing could be set; tag fields by where they come from, as in `query:\"page\"` or `json:\"title\"`", t)
	}
	return plan, plan.resolveSame(t)
}

// validates reports whether a struct has a method Validate that says what is wrong with it.
func validates(t reflect.Type) bool {
	m, ok := reflect.PointerTo(t).MethodByName("Validate")
	return ok && m.Type.NumIn() <= 2 && m.Type.NumOut() == 1 && m.Type.Out(0) == errorType
}

// taggedFields returns the fields of t that have a tag, in the order of the source text. An embedded struct without
// one gives its fields instead. As in Go, a name that two fields share on one level means neither.
func taggedFields(t reflect.Type, first, last Source) []reflect.StructField {
	found := coerce.Fields(t, func(f reflect.StructField) (string, bool) {
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		return f.Name, f.Anonymous && inner.Kind() == reflect.Struct && !tagged(f, first, last)
	})
	twice := map[string]bool{}
	for _, f := range found {
		twice[f.Key] = twice[f.Key] || f.Twin != ""
	}
	var fields []reflect.StructField
	for _, f := range found {
		if !twice[f.Key] && tagged(f.StructField, first, last) {
			fields = append(fields, f.StructField)
		}
	}
	slices.SortFunc(fields, func(a, b reflect.StructField) int { return slices.Compare(a.Index, b.Index) })
	return fields
}

func tagged(f reflect.StructField, first, last Source) bool {
	for src := first; src <= last; src++ {
		if tag, ok := f.Tag.Lookup(src.tag()); ok && tag != "-" {
			return true
		}
	}
	return false
}

func (plan *Plan) add(f field) {
	if name := f.names[JSON]; name != "" {
		if _, ok := plan.known[name]; !ok {
			plan.known[name] = len(plan.known)
		}
		f.member = plan.known[name]
	}
	for src, name := range f.names {
		plan.takes[src] = plan.takes[src] || name != ""
	}
	plan.fields = append(plan.fields, f)
}

// field reads the tags of a field.
func (p *planner) field(t reflect.Type, sf reflect.StructField, first, last Source) (f field, err error) {
	f = field{
		index: sf.Index, goName: sf.Name, typ: sf.Type, tag: sf.Tag,
		list: isList(pointee(sf.Type)), behindPointer: behindPointer(t, sf.Index),
	}
	for src := first; src <= last; src++ {
		if f.names[src], err = nameIn(sf, src); err != nil {
			return f, err
		}
	}
	if err := checkSettable(t, sf); err != nil {
		return f, err
	}
	if err := f.setShape(); err != nil {
		return f, err
	}
	if f.names[JSON] != "" {
		if err := p.nest(sf.Type); err != nil {
			return f, err
		}
	}
	if f.shape == shapeNested {
		if err := p.nestForm(sf.Type); err != nil {
			return f, fmt.Errorf("is made of a struct: %w", err)
		}
	}
	if err := f.setPresence(sf.Tag); err != nil {
		return f, err
	}
	return f, f.setRules(sf.Tag)
}

// behindPointer reports whether the field is one of an embedded pointer to a struct.
func behindPointer(t reflect.Type, index []int) bool {
	for i := 1; i < len(index); i++ {
		if t.FieldByIndex(index[:i]).Type.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

// nameIn returns the name that a field has in a part of the request, or "" when it has no tag for it.
func nameIn(sf reflect.StructField, src Source) (string, error) {
	tag, ok := sf.Tag.Lookup(src.tag())
	if !ok || tag == "-" {
		return "", nil
	}
	name, options, _ := strings.Cut(tag, ",")
	if src == JSON {
		if slices.Contains(strings.Split(options, ","), "string") {
			return "", errors.New("has the option string in its tag json, which Bind cannot read; take it away or use c.BindJSON")
		}
		if name == "" {
			name = sf.Name
		}
		return name, nil
	}
	if name == "" || options != "" || strings.Contains(tag, ",") {
		return "", fmt.Errorf("has the tag %s:%q; write a name alone, and required:\"true\" or default:\"...\" as tags of their own", src.tag(), tag)
	}
	if src == Header {
		if (&http.Cookie{Name: name}).Valid() != nil {
			return "", fmt.Errorf("has the tag header:%q, which is no name of a header; write it as in `header:\"X-Token\"`", tag)
		}
		name = http.CanonicalHeaderKey(name)
	}
	if src == Cookie && (&http.Cookie{Name: name}).Valid() != nil {
		return "", fmt.Errorf("has the tag cookie:%q, which is no name of a cookie; write it as in `cookie:\"theme\"`", tag)
	}
	return name, nil
}

// checkSettable finds tagged fields that Go does not let anyone set.
func checkSettable(t reflect.Type, sf reflect.StructField) error {
	if !sf.IsExported() {
		return errors.New("has a tag but is not exported; begin its name with a capital letter or take the tag away")
	}
	for i := 1; i < len(sf.Index); i++ {
		outer := t.FieldByIndex(sf.Index[:i])
		if outer.Type.Kind() == reflect.Pointer && !outer.IsExported() {
			return fmt.Errorf("is in %s, an embedded pointer to an unexported type, which cannot be allocated; embed the struct itself", outer.Name)
		}
	}
	return nil
}

// setShape finds out how values of the field's type are made from text.
func (f *field) setShape() error {
	t := f.typ
	switch {
	case t == fileType || t == reflect.SliceOf(fileType):
		if f.names[Form] == "" || f.textual(Path, Query, Header, Cookie) || f.names[JSON] != "" {
			return errors.New("takes uploaded files; give it the tag form and no other")
		}
		f.shape = shapeFile
		if t != fileType {
			f.shape = shapeFiles
		}
	case isTextual(t):
		f.emptyText = takesEmpty(t)
		f.quick = isPlain(t.Kind()) && t != durationType && t != numberType && !isJSONLeaf(t) && !f.behindPointer
	case (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && isTextual(t.Elem()):
		f.shape, f.emptyText = shapeList, takesEmpty(t.Elem())
	case f.names[Form] != "" && !f.textual(Path, Query, Header, Cookie) && isNested(t):
		f.shape = shapeNested
	case f.textual(Query, Header, Cookie, Form):
		return fmt.Errorf("has the type %v, which cannot be made from text; give the type an UnmarshalText method or take the value from json", t)
	}
	return nil
}

func (f *field) textual(sources ...Source) bool {
	return slices.ContainsFunc(sources, func(src Source) bool { return f.names[src] != "" })
}

// isTextual reports whether one text makes a value of type t.
func isTextual(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(textType) {
		return true
	}
	switch t.Kind() {
	case reflect.Pointer:
		return isTextual(t.Elem())
	case reflect.Slice:
		return t.Elem().Kind() == reflect.Uint8
	case reflect.Interface:
		return t.NumMethod() == 0
	case reflect.Uintptr:
		return false
	}
	return isPlain(t.Kind())
}

func isPlain(k reflect.Kind) bool {
	return k == reflect.String || reflect.Bool <= k && k <= reflect.Float64
}

// takesEmpty reports whether the empty text is a value of type t.
func takesEmpty(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer:
		return takesEmpty(t.Elem())
	case reflect.Slice:
		return !reflect.PointerTo(t).Implements(textType)
	}
	return t.Kind() == reflect.String || t.Kind() == reflect.Interface
}

// setPresence reads the tags required and default.
func (f *field) setPresence(tags reflect.StructTag) error {
	if text, ok := tags.Lookup("required"); ok {
		required, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("has the tag required:%q; write required:\"true\"", text)
		}
		f.required = required
	}
	f.def, f.hasDefault = tags.Lookup("default")
	if !f.hasDefault {
		return nil
	}
	if f.required {
		return errors.New("is required and has a default, which it would never get; take one of the tags away")
	}
	if f.shape == shapeFile || f.shape == shapeFiles {
		return errors.New("takes uploaded files and has a default; take the tag default away")
	}
	if err := coerce.Into(reflect.New(f.typ).Interface(), f.def); err != nil {
		return fmt.Errorf("has the tag default:%q, which does not fit its type %v: %w", f.def, f.typ, err)
	}
	return nil
}

// nest makes the plans of the structs that a JSON value of type t is made of.
func (p *planner) nest(t reflect.Type) error {
	if p.seen[t] || isJSONLeaf(t) {
		return nil
	}
	p.seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return p.nest(t.Elem())
	case reflect.Map:
		if t.Key().Kind() != reflect.String || isJSONLeaf(t.Key()) {
			return fmt.Errorf("has the type %v, whose keys are no plain text; use a map with string keys", t)
		}
		return p.nest(t.Elem())
	case reflect.Struct:
		if _, err := p.plan(t, JSON, JSON); err != nil {
			return fmt.Errorf("is made of a struct: %w", err)
		}
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return fmt.Errorf("has the type %v, which JSON does not have", t)
	case reflect.Interface:
		if t.NumMethod() > 0 {
			return fmt.Errorf("has the type %v, which JSON cannot fill; use a struct or any", t)
		}
	}
	return nil
}

// isJSONLeaf reports whether values of type t are read from JSON by a method of their own.
func isJSONLeaf(t reflect.Type) bool {
	ptr := reflect.PointerTo(t)
	return ptr.Implements(jsonType) || ptr.Implements(textType)
}
