package value

import "reflect"

// ownEqual asks the method Equal(T) bool of x, where y is a T: Python's __eq__. ok is false where it has none.
func ownEqual(x, y any) (same, ok bool, err error) {
	equal, ok := equalMethod(reflect.ValueOf(x), reflect.TypeOf(y))
	if !ok {
		return false, false, nil
	}
	defer func() {
		if r := recover(); r != nil {
			same, err = false, panicked("Equal()", r)
		}
	}()
	return equal.Call([]reflect.Value{reflect.ValueOf(y)})[0].Bool(), true, nil
}

// equalMethod returns the method Equal of v that takes a t.
func equalMethod(v reflect.Value, t reflect.Type) (reflect.Value, bool) {
	i, ok := shapeOf(v.Type()).methods["Equal"]
	if !ok {
		return reflect.Value{}, false
	}
	m := v.Method(i)
	f := m.Type()
	return m, f.NumIn() == 1 && !f.IsVariadic() && t.AssignableTo(f.In(0)) && f.NumOut() == 1 && f.Out(0).Kind() == reflect.Bool
}
