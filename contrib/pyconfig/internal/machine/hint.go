package machine

import "go.starlark.net/starlark"

// hint is a name of the module typing: it means nothing while a file is read. With subscripts and arguments it
// is a hint again.
type hint struct {
	inert
	name string
}

// String returns the name.
func (h hint) String() string { return h.name }

// Type returns the name of the type.
func (h hint) Type() string { return "hint" }

// Name returns the name.
func (h hint) Name() string { return h.name }

// Hash makes a hint fit for a key.
func (h hint) Hash() (uint32, error) { return starlark.String(h.name).Hash() }

// CallInternal makes another hint: TypeVar("T").
func (h hint) CallInternal(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return h, nil
}

// typing is the module typing.
func (m *Machine) typing() *module {
	t := newModuleOf("typing", map[string]native{
		"cast": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var kind, v starlark.Value
			err := unpack("cast", args, kwargs, "typ", &kind, "val", &v)
			return v, err
		},
	})
	for _, name := range []string{"final", "overload", "no_type_check", "runtime_checkable"} {
		t.attrs[name] = builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return one(name, args, kwargs)
		})
	}
	t.attrs["TYPE_CHECKING"] = starlark.False
	t.hints = true
	return t
}
