package value

import "reflect"

// A Callable is what can be called beside Functions and Go funcs: macros, caller(), loop of a recursive loop.
type Callable interface {
	// Call calls it.
	Call(rt *Runtime, args Args) (any, error)
}

// Call calls a Function, a Callable or a Go func. What a Go func is given is converted to the types of its parameters; its last result, if
// it is an error, ends the rendering, and so does its panic. Leading parameters of type context.Context, *Runtime or that of the
// Runtime's Host are filled in; named arguments go to a last parameter that is a map[string]any.
func Call(rt *Runtime, f any, args Args) (any, error) {
	switch f := f.(type) {
	case *Function:
		return f.call(rt, args)
	case Callable:
		return f.Call(rt, args)
	case *Undefined:
		return nil, f.Err()
	case Called:
		return maker{TypeName(f), f.TemplateCall}.Call(rt, args)
	case nil:
		return nil, notCallable(f)
	}
	if v := reflect.ValueOf(f); v.Kind() == reflect.Func && !v.IsNil() {
		return callGo(rt, "function", f, args)
	}
	return nil, notCallable(f)
}

func notCallable(v any) error { return typeErrorf("'%s' object is not callable", TypeName(v)) }

func (f *Function) call(rt *Runtime, args Args) (any, error) {
	frame, err := f.Bind(args)
	if err != nil {
		return nil, err
	}
	return f.Call(rt, frame)
}

// CallMethod is v.name(args), without making the bound method.
func CallMethod(rt *Runtime, v any, name string, args Args) (any, error) {
	if !private(name) {
		if m, ok := v.(Mapping); ok {
			if f, ok := m.Attr(rt, name); ok {
				return Call(rt, f, args)
			}
		}
		c := canon(v)
		if t, ok := c.(NamedTuple); !ok || t.Names == nil {
			if m, self := methodOf(c, name); m != nil {
				return m.call(rt, self, args)
			}
		}
		if result, ok, err := callGoMethod(rt, v, name, args); ok {
			return result, err
		}
	}
	f, err := Attr(rt, v, name)
	if err != nil {
		return nil, err
	}
	if err := unchangeable(v, name, f); err != nil {
		return nil, err
	}
	return Call(rt, f, args)
}

// unchangeable is the error of a method that would change a Go slice or map, which Python's list or dict has.
func unchangeable(v any, name string, found any) error {
	if !isUndefined(found) {
		return nil
	}
	c := canon(v)
	if tables.list[name] != nil && isList(c) {
		return typeErrorf("%s(): this is a Go slice, which a template cannot change; copy it, {%% set xs = xs|list %%}, or write xs + [x]", name)
	}
	if _, ok := c.(Object); !ok && tables.dict[name] != nil && IsMapping(c) {
		return typeErrorf("%s(): this is a Go map, which a template cannot change; make a dict of its own, such as dict(m, key=x)", name)
	}
	return nil
}

func (m *method) call(rt *Runtime, self any, args Args) (any, error) {
	frame, err := m.Bind(args)
	if err != nil {
		return nil, err
	}
	return m.do(rt, self, frame)
}

// IsCallable reports whether Call would call v.
func IsCallable(v any) bool {
	switch v := v.(type) {
	case *Function, Callable, Called:
		return true
	case *Undefined:
		return true
	case nil:
		return false
	default:
		return reflect.TypeOf(v).Kind() == reflect.Func && !isSeq(reflect.TypeOf(v))
	}
}
