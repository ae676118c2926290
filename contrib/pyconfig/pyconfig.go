// Package pyconfig reads the config.py files of Flask projects.
//
// [Unmarshal] has the form that dewar's Config.FromFile takes:
//
//	app.Config.FromFile("config.py", pyconfig.Unmarshal)
//	app.Config.FromFile("config.py", pyconfig.Class("ProductionConfig"))
//
// The second line is what from_object("config.ProductionConfig") is in Flask.
//
// # What a file may do
//
// Nearly all that the language has, the functions of Python's library that configurations call, and the project's own
// modules in the folder of the file and below it. README.md lists the modules.
//
// A module that is not here may be imported: it is an error when it is used, which names the line and the cure, and
// which the file cannot catch. Annotations are not evaluated, and a function that nobody calls may hold anything.
// What load_dotenv reads, and what the file sets in os.environ, is seen by the file alone.
//
// # What comes out
//
// Every top-level name becomes an entry, also a lower-case one: dewar picks the upper-case ones. Names whose
// value is a function, a class or a module are left out, and so are lists and dicts that hold one.
//
//	Python                      Go
//	None                        nil
//	bool, str, float            bool, string, float64
//	int                         int64, or json.Number where 64 bits are too few
//	bytes                       []byte
//	list, tuple, set, range     []any
//	dict                        map[string]any; a key that is a number, bool or None is written as in JSON
//	timedelta                   time.Duration; the seconds as a number beyond 106 751 days
//	datetime, date              time.Time, in UTC without a zone
//	Path, UUID, time, address   string
//	Queue, crontab, Redis       map[string]any of the arguments
//	a member of an Enum         its value
//	an object of a class that   that value
//	derives from dict, str ...
//
// # What it cannot do
//
// A file starts no process, reaches no network, writes nothing, and sees nothing outside its folder. It reads files
// there only with [Reader].Files. Its steps, and the data it makes, are bounded. Errors name the file, the line and
// the cure, and show no values: they may be secret.
package pyconfig

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/machine"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// fileKey is the entry of the target map that says where the source comes from.
const fileKey = "__file__"

// Unmarshal reads a config.py file into v, a pointer to a map[string]any or to a type that is one underneath.
// The string under "__file__" in the map, which FromFile puts there, is what the file finds as __file__ and
// what errors begin with; the default is "config.py". Its folder is where the modules of the project are looked
// for; a name without one has none. Entries that the file does not assign stay. After an
// error the map is as it was. It may be called from several goroutines.
func Unmarshal(data []byte, v any) error { return Reader{}.Unmarshal(data, v) }

// Class returns an [Unmarshal] that takes the attributes of a class instead of the top-level names,
// inherited ones included. An inner class is named "Outer.Inner". A name that is no class of the file is
// an error that lists those there are.
func Class(name string) func(data []byte, v any) error {
	return Reader{Class: name}.Unmarshal
}

// Reader reads config.py files in a way of its own. The zero Reader reads as [Unmarshal] does.
// A Reader may be used from several goroutines.
type Reader struct {
	// Class names the class, or the object, whose attributes are taken. The default is the top-level names of the file.
	Class string
	// LookupEnv looks up an environment variable for os.environ. The default is [os.LookupEnv].
	LookupEnv func(name string) (value string, found bool)
	// Environ lists the environment as name=value, for os.environ.items() and the like. The default is [os.Environ],
	// and with a LookupEnv none: the variables are then not known as a whole.
	Environ func() []string
	// Files lets the file read others with open, Path.read_text and Path.read_bytes, and ask for them with
	// os.path.exists and the like: regular files of its own folder and below, up to 1 MiB each. The default is no.
	Files bool
	// Warn is told what is no error, with the file before it. The default is [slog.Warn].
	Warn func(text string)
}

// Unmarshal is the function [Unmarshal] with the settings of r.
func (r Reader) Unmarshal(data []byte, v any) error {
	target, err := mapOf(v)
	if err != nil {
		return err
	}
	file := fileName(target)
	values, err := r.read(file, data)
	if err != nil {
		return located(file, err)
	}
	if target.IsNil() {
		target.Set(reflect.MakeMap(target.Type()))
	}
	for name, value := range values {
		target.SetMapIndex(reflect.ValueOf(name).Convert(target.Type().Key()), element(value, target.Type()))
	}
	return nil
}

// mapOf returns the map that v points to.
func mapOf(v any) (reflect.Value, error) {
	p := reflect.ValueOf(v)
	if p.Kind() == reflect.Pointer && !p.IsNil() {
		m := p.Elem()
		if m.Kind() == reflect.Map && m.Type().Key().Kind() == reflect.String && m.Type().Elem() == reflect.TypeFor[any]() {
			return m, nil
		}
	}
	return reflect.Value{}, fmt.Errorf("pyconfig: cannot read into a %T; pass a pointer to a map[string]any", v)
}

// fileName returns the name of the source.
func fileName(target reflect.Value) string {
	entry := target.MapIndex(reflect.ValueOf(fileKey).Convert(target.Type().Key()))
	if entry.IsValid() {
		if name, ok := entry.Interface().(string); ok && name != "" {
			return name
		}
	}
	return "config.py"
}

// element wraps a value for a map of any.
func element(value any, m reflect.Type) reflect.Value {
	if value == nil {
		return reflect.Zero(m.Elem())
	}
	return reflect.ValueOf(value)
}

// read runs a file and returns its values.
func (r Reader) read(file string, data []byte) (map[string]any, error) {
	lookup, environ := r.LookupEnv, r.Environ
	if lookup == nil {
		lookup = os.LookupEnv
		if environ == nil {
			environ = os.Environ
		}
	}
	program, err := translate.File(file, data)
	if err != nil {
		return nil, err
	}
	folder := folderOf(file)
	if folder != nil {
		defer folder.Close()
	}
	m := machine.New(machine.Options{File: file, Lookup: lookup, Environ: environ, Folder: folder, Files: r.Files, Warn: r.warn})
	if err := m.Run(program); err != nil {
		return nil, err
	}
	if r.Class != "" {
		return m.ClassValues(r.Class)
	}
	return m.Values()
}

// folderOf opens the folder of a file, nil where none is known.
func folderOf(file string) *os.Root {
	if file == filepath.Base(file) {
		return nil
	}
	folder, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return nil
	}
	return folder
}

// warn passes a warning on.
func (r Reader) warn(file string, line int, text string) {
	at := filepath.Base(file)
	if line > 0 {
		at = fmt.Sprintf("%s:%d", at, line)
	}
	if r.Warn != nil {
		r.Warn(at + ": " + text)
		return
	}
	slog.Warn(at + ": " + text)
}

// located puts the file and the line before an error.
func located(file string, err error) error {
	at := filepath.Base(file)
	var f *fault.Error
	if errors.As(err, &f) && f.File != "" {
		at = filepath.Base(f.File)
	}
	if f != nil && f.Line > 0 {
		at = fmt.Sprintf("%s:%d", at, f.Line)
	}
	return &fileError{at + ": " + err.Error()}
}

// fileError is what is wrong with a file.
type fileError struct{ text string }

// Error returns the file, the line, the problem and the cure.
func (e *fileError) Error() string { return e.text }

// ShowsNoValues says by being there that the text needs no redaction. A caller that redacts the errors of
// parsers, which may quote their input, finds it with [errors.As] and an interface of this one method.
func (*fileError) ShowsNoValues() {}
