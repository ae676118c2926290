package router

import (
	"net/http"
	"slices"
)

// Complete returns methods sorted, each once, and HEAD beside GET.
func Complete(methods []string) []string {
	all := slices.Clone(methods)
	if slices.Contains(all, http.MethodGet) {
		all = append(all, http.MethodHead)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// SharedMethod returns a method that is in both lists. HEAD and OPTIONS, which come by themselves, do not count.
func SharedMethod(a, b []string) (method string, ok bool) {
	for _, m := range a {
		if m != http.MethodHead && m != http.MethodOptions && slices.Contains(b, m) {
			return m, true
		}
	}
	return "", false
}
