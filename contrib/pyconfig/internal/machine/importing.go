package machine

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// importModule executes "import a.b as c". A module that is not available fails when it is used.
func (m *Machine) importModule(f *frame, s *translate.Import) error {
	bound, deep := s.As, s.Path
	if s.As == "" {
		bound, _, _ = strings.Cut(s.Path, ".")
		deep = bound
		if _, err := m.module(f, s.Path); err != nil {
			return err
		}
	}
	v, err := m.module(f, deep)
	if err != nil {
		return err
	}
	if r, ok := v.(refused); ok {
		r.bound = bound
		v = r
	}
	m.setImported(f, bound, v)
	return nil
}

// setImported binds an imported name. Chance has no part in it.
func (m *Machine) setImported(f *frame, name string, v starlark.Value) {
	before := m.drawn
	m.drawn = false
	m.set(f, name, v)
	m.drawn = before
}

// importFrom executes "from a import b".
func (m *Machine) importFrom(f *frame, s *translate.ImportFrom) error {
	if s.Path == "__future__" {
		return nil
	}
	from, err := m.source(f, s)
	if err != nil {
		return err
	}
	if s.Names == nil {
		return m.importAll(f, from, s)
	}
	for _, alias := range s.Names {
		v, err := m.member(f, from, s, alias.Name)
		if err != nil {
			return err
		}
		if r, ok := v.(refused); ok {
			r.bound = alias.As
			v = r
		}
		m.setImported(f, alias.As, v)
	}
	return nil
}

// source returns the module that a from-import names.
func (m *Machine) source(f *frame, s *translate.ImportFrom) (starlark.Value, error) {
	if s.Level == 0 {
		return m.module(f, s.Path)
	}
	base, err := m.folderOf(f, s.Level)
	if err != nil {
		return nil, err
	}
	if s.Path == "" {
		return &module{name: "the folder", attrs: starlark.StringDict{}, file: true}, nil
	}
	v, err := m.projectModule(base, s.Path)
	if v != nil || err != nil {
		return v, err
	}
	if m.mayFailLater(s) {
		return m.absent(s.Path), nil
	}
	return nil, m.noModule(s.Path)
}

// importNamed implements importlib.import_module(name).
func (m *Machine) importNamed(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := unpack("import_module", args, kwargs, "name", &name); err != nil {
		return nil, err
	}
	if strings.HasPrefix(name, ".") {
		return nil, fault.New("import_module() of a relative name is not available; write an import")
	}
	return m.module(m.main, name)
}

// mayFailLater reports whether a name of the project that is not there may fail at its first use. In a try, where
// the file asks whether it is there, and for "import *", it fails at once.
func (m *Machine) mayFailLater(s *translate.ImportFrom) bool {
	return m.trying == 0 && s.Names != nil && m.Folder != nil && s.Level > 0
}

// absent is a module of the project that is not there. It fails when it is used.
func (m *Machine) absent(name string) refused {
	return refused{name: name, cure: "it is not in the folder of the file: put it there, or move the code that needs it to Go", module: true}
}

// member returns one name of a module. It may be a module in the folder of a package.
func (m *Machine) member(f *frame, from starlark.Value, s *translate.ImportFrom, name string) (starlark.Value, error) {
	switch from := from.(type) {
	case refused:
		if m.trying > 0 && name == strings.ToUpper(name) { // a constant of a module that may be missing
			if from.failed != nil {
				return nil, from.failed
			}
			return nil, m.noModule(s.Path)
		}
		return refused{name: from.name + "." + name, cure: from.cure}, nil
	case *module:
		v, err := from.Attr(name)
		if v != nil || err != nil {
			return v, err
		}
	}
	base, err := "", error(nil)
	if s.Level > 0 {
		if base, err = m.folderOf(f, s.Level); err != nil {
			return nil, err
		}
	}
	v, err := m.projectModule(base, strings.TrimPrefix(s.Path+"."+name, "."))
	if v == nil && err == nil && s.Path == "" && m.mayFailLater(s) {
		return m.absent(name), nil
	}
	if v == nil && err == nil {
		return nil, fault.Raise("ImportError", "the module %s has no such name; check the import", moduleName(s.Path))
	}
	return v, err
}

// moduleName shows the path of a module, or that it is the folder.
func moduleName(path string) string {
	if path == "" {
		return "of the folder"
	}
	return path
}

// importAll executes "from a import *".
func (m *Machine) importAll(f *frame, from starlark.Value, s *translate.ImportFrom) error {
	mod, ok := from.(*module)
	if r, stopped := from.(refused); stopped && r.failed != nil {
		return r.failed
	}
	switch {
	case !ok:
		return m.noModule(s.Path)
	case !mod.file:
		return fault.New("import * is not available; name what you need")
	}
	if list, ok := mod.attrs["__all__"]; ok {
		return m.importListed(f, mod, list)
	}
	for _, name := range mod.attrs.Keys() {
		if !strings.HasPrefix(name, "_") {
			m.setImported(f, name, mod.attrs[name])
		}
	}
	return nil
}

func (m *Machine) importListed(f *frame, mod *module, list starlark.Value) error {
	names, err := m.elements(list)
	if err != nil {
		return err
	}
	for _, elem := range names {
		name, ok := elem.(starlark.String)
		v := mod.attrs[string(name)]
		if !ok || v == nil {
			return fault.Raise("AttributeError", "__all__ of a module lists a name that is not there")
		}
		m.setImported(f, string(name), v)
	}
	return nil
}

// noModule is the error for a module that is needed at once and not there.
func (m *Machine) noModule(name string) error {
	if m.ownName() == m.File {
		return fault.New("import %s is not available; the folder of the file is not known: read it with FromFile, or move the code to Go", moduleName(name))
	}
	return fault.Raise("ModuleNotFoundError", "the module %s is not in the folder of the file; put it there, or move the code that needs it to Go", moduleName(name))
}

// module returns a module by its path: one that is offered, one of the project, or one that fails when it is used.
func (m *Machine) module(f *frame, name string) (starlark.Value, error) {
	if v, ok := m.modules[name]; ok {
		return v, nil
	}
	if v := m.offered(name); v != nil {
		m.modules[name] = v
		return v, nil
	}
	v, err := m.projectModule("", m.withoutRoot(name))
	if err != nil {
		return m.stopped(name, err)
	}
	if v != nil {
		return v, nil
	}
	return refused{name: name, cure: importCure(name), module: true}, nil
}

// stopped is a module of the project that this package cannot run to its end: it fails when it is used. What Python
// raises in it is raised here too.
func (m *Machine) stopped(name string, err error) (starlark.Value, error) {
	known, ok := err.(*fault.Error)
	if !ok || known.Kind != "" || m.left == 0 || m.steps > maxSteps {
		return nil, err
	}
	at := fmt.Sprintf("line %d", known.Line)
	if known.File != "" {
		at = fmt.Sprintf("%s:%d", filepath.Base(known.File), known.Line)
	}
	return refused{name: name, cure: "it stops at " + at + ": " + known.Text, module: true, failed: err}, nil
}

// withoutRoot drops the folder from the path of a module, with the folders above that the path names:
// app.constants is constants in app, and site.app.constants too, if app is in site.
func (m *Machine) withoutRoot(name string) string {
	dir, err := absolute(path.Dir(slashed(m.File)))
	if err != nil {
		return name
	}
	folders := strings.Split(dir, "/")
	parts := strings.Split(name, ".")
	for n := min(len(parts)-1, len(folders)); n > 0; n-- {
		if slices.Equal(parts[:n], folders[len(folders)-n:]) {
			return strings.Join(parts[n:], ".")
		}
	}
	return name
}

// folderOf returns the folder, within that of the file, that the dots of a relative import mean.
func (m *Machine) folderOf(f *frame, level int) (string, error) {
	dir := f.module.folder
	for range level - 1 {
		if dir == "" {
			return "", fault.New("a relative import is not available outside the folder of the file; move what it needs there")
		}
		if dir = path.Dir(dir); dir == "." {
			dir = ""
		}
	}
	return dir, nil
}

// projectModule runs a module of the project, after the packages it is in, nil if there is none.
func (m *Machine) projectModule(base, name string) (starlark.Value, error) {
	if m.Folder == nil {
		return nil, nil
	}
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return m.projectFile(base, name)
	}
	around, err := m.projectModule(base, name[:i])
	if err != nil {
		return nil, err
	}
	v, err := m.projectFile(base, name)
	if mod, ok := around.(*module); ok && v != nil {
		mod.attrs[name[i+1:]] = v
	}
	return v, err
}

// projectFile runs the file of a module, nil if there is none.
func (m *Machine) projectFile(base, name string) (starlark.Value, error) {
	at := path.Join(base, strings.ReplaceAll(name, ".", "/"))
	for _, file := range []string{at + ".py", at + "/__init__.py"} {
		if file == m.ownName() {
			return m.mainModule(), nil
		}
		if v, ok := m.modules[file]; ok {
			return v, nil
		}
		data, err := m.readFolder(file)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return m.runModule(file, data)
	}
	return nil, nil
}

func (m *Machine) ownName() string { return filepath.Base(m.File) }

func isMissing(err error) bool {
	e, ok := err.(*fault.Error)
	return ok && (e.Kind == "FileNotFoundError" || e.Kind == "NotADirectoryError")
}

// maxModules bounds the modules of the project.
const maxModules = 50

// runModule runs a file of the project and returns it as a module.
func (m *Machine) runModule(file string, data []byte) (starlark.Value, error) {
	if m.imported++; m.imported > maxModules {
		return nil, fault.New("more than %d modules of the project are imported; move what they do to Go", maxModules)
	}
	if m.calls++; m.calls > maxCalls {
		return nil, fault.New("modules import one another too deep")
	}
	defer func() { m.calls-- }()
	name := filepath.Join(filepath.Dir(m.File), filepath.FromSlash(file))
	program, err := translate.File(name, data)
	if err != nil {
		if known, ok := err.(*fault.Error); ok {
			known.File = name
		}
		return nil, err
	}
	f := m.newMain(program, strings.TrimSuffix(strings.ReplaceAll(file, "/", "."), ".py"), name)
	if f.folder = path.Dir(file); f.folder == "." {
		f.folder = ""
	}
	mod := &module{name: path.Base(file), attrs: f.vars, file: true, frame: f}
	m.modules[file] = mod
	if _, err := m.block(f, program.Body); err != nil {
		delete(m.modules, file)
		return nil, err
	}
	return mod, nil
}

// readFolder reads a regular file of the folder, up to a MiB.
func (m *Machine) readFolder(name string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, fault.New("a file outside the folder of the configuration is not read; move it there, or read it in Go")
	}
	file, err := m.Folder.OpenFile(filepath.FromSlash(name), openFlags, 0)
	if err != nil {
		return nil, fileError(err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, fileError(err)
	case info.IsDir():
		return nil, fault.Raise("IsADirectoryError", "the file is a folder")
	case !info.Mode().IsRegular():
		return nil, fault.New("a file that is no regular one is not read")
	case info.Size() > maxText:
		return nil, fault.New("a file is larger than 1 MiB; read it in Go")
	}
	data, err := readUpTo(file, maxText)
	if err != nil {
		return nil, fileError(err)
	}
	return data, m.charge(len(data))
}

// fileError is the exception of Python for an error of the file system. It shows no name.
func fileError(err error) error {
	switch {
	case errorsIs(err, fs.ErrNotExist):
		return fault.Raise("FileNotFoundError", "the file is not there; check its name, or where it stands")
	case errorsIs(err, fs.ErrPermission):
		return fault.Raise("PermissionError", "the file may not be read; check its rights")
	case isNotDir(err):
		return fault.Raise("NotADirectoryError", "the file is not there; a part of its path is no folder")
	}
	if known, ok := err.(*fault.Error); ok {
		return known
	}
	return fault.New("the file cannot be read; check that it is inside the folder of the configuration")
}

// importCure says what to do about a module that is not available.
func importCure(name string) string {
	root, _, _ := strings.Cut(name, ".")
	switch root {
	case "yaml", "tomllib", "toml":
		return "load the data from Go with a FromFile call of its own, or write the value"
	case "multiprocessing", "socketserver", "asyncio", "requests", "boto3":
		return "do it in Go and set the key there"
	}
	return "move the code that needs it to Go, or write the value"
}
