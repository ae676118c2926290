package router

import (
	"strings"

	"github.com/dewar-go/dewar/internal/rule"
)

// reach is how far into a path the rules look, so that the rest of a long one need not be looked at.
type reach struct {
	segments int             // the most that a rule has, or has before a variable that takes slashes
	firsts   map[string]bool // the first segments of the rules with such a variable
	anyFirst bool            // one of those begins with a variable
}

// add takes account of r.
func (a *reach) add(r *rule.Rule) {
	segments := r.Segments()
	a.segments = max(a.segments, len(segments))
	if !segments[len(segments)-1].Slashes() {
		return
	}
	if segments[0].Kind != rule.Text {
		a.anyFirst = true
		return
	}
	if a.firsts == nil {
		a.firsts = map[string]bool{}
	}
	a.firsts[segments[0].Shape] = true
}

// repeats reports whether path, which begins with one slash, has repeated ones and may be that of a rule without them.
func (a *reach) repeats(path string) bool {
	first, start := "", 1
	for i := range a.segments + 1 {
		n := strings.IndexByte(path[start:], '/')
		if n <= 0 {
			return n == 0
		}
		if i == 0 {
			first = path[start : start+n]
		}
		start += n + 1
	}
	return (a.anyFirst || a.firsts[first]) && strings.Contains(path[start-1:], "//")
}

// singleSlash returns path, which begins with a slash, without the other slashes at its beginning.
func singleSlash(path string) string {
	for strings.HasPrefix(path, "//") {
		path = path[1:]
	}
	return path
}

// mergeSlashes returns path with one slash wherever several follow each other.
func mergeSlashes(path string) string {
	merged := make([]byte, 0, len(path))
	for i := range len(path) {
		if i == 0 || path[i] != '/' || path[i-1] != '/' {
			merged = append(merged, path[i])
		}
	}
	return string(merged)
}
