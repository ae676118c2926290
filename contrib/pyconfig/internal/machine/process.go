package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// exit implements sys.exit.
func exit(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return nil, fault.Raise("SystemExit", "the file ends the program here; set what it asks for, or raise an exception that says what is missing")
}

// subprocess is the module subprocess. No program is started: inside try it is as if the program were not there, and
// elsewhere it is an error.
func (m *Machine) subprocess() *module {
	s := &module{name: "subprocess", attrs: starlark.StringDict{}}
	for name, n := range map[string]int{"PIPE": -1, "STDOUT": -2, "DEVNULL": -3} {
		s.attrs[name] = starlark.MakeInt(n)
	}
	for _, name := range []string{"SubprocessError", "CalledProcessError", "TimeoutExpired"} {
		s.attrs[name] = m.exceptions[name]
	}
	for _, name := range []string{"run", "call", "check_call", "check_output", "getoutput", "getstatusoutput", "Popen"} {
		s.attrs[name] = m.programStart("subprocess." + name)
	}
	return s
}

func (m *Machine) programStart(name string) *starlark.Builtin {
	return builtin(name, func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		if m.trying == 0 {
			return nil, refused{name: name, cure: "no program is started: do it in Go and set the key there"}.err()
		}
		m.warn(0, name+" starts no program here, and the file goes on as if that were missing: do it in Go and set the key there")
		return nil, fault.Raise("FileNotFoundError", "%s starts no program here; do it in Go and set the key there", name)
	})
}
