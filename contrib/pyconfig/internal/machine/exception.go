package machine

import (
	"errors"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// exceptions lists the built-in exceptions, each with the one it derives from.
const exceptions = `BaseException:object Exception:BaseException SystemExit:BaseException KeyboardInterrupt:BaseException
ArithmeticError:Exception ZeroDivisionError:ArithmeticError OverflowError:ArithmeticError AssertionError:Exception
AttributeError:Exception EOFError:Exception ImportError:Exception ModuleNotFoundError:ImportError LookupError:Exception
IndexError:LookupError KeyError:LookupError MemoryError:Exception NameError:Exception UnboundLocalError:NameError
OSError:Exception FileNotFoundError:OSError FileExistsError:OSError PermissionError:OSError IsADirectoryError:OSError
NotADirectoryError:OSError ConnectionError:OSError TimeoutError:OSError RuntimeError:Exception
NotImplementedError:RuntimeError RecursionError:RuntimeError StopIteration:Exception SyntaxError:Exception
TypeError:Exception ValueError:Exception UnicodeError:ValueError UnicodeDecodeError:UnicodeError
UnicodeEncodeError:UnicodeError JSONDecodeError:ValueError AddressValueError:ValueError NetmaskValueError:ValueError
BinasciiError:ValueError EnvError:ValueError UndefinedValueError:Exception Warning:Exception UserWarning:Warning
DeprecationWarning:Warning RuntimeWarning:Warning FutureWarning:Warning SubprocessError:Exception
CalledProcessError:SubprocessError TimeoutExpired:SubprocessError ConfigParserError:Exception
NoSectionError:ConfigParserError NoOptionError:ConfigParserError DuplicateSectionError:ConfigParserError
DuplicateOptionError:ConfigParserError ParsingError:ConfigParserError MissingSectionHeaderError:ParsingError
InterpolationError:ConfigParserError InterpolationSyntaxError:InterpolationError InterpolationDepthError:InterpolationError
InterpolationMissingOptionError:InterpolationError`

// hiddenExceptions lists those that belong to modules and are no built-in names.
const hiddenExceptions = " JSONDecodeError AddressValueError NetmaskValueError BinasciiError EnvError UndefinedValueError SubprocessError CalledProcessError TimeoutExpired " +
	"ConfigParserError NoSectionError NoOptionError DuplicateSectionError DuplicateOptionError ParsingError MissingSectionHeaderError " +
	"InterpolationError InterpolationSyntaxError InterpolationDepthError InterpolationMissingOptionError "

// builtinClasses returns object, type and the exceptions.
func (m *Machine) builtinClasses() starlark.StringDict {
	classes := starlark.StringDict{}
	add := func(name, base string) {
		c := &class{machine: m, name: name}
		c.order = []*class{c}
		if b, ok := classes[base].(*class); ok {
			c.order = append(c.order, b.order...)
		}
		classes[name] = c
	}
	add("object", "")
	add("type", "object")
	for pair := range strings.FieldsSeq(exceptions) {
		name, base, _ := strings.Cut(pair, ":")
		add(name, base)
	}
	classes["IOError"], classes["EnvironmentError"] = classes["OSError"], classes["OSError"]
	return classes
}

// exceptionClass returns the class of an exception that Python has.
func (m *Machine) exceptionClass(kind string) *class {
	c, _ := m.exceptions[kind].(*class)
	return c
}

// classOf returns the class of what was raised, nil for what a file cannot catch.
func (m *Machine) classOf(e *fault.Error) *class {
	if object, ok := e.Value.(*class); ok {
		return object.order[1]
	}
	return m.exceptionClass(e.Kind)
}

// raise executes raise.
func (m *Machine) raise(f *frame, s *translate.Raise) error {
	if s.X == nil {
		for at := f; at != nil; at = at.outer {
			if at.caught != nil {
				return at.caught
			}
		}
		return fault.Raise("RuntimeError", "raise stands alone, and no exception is handled")
	}
	v, err := m.eval(f, s.X)
	if err != nil {
		return err
	}
	if r, ok := v.(refused); ok {
		return fault.New("%s", strings.TrimSuffix(s.Said+" of "+r.name, " of "))
	}
	object, ok := v.(*class)
	if ok && !object.instance && object.is(m.exceptionClass("BaseException")) {
		if v, err = object.CallInternal(m.thread, nil, nil); err != nil {
			return err
		}
		object = v.(*class)
	}
	if !ok || !object.is(m.exceptionClass("BaseException")) {
		return fault.Raise("TypeError", "something is raised that is no exception")
	}
	return &fault.Error{Text: s.Said, Kind: object.name, Value: object}
}

// assert executes assert.
func (m *Machine) assert(f *frame, s *translate.Assert) error {
	holds, err := m.holds(f, s.Cond)
	if err != nil || holds {
		return err
	}
	return fault.Raise("AssertionError", "%s", s.Said)
}

// try executes try.
func (m *Machine) try(f *frame, s *translate.Try) (way, error) {
	if s.Handlers != nil {
		m.trying++
	}
	to, err := m.block(f, s.Body)
	if s.Handlers != nil {
		m.trying--
	}
	var raised *fault.Error
	switch {
	case err == nil && to == onward:
		to, err = m.block(f, s.Else)
	case errors.As(err, &raised):
		to, err = m.handle(f, s.Handlers, raised)
	}
	if s.Finally == nil || errors.As(err, &raised) && raised.Kind == "" {
		return to, err
	}
	result := f.result
	last, failed := m.block(f, s.Finally)
	if failed != nil || last != onward {
		return last, failed
	}
	f.result = result
	return to, err
}

// handle runs the except clause that catches an exception.
func (m *Machine) handle(f *frame, handlers []translate.Handler, raised *fault.Error) (way, error) {
	kind := m.classOf(raised)
	if kind == nil {
		return onward, raised
	}
	for _, h := range handlers {
		catches, err := m.catches(f, h, kind)
		if err != nil {
			return onward, m.located(f, h.At(), err)
		}
		if catches {
			return m.handler(f, h, raised)
		}
	}
	return onward, raised
}

// catches reports whether an except clause names a class of the exception.
func (m *Machine) catches(f *frame, h translate.Handler, kind *class) (bool, error) {
	if h.Types == nil {
		return true, nil
	}
	v, err := m.eval(f, h.Types)
	if err != nil {
		return false, err
	}
	types, several := v.(starlark.Tuple)
	if !several {
		types = starlark.Tuple{v}
	}
	for _, t := range types {
		switch t := t.(type) {
		case refused: // an exception of a module that is not available is not what was raised here
		case *class:
			if kind.is(t) {
				return true, nil
			}
		default:
			return false, fault.Raise("TypeError", "except names something that is no exception")
		}
	}
	return false, nil
}

// handler runs the block of an except clause.
func (m *Machine) handler(f *frame, h translate.Handler, raised *fault.Error) (way, error) {
	before := f.caught
	f.caught = raised
	defer func() { f.caught = before }()
	if h.Name == "" {
		return m.block(f, h.Body)
	}
	m.set(f, h.Name, m.exceptionObject(raised))
	defer func() { delete(f.target(h.Name).vars, h.Name) }()
	return m.block(f, h.Body)
}

// exceptionObject returns the object for "as": what the file raised, or one whose text is not known.
func (m *Machine) exceptionObject(raised *fault.Error) starlark.Value {
	if object, ok := raised.Value.(*class); ok {
		return object
	}
	c := m.exceptionClass(raised.Kind)
	object := &class{machine: m, name: c.name, attrs: starlark.StringDict{}, drawn: map[string]bool{}, instance: true}
	object.order = append([]*class{object}, c.order...)
	return object
}

// exceptionText is str(exception).
func (m *Machine) exceptionText(object *class) (string, error) {
	args, ok := object.attrs["args"].(starlark.Tuple)
	if !ok {
		return "", fault.New("the text of an exception of Python is not available; write a text of your own")
	}
	switch {
	case len(args) == 0:
		return "", nil
	case len(args) == 1 && !object.is(m.exceptionClass("KeyError")):
		return m.str(args[0])
	case len(args) == 1:
		return m.repr(args[0])
	}
	return m.repr(args)
}
