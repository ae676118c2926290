package value

import (
	"fmt"
	"slices"
	"strings"
)

// A Function is a filter, a test, a global or a method that is written in Go. It must not be changed once it is used.
type Function struct {
	Name   string
	Params []Param // in order; those without a default are required
	Rest   bool    // more positional arguments come as a Tuple behind the parameters
	Named  bool    // more named arguments come as a *Dict behind that
	// Call gets as many args as Params, and the Tuple and Dict where Rest and Named ask for them. It must not change args.
	Call func(rt *Runtime, args []any) (any, error)
}

// A Param is a parameter of a Function.
type Param struct {
	Name     string
	Default  any
	Required bool
}

// Args are the arguments of one call. Named ones keep their order.
type Args struct {
	Positional []any
	Named      []Named
}

// Named is a named argument.
type Named struct {
	Name  string
	Value any
}

// Bind checks arguments and puts them in the order that Call wants, with Python's messages. What it returns may be args.Positional itself.
func (f *Function) Bind(args Args) ([]any, error) {
	if len(args.Positional) == len(f.Params) && len(args.Named) == 0 && !f.Rest && !f.Named {
		return args.Positional, nil
	}
	if len(args.Positional) > len(f.Params) && !f.Rest {
		return nil, f.tooMany(len(args.Positional))
	}
	frame := make([]any, len(f.Params), len(f.Params)+2)
	given := min(len(args.Positional), len(f.Params))
	copy(frame, args.Positional[:given])
	set := make([]bool, len(f.Params))
	more, err := f.bindNamed(frame, set, given, args.Named)
	if err != nil {
		return nil, err
	}
	if err := f.defaults(frame, set, given); err != nil {
		return nil, err
	}
	if f.Rest {
		frame = append(frame, Tuple(slices.Clone(args.Positional[given:])))
	}
	if f.Named {
		frame = append(frame, more)
	}
	return frame, nil
}

// bindNamed puts named arguments in their places, and the others in a Dict.
func (f *Function) bindNamed(frame []any, set []bool, given int, named []Named) (*Dict, error) {
	more := &Dict{}
	for _, n := range named {
		i := f.param(n.Name)
		switch {
		case i < 0 && !f.Named:
			return nil, typeErrorf("%s() got an unexpected keyword argument '%s'", f.Name, n.Name)
		case i < 0:
			if _, ok := more.Get(n.Name); ok {
				return nil, f.twice(n.Name)
			}
			more.Set(n.Name, n.Value)
		case i < given || set[i]:
			return nil, f.twice(n.Name)
		default:
			frame[i], set[i] = n.Value, true
		}
	}
	return more, nil
}

func (f *Function) twice(name string) error {
	return typeErrorf("%s() got multiple values for argument '%s'", f.Name, name)
}

func (f *Function) param(name string) int {
	return slices.IndexFunc(f.Params, func(p Param) bool { return p.Name == name })
}

func (f *Function) defaults(frame []any, set []bool, given int) error {
	var missing []string
	for i := given; i < len(f.Params); i++ {
		switch {
		case set[i]:
		case f.Params[i].Required:
			missing = append(missing, f.Params[i].Name)
		default:
			frame[i] = f.Params[i].Default
		}
	}
	return f.missing(missing)
}

func (f *Function) missing(names []string) error {
	if len(names) == 0 {
		return nil
	}
	return typeErrorf("%s() missing %d required positional %s: %s", f.Name, len(names), plural(len(names), "argument"), enumerate(names))
}

func (f *Function) tooMany(n int) error {
	required := 0
	for _, p := range f.Params {
		if p.Required {
			required++
		}
	}
	most := len(f.Params)
	takes := fmt.Sprint(most)
	if required < most {
		takes = fmt.Sprintf("from %d to %d", required, most)
	}
	return typeErrorf("%s() takes %s positional %s but %d %s given", f.Name, takes, plural(most, "argument"), n, wasWere(n))
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// enumerate is Python's 'a', 'b', and 'c'.
func enumerate(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "'" + n + "'"
	}
	switch last := len(quoted) - 1; last {
	case 0:
		return quoted[0]
	case 1:
		return quoted[0] + " and " + quoted[1]
	default:
		return strings.Join(quoted[:last], ", ") + ", and " + quoted[last]
	}
}

// Check is Bind at Build, from what is known there: how many positional arguments there are, and which named ones.
func (f *Function) Check(positional int, named []string) error {
	args := Args{Positional: make([]any, positional)}
	for _, n := range named {
		args.Named = append(args.Named, Named{Name: n})
	}
	_, err := f.Bind(args)
	return err
}
