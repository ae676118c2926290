// Package csp reads what a Content-Security-Policy lets a page load of its own origin. What it does not understand
// forbids.
package csp

import (
	"slices"
	"strings"
)

// AllowsScript reports whether the policies in a header of Content-Security-Policy, several of which all count, let a
// page load a script of its own origin by its URL and connect to that origin.
func AllowsScript(policies []string) bool {
	return all(policies, func(d directives) bool {
		return d.runs("allow-scripts", "allow-same-origin") && d.allowSelf("script-src-elem", "script-src", "default-src") &&
			d.allowSelf("connect-src", "default-src")
	})
}

// AllowsStyle reports whether the policies let a page load a stylesheet of its own origin by its URL.
func AllowsStyle(policies []string) bool {
	return all(policies, func(d directives) bool {
		return d.runs("allow-same-origin") && d.allowSelf("style-src-elem", "style-src", "default-src")
	})
}

func all(policies []string, allows func(directives) bool) bool {
	for _, list := range policies {
		for policy := range strings.SplitSeq(list, ",") {
			if !allows(directivesOf(policy)) {
				return false
			}
		}
	}
	return true
}

// directives are those of one policy, by name.
type directives map[string][]string

// directivesOf reads a policy. Of a directive that is there twice the first counts.
func directivesOf(policy string) directives {
	all := directives{}
	for part := range strings.SplitSeq(policy, ";") {
		words := strings.Fields(strings.ToLower(part))
		if len(words) == 0 {
			continue
		}
		if _, twice := all[words[0]]; !twice {
			all[words[0]] = words[1:]
		}
	}
	return all
}

// runs reports whether there is no sandbox, or one with all of flags.
func (d directives) runs(flags ...string) bool {
	given, sandboxed := d["sandbox"]
	return !sandboxed || !slices.ContainsFunc(flags, func(flag string) bool { return !slices.Contains(given, flag) })
}

// allowSelf reports whether the first of the directives that is there takes the page's own origin.
func (d directives) allowSelf(names ...string) bool {
	for _, name := range names {
		sources, given := d[name]
		if !given {
			continue
		}
		if slices.Contains(sources, "'strict-dynamic'") { // then neither hosts nor 'self' count
			return false
		}
		return slices.Contains(sources, "'self'") || slices.Contains(sources, "*")
	}
	return true
}
