package value

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A shape is what templates see of a Go type: fields and methods by every name they have there. It is made once and never changed.
type shape struct {
	fields  map[string]field
	methods map[string]int
	pointer bool // it is a struct whose pointer has more methods
	custom  bool // it is an Attributed
}

type field struct {
	index []int
	kind  reflect.Kind // of plain string, int and bool, which are read without reflection's copy
}

// shapes are the shapes of types that were met: a cache of what reflection says, which is the same for all Apps and grows with the types of
// the program alone.
var shapes sync.Map // reflect.Type -> *shape

func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s, _ := shapes.LoadOrStore(t, newShape(t))
	return s.(*shape)
}

// newShape reads a type. A Go name wins over a json tag, and that over a snake_case name.
func newShape(t reflect.Type) *shape {
	s := &shape{fields: map[string]field{}, methods: map[string]int{}}
	if opaque(t) {
		return s
	}
	s.readMethods(t)
	s.custom = t.Implements(attributedInterface)
	s.pointer = t.Kind() == reflect.Struct && hasMore(reflect.PointerTo(t), t)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct {
		s.readFields(t)
	}
	return s
}

var (
	objectInterface   = reflect.TypeFor[Object]()
	callableInterface = reflect.TypeFor[Callable]()
	iterableInterface = reflect.TypeFor[Iterable]()
	ownPackage        = reflect.TypeFor[Runtime]().PkgPath()
)

// opaque reports whether the fields and Go methods of t are not for templates: those of the kinds that templates have methods of their own
// for, and those of reflect, which show the insides of all else.
func opaque(t reflect.Type) bool {
	if t.Implements(objectInterface) || t.Implements(callableInterface) || t.Implements(iterableInterface) {
		return true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.PkgPath() {
	case ownPackage, "reflect", "unsafe", "math/big":
		return true
	case "time":
		return t.Kind() == reflect.Struct || t.Kind() == reflect.Int64
	}
	return false
}

func (s *shape) readMethods(t reflect.Type) {
	for i := range t.NumMethod() {
		if m := t.Method(i); answers(m.Type) {
			s.methods[m.Name] = i
		}
	}
	for _, written := range []func(name string) string{snake, lowerFirst} {
		for i := range t.NumMethod() {
			m := t.Method(i)
			if _, taken := s.methods[written(m.Name)]; !taken && answers(m.Type) {
				s.methods[written(m.Name)] = i
			}
		}
	}
}

// hasMore reports whether the pointer p has methods for templates that the struct t has not.
func hasMore(p, t reflect.Type) bool { return p.NumMethod() > t.NumMethod() && !opaque(p) }

// answers reports whether a method gives a value. One that does not is there to change something, such as Lock.
func answers(t reflect.Type) bool {
	return t.NumOut() > 0 && t.Out(0) != errorType
}

func (s *shape) readFields(t reflect.Type) {
	visible := reflect.VisibleFields(t)
	names := []func(reflect.StructField) string{
		func(f reflect.StructField) string { return f.Name },
		func(f reflect.StructField) string { tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); return tag },
		func(f reflect.StructField) string { return snake(f.Name) },
	}
	for _, name := range names {
		for _, f := range visible {
			s.addField(name(f), f)
		}
	}
}

func (s *shape) addField(name string, f reflect.StructField) {
	if !f.IsExported() || name == "" || name == "-" || private(name) {
		return
	}
	if _, taken := s.fields[name]; taken {
		return
	}
	read := field{index: f.Index}
	switch f.Type {
	case reflect.TypeFor[string](), reflect.TypeFor[int](), reflect.TypeFor[bool]():
		read.kind = f.Type.Kind()
	}
	s.fields[name] = read
}

// unseen says why a template does not see what the Go type of v has by that name: "" where it has nothing.
func unseen(v any, name string) string {
	t := reflect.TypeOf(v)
	if t == nil || private(name) || opaque(t) {
		return ""
	}
	pointer := t
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	} else {
		pointer = reflect.PointerTo(t)
	}
	if m, ok := newShape(pointer).methods[name]; ok {
		return fmt.Sprintf("%s is a method of *%s; give the template *%s", pointer.Method(m).Name, t.Name(), t.Name())
	}
	if t.Kind() != reflect.Struct {
		return ""
	}
	for _, f := range reflect.VisibleFields(t) {
		if !f.IsExported() && !f.Anonymous && (f.Name == name || snake(f.Name) == name) {
			return fmt.Sprintf("%s has a field %s that is unexported; write %s", t.Name(), f.Name, upperFirst(f.Name))
		}
	}
	return ""
}

func upperFirst(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

func lowerFirst(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}

// snake is a Go name as Python would have it: UserID is user_id, HTTPServer is http_server.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, c := range runes {
		if i > 0 && unicode.IsUpper(c) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) && runes[i-1] != '_' {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// goField finds a field of a struct, or of the struct that v points at. It is goAttr for what is asked most.
func goField(v any, name string) (any, bool) {
	rv := reflect.ValueOf(v)
	if k := rv.Kind(); k != reflect.Pointer && k != reflect.Struct {
		return nil, false
	}
	s := shapeOf(rv.Type())
	if found, ok := s.own(v, name); ok {
		return found, true
	}
	f, ok := s.fields[name]
	if !ok {
		return nil, false
	}
	found, ok, err := f.read(rv)
	return found, ok && err == nil
}

// own returns what v itself gives by a name, if it is an Attributed.
func (s *shape) own(v any, name string) (any, bool) {
	if !s.custom || private(name) || isNilPointer(v) {
		return nil, false
	}
	return v.(Attributed).TemplateAttr(name)
}

// goAttr finds a field or a method of Go data.
func goAttr(rt *Runtime, v any, name string) (any, bool, error) {
	if v == nil {
		return nil, false, nil
	}
	rv := reflect.ValueOf(v)
	s := shapeOf(rv.Type())
	if found, ok := s.own(v, name); ok {
		return found, true, nil
	}
	if f, ok := s.fields[name]; ok {
		return f.read(rv)
	}
	i, ok := s.methods[name]
	if !ok {
		return goAttrOfPointer(rt, rv, name)
	}
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil, false, nil
	}
	m := rv.Method(i)
	switch {
	case m.Type().NumIn() > 0 && makesHTML(v):
		return maker{name, m.Interface()}, true, nil
	case m.Type().NumIn() > 0:
		return m.Interface(), true, nil
	}
	result, _, err := callGoMethod(rt, v, name, Args{})
	return result, true, err
}

// goAttrOfPointer goes on at what a pointer to a pointer points at.
func goAttrOfPointer(rt *Runtime, rv reflect.Value, name string) (any, bool, error) {
	if rv.Kind() == reflect.Pointer && !rv.IsNil() && rv.Elem().Kind() == reflect.Pointer {
		return goAttr(rt, rv.Elem().Interface(), name)
	}
	return nil, false, nil
}

// read returns the field of a struct, or of the struct that a pointer points at.
func (f field) read(v reflect.Value) (any, bool, error) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, false, nil
		}
		v = v.Elem()
	}
	for i, n := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return nil, false, nil
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	switch f.kind {
	case reflect.String:
		return v.String(), true, nil
	case reflect.Int:
		return int(v.Int()), true, nil
	case reflect.Bool:
		return v.Bool(), true, nil
	}
	return exported(v)
}

// callGoMethod calls a method of Go data; ok is false if it has none of that name.
func callGoMethod(rt *Runtime, v any, name string, args Args) (result any, ok bool, err error) {
	if v == nil {
		return nil, false, nil
	}
	rv := reflect.ValueOf(v)
	i, ok := shapeOf(rv.Type()).methods[name]
	if !ok || rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil, false, nil
	}
	if makesHTML(v) {
		result, err = maker{name, rv.Method(i).Interface()}.Call(rt, args)
	} else {
		result, err = callGo(rt, name, rv.Method(i).Interface(), args)
	}
	return result, true, err
}
