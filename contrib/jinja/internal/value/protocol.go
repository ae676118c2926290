package value

import "reflect"

// The methods by which Go data behaves as Python's objects do, without knowing of this package: Call as __call__, Item as __getitem__ and
// __getattr__, All as __iter__, Equal as __eq__.

// methodNamed returns the method of a Go value that has the type which fits reports, and whether there is one.
func methodNamed(v any, name string, fits func(t reflect.Type) bool) (reflect.Value, bool) {
	t := reflect.TypeOf(v)
	if t == nil {
		return reflect.Value{}, false
	}
	i, ok := shapeOf(t).methods[name]
	if !ok || t.Method(i).Name != name {
		return reflect.Value{}, false
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		return reflect.Value{}, false
	}
	m := rv.Method(i)
	return m, fits(m.Type())
}

func anyMethod(reflect.Type) bool { return true }

// hasCall reports whether v has a method Call.
func hasCall(v any) bool {
	_, ok := methodNamed(v, "Call", anyMethod)
	return ok
}

// hasItem reports whether t has a method Item(string) (T, bool).
func hasItem(t reflect.Type) bool {
	m, ok := t.MethodByName("Item")
	if !ok {
		return false
	}
	f := m.Type // its first parameter is the receiver
	return f.NumIn() == 2 && f.In(1).Kind() == reflect.String && f.NumOut() == 2 && f.Out(1).Kind() == reflect.Bool && !f.IsVariadic()
}

// ownItem is what the method Item of v has under a name.
func ownItem(v any, name string) (found any, ok bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			found, ok, err = nil, false, panicked("Item()", r)
		}
	}()
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil, false, nil
	}
	m := rv.MethodByName("Item")
	out := m.Call([]reflect.Value{reflect.ValueOf(name).Convert(m.Type().In(0))})
	if !out[1].Bool() {
		return nil, false, nil
	}
	return out[0].Interface(), true, nil
}

// ownSeq is what the method All of v gives, an iter.Seq or iter.Seq2; ok is false where it has none.
func ownSeq(v any) (seq reflect.Value, ok bool, err error) {
	m, ok := methodNamed(v, "All", func(t reflect.Type) bool { return t.NumIn() == 0 && t.NumOut() == 1 && isSeq(t.Out(0)) })
	if !ok {
		return reflect.Value{}, false, nil
	}
	all, err := callGo(nil, "All", m.Interface(), Args{})
	return reflect.ValueOf(all), true, err
}

// ownEqual asks the method Equal(T) bool of x, where y is a T; ok is false where it has none.
func ownEqual(x, y any) (same, ok bool, err error) {
	m, ok := methodNamed(x, "Equal", func(t reflect.Type) bool {
		return t.NumIn() == 1 && !t.IsVariadic() && reflect.TypeOf(y).AssignableTo(t.In(0)) && t.NumOut() == 1 && t.Out(0).Kind() == reflect.Bool
	})
	if !ok {
		return false, false, nil
	}
	defer func() {
		if r := recover(); r != nil {
			same, err = false, panicked("Equal()", r)
		}
	}()
	return m.Call([]reflect.Value{reflect.ValueOf(y)})[0].Bool(), true, nil
}
