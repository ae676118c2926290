package machine

import "go.starlark.net/starlark"

// makeFolder is a function that makes a folder in Python. Nothing is written here: a warning says what to make.
func (m *Machine) makeFolder(function string) *starlark.Builtin {
	return builtin(function, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var name, mode, parents, existing starlark.Value
		pairs := []any{"name", &name, "mode?", &mode, "exist_ok?", &existing}
		if function == "Path.mkdir" {
			pairs = []any{"name", &name, "mode?", &mode, "parents?", &parents, "exist_ok?", &existing}
		}
		if err := unpack(function, args, kwargs, pairs...); err != nil {
			return nil, err
		}
		folder, err := asText(function, name)
		if err != nil {
			return nil, err
		}
		m.warn(0, function+" makes no folder here: make "+folder+" yourself before the program starts")
		return starlark.None, nil
	})
}
