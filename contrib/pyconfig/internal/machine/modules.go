package machine

import (
	"os"
	"path/filepath"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// module is a module that a file may import.
type module struct {
	inert
	name  string
	attrs starlark.StringDict
}

// String returns the name.
func (m *module) String() string { return m.name }

// Type returns the name of the type.
func (m *module) Type() string { return "module" }

// AttrNames returns nothing: the names are not listed to files.
func (m *module) AttrNames() []string { return nil }

// Attr returns an attribute. What is not there is an error: it may be there in Python.
func (m *module) Attr(name string) (starlark.Value, error) {
	if v, ok := m.attrs[name]; ok {
		return v, nil
	}
	if m.name == "typing" {
		return refused{name: "typing." + name, cure: "annotations are not evaluated, so leave it out elsewhere"}, nil
	}
	return nil, fault.New("%s.%s is not available; write the value, or compute it in Go", m.name, name)
}

// imported implements import.
func (m *Machine) imported(args starlark.Tuple) (starlark.Value, error) {
	module, ok := m.modules[string(args[0].(starlark.String))]
	if !ok {
		return nil, fault.New("this module is not available")
	}
	if len(args) == 1 {
		return module, nil
	}
	return module.Attr(string(args[1].(starlark.String)))
}

const (
	noFiles    = "files are not looked at: write the value, or decide by an environment variable"
	noChange   = "a configuration changes nothing: do it in Go"
	noRandom   = "a key that is new at every start logs everyone out: put it into the environment, os.environ[\"SECRET_KEY\"]"
	noClock    = "a value that changes with time is no configuration: compute it in Go"
	noVariable = "the environment as a whole is not listed: name the variable, or use FromPrefixedEnv in Go"
)

// importable returns the modules.
func (m *Machine) importable() map[string]*module {
	ospath := m.ospath()
	system := &module{name: "os", attrs: starlark.StringDict{
		"environ": environ{}, "path": ospath,
		"sep": starlark.String("/"), "linesep": starlark.String("\n"), "pathsep": starlark.String(string(filepath.ListSeparator)),
		"name": starlark.String("posix"), "curdir": starlark.String("."), "pardir": starlark.String(".."),
		"getenv": builtin("os.getenv", m.getenv),
		"fspath": textFunction("os.fspath", func(s string) starlark.Value { return starlark.String(s) }),
		"getcwd": m.plain("os.getcwd", func() (starlark.Value, error) {
			dir, err := workingDir()
			return starlark.String(dir), err
		}),
	}}
	system.refuse(noRandom, "urandom", "getrandom")
	system.refuse(noFiles, "listdir", "scandir", "walk", "stat", "access", "readlink", "open")
	system.refuse(noChange, "makedirs", "mkdir", "remove", "unlink", "rename", "chdir", "umask", "putenv",
		"unsetenv", "system", "popen", "kill", "fork", "environb")
	dates := &module{name: "datetime", attrs: starlark.StringDict{"timedelta": builtin("timedelta", newTimedelta)}}
	dates.refuse(noClock, "datetime", "date", "time", "timezone", "tzinfo", "UTC")
	paths := &module{name: "pathlib", attrs: starlark.StringDict{}}
	for _, name := range []string{"Path", "PurePath", "PosixPath", "PurePosixPath"} {
		paths.attrs[name] = pathType{builtin(name, newPath)}
	}
	// The Go program loads the files, by dewar.LoadDotenv, before the configuration is read.
	files := &module{name: "dotenv", attrs: starlark.StringDict{
		"load_dotenv": ignoring("load_dotenv", starlark.False), "find_dotenv": ignoring("find_dotenv", starlark.String("")),
	}}
	files.refuse("name the variable with os.environ, and call dewar.LoadDotenv in main of the Go program", "dotenv_values", "get_key", "set_key", "unset_key")
	typing := &module{name: "typing", attrs: starlark.StringDict{"TYPE_CHECKING": starlark.False}}
	return map[string]*module{"os": system, "os.path": ospath, "datetime": dates, "pathlib": paths, "typing": typing, "dotenv": files}
}

// ignoring returns a function that takes anything and always gives the same.
func ignoring(name string, always starlark.Value) *starlark.Builtin {
	return builtin(name, func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return always, nil })
}

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

// environ is os.environ.
type environ struct{ inert }

// String returns the name.
func (environ) String() string { return "os.environ" }

// Type returns the name of the type.
func (environ) Type() string { return "os.environ" }

// SetKey fails: the environment is read only. With it, an assignment finds the error that says so.
func (environ) SetKey(_, _ starlark.Value) error {
	return fault.New("os.environ cannot be changed; set the variable before the program starts")
}

// Get is never called: package translate makes a hook of every subscript.
func (environ) Get(starlark.Value) (starlark.Value, bool, error) { return nil, false, nil }

func (m *Machine) environMethod(name string) *starlark.Builtin {
	switch name {
	case "get":
		return builtin("os.environ.get", m.getenv)
	case "setdefault", "update", "pop", "clear", "popitem":
		return builtin(name, refused{name: "os.environ." + name, cure: noChange}.fail)
	case "items", "keys", "values", "copy":
		return builtin(name, refused{name: "os.environ." + name, cure: noVariable}.fail)
	}
	return nil
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
	if value, found := m.lookup(name); found {
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
	value, found := m.lookup(name)
	if !found && isVariable(name) {
		return nil, fault.New("the environment variable %q is not set; set it, or give a default with os.environ.get(%q, \"...\")", name, name)
	}
	if !found {
		return nil, fault.New("an environment variable is not set; set it, or give a default with os.environ.get")
	}
	return m.text(value)
}
