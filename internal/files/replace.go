package files

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Replace puts data in the place of the file called name, at one moment: who reads it sees the old content or the new,
// and a failure leaves the old. The file keeps its mode and, where that is possible, its owner; a symbolic link stays one.
// A file that is new can be read by its owner alone.
func Replace(name string, data []byte) (err error) {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	fresh, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = fresh.Close()
			_ = os.Remove(fresh.Name())
		}
	}()
	info, err := os.Stat(name)
	switch {
	case err == nil:
		keepOwner(fresh, info) // before the mode, which it may change
		err = fresh.Chmod(info.Mode().Perm())
	case os.IsNotExist(err):
		err = fresh.Chmod(fs.FileMode(0o600))
	}
	if err != nil {
		return err
	}
	if _, err := fresh.Write(data); err != nil {
		return err
	}
	if err := fresh.Sync(); err != nil {
		return err
	}
	if err := fresh.Close(); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), name)
}
