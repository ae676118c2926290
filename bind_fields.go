package dewar

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
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// A bindSource is a part of the request that Bind reads, in the order of precedence.
type bindSource int

const (
	fromPath bindSource = iota
	fromQuery
	fromHeader
	fromForm
	fromJSON
	bindSources // how many there are
)

// tag is the key of a struct tag that names a field in this part of the request.
func (s bindSource) tag() string {
	return [...]string{"path", "query", "header", "form", "json"}[s]
}

// A bindPlan is how a struct type is filled. It does not change once it is made.
type bindPlan struct {
	fields []bindField
	takes  [bindSources]bool
	known  map[string]bool            // the names of its JSON members
	nested map[reflect.Type]*bindPlan // of the structs inside its JSON members; for the outermost plan
}

// A bindField is a field that is set, possibly one of an embedded struct.
type bindField struct {
	index      []int
	typ        reflect.Type
	names      [bindSources]string // "" where the field has no tag
	shape      bindShape
	emptyText  bool // "" is a value
	required   bool
	hasDefault bool
	def        string
}

// A bindShape says how many values a field takes, and of what.
type bindShape uint8

const (
	shapeOne bindShape = iota
	shapeList
	shapeFile
	shapeFiles
)

var (
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonType     = reflect.TypeFor[json.Unmarshaler]()
	fileType     = reflect.TypeFor[*multipart.FileHeader]()
	durationType = reflect.TypeFor[time.Duration]()
	timeType     = reflect.TypeFor[time.Time]()
)

// bindPlan returns the plan of a struct type, made on first use.
func (app *App) bindPlan(t reflect.Type) (*bindPlan, error) {
	if plan, ok := app.bindPlans.Load(t); ok {
		return plan.(*bindPlan), nil
	}
	p := &bindPlanner{nested: map[reflect.Type]*bindPlan{}, seen: map[reflect.Type]bool{}}
	plan, err := p.plan(t, false)
	if err != nil {
		return nil, fmt.Errorf("dewar: Bind: %w", err)
	}
	plan.nested = p.nested
	kept, _ := app.bindPlans.LoadOrStore(t, plan)
	return kept.(*bindPlan), nil
}

// A bindPlanner makes the plan of a struct type and of those inside its JSON members.
type bindPlanner struct {
	nested map[reflect.Type]*bindPlan
	seen   map[reflect.Type]bool // types of JSON values, which may lead back to themselves
}

// plan makes the plan of t. Inside JSON only the tag json counts.
func (p *bindPlanner) plan(t reflect.Type, inJSON bool) (*bindPlan, error) {
	plan := &bindPlan{known: map[string]bool{}}
	if inJSON {
		p.nested[t] = plan
	}
	var whole [][]int // embedded structs that are fields themselves
	for _, sf := range reflect.VisibleFields(t) {
		f, err := p.field(t, sf, inJSON)
		if err != nil {
			return nil, fmt.Errorf("field %s of %v %w", sf.Name, t, err)
		}
		if f == nil || slices.ContainsFunc(whole, func(outer []int) bool { return hasPrefix(sf.Index, outer) }) {
			continue
		}
		if sf.Anonymous {
			whole = append(whole, sf.Index)
		}
		plan.add(f)
	}
	if len(plan.fields) == 0 {
		return nil, fmt.Errorf("%v has no field with a tag, so nothing could be set; tag fields by where they come from, as in `query:\"page\"` or `json:\"title\"`", t)
	}
	return plan, nil
}

func hasPrefix(index, prefix []int) bool {
	return len(index) > len(prefix) && slices.Equal(index[:len(prefix)], prefix)
}

func (plan *bindPlan) add(f *bindField) {
	plan.fields = append(plan.fields, *f)
	for src, name := range f.names {
		plan.takes[src] = plan.takes[src] || name != ""
	}
	if name := f.names[fromJSON]; name != "" {
		plan.known[name] = true
	}
}

// field reads the tags of a field. It returns nil for one that is not to be set.
func (p *bindPlanner) field(t reflect.Type, sf reflect.StructField, inJSON bool) (*bindField, error) {
	f := &bindField{index: sf.Index, typ: sf.Type}
	tagged := false
	for src := fromPath; src < bindSources; src++ {
		if inJSON && src != fromJSON {
			continue
		}
		name, err := bindName(sf, src)
		if err != nil {
			return nil, err
		}
		f.names[src] = name
		tagged = tagged || name != ""
	}
	if !tagged {
		return nil, nil
	}
	if err := checkSettable(t, sf); err != nil {
		return nil, err
	}
	if err := f.setShape(); err != nil {
		return nil, err
	}
	if f.names[fromJSON] != "" {
		if err := p.nest(sf.Type); err != nil {
			return nil, err
		}
	}
	return f, f.setPresence(sf.Tag)
}

// bindName returns the name that a field has in a part of the request, or "" when it has no tag for it.
func bindName(sf reflect.StructField, src bindSource) (string, error) {
	tag, ok := sf.Tag.Lookup(src.tag())
	if !ok || tag == "-" {
		return "", nil
	}
	name, options, _ := strings.Cut(tag, ",")
	if src == fromJSON {
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
	if src == fromHeader {
		if !validToken(name) {
			return "", fmt.Errorf("has the tag header:%q, which is no name of a header; write it as in `header:\"X-Token\"`", tag)
		}
		name = http.CanonicalHeaderKey(name)
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
func (f *bindField) setShape() error {
	t := f.typ
	switch {
	case t == fileType || t == reflect.SliceOf(fileType):
		if f.names[fromForm] == "" || f.textual(fromPath, fromQuery, fromHeader) || f.names[fromJSON] != "" {
			return errors.New("takes uploaded files; give it the tag form and no other")
		}
		f.shape = shapeFile
		if t != fileType {
			f.shape = shapeFiles
		}
	case isTextual(t):
		f.emptyText = takesEmpty(t)
	case (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && isTextual(t.Elem()):
		f.shape, f.emptyText = shapeList, takesEmpty(t.Elem())
	case f.textual(fromQuery, fromHeader, fromForm):
		return fmt.Errorf("has the type %v, which cannot be made from text; give the type an UnmarshalText method or take the value from json", t)
	}
	return nil
}

func (f *bindField) textual(sources ...bindSource) bool {
	return slices.ContainsFunc(sources, func(src bindSource) bool { return f.names[src] != "" })
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
	return t.Kind() == reflect.String || reflect.Bool <= t.Kind() && t.Kind() <= reflect.Float64
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
func (f *bindField) setPresence(tags reflect.StructTag) error {
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
func (p *bindPlanner) nest(t reflect.Type) error {
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
		if _, err := p.plan(t, true); err != nil {
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
