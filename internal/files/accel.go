package files

import (
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// A Mapping says which location of the server in front has the files of a folder of the disk.
type Mapping struct{ Folder, Location string }

// Mappings are several; the deepest folder goes first.
type Mappings []Mapping

// ParseMapping reads a mapping that is written folder=location.
func ParseMapping(text string) (Mapping, error) {
	i := strings.LastIndexByte(text, '=')
	if i < 0 {
		return Mapping{}, errors.New("want a folder and the location of it, as in /srv/files=/_files/")
	}
	m := Mapping{filepath.Clean(text[:i]), strings.TrimRight(text[i+1:], "/") + "/"}
	switch {
	case text[:i] == "" || !filepath.IsAbs(m.Folder):
		return Mapping{}, errors.New("want the whole path of the folder, as in /srv/files=/_files/")
	case text[i+1:] == "" || text[i+1] != '/' || strings.ContainsAny(m.Location, "?#%\\") || strings.ContainsFunc(m.Location, isControl):
		return Mapping{}, errors.New("want a location that begins with a slash, as in /srv/files=/_files/")
	}
	return m, nil
}

// Sort puts the deepest folder first.
func (m Mappings) Sort() {
	slices.SortStableFunc(m, func(a, b Mapping) int { return len(b.Folder) - len(a.Folder) })
}

// Location returns where the server in front has the file at a path of the disk, escaped as a URL is, or "" when it is in
// none of the folders.
func (m Mappings) Location(path string) string {
	for _, mapping := range m {
		rest, err := filepath.Rel(mapping.Folder, path)
		if err != nil || !filepath.IsLocal(rest) || rest == "." {
			continue
		}
		parts := strings.Split(filepath.ToSlash(rest), "/")
		for i, part := range parts {
			parts[i] = url.PathEscape(part)
		}
		return mapping.Location + strings.Join(parts, "/")
	}
	return ""
}
