package machine

import (
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// decouple is the module decouple. It reads the environment, then the file .env of the folder.
func (m *Machine) decouple() *module {
	d := newModuleOf("decouple", map[string]native{
		"config": m.decoupled,
		"Csv": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			cast := starlark.Value(m.names["str"])
			if err := unpack("Csv", args, kwargs, "cast?", &cast); err != nil {
				return nil, err
			}
			return builtin("Csv", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				return m.commaSeparated(cast, args, kwargs)
			}), nil
		},
	})
	d.attrs["UndefinedValueError"] = m.exceptions["UndefinedValueError"]
	return d
}

// decoupled implements decouple.config(name, default, cast).
func (m *Machine) decoupled(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	var absent, cast starlark.Value
	if err := unpack("config", args, kwargs, "option", &name, "default?", &absent, "cast?", &cast); err != nil {
		return nil, err
	}
	v := absent
	s, found := m.variableOf(name)
	if !found {
		var err error
		if s, found, err = m.decoupledFile(name); err != nil {
			return nil, err
		}
	}
	switch {
	case found:
		v = starlark.String(s)
	case absent == nil && isVariable(name):
		return nil, fault.Raise("UndefinedValueError", "the environment variable %q is not set; set it, or give a default", name)
	case absent == nil:
		return nil, fault.Raise("UndefinedValueError", "an environment variable is not set; set it, or give a default")
	}
	if cast == nil {
		return v, nil
	}
	if b, ok := cast.(*starlark.Builtin); ok && b.Name() == "bool" {
		return decoupledBool(v)
	}
	return m.call(cast, starlark.Tuple{v}, nil)
}

func decoupledBool(v starlark.Value) (starlark.Value, error) {
	s, ok := v.(starlark.String)
	if !ok {
		return v.Truth(), nil
	}
	switch word := strings.ToLower(string(s)); {
	case isIn(word, "y yes t true on 1"):
		return starlark.True, nil
	case isIn(word, "n no f false off 0"):
		return starlark.False, nil
	case word == "":
		return starlark.False, nil
	}
	return nil, fault.Raise("ValueError", "a variable is no bool; write true or false")
}

// decoupledFile looks a name up in the file .env, whose lines are name=value with quotes around the value or not.
func (m *Machine) decoupledFile(name string) (string, bool, error) {
	if m.Folder == nil {
		return "", false, nil
	}
	data, err := m.readFolder(".env")
	if isMissing(err) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	value, found := "", false
	for line := range strings.SplitSeq(string(data), "\n") {
		line = strings.TrimSpace(line)
		key, v, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") || strings.TrimSpace(key) != name {
			continue
		}
		v = strings.TrimSpace(v)
		if n := len(v); n >= 2 && (v[0] == '"' || v[0] == '\'') && v[0] == v[n-1] {
			v = v[1 : n-1]
		}
		value, found = v, true
	}
	return value, found, nil
}

// commaSeparated is what Csv makes of a text without quotes.
func (m *Machine) commaSeparated(cast starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("Csv", args, kwargs)
	if err != nil {
		return nil, err
	}
	s, ok := v.(starlark.String)
	if !ok || strings.ContainsAny(string(s), "\"'\\\n") {
		return nil, fault.New("Csv() needs text without quotes; write the list")
	}
	var elems []starlark.Value
	for part := range strings.SplitSeq(string(s), ",") {
		if part = strings.TrimSpace(part); part != "" {
			elems = append(elems, starlark.String(part))
		}
	}
	casted, err := m.keysOf(elems, cast)
	return starlark.NewList(casted), err
}
