package files

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
)

// A Folder is where files are: on the disk, in a folder of a file system, or in both; then the disk goes first. It
// may be used by several goroutines.
type Folder struct {
	Dir  string // on the disk; "" for none
	FS   fs.FS  // nil for none
	Name string // of the folder in FS
	tags sync.Map

	printsLock sync.Mutex
	prints     map[string]*print // by the name of the file
}

// Open opens the file called name, which may come from outside. Dir counts only with disk.
func (f *Folder) Open(name string, disk bool) (*File, error) {
	if !Servable(name) {
		return nil, fs.ErrNotExist
	}
	if f.Dir != "" && disk {
		file, err := OpenBelow(f.Dir, name)
		if err == nil || f.FS == nil || !IsAbsent(err) {
			return file, err
		}
	}
	if f.FS == nil {
		return nil, fs.ErrNotExist
	}
	return Open(f.FS, path.Join(f.Name, name)) // fs.Sub would open a file to look at it
}

// ETag returns that of a file of the folder. One made of the content is kept: a file without a modification time, as
// those of embed.FS are, does not change.
func (f *Folder) ETag(file *File) (string, error) {
	if !file.Info.ModTime().IsZero() {
		return file.ETag()
	}
	if tag, ok := f.tags.Load(file.Name); ok {
		return tag.(string), nil
	}
	tag, err := file.ETag()
	if err == nil {
		f.tags.Store(file.Name, tag)
	}
	return tag, err
}

// Sub returns the folder dir of fsys, or nil when there is none.
func Sub(fsys fs.FS, dir string) fs.FS {
	if fsys == nil {
		return nil
	}
	if info, err := fs.Stat(fsys, dir); err != nil || !info.IsDir() {
		return nil
	}
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		return nil
	}
	return sub
}

// Disk returns the files of the folder dir on the disk, or nil when there is none.
func Disk(dir string) fs.FS {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return os.DirFS(dir)
}

// Below returns fsys as the only folder of another one, called name, which is one element of a path.
func Below(name string, fsys fs.FS) fs.FS { return below{name, fsys} }

type below struct {
	name string
	fs.FS
}

// inner returns the name of a file in the folder, and ok if it is there.
func (b below) inner(op, name string) (inner string, err error) {
	rest, ok := strings.CutPrefix(name, b.name)
	switch {
	case ok && rest == "":
		return ".", nil
	case ok && rest[0] == '/':
		return rest[1:], nil
	}
	return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

func (b below) Open(name string) (fs.File, error) {
	inner, err := b.inner("open", name)
	if err != nil {
		return nil, err
	}
	return b.FS.Open(inner)
}

func (b below) Stat(name string) (fs.FileInfo, error) {
	if name == "." {
		return fs.Stat(b.FS, ".")
	}
	inner, err := b.inner("stat", name)
	if err != nil {
		return nil, err
	}
	return fs.Stat(b.FS, inner)
}

func (b below) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "." {
		info, err := fs.Stat(b.FS, ".")
		return []fs.DirEntry{folderEntry{fs.FileInfoToDirEntry(info), b.name}}, err
	}
	inner, err := b.inner("readdir", name)
	if err != nil {
		return nil, err
	}
	return fs.ReadDir(b.FS, inner)
}

// A folderEntry is a folder under another name.
type folderEntry struct {
	fs.DirEntry
	name string
}

func (e folderEntry) Name() string { return e.name }
