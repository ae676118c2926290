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
	case p.isSource(name), p.hasSourcesIn(name):
		return rebuild
	case ext == ".go":
		return nothing
	case p.isEnvironment(name):
		return restart
	case p.isLive(name):
		return shown(ext)
	case p.isEmbedded(name):
		return rebuild
	case p.isConfig(name), p.isKept(name):
		return restart
	}
	return shown(ext)
}

// isSource reports whether go build may read the file.
func (p *project) isSource(name string) bool {
	dir, base, ext := filepath.Dir(name), filepath.Base(name), filepath.Ext(name)
	switch {
	case base == "go.mod", base == "go.sum", base == "go.work", base == "modules.txt" && filepath.Base(dir) == "vendor":
		return true
	case p.sources[dir]:
		return ext == ".go" || slices.Contains(foreign, ext)
	}
	return ext == ".go" && !p.isLeftOut(dir) // a package that becomes part of the program
}

// foreign are the endings of files that go build compiles beside those of Go, in the folders of packages.
var foreign = []string{".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx", ".syso"}

// isLeftOut reports whether dir is in a folder that go takes for no package unless it is named.
func (p *project) isLeftOut(dir string) bool {
	for _, module := range p.modules {
		rel, err := filepath.Rel(module, dir)
		if err != nil || strings.HasPrefix(rel, "..") {
			continue
		}
		return slices.ContainsFunc(strings.Split(filepath.ToSlash(rel), "/"), func(part string) bool {
			return part == "testdata" || strings.HasPrefix(part, "_")
		})
	}
	return false
}

// hasSourcesIn reports whether name is a folder, which may have gone, with packages of the program in it.
func (p *project) hasSourcesIn(name string) bool {
	for dir := range p.sources {
		if dir == name || strings.HasPrefix(dir, name+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// isEmbedded reports whether the file is a part of the program.
func (p *project) isEmbedded(name string) bool {
	return slices.ContainsFunc(p.embeds, func(e embed) bool { return e.has(name) })
}

// isKept reports whether the file is a template that the program has read once and keeps, as it does when DEBUG is off.
func (p *project) isKept(name string) bool {
	return len(p.live) == 0 && strings.HasPrefix(name, filepath.Join(p.dir, "templates")+string(filepath.Separator))
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
