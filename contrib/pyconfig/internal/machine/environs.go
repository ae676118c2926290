package machine

import (
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// environs is the module environs.
func (m *Machine) environs() *module {
	e := newModuleOf("environs", map[string]native{
		"Env": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if len(args)+len(kwargs) > 0 {
				return nil, fault.New("Env() takes no arguments here")
			}
			return &env{machine: m}, nil
		},
	})
	e.attrs["EnvError"], e.attrs["EnvValidationError"] = m.exceptions["EnvError"], m.exceptions["EnvError"]
	e.attrs["env"] = &env{machine: m}
	return e
}

// env is an environs.Env.
type env struct {
	inert
	machine *Machine
}

// String returns a fixed text.
func (*env) String() string { return "Env" }

// Type returns the name of the type.
func (*env) Type() string { return "Env" }

// Name returns the name.
func (*env) Name() string { return "Env" }

// CallInternal reads a variable as text.
func (e *env) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return e.read("str", args, kwargs)
}

// AttrNames returns nothing: the names are not listed to files.
func (*env) AttrNames() []string { return nil }

// Attr returns a method that reads a variable, or read_env.
func (e *env) Attr(name string) (starlark.Value, error) {
	m := e.machine
	switch name {
	case "read_env":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			path, override := starlark.Value(starlark.None), false
			var recurse, verbose starlark.Value
			if err := unpack(name, args, kwargs, "path?", &path, "recurse?", &recurse, "verbose?", &verbose, "override?", &override); err != nil {
				return nil, err
			}
			return m.loadDotenv(starlark.Tuple{path}, []starlark.Tuple{{starlark.String("override"), starlark.Bool(override)}})
		}), nil
	case "str", "int", "bool", "float", "list", "json", "path", "timedelta", "dict":
		return builtin("env."+name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return e.read(name, args, kwargs)
		}), nil
	}
	return nil, fault.New("%s of environs is not available; use str, int, bool, float, list, dict or json", name)
}

// read returns a variable as a kind of value.
func (e *env) read(kind string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m := e.machine
	var name string
	var v, subcast starlark.Value
	pairs := []any{"name", &name, "default?", &v}
	if kind == "list" {
		pairs = append(pairs, "subcast?", &subcast)
	}
	if err := unpack("env."+kind, args, kwargs, pairs...); err != nil {
		return nil, err
	}
	if s, found := m.variableOf(name); found {
		return e.parse(kind, s, subcast)
	}
	switch s := v.(type) {
	case nil:
		if isVariable(name) {
			return nil, fault.Raise("EnvError", "the environment variable %q is not set; set it, or give a default", name)
		}
		return nil, fault.Raise("EnvError", "an environment variable is not set; set it, or give a default")
	case starlark.String:
		return e.parse(kind, string(s), subcast)
	case refused:
		return nil, s.err()
	}
	if v != starlark.None && !isDefaultOf(kind, v) {
		return nil, fault.New("the default of env.%s() is of another type; write it as that type", kind)
	}
	return v, nil
}

// isDefaultOf reports whether a default needs no conversion.
func isDefaultOf(kind string, v starlark.Value) bool {
	switch v.(type) {
	case starlark.Bool:
		return kind == "bool" || kind == "json"
	case starlark.Int:
		return kind == "int" || kind == "json"
	case starlark.Float:
		return kind == "float" || kind == "json"
	case *starlark.List:
		return kind == "list" || kind == "json"
	case *starlark.Dict:
		return kind == "dict" || kind == "json"
	case purePath:
		return kind == "path"
	case timedelta:
		return kind == "timedelta"
	}
	return false
}

// parse makes a value of the text of a variable.
func (e *env) parse(kind, s string, subcast starlark.Value) (starlark.Value, error) {
	m := e.machine
	invalid := fault.Raise("EnvError", "a variable of the environment is no %s; check its value", kind)
	var v starlark.Value
	var err error
	switch kind {
	case "str":
		return m.text(s)
	case "path":
		return newPath(starlark.Tuple{starlark.String(s)}, nil)
	case "int":
		v, err = parseInt(s, 10)
	case "float":
		v, err = parseFloat(s)
	case "json":
		v, err = m.loads(s)
	case "timedelta":
		if v, err = parseInt(s, 10); err == nil {
			v, err = newTimedelta(nil, []starlark.Tuple{{starlark.String("seconds"), v}})
		}
	case "bool":
		switch {
		case isIn(s, "t T true True TRUE on On ON y Y yes Yes YES 1"):
			return starlark.True, nil
		case isIn(s, "f F false False FALSE off Off OFF n N no No NO 0"):
			return starlark.False, nil
		}
		return nil, invalid
	case "list":
		return e.list(s, subcast)
	case "dict":
		return e.dict(s)
	}
	if known, ok := err.(*fault.Error); ok && known.Kind != "" {
		return nil, invalid
	}
	return v, err
}

func (e *env) list(s string, subcast starlark.Value) (starlark.Value, error) {
	var elems []starlark.Value
	if s == "" {
		return starlark.NewList(nil), nil
	}
	for part := range strings.SplitSeq(s, ",") {
		elems = append(elems, starlark.String(part))
	}
	if subcast != nil && subcast != starlark.None {
		var err error
		if elems, err = e.machine.keysOf(elems, subcast); err != nil {
			return nil, err
		}
	}
	return starlark.NewList(elems), e.machine.charge(len(elems) * entrySize)
}

func (e *env) dict(s string) (starlark.Value, error) {
	d := new(starlark.Dict)
	for part := range strings.SplitSeq(s, ",") {
		key, v, found := strings.Cut(part, "=")
		if !found {
			return nil, fault.Raise("EnvError", "a variable of the environment is no dict; write it as a=1,b=2")
		}
		if err := setKey(d, starlark.String(strings.TrimSpace(key)), starlark.String(strings.TrimSpace(v))); err != nil {
			return nil, err
		}
	}
	return d, nil
}
