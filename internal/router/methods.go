package router

import (
	"net/http"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/suggest"
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

// NearMethod returns the method that method was most likely meant to be, or "" if it is known, or like none that is.
func NearMethod(method string) string {
	known := strings.Fields(registered)
	if slices.Contains(known, method) {
		return ""
	}
	return suggest.Within(1, method, known)
}

// registered are the methods of IANA's registry, the most usual ones first, and PURGE, which caches know.
const registered = `GET POST PUT PATCH DELETE HEAD OPTIONS TRACE CONNECT QUERY
	ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT COPY LABEL LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF
	MKWORKSPACE MOVE ORDERPATCH PRI PROPFIND PROPPATCH REBIND REPORT SEARCH UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE
	UPDATEREDIRECTREF VERSION-CONTROL PURGE`
