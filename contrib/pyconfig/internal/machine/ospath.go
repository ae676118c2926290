package machine

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// ospath returns os.path. It has the rules of POSIX with forward slashes, which Windows takes as well.
func (m *Machine) ospath() *module {
	p := &module{name: "os.path", attrs: starlark.StringDict{
		"sep":        starlark.String("/"),
		"join":       builtin("os.path.join", m.joinPaths),
		"expanduser": builtin("os.path.expanduser", m.expandUser),
	}}
	for name, f := range map[string]func(string) starlark.Value{
		"dirname":  func(s string) starlark.Value { dir, _ := splitPath(s); return starlark.String(dir) },
		"basename": func(s string) starlark.Value { _, base := splitPath(s); return starlark.String(base) },
		"normpath": func(s string) starlark.Value { return starlark.String(path.Clean(s)) },
		"normcase": func(s string) starlark.Value { return starlark.String(s) },
		"isabs":    func(s string) starlark.Value { return starlark.Bool(isAbs(s)) },
		"split": func(s string) starlark.Value {
			dir, base := splitPath(s)
			return starlark.Tuple{starlark.String(dir), starlark.String(base)}
		},
		"splitext": func(s string) starlark.Value {
			root, ext := splitExt(s)
			return starlark.Tuple{starlark.String(root), starlark.String(ext)}
		},
	} {
		p.attrs[name] = textFunction("os.path."+name, f)
	}
	for _, name := range []string{"abspath", "realpath"} { // links are not followed
		p.attrs[name] = m.absolutePath("os.path." + name)
	}
	for name, is := range map[string]func(os.FileInfo) bool{"exists": there, "isfile": isRegularFile, "isdir": isFolder} {
		p.attrs[name] = m.lookingFunction("os.path."+name, is)
	}
	p.attrs["expandvars"] = textFunction("os.path.expandvars", func(s string) starlark.Value { return starlark.String(m.expandVars(s)) })
	p.attrs["relpath"] = refused{name: "os.path.relpath", cure: "write the path"}
	p.refuse("files are not looked at this way: write the value, or decide by an environment variable",
		"lexists", "islink", "ismount", "getsize", "getmtime", "samefile")
	return p
}

// textFunction is a function of one text or Path.
func textFunction(name string, f func(string) starlark.Value) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := one(name, args, kwargs)
		if err != nil {
			return nil, err
		}
		s, err := asText(name, v)
		if err != nil {
			return nil, err
		}
		return f(s), nil
	})
}

// lookingFunction is a function that asks what is at a path.
func (m *Machine) lookingFunction(name string, is func(os.FileInfo) bool) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := one(name, args, kwargs)
		if err != nil {
			return nil, err
		}
		s, err := asText(name, v)
		if err != nil {
			return nil, err
		}
		return m.looking(name, is)(s)
	})
}

func (m *Machine) absolutePath(name string) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := one(name, args, kwargs)
		if err != nil {
			return nil, err
		}
		s, err := asText(name, v)
		if err != nil {
			return nil, err
		}
		absolute, err := absolute(s)
		return starlark.String(absolute), err
	})
}

func (m *Machine) joinPaths(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 || len(kwargs) > 0 {
		return nil, fault.New("os.path.join() needs one or more paths")
	}
	joined := ""
	for i, arg := range args {
		part, err := asText("os.path.join()", arg)
		if err != nil {
			return nil, err
		}
		if err := m.chargeText(len(joined) + len(part) + 1); err != nil {
			return nil, err
		}
		if i == 0 {
			joined = part
		} else {
			joined = joinPath(joined, part)
		}
	}
	return starlark.String(joined), nil
}

// joinPath joins as Python does: an absolute part starts anew, and nothing is cleaned.
func joinPath(a, b string) string {
	if isAbs(b) || a == "" {
		return b
	}
	return strings.TrimSuffix(a, "/") + "/" + b
}

// splitPath splits at the last slash.
func splitPath(s string) (dir, base string) {
	i := strings.LastIndexByte(s, '/') + 1
	dir, base = s[:i], s[i:]
	if trimmed := strings.TrimRight(dir, "/"); trimmed != "" {
		dir = trimmed
	}
	return dir, base
}

// splitExt splits before the last dot of the last part, unless only dots stand before it.
func splitExt(s string) (root, ext string) {
	_, base := splitPath(s)
	i := strings.LastIndexByte(base, '.')
	if i < 0 || strings.Trim(base[:i], ".") == "" {
		return s, ""
	}
	return s[:len(s)-len(base)+i], base[i:]
}

func isAbs(s string) bool {
	return strings.HasPrefix(s, "/") || filepath.IsAbs(filepath.FromSlash(s))
}

// absolute returns a clean path that starts at the root.
func absolute(s string) (string, error) {
	if isAbs(s) {
		return path.Clean(s), nil
	}
	dir, err := workingDir()
	return path.Join(dir, s), err
}

// expandUser replaces a leading ~ by the variable HOME.
func (m *Machine) expandUser(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("os.path.expanduser", args, kwargs)
	if err != nil {
		return nil, err
	}
	s, err := asText("os.path.expanduser", v)
	if err != nil || !strings.HasPrefix(s, "~") {
		return starlark.String(s), err
	}
	home, found := m.variableOf("HOME")
	if rest := s[1:]; found && (rest == "" || rest[0] == '/') {
		return m.text(strings.TrimRight(slashed(home), "/") + rest)
	}
	return nil, fault.New("the home directory is not known; write the path in full")
}

// expandVars replaces $name and ${name} by the variables that are set.
func (m *Machine) expandVars(s string) string {
	return variablePattern.ReplaceAllStringFunc(s, func(use string) string {
		if value, found := m.variableOf(strings.Trim(use, "${}")); found {
			return value
		}
		return use
	})
}

var variablePattern = regexp.MustCompile(`\$(\w+|\{\w+\})`)
