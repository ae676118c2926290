package coerce

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// Into converts v into what dst points to, which may be of any type:
//   - the types that have a function of their own here, and any, which takes v as it is;
//   - types like them (type Level int, uint8, float32), range-checked;
//   - types with an UnmarshalText method, from text;
//   - slices and arrays, from lists and, if the elements are plain, from comma-separated text;
//   - maps with text keys, from such maps;
//   - structs, from maps with text keys;
//   - pointers to all of these, which are allocated if they are nil, and become nil when v is missing.
//
// A value that already has the right type is assigned as it is, and then shares its memory with v (a []string and a
// []byte are copied). A map or slice is replaced as a whole, a struct field by field.
//
// A struct field takes the key that its json tag names, or else the field's own name, or else that name in snake
// case, all in any letter case: SecretKey takes SecretKey, SECRET_KEY or secret_key. An exact match goes before one
// in another case, and a key fills one field only. Fields of embedded structs count as fields of the outer one, which
// go first. Fields that are unexported or tagged json:"-" are left alone, as are fields without a key, and keys
// without a field are ignored.
//
// All bad fields of a struct are reported together, each as an [*Error], several as an [errors.Join]; the good ones are
// set. Any other dst is unchanged after an error. If dst is nil or not a pointer, the error is not an *Error.
func Into(dst any, v any) error {
	if rv := reflect.ValueOf(dst); rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("coerce: cannot convert into %T; pass a pointer that is not nil", dst)
	}
	return into(dst, v)
}

// into converts v into what dst points to: the types with a function of their own at once, others by reflection.
func into(dst, v any) error {
	switch p := dst.(type) {
	case *any:
		*p = v
		return nil
	case *string:
		return set(p, v, String)
	case *bool:
		return set(p, v, Bool)
	case *int:
		return set(p, v, Int)
	case *int64:
		return set(p, v, Int64)
	case *uint64:
		return set(p, v, Uint64)
	case *float64:
		return set(p, v, Float64)
	case *time.Duration:
		return set(p, v, Duration)
	case *time.Time:
		return set(p, v, Time)
	case *[]string:
		return set(p, v, Strings)
	case *[]byte:
		return set(p, v, bytesOf)
	case *map[string]any:
		return set(p, v, Map)
	}
	return intoValue(reflect.ValueOf(dst).Elem(), v)
}

// set stores v in dst by way of convert, unless that fails.
func set[T any](dst *T, v any, convert func(any) (T, error)) error {
	x, err := convert(v)
	if err != nil {
		return err
	}
	*dst = x
	return nil
}

func intoValue(dst reflect.Value, v any) error {
	switch {
	case dst.Kind() == reflect.Pointer:
		return intoPointer(dst, v)
	case assign(dst, v):
		return nil
	}
	if isText(dst.Type()) && !suitsKind(dst.Kind(), v) {
		return intoText(dst, v)
	}
	return intoKind(dst, v)
}

// intoKind converts v to the kind of dst, whatever the name of its type.
func intoKind(dst reflect.Value, v any) error {
	switch {
	case dst.Kind() == reflect.Bool:
		return setKind(dst.SetBool)(Bool(v))
	case dst.Kind() == reflect.String:
		return setKind(dst.SetString)(String(v))
	case dst.CanInt():
		return setKind(dst.SetInt)(signed(v, dst.Type().Bits()))
	case dst.CanUint():
		return setKind(dst.SetUint)(unsigned(v, dst.Type().Bits()))
	case dst.CanFloat():
		return setKind(dst.SetFloat)(floating(v, dst.Type().Bits()))
	case dst.Kind() == reflect.Slice:
		return intoSlice(dst, v)
	case dst.Kind() == reflect.Array:
		return intoArray(dst, v)
	case dst.Kind() == reflect.Map:
		return intoMap(dst, v)
	case dst.Kind() == reflect.Struct:
		return intoStruct(dst, v)
	default:
		return refuse("a value of type "+dst.Type().String(), kindOf(v))
	}
}

// setKind returns a function that passes its first argument to store, unless there is an error.
func setKind[T any](store func(T)) func(T, error) error {
	return func(x T, err error) error {
		if err == nil {
			store(x)
		}
		return err
	}
}

// assign stores v, or what it points to, in dst if the types allow it, and reports whether they do.
func assign(dst reflect.Value, v any) bool {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.Type().AssignableTo(dst.Type()) {
		rv = rv.Elem()
	}
	if !rv.IsValid() || !rv.Type().AssignableTo(dst.Type()) {
		return false
	}
	dst.Set(rv)
	return true
}

// intoPointer converts v into what dst points to, or into something new if dst is nil. Nothing is a nil pointer.
func intoPointer(dst reflect.Value, v any) error {
	rv := reflect.ValueOf(v)
	switch {
	case deref(v) == nil:
		dst.SetZero()
		return nil
	case rv.Type().AssignableTo(dst.Type()):
		dst.Set(rv)
		return nil
	case !dst.IsNil():
		return into(dst.Interface(), v)
	}
	fresh := reflect.New(dst.Type().Elem())
	if err := into(fresh.Interface(), v); err != nil {
		return err
	}
	dst.Set(fresh)
	return nil
}

// isText reports whether values of type t are read from text by a method of their own.
func isText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// suitsKind reports whether a type with an UnmarshalText method should rather take v by its kind: a number for a
// number, a map for a struct. Whatever is text, or prints itself, goes to the method.
func suitsKind(k reflect.Kind, v any) bool {
	if _, ok := basic(v).(string); ok {
		return false
	}
	if isBasicKind(k) {
		return true
	}
	if _, reason := textOf(v); reason == "" {
		return false
	}
	source := reflect.ValueOf(deref(v)).Kind()
	return source == reflect.Map || isListKind(source)
}

// intoText has a new value of dst's type read v as text. Its error may quote the text, so it is not passed on.
func intoText(dst reflect.Value, v any) error {
	want := "text for " + dst.Type().String()
	text, reason := textOf(v)
	if reason != "" {
		return refuse(want, reason)
	}
	if text == "" && dst.Kind() != reflect.String {
		return refuse(want, empty)
	}
	fresh := reflect.New(dst.Type())
	if err := fresh.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
		return refuse(want, malformed)
	}
	dst.Set(fresh.Elem())
	return nil
}

// bytesOf converts text to its bytes, and a list of small numbers to bytes.
func bytesOf(v any) ([]byte, error) {
	s, err := String(v)
	if err == nil {
		return []byte(s), nil
	}
	if !isListKind(reflect.ValueOf(deref(v)).Kind()) {
		return nil, err
	}
	var list []byte
	err = intoList(reflect.ValueOf(&list).Elem(), v)
	return list, err
}

func intoSlice(dst reflect.Value, v any) error {
	if isBytes(dst.Type()) {
		return setKind(dst.SetBytes)(bytesOf(v))
	}
	return intoList(dst, v)
}

// intoList replaces the slice dst by the elements of v, each converted.
func intoList(dst reflect.Value, v any) error {
	items, err := itemsFor(dst.Type(), v)
	if err != nil {
		return err
	}
	fresh := reflect.MakeSlice(dst.Type(), items.Len(), items.Len())
	if err := intoEach(fresh, items); err != nil {
		return err
	}
	dst.Set(fresh)
	return nil
}

// intoArray replaces the array dst, which takes exactly as many elements as it has room for.
func intoArray(dst reflect.Value, v any) error {
	items, err := itemsFor(dst.Type(), v)
	if err != nil {
		return err
	}
	if items.Len() != dst.Len() {
		return refuse(fmt.Sprintf("a list of %d", dst.Len()), "a list of another length")
	}
	fresh := reflect.New(dst.Type()).Elem()
	if err := intoEach(fresh, items); err != nil {
		return err
	}
	dst.Set(fresh)
	return nil
}

// intoEach converts items one by one into the elements of dst, up to the first bad one.
func intoEach(dst, items reflect.Value) error {
	for i := range items.Len() {
		if err := into(dst.Index(i).Addr().Interface(), items.Index(i).Interface()); err != nil {
			return together(under(indexStep(i), err))
		}
	}
	return nil
}

// itemsFor returns v as a slice or array whose elements can be converted to those of list. Text and single values
// make a list only if the elements are plain.
func itemsFor(list reflect.Type, v any) (reflect.Value, error) {
	if rv := reflect.ValueOf(deref(v)); isListKind(rv.Kind()) {
		return rv, nil
	}
	if !isPlain(list.Elem()) {
		return reflect.Value{}, refuse(wantList, kindOf(v))
	}
	items, err := Strings(v)
	return reflect.ValueOf(items), err
}

// isPlain reports whether a value of type t can be written between two commas.
func isPlain(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		return isPlain(t.Elem())
	}
	return isBasicKind(t.Kind()) || isText(t)
}

// intoMap replaces the map dst by the entries of v, each converted, up to the first bad one in the order of the keys.
func intoMap(dst reflect.Value, v any) error {
	t := dst.Type()
	if t.Key().Kind() != reflect.String {
		return refuse("a value of type "+t.String(), kindOf(v))
	}
	m, err := Map(v)
	if err != nil {
		return err
	}
	fresh := reflect.MakeMapWithSize(t, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		entry := reflect.New(t.Elem())
		if err := into(entry.Interface(), m[key]); err != nil {
			return together(under("[*]", err))
		}
		fresh.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), entry.Elem())
	}
	dst.Set(fresh)
	return nil
}
