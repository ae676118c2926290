package dev

import (
	"path/filepath"
	"slices"
	"strings"
)

// A kind is what has to happen after a change, the more the higher.
type kind int

const (
	nothing kind = iota
	styles       // pages load their style sheets again
	pages        // pages load themselves again
	restart      // the program is started again: its environment or configuration has changed
	rebuild      // the program is built again
)

// kindOf returns what has to happen when the file called name has changed.
func (p *project) kindOf(name string) kind {
	base, ext := filepath.Base(name), strings.ToLower(filepath.Ext(name))
	switch {
	case isScratch(base), strings.HasSuffix(base, "_test.go"):
		return nothing
	case ext == ".go", base == "go.mod", base == "go.sum", base == "go.work":
		return rebuild
	case p.isEnvironment(name):
		return restart
	case p.isLive(name):
		return shown(ext)
	case p.embedded[name]:
		return rebuild
	case p.isConfig(name):
		return restart
	}
	return shown(ext)
}

// shown returns what a change of a file means that the program reads each time.
func shown(ext string) kind {
	switch ext {
	case ".css":
		return styles
	case ".html", ".htm", ".gohtml", ".tmpl", ".gotmpl", ".tpl", ".j2", ".jinja", ".js", ".mjs", ".svg", ".png", ".jpg", ".jpeg",
		".gif", ".webp", ".avif", ".ico", ".woff2", ".txt", ".md", ".xml":
		return pages
	}
	return nothing
}

// isScratch reports whether an editor keeps what is not saved in a file of this name.
func isScratch(base string) bool {
	return strings.HasSuffix(base, "~") || strings.HasPrefix(base, ".#") || strings.HasPrefix(base, "#") || base == "4913" ||
		slices.Contains([]string{".swp", ".swx", ".swo", ".tmp", ".part"}, filepath.Ext(base))
}

// isEnvironment reports whether the program reads its environment from the file. These are watched even if .gitignore
// names them, as it should.
func (p *project) isEnvironment(name string) bool {
	base := filepath.Base(name)
	return p.isHome(filepath.Dir(name)) && (base == ".flaskenv" || base == ".env" || strings.HasPrefix(base, ".env."))
}

// isHome reports whether dir is one that the program may read its files from: where it runs, or where it is.
func (p *project) isHome(dir string) bool {
	return dir == p.dir || slices.Contains(p.modules, dir)
}

// isConfig reports whether the file may be a configuration: by its name, and because of the folder that it is in. Other
// JSON may well be written by the program itself.
func (p *project) isConfig(name string) bool {
	dir, base := filepath.Dir(name), strings.ToLower(filepath.Base(name))
	if slices.Contains([]string{"instance", "config", "conf"}, filepath.Base(dir)) {
		dir = filepath.Dir(dir)
	}
	if !p.isHome(dir) {
		return false
	}
	switch filepath.Ext(base) {
	case ".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf", ".py":
		return true
	case ".json":
		return strings.Contains(base, "config") || strings.Contains(base, "settings")
	}
	return false
}

// isLive reports whether the running program reads the file again by itself.
func (p *project) isLive(name string) bool {
	return slices.ContainsFunc(p.live, func(dir string) bool {
		return strings.HasPrefix(name, dir+string(filepath.Separator))
	})
}

// most returns what has to happen after all of the changes, and the file that asks for it.
func (p *project) most(names []string) (what kind, name string) {
	for _, n := range names {
		if k := p.kindOf(n); k > what {
			what, name = k, n
		}
	}
	return what, name
}
