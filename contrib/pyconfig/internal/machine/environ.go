package machine

import (
	"maps"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// environ is os.environ.
type environ struct{ inert }

// String returns the name.
func (environ) String() string { return "os.environ" }

// Type returns the name of the type.
func (environ) Type() string { return "os.environ" }

// variableOf looks a variable up: what the file set goes before the environment of the process.
func (m *Machine) variableOf(name string) (string, bool) {
	if v, ok := m.variables[name]; ok {
		if v == nil {
			return "", false
		}
		return *v, true
	}
	v, found := m.Lookup(name)
	if found {
		m.read[v] = true
	}
	return v, found
}

// isVariableValue reports whether a value is one that the environment gave.
func (m *Machine) isVariableValue(v starlark.Value) bool {
	s, ok := v.(starlark.String)
	return ok && m.read[string(s)]
}

// setVariable sets a variable for the file alone: the environment of the process stays as it is.
func (m *Machine) setVariable(key, v starlark.Value) error {
	name, ok1 := key.(starlark.String)
	value, ok2 := v.(starlark.String)
	if !ok1 || !ok2 {
		return fault.Raise("TypeError", "a variable of the environment must be text, not %s%s", typeName(v), noneHint(v))
	}
	text := string(value)
	m.variables[string(name)] = &text
	return m.chargeText(len(name) + len(value))
}

// popVariable implements os.environ.pop and del: it forgets a variable for the file alone.
func (m *Machine) popVariable(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, absent starlark.Value
	if err := unpack("os.environ.pop", args, kwargs, "key", &key, "default?", &absent); err != nil {
		return nil, err
	}
	name, err := asText("os.environ", key)
	if err != nil {
		return nil, err
	}
	value, found := m.variableOf(name)
	switch {
	case !found && absent != nil:
		return absent, nil
	case !found:
		return m.variable(key)
	}
	m.variables[name] = nil
	return m.text(value)
}

func (m *Machine) setdefaultVariable(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, v starlark.Value
	if err := unpack("os.environ.setdefault", args, kwargs, "key", &key, "value", &v); err != nil {
		return nil, err
	}
	name, err := asText("os.environ", key)
	if err != nil {
		return nil, err
	}
	if value, found := m.variableOf(name); found {
		return m.text(value)
	}
	return v, m.setVariable(key, v)
}

func (m *Machine) updateVariables(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	more, err := m.toDict(args, kwargs)
	if err != nil {
		return nil, err
	}
	for _, item := range more.(*starlark.Dict).Items() {
		if err := m.setVariable(item[0], item[1]); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

func (m *Machine) environMethod(name string) *starlark.Builtin {
	switch name {
	case "get":
		return builtin("os.environ.get", m.getenv)
	case "setdefault":
		return builtin("os.environ.setdefault", m.setdefaultVariable)
	case "update":
		return builtin("os.environ.update", m.updateVariables)
	case "pop":
		return builtin("os.environ.pop", m.popVariable)
	case "items", "keys", "values", "copy":
		return m.plain("os.environ."+name, func() (starlark.Value, error) {
			all, err := m.environment()
			if err != nil {
				return nil, err
			}
			return m.call(m.dictMethod(all, name), nil, nil)
		})
	case "clear", "popitem":
		return builtin(name, refused{name: "os.environ." + name, cure: noChange}.fail)
	}
	return nil
}

// environment returns all variables: those of the process, and what the file set.
func (m *Machine) environment() (*starlark.Dict, error) {
	if m.Environ == nil {
		return nil, refused{name: "os.environ as a whole", cure: noVariable}.err()
	}
	all := new(starlark.Dict)
	for _, entry := range m.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if _, mine := m.variables[name]; mine || name == "" {
			continue
		}
		if err := m.listVariable(all, name); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.variables)) {
		if err := m.listVariable(all, name); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// listVariable adds a variable that is set.
func (m *Machine) listVariable(all *starlark.Dict, name string) error {
	value, found := m.variableOf(name)
	if !found {
		return nil
	}
	if err := m.chargeText(len(name) + len(value) + entrySize); err != nil {
		return err
	}
	return all.SetKey(starlark.String(name), starlark.String(value))
}

// getenvb implements os.getenvb, for names and values of bytes.
func (m *Machine) getenvb(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, absent starlark.Value = nil, starlark.None
	if err := unpack("os.getenvb", args, kwargs, "key", &key, "default?", &absent); err != nil {
		return nil, err
	}
	name, ok := key.(starlark.Bytes)
	if !ok {
		return nil, fault.Raise("TypeError", "os.getenvb() needs bytes, not %s%s", typeName(key), noneHint(key))
	}
	if value, found := m.variableOf(string(name)); found {
		return starlark.Bytes(value), m.chargeText(len(value))
	}
	return absent, nil
}

// isVariable reports whether a text looks like the name of a variable. Others may be a value by mistake.
func isVariable(name string) bool {
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

func (r refused) fail(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return nil, r.err() }

// getenv implements os.getenv and os.environ.get.
func (m *Machine) getenv(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, absent starlark.Value = nil, starlark.None
	if err := unpack("os.environ.get", args, kwargs, "key", &key, "default?", &absent); err != nil {
		return nil, err
	}
	name, err := asText("os.environ.get", key)
	if err != nil {
		return nil, err
	}
	if value, found := m.variableOf(name); found {
		return m.text(value)
	}
	return absent, nil
}

// variable implements os.environ[key].
func (m *Machine) variable(key starlark.Value) (starlark.Value, error) {
	name, err := asText("os.environ", key)
	if err != nil {
		return nil, err
	}
	value, found := m.variableOf(name)
	if !found && isVariable(name) {
		return nil, fault.Raise("KeyError", "the environment variable %q is not set; set it, or give a default with os.environ.get(%q, \"...\")", name, name)
	}
	if !found {
		return nil, fault.Raise("KeyError", "an environment variable is not set; set it, or give a default with os.environ.get")
	}
	return m.text(value)
}
