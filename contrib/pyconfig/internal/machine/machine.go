// Package machine runs a translated configuration file. It has the built-in functions, and what a file may import.
// The values are those of Starlark.
//
// What runs is bounded: the steps are counted, and everything here that copies, repeats or walks through a value
// is charged to one account. Network and processes are out of reach, and files outside the folder of the file.
package machine

import (
	"os"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// maxSteps bounds the steps of a file, with those of the modules it imports.
const maxSteps = 1_000_000

// Options says how a file is run.
type Options struct {
	File    string                      // its name
	Lookup  func(string) (string, bool) // reads the environment
	Environ func() []string             // lists it as name=value; nil if it cannot be listed
	Folder  *os.Root                    // the folder of the file, for its modules; nil for none
	Files   bool                        // whether the file may read other files of the folder
	Warn    func(file string, line int, text string)
}

// Machine runs one file, once.
type Machine struct {
	Options
	thread     *starlark.Thread
	names      starlark.StringDict
	exceptions starlark.StringDict
	modules    map[string]starlark.Value
	variables  map[string]*string // what the file set in the environment; nil for what it deleted
	read       map[string]bool    // values that came from the environment
	types      map[string]*class  // the classes for built-in types
	settings   *class             // BaseSettings of pydantic
	making     *making            // the class that a metaclass makes, nil for none
	main       *frame
	steps      int
	calls      int  // of functions of the file in one another
	depth      int  // of all calls in one another
	imported   int  // modules of the project
	trying     int  // try statements in one another
	drawn      bool // whether chance had a part in the value at hand
	left       int  // work that may still be charged
}

// New returns a machine for a file.
func New(o Options) *Machine {
	m := &Machine{Options: o, thread: new(starlark.Thread), left: maxWork, modules: map[string]starlark.Value{},
		variables: map[string]*string{}, read: map[string]bool{}, types: map[string]*class{}}
	m.exceptions = m.builtinClasses()
	m.names = m.predeclared()
	m.settings = m.newSettingsBase()
	return m
}

// Run executes a program. The error is a *[fault.Error] with a line.
func (m *Machine) Run(p *translate.Program) error {
	m.main = m.newMain(p, "config", m.File)
	_, err := m.block(m.main, p.Body)
	return err
}

// newMain returns the frame of a file with the names that Python gives it.
func (m *Machine) newMain(p *translate.Program, name, file string) *frame {
	around, _, nested := cutLast(name, ".")
	if !nested {
		around = ""
	}
	vars := starlark.StringDict{
		"__package__": starlark.String(around),
		"__name__":    starlark.String(name), "__file__": starlark.String(slashed(file)), "__doc__": starlark.None,
	}
	if p.HasDoc {
		vars["__doc__"] = starlark.String(p.Doc)
	}
	return m.newModule(p, vars)
}

// undefined is the error for an unknown name. A bare name may be a secret that lost its quotes,
// so only a name that is called is shown.
func undefined(name string, called map[string]bool) string {
	if called[name] {
		return "the name \"" + name + "\" is not defined; define it above, or write the value"
	}
	return "a name on this line is not defined; put text in quotes, or define the name above"
}
