package machine

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// openFlags opens for reading, and never waits for the other end of a pipe.
const openFlags = os.O_RDONLY | nonBlocking

func errorsIs(err, target error) bool { return errors.Is(err, target) }

func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// readUpTo reads a file of at most n bytes.
func readUpTo(r io.Reader, n int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(n)+1))
	if err == nil && len(data) > n {
		err = fault.New("a file is larger than 1 MiB; read it in Go")
	}
	return data, err
}

const noFiles = "files are looked at only with Reader.Files: set it, write the value, or decide by an environment variable"

// inFolder returns the name of a file relative to the folder of the configuration.
func (m *Machine) inFolder(function, name string) (string, error) {
	if !m.Files {
		return "", refused{name: function, cure: noFiles}.err()
	}
	if m.Folder == nil {
		return "", fault.New("%s finds no folder; read the configuration with FromFile, which tells where it stands", function)
	}
	rel, inside := m.relative(name)
	if !inside {
		return "", fault.New("%s looks outside the folder of the configuration, which is not read; move the file there, or read it in Go", function)
	}
	return rel, nil
}

// relative returns a path below the folder of the file, and whether it is below. Where the program runs elsewhere, a
// relative name is one in the folder, as if the program ran there.
func (m *Machine) relative(name string) (string, bool) {
	full, err1 := absolute(name)
	dir, err2 := absolute(slashed(filepath.Dir(m.File)))
	if err1 != nil || err2 != nil {
		return "", false
	}
	if !path.IsAbs(slashed(name)) && !isBelow(dir, full) {
		full = path.Join(dir, slashed(name))
	}
	rel, err := filepath.Rel(filepath.FromSlash(dir), filepath.FromSlash(full))
	return slashed(rel), err == nil && filepath.IsLocal(rel)
}

// isBelow reports whether a path is below a folder.
func isBelow(dir, full string) bool {
	rel, err := filepath.Rel(filepath.FromSlash(dir), filepath.FromSlash(full))
	return err == nil && filepath.IsLocal(rel)
}

// content reads a file for a function of the file.
func (m *Machine) content(function, name string) ([]byte, error) {
	if name == "/dev/null" {
		return nil, nil
	}
	rel, err := m.inFolder(function, name)
	if err != nil {
		return nil, err
	}
	return m.readFolder(rel)
}

// looking is a function that asks what is at a path, such as os.path.isfile.
func (m *Machine) looking(function string, is func(os.FileInfo) bool) func(string) (starlark.Value, error) {
	return func(name string) (starlark.Value, error) {
		rel, err := m.inFolder(function, name)
		if err != nil {
			return nil, err
		}
		info, err := m.Folder.Stat(filepath.FromSlash(rel))
		switch {
		case err == nil:
			return starlark.Bool(is(info)), nil
		case errorsIs(err, os.ErrNotExist), isNotDir(err):
			return starlark.False, nil
		}
		return nil, fault.New("%s cannot look at the file; check that it is inside the folder of the configuration", function)
	}
}

func there(os.FileInfo) bool              { return true }
func isFolder(info os.FileInfo) bool      { return info.IsDir() }
func isRegularFile(info os.FileInfo) bool { return info.Mode().IsRegular() }

// openFile implements open(name, mode, encoding=...), for reading.
func (m *Machine) openFile(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, encoding, errs, newline, closefd, opener starlark.Value
	mode, buffering := "r", -1
	if err := unpack("open", args, kwargs, "file", &v, "mode?", &mode, "buffering?", &buffering, "encoding?", &encoding,
		"errors?", &errs, "newline?", &newline, "closefd?", &closefd, "opener?", &opener); err != nil {
		return nil, err
	}
	name, err := asText("open()", v)
	if err != nil {
		return nil, err
	}
	if strings.Trim(mode, "rbt") != "" {
		return nil, fault.New("open() for writing is not available; %s", noChange)
	}
	data, err := m.content("open()", name)
	if err != nil {
		return nil, err
	}
	return m.newFile(data, strings.Contains(mode, "b"))
}

// textFile is an open file.
type textFile struct {
	inert
	machine *Machine
	left    []byte
	binary  bool
	closed  bool
}

func (m *Machine) newFile(data []byte, binary bool) (starlark.Value, error) {
	if !binary {
		if err := checkText(data); err != nil {
			return nil, err
		}
		data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	return &textFile{machine: m, left: data, binary: binary}, nil
}

// String returns a fixed text.
func (*textFile) String() string { return "file" }

// Type returns the name of the type.
func (*textFile) Type() string { return "file" }

// AttrNames returns nothing: the names are not listed to files.
func (*textFile) AttrNames() []string { return nil }

// Attr returns a method.
func (t *textFile) Attr(name string) (starlark.Value, error) {
	m := t.machine
	switch name {
	case "read":
		return m.plain(name, func() (starlark.Value, error) {
			if t.closed {
				return nil, fault.Raise("ValueError", "a closed file is read")
			}
			data := t.left
			t.left = nil
			return t.value(data)
		}), nil
	case "readline":
		return m.plain(name, func() (starlark.Value, error) { return t.value(t.line()) }), nil
	case "readlines":
		return m.plain(name, func() (starlark.Value, error) {
			elems, err := t.lines()
			return starlark.NewList(elems), err
		}), nil
	case "close":
		return m.plain(name, func() (starlark.Value, error) { t.closed = true; return starlark.None, nil }), nil
	}
	return nil, fault.New("%s of a file is not available; read it as a whole", name)
}

func (t *textFile) value(data []byte) (starlark.Value, error) {
	if t.binary {
		return starlark.Bytes(data), t.machine.charge(len(data))
	}
	return t.machine.text(string(data))
}

// line cuts the next line with its end.
func (t *textFile) line() []byte {
	i := bytes.IndexByte(t.left, '\n') + 1
	if i == 0 {
		i = len(t.left)
	}
	line := t.left[:i]
	t.left = t.left[i:]
	return line
}

func (t *textFile) lines() ([]starlark.Value, error) {
	var elems []starlark.Value
	for len(t.left) > 0 {
		v, err := t.value(t.line())
		if err == nil {
			err = t.machine.charge(entrySize)
		}
		if err != nil {
			return nil, err
		}
		elems = append(elems, v)
	}
	return elems, nil
}
