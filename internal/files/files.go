// Package files opens files for the answers of a web server and says what their headers are: regular files only, by
// names that may come from outside.
package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// A File is an open regular file.
type File struct {
	io.Closer
	Name    string
	Path    string // on disk, when it is known
	Info    fs.FileInfo
	Content io.ReadSeeker
}

// ErrNotRegular is what opening a folder, a pipe or a device fails with.
var ErrNotRegular = errors.New("it is no regular file")

// Open opens a regular file. It looks at the file first, because opening a pipe waits for its other end. A pipe that
// takes the file's place in between is waited for all the same: an fs.FS has no way not to. OpenBelow and OpenOnDisk do
// not wait.
func Open(fsys fs.FS, name string) (*File, error) {
	return open(name, func() (fs.FileInfo, error) { return fs.Stat(fsys, name) }, func() (fs.File, error) { return fsys.Open(name) })
}

// open opens a file if it is a regular one, before and after.
func open(name string, look func() (fs.FileInfo, error), open func() (fs.File, error)) (*File, error) {
	info, err := look()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	f, err := open()
	if err != nil {
		return nil, err
	}
	opened, err := newFile(f, name)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return opened, nil
}

func newFile(f fs.File, name string) (*File, error) {
	info, err := f.Stat() // it may be another file by now
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	content, ok := f.(io.ReadSeeker)
	if !ok {
		all, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(all)
	}
	return &File{Closer: f, Name: name, Info: info, Content: content}, nil
}

// OpenBelow opens a file below the folder dir of the disk; a symbolic link that leads out of it is an error.
func OpenBelow(dir, name string) (*File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := open(name, func() (fs.FileInfo, error) { return root.Stat(name) }, func() (fs.File, error) { return root.OpenFile(name, os.O_RDONLY|noWait, 0) })
	if err == nil {
		f.Path = filepath.Join(dir, filepath.FromSlash(name))
	}
	return f, err
}

// OpenOnDisk opens the file at a path of the disk, wherever symbolic links lead.
func OpenOnDisk(path string) (*File, error) {
	f, err := open(filepath.Base(path), func() (fs.FileInfo, error) { return os.Stat(path) }, func() (fs.File, error) { return os.OpenFile(path, os.O_RDONLY|noWait, 0) })
	if err == nil {
		f.Path = path
	}
	return f, err
}

// ETag returns a strong ETag: of the time and the size, or of the content when the time is not known.
func (f *File) ETag() (string, error) {
	if t := f.Info.ModTime(); !t.IsZero() {
		return `"` + strconv.FormatInt(t.UnixNano(), 36) + "-" + strconv.FormatInt(f.Info.Size(), 36) + `"`, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, f.Content); err != nil {
		return "", fmt.Errorf("read %q: %w", f.Name, err)
	}
	if _, err := f.Content.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("read %q: %w", f.Name, err)
	}
	return `"` + hex.EncodeToString(hash.Sum(nil)[:16]) + `"`, nil
}

// Servable reports whether a name that came from outside may be opened. It must be a plain path that stays below
// where it begins, on every operating system, and name no hidden file; .well-known is not hidden.
func Servable(name string) bool {
	if name == "." || !fs.ValidPath(name) || strings.ContainsAny(name, `\:`) || strings.ContainsFunc(name, isControl) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part[0] == '.' && part != ".well-known" {
			return false
		}
		if last := part[len(part)-1]; last == '.' || last == ' ' { // Windows drops them
			return false
		}
	}
	return true
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// IsAbsent reports whether err, of opening a file, says that there is no such file to be had: it is not there, may not
// be read, is no regular file, or its name is none. Anything else is a fault of this side: of the disk, the memory, or
// what the files come from.
func IsAbsent(err error) bool {
	for _, target := range absences {
		if errors.Is(err, target) {
			return true
		}
	}
	e, ok := errors.AsType[*fs.PathError](err)
	return ok && e.Err.Error() == "path escapes from parent" // os.Root has no name for it
}

var absences = [...]error{
	fs.ErrNotExist, fs.ErrPermission, fs.ErrInvalid, ErrNotRegular,
	syscall.ENOTDIR, syscall.EISDIR, syscall.ELOOP, syscall.ENAMETOOLONG, invalidName,
}

// Cause returns the error below one of package os, without the path.
func Cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
