// Package machine runs a translated configuration file. It has the hooks that package translate calls, the
// built-in functions, and the few modules that a file may import.
//
// What runs is bounded: Starlark counts its steps, and everything here that copies, repeats or walks through
// a value is charged to one account. Files, network and processes are out of reach.
package machine

import (
	"errors"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// maxSteps bounds the steps of Starlark.
const maxSteps = 1_000_000

// Machine runs one file, once.
type Machine struct {
	file    string
	lookup  func(string) (string, bool)
	thread  *starlark.Thread
	names   starlark.StringDict
	modules map[string]*module
	globals starlark.StringDict
	left    int // work that may still be charged
}

// New returns a machine for a file. lookup reads the environment.
func New(file string, lookup func(string) (string, bool)) *Machine {
	m := &Machine{file: slashed(file), lookup: lookup, thread: new(starlark.Thread), left: maxWork}
	m.thread.Print = func(*starlark.Thread, string) {}
	m.thread.SetMaxExecutionSteps(maxSteps)
	m.modules = m.importable()
	m.names = m.predeclared()
	return m
}

// Knows reports whether a name is there without being assigned.
func (m *Machine) Knows(name string) bool { return m.names.Has(name) }

// Run executes a program. The error is a *[fault.Error] with a line.
func (m *Machine) Run(p *translate.Program) error {
	// Names that nobody knows are an error when they are reached, as in Python.
	program, err := starlark.FileProgram(p.File, func(string) bool { return true })
	var unresolved resolve.ErrorList
	if errors.As(err, &unresolved) {
		return fault.At(int(unresolved[0].Pos.Line), "%s", unresolved[0].Msg)
	}
	if err != nil {
		return fault.New("the file cannot be translated")
	}
	m.globals, err = program.Init(m.thread, m.names)
	if err != nil {
		return explain(err, p)
	}
	return nil
}

// explain turns an error of Starlark into one that shows no values.
func explain(err error, p *translate.Program) error {
	var eval *starlark.EvalError
	if !errors.As(err, &eval) {
		return fault.New("the file cannot be run")
	}
	var lines []int // the innermost first
	for i := range eval.CallStack {
		if at := eval.CallStack.At(i).Pos; at.Filename() == p.File.Path {
			lines = append(lines, int(at.Line))
		}
	}
	var known *fault.Error
	switch wrongCall := strings.HasPrefix(eval.Msg, "function "); {
	case errors.As(err, &known):
		return fault.At(first(lines), "%s", known.Text)
	case wrongCall && len(lines) > 1: // the caller is to blame
		lines = lines[1:]
	}
	return fault.At(first(lines), "%s", reason(eval.Msg, p.Called))
}

func first(lines []int) int {
	if len(lines) == 0 {
		return 0
	}
	return lines[0]
}

// reason finds the words for an error that Starlark itself found.
func reason(said string, called map[string]bool) string {
	if name, ok := strings.CutPrefix(said, "internal error: predeclared variable "); ok {
		return undefined(strings.TrimSuffix(name, " is uninitialized"), called)
	}
	for _, known := range []struct{ said, reason string }{
		{"too many steps", "the file takes more than 1,000,000 steps; compute the value in Go"},
		{"referenced before assignment", "a name is used before it has a value; assign it on every way that leads here"},
		{"called recursively", "a function calls itself; write a loop"},
		{"invalid call of non-function", "something is called that is not a function"},
		{"to unpack", "the number of names and of values differ"},
		{"in sequence assignment", "a value cannot be taken apart into several names"},
		{"does not support item assignment", "elements of this value cannot be set"},
		{"out of range", "the index is out of range"},
		{"unhashable", "a list, dict or set cannot be a key"},
		{"during iteration", "a list or dict is changed while it is looped over; loop over a copy"},
		{"can't assign to", "attributes of this value cannot be set"},
		{"function ", "a function is called with other arguments than it takes"},
		{"keywords must be strings", "the keys after \"**\" in a call must be text"},
	} {
		if strings.Contains(said, known.said) {
			return known.reason
		}
	}
	return "the line cannot be evaluated"
}

// undefined is the error for an unknown name. A bare name may be a secret that lost its quotes,
// so only a name that is called is shown.
func undefined(name string, called map[string]bool) string {
	if called[name] {
		return "the name \"" + name + "\" is not defined; define it above, or write the value"
	}
	return "a name on this line is not defined; put text in quotes, or define the name above"
}
