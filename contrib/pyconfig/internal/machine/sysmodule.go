package machine

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// pythonVersion is the version that files see.
const pythonVersion = "3.11.0"

func systemName() string {
	return map[string]string{"linux": "Linux", "darwin": "Darwin", "windows": "Windows"}[runtime.GOOS]
}

// machineName is the name of the processor, as the system writes it.
func machineName() string {
	switch runtime.GOOS + " " + runtime.GOARCH {
	case "linux amd64", "darwin amd64":
		return "x86_64"
	case "windows amd64":
		return "AMD64"
	case "linux arm64":
		return "aarch64"
	}
	return runtime.GOARCH
}

// sys is the module sys, as a program of Python 3.11 sees it.
func (m *Machine) sys() *module {
	version := &record{kind: "version_info", tuple: true, names: []string{"major", "minor", "micro", "releaselevel", "serial"},
		values: []starlark.Value{starlark.MakeInt(3), starlark.MakeInt(11), starlark.MakeInt(0), starlark.String("final"), starlark.MakeInt(0)}}
	platform := runtime.GOOS
	if platform == "windows" {
		platform = "win32"
	}
	stream := refused{name: "sys.stdout", cure: "a configuration writes nothing: set the handler in Go"}
	return &module{name: "sys", attrs: starlark.StringDict{
		"version_info": version, "version": starlark.String(pythonVersion + " (main)"), "hexversion": starlark.MakeInt(0x030b00f0),
		"implementation": &record{kind: "implementation", names: []string{"name"}, values: []starlark.Value{starlark.String("cpython")}},
		"platform":       starlark.String(platform), "maxsize": starlark.MakeInt64(math.MaxInt64), "maxunicode": starlark.MakeInt(0x10FFFF),
		"argv": listOf(os.Args), "path": listOf([]string{slashed(filepath.Dir(m.File))}),
		"modules": loadedModules{machine: m}, "stdout": stream, "stderr": stream, "stdin": stream,
		"byteorder":             starlark.String("little"),
		"exit":                  builtin("sys.exit", exit),
		"getdefaultencoding":    builtin("sys.getdefaultencoding", m.fixed("sys.getdefaultencoding", starlark.String("utf-8"))),
		"getfilesystemencoding": builtin("sys.getfilesystemencoding", m.fixed("sys.getfilesystemencoding", starlark.String("utf-8"))),
		"setrecursionlimit":     builtin("sys.setrecursionlimit", ignored),
		"getrecursionlimit":     builtin("sys.getrecursionlimit", m.fixed("sys.getrecursionlimit", starlark.MakeInt(1000))),
	}}
}

// loadedModules is sys.modules: the file itself, and what it may import.
type loadedModules struct {
	inert
	machine *Machine
}

// String returns the name.
func (loadedModules) String() string { return "sys.modules" }

// Type returns the name of the type.
func (loadedModules) Type() string { return "sys.modules" }

// index returns a module by its name. Of one that is not loaded nobody knows whether Python had it loaded.
func (l loadedModules) index(key starlark.Value) (starlark.Value, error) {
	name, err := asText("sys.modules", key)
	if err != nil {
		return nil, err
	}
	if name == "config" {
		return l.machine.mainModule(), nil
	}
	if v, ok := l.machine.modules[name]; ok {
		return v, nil
	}
	return nil, refused{name: "a module of sys.modules", cure: "import the module that is needed"}.err()
}

// mainModule is the file itself as a module.
func (m *Machine) mainModule() *module {
	return &module{name: "config", attrs: m.main.vars, file: true, frame: m.main}
}

// platform is the module platform.
func (m *Machine) platform() *module {
	p := newModuleOf("platform", map[string]native{"node": m.hostname})
	for name, text := range map[string]string{"system": systemName(), "machine": machineName(), "python_version": pythonVersion, "python_implementation": "CPython"} {
		p.attrs[name] = builtin("platform."+name, m.fixed("platform."+name, starlark.String(text)))
	}
	return p
}

// uname implements os.uname, without the versions of the system.
func (m *Machine) uname(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if runtime.GOOS == "windows" {
		return nil, fault.Raise("AttributeError", "os.uname is not there on Windows")
	}
	host, err := m.hostname(nil, nil)
	if err != nil {
		return nil, err
	}
	return &record{kind: "uname", names: []string{"sysname", "nodename", "machine"},
		values: []starlark.Value{starlark.String(systemName()), host, starlark.String(machineName())}}, unpack("uname", args, kwargs)
}

// clockModule is the module time.
func (m *Machine) clockModule() *module {
	return newModuleOf("time", map[string]native{
		"time": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.Float(float64(time.Now().UnixMicro()) / 1e6), unpack("time", args, kwargs)
		},
		"strftime": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var format string
			if err := unpack("time.strftime", args, kwargs, "format", &format); err != nil {
				return nil, fault.New("time.strftime() writes the time that it is; use datetime for others")
			}
			s, err := instant{Time: time.Now()}.strftime(format)
			if err != nil {
				return nil, err
			}
			return m.text(s)
		},
		"monotonic": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.Float(float64(time.Now().UnixMicro()) / 1e6), unpack("monotonic", args, kwargs)
		},
	})
}

// zoneName is a time zone by its name. As a value of the configuration it is code; str() gives the name.
type zoneName struct {
	inert
	name string
}

// String returns the name.
func (z zoneName) String() string { return z.name }

// Type returns the name of the type.
func (zoneName) Type() string { return "ZoneInfo" }

// Hash makes a zone fit for a key.
func (z zoneName) Hash() (uint32, error) { return starlark.String(z.name).Hash() }

// AttrNames returns nothing: the names are not listed to files.
func (zoneName) AttrNames() []string { return nil }

// Attr returns the name.
func (z zoneName) Attr(name string) (starlark.Value, error) {
	if name == "key" || name == "zone" {
		return starlark.String(z.name), nil
	}
	return nil, fault.New("%s of a time zone is not available; write the value", name)
}

func newZoneName(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := unpack("ZoneInfo", args, kwargs, "key", &name); err != nil {
		return nil, err
	}
	return zoneName{name: name}, nil
}
