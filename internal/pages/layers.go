package pages

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/suggest"
)

// Layers are folders of templates. Of files with the same name in several layers, that of the first one counts.
type Layers []fs.FS

// A Stamp says where a file is and as of when. Two that are equal are of the same text.
type Stamp struct {
	layer int // from 1; 0 when there is no such file
	time  int64
	size  int64
}

// Stamp returns that of the file called name as it is now.
func (l Layers) Stamp(name string) Stamp {
	for i, layer := range l {
		info, err := fs.Stat(layer, name)
		if err == nil && info.Mode().IsRegular() {
			return Stamp{i + 1, info.ModTime().UnixNano(), info.Size()}
		}
	}
	return Stamp{}
}

// Read returns the text of the file called name as it is now. Without a regular file of that name it is an error that is
// [fs.ErrNotExist].
func (l Layers) Read(name string) (string, error) { return l.readAt(l.Stamp(name), name) }

func (l Layers) readAt(at Stamp, name string) (string, error) {
	if at.layer == 0 {
		return "", fmt.Errorf("template %q: %w", name, fs.ErrNotExist)
	}
	text, err := fs.ReadFile(l[at.layer-1], name)
	if err != nil {
		return "", fmt.Errorf("template %s cannot be read: %w", name, err)
	}
	return string(text), nil
}

// Names returns the names of all files, in order, without those of editors and of the operating system. The error says
// why there may be more.
func (l Layers) Names() ([]string, error) {
	names := map[string]bool{}
	var problems []error
	for _, layer := range l {
		err := fs.WalkDir(layer, ".", func(name string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist): // gone since its folder was listed
				return nil
			case err != nil:
				return err
			case ignored(entry.Name()) && entry.IsDir():
				return fs.SkipDir
			case ignored(entry.Name()) || entry.IsDir():
				return nil
			case entry.Type().IsRegular() || l.Stamp(name).layer > 0:
				names[name] = true
			}
			return nil
		})
		if err != nil {
			problems = append(problems, fmt.Errorf("templates cannot be read: %w", err))
		}
	}
	return slices.Sorted(maps.Keys(names)), errors.Join(problems...)
}

// ignored reports whether a file belongs to an editor or to the operating system.
func ignored(base string) bool {
	return base != "." && strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~")
}

// Missing is the error of a template that is none of names, which are those in folder. It is [fs.ErrNotExist].
func Missing(name, folder string, names []string) error {
	if len(names) == 0 {
		return missing(fmt.Sprintf("no template %q: there are no templates at all; they are looked for in the folder %s", name, folder))
	}
	return missing(fmt.Sprintf("no template %q in %s%s", name, folder, cmp.Or(suggest.DidYouMean(name, names), passedOver(name))))
}

// missing says which template is not there.
type missing string

func (m missing) Error() string { return string(m) }
func (missing) Unwrap() error   { return fs.ErrNotExist }

// passedOver says why a template that is there is not found, where its name is one that go:embed passes over.
func passedOver(name string) string {
	if !strings.HasPrefix(path.Base(name), "_") {
		return ""
	}
	return "; if the file exists, note that go:embed passes over names that begin with _ unless the folder is written all:templates"
}

// A Found is a template file of one layer. Used says that no layer before it has one of that name.
type Found struct {
	Name  string
	Layer int
	Used  bool
}

// Find returns every file of the layers, in their order. Those that cannot be read are left out: [New] reports them.
func (l Layers) Find() (found []Found) {
	seen := map[string]bool{}
	for i, layer := range l {
		_ = fs.WalkDir(layer, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				found = append(found, Found{name, i, !seen[name]})
				seen[name] = true
			}
			return nil
		})
	}
	return found
}
