package machine

import (
	"crypto/rand"
	"strings"

	"go.starlark.net/starlark"
)

// tempfile is the module tempfile. A name is new at every start, and nothing is made there.
func (m *Machine) tempfile() *module {
	return newModuleOf("tempfile", map[string]native{
		"gettempdir": m.tempDir,
		"mkdtemp":    m.tempName("mkdtemp", "tmp"),
		"NamedTemporaryFile": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			name, err := m.tempName("NamedTemporaryFile", "tmp")(nil, suffixes(kwargs))
			if err != nil {
				return nil, err
			}
			return &tempFile{name: name}, nil
		},
	})
}

// suffixes keeps the arguments that are part of a name.
func suffixes(kwargs []starlark.Tuple) []starlark.Tuple {
	var kept []starlark.Tuple
	for _, pair := range kwargs {
		if isIn(string(pair[0].(starlark.String)), "suffix prefix dir") {
			kept = append(kept, pair)
		}
	}
	return kept
}

// tempName makes a name that nobody has yet.
func (m *Machine) tempName(function, usual string) native {
	return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var suffix, prefix, dir starlark.Value = starlark.None, starlark.None, starlark.None
		if err := unpack(function, args, kwargs, "suffix?", &suffix, "prefix?", &prefix, "dir?", &dir); err != nil {
			return nil, err
		}
		parts := []string{"", usual, ""}
		for i, v := range []starlark.Value{dir, prefix, suffix} {
			if v == starlark.None {
				continue
			}
			s, err := asText(function, v)
			if err != nil {
				return nil, err
			}
			parts[i] = s
		}
		if dir == starlark.None {
			v, err := m.tempDir(nil, nil)
			if err != nil {
				return nil, err
			}
			parts[0] = string(v.(starlark.String))
		}
		m.drawn = true
		name := joinPath(parts[0], parts[1]+strings.ToLower(rand.Text()[:8])+parts[2])
		m.warn(0, "tempfile."+function+" makes nothing here, and gives a name that is new at every start: make "+name+", or set the key in Go")
		return m.text(name)
	}
}

// tempFile is what tempfile.NamedTemporaryFile returns: a name.
type tempFile struct {
	inert
	name starlark.Value
}

// String returns a fixed text.
func (*tempFile) String() string { return "file" }

// Type returns the name of the type.
func (*tempFile) Type() string { return "file" }

// AttrNames returns nothing: the names are not listed to files.
func (*tempFile) AttrNames() []string { return nil }

// Attr returns the name, or close, which does nothing.
func (t *tempFile) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return t.name, nil
	case "close":
		return builtin(name, ignored), nil
	}
	return nil, refused{name: name + " of a temporary file", cure: noChange}.err()
}
