package dewar

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/dewar-go/dewar/internal/files"
)

// SaveOption is an attribute of an upload that is saved.
type SaveOption func(*saving)

// A saving is how an upload is saved.
type saving struct {
	name      string
	overwrite bool
	maxSize   int64
	perm      fs.FileMode
}

// SaveAs sets the name of the file. Without it the name is that of the upload, made safe by [SecureFilename].
func SaveAs(name string) SaveOption { return func(s *saving) { s.name = name } }

// Overwrite puts the upload in the place of a file that has its name already.
func Overwrite() SaveOption { return func(s *saving) { s.overwrite = true } }

// MaxFileSize refuses an upload of more than n bytes; the error's answer is 413. The default is no limit but those on
// the whole body.
func MaxFileSize(n int64) SaveOption { return func(s *saving) { s.maxSize = n } }

// FileMode sets the permissions of the file, less those that the umask of the process takes away. The default is 0644.
func FileMode(perm fs.FileMode) SaveOption { return func(s *saving) { s.perm = perm.Perm() } }

// SaveUpload saves an uploaded file in the folder dir, which must exist, and returns its path: dir and the name it got.
// Flask has the method save of a file, which takes any path and writes over what is there.
//
// The name is that of the upload, made safe by [SecureFilename], upload when nothing of it is left, and shortened to
// what file systems take. When a file of that name is there, the new one gets random letters behind its name; with
// [SaveAs] the answer is an error that is [fs.ErrExist]; with [Overwrite] the new file takes the old one's place. What is
// written is never outside dir, also when dir has symbolic links in it, and never over a folder, which is in the way with
// Overwrite too.
//
// The file is there as a whole or not at all: it is written under another name, flushed to the disk and renamed. After
// an error nothing is left behind. It is safe for concurrent use. The type that the client gave the file is not looked
// at: send it back with [Attachment], from a folder that no server runs or shows pages from.
func SaveUpload(file *multipart.FileHeader, dir string, opts ...SaveOption) (string, error) {
	s := saving{perm: 0o644}
	for _, opt := range opts {
		opt(&s)
	}
	if file == nil {
		return "", errors.New("dewar: SaveUpload of no file; ask c.File, whose error is the answer when there is none")
	}
	if s.maxSize > 0 && file.Size > s.maxSize {
		return "", &HTTPError{Code: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("The file must not have more than %d bytes.", s.maxSize)}
	}
	name, err := s.nameOf(file.Filename)
	if err != nil {
		return "", err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", fmt.Errorf("dewar: the folder of uploads %q cannot be opened; make it with os.MkdirAll: %w", dir, files.Cause(err))
	}
	defer root.Close()
	if name, err = s.save(root, file, name); err != nil {
		return "", fmt.Errorf("dewar: upload cannot be saved in %q: %w", dir, err)
	}
	return filepath.Join(dir, name), nil
}

// nameOf returns the name to begin with.
func (s *saving) nameOf(filename string) (string, error) {
	if s.name == "" {
		if name := files.Short(SecureFilename(filename)); name != "" {
			return name, nil
		}
		return "upload", nil
	}
	local, ok := files.Local(s.name)
	if !ok || local == "." || strings.Contains(local, "/") {
		return "", fmt.Errorf("dewar: SaveAs(%q): the name of a file in the folder is wanted; join folders to the folder, with dewar.SafeJoin if they come from outside", s.name)
	}
	return local, nil
}

// save writes the file under a name that nobody looks for, then moves it to its place, and returns its name.
func (s *saving) save(root *os.Root, file *multipart.FileHeader, name string) (string, error) {
	draft := ".upload-" + rand.Text()
	defer root.Remove(draft)
	if err := s.write(root, file, draft); err != nil {
		return "", err
	}
	name, err := s.place(root, draft, name)
	if err != nil {
		return "", err
	}
	return name, syncFolder(root)
}

// write copies the upload to a new file and has it on the disk when it returns.
func (s *saving) write(root *os.Root, file *multipart.FileHeader, draft string) (err error) {
	src, err := file.Open()
	if err != nil {
		return fmt.Errorf("read the upload: %w", err)
	}
	defer src.Close()
	dst, err := root.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, s.perm)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	n, err := io.Copy(dst, io.LimitReader(src, file.Size+1))
	if err != nil {
		return err
	}
	if n != file.Size {
		return fmt.Errorf("the upload has %d bytes in place of %d", n, file.Size)
	}
	return dst.Sync()
}

// place gives the draft its name, or another one when it is taken and the name is the client's.
func (s *saving) place(root *os.Root, draft, name string) (string, error) {
	if s.overwrite {
		if info, err := root.Lstat(name); s.name == "" && err == nil && info.IsDir() {
			name = anotherName(name)
		}
		return name, root.Rename(draft, name)
	}
	for try := name; ; try = anotherName(name) {
		err := claim(root, draft, try)
		if err == nil {
			return try, nil
		}
		if s.name != "" || !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
}

// claim gives the draft a name that is free. Where the disk knows no second names for a file, an empty file holds the
// name until the draft takes its place.
func claim(root *os.Root, draft, name string) error {
	err := root.Link(draft, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Close(), root.Rename(draft, name)); err != nil {
		return errors.Join(err, root.Remove(name))
	}
	return nil
}

// anotherName puts random letters between the stem of a name and its extensions.
func anotherName(name string) string {
	stem, _, _ := strings.Cut(name, ".")
	if stem == "" || len(name)-len(stem) > 20 {
		stem = strings.TrimSuffix(name, path.Ext(name))
	}
	return stem + "-" + strings.ToLower(rand.Text()[:10]) + name[len(stem):]
}

// syncFolder has the new name on the disk, where that can be asked for.
func syncFolder(root *os.Root) error {
	f, err := root.Open(".")
	if err != nil {
		return err
	}
	defer f.Close()
	_ = f.Sync() // Windows has none for folders
	return nil
}
