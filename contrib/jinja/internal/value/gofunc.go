package value

import (
	"context"
	"reflect"
)

var (
	errorType   = reflect.TypeFor[error]()
	contextType = reflect.TypeFor[context.Context]()
	runtimeType = reflect.TypeFor[*Runtime]()
	anyType     = reflect.TypeFor[any]()
	namedType   = reflect.TypeFor[map[string]any]()
)

// FromGo makes a Function of a Go func, for filters, tests and globals. It panics if f is no func.
func FromGo(name string, f any) *Function {
	if reflect.TypeOf(f) == nil || reflect.TypeOf(f).Kind() != reflect.Func {
		panic("value: " + name + " is no func")
	}
	return &Function{Name: name, Rest: true, Named: true, Call: func(rt *Runtime, args []any) (any, error) {
		call := Args{Positional: args[0].(Tuple)}
		for k, v := range args[1].(*Dict).All() {
			key, _ := AsString(k)
			call.Named = append(call.Named, Named{key, v})
		}
		return callGo(rt, name, f, call)
	}}
}

// callGo calls a Go func with what args become in its types.
func callGo(rt *Runtime, name string, f any, args Args) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, panicked(name+"()", r)
		}
	}()
	if len(args.Named) == 0 {
		if result, ok, err := callCommon(name, f, args.Positional); ok {
			return result, err
		}
	}
	fv := reflect.ValueOf(f)
	in, err := arguments(rt, name, fv.Type(), args)
	if err != nil {
		return nil, err
	}
	return results(name, fv.Call(in))
}

// callCommon calls the funcs of the most common types without reflection.
func callCommon(name string, f any, args []any) (result any, ok bool, err error) {
	switch f := f.(type) {
	case func() string:
		if len(args) == 0 {
			return f(), true, nil
		}
	case func() any:
		if len(args) == 0 {
			return f(), true, nil
		}
	case func() bool:
		if len(args) == 0 {
			return f(), true, nil
		}
	case func() int:
		if len(args) == 0 {
			return f(), true, nil
		}
	case func(string) string:
		if s, ok := onlyString(args); ok {
			return f(s), true, nil
		}
	case func(string) (string, error):
		if s, ok := onlyString(args); ok {
			result, err := f(s)
			return result, true, failed(name, err)
		}
	case func(string) bool:
		if s, ok := onlyString(args); ok {
			return f(s), true, nil
		}
	}
	return nil, false, nil
}

func onlyString(args []any) (string, bool) {
	if len(args) != 1 {
		return "", false
	}
	s, ok := args[0].(string)
	return s, ok
}

// failed is the error of a Go func.
func failed(name string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := err.(*Error); ok {
		return err
	}
	return &Error{Kind: "RuntimeError", Message: name + "(): " + err.Error(), Err: err}
}

func results(name string, out []reflect.Value) (any, error) {
	if n := len(out); n > 0 && out[n-1].Type() == errorType {
		if err, _ := out[n-1].Interface().(error); err != nil {
			return nil, failed(name, err)
		}
		out = out[:n-1]
	}
	switch len(out) {
	case 0:
		return nil, nil
	case 1:
		return out[0].Interface(), nil
	}
	all := make(Tuple, len(out))
	for i := range out {
		all[i] = out[i].Interface()
	}
	return all, nil
}

// arguments are what a func of type t gets.
func arguments(rt *Runtime, name string, t reflect.Type, args Args) ([]reflect.Value, error) {
	in := leading(rt, t)
	fixed := t.NumIn() - len(in)
	if t.IsVariadic() {
		fixed--
	}
	positional, err := withNamed(name, t, fixed, args)
	if err != nil {
		return nil, err
	}
	if err := checkCount(name, fixed, len(positional), t.IsVariadic()); err != nil {
		return nil, err
	}
	for i, v := range positional {
		converted, err := convert(v, parameter(t, len(in)), 0)
		if err != nil {
			return nil, inArgument(name, i+1, err)
		}
		in = append(in, converted)
	}
	return in, nil
}

// leading are the parameters that the rendering fills in.
func leading(rt *Runtime, t reflect.Type) []reflect.Value {
	in := make([]reflect.Value, 0, t.NumIn()+2)
	for i := range t.NumIn() {
		switch p := t.In(i); {
		case rt == nil || t.IsVariadic() && i == t.NumIn()-1:
			return in
		case p == runtimeType:
			in = append(in, reflect.ValueOf(rt))
		case rt.Host != nil && p == reflect.TypeOf(rt.Host):
			in = append(in, reflect.ValueOf(rt.Host))
		case p == contextType:
			in = append(in, reflect.ValueOf(contextOf(rt)))
		default:
			return in
		}
	}
	return in
}

func contextOf(rt *Runtime) context.Context {
	if rt.Context == nil {
		return context.Background()
	}
	return rt.Context
}

// withNamed puts named arguments into the last parameter, if that is a map[string]any. Without any it may be left out. A func that takes any
// number of values of any type gets them as names and values in turn.
func withNamed(name string, t reflect.Type, fixed int, args Args) ([]any, error) {
	takes := !t.IsVariadic() && fixed > 0 && t.In(t.NumIn()-1).ConvertibleTo(namedType) && t.In(t.NumIn()-1).Kind() == reflect.Map
	if !takes && t.IsVariadic() && t.In(t.NumIn()-1).Elem() == anyType && len(args.Positional) >= fixed {
		return inTurn(args.Positional, args.Named)
	}
	if !takes && len(args.Named) > 0 {
		return nil, typeErrorf("%s() takes no keyword arguments", name)
	}
	if !takes || len(args.Positional) != fixed-1 {
		if len(args.Named) > 0 {
			return nil, checkCount(name, fixed-1, len(args.Positional), false)
		}
		return args.Positional, nil
	}
	named := make(map[string]any, len(args.Named))
	for _, n := range args.Named {
		v, err := plain(n.Value, 0)
		if err != nil {
			return nil, err
		}
		named[n.Name] = v
	}
	return append(args.Positional[:len(args.Positional):len(args.Positional)], named), nil
}

func checkCount(name string, want, got int, more bool) error {
	if got == want || more && got > want {
		return nil
	}
	takes := "takes"
	if more {
		takes = "takes at least"
	}
	return typeErrorf("%s() %s %d positional %s but %d %s given", name, takes, want, plural(want, "argument"), got, wasWere(got))
}

// parameter is the type of the parameter at i, also behind the last of a variadic func.
func parameter(t reflect.Type, i int) reflect.Type {
	if last := t.NumIn() - 1; t.IsVariadic() && i >= last {
		return t.In(last).Elem()
	}
	return t.In(i)
}

func inArgument(name string, n int, err error) error {
	if e, ok := err.(*Error); ok {
		return &Error{Kind: e.Kind, Message: name + "() argument " + decimal(n) + ": " + e.Message, Err: e.Err}
	}
	return err
}
