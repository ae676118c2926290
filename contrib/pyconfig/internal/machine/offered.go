package machine

import "go.starlark.net/starlark"

// offered makes a module that a file may import, nil if there is none of that path.
func (m *Machine) offered(path string) starlark.Value {
	switch path {
	case "os":
		return m.system()
	case "os.path":
		return m.ospath()
	case "datetime":
		return m.dates()
	case "pathlib":
		return m.paths()
	case "typing", "typing_extensions", "collections.abc", "types", "__future__":
		t := m.typing()
		if t.name = path; path == "types" {
			t.attrs["SimpleNamespace"] = m.simpleNamespace()
			t.attrs["MappingProxyType"] = builtin("MappingProxyType", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				v, err := one("MappingProxyType", args, kwargs)
				if err != nil {
					return nil, err
				}
				return m.toDict(starlark.Tuple{v}, nil)
			})
		}
		return t
	case "collections":
		return m.collections()
	case "dataclasses":
		return m.dataclasses()
	case "dotenv":
		return m.dotenv()
	case "configparser":
		return m.configparser()
	case "builtins":
		return &module{name: path, attrs: m.names, file: true}
	}
	if v := m.offeredData(path); v != nil {
		return v
	}
	return m.offeredPackage(path)
}

// system is the module os.
func (m *Machine) system() *module {
	system := &module{name: "os", attrs: starlark.StringDict{
		"environ": environ{}, "path": m.ospath(),
		"sep": starlark.String("/"), "linesep": starlark.String("\n"), "pathsep": starlark.String(":"),
		"name": starlark.String("posix"), "curdir": starlark.String("."), "pardir": starlark.String(".."),
		"extsep": starlark.String("."), "devnull": starlark.String("/dev/null"),
		"PathLike": hint{name: "os.PathLike"},
		"getenv":   builtin("os.getenv", m.getenv),
		"getenvb":  builtin("os.getenvb", m.getenvb),
		"makedirs": m.makeFolder("os.makedirs"),
		"mkdir":    m.makeFolder("os.mkdir"),
		"putenv":   refused{name: "os.putenv", cure: noChange},
		"urandom":  builtin("os.urandom", m.urandom),
		"fspath":   textFunction("os.fspath", func(s string) starlark.Value { return starlark.String(s) }),
		"getcwd": m.plain("os.getcwd", func() (starlark.Value, error) {
			dir, err := workingDir()
			return starlark.String(dir), err
		}),
		"getpid": m.plain("os.getpid", func() (starlark.Value, error) { return processID(), nil }),
		"uname":  builtin("os.uname", m.uname),
		"sched_getaffinity": builtin("os.sched_getaffinity", func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return m.rangeOf(starlark.Tuple{cpus()}, nil)
		}),
		"cpu_count": m.plain("os.cpu_count", func() (starlark.Value, error) { return cpus(), nil }),
	}}
	system.refuse("files are not looked at this way: write the value, or decide by an environment variable",
		"listdir", "scandir", "walk", "stat", "access", "readlink", "open")
	system.refuse(noChange, "remove", "unlink", "rename", "chdir", "umask",
		"unsetenv", "system", "popen", "kill", "fork", "environb")
	return system
}

// paths is the module pathlib.
func (m *Machine) paths() *module {
	paths := &module{name: "pathlib", attrs: starlark.StringDict{}}
	for _, name := range []string{"Path", "PurePath", "PosixPath", "PurePosixPath"} {
		paths.attrs[name] = pathType{builtin(name, newPath)}
	}
	return paths
}
