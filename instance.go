package dewar

import (
	"fmt"
	"os"
)

// OpenInstanceFile opens a file of the instance folder for reading; the name is relative to InstancePath and may
// not lead out of it, also not by a symbolic link. Flask calls it open_instance_resource.
func (app *App) OpenInstanceFile(name string) (*os.File, error) {
	return openIn("instance", app.InstancePath, name)
}

// CreateInstanceFile opens a file of the instance folder for reading and writing. It makes the file, which only
// its owner may read, and empties one that is there. The folder itself is never made: that it is missing is an
// error.
func (app *App) CreateInstanceFile(name string) (*os.File, error) {
	root, err := os.OpenRoot(app.InstancePath)
	if err != nil {
		return nil, fmt.Errorf("dewar: instance folder: %w; make it, or pass dewar.InstancePath", err)
	}
	defer root.Close()
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("dewar: instance file: %w", err)
	}
	return f, nil
}

// OpenResource opens a file below RootPath for reading; the name is relative to it and may not lead out of it, also
// not by a symbolic link. Flask calls it open_resource.
func (app *App) OpenResource(name string) (*os.File, error) {
	return openIn("resource", app.RootPath, name)
}

func openIn(what, dir, name string) (*os.File, error) {
	f, err := os.OpenInRoot(dir, name)
	if err != nil {
		return nil, fmt.Errorf("dewar: %s file %q in %s: %w", what, name, dir, err)
	}
	return f, nil
}
