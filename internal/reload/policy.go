package reload

import (
	"slices"
	"strings"
)

// Allowed reports whether the policies in a header of Content-Security-Policy, several of which all count, let a page
// load a script of its own origin by its URL and connect to that origin. What it does not understand forbids.
func Allowed(policies []string) bool {
	for policy := range strings.SplitSeq(strings.Join(policies, ","), ",") {
		if !directivesOf(policy).allow() {
			return false
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

func (d directives) allow() bool {
	if flags, sandboxed := d["sandbox"]; sandboxed &&
		!(slices.Contains(flags, "allow-scripts") && slices.Contains(flags, "allow-same-origin")) {
		return false
	}
	return d.allowSelf("script-src-elem", "script-src", "default-src") && d.allowSelf("connect-src", "default-src")
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
