package machine

import (
	"slices"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// frame holds the variables of a module, class, function or comprehension while it runs.
type frame struct {
	vars    starlark.StringDict
	drawn   map[string]bool // variables whose value comes from chance
	machine *Machine        // of a module
	outer   *frame          // the function or module around; classes are left out
	module  *frame
	program *translate.Program // of a module
	folder  string             // of a module: where it stands below the folder of the file
	class   *class             // of the body of a class
	called  *function          // of a function
	locals  map[string]bool    // what a function or comprehension assigns
	result  starlark.Value     // what a function returns
	yielded []starlark.Value   // what a generator gave so far
	caught  *fault.Error       // what an except clause handles
	names   []string           // of a module: its variables in order
	named   map[string]bool    // of a module: what is in names
}

// newModule returns the frame of a file.
func (m *Machine) newModule(program *translate.Program, vars starlark.StringDict) *frame {
	f := &frame{vars: vars, program: program, drawn: map[string]bool{}, named: map[string]bool{}, machine: m}
	f.module = f
	return f
}

// inner returns a frame inside f. Functions and comprehensions do not see the names of a class.
func (f *frame) inner(locals map[string]bool) *frame {
	outer := f
	if f.class != nil {
		outer = f.outer
	}
	return &frame{vars: starlark.StringDict{}, outer: outer, module: f.module, locals: locals, drawn: map[string]bool{}}
}

// isComprehension reports whether the frame is neither a module nor a class nor a function.
func (f *frame) isComprehension() bool { return f.called == nil && f.class == nil && f.program == nil }

// code returns the function that runs, nil if there is none.
func (f *frame) code() *translate.Function {
	if f.called == nil {
		return nil
	}
	return f.called.code
}

// holder returns the frame that has a name, nil if the name is none of a function or class around.
func (f *frame) holder(name string) *frame {
	for s := f; s != nil && s.program == nil; s = s.outer {
		if code := s.code(); code != nil && code.Globals[name] {
			return nil
		}
		if s.class != nil {
			if _, ok := s.vars[name]; ok {
				return s
			}
			continue
		}
		if s.locals[name] {
			return s
		}
	}
	return nil
}

// resolve looks a name up as Python does: in the functions around, in the module, among the built-in names.
func (m *Machine) resolve(f *frame, name string) (starlark.Value, error) {
	at := f.holder(name)
	if at == nil {
		at = f.module
	}
	if v, ok := at.vars[name]; ok {
		m.drawn = m.drawn || at.drawn[name]
		return v, nil
	}
	if at != f.module {
		return nil, fault.Raise("UnboundLocalError", "a name is used before it has a value; assign it on every way that leads here")
	}
	if v, ok := m.names[name]; ok {
		return v, nil
	}
	return nil, fault.Raise("NameError", "%s", undefined(name, f.module.program.Called))
}

// target returns the frame in which an assignment sets a name.
func (f *frame) target(name string) *frame {
	code := f.code()
	switch {
	case code != nil && code.Globals[name]:
		return f.module
	case code != nil && code.Nonlocals[name] && f.outer != nil:
		if at := f.outer.holder(name); at != nil {
			return at
		}
	}
	return f
}

// set assigns a name.
func (m *Machine) set(f *frame, name string, v starlark.Value) {
	at := f.target(name)
	at.note(name)
	at.vars[name] = v
	if at.drawn != nil {
		at.drawn[name] = m.drawn && !m.isVariableValue(v)
	}
	if at.class != nil {
		at.class.note(name, v)
	}
}

// note remembers the order in which the variables of a module are set.
func (f *frame) note(name string) {
	if f.program == nil {
		return
	}
	_, there := f.vars[name]
	switch {
	case there:
	case f.named[name]: // deleted meanwhile
		f.names = append(slices.DeleteFunc(f.names, func(n string) bool { return n == name }), name)
	default:
		f.names = append(f.names, name)
		f.named[name] = true
	}
}

// unset forgets a name.
func (f *frame) unset(name string) error {
	at := f.target(name)
	if _, ok := at.vars[name]; !ok {
		return fault.Raise("NameError", "del names a variable that is not there")
	}
	delete(at.vars, name)
	return nil
}
