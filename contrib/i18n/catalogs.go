package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/contrib/i18n/internal/gettext"
)

// catalogs are those of all locales, as the files were at one moment. They do not change.
type catalogs struct {
	byLocale map[string]*gettext.Catalog // by key
	locales  []string
	files    []file
	faults   []error
}

// A file is a catalog on disk, and when it was changed.
type file struct {
	folder  int
	name    string
	size    int64
	changed time.Time
}

// read reads the catalogs of all folders. The error joins what is wrong with files.
func (t *Translations) read() (*catalogs, error) {
	all := &catalogs{byLocale: map[string]*gettext.Catalog{}}
	var err error
	if all.files, err = t.find(); err != nil {
		return nil, err
	}
	var problems []error
	for i, folder := range t.folders {
		own := map[string]*gettext.Catalog{}
		for _, f := range all.files {
			if f.folder == i {
				problems = append(problems, all.add(own, folder, f.name))
			}
		}
		for key, catalog := range own {
			all.byLocale[key] = catalog.WithFallback(all.byLocale[key])
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	slices.Sort(all.locales)
	all.fallBack()
	return all, nil
}

// find returns the catalogs that there are. Of a .po and a .mo file the second comes later, and counts, as with Flask-Babel.
func (t *Translations) find() ([]file, error) {
	var found []file
	for i, folder := range t.folders {
		for _, ext := range []string{".po", ".mo"} {
			names, err := fs.Glob(folder, "*/LC_MESSAGES/"+t.domain+ext)
			if err != nil {
				return nil, fmt.Errorf("i18n: the domain %q cannot be the name of a file; take one of letters", t.domain)
			}
			for _, name := range names {
				info, err := fs.Stat(folder, name)
				if err != nil {
					return nil, fmt.Errorf("i18n: %w", err)
				}
				found = append(found, file{i, name, info.Size(), info.ModTime()})
			}
		}
	}
	return found, nil
}

// add reads a file into the catalogs of its folder.
func (s *catalogs) add(own map[string]*gettext.Catalog, folder fs.FS, name string) error {
	data, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	catalog, err := gettext.Parse(name, data)
	if err != nil {
		return err
	}
	s.faults = append(s.faults, catalog.Faults()...)
	locale := path.Base(path.Dir(path.Dir(name)))
	own[localeKey(locale)] = catalog
	if !slices.Contains(s.locales, locale) {
		s.locales = append(s.locales, locale)
	}
	return nil
}

// fallBack lets each locale ask the one that it is a kind of.
func (s *catalogs) fallBack() {
	for _, key := range slices.Sorted(maps.Keys(s.byLocale)) { // de is before de_at
		if wider := s.of(parent(key)); wider != nil {
			s.byLocale[key] = s.byLocale[key].WithFallback(wider)
		}
	}
}

// of returns the catalog of a locale, or of the nearest that it is a kind of; nil when there is none.
func (s *catalogs) of(key string) *gettext.Catalog {
	for ; key != ""; key = parent(key) {
		if catalog := s.byLocale[key]; catalog != nil {
			return catalog
		}
	}
	return nil
}

func localeKey(locale string) string {
	return strings.ToLower(strings.ReplaceAll(locale, "-", "_"))
}

// parent returns the locale that key is a kind of, "" for none.
func parent(key string) string { return key[:max(strings.LastIndexByte(key, '_'), 0)] }

// fresh returns the catalogs, in DEBUG as the files are now. Files that cannot be read are said in the log, and the catalogs stay.
func (t *Translations) fresh() *catalogs {
	read := t.current.Load()
	if !t.app.Config.Bool("DEBUG") {
		return read
	}
	t.reading.Lock()
	defer t.reading.Unlock()
	read = t.current.Load()
	files, err := t.find()
	if err != nil || slices.EqualFunc(files, read.files, file.same) {
		return read
	}
	changed, err := t.read()
	if err != nil {
		t.logger().Error("translations are not read again", "err", err)
		kept := *read
		kept.files = files // it is said once for each change
		changed = &kept
	} else {
		t.report(changed.faults)
	}
	t.current.Store(changed)
	return changed
}

func (f file) same(other file) bool {
	return f.folder == other.folder && f.name == other.name && f.size == other.size && f.changed.Equal(other.changed)
}
