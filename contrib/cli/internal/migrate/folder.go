package migrate

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A folder is what is found in the folder of a Flask application, what is nearest to the top first, with the sources of Go
// in other folders.
type folder struct {
	configs   []string // files of configuration
	templates []string // folders
	python    []string // sources
	golang    []string // sources that are no tests
}

// skipped are folders that hold nothing of the site's own.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains([]string{"venv", "env", "node_modules", "site-packages", "__pycache__", "tests", "testdata", "migrations", "vendor"}, name)
}

// found walks through folders, of which the first has the Flask application.
func found(roots []string) folder {
	var f folder
	for i, root := range roots {
		walked := walk(root)
		if i == 0 {
			f = walked
			continue
		}
		f.golang = append(f.golang, walked.golang...)
	}
	return f
}

func walk(root string) folder {
	var f folder
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case entry.IsDir() && path != root && skipped(entry.Name()):
			return fs.SkipDir
		case entry.IsDir() && entry.Name() == "templates":
			f.templates = append(f.templates, path)
			return fs.SkipDir
		case entry.Type().IsRegular():
			f.file(path)
		}
		return nil
	})
	for _, paths := range [][]string{f.configs, f.templates, f.python, f.golang} {
		slices.SortStableFunc(paths, func(a, b string) int { return depth(a) - depth(b) })
	}
	return f
}

func depth(path string) int { return strings.Count(path, string(filepath.Separator)) }

func (f *folder) file(path string) {
	switch filepath.Ext(path) {
	case ".py":
		f.python = append(f.python, path)
		if isConfig(path) {
			f.configs = append(f.configs, path)
		}
	case ".go":
		if !strings.HasSuffix(path, "_test.go") {
			f.golang = append(f.golang, path)
		}
	}
}

func isConfig(path string) bool {
	switch filepath.Base(path) {
	case "config.py", "settings.py", "default_config.py", "default_settings.py":
		return true
	}
	parent := filepath.Base(filepath.Dir(path))
	return parent == "config" || parent == "settings"
}

// maxSource is the most bytes of a source that are looked at.
const maxSource = 1 << 20

// source returns what a file has; nothing of one that is too large or cannot be read.
func source(path string) []byte {
	if info, err := os.Stat(path); err != nil || info.Size() > maxSource {
		return nil
	}
	data, _ := os.ReadFile(path)
	return data
}
