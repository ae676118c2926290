package router

import (
	"net/http"
	"slices"
)

// Complete returns methods sorted, each once, and HEAD beside GET. None, which means every method, stays none.
func Complete(methods []string) []string {
	all := slices.Clone(methods)
	if slices.Contains(all, http.MethodGet) {
		all = append(all, http.MethodHead)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// SharedMethod returns a method that is in both lists. HEAD and OPTIONS, which come by themselves, do not count. A list
// without methods has every one.
func SharedMethod(a, b []string) (method string, ok bool) {
	if len(a) == 0 && len(b) == 0 {
		return "every method of", true
	}
	if len(a) == 0 {
		a, b = b, a
	}
	for _, m := range a {
		if m != http.MethodHead && m != http.MethodOptions && (len(b) == 0 || slices.Contains(b, m)) {
			return m, true
		}
	}
	return "", false
}
