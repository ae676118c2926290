package router

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/rule"
)

// Area is a part of a site: what is at and below a prefix, on the hosts of a pattern.
type Area struct {
	prefix   string
	host     *rule.Rule   // nil for every host
	withPort bool         // the pattern names a port
	below    []*rule.Rule // what is below a prefix with variables; nil for one without
}

// NewArea returns the area of prefix and the pattern host, each of which may be "". What cannot be read matches nothing.
func NewArea(prefix, host string, withPort bool, set rule.Set) Area {
	a := Area{prefix: strings.TrimRight(prefix, "/"), withPort: withPort}
	if host != "" {
		a.host, _ = rule.Parse("/"+host, set)
	}
	if strings.Contains(a.prefix, "{") {
		for _, end := range []string{"", "/", "/{below_:path}"} {
			if r, err := rule.Parse(a.prefix+end, set); err == nil {
				a.below = append(a.below, r)
			}
		}
	}
	return a
}

// Everything reports whether the area is the whole site.
func (a Area) Everything() bool { return a.prefix == "" && a.host == nil }

// CompareAreas puts the narrower area first: one with a host before one without, then the one with the longer prefix.
func CompareAreas(a, b Area) int {
	if (a.host == nil) != (b.host == nil) {
		if a.host != nil {
			return -1
		}
		return 1
	}
	return cmp.Compare(strings.Count(b.prefix, "/"), strings.Count(a.prefix, "/"))
}

// Has reports whether a request for a host, its port and a decoded path is in the area.
func (a Area) Has(name, port, path string) bool {
	if a.host != nil {
		if a.withPort {
			name += ":" + port
		}
		if !matches(a.host, "/"+name) {
			return false
		}
	}
	if a.below != nil {
		return slices.ContainsFunc(a.below, func(r *rule.Rule) bool { return matches(r, path) })
	}
	rest, ok := strings.CutPrefix(path, a.prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// matches reports whether r matches path, without converting anything if that can be.
func matches(r *rule.Rule, path string) (ok bool) {
	if r.Late() {
		_, ok = r.Locate(path, nil)
	} else {
		_, ok = r.Match(path, nil)
	}
	return ok
}

// Clean returns a decoded path without repeated slashes and without segments that are dots.
func Clean(p string) string {
	if !strings.Contains(p, "//") && !strings.Contains(p, "/.") {
		return p
	}
	clean := path.Clean("/" + p)
	if clean != "/" && strings.HasSuffix(p, "/") {
		clean += "/"
	}
	return clean
}
