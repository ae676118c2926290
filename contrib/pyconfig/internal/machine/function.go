package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// maxCalls bounds the calls in one another.
const maxCalls = 100

// function is a function of the file.
type function struct {
	inert
	machine  *Machine
	code     *translate.Function
	defaults []starlark.Value // nil where there is none
	outer    *frame
	owner    *class // the class it was written in
	attrs    starlark.StringDict
}

// newFunction evaluates the defaults of a function and makes it.
func (m *Machine) newFunction(f *frame, code *translate.Function) (*function, error) {
	fn := &function{machine: m, code: code, outer: f, defaults: make([]starlark.Value, len(code.Params)), attrs: starlark.StringDict{}}
	for i, param := range code.Params {
		if param.Default == nil {
			continue
		}
		v, err := m.eval(f, param.Default)
		if err != nil {
			return nil, err
		}
		fn.defaults[i] = v
	}
	return fn, nil
}

// String returns a fixed text: a name may be a secret.
func (fn *function) String() string { return "function" }

// Type returns the name of the type.
func (fn *function) Type() string { return "function" }

// Name returns the name.
func (fn *function) Name() string { return fn.code.Name }

// Hash makes a function fit for a key.
func (fn *function) Hash() (uint32, error) { return starlark.String(fn.code.Name).Hash() }

// CallInternal runs the function.
func (fn *function) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m := fn.machine
	if m.calls++; m.calls > maxCalls {
		return nil, fault.New("functions call themselves more than %d deep; write a loop", maxCalls)
	}
	defer func() { m.calls-- }()
	f := fn.outer.inner(fn.code.Locals)
	f.called, f.result = fn, starlark.None
	if err := m.bindArgs(f, fn, args, kwargs); err != nil {
		return nil, err
	}
	if fn.code.Result != nil {
		return m.eval(f, fn.code.Result)
	}
	if _, err := m.block(f, fn.code.Body); err != nil {
		return nil, err
	}
	if fn.code.Generator {
		return newIterator(f.yielded), nil
	}
	return f.result, nil
}

func errArguments() error {
	return fault.Raise("TypeError", "a function is called with other arguments than it takes")
}

// bindArgs gives the parameters their values.
func (m *Machine) bindArgs(f *frame, fn *function, args starlark.Tuple, kwargs []starlark.Tuple) error {
	rest, err := m.bindPositional(f, fn, args)
	if err != nil {
		return err
	}
	named, err := m.bindNamed(f, fn, kwargs)
	if err != nil {
		return err
	}
	for i, param := range fn.code.Params {
		_, given := f.vars[param.Name]
		switch {
		case param.Stars == 1:
			f.vars[param.Name] = rest
		case param.Stars == 2:
			f.vars[param.Name] = named
		case given:
		case fn.defaults[i] == nil:
			return errArguments()
		default:
			f.vars[param.Name] = fn.defaults[i]
		}
	}
	return nil
}

// bindPositional binds the arguments without a name, and returns those that are left for *args.
func (m *Machine) bindPositional(f *frame, fn *function, args starlark.Tuple) (starlark.Tuple, error) {
	takesRest := false
	for _, param := range fn.code.Params {
		if param.Stars == 1 {
			takesRest = true
		}
		if param.Stars > 0 || param.Named {
			break
		}
		if len(args) > 0 {
			f.vars[param.Name] = args[0]
			args = args[1:]
		}
	}
	if len(args) > 0 && !takesRest {
		return nil, errArguments()
	}
	return args, m.weigh(args)
}

// bindNamed binds the arguments with a name, and returns those that are left for **kwargs.
func (m *Machine) bindNamed(f *frame, fn *function, kwargs []starlark.Tuple) (*starlark.Dict, error) {
	params, takesRest := map[string]bool{}, false
	for _, param := range fn.code.Params {
		params[param.Name] = param.Stars == 0
		takesRest = takesRest || param.Stars == 2
	}
	rest := new(starlark.Dict)
	for _, pair := range kwargs {
		name := string(pair[0].(starlark.String))
		_, twice := f.vars[name]
		switch {
		case params[name] && twice:
			return nil, errArguments()
		case params[name]:
			f.vars[name] = pair[1]
		case !takesRest:
			return nil, errArguments()
		default:
			if err := setKey(rest, pair[0], pair[1]); err != nil {
				return nil, err
			}
		}
	}
	return rest, m.charge(size(rest))
}

// define executes def.
func (m *Machine) define(f *frame, s *translate.Define) error {
	var decorators []starlark.Value
	for _, x := range s.Decorators {
		v, err := m.decorator(f, x)
		if err != nil {
			return err
		}
		decorators = append(decorators, v)
	}
	fn, err := m.newFunction(f, s.Function)
	if err != nil {
		return err
	}
	fn.owner = f.class
	v, err := m.decorated(fn, decorators)
	if err != nil {
		return err
	}
	before := m.drawn
	m.drawn = false
	m.set(f, s.Function.Name, v)
	m.drawn = before
	return nil
}

// decorator evaluates a decorator. What comes from a module that is not available stays so.
func (m *Machine) decorator(f *frame, x translate.Expr) (starlark.Value, error) {
	root := x
	for {
		switch t := root.(type) {
		case *translate.Call:
			root = t.Fn
			continue
		case *translate.Attribute:
			root = t.X
			continue
		}
		break
	}
	if id, ok := root.(*translate.Name); ok {
		if v, err := m.resolve(f, id.Name); err == nil {
			if r, ok := v.(refused); ok {
				return r, nil
			}
		}
	}
	return m.eval(f, x)
}

// decorated applies decorators, the last one first. What an unavailable one makes is not available either.
func (m *Machine) decorated(v starlark.Value, decorators []starlark.Value) (starlark.Value, error) {
	for i := len(decorators) - 1; i >= 0; i-- {
		if r, ok := decorators[i].(refused); ok {
			return refused{name: r.name, cure: r.cure}, nil
		}
		var err error
		if v, err = m.call(decorators[i], starlark.Tuple{v}, nil); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// call calls a value.
func (m *Machine) call(fn starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if c, ok := fn.(*class); ok && c.instance {
		v, err := m.findAttr(c, "__call__")
		if err != nil {
			return nil, err
		}
		if v == nil {
			return nil, errNotCallable()
		}
		fn = v
	}
	callable, ok := fn.(starlark.Callable)
	if !ok {
		return nil, errNotCallable()
	}
	if m.depth++; m.depth > 10*maxCalls { // functions of Go call one another too: partial, methods
		return nil, fault.New("functions call themselves too deep; write a loop")
	}
	defer func() { m.depth-- }()
	return callable.CallInternal(m.thread, args, kwargs)
}

func errNotCallable() error {
	return fault.Raise("TypeError", "something is called that is not a function")
}

// evaluateCall evaluates fn(args).
func (m *Machine) evaluateCall(f *frame, x *translate.Call) (starlark.Value, error) {
	if id, ok := x.Fn.(*translate.Name); ok && id.Name == "super" && len(x.Args) == 0 {
		return m.super(f)
	}
	if v, ok, err := m.scope(f, x); ok || err != nil {
		return v, err
	}
	fn, err := m.eval(f, x.Fn)
	if err != nil {
		return nil, err
	}
	args, kwargs, err := m.arguments(f, x.Args)
	if err != nil {
		return nil, err
	}
	if r, ok := fn.(refused); ok && r.isClass() { // an object of it fails when it is used: csrf = CSRFProtect()
		return refused{name: r.name + "()", cure: r.cure, line: x.At()}, nil
	}
	return m.call(fn, args, kwargs)
}

// arguments evaluates the arguments of a call.
func (m *Machine) arguments(f *frame, list []translate.Argument) (starlark.Tuple, []starlark.Tuple, error) {
	var args starlark.Tuple
	named := new(starlark.Dict)
	for _, arg := range list {
		v, err := m.eval(f, arg.Value)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case arg.Stars == 1:
			more, err := m.elements(v)
			if err != nil {
				return nil, nil, err
			}
			args = append(args, more...)
		case arg.Stars == 2:
			if err := m.pourNames(named, v); err != nil {
				return nil, nil, err
			}
		case arg.Name != "":
			if err := addName(named, starlark.String(arg.Name), v); err != nil {
				return nil, nil, err
			}
		default:
			args = append(args, v)
		}
	}
	return args, named.Items(), m.charge(len(args) + named.Len())
}

// pourNames adds the entries of a mapping to the named arguments.
func (m *Machine) pourNames(named *starlark.Dict, v starlark.Value) error {
	d := new(starlark.Dict)
	if err := m.pour(d, v); err != nil {
		return err
	}
	for _, item := range d.Items() {
		if _, ok := item[0].(starlark.String); !ok {
			return fault.Raise("TypeError", "the keys after \"**\" in a call must be text")
		}
		if err := addName(named, item[0], item[1]); err != nil {
			return err
		}
	}
	return nil
}

func addName(named *starlark.Dict, name, v starlark.Value) error {
	if _, twice, _ := named.Get(name); twice {
		return fault.Raise("TypeError", "an argument of a call is given twice")
	}
	return named.SetKey(name, v)
}
