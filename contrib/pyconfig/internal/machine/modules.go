package machine

import (
	"os"
	"path/filepath"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// module is a module that a file may import.
type module struct {
	inert
	name  string
	attrs starlark.StringDict
	hints bool   // every name is one for annotations
	file  bool   // a module of the project: it has no names beside its own
	frame *frame // of a module of the project; nil for others
}

// newModuleOf returns a module of functions.
func newModuleOf(name string, functions map[string]native) *module {
	m := &module{name: name, attrs: starlark.StringDict{}}
	for function, f := range functions {
		m.attrs[function] = builtin(name+"."+function, f)
	}
	return m
}

// String returns the name.
func (m *module) String() string { return m.name }

// Type returns the name of the type.
func (m *module) Type() string { return "module" }

// AttrNames returns nothing: the names are not listed to files.
func (m *module) AttrNames() []string { return nil }

// Attr returns an attribute. What is not there fails when it is used: it may be there in Python.
func (m *module) Attr(name string) (starlark.Value, error) {
	v, ok := m.attrs[name]
	switch {
	case ok:
		return v, nil
	case name == "__name__":
		return starlark.String(m.name), nil
	case name == "__dict__" && m.frame != nil:
		return &namespace{machine: m.frame.machine, frame: m.frame}, nil
	case m.file:
		return nil, nil
	case m.hints:
		return hint{name: m.name + "." + name}, nil
	}
	return refused{name: m.name + "." + name, cure: "write the value, or compute it in Go"}, nil
}

const (
	noChange   = "a configuration changes nothing: do it in Go"
	noVariable = "the variables are not known here: set Reader.Environ beside Reader.LookupEnv, or name the variable"
)

// refuse puts names into a module that fail when they are used.
func (m *module) refuse(cure string, names ...string) {
	for _, name := range names {
		m.attrs[name] = refused{name: m.name + "." + name, cure: cure}
	}
}

// workingDir returns the working directory with forward slashes.
func workingDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fault.New("the working directory is not known; use absolute paths")
	}
	return slashed(dir), nil
}

func slashed(p string) string { return filepath.ToSlash(p) }
