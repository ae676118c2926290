package machine

import (
	"os"
	"path"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// purePath is a pathlib.Path, without repeated slashes and dots.
type purePath string

// pathType is the class Path, with what can be asked of it before there is a path.
type pathType struct{ *starlark.Builtin }

// Attr returns an attribute of the class.
func (pathType) Attr(name string) (starlark.Value, error) {
	switch name {
	case "cwd":
		return builtin("Path.cwd", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := unpack("Path.cwd", args, kwargs); err != nil {
				return nil, err
			}
			dir, err := workingDir()
			return purePath(dir), err
		}), nil
	case "home":
		return refused{name: "Path.home", cure: "write the path in full, or use os.path.expanduser(\"~\")"}, nil
	}
	return nil, nil
}

// AttrNames returns nothing: the names are not listed to files.
func (pathType) AttrNames() []string { return nil }

// newPath implements Path(*parts).
func newPath(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, fault.New("Path() takes no named arguments")
	}
	return purePath(".").join(args)
}

// cleanPath drops repeated slashes and single dots. Parents ("..") stay.
func cleanPath(s string) purePath {
	var parts []string
	for part := range strings.SplitSeq(s, "/") {
		if part != "" && part != "." {
			parts = append(parts, part)
		}
	}
	joined := strings.Join(parts, "/")
	switch {
	case strings.HasPrefix(s, "/"):
		return purePath("/" + joined)
	case joined == "":
		return "."
	}
	return purePath(joined)
}

// join appends parts; an absolute one starts anew.
func (p purePath) join(parts starlark.Tuple) (starlark.Value, error) {
	for _, part := range parts {
		s, err := asText("Path()", part)
		if err != nil {
			return nil, err
		}
		if len(p)+len(s) > maxText {
			return nil, fault.New("a path is longer than 1 MiB")
		}
		p = cleanPath(joinPath(string(p), slashed(s)))
	}
	return p, nil
}

// String returns the path.
func (p purePath) String() string { return string(p) }

// Type returns the name of the type.
func (p purePath) Type() string { return "Path" }

// Freeze does nothing: a path does not change.
func (p purePath) Freeze() {}

// Truth is always true.
func (p purePath) Truth() starlark.Bool { return true }

// Hash makes a path fit for a key.
func (p purePath) Hash() (uint32, error) { return starlark.String(p).Hash() }

// Cmp orders by the parts.
func (p purePath) Cmp(other starlark.Value, _ int) (int, error) {
	byParts := strings.NewReplacer("/", "\x00")
	return strings.Compare(byParts.Replace(string(p)), byParts.Replace(string(other.(purePath)))), nil
}

// Binary evaluates path / part and part / path.
func (p purePath) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if op != syntax.SLASH {
		return nil, nil
	}
	s, err := asText("a Path with /", y)
	if err != nil {
		return nil, err
	}
	if side == starlark.Right {
		return cleanPath(slashed(s)).join(starlark.Tuple{p})
	}
	return p.join(starlark.Tuple{starlark.String(s)})
}

func (p purePath) parent() purePath {
	dir := path.Dir(string(p))
	if strings.HasSuffix(string(p), "..") { // Dir would resolve it
		dir, _ = splitPath(string(p))
	}
	return cleanPath(dir)
}

func (p purePath) name() string {
	_, base := splitPath(string(p))
	if base == "." {
		return ""
	}
	return base
}

// pathAttr returns an attribute of a path, nil if there is none.
func (m *Machine) pathAttr(p purePath, name string) (starlark.Value, error) {
	stem, suffix := splitExt(p.name())
	if suffix == "." {
		stem, suffix = p.name(), ""
	}
	switch name {
	case "parent":
		return p.parent(), nil
	case "parents":
		return m.parents(p)
	case "parts":
		return m.tuple(p.parts())
	case "name":
		return starlark.String(p.name()), nil
	case "stem":
		return starlark.String(stem), nil
	case "suffix":
		return starlark.String(suffix), nil
	case "root", "anchor":
		return starlark.String(string(p)[:len(p)-len(strings.TrimPrefix(string(p), "/"))]), nil
	case "exists", "is_file", "is_dir":
		is := map[string]func(os.FileInfo) bool{"exists": there, "is_file": isRegularFile, "is_dir": isFolder}[name]
		return m.plain("Path."+name, func() (starlark.Value, error) { return m.looking("Path."+name, is)(string(p)) }), nil
	case "read_text", "read_bytes":
		return m.reading(p, name), nil
	case "open":
		return builtin("Path.open", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.openFile(append(starlark.Tuple{p}, args...), kwargs)
		}), nil
	case "is_symlink", "stat", "iterdir", "glob", "rglob", "readlink", "samefile":
		return refused{name: "Path." + name, cure: "files are not looked at this way: write the value, or decide by an environment variable"}, nil
	case "mkdir":
		return builtin("Path.mkdir", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.makeFolder("Path.mkdir").CallInternal(m.thread, append(starlark.Tuple{p}, args...), kwargs)
		}), nil
	case "touch", "unlink", "rename", "write_text", "write_bytes", "chmod":
		return refused{name: "Path." + name, cure: noChange}, nil
	}
	return asValue(m.pathMethod(p, name)), nil
}

// reading is read_text or read_bytes.
func (m *Machine) reading(p purePath, name string) *starlark.Builtin {
	return builtin("Path."+name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var encoding, errs starlark.Value
		if err := unpack("Path."+name, args, kwargs, "encoding?", &encoding, "errors?", &errs); err != nil {
			return nil, err
		}
		data, err := m.content("Path."+name, string(p))
		if err != nil {
			return nil, err
		}
		v, err := m.newFile(data, name == "read_bytes")
		if err != nil {
			return nil, err
		}
		return v.(*textFile).value(v.(*textFile).left)
	})
}

func (p purePath) parts() []starlark.Value {
	var parts []starlark.Value
	if strings.HasPrefix(string(p), "/") {
		parts = append(parts, starlark.String("/"))
	}
	for part := range strings.SplitSeq(strings.Trim(string(p), "/"), "/") {
		if part != "" && part != "." {
			parts = append(parts, starlark.String(part))
		}
	}
	return parts
}

func (m *Machine) parents(p purePath) (starlark.Value, error) {
	var parents []starlark.Value
	for p.parent() != p {
		p = p.parent()
		if err := m.charge(len(p)); err != nil {
			return nil, err
		}
		parents = append(parents, p)
	}
	return m.tuple(parents)
}

func (m *Machine) pathMethod(p purePath, name string) *starlark.Builtin {
	switch name {
	case "resolve", "absolute":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			strict := false
			if err := unpack(name, args, kwargs, "strict?", &strict); err != nil || strict {
				return nil, refused{name: "Path.resolve(strict=True)", cure: "links are not followed: leave strict out"}.err()
			}
			return p.absolute(name == "resolve")
		})
	case "joinpath":
		return builtin(name, func(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) { return p.join(args) })
	case "as_posix", "__str__", "__fspath__":
		return m.plain(name, func() (starlark.Value, error) { return starlark.String(p), nil })
	case "is_absolute":
		return m.plain(name, func() (starlark.Value, error) { return starlark.Bool(isAbs(string(p))), nil })
	case "with_name", "with_suffix":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var s string
			if err := unpack(name, args, kwargs, "name", &s); err != nil {
				return nil, err
			}
			if name == "with_suffix" {
				stem, _ := splitExt(p.name())
				s = stem + s
			}
			if p.name() == "" || s == "" || strings.Contains(s, "/") {
				return nil, fault.New("%s() makes no valid path", name)
			}
			return p.parent().join(starlark.Tuple{starlark.String(s)})
		})
	}
	return nil
}

// absolute starts the path at the root. Resolving also drops "..", without following links.
func (p purePath) absolute(resolve bool) (starlark.Value, error) {
	if resolve {
		clean, err := absolute(string(p))
		return purePath(clean), err
	}
	dir, err := workingDir()
	return cleanPath(joinPath(dir, string(p))), err
}
